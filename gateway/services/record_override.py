"""
Override: ask a creditor without the resident's yes, on a statute, on the decision of two counsellors (G35).

One transaction holds all of it: the permission of its own (never the old yes), who decided and why, the entry that
the resident reads at once, the request, and the job that sends it. The resident may object like with every flow that
a law prescribes; the objection is recorded, and the counsellors look again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.decision import worth
from gateway.consent.flows import Flow
from gateway.consent.grants import Act, Grant
from gateway.consent.overrides import METHOD, Decision, Statute, faults_in, lasts_until
from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services.ask_statement import Asked, NotPermitted, ask_in
from gateway.services.ownership import named_counsellor
from gateway.services.record_consent import entry_of, masked_fields, rendered
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import about_resident, cases, grants, journal, overrides, participants
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

MOST_SHOWN = 500


@dataclass(frozen=True, kw_only=True)
class Override:
    """
    What to ask, and what was decided.

    Args:
        language: Of the text that goes with it: the one that the resident reads.
    """

    decision: Decision
    language: str
    references: tuple[str, ...] = ()
    customer_number: str | None = None


def record_override(
    runtime: Runtime, organisation_id: UUID, case_id: UUID, wanted: Override, now: datetime, *, call: Once | None
) -> dict[str, Any]:
    """
    Ask without a yes; all of it or nothing.

    Returns:
        {"grant_id", "statement_request_id", "purpose", "statute", "article", "ends_at"}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Conflict: The case is closed.
        Invalid: No such statute, not two different counsellors, no such creditor, or one that was asked already.
        NotPermitted: The gate refuses: a bound of the flow is reached.
    """

    def work(connection: Connection) -> dict[str, Any]:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        if case["closed_at"] is not None:
            raise Conflict("This case is closed; nothing more is asked in it.")
        recipient = _checked(runtime, connection, organisation_id, wanted, now)
        statute = runtime.settings.overrides.statutes[wanted.decision.statute]
        grant = _grant(runtime, connection, case, recipient, statute, wanted, now)
        grants.add(connection, [grant])
        overrides.add(connection, _row(runtime, connection, grant, statute, wanted.decision, now))
        journal.append(connection, now, _told(runtime, grant, statute, wanted.decision))
        asked = _ask(runtime, connection, case, statute, wanted, now)
        return {
            "grant_id": str(grant.id),
            "statement_request_id": asked,
            "purpose": statute.purpose,
            "statute": statute.id,
            "article": statute.article,
            "ends_at": _instant(grant.valid_until),
        }

    return once(runtime, call, now, work)


def show_overrides(runtime: Runtime, organisation_id: UUID, now: datetime, *, actor: str) -> dict[str, Any]:
    """
    The newest overrides of an organisation, for its data-protection officer. Each look is journalled (ruling 15).

    Returns:
        {"overrides": [{"grant_id", "case_id", "creditor", "purpose", "statute", "statute_version", "article",
        "motive", "reference", "decided_by", "seconded_by", "recorded_at", "ends_at", "status", "objected",
        "statement_requests"}]}.

    Raises:
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        rows = overrides.of_organisation(connection, organisation_id, limit=MOST_SHOWN)
        ids = [row["grant_id"] for row in rows]
        standings = grants.many(connection, ids)
        objected = about_resident.objected(connection, ids)
        names = participants.many(connection, {grant.recipient_id for grant, _ in standings.values()})
        asked = overrides.requests_under(connection, ids)
        looks = {
            row["case_id"]: Entry(
                kind="case.looked_at",
                actor=actor,
                case_id=row["case_id"],
                resident_id=row["resident_id"],
                subject_id=row["case_id"],
                facts={"part": "overrides"},
            )
            for row in rows
        }
        journal.append(connection, now, *looks.values())
        shown = [
            {
                **_shown(runtime, row, standings[row["grant_id"]], names, now),
                "objected": row["grant_id"] in objected,
                "statement_requests": [str(one) for one in asked.get(row["grant_id"], ())],
            }
            for row in rows
        ]
    return {"overrides": shown}


def _checked(runtime: Runtime, connection: Connection, organisation_id: UUID, wanted: Override, now: datetime) -> Row:
    """The recipient; every fault of the decision at once."""
    decision = wanted.decision
    faults = list(faults_in(decision, runtime.settings.overrides, now))
    for pointer, person in (("/decided_by", decision.decided_by), ("/seconded_by", decision.seconded_by)):
        try:
            named_counsellor(connection, organisation_id, person, pointer=pointer)
        except Invalid as error:
            faults += error.faults
    statute = runtime.settings.overrides.of(decision.statute)
    flow = runtime.settings.flows.of(statute.purpose) if statute is not None else None
    recipient = participants.get(connection, decision.recipient_id)
    if recipient is None or recipient["kind"] == "counsellor" or (flow and recipient["kind"] not in flow.recipients):
        faults.append(Fault(pointer="/creditor_id", code="unknown", detail="There is no such creditor."))
    if flow is not None and wanted.language not in runtime.settings.notices.languages(flow.notice):
        detail = "The text does not exist in this language yet. Choose another one, with an interpreter."
        faults.append(Fault(pointer="/language", code="not_offered", detail=detail))
    if faults:
        raise Invalid(faults)
    assert recipient is not None  # else it was a fault
    return recipient


