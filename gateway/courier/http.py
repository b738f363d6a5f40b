"""One HTTP exchange with a vetted address: no redirect, no proxy, no more bytes and time than allowed."""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection

from gateway.courier.envelope import CourierPolicy
from gateway.courier.guard import Target
from gateway.errors import ConfigurationError

_PIECE = 65_536
_TROUBLE = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A status and a whole body, or what is wrong with the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    body_fault: str | None
    peer: str
    peer_certificate: str | None


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """Not one byte of the request left."""

    reason_code: str


@dataclass(frozen=True, kw_only=True)
class Lost:
    """The request may have arrived; its answer did not, or not as a whole."""

    reason_code: str


class Stopwatch:
    """The time that is left for a whole exchange, in seconds."""

    def __init__(self, seconds: float) -> None:
        self.began = time.monotonic()
        self._until = self.began + seconds

    def left(self) -> float:
        """Never below zero."""
        return max(0.0, self._until - time.monotonic())

    def elapsed_ms(self) -> int:
        """Since it was made."""
        return round((time.monotonic() - self.began) * 1000)


def post(
    target: Target, headers: Mapping[str, str], body: bytes, policy: CourierPolicy, watch: Stopwatch
) -> Answer | NotSent | Lost:
    """
    Post *body* to the first address of *target* that can be connected to.

    Another address is tried only while nothing has left: a message is never sent twice in here. The
    connection is not kept: on one that the other side is just closing, a message is lost in doubt.
    """
    outcome: Answer | NotSent | Lost = NotSent(reason_code="deadline")
    for address in target.addresses[:3]:
        seconds = watch.left()
        if not seconds:
            break
        with _Line(seconds) as line:
            outcome = _exchange(line, target, address, headers, body, policy, seconds)
        if not isinstance(outcome, NotSent):
            break
    return outcome


def _exchange(
    line: _Line,
    target: Target,
    address: str,
    headers: Mapping[str, str],
    body: bytes,
    policy: CourierPolicy,
    seconds: float,
) -> Answer | NotSent | Lost:
    request = requests.Request("POST", f"{target.scheme}://{target.authority}{target.path}", data=body).prepare()
    request.headers.clear()  # exactly ours, in our order: nothing that a library likes to add
    request.headers.update({"Host": target.authority, **headers, "Content-Length": str(len(body))})
    timeout = (min(policy.connect_seconds, seconds), min(policy.read_seconds, seconds))
    adapter = _PinnedAdapter(line, target, address, policy)
    try:
        # The adapter and not a Session: a session reads .netrc, proxies and cookies, and of a redirect that
        # it is told not to follow it still takes in the whole body, however big.
        response = adapter.send(request, stream=True, timeout=timeout)
        try:
            content, fault = _body(response, policy.max_body_bytes)
        finally:
            response.close()
    except _TROUBLE as error:
        if line.sent:
            return Lost(reason_code="deadline" if line.expired else "broken")
        in_tls = isinstance(error, requests.exceptions.SSLError)
        return NotSent(reason_code="tls_failed" if in_tls else "connect_failed")
    finally:
        adapter.close()
    if line.expired:  # a cut connection looks like the end of a body that does not tell its length
        return Lost(reason_code="deadline")
    return Answer(
        status=response.status_code,
        headers=response.headers,
        body=content,
        body_fault=fault,
        peer=address,
        peer_certificate=line.peer_certificate,
    )


def _body(response: requests.Response, most: int) -> tuple[bytes, str | None]:
    """
    The unpacked body, or empty with what is wrong; never holds more than *most* bytes and one piece.

    Only of a 2xx: nothing is done with what comes with a refusal, so it is left unread.
    """
    if not 200 <= response.status_code < 300:
        return b"", None
    content = bytearray()
    while piece := response.raw.read(_PIECE, decode_content=False):
        content += piece
        if len(content) > most:
            return b"", "too_large"
    match response.headers.get("Content-Encoding", "identity").strip().lower():
        case "identity" | "":
            return bytes(content), None
        case "gzip" | "x-gzip":  # we asked for none, but some servers know only one way to speak
            return _unpacked(bytes(content), most)
        case _:
            return b"", "encoding"


