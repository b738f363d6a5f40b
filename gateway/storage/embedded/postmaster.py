"""The server process of one data directory: starting it, knowing it again, waiting for it, stopping it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from gateway.storage.embedded import binaries
from gateway.storage.embedded.advice import not_started
from gateway.storage.embedded.places import as_account, own_folder, server_uid

PORT = 5432  # only part of the socket's file name: the server does not listen on the network
SOCKET_PATH_BYTES = 103  # sun_path less its final NUL: 107 on Linux, 103 on macOS
STOP_SECONDS = 60.0
LOG_BYTES = 10_000_000
IMPOSSIBLE_PID = "2147483647"

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


class Postmaster:
    """The server of the data directory in *home*; all but `pid` and `socket_folder` need the starting lock."""

    def __init__(self, *, cluster_id: str, home: Path, log: Path) -> None:
        self._cluster_id = cluster_id
        self._home = home
        self._data = home / "data"
        self._log = log

    def pid(self) -> int | None:
        """The living postmaster of this data directory; one in a stale pid file does not count."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        return pid if pid is not None and self._lives(pid) else None

    def socket_folder(self) -> str:
        """Where the running server listens, as it says itself: TMPDIR may differ between its holders."""
        return _told_socket_folder(self._pid_file()) or str(self._wanted_socket_folder())

    def spawn(self) -> int:
        """
        Start the postmaster; returns its pid.

        It has a session of its own: Ctrl-C in the terminal does not reach it, and it may outlive this process
        when others still hold it.
        """
        self._forget_the_dead()
        sockets = self._wanted_socket_folder()
        own_folder(sockets, 0o700, server_uid())
        settings = {
            **SETTINGS,
            "unix_socket_directories": f'"{sockets}"',
            "cluster_name": self._cluster_id,
        }
        log = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            server = subprocess.Popen(  # noqa: S603
                [
                    str(binaries.folder() / "postgres"),
                    *("-D", str(self._data)),
                    *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **as_account(self._home),
            )
        finally:
            os.close(log)
        server.returncode = 0  # it may outlive us, of which Popen would warn; `_lives` reaps it
        _STARTED.add((os.getpid(), server.pid))
        return server.pid

    def wait_until_ready(self, pid: int, deadline: float) -> bool:
        """
        False = it died.

        Raises:
            ConfigurationError: It is neither ready nor dead at *deadline* (of the monotonic clock).
        """
        while self._lives(pid):
            lines = self._pid_file()
            # The eighth line of postmaster.pid is its status.
            if len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise not_started("The embedded PostgreSQL is not ready in time.", self.log_tail(0))
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        """Fast shutdown: ends the sessions, writes a checkpoint. Harder words when that takes too long."""
        for sign, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 15.0)):
            pid, sockets = self.pid(), Path(self.socket_folder())
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

    def log_size(self, *, rotate: bool) -> int:
        """In bytes; with *rotate* a long log is put away first."""
        size = self._log.stat().st_size if self._log.exists() else 0
        if rotate and size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
            return 0
        return size

    def log_tail(self, offset: int) -> str:
        """What the log says from *offset* on."""
        try:
            with self._log.open("rb") as file:
                file.seek(offset)
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

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

    def _forget_the_dead(self) -> None:
        """
        Show PostgreSQL that the postmaster in the lock files is dead, also when another program has its pid.

        The data directory's lock file stays, with a pid that cannot exist: PostgreSQL reads in it which
        shared memory the old server's backends may still be using, and refuses to start beside them.
        """
        if lines := self._pid_file():
            (self._data / "postmaster.pid").write_text("\n".join([IMPOSSIBLE_PID, *lines[1:], ""]))
            if told := _told_socket_folder(lines):
                for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
                    (Path(told) / name).unlink(missing_ok=True)

    def _wanted_socket_folder(self) -> Path:
        folder = self._home / "socket"
        return folder if _fits(folder) else self._short_socket_folder()

    def _short_socket_folder(self) -> Path:
        folder = Path(tempfile.gettempdir()) / f"gateway-{self._cluster_id}"
        return folder if _fits(folder) else Path("/tmp") / folder.name  # noqa: S108  (private, and refused unless ours)


def _told_socket_folder(pid_file: list[str]) -> str:
    """The fifth line of postmaster.pid; empty when it does not say."""
    return pid_file[4].strip() if len(pid_file) > 4 else ""


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
