"""A whole case in a minute: starts everything, tells the story as it happens, checks it, leaves the pages open."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from gateway.cli.options import places

if TYPE_CHECKING:
    from gateway.sandbox.story import Story
    from gateway.settings import Settings


@click.command()
@places
@click.option("--once", is_flag=True, help="Tell the story without waiting, then stop.")
@click.option("--json", "summary_file", type=click.Path(path_type=Path), help="Write a machine-readable summary.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the evidence file and the overview go.")
def demo(config: Path | None, data: Path | None, once: bool, summary_file: Path | None, out: Path | None) -> None:
    """Fourteen creditors, nine formats, two silences: one case, from the first question to the evidence file."""
    from gateway.cli import demo_checks, demo_screen
    from gateway.settings import load_settings

    signal.signal(signal.SIGTERM, _stop)
    data = data or Path(os.environ.get("GATEWAY_DATA") or "var/demo")
    address = f"127.0.0.1:{_free_port(8080)}"
    environment = {**os.environ, "GATEWAY_LISTEN": address, "GATEWAY_BASE_URL": f"http://{address}"}
    settings = load_settings(config=config, data=data, environment=environment)
    screen = demo_screen.Screen(pause_seconds=0 if once else 0.35)
    with _running(settings, environment), _cast(settings) as story:
        for beat in story.tell():
            screen.show(beat)
        files = _write_files(story, out or data / "results")
        summary = demo_checks.summary(story, files)
        screen.close(story, files, summary)
        if summary_file is not None:
            summary_file.write_text(json.dumps(summary, indent=2, ensure_ascii=False), encoding="utf-8")
        if not once:
            screen.leave_open(story)
            _until_stopped()
    sys.exit(0 if summary["all_checks_held"] else 1)


@contextmanager
def _running(settings: Settings, environment: dict[str, str]) -> Iterator[None]:
    """The gateway as everybody runs it: `gateway serve`, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "gateway.cli",
        "serve",
        "--config",
        str(settings.config),
        "--data",
        str(settings.data),
    ]
    log = settings.data / "serve.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as written:
        server = subprocess.Popen(  # noqa: S603  our own command
            command, env=environment, stdout=written, stderr=written, start_new_session=True
        )
    try:
        _wait_until_ready(settings, server, log)
        yield
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_until_ready(settings: Settings, server: subprocess.Popen[bytes], log: Path) -> None:
    from gateway.cli.serve import _answers

    until = time.monotonic() + 60
    while time.monotonic() < until:
        if _answers(settings):
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise click.ClickException(f"The gateway did not start; the last lines of {log} say why:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])


@contextmanager
def _cast(settings: Settings) -> Iterator[Story]:
    """The simulated creditors, and a counsellor who calls the gateway."""
    from datetime import datetime

    from gateway.app import assembled
    from gateway.sandbox.caller import Caller
    from gateway.sandbox.creditors import SimulatedCreditors
    from gateway.sandbox.profiles import DEMO
    from gateway.sandbox.story import Story
    from gateway.services.register import issue_token

    with assembled(settings, install=False) as gateway:
        token = issue_token(gateway.runtime, "administrator", "demo", gateway.now())
    administrator = Caller(url=settings.base_url, token=token)
    tokens: dict[str, str] = {}
    creditors = SimulatedCreditors(
        DEMO,
        gateway_url=settings.base_url,
        tokens=tokens,
        clock=lambda: datetime.fromisoformat(administrator.get("/v1/clock")["now"]),
    )
    creditors.start()
    try:
        yield Story(
            administrator=administrator,
            connect=lambda other: Caller(url=settings.base_url, token=other),
            profiles=DEMO,
            creditors=creditors,
            tokens=tokens,
        )
    finally:
        creditors.stop()


def _write_files(story: Story, folder: Path) -> dict[str, Path]:
    """The evidence file and the overview, as a counsellor would download them."""
    folder.mkdir(parents=True, exist_ok=True)
    case = f"/v1/cases/{story.case_id}"
    wanted = {
        "evidence": (f"{case}/evidence", f"evidence-{story.case_id}.zip"),
        "overview_xlsx": (f"{case}/overview-file?format=xlsx", f"overview-{story.case_id}.xlsx"),
        "overview_csv": (f"{case}/overview-file?format=csv", f"overview-{story.case_id}.csv"),
    }
    files = {}
    for name, (path, file_name) in wanted.items():
        files[name] = folder / file_name
        files[name].write_bytes(story.counsellor.fetch(path))
    return files


_CLAIMED: list[TextIO] = []  # held open, and with them the locks, for as long as this process lives


def _free_port(wanted: int) -> int:
    """The port we would like, or any free one when somebody else has it, or is about to."""
    for port in (wanted, 0, 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
        if _claimed(found):
            return found
    raise click.ClickException("No free port on this machine.")


def _claimed(port: int) -> bool:
    """Between looking for a port and listening on it a second demo could find the same one free: a lock says no."""
    import fcntl

    try:
        claim = (Path(tempfile.gettempdir()) / f"creditor-gateway-{port}.port").open("a", encoding="ascii")
    except OSError:  # somebody else's
        return False
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        claim.close()
        return False
    _CLAIMED.append(claim)
    return True


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _until_stopped() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("Stopping.")
