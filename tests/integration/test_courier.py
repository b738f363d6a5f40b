"""The courier against real servers: what it sends, what it never does, what it says became of a message."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from gateway.consent.decision import Permit, Refusal, Stage
from gateway.courier import Courier, CourierPolicy, Delivered, Envelope, Failed, PermitMismatch, Unknown
from gateway.errors import ConfigurationError

MESSAGE = UUID("01920000-0000-7000-8000-000000000001")
BODY = b'{"kind":"statement_request"}'
SANDBOX = CourierPolicy(allow_loopback_http=True, connect_seconds=2, read_seconds=2, deadline_seconds=4)


def envelope(url: str, **changes: Any) -> Envelope:
    body = changes.get("body", BODY)
    fields = {
        "message_id": MESSAGE,
        "channel": "rest_json",
        "url": url,
        "body": body,
        "media_type": "application/json",
        "headers": {"Payload-Signature": "header..signature"},
        "digest": hashlib.sha256(body).hexdigest(),
    }
    return Envelope(**(fields | changes))


def permit(**changes: Any) -> Permit:
    fields = {
        "stage": Stage.SEND,
        "message_id": MESSAGE,
        "grant_id": UUID(int=7),
        "digest": hashlib.sha256(BODY).hexdigest(),
        "decided_at": datetime(2026, 5, 4, 9, tzinfo=UTC),
    }
    return Permit(**(fields | changes))


def send(url: str, policy: CourierPolicy = SANDBOX, **changes: Any) -> Delivered | Failed | Unknown:
    return Courier(policy).send(envelope(url, **changes), permit())


# --- What leaves, and what comes back


def test_a_message_arrives_byte_for_byte_and_its_answer_comes_back(httpserver: HTTPServer):
    """Promise: exactly the signed bytes and headers, and nothing that a library likes to add."""
    seen: list[tuple[bytes, dict[str, str]]] = []

    def creditor(request: Request) -> Response:
        seen.append((request.get_data(), dict(request.headers)))
        return Response(b'{"outcome":"nil"}', 202, content_type="application/json")

    httpserver.expect_request("/in", method="POST").respond_with_handler(creditor)
    outcome = send(httpserver.url_for("/in"))
    assert isinstance(outcome, Delivered)
    assert (outcome.status, outcome.media_type, outcome.body) == (
        202,
        "application/json",
        b'{"outcome":"nil"}',
    )
    assert outcome.peer in ("127.0.0.1", "::1")
    assert outcome.elapsed_ms >= 0
    assert (outcome.body_fault, outcome.peer_certificate) == (None, None)
    [(body, headers)] = seen
    assert body == BODY
    assert headers == {
        "Host": f"{httpserver.host}:{httpserver.port}",
        "User-Agent": "creditor-gateway",
        "Accept": "application/json, application/problem+json;q=0.9",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(BODY)),
        "Payload-Signature": "header..signature",
    }


def test_a_soap_message_has_an_empty_action_and_a_fault_is_a_failure(httpserver: HTTPServer):
    """Promise: what SOAP 1.1 asks for, and a 500 with a Fault may be tried again."""
    actions: list[str | None] = []

    def creditor(request: Request) -> Response:
        actions.append(request.headers.get("SOAPAction"))
        return Response(b"<Fault>secret of theirs</Fault>", 500, content_type="text/xml")

    httpserver.expect_request("/soap").respond_with_handler(creditor)
    outcome = send(httpserver.url_for("/soap"), channel="soap", media_type="text/xml; charset=utf-8")
    assert actions == ['""']
    assert outcome == Failed(reason_code="soap_fault", retryable=True, status=500)
    with pytest.raises(ValueError, match="text/xml"):
        envelope("https://creditor.example/", channel="soap")


@pytest.mark.parametrize(
    "status, headers, outcome",
    [
        (400, {}, Failed(reason_code="http_refused", retryable=False, status=400)),
        (401, {}, Failed(reason_code="http_refused", retryable=False, status=401)),
        (404, {"Retry-After": "5"}, Failed(reason_code="http_refused", retryable=False, status=404)),
        (408, {}, Failed(reason_code="http_later", retryable=True, status=408)),
        (425, {}, Failed(reason_code="http_later", retryable=True, status=425)),
        (429, {"Retry-After": "120"}, Failed(reason_code="http_later", retryable=True, status=429)),
        (500, {}, Failed(reason_code="http_error", retryable=True, status=500)),
        (503, {"Retry-After": "7"}, Failed(reason_code="http_error", retryable=True, status=503)),
        (300, {}, Failed(reason_code="redirected", retryable=False, status=300)),
        (304, {}, Failed(reason_code="redirected", retryable=False, status=304)),
    ],
)
def test_a_status_that_is_not_2xx_is_a_certain_failure(httpserver: HTTPServer, status, headers, outcome):
    """Promise: what may be tried again is, what may not is not, and no text of theirs comes along (O-I2)."""
    httpserver.expect_request("/in").respond_with_data("ECHO-CANARY", status=status, headers=headers)
    found = send(httpserver.url_for("/in"))
    assert isinstance(found, Failed)
    wait = found.retry_after_seconds
    assert found == Failed(
        reason_code=outcome.reason_code, retryable=outcome.retryable, status=status, retry_after_seconds=wait
    )
    assert wait == (int(headers["Retry-After"]) if headers and outcome.retryable else None)
    assert "CANARY" not in repr(found)


@pytest.mark.parametrize(
    "wait, seconds",
    [
        ("0", 0),
        ("99999999999999999999", 86_400),
        ("Mon, 04 May 2026 09:01:30 GMT", 90),
        ("Mon, 04 May 2026 08:00:00 GMT", 0),
        ("Fri, 04 May 2029 08:00:00 GMT", 86_400),
        ("-5", None),
        ("soon", None),
        ("٣", None),
        ("1e3", None),
    ],
)
def test_how_long_to_wait_is_read_with_care(wait, seconds):
    """Promise: at most a day, whatever is asked; a moment counts from their own Date (RFC 9110 10.2.3)."""
    date = "Date: Mon, 04 May 2026 09:00:00 GMT"
    head = f"HTTP/1.1 503 Busy\r\n{date}\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(head.encode())) as url:
        outcome = send(url)
    assert isinstance(outcome, Failed)
    assert outcome.retry_after_seconds == seconds


# --- What is never done


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(httpserver: HTTPServer, status):
    """Promise: a message and its signature go to the registered address and to no other (threat O-T1)."""
    trap = httpserver.url_for("/trap")
    httpserver.expect_request("/trap").respond_with_data("caught")
    httpserver.expect_request("/in").respond_with_data("", status=status, headers={"Location": trap})
    assert send(httpserver.url_for("/in")) == Failed(reason_code="redirected", retryable=False, status=status)
    assert [request.path for request, _ in httpserver.log] == ["/in"]


@pytest.mark.parametrize("status", [302, 404])
def test_what_comes_with_a_refusal_is_left_unread(status):
    """Promise: the status is enough, however much follows and however slowly."""
    head = f"HTTP/1.1 {status} x\r\nLocation: http://127.0.0.1/\r\nContent-Length: 1000000000\r\n\r\n"
    with raw_server(drip(head.encode())) as url:
        outcome = send(url, HURRIED)
    reason = "redirected" if status == 302 else "http_refused"
    assert outcome == Failed(reason_code=reason, retryable=False, status=status)


def test_proxies_and_passwords_of_the_machine_are_ignored(httpserver: HTTPServer, monkeypatch, tmp_path):
    """Promise: no environment variable and no .netrc decides where a message goes or what it carries."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\nmachine localhost login a password b\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    httpserver.expect_request("/in").respond_with_data("ok")
    assert isinstance(send(httpserver.url_for("/in")), Delivered)
    [(request, _)] = httpserver.log
    assert "Authorization" not in request.headers


