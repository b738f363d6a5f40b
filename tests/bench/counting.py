"""Counts what really goes to PostgreSQL: at the driver, so the job engine's statements are counted too."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg.pq import TransactionStatus

_PING = ";"  # how SQLAlchemy asks a pooled connection whether it still lives
_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


@dataclass
class Count:
    """
    Args:
        statements: The text of each; one that was given many rows of parameters counts once per row.
        commits: Of transactions that wrote; these wait for the disk.
        looks: Transactions that only read.
    """

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    looks: int = 0

    def of(self, word: str) -> list[str]:
        """The statements that name *word*, such as a table."""
        return [one for one in self.statements if word in one]


@contextmanager
def counted() -> Iterator[Count]:
    """Everything that this process sends to PostgreSQL within the block, pings of the pool left out."""
    count = Count()
    wrote: set[int] = set()
    execute, executemany, commit = psycopg.Cursor.execute, psycopg.Cursor.executemany, psycopg.Connection.commit

    def note(cursor: Any, query: Any, times: int) -> None:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if text.strip() == _PING:
            return
        count.statements.extend([text] * times)
        if text.lstrip().upper().startswith(_WRITES) or "procrastinate_defer" in text:
            wrote.add(id(cursor.connection))

    @functools.wraps(execute)
    def _execute(cursor: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        note(cursor, query, 1)
        return execute(cursor, query, *arguments, **named)

    @functools.wraps(executemany)
    def _executemany(cursor: Any, query: Any, rows: Any, *arguments: Any, **named: Any) -> Any:
        rows = list(rows)
        note(cursor, query, len(rows))
        return executemany(cursor, query, rows, *arguments, **named)

    @functools.wraps(commit)
    def _commit(connection: Any) -> None:
        if connection.info.transaction_status == TransactionStatus.INTRANS:
            if id(connection) in wrote:
                count.commits += 1
            else:
                count.looks += 1
        wrote.discard(id(connection))
        commit(connection)

    with (
        patch.object(psycopg.Cursor, "execute", _execute),
        patch.object(psycopg.Cursor, "executemany", _executemany),
        patch.object(psycopg.Connection, "commit", _commit),
    ):
        yield count
