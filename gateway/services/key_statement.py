"""
A person types a statement in from a paper letter; a second person reads the letter too, before it counts.

The second reading is blind: whoever checks sends what they read themselves, and only what does not match is named,
never the figure that the first person typed. From the moment of typing the creditor is not silent: the term stands
still until the statement counts or is put aside. Each step is journalled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.adapters import ReadContext
from gateway.adapters.transforms import citizen_numbers
from gateway.domain import integrity, statement_request
from gateway.domain.deadlines import end_of_day, local_day
from gateway.domain.integrity import IntegrityContext, Problem, Severity
from gateway.domain.statement import (
    Outcome,
    Provenance,
    ProvenanceMethod,
    Statement,
    debt_total,
    statement_total,
    to_dict,
)
from gateway.errors import Conflict, Fault, Invalid, NoPermission
from gateway.messages.keyed_statement import statement_from
from gateway.services import ladder
from gateway.services.ownership import held_reply, held_request, named_counsellor
from gateway.services.receive_reply import (
    MOST_REPLIES,
    may_be_read,
    previous_statement,
    read_context,
    sealed_reply,
)
from gateway.services.runtime import Runtime
from gateway.services.settle_reply import accept, keep, note, shown_problems
from gateway.storage import cases, journal, participants, statement_requests
from gateway.storage.database import Connection, Row

_REFERENCES = ("reference", "requested_reference", "customer_number", "creditor_message_id", "number")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """
    What a person typed.

    Args:
        received_on: The Dutch day on which the letter came in; it decides whether the answer is late.
        page_reference: Where in the paper it stands; sealed.
        document: The statement in the canonical form, without what the gateway makes itself.
        raw: The bytes of the whole call, which are sealed and digested as a reply's are.
    """

    keyed_by: UUID
    received_on: date
    page_reference: str
    document: Mapping[str, Any]
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class SecondReading:
    """
    What the second person read from the same letter, before they saw what was typed.

    Args:
        reason: Why they do not agree: a code.
        debt_totals: (reference, cents) of every debt, instead of the grand total.
    """

    counsellor_id: UUID
    agrees: bool
    reason: str | None = None
    outcome: str | None = None
    grand_total_cents: int | None = None
    debt_totals: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What became of it: "accepted", or still "keyed" with what differs."""

    status: str
    differs: tuple[Fault, ...] = ()


def key_statement(
    runtime: Runtime, organisation_id: UUID, request_id: UUID, typed: Typed, now: datetime
) -> dict[str, Any]:
    """
    Keep what was typed; it counts for nothing until a second person has checked it.

    Returns:
        {"reply_id", "status": "keyed", "problems": warnings}.

    Raises:
        NotFound: There is no such request in a case of this organisation.
        Invalid: The counsellor or the day is wrong, or the statement has faults or breaks a rule; all are listed.
        Conflict: Another one waits for its check, or no answer is expected any more.
        NoPermission: The resident's permission has ended; nothing was kept.
    """
    with runtime.database.begin() as connection:
        request = held_request(connection, organisation_id, request_id)
        named_counsellor(connection, organisation_id, typed.keyed_by, pointer="/keyed_by")
        _refuse_odd_day(request, typed.received_on, now)
        digest = runtime.keys.digest(typed.raw)
        permitted = _permitted(runtime, connection, request, digest, now)
        if permitted:
            return _keep(runtime, connection, request, typed, digest, now)
    raise NoPermission


def check_statement(
    runtime: Runtime, organisation_id: UUID, reply_id: UUID, reading: SecondReading, now: datetime
) -> Checked:
    """
    A second person's reading of the letter: what matches to the cent becomes an accepted reply.

    Twice by the same person answers the same.

    Raises:
        NotFound: There is no such reply in a case of this organisation.
        Conflict: It does not wait for a check.
        Invalid: The counsellor is unknown or typed it in; or what was read is not complete.
        NoPermission: The resident's permission has ended; it stays as it is.
    """
    with runtime.database.begin() as connection:
        reply, request = held_reply(connection, organisation_id, reply_id)
        named_counsellor(connection, organisation_id, reading.counsellor_id, pointer="/counsellor_id")
        if reply["status"] == "accepted" and reply["checked_by"] == reading.counsellor_id and reading.agrees:
            return Checked(status="accepted")
        if reply["status"] != "keyed":
            raise Conflict("This reply does not wait for a check; look at the case again.")
        _refuse_incomplete(reply, reading)
        if _permitted(runtime, connection, request, reply["digest"], now):
            return _checked(runtime, connection, request, reply, reading, now)
    raise NoPermission


