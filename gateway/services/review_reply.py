"""A counsellor dismisses a held reply, with a reason; the clock of silence runs on with the days that were left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gateway.errors import Conflict, NotFound
from gateway.services import ladder
from gateway.services.ownership import named_counsellor
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, statement_requests
from gateway.storage.journal import Entry

REASONS = ("not_an_answer", "about_someone_else", "will_be_sent_again", "other")


def dismiss_reply(
    runtime: Runtime, organisation_id: UUID, reply_id: UUID, counsellor_id: UUID, reason: str, now: datetime
) -> None:
    """
    Dismiss a held reply (ruling 20). Its bytes stay.

    Raises:
        NotFound: There is no such reply in a case of this organisation.
        Conflict: It is not held.
        Invalid: The counsellor is unknown.
    """
    with runtime.database.begin() as connection:
        reply = statement_requests.get_reply(connection, reply_id)
        request = statement_requests.get(connection, reply["request_id"]) if reply is not None else None
        if (
            reply is None
            or request is None
            or cases.get(connection, request["case_id"], organisation_id=organisation_id) is None
        ):
            raise NotFound
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/counsellor_id")
        cases.lock_resident(connection, request["resident_id"])
        request = ladder.conversation_row(connection, "request", request["id"])
        held = {row["id"] for row in statement_requests.held(connection, request["id"])}
        if reply_id not in held:
            raise Conflict("This reply is not held; look at the case again.")
        statement_requests.change_reply(connection, reply_id, status="dismissed", dismissed_at=now)
        journal.append(
            connection,
            now,
            Entry(
                kind="reply.dismissed",
                actor=f"counsellor:{counsellor_id}",
                case_id=request["case_id"],
                resident_id=request["resident_id"],
                participant_id=request["creditor_id"],
                grant_id=request["grant_id"],
                subject_id=request["id"],
                facts={"reply_id": str(reply_id), "reason": reason},
            ),
        )
        if held == {reply_id}:
            ladder.resume(runtime, connection, request, now, reason="reply_dismissed")
