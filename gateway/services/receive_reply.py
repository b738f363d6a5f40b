"""
Take in what a creditor answers to a statement request.

The raw bytes are sealed and digested before anything parses them. Two doors only (ruling 16): bytes that
cannot be read at all are *refused*, told at once, and the clock runs on; everything else is *received*, as accepted
or as held. A reply that is not understood is not silence: it stops the clock until a person has looked.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway import adapters
from gateway.adapters import Acknowledgement, Held, NotAnAnswer, ReadContext, Understood, Unreadable
from gateway.consent.decision import Ask, Refusal, Stage
from gateway.domain import statement_request
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.domain.integrity import Problem, Severity
from gateway.domain.statement import Statement, from_dict, to_dict
from gateway.errors import NotFound
from gateway.services import ladder
from gateway.services.gate import gate
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, messages, participants, statement_requests, terms
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

MOST_PROBLEMS = 500
_LONG_NUMBER = re.compile(r"[0-9]{8,}")
CLOCK_STOPS_FOR = 2  # held replies per request that stop the clock; from the third on a person decides (ruling 20)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """
    What became of a reply.

    Args:
        status: "accepted", "held", "quarantined" (received, unread) or "refused" (unreadable).
        problems: Each with code, severity, path and detail; safe to show to the creditor.
    """

    reply_id: UUID
    status: str
    problems: tuple[dict[str, str], ...]


def receive_reply(
    runtime: Runtime, creditor_id: UUID, request_id: UUID, raw: bytes, media_type: str, now: datetime
) -> Taken:
    """
    A reply that a creditor sends by itself.

    Raises:
        NotFound: There is no such request to this creditor.
    """
    with runtime.database.begin() as connection:
        request = statement_requests.get(connection, request_id)
        if request is None or request["creditor_id"] != creditor_id:
            raise NotFound
        cases.lock_resident(connection, request["resident_id"])
        request = ladder.conversation_row(connection, "request", request_id)
        return take_in(runtime, connection, request, raw, media_type, now)


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
            status=earlier["status"],
            problems=tuple(_shown(problem) for problem in earlier["problems"]),
        )
    row = _sealed(runtime, connection, request, raw, media_type, digest, now)
    _journal(connection, request, now, "reply.received", row, digest=digest, bytes=len(raw))
    stopped = statement_request.State(request["state"]) is statement_request.State.STOPPED
    if not _may_be_read(runtime, connection, request, row, now) or stopped:
        return _quarantine(connection, request, row, now)
    answer = _not_taken_in(fault) if fault is not None else _read(runtime, connection, request, raw, media_type, now)
    match answer:
        case Understood():
            return _accept(runtime, connection, request, row, answer, now)
        case Held():
            return _hold(runtime, connection, request, row, answer, now)
        case Unreadable():
            return _refuse(connection, request, row, answer.problems, now)
        case NotAnAnswer(code=code, detail=detail):
            problem = Problem(code=code, severity=Severity.HOLD, path="", detail=detail)
            return _refuse(connection, request, row, (problem,), now)
        case Acknowledgement():
            return _acknowledged(connection, request, row, now)


def _sealed(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    raw: bytes,
    media_type: str,
    digest: str,
    now: datetime,
) -> dict[str, Any]:
    """The raw bytes as a sealed row, before anything looks inside."""
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    reply_id = uuid4()
    return {
        "id": reply_id,
        "request_id": request["id"],
        "resident_id": request["resident_id"],
        "respondent_id": request["creditor_id"],
        "received_at": now,
        "media_type": media_type[:100],
        "digest": digest,
        "raw": runtime.keys.seal(wrapped, raw, table="reply", row=reply_id, column="raw"),
        "problems": [],
        "version": statement_requests.next_version(connection, request["id"]),
        "late": _late(connection, request, now),
    }


def _late(connection: Connection, request: Row, now: datetime) -> bool:
    """After the last day of the term to answer; an answer that is late is an answer all the same (ruling 11)."""
    running = terms.of_subjects(connection, [request["id"]]).get(request["id"], [])
    first = next((row for row in running if row["kind"] == ladder.ANSWER), None)
    return first is not None and first["due_on"] is not None and local_day(now) > first["due_on"]


def _may_be_read(runtime: Runtime, connection: Connection, request: Row, row: dict[str, Any], now: datetime) -> bool:
    """The gate at receiving: an answer to a flow that was withdrawn stays unread."""
    standing = grants.get(connection, request["grant_id"])
    ask = Ask(
        stage=Stage.RECEIVE,
        message_id=request["id"],
        kind=Kind.STATEMENT_REQUEST,
        resident_id=request["resident_id"],
        recipient_id=request["creditor_id"],
        digest=row["digest"],
    )
    purpose = standing[0].purpose if standing is not None else ""
    answer, entry = gate(runtime, ask, purpose, standing, now, case_id=request["case_id"])
    journal.append(connection, now, entry)
    return not isinstance(answer, Refusal)


def _read(
    runtime: Runtime, connection: Connection, request: Row, raw: bytes, media_type: str, now: datetime
) -> adapters.Answer:
    """The creditor's own format, read with its mapping. A fault of ours holds the reply; it never loses it."""
    creditor = participants.get(connection, request["creditor_id"])
    assert creditor is not None  # foreign key
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    known = runtime.unseal(wrapped, request["sealed"], table="statement_request", row=request["id"], column="sealed")
    sent = messages.of_subject(connection, request["id"])
    context = ReadContext(
        received_at=now,
        request_id=str(request["id"]),
        accepted_ids=tuple(str(message["id"]) for message in sent),
        requested_on=local_day(request["asked_at"]),
        creditor_ids=frozenset({f"{creditor['id_kind']}:{creditor['id_value']}"}),
        references=tuple(known["references"]),
        previous=previous_statement(runtime, connection, request, wrapped),
        fingerprint=lambda text: runtime.keys.index(text, purpose="provenance").hex(),
    )
    try:
        return adapters.read(raw, media_type, runtime.settings.format(creditor["format"]), context)
    except Exception as error:  # noqa: BLE001  the bytes are somebody's answer: whatever fails in us, they are kept and seen
        problem = Problem(
            code="not_processed",
            severity=Severity.HOLD,
            path="",
            detail="The gateway could not process this reply; a person will look at it.",
            raw=type(error).__name__,
        )
        return Held(problems=(problem,), provisional=None)


