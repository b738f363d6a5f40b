"""Terms end where the worked examples and a second, differently written reckoning say they end."""

from __future__ import annotations

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.deadlines import (
    Basis,
    Suspension,
    Term,
    Unit,
    compute,
    due_on,
    end_of_day,
    local_day,
    next_workday,
)
from gateway.domain.workdays import Calendar, calendar_from
from gateway.errors import CalendarExhausted

FILE = Path(__file__).parents[2] / "config" / "workdays.toml"
CALENDAR = calendar_from(tomllib.loads(FILE.read_text(encoding="utf-8")))
S, CR, C = Basis.STATUTORY, Basis.CONTRACT_ROLL, Basis.CONTRACT_PLAIN
D, W, M, WD = Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.WORKING_DAYS
DAY = timedelta(days=1)


# The worked examples of the specification, in its order.

EXAMPLES = [
    (1, "2025-04-04", 14, D, S, "2025-04-22", "Good Friday and Easter"),
    (2, "2025-04-14", 10, WD, C, "2025-04-30", "Easter; King's Day on a Saturday"),
    (3, "2025-04-18", 5, WD, C, "2025-04-28", "28 April 2025 is an ordinary day"),
    (4, "2025-04-21", 2, W, S, "2025-05-06", "5 May"),
    (5, "2025-05-15", 2, W, S, "2025-06-02", "Ascension Day and the equated Friday"),
    (6, "2025-05-26", 2, W, S, "2025-06-10", "Whit Monday"),
    (7, "2025-12-11", 2, W, S, "2025-12-29", "both Christmas days and a weekend"),
    (8, "2025-12-18", 2, W, S, "2026-01-05", "equated 2 January"),
    (9, "2025-12-19", 10, WD, C, "2026-01-08", "Christmas and New Year"),
    (10, "2026-01-31", 1, M, S, "2026-03-02", "short month and a weekend"),
    (11, "2026-02-06", 8, W, S, "2026-04-07", "Good Friday"),
    (12, "2026-03-20", 14, D, S, "2026-04-07", "Good Friday"),
    (13, "2026-03-30", 3, WD, S, "2026-04-02", "just before Easter"),
    (14, "2026-04-13", 2, W, S, "2026-04-28", "King's Day"),
    (15, "2026-04-20", 2, W, S, "2026-05-04", "4 May 2026 is not equated"),
    (16, "2026-04-21", 2, W, S, "2026-05-06", "5 May"),
    (17, "2026-04-24", 15, WD, C, "2026-05-21", "a covenant term over four days off"),
    (18, "2026-04-30", 5, WD, C, "2026-05-08", "the day the hub purges"),
    (19, "2026-05-01", 10, WD, C, "2026-05-20", "the day the hub wants an answer"),
    (20, "2026-04-30", 2, W, S, "2026-05-18", "Ascension Day and the equated Friday"),
    (21, "2026-01-05", 120, D, S, "2026-05-05", "art. 4: over 90 days, no extension"),
    (22, "2026-01-05", 120, D, CR, "2026-05-06", "the same, roll-over agreed"),
    (23, "2026-02-02", 90, D, S, "2026-05-04", "90 days roll"),
    (23, "2026-02-02", 91, D, S, "2026-05-04", "91 days do not need it"),
    (24, "2026-02-02", 12, W, S, "2026-04-28", "12 weeks roll"),
    (24, "2026-02-02", 13, W, S, "2026-05-04", "13 weeks do not need it"),
    (25, "2026-12-04", 21, D, S, "2026-12-28", "Christmas"),
    (25, "2026-12-04", 3, W, C, "2026-12-25", "a plain contract stays on Christmas"),
]


