"""Starting up, and a body that is far too large, both against the real command and the real server."""

from __future__ import annotations

import os
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gateway.app import assembled
from gateway.services.register import issue_token
from gateway.settings import load_settings
from gateway.storage.embedded import EmbeddedServer
from tests.bench.figures import Figure, in_turns

_GATEWAY = [sys.executable, "-m", "gateway.cli"]
_TOO_LARGE = 50_000_000


def figures(*, quick: bool) -> Iterator[Figure]:
    rounds = 3 if quick else 7
    ways = {"ours": [*_GATEWAY, "--help"], "floor": [sys.executable, "-c", "pass"]}
    found = in_turns(rounds, {name: partial(_run, command) for name, command in ways.items()})
    spent = {name: statistics.median(values) for name, values in found.items()}
    yield Figure(
        area="start", name="gateway --help", value=spent["ours"], unit="s", floor=spent["floor"], against="bare Python",
        ratio=f"{spent['ours'] / spent['floor']:.1f} x", bar="<= 0.4 s", met=spent["ours"] <= 0.4,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
        try:
            first, again = [], []
            with _serving(Path(folder)) as (_, seconds):
                first.append(seconds)
            for _ in range(1 if quick else 2):
                with _serving(Path(folder)) as (_, seconds):
                    again.append(seconds)
            with _serving(Path(folder)) as (address, seconds):
                again.append(seconds)
                refused = _refused(Path(folder), address, rounds)
        finally:
            EmbeddedServer(Path(folder) / "postgres").destroy()
    for name, values in (("the first time (makes its database)", first), ("again", again)):
        cost = statistics.median(values)
        yield Figure(area="start", name=f"gateway serve to ready, {name}", value=cost, unit="s",
                     bar="<= 3 s", met=cost <= 3)  # fmt: skip
    cost, sent = statistics.median(one[0] for one in refused), max(one[1] for one in refused)
    yield Figure(
        area="memory", name="50 MB is refused with 413 after", value=cost, unit="s",
        against=f"{sent / 1e6:.1f} MB had gone into the socket's buffers", bar="<= 0.2 s, unread", met=cost <= 0.2,
    )  # fmt: skip


def _run(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[tuple[str, int], float]]:
    """`gateway serve` on *folder*; its address and the seconds until it answered."""
    address = ("127.0.0.1", _free_port())
    environment = {**os.environ, "GATEWAY_LISTEN": f"{address[0]}:{address[1]}"}
    command = [*_GATEWAY, "serve", "--data", str(folder)]
    begin = time.perf_counter()
    with (folder / "serve.log").open("ab") as log:
        serving = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        while not _answers(address):
            assert serving.poll() is None, (folder / "serve.log").read_text()
            assert time.perf_counter() - begin < 60, (folder / "serve.log").read_text()
            time.sleep(0.02)
        yield address, time.perf_counter() - begin
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.wait(timeout=60)


def _answers(address: tuple[str, int]) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address[0]}:{address[1]}/v1/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _refused(folder: Path, address: tuple[str, int], rounds: int) -> list[tuple[float, int]]:
    """Seconds until 413, and the bytes sent until then, for a creditor with a valid token."""
    with assembled(load_settings(data=folder), install=False) as gateway:
        token = issue_token(gateway.runtime, "administrator", "bench", gateway.now())
    body = {"kind": "creditor", "name": "Te groot", "kvk": "99000001", "sector": "energy", "format": "gateway-json"}
    made = _post(address, token, "/v1/participants", body)["id"]
    said = {"role": "creditor", "label": "bench", "participant_id": made}
    token = str(_post(address, token, "/v1/access-tokens", said)["access_token"])
    return [_send_too_much(address, token) for _ in range(rounds)]


def _post(address: tuple[str, int], token: str, path: str, body: dict[str, str]) -> dict[str, str]:
    import json

    call = urllib.request.Request(
        f"http://{address[0]}:{address[1]}{path}", data=json.dumps(body).encode(), method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json",
                 "Idempotency-Key": str(uuid.uuid4())},
    )  # fmt: skip
    with urllib.request.urlopen(call, timeout=10) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def _send_too_much(address: tuple[str, int], token: str) -> tuple[float, int]:
    head = (
        f"POST /v1/statement-requests/{uuid.uuid4()}/reply HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {_TOO_LARGE}\r\n\r\n"
    )
    piece, sent = b"[" * 65_536, 0
    with socket.create_connection(address, timeout=10) as connection:
        begin = time.perf_counter()
        connection.sendall(head.encode())
        while sent < _TOO_LARGE:
            readable, writable, _ = select.select([connection], [connection], [], 10)
            if readable:
                break
            try:
                sent += connection.send(piece) if writable else 0
            except OSError:
                break
        answer = connection.recv(200)
        spent = time.perf_counter() - begin
    assert answer.startswith(b"HTTP/1.1 413"), answer
    return spent, sent
