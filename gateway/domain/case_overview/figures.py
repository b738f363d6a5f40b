"""What statements add up to: per debt, per creditor and in all, so that every total is the sum of its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.domain.case_overview.duplicates import PossibleDuplicate
from gateway.domain.case_overview.parties import Asked
from gateway.domain.statement import Debt, Outcome, Statement, debt_total, original_debt_view
from gateway.domain.statement.totals import open_cents

_NOTHING_OWED = (Outcome.NIL, Outcome.CLIENT_UNKNOWN, Outcome.TRANSFERRED)


@dataclass(frozen=True, kw_only=True)
class DebtFigures:
    """
    One debt in euro cents.

    Args:
        total_cents: What its parts come to; negative = the resident has a credit; 0 when it was transferred.
        counted_cents: What counts of it: the total, never below 0 (ruling 24).
        components: Per kind what is open. With *not_allocated_cents* they add up to the total.
        not_allocated_cents: Payments and waivers that lower the total only (ruling 27); 0 or less, as a rule.
        original_cents: The original debt with all payments counted on the principal (variant B, ruling 29).
        lapses_cents: What of the total would lapse then.
        original_booked_cents: The original debt as the creditor booked its payments (variant A).
        lapses_booked_cents: What of the total would lapse then. The four are None when the creditor did not split.
    """

    reference: str
    description: str | None
    rank: str
    transferred: bool
    total_cents: int
    counted_cents: int
    components: dict[str, int]
    not_allocated_cents: int
    original_cents: int | None
    lapses_cents: int | None
    original_booked_cents: int | None
    lapses_booked_cents: int | None

    @property
    def credit_cents(self) -> int:
        """What the resident has to get back, which is not set off by itself."""
        return self.counted_cents - self.total_cents


@dataclass(frozen=True, kw_only=True)
class CreditorFigures:
    """
    One creditor: its debts, and their sums; None = the answer gives no amount, or not all debts were split.

    Args:
        split: Whether every debt that counts was split; None when none counts.
    """

    debts: tuple[DebtFigures, ...]
    total_cents: int | None
    original_cents: int | None
    lapses_cents: int | None
    original_booked_cents: int | None
    lapses_booked_cents: int | None
    split: bool | None


@dataclass(frozen=True, kw_only=True)
class Totals:
    """
    Sums over everything that counts, in euro cents.

    *total_cents* = original + lapses + not_split = booked + lapses_booked + not_split = the ranks = the components
    with what was not allocated. *possibly_twice_cents* is in all of them, and may be counted twice (rule R13);
    *credit_cents* is in none.
    """

    total_cents: int
    original_cents: int
    lapses_cents: int
    original_booked_cents: int
    lapses_booked_cents: int
    not_split_cents: int
    not_allocated_cents: int
    credit_cents: int
    possibly_twice_cents: int
    by_component: dict[str, int]
    by_rank: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class AsOf:
    """The days on which the amounts held: how far they lie apart says how far they can be added up."""

    earliest: date
    latest: date

    @property
    def days_apart(self) -> int:
        return (self.latest - self.earliest).days


def figures_of(statement: Statement) -> CreditorFigures:
    """The figures of one statement."""
    gone = statement.outcome is Outcome.TRANSFERRED
    debts = tuple(_debt(debt, transferred=gone or debt.transferred_to is not None) for debt in statement.debts)
    counted = [debt for debt in debts if not debt.transferred]
    if not counted:
        nothing = 0 if statement.outcome in _NOTHING_OWED else None
        return CreditorFigures(
            debts=debts, total_cents=nothing, original_cents=None, lapses_cents=None,
            original_booked_cents=None, lapses_booked_cents=None, split=None,
        )  # fmt: skip
    return CreditorFigures(
        debts=debts,
        total_cents=sum(debt.counted_cents for debt in counted),
        original_cents=_sum(debt.original_cents for debt in counted),
        lapses_cents=_sum(debt.lapses_cents for debt in counted),
        original_booked_cents=_sum(debt.original_booked_cents for debt in counted),
        lapses_booked_cents=_sum(debt.lapses_booked_cents for debt in counted),
        split=all(debt.original_cents is not None for debt in counted),
    )


def totals_of(creditors: Iterable[CreditorFigures], twice: Sequence[PossibleDuplicate]) -> Totals:
    """The sums over these creditors."""
    debts = [debt for creditor in creditors for debt in creditor.debts if not debt.transferred]
    split = [debt for debt in debts if debt.original_cents is not None]
    by_component: Counter[str] = Counter()
    by_rank: Counter[str] = Counter()
    for debt in debts:
        by_rank[debt.rank] += debt.counted_cents
        if debt.total_cents >= 0:
            by_component.update(debt.components)
    return Totals(
        total_cents=sum(debt.counted_cents for debt in debts),
        original_cents=sum(debt.original_cents or 0 for debt in split),
        lapses_cents=sum(debt.lapses_cents or 0 for debt in split),
        original_booked_cents=sum(debt.original_booked_cents or 0 for debt in split),
        lapses_booked_cents=sum(debt.lapses_booked_cents or 0 for debt in split),
        not_split_cents=sum(debt.counted_cents for debt in debts if debt.original_cents is None),
        not_allocated_cents=sum(debt.not_allocated_cents for debt in debts if debt.total_cents >= 0),
        credit_cents=sum(debt.credit_cents for debt in debts),
        possibly_twice_cents=sum(found.at_stake_cents for found in twice),
        by_component=dict(sorted(by_component.items())),
        by_rank=dict(sorted(by_rank.items())),
    )


def as_of_days(counted: Iterable[Asked]) -> AsOf | None:
    """From the earliest to the latest day on which amounts of this case held; None before the first statement."""
    days = [
        one.statement.as_of
        for one in counted
        if one.statement is not None and one.statement.as_of is not None and one.statement.debts
    ]
    return AsOf(earliest=min(days), latest=max(days)) if days else None


def _debt(debt: Debt, *, transferred: bool) -> DebtFigures:
    total = 0 if transferred else debt_total(debt)
    components: Counter[str] = Counter()
    for component in debt.components:
        components[component.kind.value] += open_cents(debt, component)
    view = None if transferred else original_debt_view(debt)
    counted = max(0, total)
    return DebtFigures(
        reference=debt.reference,
        description=debt.description,
        rank=debt.rank.value,
        transferred=transferred,
        total_cents=total,
        counted_cents=counted,
        components=dict(components),
        not_allocated_cents=0 if transferred else total - sum(components.values()),
        original_cents=view.counted_cents if view is not None else None,
        lapses_cents=view.lapses_cents if view is not None else None,
        original_booked_cents=view.booked_cents if view is not None else None,
        lapses_booked_cents=counted - view.booked_cents if view is not None else None,
    )


def _sum(amounts: Iterable[int | None]) -> int | None:
    """The sum, or None when one of them is not known."""
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
