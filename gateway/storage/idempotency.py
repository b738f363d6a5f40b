"""Idempotency keys: the answer to a call, kept with the work it did, in the same transaction (ruling 32)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from gateway.storage.database import Row, try_lock
from gateway.storage.tables import idempotency


def find(connection: Connection, participant_id: UUID, key: str) -> Row | None:
    query = select(idempotency).where(idempotency.c.participant_id == participant_id, idempotency.c.key == key)
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def hold(connection: Connection, participant_id: UUID, key: str) -> bool:
    """Hold the key until the end of the transaction; False while another call with the same key runs."""
    return try_lock(connection, f"idempotency:{participant_id}:{key}")


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(idempotency).values(**row))


def forget_before(connection: Connection, moment: datetime) -> int:
    return connection.execute(delete(idempotency).where(idempotency.c.at < moment)).rowcount
