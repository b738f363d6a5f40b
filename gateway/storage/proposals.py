"""Proposals, the offers in them, and what creditors answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from gateway.storage.database import Row
from gateway.storage.tables import case_file, offer, offer_answer, proposal


def add(connection: Connection, row: Row, offers: Sequence[Row]) -> None:
    connection.execute(insert(proposal).values(**row))
    connection.execute(insert(offer), [dict(one) for one in offers])


def get(connection: Connection, proposal_id: UUID) -> Row | None:
    found = connection.execute(select(proposal).where(proposal.c.id == proposal_id)).one_or_none()
    return found._mapping if found is not None else None


def of_case(connection: Connection, case_id: UUID) -> list[Row]:
    query = select(proposal).where(proposal.c.case_id == case_id).order_by(proposal.c.made_at)
    return [row._mapping for row in connection.execute(query)]


def offers_of_case(connection: Connection, case_id: UUID) -> list[Row]:
    query = select(offer).where(offer.c.case_id == case_id).order_by(offer.c.id)
    return [row._mapping for row in connection.execute(query)]


def offers(connection: Connection, proposal_id: UUID) -> list[Row]:
    query = select(offer).where(offer.c.proposal_id == proposal_id).order_by(offer.c.id)
    return [row._mapping for row in connection.execute(query)]


def get_offer(connection: Connection, offer_id: UUID, *, lock: bool = False) -> Row | None:
    query = select(offer).where(offer.c.id == offer_id)
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return found._mapping if found is not None else None


def of_grants(connection: Connection, grant_ids: Sequence[UUID]) -> list[Row]:
    """Everything that rests on these grants, locked."""
    query = select(offer).where(offer.c.grant_id.in_(grant_ids)).order_by(offer.c.id).with_for_update()
    return [row._mapping for row in connection.execute(query)]


def offers_of_creditor(connection: Connection, creditor_id: UUID, states: Sequence[str], *, limit: int) -> list[Row]:
    query = (
        select(offer, case_file.c.reference.label("case_reference"))
        .join(case_file, case_file.c.id == offer.c.case_id)
        .where(offer.c.creditor_id == creditor_id, offer.c.state.in_(states))
        .order_by(offer.c.sent_at)
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def change_offer(connection: Connection, offer_id: UUID, **values: Any) -> None:
    connection.execute(update(offer).where(offer.c.id == offer_id).values(**values))


def add_answer(connection: Connection, row: Row) -> None:
    connection.execute(insert(offer_answer).values(**row))


def same_answer(connection: Connection, offer_id: UUID, digest: str) -> Row | None:
    query = (
        select(offer_answer)
        .where(
            offer_answer.c.offer_id == offer_id,
            offer_answer.c.digest == digest,
            offer_answer.c.verdict != "refused",
        )
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def answers(connection: Connection, offer_id: UUID) -> list[Row]:
    """What was read as an answer; bytes that could not be read at all are no answers."""
    query = (
        select(offer_answer)
        .where(offer_answer.c.offer_id == offer_id, offer_answer.c.verdict.not_in(["refused", "quarantined"]))
        .order_by(offer_answer.c.received_at)
    )
    return [row._mapping for row in connection.execute(query)]


def erase_answers(connection: Connection, answer_ids: Sequence[UUID], now: datetime) -> None:
    """Take away the words of answers; the verdict that was drawn from each, and its day, stay."""
    if answer_ids:
        of_these = update(offer_answer).where(offer_answer.c.id.in_(answer_ids))
        connection.execute(of_these.values(raw=None, erased_at=now))


def kept_answers(
    connection: Connection, case_ids: Sequence[UUID], verdicts: Collection[str]
) -> list[tuple[UUID, UUID]]:
    """(answer, offer) of every answer in these cases with one of *verdicts* that still says what it said."""
    query = (
        select(offer_answer.c.id, offer_answer.c.offer_id)
        .join(offer, offer.c.id == offer_answer.c.offer_id)
        .where(offer.c.case_id.in_(case_ids), offer_answer.c.verdict.in_(verdicts), offer_answer.c.raw.is_not(None))
        .order_by(offer_answer.c.received_at)
    )
    return [(row.id, row.offer_id) for row in connection.execute(query)]


def count_answers(connection: Connection, offer_id: UUID) -> int:
    return int(connection.scalar(select(func.count()).where(offer_answer.c.offer_id == offer_id)) or 0)
