"""Outgoing messages: the row is the truth about each, and a claim on it is a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from gateway.storage.database import Row
from gateway.storage.tables import case_file, journal, message


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


def stop_notices(connection: Connection, condition: ColumnElement[bool]) -> list[Row]:
    """Every stop notice of the cases that *condition* (on case_file) picks, oldest first."""
    query = (
        select(message)
        .join(case_file, case_file.c.id == message.c.case_id)
        .where(message.c.kind == "stop_notice", case_file.c.erased_at.is_(None), condition)
        .order_by(message.c.queued_at, message.c.id)
    )
    return [row._mapping for row in connection.execute(query)]


def stop_notices_of_case(connection: Connection, case_id: UUID) -> list[Row]:
    return stop_notices(connection, case_file.c.id == case_id)


def stop_notices_of_organisation(connection: Connection, organisation_id: UUID) -> list[Row]:
    return stop_notices(connection, case_file.c.organisation_id == organisation_id)


def failed_stop_notices(connection: Connection, before: datetime, *, limit: int) -> list[Row]:
    """Given up before *before*, and nothing newer was tried in the same conversation."""
    newer = message.alias("newer")
    query = (
        select(message)
        .where(
            message.c.kind == "stop_notice",
            message.c.state == "failed",
            message.c.queued_at <= before,
            ~exists().where(
                newer.c.subject_id == message.c.subject_id,
                newer.c.kind == "stop_notice",
                newer.c.queued_at > message.c.queued_at,
            ),
        )
        .order_by(message.c.queued_at)
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


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


def unconfirmed_stop_notices(connection: Connection, before: datetime, *, limit: int) -> list[Row]:
    """
    The first stop notice of each conversation that was told before *before* and never confirmed it; each conversation
    only until the journal says so.
    """
    confirmed = message.alias("confirmed")
    query = (
        select(message)
        .where(
            message.c.kind == "stop_notice",
            message.c.queued_at <= before,
            message.c.state != "cancelled",
            ~exists().where(
                confirmed.c.subject_id == message.c.subject_id,
                confirmed.c.kind == "stop_notice",
                confirmed.c.state == "delivered",
            ),
            ~exists().where(journal.c.subject_id == message.c.subject_id, journal.c.kind == "stop_notice.unanswered"),
        )
        .ext(distinct_on(message.c.subject_id))
        .order_by(message.c.subject_id, message.c.queued_at)
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def of_subjects(connection: Connection, subject_ids: Sequence[UUID]) -> list[Row]:
    """The messages of many conversations, in one statement."""
    query = select(message).where(message.c.subject_id.in_(subject_ids)).order_by(message.c.queued_at, message.c.id)
    return [row._mapping for row in connection.execute(query)]


def cancel(connection: Connection, message_ids: Sequence[UUID]) -> None:
    """These will not leave; one whose sending began in the meantime is not touched."""
    query = update(message).where(message.c.id.in_(message_ids), message.c.state == "queued")
    connection.execute(query.values(state="cancelled", next_at=None))


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
