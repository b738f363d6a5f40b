"""Grants: what the resident said about one flow, and what became of it. History is events; status is derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Act(StrEnum):
    """What the resident said. A "no" and a "later" are full records too."""

    GIVEN = "given"
    REFUSED = "refused"
    DEFERRED = "deferred"  # "later", or "help me first"
    UNKNOWN = "unknown"  # taken over from another system without proof of what was shown: never a yes
    IMPOSED = "imposed"  # said by nobody: a law prescribes it, and two counsellors decided (an override)


PERMITTING = frozenset({Act.GIVEN, Act.IMPOSED})


class EventKind(StrEnum):
    """What may happen to a grant afterwards."""

    USED = "used"
    PAUSED = "paused"
    RESUMED = "resumed"
    REVIEW_REQUIRED = "review_required"  # an administration order, a mandate that ended, another text
    REAFFIRMED = "reaffirmed"  # by who is competent now: the review, or the end of an authority, is answered
    SUPERSEDED = "superseded"  # renewed or changed: another grant came in its place
    WITHDRAWN = "withdrawn"  # by the resident or a representative
    REVOKED = "revoked"  # by somebody else: municipality, court
    RECALLED = "recalled"  # the text that was shown turned out to be wrong
    INVALIDATED = "invalidated"  # it was never valid


class Status(StrEnum):
    """Only ACTIVE permits anything new to leave."""

    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    ACTIVE = "active"
    PAUSED = "paused"
    REVIEW = "review"
    AUTHORITY = "authority"  # the authority under which it was given has ended
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    TEMPLATE_RECALLED = "template_recalled"
    INVALIDATED = "invalidated"
    USED_UP = "used_up"
    EXPIRED = "expired"


TERMINAL = frozenset(
    {
        Status.REFUSED, Status.DEFERRED, Status.UNKNOWN, Status.SUPERSEDED, Status.WITHDRAWN, Status.REVOKED,
        Status.TEMPLATE_RECALLED, Status.INVALIDATED, Status.EXPIRED,
    }
)  # fmt: skip
"""From these there is no way back, only on to INVALIDATED. (What is used up or in review may still become less.)"""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """
    One statement of the resident about one flow (toestemming of opdracht); immutable.

    Args:
        notice_sha256: Of the notice as it was really shown: recipient, fields and last day filled in.
        notice_text_sha256: Of the published text with its places still open.
        method: How it was given: portal, desk, phone or paper.
        recorded_by: Who recorded it: a counsellor's id or "resident".
        given_at: When the resident said it; a letter carries its own day.
        received_at: When the municipality had it in hands.
        recorded_at: When the gateway took it up; before this instant it permits nothing.
        valid_until: Half-open: at this instant it no longer holds.
        mandate_id: Of the representative who said it; None = the resident.
        authority_until: Until when that representative may speak; half-open.
        fields_out: What was shown and granted; a register that widens later widens nothing here.
        legal_basis: As the notice named it; with another basis in the register this grant permits nothing.
        ask_id: The notice that was served and answered, where there was one.
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
    received_at: datetime | None = None
    recorded_at: datetime | None = None
    notice_text_sha256: str | None = None
    evidence_kind: str | None = None
    evidence_reference: str | None = None
    identified_by: str | None = None
    assisted_by: str | None = None
    understood: bool | None = None
    mandate_id: UUID | None = None
    authority_until: datetime | None = None
    mode: str | None = None
    legal_basis: str | None = None
    article: str | None = None
    fields_out: tuple[str, ...] | None = None
    fields_in: tuple[str, ...] | None = None
    max_messages: int | None = None
    supersedes: UUID | None = None
    ask_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class GrantEvent:
    """Something that happened to a grant, as the journal holds it."""

    kind: EventKind
    at: datetime


_ENDINGS: Mapping[EventKind, Status] = {
    EventKind.INVALIDATED: Status.INVALIDATED,
    EventKind.WITHDRAWN: Status.WITHDRAWN,
    EventKind.REVOKED: Status.REVOKED,
    EventKind.RECALLED: Status.TEMPLATE_RECALLED,
    EventKind.SUPERSEDED: Status.SUPERSEDED,
}  # in the order in which they say most