def test_cookies_are_not_remembered(httpserver: HTTPServer):
    """Promise: one message says nothing about another."""
    httpserver.expect_request("/in").respond_with_data("ok", headers={"Set-Cookie": "id=1; Path=/"})
    courier = Courier(SANDBOX)
    for _ in range(2):
        courier.send(envelope(httpserver.url_for("/in")), permit())
    assert not any("Cookie" in request.headers for request, _ in httpserver.log)


@pytest.mark.parametrize(
    "wrong, match",
    [
        (permit(message_id=UUID(int=1)), "another message"),
        (permit(digest="0" * 64), "other bytes"),
        (permit(digest=""), "other bytes"),
        (permit(stage=Stage.ASK), "for sending"),
        (permit(stage=Stage.RECEIVE), "for sending"),
        (Refusal(stage=Stage.SEND, message_id=MESSAGE, reason=None, grant_id=None), "Only a permit"),  # type: ignore[arg-type]
        (None, "Only a permit"),
        (True, "Only a permit"),
    ],
)
def test_without_the_permit_for_these_bytes_no_socket_is_opened(monkeypatch, wrong, match):
    """Promise: nothing leaves without a valid permission for exactly this message (design promise 1)."""
    monkeypatch.setattr(socket, "socket", unreachable)
    courier = Courier(SANDBOX, resolver=unreachable)
    with pytest.raises(PermitMismatch, match=match):
        courier.send(envelope("http://127.0.0.1:1/in"), wrong)


