"""Questions to a resident: what was to be shown, whether it was, and whether it may be asked at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from gateway.consent.grants import Act, EventKind, Grant, GrantEvent

QUIET = timedelta(days=30)  # so long a "no" is left in peace


class Stage(StrEnum):
    """How far a question has come."""

    REQUESTED = "requested"
    SERVED = "served"
    ANSWERED = "answered"
    LAPSED = "lapsed"  # silence of a resident is never a yes; it is nothing at all


@dataclass(frozen=True, kw_only=True)
class Question:
    """
    One flow that a resident is asked about, with the very text.

    Args:
        notice_sha256: Of the notice with everything filled in.
        initiative: Who wanted it asked: "organisation" or "resident".
        lapses_at: Half-open: at this instant the question is off the table.
        served_at: When it was shown; None = not yet.
    """

    id: UUID
    resident_id: UUID
    case_id: UUID
    recipient_id: UUID
    purpose: str
    notice: str
    notice_version: int
    notice_language: str
    notice_sha256: str
    valid_until: datetime
    initiative: str
    asked_by: str
    requested_at: datetime
    lapses_at: datetime
    served_at: datetime | None
    answered: bool


def stage(question: Question, now: datetime) -> Stage:
    """Where the question stands at *now*; that it lapsed needs no job."""
    if question.answered:
        return Stage.ANSWERED
    if now >= question.lapses_at:
        return Stage.LAPSED
    return Stage.SERVED if question.served_at is not None and question.served_at <= now else Stage.REQUESTED


def quiet_until(words: Iterable[tuple[Grant, Iterable[GrantEvent]]]) -> datetime | None:
    """
    Until when a resident is not to be asked about a flow again, given everything said about it.

    A "no" and a withdrawal are left in peace for 30 days, unless a later yes came of the resident's own accord. A
    "later" is not a no.
    """
    until: datetime | None = None
    for grant, events in sorted(words, key=lambda word: word[0].given_at):
        if grant.act is Act.GIVEN:
            stopped = [event.at for event in events if event.kind is EventKind.WITHDRAWN]
            until = min(stopped) + QUIET if stopped else None
        elif grant.act is Act.REFUSED:
            until = grant.given_at + QUIET
    return until
