"""Residents and their cases. Locking a resident gives every send and withdrawal of that resident one order."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, Select, insert, select

from gateway.storage.database import Row, hold
from gateway.storage.tables import case_file, resident, resident_key


def add_resident(connection: Connection, row: Row, wrapped: bytes) -> None:
    connection.execute(insert(resident).values(**row))
    connection.execute(insert(resident_key).values(resident_id=row["id"], wrapped=wrapped))


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
    """The sealed resident and the wrapped key that opens it."""
    query = (
        select(resident, resident_key.c.wrapped)
        .join(resident_key, resident_key.c.resident_id == resident.c.id)
        .where(resident.c.id == resident_id)
    )
    return connection.execute(query).one()._mapping


def wrapped_key(connection: Connection, resident_id: UUID) -> bytes:
    query = select(resident_key.c.wrapped).where(resident_key.c.resident_id == resident_id)
    return bytes(connection.scalars(query).one())


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(case_file).values(**row))


def get(connection: Connection, case_id: UUID, *, organisation_id: UUID | None = None) -> Row | None:
    """The case, or None when it does not exist or belongs to another organisation."""
    query = select(case_file).where(case_file.c.id == case_id)
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
        .where(case_file.c.organisation_id == organisation_id)
        .order_by(case_file.c.opened_at.desc())
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def ids_of_organisation(organisation_id: UUID) -> Select[tuple[UUID]]:
    """A subquery for the journal's pages."""
    return select(case_file.c.id).where(case_file.c.organisation_id == organisation_id)
