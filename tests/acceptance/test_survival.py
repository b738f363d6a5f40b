"""Stories against running processes: killed at any moment, the gateway comes back and loses nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_GATEWAY = [sys.executable, "-m", "gateway.cli"]


def _processes_of(data: Path) -> dict[int, str]:
    """The processes that work on this data folder: their command line names it, or they are its PostgreSQL."""
    marks = [str(data)]
    identity = data / "postgres" / "cluster.json"
    if identity.exists():
        marks.append(json.loads(identity.read_text())["cluster_id"])
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state != "Z" and any(mark in command for mark in marks):
                found[int(entry.name)] = command
    return found


def _wait_until(what, seconds: float = 30.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def _demo(data: Path, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*_GATEWAY, "demo", "--once", "--data", str(data), *more],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path):
    folder = tmp_path / "data"
    yield folder
    for pid in _processes_of(folder):
        os.kill(pid, signal.SIGKILL)
    from gateway.storage.embedded import EmbeddedServer

    if (folder / "postgres").exists():
        EmbeddedServer(folder / "postgres").destroy()


def test_the_demo_holds_all_its_checks_and_leaves_nothing_running(data: Path, tmp_path: Path):
    """`gateway demo --once --json` exits 0 only if every check held; the summary says what happened to each cent."""
    summary_file = tmp_path / "summary.json"
    told = _demo(data, "--json", str(summary_file))
    output, _ = told.communicate(timeout=180)
    assert told.returncode == 0, output.decode()
    summary = json.loads(summary_file.read_text())
    assert summary["all_checks_held"]
    assert len(summary["creditors"]) == 14
    offers = [one["offer"] for one in summary["creditors"].values() if one["offer"]]
    assert sum(offer["offer_cents"] for offer in offers) == 450_000
    _wait_until(lambda: not _processes_of(data))


def test_killed_in_the_middle_of_the_demo_it_can_be_told_again_on_the_same_data(data: Path, tmp_path: Path):
    """Everything is killed with -9, the database too; the next telling finds it in order and holds its checks."""
    first = _demo(data)
    _wait_until(lambda: (data / "serve.log").exists() and "web: ready" in (data / "serve.log").read_text())
    time.sleep(random.uniform(1.0, 5.0))
    for pid in [first.pid, *_processes_of(data)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    first.wait(timeout=10)
    _wait_until(lambda: not _processes_of(data))
    again = _demo(data, "--json", str(tmp_path / "summary.json"))
    output, _ = again.communicate(timeout=200)
    assert again.returncode == 0, output.decode()
    assert json.loads((tmp_path / "summary.json").read_text())["all_checks_held"]


def test_while_web_worker_and_database_are_killed_the_story_goes_on(data: Path, tmp_path: Path):
    """Callers see 503 and repeat with the same key; nothing acknowledged is lost, nothing has a second effect."""
    told = _demo(data, "--json", str(tmp_path / "summary.json"))
    _wait_until(lambda: (data / "serve.log").exists() and "web: ready" in (data / "serve.log").read_text())
    killed = []
    for wanted in (" work ", " web ", "-D ", " work ", " web "):
        time.sleep(random.uniform(0.5, 2.0))
        victims = [pid for pid, command in _processes_of(data).items() if wanted in command and "serve" not in command]
        if told.poll() is None and victims:
            os.kill(random.choice(victims), signal.SIGKILL)
            killed.append(wanted)
    output, _ = told.communicate(timeout=240)
    assert told.returncode == 0, output.decode()
    assert len(killed) >= 3


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_stops_when_asked_and_leaves_nothing_running(data: Path, stop: signal.Signals):
    """Ctrl-C or SIGTERM: web, worker and the embedded database end, in order."""
    environment = {**os.environ, "GATEWAY_LISTEN": "127.0.0.1:18431"}
    serving = subprocess.Popen(
        [*_GATEWAY, "serve", "--data", str(data)], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert serving.stdout is not None
    lines = iter(serving.stdout.readline, b"")
    assert any(b"web: ready" in line for line in lines)
    serving.send_signal(stop)
    assert serving.wait(timeout=60) == 0
    _wait_until(lambda: not _processes_of(data))
