"""The life of an offer, and when silence may speak: a state table and one pure test of promise 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gateway.domain.regimes import Regime, WeakRefusal
from gateway.errors import Conflict


class State(StrEnum):
    """
    Where an offer to one creditor stands.

    An open dispute or an answer that is not understood is no state of its own: it suspends the term (ruling 5).
    """

    QUEUED = "queued"  # recorded, no proof of delivery yet: no term runs
    WAITING = "waiting"  # delivered: the term runs
    OVERDUE = "overdue"  # the term passed; the final notice is on its way
    NOTICED = "noticed"  # final notice delivered: the cure term runs
    CHALLENGED = "challenged"  # refused without the facts the ground asks for: asked once to substantiate
    LAPSED = "lapsed"  # every term passed: a counsellor may confirm the presumption, or not
    DEEMED = "deemed"  # presumed agreement, confirmed by a named counsellor (vermoed akkoord)
    ACCEPTED = "accepted"
    ACCEPTED_IN_ADVANCE = "accepted_in_advance"  # covenant: no obstacle was flagged with the statement
    REFUSED = "refused"  # with a ground that counts
    REFUSED_UNARGUED = "refused_unargued"  # without one, under a regime that asks no further
    UNANSWERED = "unanswered"  # the term passed and silence presumes nothing: in law a refusal
    ROUTED = "routed"  # paid, sold on, or unknown there: no answer to the offer itself
    STOPPED = "stopped"  # the permission ended
    UNDELIVERABLE = "undeliverable"


class Event(StrEnum):
    """What may happen to an offer."""

    DELIVERED = "delivered"
    DELIVERED_UNDER_ADVANCE_AGREEMENT = "delivered_under_advance_agreement"
    GAVE_UP = "gave_up"
    TERM_ENDED = "term_ended"
    TERM_ENDED_FOR_GOOD = "term_ended_for_good"
    NOTICE_DELIVERED = "notice_delivered"
    CURE_ENDED = "cure_ended"
    CURE_ENDED_UNEARNED = "cure_ended_unearned"
    ACCEPTED = "accepted"
    REFUSED_WITH_FACTS = "refused_with_facts"
    REFUSED_WITHOUT_FACTS = "refused_without_facts"
    REFUSED_WITHOUT_FACTS_FOR_GOOD = "refused_without_facts_for_good"
    ROUTED = "routed"
    CONFIRMED = "confirmed"
    PERMISSION_ENDED = "permission_ended"


@dataclass(frozen=True)
class Edge:
    """Where an event leads to, and on what ground."""

    to: State
    ground: str


S, E = State, Event
_ANSWERABLE = (
    S.QUEUED,
    S.WAITING,
    S.OVERDUE,
    S.NOTICED,
    S.CHALLENGED,
    S.LAPSED,
    S.UNANSWERED,
    S.REFUSED_UNARGUED,
)
_HEARD_FROM = (*_ANSWERABLE, S.UNDELIVERABLE)  # whoever answers has received it, whatever our proof says
_BEFORE_CHALLENGE = (S.QUEUED, S.WAITING, S.OVERDUE, S.NOTICED, S.LAPSED, S.UNANSWERED, S.UNDELIVERABLE)

EDGES: Mapping[tuple[State, Event], Edge] = {
    (S.QUEUED, E.DELIVERED): Edge(S.WAITING, "proven delivery starts the term (promise 5)"),
    (S.QUEUED, E.DELIVERED_UNDER_ADVANCE_AGREEMENT):
        Edge(S.ACCEPTED_IN_ADVANCE, "covenant: accepted on delivery when no obstacle was flagged (ruling 12)"),
    (S.QUEUED, E.GAVE_UP): Edge(S.UNDELIVERABLE, "no proof of delivery: no term ever ran"),
    (S.WAITING, E.TERM_ENDED): Edge(S.OVERDUE, "the last day has passed; a final notice goes out (ruling 4)"),
    (S.WAITING, E.TERM_ENDED_FOR_GOOD): Edge(S.UNANSWERED, "under this regime silence presumes nothing"),
    (S.OVERDUE, E.NOTICE_DELIVERED): Edge(S.NOTICED, "the cure term starts on proven delivery (ruling 4)"),
    (S.OVERDUE, E.GAVE_UP): Edge(S.UNANSWERED, "a final notice that never arrived earns no silence (promise 5)"),
    (S.NOTICED, E.CURE_ENDED): Edge(S.LAPSED, "term, final notice and cure term have passed (promise 5)"),
    (S.NOTICED, E.CURE_ENDED_UNEARNED): Edge(S.UNANSWERED, "a silence not earned presumes nothing (promise 5)"),
    (S.CHALLENGED, E.CURE_ENDED_UNEARNED): Edge(S.REFUSED_UNARGUED, "the road is barred; it is a refusal"),
    (S.CHALLENGED, E.CURE_ENDED): Edge(S.LAPSED, "asked once for the facts, none came (ruling 13)"),
    (S.CHALLENGED, E.GAVE_UP): Edge(S.REFUSED_UNARGUED, "a question that never arrived cannot be held against anyone"),
    (S.LAPSED, E.CONFIRMED): Edge(S.DEEMED, "confirmed by a named counsellor (promise 5, art. 22 GDPR)"),
    **{(state, E.ACCEPTED): Edge(S.ACCEPTED, "the creditor agreed") for state in _HEARD_FROM},
    **{(state, E.REFUSED_WITH_FACTS): Edge(S.REFUSED, "refused on a ground, with its facts") for state in _HEARD_FROM},
    **{(state, E.REFUSED_WITHOUT_FACTS): Edge(S.CHALLENGED, "asked once to substantiate (ruling 13)")
       for state in _BEFORE_CHALLENGE},
    **{(state, E.REFUSED_WITHOUT_FACTS_FOR_GOOD): Edge(S.REFUSED_UNARGUED, "this regime asks for no facts")
       for state in _BEFORE_CHALLENGE},
    (S.CHALLENGED, E.REFUSED_WITHOUT_FACTS): Edge(S.CHALLENGED, "asked once is asked enough; the cure term runs on"),
    **{(S.REFUSED_UNARGUED, event): Edge(S.REFUSED_UNARGUED, "recorded; it is a refusal already")
       for event in (E.REFUSED_WITHOUT_FACTS, E.REFUSED_WITHOUT_FACTS_FOR_GOOD)},
    **{(state, E.ROUTED): Edge(S.ROUTED, "paid, sold on, or unknown there") for state in _HEARD_FROM},
    (S.DEEMED, E.ACCEPTED): Edge(S.ACCEPTED, "an acceptance within the review window replaces it (ruling 11)"),
    (S.DEEMED, E.REFUSED_WITH_FACTS): Edge(S.REFUSED, "a refusal with its facts makes it fall (ruling 11)"),
    **{(S.DEEMED, event): Edge(S.DEEMED, "recorded; the presumption stands (ruling 11)")
       for event in (E.REFUSED_WITHOUT_FACTS, E.REFUSED_WITHOUT_FACTS_FOR_GOOD)},
    (S.DEEMED, E.ROUTED): Edge(S.ROUTED, "there was nobody to agree: the presumption falls"),
    **{(state, E.PERMISSION_ENDED): Edge(S.STOPPED, "a withdrawal cancels every presumption on the flow (promise 1)")
       for state in _ANSWERABLE},
}  # fmt: skip

FINAL = frozenset({S.ACCEPTED, S.ACCEPTED_IN_ADVANCE, S.REFUSED, S.ROUTED, S.STOPPED, S.UNDELIVERABLE})
AGREED = frozenset({S.ACCEPTED, S.ACCEPTED_IN_ADVANCE, S.DEEMED})


def after(state: State, event: Event) -> State:
    """
    The state after *event*.

    Raises:
        Conflict: The table holds no such edge; nothing changes.
    """
    edge = EDGES.get((state, event))
    if edge is None:
        raise Conflict(f"An offer that is {state.value} does not take {event.value!r}.")
    return edge.to


def possible(state: State, event: Event) -> bool:
    """True when the table holds an edge for *event* from *state*."""
    return (state, event) in EDGES


class Road(StrEnum):
    """The two roads to a presumption (rulings 4 and 13)."""

    SILENCE = "silence"
    UNARGUED_REFUSAL = "unargued_refusal"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """
    Everything promise 5 looks at, gathered from the record; nothing here is an opinion.

    Args:
        delivered_at: The earliest proof of delivery of the proposal.
        due: The last day of the term, after every shift that the ladder and suspensions gave; None = still suspended.
        reminders_due: How many reminders the policy promises.
        reminders_delivered: The Dutch days on which they were proven delivered.
        notice_delivered_on: Proven delivery of the final notice (silence) or of the question for facts (refusal).
        cure_due: The last day of the cure term that this delivery started.
        permission_broken_at: The first instant since sending at which the permission did not hold.
        answers: How many answers of any kind came in through any channel, held and disputed ones included.
        unargued_refusals: How many of those were refusals without the facts their ground asks for.
        open_question: A held answer or a dispute that nobody has decided yet.
        proven_obstacle: An obstacle was flagged with the statement, with the facts its ground asks for.
        must_be_recut: The proposal counts on something that is not there any more; it must be made anew.
    """

    regime: Regime
    delivered_at: datetime | None
    due: date | None
    reminders_due: int
    reminders_delivered: tuple[date, ...]
    notice_delivered_on: date | None
    cure_due: date | None
    permission_broken_at: datetime | None
    answers: int
    unargued_refusals: int
    open_question: bool
    proven_obstacle: bool
    must_be_recut: bool = False


@dataclass(frozen=True, kw_only=True)
class Earned:
    """Silence, or a refusal that was never argued, may be confirmed as presumed agreement."""

    road: Road


@dataclass(frozen=True, kw_only=True)
class NotEarned:
    """It may not; every reason is named."""

    reasons: tuple[str, ...]


def presumption(facts: Facts, today: date) -> Earned | NotEarned:
    """
    Promise 5: silence speaks only when it was earned.

    Asked when the last term ends and again when the counsellor confirms, because both days count (ruling 10).

    Args:
        today: The Dutch calendar day on which the question is asked.
    """
    road = Road.UNARGUED_REFUSAL if facts.unargued_refusals else Road.SILENCE
    reasons = [
        *_always(facts, today),
        *(_of_refusal(facts) if facts.unargued_refusals else _of_silence(facts)),
    ]
    return NotEarned(reasons=tuple(reasons)) if reasons else Earned(road=road)


def _always(facts: Facts, today: date) -> list[str]:
    """What both roads ask."""
    unmet = {
        "the regime in force at sending gives silence no such meaning": not facts.regime.presumes,
        "delivery is not proven": facts.delivered_at is None,
        "the term is suspended": facts.due is None,
        "the last day of the term has not passed": facts.due is not None and today <= facts.due,
        "the final notice or question was not proven delivered": facts.notice_delivered_on is None,
        "the cure term is suspended or never started": facts.cure_due is None,
        "the last day of the cure term has not passed": facts.cure_due is not None and today <= facts.cure_due,
        "the permission was interrupted": facts.permission_broken_at is not None,
        "an answer or dispute waits for a person": facts.open_question,
        "an obstacle was flagged with the statement, with its facts": facts.proven_obstacle,
        "the proposal must be made anew": facts.must_be_recut,
    }
    return [reason for reason, holds in unmet.items() if holds]


def _of_silence(facts: Facts) -> list[str]:
    """What the road of silence asks besides: the reminders, a notice after the term, and really no answer."""
    early = facts.notice_delivered_on is not None and facts.due is not None and facts.notice_delivered_on <= facts.due
    unmet = {
        "not every reminder was proven delivered": len(facts.reminders_delivered) < facts.reminders_due,
        "the final notice went out before the term had passed": early,
        "the creditor answered": facts.answers > 0,
    }
    return [reason for reason, holds in unmet.items() if holds]


def _of_refusal(facts: Facts) -> list[str]:
    """What the road of the unargued refusal asks besides: that regime, and nothing but unargued refusals."""
    unmet = {
        "the regime does not ask for facts": facts.regime.weak_refusal is not WeakRefusal.ASK_ONCE,
        "the creditor gave another answer": facts.answers > facts.unargued_refusals,
    }
    return [reason for reason, holds in unmet.items() if holds]
