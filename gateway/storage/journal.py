"""
The journal: append-only record of everything that happened, one for audit, consent, evidence and events.

An entry commits to its facts with a salted HMAC; the facts and the salt stand beside it and may be erased without
breaking any proof. Leaf numbers are given afterwards, in the order in which entries became visible, so a reader who
pages by leaf number never misses an entry that was committed late.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, null, select, text, update

from gateway import keys
from gateway.domain import merkle
from gateway.storage import journal_tree
from gateway.storage.database import Row, try_lock
from gateway.storage.tables import journal, journal_facts, journal_frontier, journal_leaf, journal_pending


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One thing that happened. Facts hold codes, ids, digests and dates; never a name, number or amount of a person.

    Args:
        actor: Who did it: "gateway", "counsellor:<id>", "creditor:<id>", "resident", "administrator".
    """

    kind: str
    actor: str
    case_id: UUID | None = None
    resident_id: UUID | None = None
    participant_id: UUID | None = None
    grant_id: UUID | None = None
    subject_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def append(connection: Connection, now: datetime, *entries: Entry) -> list[int]:
    """Write *entries* in the caller's transaction; three statements, however many entries there are."""
    if not entries:
        return []
    salts = [keys.new_salt() for _ in entries]
    rows = [
        {
            "at": now,
            "kind": entry.kind,
            "actor": entry.actor,
            "case_id": entry.case_id,
            "resident_id": entry.resident_id,
            "participant_id": entry.participant_id,
            "grant_id": entry.grant_id,
            "subject_id": entry.subject_id,
            "commitment": keys.commit(salt, canonical(now, entry)),
        }
        for entry, salt in zip(entries, salts, strict=True)
    ]
    ids = list(connection.scalars(insert(journal).returning(journal.c.id, sort_by_parameter_order=True), rows))
    connection.execute(
        insert(journal_facts),
        [
            {"entry_id": entry_id, "salt": salt, "facts": dict(entry.facts)}
            for entry_id, salt, entry in zip(ids, salts, entries, strict=True)
        ],
    )
    connection.execute(insert(journal_pending), [{"entry_id": entry_id} for entry_id in ids])
    return ids


def canonical(at: datetime, entry: Entry) -> bytes:
    """The bytes that the commitment covers: JSON with sorted keys, times in UTC with microseconds."""
    return canonical_row({"at": at, **vars(entry)})


