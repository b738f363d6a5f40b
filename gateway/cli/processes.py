"""Keeps a few child processes running until it is told to stop, and lets none of them outlive it."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import FrameType

from gateway.errors import ConfigurationError

PARENT_FD = "GATEWAY_PARENT_FD"
GRACE_SECONDS = 20.0
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
TICK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Child:
    """A program to keep running; *ready* says, quickly and without raising, whether it does its work yet."""

    name: str
    argv: Sequence[str]
    ready: Callable[[], bool] | None = None


class EventKind(StrEnum):
    """What can happen to a child."""

    STARTED = "started"
    READY = "ready"
    DIED = "died"  # without being asked; it is started again after a while
    STOPPING = "stopping"  # asked to end
    KILLED = "killed"  # had not ended within the grace period
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to one child; *exit_code* is -n for signal n, None when it did not start."""

    kind: EventKind
    child: str
    pid: int | None = None
    exit_code: int | None = None
    restart_in_seconds: float | None = None


def supervise(
    children: Sequence[Child],
    *,
    on_event: Callable[[Event], None],
    grace_seconds: float = GRACE_SECONDS,
    every_second: Callable[[], None] | None = None,
) -> int:
    """
    Run *children* until SIGINT or SIGTERM; start one that dies again, ever more patiently.

    Each child has its own session, so the terminal's Ctrl-C reaches only us: first it is asked to end, after
    *grace_seconds* (or at a second Ctrl-C) its whole process group is killed. However we end, also by
    kill -9, the children learn of it when they call `watch_parent`.

    Args:
        every_second: Called about once a second while all is well, such as to look after the database.

    Returns:
        0 when it was asked to stop.
    """
    asked: list[int] = []
    read_end, write_end = os.pipe()  # neither survives exec, save for the read end that a child is passed
    kept = [_Kept(child, read_end, on_event) for child in children]
    next_second = 0.0
    try:
        with _on_signals(asked.append):
            while not asked:
                for one in kept:
                    one.look_after()
                if every_second is not None and time.monotonic() >= next_second:
                    every_second()
                    next_second = time.monotonic() + 1.0
                time.sleep(TICK_SECONDS)
            _stop(kept, grace_seconds, hurry=lambda: len(asked) > 1)
    finally:
        _stop(kept, 0.0, hurry=lambda: True)  # nothing is left to do, unless we come here by an exception
        os.close(write_end)
        os.close(read_end)
    return 0


def watch_parent(*, grace_seconds: float = GRACE_SECONDS) -> None:
    """
    In a child: end with the supervisor, however that ends. Does nothing in a process that has no supervisor.

    Raises:
        ConfigurationError: The environment names a descriptor that is not the supervisor's pipe.
    """
    value = os.environ.pop(PARENT_FD, None)  # popped: it means nothing to our own children
    if value is None:
        return
    try:
        parent = int(value)
        if not stat.S_ISFIFO(os.fstat(parent).st_mode):
            raise ValueError
        os.set_inheritable(parent, False)
    except (ValueError, OSError):
        raise ConfigurationError(f"{PARENT_FD} is set by the supervisor alone: unset it.") from None

    def wait_for_the_end() -> None:
        while os.read(parent, 1):  # nobody writes: it returns when the supervisor's end closes
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace_seconds)
        _kill_group(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)  # when we lead no group of our own

    threading.Thread(target=wait_for_the_end, name="watch-parent", daemon=True).start()


class _Kept:
    """One child through all its lives."""

    def __init__(self, child: Child, parent_fd: int, on_event: Callable[[Event], None]) -> None:
        self._child = child
        self._parent_fd = parent_fd
        self._on_event = on_event
        self._process: subprocess.Popen[bytes] | None = None
        self._last_pid: int | None = None
        self._is_ready = False
        self._started_at = 0.0
        self._start_at = 0.0
        self._wait_seconds = FIRST_WAIT_SECONDS

    def look_after(self) -> None:
        """Start it when its time has come; see whether it lives and whether it is ready."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self._start(now)
        elif self._process.poll() is not None:
            self._mourn(now, self._process.returncode)
        else:
            if now - self._started_at >= HEALTHY_SECONDS:
                self._wait_seconds = FIRST_WAIT_SECONDS
            if not self._is_ready and (self._child.ready is None or self._child.ready()):
                self._is_ready = True
                self._tell(EventKind.READY)

    def ask_to_end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._tell(EventKind.STOPPING)
            self._process.terminate()

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def bury(self) -> None:
        """End for good: kill it when it runs still, and whatever it left in its process group."""
        if self._last_pid is not None:
            if not self.has_ended():
                self._tell(EventKind.KILLED)
            _kill_group(self._last_pid, signal.SIGKILL)
        if self._process is not None:
            self._tell(EventKind.STOPPED, exit_code=self._process.wait())
        self._process = self._last_pid = None

    def _start(self, now: float) -> None:
        if self._last_pid is not None:
            _kill_group(self._last_pid, signal.SIGKILL)  # what its predecessor left would hold its port
        try:
            self._process = subprocess.Popen(  # noqa: S603
                list(self._child.argv),
                stdin=subprocess.DEVNULL,
                env={**os.environ, PARENT_FD: str(self._parent_fd)},
                pass_fds=(self._parent_fd,),
                start_new_session=True,
            )
        except OSError:
            self._mourn(now, None)
            return
        self._last_pid, self._started_at, self._is_ready = self._process.pid, now, False
        self._tell(EventKind.STARTED)

    def _mourn(self, now: float, exit_code: int | None) -> None:
        wait, self._wait_seconds = self._wait_seconds, min(2 * self._wait_seconds, LONGEST_WAIT_SECONDS)
        self._start_at = now + wait
        self._tell(EventKind.DIED, exit_code=exit_code, restart_in_seconds=wait)
        if self._last_pid is not None:
            _kill_group(self._last_pid, signal.SIGTERM)  # its workers may finish until it is started again
        self._process = None

    def _tell(self, kind: EventKind, *, exit_code: int | None = None, restart_in_seconds: float | None = None) -> None:
        self._on_event(
            Event(
                kind=kind,
                child=self._child.name,
                pid=self._process.pid if self._process is not None else None,
                exit_code=exit_code,
                restart_in_seconds=restart_in_seconds,
            )
        )


def _stop(kept: Sequence[_Kept], grace_seconds: float, *, hurry: Callable[[], bool]) -> None:
    deadline = time.monotonic() + grace_seconds
    for one in kept:
        one.ask_to_end()
    while not all(one.has_ended() for one in kept) and time.monotonic() < deadline and not hurry():
        time.sleep(TICK_SECONDS)
    for one in kept:
        one.bury()


def _kill_group(leader: int, sign: signal.Signals) -> None:
    """Every child leads its own group; a group that is empty is none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(leader, sign)


@contextlib.contextmanager
def _on_signals(note: Callable[[int], None]) -> Iterator[None]:
    def handler(number: int, _frame: FrameType | None) -> None:
        note(number)

    former = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in former.items():
            signal.signal(number, action)
