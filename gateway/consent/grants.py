"""Grants: what the resident said about one flow, and what became of it. History is events; status is derived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Act(StrEnum):
    """What the resident said. A "no" and a "later" are full records too."""

    GIVEN = "given"
    REFUSED = "refused"
    DEFERRED = "deferred"


class EventKind(StrEnum):
    """What may happen to a grant afterwards."""

    USED = "used"
    PAUSED = "paused"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"  # by the resident or a representative
    REVOKED = "revoked"  # by somebody else: municipality, court
    INVALIDATED = "invalidated"  # it was never valid


class Status(StrEnum):
    """Only ACTIVE permits anything."""

    REFUSED = "refused"
    DEFERRED = "deferred"
    NOT_YET = "not_yet"
    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    USED_UP = "used_up"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """
    One statement of the resident about one flow (toestemming of opdracht); immutable.

    Args:
        notice_sha256: Of the notice as it was really shown, recipient filled in.
        method: How it was given: portal, desk, phone or paper.
        recorded_by: Who recorded it: a counsellor's id or "resident".
        valid_until: Half-open: at this instant it no longer holds.
    """

    id: UUID
    resident_id: UUID
    case_id: UUID
    recipient_id: UUID
    purpose: str
    act: Act
    notice: str
    notice_version: int
    notice_language: str
    notice_sha256: str
    method: str
    recorded_by: str
    given_at: datetime
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, kw_only=True)
class GrantEvent:
    """Something that happened to a grant, as the journal holds it."""

    kind: EventKind
    at: datetime


def status(grant: Grant, events: Sequence[GrantEvent], now: datetime, *, max_messages: int) -> Status:
    """
    What the grant is worth at *now*: a pure function of its events and the time.

    A pause ends with a resume; every other ending is final. Time alone only ever narrows a permission.

    Args:
        events: In the order in which they were recorded.
    """
    if grant.act is not Act.GIVEN:
        return Status(grant.act.value)
    kinds = [event.kind for event in events if event.at <= now]
    for ending in (EventKind.INVALIDATED, EventKind.WITHDRAWN, EventKind.REVOKED):
        if ending in kinds:
            return Status(ending.value)
    if now < grant.valid_from:
        return Status.NOT_YET
    if now >= grant.valid_until:
        return Status.EXPIRED
    # The last word counts, not the number of words: a second click on "resume" is no credit against a later pause.
    if [kind for kind in kinds if kind in _PAUSES][-1:] == [EventKind.PAUSED]:
        return Status.PAUSED
    if kinds.count(EventKind.USED) >= max_messages:
        return Status.USED_UP
    return Status.ACTIVE


def broken_at(grant: Grant, events: Sequence[GrantEvent], since: datetime, now: datetime) -> datetime | None:
    """
    The first instant in [since, now] at which the permission did not hold, or None when it held throughout.

    Silence counts only if the creditor was allowed to answer all along (promise 5, rulings 6 and 10).
    """
    if any(event.kind is EventKind.INVALIDATED for event in events):
        return since
    if status(grant, events, since, max_messages=_UNBOUNDED) is not Status.ACTIVE:
        return since
    ends = [event.at for event in events if event.kind in _BREAKS and since < event.at <= now]
    if now >= grant.valid_until:
        ends.append(grant.valid_until)
    return min(ends, default=None)


_PAUSES = {EventKind.PAUSED, EventKind.RESUMED}
_BREAKS = {EventKind.PAUSED, EventKind.WITHDRAWN, EventKind.REVOKED}
_UNBOUNDED = 10**9  # using up a grant stops further messages; it does not take the answer's permission away
