"""Sessions of residents in the portal: short rows, looked up by the digest of a secret, and forgotten when they end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, update

from gateway.storage.database import Row
from gateway.storage.tables import portal_session, resident


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(portal_session).values(**row))


def take(connection: Connection, token_hash: bytes, now: datetime, *, idle_since: datetime) -> Row | None:
    """
    The session behind a secret, which has now been seen again; with the resident's organisation.

    One statement: a session that was seen before *idle_since*, or whose end has come, is none.
    """
    query = (
        update(portal_session)
        .where(
            portal_session.c.token_hash == token_hash,
            portal_session.c.ends_at > now,
            portal_session.c.seen_at > idle_since,
            resident.c.id == portal_session.c.resident_id,
            resident.c.erased_at.is_(None),
        )
        .values(seen_at=now)
        .returning(*portal_session.c, resident.c.organisation_id)
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def confirm(connection: Connection, session_id: UUID, now: datetime, *, assurance: str) -> None:
    """The resident showed once more who it is."""
    shown = {"confirmed_at": now, "assurance": assurance, "failures": 0}
    connection.execute(update(portal_session).where(portal_session.c.id == session_id).values(**shown))


def failed(connection: Connection, session_id: UUID) -> int | None:
    """One wrong answer to "who are you?" more; how many there are now, None when the session is over already."""
    query = (
        update(portal_session)
        .where(portal_session.c.id == session_id)
        .values(failures=portal_session.c.failures + 1)
        .returning(portal_session.c.failures)
    )
    failures: int | None = connection.execute(query).scalar_one_or_none()
    return failures


def assist(connection: Connection, session_id: UUID, by: str) -> None:
    connection.execute(update(portal_session).where(portal_session.c.id == session_id).values(assisted_by=by))


def end(connection: Connection, session_id: UUID) -> None:
    connection.execute(delete(portal_session).where(portal_session.c.id == session_id))