@pytest.mark.parametrize("number, start, length, unit, basis, due, shows", EXAMPLES)
def test_the_worked_examples_come_out(
    number: int, start: str, length: int, unit: Unit, basis: Basis, due: str, shows: str
) -> None:
    """Every date that a person worked out by hand is the date we give, with and without the sum of days."""
    term = Term(length, unit, basis)
    assert due_on(term, date.fromisoformat(start), CALENDAR) == date.fromisoformat(due), shows
    assert compute(term, date.fromisoformat(start), CALENDAR).due == date.fromisoformat(due), shows


# A second reckoning: a sorted list of working days and bisection, months by trying days downwards, suspended
# days by crossing them off a list of days. Its holidays come from a library, its decrees are typed in again.

_DECREED = "20200522 20210514 20220527 20230428 20230519 20240510 20241227 20250530 20260102 20260515 20270507"
DECREED = {datetime.strptime(d, "%Y%m%d").date() for d in f"{_DECREED} 20280428 20280526".split()}  # noqa: DTZ007
PUBLIC = holidays.country_holidays("NL", years=range(2020, 2029), categories=("public", "optional"))
ORDINARY = [day for n in range(3288) if (day := date(2020, 1, 1) + n * DAY).isoweekday() < 6 and day not in PUBLIC]
WITHOUT_EQUATED = [day for day in ORDINARY if day not in DECREED]


