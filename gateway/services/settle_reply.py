"""
What becomes of a reply once it was read: accepted, held, refused, or only an acknowledgement.

One road for a reply that just came in, for one that a mended mapping reads anew, and for one that a person keyed in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.adapters import Acknowledgement, Answer, Held, NotAnAnswer, Understood, Unreadable
from gateway.domain import statement_request
from gateway.domain.integrity import Problem, Severity
from gateway.domain.statement import Statement, to_dict
from gateway.domain.statement.liability import others_are_bound
from gateway.domain.statement.origins import pack
from gateway.services import ladder
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, messages, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

MOST_PROBLEMS = 500
LONGEST_VALUE = 200  # characters of an offending value that are kept beside its problem
CLOCK_STOPS_FOR = 2  # held replies per request that stop the clock; from the third on a person decides (ruling 20)
_NINE_DIGITS = re.compile(r"[0-9]{9}")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """
    What became of a reply.

    Args:
        status: "accepted", "held" (also when it stayed unread), "acknowledged", "refused" (unreadable) or "too_many".
        problems: Each with code, severity, path and detail; safe to show to the creditor.
    """

    reply_id: UUID
    status: str
    problems: tuple[dict[str, str], ...]


def settle(
    runtime: Runtime, connection: Connection, request: Row, row: dict[str, Any], answer: Answer, now: datetime
) -> Taken:
    """
    Keep a reply that came in just now with what was read from it, and do what follows from that.

    Args:
        request: Locked, and its resident too.
        row: The reply with its sealed bytes, not stored yet.
    """
    match answer:
        case Understood(statement=statement, warnings=warnings):
            accept(runtime, connection, request, row, statement, warnings, now)
            return Taken(reply_id=row["id"], status="accepted", problems=shown_problems(warnings))
        case Held(problems=problems, provisional=provisional):
            return _hold(runtime, connection, request, row, problems, provisional, now)
        case Unreadable(problems=problems):
            return _refuse(connection, request, row, problems, now)
        case NotAnAnswer(code=code, detail=detail):
            problem = Problem(code=code, severity=Severity.HOLD, path="", detail=detail)
            return _refuse(connection, request, row, (problem,), now)
        case Acknowledgement():
            return _acknowledged(connection, request, row, now)


def accept(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    row: dict[str, Any],
    statement: Statement,
    warnings: Sequence[Problem],
    now: datetime,
    *,
    actor: str | None = None,
    stored: bool = False,
) -> None:
    """
    The reply is a good answer: the request is answered, its terms and messages are over.

    An answer that came in before another good one does not make the request as late as it was itself.

    Args:
        actor: Who made it count, when that was not the creditor by sending it.
        stored: The row is in the database already, as held or keyed.
        now: The moment at which it starts to count; when it came in is in the row.
    """
    state = statement_request.after(statement_request.State(request["state"]), statement_request.Event.ANSWERED)
    keep(runtime, connection, request, row, "accepted", warnings, statement, stored=stored)
    answered: dict[str, Any] = {"state": state.value}
    if request["answered_at"] is None or row["received_at"] >= request["answered_at"]:
        answered |= {"answered_at": row["received_at"], "late": row["late"]}
    if request["delivered_at"] is None:
        answered["delivered_at"] = row["received_at"]  # whoever answers has received
    statement_requests.change(connection, request["id"], **answered)
    ladder.close(connection, request, now, reason="answered")
    messages.cancel_of_subject(connection, request["id"])
    _supersede_held(connection, request, row, now)
    note(
        connection, request, now, "reply.accepted", row, actor=actor,
        outcome=statement.outcome.value, late=row["late"], version=row["version"], mapping=row["mapping"],
    )  # fmt: skip


_OF_ANOTHER_REQUEST = ("R4", "/request_id")


def keep(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    row: dict[str, Any],
    status: str,
    problems: Sequence[Problem],
    statement: Statement | None,
    *,
    stored: bool = False,
) -> None:
    """
    Write the row with what was read; statement and offending values are sealed, codes and places are not.

    Of a reply that names another request nothing is kept as read: it may be about another resident (ruling 22).
    """
    if any((problem.code, problem.path) == _OF_ANOTHER_REQUEST for problem in problems):
        statement = None
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    read: dict[str, Any] = {
        "status": status,
        "problems": list(shown_problems(problems)),
        "mapping": row.get("mapping"),
        "statement": None,
        "origins": None,
        "offending": None,
        "others_bound": others_are_bound(statement) if statement is not None else None,
    }
    if statement is not None:
        plain = to_dict(statement, origins=False)
        read["statement"] = runtime.seal(wrapped, plain, table="reply", row=row["id"], column="statement")
    if statement is not None and statement.provenance is not None:
        # Apart from the statement: they are many times longer, and most who read a statement do not ask for them.
        packed = pack(statement.provenance.fields.items())
        read["origins"] = runtime.keys.seal(wrapped, packed, table="reply", row=row["id"], column="origins")
    values = _offending(problems)
    if values:
        read["offending"] = runtime.seal(wrapped, values, table="reply", row=row["id"], column="offending")
    row |= read
    if stored:
        by = {name: row.get(name) for name in ("origin", "checked_by")}
        statement_requests.change_reply(connection, row["id"], **by, **read)
    else:
        statement_requests.add_reply(connection, row)


def shown_problems(problems: Sequence[Problem]) -> tuple[dict[str, str], ...]:
    """What is kept of the problems and shown: a person reads no more than that, and a row has its limits."""
    shown = [shown_problem(asdict(problem)) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        detail = f"There are {len(problems) - MOST_PROBLEMS} problems more; these come first."
        shown.append({"code": "more_problems", "severity": problems[0].severity.value, "path": "", "detail": detail})
    return tuple(shown)


def shown_problem(problem: Any) -> dict[str, str]:
    """A problem as anybody may see it. The names in a path are the creditor's, so they may be a citizen's number."""
    shown = {name: str(problem[name]) for name in ("code", "severity", "path", "detail")}
    return {**shown, "path": _without_numbers(shown["path"])}


def note(
    connection: Connection,
    request: Row,
    now: datetime,
    kind: str,
    row: Row,
    *,
    actor: str | None = None,
    **facts: object,
) -> None:
    """One journal entry about a reply; without another actor it is the creditor's doing."""
    journal.append(
        connection,
        now,
        Entry(
            kind=kind,
            actor=actor or f"creditor:{request['creditor_id']}",
            case_id=request["case_id"],
            resident_id=request["resident_id"],
            participant_id=request["creditor_id"],
            grant_id=request["grant_id"],
            subject_id=request["id"],
            facts={"reply_id": str(row["id"]), **facts},
        ),
    )


