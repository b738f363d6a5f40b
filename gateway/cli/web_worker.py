"""gunicorn's threaded worker, with an end to how long a caller may take to say its request."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any

from gunicorn.workers import gthread

SILENT_SECONDS = 0.1  # a connection that says nothing gives its thread back
HEAD_SECONDS = 10.0  # from the first byte to the end of the headers
WHOLE_SECONDS = 60.0  # the same with the body: 5 MB over a slow line


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """
    A thread waits for what its caller still has to say; as many slow callers as there are threads would keep
    everybody else out. When the time is over we stop listening to that caller: the request ends as one that was cut
    off, and what the application is doing, or answering, goes on.
    """

    def init_process(self) -> None:
        self._heard_until: dict[Any, float] = {}
        threading.Thread(target=self._watch, name="slow-callers", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        if not conn.initialized and not conn.wait_for_data(SILENT_SECONDS):
            return gthread._DEFER
        self._heard_until[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._heard_until.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        self._heard_until[conn] = time.monotonic() + WHOLE_SECONDS
        return super().handle_request(req, conn)

    def _watch(self) -> None:
        while True:
            time.sleep(1.0)
            now = time.monotonic()
            for conn, until in list(self._heard_until.items()):
                if now > until:
                    with contextlib.suppress(OSError):  # it closed meanwhile
                        conn.sock.shutdown(socket.SHUT_RD)
