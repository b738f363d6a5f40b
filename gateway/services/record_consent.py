"""Record what the resident said about flows: yes, no, later or unknown; each a full, immutable record of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.consent import asks as questions
from gateway.consent import mandates as authority
from gateway.consent.asks import Question
from gateway.consent.flows import Flow, Mode, last_instant
from gateway.consent.grants import Act, EventKind, Grant
from gateway.consent.mandates import Mandate
from gateway.consent.notices import Rendered
from gateway.consent.partners import ADDRESS
from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services.ownership import named_counsellor
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import asks, cases, grants, journal, mandates, participants, partners
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry

METHODS = ("desk", "phone", "paper", "portal")
EVIDENCE_KINDS = ("letter", "form", "call_note", "declaration")
IDENTIFIED_BY = ("known", "id_document", "call_back", "login", "code", "signature", "not_checked")
ASSISTED_BY = ("nobody", "counsellor", "interpreter", "volunteer", "family")


@dataclass(frozen=True, kw_only=True)
class Said:
    """
    One word of the resident about one flow.

    Args:
        method: How it was given: one of METHODS.
        said_at: When; a letter carries its own day. None = now.
        received_at: When the municipality had it in hands. None = when it was said, or now for what is said now.
        starts_at: Not before; what was said earlier than it was recorded starts when it is recorded.
        ends_at: The resident's own end, when that is earlier than the flow's.
        evidence_reference: Where the letter or the note is kept; a number, never a name.
        mandate_id: The representative who said it; None = the resident.
        ask_id: The served question that this answers.
    """

    creditor_id: UUID
    purpose: str
    act: Act
    method: str
    language: str
    said_at: datetime | None = None
    received_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    evidence_kind: str | None = None
    evidence_reference: str | None = None
    identified_by: str | None = None
    assisted_by: str | None = None
    understood: bool | None = None
    mandate_id: UUID | None = None
    ask_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is on record where a word is to be recorded; read under the resident's lock."""

    case: Row
    recipients: Mapping[UUID, Row]
    mandates: Mapping[UUID, Mandate]
    questions: Mapping[UUID, Question]
    earlier: Sequence[Standing]
    masked: frozenset[str] = frozenset()


def record_consent(
    runtime: Runtime,
    organisation_id: UUID | None,
    case_id: UUID,
    counsellor_id: UUID | None,
    said: Sequence[Said],
    now: datetime,
    *,
    call: Once | None,
) -> dict[str, Any]:
    """
    Record all of *said*; each grant stands alone and can be withdrawn alone.

    Args:
        counsellor_id: Who records it; None = the resident does, in the portal.

    Returns:
        {"grants": [{"id", "creditor_id", "purpose", "act", "valid_from", "valid_until"}, ...]}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Conflict: The case is closed.
        Invalid: Every fault with its place; nothing was recorded.
    """

    def work(connection: Connection) -> dict[str, Any]:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        if counsellor_id is not None:
            named_counsellor(connection, case["organisation_id"], counsellor_id, pointer="/recorded_by")
        known = known_about(connection, case, said)
        faults = _twice(said)
        for index, one in enumerate(said):
            faults += faults_in(runtime, known, one, now, f"/grants/{index}")
        if faults:
            raise Invalid(faults)
        recorder = str(counsellor_id) if counsellor_id is not None else "resident"
        made = [grant_of(runtime, known, one, recorder, now) for one in said]
        grants.add(connection, made)
        journal.append(connection, now, *(entry_of(grant) for grant in made))
        return {"grants": [shown(grant) for grant in made]}

    return once(runtime, call, now, work)


def known_about(connection: Connection, case: Row, said: Sequence[Said]) -> Known:
    """
    What the words in *said* are held against; the caller holds the resident.

    Raises:
        Conflict: The case is closed.
    """
    if case["closed_at"] is not None:
        raise Conflict("This case is closed; open a new one to record what the resident says.")
    return Known(
        case=case,
        recipients=participants.many(connection, {one.creditor_id for one in said}),
        mandates={one.id: one for one in mandates.of_resident(connection, case["resident_id"])},
        questions=asks.many(connection, [one.ask_id for one in said if one.ask_id is not None]),
        earlier=grants.of_case(connection, case["id"]),
        masked=masked_fields(connection, case["resident_id"]),
    )


