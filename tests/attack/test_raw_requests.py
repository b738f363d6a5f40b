"""What no HTTP library would send, against a running server: no 5xx, no hang, no second request in one, still alive."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.attack.server import Running, problem, running, statuses
from tests.attack.support import FORMATS
from tests.attack.test_bad_input import OF_A_WRONG_KIND, UNREADABLE, kept


@pytest.fixture(scope="module")
def s(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("web")) as made:
        yield made


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
