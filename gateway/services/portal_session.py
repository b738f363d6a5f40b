"""
A resident's session in the portal: short, ended on the server, and honest about how sure it is who sits there.

It needs the database and nothing else: neither a key nor somebody else's system stands between a signed-in resident
and the button "stop" (invariant I27).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from gateway.keys import keyless
from gateway.services.record_consent import ASSISTED_BY
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, portal
from gateway.storage.database import Connection
from gateway.storage.journal import Entry

IDLE = timedelta(minutes=30)  # somebody who reads slowly, with a helper on the phone
LONGEST = timedelta(hours=4)
FRESH = timedelta(minutes=20)  # so long after showing who you are you may say yes (ASVS 7.5.3)
MOST_FAILURES = 5


class Assurance(StrEnum):
    """How we know who sits there."""

    LINK = "link"  # a link that the counsellor gave: enough to look
    CODE = "code"  # a code from a letter to the home address, with the birth date
    LOGIN = "login"  # the login service of the government


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """
    Args:
        confirmed_at: When the resident last showed who it is.
        assisted_by: Who helps, as the resident says: one of record_consent.ASSISTED_BY.
    """

    id: UUID
    resident_id: UUID
    organisation_id: UUID
    assurance: Assurance
    assisted_by: str
    opened_at: datetime
    confirmed_at: datetime

    @property
    def identified_by(self) -> str:
        """As a record of a word names it."""
        return {Assurance.LOGIN: "login", Assurance.CODE: "code"}.get(self.assurance, "not_checked")


def may_decide(who: SignedIn, now: datetime) -> bool:
    """Whether this is certain and recent enough to say yes with. Stopping never asks for it: doubt makes a pause."""
    return who.assurance is not Assurance.LINK and now < who.confirmed_at + FRESH


def open_session(runtime: Runtime, resident_id: UUID, now: datetime, *, assurance: Assurance) -> str:
    """
    Sign a resident in.

    Returns:
        The secret for the cookie; only its digest is kept.
    """
    with runtime.database.begin() as connection:
        return opened(connection, resident_id, now, assurance=assurance)


def opened(connection: Connection, resident_id: UUID, now: datetime, *, assurance: Assurance) -> str:
    """As `open_session`, in the caller's transaction."""
    secret, session_id = keyless.new_token("mijn"), uuid4()
    row = {
        "id": session_id,
        "token_hash": keyless.token_hash(secret),
        "resident_id": resident_id,
        "assurance": assurance.value,
        "assisted_by": ASSISTED_BY[0],
        "opened_at": now,
        "confirmed_at": now,
        "seen_at": now,
        "ends_at": now + LONGEST,
        "failures": 0,
    }
    portal.add(connection, row)
    journal.append(connection, now, _entry(resident_id, "resident.signed_in", session_id, how=assurance.value))
    return secret


def find_session(runtime: Runtime, secret: str, now: datetime) -> SignedIn | None:
    """Who holds the secret; None when it is unknown, or over."""
    with runtime.database.begin() as connection:
        row = portal.take(connection, keyless.token_hash(secret), now, idle_since=now - IDLE)
    if row is None:
        return None
    return SignedIn(
        id=row["id"],
        resident_id=row["resident_id"],
        organisation_id=row["organisation_id"],
        assurance=Assurance(row["assurance"]),
        assisted_by=row["assisted_by"],
        opened_at=row["opened_at"],
        confirmed_at=row["confirmed_at"],
    )


def confirm_session(runtime: Runtime, who: SignedIn, now: datetime, *, assurance: Assurance) -> None:
    """The same resident showed once more who it is; what is shown can only make us surer."""
    order = list(Assurance)
    surest = max(who.assurance, assurance, key=order.index)
    with runtime.database.begin() as connection:
        portal.confirm(connection, who.id, now, assurance=surest.value)
        confirmed = _entry(who.resident_id, "resident.confirmed", who.id, how=assurance.value)
        journal.append(connection, now, confirmed)


def wrong_answer(runtime: Runtime, who: SignedIn) -> bool:
    """A wrong answer to "who are you?"; True when it was one too many and the session is over."""
    with runtime.database.begin() as connection:
        failures = portal.failed(connection, who.id)
        over = failures is None or failures >= MOST_FAILURES
        if over:
            portal.end(connection, who.id)
        return over


def say_who_helps(runtime: Runtime, who: SignedIn, by: str) -> None:
    """
    Raises:
        ValueError: *by* is not one of ASSISTED_BY.
    """
    if by not in ASSISTED_BY:
        raise ValueError("unknown kind of help")
    with runtime.database.begin() as connection:
        portal.assist(connection, who.id, by)


def end_session(runtime: Runtime, who: SignedIn, now: datetime) -> None:
    """Sign out: the secret opens nothing any more, wherever a copy of it is."""
    with runtime.database.begin() as connection:
        portal.end(connection, who.id)
        journal.append(connection, now, _entry(who.resident_id, "resident.signed_out", who.id))


def session_by_link(runtime: Runtime, case_id: UUID, now: datetime) -> str | None:
    """A session for who came with a page link to this case: to look; None when the case is gone."""
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id)
        return opened(connection, case["resident_id"], now, assurance=Assurance.LINK) if case is not None else None


def _entry(resident_id: UUID, kind: str, session_id: UUID, **facts: str) -> Entry:
    return Entry(kind=kind, actor="resident", resident_id=resident_id, subject_id=session_id, facts=facts)
