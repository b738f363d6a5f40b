"""Record who may speak for a resident, on evidence that was checked; and record that they may not any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.decision import worth
from gateway.consent.grants import TERMINAL, EventKind, Status
from gateway.consent.mandates import BY_COURT, Mandate, MandateKind, faults
from gateway.errors import Fault, Invalid, NotFound
from gateway.services.change_grant import event_entry
from gateway.services.ownership import named_counsellor
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import cases, grants, journal, mandates, participants
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry

END_REASONS = ("withdrawn_by_resident", "ended_by_court", "task_done", "died", "other")


@dataclass(frozen=True, kw_only=True)
class Authority:
    """
    A mandate as it was shown and checked.

    Args:
        name: Who it is; sealed under the resident's key.
        purposes: The flows it covers.
        paid_by_creditor: The representative is paid by one of the creditors.
        seconded_by: The second person, where the representative has an interest of its own.
    """

    kind: MandateKind
    name: str
    purposes: tuple[str, ...]
    evidence_kind: str
    evidence_reference: str
    valid_from: datetime
    valid_until: datetime
    checked_by: UUID
    participant_id: UUID | None = None
    paid_by_creditor: bool = False
    seconded_by: UUID | None = None


def record_mandate(
    runtime: Runtime, organisation_id: UUID, case_id: UUID, shown: Authority, now: datetime, *, call: Once | None
) -> dict[str, Any]:
    """
    Record a mandate. A new administrator or curator puts every yes of the resident in review, and ends what the
    resident authorised others to: who may speak now was decided by a court.

    Returns:
        {"id", "in_review": [grant ids], "ended": [mandate ids]}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Invalid: The evidence is not enough, a second person is missing, a flow or counsellor is unknown; all of it.
    """

    def work(connection: Connection) -> dict[str, Any]:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        _check(runtime, connection, organisation_id, case, shown)
        row = _row(runtime, connection, case, shown, now)
        mandates.add(connection, row)
        journal.append(connection, now, _recorded(case, row))
        if shown.kind not in BY_COURT:
            return {"id": str(row["id"]), "in_review": [], "ended": []}
        actor = f"counsellor:{shown.checked_by}"
        ended = [
            one
            for one in mandates.of_resident(connection, case["resident_id"])
            if one.kind is MandateKind.GEMACHTIGDE and one.until > now
        ]
        journal.append(connection, now, *(_ended(case["id"], one, actor, "administration_order") for one in ended))
        reviewed = _review(
            runtime,
            connection,
            grants.of_resident(connection, case["resident_id"]),
            now,
            actor=actor,
            reason="administration_order",
        )
        return {"id": str(row["id"]), "in_review": reviewed, "ended": [str(one.id) for one in ended]}

    return once(runtime, call, now, work)


def end_mandate(
    runtime: Runtime, organisation_id: UUID, mandate_id: UUID, counsellor_id: UUID, reason: str, now: datetime
) -> dict[str, Any]:
    """
    A mandate has ended; whatever was said under it is reviewed. Twice changes nothing.

    Returns:
        {"id", "in_review": [grant ids]}.

    Raises:
        NotFound: There is no such mandate of a resident of this organisation.
        Invalid: The counsellor is unknown.
    """
    with runtime.database.begin() as connection:
        mandate = mandates.get(connection, mandate_id)
        case = _case_of(connection, organisation_id, mandate)
        if mandate is None or case is None:
            raise NotFound
        cases.lock_resident(connection, mandate.resident_id)
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/recorded_by")
        mandate = mandates.get(connection, mandate_id)
        assert mandate is not None  # mandates are never deleted
        if mandate.ended_at is not None:
            return {"id": str(mandate_id), "in_review": []}
        actor = f"counsellor:{counsellor_id}"
        journal.append(connection, now, _ended(case["id"], mandate, actor, reason))
        said = grants.of_mandates(connection, [mandate_id])
        reviewed = _review(runtime, connection, said, now, actor=actor, reason="mandate_ended")
        return {"id": str(mandate_id), "in_review": reviewed}


def show_mandates(runtime: Runtime, case_id: UUID, now: datetime, *, organisation_id: UUID) -> list[dict[str, Any]]:
    """
    Who may speak, or might, for the resident of this case; without names.

    Raises:
        NotFound: The case is not there, or another organisation's.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        found = mandates.of_resident(connection, case["resident_id"])
    return [
        {
            "id": str(one.id),
            "kind": one.kind.value,
            "purposes": sorted(one.purposes),
            "evidence_kind": one.evidence_kind,
            "evidence_reference": one.evidence_reference,
            "checked_by": str(one.checked_by),
            "valid_from": _instant(one.valid_from),
            "valid_until": _instant(one.until),
            "conflict": one.conflict,
            "in_force": one.in_force(now),
        }
        for one in found
    ]