def faults_in(runtime: Runtime, known: Known, one: Said, now: datetime, pointer: str) -> list[Fault]:
    """Everything that is wrong with one word, with its place below *pointer*."""
    flow = runtime.settings.flows.of(one.purpose)
    recipient = known.recipients.get(one.creditor_id)
    found = [*_recipient_faults(flow, recipient, pointer), *_time_faults(one, now, pointer)]
    if one.method == "paper" and one.evidence_reference is None:
        detail = "Say where the letter or form is kept: a yes on paper counts with the paper."
        found.append(Fault(pointer=f"{pointer}/evidence_reference", code="required", detail=detail))
    found += _authority_faults(known, one, now, pointer)
    if flow is None or recipient is None or found:
        return found
    if one.language not in runtime.settings.notices.languages(flow.notice):
        detail = "The newest text does not exist in this language yet. Choose another one, with an interpreter."
        return [Fault(pointer=f"{pointer}/language", code="not_offered", detail=detail)]
    found += _overtaken(known, one, now, pointer)
    if one.act is Act.GIVEN and until(flow, one, known, now) <= max(now, one.starts_at or now):
        detail = "By now this yes would have ended. Ask the resident again."
        found.append(Fault(pointer=f"{pointer}/said_at", code="too_old", detail=detail))
    if one.ask_id is not None:
        found += _question_faults(runtime, known, one, flow, recipient, now, pointer)
    return found


def grant_of(
    runtime: Runtime, known: Known, one: Said, recorder: str, now: datetime, *, supersedes: UUID | None = None
) -> Grant:
    """The grant that one faultless word makes."""
    flow = runtime.settings.flows.of(one.purpose)
    assert flow is not None  # faults_in looks at it
    recipient = known.recipients[one.creditor_id]
    mandate = known.mandates[one.mandate_id] if one.mandate_id is not None else None
    starts = max(now, one.starts_at or now)
    ends = starts if one.act is Act.UNKNOWN else until(flow, one, known, now)
    text = rendered(runtime, flow, recipient, one.language, ends, masked=known.masked)
    return Grant(
        id=uuid4(),
        resident_id=known.case["resident_id"],
        case_id=known.case["id"],
        recipient_id=recipient["id"],
        purpose=one.purpose,
        act=one.act,
        notice=text.notice.id,
        notice_version=text.notice.version,
        notice_language=text.notice.language,
        notice_sha256=text.sha256,
        notice_text_sha256=text.notice.sha256,
        method=one.method,
        recorded_by=recorder,
        given_at=one.said_at or now,
        received_at=one.received_at or one.said_at or now,
        recorded_at=now,
        valid_from=starts,
        valid_until=ends,
        evidence_kind=one.evidence_kind,
        evidence_reference=one.evidence_reference,
        identified_by=one.identified_by,
        assisted_by=one.assisted_by,
        understood=one.understood,
        mandate_id=one.mandate_id,
        authority_until=mandate.until if mandate is not None else None,
        mode=flow.mode.value,
        legal_basis=flow.legal_basis,
        article=flow.article,
        fields_out=text.fields_out,
        fields_in=text.fields_in,
        max_messages=flow.max_messages,
        supersedes=supersedes,
        ask_id=one.ask_id,
    )


def until(flow: Flow, one: Said, known: Known, now: datetime) -> datetime:
    """The end of a yes; one that answers a question lasts as long as the question said."""
    question = known.questions.get(one.ask_id) if one.ask_id is not None else None
    asked = [end for end in (one.ends_at, question.valid_until if question is not None else None) if end is not None]
    return last_instant(flow, one.said_at or now, asked_until=min(asked, default=None))


def rendered(
    runtime: Runtime,
    flow: Flow,
    recipient: Row,
    language: str,
    until: datetime,
    *,
    masked: Collection[str] = (),
) -> Rendered:
    """
    The notice as this resident is shown it: of the BSN it speaks only where a law entitles the recipient to it.

    Args:
        masked: Fields that go to nobody, such as a protected address (see `masked_fields`).
    """
    return runtime.settings.notices.render(
        flow,
        language,
        recipient=recipient["name"],
        contact=runtime.settings.contact,
        without={*masked, *(() if recipient["bsn_basis"] is not None else ("resident.bsn",))},
        until=until,
    )


