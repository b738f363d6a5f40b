"""Put a message in the outbox: the row, and the job that will send it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.domain.correspondence import Kind
from gateway.services.runtime import Runtime
from gateway.storage import messages
from gateway.storage.database import Connection, Row

BATCH = 5  # messages per job: few enough that one slow creditor does not hold up a whole case


def queue(
    runtime: Runtime,
    connection: Connection,
    kind: Kind,
    conversations: Sequence[Row],
    now: datetime,
    *,
    subject_kind: str,
    wrapped: bytes,
    said: dict[str, Any] | None = None,
) -> list[UUID]:
    """
    One message of *kind* for each conversation (all of one resident), and the jobs that deliver them.

    Args:
        said: What these messages say beyond their conversation; sealed.
    """
    rows = []
    for conversation in conversations:
        message_id = uuid4()
        rows.append(
            {
                "id": message_id,
                "kind": kind.value,
                "subject_kind": subject_kind,
                "subject_id": conversation["id"],
                "case_id": conversation["case_id"],
                "resident_id": conversation["resident_id"],
                "recipient_id": conversation["creditor_id"],
                "grant_id": conversation["grant_id"],
                "sealed": runtime.seal(wrapped, said or {}, table="message", row=message_id, column="sealed"),
                "state": "queued",
                "queued_at": now,
                "next_at": now,
            }
        )
    messages.add(connection, rows)
    ids = [row["id"] for row in rows]
    defer_delivery(runtime, connection, ids)
    return ids


def defer_delivery(
    runtime: Runtime, connection: Connection, message_ids: Sequence[UUID], *, after_seconds: float = 0
) -> None:
    """Ask the engine to deliver these messages, in batches, once the transaction commits."""
    batches = [message_ids[first : first + BATCH] for first in range(0, len(message_ids), BATCH)]
    runtime.defer(
        connection,
        "deliver",
        [{"message_ids": [str(one) for one in batch]} for batch in batches],
        after_seconds=after_seconds,
    )
