"""What it sets in motion when a message will not arrive, or may not leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gateway.consent.decision import Reason
from gateway.domain import settlement, statement_request
from gateway.domain.correspondence import Kind
from gateway.services import answer_offer, ladder
from gateway.services.compose import Composed
from gateway.services.runtime import Runtime
from gateway.storage import proposals, statement_requests
from gateway.storage.database import Connection, Row

REQUEST, OFFER = statement_request.Event, settlement.Event

# The state that waits for the delivery of each kind; in any other state its failure changes nothing.
_WAITS: Mapping[Kind, str] = {
    Kind.STATEMENT_REQUEST: statement_request.State.QUEUED,
    Kind.STATEMENT_FINAL_NOTICE: statement_request.State.OVERDUE,
    Kind.PROPOSAL: settlement.State.QUEUED,
    Kind.PROPOSAL_FINAL_NOTICE: settlement.State.OVERDUE,
    Kind.SUBSTANTIATION_REQUEST: settlement.State.CHALLENGED,
}
_REMINDERS = (Kind.STATEMENT_REMINDER, Kind.PROPOSAL_REMINDER)

# With these the permission itself is gone; any other refusal only keeps this one message from leaving.
_PERMISSION_GONE = frozenset(
    {
        Reason.WITHDRAWN,
        Reason.REVOKED,
        Reason.INVALIDATED,
        Reason.EXPIRED,
        Reason.PAUSED,
        Reason.NO_GRANT,
        Reason.NO_FLOW,
        Reason.REVIEW,
        Reason.AUTHORITY,
        Reason.TEMPLATE_RECALLED,
        Reason.BASIS_CHANGED,
    }
)


def on_refused(runtime: Runtime, connection: Connection, composed: Composed, reason: Reason, now: datetime) -> None:
    """The gate refused at sending: without permission the conversation stops, else this message counts as lost."""
    if reason in _PERMISSION_GONE:
        subject_kind, subject_id = composed.row["subject_kind"], composed.conversation["id"]
        stop_conversation(connection, subject_kind, ladder.conversation_row(connection, subject_kind, subject_id), now)
    else:
        on_given_up(runtime, connection, composed, now)


def on_given_up(runtime: Runtime, connection: Connection, composed: Composed, now: datetime) -> None:
    """A message will not arrive; only where a state waits for it does that change anything."""
    subject_kind, kind = composed.row["subject_kind"], composed.message.kind
    conversation = ladder.conversation_row(connection, subject_kind, composed.conversation["id"])
    if kind in _REMINDERS:
        ladder.reminder_failed(runtime, connection, conversation)
    elif _WAITS.get(kind) == conversation["state"]:
        _move(connection, subject_kind, conversation, gave_up=True, now=now)
        ladder.close(connection, conversation, now, reason="given_up")


def stop_conversation(connection: Connection, subject_kind: str, conversation: Row, now: datetime) -> bool:
    """End what rests on a permission that is gone; False when there was nothing left to end."""
    if not _move(connection, subject_kind, conversation, gave_up=False, now=now):
        return False
    ladder.close(connection, conversation, now, reason="permission_ended")
    return True


def _move(connection: Connection, subject_kind: str, conversation: Row, *, gave_up: bool, now: datetime) -> bool:
    """Take the edge, if the table has it."""
    if subject_kind == "request":
        state, event = (
            statement_request.State(conversation["state"]),
            REQUEST.GAVE_UP if gave_up else REQUEST.PERMISSION_ENDED,
        )
        if not statement_request.possible(state, event):
            return False
        statement_requests.change(connection, conversation["id"], state=statement_request.after(state, event).value)
        return True
    offer_state, offer_event = (
        settlement.State(conversation["state"]),
        OFFER.GAVE_UP if gave_up else OFFER.PERMISSION_ENDED,
    )
    if not settlement.possible(offer_state, offer_event):
        return False
    to = settlement.after(offer_state, offer_event)
    proposals.change_offer(connection, conversation["id"], state=to.value)
    answer_offer.journal_change(connection, conversation, to, now, actor="gateway", facts={})
    return True
