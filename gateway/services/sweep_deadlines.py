"""Look at every term whose moment has come: remind, give final notice, let it end, and never presume by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from gateway.domain import settlement, statement_request
from gateway.domain.correspondence import Kind
from gateway.domain.settlement import Earned
from gateway.errors import Unavailable
from gateway.services import answer_offer, ladder
from gateway.services.outbox import defer_delivery, queue
from gateway.services.runtime import Runtime
from gateway.services.silence import earned
from gateway.storage import cases, journal, messages, proposals, statement_requests, terms
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

BATCH = 500
_log = structlog.get_logger()

_REMINDER = {"request": Kind.STATEMENT_REMINDER, "offer": Kind.PROPOSAL_REMINDER}
_NOTICE = {"request": Kind.STATEMENT_FINAL_NOTICE, "offer": Kind.PROPOSAL_FINAL_NOTICE}


def sweep_deadlines(runtime: Runtime, now: datetime) -> int:
    """
    Handle what is due at *now*, in batches, each term in a transaction of its own.

    Returns:
        How many terms were handled. Terms that another worker is at are left to it.
    """
    handled = 0
    while True:
        with runtime.database.begin() as connection:
            due = terms.due(connection, now, limit=BATCH)
        done = sum(_handle_alone(runtime, term_id, now) for term_id in due)
        handled += done
        if len(due) < BATCH or not done:
            return handled


def _handle_alone(runtime: Runtime, term_id: UUID, now: datetime) -> bool:
    """One term that cannot be handled must not keep the others from being: it stays due, and the log names it."""
    try:
        return _handle(runtime, term_id, now)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001  whatever is wrong with this row, the next one has its own deadline
        _log.error("term_not_handled", term=str(term_id), kind=type(error).__name__)
        return False


def _handle(runtime: Runtime, term_id: UUID, now: datetime) -> bool:
    with runtime.database.begin() as connection:
        resident = terms.resident_of(connection, term_id)
        if resident is not None:
            cases.lock_resident(connection, resident)
        row = terms.claim(connection, term_id, now)
        if row is None:
            return False
        conversation = ladder.conversation_row(connection, row["subject_kind"], row["subject_id"])
        step = _next_step(runtime, row, conversation, now)
        step(runtime, connection, row, conversation, now)
        return True


_Step = Callable[[Runtime, Connection, Row, Row, datetime], None]


def _next_step(runtime: Runtime, row: Row, conversation: Row, now: datetime) -> _Step:
    """What this term is due for. A moment that passed while nobody looked is done all the same, in order."""
    step, moment = ladder.next_step(runtime, row, conversation)
    if moment is None or moment > now:
        return _wait
    if step is ladder.Step.REMIND:
        return _remind
    return _answer_term_ends if row["kind"] == ladder.ANSWER else _cure_ends


def _remind(runtime: Runtime, connection: Connection, row: Row, conversation: Row, now: datetime) -> None:
    wrapped = cases.wrapped_key(connection, conversation["resident_id"])
    queue(runtime, connection, _REMINDER[row["subject_kind"]], [conversation], now,
          subject_kind=row["subject_kind"], wrapped=wrapped)  # fmt: skip
    ladder.reminder_sent(runtime, connection, conversation, row)
    _journal(connection, conversation, now, "term.reminder_queued")


def _wait(runtime: Runtime, connection: Connection, row: Row, conversation: Row, now: datetime) -> None:
    ladder.refresh(runtime, connection, conversation, row)


def _answer_term_ends(runtime: Runtime, connection: Connection, row: Row, conversation: Row, now: datetime) -> None:
    """The last day has passed: a final notice where the regime wants one, else the end."""
    ladder.end(connection, conversation, row, now)
    if conversation["state"] == settlement.State.CHALLENGED:
        _try_lapse(runtime, connection, conversation, now)
        return
    noticed = ladder.needs_notice(ladder.regime_of(runtime, conversation), row["subject_kind"])
    if row["subject_kind"] == "request":
        event = _REQUEST.TERM_ENDED if noticed else _REQUEST.TERM_ENDED_FOR_GOOD
        _move_request(connection, conversation, event, now)
    else:
        _move_offer(connection, conversation, _OFFER.TERM_ENDED if noticed else _OFFER.TERM_ENDED_FOR_GOOD, now)
    if noticed:
        wrapped = cases.wrapped_key(connection, conversation["resident_id"])
        queue(runtime, connection, _NOTICE[row["subject_kind"]], [conversation], now,
              subject_kind=row["subject_kind"], wrapped=wrapped)  # fmt: skip


def _cure_ends(runtime: Runtime, connection: Connection, row: Row, conversation: Row, now: datetime) -> None:
    ladder.end(connection, conversation, row, now)
    if row["subject_kind"] == "request":
        _move_request(connection, conversation, _REQUEST.CURE_ENDED, now)
    else:
        _try_lapse(runtime, connection, conversation, now)


def _try_lapse(runtime: Runtime, connection: Connection, offer: Row, now: datetime) -> None:
    """
    Only an earned silence lapses. On the road of the unargued refusal both the term to answer and the cure term
    must have passed, so the one that ends first leaves the question to the other (ruling 13).
    """
    if terms.open_of(connection, offer["id"]) is not None or offer["notice_delivered_at"] is None:
        return
    verdict = earned(runtime, connection, offer, now)
    if isinstance(verdict, Earned):
        _move_offer(connection, offer, _OFFER.CURE_ENDED, now, road=verdict.road.value)
    else:
        _move_offer(connection, offer, _OFFER.CURE_ENDED_UNEARNED, now, reasons=list(verdict.reasons))


_REQUEST, _OFFER = statement_request.Event, settlement.Event


def _move_request(connection: Connection, request: Row, event: statement_request.Event, now: datetime) -> None:
    to = statement_request.after(statement_request.State(request["state"]), event)
    statement_requests.change(connection, request["id"], state=to.value)
    _journal(connection, request, now, f"request.{to.value}", regime=request["regime_id"])


def _move_offer(connection: Connection, offer: Row, event: settlement.Event, now: datetime, **facts: object) -> None:
    to = settlement.after(settlement.State(offer["state"]), event)
    proposals.change_offer(connection, offer["id"], state=to.value)
    answer_offer.journal_change(connection, offer, to, now, actor="gateway", facts=facts)


def redefer_lost(runtime: Runtime, now: datetime, *, grace_before: datetime) -> int:
    """Give a job again to every message that lost its own: neither a killed worker nor the engine loses work."""
    with runtime.database.begin() as connection:
        lost = messages.lost(connection, grace_before, limit=BATCH)
        if lost:
            defer_delivery(runtime, connection, lost)
    return len(lost)


def _journal(connection: Connection, conversation: Row, now: datetime, kind: str, **facts: object) -> None:
    journal.append(
        connection,
        now,
        Entry(
            kind=kind,
            actor="gateway",
            case_id=conversation["case_id"],
            resident_id=conversation["resident_id"],
            participant_id=conversation["creditor_id"],
            grant_id=conversation["grant_id"],
            subject_id=conversation["id"],
            facts=facts,
        ),
    )
