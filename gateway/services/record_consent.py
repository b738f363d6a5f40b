"""Record what the resident said about flows: yes, no or later; each a full, immutable record."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.flows import Flow
from gateway.consent.grants import Act, Grant
from gateway.errors import Fault, Invalid, NotFound
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import cases, grants, journal, participants
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

METHODS = ("desk", "phone", "paper", "portal")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One word of the resident about one flow; *method* is how it was given."""

    creditor_id: UUID
    purpose: str
    act: Act
    method: str
    language: str


def record_consent(
    runtime: Runtime,
    organisation_id: UUID,
    case_id: UUID,
    counsellor_id: UUID,
    said: Sequence[Said],
    now: datetime,
    *,
    call: Once | None,
) -> dict[str, Any]:
    """
    Record all of *said*; each grant stands alone and can be withdrawn alone.

    Returns:
        {"grants": [{"id", "creditor_id", "purpose", "act", "valid_until"}, ...]}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Invalid: A creditor, flow or counsellor is unknown; nothing was recorded.
    """

    def work(connection: Connection) -> dict[str, Any]:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        known = participants.many(connection, {one.creditor_id for one in said})
        _check(runtime, connection, organisation_id, counsellor_id, said, known)
        made = [_grant(runtime, case, one, known[one.creditor_id], counsellor_id, now) for one in said]
        grants.add(connection, made)
        journal.append(connection, now, *(_entry(grant, case) for grant in made))
        return {"grants": [_shown(grant) for grant in made]}

    return once(runtime, call, now, work)


def _check(
    runtime: Runtime,
    connection: Connection,
    organisation_id: UUID,
    counsellor_id: UUID,
    said: Sequence[Said],
    known: dict[UUID, Row],
) -> None:
    faults = []
    counsellor = participants.get_counsellor(connection, counsellor_id)
    if counsellor is None or counsellor["organisation_id"] != organisation_id:
        faults.append(Fault(pointer="/recorded_by", code="unknown", detail="There is no such counsellor."))
    spoken_of = set()
    for index, one in enumerate(said):
        if (one.creditor_id, one.purpose) in spoken_of:
            detail = "One call holds one word about a flow: of two at the same moment neither is the newest."
            faults.append(Fault(pointer=f"/grants/{index}", code="twice", detail=detail))
        spoken_of.add((one.creditor_id, one.purpose))
        creditor = known.get(one.creditor_id)
        if creditor is None or creditor["kind"] == "counsellor":
            pointer = f"/grants/{index}/creditor_id"
            faults.append(Fault(pointer=pointer, code="unknown", detail="There is no such creditor."))
        if runtime.settings.flows.of(one.purpose) is None:
            pointer = f"/grants/{index}/purpose"
            detail = "This flow is not in the register; a flow that is not there cannot run."
            faults.append(Fault(pointer=pointer, code="no_flow", detail=detail))
    if faults:
        raise Invalid(faults)


def _grant(runtime: Runtime, case: Row, one: Said, creditor: Row, counsellor_id: UUID, now: datetime) -> Grant:
    flow = runtime.settings.flows.of(one.purpose)
    assert flow is not None  # checked before
    notice = runtime.settings.notice(flow.notice, one.language)
    shown = notice.text.replace("{recipient}", creditor["name"])
    return Grant(
        id=uuid4(),
        resident_id=case["resident_id"],
        case_id=case["id"],
        recipient_id=creditor["id"],
        purpose=one.purpose,
        act=one.act,
        notice=notice.id,
        notice_version=notice.version,
        notice_language=notice.language,
        notice_sha256=hashlib.sha256(shown.encode()).hexdigest(),
        method=one.method,
        recorded_by=str(counsellor_id),
        given_at=now,
        valid_from=now,
        valid_until=_until(flow, now),
    )


def _until(flow: Flow, now: datetime) -> datetime:
    return now + timedelta(days=flow.valid_days)


def _entry(grant: Grant, case: Row) -> Entry:
    return Entry(
        kind=f"consent.{grant.act.value}",
        actor=f"counsellor:{grant.recorded_by}",
        case_id=case["id"],
        resident_id=grant.resident_id,
        participant_id=grant.recipient_id,
        grant_id=grant.id,
        subject_id=grant.id,
        facts={
            "purpose": grant.purpose,
            "method": grant.method,
            "notice": f"{grant.notice}.{grant.notice_language}.v{grant.notice_version}",
            "notice_sha256": grant.notice_sha256,
            "valid_until": grant.valid_until.isoformat(),
        },
    )


def _shown(grant: Grant) -> dict[str, Any]:
    return {
        "id": str(grant.id),
        "creditor_id": str(grant.recipient_id),
        "purpose": grant.purpose,
        "act": grant.act.value,
        "valid_until": grant.valid_until.isoformat().replace("+00:00", "Z"),
    }
