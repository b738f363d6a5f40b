"""One HTTP exchange with a vetted address: no redirect, no proxy, no more bytes and time than allowed."""

from __future__ import annotations

import http.client
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import requests
import urllib3

from gateway.courier.envelope import CourierPolicy
from gateway.courier.guard import Target
from gateway.courier.line import Line, PinnedAdapter

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
    return _first(target, "POST", {**headers, "Content-Length": str(len(body))}, body, policy, watch)


def get(target: Target, headers: Mapping[str, str], policy: CourierPolicy, watch: Stopwatch) -> Answer | NotSent | Lost:
    """Fetch what *target* names, under the same guard as `post`."""
    return _first(target, "GET", headers, None, policy, watch)


def _first(
    target: Target,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    policy: CourierPolicy,
    watch: Stopwatch,
) -> Answer | NotSent | Lost:
    outcome: Answer | NotSent | Lost = NotSent(reason_code="deadline")
    for address in target.addresses[:3]:
        seconds = watch.left()
        if not seconds:
            break
        with Line(seconds) as line:
            outcome = _exchange(line, target, address, method, headers, body, policy, seconds)
        if not isinstance(outcome, NotSent):
            break
    return outcome


def _exchange(
    line: Line,
    target: Target,
    address: str,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    policy: CourierPolicy,
    seconds: float,
) -> Answer | NotSent | Lost:
    request = requests.Request(method, f"{target.scheme}://{target.authority}{target.path}", data=body).prepare()
    request.headers.clear()  # exactly ours, in our order: nothing that a library likes to add
    request.headers.update({"Host": target.authority, **headers})
    timeout = (min(policy.connect_seconds, seconds), min(policy.read_seconds, seconds))
    adapter = PinnedAdapter(line, target, address, policy)
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
