"""A named counsellor confirms that a creditor's silence, or its unargued refusal, counts as agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gateway.domain import settlement
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import due_on, local_day
from gateway.domain.settlement import Event, NotEarned, State
from gateway.errors import Conflict, Fault, Invalid
from gateway.services import answer_offer, ladder
from gateway.services.outbox import queue
from gateway.services.ownership import held_offer, named_counsellor
from gateway.services.runtime import Runtime
from gateway.services.silence import earned
from gateway.storage import cases, journal, proposals
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
    Confirm; promise 5 is put to the test once more, at this instant (ruling 10).

    Confirming twice changes nothing and answers the same.

    Raises:
        NotFound: There is no such offer in a case of this organisation.
        Invalid: There is no such counsellor in this organisation.
        SilenceNotEarned: A condition of promise 5 does not hold; every reason is listed.
        Conflict: The offer did not lapse.
    """
    with runtime.database.begin() as connection:
        offer = held_offer(connection, organisation_id, offer_id)
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/counsellor_id")
        if State(offer["state"]) is State.DEEMED:
            return _confirmed_before(connection, offer)
        to = settlement.after(State(offer["state"]), Event.CONFIRMED)
        verdict = earned(runtime, connection, offer, now)
        if isinstance(verdict, NotEarned):
            raise SilenceNotEarned(
                Fault(pointer="", code="not_earned", detail=f"{reason[0].upper()}{reason[1:]}.")
                for reason in verdict.reasons
            )
        review = ladder.policy_of(runtime, offer).review
        review_until = due_on(review, local_day(now), runtime.settings.calendar)
        changes = {"confirmed_by": counsellor_id, "confirmed_at": now, "review_until": review_until}
        proposals.change_offer(connection, offer_id, state=to.value, **changes)
        facts = {"road": verdict.road.value, "review_until": review_until.isoformat()}
        answer_offer.journal_change(connection, offer, to, now, actor=f"counsellor:{counsellor_id}", facts=facts)
        _tell_creditor(runtime, connection, offer, review_until, now)
    return Confirmed(offer_id=offer_id, road=verdict.road.value, review_until=review_until)


def _tell_creditor(runtime: Runtime, connection: Connection, offer: Row, review_until: date, now: datetime) -> None:
    """The creditor hears what its silence led to, and until when it may rebut."""
    wrapped = cases.wrapped_key(connection, offer["resident_id"])
    said = {"note": _told(review_until)}
    queue(runtime, connection, Kind.OUTCOME_NOTICE, [offer], now, subject_kind="offer", wrapped=wrapped, said=said)


def _confirmed_before(connection: Connection, offer: Row) -> Confirmed:
    """What the journal says about the confirmation that stands."""
    entry = journal.of_subject(connection, offer["id"], kind=f"offer.{State.DEEMED.value}")[0]
    return Confirmed(offer_id=offer["id"], road=entry["facts"]["road"], review_until=offer["review_until"])


def _told(review_until: date) -> str:
    """No more than the regime supports: by agreement, and open to rebuttal."""
    return (
        "Volgens afspraak geldt het voorstel als akkoord. "
        f"U kunt dit nog weerleggen, met uitleg, tot en met {review_until.isoformat()}."
    )