def months_later(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    for day in range(start.day, 0, -1):
        try:
            return date(index // 12, index % 12 + 1, day)
        except ValueError:
            continue
    raise AssertionError


def oracle(term: Term, start: date, suspensions: Sequence[Suspension] = ()) -> date | None:
    crossed_off: set[date] = set()
    stops: date | None = None
    for each in suspensions:
        if each.until is None:
            stops = min(stops or each.since, each.since)
        else:
            span = (each.until - each.since).days
            crossed_off |= {each.since + n * DAY for n in range(span + 1)}
    open_days = ORDINARY if term.count_equated else WITHOUT_EQUATED
    if crossed_off:
        open_days = [day for day in open_days if day not in crossed_off]
    if term.unit is WD:
        due = open_days[bisect_right(open_days, start) + term.length - 1]
    else:
        jumped = {
            D: start + term.length * DAY,
            W: start + term.length * 7 * DAY,
            M: months_later(start, term.length),
        }[term.unit]
        due = jumped
        if crossed_off:
            runs = [day for n in range(1, 1200) if (day := start + n * DAY) not in crossed_off]
            due = runs[(jumped - start).days - 1]
        too_long = {D: 90, W: 12, M: 3}[term.unit]
        if term.basis is CR or (term.basis is S and term.length <= too_long):
            due = open_days[bisect_left(open_days, due)]
            if term.basis is S and not (term.unit is D and term.length < 3):
                due = max(due, open_days[bisect_right(open_days, start) + 1])
    return None if stops is not None and stops <= due else due


IN_USE = [
    *(Term(n, WD, C) for n in (1, 3, 5, 10, 15)),
    *(Term(n, WD, C, count_equated=True) for n in (5, 15)),
    *(Term(n, D, b) for n in (1, 2, 3, 4, 14, 90, 91, 120) for b in (S, CR, C)),
    *(Term(n, W, b) for n in (1, 4, 12, 13) for b in (S, CR, C)),
    *(Term(n, M, b) for n in (1, 3, 4, 6) for b in (S, CR, C)),
    *(Term(n, D, CR, count_equated=True) for n in (14,)),
]


@pytest.mark.parametrize("term", IN_USE, ids=lambda term: f"{term}-{term.basis}-{term.count_equated}")
def test_every_start_day_of_three_years_agrees_with_the_second_reckoning(term: Term) -> None:
    """No start day of 2025 to 2027 gives another due date for any term in use."""
    starts = (date(2025, 1, 1) + n * DAY for n in range(365 * 3))
    assert [s for s in starts if due_on(term, s, CALENDAR) != oracle(term, s)] == []


lawful = (
    st.tuples(st.integers(1, 130), st.sampled_from(Unit), st.sampled_from(Basis), st.booleans())
    .filter(lambda t: not (t[3] and t[2] is S and t[1] is not WD))
    .filter(lambda t: t[1] in (D, WD) or t[0] <= 18)
)
terms = lawful.map(lambda t: Term(*t))
starts = st.dates(date(2020, 1, 1), date(2026, 6, 30))


@st.composite
def started_terms(draw: st.DrawFn) -> tuple[Term, date, list[Suspension]]:
    """A term with up to four suspensions around it, overlapping or not, the last perhaps still running."""
    term, start = draw(terms), draw(starts)
    suspensions = []
    for _ in range(draw(st.integers(0, 4))):
        since = start + draw(st.integers(-10, 140)) * DAY
        until = None if draw(st.integers(0, 5)) == 0 else since + draw(st.integers(0, 25)) * DAY
        suspensions.append(Suspension(since, until))
    return term, start, suspensions


@given(started_terms())
@settings(max_examples=500, deadline=None)
def test_suspended_terms_agree_with_the_second_reckoning(case: tuple[Term, date, list[Suspension]]) -> None:
    """Suspensions in any order and overlap, running or released, give the second reckoning's date."""
    term, start, suspensions = case
    assert due_on(term, start, CALENDAR, suspensions) == oracle(term, start, suspensions)


@given(started_terms())
@settings(max_examples=300, deadline=None)
def test_the_sum_of_days_explains_the_verdict(case: tuple[Term, date, list[Suspension]]) -> None:
    """Every day from the first to the due day is there once, and the days that count are exactly the term."""
    term, start, suspensions = case
    outcome = compute(term, start, CALENDAR, suspensions)
    assert outcome.due == due_on(term, start, CALENDAR, suspensions)
    assert outcome.calendar_version == CALENDAR.version
    assert [step.day for step in outcome.steps] == [start + n * DAY for n in range(1, len(outcome.steps) + 1)]
    numbers = [step.number for step in outcome.steps if step.counts]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(step.reason and (step.number is None) != step.counts for step in outcome.steps)
    suspended = {step.day for step in outcome.steps if step.reason.startswith("suspended")}
    assert suspended == {
        step.day
        for step in outcome.steps
        if any(s.since <= step.day and (s.until is None or step.day <= s.until) for s in suspensions)
    }
    if outcome.due is None:
        assert outcome.steps[-1].reason == "suspended, not released yet"
        return
    assert outcome.steps[-1].day == outcome.due
    length = {
        WD: term.length,
        D: term.length,
        W: 7 * term.length,
        M: (months_later(start, term.length) - start).days,
    }
    assert len(numbers) == length[term.unit]


@given(terms, starts, st.integers(0, 20), st.integers(0, 20))
@settings(deadline=None)
def test_a_released_suspension_never_shortens_a_term(term: Term, start: date, after: int, span: int) -> None:
    """Whoever is suspended loses no day, and a suspension after the term changes nothing."""
    plain = due_on(term, start, CALENDAR)
    since = start + after * DAY
    suspended = due_on(term, start, CALENDAR, [Suspension(since, since + span * DAY)])
    assert suspended is not None
    assert suspended >= plain
    if since > plain:
        assert suspended == plain
    else:
        assert not since <= suspended <= since + span * DAY


# The rulings, one by one.


def test_working_days_resume_with_those_left() -> None:
    """Ruling 5: neither the day of suspension nor the day of release counts."""
    held = Suspension(date(2026, 3, 4), date(2026, 3, 6))  # Wednesday to Friday, after one day counted
    outcome = compute(Term(3, WD, C), date(2026, 3, 2), CALENDAR, [held])
    assert outcome.due == date(2026, 3, 10)
    assert [(step.day.day, step.number) for step in outcome.steps if step.counts] == [(3, 1), (9, 2), (10, 3)]


def test_days_move_by_the_calendar_days_suspended_and_are_then_rolled() -> None:
    """Ruling 5: Mon 2 March + 14 days = Mon 16, five days suspended = Sat 21, rolled to Mon 23."""
    held = Suspension(date(2026, 3, 4), date(2026, 3, 8))
    assert due_on(Term(14, D, CR), date(2026, 3, 2), CALENDAR, [held]) == date(2026, 3, 23)
    assert due_on(Term(14, D, C), date(2026, 3, 2), CALENDAR, [held]) == date(2026, 3, 21)


def test_a_term_is_not_due_while_a_suspension_runs() -> None:
    """The clock of silence stands still, also when it stopped on the last day or while rolling over."""
    running = [Suspension(date(2026, 3, 23), None)]
    assert due_on(Term(21, D, C), date(2026, 3, 2), CALENDAR, running) is None
    assert due_on(Term(20, D, CR), date(2026, 3, 2), CALENDAR, running) is None  # Sunday 22 rolls to the 23rd
    assert due_on(Term(20, D, C), date(2026, 3, 2), CALENDAR, running) == date(2026, 3, 22)


def test_basis_changes_nothing_for_working_days() -> None:
    """Ruling 2."""
    for start in (date(2026, 4, 24) + n * DAY for n in range(60)):
        assert len({due_on(Term(4, WD, basis), start, CALENDAR) for basis in Basis}) == 1


def test_equated_days_count_when_the_policy_says_so() -> None:
    """Ruling 2: the Friday after Ascension Day is then a working day, Good Friday is still none."""
    assert due_on(Term(1, WD, C, count_equated=True), date(2026, 5, 14), CALENDAR) == date(2026, 5, 15)
    assert due_on(Term(1, WD, C, count_equated=True), date(2026, 4, 2), CALENDAR) == date(2026, 4, 7)


def test_an_agreed_roll_over_has_no_limit_and_no_second_working_day() -> None:
    """Ruling 1: Thu 2 April 2026 + 3 days = Easter; by law to Wednesday, as agreed to Tuesday."""
    assert due_on(Term(3, D, S), date(2026, 4, 2), CALENDAR) == date(2026, 4, 8)
    assert due_on(Term(3, D, CR), date(2026, 4, 2), CALENDAR) == date(2026, 4, 7)
    assert due_on(Term(200, D, CR), date(2026, 1, 1), CALENDAR) == date(2026, 7, 20)


def test_a_month_without_that_day_ends_on_its_last_day() -> None:
    """HR 1-9-2017: 29 February 2016 + 3 months is 29 May; 31 January + 1 month is the last of February."""
    assert due_on(Term(3, M, C), date(2016, 2, 29), CALENDAR) == date(2016, 5, 29)
    assert due_on(Term(1, M, C), date(2028, 1, 31), CALENDAR) == date(2028, 2, 29)
    assert due_on(Term(1, M, C), date(2026, 1, 31), CALENDAR) == date(2026, 2, 28)


@pytest.mark.parametrize(
    "term, start",
    [
        (Term(1, WD, C), date(2028, 12, 29)),
        (Term(14, D, S), date(2028, 12, 20)),
        (Term(1, D, CR), date(2028, 12, 30)),  # ends on Sunday 31 December and rolls into 2029
        (Term(1, WD, C), date(2019, 12, 30)),
        (Term(9999, WD, C), date(2026, 1, 1)),
    ],
)
def test_a_term_that_needs_days_beyond_the_horizon_is_an_error(term: Term, start: date) -> None:
    """Ruling 3: it says which file to extend."""
    for count in (due_on, compute):
        with pytest.raises(CalendarExhausted, match=r"config/workdays\.toml"):
            count(term, start, CALENDAR)


@pytest.mark.parametrize(
    "term, start, due",
    [
        (Term(2, W, C), date(2031, 5, 1), date(2031, 5, 15)),
        (Term(18, M, C), date(2028, 7, 1), date(2030, 1, 1)),
        (Term(120, D, S), date(2028, 12, 1), date(2029, 3, 31)),
        (Term(6, M, S), date(1999, 8, 31), date(2000, 2, 29)),
        (Term(4, W, S), date(2019, 12, 12), date(2020, 1, 9)),  # its end is inside, and that is all it needs
    ],
)
def test_a_term_that_needs_no_calendar_still_gets_its_date(term: Term, start: date, due: date) -> None:
    """Ruling 3: the horizon binds only what depends on it."""
    assert due_on(term, start, CALENDAR) == due
    assert compute(term, start, CALENDAR).due == due


# Instants and days.


def test_a_day_ends_at_midnight_in_amsterdam() -> None:
    """The first instant that is too late moves with summer time."""
    assert end_of_day(date(2026, 7, 1)) == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert end_of_day(date(2026, 1, 1)) == datetime(2026, 1, 1, 23, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 28)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 29)) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert end_of_day(date(2026, 10, 25)) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 29)).tzinfo is UTC


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_the_last_instant_of_a_day_belongs_to_it_and_the_next_does_not(day: date) -> None:
    """*local_day* and *end_of_day* agree to the microsecond."""
    assert local_day(end_of_day(day) - timedelta(microseconds=1)) == day
    assert local_day(end_of_day(day)) == day + DAY


