"""The gateway as a counsellor system and an administrator see it: one small client of its interface."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

_PATIENCE_SECONDS = 30
_TRIES = 40
_PAUSE_SECONDS = 0.25


class Refused(Exception):
    """The gateway answered with a problem; *problem* is its document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        faults = "; ".join(f"{fault['pointer']} {fault['detail']}" for fault in problem.get("errors", ()))
        super().__init__(f"{status} {problem.get('detail', '')} {faults}".strip())
        self.status = status
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Calls with one access token; waits and repeats, with the same key, while the gateway is not available."""

    url: str
    token: str

    def get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.fetch(path))
        return found

    def fetch(self, path: str) -> bytes:
        """The bytes at *path*, such as a file."""
        return self._call("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        found: dict[str, Any] = json.loads(self._call("POST", path, json.dumps(body).encode(), headers))
        return found

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        for _ in range(_TRIES):
            try:
                status, answer = self._exchange(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                status, answer = 503, b""
            if status < 300:
                return answer
            if status not in (503, 429):
                raise Refused(status, json.loads(answer))
            time.sleep(_PAUSE_SECONDS)
        raise Refused(503, {"detail": "The gateway did not become available."})

    def _exchange(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        base = urlsplit(self.url)
        connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.token}", **headers})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
