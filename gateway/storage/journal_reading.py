"""Read the whole journal from its first leaf to its last, a page at a time, as one moment saw it: for checking it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, func, literal, or_, select, text

from gateway.domain.merkle import Node
from gateway.storage.database import Row
from gateway.storage.journal_tree import STORED_FROM
from gateway.storage.tables import journal, journal_facts, journal_leaf, journal_node, journal_pending

PAGE = 4_096
_HIGHEST = 62  # no log has more than 2**62 leaves


def one_moment(connection: Connection) -> None:
    """See one moment until the end of the transaction, and change nothing; the first thing to be asked in it."""
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def leaf_count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(journal_leaf)) or 0


def pending_count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(journal_pending)) or 0


def node_count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(journal_node)) or 0


def leaves(connection: Connection) -> Iterator[list[Row]]:
    """
    Every leaf in order, with its entry and the facts beside it.

    Each row has `leaf_index`, `leaf_hash`, `entry_id`, `found` (the entry is there), `beside` (a row of facts is there,
    be it an erased one) and the columns of the entry.
    """
    after = -1
    while True:
        query = (
            select(
                journal_leaf.c.leaf_index,
                journal_leaf.c.leaf_hash,
                journal_leaf.c.entry_id,
                journal.c.id.is_not(None).label("found"),
                journal_facts.c.entry_id.is_not(None).label("beside"),
                *_entry_columns(),
            )
            .select_from(
                journal_leaf.outerjoin(journal, journal.c.id == journal_leaf.c.entry_id).outerjoin(
                    journal_facts, journal_facts.c.entry_id == journal_leaf.c.entry_id
                )
            )
            .where(journal_leaf.c.leaf_index > after)
            .order_by(journal_leaf.c.leaf_index)
            .limit(PAGE)
        )
        rows: list[Row] = [row._mapping for row in connection.execute(query)]
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["leaf_index"]


def waiting(connection: Connection) -> Iterator[list[Row]]:
    """Every entry that waits for its leaf, with `beside` and its columns; read a page at a time."""
    after = 0
    while True:
        query = (
            select(
                journal.c.id.label("entry_id"),
                literal(True).label("found"),
                journal_facts.c.entry_id.is_not(None).label("beside"),
                *_entry_columns(),
            )
            .select_from(
                journal_pending.join(journal, journal.c.id == journal_pending.c.entry_id).outerjoin(
                    journal_facts, journal_facts.c.entry_id == journal.c.id
                )
            )
            .where(journal_pending.c.entry_id > after)
            .order_by(journal_pending.c.entry_id)
            .limit(PAGE)
        )
        rows: list[Row] = [row._mapping for row in connection.execute(query)]
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["entry_id"]


def first_without_place(connection: Connection) -> int | None:
    """The first entry that neither has a leaf nor waits for one: it was taken out of the log, or slipped past it."""
    query = (
        select(func.min(journal.c.id))
        .select_from(
            journal.outerjoin(journal_leaf, journal_leaf.c.entry_id == journal.c.id).outerjoin(
                journal_pending, journal_pending.c.entry_id == journal.c.id
            )
        )
        .where(journal_leaf.c.entry_id.is_(None), journal_pending.c.entry_id.is_(None))
    )
    lost: int | None = connection.scalar(query)
    return lost


def first_with_two_places(connection: Connection) -> int | None:
    """The first entry that has a leaf and waits for another one."""
    query = select(func.min(journal_pending.c.entry_id)).join(
        journal_leaf, journal_leaf.c.entry_id == journal_pending.c.entry_id
    )
    twice: int | None = connection.scalar(query)
    return twice


def subtrees(connection: Connection, before: int, size: int) -> dict[Node, bytes]:
    """The stored subtrees that were completed when the log grew from *before* to *size* leaves."""
    ranges = [
        and_(journal_node.c.level == level, journal_node.c.place.between(before >> level, (size >> level) - 1))
        for level in range(STORED_FROM, _HIGHEST)
        if before >> level < size >> level
    ]
    if not ranges:
        return {}
    found = connection.execute(select(journal_node).where(or_(*ranges)))
    return {(row.level, row.place): bytes(row.hash) for row in found}


def stored_by(size: int) -> int:
    """How many subtrees are stored for a log of that size."""
    return sum(size >> level for level in range(STORED_FROM, _HIGHEST))


def _entry_columns() -> tuple[object, ...]:
    return (
        journal.c.at, journal.c.kind, journal.c.actor, journal.c.case_id, journal.c.resident_id,
        journal.c.participant_id, journal.c.grant_id, journal.c.subject_id, journal.c.commitment,
        journal_facts.c.facts, journal_facts.c.salt,
    )  # fmt: skip
