"""A small HTTP server for other people's systems, on this machine only; creditors take POST /<slug>/messages."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_MAX_BYTES = 1_000_000
_PATH = re.compile("/([a-z0-9-]{1,60})/messages")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in; *path* with its query, *headers* in lower case, *body* empty for a GET."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Response:
    """What the other system says back."""

    status: int
    body: bytes = b""
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Response]
Receive = Callable[[str, Mapping[str, str], bytes], Response]  # slug, headers in lower case, body


def deliveries(receive: Receive) -> Answer:
    """What creditors listen to: messages under a name of their own, and nothing else."""

    def answer(request: Request) -> Response:
        found = _PATH.fullmatch(request.path)
        if request.method != "POST" or found is None:
            return Response(status=404)
        return receive(found[1], request.headers, request.body)

    return answer


class Server:
    """Listens until stopped; every request is answered in a thread of its own."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listening: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._listening is None:
            raise RuntimeError("the server has not been started")
        return f"http://127.0.0.1:{self._listening.server_port}"

    def start(self, port: int) -> None:
        """Listen; 0 takes any free port."""
        given = self._answer

        class Handler(_Handler):
            answer = staticmethod(given)

        self._listening = _Listening(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._listening.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; a second time does nothing."""
        if self._listening is not None and self._thread is not None:
            self._listening.shutdown()
            self._listening.server_close()
            self._thread.join()
            self._listening = self._thread = None


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a gateway that keeps its connection open does not hold up the end
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    answer: Answer

    def do_GET(self) -> None:
        self._send(type(self).answer(self._request(b"")))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > _MAX_BYTES:
            self.close_connection = True
            return self._send(Response(status=411 if not length else 413))
        return self._send(type(self).answer(self._request(self.rfile.read(int(length)))))

    def _request(self, body: bytes) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(method=self.command, path=self.path, headers=headers, body=body)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        if response.media_type is not None:
            self.send_header("Content-Type", response.media_type)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed: the log of the other systems is a value."""
