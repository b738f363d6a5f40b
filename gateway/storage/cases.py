"""Residents and their cases. Locking a resident gives every send and withdrawal of that resident one order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, exists, insert, select, update

from gateway.errors import NotFound
from gateway.storage.database import Row, hold
from gateway.storage.tables import case_file, resident, resident_key


def add_resident(connection: Connection, row: Row, wrapped: bytes) -> None:
    connection.execute(insert(resident).values(**row))
    add_key(connection, row["id"], wrapped)


def add_key(connection: Connection, resident_id: UUID, wrapped: bytes) -> None:
    connection.execute(insert(resident_key).values(resident_id=resident_id, wrapped=wrapped))


def resident_by_bsn(connection: Connection, organisation_id: UUID, bsn_index: bytes) -> UUID | None:
    """
    The resident whom this organisation knows by that BSN.

    Held until the end of the transaction, so that of two calls at once the second finds whom the first registered.
    """
    hold(connection, f"resident:{organisation_id}:{bsn_index.hex()}")
    query = select(resident.c.id).where(
        resident.c.organisation_id == organisation_id, resident.c.bsn_index == bsn_index
    )
    return connection.scalar(query)


def lock_resident(connection: Connection, resident_id: UUID) -> None:
    """Hold the resident until the end of the transaction (FOR NO KEY UPDATE leaves foreign keys free)."""
    connection.execute(select(resident.c.id).where(resident.c.id == resident_id).with_for_update(key_share=True))


def get_resident(connection: Connection, resident_id: UUID) -> Row:
    """
    The sealed resident and the wrapped key that opens it.

    Raises:
        NotFound: The resident was erased.
    """
    query = (
        select(resident, resident_key.c.wrapped)
        .join(resident_key, resident_key.c.resident_id == resident.c.id)
        .where(resident.c.id == resident_id)
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound
    return found._mapping


def resident_of(connection: Connection, organisation_id: UUID, resident_id: UUID) -> Row | None:
    """The resident without a key, held, when this organisation has it; erased or not."""
    query = select(resident).where(resident.c.id == resident_id, resident.c.organisation_id == organisation_id)
    found = connection.execute(query.with_for_update(key_share=True)).one_or_none()
    return found._mapping if found is not None else None


def organisation_of(connection: Connection, resident_id: UUID) -> UUID | None:
    return connection.scalar(select(resident.c.organisation_id).where(resident.c.id == resident_id))


def wrapped_key(connection: Connection, resident_id: UUID) -> bytes:
    """
    The wrapped key under which everything about a resident is sealed.

    Raises:
        NotFound: The resident was erased: nothing of theirs opens any more.
    """
    query = select(resident_key.c.wrapped).where(resident_key.c.resident_id == resident_id)
    found = connection.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return bytes(found)


def has_key(connection: Connection, resident_id: UUID) -> bool:
    return bool(connection.scalar(select(exists().where(resident_key.c.resident_id == resident_id))))


def close(connection: Connection, case_id: UUID, now: datetime) -> None:
    connection.execute(update(case_file).where(case_file.c.id == case_id).values(closed_at=now))


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(case_file).values(**row))


def get(connection: Connection, case_id: UUID, *, organisation_id: UUID | None = None) -> Row | None:
    """The case, or None when it does not exist, was erased, or belongs to another organisation."""
    query = select(case_file).where(case_file.c.id == case_id, case_file.c.erased_at.is_(None))
    if organisation_id is not None:
        query = query.where(case_file.c.organisation_id == organisation_id)
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def of_resident(connection: Connection, resident_id: UUID) -> list[Row]:
    query = select(case_file).where(case_file.c.resident_id == resident_id).order_by(case_file.c.opened_at)
    return [row._mapping for row in connection.execute(query)]


def of_organisation(connection: Connection, organisation_id: UUID, *, limit: int) -> list[Row]:
    query = (
        select(case_file)
        .where(case_file.c.organisation_id == organisation_id, case_file.c.erased_at.is_(None))
        .order_by(case_file.c.opened_at.desc())
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def ids_of_organisation(organisation_id: UUID) -> Select[tuple[UUID]]:
    """A subquery for the journal's pages."""
    return select(case_file.c.id).where(case_file.c.organisation_id == organisation_id)