def _check(runtime: Runtime, connection: Connection, organisation_id: UUID, case: Row, shown: Authority) -> None:
    named_counsellor(connection, organisation_id, shown.checked_by, pointer="/checked_by")
    found = []
    if shown.seconded_by is not None:
        named_counsellor(connection, organisation_id, shown.seconded_by, pointer="/seconded_by")
        if shown.seconded_by == shown.checked_by:
            detail = "The second person is somebody else than the first."
            found.append(Fault(pointer="/seconded_by", code="second_person", detail=detail))
    for index, purpose in enumerate(shown.purposes):
        if runtime.settings.flows.of(purpose) is None:
            detail = "This flow is not in the register."
            found.append(Fault(pointer=f"/purposes/{index}", code="no_flow", detail=detail))
    organisation = participants.get(connection, shown.participant_id) if shown.participant_id is not None else None
    if shown.participant_id is not None and organisation is None:
        detail = "There is no such organisation."
        found.append(Fault(pointer="/participant_id", code="unknown", detail=detail))
    wrong = faults(
        shown.kind,
        evidence_kind=shown.evidence_kind,
        valid_from=shown.valid_from,
        valid_until=shown.valid_until,
        birth_date=_birth_date(runtime, connection, case),
        conflict=_has_interest(shown, organisation),
        seconded=shown.seconded_by is not None,
    )
    found += [Fault(pointer=f"/{name}", code=code, detail=detail) for name, code, detail in wrong]
    if found:
        raise Invalid(found)


def _has_interest(shown: Authority, organisation: Row | None) -> bool:
    return shown.paid_by_creditor or (organisation is not None and organisation["kind"] != "counsellor")


def _birth_date(runtime: Runtime, connection: Connection, case: Row) -> date:
    row = cases.get_resident(connection, case["resident_id"])
    about = runtime.unseal(bytes(row["wrapped"]), row["sealed"], table="resident", row=row["id"], column="sealed")
    return date.fromisoformat(about["birth_date"])


def _row(runtime: Runtime, connection: Connection, case: Row, shown: Authority, now: datetime) -> dict[str, Any]:
    mandate_id = uuid4()
    wrapped = cases.wrapped_key(connection, case["resident_id"])
    organisation = participants.get(connection, shown.participant_id) if shown.participant_id is not None else None
    return {
        "id": mandate_id,
        "resident_id": case["resident_id"],
        "kind": shown.kind.value,
        "sealed": runtime.seal(wrapped, {"name": shown.name}, table="mandate", row=mandate_id, column="sealed"),
        "participant_id": shown.participant_id,
        "purposes": sorted(set(shown.purposes)),
        "evidence_kind": shown.evidence_kind,
        "evidence_reference": shown.evidence_reference,
        "checked_by": shown.checked_by,
        "checked_at": now,
        "valid_from": shown.valid_from,
        "valid_until": shown.valid_until,
        "conflict": _has_interest(shown, organisation),
        "seconded_by": shown.seconded_by,
    }


def _review(
    runtime: Runtime, connection: Connection, said: Iterable[Standing], now: datetime, *, actor: str, reason: str
) -> list[str]:
    """Every yes among *said* that still stands waits for somebody competent to say that it does."""
    reviewed = []
    for grant, events in said:
        moment = max([now, *(event.at for event in events)])
        standing = worth(grant, events, runtime.settings.flows.of(grant.purpose), moment)
        if standing not in TERMINAL | {Status.REVIEW}:
            journal.append(connection, now, event_entry(grant, EventKind.REVIEW_REQUIRED, actor, {"reason": reason}))
            reviewed.append(str(grant.id))
    return reviewed


def _case_of(connection: Connection, organisation_id: UUID, mandate: Mandate | None) -> Row | None:
    """A case of this organisation about the resident of the mandate."""
    if mandate is None:
        return None
    of_resident = cases.of_resident(connection, mandate.resident_id)
    return next((case for case in of_resident if case["organisation_id"] == organisation_id), None)


def _recorded(case: Row, row: Row) -> Entry:
    return Entry(
        kind="mandate.recorded",
        actor=f"counsellor:{row['checked_by']}",
        case_id=case["id"],
        resident_id=case["resident_id"],
        subject_id=row["id"],
        facts={
            "kind": row["kind"],
            "purposes": row["purposes"],
            "evidence_kind": row["evidence_kind"],
            "evidence_reference": row["evidence_reference"],
            "valid_from": row["valid_from"].isoformat(),
            "valid_until": row["valid_until"].isoformat(),
            "conflict": row["conflict"],
            "seconded_by": str(row["seconded_by"]) if row["seconded_by"] is not None else None,
        },
    )


def _ended(case_id: UUID, mandate: Mandate, actor: str, reason: str) -> Entry:
    return Entry(
        kind=mandates.ENDED,
        actor=actor,
        case_id=case_id,
        resident_id=mandate.resident_id,
        subject_id=mandate.id,
        facts={"kind": mandate.kind.value, "reason": reason},
    )


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