def canonical_row(row: Row) -> bytes:
    """As `canonical`, out of a row with the facts beside it."""
    return json.dumps(committed(row), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def committed(row: Row) -> dict[str, Any]:
    """What an entry commits to, out of its row with the facts beside it: `canonical` before it became bytes."""
    return {
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": row["kind"],
        "actor": row["actor"],
        "case_id": _text(row["case_id"]),
        "resident_id": _text(row["resident_id"]),
        "participant_id": _text(row["participant_id"]),
        "grant_id": _text(row["grant_id"]),
        "subject_id": _text(row["subject_id"]),
        "facts": dict(row["facts"]),
    }


def take_sequencer(connection: Connection) -> bool:
    """Be the one sequencer until the end of the transaction; False when another one is at work, and we give way."""
    return try_lock(connection, "journal-sequencer")


def sequence(connection: Connection, *, limit: int = 5000) -> int:
    """
    Give waiting entries their leaf numbers and extend the Merkle tree (RFC 9162, section 2.1).

    One sequencer at a time; another one finds the lock taken and returns 0.
    """
    if not take_sequencer(connection):
        return 0
    taken = (
        delete(journal_pending)
        .where(
            journal_pending.c.entry_id.in_(
                select(journal_pending.c.entry_id).order_by(journal_pending.c.entry_id).limit(limit)
            )
        )
        .returning(journal_pending.c.entry_id)
    )
    entry_ids = sorted(connection.scalars(taken))
    if not entry_ids:
        return 0
    before = journal_tree.frontier(connection, for_update=True)
    commitments = {
        row.id: row.commitment
        for row in connection.execute(select(journal.c.id, journal.c.commitment).where(journal.c.id.in_(entry_ids)))
    }
    leaves = [
        {"leaf_index": index, "entry_id": entry_id, "leaf_hash": merkle.leaf_hash(commitments[entry_id])}
        for index, entry_id in enumerate(entry_ids, start=before.size)
    ]
    frontier, completed = before.extended(leaf["leaf_hash"] for leaf in leaves)
    connection.execute(insert(journal_leaf), leaves)
    journal_tree.store(connection, completed)
    connection.execute(update(journal_frontier).values(size=frontier.size, hashes=list(frontier.hashes)))
    return len(leaves)


def erase_facts(connection: Connection, entry_ids: Sequence[int]) -> int:
    """
    Destroy facts and salt of these entries for good; how many were not erased before.

    The entries, their commitments and their leaves stay, so every proof holds; without the salt nothing can be learned
    from a commitment. The database lets exactly this through, and only in a transaction that says so. Why it happens
    is for the caller to decide, and to put in the journal.
    """
    if not entry_ids:
        return 0
    connection.execute(text("SET LOCAL gateway.erases = 'facts'"))
    erased = connection.execute(
        update(journal_facts)
        .where(journal_facts.c.entry_id.in_(entry_ids), journal_facts.c.salt.is_not(None))
        .values(salt=null(), facts=null())
    ).rowcount
    connection.execute(text("SET LOCAL gateway.erases = ''"))
    return erased


_COLUMNS = (
    journal.c.id, journal.c.at, journal.c.kind, journal.c.actor, journal.c.case_id, journal.c.resident_id,
    journal.c.participant_id, journal.c.grant_id, journal.c.subject_id, journal.c.commitment,
    journal_facts.c.facts, journal_facts.c.salt,
)  # fmt: skip
_FULL = journal.outerjoin(journal_facts, journal_facts.c.entry_id == journal.c.id)


def of_case(connection: Connection, case_id: UUID) -> list[Row]:
    """Every entry about one case, oldest first."""
    query = select(*_COLUMNS).select_from(_FULL).where(journal.c.case_id == case_id).order_by(journal.c.id)
    return [row._mapping for row in connection.execute(query)]


def of_resident(connection: Connection, resident_id: UUID, *, kinds: Sequence[str], limit: int) -> list[Row]:
    """The newest entries of these kinds about one resident, newest first."""
    query = (
        select(*_COLUMNS)
        .select_from(_FULL)
        .where(journal.c.resident_id == resident_id, journal.c.kind.in_(kinds))
        .order_by(journal.c.id.desc())
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def of_subject(connection: Connection, subject_id: UUID, *, kind: str) -> list[Row]:
    """The entries of one kind about one subject, oldest first."""
    query = (
        select(*_COLUMNS)
        .select_from(_FULL)
        .where(journal.c.subject_id == subject_id, journal.c.kind == kind)
        .order_by(journal.c.id)
    )
    return [row._mapping for row in connection.execute(query)]


def leaf_indexes(connection: Connection, entry_ids: Sequence[int]) -> dict[int, int]:
    """Where these entries stand in the log; one that waits for the sequencer is not among them."""
    query = select(journal_leaf.c.entry_id, journal_leaf.c.leaf_index).where(journal_leaf.c.entry_id.in_(entry_ids))
    return {row.entry_id: row.leaf_index for row in connection.execute(query)}


def of_grant(connection: Connection, grant_id: UUID, *, kind_prefix: str) -> list[Row]:
    """What happened to one grant, oldest first, each with its leaf number (None while it waits for the sequencer)."""
    query = (
        select(journal_leaf.c.leaf_index, *_COLUMNS)
        .select_from(_FULL.outerjoin(journal_leaf, journal_leaf.c.entry_id == journal.c.id))
        .where(journal.c.grant_id == grant_id, journal.c.kind.startswith(kind_prefix, autoescape=True))
        .order_by(journal.c.id)
    )
    return [row._mapping for row in connection.execute(query)]


def of_kind(connection: Connection, kind: str) -> list[Row]:
    """Every entry of a kind that is rare: one that is about the gateway itself, not about a case."""
    query = select(*_COLUMNS).select_from(_FULL).where(journal.c.kind == kind).order_by(journal.c.id)
    return [row._mapping for row in connection.execute(query)]


def page(
    connection: Connection,
    *,
    after: int,
    limit: int,
    organisation_cases: Any = None,
    participant_id: UUID | None = None,
    kinds: Sequence[str] | None = None,
) -> list[Row]:
    """
    Sequenced entries with a leaf number above *after*, oldest first.

    Args:
        organisation_cases: A subquery of case ids to which the reader is bound; None = not bound by case.
        participant_id: Only entries about this participant.
    """
    query = (
        select(journal_leaf.c.leaf_index, *_COLUMNS)
        .select_from(journal_leaf.join(_FULL, journal.c.id == journal_leaf.c.entry_id))
        .where(journal_leaf.c.leaf_index > after)
        .order_by(journal_leaf.c.leaf_index)
        .limit(limit)
    )
    if organisation_cases is not None:
        query = query.where(journal.c.case_id.in_(organisation_cases))
    if participant_id is not None:
        query = query.where(journal.c.participant_id == participant_id)
    if kinds is not None:
        query = query.where(journal.c.kind.in_(kinds))
    return [row._mapping for row in connection.execute(query)]


def _text(value: UUID | None) -> str | None:
    return str(value) if value is not None else None
