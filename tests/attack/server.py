"""The gateway's web server as a process of its own, and a line to it that says exactly what it is told to say."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from gateway.services.register import issue_token
from gateway.storage.tables import participant
from tests.attack.support import FORMATS, Prepared, prepared

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 10.0  # how long an answer may take before it counts as a hang


@dataclass
class Running:
    """The server as a process of its own, on the database and the keys of a prepared world."""

    p: Prepared
    port: int
    tokens: Mapping[str, str]

    def say(self, *parts: bytes, pause_seconds: float = 0.0, close: bool = False) -> bytes:
        """Send bytes as they are; everything that comes back until the server closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as line:
            try:
                for part in parts:
                    line.sendall(part)
                    time.sleep(pause_seconds)
                if close:
                    line.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it answered and closed before it had read all
            return _read(line)

    def request(self, caller: str, method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
        """A request as it should be, but for what *headers* add."""
        head = [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self.tokens[caller]}",
            *headers,
        ]
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body

    def is_alive(self) -> bool:
        answer = self.say(b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return statuses(answer) == [200]


def _read(line: socket.socket) -> bytes:
    """Until the server closes, or has said a whole answer and falls silent; nothing at all in time is a hang."""
    found = b""
    try:
        while chunk := line.recv(65_536):
            found += chunk
            line.settimeout(0.5)
    except TimeoutError:
        assert found, "the server hangs"
    except OSError:
        pass  # reset: it would not read the rest
    return found


def statuses(answer: bytes) -> list[int]:
    """The status of every answer in the bytes that came back."""
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] ([0-9]{3}) ", answer)]


def problem(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, answer[:500]
    found: dict[str, object] = json.loads(body)
    return found


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """A server on a prepared world, its log in *folder*; at the end it must be alive and its log without a traceback."""
    with prepared() as p:
        settings = p.w.gateway.settings
        assert settings.database_url is not None
        tokens = _ask_today(p)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = folder / "web.log"
        environment = {
            **os.environ,
            "GATEWAY_DATABASE_URL": settings.database_url,
            "GATEWAY_MODE": "sandbox",
            "GATEWAY_LISTEN": f"127.0.0.1:{port}",
            "GATEWAY_WEB_WORKERS": "1",
        }
        command = [sys.executable, "-m", "gateway.cli", "web", "--data", str(settings.data)]
        with log.open("wb") as written:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written)
        try:
            until = time.monotonic() + 60
            while not _answers(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
            made = Running(p=p, port=port, tokens=tokens)
            yield made
            assert process.poll() is None
            assert made.is_alive()
            assert "Traceback" not in log.read_text()
        finally:
            process.terminate()
            process.wait(timeout=30)


def _ask_today(p: Prepared) -> dict[str, str]:
    """
    The process reads the machine's clock: tokens of today by caller, and requests that are open today in `p.requests`.
    """
    today, runtime = datetime.now(UTC), p.w.gateway.runtime
    with runtime.database.begin() as connection:
        known = {row.name.removeprefix("Schuldeiser "): row.id for row in connection.execute(select(participant))}
    creditors = {name: known[name] for name in ("owner", *FORMATS)}
    roles = {"counsellor": UUID(p.organisation)} | creditors
    tokens = {
        name: issue_token(
            runtime, "counsellor" if name == "counsellor" else "creditor", "raw", today, participant_id=who
        )
        for name, who in roles.items()
    }
    p.w.at(today)
    p.w.tokens |= tokens
    case = p.w.case()
    asked = [str(creditors[slug]) for slug in FORMATS]
    p.w.grant(case, asked, p.counsellor)
    p.requests = dict(zip(FORMATS, p.w.ask(case, asked), strict=True))
    p.w.work()
    return tokens


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
