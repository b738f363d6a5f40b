"""A grant's worth is a pure function of its events and the time, and so is the moment at which it broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.consent.grants import PERMITTING, Act, EventKind, Grant, GrantEvent, Status, broken_at, status

E = EventKind
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TICK = timedelta(minutes=1)
GIVEN, UNTIL = 10, 40  # ticks after NOON
EARLY = GIVEN - 1


def moment(tick: int) -> datetime:
    return NOON + tick * TICK


def a_grant(act: Act = Act.GIVEN) -> Grant:
    return Grant(
        id=UUID(int=1),
        resident_id=UUID(int=2),
        case_id=UUID(int=3),
        recipient_id=UUID(int=4),
        purpose="inventory",
        act=act,
        notice="inventory",
        notice_version=1,
        notice_language="nl",
        notice_sha256="0" * 64,
        method="desk",
        recorded_by="counsellor",
        given_at=moment(GIVEN),
        valid_from=moment(GIVEN),
        valid_until=moment(UNTIL),
    )


def happened(*events: tuple[EventKind, int]) -> tuple[GrantEvent, ...]:
    return tuple(GrantEvent(kind=kind, at=moment(tick)) for kind, tick in events)


def at(tick: int, *events: tuple[EventKind, int], cap: int = 3, act: Act = Act.GIVEN) -> Status:
    return status(a_grant(act), happened(*events), moment(tick), max_messages=cap)


STORIES = [
    ("a yes", 20, [], Status.ACTIVE),
    ("before it starts", EARLY, [], Status.NOT_YET),
    ("from the very instant it starts", GIVEN, [], Status.ACTIVE),
    ("the last tick before it ends", UNTIL - 1, [], Status.ACTIVE),
    ("the instant at which it ends is outside: half-open", UNTIL, [], Status.EXPIRED),
    ("paused", 20, [(E.PAUSED, 15)], Status.PAUSED),
    ("at the instant of the pause", 15, [(E.PAUSED, 15)], Status.PAUSED),
    ("just before the pause", 14, [(E.PAUSED, 15)], Status.ACTIVE),
    ("resumed", 20, [(E.PAUSED, 15), (E.RESUMED, 18)], Status.ACTIVE),
    ("between pause and resume", 17, [(E.PAUSED, 15), (E.RESUMED, 18)], Status.PAUSED),
    ("paused again", 22, [(E.PAUSED, 15), (E.RESUMED, 18), (E.PAUSED, 21)], Status.PAUSED),
    ("a second click on resume is no credit", 22,
     [(E.PAUSED, 12), (E.RESUMED, 13), (E.RESUMED, 14), (E.PAUSED, 21)], Status.PAUSED),
    ("a second click on pause is one pause", 22, [(E.PAUSED, 12), (E.PAUSED, 13), (E.RESUMED, 14)], Status.ACTIVE),
    ("a resume without a pause changes nothing", 22, [(E.RESUMED, 12)], Status.ACTIVE),
    ("one use below the cap", 20, [(E.USED, 11), (E.USED, 12)], Status.ACTIVE),
    ("used up at the cap", 20, [(E.USED, 11), (E.USED, 12), (E.USED, 13)], Status.USED_UP),
    ("withdrawn", 20, [(E.WITHDRAWN, 15)], Status.WITHDRAWN),
    ("revoked", 20, [(E.REVOKED, 15)], Status.REVOKED),
    ("invalidated", 20, [(E.INVALIDATED, 15)], Status.INVALIDATED),
    ("the text was recalled", 20, [(E.RECALLED, 15)], Status.TEMPLATE_RECALLED),
    ("renewed", 20, [(E.SUPERSEDED, 15)], Status.SUPERSEDED),
    ("renewed and then withdrawn", 20, [(E.SUPERSEDED, 15), (E.WITHDRAWN, 16)], Status.WITHDRAWN),
    ("in review", 20, [(E.REVIEW_REQUIRED, 15)], Status.REVIEW),
    ("just before the review", 14, [(E.REVIEW_REQUIRED, 15)], Status.ACTIVE),
    ("reaffirmed", 20, [(E.REVIEW_REQUIRED, 15), (E.REAFFIRMED, 17)], Status.ACTIVE),
    ("in review again", 20, [(E.REVIEW_REQUIRED, 12), (E.REAFFIRMED, 13), (E.REVIEW_REQUIRED, 17)], Status.REVIEW),
    ("a reaffirmation beforehand answers nothing", 20, [(E.REAFFIRMED, 12), (E.REVIEW_REQUIRED, 15)], Status.REVIEW),
    ("a review says more than a pause", 20, [(E.PAUSED, 12), (E.REVIEW_REQUIRED, 15)], Status.REVIEW),
    ("a reaffirmation does not resume", 20, [(E.PAUSED, 12), (E.REVIEW_REQUIRED, 15), (E.REAFFIRMED, 16)],
     Status.PAUSED),
    ("a resume does not reaffirm", 20, [(E.PAUSED, 12), (E.REVIEW_REQUIRED, 15), (E.RESUMED, 16)], Status.REVIEW),
    ("a reaffirmation gives no life to what was withdrawn", 20, [(E.WITHDRAWN, 12), (E.REAFFIRMED, 13)],
     Status.WITHDRAWN),
    ("a withdrawal has no way back", 20, [(E.WITHDRAWN, 15), (E.RESUMED, 16)], Status.WITHDRAWN),
    ("withdrawn says more than expired", UNTIL + 5, [(E.WITHDRAWN, 15)], Status.WITHDRAWN),
    ("withdrawn before it started", EARLY, [(E.WITHDRAWN, 5)], Status.WITHDRAWN),
    ("expired says more than paused", UNTIL, [(E.PAUSED, 15)], Status.EXPIRED),
    ("paused says more than used up", 20, [(E.USED, 11), (E.USED, 12), (E.USED, 13), (E.PAUSED, 14)], Status.PAUSED),
]  # fmt: skip


@pytest.mark.parametrize("tick, events, expected", [story[1:] for story in STORIES], ids=[s[0] for s in STORIES])
def test_a_grant_is_worth_what_its_story_says(tick: int, events: list[tuple[EventKind, int]], expected: Status) -> None:
    """Every status, with the instants on both sides of each boundary."""
    assert at(tick, *events) is expected


def test_the_stories_tell_of_every_status() -> None:
    """A status nobody can reach is a word nobody can trust."""
    told = {expected for *_, expected in STORIES}
    assert told | {Status.REFUSED, Status.DEFERRED, Status.UNKNOWN, Status.AUTHORITY} == set(Status)


AUTHORITY = [
    ("while the representative may speak", 24, [], Status.ACTIVE),
    ("at the instant the authority ends: half-open", 25, [], Status.AUTHORITY),
    ("reaffirmed by who is competent then", 30, [(E.REAFFIRMED, 27)], Status.ACTIVE),
    ("reaffirmed at the instant it ended", 30, [(E.REAFFIRMED, 25)], Status.ACTIVE),
    ("reaffirmed before: the same voice again", 30, [(E.REAFFIRMED, 24)], Status.AUTHORITY),
    ("expired says more", UNTIL, [], Status.EXPIRED),
    ("withdrawn says more", 30, [(E.WITHDRAWN, 20)], Status.WITHDRAWN),
]


@pytest.mark.parametrize("tick, events, expected", [a[1:] for a in AUTHORITY], ids=[a[0] for a in AUTHORITY])
def test_a_yes_holds_no_longer_than_the_authority_of_who_gave_it(
    tick: int, events: list[tuple[EventKind, int]], expected: Status
) -> None:
    """I17, I26: a parent's word ends at the birthday, a representative's with the mandate, and time alone does it."""
    grant = replace(a_grant(), mandate_id=UUID(int=7), authority_until=moment(25))
    assert status(grant, happened(*events), moment(tick), max_messages=9) is expected
    if expected is Status.AUTHORITY:
        assert broken_at(grant, happened(*events), moment(12), moment(tick)) == moment(25)


@pytest.mark.parametrize(
    "act, expected",
    [(Act.REFUSED, Status.REFUSED), (Act.DEFERRED, Status.DEFERRED), (Act.UNKNOWN, Status.UNKNOWN)],
)
@pytest.mark.parametrize("tick", [0, 20, 60])
def test_a_no_stays_a_no_and_a_later_stays_a_later(act: Act, expected: Status, tick: int) -> None:
    """No event and no passing of time makes a yes out of it."""
    assert at(tick, (E.RESUMED, 1), act=act) is expected


# Properties, over every history that a grant can have.

histories = st.lists(st.tuples(st.sampled_from(list(EventKind)), st.integers(0, 55)), max_size=8).map(
    lambda events: sorted(events, key=lambda event: event[1])
)
ticks = st.integers(0, 60)


@given(histories, ticks, ticks)
@settings(max_examples=300, deadline=None)
def test_replaying_any_prefix_gives_the_past_answer(events: list[tuple[EventKind, int]], tick: int, later: int) -> None:
    """What happened afterwards does not rewrite what a grant was worth."""
    prefix = [event for event in events if event[1] <= tick]
    assert at(tick, *prefix) is at(tick, *events)
    assert at(tick, *events) is at(tick, *prefix, (E.WITHDRAWN, tick + later + 1))


@given(histories, st.integers(GIVEN, 60), ticks)
@settings(max_examples=300, deadline=None)
def test_time_alone_only_narrows(events: list[tuple[EventKind, int]], tick: int, wait: int) -> None:
    """Once a grant has started, nothing but an event can make it active again."""
    known = [event for event in events if event[1] <= tick]
    if at(tick, *known) is not Status.ACTIVE:
        assert at(tick + wait, *known) is not Status.ACTIVE


@given(histories, st.integers(0, 55), ticks)
@settings(max_examples=200, deadline=None)
def test_invalidated_beats_everything(events: list[tuple[EventKind, int]], when: int, wait: int) -> None:
    """What was never valid is not called anything milder."""
    assert at(when + wait, *events, (E.INVALIDATED, when)) is Status.INVALIDATED


FINAL = {
    Status.WITHDRAWN, Status.REVOKED, Status.INVALIDATED, Status.EXPIRED, Status.SUPERSEDED, Status.TEMPLATE_RECALLED,
}  # fmt: skip


@given(histories, st.integers(GIVEN, 60), st.sampled_from(list(EventKind)), ticks)
@settings(max_examples=300, deadline=None)
def test_what_has_ended_never_permits_again(
    events: list[tuple[EventKind, int]], tick: int, kind: EventKind, wait: int
) -> None:
    """Endings are final: whatever happens next, the grant stays closed."""
    known = [event for event in events if event[1] <= tick]
    if at(tick, *known) in FINAL:
        assert at(tick + wait, *known, (kind, tick)) in FINAL


@given(histories, ticks, st.integers(1, 4))
@settings(max_examples=500, deadline=None)
def test_active_means_a_fold_of_the_history_says_so(events: list[tuple[EventKind, int]], tick: int, cap: int) -> None:
    """A second reading, as the state diagram draws it."""
    held, open_, sound, used = True, True, True, 0
    for kind, when in events:
        if when <= tick:
            match kind:
                case E.PAUSED:
                    open_ = False
                case E.RESUMED:
                    open_ = True
                case E.USED:
                    used += 1
                case E.REVIEW_REQUIRED:
                    sound = False
                case E.REAFFIRMED:
                    sound = True
                case _:
                    held = False
    expected = held and open_ and sound and used < cap and GIVEN <= tick < UNTIL
    assert (at(tick, *events, cap=cap) is Status.ACTIVE) == expected


# When did it break? (promise 5, rulings 6 and 10)

BREAKS = [
    ("held throughout", [], 12, 30, None),
    ("withdrawn on the way", [(E.WITHDRAWN, 20)], 12, 30, 20),
    ("revoked on the way", [(E.REVOKED, 20)], 12, 30, 20),
    ("a pause breaks, also when it was resumed", [(E.PAUSED, 20), (E.RESUMED, 22)], 12, 30, 20),
    ("a pause of no length at all breaks", [(E.PAUSED, 20), (E.RESUMED, 20)], 12, 30, 20),
    ("the first of several", [(E.PAUSED, 25), (E.WITHDRAWN, 28)], 12, 30, 25),
    ("a pause that was over before", [(E.PAUSED, 11), (E.RESUMED, 12)], 15, 30, None),
    ("a pause that lasted at the start", [(E.PAUSED, 11)], 15, 30, 15),
    ("a withdrawal at the last instant counts", [(E.WITHDRAWN, 30)], 12, 30, 30),
    ("a withdrawal after the last instant does not", [(E.WITHDRAWN, 31)], 12, 30, None),
    ("not started yet", [], EARLY, 30, EARLY),
    ("expired on the way", [], 12, UNTIL + 5, UNTIL),
    ("expired at the last instant", [], 12, UNTIL, UNTIL),
    ("one tick before it expires", [], 12, UNTIL - 1, None),
    ("a review breaks, also when it was reaffirmed", [(E.REVIEW_REQUIRED, 20), (E.REAFFIRMED, 21)], 12, 30, 20),
    ("renewed on the way", [(E.SUPERSEDED, 20)], 12, 30, 20),
    ("the text was recalled on the way", [(E.RECALLED, 20)], 12, 30, 20),
    ("never valid: broken from the start", [(E.INVALIDATED, 20)], 12, 30, 12),
    ("used up is no break: the creditor may still answer", [(E.USED, 12)] * 9, 12, 30, None),
]


@pytest.mark.parametrize("events, since, now, expected", [b[1:] for b in BREAKS], ids=[b[0] for b in BREAKS])
def test_the_moment_it_broke(events: list[tuple[EventKind, int]], since: int, now: int, expected: int | None) -> None:
    """Silence counts only if the creditor was allowed to answer all along."""
    found = broken_at(a_grant(), happened(*events), moment(since), moment(now))
    assert found == (None if expected is None else moment(expected))


@pytest.mark.parametrize("act", [Act.REFUSED, Act.DEFERRED])
def test_what_was_never_given_is_broken_from_the_start(act: Act) -> None:
    """A no permits nothing, so nothing rests on it."""
    assert broken_at(a_grant(act), (), moment(15), moment(30)) == moment(15)


def walked(grant: Grant, events: Sequence[GrantEvent], since: datetime, now: datetime) -> datetime | None:
    """A second oracle: walk the clock tick by tick, live through every event, stop at the first closed door."""
    if any(event.kind is E.INVALIDATED and event.at <= now for event in events):
        return since
    paused = ended = doubted = False

    def live(event: GrantEvent) -> None:
        nonlocal paused, ended, doubted
        doubted = event.kind is E.REVIEW_REQUIRED or (doubted and event.kind is not E.REAFFIRMED)
        paused = event.kind is E.PAUSED or (paused and event.kind is not E.RESUMED)
        ended = ended or event.kind in (E.WITHDRAWN, E.REVOKED, E.RECALLED, E.SUPERSEDED)

    clock, left = NOON, list(events)
    while clock <= now:
        while left and left[0].at <= clock:
            live(left.pop(0))
            if clock > since and (paused or ended or doubted):
                return clock
        inside = grant.valid_from <= clock < grant.valid_until
        if clock >= since and (paused or ended or doubted or not inside):
            return clock
        clock += TICK
    return None


@given(histories, ticks, st.integers(0, 50), st.sampled_from(list(Act)))
@settings(max_examples=1500, deadline=None)
def test_two_readings_agree_on_the_moment_it_broke(
    events: list[tuple[EventKind, int]], since: int, length: int, act: Act
) -> None:
    """Whatever the history: the rule and the walk find the same first instant."""
    grant, now = a_grant(act), moment(since + length)
    known = [event for event in happened(*events) if event.at <= now]
    expected = moment(since) if act not in PERMITTING else walked(grant, known, moment(since), now)
    assert broken_at(grant, known, moment(since), now) == expected


@given(histories, ticks, st.integers(0, 50))
@settings(max_examples=300, deadline=None)
def test_unbroken_means_active_at_every_instant(events: list[tuple[EventKind, int]], since: int, length: int) -> None:
    """`broken_at` and `status` never tell different stories."""
    grant, known = a_grant(), happened(*(event for event in events if event[1] <= since + length))
    if broken_at(grant, known, moment(since), moment(since + length)) is None:
        for tick in range(since, since + length + 1):
            assert status(grant, known, moment(tick), max_messages=10**9) is Status.ACTIVE


def test_a_grant_cannot_be_changed() -> None:
    """A grant is a record of what was said; only `replace` makes another one."""
    grant = a_grant()
    with pytest.raises(AttributeError):
        grant.valid_until = moment(99)  # type: ignore[misc]
    assert replace(grant, purpose="proposal") != grant
