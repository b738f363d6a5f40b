"""The gateway as a creditor sees it: two addresses to post an answer to."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

_PATIENCE_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What came of a call.

    Args:
        status: The HTTP status; None when there was no connection or no token.
        word: "accepted", "held", or a short word for what went wrong.
        again: Whether the same call may do better later.
    """

    status: int | None
    word: str
    again: bool


@dataclass(frozen=True, kw_only=True)
class GatewayDoor:
    """Posts answers with a creditor's own token; *tokens* is read at every call, so a renewed one is used."""

    url: str
    tokens: Mapping[str, str]

    def reply(self, slug: str, request_id: UUID, body: bytes, media_type: str, key: UUID) -> Outcome:
        """A statement, in the creditor's own format."""
        return self._post(slug, f"/v1/statement-requests/{request_id}/reply", body, media_type, key)

    def answer(self, slug: str, offer_id: UUID, body: bytes, media_type: str, key: UUID) -> Outcome:
        """An answer to an offer."""
        return self._post(slug, f"/v1/offers/{offer_id}/answer", body, media_type, key)

    def _post(self, slug: str, path: str, body: bytes, media_type: str, key: UUID) -> Outcome:
        token = self.tokens.get(slug)
        if token is None:
            return Outcome(status=None, word="has no token", again=True)
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": media_type,
            "Idempotency-Key": str(key),
            "Accept": "application/json",
        }
        try:
            status, answer = self._exchange(path, body, headers)
        except (OSError, http.client.HTTPException):
            return Outcome(status=None, word="found nobody", again=True)
        again = status in (401, 408, 425, 429) or status >= 500
        return Outcome(status=status, word=_word(status, answer), again=again)

    def _exchange(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        base = urlsplit(self.url)
        kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        connection = kind(base.hostname or "", base.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request("POST", base.path.rstrip("/") + path, body, headers)
            response = connection.getresponse()
            return response.status, response.read(1_000_000)
        finally:
            connection.close()


def _word(status: int, answer: bytes) -> str:
    """The one word of the gateway's answer that is worth showing; never its text."""
    if status >= 300:
        return "refused"
    try:
        found = json.loads(answer)
    except ValueError:
        return "taken"
    word = found.get("status") if isinstance(found, dict) else None
    return word if word in ("accepted", "held") else "taken"
