"""Ask creditors what the resident owes: permission first, then request, journal and job in one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.decision import Ask, Permit, Reason, Stage
from gateway.consent.flows import Flow
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
    """
    One creditor to ask, with what the resident's papers say it calls the debt.

    Args:
        purpose: The flow; None = the inventory, or the flow that is made for this kind of creditor.
        since: The earliest day that the answer may go back to; None = what stands on the day of answering.
    """

    creditor_id: UUID
    references: tuple[str, ...] = ()
    customer_number: str | None = None
    purpose: str | None = None
    since: date | None = None


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
        return ask_in(runtime, connection, case, asks, refusals, now)

    answer = once(runtime, call, now, work)
    if refusals:
        raise NotPermitted(refusals)
    return answer


def ask_in(
    runtime: Runtime, connection: Connection, case: Row, asks: Sequence[Asked], refusals: list[Fault], now: datetime
) -> dict[str, Any] | None:
    """
    As `ask_statements`, in the caller's transaction, which holds the resident.

    Args:
        refusals: What the gate refuses is added here; then nothing was asked, and the answer is None.

    Raises:
        Invalid: As for `ask_statements`.
    """
    known = participants.many(connection, {ask.creditor_id for ask in asks})
    flows = runtime.settings.flows
    purposes = {
        ask.creditor_id: ask.purpose or flows.towards(PURPOSE, known[ask.creditor_id]["sector"])
        for ask in asks
        if ask.creditor_id in known
    }
    once_only = {creditor: purpose for creditor, purpose in purposes.items() if not _looks_back(flows.of(purpose))}
    creditors = _creditors(connection, case["id"], asks, known, once_only, now)
    decided = _decide(runtime, connection, case, asks, creditors, purposes, refusals, now)
    if refusals:
        journal.append(connection, now, *(entry for _, _, entry in decided))
        return None
    return _record(runtime, connection, case, asks, creditors, decided, now)


def _looks_back(flow: Flow | None) -> bool:
    """A flow that looks back over a period asks again when the next one has passed; its frequency bounds how often."""
    return flow is not None and flow.look_back_days > 0


def _creditors(
    connection: Connection,
    case_id: UUID,
    asks: Sequence[Asked],
    known: Mapping[UUID, Row],
    once_only: Mapping[UUID, str],
    now: datetime,
) -> list[Row]:
    """
    The creditors asked, or every fault in the list at once.

    Args:
        once_only: Per creditor the flow, where what was answered under it is not asked again. One question at a time,
            whatever the flow.
    """
    asked = {
        creditor_id
        for creditor_id, state, purpose in statement_requests.asked_for(connection, case_id)
        if State(state) not in FINAL and (State(state) is not State.ANSWERED or purpose == once_only.get(creditor_id))
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
        elif ask.since is not None and ask.since > local_day(now):
            detail = "Send a day that has been, or leave it out for what stands today."
            faults.append(Fault(pointer=f"/requests/{index}/since", code="future", detail=detail))
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
    purposes: Mapping[UUID, str],
    refusals: list[Fault],
    now: datetime,
) -> list[tuple[UUID, UUID, Entry]]:
    """The gate's answer for each creditor; one statement fetches every grant."""
    standings = grants.latest_of(connection, case["id"], purposes)
    decided = []
    for index, (one, creditor) in enumerate(zip(asks, creditors, strict=True)):
        ask = Ask(
            stage=Stage.ASK,
            message_id=uuid4(),
            kind=Kind.STATEMENT_REQUEST,
            resident_id=case["resident_id"],
            recipient_id=creditor["id"],
            sector=creditor["sector"],
            since=one.since,
        )
        purpose = purposes[creditor["id"]]
        answer, entry = gate(runtime, ask, purpose, standings.get(creditor["id"]), now, case_id=case["id"])
        if isinstance(answer, Permit):
            decided.append((ask.message_id, answer.grant_id, entry))
            continue
        refusals.append(
            Fault(
                pointer=f"/requests/{index}/{_PLACES.get(answer.reason, 'creditor_id')}",
                code=answer.reason.value,
                detail=_DETAILS.get(answer.reason, _NOT_SAID),
            )
        )
        decided.append((ask.message_id, ask.message_id, entry))
    return decided


_NOT_SAID = "The resident has not said yes to asking this creditor, or the yes has ended."
_PLACES = {Reason.TOO_FAR_BACK: "since", Reason.OTHER_FLOW: "purpose", Reason.NO_FLOW: "purpose"}
_DETAILS = {
    Reason.TOO_FAR_BACK: "This flow does not reach so far back. Ask from a later day, or for what stands today.",
    Reason.OTHER_FLOW: "For this kind of creditor there is a flow of its own. Leave the purpose out, or name that one.",
    Reason.NO_FLOW: "This flow is not in the register; a flow that is not there cannot run.",
}


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
    known: dict[str, Any] = {"references": list(ask.references), "customer_number": ask.customer_number}
    if ask.since is not None:
        known["since"] = ask.since.isoformat()
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
