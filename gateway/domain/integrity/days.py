"""Rule R5: no day in the future, amounts that are recent enough, and days in their order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.integrity.rule import Finding, IntegrityContext
from gateway.domain.statement import Debt, Outcome, Statement

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_STATEMENT: Final = Outcome.STATEMENT
_STALE_AFTER: Final = timedelta(days=31)
_LATER: Final = "This day lies after the day of receipt."


def no_day_in_the_future(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R5: no day lies after the day of receipt, and a statement says on which day its amounts held."""
    found: list[Finding] = []
    today = statement.received_at.astimezone(_AMSTERDAM).date()
    if statement.as_of is None:
        if statement.outcome is _STATEMENT:
            found.append(("/as_of", "The reply does not say on which day its amounts held."))
    elif statement.as_of > today:
        found.append(("/as_of", _LATER))
    for at, debt in enumerate(statement.debts):
        if debt.arisen_on is not None and debt.arisen_on > today:
            found.append((f"/debts/{at}/arisen_on", _LATER))
        for number, payment in enumerate(debt.payments):
            if payment.paid_on is not None and payment.paid_on > today:
                found.append((f"/debts/{at}/payments/{number}/paid_on", _LATER))
        if debt.waivers or debt.seizures or debt.title or debt.interest or debt.disputed or debt.limitation:
            found += _rarer_days(at, debt, today)
    return found


def _rarer_days(at: int, debt: Debt, today: date) -> list[Finding]:
    """The days that few debts have."""
    days: list[tuple[str, date | None]] = []
    days += [(f"waivers/{number}/waived_on", waiver.waived_on) for number, waiver in enumerate(debt.waivers)]
    days += [(f"seizures/{number}/seized_on", seizure.seized_on) for number, seizure in enumerate(debt.seizures)]
    if debt.title is not None:
        days.append(("title/issued_on", debt.title.issued_on))
    if debt.interest is not None:
        days.append(("interest/from_on", debt.interest.from_on))
    if debt.disputed is not None:
        days.append(("disputed/since", debt.disputed.since))
    if debt.limitation is not None:
        days.append(("limitation/interrupted_on", debt.limitation.interrupted_on))
    return [(f"/debts/{at}/{place}", _LATER) for place, day in days if day is not None and day > today]


def not_stale(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """R5: the amounts are at most 31 days older than the request."""
    if statement.as_of is None or context.requested_on is None:
        return []
    if statement.as_of >= context.requested_on - _STALE_AFTER:
        return []
    return [("/as_of", "The amounts are more than 31 days older than the request.")]


def dates_in_order(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R5: what comes first in a debt has the first day."""
    found: list[Finding] = []
    for at, debt in enumerate(statement.debts):
        arisen, due = debt.arisen_on, debt.due_on
        if arisen is not None and due is not None and due < arisen:
            found.append((f"/debts/{at}/due_on", "The debt fell due before it arose."))
        plan = debt.arrangement
        if plan is not None and _wrong_way_round(plan.starts_on, plan.ends_on):
            found.append((f"/debts/{at}/arrangement/ends_on", "The arrangement ends before it starts."))
        interest = debt.interest
        if interest is None:
            continue
        if _wrong_way_round(interest.from_on, interest.to_on):
            found.append((f"/debts/{at}/interest/to_on", "The interest ends before it starts."))
        if _wrong_way_round(interest.from_on, interest.stopped_on):
            found.append((f"/debts/{at}/interest/stopped_on", "The interest stopped before it started."))
    return found


def _wrong_way_round(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and last < first
