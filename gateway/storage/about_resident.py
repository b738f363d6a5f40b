"""What the journal holds about one resident, read for the resident, for an export and for the processing log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from gateway.storage.database import Row
from gateway.storage.tables import consent_grant, journal, journal_facts, journal_leaf

_COLUMNS = (
    journal.c.id, journal.c.at, journal.c.kind, journal.c.actor, journal.c.case_id, journal.c.resident_id,
    journal.c.participant_id, journal.c.grant_id, journal.c.subject_id, journal_facts.c.facts,
    consent_grant.c.purpose, journal_leaf.c.leaf_index,
)  # fmt: skip
_FULL = (
    journal.outerjoin(journal_facts, journal_facts.c.entry_id == journal.c.id)
    .outerjoin(consent_grant, consent_grant.c.id == journal.c.grant_id)
    .outerjoin(journal_leaf, journal_leaf.c.entry_id == journal.c.id)
)


def about(
    connection: Connection,
    resident_id: UUID,
    *,
    kinds: Collection[str] | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[Row]:
    """Entries about one resident and nobody else, newest first, each with the purpose of its grant."""
    query = select(*_COLUMNS).select_from(_FULL).where(journal.c.resident_id == resident_id)
    if kinds is not None:
        query = query.where(journal.c.kind.in_(kinds))
    if before is not None:
        query = query.where(journal.c.id < before)
    query = query.order_by(journal.c.id.desc())
    if limit is not None:
        query = query.limit(limit)
    return [row._mapping for row in connection.execute(query)]


def decisions(connection: Connection, resident_id: UUID, message_ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """Per message the decisions about it, oldest first: which one let it go or kept it back."""
    query = (
        select(journal.c.id, journal.c.kind, journal.c.subject_id)
        .where(
            journal.c.resident_id == resident_id,
            journal.c.subject_id.in_(message_ids),
            journal.c.kind.in_(["decision.permitted", "decision.refused"]),
        )
        .order_by(journal.c.id)
    )
    found: dict[UUID, list[Row]] = {}
    for row in connection.execute(query):
        found.setdefault(row.subject_id, []).append(row._mapping)
    return found


def tally(connection: Connection, resident_id: UUID) -> dict[str, int]:
    """How many entries of each kind there are about one resident."""
    query = (
        select(journal.c.kind, func.count().label("times"))
        .where(journal.c.resident_id == resident_id)
        .group_by(journal.c.kind)
        .order_by(journal.c.kind)
    )
    return {row.kind: row.times for row in connection.execute(query)}


def entries_with_facts(connection: Connection, resident_id: UUID) -> list[int]:
    """Every entry about one resident whose particulars were not erased yet."""
    query = (
        select(journal.c.id)
        .join(journal_facts, journal_facts.c.entry_id == journal.c.id)
        .where(journal.c.resident_id == resident_id, journal_facts.c.facts.is_not(None))
        .order_by(journal.c.id)
    )
    return list(connection.scalars(query))


def objected(connection: Connection, grant_ids: Iterable[UUID]) -> set[UUID]:
    """Of these grants, the ones that the resident objected to already."""
    return said_of(connection, list(grant_ids), "objection.recorded")


def said_of(connection: Connection, subject_ids: Collection[UUID], kind: str) -> set[UUID]:
    """Of these subjects, the ones with an entry of *kind*."""
    query = select(journal.c.subject_id).where(journal.c.subject_id.in_(subject_ids), journal.c.kind == kind)
    return {one for one in connection.scalars(query) if one is not None}


def newest_of_grants(connection: Connection, grant_ids: Collection[UUID], kinds: Collection[str]) -> dict[UUID, Row]:
    """Per grant the newest entry of one of *kinds*, with its facts."""
    query = (
        select(*_COLUMNS)
        .select_from(_FULL)
        .where(journal.c.grant_id.in_(grant_ids), journal.c.kind.in_(kinds))
        .order_by(journal.c.id)
    )
    return {row.grant_id: row._mapping for row in connection.execute(query) if row.grant_id is not None}


def since(
    connection: Connection, moment: datetime, *, until: datetime | None = None, batch: int = 1_000
) -> Iterator[Sequence[Row]]:
    """Every entry about a resident from *moment* on, oldest first, in batches, so that it fits in memory."""
    after = 0
    while True:
        query = (
            select(*_COLUMNS)
            .select_from(_FULL)
            .where(journal.c.resident_id.is_not(None), journal.c.at >= moment, journal.c.id > after)
            .order_by(journal.c.id)
            .limit(batch)
        )
        if until is not None:
            query = query.where(journal.c.at < until)
        rows = [row._mapping for row in connection.execute(query)]
        if rows:
            yield rows
        if len(rows) < batch:
            return
        after = rows[-1]["id"]
