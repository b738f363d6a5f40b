"""Connections and transactions: one pool per process; a database that is away is a 503, never a surprise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.errors import Unavailable

__all__ = ["Connection", "Database", "Row", "driver_connection", "hold", "sqlalchemy_url", "try_lock"]

Row = Mapping[Any, Any]  # a row as queries give it, or as a service makes it


class Database:
    """
    One PostgreSQL database (14 or newer).

    Args:
        url: As libpq writes it, "postgresql://...".
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self._engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_timeout=10,
            hide_parameters=True,  # an error that ends up in a log says which statement failed, not with which values
            connect_args={"connect_timeout": 5, "options": "-c timezone=UTC -c lock_timeout=15s"},
        )

        # Bulk inserts are one statement, also where nothing is returned (psycopg would otherwise send one per row).
        self._engine.dialect.use_insertmanyvalues_wo_returning = True

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """
        One transaction: committed at the end of the block, rolled back when it raises.

        Raises:
            Unavailable: The database cannot be reached or broke off; nothing was recorded.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise Unavailable from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable from error
            raise

    def close(self) -> None:
        self._engine.dispose()


def sqlalchemy_url(url: str) -> str:
    """The libpq URL with the driver that SQLAlchemy is to use."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def driver_connection(connection: Connection) -> Any:
    """The psycopg connection under *connection*: the job engine defers on it, inside the same transaction."""
    return connection.connection.driver_connection


def hold(connection: Connection, name: str) -> None:
    """Take the advisory lock *name* until the end of the transaction; waits while somebody else holds it."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def try_lock(connection: Connection, name: str) -> bool:
    """Take the advisory lock *name* until the end of the transaction; False when somebody else holds it."""
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}))
