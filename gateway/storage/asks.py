"""Questions put to residents: immutable rows; that one was served is in the journal, that it lapsed is time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from gateway.consent.asks import Question
from gateway.storage.tables import consent_ask, consent_grant, journal

SERVED = "consent.served"


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    connection.execute(insert(consent_ask), list(rows))


def get(connection: Connection, ask_id: UUID) -> Question | None:
    return next(iter(_read(connection, consent_ask.c.id == ask_id)), None)


def many(connection: Connection, ask_ids: Sequence[UUID]) -> dict[UUID, Question]:
    return {one.id: one for one in _read(connection, consent_ask.c.id.in_(list(ask_ids)))} if ask_ids else {}


def of_case(connection: Connection, case_id: UUID) -> list[Question]:
    """Every question of a case, oldest first."""
    return _read(connection, consent_ask.c.case_id == case_id)


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Question]:
    served = and_(journal.c.subject_id == consent_ask.c.id, journal.c.kind == SERVED)
    answered = select(consent_grant.c.id).where(consent_grant.c.ask_id == consent_ask.c.id).exists()
    query = (
        select(consent_ask, func.min(journal.c.at).label("served_at"), answered.label("answered"))
        .select_from(consent_ask.outerjoin(journal, served))
        .where(condition)
        .group_by(consent_ask.c.id)
        .order_by(consent_ask.c.requested_at, consent_ask.c.id)
    )
    return [Question(**row._mapping) for row in connection.execute(query)]
