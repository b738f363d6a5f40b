"""A counsellor dismisses a held reply, with a reason; the clock of silence runs on with the days that were left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gateway.errors import Conflict
from gateway.services import ladder
from gateway.services.ownership import held_reply, named_counsellor
from gateway.services.runtime import Runtime
from gateway.services.settle_reply import note
from gateway.storage import statement_requests

REASONS = ("not_an_answer", "about_someone_else", "will_be_sent_again", "other")


def dismiss_reply(
    runtime: Runtime, organisation_id: UUID, reply_id: UUID, counsellor_id: UUID, reason: str, now: datetime
) -> None:
    """
    Dismiss a held reply (ruling 20), or a keyed statement that waits for its check. Its bytes stay.

    Raises:
        NotFound: There is no such reply in a case of this organisation.
        Conflict: It does not wait for a person.
        Invalid: The counsellor is unknown.
    """
    with runtime.database.begin() as connection:
        reply, request = held_reply(connection, organisation_id, reply_id)
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/counsellor_id")
        waiting = {row["id"] for row in statement_requests.held(connection, request["id"])}
        if reply_id not in waiting:
            raise Conflict("This reply is not held; look at the case again.")
        statement_requests.change_reply(connection, reply_id, status="dismissed", dismissed_at=now)
        note(connection, request, now, "reply.dismissed", reply, actor=f"counsellor:{counsellor_id}", reason=reason)
        if waiting == {reply_id}:
            ladder.resume(runtime, connection, request, now, reason="reply_dismissed")
