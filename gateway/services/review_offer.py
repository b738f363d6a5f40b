"""An offer is in dispute, or no longer: while it is, every term stands still and nothing can be presumed (ruling 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.services import ladder
from gateway.services.ownership import held_offer, named_counsellor
from gateway.services.runtime import Runtime
from gateway.storage import journal, proposals
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry


def set_dispute(
    runtime: Runtime, organisation_id: UUID, offer_id: UUID, counsellor_id: UUID, now: datetime, *, is_open: bool
) -> dict[str, Any]:
    """
    A counsellor notes that the creditor disputes the offer (by telephone, by letter), or that the dispute is over.

    Noting the same twice changes nothing.

    Raises:
        NotFound: There is no such offer in a case of this organisation.
        Invalid: There is no such counsellor in this organisation.
    """
    with runtime.database.begin() as connection:
        offer = held_offer(connection, organisation_id, offer_id)
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/counsellor_id")
        change_dispute(runtime, connection, offer, now, is_open=is_open, actor=f"counsellor:{counsellor_id}")
    return {"offer_id": str(offer_id), "disputed": is_open}


def change_dispute(
    runtime: Runtime, connection: Connection, offer: Row, now: datetime, *, is_open: bool, actor: str
) -> None:
    """Open or close the dispute in the caller's transaction; the terms follow."""
    if offer["open_question"] == is_open:
        return
    proposals.change_offer(connection, offer["id"], open_question=is_open)
    entry = Entry(
        kind="offer.dispute_opened" if is_open else "offer.dispute_closed",
        actor=actor,
        case_id=offer["case_id"],
        resident_id=offer["resident_id"],
        participant_id=offer["creditor_id"],
        grant_id=offer["grant_id"],
        subject_id=offer["id"],
    )
    journal.append(connection, now, entry)
    if is_open:
        ladder.suspend(runtime, connection, offer, now, reason="dispute")
    else:
        ladder.resume(runtime, connection, offer, now, reason="dispute_closed")