def test_bytes_that_changed_after_the_permit_stay_here(monkeypatch):
    """Promise: the digest is counted over the body itself, not believed from the envelope."""
    monkeypatch.setattr(socket, "socket", unreachable)
    altered = envelope("http://127.0.0.1:1/in", body=BODY + b" ", digest=hashlib.sha256(BODY).hexdigest())
    with pytest.raises(PermitMismatch, match="other bytes"):
        Courier(SANDBOX, resolver=unreachable).send(altered, permit())


def unreachable(*_: Any, **__: Any) -> Any:
    raise AssertionError("nothing may be looked up or connected to")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "elsewhere.example"},
        {"content-length": "5"},
        {"Transfer-Encoding": "chunked"},
        {"Accept-Encoding": "gzip"},
        {"X-A": "b\r\nX-C: d"},
        {"X-A\r\nX-C": "d"},
        {"X-A": "b\n"},
        {"X-A": "é"},
        {"": "b"},
        {"X A": "b"},
    ],
)
def test_no_header_changes_what_the_message_is_or_where_it_goes(headers):
    """Promise: an envelope with such a header cannot be made."""
    with pytest.raises(ValueError, match=r"header|writes"):
        envelope("https://creditor.example/", headers=headers)


def test_an_unknown_channel_is_refused():
    """Promise: doubt about how to send is no sending."""
    with pytest.raises(ValueError, match="carry"):
        envelope("https://creditor.example/", channel="fax")


def test_bodies_do_not_show_in_what_is_printed(httpserver: HTTPServer):
    """Promise: neither the question nor the answer ends up in a log through a repr."""
    httpserver.expect_request("/in").respond_with_data("ANSWER-CANARY")
    outcome = send(httpserver.url_for("/in"))
    assert "CANARY" not in repr(outcome)
    assert "statement_request" not in repr(envelope("https://creditor.example/"))


# --- Doubt


