"""How a simulated creditor behaves: what it answers, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gateway.domain.correspondence import Party
from gateway.domain.grounds import OfferAnswer

Cents = int


class When(StrEnum):
    """The moment of the first answer, on the gateway clock."""

    AT_ONCE = "at_once"  # in the response to the delivery itself
    LATER = "later"  # *delay* after the delivery
    AFTER_REMINDER = "after_reminder"  # *delay* after the first reminder or final notice
    LAST_MINUTE = "last_minute"  # 23:59 in Amsterdam on the last day of the term
    ONE_MINUTE_LATE = "one_minute_late"  # 00:01 on the day after it
    NEVER = "never"


class Content(StrEnum):
    """What an answer to a statement request holds."""

    STATEMENT = "statement"
    OTHER_TOTALS = "other_totals"  # adds up, but to another amount than STATEMENT
    WRONG_TOTALS = "wrong_totals"  # does not add up
    GARBAGE = "garbage"  # broken off halfway
    CLIENT_UNKNOWN = "client_unknown"
    TRANSFERRED = "transferred"  # the claim was sold


@dataclass(frozen=True, kw_only=True)
class StatementBehaviour:
    """
    What happens on a statement request.

    Args:
        contents: One answer after the other, *interval* apart.
        delay: For LATER and AFTER_REMINDER.
    """

    when: When
    contents: tuple[Content, ...] = (Content.STATEMENT,)
    delay: timedelta = timedelta(days=1)
    interval: timedelta = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ProposalBehaviour:
    """What happens on a proposal; *when_asked* follows, after *delay*, on a request to substantiate."""

    when: When
    answer: OfferAnswer | None = None
    when_asked: OfferAnswer | None = None
    delay: timedelta = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Something paid on a debt."""

    on: date
    cents: Cents


@dataclass(frozen=True, kw_only=True)
class SandboxDebt:
    """
    A debt as its creditor knows it.

    Args:
        components: Kind (as in the canonical statement) and the amount charged, each kind once.
        title: The judgment behind it: number, court and day.
        seizure: Kind (wage, bank) and day.
    """

    reference: str
    description: str
    arisen_on: date
    components: tuple[tuple[str, Cents], ...]
    payments: tuple[Payment, ...] = ()
    due_on: date | None = None
    original_creditor: Party | None = None
    title: tuple[str, str, date] | None = None
    seizure: tuple[str, date] | None = None

    def charged(self, kind: str) -> Cents:
        """What was charged of this kind; zero when nothing was."""
        return dict(self.components).get(kind, 0)

    @property
    def paid_cents(self) -> Cents:
        return sum(payment.cents for payment in self.payments)

    @property
    def total_cents(self) -> Cents:
        """What is still owed."""
        return sum(cents for _, cents in self.components) - self.paid_cents


@dataclass(frozen=True, kw_only=True)
class CreditorProfile:
    """
    A simulated creditor (schuldeiser) or collector (deurwaarder, incassobureau).

    Args:
        format: The slug of the format it answers in (config/creditors/<format>.toml).
        style: How it wants to be written to: rest_json, rest_xml or soap.
        regime_group: As in config/regimes.toml: government, agreement or default.
        rank: ordinary or preferential.
        acts_for: The creditor on whose behalf a collector acts.
        sold_to: Who holds the claim, for a creditor that answers TRANSFERRED.
        busy_first: How many deliveries it answers with 503 before it is well.
    """

    slug: str
    name: str
    id_kind: str
    id_value: str
    sector: str
    kind: str
    format: str
    style: str
    regime_group: str
    rank: str
    debts: tuple[SandboxDebt, ...]
    statement: StatementBehaviour
    proposal: ProposalBehaviour
    acts_for: Party | None = None
    sold_to: Party | None = None
    busy_first: int = 0

    @property
    def party(self) -> Party:
        return Party(name=self.name, id_kind=self.id_kind, id_value=self.id_value)

    @property
    def total_cents(self) -> Cents:
        return sum(debt.total_cents for debt in self.debts)
