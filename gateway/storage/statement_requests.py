"""Statement requests and the replies to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from gateway.storage.database import Row
from gateway.storage.tables import case_file, reply, statement_request


def add(connection: Connection, rows: Sequence[Row]) -> None:
    connection.execute(insert(statement_request), [dict(row) for row in rows])


def get(connection: Connection, request_id: UUID, *, lock: bool = False) -> Row | None:
    query = select(statement_request).where(statement_request.c.id == request_id)
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return found._mapping if found is not None else None


def of_case(connection: Connection, case_id: UUID) -> list[Row]:
    query = (
        select(statement_request)
        .where(statement_request.c.case_id == case_id)
        .order_by(statement_request.c.asked_at, statement_request.c.id)
    )
    return [row._mapping for row in connection.execute(query)]


def of_grants(connection: Connection, grant_ids: Sequence[UUID]) -> list[Row]:
    """Everything that rests on these grants, locked."""
    query = (
        select(statement_request)
        .where(statement_request.c.grant_id.in_(grant_ids))
        .order_by(statement_request.c.id)
        .with_for_update()
    )
    return [row._mapping for row in connection.execute(query)]


def of_creditor(connection: Connection, creditor_id: UUID, states: Sequence[str], *, limit: int) -> list[Row]:
    """The creditor's own requests in these states, with the case's reference for recognition, oldest first."""
    query = (
        select(statement_request, case_file.c.reference.label("case_reference"))
        .join(case_file, case_file.c.id == statement_request.c.case_id)
        .where(statement_request.c.creditor_id == creditor_id, statement_request.c.state.in_(states))
        .order_by(statement_request.c.asked_at)
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def change(connection: Connection, request_id: UUID, **values: Any) -> None:
    connection.execute(update(statement_request).where(statement_request.c.id == request_id).values(**values))


def add_reply(connection: Connection, row: Row) -> None:
    connection.execute(insert(reply).values(**row))


def change_reply(connection: Connection, reply_id: UUID, **values: Any) -> None:
    connection.execute(update(reply).where(reply.c.id == reply_id).values(**values))


def get_reply(connection: Connection, reply_id: UUID) -> Row | None:
    found = connection.execute(select(reply).where(reply.c.id == reply_id)).one_or_none()
    return found._mapping if found is not None else None


def same_reply(connection: Connection, request_id: UUID, digest: str) -> Row | None:
    """An earlier reply to this request with the very same bytes that was taken in."""
    query = (
        select(reply)
        .where(
            reply.c.request_id == request_id,
            reply.c.digest == digest,
            reply.c.status.in_(["accepted", "held", "quarantined"]),
        )
        .order_by(reply.c.received_at)
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def next_version(connection: Connection, request_id: UUID) -> int:
    return 1 + int(connection.scalar(select(func.count()).where(reply.c.request_id == request_id)) or 0)


def replies_of_case(connection: Connection, case_id: UUID) -> list[Row]:
    query = (
        select(reply)
        .join(statement_request, statement_request.c.id == reply.c.request_id)
        .where(statement_request.c.case_id == case_id)
        .order_by(reply.c.received_at, reply.c.version)
    )
    return [row._mapping for row in connection.execute(query)]


def held(connection: Connection, request_id: UUID) -> list[Row]:
    query = select(reply).where(reply.c.request_id == request_id, reply.c.status == "held")
    return [row._mapping for row in connection.execute(query)]


def last_accepted(connection: Connection, request_id: UUID) -> Row | None:
    query = (
        select(reply)
        .where(reply.c.request_id == request_id, reply.c.status == "accepted")
        .order_by(reply.c.version.desc())
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None
