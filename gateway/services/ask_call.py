"""The resident asks to be called back: an event for the counsellor's system, once a day however often it is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from gateway.domain.deadlines import local_day
from gateway.errors import NotFound
from gateway.services.portal import own_cases
from gateway.services.portal_session import SignedIn
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal
from gateway.storage.database import Connection
from gateway.storage.journal import Entry

KIND = "resident.asks_call"
_SHOWN_FOR = timedelta(days=7)  # to the counsellor; after that it was done, or asked again


def ask_call(runtime: Runtime, who: SignedIn, now: datetime) -> datetime:
    """
    Record that the resident wants to be called. No number: the municipality knows it, and this page asks for nothing.

    Returns:
        When it was first asked today.

    Raises:
        NotFound: The resident has no case here any more.
        Unavailable: It could not be recorded, so nobody will call.
    """
    with runtime.database.begin() as connection:
        cases.lock_resident(connection, who.resident_id)
        mine = own_cases(connection, who)
        if not mine:
            raise NotFound
        asked = _last(connection, who.resident_id)
        if asked is not None and local_day(asked) == local_day(now):
            return asked
        still_open = [case for case in mine if case["closed_at"] is None]
        case_id = (still_open or mine)[-1]["id"]
        entry = Entry(kind=KIND, actor="resident", case_id=case_id, resident_id=who.resident_id, subject_id=case_id)
        journal.append(connection, now, entry)
    return now


def asked_today(runtime: Runtime, who: SignedIn, now: datetime) -> datetime | None:
    """When the resident asked for a call today, if so."""
    with runtime.database.begin() as connection:
        asked = _last(connection, who.resident_id)
    return asked if asked is not None and local_day(asked) == local_day(now) else None


def asked_lately(connection: Connection, resident_id: UUID, now: datetime) -> datetime | None:
    """When the resident last asked for a call, as long as a counsellor should be reminded of it."""
    asked = _last(connection, resident_id)
    return asked if asked is not None and now - asked < _SHOWN_FOR else None


def _last(connection: Connection, resident_id: UUID) -> datetime | None:
    found = journal.of_resident(connection, resident_id, kinds=(KIND,), limit=1)
    return found[0]["at"] if found else None