@contextmanager
def raw_server(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server on one connection, which first reads the whole request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError), closing(listener.accept()[0]) as connection:
                received = b""
                while BODY not in received:
                    received += connection.recv(65_536)
                behave(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/in"
        listener.close()
        thread.join(5)
        assert not thread.is_alive()


HURRIED = CourierPolicy(allow_loopback_http=True, connect_seconds=1, read_seconds=0.3, deadline_seconds=0.6)


def drip(head: bytes) -> Callable[[socket.socket], None]:
    """Send *head*, then one byte every 50 ms for as long as anybody listens."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        stop = threading.Event()
        while not stop.wait(0.05):
            connection.sendall(b"x")

    return behave


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", id="header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", id="body of known length"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="body until the end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", id="chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", id="chunk size"),
    ],
)
def test_a_server_that_drips_is_cut_off(head):
    """Promise: the deadline holds for the whole exchange, also where every single read is in time (O-D1)."""
    with raw_server(drip(head)) as url:
        outcome = send(url, HURRIED)
    assert outcome == Unknown(reason_code="deadline")


def test_a_server_that_says_continue_for_ever_is_cut_off():
    """Promise: interim answers do not win time either."""

    def behave(connection: socket.socket) -> None:
        stop = threading.Event()
        while not stop.wait(0.01):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    with raw_server(behave) as url:
        assert send(url, HURRIED) == Unknown(reason_code="deadline")


def wait_until_closed(connection: socket.socket) -> None:
    connection.settimeout(5)
    with suppress(OSError):
        while connection.recv(1_000):
            pass


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(wait_until_closed, id="no answer"),
        pytest.param(lambda connection: None, id="closed without an answer"),
        pytest.param(lambda connection: connection.sendall(b"HTTP/1.1 200"), id="half a status line"),
        pytest.param(lambda connection: connection.sendall(b"220 smtp.example ready\r\n"), id="another protocol"),
        pytest.param(lambda connection: connection.sendall(b"HTTP/1.1 103 Hints\r\n\r\n"), id="only an interim"),
        pytest.param(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nDate: Mon"), id="half a header"),
        pytest.param(lambda connection: connection.sendall(b"HTTP/1.1 202 OK\r\nX: y\r\n"), id="half a head"),
        pytest.param(
            lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
            id="half a body",
        ),
        pytest.param(
            lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            id="a chunk without a size",
        ),
        pytest.param(
            lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000),
            id="an endless header",
        ),
        pytest.param(
            lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200),
            id="200 headers",
        ),
    ],
)
def test_no_whole_answer_to_a_sent_message_is_unknown(behave):
    """Promise: bytes may have arrived, so it neither failed nor was delivered; the same is sent again."""
    with raw_server(behave) as url:
        assert isinstance(send(url, HURRIED), Unknown)


HEADERS = st.sampled_from(
    [
        "Content-Length: -1",
        "Content-Length: 1, 2",
        "Content-Length: 99999999999999999999",
        "Content-Length: x",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip",
        "Content-Encoding: " + "gzip, " * 50,
        "Content-Type: ;;;=",
        "Content-Type: text/html; charset=",
        "Set-Cookie: a=b; expires=never; max-age=x; domain=.; path=\x00",
        "Set-Cookie: ;;;",
        "Location: http://[",
        "Retry-After: 1 2",
        "Date: \xff",
        ": nameless",
        " folded",
        "no colon",
        "X: " + "(" * 500,
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["200", "202", "204", "301", "404", "500", "999", "0", "-1", "2000", "abc"]),
    st.lists(HEADERS, max_size=4),
    st.binary(max_size=60),
)
def test_whatever_comes_back_there_is_an_outcome(status, headers, rest):
    """Promise: no answer of any server makes the courier fail; there is always something to record (O-D1)."""
    answer = f"HTTP/1.1 {status} x\r\n".encode() + b"".join(f"{h}\r\n".encode("latin-1") for h in headers)
    with raw_server(lambda connection: connection.sendall(answer + b"\r\n" + rest)) as url:
        assert isinstance(send(url, HURRIED), Delivered | Failed | Unknown)


def test_nobody_listening_is_a_failure_to_try_again():
    """Promise: a refused connection is certain: nothing arrived."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/") == Failed(reason_code="connect_failed", retryable=True)


def test_a_name_without_an_address_may_have_one_later():
    """Promise: a resolver that fails or hangs costs a retry, not the message, and at most the deadline."""

    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    hang = threading.Event()
    for resolver in (fails, lambda host, port: [], lambda host, port: [str(hang.wait(30))]):
        courier = Courier(HURRIED, resolver=resolver)
        outcome = courier.send(envelope("https://creditor.example/"), permit())
        assert outcome == Failed(reason_code="address_unknown", retryable=True)
    hang.set()


def test_the_next_address_is_tried_when_one_does_not_answer(httpserver: HTTPServer):
    """Promise: a host with a dead IPv6 or a dead twin is still reached, by an address that was vetted."""
    httpserver.expect_request("/in").respond_with_data("ok")
    courier = Courier(SANDBOX, resolver=lambda host, port: ["127.7.7.7", "127.0.0.1"])
    outcome = courier.send(envelope(f"http://creditor.example:{httpserver.port}/in"), permit())
    assert isinstance(outcome, Delivered)
    assert outcome.peer == "127.0.0.1"


@pytest.mark.parametrize("head", [b"HTTP/1.1 202 Accepted\r\n\r\n", b"HTTP/1.0 200 OK\n\n", b"HTTP/1.1 204 x\r\n\r\n"])
def test_a_plain_acknowledgement_is_a_delivery(head):
    """Promise: a whole head is enough, also of a server that says little and closes."""
    with raw_server(lambda connection: connection.sendall(head)) as url:
        outcome = send(url)
    assert isinstance(outcome, Delivered)
    assert (outcome.body, outcome.body_fault) == (b"", None)


# --- Too much


SMALL = CourierPolicy(
    allow_loopback_http=True, connect_seconds=2, read_seconds=2, deadline_seconds=4, max_body_bytes=1_000
)