def previous_statement(runtime: Runtime, connection: Connection, request: Row, wrapped: bytes) -> Statement | None:
    """The last good statement on this request, if there is one."""
    row = statement_requests.last_accepted(connection, request["id"])
    if row is None:
        return None
    return from_dict(runtime.unseal(wrapped, row["statement"], table="reply", row=row["id"], column="statement"))


def _not_taken_in(fault: str) -> Held:
    detail = "The answer in the response could not be taken in; send it again by itself."
    return Held(problems=(Problem(code=fault, severity=Severity.HOLD, path="", detail=detail),), provisional=None)


def _accept(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    row: dict[str, Any],
    answer: Understood,
    now: datetime,
) -> Taken:
    state = statement_request.after(statement_request.State(request["state"]), statement_request.Event.ANSWERED)
    _store(runtime, connection, request, row, "accepted", answer.warnings, answer.statement)
    statement_requests.change(
        connection, request["id"], state=state.value, answered_at=now, late=row["late"],
        delivered_at=request["delivered_at"] or now,  # whoever answers has received
    )  # fmt: skip
    ladder.close(connection, request, now, reason="answered")
    messages.cancel_of_subject(connection, request["id"])
    _supersede_held(connection, request, now)
    _journal(
        connection, request, now, "reply.accepted", row,
        outcome=answer.statement.outcome.value, late=row["late"], version=row["version"], mapping=row["mapping"],
    )  # fmt: skip
    return Taken(reply_id=row["id"], status="accepted", problems=_problems(answer.warnings))


