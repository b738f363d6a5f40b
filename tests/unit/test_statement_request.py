"""The life of a statement request: every state has a way in and a way on, and nothing leaves STOPPED."""

from __future__ import annotations

import pytest

from gateway.domain.statement_request import EDGES, FINAL, Event, State, after, possible
from gateway.errors import Conflict

S, E = State, Event
PAIRS = [(state, event) for state in State for event in Event]


def reachable_from(start: State) -> set[State]:
    seen, left = {start}, [start]
    while left:
        here = left.pop()
        for (state, _), edge in EDGES.items():
            if state is here and edge.to not in seen:
                seen.add(edge.to)
                left.append(edge.to)
    return seen


def exits(state: State) -> dict[Event, State]:
    return {event: edge.to for (here, event), edge in EDGES.items() if here is state}


def test_every_state_can_be_reached_from_the_first() -> None:
    """No state is there that no request ever gets into."""
    assert reachable_from(S.QUEUED) == set(State)


def test_every_event_has_an_edge() -> None:
    """No event is there that nothing ever takes."""
    assert {event for _, event in EDGES} == set(Event)


@pytest.mark.parametrize("state", [state for state in State if state not in FINAL])
def test_every_state_that_is_not_final_has_a_way_on(state: State) -> None:
    """A request never gets stuck: it can always still be answered, and so come to rest."""
    assert E.ANSWERED in exits(state)
    assert S.ANSWERED in reachable_from(state)


def test_final_states_have_no_exit_but_the_documented_one() -> None:
    """Stopped is stopped. Not delivered may turn out to be delivered after all: then there is an answer."""
    assert exits(S.STOPPED) == {}
    assert exits(S.UNDELIVERABLE) == {E.ANSWERED: S.ANSWERED}
    assert {S.STOPPED, S.UNDELIVERABLE} == FINAL


def test_an_answer_is_an_answer_in_every_state_but_one() -> None:
    """Late, twice, or before our own proof of delivery: what a creditor says is never turned away (ruling 11)."""
    assert {state for state in State if not possible(state, E.ANSWERED)} == {S.STOPPED}
    assert {after(state, E.ANSWERED) for state in State if state is not S.STOPPED} == {S.ANSWERED}


def test_a_withdrawal_stops_whatever_is_open() -> None:
    """From every state in which something still runs or may still come (promise 1)."""
    stopped = {state for state in State if possible(state, E.PERMISSION_ENDED)}
    assert stopped == set(State) - FINAL - {S.ANSWERED}
    assert {after(state, E.PERMISSION_ENDED) for state in stopped} == {S.STOPPED}


def test_without_proof_of_delivery_no_term_ever_ends() -> None:
    """Only a delivered request can be waited for, and only a delivered notice starts the cure term (promise 5)."""
    without = {state for state, event in EDGES if event in (E.TERM_ENDED, E.TERM_ENDED_FOR_GOOD)}
    assert without == {S.WAITING}
    assert {state for state, event in EDGES if event is E.CURE_ENDED} == {S.NOTICED}
    assert {state for state, edge in ((s, e) for (s, _), e in EDGES.items()) if edge.to is S.NOTICED} == {S.OVERDUE}


@pytest.mark.parametrize("edge", EDGES.values(), ids=[f"{state}-{event}" for state, event in EDGES])
def test_every_edge_has_a_ground(edge: object) -> None:
    """Whoever asks why gets an answer."""
    assert len(getattr(edge, "ground", "").split()) >= 4


@pytest.mark.parametrize("state, event", PAIRS, ids=[f"{state}-{event}" for state, event in PAIRS])
def test_the_table_decides_and_what_is_not_in_it_is_a_conflict(state: State, event: Event) -> None:
    """There is no other way to a state: an impossible event changes nothing and says so."""
    if possible(state, event):
        assert after(state, event) is EDGES[state, event].to
    else:
        with pytest.raises(Conflict, match=f"is {state.value} does not take '{event.value}'"):
            after(state, event)


STORIES = [
    ("answered in time", [E.DELIVERED, E.ANSWERED], S.ANSWERED),
    ("answered twice", [E.DELIVERED, E.ANSWERED, E.ANSWERED], S.ANSWERED),
    ("answered before our proof of delivery", [E.ANSWERED], S.ANSWERED),
    ("silent under the law of today", [E.DELIVERED, E.TERM_ENDED_FOR_GOOD], S.SILENT),
    ("silent after notice and cure", [E.DELIVERED, E.TERM_ENDED, E.NOTICE_DELIVERED, E.CURE_ENDED], S.SILENT),
    ("a notice that never arrived", [E.DELIVERED, E.TERM_ENDED, E.GAVE_UP], S.SILENT),
    ("late, but an answer", [E.DELIVERED, E.TERM_ENDED_FOR_GOOD, E.ANSWERED], S.ANSWERED),
    ("never delivered", [E.GAVE_UP], S.UNDELIVERABLE),
    ("never delivered, and yet answered", [E.GAVE_UP, E.ANSWERED], S.ANSWERED),
    ("withdrawn while it ran", [E.DELIVERED, E.PERMISSION_ENDED], S.STOPPED),
]


@pytest.mark.parametrize("events, end", [story[1:] for story in STORIES], ids=[story[0] for story in STORIES])
def test_a_request_lives_as_its_story_tells(events: list[Event], end: State) -> None:
    """The lives that a counsellor meets."""
    state = S.QUEUED
    for event in events:
        state = after(state, event)
    assert state is end