def masked_fields(connection: Connection, resident_id: UUID) -> frozenset[str]:
    """What is sent to nobody about this resident: the address, while it is protected (geheim adres)."""
    return ADDRESS if partners.address_protected(connection, resident_id) else frozenset()


def entry_of(grant: Grant) -> Entry:
    """The journal entry of a word; its facts are what a receipt can be made of."""
    facts: dict[str, Any] = {
        "purpose": grant.purpose,
        "method": grant.method,
        "notice": f"{grant.notice}.{grant.notice_language}.v{grant.notice_version}",
        "notice_sha256": grant.notice_sha256,
        "notice_text_sha256": grant.notice_text_sha256,
        "valid_from": grant.valid_from.isoformat(),
        "valid_until": grant.valid_until.isoformat(),
        "given_at": grant.given_at.isoformat(),
        "received_at": grant.received_at.isoformat() if grant.received_at is not None else None,
        "mode": grant.mode,
        "legal_basis": grant.legal_basis,
        "article": grant.article,
        "fields_out": list(grant.fields_out or ()),
        "fields_in": list(grant.fields_in or ()),
    }
    for name in ("evidence_kind", "evidence_reference", "identified_by", "assisted_by", "understood"):
        if getattr(grant, name) is not None:
            facts[name] = getattr(grant, name)
    for name in ("mandate_id", "supersedes", "ask_id"):
        if getattr(grant, name) is not None:
            facts[name] = str(getattr(grant, name))
    return Entry(
        kind=f"consent.{grant.act.value}",
        actor="resident" if grant.recorded_by == "resident" else f"counsellor:{grant.recorded_by}",
        case_id=grant.case_id,
        resident_id=grant.resident_id,
        participant_id=grant.recipient_id,
        grant_id=grant.id,
        subject_id=grant.id,
        facts=facts,
    )


