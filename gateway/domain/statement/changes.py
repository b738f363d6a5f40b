"""What changed between two statements of one creditor in one case; a second answer never overwrites the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateway.domain.statement.codes import ComponentKind
from gateway.domain.statement.parts import Debt, Statement
from gateway.domain.statement.totals import debt_total, open_cents


class What(StrEnum):
    """What a change is about."""

    OUTCOME = "outcome"
    AS_OF = "as_of"
    DEBT_ADDED = "debt_added"
    DEBT_GONE = "debt_gone"
    TOTAL = "total"
    COMPONENT = "component"
    RANK = "rank"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, kw_only=True)
class Change:
    """
    One thing that is otherwise than before.

    Args:
        reference: The debt; None for the statement as a whole.
        component: With COMPONENT only.
        before: A code or a day (ISO 8601) as text; *before_cents* an amount. None = it was not there.
    """

    what: What
    reference: str | None = None
    component: ComponentKind | None = None
    before: str | None = None
    after: str | None = None
    before_cents: int | None = None
    after_cents: int | None = None


def changes(before: Statement, after: Statement) -> tuple[Change, ...]:
    """
    What *after* says otherwise than *before*: first about the whole, then debt by debt in the order of *after*, then
    what is gone. A debt is known by its reference; the same statement twice gives nothing.
    """
    return tuple(_changes(before, after))


def _changes(before: Statement, after: Statement) -> Iterator[Change]:
    if before.outcome is not after.outcome:
        yield Change(what=What.OUTCOME, before=before.outcome.value, after=after.outcome.value)
    if before.as_of != after.as_of:
        days = (before.as_of, after.as_of)
        first, last = (day.isoformat() if day is not None else None for day in days)
        yield Change(what=What.AS_OF, before=first, after=last)
    older = {debt.reference: debt for debt in before.debts}
    newer = {debt.reference: debt for debt in after.debts}
    for reference, debt in newer.items():
        if reference not in older:
            yield Change(what=What.DEBT_ADDED, reference=reference, after_cents=debt_total(debt))
        else:
            yield from _of_debt(older[reference], debt)
    for reference, debt in older.items():
        if reference not in newer:
            yield Change(what=What.DEBT_GONE, reference=reference, before_cents=debt_total(debt))


def _of_debt(before: Debt, after: Debt) -> Iterator[Change]:
    reference = after.reference
    was, now = debt_total(before), debt_total(after)
    if was != now:
        yield Change(what=What.TOTAL, reference=reference, before_cents=was, after_cents=now)
    older, newer = _open_per_kind(before), _open_per_kind(after)
    for kind in ComponentKind:
        if older.get(kind) != newer.get(kind):
            yield Change(
                what=What.COMPONENT, reference=reference, component=kind,
                before_cents=older.get(kind), after_cents=newer.get(kind),
            )  # fmt: skip
    if before.rank is not after.rank:
        yield Change(what=What.RANK, reference=reference, before=before.rank.value, after=after.rank.value)
    if (before.transferred_to is None) != (after.transferred_to is None):
        states = ("here", "transferred") if after.transferred_to is not None else ("transferred", "here")
        yield Change(what=What.TRANSFERRED, reference=reference, before=states[0], after=states[1])


def _open_per_kind(debt: Debt) -> dict[ComponentKind, int]:
    found: Counter[ComponentKind] = Counter()
    for component in debt.components:
        found[component.kind] += open_cents(debt, component)
    return dict(found)