@pytest.mark.parametrize(
    "body, headers, fault",
    [
        (b"x" * 1_000, {}, None),
        (b"x" * 1_001, {}, "too_large"),
        (gzip.compress(b"x" * 1_000), {"Content-Encoding": "gzip"}, None),
        (gzip.compress(b"x" * 1_001), {"Content-Encoding": "gzip"}, "too_large"),
        (gzip.compress(b"\0" * 50_000_000), {"Content-Encoding": "gzip"}, "too_large"),
        (gzip.compress(b"x")[:-4], {"Content-Encoding": "gzip"}, "encoding"),
        (gzip.compress(b"x") * 2, {"Content-Encoding": "gzip"}, "encoding"),
        (b"no gzip", {"Content-Encoding": "gzip"}, "encoding"),
        (b"x", {"Content-Encoding": "br"}, "encoding"),
        (gzip.compress(gzip.compress(b"x")), {"Content-Encoding": "gzip, gzip"}, "encoding"),
    ],
)
def test_an_answer_that_is_too_large_is_not_taken_in(httpserver: HTTPServer, body, headers, fault):
    """Promise: capped on the wire and unpacked; the message is delivered, its answer asks for a person."""
    httpserver.expect_request("/in").respond_with_data(body, headers=headers)
    outcome = send(httpserver.url_for("/in"), SMALL)
    assert isinstance(outcome, Delivered)
    assert outcome.body_fault == fault
    assert len(outcome.body) == (1_000 if fault is None else 0)


def test_a_bomb_is_not_unpacked_beyond_the_limit():
    """Promise: 50 kB that unpack to 50 MB never are 50 MB here (parser hazard 19: 204 kB became 210 MB)."""
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    policy = replace(SMALL, max_body_bytes=100_000)
    with raw_server(lambda connection: connection.sendall(head.encode() + bomb)) as url:
        tracemalloc.start()
        try:
            outcome = send(url, policy)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert isinstance(outcome, Delivered)
    assert outcome.body_fault == "too_large"
    assert peak < 5_000_000


def test_an_endless_answer_is_cut_at_the_limit():
    """Promise: no more than the limit is read, whatever length is promised or not."""

    def creditor(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while True:
                connection.sendall(b"x" * 100_000)

    with raw_server(creditor) as url:
        outcome = send(url, SMALL)
    assert isinstance(outcome, Delivered)
    assert (outcome.body, outcome.body_fault) == (b"", "too_large")


@pytest.mark.parametrize(
    "content_type, media_type",
    [
        ("application/json", "application/json"),
        ('Text/XML; charset="UTF-8"', "text/xml; charset=utf-8"),
        ("application/xml;charset=iso-8859-1; x=<script>", "application/xml; charset=iso-8859-1"),
        ("<script>alert(1)</script>", ""),
        ("a/" + "b" * 300, ""),
        ("", ""),
    ],
)
def test_of_a_content_type_only_the_type_is_passed_on(content_type, media_type):
    """Promise: no text of theirs travels along in a header (threat O-I2)."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(head.encode())) as url:
        outcome = send(url)
    assert isinstance(outcome, Delivered)
    assert outcome.media_type == media_type


# --- TLS


class Authority:
    """A certificate authority of our own, with files for servers and callers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test authority {folder.name}")])
        self.certificate = self._certificate(self.name, self.key.public_key(), [])
        self.file = folder / "ca.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, *names: str) -> tuple[Path, Path]:
        """Certificate and key files for these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = self._certificate(subject, key.public_key(), list(names))
        files = self.folder / f"{names[0]}.pem", self.folder / f"{names[0]}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = serialization.PrivateFormat.PKCS8
        files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        return files

    def _certificate(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, names: list[str]) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        )
        if names:
            alternatives = [x509.IPAddress(ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def tls_server(certificate: tuple[Path, Path], configure: Callable[[ssl.SSLContext], None]) -> Iterator[int]:
    """Answers every request with the server name and the name of the caller's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    configure(context)
    named: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    server = HTTPServer(host="127.0.0.1", ssl_context=context)

    def creditor(request: Request) -> Response:
        return Response(json.dumps({"sni": named[-1], "host": request.host}), content_type="application/json")

    server.expect_request("/in").respond_with_handler(creditor)
    server.start()
    try:
        yield server.port
    finally:
        server.clear()
        server.stop()


def trusting(authority: Authority, **changes: Any) -> Courier:
    limits = {"connect_seconds": 2, "read_seconds": 2, "deadline_seconds": 4}
    policy = CourierPolicy(allow_loopback_http=True, **({"ca_file": authority.file} | limits | changes))
    return Courier(policy, resolver=lambda host, port: ["127.0.0.1"])


def test_the_pinned_address_still_proves_the_name(authority: Authority):
    """Promise: connected by address, named and verified by host; the certificate is kept as proof (O-R1)."""
    files = authority.issue("creditor.example")
    with tls_server(files, lambda context: None) as port:
        url = f"https://creditor.example:{port}/in"
        outcome = trusting(authority).send(envelope(url), permit())
    assert isinstance(outcome, Delivered)
    assert json.loads(outcome.body) == {"sni": "creditor.example", "host": f"creditor.example:{port}"}
    certificate = x509.load_pem_x509_certificate(files[0].read_bytes())
    assert outcome.peer_certificate == certificate.fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize("names", [("other.example",), ("127.0.0.1",), ("example",)])
def test_a_certificate_for_another_name_stops_the_message(authority: Authority, names):
    """Promise: not one byte of the message goes to a server that is not who it should be (threat O-S1)."""
    with tls_server(authority.issue(*names), lambda context: None) as port:
        outcome = trusting(authority).send(envelope(f"https://creditor.example:{port}/in"), permit())
    assert outcome == Failed(reason_code="tls_failed", retryable=True)


def test_a_certificate_of_another_authority_stops_the_message(authority: Authority, tmp_path):
    """Promise: the trust anchor pinned for an endpoint replaces the others, it does not join them (O-S1)."""
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    with tls_server(other.issue("creditor.example"), lambda context: None) as port:
        message = envelope(f"https://creditor.example:{port}/in")
        refused = Failed(reason_code="tls_failed", retryable=True)
        assert trusting(authority).send(message, permit()) == refused
        pinned = {"ca_file": other.file, "ca_file_by_host": {"creditor.example": authority.file}}
        assert trusting(authority, **pinned).send(message, permit()) == refused
        assert trusting(authority, ca_file=None).send(message, permit()) == refused
        pinned = {"ca_file_by_host": {"creditor.example": other.file}}
        assert isinstance(trusting(authority, **pinned).send(message, permit()), Delivered)


def test_no_library_adds_its_own_trust(authority: Authority, tmp_path, monkeypatch):
    """Promise: with a trust anchor of ours, a certificate from any public authority is worth nothing (O-S1)."""
    (tmp_path / "public").mkdir()
    public = Authority(tmp_path / "public")
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(public.file))
    with tls_server(public.issue("creditor.example"), lambda context: None) as port:
        outcome = trusting(authority).send(envelope(f"https://creditor.example:{port}/in"), permit())
    assert outcome == Failed(reason_code="tls_failed", retryable=True)


