"""Signed checkpoints of the journal: rows that are only ever added, in the order in which they were signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, tuple_

from gateway.domain.checkpoint import Checkpoint
from gateway.storage.tables import journal_checkpoint

_PAGE = 1_000


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A checkpoint with its number and the signed form of it (a compact JWS)."""

    number: int
    checkpoint: Checkpoint
    signed: str


def add(connection: Connection, checkpoint: Checkpoint, signed: str) -> Kept:
    """Keep a checkpoint that was signed just now."""
    values = {**vars(checkpoint), "signed": signed}
    number = connection.scalar(insert(journal_checkpoint).values(**values).returning(journal_checkpoint.c.id))
    assert number is not None  # an identity column
    return Kept(number=number, checkpoint=checkpoint, signed=signed)


def newest(connection: Connection) -> Kept | None:
    """The last one that was signed."""
    query = select(journal_checkpoint).order_by(journal_checkpoint.c.id.desc()).limit(1)
    return next(_kept(connection.execute(query).mappings()), None)


def page(connection: Connection, *, after: int, limit: int) -> list[Kept]:
    """Those with a number above *after*, oldest first."""
    query = (
        select(journal_checkpoint).where(journal_checkpoint.c.id > after).order_by(journal_checkpoint.c.id).limit(limit)
    )
    return list(_kept(connection.execute(query).mappings()))


def first_over(connection: Connection, index: int, *, kids: Collection[str]) -> Kept | None:
    """The first one that holds the leaf at *index*, signed with one of these keys."""
    query = (
        select(journal_checkpoint)
        .where(journal_checkpoint.c.size > index, journal_checkpoint.c.kid.in_(kids))
        .order_by(journal_checkpoint.c.size, journal_checkpoint.c.id)
        .limit(1)
    )
    return next(_kept(connection.execute(query).mappings()), None)


def by_size(connection: Connection) -> Iterator[Kept]:
    """All of them, smallest log first and then in the order of signing; read a page at a time."""
    place = (-1, 0)
    while True:
        columns = tuple_(journal_checkpoint.c.size, journal_checkpoint.c.id)
        query = (
            select(journal_checkpoint)
            .where(columns > place)
            .order_by(journal_checkpoint.c.size, journal_checkpoint.c.id)
            .limit(_PAGE)
        )
        found = list(_kept(connection.execute(query).mappings()))
        yield from found
        if len(found) < _PAGE:
            return
        place = (found[-1].checkpoint.size, found[-1].number)


def _kept(rows: Iterable[RowMapping]) -> Iterator[Kept]:
    for row in rows:
        yield Kept(
            number=row["id"],
            checkpoint=Checkpoint(size=row["size"], root=bytes(row["root"]), at=row["at"], kid=row["kid"]),
            signed=row["signed"],
        )
