"""Who may speak for a resident: immutable rows; that a mandate ended is in the journal."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, and_, func, insert, select

from gateway.consent.mandates import Mandate, MandateKind
from gateway.storage.database import Row
from gateway.storage.tables import journal, mandate

ENDED = "mandate.ended"


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(mandate).values(**row))


def get(connection: Connection, mandate_id: UUID) -> Mandate | None:
    return next(iter(_read(connection, mandate.c.id == mandate_id)), None)


def of_resident(connection: Connection, resident_id: UUID) -> list[Mandate]:
    """Every mandate of a resident, those that ended too, oldest first."""
    return _read(connection, mandate.c.resident_id == resident_id)


def sealed(connection: Connection, mandate_id: UUID) -> bytes:
    """Who it is, still sealed."""
    return bytes(connection.scalars(select(mandate.c.sealed).where(mandate.c.id == mandate_id)).one())


def _read(connection: Connection, condition: object) -> list[Mandate]:
    ended = and_(journal.c.subject_id == mandate.c.id, journal.c.kind == ENDED)
    columns = [column for column in mandate.c if column.name != "sealed"]
    query = (
        select(*columns, func.min(journal.c.at).label("ended_at"))
        .select_from(mandate.outerjoin(journal, ended))
        .where(condition)  # type: ignore[arg-type]
        .group_by(mandate.c.id)
        .order_by(mandate.c.checked_at, mandate.c.id)
    )
    return [
        Mandate(**{**row._mapping, "kind": MandateKind(row.kind), "purposes": frozenset(row.purposes)})
        for row in connection.execute(query)
    ]