def _grant(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    recipient: Row,
    statute: Statute,
    wanted: Override,
    now: datetime,
) -> Grant:
    """A permission of its own: nobody's yes, and bounded like any other."""
    flow: Flow = runtime.settings.flows.flows[statute.purpose]
    ends = lasts_until(wanted.decision, statute, runtime.settings.flows, now)
    masked = masked_fields(connection, case["resident_id"])
    text = rendered(runtime, flow, recipient, wanted.language, ends, masked=masked)
    return Grant(
        id=uuid4(),
        resident_id=case["resident_id"],
        case_id=case["id"],
        recipient_id=recipient["id"],
        purpose=flow.purpose,
        act=Act.IMPOSED,
        notice=text.notice.id,
        notice_version=text.notice.version,
        notice_language=text.notice.language,
        notice_sha256=text.sha256,
        notice_text_sha256=text.notice.sha256,
        method=METHOD,
        recorded_by=str(wanted.decision.decided_by),
        given_at=now,
        received_at=now,
        recorded_at=now,
        valid_from=now,
        valid_until=ends,
        evidence_reference=wanted.decision.reference,
        mode=flow.mode.value,
        legal_basis=flow.legal_basis,
        article=statute.article,
        fields_out=text.fields_out,
        fields_in=text.fields_in,
        max_messages=flow.max_messages,
    )


def _row(
    runtime: Runtime, connection: Connection, grant: Grant, statute: Statute, decision: Decision, now: datetime
) -> dict[str, Any]:
    wrapped = cases.wrapped_key(connection, grant.resident_id)
    motive = {"motive": decision.motive}
    return {
        "grant_id": grant.id,
        "case_id": grant.case_id,
        "statute": statute.id,
        "statute_version": runtime.settings.overrides.version,
        "motive": runtime.seal(wrapped, motive, table="statutory_override", row=grant.id, column="motive"),
        "decided_by": decision.decided_by,
        "seconded_by": decision.seconded_by,
        "recorded_at": now,
    }


def _told(runtime: Runtime, grant: Grant, statute: Statute, decision: Decision) -> Entry:
    """What the resident reads: with the statute, and without the motive, which is in words and stays sealed."""
    entry = entry_of(grant)
    facts = {
        "statute": statute.id,
        "statute_version": runtime.settings.overrides.version,
        "seconded_by": str(decision.seconded_by),
    }
    return replace(entry, facts={**entry.facts, **facts})


def _ask(runtime: Runtime, connection: Connection, case: Row, statute: Statute, wanted: Override, now: datetime) -> str:
    asked = Asked(
        creditor_id=wanted.decision.recipient_id,
        references=wanted.references,
        customer_number=wanted.customer_number,
        purpose=statute.purpose,
    )
    refusals: list[Fault] = []
    try:
        answer = ask_in(runtime, connection, case, [asked], refusals, now)
    except Invalid as error:
        raise Invalid(_here(fault) for fault in error.faults) from error
    if answer is None:
        raise NotPermitted(_here(fault) for fault in refusals)
    [request] = answer["statement_requests"]
    return str(request["id"])


def _here(fault: Fault) -> Fault:
    """A fault of the one request in the call, at its place in this body."""
    return replace(fault, pointer=fault.pointer.removeprefix("/requests/0"))


def _shown(
    runtime: Runtime, row: Row, standing: grants.Standing, names: Mapping[UUID, Row], now: datetime
) -> dict[str, Any]:
    grant, events = standing
    motive = runtime.unseal(
        bytes(row["wrapped"]), row["motive"], table="statutory_override", row=grant.id, column="motive"
    )
    return {
        "grant_id": str(grant.id),
        "case_id": str(row["case_id"]),
        "creditor": {"id": str(grant.recipient_id), "name": names[grant.recipient_id]["name"]},
        "purpose": grant.purpose,
        "statute": row["statute"],
        "statute_version": row["statute_version"],
        "article": grant.article,
        "motive": motive["motive"],
        "reference": grant.evidence_reference,
        "decided_by": str(row["decided_by"]),
        "seconded_by": str(row["seconded_by"]),
        "recorded_at": _instant(row["recorded_at"]),
        "ends_at": _instant(grant.valid_until),
        "status": worth(grant, events, runtime.settings.flows.of(grant.purpose), now).value,
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
