"""Events for systems: the journal, paged by leaf number, each reader seeing only what concerns it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gateway.services.runtime import Runtime
from gateway.storage import cases, journal
from gateway.storage.database import Row

# What a creditor may see of the journal: what it sent, and what was sent to it.
CREDITOR_KINDS = (
    "message.delivered", "reply.accepted", "reply.held", "reply.refused", "reply.dismissed", "reply.quarantined",
    "answer.refused", "answer.quarantined", "offer.accepted", "offer.accepted_in_advance", "offer.refused",
    "offer.refused_unargued", "offer.challenged", "offer.deemed", "offer.routed", "offer.stopped",
)  # fmt: skip


def show_events(runtime: Runtime, *, role: str, participant_id: UUID, after: int, limit: int) -> dict[str, Any]:
    """
    The events after leaf number *after* that this participant may see, oldest first.

    Whatever waits for a leaf number gets it first, so that a reader sees what was committed before the call.

    Returns:
        {"events": [{"sequence", "time", "type", "case_id", "subject_id", "participant_id", "facts"}], "next_after"}.
    """
    with runtime.database.begin() as connection:
        journal.sequence(connection)
        if role == "counsellor":
            rows = journal.page(
                connection,
                after=after,
                limit=limit,
                organisation_cases=cases.ids_of_organisation(participant_id),
            )
        else:
            rows = journal.page(
                connection, after=after, limit=limit, participant_id=participant_id, kinds=CREDITOR_KINDS
            )
    return {
        "events": [_event(row) for row in rows],
        "next_after": rows[-1]["leaf_index"] if rows else after,
    }


def _event(row: Row) -> dict[str, Any]:
    return {
        "sequence": row["leaf_index"],
        "time": row["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "type": row["kind"],
        "case_id": _text(row["case_id"]),
        "subject_id": _text(row["subject_id"]),
        "participant_id": _text(row["participant_id"]),
        "facts": row["facts"] or {},
    }


def _text(value: UUID | None) -> str | None:
    return str(value) if value is not None else None
