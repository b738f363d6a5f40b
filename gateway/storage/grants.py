"""Grants and what happened to them, read from the journal: immutable rows plus events, no status column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from gateway.consent.grants import Act, EventKind, Grant, GrantEvent
from gateway.storage.tables import consent_grant, journal

# The journal kinds that are events of a grant.
JOURNAL_KINDS = {f"consent.{kind.value}": kind for kind in EventKind}

Standing = tuple[Grant, tuple[GrantEvent, ...]]


def add(connection: Connection, grants: Sequence[Grant]) -> None:
    connection.execute(insert(consent_grant), [asdict(grant) for grant in grants])


def latest(connection: Connection, case_id: UUID, purpose: str, recipients: Iterable[UUID]) -> dict[UUID, Standing]:
    """As `latest_of`, on one purpose for all."""
    return latest_of(connection, case_id, dict.fromkeys(recipients, purpose))


def latest_of(connection: Connection, case_id: UUID, wanted: Mapping[UUID, str]) -> dict[UUID, Standing]:
    """
    The resident's newest word in this case per recipient, with its events; one statement for all.

    A yes in an earlier case never speaks for a later one.

    Args:
        wanted: Per recipient the purpose.
    """
    newest = (
        select(consent_grant.c.id)
        .where(
            consent_grant.c.case_id == case_id,
            tuple_(consent_grant.c.purpose, consent_grant.c.recipient_id).in_(
                [(purpose, recipient) for recipient, purpose in wanted.items()]
            ),
        )
        .ext(distinct_on(consent_grant.c.recipient_id))
        .order_by(consent_grant.c.recipient_id, consent_grant.c.given_at.desc(), consent_grant.c.number.desc())
    )
    return {grant.recipient_id: (grant, events) for grant, events in _read(connection, consent_grant.c.id.in_(newest))}


def get(connection: Connection, grant_id: UUID) -> Standing | None:
    return next(iter(_read(connection, consent_grant.c.id == grant_id)), None)


def many(connection: Connection, grant_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    return {grant.id: (grant, events) for grant, events in _read(connection, consent_grant.c.id.in_(list(grant_ids)))}


def of_case(connection: Connection, case_id: UUID) -> list[Standing]:
    return _read(connection, consent_grant.c.case_id == case_id)


def of_resident(connection: Connection, resident_id: UUID) -> list[Standing]:
    return _read(connection, consent_grant.c.resident_id == resident_id)


def of_mandates(connection: Connection, mandate_ids: Iterable[UUID]) -> list[Standing]:
    """Everything that these representatives said."""
    return _read(connection, consent_grant.c.mandate_id.in_(list(mandate_ids)))


def of_asks(connection: Connection, ask_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Per question the word that answered it."""
    found = _read(connection, consent_grant.c.ask_id.in_(list(ask_ids)))
    return {grant.ask_id: (grant, events) for grant, events in found if grant.ask_id is not None}


def residents_shown(connection: Connection, notice: str, version: int, language: str | None) -> list[UUID]:
    """Everybody who said yes on this text, in an order that is the same for everybody who locks them."""
    shown = and_(
        consent_grant.c.notice == notice,
        consent_grant.c.notice_version == version,
        consent_grant.c.act == Act.GIVEN.value,
    )
    if language is not None:
        shown = and_(shown, consent_grant.c.notice_language == language)
    query = select(consent_grant.c.resident_id).where(shown).distinct().order_by(consent_grant.c.resident_id)
    return list(connection.scalars(query))


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Standing]:
    happened = and_(journal.c.grant_id == consent_grant.c.id, journal.c.kind.in_(JOURNAL_KINDS))
    query = (
        select(
            consent_grant,
            func.array_agg(aggregate_order_by(journal.c.kind, journal.c.id)).label("kinds"),
            func.array_agg(aggregate_order_by(journal.c.at, journal.c.id)).label("moments"),
        )
        .select_from(consent_grant.outerjoin(journal, happened))
        .where(condition)
        .group_by(consent_grant.c.id)
        .order_by(consent_grant.c.given_at, consent_grant.c.number)
    )
    return [_standing(dict(row._mapping)) for row in connection.execute(query)]


def _standing(row: dict[str, Any]) -> Standing:
    kinds, moments = row.pop("kinds"), row.pop("moments")
    events = tuple(GrantEvent(kind=JOURNAL_KINDS[kind], at=at) for kind, at in zip(kinds, moments, strict=True) if kind)
    row.pop("number")
    listed = {name: tuple(row[name]) if row[name] is not None else None for name in ("fields_out", "fields_in")}
    return Grant(**{**row, **listed, "act": Act(row["act"])}), events
