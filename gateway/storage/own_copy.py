"""The rows about one resident as plain values, for a copy of their data, and the way back into an empty database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, exists, insert, or_, select
from sqlalchemy.types import Date, DateTime, Uuid

from gateway.consent.partners import CONFIDENTIAL
from gateway.storage.tables import (
    case_file,
    consent_ask,
    consent_grant,
    counsellor,
    journal,
    journal_facts,
    mandate,
    message,
    participant,
    resident,
)

# Columns that say something about somebody else, or mean nothing outside the database they come from.
_LEFT_OUT: Mapping[str, frozenset[str]] = {
    "resident": frozenset({"bsn_index", "sealed"}),
    "mandate": frozenset({"sealed"}),
    "consent_grant": frozenset({"number"}),
    "participant": frozenset({"bsn_basis", "endpoint", "format"}),
    "message": frozenset({"sealed"}),
}
_TABLES: Mapping[str, Table] = {
    one.name: one for one in (participant, resident, case_file, mandate, consent_ask, consent_grant)
}


def rows_of(connection: Connection, resident_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """
    Everything that makes up the state of a resident's permissions, in the order in which it can be put back.

    Also "message" (what was sent, without what it said) and "journal" (every entry that is theirs, oldest first).
    """
    found = {
        name: _plain(connection, table, table.c["id" if name == "resident" else "resident_id"] == resident_id)
        for name, table in _TABLES.items()
        if name != "participant"
    }
    found["message"] = _plain(connection, message, message.c.resident_id == resident_id)
    found["journal"] = _entries(connection, resident_id)
    named = {
        one[column]
        for rows, column in (
            (found["resident"], "organisation_id"), (found["consent_grant"], "recipient_id"),
            (found["consent_ask"], "recipient_id"), (found["mandate"], "participant_id"),
            (found["message"], "recipient_id"), (found["journal"], "participant_id"),
        )
        for one in rows
        if one[column] is not None
    }  # fmt: skip
    found["participant"] = _plain(connection, participant, participant.c.id.in_([UUID(one) for one in named]))
    return found


def _plain(connection: Connection, table: Table, condition: Any) -> list[dict[str, Any]]:
    left_out = _LEFT_OUT.get(table.name, frozenset())
    columns = [column for column in table.c if column.name not in left_out]
    order = table.c.number if table.name == "consent_grant" else table.c.id
    query = select(*columns).where(condition).order_by(order)
    return [{name: _text(value) for name, value in row._mapping.items()} for row in connection.execute(query)]


def _entries(connection: Connection, resident_id: UUID) -> list[dict[str, Any]]:
    """Every entry, but for those that would tell of a partner (art. 15(4) GDPR); the tally in the copy counts them."""
    of_grant = exists().where(consent_grant.c.id == journal.c.grant_id, consent_grant.c.resident_id == resident_id)
    query = (
        select(
            journal.c.at, journal.c.kind, journal.c.actor, journal.c.case_id, journal.c.resident_id,
            journal.c.participant_id, journal.c.grant_id, journal.c.subject_id, journal_facts.c.facts,
        )
        .select_from(journal.outerjoin(journal_facts, journal_facts.c.entry_id == journal.c.id))
        .where(or_(journal.c.resident_id == resident_id, of_grant), journal.c.kind.not_in(CONFIDENTIAL))
        .order_by(journal.c.id)
    )  # fmt: skip
    return [{name: _text(value) for name, value in row._mapping.items()} for row in connection.execute(query)]


def is_empty(connection: Connection) -> bool:
    """Nobody is in this database yet."""
    return connection.execute(select(resident.c.id).limit(1)).one_or_none() is None


def put(
    connection: Connection, name: str, rows: Sequence[Mapping[str, Any]], *, besides: Mapping[str, Any] | None = None
) -> int:
    """
    Put rows of `rows_of` back, in their order.

    Args:
        besides: Values for the columns that a copy leaves out.

    Returns:
        How many were put back; organisations that are there already are not among them.
    """
    table = _TABLES[name]
    made = [{**{key: _value_of(table, key, value) for key, value in row.items()}, **(besides or {})} for row in rows]
    if name == "participant":
        ids = [row["id"] for row in made]
        there = set(connection.scalars(select(participant.c.id).where(participant.c.id.in_(ids))))
        made = [row for row in made if row["id"] not in there]
    for row in made:  # one by one: the order in which grants were recorded is the order in which they are numbered
        connection.execute(insert(table).values(**row))
    return len(made)


def put_persons(connection: Connection, ids: Collection[UUID], organisation_id: UUID, now: datetime) -> None:
    """Stand-ins for members of staff that rows refer to: a copy does not say who they are."""
    for one in sorted(ids, key=str):
        stand_in = {"id": one, "organisation_id": organisation_id, "name": "(not in the copy)", "registered_at": now}
        connection.execute(insert(counsellor).values(**stand_in))


def _value_of(table: Table, name: str, value: Any) -> Any:
    """A value of a copy as its column takes it."""
    if value is None:
        return None
    kind = table.c[name].type
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _text(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime | date) else value
