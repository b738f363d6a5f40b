"""
Erase a resident (art. 17 GDPR), hold what a procedure needs, and close a case, from which every term counts.

Erasing destroys the key: after it nothing that was ever sealed about the resident opens, wherever a copy lies. The
journal keeps its commitments, so every proof stays valid; its particulars go. It is refused while a legal duty runs,
and the answer names each of them with its last day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.effects import Scope
from gateway.consent.erasure import CaseStands, Duty, LegalDuty, duties
from gateway.consent.grants import EventKind
from gateway.errors import Conflict, Fault, NotFound
from gateway.services.ownership import named_counsellor
from gateway.services.runtime import Runtime
from gateway.services.what_stands import what_stands
from gateway.services.withdraw_consent import ask_for_jobs, end_permissions
from gateway.storage import about_resident, cases, holds, journal, partners, retention
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

HOLD_REASONS = ("court_case", "complaint", "audit", "investigation")
CLOSE_REASONS = ("finished", "help_waived", "not_admitted", "moved", "died")


class LegalDutyRuns(Conflict):
    """The law does not allow this to be erased yet; nothing was erased, and each reason is listed."""

    code = "legal_duty_runs"

    def __init__(self, found: tuple[LegalDuty, ...]) -> None:
        self.duties = found
        self.faults = tuple(_fault(one) for one in found)
        super().__init__()


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What erasing took away; *entries* is how many journal entries kept their proof and lost their particulars."""

    resident_id: UUID
    cases: int
    entries: int
    erased_at: datetime


def erase_resident(
    runtime: Runtime, organisation_id: UUID, resident_id: UUID, counsellor_id: UUID, now: datetime
) -> Erased:
    """
    Destroy a resident's key and everything that was sealed under it; a second call changes nothing.

    Raises:
        NotFound: There is no such resident for this organisation.
        Invalid: There is no such counsellor.
        LegalDutyRuns: A legal hold, an open case or a statutory term stands in the way. The refusal is journalled.
    """
    with runtime.database.begin() as connection:
        found = _held_resident(connection, organisation_id, resident_id)
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/counsellor_id")
        if found["erased_at"] is not None:
            return Erased(resident_id=resident_id, cases=0, entries=0, erased_at=found["erased_at"])
        running = legal_duties(runtime, connection, resident_id, now)
        if not running:
            return _destroy(runtime, connection, organisation_id, resident_id, counsellor_id, now)
        refused = _entry(
            "erasure.refused", organisation_id, resident_id, counsellor_id, duties=sorted({one.duty for one in running})
        )
        journal.append(connection, now, refused)
    raise LegalDutyRuns(running)


def legal_duties(runtime: Runtime, connection: Connection, resident_id: UUID, now: datetime) -> tuple[LegalDuty, ...]:
    """Every legal duty that stands in the way of erasing this resident at *now*."""
    used = retention.purposes_used(connection, resident_id)
    stand = [
        CaseStands(
            case_id=row["id"],
            closed_at=row["closed_at"],
            erased=row["erased_at"] is not None,
            purposes=frozenset(used.get(row["id"], ())),
        )
        for row in retention.cases_of(connection, resident_id)
    ]
    flows = {purpose: runtime.settings.flows.of(purpose) for case in stand for purpose in case.purposes}
    return duties(stand, flows, on_hold=holds.in_force(connection, resident_id) is not None, now=now)


def _destroy(
    runtime: Runtime,
    connection: Connection,
    organisation_id: UUID,
    resident_id: UUID,
    counsellor_id: UUID,
    now: datetime,
) -> Erased:
    """The key, the index, what was sealed, the answers to calls that spoke of it, and the journal's particulars."""
    of_resident = [row["id"] for row in retention.cases_of(connection, resident_id) if row["erased_at"] is None]
    if of_resident:
        retention.erase(connection, "case_contents", of_resident, now)
    retention.destroy_keys(connection, [resident_id], now)
    _forget_calls(runtime, connection, organisation_id, {str(resident_id), *map(str, of_resident)})
    entries = about_resident.entries_with_facts(connection, resident_id)
    journal.erase_facts(connection, entries)
    proof = _entry(
        "resident.erased", organisation_id, resident_id, counsellor_id, cases=len(of_resident), entries=len(entries)
    )
    journal.append(connection, now, proof)
    runtime.keys.forget()
    return Erased(resident_id=resident_id, cases=len(of_resident), entries=len(entries), erased_at=now)


def _forget_calls(runtime: Runtime, connection: Connection, organisation_id: UUID, ids: set[str]) -> None:
    """Answers to keyed calls are kept for thirty days, under a key of the installation: they would outlive this one."""
    named = []
    for row in retention.calls_of(connection, organisation_id):
        place = f"{row['participant_id']}:{row['key']}"
        opened = runtime.keys.open_own(bytes(row["sealed"]), table="idempotency", row=place, column="sealed")
        if any(one in json.dumps(json.loads(opened)) for one in ids):
            named.append(row["key"])
    retention.forget_calls(connection, organisation_id, named)


