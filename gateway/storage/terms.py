"""Terms that run: rows with the instant at which something is to be done about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from gateway.storage.database import Row
from gateway.storage.tables import case_file, term


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(term).values(**row))


def due(connection: Connection, now: datetime, *, limit: int) -> list[UUID]:
    """Terms whose moment has come; cost follows what is due, not what is open (partial index)."""
    query = (
        select(term.c.id).where(term.c.state == "running", term.c.next_at <= now).order_by(term.c.next_at).limit(limit)
    )
    return list(connection.scalars(query))


def claim(connection: Connection, term_id: UUID, now: datetime) -> Row | None:
    """The term, locked, when its moment has come and nobody else is at it."""
    query = (
        select(term)
        .where(term.c.id == term_id, term.c.state == "running", term.c.next_at <= now)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def open_of(connection: Connection, subject_id: UUID, *, kind: str | None = None) -> Row | None:
    """The running or suspended term of a conversation, locked."""
    query = select(term).where(term.c.subject_id == subject_id, term.c.state.in_(["running", "suspended"]))
    if kind is not None:
        query = query.where(term.c.kind == kind)
    found = connection.execute(query.order_by(term.c.started_on.desc()).limit(1).with_for_update()).one_or_none()
    return found._mapping if found is not None else None


def all_open_of(connection: Connection, subject_id: UUID) -> list[Row]:
    """Every running or suspended term of a conversation, locked: a cure term may run beside the term to answer."""
    query = select(term).where(term.c.subject_id == subject_id, term.c.state.in_(["running", "suspended"]))
    return [row._mapping for row in connection.execute(query.order_by(term.c.id).with_for_update())]


def of_subjects(connection: Connection, subject_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    query = select(term).where(term.c.subject_id.in_(subject_ids)).order_by(term.c.started_on, term.c.kind)
    found: dict[UUID, list[Row]] = {}
    for row in connection.execute(query):
        found.setdefault(row.subject_id, []).append(row._mapping)
    return found


def change(connection: Connection, term_id: UUID, **values: Any) -> None:
    connection.execute(update(term).where(term.c.id == term_id).values(**values))


def cancel_of(connection: Connection, subject_id: UUID, *, state: str = "cancelled") -> None:
    connection.execute(
        update(term)
        .where(term.c.subject_id == subject_id, term.c.state.in_(["running", "suspended"]))
        .values(state=state, next_at=None)
    )


def next_moment(connection: Connection) -> datetime | None:
    """When the next running term wants attention."""
    query = select(func.min(term.c.next_at)).where(term.c.state == "running")
    found: datetime | None = connection.scalar(query)
    return found


def resident_of(connection: Connection, term_id: UUID) -> UUID | None:
    """Whose term it is, so that the resident can be held before the term is."""
    query = select(case_file.c.resident_id).join(term, term.c.case_id == case_file.c.id).where(term.c.id == term_id)
    return connection.scalar(query)