def _unpacked(content: bytes, most: int) -> tuple[bytes, str | None]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(content, most + 1)
    except zlib.error:
        return b"", "encoding"
    if len(unpacked) > most:
        return b"", "too_large"
    if not unpacker.eof or unpacker.unused_data:
        return b"", "encoding"
    return unpacked, None


class _Line:
    """
    What is known of one connection, and the hand that cuts it when time is up.

    A read timeout alone does not stop a server that sends one byte a second; cutting the socket does.
    """

    def __init__(self, seconds: float) -> None:
        self.sent = False
        self.expired = False
        self.peer_certificate: str | None = None
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> _Line:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def connected(self, connection: socket.socket) -> None:
        self._socket = connection
        if isinstance(connection, ssl.SSLSocket):
            self.peer_certificate = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
        if self.expired:
            self._cut()

    def _expire(self) -> None:
        self.expired = True
        self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            try:
                # Of the plain socket below: the TLS one would first forget its state under a reader's feet.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already


class _Lines:
    """Reads lines for the head of an answer, and remembers the last one."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = self._reader.readline(limit)
        return self.last

    def close(self) -> None:
        self._reader.close()


class _WholeHead(http.client.HTTPResponse):
    """
    An answer whose head came in whole.

    The library takes the end of the connection for the end of the headers, so that a line that breaks after
    "HTTP/1.1 200" would look like a delivery.
    """

    def begin(self) -> None:
        reader: Any = self.fp
        lines: Any = _Lines(reader)
        self.fp = lines
        try:
            super().begin()
        finally:
            if self.fp is lines:
                self.fp = reader
        if lines.last not in (b"\r\n", b"\n"):
            raise http.client.IncompleteRead(b"")


class _Watched(HTTPConnection):
    """A connection that tells its line when it is made and when the first byte is about to leave."""

    response_class = _WholeHead

    def __init__(self, *args: Any, line: _Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def connect(self) -> None:
        super().connect()
        self.line.connected(self.sock)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.line.sent = True
        super().send(data)


class _WatchedTLS(_Watched, HTTPSConnection):
    """The same, with TLS in between."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


class _PinnedAdapter(HTTPAdapter):
    """For one exchange: connects to the vetted address, but names the host, and verifies that name in TLS."""

    def __init__(self, line: _Line, target: Target, address: str, policy: CourierPolicy) -> None:
        self._pinned: urllib3.HTTPConnectionPool
        if target.scheme == "https":
            tls = _tls(_trust(target.host, policy), policy.client_certificate)
            host = target.host
            self._pinned = _PoolTLS(address, target.port, ssl_context=tls, server_hostname=host, line=line)
        else:
            self._pinned = _Pool(address, target.port, line=line)
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> urllib3.HTTPConnectionPool:
        return self._pinned

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Settled by our own TLS context; what this overrides would add the public trust anchors to it."""

    def close(self) -> None:
        self._pinned.close()
        super().close()


def load_trust(policy: CourierPolicy) -> None:
    """Read every file that *policy* names now, so that a wrong one stops the start and not a delivery."""
    for ca_file in {policy.ca_file, *policy.ca_file_by_host.values()}:
        _tls(ca_file, policy.client_certificate)


def _trust(host: str, policy: CourierPolicy) -> Path | None:
    return policy.ca_file_by_host.get(host, policy.ca_file)


@lru_cache(maxsize=128)
def _tls(ca_file: Path | None, certificate: tuple[Path, Path] | None) -> ssl.SSLContext:
    """TLS 1.2 or later, verified against the file or else the public trust anchors. Reading those is slow."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file or DEFAULT_CA_BUNDLE_PATH))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(*certificate)
    except OSError as error:
        raise ConfigurationError("A file with trust anchors or our client certificate cannot be used.") from error
    return context
