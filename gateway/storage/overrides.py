"""On whose authority something was sent without the resident's yes; append-only, its standing is that of its grant."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, insert, select

from gateway.storage.database import Row
from gateway.storage.tables import case_file, resident_key, statement_request, statutory_override


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(statutory_override).values(**row))


def of_organisation(connection: Connection, organisation_id: UUID, *, limit: int) -> list[Row]:
    """
    The newest overrides in the cases of this organisation, newest first, each with the key that opens its motive.

    Those of residents or cases that were erased are not there: nothing of theirs opens any more.
    """
    query = (
        select(statutory_override, case_file.c.resident_id, resident_key.c.wrapped)
        .join(case_file, case_file.c.id == statutory_override.c.case_id)
        .join(resident_key, resident_key.c.resident_id == case_file.c.resident_id)
        .where(case_file.c.organisation_id == organisation_id, case_file.c.erased_at.is_(None))
        .order_by(statutory_override.c.recorded_at.desc(), statutory_override.c.grant_id)
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def requests_under(connection: Connection, grant_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Per override what was asked under it."""
    query = (
        select(statement_request.c.grant_id, statement_request.c.id)
        .where(statement_request.c.grant_id.in_(grant_ids))
        .order_by(statement_request.c.asked_at, statement_request.c.id)
    )
    found: dict[UUID, list[UUID]] = {}
    for row in connection.execute(query):
        found.setdefault(row.grant_id, []).append(row.id)
    return found
