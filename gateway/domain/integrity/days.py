"""Rule R5: no day in the future, amounts that are recent enough, and days in their order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.integrity.rule import Finding, IntegrityContext, debts
from gateway.domain.statement import Outcome, Statement

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_STALE_AFTER: Final = timedelta(days=31)


def no_day_in_the_future(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R5: no day lies after the day of receipt, and a statement says on which day its amounts held."""
    today = _received_on(statement)
    days: list[tuple[str, date | None]] = [("/as_of", statement.as_of)]
    for place, debt in debts(statement):
        days.append((f"{place}/arisen_on", debt.arisen_on))
        days += [(f"{place}/payments/{at}/paid_on", payment.paid_on) for at, payment in enumerate(debt.payments)]
        days += [(f"{place}/waivers/{at}/waived_on", waiver.waived_on) for at, waiver in enumerate(debt.waivers)]
        days += [(f"{place}/seizures/{at}/seized_on", it.seized_on) for at, it in enumerate(debt.seizures)]
        if debt.title is not None:
            days.append((f"{place}/title/issued_on", debt.title.issued_on))
    for place, day in days:
        if day is not None and day > today:
            yield place, "This day lies after the day of receipt."
    if statement.as_of is None and statement.outcome is Outcome.STATEMENT:
        yield "/as_of", "The reply does not say on which day its amounts held."


def not_stale(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    """R5: the amounts are at most 31 days older than the request."""
    if statement.as_of is None or context.requested_on is None:
        return
    if statement.as_of < context.requested_on - _STALE_AFTER:
        yield "/as_of", "The amounts are more than 31 days older than the request."


def dates_in_order(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R5: what comes first in a debt has the first day."""
    for place, debt in debts(statement):
        if debt.arisen_on is not None and debt.due_on is not None and debt.due_on < debt.arisen_on:
            yield f"{place}/due_on", "The debt fell due before it arose."
        plan = debt.arrangement
        if plan is None or plan.starts_on is None or plan.ends_on is None:
            continue
        if plan.ends_on < plan.starts_on:
            yield f"{place}/arrangement/ends_on", "The arrangement ends before it starts."


def _received_on(statement: Statement) -> date:
    return statement.received_at.astimezone(_AMSTERDAM).date()