def _hold(
    runtime: Runtime,
    connection: Connection,
    request: Row,
    row: dict[str, Any],
    problems: tuple[Problem, ...],
    provisional: Statement | None,
    now: datetime,
) -> Taken:
    held_before = request["held_replies"]
    keep(runtime, connection, request, row, "held", problems, provisional)
    statement_requests.change(connection, request["id"], held_replies=held_before + 1)
    stops = held_before < CLOCK_STOPS_FOR
    if stops:
        ladder.suspend(runtime, connection, request, now, reason="reply_held")
    note(
        connection, request, now, "reply.held", row,
        codes=sorted({problem.code for problem in problems}), late=row["late"], clock_stopped=stops,
    )  # fmt: skip
    return Taken(reply_id=row["id"], status="held", problems=shown_problems(problems))


def _refuse(
    connection: Connection, request: Row, row: dict[str, Any], problems: tuple[Problem, ...], now: datetime
) -> Taken:
    shown = shown_problems(problems)
    statement_requests.add_reply(connection, {**row, "status": "refused", "problems": list(shown)})
    note(connection, request, now, "reply.refused", row, codes=sorted({problem.code for problem in problems}))
    return Taken(reply_id=row["id"], status="refused", problems=shown)


def _acknowledged(connection: Connection, request: Row, row: dict[str, Any], now: datetime) -> Taken:
    """'We received your message' is no answer: it is kept and journalled, and the clock runs on."""
    statement_requests.add_reply(connection, {**row, "status": "acknowledged", "problems": []})
    note(connection, request, now, "reply.acknowledgement", row)
    return Taken(reply_id=row["id"], status="acknowledged", problems=())


def _supersede_held(connection: Connection, request: Row, row: Row, now: datetime) -> None:
    """A good answer makes moot what came before it and was not understood; never what came after it."""
    for held in statement_requests.held(connection, request["id"]):
        if held["id"] != row["id"] and held["received_at"] <= row["received_at"]:
            statement_requests.change_reply(connection, held["id"], status="dismissed", dismissed_at=now)
            note(connection, request, now, "reply.dismissed", held, actor="gateway", reason="answered")


def _offending(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """The values that problems speak of, for a counsellor who asks; nine digits in a row stay away from them too."""
    return [
        {
            "code": problem.code,
            "path": _without_numbers(problem.path),
            "value": _without_numbers(problem.raw)[:LONGEST_VALUE],
        }
        for problem in problems[:MOST_PROBLEMS]
        if problem.raw is not None and problem.code != "R16"  # a citizen service number is nobody's to look up
    ]


def _without_numbers(text: str) -> str:
    return _NINE_DIGITS.sub("*********", text)
