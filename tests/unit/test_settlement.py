"""The life of an offer is a table without side doors, and silence speaks only when every condition is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.regimes import ProposalSilence, Regime, StatementSilence, WeakRefusal
from gateway.domain.settlement import (
    AGREED,
    EDGES,
    FINAL,
    Earned,
    Event,
    Facts,
    NotEarned,
    Road,
    State,
    after,
    possible,
    presumption,
)
from gateway.errors import Conflict

S, E = State, Event
PAIRS = [(state, event) for state in State for event in Event]
ANSWERS = {
    E.ACCEPTED,
    E.REFUSED_WITH_FACTS,
    E.REFUSED_WITHOUT_FACTS,
    E.REFUSED_WITHOUT_FACTS_FOR_GOOD,
    E.ROUTED,
}


def exits(state: State) -> dict[Event, State]:
    return {event: edge.to for (here, event), edge in EDGES.items() if here is state}


def ways_into(state: State) -> set[tuple[State, Event]]:
    return {pair for pair, edge in EDGES.items() if edge.to is state and pair[0] is not state}


def reachable_from(start: State, *, never: Iterable[Event] = ()) -> set[State]:
    barred, seen, left = set(never), {start}, [start]
    while left:
        for event, to in exits(left.pop()).items():
            if event not in barred and to not in seen:
                seen.add(to)
                left.append(to)
    return seen


# The table.


def test_every_state_can_be_reached_from_the_first() -> None:
    """No state is there that no offer ever gets into."""
    assert reachable_from(S.QUEUED) == set(State)


def test_every_event_has_an_edge() -> None:
    """No event is there that nothing ever takes."""
    assert {event for _, event in EDGES} == set(Event)


@pytest.mark.parametrize("state", [state for state in State if state not in FINAL])
def test_every_state_that_is_not_final_has_a_way_on(state: State) -> None:
    """An offer never gets stuck: some way leads to rest, and an acceptance is one of them."""
    assert set(exits(state).values()) - {state}
    assert reachable_from(state) & FINAL
    assert after(state, E.ACCEPTED) is S.ACCEPTED


def test_final_states_have_no_exit_but_the_documented_ones() -> None:
    """Settled is settled. Only an offer that we could not deliver may turn out to have arrived: by its answer."""
    for state in FINAL - {S.UNDELIVERABLE}:
        assert exits(state) == {}, state
    assert set(exits(S.UNDELIVERABLE)) == ANSWERS


def test_nothing_leads_out_of_stopped() -> None:
    """A permission that ended does not come back: there is no forcing (promise 1)."""
    assert exits(S.STOPPED) == {}


def test_a_withdrawal_stops_whatever_waits_or_might_be_presumed() -> None:
    """Every presumption not yet confirmed falls with the permission; what was agreed stands (ruling 10)."""
    stopped = {state for state in State if possible(state, E.PERMISSION_ENDED)}
    assert stopped == set(State) - FINAL - {S.DEEMED}
    assert {after(state, E.PERMISSION_ENDED) for state in stopped} == {S.STOPPED}


def test_one_door_alone_leads_to_a_presumed_agreement() -> None:
    """A lapsed offer, and a person who confirms it; and an offer lapses after a cure term, never before."""
    assert ways_into(S.DEEMED) == {(S.LAPSED, E.CONFIRMED)}
    assert ways_into(S.LAPSED) == {(S.NOTICED, E.CURE_ENDED), (S.CHALLENGED, E.CURE_ENDED)}
    assert ways_into(S.NOTICED) == {(S.OVERDUE, E.NOTICE_DELIVERED)}
    assert ways_into(S.OVERDUE) == {(S.WAITING, E.TERM_ENDED)}
    assert ways_into(S.WAITING) == {(S.QUEUED, E.DELIVERED)}


def test_agreement_is_one_of_three_things() -> None:
    """Said now, said in advance, or presumed and confirmed; nothing else counts as agreed."""
    assert {S.ACCEPTED, S.ACCEPTED_IN_ADVANCE, S.DEEMED} == AGREED
    assert {event for (_, event), edge in EDGES.items() if edge.to in AGREED and event not in ANSWERS} == {
        E.CONFIRMED,
        E.DELIVERED_UNDER_ADVANCE_AGREEMENT,
    }


@pytest.mark.parametrize("weak", [E.REFUSED_WITHOUT_FACTS, E.REFUSED_WITHOUT_FACTS_FOR_GOOD])
def test_no_answer_falls_between_two_states(weak: Event) -> None:
    """
    Whatever the regime, an open or presumed offer takes every answer that can come: it is never turned away, so it
    cannot be missing when silence is judged (promises 3 and 4, ruling 11).
    """
    other = ({E.REFUSED_WITHOUT_FACTS, E.REFUSED_WITHOUT_FACTS_FOR_GOOD} - {weak}).pop()
    for state in reachable_from(S.QUEUED, never=[other]) - FINAL | {S.UNDELIVERABLE}:
        for event in (E.ACCEPTED, E.REFUSED_WITH_FACTS, weak, E.ROUTED):
            assert possible(state, event), (state, event)


def test_an_answer_never_leaves_a_presumption_open_to_silence() -> None:
    """Once anything came in, a lapsed offer is no longer one that may be confirmed (ruling 11)."""
    for event in ANSWERS:
        assert after(S.LAPSED, event) not in (S.LAPSED, S.DEEMED)


@pytest.mark.parametrize(
    "event, to",
    [
        (E.ACCEPTED, S.ACCEPTED),
        (E.REFUSED_WITH_FACTS, S.REFUSED),
        (E.REFUSED_WITHOUT_FACTS, S.DEEMED),
        (E.REFUSED_WITHOUT_FACTS_FOR_GOOD, S.DEEMED),
        (E.ROUTED, S.ROUTED),
    ],
)
def test_a_confirmed_presumption_can_be_rebutted(event: Event, to: State) -> None:
    """An acceptance replaces it, a refusal with its facts makes it fall, one without is recorded (ruling 11)."""
    assert after(S.DEEMED, event) is to


@pytest.mark.parametrize("edge", EDGES.values(), ids=[f"{state}-{event}" for state, event in EDGES])
def test_every_edge_has_a_ground(edge: object) -> None:
    """Whoever asks why gets an answer."""
    assert len(getattr(edge, "ground", "").split()) >= 3


@pytest.mark.parametrize("state, event", PAIRS, ids=[f"{state}-{event}" for state, event in PAIRS])
def test_the_table_decides_and_what_is_not_in_it_is_a_conflict(state: State, event: Event) -> None:
    """There is no other way to a state: an impossible event changes nothing and says so."""
    if possible(state, event):
        assert after(state, event) is EDGES[state, event].to
    else:
        with pytest.raises(Conflict, match=f"is {state.value} does not take '{event.value}'"):
            after(state, event)


TO_OVERDUE = [E.DELIVERED, E.TERM_ENDED]
TO_LAPSED = [*TO_OVERDUE, E.NOTICE_DELIVERED, E.CURE_ENDED]
STORIES = [
    ("agreed in time", [E.DELIVERED, E.ACCEPTED], S.ACCEPTED),
    ("agreed in advance", [E.DELIVERED_UNDER_ADVANCE_AGREEMENT], S.ACCEPTED_IN_ADVANCE),
    ("silent, and presumed to agree", [*TO_LAPSED, E.CONFIRMED], S.DEEMED),
    ("late, but before anybody confirmed", [*TO_LAPSED, E.REFUSED_WITH_FACTS], S.REFUSED),
    ("silent under the law of today", [E.DELIVERED, E.TERM_ENDED_FOR_GOOD], S.UNANSWERED),
    ("silent, late, and agreed after all", [E.DELIVERED, E.TERM_ENDED_FOR_GOOD, E.ACCEPTED], S.ACCEPTED),
    ("silent, but it was not earned", [*TO_OVERDUE, E.NOTICE_DELIVERED, E.CURE_ENDED_UNEARNED], S.UNANSWERED),
    ("the final notice never arrived", [*TO_OVERDUE, E.GAVE_UP], S.UNANSWERED),
    ("refused without a ground, twice", [E.DELIVERED, *[E.REFUSED_WITHOUT_FACTS] * 2], S.CHALLENGED),
    ("refused without a ground, to the end",
     [E.DELIVERED, E.REFUSED_WITHOUT_FACTS, E.CURE_ENDED, E.CONFIRMED], S.DEEMED),
    ("the question for facts never arrived", [E.DELIVERED, E.REFUSED_WITHOUT_FACTS, E.GAVE_UP], S.REFUSED_UNARGUED),
    ("facts on being asked", [E.DELIVERED, E.REFUSED_WITHOUT_FACTS, E.REFUSED_WITH_FACTS], S.REFUSED),
    ("an unearned silence, then a refusal without a ground",
     [*TO_OVERDUE, E.GAVE_UP, E.REFUSED_WITHOUT_FACTS], S.CHALLENGED),
    ("withdrawn at the last moment", [*TO_LAPSED, E.PERMISSION_ENDED], S.STOPPED),
    ("never delivered, and yet accepted", [E.GAVE_UP, E.ACCEPTED], S.ACCEPTED),
    ("sold on", [E.DELIVERED, E.ROUTED], S.ROUTED),
]  # fmt: skip


@pytest.mark.parametrize("events, end", [story[1:] for story in STORIES], ids=[story[0] for story in STORIES])
def test_an_offer_lives_as_its_story_tells(events: list[Event], end: State) -> None:
    """The lives that a counsellor meets."""
    state = S.QUEUED
    for event in events:
        state = after(state, event)
    assert state is end


# Promise 5: take a case in which silence was earned, break exactly one fact.

REVERSED = Regime(
    id="reversed_burden",
    version="2026-01",
    source="A written agreement",
    statement_silence=StatementSilence.KNOWN_AMOUNT,
    proposal_silence=ProposalSilence.PRESUMPTION,
    weak_refusal=WeakRefusal.ASK_ONCE,
    advance_agreement=False,
    words={"nl": "Volgens afspraak."},
)
DUE, NOTICED, CURED = date(2026, 5, 21), date(2026, 5, 22), date(2026, 6, 1)
CONFIRMED = CURED + timedelta(days=1)
NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)

SILENT = Facts(
    regime=REVERSED,
    delivered_at=NOON,
    due=DUE,
    reminders_due=1,
    reminders_delivered=(date(2026, 5, 12),),
    notice_delivered_on=NOTICED,
    cure_due=CURED,
    permission_broken_at=None,
    answers=0,
    unargued_refusals=0,
    open_question=False,
    proven_obstacle=False,
)
UNARGUED = replace(
    SILENT,
    reminders_delivered=(),  # who answered on the third day was never reminded
    notice_delivered_on=date(2026, 5, 8),  # the question for facts, well within the term
    cure_due=date(2026, 5, 18),
    answers=1,
    unargued_refusals=1,
)
ROADS = {Road.SILENCE: SILENT, Road.UNARGUED_REFUSAL: UNARGUED}


@pytest.mark.parametrize("road", list(Road))
def test_an_earned_case_is_earned_on_its_road(road: Road) -> None:
    """Both roads exist, and each says which one it is."""
    assert presumption(ROADS[road], CONFIRMED) == Earned(road=road)


EITHER_ROAD: dict[str, dict[str, Any]] = {
    "the regime in force at sending gives silence no such meaning": {
        "regime": replace(REVERSED, proposal_silence=ProposalSilence.REFUSAL)
    },
    "delivery is not proven": {"delivered_at": None},
    "the term is suspended": {"due": None},
    "the last day of the term has not passed": {"due": CONFIRMED},
    "the final notice or question was not proven delivered": {"notice_delivered_on": None},
    "the cure term is suspended or never started": {"cure_due": None},
    "the last day of the cure term has not passed": {"cure_due": CONFIRMED},
    "the permission was interrupted": {"permission_broken_at": NOON},
    "an answer or dispute waits for a person": {"open_question": True},
    "an obstacle was flagged with the statement, with its facts": {"proven_obstacle": True},
    "the proposal must be made anew": {"must_be_recut": True},
}
SILENCE_ONLY: dict[str, dict[str, Any]] = {
    "not every reminder was proven delivered": {"reminders_delivered": ()},
    "the final notice went out before the term had passed": {"notice_delivered_on": DUE},
    "the creditor answered": {"answers": 1},
}
REFUSAL_ONLY: dict[str, dict[str, Any]] = {
    "the regime does not ask for facts": {"regime": replace(REVERSED, weak_refusal=WeakRefusal.REFUSAL)},
    "the creditor gave another answer": {"answers": 2},
}
BROKEN = [
    *((road, reason, change) for reason, change in EITHER_ROAD.items() for road in Road),
    *((Road.SILENCE, reason, change) for reason, change in SILENCE_ONLY.items()),
    *((Road.UNARGUED_REFUSAL, reason, change) for reason, change in REFUSAL_ONLY.items()),
]


@pytest.mark.parametrize("road, reason, change", BROKEN, ids=[f"{road}: {reason}" for road, reason, _ in BROKEN])
def test_one_condition_unmet_is_enough_and_is_named(road: Road, reason: str, change: dict[str, Any]) -> None:
    """Each condition of promise 5 bars the presumption by itself, and the counsellor reads which one it was."""
    verdict = presumption(replace(ROADS[road], **change), CONFIRMED)
    expected = {reason}
    if reason == "the last day of the term has not passed" and road is Road.SILENCE:
        expected.add("the final notice went out before the term had passed")  # it then went out too early as well
    assert isinstance(verdict, NotEarned)
    assert set(verdict.reasons) == expected


@pytest.mark.parametrize("silence", [ProposalSilence.REFUSAL, ProposalSilence.NOTHING])
@pytest.mark.parametrize("road", list(Road))
def test_no_regime_presumes_but_the_one_that_says_so(road: Road, silence: ProposalSilence) -> None:
    """Under the law of today, and under the covenant, silence never becomes agreement."""
    facts = replace(ROADS[road], regime=replace(REVERSED, proposal_silence=silence))
    assert isinstance(presumption(facts, CONFIRMED), NotEarned)


@pytest.mark.parametrize("road", list(Road))
def test_the_last_day_itself_still_belongs_to_the_creditor(road: Road) -> None:
    """Both terms must have passed wholly: on the last day not yet, on the day after it yes."""
    facts = ROADS[road]
    last = max(facts.due or date.min, facts.cure_due or date.min)
    assert isinstance(presumption(facts, last), NotEarned)
    assert presumption(facts, last + timedelta(days=1)) == Earned(road=road)


def test_the_question_for_facts_may_come_within_the_term_but_both_terms_must_pass() -> None:
    """The road of the refusal waits for the term to answer as well (ruling 13)."""
    between = (UNARGUED.cure_due or date.min) + timedelta(days=1)
    verdict = presumption(UNARGUED, between)
    assert verdict == NotEarned(reasons=("the last day of the term has not passed",))


def test_a_ladder_of_two_reminders_wants_two() -> None:
    """Sent is not delivered: each reminder that was promised must be proven."""
    two = replace(SILENT, reminders_due=2)
    assert presumption(two, CONFIRMED) == NotEarned(reasons=("not every reminder was proven delivered",))
    both = replace(two, reminders_delivered=(date(2026, 5, 8), date(2026, 5, 12)))
    assert presumption(both, CONFIRMED) == Earned(road=Road.SILENCE)


def test_every_fact_matters() -> None:
    """Nothing that promise 5 looks at is decoration: each fact has a test above that breaks the case with it."""
    broken = {name for change in (*EITHER_ROAD.values(), *SILENCE_ONLY.values()) for name in change}
    assert {field.name for field in fields(Facts)} - broken == {"reminders_due", "unargued_refusals"}


# A second, differently written oracle: promise 5 as one sentence, over facts drawn at random around the boundaries.

DAYS = [DUE + timedelta(days=offset) for offset in range(-3, 16)]
Choose = Callable[[Sequence[Any]], Any]


def some_facts(choose: Choose) -> tuple[Facts, date]:
    """A case, mostly near to one in which silence was earned, and the day on which somebody asks."""
    unargued = choose([0, 0, 1, 2])
    silence = choose([*[ProposalSilence.PRESUMPTION] * 9, *ProposalSilence])
    weak = choose([WeakRefusal.ASK_ONCE] * 5 + [WeakRefusal.REFUSAL])
    facts = Facts(
        regime=REGIMES[silence, weak],
        delivered_at=choose([NOON] * 9 + [None]),
        due=choose([*DAYS, None]),
        reminders_due=choose([0, 1, 2]),
        reminders_delivered=(DUE,) * choose([0, 1, 2, 2, 2, 3]),
        notice_delivered_on=choose([*DAYS, None]),
        cure_due=choose([*DAYS, None]),
        permission_broken_at=choose([None] * 7 + [NOON]),
        answers=unargued + choose([0, 0, 0, 1]),
        unargued_refusals=unargued,
        open_question=choose([False] * 7 + [True]),
        proven_obstacle=choose([False] * 7 + [True]),
        must_be_recut=choose([False] * 7 + [True]),
    )
    return facts, choose(DAYS)


REGIMES = {
    (silence, weak): replace(REVERSED, proposal_silence=silence, weak_refusal=weak)
    for silence in ProposalSilence
    for weak in WeakRefusal
}


def may_speak(facts: Facts, today: date) -> Road | None:
    """Promise 5, read aloud."""
    dates = (facts.delivered_at, facts.due, facts.notice_delivered_on, facts.cure_due)
    if any(each is None for each in dates):
        return None
    last_word = max(str(facts.due), str(facts.cure_due))
    silent = facts.answers == 0 and (
        len(facts.reminders_delivered) >= facts.reminders_due and str(facts.notice_delivered_on) > str(facts.due)
    )
    unargued = 0 < facts.answers == facts.unargued_refusals and facts.regime.weak_refusal == "ask_once"
    clean = not (facts.open_question or facts.proven_obstacle or facts.permission_broken_at or facts.must_be_recut)
    if facts.regime.proposal_silence == "presumption" and clean and str(today) > last_word:
        return Road.SILENCE if silent else Road.UNARGUED_REFUSAL if unargued else None
    return None


def compare(facts: Facts, today: date) -> Road | None:
    """Both readings of one case; the road, when they agree that silence may speak."""
    verdict, expected = presumption(facts, today), may_speak(facts, today)
    if isinstance(verdict, NotEarned):
        assert expected is None, (facts, today)
        assert verdict.reasons, (facts, today)
        assert len(set(verdict.reasons)) == len(verdict.reasons), (facts, today)
        return None
    assert verdict.road is expected, (facts, today)
    # A later day with the same facts gives the same answer: only a new fact can take silence back.
    assert presumption(facts, today + timedelta(days=9)) == verdict, (facts, today)
    return expected


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_two_readings_of_promise_five_agree(data: st.DataObject) -> None:
    """The rule and the sentence say yes to the same cases, on the same road; a no always has a reason."""
    compare(*some_facts(lambda options: data.draw(st.sampled_from(options))))


def test_they_agree_on_a_great_many_cases_and_often_say_yes() -> None:
    """The same comparison without the search, so that it can be made in bulk: the yes is no rare accident."""
    chance = Random(5)
    said = Counter(compare(*some_facts(chance.choice)) for _ in range(40_000))
    assert min(said[road] for road in Road) > 250
    assert said[None] > 20_000
