"""One database cluster: made whole or not at all, with the gateway's role and database in it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from gateway.errors import ConfigurationError
from gateway.storage.embedded import binaries
from gateway.storage.embedded.advice import not_started
from gateway.storage.embedded.durable import created, sync_folder
from gateway.storage.embedded.identity import Identity
from gateway.storage.embedded.places import account_name, as_account, own_folder, server_uid
from gateway.storage.embedded.postmaster import PORT, Postmaster

START_SECONDS = 120.0  # crash recovery after a kill may take a while
SUPERUSER = "postgres"
OWNER = "gateway"


class Cluster:
    """One data directory and its server. All but `url`, `pid` and `as_superuser` need the starting lock."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        self._folder = folder
        self._identity = identity
        self._home = folder if identity.home is None else Path(identity.home)
        self._data = self._home / "data"
        self._postmaster = Postmaster(cluster_id=identity.cluster_id, home=self._home, log=folder / "postgres.log")

    @classmethod
    def of(cls, folder: Path) -> Cluster:
        """The cluster of *folder*; its identity is made when the folder is new."""
        return cls(folder, Identity.of(folder))

    def url(self, database: str) -> str:
        """For libpq, as the owner."""
        password = quote(self._identity.owner_password, safe="")
        host = quote(self._postmaster.socket_folder(), safe="")
        return f"postgresql://{OWNER}:{password}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def as_superuser(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection for what the owner may not do: making roles and databases."""
        return psycopg.connect(
            host=self._postmaster.socket_folder(),
            port=PORT,
            user=SUPERUSER,
            password=self._identity.superuser_password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=30,
        )

    def pid(self) -> int | None:
        """Of the living server; None when it does not run."""
        return self._postmaster.pid()

    def create(self) -> None:
        """
        Make the data directory. It gets its name when complete: half of one is never taken for whole.

        Raises:
            ConfigurationError: It is another account's, or it was there once and is gone.
        """
        if self._data.exists():
            owner = self._data.stat().st_uid
            if owner != server_uid():
                raise ConfigurationError(
                    f"The database in {self._home} belongs to the account {account_name(owner)}: run the "
                    "gateway as that account, or give it another data folder."
                )
        elif self._identity.is_complete:
            raise ConfigurationError(
                f"The database of {self._folder} was in {self._data} and is gone: restore it, or remove "
                f"{self._folder} to start with an empty one."
            )
        else:
            self._initdb()

    def start_or_join(self) -> None:
        """
        Have a server that answers, with the gateway's role and database in it.

        Raises:
            ConfigurationError: It does not start, or not in time; the end of its log is quoted.
        """
        server, deadline = self._postmaster, time.monotonic() + START_SECONDS
        while True:
            pid = server.pid()
            joined = pid is not None
            seen = server.log_size(rotate=not joined)
            if server.wait_until_ready(pid if pid is not None else server.spawn(), deadline):
                if not joined or self._answers():
                    break
                continue
            # It died. Once more when it was on its way out as we came, when a twin was first in the data
            # directory, or when the backends of a killed postmaster have yet to notice.
            if not (joined or server.pid() is not None or "pre-existing shared memory" in server.log_tail(seen)):
                raise not_started("The embedded PostgreSQL did not start.", server.log_tail(seen))
            if time.monotonic() > deadline:
                raise not_started("The embedded PostgreSQL is not ready in time.", server.log_tail(seen))
            time.sleep(0.1)
        if not self._identity.is_complete:
            self._ensure_owner_and_database()
            self._identity = replace(self._identity, is_complete=True)
            self._identity.keep(self._folder)

    def stop(self) -> None:
        """Stop the server, whoever uses it, and wait for it."""
        self._postmaster.stop()

    def delete(self) -> None:
        """Remove the data directory and what is around it."""
        for part in (self._data, self._home / "socket", *self._home.glob("new-*")):
            shutil.rmtree(part, ignore_errors=True)
        if self._home != self._folder:
            shutil.rmtree(self._home, ignore_errors=True)

    def _initdb(self) -> None:
        if self._home != self._folder:
            own_folder(self._home, 0o700, server_uid())
        for half in self._home.glob("new-*"):  # an earlier attempt that was killed
            shutil.rmtree(half, ignore_errors=True)
        attempt = self._home / f"new-{secrets.token_hex(4)}"
        own_folder(attempt, 0o700, server_uid())
        with created(attempt / "password") as file:
            os.write(file, self._identity.superuser_password.encode())
            if os.geteuid() == 0:
                os.fchown(file, server_uid(), -1)
        try:
            done = subprocess.run(  # noqa: S603
                [
                    str(binaries.folder() / "initdb"),
                    f"--pgdata={attempt / 'data'}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={attempt / 'password'}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--data-checksums",
                    "--no-instructions",
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                **as_account(self._home),
            )
            if done.returncode:
                raise not_started("The database could not be made.", done.stdout.decode(errors="replace"))
            (attempt / "data").rename(self._data)
            sync_folder(self._home)
        finally:
            shutil.rmtree(attempt, ignore_errors=True)

    def _ensure_owner_and_database(self) -> None:
        try:
            with self.as_superuser() as connection:
                for question, statement in (
                    (
                        "SELECT 1 FROM pg_roles WHERE rolname = %s",
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                            sql.Identifier(OWNER), self._identity.owner_password
                        ),
                    ),
                    (
                        "SELECT 1 FROM pg_database WHERE datname = %s",
                        sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(OWNER)),
                    ),
                ):
                    if connection.execute(question, [OWNER]).fetchone() is None:
                        connection.execute(statement)
        except psycopg.Error as error:
            raise not_started(f"The embedded PostgreSQL runs but cannot be used: {error}", "") from error

    def _answers(self) -> bool:
        """False = a server that we joined was dying; one that merely has no connection left is fine."""
        try:
            self.as_superuser().close()
        except psycopg.OperationalError:
            deadline = time.monotonic() + 1.0  # how long the dying may take
            while self.pid() is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        return self.pid() is not None
