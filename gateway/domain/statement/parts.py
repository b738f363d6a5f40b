"""The statement of a creditor (saldo-opgave) in one canonical form, whatever its own format was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from gateway.domain.statement.codes import (
    ArrangementPeriod,
    ComponentKind,
    Currency,
    DebtType,
    IdKind,
    InterestKind,
    JointKind,
    Outcome,
    PaymentSource,
    Rank,
    RefusalReason,
    RespondentRole,
    SecurityKind,
    SeizureKind,
    TitleKind,
    TransferKind,
    UrgencyKind,
)
from gateway.domain.statement.sources import Provenance

SCHEMA_VERSION: Final = "1.0"
_RATE = re.compile(r"100|[1-9]?[0-9](\.[0-9]{0,3}[1-9])?")


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """A named organisation; an id has its kind beside it and keeps leading zeros."""

    name: str | None = None
    id_kind: IdKind | None = None
    id_value: str | None = None
    role: RespondentRole | None = None


@dataclass(frozen=True, kw_only=True)
class TransferredTo:
    """Who holds the claim now; a reason to ask there, never a reason to stop counting on its own."""

    name: str | None = None
    id_kind: IdKind | None = None
    id_value: str | None = None
    reference: str | None = None
    transferred_on: date | None = None
    kind: TransferKind | None = None


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The creditor does not give a statement, and says why."""

    code: RefusalReason
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """
    The creditor says beforehand what stands in the way of a later proposal (belemmering).

    *code* is a ground of refusal; *facts* are the facts that came with it, as (name, text).
    """

    code: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Component:
    """One part of a debt in euro cents; None = not stated, which is not 0."""

    kind: ComponentKind
    charged_cents: int | None = None  # gross, before payments and waivers
    paid_cents: int | None = None  # what the creditor booked on this part (art. 6:44 BW)
    outstanding_cents: int | None = None  # negative = overpaid
    legal_basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money received, in euro cents, positive; a refund is positive too and counts the other way."""

    cents: int
    paid_on: date | None = None
    reference: str | None = None
    source: PaymentSource = PaymentSource.RESIDENT


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """What the creditor let go (kwijtschelding), in euro cents, positive; None = not tied to one component."""

    cents: int
    waived_on: date | None = None
    component: ComponentKind | None = None


@dataclass(frozen=True, kw_only=True)
class Security:
    """What secures the claim, and its value in euro cents when stated."""

    kind: SecurityKind
    description: str | None = None
    value_cents: int | None = None


@dataclass(frozen=True, kw_only=True)
class Title:
    """The enforcement title (executoriale titel)."""

    kind: TitleKind
    number: str | None = None
    issued_on: date | None = None
    court: str | None = None


@dataclass(frozen=True, kw_only=True)
class Seizure:
    """A seizure (beslag) for this debt; *holder* is the organisation it was laid with (derdebeslagene)."""

    kind: SeizureKind
    seized_on: date | None = None
    holder: str | None = None


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """A running payment arrangement (betalingsregeling); the instalment in euro cents."""

    cents: int
    period: ArrangementPeriod
    starts_on: date | None = None
    ends_on: date | None = None
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Who contests the debt; the resident's own flag is kept elsewhere and no reply overwrites it."""

    by_resident: bool = False
    by_creditor: bool = False
    reason: str | None = None
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Interest:
    """
    The interest (rente) that runs on the debt.

    *rate* is percent per year as plain text with a decimal point, 0 to 100, at most four decimals and no zeros at the
    end: "4", "6.5"; anything else raises ValueError.
    """

    rate: str | None = None
    kind: InterestKind | None = None
    from_on: date | None = None
    to_on: date | None = None
    stopped_on: date | None = None  # from here on the creditor charges none

    def __post_init__(self) -> None:
        if self.rate is not None and _RATE.fullmatch(self.rate) is None:
            raise ValueError("a rate is percent as text, such as 4 or 6.5")


@dataclass(frozen=True, kw_only=True)
class JointLiability:
    """Whether others are bound for the same debt (hoofdelijkheid, borg); who they are has no place here."""

    kind: JointKind


@dataclass(frozen=True, kw_only=True)
class Limitation:
    """What the creditor says about the limitation period (verjaring); the gateway never concludes on its own."""

    expires_on: date | None = None
    interrupted_on: date | None = None  # stuiting
    stated_expired: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Urgency:
    """A threat (bedreigende situatie) because of this debt, and the day it is planned for."""

    kind: UrgencyKind
    planned_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Debt:
    """
    One debt (vordering).

    *requested_reference* is the number that we asked about, where the creditor answers under another one;
    *original_creditor* is given only where it differs from who is owed now; *total_stated_cents* is the creditor's
    own total, may be negative and is never replaced by ours.
    """

    reference: str
    requested_reference: str | None = None
    description: str | None = None
    debt_type: DebtType | None = None  # soort schuld; never guessed from the creditor
    source_type: str | None = None  # the creditor's own type code, verbatim
    business: bool | None = None
    original_creditor: Organisation | None = None
    transferred_to: TransferredTo | None = None
    arisen_on: date | None = None
    due_on: date | None = None
    components: tuple[Component, ...] = ()
    payments: tuple[Payment, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    interest: Interest | None = None
    total_stated_cents: int | None = None
    rank: Rank = Rank.UNKNOWN
    rank_basis: str | None = None
    security: Security | None = None
    title: Title | None = None
    seizures: tuple[Seizure, ...] = ()
    arrangement: Arrangement | None = None
    disputed: Dispute | None = None
    joint_liability: JointLiability | None = None
    limitation: Limitation | None = None
    urgencies: tuple[Urgency, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Statement:
    """
    What one creditor answered to one request.

    Args:
        request_id: The request the reply says it answers, or the one we know it answers.
        creditor_message_id: The creditor's own id for this message; the same id twice is one message.
        agreed_in_advance: "Standaard akkoord": agrees to any proposal beforehand; None = not said.
        as_of: The day on which the amounts held, a Dutch calendar day.
        received_at: Aware; the gateway's clock.
        total_stated_cents: The creditor's own grand total in euro cents.
        customer_number: The creditor's number for the resident.
        creditor: To whom it is owed now, as the reply names it; *respondent* is who answered.
        transferred_to: The new holder of everything, when the whole file was handed over.
    """

    request_id: str | None = None
    creditor_message_id: str | None = None
    outcome: Outcome
    refusal: Refusal | None = None
    obstacle: Obstacle | None = None
    agreed_in_advance: bool | None = None
    as_of: date | None = None
    received_at: datetime
    currency: Currency = Currency.EUR
    total_stated_cents: int | None = None
    customer_number: str | None = None
    paused_since: date | None = None
    creditor: Organisation | None = None
    respondent: Organisation | None = None
    transferred_to: TransferredTo | None = None
    debts: tuple[Debt, ...] = ()
    provenance: Provenance | None = None

    def __post_init__(self) -> None:
        if self.received_at.tzinfo is None:
            raise ValueError("received_at must be an aware moment")