def status(grant: Grant, events: Sequence[GrantEvent], now: datetime, *, max_messages: int) -> Status:
    """
    What the grant is worth at *now*: a pure function of its events and the time.

    A pause ends with a resume, a review with a reaffirmation; every other ending is final. Time alone only ever
    narrows a permission.

    Args:
        events: In the order in which they were recorded.
    """
    if grant.act not in PERMITTING:
        return Status(grant.act.value)
    happened = [event for event in events if event.at <= now]
    kinds = [event.kind for event in happened]
    for ending, standing in _ENDINGS.items():
        if ending in kinds:
            return standing
    if now < grant.valid_from:
        return Status.NOT_YET
    if now >= grant.valid_until:
        return Status.EXPIRED
    return _interruption(grant, happened, kinds, now) or (
        Status.USED_UP if kinds.count(EventKind.USED) >= max_messages else Status.ACTIVE
    )


def _interruption(
    grant: Grant, happened: Sequence[GrantEvent], kinds: Sequence[EventKind], now: datetime
) -> Status | None:
    """What may still be lifted. The last word counts, not the number of words: a second "resume" is no credit."""
    if [kind for kind in kinds if kind in _REVIEWS][-1:] == [EventKind.REVIEW_REQUIRED]:
        return Status.REVIEW
    until = grant.authority_until
    if until is not None and now >= until and not any(_answers(event, until) for event in happened):
        return Status.AUTHORITY
    if [kind for kind in kinds if kind in _PAUSES][-1:] == [EventKind.PAUSED]:
        return Status.PAUSED
    return None


def _answers(event: GrantEvent, ended: datetime) -> bool:
    """Whether somebody else reaffirmed once the authority had ended: before that, it was the same voice again."""
    return event.kind is EventKind.REAFFIRMED and event.at >= ended


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
    ends += [end for end in (grant.valid_until, grant.authority_until) if end is not None and since < end <= now]
    return min(ends, default=None)


_PAUSES = {EventKind.PAUSED, EventKind.RESUMED}
_REVIEWS = {EventKind.REVIEW_REQUIRED, EventKind.REAFFIRMED}
_BREAKS = {
    EventKind.PAUSED, EventKind.REVIEW_REQUIRED, EventKind.SUPERSEDED, EventKind.WITHDRAWN, EventKind.REVOKED,
    EventKind.RECALLED,
}  # fmt: skip
_UNBOUNDED = 10**9  # using up a grant stops further messages; it does not take the answer's permission away


def with_earlier(chosen: Iterable[UUID], known: Iterable[Grant]) -> set[UUID]:
    """
    *chosen* with every grant that they came in the place of.

    What is withdrawn is the resident's yes to the flow: an answer to what was asked before it was renewed stays out
    as well.
    """
    before = {grant.id: grant.supersedes for grant in known}
    found: set[UUID] = set()
    left = list(chosen)
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            earlier = before.get(one)
            left += [earlier] if earlier is not None else []
    return found


_COMPARED = (
    "valid_until", "notice", "notice_version", "notice_language", "legal_basis", "article", "mode", "fields_out",
    "fields_in", "max_messages", "mandate_id",
)  # fmt: skip


def changes(before: Grant, after: Grant) -> list[dict[str, Any]]:
    """
    What is different in the grant that came in the place of another: renewal never changes anything in silence.

    Returns:
        [{"what", "before", "after"}]; lists of fields as {"what", "added", "removed"}.
    """
    found: list[dict[str, Any]] = []
    for name in _COMPARED:
        was, became = getattr(before, name), getattr(after, name)
        if was == became:
            continue
        if name.startswith("fields_") and was is not None and became is not None:
            added, removed = sorted({*became} - {*was}), sorted({*was} - {*became})
            if added or removed:
                found.append({"what": name, "added": added, "removed": removed})
        else:
            found.append({"what": name, "before": _plain(was), "after": _plain(became)})
    return found


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case UUID():
            return str(value)
        case tuple():
            return list(value)
        case _:
            return value
