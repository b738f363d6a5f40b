"""What the delivery of a message sets in motion: terms start, notices count, an answer in the response is taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from gateway import adapters
from gateway.adapters import Acknowledgement, ReadContext, soap
from gateway.courier import Delivered
from gateway.domain import settlement, statement_request
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.services import answer_offer, ladder, receive_reply, review_offer
from gateway.services.compose import Composed
from gateway.services.runtime import Runtime
from gateway.storage import participants, partners, proposals, statement_requests
from gateway.storage.database import Connection, Row

REQUEST, OFFER = statement_request.Event, settlement.Event


def settle_rules(runtime: Runtime, connection: Connection, message: Row, now: datetime) -> None:
    """The regime and the policy in force on the day of sending govern a conversation to its end (ruling 9)."""
    step = _OPENS.get(Kind(message["kind"]))
    recipient = participants.get(connection, message["recipient_id"])
    if step is None or recipient is None:
        return
    group, today = recipient["regime_group"], local_day(now)
    regime = runtime.settings.regimes.in_force(group, today)
    policy = runtime.settings.policies.select(step, group, today)
    governs = {
        "regime_id": regime.id,
        "regime_version": regime.version,
        "policy_id": policy.id,
        "policy_version": policy.version,
    }
    if step == "statement":
        statement_requests.change(connection, message["subject_id"], **governs)
    else:
        proposals.change_offer(connection, message["subject_id"], **governs, sent_at=now)


_OPENS: Mapping[Kind, str] = {Kind.STATEMENT_REQUEST: "statement", Kind.PROPOSAL: "proposal"}


def on_delivered(runtime: Runtime, connection: Connection, composed: Composed, now: datetime) -> None:
    """A message was proven delivered at *now*."""
    conversation = ladder.conversation_row(connection, composed.row["subject_kind"], composed.conversation["id"])
    effect = _EFFECTS.get(composed.message.kind)
    if effect is not None:
        effect(runtime, connection, conversation, now)


def _request_delivered(runtime: Runtime, connection: Connection, request: Row, now: datetime) -> None:
    state = statement_request.State(request["state"])
    if not statement_request.possible(state, REQUEST.DELIVERED):
        return  # answered through another channel before the acknowledgement was recorded
    to = statement_request.after(state, REQUEST.DELIVERED)
    statement_requests.change(connection, request["id"], state=to.value, delivered_at=now)
    ladder.start(
        runtime, connection, request, subject_kind="request", kind=ladder.ANSWER, delivered_at=now,
        suspended_since=_held_since(connection, request),
    )  # fmt: skip


def _statement_notice_delivered(runtime: Runtime, connection: Connection, request: Row, now: datetime) -> None:
    state = statement_request.State(request["state"])
    if statement_request.possible(state, REQUEST.NOTICE_DELIVERED):
        to = statement_request.after(state, REQUEST.NOTICE_DELIVERED)
        statement_requests.change(connection, request["id"], state=to.value)
        ladder.start(
            runtime, connection, request, subject_kind="request", kind=ladder.CURE, delivered_at=now,
            suspended_since=_held_since(connection, request),
        )  # fmt: skip


def _proposal_delivered(runtime: Runtime, connection: Connection, offer: Row, now: datetime) -> None:
    state = settlement.State(offer["state"])
    if not settlement.possible(state, OFFER.DELIVERED):
        return
    regime = ladder.regime_of(runtime, offer)
    recut = partners.must_be_recut(connection, [offer["proposal_id"]])  # then nothing is presumed from it
    if regime.advance_agreement and not offer["flagged_obstacle"] and not recut:
        to = settlement.after(state, OFFER.DELIVERED_UNDER_ADVANCE_AGREEMENT)
        proposals.change_offer(connection, offer["id"], state=to.value, delivered_at=now)
        answer_offer.journal_change(connection, offer, to, now, actor="gateway", facts={"regime": regime.id})
        return
    to = settlement.after(state, OFFER.DELIVERED)
    proposals.change_offer(connection, offer["id"], state=to.value, delivered_at=now)
    _start(runtime, connection, offer, ladder.ANSWER, now)
    if offer["flagged_obstacle"] and not offer["proven_obstacle"]:
        answer_offer.count_obstacle(runtime, connection, {**offer, "state": to.value}, now)


def _proposal_notice_delivered(runtime: Runtime, connection: Connection, offer: Row, now: datetime) -> None:
    state = settlement.State(offer["state"])
    if settlement.possible(state, OFFER.NOTICE_DELIVERED):
        to = settlement.after(state, OFFER.NOTICE_DELIVERED)
        proposals.change_offer(connection, offer["id"], state=to.value, notice_delivered_at=now)
        _start(runtime, connection, offer, ladder.CURE, now)


def _question_delivered(runtime: Runtime, connection: Connection, offer: Row, now: datetime) -> None:
    """The question for facts arrived: its cure term runs; the term to answer stays what it was (ruling 13)."""
    if settlement.State(offer["state"]) is settlement.State.CHALLENGED:
        proposals.change_offer(connection, offer["id"], notice_delivered_at=now)
        _start(runtime, connection, offer, ladder.CURE, now)


def _start(runtime: Runtime, connection: Connection, offer: Row, kind: str, now: datetime) -> None:
    """A term of an offer starts; suspended, when the offer is in dispute."""
    disputed_since = local_day(now) if offer["open_question"] else None
    ladder.start(
        runtime, connection, offer, subject_kind="offer", kind=kind, delivered_at=now, suspended_since=disputed_since
    )


_EFFECTS: Mapping[Kind, Callable[[Runtime, Connection, Row, datetime], None]] = {
    Kind.STATEMENT_REQUEST: _request_delivered,
    Kind.STATEMENT_REMINDER: ladder.reminder_delivered,
    Kind.STATEMENT_FINAL_NOTICE: _statement_notice_delivered,
    Kind.PROPOSAL: _proposal_delivered,
    Kind.PROPOSAL_REMINDER: ladder.reminder_delivered,
    Kind.PROPOSAL_FINAL_NOTICE: _proposal_notice_delivered,
    Kind.SUBSTANTIATION_REQUEST: _question_delivered,
}


def on_inline_answer(
    runtime: Runtime, connection: Connection, composed: Composed, outcome: Delivered, now: datetime
) -> None:
    """
    A 200 answer with a body is the creditor's reply; 201, 202 and 204 only acknowledge.

    A body that was too large or encoded could not be taken in: a person looks, and the clock stops meanwhile.
    """
    if outcome.status != 200 or not (outcome.body or outcome.body_fault):
        return
    if _only_acknowledges(runtime, composed, outcome, now):
        return
    conversation = ladder.conversation_row(connection, composed.row["subject_kind"], composed.conversation["id"])
    if composed.row["subject_kind"] == "request":
        receive_reply.take_in(
            runtime, connection, conversation, outcome.body, outcome.media_type, now, fault=outcome.body_fault
        )
    elif outcome.body_fault:
        review_offer.change_dispute(runtime, connection, conversation, now, is_open=True, actor="gateway")
    elif composed.message.kind is not Kind.STOP_NOTICE:
        answer_offer.take_in(runtime, connection, conversation, outcome.body, outcome.media_type, now)


def _only_acknowledges(runtime: Runtime, composed: Composed, outcome: Delivered, now: datetime) -> bool:
    """
    SOAP has no empty answer, so "received" comes as an envelope: that of our WSDL, or that of the creditor's format.

    The second is left to the reading of a reply where there is one; an answer to an offer is not read by the format.
    """
    if soap.acknowledged(outcome.body) == str(composed.message.message_id):
        return True
    format = runtime.settings.format(composed.recipient["format"])
    if composed.row["subject_kind"] == "request" or format.request_style != "soap":
        return False
    read = adapters.read(outcome.body, outcome.media_type, format, ReadContext(received_at=now))
    return isinstance(read, Acknowledgement)


def _held_since(connection: Connection, request: Row) -> date | None:
    held = statement_requests.held(connection, request["id"])
    return local_day(held[0]["received_at"]) if held else None
