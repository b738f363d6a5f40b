"""
Take in what a creditor answers to a statement request.

The raw bytes are sealed and digested before anything parses them. Two doors only (ruling 16): bytes that
cannot be read at all are *refused*, told at once, and the clock runs on; everything else is *received*, as accepted
or as held. A reply that is not understood is not silence: it stops the clock until a person has looked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway import adapters
from gateway.adapters import Format, Held, NotAnAnswer, ReadContext
from gateway.consent.decision import Ask, Refusal, Stage
from gateway.domain import statement_request
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.domain.integrity import Problem, Severity, no_answer
from gateway.domain.statement import Statement, from_dict
from gateway.errors import Conflict, GatewayError, NotFound
from gateway.services import ladder
from gateway.services.gate import gate
from gateway.services.runtime import Runtime
from gateway.services.settle_reply import Taken, note, settle, shown_problem
from gateway.storage import cases, grants, journal, messages, participants, statement_requests, terms
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

MOST_REPLIES = 1_000  # far above any honest correspondence about one request; what it bounds is what one may fill


def receive_reply(
    runtime: Runtime, creditor_id: UUID, request_id: UUID, raw: bytes, media_type: str, now: datetime
) -> Taken:
    """
    A reply that a creditor sends by itself.

    Raises:
        NotFound: There is no such request to this creditor.
        Conflict: There are more replies to this request than we keep; nothing was kept of this one.
    """
    with runtime.database.begin() as connection:
        request = statement_requests.get(connection, request_id)
        if request is None or request["creditor_id"] != creditor_id:
            raise NotFound
        cases.lock_resident(connection, request["resident_id"])
        request = ladder.conversation_row(connection, "request", request_id)
        taken = take_in(runtime, connection, request, raw, media_type, now)
    if taken.status == "too_many":
        raise Conflict(
            f"There are {MOST_REPLIES} replies to this request already; this one was not kept. Stop your system from "
            "sending on, and call us."
        )
    return taken


def take_in(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    raw: bytes,
    media_type: str,
    now: datetime,
    *,
    fault: str | None = None,
) -> Taken:
    """
    The reply as one transaction sees it; the caller holds the resident and the request.

    Args:
        fault: Why the body of an answer could not be taken in at all, such as "too_large".
    """
    digest = runtime.keys.digest(raw)
    earlier = statement_requests.same_reply(connection, request["id"], digest)
    if earlier is not None and fault is None:
        return Taken(
            reply_id=earlier["id"],
            status="held" if earlier["status"] == "quarantined" else earlier["status"],
            problems=tuple(shown_problem(problem) for problem in earlier["problems"]),
        )
    row = sealed_reply(runtime, connection, request, raw, media_type, digest, now)
    if row["version"] > MOST_REPLIES:
        return Taken(reply_id=row["id"], status="too_many", problems=())
    note(connection, request, now, "reply.received", row, digest=digest, bytes=len(raw))
    refusal, decision = may_be_read(runtime, connection, request, digest, now)
    journal.append(connection, now, decision)
    stopped = statement_request.State(request["state"]) is statement_request.State.STOPPED
    if refusal is not None or stopped:
        return _quarantine(connection, request, row, now)
    if fault is not None:
        return settle(runtime, connection, request, row, _not_taken_in(fault), now)
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    previous = previous_statement(runtime, connection, request, wrapped)
    creditor = participants.get(connection, request["creditor_id"])
    assert creditor is not None  # foreign key
    context = read_context(runtime, connection, request, creditor, wrapped, previous, received_at=now)
    format = _format_of(runtime, creditor)
    row["mapping"] = format.identity if format is not None else None
    return settle(runtime, connection, request, row, read_reply(raw, media_type, format, context), now)


def sealed_reply(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    raw: bytes,
    media_type: str,
    digest: str,
    received_at: datetime,
) -> dict[str, Any]:
    """The raw bytes as a sealed row, before anything looks inside; not stored yet."""
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    reply_id = uuid4()
    return {
        "id": reply_id,
        "request_id": request["id"],
        "resident_id": request["resident_id"],
        "respondent_id": request["creditor_id"],
        "received_at": received_at,
        "media_type": media_type[:100],
        "digest": digest,
        "raw": runtime.keys.seal(wrapped, raw, table="reply", row=reply_id, column="raw"),
        "problems": [],
        "version": statement_requests.next_version(connection, request["id"]),
        "late": _late(connection, request, received_at),
        "origin": "creditor",
        "mapping": None,
    }


def _late(connection: Connection, request: Row, now: datetime) -> bool:
    """After the last day of the term to answer; an answer that is late is an answer all the same (ruling 11)."""
    running = terms.of_subjects(connection, [request["id"]]).get(request["id"], [])
    first = next((row for row in running if row["kind"] == ladder.ANSWER), None)
    return first is not None and first["due_on"] is not None and local_day(now) > first["due_on"]


def may_be_read(
    runtime: Runtime, connection: Connection, request: Row, digest: str, now: datetime
) -> tuple[Refusal | None, Entry]:
    """The gate at receiving, with its journal entry: an answer to a flow that was withdrawn stays unread."""
    standing = grants.get(connection, request["grant_id"])
    ask = Ask(
        stage=Stage.RECEIVE,
        message_id=request["id"],
        kind=Kind.STATEMENT_REQUEST,
        resident_id=request["resident_id"],
        recipient_id=request["creditor_id"],
        digest=digest,
    )
    purpose = standing[0].purpose if standing is not None else ""
    answer, entry = gate(runtime, ask, purpose, standing, now, case_id=request["case_id"])
    return (answer if isinstance(answer, Refusal) else None), entry


def read_context(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    creditor: Row,
    wrapped: bytes,
    previous: Statement | None,
    *,
    received_at: datetime,
) -> ReadContext:
    """What is known beside the bytes of a reply to *request*."""
    known = runtime.unseal(wrapped, request["sealed"], table="statement_request", row=request["id"], column="sealed")
    sent = messages.of_subject(connection, request["id"])
    return ReadContext(
        received_at=received_at,
        request_id=str(request["id"]),
        accepted_ids=tuple(str(message["id"]) for message in sent),
        requested_on=local_day(request["asked_at"]),
        creditor_ids=frozenset({f"{creditor['id_kind']}:{creditor['id_value']}"}),
        references=tuple(known["references"]),
        previous=previous,
        legal_rates=runtime.settings.legal_rates,
        fingerprint=lambda text: runtime.keys.index(text, purpose="provenance").hex(),
    )


def read_reply(raw: bytes, media_type: str, format: Format | None, context: ReadContext) -> adapters.Answer:
    """The creditor's own format, read with its mapping. A fault of ours holds the reply; it never loses it."""
    if (reason := no_answer(media_type, raw)) is not None:
        return NotAnAnswer(code="R3", detail=reason)
    try:
        if format is None:
            return _not_processed("ConfigurationError")
        return adapters.read(raw, media_type, format, context)
    except Exception as error:  # noqa: BLE001  the bytes are somebody's answer: whatever fails in us, they are kept and seen
        return _not_processed(type(error).__name__)


