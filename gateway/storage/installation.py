"""What this database is: sandbox or live, which master key seals it, and how far a sandbox's clock is moved."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.storage.database import Row
from gateway.storage.tables import installation, journal_frontier


def read(connection: Connection) -> Row | None:
    row = connection.execute(select(installation)).one_or_none()
    return row._mapping if row is not None else None


def settle(connection: Connection, *, mode: str, key_fingerprint: str, now: datetime) -> None:
    """Record on first use what this database is; does nothing afterwards."""
    connection.execute(
        upsert(installation).values(mode=mode, key_fingerprint=key_fingerprint, created_at=now).on_conflict_do_nothing()
    )
    if connection.execute(select(journal_frontier.c.size)).one_or_none() is None:
        connection.execute(insert(journal_frontier).values(size=0, hashes=[]))


def clock_offset(connection: Connection) -> timedelta:
    """How far the gateway clock runs ahead of the machine's; zero in a live database."""
    return timedelta(milliseconds=connection.scalar(select(installation.c.clock_offset_ms)) or 0)


def move_clock(connection: Connection, by: timedelta) -> timedelta:
    """Move a sandbox's clock forward; the table's own check refuses it in a live database. Returns the offset."""
    offset = connection.scalar(
        update(installation)
        .values(clock_offset_ms=installation.c.clock_offset_ms + int(by.total_seconds() * 1000))
        .returning(installation.c.clock_offset_ms)
    )
    return timedelta(milliseconds=offset or 0)
