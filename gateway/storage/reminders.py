"""Which yeses have a moment to remind of, found by index, and that it was done: append-only, once per moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Interval, and_, literal, select, union_all, update
from sqlalchemy.dialects.postgresql import insert

from gateway.storage.tables import consent_grant, consent_reminder, reminder_look


def take_look(connection: Connection, first: datetime) -> datetime | None:
    """
    Until when was looked; the caller looks on from there, alone until its transaction ends.

    Args:
        first: Where to begin when nobody ever looked.

    Returns:
        None when somebody else is looking just now.
    """
    query = select(reminder_look.c.looked_until).with_for_update(skip_locked=True)
    until: datetime | None = connection.scalar(query)
    if until is not None:
        return until
    begun = insert(reminder_look).values(looked_until=first).on_conflict_do_nothing()
    taken: datetime | None = connection.scalar(begun.returning(reminder_look.c.looked_until))
    return taken


def looked(connection: Connection, until: datetime) -> None:
    connection.execute(update(reminder_look).values(looked_until=until))


def candidates(
    connection: Connection,
    since: datetime,
    until: datetime,
    *,
    before_end: Sequence[int],
    after_begin: Sequence[int],
    caps: Mapping[str, int],
    limit: int,
) -> list[tuple[UUID, datetime]]:
    """
    (grant, moment) of every yes that may have a moment in (since, until], earliest first: as many as *limit*, and
    all that share the last moment. One statement; it reads what came due and nothing else.

    Args:
        before_end: Days before an end at which there is a moment.
        after_begin: Days after the beginning.
        caps: Per purpose the days that a yes lasts at most; a cap that is lowered moves the end.
    """
    each = [
        select(consent_grant.c.id, (column + literal(shift, Interval)).label("due")).where(
            consent_grant.c.act == "given", column > since - shift, column <= until - shift, condition
        )
        for column, shift, condition in _ends(before_end, after_begin, caps)
    ]
    found = union_all(*each).subquery()
    query = select(found.c.id, found.c.due).order_by(found.c.due).fetch(limit, with_ties=True)
    return [(row.id, row.due) for row in connection.execute(query)]


def _ends(
    before_end: Sequence[int], after_begin: Sequence[int], caps: Mapping[str, int]
) -> Iterator[tuple[ColumnElement[Any], timedelta, ColumnElement[bool]]]:
    """Each column from which a moment may count, how far from it, and for which yeses."""
    every: ColumnElement[bool] = and_(True)
    for days in before_end:
        yield consent_grant.c.valid_until, timedelta(days=-days), every
        yield consent_grant.c.authority_until, timedelta(days=-days), every
        for purpose, most in caps.items():
            yield consent_grant.c.given_at, timedelta(days=most - days), consent_grant.c.purpose == purpose
    for days in after_begin:
        yield consent_grant.c.valid_from, timedelta(days=days), every


def record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[tuple[UUID, str]]:
    """Those of *rows* that nobody recorded before, as (grant, step)."""
    if not rows:
        return set()
    new = insert(consent_reminder).values([dict(row) for row in rows]).on_conflict_do_nothing()
    returned = connection.execute(new.returning(consent_reminder.c.grant_id, consent_reminder.c.step))
    return {(row.grant_id, row.step) for row in returned}
