"""One watched connection, pinned to the vetted address: what left over it, who was there, and cut when time is up."""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import threading
from types import TracebackType
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from gateway.courier import trust
from gateway.courier.envelope import CourierPolicy
from gateway.courier.guard import Target


class Line:
    """
    What is known of one connection, and the hand that cuts it when time is up.

    A read timeout alone does not stop a server that sends one byte a second; cutting the socket does.

    Attributes:
        sent: The first byte has left, or was about to.
        expired: Time is up, so whatever came in may be half of it.
        peer_certificate: SHA-256 (hex) of the certificate that was shown; None without TLS.
    """

    def __init__(self, seconds: float) -> None:
        self.sent = False
        self.expired = False
        self.peer_certificate: str | None = None
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Line:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def connected(self, connection: socket.socket) -> None:
        """The socket to cut; where time was up while it was being made, at once."""
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


class PinnedAdapter(HTTPAdapter):
    """For one exchange: connects to the vetted address, but names the host, and verifies that name in TLS."""

    def __init__(self, line: Line, target: Target, address: str, policy: CourierPolicy) -> None:
        self._pinned: urllib3.HTTPConnectionPool
        if target.scheme == "https":
            tls = trust.context_for(target.host, policy)
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


class _HeadReader:
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
        lines: Any = _HeadReader(reader)
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

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
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
