"""Ask creditors what the resident owes: permission first, then request, journal and job in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.decision import Ask, Permit, Stage
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.domain.statement_request import FINAL, State
from gateway.errors import Fault, Invalid, NoPermission, NotFound
from gateway.services.gate import gate
from gateway.services.outbox import queue
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import cases, grants, journal, participants, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

PURPOSE = "inventory"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One creditor to ask, with what the resident's papers say it calls the debt."""

    creditor_id: UUID
    references: tuple[str, ...] = ()
    customer_number: str | None = None


class NotPermitted(NoPermission, Invalid):
    """The resident has not said yes to every flow in this call; nothing was asked. Record the missing grants first."""

    code = NoPermission.code


def ask_statements(
    runtime: Runtime,
    organisation_id: UUID,
    case_id: UUID,
    asks: Sequence[Asked],
    now: datetime,
    *,
    call: Once | None,
) -> dict[str, Any]:
    """
    Ask all of *asks*, or none of them.

    Returns:
        {"statement_requests": [{"id", "creditor_id", "state"}, ...]} in the order asked.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Invalid: A creditor is unknown, has no address or format, or was asked already.
        NotPermitted: A grant is missing; every missing one is listed. The refusals stay in the journal.
    """
    refusals: list[Fault] = []

    def work(connection: Connection) -> dict[str, Any] | None:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        creditors = _creditors(connection, case_id, asks)
        decided = _decide(runtime, connection, case, asks, creditors, refusals, now)
        if refusals:
            journal.append(connection, now, *(entry for _, _, entry in decided))
            return None
        return _record(runtime, connection, case, asks, creditors, decided, now)

    answer = once(runtime, call, now, work)
    if refusals:
        raise NotPermitted(refusals)
    return answer


def _creditors(connection: Connection, case_id: UUID, asks: Sequence[Asked]) -> list[Row]:
    """The creditors asked, or every fault in the list at once."""
    known = participants.many(connection, {ask.creditor_id for ask in asks})
    asked = {
        row["creditor_id"]
        for row in statement_requests.of_case(connection, case_id)
        if State(row["state"]) not in FINAL
    }
    faults, seen, found = [], set(), []
    for index, ask in enumerate(asks):
        pointer = f"/requests/{index}/creditor_id"
        creditor = known.get(ask.creditor_id)
        if creditor is None or creditor["kind"] == "counsellor":
            faults.append(Fault(pointer=pointer, code="unknown", detail="There is no such creditor."))
        elif creditor["endpoint"] is None or creditor["format"] is None:
            detail = "This creditor has no address or format yet; an administrator must add them."
            faults.append(Fault(pointer=pointer, code="no_channel", detail=detail))
        elif ask.creditor_id in asked:
            detail = "This creditor was asked already in this case; look at that request."
            faults.append(Fault(pointer=pointer, code="already_asked", detail=detail))
        elif ask.creditor_id in seen:
            faults.append(Fault(pointer=pointer, code="twice", detail="This creditor is in the list twice."))
        else:
            found.append(creditor)
        seen.add(ask.creditor_id)
    if faults:
        raise Invalid(faults)
    return found


def _decide(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    asks: Sequence[Asked],
    creditors: Sequence[Row],
    refusals: list[Fault],
    now: datetime,
) -> list[tuple[UUID, UUID, Entry]]:
    """The gate's answer for each creditor; one statement fetches every grant."""
    standings = grants.latest(connection, case["id"], PURPOSE, [row["id"] for row in creditors])
    decided = []
    for index, creditor in enumerate(creditors):
        ask = Ask(
            stage=Stage.ASK,
            message_id=uuid4(),
            kind=Kind.STATEMENT_REQUEST,
            resident_id=case["resident_id"],
            recipient_id=creditor["id"],
        )
        answer, entry = gate(runtime, ask, PURPOSE, standings.get(creditor["id"]), now, case_id=case["id"])
        if isinstance(answer, Permit):
            decided.append((ask.message_id, answer.grant_id, entry))
            continue
        refusals.append(
            Fault(
                pointer=f"/requests/{index}/creditor_id",
                code=answer.reason.value,
                detail="The resident has not said yes to asking this creditor, or the yes has ended.",
            )
        )
        decided.append((ask.message_id, ask.message_id, entry))
    return decided


def _record(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    asks: Sequence[Asked],
    creditors: Sequence[Row],
    decided: Sequence[tuple[UUID, UUID, Entry]],
    now: datetime,
) -> dict[str, Any]:
    """Requests, journal and jobs, in the transaction that holds the permissions."""
    wrapped = cases.wrapped_key(connection, case["resident_id"])
    rows, entries = [], []
    for ask, creditor, (request_id, grant_id, decision) in zip(asks, creditors, decided, strict=True):
        row = _row(runtime, case, ask, creditor, request_id, grant_id, wrapped, now)
        rows.append(row)
        entries += [decision, _asked(organisation=case["organisation_id"], row=row)]
    statement_requests.add(connection, rows)
    journal.append(connection, now, *entries)
    queue(runtime, connection, Kind.STATEMENT_REQUEST, rows, now, subject_kind="request", wrapped=wrapped)
    return {
        "statement_requests": [
            {"id": str(row["id"]), "creditor_id": str(row["creditor_id"]), "state": row["state"]} for row in rows
        ]
    }


def _row(
    runtime: Runtime,
    case: Row,
    ask: Asked,
    creditor: Row,
    request_id: UUID,
    grant_id: UUID,
    wrapped: bytes,
    now: datetime,
) -> dict[str, Any]:
    today = local_day(now)
    policy = runtime.settings.policies.select("statement", creditor["regime_group"], today)
    regime = runtime.settings.regimes.in_force(creditor["regime_group"], today)
    known = {"references": list(ask.references), "customer_number": ask.customer_number}
    return {
        "id": request_id,
        "case_id": case["id"],
        "resident_id": case["resident_id"],
        "creditor_id": creditor["id"],
        "grant_id": grant_id,
        "state": State.QUEUED.value,
        "regime_id": regime.id,
        "regime_version": regime.version,
        "policy_id": policy.id,
        "policy_version": policy.version,
        "sealed": runtime.seal(wrapped, known, table="statement_request", row=request_id, column="sealed"),
        "asked_at": now,
    }


def _asked(*, organisation: UUID, row: Row) -> Entry:
    return Entry(
        kind="request.asked",
        actor=f"counsellor-organisation:{organisation}",
        case_id=row["case_id"],
        resident_id=row["resident_id"],
        participant_id=row["creditor_id"],
        grant_id=row["grant_id"],
        subject_id=row["id"],
        facts={
            "regime": f"{row['regime_id']}@{row['regime_version']}",
            "policy": f"{row['policy_id']}@{row['policy_version']}",
        },
    )