def _refuse_odd_day(request: Row, received_on: date, now: datetime) -> None:
    """A letter in answer to our question came after the question, and not tomorrow."""
    if received_on > local_day(now):
        detail = "Send the day on which the letter came in; this day is still to come."
        raise Invalid([Fault(pointer="/received_on", code="future", detail=detail)])
    if received_on < local_day(request["asked_at"]):
        detail = "This day is before the question was asked, so the letter is no answer to it."
        raise Invalid([Fault(pointer="/received_on", code="too_early", detail=detail)])


def _permitted(runtime: Runtime, connection: Connection, request: Row, digest: str, now: datetime) -> bool:
    """The gate at receiving, journalled; paper is read under the same permission as bytes (promise 1)."""
    refusal, decision = may_be_read(runtime, connection, request, digest, now)
    journal.append(connection, now, decision)
    return refusal is None and statement_request.State(request["state"]) is not statement_request.State.STOPPED


def _keep(
    runtime: Runtime, connection: Connection, request: Row, typed: Typed, digest: str, now: datetime
) -> dict[str, Any]:
    if any(row["status"] == "keyed" for row in statement_requests.held(connection, request["id"])):
        raise Conflict("Another statement for this request waits for its check; check it or dismiss it first.")
    if not statement_request.possible(statement_request.State(request["state"]), statement_request.Event.ANSWERED):
        raise Conflict("No answer to this request is expected any more; ask again first.")
    received_at = _came_in(typed.received_on, now)
    row = sealed_reply(runtime, connection, request, typed.raw, "application/json", digest, received_at)
    if row["version"] > MOST_REPLIES:
        raise Conflict("There are too many replies to this request; call the administrator.")
    row |= {"origin": "keyed", "keyed_by": typed.keyed_by}
    statement = _statement(row, typed.raw, typed.document, typed.page_reference)
    warnings = _warnings(runtime, connection, request, row, statement)
    keep(runtime, connection, request, row, "keyed", warnings, None)  # what was typed is in the sealed bytes alone
    actor = f"counsellor:{typed.keyed_by}"
    note(connection, request, now, "statement.keyed", row, actor=actor, digest=digest, late=row["late"])
    ladder.suspend(runtime, connection, request, now, reason="statement_keyed")
    return {"reply_id": str(row["id"]), "status": "keyed", "problems": list(shown_problems(warnings))}


def _statement(
    row: Row, raw: bytes, document: Any, page_reference: str, *, checked_by: UUID | None = None
) -> Statement:
    """
    The statement that was typed in.

    Raises:
        Invalid: Every fault with its place.
    """
    return statement_from(
        document,
        pointer="/statement",
        request_id=str(row["request_id"]),
        received_at=row["received_at"],
        provenance=Provenance(
            raw_sha256=row["digest"],
            raw_bytes=len(raw),
            media_type=row["media_type"],
            method=ProvenanceMethod.KEYED_BY_PERSON,
            keyed_by=str(row["keyed_by"]),
            checked_by=str(checked_by) if checked_by is not None else None,
            page_reference=page_reference,
        ),
    )


def _came_in(received_on: date, now: datetime) -> datetime:
    """The instant that stands for a day of post: its last one, or now when the day is not over."""
    return min(now, end_of_day(received_on) - timedelta(microseconds=1))


def _warnings(
    runtime: Runtime, connection: Connection, request: Row, row: Row, statement: Statement
) -> tuple[Problem, ...]:
    """
    What the rules find and is no reason to stop.

    Raises:
        Invalid: Something would hold a reply of the creditor's own, or a citizen's number was typed in; all is listed.
    """
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    creditor = participants.get(connection, request["creditor_id"])
    assert creditor is not None  # foreign key
    previous = previous_statement(runtime, connection, request, wrapped, before=row)
    context = read_context(runtime, connection, request, creditor, wrapped, previous, received_at=row["received_at"])
    found = integrity.check(statement, _for_rules(context))
    faults = [
        Fault(pointer=f"/statement{problem.path}", code=problem.code, detail=problem.detail)
        for problem in found
        if problem.severity is Severity.HOLD
    ]
    faults += _citizen_numbers(statement)
    if faults:
        raise Invalid(faults, "The statement does not hold together; compare it with the letter.")
    return found


def _for_rules(context: ReadContext) -> IntegrityContext:
    """What is known beside the statement, as the rules want it: the same as for a reply in a creditor's own format."""
    return IntegrityContext(**{one.name: getattr(context, one.name) for one in fields(IntegrityContext)})


