"""When a resident is reminded of a yes: on these days, once each, and never of one that does not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.consent.flows import Flow, Mode
from gateway.consent.grants import Act, EventKind, Grant, GrantEvent, Status, status
from gateway.consent.reminders import due, ends_at, moments
from gateway.domain.correspondence import Kind

START = datetime(2026, 4, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
FLOW = Flow(
    purpose="monitoring", legal_basis="public_task", article="a", mode=Mode.INSTRUCTION,
    kinds=frozenset({Kind.STATEMENT_REQUEST}), fields_out=frozenset(), valid_days=365, max_messages=3,
    retention_days=365, notice="n", label_nl="n", label_en="n",
)  # fmt: skip


def a_grant(days: float = 365, **more: object) -> Grant:
    return Grant(
        id=UUID(int=1), resident_id=UUID(int=2), case_id=UUID(int=3), recipient_id=UUID(int=4), purpose="monitoring",
        act=Act.GIVEN, notice="n", notice_version=1, notice_language="nl", notice_sha256="0", method="desk",
        recorded_by="x", given_at=START, valid_from=START, valid_until=START + days * DAY, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def days_of(grant: Grant, flow: Flow | None = FLOW) -> dict[str, float]:
    return {one.step: (one.due_at - START) / DAY for one in moments(grant, flow, START)}


@pytest.mark.parametrize(
    "days, expected",
    [
        (365, {"lasts_90": 90, "lasts_180": 180, "lasts_270": 270, "ends_30": 335, "ends_7": 358}),
        (120, {"ends_30": 90, "ends_7": 113}),
        (121, {"lasts_90": 90, "ends_30": 91, "ends_7": 114}),
        (30, {"ends_7": 23}),
        (20, {"ends_7": 13}),
        (7, {}),
        (1, {}),
    ],
)
def test_the_days_on_which_is_reminded(days: int, expected: dict[str, float]) -> None:
    """30 and 7 days before the end, every 90 days before that; a short yes has fewer."""
    assert days_of(a_grant(days)) == expected


def test_a_cap_that_is_lowered_and_an_authority_that_ends_move_the_end() -> None:
    """I26: the strictest end counts for the reminder too."""
    assert days_of(a_grant(365), replace(FLOW, valid_days=60)) == {"ends_30": 30, "ends_7": 53}
    represented = a_grant(365, mandate_id=UUID(int=5), authority_until=START + 100 * DAY)
    assert days_of(represented) == {"ends_30": 70, "ends_7": 93}
    assert ends_at(represented, FLOW, START + 100 * DAY) == START + 365 * DAY, "reaffirmed, or it holds no longer"


events = st.lists(
    st.builds(
        GrantEvent, kind=st.sampled_from(list(EventKind)), at=st.integers(0, 400).map(lambda day: START + day * DAY)
    ),
    max_size=3,
)


@given(
    st.integers(1, 400),
    st.lists(st.integers(0, 420), min_size=1, max_size=9),
    events,
    st.sampled_from([Act.GIVEN, *Act]),
)
def test_however_often_is_looked_each_moment_is_told_once_and_only_while_the_yes_holds(
    lasts: int, looks: list[int], happened: list[GrantEvent], act: Act
) -> None:
    """Against a second reading: at every look, what passed since the last one, and only the newest of that."""
    grant = replace(a_grant(lasts), act=act)
    since = START
    told = []
    for look in sorted(looks):
        now = START + look * DAY
        found = due(grant, happened, FLOW, since, now)
        if found is not None:
            standing = status(grant, happened, now, max_messages=FLOW.max_messages)
            assert act is Act.GIVEN
            assert standing in (Status.ACTIVE, Status.USED_UP)
            assert since < found.due_at <= now < found.ends_at
            assert not [one for one in moments(grant, FLOW, now) if found.due_at < one.due_at <= now]
            told.append(found.step)
        since = now
    assert len(told) == len(set(told))


@given(st.integers(1, 400))
def test_looked_at_every_day_every_moment_is_told(lasts: int) -> None:
    """Nobody is forgotten: the looks together are all moments, in order."""
    grant = a_grant(lasts)
    found = [
        one.step
        for day in range(1, lasts + 5)
        if (one := due(grant, (), FLOW, START + (day - 1) * DAY, START + day * DAY)) is not None
    ]
    assert found == [one.step for one in moments(grant, FLOW, START)]
