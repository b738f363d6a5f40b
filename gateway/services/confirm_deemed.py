"""A named counsellor confirms that a creditor's silence, or its unargued refusal, counts as agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gateway.domain import settlement
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import due_on, local_day
from gateway.domain.settlement import Event, NotEarned, State
from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services import answer_offer, ladder
from gateway.services.outbox import queue
from gateway.services.runtime import Runtime
from gateway.services.silence import earned
from gateway.storage import cases, journal, participants, proposals
from gateway.storage.database import Connection, Row


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """The presumption stands, on *road*, open to rebuttal until the end of *review_until*."""

    offer_id: UUID
    road: str
    review_until: date


class SilenceNotEarned(Conflict, Invalid):
    """This may not count as agreement; each reason is listed."""

    code = "silence_not_earned"


def confirm_deemed(
    runtime: Runtime, organisation_id: UUID, offer_id: UUID, counsellor_id: UUID, now: datetime
) -> Confirmed:
    """
    Confirm; promise 5 is put to the test once more, at this instant (DESIGN ruling 10).

    Confirming twice changes nothing and answers the same.

    Raises:
        NotFound: There is no such offer in a case of this organisation.
        Invalid: There is no such counsellor in this organisation.
        SilenceNotEarned: A condition of promise 5 does not hold; every reason is listed.
        Conflict: The offer did not lapse.
    """
    with runtime.database.begin() as connection:
        offer = proposals.get_offer(connection, offer_id)
        if offer is None or cases.get(connection, offer["case_id"], organisation_id=organisation_id) is None:
            raise NotFound
        counsellor = participants.get_counsellor(connection, counsellor_id)
        if counsellor is None or counsellor["organisation_id"] != organisation_id:
            raise Invalid([Fault(pointer="/counsellor_id", code="unknown", detail="There is no such counsellor.")])
        cases.lock_resident(connection, offer["resident_id"])
        offer = ladder.conversation_row(connection, "offer", offer_id)
        if State(offer["state"]) is State.DEEMED:
            return _confirmed_before(connection, offer)
        verdict = earned(runtime, connection, offer, now)
        to = settlement.after(State(offer["state"]), Event.CONFIRMED)
        if isinstance(verdict, NotEarned):
            raise SilenceNotEarned(
                Fault(pointer="", code="not_earned", detail=f"{reason[0].upper()}{reason[1:]}.")
                for reason in verdict.reasons
            )
        review_until = due_on(ladder.policy_of(runtime, offer).review, local_day(now), runtime.settings.calendar)
        proposals.change_offer(
            connection,
            offer_id,
            state=to.value,
            confirmed_by=counsellor_id,
            confirmed_at=now,
            review_until=review_until,
        )
        facts = {"road": verdict.road.value, "review_until": review_until.isoformat()}
        answer_offer.journal_change(connection, offer, to, now, actor=f"counsellor:{counsellor_id}", facts=facts)
        wrapped = cases.wrapped_key(connection, offer["resident_id"])
        said = {"note": _told(review_until)}
        queue(
            runtime,
            connection,
            Kind.OUTCOME_NOTICE,
            [offer],
            now,
            subject_kind="offer",
            wrapped=wrapped,
            said=said,
        )
    return Confirmed(offer_id=offer_id, road=verdict.road.value, review_until=review_until)


def _confirmed_before(connection: Connection, offer: Row) -> Confirmed:
    """What the journal says about the confirmation that stands."""
    entry = journal.of_subject(connection, offer["id"], kind=f"offer.{State.DEEMED.value}")[0]
    return Confirmed(offer_id=offer["id"], road=entry["facts"]["road"], review_until=offer["review_until"])


def _told(review_until: date) -> str:
    """No more than the regime supports: by agreement, and open to rebuttal (domain brief 2.2)."""
    return (
        "Volgens afspraak geldt het voorstel als akkoord. "
        f"U kunt dit nog weerleggen, met uitleg, tot en met {review_until.isoformat()}."
    )
