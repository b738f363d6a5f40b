"""Take in a creditor's answer to an offer: yes, no with its facts, no without them, or "not mine any more"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.adapters.answers import Unreadable, read_answer
from gateway.consent.decision import Ask, Refusal, Stage
from gateway.domain import settlement
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.domain.grounds import Answer, OfferAnswer, Routed, Substantiated, Unsubstantiated
from gateway.domain.regimes import WeakRefusal
from gateway.domain.settlement import Event, State
from gateway.errors import Fault, NotFound
from gateway.services import ladder
from gateway.services.gate import gate
from gateway.services.outbox import queue
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, messages, proposals, terms
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

_EVENTS = {
    "accepted": Event.ACCEPTED,
    "substantiated": Event.REFUSED_WITH_FACTS,
    "unsubstantiated": Event.REFUSED_WITHOUT_FACTS,
    "routed": Event.ROUTED,
}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """
    What became of an answer.

    Args:
        verdict: "accepted", "substantiated", "unsubstantiated", "routed", "refused" (unreadable) or "quarantined".
        missing: The facts that the ground still asks for; the creditor sees them at once.
        effect: False when the offer was settled already and this answer changed nothing.
    """

    answer_id: UUID
    verdict: str
    state: str
    missing: tuple[str, ...]
    faults: tuple[Fault, ...]
    effect: bool = True


def answer_offer(
    runtime: Runtime, creditor_id: UUID, offer_id: UUID, raw: bytes, media_type: str, now: datetime
) -> Answered:
    """
    An answer that a creditor sends by itself.

    Raises:
        NotFound: There is no such offer to this creditor.
    """
    with runtime.database.begin() as connection:
        offer = proposals.get_offer(connection, offer_id)
        if offer is None or offer["creditor_id"] != creditor_id:
            raise NotFound
        cases.lock_resident(connection, offer["resident_id"])
        offer = ladder.conversation_row(connection, "offer", offer_id)
        return take_in(runtime, connection, offer, raw, media_type, now)


def take_in(
    runtime: Runtime, connection: Connection, offer: Row, raw: bytes, media_type: str, now: datetime
) -> Answered:
    """The answer as one transaction sees it; the caller holds the resident and the offer."""
    digest = runtime.keys.digest(raw)
    earlier = proposals.same_answer(connection, offer["id"], digest)
    if earlier is not None:
        return Answered(
            answer_id=earlier["id"], verdict=earlier["verdict"], state=offer["state"], missing=(), faults=()
        )
    wrapped = cases.wrapped_key(connection, offer["resident_id"])
    answer_id = uuid4()
    row = {
        "id": answer_id,
        "offer_id": offer["id"],
        "resident_id": offer["resident_id"],
        "received_at": now,
        "late": _late(connection, offer, now),
        "media_type": media_type[:100],
        "digest": digest,
        "raw": runtime.keys.seal(wrapped, raw, table="offer_answer", row=answer_id, column="raw"),
    }
    if not _may_be_read(runtime, connection, offer, digest, now):
        return _keep(connection, offer, row, "quarantined", now)
    answer = read_answer(raw, media_type, runtime.settings.grounds)
    if isinstance(answer, Unreadable):
        return _keep(connection, offer, row, "refused", now, faults=answer.faults)
    verdict, missing = _judge(runtime, answer, now)
    return _apply(runtime, connection, offer, row, answer, verdict, missing, now)


def _late(connection: Connection, offer: Row, now: datetime) -> bool:
    rows = terms.of_subjects(connection, [offer["id"]]).get(offer["id"], [])
    first = next((row for row in rows if row["kind"] == ladder.ANSWER), None)
    return first is not None and first["due_on"] is not None and local_day(now) > first["due_on"]


def _may_be_read(runtime: Runtime, connection: Connection, offer: Row, digest: str, now: datetime) -> bool:
    standing = grants.get(connection, offer["grant_id"])
    ask = Ask(
        stage=Stage.RECEIVE,
        message_id=offer["id"],
        kind=Kind.PROPOSAL,
        resident_id=offer["resident_id"],
        recipient_id=offer["creditor_id"],
        digest=digest,
    )
    purpose = standing[0].purpose if standing is not None else ""
    answer, entry = gate(runtime, ask, purpose, standing, now, case_id=offer["case_id"])
    journal.append(connection, now, entry)
    return not isinstance(answer, Refusal)


def _judge(runtime: Runtime, answer: OfferAnswer, now: datetime) -> tuple[str, tuple[str, ...]]:
    if answer.answer is Answer.ACCEPT:
        return "accepted", ()
    match runtime.settings.grounds.judge(answer, on=local_day(now)):
        case Substantiated():
            return "substantiated", ()
        case Unsubstantiated(missing=missing):
            return "unsubstantiated", missing
        case Routed(missing=missing):
            return "routed", missing


def _apply(
    runtime: Runtime,
    connection: Connection,
    offer: Row,
    row: dict[str, Any],
    answer: OfferAnswer,
    verdict: str,
    missing: tuple[str, ...],
    now: datetime,
) -> Answered:
    """Put the answer through the state table; ask once for what is missing where the regime says so."""
    state = State(offer["state"])
    event = _EVENTS[verdict]
    asks = ladder.regime_of(runtime, offer).weak_refusal is WeakRefusal.ASK_ONCE
    if event is Event.REFUSED_WITHOUT_FACTS and not asks:
        event = Event.REFUSED_WITHOUT_FACTS_FOR_GOOD
    if not settlement.possible(state, event) or _review_is_over(offer, state, now):
        return _no_effect(connection, offer, row, verdict, answer.ground, now)
    to = settlement.after(state, event)
    proposals.add_answer(connection, {**row, "verdict": verdict, "ground": answer.ground})
    proposals.change_offer(connection, offer["id"], state=to.value, delivered_at=offer["delivered_at"] or now)
    if to is State.CHALLENGED and state is not State.CHALLENGED:
        if state in (State.QUEUED, State.UNDELIVERABLE):
            # No other proof of delivery came first, so the term to answer starts with this one (ruling 7).
            asked = {**offer, "state": to.value}
            ladder.start(runtime, connection, asked, subject_kind="offer", kind=ladder.ANSWER, delivered_at=now)
        _challenge(runtime, connection, offer, missing, now)
    elif to is not state:
        ladder.close(connection, offer, now, reason="answered")
        messages.cancel_of_subject(connection, offer["id"])
    facts = {"answer_id": str(row["id"]), "verdict": verdict, "ground": answer.ground, "late": row["late"]}
    journal_change(connection, offer, to, now, actor=f"creditor:{offer['creditor_id']}", facts=facts)
    return Answered(answer_id=row["id"], verdict=verdict, state=to.value, missing=missing, faults=())


def count_obstacle(runtime: Runtime, connection: Connection, offer: Row, now: datetime) -> None:
    """
    An obstacle that came with the statement without the facts its ground asks for is an unargued refusal from the
    moment of sending: where the regime asks for facts, the creditor is asked for them now (ruling 13).
    """
    if ladder.regime_of(runtime, offer).weak_refusal is not WeakRefusal.ASK_ONCE:
        return
    to = settlement.after(State(offer["state"]), Event.REFUSED_WITHOUT_FACTS)
    wrapped = cases.wrapped_key(connection, offer["resident_id"])
    answer_id, raw = uuid4(), b"obstacle flagged with the statement"
    row = {
        "id": answer_id,
        "offer_id": offer["id"],
        "resident_id": offer["resident_id"],
        "received_at": now,
        "late": False,
        "media_type": "text/plain",
        "digest": runtime.keys.digest(raw),
        "raw": runtime.keys.seal(wrapped, raw, table="offer_answer", row=answer_id, column="raw"),
    }
    proposals.add_answer(connection, {**row, "verdict": "unsubstantiated", "ground": None})
    proposals.change_offer(connection, offer["id"], state=to.value)
    _challenge(runtime, connection, offer, ("ground", "facts"), now)
    facts = {"answer_id": str(answer_id), "verdict": "unsubstantiated", "why": "obstacle_without_facts"}
    journal_change(connection, offer, to, now, actor=f"creditor:{offer['creditor_id']}", facts=facts)


def _review_is_over(offer: Row, state: State, now: datetime) -> bool:
    """A presumption that nobody rebutted within the review window stands (ruling 11)."""
    return state is State.DEEMED and local_day(now) > offer["review_until"]


def _no_effect(
    connection: Connection, offer: Row, row: dict[str, Any], verdict: str, ground: str | None, now: datetime
) -> Answered:
    """The offer is settled: the answer is kept and changes nothing."""
    proposals.add_answer(connection, {**row, "verdict": verdict, "ground": ground})
    facts = {"answer_id": str(row["id"]), "verdict": verdict, "ground": ground, "state": offer["state"]}
    actor = f"creditor:{offer['creditor_id']}"
    journal.append(connection, now, _entry(offer, "answer.no_effect", actor=actor, facts=facts))
    return Answered(answer_id=row["id"], verdict=verdict, state=offer["state"], missing=(), faults=(), effect=False)


def _challenge(runtime: Runtime, connection: Connection, offer: Row, missing: tuple[str, ...], now: datetime) -> None:
    """
    Ask once for the facts (ruling 13): the term to answer runs on, a cure term that ran makes way for
    the one that the delivery of this question starts.
    """
    cure = terms.open_of(connection, offer["id"], kind=ladder.CURE)
    if cure is not None:
        ladder.end(connection, offer, cure, now)
    messages.cancel_of_subject(connection, offer["id"])
    proposals.change_offer(connection, offer["id"], notice_delivered_at=None)
    waiting = terms.open_of(connection, offer["id"], kind=ladder.ANSWER)
    if waiting is not None:
        ladder.refresh(runtime, connection, {**offer, "state": State.CHALLENGED.value}, waiting)
    wrapped = cases.wrapped_key(connection, offer["resident_id"])
    queue(
        runtime,
        connection,
        Kind.SUBSTANTIATION_REQUEST,
        [offer],
        now,
        subject_kind="offer",
        wrapped=wrapped,
        said={"missing_facts": list(missing)},
    )


def _keep(
    connection: Connection,
    offer: Row,
    row: dict[str, Any],
    verdict: str,
    now: datetime,
    *,
    faults: tuple[Fault, ...] = (),
) -> Answered:
    """Bytes that are not read, or cannot be: kept sealed, journalled, and they change nothing."""
    proposals.add_answer(connection, {**row, "verdict": verdict, "ground": None})
    journal.append(
        connection,
        now,
        _entry(
            offer,
            f"answer.{verdict}",
            actor=f"creditor:{offer['creditor_id']}",
            facts={"answer_id": str(row["id"]), "codes": sorted({fault.code for fault in faults})},
        ),
    )
    return Answered(answer_id=row["id"], verdict=verdict, state=offer["state"], missing=(), faults=faults)


def journal_change(
    connection: Connection, offer: Row, to: State, now: datetime, *, actor: str, facts: Mapping[str, Any]
) -> None:
    """An offer changed its state, or was answered again without changing it."""
    change = {
        "from": offer["state"],
        "to": to.value,
        "regime": f"{offer['regime_id']}@{offer['regime_version']}",
    }
    journal.append(connection, now, _entry(offer, f"offer.{to.value}", actor=actor, facts={**change, **facts}))


def _entry(offer: Row, kind: str, *, actor: str, facts: Mapping[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        actor=actor,
        case_id=offer["case_id"],
        resident_id=offer["resident_id"],
        participant_id=offer["creditor_id"],
        grant_id=offer["grant_id"],
        subject_id=offer["id"],
        facts=facts,
    )