def previous_statement(
    runtime: Runtime, connection: Connection, request: Row, wrapped: bytes, *, before: Row | None = None
) -> Statement | None:
    """The last good statement on this request, or the last that came in before the reply *before*."""
    row = statement_requests.last_accepted(connection, request["id"], before=before)
    if row is None:
        return None
    return from_dict(runtime.unseal(wrapped, row["statement"], table="reply", row=row["id"], column="statement"))


def _format_of(runtime: Runtime, creditor: Row) -> Format | None:
    """The creditor's format; None when the configuration does not hold it, so that the reply is kept and seen."""
    try:
        return runtime.settings.format(creditor["format"])
    except GatewayError:
        return None


def _not_processed(kind: str) -> Held:
    problem = Problem(
        code="not_processed",
        severity=Severity.HOLD,
        path="",
        detail="The gateway could not process this reply; a person will look at it.",
        raw=kind,
    )
    return Held(problems=(problem,), provisional=None)


def _not_taken_in(fault: str) -> Held:
    detail = "The answer in the response could not be taken in; send it again by itself."
    return Held(problems=(Problem(code=fault, severity=Severity.HOLD, path="", detail=detail),), provisional=None)


def _quarantine(connection: Connection, request: Row, row: dict[str, Any], now: datetime) -> Taken:
    problem = {
        "code": "permission_ended",
        "severity": Severity.HOLD.value,
        "path": "",
        "detail": "The resident's permission for this exchange has ended; the reply was not opened.",
    }
    statement_requests.add_reply(connection, {**row, "status": "quarantined", "problems": [problem]})
    note(connection, request, now, "reply.quarantined", row)
    return Taken(reply_id=row["id"], status="held", problems=(problem,))
