"""The supervisor: keeps children running, ends them when asked, and takes them along however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.cli import processes
from gateway.cli.processes import Child, Event, EventKind, supervise, watch_parent
from gateway.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]

# A process of its own, because signals and kill -9 are the matter here. It writes one event per line.
SUPERVISOR = """
import json, sys
from gateway.cli.processes import Child, supervise
scripts = json.loads(sys.argv[1])
children = [Child(name=name, argv=[sys.executable, "-c", script]) for name, script in scripts.items()]
def say(event):
    print(json.dumps({"kind": event.kind, "child": event.child, "pid": event.pid, "code": event.exit_code,
                      "wait": event.restart_in_seconds}), flush=True)
sys.exit(supervise(children, on_event=say, grace_seconds=float(sys.argv[2])))
"""
# What every child begins with; a grandchild stands for the web server's worker: same group, no watcher.
CHILD = """
import os, signal, sys, time
from gateway.cli.processes import watch_parent
watch_parent(grace_seconds=0.5)
"""
OBEDIENT = CHILD + "time.sleep(60)"
STUBBORN = CHILD + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nif os.fork() == 0: time.sleep(60)\ntime.sleep(60)"


class Supervised:
    """A supervisor in another process, and what it said so far."""

    def __init__(self, children: dict[str, str], grace_seconds: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, json.dumps(children), str(grace_seconds)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        self.groups: set[int] = set()

    def next(self, kind: EventKind, child: str | None = None) -> dict[str, object]:
        """The next event of that kind; the test's own time limit is the supervisor's life."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event: dict[str, object] = json.loads(line)
            if event["kind"] == EventKind.STARTED:
                self.groups.add(int(str(event["pid"])))
            if event["kind"] == kind and child in (None, event["child"]):
                return event
        raise AssertionError(f"the supervisor ended without {kind}")

    def leftovers(self) -> list[int]:
        """Living processes (no zombies) in the groups of the children."""
        shown = subprocess.run(["ps", "-axo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True)
        rows = (line.split() for line in shown.stdout.splitlines())
        return [int(pid) for pid, group, state in rows if int(group) in self.groups and state[0] != "Z"]


@pytest.fixture
def start() -> Iterator[Callable[..., Supervised]]:
    started: list[Supervised] = []

    def begin(grace_seconds: float = 10.0, **children: str) -> Supervised:
        started.append(Supervised(children, grace_seconds))
        return started[-1]

    yield begin
    for one in started:
        one.process.kill()
        for process in one.leftovers():  # they hold the pipe that communicate() reads
            os.kill(process, signal.SIGKILL)
        one.process.communicate()


def eventually(claim: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_ends_every_child_and_says_zero(
    start: Callable[..., Supervised], sign: signal.Signals
) -> None:
    """Promise: Ctrl-C and SIGTERM end all children in order, and the exit code is 0."""
    supervised = start(web=OBEDIENT, worker=OBEDIENT)
    supervised.next(EventKind.READY, "web")
    supervised.next(EventKind.READY, "worker")
    assert len(supervised.leftovers()) == 2
    supervised.process.send_signal(sign)
    assert supervised.next(EventKind.STOPPED)["code"] == -signal.SIGTERM
    assert supervised.next(EventKind.STOPPED)["code"] == -signal.SIGTERM
    assert supervised.process.wait() == 0
    assert not supervised.leftovers()


def test_a_child_that_does_not_listen_is_killed_with_all_it_started(start: Callable[..., Supervised]) -> None:
    """Promise: after the grace period SIGKILL goes to the whole process group."""
    supervised = start(grace_seconds=0.3, stubborn=STUBBORN)
    supervised.next(EventKind.STARTED)
    assert eventually(lambda: len(supervised.leftovers()) == 2)
    supervised.process.terminate()
    supervised.next(EventKind.KILLED)
    assert supervised.process.wait() == 0
    assert eventually(lambda: not supervised.leftovers())


def test_a_second_interrupt_does_not_wait(start: Callable[..., Supervised]) -> None:
    """Promise: whoever presses Ctrl-C twice is not kept for the whole grace period."""
    supervised = start(grace_seconds=600.0, stubborn=STUBBORN)
    supervised.next(EventKind.STARTED)
    assert eventually(lambda: len(supervised.leftovers()) == 2)
    supervised.process.send_signal(signal.SIGINT)
    supervised.next(EventKind.STOPPING)
    supervised.process.send_signal(signal.SIGINT)
    supervised.next(EventKind.KILLED)
    assert supervised.process.wait() == 0


@pytest.mark.parametrize("script", [OBEDIENT, STUBBORN], ids=["obedient", "stubborn"])
def test_a_killed_supervisor_takes_its_children_along(start: Callable[..., Supervised], script: str) -> None:
    """Promise: kill -9 of the supervisor ends children and grandchildren, also those that ignore SIGTERM."""
    supervised = start(one=script, other=script)
    supervised.next(EventKind.STARTED, "one")
    supervised.next(EventKind.STARTED, "other")
    assert eventually(lambda: len(supervised.leftovers()) == (2 if script is OBEDIENT else 4))
    supervised.process.kill()
    assert eventually(lambda: not supervised.leftovers())


def test_a_child_that_crashes_is_started_again_and_still_ends_with_its_supervisor(
    start: Callable[..., Supervised],
) -> None:
    """Promise: a restart after half a second; the restarted child hears of the supervisor's end as well."""
    supervised = start(web=OBEDIENT, worker=OBEDIENT)
    first = supervised.next(EventKind.STARTED, "web")["pid"]
    supervised.next(EventKind.STARTED, "worker")
    os.kill(int(str(first)), signal.SIGKILL)
    died = supervised.next(EventKind.DIED)
    assert (died["child"], died["pid"], died["code"], died["wait"]) == ("web", first, -signal.SIGKILL, 0.5)
    second = supervised.next(EventKind.STARTED)
    assert (second["child"], second["pid"] != first) == ("web", True)
    supervised.next(EventKind.READY)
    supervised.process.kill()
    assert eventually(lambda: not supervised.leftovers())


def test_what_a_crashed_child_left_behind_is_gone_before_it_starts_again(
    start: Callable[..., Supervised],
) -> None:
    """Promise: orphaned workers do not keep the port of the child that is started again."""
    supervised = start(stubborn=STUBBORN)
    first = int(str(supervised.next(EventKind.STARTED)["pid"]))
    assert eventually(lambda: len(supervised.leftovers()) == 2)
    os.kill(first, signal.SIGKILL)
    supervised.next(EventKind.STARTED)
    supervised.groups = {first}
    assert not supervised.leftovers()
    supervised.groups = {first, *supervised.groups}


def test_a_child_that_keeps_crashing_is_started_ever_more_patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: the wait doubles up to its limit, and begins anew after a healthy while."""
    clock = Clock()
    monkeypatch.setattr(processes, "time", clock)
    events: list[Event] = []
    kept = processes._Kept(Child(name="web", argv=["/no/such/program"]), os.dup(0), events.append)
    for _ in range(9):
        kept.look_after()
        clock.now += 30.0
    assert [event.kind for event in events] == [EventKind.DIED] * 9
    assert [event.restart_in_seconds for event in events] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]

    healthy = processes._Kept(Child(name="web", argv=["sleep", "600"]), os.dup(0), events.append)
    healthy._wait_seconds = 30.0
    for seconds in (0.0, 59.0, 1.0):  # started, not yet healthy, healthy
        clock.now += seconds
        healthy.look_after()
    os.killpg(events[-1].pid or 0, signal.SIGKILL)
    assert eventually(healthy.has_ended)
    healthy.look_after()
    assert (events[-1].kind, events[-1].restart_in_seconds) == (EventKind.DIED, 0.5)


def test_ready_is_told_once_and_when_it_is_so() -> None:
    """Promise: READY comes when the child's own question says yes; `every_second` is called meanwhile."""
    answers = iter([False, False, True])
    events: list[EventKind] = []
    looks: list[int] = []

    def on_event(event: Event) -> None:
        events.append(event.kind)
        if event.kind is EventKind.READY:
            os.kill(os.getpid(), signal.SIGTERM)

    child = Child(name="web", argv=["sleep", "600"], ready=lambda: next(answers))
    before = signal.getsignal(signal.SIGTERM)
    assert supervise([child], on_event=on_event, every_second=lambda: looks.append(1)) == 0
    assert events == [EventKind.STARTED, EventKind.READY, EventKind.STOPPING, EventKind.STOPPED]
    assert looks == [1]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_supervisor_that_fails_leaves_nothing_running() -> None:
    """Promise: an exception on our side ends the children too."""
    started: list[int] = []

    def on_event(event: Event) -> None:
        started.append(event.pid or 0)
        if event.kind is EventKind.READY:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        supervise([Child(name="web", argv=["sleep", "600"])], on_event=on_event)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


def test_only_the_supervisor_holds_the_writing_end() -> None:
    """Promise: no child or grandchild can keep the pipe open, and a grandchild program is not told of it."""
    script = CHILD + (
        "import fcntl\n"
        "pipes = [fd for fd in range(3, 100) if os.path.exists(f'/proc/self/fd/{fd}')\n"
        "    and os.readlink(f'/proc/self/fd/{fd}').startswith('pipe:')]\n"
        "assert [fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE for fd in pipes] == [os.O_RDONLY], pipes\n"
        "assert 'GATEWAY_PARENT_FD' not in os.environ\n"
        "assert not [fd for fd in pipes if os.get_inheritable(fd)]\n"
        "sys.exit(42)\n"
    )
    codes: list[int | None] = []

    def on_event(event: Event) -> None:
        if event.kind is EventKind.DIED:
            codes.append(event.exit_code)
            os.kill(os.getpid(), signal.SIGTERM)

    supervise([Child(name="web", argv=[sys.executable, "-c", script])], on_event=on_event)
    assert codes == [42]


def test_without_a_supervisor_there_is_nothing_to_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: the same command runs by hand; a descriptor that is no pipe is a mistake that is named."""
    monkeypatch.delenv(processes.PARENT_FD, raising=False)
    watch_parent()
    for value in ("9999", "-1", "none"):
        monkeypatch.setenv(processes.PARENT_FD, value)
        with pytest.raises(ConfigurationError, match="unset it"):
            watch_parent()


class Clock:
    """A clock that stands still until it is told."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now
