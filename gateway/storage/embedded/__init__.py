"""
The gateway's own PostgreSQL: the first process that needs it starts it, the last one that leaves stops it.

From here down: `EmbeddedServer` counts the holders (by locks that die with their process), `cluster` is one data
directory, `postmaster` its process. Beneath them `identity` keeps what makes a cluster itself, `binaries` and
`places` find programs, accounts and folders, `durable` writes and locks, and `advice` says what to do.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType

from psycopg import sql

from gateway.errors import ConfigurationError
from gateway.storage.embedded.advice import OR_A_URL, explained
from gateway.storage.embedded.cluster import OWNER, Cluster
from gateway.storage.embedded.durable import locked, open_lock

if sys.platform != "win32":
    import fcntl

__all__ = ["EmbeddedServer"]


class EmbeddedServer:
    """
    One process's hold on the server of *folder*.

    Every process makes its own; a hold does not travel over fork. *folder* is for the server alone, and is
    made (0700) when absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._cluster: Cluster | None = None
        self._hold: int | None = None
        self._holder = 0

    def acquire(self) -> str:
        """
        Start the server, or join it when it runs; returns its libpq URL. While held: the URL once more.

        Raises:
            ConfigurationError: It cannot be started; the text says what to do and quotes the server's log.
        """
        if sys.platform == "win32":
            raise ConfigurationError(f"The embedded PostgreSQL needs Linux or macOS: use one of these, {OR_A_URL}.")
        if self._cluster is None or self._hold is None or self._holder != os.getpid():
            with explained(self._folder):
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with locked(self._folder / "starting.lock"):
                    self._start_or_join()
        assert self._cluster is not None
        return self._cluster.url(OWNER)

    def release(self) -> None:
        """Give up the hold; the last holder stops the server and waits for it. Nothing held: nothing done."""
        hold, self._hold = self._hold, None
        if hold is None:
            return
        if self._holder != os.getpid():  # inherited by fork: the lock is the parent's to give up
            os.close(hold)
            return
        atexit.unregister(self.release)
        # Without the folder nobody can come; the server may run all the same, from the place of root's making.
        starting = self._folder / "starting.lock"
        with locked(starting) if self._folder.exists() else contextlib.nullcontext():
            self._leave(hold)

    def __enter__(self) -> str:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def ensure_running(self) -> bool:
        """For a holder: start the server again when it has died. True = it had."""
        cluster = self._held()
        if cluster.pid() is not None:
            return False
        with explained(self._folder), locked(self._folder / "starting.lock"):
            had_died = cluster.pid() is None  # another holder may have been quicker
            cluster.start_or_join()
        return had_died

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """
        A fresh database of owner gateway, made from *template* when given; returns its URL.

        Raises:
            psycopg.errors.DuplicateDatabase: It exists already.
        """
        cluster = self._held()
        statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        with cluster.as_superuser() as connection:
            connection.execute(statement)
        return cluster.url(name)

    def drop_database(self, name: str) -> None:
        """Remove the database, also while others are connected to it; none of that name is fine."""
        with self._held().as_superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def destroy(self) -> None:
        """Stop the server, whoever holds it, and delete everything it had. For tests."""
        if not self._folder.exists():
            return
        with locked(self._folder / "starting.lock"):
            if self._hold is not None:
                os.close(self._hold)
                self._hold = None
            if (self._folder / "cluster.json").exists():
                cluster = Cluster.of(self._folder)
                cluster.stop()
                cluster.delete()
            for name in ("cluster.json", "postgres.log", "postgres.log.1", "holders.lock", "starting.lock"):
                (self._folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody keeps other files there
            self._folder.rmdir()

    def _start_or_join(self) -> None:
        hold = open_lock(self._folder / "holders.lock")
        try:
            fcntl.flock(hold, fcntl.LOCK_SH)
            self._cluster = Cluster.of(self._folder)
            self._cluster.create()
            self._cluster.start_or_join()
        except BaseException:
            self._leave(hold)
            raise
        self._hold, self._holder = hold, os.getpid()
        atexit.register(self.release)  # for a holder that ends without saying so

    def _leave(self, hold: int) -> None:
        """Under the starting lock: whoever gets the holders' lock exclusively is the last one."""
        try:
            fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            if self._cluster is not None:
                self._cluster.stop()
        finally:
            os.close(hold)

    def _held(self) -> Cluster:
        if self._cluster is None or self._hold is None:
            raise RuntimeError("acquire() the server first")
        return self._cluster
