"""Outgoing messages: the row is the truth about each, and a claim on it is a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, or_, select, update

from gateway.storage.database import Row
from gateway.storage.tables import message


def add(connection: Connection, rows: Sequence[Row]) -> None:
    connection.execute(insert(message), [dict(row) for row in rows])


def get(connection: Connection, message_id: UUID) -> Row | None:
    found = connection.execute(select(message).where(message.c.id == message_id)).one_or_none()
    return found._mapping if found is not None else None


def claimable(connection: Connection, message_id: UUID, now: datetime) -> Row | None:
    """The message, locked, when it may be sent now: queued and due, or left behind by a lease that has ended."""
    query = (
        select(message)
        .where(message.c.id == message_id, message.c.state.in_(["queued", "sending"]), message.c.next_at <= now)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def change(connection: Connection, message_id: UUID, **values: Any) -> None:
    connection.execute(update(message).where(message.c.id == message_id).values(**values))


def finish(connection: Connection, message_id: UUID, attempt: int, **values: Any) -> bool:
    """Record how attempt number *attempt* ended; False when another worker has taken the message over since."""
    done = connection.execute(
        update(message)
        .where(message.c.id == message_id, message.c.attempts == attempt, message.c.state == "sending")
        .values(**values)
    )
    return done.rowcount == 1


def cancel_queued(connection: Connection, grant_ids: Sequence[UUID]) -> list[UUID]:
    """Cancel what is waiting under these grants; what is being sent at this instant is not touched."""
    query = (
        update(message)
        .where(message.c.grant_id.in_(grant_ids), message.c.state == "queued", message.c.kind != "stop_notice")
        .values(state="cancelled", next_at=None)
        .returning(message.c.id)
    )
    return list(connection.scalars(query))


def cancel_of_subject(connection: Connection, subject_id: UUID) -> list[UUID]:
    """Cancel the waiting messages of one conversation, for instance because the answer came in."""
    query = (
        update(message)
        .where(message.c.subject_id == subject_id, message.c.state == "queued", message.c.kind != "stop_notice")
        .values(state="cancelled", next_at=None)
        .returning(message.c.id)
    )
    return list(connection.scalars(query))


def in_flight(connection: Connection, resident_id: UUID, now: datetime) -> list[UUID]:
    """The resident's messages whose sending has begun and whose lease still runs."""
    query = select(message.c.id).where(
        message.c.resident_id == resident_id, message.c.state == "sending", message.c.next_at > now
    )
    return list(connection.scalars(query))


def lost(connection: Connection, before: datetime, *, limit: int) -> list[UUID]:
    """Messages whose moment passed before *before* and that nobody handles: their job or worker was lost."""
    query = (
        select(message.c.id)
        .where(message.c.state.in_(["queued", "sending"]), message.c.next_at <= before)
        .order_by(message.c.next_at)
        .limit(limit)
    )
    return list(connection.scalars(query))


def of_subject(connection: Connection, subject_id: UUID) -> list[Row]:
    query = select(message).where(message.c.subject_id == subject_id).order_by(message.c.queued_at)
    return [row._mapping for row in connection.execute(query)]


def ever_sent(connection: Connection, subject_id: UUID) -> bool:
    """True when any message of the conversation was, or may have been, sent."""
    query = select(func.count()).where(
        message.c.subject_id == subject_id,
        or_(message.c.state.in_(["sending", "delivered"]), message.c.attempts > 0),
    )
    return bool(connection.scalar(query))


def open_count(connection: Connection) -> int:
    query = select(func.count()).where(message.c.state.in_(["queued", "sending"]))
    return int(connection.scalar(query) or 0)
