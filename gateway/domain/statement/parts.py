"""The statement of a creditor (saldo-opgave) in one canonical form, whatever its own format was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

SCHEMA_VERSION: Final = "1.0"


class Outcome(StrEnum):
    """What a creditor answered; none of these is silence."""

    STATEMENT = "statement"
    NIL = "nil"  # known here, owes nothing
    CLIENT_UNKNOWN = "client_unknown"  # klant onbekend
    TRANSFERRED = "transferred"  # overgedragen: somebody else holds it now
    REFUSED = "refused"  # geen medewerking


class ComponentKind(StrEnum):
    """What a part of a debt is for; `unsplit` only stands alone."""

    PRINCIPAL = "principal"  # hoofdsom
    INTEREST = "interest"  # rente
    COLLECTION_COSTS = "collection_costs"  # incassokosten (art. 6:96 BW)
    COURT_COSTS = "court_costs"  # proceskosten, griffierecht
    ENFORCEMENT_COSTS = "enforcement_costs"  # executiekosten, betekening
    ADMIN_COSTS = "admin_costs"  # administratiekosten
    INCREASE = "increase"  # verhoging, boete
    OTHER = "other"
    UNSPLIT = "unsplit"  # one amount, not broken down


class Rank(StrEnum):
    """The place of a claim in the distribution; never guessed from the sector."""

    ORDINARY = "ordinary"  # concurrent
    PREFERENTIAL = "preferential"
    SECURED = "secured"
    UNKNOWN = "unknown"


class RefusalReason(StrEnum):
    """Why a creditor does not co-operate (Schuldenknooppunt, Geen medewerking)."""

    CLIENT_RECENT_DISCHARGE = "client_recent_discharge"
    RECENT_STABILISATION = "recent_stabilisation"
    NO_COOPERATION = "no_cooperation"
    OTHER = "other"


class PaymentSource(StrEnum):
    """Where a payment came from; a refund counts against the payments."""

    RESIDENT = "resident"
    SEIZURE = "seizure"
    OFFSET = "offset"
    REFUND = "refund"


class SecurityKind(StrEnum):
    """What secures a claim."""

    MORTGAGE = "mortgage"
    PLEDGE = "pledge"
    RETENTION_OF_TITLE = "retention_of_title"


class TitleKind(StrEnum):
    """What allows enforcement (executoriale titel)."""

    JUDGMENT = "judgment"  # vonnis
    WRIT = "writ"  # dwangbevel
    NOTARIAL_DEED = "notarial_deed"
    PENAL_ORDER = "penal_order"  # strafbeschikking


class SeizureKind(StrEnum):
    """On what a seizure (beslag) lies."""

    WAGE = "wage"
    BENEFIT = "benefit"
    BANK = "bank"
    GOODS = "goods"
    TAX_REFUND = "tax_refund"
    PRECAUTIONARY = "precautionary"  # conservatoir


class ArrangementPeriod(StrEnum):
    """How often an instalment of a running arrangement falls due."""

    WEEK = "week"
    MONTH = "month"


class TransferKind(StrEnum):
    """How a claim came into other hands."""

    ASSIGNMENT = "assignment"  # cessie
    COLLECTION_MANDATE = "collection_mandate"  # incassomandaat
    SALE = "sale"


class RespondentRole(StrEnum):
    """In what capacity the sender of the reply answered."""

    CREDITOR = "creditor"
    BAILIFF = "bailiff"
    COLLECTION_AGENCY = "collection_agency"
    BUYER = "buyer"


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """A named organisation; *id_kind* is "oin", "kvk" or "rsin" when an id is given; ids keep leading zeros."""

    name: str | None = None
    id_kind: str | None = None
    id_value: str | None = None
    role: RespondentRole | None = None


@dataclass(frozen=True, kw_only=True)
class TransferredTo:
    """Who holds the claim now; a reason to ask there, never a reason to stop counting on its own."""

    name: str | None = None
    id_kind: str | None = None
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
class Debt:
    """
    One debt (vordering).

    *original_creditor* is given only where it differs from who is owed now; *total_stated_cents* is the creditor's
    own total, may be negative and is never replaced by ours.
    """

    reference: str
    description: str | None = None
    source_type: str | None = None  # the creditor's own type code, verbatim
    business: bool | None = None
    original_creditor: Organisation | None = None
    transferred_to: TransferredTo | None = None
    arisen_on: date | None = None
    due_on: date | None = None
    components: tuple[Component, ...] = ()
    payments: tuple[Payment, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    total_stated_cents: int | None = None
    rank: Rank = Rank.UNKNOWN
    rank_basis: str | None = None
    security: Security | None = None
    title: Title | None = None
    seizures: tuple[Seizure, ...] = ()
    arrangement: Arrangement | None = None
    disputed: Dispute | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """One place in the creditor's bytes; *raw_hash* stands in for *raw* where the value identifies a person."""

    path: str
    raw: str | None = None
    raw_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where one canonical value came from: its places, in order, and the steps that made the value of them."""

    sources: tuple[Source, ...]
    transform: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """
    From which bytes, with which mapping, the statement was read.

    *fields* goes from a JSON Pointer into the canonical form to the origin of that value. It may be rendered only
    when it is looked at.
    """

    raw_sha256: str
    raw_bytes: int
    media_type: str
    used_charset: str
    declared_charset: str | None = None
    mapping_id: str
    mapping_version: str
    mapping_sha256: str
    engine_version: str
    fields: Mapping[str, Origin] = field(default_factory=dict)


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
    currency: str = "EUR"
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
