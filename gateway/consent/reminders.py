"""
When a resident is reminded of a yes: 30 and 7 days before it ends, and every 90 days while it lasts (G16).

A reminder is a courtesy: a yes ends by time alone, whether anybody was reminded or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.consent.decision import bounded, worth
from gateway.consent.flows import Flow
from gateway.consent.grants import Act, Grant, GrantEvent, Status

BEFORE_END_DAYS = (30, 7)
EVERY_DAYS = 90
ENDS_SOON = timedelta(days=max(BEFORE_END_DAYS))
_DAY = timedelta(days=1)
# What is used up may still be answered, so the resident may want to know that it ends.
_EFFECTIVE = frozenset({Status.ACTIVE, Status.USED_UP})


@dataclass(frozen=True, kw_only=True)
class Moment:
    """
    One moment at which to remind.

    Args:
        step: "ends_30", "ends_7", or "lasts_90", "lasts_180", ...: each happens once to a grant.
        ends_at: The end of the yes as it stands then (half-open).
    """

    step: str
    due_at: datetime
    ends_at: datetime

    @property
    def is_ending(self) -> bool:
        return self.step.startswith("ends_")


def ends_at(grant: Grant, flow: Flow | None, now: datetime) -> datetime:
    """The strictest end (I26); an authority that ended before *now* was reaffirmed, or the yes holds no longer."""
    until = bounded(grant, flow).valid_until if flow is not None else grant.valid_until
    authority = grant.authority_until
    return min(until, authority) if authority is not None and authority > now else until


def moments(grant: Grant, flow: Flow | None, now: datetime) -> tuple[Moment, ...]:
    """
    Every moment of one yes, in order. One that is shorter than 30 days has no moment 30 days before its end, and the
    last month belongs to the end.
    """
    end = ends_at(grant, flow, now)
    found = [
        Moment(step=f"ends_{days}", due_at=end - days * _DAY, ends_at=end)
        for days in BEFORE_END_DAYS
        if end - days * _DAY > grant.valid_from
    ]
    last_month = end - max(BEFORE_END_DAYS) * _DAY
    times = 1
    while (at := grant.valid_from + times * EVERY_DAYS * _DAY) < last_month:
        found.append(Moment(step=f"lasts_{times * EVERY_DAYS}", due_at=at, ends_at=end))
        times += 1
    return tuple(sorted(found, key=lambda moment: moment.due_at))


def due(grant: Grant, events: Sequence[GrantEvent], flow: Flow | None, since: datetime, now: datetime) -> Moment | None:
    """
    What to remind of now: the last moment in (since, now], while the yes is effective.

    Where several passed while nobody looked, only the last one says something.
    """
    if not is_effective(grant, events, flow, now):
        return None
    passed = [moment for moment in moments(grant, flow, now) if since < moment.due_at <= now]
    return passed[-1] if passed else None


def is_effective(grant: Grant, events: Sequence[GrantEvent], flow: Flow | None, now: datetime) -> bool:
    """A yes of the resident that holds: not a no, and not one that was stopped, paused, replaced or has ended."""
    return grant.act is Act.GIVEN and worth(grant, events, flow, now) in _EFFECTIVE