def _hold(
    runtime: Runtime, connection: Connection, request: Row, row: dict[str, Any], answer: Held, now: datetime
) -> Taken:
    held_before = request["held_replies"]
    _store(runtime, connection, request, row, "held", answer.problems, answer.provisional)
    statement_requests.change(connection, request["id"], held_replies=held_before + 1)
    stops = held_before < CLOCK_STOPS_FOR
    if stops:
        ladder.suspend(runtime, connection, request, now, reason="reply_held")
    _journal(
        connection, request, now, "reply.held", row,
        codes=sorted({problem.code for problem in answer.problems}), late=row["late"], clock_stopped=stops,
    )  # fmt: skip
    return Taken(reply_id=row["id"], status="held", problems=_problems(answer.problems))


def _refuse(
    connection: Connection, request: Row, row: dict[str, Any], problems: tuple[Problem, ...], now: datetime
) -> Taken:
    shown = _problems(problems)
    statement_requests.add_reply(connection, {**row, "status": "refused", "problems": list(shown)})
    _journal(connection, request, now, "reply.refused", row, codes=sorted({problem.code for problem in problems}))
    return Taken(reply_id=row["id"], status="refused", problems=shown)


def _acknowledged(connection: Connection, request: Row, row: dict[str, Any], now: datetime) -> Taken:
    """'We received your message' is no answer: it is journalled, and the clock runs on."""
    _journal(connection, request, now, "reply.acknowledgement", row)
    return Taken(reply_id=row["id"], status="acknowledged", problems=())


def _quarantine(connection: Connection, request: Row, row: dict[str, Any], now: datetime) -> Taken:
    problem = {
        "code": "permission_ended",
        "severity": Severity.HOLD.value,
        "path": "",
        "detail": "The resident's permission for this exchange has ended; the reply was not opened.",
    }
    statement_requests.add_reply(connection, {**row, "status": "quarantined", "problems": [problem]})
    _journal(connection, request, now, "reply.quarantined", row)
    return Taken(reply_id=row["id"], status="held", problems=(problem,))


def _store(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    row: dict[str, Any],
    status: str,
    problems: tuple[Problem, ...],
    statement: Statement | None,
) -> None:
    """The reply with what was read from it; the offending raw text of a problem is sealed with the statement."""
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    if statement is not None:
        row["statement"] = runtime.seal(wrapped, to_dict(statement), table="reply", row=row["id"], column="statement")
        if statement.provenance is not None:
            provenance = statement.provenance
            row["mapping"] = f"{provenance.mapping_id}@{provenance.mapping_version}#{provenance.mapping_sha256[:12]}"
    row.setdefault("mapping", None)
    statement_requests.add_reply(connection, {**row, "status": status, "problems": list(_problems(problems))})


def _supersede_held(connection: Connection, request: Row, now: datetime) -> None:
    """A good answer makes the earlier one that was not understood moot."""
    for held in statement_requests.held(connection, request["id"]):
        statement_requests.change_reply(connection, held["id"], status="dismissed", dismissed_at=now)


def _problems(problems: tuple[Problem, ...]) -> tuple[dict[str, str], ...]:
    """What is kept of the problems and shown: a person reads no more than that, and a row has its limits."""
    shown = [_shown(asdict(problem)) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        detail = f"There are {len(problems) - MOST_PROBLEMS} problems more; these come first."
        shown.append({"code": "more_problems", "severity": problems[0].severity.value, "path": "", "detail": detail})
    return tuple(shown)


def _shown(problem: Any) -> dict[str, str]:
    """A problem as anybody may see it. The names in a path are the creditor's, so they may be a citizen's number."""
    shown = {name: str(problem[name]) for name in ("code", "severity", "path", "detail")}
    return {**shown, "path": _NINE_DIGITS.sub("*********", shown["path"])}


_NINE_DIGITS = re.compile(r"[0-9]{9}")


def _journal(
    connection: Connection, request: Row, now: datetime, kind: str, row: dict[str, Any], **facts: object
) -> None:
    journal.append(
        connection,
        now,
        Entry(
            kind=kind,
            actor=f"creditor:{request['creditor_id']}",
            case_id=request["case_id"],
            resident_id=request["resident_id"],
            participant_id=request["creditor_id"],
            grant_id=request["grant_id"],
            subject_id=request["id"],
            facts={"reply_id": str(row["id"]), **facts},
        ),
    )
