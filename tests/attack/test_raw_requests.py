"""What no HTTP library would send, against a running server: no 5xx, no hang, no second request in one, still alive."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.services.register import issue_token
from tests.attack.support import FORMATS, Prepared, prepared
from tests.attack.test_bad_input import OF_A_WRONG_KIND, UNREADABLE, kept

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


@pytest.fixture(scope="module")
def s(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with prepared() as p:
        settings = p.w.gateway.settings
        assert settings.database_url is not None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = tmp_path_factory.mktemp("web") / "web.log"
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
            # The process reads the machine's clock, so its callers need tokens of today.
            today, runtime = datetime.now(UTC), p.w.gateway.runtime
            ids = {"counsellor": p.organisation, "owner": p.creditor}
            tokens = {
                name: issue_token(runtime, "counsellor" if name == "counsellor" else "creditor", "raw", today,
                                  participant_id=_uuid(value))
                for name, value in ids.items()
            }  # fmt: skip
            made = Running(p=p, port=port, tokens=tokens)
            yield made
            assert process.poll() is None
            assert made.is_alive()
            assert "Traceback" not in log.read_text()
        finally:
            process.terminate()
            process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _uuid(text: str):
    from uuid import UUID

    return UUID(text)


def test_every_body_that_cannot_be_read_is_answered_and_kept(s: Running) -> None:
    """Ruling 16 on the real server: 202 or 400, and the bytes are sealed in the database."""
    route = next(one for one in _their_routes() if one.endpoint == "creditor.reply")
    for name, body in (UNREADABLE | OF_A_WRONG_KIND).items():
        headers = ("Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close")
        answer = s.say(s.request("owner", "POST", s.p.path(route), *headers, body=body))
        assert statuses(answer) in ([202], [400]), (name, answer[:200])
        assert kept(s.p, route, body) is not None
    assert FORMATS


def _their_routes():
    from tests.attack.support import POSTS, RAW

    return [route for route in POSTS if route.endpoint in RAW]


CL, TE, JSON_TYPE = "Content-Length: 2", "Transfer-Encoding: chunked", "Content-Type: application/json"
CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"
SMUGGLING = {
    "CL and TE": ((CL, TE), CHUNKED),
    "TE and CL": ((TE, CL), CHUNKED),
    "two CL": ((CL, "Content-Length: 3"), b"{} "),
    "two equal CL": ((CL, CL), b"{}"),
    "CL list": (("Content-Length: 2, 3",), b"{} "),
    "CL with a sign": (("Content-Length: +2",), b"{}"),
    "CL negative": (("Content-Length: -2",), b"{}"),
    "CL in hexadecimal": (("Content-Length: 0x2",), b"{}"),
    "CL with an underscore": (("Content-Length: 0_2",), b"{}"),
    "CL in other digits": (("Content-Length: \xb2",), b"{}"),
    "CL huge": (("Content-Length: 99999999999999999999",), b"{}"),
    "CL empty": (("Content-Length: ",), b""),
    "CL before its colon a space": (("Content-Length : 2",), b"{}"),
    "TE twice": ((TE, TE), CHUNKED),
    "TE with another coding": (("Transfer-Encoding: gzip, chunked",), CHUNKED),
    "TE chunked not last": (("Transfer-Encoding: chunked, gzip",), CHUNKED),
    "TE unknown": (("Transfer-Encoding: xchunked",), CHUNKED),
    "TE with a tab": (("Transfer-Encoding:\tchunked",), CHUNKED),
    "TE odd case and CL": (("transfer-ENCODING: Chunked", CL), CHUNKED),
    "TE identity and CL": (("Transfer-Encoding: identity", CL), b"{}"),
    "TE with an underscore": (("Transfer_Encoding: chunked", CL), b"{}"),
    "only TE": ((TE,), CHUNKED),
    "a bad chunk size": ((TE,), b"zz\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk size": ((TE,), b"-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk without its end": ((TE,), b"2\r\n{}0\r\n\r\n"),
    "a huge chunk size": ((TE,), b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    "chunk extensions": ((TE,), b"2;" + b"a" * 5_000 + b"\r\n{}\r\n0\r\n\r\n"),
    "a trailer": ((TE,), b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"),
    "two Hosts": (("Host: evil.example", CL), b"{}"),
    "a folded line": (("X-Folded: a\r\n b", CL), b"{}"),
    "a bare LF": (("X-Bare: a\nX-Other: b", CL), b"{}"),
    "a bare CR": (("X-Bare: a\rX-Other: b", CL), b"{}"),
    "a NUL in a value": (("X-Nul: a\x00b", CL), b"{}"),
    "a name with a space": (("X Nul: a", CL), b"{}"),
    "a line without a colon": (("nonsense", CL), b"{}"),
    "an empty name": ((": a", CL), b"{}"),
    "Expect": (("Expect: 100-continue", CL), b"{}"),
    "Expect something else": (("Expect: miracles", CL), b"{}"),
    "Upgrade": (("Upgrade: h2c", "HTTP2-Settings: AAA", CL), b"{}"),
    "a coding": (("Content-Encoding: gzip", CL), b"{}"),
    "two tokens": (("Authorization: Bearer other", CL), b"{}"),
    "a script's path": (("SCRIPT_NAME: /v1", "Script-Name: /v1", CL), b"{}"),
    "a spoofed proxy": (("X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https", "Client-Cert: x", CL), b"{}"),
}  # fmt: skip


@pytest.mark.parametrize("name", SMUGGLING)
def test_a_request_that_two_servers_could_read_differently_is_not_half_read(s: Running, name: str) -> None:
    """C-T1: at most the one answer; never a second one out of what followed in the same bytes."""
    headers, body = SMUGGLING[name]
    path = f"/v1/statement-requests/{s.p.ids['request_id']}/reply"
    inner = b"GET /v1/smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = s.say(s.request("owner", "POST", path, JSON_TYPE, *headers, "Connection: close", body=body) + inner)
    seen = [one for one in statuses(answer) if one != 100]
    assert len(seen) <= 1, answer
    assert all(one < 500 or one == 501 for one in seen), answer  # 501: a transfer coding nobody here knows
    assert s.is_alive()


START_LINES = (
    b"", b"\r\n\r\n", b"\r\n\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET /v1/health\r\n\r\n", b"GET  /v1/health  HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/health HTTP/9.9\r\nHost: a\r\n\r\n", b"GET /v1/health HTTP/1.1 \r\nHost: a\r\n\r\n", b"GET /v1/\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", b"G\x01T /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", b"get /v1/health HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET http://evil.example/v1/health HTTP/1.1\r\nHost: a\r\n\r\n", b"GET //evil.example/v1/health HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET v1/health HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /v1/health#x HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /v1/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, b"\xff" * 1_000,
    b"GET /v1/health?" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"A" * 100_000,
    b"GET /v1/health HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET /v1/health HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: a\r\n" % one for one in range(5_000)) + b"\r\n",
    b"GET /v1/creditors HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + b"\xe9" * 20 + b"\r\n\r\n",
    b"GET /v1/creditors HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a" + b"\xff\x00" * 20 + b"\r\n\r\n",
    b"GET /v1/creditors HTTP/1.1\r\nHost: a\r\nCookie: " + b"\xff;=;,=\"" * 200 + b"\r\n\r\n",
    b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\nGET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n",
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(START_LINES)))
def test_a_start_that_is_no_request_is_refused_or_closed(s: Running, number: int) -> None:
    """Whatever comes first on a connection: an answer below 500, or the end of the connection."""
    answer = s.say(START_LINES[number], close=True)
    assert all(one < 500 or one == 505 for one in statuses(answer)), answer[:300]
    assert s.is_alive()


@pytest.mark.parametrize(
    "head, status",
    [
        ("GET /v1/health HTTP/1.1\r\n", 400),
        ("GET /v1/health HTTP/1.1\r\nHost:\r\n", 400),
        ("GET /v1/health HTTP/1.1\r\nHost: a b\r\n", 400),
        ("GET /v1/health HTTP/1.1\r\nHost: <script>\r\n", 400),
        ("GET /v1/health HTTP/1.1\r\nHost: unknown.example\r\n", 200),
        ("GET /v1/health HTTP/1.0\r\n", 200),
    ],
)
def test_a_host_must_be_there_and_be_one(s: Running, head: str, status: int) -> None:
    """RFC 9112 section 3.2. Which name it is makes no difference, because no address is made of it."""
    answer = s.say(f"{head}Connection: close\r\n\r\n".encode())
    assert statuses(answer) == [status], answer


def test_a_truncated_body_is_refused_and_not_taken_for_a_reply(s: Running) -> None:
    """Half of a reply is no reply: nothing of it is kept as one, the creditor sends it again."""
    path = f"/v1/statement-requests/{s.p.ids['request_id']}/reply"
    before = s.p.counts()
    for body in (b"", b'{"outcome": "st'):
        request = s.request("owner", "POST", path, JSON_TYPE, "Content-Length: 500", "Connection: close", body=body)
        answer = s.say(request, close=True)
        assert statuses(answer) in ([400], []), answer
    assert s.p.counts() == before


def test_a_body_over_the_limit_is_refused_unread(s: Running) -> None:
    """Bar "Memory": 50 MB is refused in 0.2 seconds, by its length alone."""
    path, started = f"/v1/statement-requests/{s.p.ids['request_id']}/reply", time.monotonic()
    length = "Content-Length: 50000000"
    answer = s.say(s.request("owner", "POST", path, JSON_TYPE, length, "Connection: close"), close=True)
    assert (statuses(answer), problem(answer)["status"]) == ([413], 413)
    assert time.monotonic() - started < 2
    sent = s.say(s.request("owner", "POST", path, JSON_TYPE, length, "Connection: close", body=b" " * 6_000_000))
    assert statuses(sent) in ([413], [])  # [] when the reset overtook the answer


def test_bytes_that_come_one_by_one_are_one_request(s: Running) -> None:
    """A slow line is no fault."""
    request = s.request("counsellor", "GET", "/v1/creditors", "Connection: close")
    answer = s.say(*(request[at : at + 7] for at in range(0, len(request), 7)), pause_seconds=0.005)
    assert statuses(answer) == [200]