def shown(grant: Grant) -> dict[str, Any]:
    return {
        "id": str(grant.id),
        "creditor_id": str(grant.recipient_id),
        "purpose": grant.purpose,
        "act": grant.act.value,
        "valid_from": _instant(grant.valid_from),
        "valid_until": _instant(grant.valid_until),
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _twice(said: Sequence[Said]) -> list[Fault]:
    spoken_of: set[tuple[UUID, str]] = set()
    found = []
    for index, one in enumerate(said):
        if (one.creditor_id, one.purpose) in spoken_of:
            detail = "One call holds one word about a flow: of two at the same moment neither is the newest."
            found.append(Fault(pointer=f"/grants/{index}", code="twice", detail=detail))
        spoken_of.add((one.creditor_id, one.purpose))
    return found


def _recipient_faults(flow: Flow | None, recipient: Row | None, pointer: str) -> Iterator[Fault]:
    if recipient is None:
        yield Fault(pointer=f"{pointer}/creditor_id", code="unknown", detail="There is no such creditor.")
    if flow is None:
        detail = "This flow is not in the register; a flow that is not there cannot run."
        yield Fault(pointer=f"{pointer}/purpose", code="no_flow", detail=detail)
    elif recipient is not None and not _may_receive(flow, recipient):
        # Who is no creditor is unknown here: it says nothing about what else is registered.
        yield Fault(pointer=f"{pointer}/creditor_id", code="unknown", detail="There is no such creditor.")
    elif recipient is not None and recipient["sector"] in flow.closed_to:
        detail = "For this kind of creditor there is a flow of its own. Record what the resident says about that one."
        yield Fault(pointer=f"{pointer}/purpose", code="other_flow", detail=detail)
    if flow is not None and flow.mode is Mode.NOTIFY:
        detail = "The law prescribes this flow. Nobody says yes to it; two counsellors record an override."
        yield Fault(pointer=f"{pointer}/purpose", code="statutory", detail=detail)


def _may_receive(flow: Flow, recipient: Row) -> bool:
    return recipient["kind"] in flow.recipients and flow.sector in (None, recipient["sector"])


def _time_faults(one: Said, now: datetime, pointer: str) -> Iterator[Fault]:
    said = one.said_at or now
    received = one.received_at or said
    if said > now or received > now:
        name = "said_at" if said > now else "received_at"
        yield Fault(pointer=f"{pointer}/{name}", code="future", detail="Send a moment that has been.")
    elif received < said:
        detail = "It cannot have come in before it was said."
        yield Fault(pointer=f"{pointer}/received_at", code="order", detail=detail)
    if one.ends_at is not None and one.ends_at <= max(now, one.starts_at or now):
        yield Fault(pointer=f"{pointer}/ends_at", code="order", detail="A yes ends after it begins.")


def _authority_faults(known: Known, one: Said, now: datetime, pointer: str) -> Iterator[Fault]:
    """Whoever speaks may speak: the representative within the mandate, the resident unless a curator does (I17)."""
    if one.mandate_id is None:
        if one.act is Act.GIVEN and authority.under_guardianship(known.mandates.values(), now):
            detail = "A curator speaks for this resident, who may look, say no and stop; a yes is the curator's."
            yield Fault(pointer=f"{pointer}/mandate_id", code="authority", detail=detail)
        return
    mandate = known.mandates.get(one.mandate_id)
    if mandate is None:
        yield Fault(pointer=f"{pointer}/mandate_id", code="unknown", detail="There is no such mandate.")
        return
    code = authority.why_not(mandate, one.purpose, now) or authority.why_not(mandate, one.purpose, one.said_at or now)
    if code is not None:
        detail = "The representative had no authority for this at that moment. See the mandates of the resident."
        yield Fault(pointer=f"{pointer}/mandate_id", code=code, detail=detail)
    elif mandate.participant_id == one.creditor_id and not mandate.conflict:
        detail = "The representative is this creditor itself. Record the mandate again, with a second person."
        yield Fault(pointer=f"{pointer}/mandate_id", code="conflict", detail=detail)


def _overtaken(known: Known, one: Said, now: datetime, pointer: str) -> Iterator[Fault]:
    """A yes on paper does not undo what the resident said after writing it."""
    said = one.said_at or now
    if one.act is not Act.GIVEN or said >= now:
        return
    for grant, events in known.earlier:
        if (grant.recipient_id, grant.purpose) != (one.creditor_id, one.purpose):
            continue
        stopped = any(event.kind is EventKind.WITHDRAWN and event.at >= said for event in events)
        if stopped or (grant.act is not Act.GIVEN and grant.given_at > said):
            detail = "The resident said no, or stopped, after this was written. That counts; ask if there is doubt."
            yield Fault(pointer=f"{pointer}/said_at", code="overtaken", detail=detail)
            return


def _question_faults(
    runtime: Runtime, known: Known, one: Said, flow: Flow, recipient: Row, now: datetime, pointer: str
) -> Iterator[Fault]:
    """An answer is an answer to the very text that was shown, while it was on the table."""
    where = f"{pointer}/ask_id"
    question = known.questions.get(one.ask_id) if one.ask_id is not None else None
    if question is None or (question.case_id, question.recipient_id, question.purpose) != (
        known.case["id"], one.creditor_id, one.purpose,
    ):  # fmt: skip
        yield Fault(pointer=where, code="unknown", detail="There is no such question.")
        return
    match questions.stage(question, now):
        case questions.Stage.REQUESTED:
            yield Fault(pointer=where, code="not_served", detail="Show the resident the question first.")
            return
        case questions.Stage.LAPSED:
            yield Fault(pointer=where, code="lapsed", detail="The question is off the table. Ask it again.")
            return
        case questions.Stage.ANSWERED:
            yield Fault(pointer=where, code="answered", detail="This question was answered. Ask a new one.")
            return
    text = rendered(runtime, flow, recipient, one.language, question.valid_until, masked=known.masked)
    if text.sha256 != question.notice_sha256:
        detail = "The text, or its language, is not the one that was shown. Show the question again."
        yield Fault(pointer=where, code="notice_changed", detail=detail)