def _citizen_numbers(statement: Statement) -> list[Fault]:
    """Where a text holds a number that looks like a BSN; what a creditor calls the resident by is its own business."""
    detail = "This looks like a citizen service number; leave it out."
    waiting: list[tuple[str, Any]] = [("/statement", to_dict(statement, origins=False))]
    found = []
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(f"{pointer}/{name}", part) for name, part in value.items() if name != "provenance"]
        elif isinstance(value, list):
            waiting += [(f"{pointer}/{index}", part) for index, part in enumerate(value)]
        elif isinstance(value, str) and pointer.rpartition("/")[2] not in _REFERENCES and citizen_numbers(value):
            found.append(Fault(pointer=pointer, code="R16", detail=detail))
    return found


def _refuse_incomplete(reply: Row, reading: SecondReading) -> None:
    """Four eyes, and a reading that could differ: a click alone is none."""
    if reading.counsellor_id == reply["keyed_by"]:
        detail = "Somebody else than who typed it in must check it."
        raise Invalid([Fault(pointer="/counsellor_id", code="same_person", detail=detail)])
    if not reading.agrees:
        if reading.reason is None:
            detail = "Say why: another_letter, cannot_read, figures_differ or other."
            raise Invalid([Fault(pointer="/reason", code="required", detail=detail)])
        return
    if reading.outcome is None:
        detail = "Send the kind of answer that you read in the letter."
        raise Invalid([Fault(pointer="/outcome", code="required", detail=detail)])
    if reading.outcome == Outcome.STATEMENT and (reading.grand_total_cents is None) == (reading.debt_totals is None):
        detail = "Send what you read in the letter: either the grand total, or the total of every debt."
        raise Invalid([Fault(pointer="/grand_total_cents", code="required", detail=detail)])


def _checked(
    runtime: Runtime, connection: Connection, request: Row, reply: Row, reading: SecondReading, now: datetime
) -> Checked:
    actor = f"counsellor:{reading.counsellor_id}"
    if not reading.agrees:
        note(connection, request, now, "statement.check_refused", reply, actor=actor, reason=reading.reason)
        return Checked(status="keyed")
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    raw = runtime.keys.open(wrapped, bytes(reply["raw"]), table="reply", row=reply["id"], column="raw")
    body = json.loads(raw)
    typed = _statement(reply, raw, body["statement"], body["page_reference"], checked_by=reading.counsellor_id)
    differs = differences(typed, reading)
    if differs:
        places = [fault.pointer for fault in differs]
        note(connection, request, now, "statement.check_differed", reply, actor=actor, places=places)
        return Checked(status="keyed", differs=differs)
    warnings = _warnings(runtime, connection, request, reply, typed)
    note(connection, request, now, "statement.checked", reply, actor=actor, keyed_by=str(reply["keyed_by"]))
    checked = {**reply, "checked_by": reading.counsellor_id}
    accept(runtime, connection, request, checked, typed, warnings, now, actor=actor, stored=True)
    return Checked(status="accepted")


def differences(typed: Statement, reading: SecondReading) -> tuple[Fault, ...]:
    """Where two people read the letter otherwise; never what the first one read, or the second could repeat it."""
    found = []
    if reading.outcome != typed.outcome.value:
        found.append(_differs("/outcome", "Another kind of answer was typed in."))
    if reading.grand_total_cents is not None and reading.grand_total_cents != _grand_total(typed):
        found.append(_differs("/grand_total_cents", "Another grand total was typed in."))
    if reading.debt_totals is not None:
        totals = {debt.reference: debt_total(debt) for debt in typed.debts}
        for index, (reference, cents) in enumerate(reading.debt_totals):
            if reference not in totals:
                found.append(_differs(f"/debt_totals/{index}/reference", "No debt was typed in under this reference."))
            elif totals[reference] != cents:
                found.append(_differs(f"/debt_totals/{index}/total_cents", "Another total of this debt was typed in."))
        if set(totals) - {reference for reference, _ in reading.debt_totals}:
            found.append(_differs("/debt_totals", "More debts were typed in than you read."))
    return tuple(found)


def _grand_total(statement: Statement) -> int:
    stated = statement.total_stated_cents
    return stated if stated is not None else statement_total(statement)


def _differs(pointer: str, detail: str) -> Fault:
    return Fault(pointer=pointer, code="differs", detail=f"{detail} Read the letter once more, both of you.")
