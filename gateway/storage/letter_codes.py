"""Codes from a letter: found by a keyed index, used once, ended by wrong birth dates; and how many came in wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, and_, case, delete, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ColumnElement

from gateway.storage.database import Row
from gateway.storage.tables import letter_code, resident, resident_key, wrong_code

_MINUTE = timedelta(minutes=1)


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(letter_code).values(**row))


def end_open(connection: Connection, resident_id: UUID, now: datetime) -> int:
    """End every code of a resident that would still let in; how many there were."""
    ending = update(letter_code).where(letter_code.c.resident_id == resident_id, _open(now)).values(ended_at=now)
    return connection.execute(ending).rowcount


def find_open(connection: Connection, code_index: bytes, now: datetime) -> Row | None:
    """The code that would let in, with the sealed resident and the wrapped key that opens it: id, resident_id, ..."""
    query = (
        select(letter_code.c.id, letter_code.c.resident_id, resident.c.sealed, resident_key.c.wrapped)
        .join(resident, resident.c.id == letter_code.c.resident_id)
        .join(resident_key, resident_key.c.resident_id == resident.c.id)
        .where(letter_code.c.code_index == code_index, _open(now))
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def claim(connection: Connection, code_id: UUID, now: datetime) -> bool:
    """Use a code up; False when somebody did so just before, or when it has ended meanwhile."""
    using = update(letter_code).where(letter_code.c.id == code_id, _open(now)).values(used_at=now)
    return connection.execute(using).rowcount == 1


def failed(connection: Connection, code_id: UUID, now: datetime, *, most: int) -> bool:
    """One wrong birth date more; True when it was the last one that a code survives, and it has now ended."""
    times = letter_code.c.failures + 1
    counting = (
        update(letter_code)
        .where(letter_code.c.id == code_id, _open(now))
        .values(failures=times, ended_at=case((times >= most, now)))
        .returning(letter_code.c.ended_at)
    )
    return connection.scalar(counting) is not None


def count_wrong(connection: Connection, now: datetime, *, most: int) -> int:
    """
    One wrong code more in this minute; how many there are now, of which no more than *most* + 2 are counted.

    Nothing is kept of who sent it, and the minutes before are forgotten.
    """
    minute = now.replace(second=0, microsecond=0)
    row = postgresql.insert(wrong_code).values(minute=minute, times=1)
    counting = row.on_conflict_do_update(
        index_elements=[wrong_code.c.minute],
        set_={"times": wrong_code.c.times + 1},
        where=wrong_code.c.times < most + 2,
    ).returning(wrong_code.c.times)
    times = connection.scalar(counting)
    if times == 1:
        connection.execute(delete(wrong_code).where(wrong_code.c.minute < minute - _MINUTE))
    return int(times) if times is not None else most + 2


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(
        letter_code.c.used_at.is_(None), letter_code.c.ended_at.is_(None), letter_code.c.expires_at > now,
    )  # fmt: skip