def set_hold(
    runtime: Runtime,
    organisation_id: UUID,
    resident_id: UUID,
    counsellor_id: UUID,
    reason: str,
    now: datetime,
    *,
    on: bool,
) -> dict[str, Any]:
    """
    Set or lift a legal hold (bewaarplicht bij een procedure); doing it twice changes nothing.

    Args:
        reason: One of HOLD_REASONS; also when lifting: why it was set is not changed by that.

    Returns:
        {"resident_id", "on_hold", "reason", "since"}.

    Raises:
        NotFound: There is no such resident for this organisation.
        Conflict: The resident was erased already; nothing is left to hold.
        Invalid: There is no such counsellor.
    """
    with runtime.database.begin() as connection:
        found = _held_resident(connection, organisation_id, resident_id)
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/counsellor_id")
        if found["erased_at"] is not None:
            raise Conflict("This resident was erased; there is nothing left to hold.")
        present = holds.in_force(connection, resident_id)
        if on and present is None:
            present = {
                "id": uuid4(),
                "resident_id": resident_id,
                "reason": reason,
                "set_by": counsellor_id,
                "set_at": now,
            }
            holds.add(connection, present)
            journal.append(
                connection, now, _entry("hold.set", organisation_id, resident_id, counsellor_id, reason=reason)
            )
        elif not on and present is not None:
            holds.lift(connection, present["id"], counsellor_id, now)
            lifted = _entry("hold.lifted", organisation_id, resident_id, counsellor_id, reason=reason)
            journal.append(connection, now, lifted)
            present = None
    return {
        "resident_id": str(resident_id),
        "on_hold": present is not None,
        "reason": present["reason"] if present is not None else None,
        "since": _instant(present["set_at"]) if present is not None else None,
    }


def close_case(
    runtime: Runtime, organisation_id: UUID, case_id: UUID, counsellor_id: UUID, reason: str, now: datetime
) -> dict[str, Any]:
    """
    Close a case: the flows that rest on it end as in a withdrawal, agreements stand, and the terms of retention begin.

    Args:
        reason: One of CLOSE_REASONS. The resident dies: everything stops, and heirs get nothing by themselves.

    Returns:
        {"id", "closed_at", "stopped", "stop_notices"}.

    Raises:
        NotFound: There is no such case for this organisation.
        Invalid: There is no such counsellor.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        partners.hold_together(connection, case["resident_id"])
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/counsellor_id")
        case = cases.get(connection, case_id)
        assert case is not None  # held now
        if case["closed_at"] is not None:
            return _closed(case_id, case["closed_at"], 0, 0)
        actor = f"counsellor:{counsellor_id}"
        standing = what_stands(runtime, connection, [case_id], now)
        done = end_permissions(
            runtime, connection, case, standing, Scope(), now, event=EventKind.REVOKED, actor=actor,
            facts={"reason": f"case_{reason}"},
        )  # fmt: skip
        cases.close(connection, case_id, now)
        if reason == "died":  # nobody else may sign in as the resident
            retention.close_ways_in(connection, [case["resident_id"]])
        closed = Entry(
            kind="case.closed",
            actor=actor,
            case_id=case_id,
            resident_id=case["resident_id"],
            subject_id=case_id,
            facts={"reason": reason},
        )
        journal.append(connection, now, closed)
    ask_for_jobs(runtime, done.notices)
    return _closed(case_id, now, len(done.stopped), len(done.notices))


def organisation_of(runtime: Runtime, resident_id: UUID) -> UUID:
    """
    Whose resident it is, for an administrator at the command line.

    Raises:
        NotFound: There is no such resident.
    """
    with runtime.database.begin() as connection:
        found = cases.organisation_of(connection, resident_id)
    if found is None:
        raise NotFound
    return found


def _closed(case_id: UUID, at: datetime, stopped: int, notices: int) -> dict[str, Any]:
    return {"id": str(case_id), "closed_at": _instant(at), "stopped": stopped, "stop_notices": notices}


def _held_resident(connection: Connection, organisation_id: UUID, resident_id: UUID) -> Row:
    found = cases.resident_of(connection, organisation_id, resident_id)
    if found is None:
        raise NotFound
    return found


def _entry(kind: str, organisation_id: UUID, resident_id: UUID, counsellor_id: UUID, **facts: object) -> Entry:
    return Entry(
        kind=kind,
        actor=f"counsellor:{counsellor_id}",
        resident_id=resident_id,
        participant_id=organisation_id,
        subject_id=resident_id,
        facts=facts,
    )


_DETAILS = {
    Duty.LEGAL_HOLD: "A legal hold is in force. It can be lifted once the procedure is over.",
    Duty.CASE_OPEN: "A case is open. Close it first; the terms count from then on.",
    Duty.TERM_RUNS: "A term that the law sets runs until {until} ({article}).",
}


def _fault(one: LegalDuty) -> Fault:
    until = one.until.date().isoformat() if one.until is not None else ""
    return Fault(
        pointer="", code=one.duty.value, detail=_DETAILS[one.duty].format(until=until, article=one.article or "")
    )


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