def test_the_day_of_an_instant_is_the_dutch_one() -> None:
    """Half past eleven at night in UTC is tomorrow in Amsterdam, whatever zone it was written in."""
    assert local_day(datetime(2026, 5, 4, 22, 30, tzinfo=UTC)) == date(2026, 5, 5)
    assert local_day(datetime(2026, 5, 4, 18, 30, tzinfo=ZoneInfo("America/New_York"))) == date(2026, 5, 5)
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 5, 4, 22, 30))  # noqa: DTZ001


def test_the_next_working_day_is_never_the_day_itself() -> None:
    """A final notice goes out on the first working day after the deadline."""
    assert next_workday(date(2026, 5, 4), CALENDAR) == date(2026, 5, 6)
    assert next_workday(date(2026, 5, 13), CALENDAR) == date(2026, 5, 18)
    assert next_workday(date(2026, 5, 13), CALENDAR, count_equated=True) == date(2026, 5, 15)


IMPOSSIBLE: list[Callable[[], object]] = [
    lambda: Term(0, D, C),
    lambda: Term(10_000, D, C),
    lambda: Term(2, W, S, count_equated=True),
    lambda: Suspension(date(2026, 5, 2), date(2026, 5, 1)),
    lambda: due_on(Term(9999, M, C), date(9900, 1, 1), CALENDAR),
    lambda: due_on(Term(9999, W, C), date(9900, 1, 1), CALENDAR),
]


