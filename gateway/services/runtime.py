"""What every service is given, and the two things all of them do with it: seal, and answer the same call once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from gateway.errors import Conflict, Fault, GatewayError, Invalid
from gateway.keys import Keys, SealBroken
from gateway.settings import Settings
from gateway.storage import idempotency
from gateway.storage.database import Connection, Database


class Defer(Protocol):
    """Put jobs on the engine's queue, inside the transaction of *connection*: both happen, or neither."""

    def __call__(
        self,
        connection: Connection,
        job: str,
        arguments: Sequence[Mapping[str, Any]],
        *,
        after_seconds: float = 0,
    ) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """The parts that services work with; made once, in gateway.app."""

    settings: Settings
    database: Database
    keys: Keys
    defer: Defer

    def seal(self, wrapped: bytes, value: Any, *, table: str, row: UUID, column: str) -> bytes:
        """Seal a JSON value under the resident's key, bound to its place."""
        return self.keys.seal(wrapped, _to_bytes(value), table=table, row=row, column=column)

    def unseal(self, wrapped: bytes, sealed: bytes, *, table: str, row: UUID, column: str) -> Any:
        """
        Open what :meth:`seal` made.

        Raises:
            SealBroken: It was changed, moved, or its key is gone.
        """
        try:
            return json.loads(self.keys.open(wrapped, bytes(sealed), table=table, row=row, column=column))
        except SealBroken as error:
            error.add_note(f"{table}.{column} of {row}")  # for the log: ids only
            raise


@dataclass(frozen=True, kw_only=True)
class Once:
    """
    A call that may be repeated but works once.

    Args:
        fingerprint: Digest of method, path and body; the same key with another fingerprint is a mistake.
    """

    participant_id: UUID
    key: str
    fingerprint: str

    @property
    def row(self) -> str:
        """The row in which the answer is kept: another caller may use the same key."""
        return f"{self.participant_id}:{self.key}"


class KeyReused(GatewayError):
    """This Idempotency-Key was used before with another body. Use a new key for a new call."""

    code = "idempotency_key_reused"


def once(
    runtime: Runtime,
    call: Once | None,
    now: datetime,
    work: Callable[[Connection], dict[str, Any] | None],
) -> dict[str, Any]:
    """
    Do *work* in one transaction and keep its answer beside it; a repeated call gets that answer and does nothing.

    Work that answers None was refused: what it recorded stays, and a repeat tries again.

    Raises:
        Conflict: The first call with this key is still running.
        KeyReused: The key was used with another body.
    """
    with runtime.database.begin() as connection:
        if call is None:
            return work(connection) or {}
        if not idempotency.hold(connection, call.participant_id, call.key):
            raise Conflict("The first call with this Idempotency-Key is still running. Try again in a moment.")
        earlier = idempotency.find(connection, call.participant_id, call.key)
        if earlier is not None:
            if earlier["fingerprint"] != call.fingerprint:
                raise KeyReused
            opened = runtime.keys.open_own(bytes(earlier["sealed"]), table="idempotency", row=call.row, column="sealed")
            answer: dict[str, Any] = json.loads(opened)
            return answer
        done = work(connection)
        if done is None:
            return {}
        idempotency.add(
            connection,
            {
                "participant_id": call.participant_id,
                "key": call.key,
                "fingerprint": call.fingerprint,
                "sealed": runtime.keys.seal_own(_to_bytes(done), table="idempotency", row=call.row, column="sealed"),
                "at": now,
            },
        )
        return done


def not_found(pointer: str, what: str) -> Invalid:
    """A reference inside a body to something that is not there, or not yours: one fault with its place."""
    return Invalid([Fault(pointer=pointer, code="unknown", detail=f"There is no such {what} for you.")])


def _to_bytes(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
