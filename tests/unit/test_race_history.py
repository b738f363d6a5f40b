"""The checker of the consent race is right: histories that may happen pass, and each broken promise is seen and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.history import (
    SECOND,
    Arrival,
    Attempt,
    Ending,
    Entry,
    Expiry,
    Grant,
    History,
    Message,
    counts,
    violations,
)
from tests.faults.plan import CREDITORS, UNSTOPPED, cases

NOW = datetime(2026, 4, 24, 8, tzinfo=UTC)
UNTIL = NOW + timedelta(days=120)
ONE = "a" * 64
OTHER = "b" * 64


def entry(number: int, kind: str, *, message: str | None = "m", digest: str | None = None, at: datetime = NOW) -> Entry:
    return Entry(number=number, kind=kind, grant="g", message=message, digest=digest, at=at)


def sent(number: int, digest: str = ONE) -> list[Entry]:
    """The three entries of a first claim."""
    return [
        entry(number, "decision.permitted", digest=digest),
        entry(number + 1, "message.sending", digest=digest),
        entry(number + 2, "consent.used"),
    ]


def arrival(at: int, *, message: str = "m", kind: str = "statement_request", digest: str = ONE) -> Arrival:
    return Arrival(message=message, kind=kind, digest=digest, at=at)


ASKING = Message(id="m", kind="statement_request", grant="g", conversation="c", state="delivered")
NOTICE = Message(id="n", kind="stop_notice", grant="g", conversation="c", state="queued")
STOP = Ending(grants=("g",), entry="consent.withdrawn", asked=100, answered=200, under_way=0)
STOPPED = entry(10, "consent.withdrawn", message="g")
GRANT = Grant(id="g", most=1, until=UNTIL)

SENT_FIRST = History(
    endings=[STOP], attempts=[Attempt(message="m", began=50, ended=150)], arrivals=[arrival(120)],
    entries=[*sent(1), STOPPED], messages=[ASKING, NOTICE], grants=[GRANT],
)  # fmt: skip
STOPPED_FIRST = History(
    endings=[STOP], attempts=[Attempt(message="m", began=150, ended=250)], entries=[STOPPED],
    messages=[replace(ASKING, state="cancelled")], grants=[GRANT],
)  # fmt: skip
TRIED_AGAIN = replace(
    SENT_FIRST,
    arrivals=[arrival(60), arrival(90, digest=OTHER)],
    entries=[
        *sent(1), entry(4, "decision.permitted", digest=OTHER), entry(5, "message.sending", digest=OTHER), STOPPED,
        entry(11, "decision.refused", digest=ONE),
    ],
    messages=[replace(ASKING, state="cancelled"), NOTICE],
)  # fmt: skip
SAID_SO = replace(SENT_FIRST, endings=[replace(STOP, under_way=1)], arrivals=[arrival(201)])
RAN_OUT = replace(
    SENT_FIRST, endings=[], expiries=[Expiry(grant="g", at=130)], entries=sent(1), messages=[ASKING],
)  # fmt: skip
TOLD = replace(
    SENT_FIRST,
    arrivals=[arrival(120), arrival(300, message="n", kind="stop_notice", digest=OTHER)],
    entries=[
        *SENT_FIRST.entries, entry(20, "decision.permitted", message="n", digest=OTHER),
        entry(21, "message.sending", message="n", digest=OTHER), entry(22, "consent.used", message="n"),
    ],
)  # fmt: skip
TWINS = replace(SENT_FIRST, attempts=[*SENT_FIRST.attempts, Attempt(message="m", began=51, ended=160)])
GOOD = {
    "sent first": SENT_FIRST, "stopped first": STOPPED_FIRST, "tried again": TRIED_AGAIN, "the answer said so": SAID_SO,
    "the clock ran out after it": RAN_OUT, "the creditor was told": TOLD, "two workers": TWINS, "nothing": History(),
}  # fmt: skip


@pytest.mark.parametrize("history", GOOD.values(), ids=GOOD)
def test_what_may_happen_passes(history: History) -> None:
    assert violations(history) == []


def without(history: History, *kinds: str) -> list[Entry]:
    return [one for one in history.entries if one.kind not in kinds]


BAD: dict[str, tuple[str, History]] = {
    "it left after the answer": ("promise 1", replace(SENT_FIRST, arrivals=[arrival(201)])),
    "more left than the answer said": (
        "promise 1",
        replace(
            SAID_SO,
            arrivals=[arrival(201), arrival(202, message="m2")],
            entries=[*SENT_FIRST.entries, *(replace(one, number=one.number + 3, message="m2") for one in sent(1))],
            messages=[ASKING, replace(ASKING, id="m2"), NOTICE],
            grants=[replace(GRANT, most=2)],
        ),
    ),
    "far too late to be what was under way": ("promise 1", replace(SAID_SO, arrivals=[arrival(200 + 13 * SECOND)])),
    "claimed after the ending": (
        "I2", replace(SENT_FIRST, entries=[replace(STOPPED, number=0), *sent(1)], arrivals=[]),
    ),
    "tried again after the ending": (
        "I2",
        replace(
            TRIED_AGAIN,
            entries=[
                replace(one, number=one.number + 20) if one.number in (4, 5) else one for one in TRIED_AGAIN.entries
            ],
        ),
    ),
    "nobody was told to stop": ("I3", replace(SENT_FIRST, messages=[ASKING])),
    "told to stop what never began": ("I3", replace(STOPPED_FIRST, messages=[*STOPPED_FIRST.messages, NOTICE])),
    "told to stop before anybody stopped": (
        "I3", replace(TOLD, arrivals=[arrival(60), arrival(99, message="n", kind="stop_notice", digest=OTHER)]),
    ),
    "sent without a permit": ("I1", replace(SENT_FIRST, entries=without(SENT_FIRST, "decision.permitted"))),
    "other bytes than were permitted": ("I1", replace(SENT_FIRST, arrivals=[arrival(120, digest=OTHER)])),
    "other bytes recorded than were permitted": (
        "I1", replace(SENT_FIRST, entries=[replace(sent(1)[0], digest=OTHER), *sent(1)[1:], STOPPED]),
    ),
    "permitted twice, sent once": (
        "I1", replace(SENT_FIRST, entries=[entry(0, "decision.permitted", digest=ONE), *SENT_FIRST.entries]),
    ),
    "permitted, and not recorded as sent": (
        "I1", replace(STOPPED_FIRST, entries=[entry(1, "decision.permitted", digest=ONE), STOPPED]),
    ),
    "one sending, two arrivals": ("I1", replace(SENT_FIRST, arrivals=[arrival(120), arrival(121)])),
    "it arrived and nobody sent it": ("I1", replace(STOPPED_FIRST, arrivals=[arrival(120)])),
    "a message that is in no outbox": ("I1", replace(SENT_FIRST, arrivals=[arrival(120), arrival(1, message="x")])),
    "used twice": ("I8", replace(SENT_FIRST, entries=[*SENT_FIRST.entries, entry(9, "consent.used")])),
    "two there under a yes for one": (
        "I8",
        replace(
            SENT_FIRST,
            arrivals=[arrival(120), arrival(121, message="m2")],
            entries=[*SENT_FIRST.entries, *(replace(one, number=one.number + 3, message="m2") for one in sent(1)[:2])],
            messages=[ASKING, replace(ASKING, id="m2"), NOTICE],
        ),
    ),
    "answered, and not recorded": (
        "one order", replace(STOPPED_FIRST, entries=[], messages=[replace(ASKING, state="cancelled")]),
    ),
    "answered once, recorded twice": (
        "one order", replace(STOPPED_FIRST, entries=[STOPPED, replace(STOPPED, number=11)]),
    ),
    "recorded as something else": (
        "one order", replace(STOPPED_FIRST, entries=[replace(STOPPED, kind="consent.paused")]),
    ),
    "there before anybody stopped, and recorded after it": (
        "one order",
        replace(SENT_FIRST, arrivals=[arrival(90)], entries=[replace(STOPPED, number=0), *sent(1)]),
    ),
    "permitted at the very end": (
        "expiry",
        replace(RAN_OUT, entries=[replace(sent(1)[0], at=UNTIL), *sent(1)[1:]]),
    ),
    "an attempt after the end brought it": (
        "expiry", replace(RAN_OUT, attempts=[Attempt(message="m", began=131, ended=150)], arrivals=[arrival(140)]),
    ),
    "it still waits": ("left lying", replace(STOPPED_FIRST, messages=[replace(ASKING, state="queued")])),
    "on its way for ever": ("left lying", replace(SENT_FIRST, messages=[replace(ASKING, state="sending"), NOTICE])),
}  # fmt: skip


@pytest.mark.parametrize("promise, history", BAD.values(), ids=BAD)
def test_a_broken_promise_is_named(promise: str, history: History) -> None:
    found = violations(history)
    assert promise in {one.promise for one in found}, found
    assert all(one.about and one.what for one in found)


def test_each_promise_has_a_history_that_breaks_it() -> None:
    assert {promise for promise, _ in BAD.values()} == {
        "promise 1", "I1", "I2", "I3", "I8", "one order", "expiry", "left lying",
    }  # fmt: skip


def test_one_broken_promise_among_many_kept_ones_is_found() -> None:
    """Fifty good pairs and one bad one: it is named, and no other."""
    good = [_renamed(SENT_FIRST if number % 2 else STOPPED_FIRST, str(number)) for number in range(50)]
    bad = _renamed(replace(SENT_FIRST, messages=[ASKING]), "bad")
    assert {one.about for one in violations(_together([*good, bad]))} == {"m-bad"}


def _renamed(history: History, name: str) -> History:
    def other(part: Any) -> Any:
        names = ("id", "message", "grant", "conversation")
        changed = {one: f"{getattr(part, one)}-{name}" for one in names if getattr(part, one, None) is not None}
        if isinstance(part, Ending):
            changed["grants"] = tuple(f"{one}-{name}" for one in part.grants)
        return replace(part, **changed)

    parts = ("endings", "expiries", "attempts", "arrivals", "entries", "messages", "grants")
    return History(**{part: [other(one) for one in getattr(history, part)] for part in parts})


def _together(histories: list[History]) -> History:
    parts = ("endings", "expiries", "attempts", "arrivals", "entries", "messages", "grants")
    return History(**{part: [one for history in histories for one in getattr(history, part)] for part in parts})


@given(
    latest=st.integers(0, 400),
    claimed_first=st.booleans(),
    told=st.booleans(),
    under_way=st.integers(0, 1),
)
@settings(max_examples=300)
def test_a_pair_passes_exactly_when_it_kept_its_promises(
    latest: int, claimed_first: bool, told: bool, under_way: int
) -> None:
    """Any mixture of who came first, who was told and when it arrived, against the promise written out once more."""
    numbers = sent(1) if claimed_first else sent(11)
    history = replace(
        SENT_FIRST,
        endings=[replace(STOP, under_way=under_way)],
        arrivals=[arrival(latest)],
        entries=sorted([*numbers, STOPPED], key=lambda one: one.number),
        messages=[ASKING, NOTICE] if told else [ASKING],
    )
    kept = claimed_first and told and (latest <= 200 or under_way == 1)
    assert (violations(history) == []) is kept


def test_the_numbers_say_who_came_first() -> None:
    assert counts(SENT_FIRST)["sent first"] == 1
    assert counts(STOPPED_FIRST)["stopped first"] == 1
    assert counts(SENT_FIRST)["truly at once"] == 1
    assert counts(SENT_FIRST)["arrived while the stop was waiting"] == 1
    assert counts(SAID_SO)["arrived after an answer that said so"] == 1


@pytest.mark.parametrize("pairs", [1, 7, 500])
def test_the_plan_is_the_seeds_and_has_every_pair_that_was_asked_for(pairs: int) -> None:
    planned, again = list(cases(pairs, 3)), list(cases(pairs, 3))
    assert planned == again
    stopped = sum(CREDITORS for case in planned if case.way not in UNSTOPPED)
    assert pairs <= stopped < pairs + CREDITORS