@pytest.mark.parametrize("make", IMPOSSIBLE)
def test_what_cannot_be_is_refused(make: Callable[[], object]) -> None:
    """A term without length, a release before its suspension, a date that no calendar has."""
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_the_sum_of_days_names_what_moved_the_end() -> None:
    """A judge reads which article moved the end, and over which days."""
    steps = compute(Term(3, D, S), date(2026, 4, 2), CALENDAR).steps
    assert [step.reason for step in steps[2:]] == [
        "the term ends, 3 days on; but Sunday",
        "Easter Monday (Tweede paasdag): the term runs on (ATW art. 1)",
        "first working day after the end (ATW art. 1)",
        "working day: the term must hold two working days (ATW art. 2)",
    ]


def test_a_calendar_is_not_asked_about_a_plain_term() -> None:
    """Ruling 3, at its sharpest: an empty horizon is enough for days that never move."""

    class Unasked(Calendar):
        def day_off(self, day: date, *, count_equated: bool = False) -> str | None:
            raise AssertionError(day)

    unasked = Unasked(version="0", first_year=1, last_year=1, source="-", _off={}, _off_but_equated={})
    for term in (Term(4, D, C), Term(4, W, C), Term(4, M, C), Term(91, D, S), Term(13, W, S), Term(4, M, S)):
        assert compute(term, date(2026, 4, 2), unasked).due == due_on(term, date(2026, 4, 2), unasked)
