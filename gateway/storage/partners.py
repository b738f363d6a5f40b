"""Partners with joint debts: immutable links; what happened to one, and to whom, is in the journal of each of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from gateway.consent.partners import Link, LinkEvent, Step
from gateway.storage import about_resident
from gateway.storage.database import Row
from gateway.storage.tables import journal, partner_link, proposal, resident

RECUT = "joint_debt.recut"  # another proposal came in the place of one that had to be made anew
PROTECTED, UNPROTECTED = "address.protected", "address.unprotected"


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(partner_link).values(**row))


def get(connection: Connection, link_id: UUID) -> Link | None:
    return next(iter(_read(connection, partner_link.c.id == link_id)), None)


def in_force(connection: Connection, resident_id: UUID) -> Link | None:
    """The link that this resident has now; there is one at most."""
    return next((one for one in _read(connection, _of(resident_id)) if one.in_force), None)


def hold_together(connection: Connection, resident_id: UUID, *others: UUID) -> None:
    """
    Hold a resident with *others* and with everybody that the resident was ever linked to, in one order for everybody.

    Two partners who stop at the same moment wait for each other and do not stand in each other's way.
    """
    while True:
        with connection.begin_nested() as attempt:
            together = {resident_id, *others, *_linked(connection, resident_id)}
            query = select(resident.c.id).where(resident.c.id.in_(together)).order_by(resident.c.id)
            connection.execute(query.with_for_update(key_share=True))
            if _linked(connection, resident_id) <= together:
                return
            attempt.rollback()  # a link was recorded meanwhile: let go, so that the order is kept


def address_protected(connection: Connection, resident_id: UUID) -> bool:
    """Whether the address of this resident is kept from everybody (geheim adres); the last word counts."""
    query = (
        select(journal.c.kind)
        .where(journal.c.subject_id == resident_id, journal.c.kind.in_([PROTECTED, UNPROTECTED]))
        .order_by(journal.c.id.desc())
        .limit(1)
    )
    return connection.scalar(query) == PROTECTED


def must_be_recut(connection: Connection, proposal_ids: Collection[UUID]) -> set[UUID]:
    """Of these proposals, the ones from which no agreement may be presumed: they count on what is not there now."""
    return about_resident.said_of(connection, proposal_ids, Step.MUST_BE_RECUT.value)


def to_recut(connection: Connection, case_id: UUID) -> list[tuple[UUID, datetime]]:
    """The proposals of a case that must be made anew and were not yet, each with the moment from which on."""
    later = journal.alias("later")
    done = exists().where(later.c.subject_id == proposal.c.id, later.c.kind == RECUT)
    query = (
        select(proposal.c.id, func.min(journal.c.at).label("since"))
        .join(journal, and_(journal.c.subject_id == proposal.c.id, journal.c.kind == Step.MUST_BE_RECUT.value))
        .where(proposal.c.case_id == case_id, ~done)
        .group_by(proposal.c.id)
        .order_by(func.min(journal.c.id))
    )
    return [(row.id, row.since) for row in connection.execute(query)]


def _of(resident_id: UUID) -> ColumnElement[bool]:
    return or_(partner_link.c.first_id == resident_id, partner_link.c.second_id == resident_id)


def _linked(connection: Connection, resident_id: UUID) -> set[UUID]:
    """Everybody in a link with this resident, whatever became of it: links are never taken away."""
    query = select(partner_link.c.first_id, partner_link.c.second_id).where(_of(resident_id))
    return {one for row in connection.execute(query) for one in row} - {resident_id}


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Link]:
    """Both residents have the same events; those of the first are read."""
    happened = and_(
        journal.c.subject_id == partner_link.c.id,
        journal.c.resident_id == partner_link.c.first_id,
        journal.c.kind.in_([kind.value for kind in LinkEvent]),
    )
    erased = exists().where(
        resident.c.id.in_([partner_link.c.first_id, partner_link.c.second_id]), resident.c.erased_at.is_not(None)
    )
    query = (
        select(
            partner_link,
            func.array_agg(aggregate_order_by(journal.c.kind, journal.c.id)).label("kinds"),
            erased.label("closed"),
        )
        .select_from(partner_link.outerjoin(journal, happened))
        .where(condition)
        .group_by(partner_link.c.id)
        .order_by(partner_link.c.recorded_at, partner_link.c.id)
    )
    return [
        Link(
            id=row.id,
            first_id=row.first_id,
            second_id=row.second_id,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
            events=tuple(LinkEvent(kind) for kind in row.kinds if kind is not None),
            closed=row.closed,
        )
        for row in connection.execute(query)
    ]