def test_a_server_that_wants_a_certificate_gets_ours(authority: Authority):
    """Promise: mutual TLS where a creditor asks for it; without it nothing is taken to be delivered."""

    def ask(context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority.file)

    with tls_server(authority.issue("creditor.example"), ask) as port:
        message = envelope(f"https://creditor.example:{port}/in")
        ours = authority.issue("gateway.example")
        assert isinstance(trusting(authority, client_certificate=ours).send(message, permit()), Delivered)
        assert not isinstance(trusting(authority).send(message, permit()), Delivered)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_not_spoken(authority: Authority):
    """Promise: TLS 1.2 is the least (NCSC guideline)."""

    def old(context: ssl.SSLContext) -> None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1

    with tls_server(authority.issue("creditor.example"), old) as port:
        outcome = trusting(authority).send(envelope(f"https://creditor.example:{port}/in"), permit())
    assert outcome == Failed(reason_code="tls_failed", retryable=True)


def test_a_handshake_that_drips_is_cut_off(authority: Authority):
    """Promise: the time to connect covers TLS, and nothing was sent (threat O-D1)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            stop = threading.Event()
            with suppress(OSError), closing(listener.accept()[0]) as connection:
                connection.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb")  # a long ServerHello begins
                while not stop.wait(0.05):
                    connection.sendall(b"\x00")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        courier = trusting(authority, connect_seconds=0.5, deadline_seconds=2)
        message = envelope(f"https://creditor.example:{listener.getsockname()[1]}/in")
        outcome = courier.send(message, permit())
        thread.join(5)
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert not thread.is_alive()


def test_a_trust_file_that_is_not_there_stops_the_start(tmp_path):
    """Promise: found when the gateway starts, not when the first message is due."""
    with pytest.raises(ConfigurationError):
        Courier(CourierPolicy(ca_file=tmp_path / "missing.pem"))
    (tmp_path / "empty.pem").write_text("no certificate")
    with pytest.raises(ConfigurationError):
        Courier(CourierPolicy(ca_file_by_host={"creditor.example": tmp_path / "empty.pem"}))
