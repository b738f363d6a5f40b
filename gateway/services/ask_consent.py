"""Put questions to a resident: only what the register allows, and never a "no" asked again too soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.asks import Question, Stage, quiet_until, stage
from gateway.consent.flows import Flow, Mode, last_instant
from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services.ownership import named_counsellor
from gateway.services.record_consent import masked_fields, rendered
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import asks, cases, grants, journal, participants
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """
    One question to put.

    Args:
        ends_at: An earlier end of the yes than the flow's.
        initiative: "organisation", or "resident" when the resident came with it.
    """

    creditor_id: UUID
    purpose: str
    language: str
    ends_at: datetime | None = None
    initiative: str = "organisation"


def ask_consent(
    runtime: Runtime,
    organisation_id: UUID,
    case_id: UUID,
    counsellor_id: UUID | None,
    wanted: Sequence[Wanted],
    now: datetime,
    *,
    call: Once | None,
) -> dict[str, Any]:
    """
    Make the questions of one page; each stands alone.

    Args:
        counsellor_id: Who wants them put; None = the resident, in the portal.

    Returns:
        {"asks": [as `shown`]}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Conflict: The case is closed.
        Invalid: Over a cap of the flow, asked too soon after a "no", not offered in this language, unknown; all of it.
    """

    def work(connection: Connection) -> dict[str, Any]:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        if counsellor_id is not None:
            named_counsellor(connection, organisation_id, counsellor_id, pointer="/recorded_by")
        if case["closed_at"] is not None:
            raise Conflict("This case is closed; nothing more is asked in it.")
        recipients = participants.many(connection, {one.creditor_id for one in wanted})
        earlier = grants.of_resident(connection, case["resident_id"])
        faults: list[Fault] = []
        for index, one in enumerate(wanted):
            words = [
                said for said in earlier if (said[0].recipient_id, said[0].purpose) == (one.creditor_id, one.purpose)
            ]
            faults += _faults(runtime, one, recipients.get(one.creditor_id), words, now, f"/asks/{index}")
        if faults:
            raise Invalid(faults)
        return _record(runtime, connection, case, counsellor_id, wanted, recipients, now)

    return once(runtime, call, now, work)


def serve_ask(
    runtime: Runtime, ask_id: UUID, now: datetime, *, shown_by: UUID | None, organisation_id: UUID | None
) -> dict[str, Any]:
    """
    Show a question: the text, and the record that it was shown. Showing it once more shows it once more.

    Args:
        shown_by: The counsellor who shows it; None = the portal does.

    Returns:
        As `shown`, with "stage" and the "text".

    Raises:
        NotFound: There is no such question for this organisation.
        Conflict: It lapsed, was answered, or its text was replaced since; ask it anew.
        Unavailable: That it was shown could not be recorded, so it is not shown.
    """
    with runtime.database.begin() as connection:
        question = asks.get(connection, ask_id)
        if question is None or cases.get(connection, question.case_id, organisation_id=organisation_id) is None:
            raise NotFound
        cases.lock_resident(connection, question.resident_id)
        if shown_by is not None and organisation_id is not None:
            named_counsellor(connection, organisation_id, shown_by, pointer="/recorded_by")
        question = asks.get(connection, ask_id)
        assert question is not None  # questions are never deleted
        if stage(question, now) in (Stage.LAPSED, Stage.ANSWERED):
            raise Conflict("This question is off the table. Ask it anew.")
        text = _text(runtime, connection, question)
        served = Entry(
            kind=asks.SERVED,
            actor=f"counsellor:{shown_by}" if shown_by is not None else "resident",
            case_id=question.case_id,
            resident_id=question.resident_id,
            participant_id=question.recipient_id,
            subject_id=question.id,
            facts={
                "purpose": question.purpose,
                "notice": f"{question.notice}.{question.notice_language}.v{question.notice_version}",
                "notice_sha256": question.notice_sha256,
            },
        )
        journal.append(connection, now, served)
    return {**shown(question), "stage": Stage.SERVED.value, "text": text}


def shown(question: Question) -> dict[str, Any]:
    return {
        "id": str(question.id),
        "creditor_id": str(question.recipient_id),
        "purpose": question.purpose,
        "language": question.notice_language,
        "notice": f"{question.notice}.{question.notice_language}.v{question.notice_version}",
        "notice_sha256": question.notice_sha256,
        "requested_at": _instant(question.requested_at),
        "lapses_at": _instant(question.lapses_at),
        "yes_lasts_until": _instant(question.valid_until),
    }


def show_asks(runtime: Runtime, case_id: UUID, now: datetime, *, organisation_id: UUID | None) -> list[dict[str, Any]]:
    """
    Every question of a case and how far it has come.

    Raises:
        NotFound: The case is not there, or another organisation's.
    """
    with runtime.database.begin() as connection:
        if cases.get(connection, case_id, organisation_id=organisation_id) is None:
            raise NotFound
        found = asks.of_case(connection, case_id)
    return [{**shown(one), "stage": stage(one, now).value} for one in found]


def _text(runtime: Runtime, connection: Connection, question: Question) -> str:
    recipient = participants.get(connection, question.recipient_id)
    flow = runtime.settings.flows.of(question.purpose)
    assert recipient is not None  # foreign key
    languages = runtime.settings.notices.languages(flow.notice) if flow is not None else ()
    if flow is not None and question.notice_language in languages:
        masked = masked_fields(connection, question.resident_id)
        text = rendered(runtime, flow, recipient, question.notice_language, question.valid_until, masked=masked)
        if text.sha256 == question.notice_sha256:
            return text.text
    raise Conflict("The text was replaced since this question was made. Ask it anew.")


def _faults(
    runtime: Runtime, one: Wanted, recipient: Row | None, words: Sequence[grants.Standing], now: datetime, pointer: str
) -> list[Fault]:
    flow = runtime.settings.flows.of(one.purpose)
    if flow is None:
        detail = "This flow is not in the register; a flow that is not there cannot run."
        return [Fault(pointer=f"{pointer}/purpose", code="no_flow", detail=detail)]
    if recipient is None or recipient["kind"] not in flow.recipients or flow.sector not in (None, recipient["sector"]):
        return [Fault(pointer=f"{pointer}/creditor_id", code="unknown", detail="There is no such creditor.")]
    if flow.mode is Mode.NOTIFY or recipient["sector"] in flow.closed_to:
        detail = "This flow is not asked of this resident for this creditor: the law prescribes it, or another flow is."
        return [Fault(pointer=f"{pointer}/purpose", code="other_flow", detail=detail)]
    found = []
    if one.language not in runtime.settings.notices.languages(flow.notice):
        detail = "The newest text does not exist in this language yet. Choose another one, with an interpreter."
        found.append(Fault(pointer=f"{pointer}/language", code="not_offered", detail=detail))
    if one.ends_at is not None and not now < one.ends_at <= last_instant(flow, now):
        detail = f"A yes to this flow lasts {flow.valid_days} days at most; the resident is not asked for more."
        found.append(Fault(pointer=f"{pointer}/ends_at", code="over_cap", detail=detail))
    quiet = quiet_until(words)
    if one.initiative != "resident" and quiet is not None and now < quiet:
        detail = "The resident said no less than 30 days ago. Do not ask again, unless the resident comes with it."
        found.append(Fault(pointer=f"{pointer}/initiative", code="too_soon", detail=detail))
    return found


def _record(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    counsellor_id: UUID | None,
    wanted: Sequence[Wanted],
    recipients: dict[UUID, Row],
    now: datetime,
) -> dict[str, Any]:
    masked = masked_fields(connection, case["resident_id"])
    made = [_question(runtime, case, counsellor_id, one, recipients[one.creditor_id], masked, now) for one in wanted]
    rows = [{name: value for name, value in vars(one).items() if name not in ("served_at", "answered")} for one in made]
    asks.add(connection, rows)
    journal.append(connection, now, *(_requested(one) for one in made))
    return {"asks": [{**shown(one), "stage": Stage.REQUESTED.value} for one in made]}


def _question(
    runtime: Runtime,
    case: Row,
    counsellor_id: UUID | None,
    one: Wanted,
    recipient: Row,
    masked: frozenset[str],
    now: datetime,
) -> Question:
    flow: Flow | None = runtime.settings.flows.of(one.purpose)
    assert flow is not None  # _faults looks at it
    until = last_instant(flow, now, asked_until=one.ends_at)
    text = rendered(runtime, flow, recipient, one.language, until, masked=masked)
    return Question(
        id=uuid4(),
        resident_id=case["resident_id"],
        case_id=case["id"],
        recipient_id=recipient["id"],
        purpose=one.purpose,
        notice=text.notice.id,
        notice_version=text.notice.version,
        notice_language=text.notice.language,
        notice_sha256=text.sha256,
        valid_until=until,
        initiative=one.initiative,
        asked_by=str(counsellor_id) if counsellor_id is not None else "resident",
        requested_at=now,
        lapses_at=now + timedelta(days=flow.answer_days),
        served_at=None,
        answered=False,
    )


def _requested(question: Question) -> Entry:
    return Entry(
        kind="consent.requested",
        actor="resident" if question.asked_by == "resident" else f"counsellor:{question.asked_by}",
        case_id=question.case_id,
        resident_id=question.resident_id,
        participant_id=question.recipient_id,
        subject_id=question.id,
        facts={
            "purpose": question.purpose,
            "notice": f"{question.notice}.{question.notice_language}.v{question.notice_version}",
            "notice_sha256": question.notice_sha256,
            "initiative": question.initiative,
            "lapses_at": question.lapses_at.isoformat(),
        },
    )


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
