"""Legal holds: while one is in force, nothing of the resident is erased, whatever the terms say."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from gateway.storage.database import Row
from gateway.storage.tables import legal_hold


def in_force(connection: Connection, resident_id: UUID) -> Row | None:
    query = select(legal_hold).where(legal_hold.c.resident_id == resident_id, legal_hold.c.lifted_at.is_(None))
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(legal_hold).values(**row))


def lift(connection: Connection, hold_id: UUID, counsellor_id: UUID, now: datetime) -> None:
    one = update(legal_hold).where(legal_hold.c.id == hold_id)
    connection.execute(one.values(lifted_by=counsellor_id, lifted_at=now))


def of_resident(connection: Connection, resident_id: UUID) -> list[Row]:
    """Every hold there was, oldest first."""
    query = select(legal_hold).where(legal_hold.c.resident_id == resident_id).order_by(legal_hold.c.set_at)
    return [row._mapping for row in connection.execute(query)]
