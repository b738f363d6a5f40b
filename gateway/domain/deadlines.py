"""Counts terms: when a term ends, and which days led to that day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import assert_never, overload
from zoneinfo import ZoneInfo

from gateway.domain.workdays import Calendar

_DAY = timedelta(days=1)
_AMSTERDAM = "Europe/Amsterdam"


class Unit(StrEnum):
    """In what a term is counted."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Basis(StrEnum):
    """What moves the end of a term; for working days it changes nothing."""

    STATUTORY = "statutory"  # ATW art. 1 and 2, within the limits of art. 4
    CONTRACT_ROLL = "contract_roll"  # agreed to roll over as in ATW art. 1, and no more than that
    CONTRACT_PLAIN = "contract_plain"  # never moves


# ATW art. 4: not for terms "in meer dan 90 dagen, in meer dan twaalf weken, in meer dan drie maanden".
_STATUTORY_LIMIT = {Unit.DAYS: 90, Unit.WEEKS: 12, Unit.MONTHS: 3}


@dataclass(frozen=True)
class Term:
    """
    A length of time to act in (termijn).

    Args:
        length: At least 1, in *unit*.
        count_equated: Days equated by decree count as working days; never for statutory days, weeks, months.
    """

    length: int
    unit: Unit
    basis: Basis
    count_equated: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.length <= 9999:
            raise ValueError("a term has a length of 1 to 9999")
        if self.count_equated and self.basis is Basis.STATUTORY and self.unit is not Unit.WORKING_DAYS:
            raise ValueError("equated days are holidays for a statutory term (ATW art. 3(3)); it cannot count them")

    def __str__(self) -> str:
        unit = self.unit.value.replace("_", " ")
        return f"{self.length} {unit.removesuffix('s') if self.length == 1 else unit}"

    @property
    def rolls(self) -> bool:
        """Whether an end on a Saturday, Sunday or holiday moves to the next working day (ATW art. 1)."""
        if self.unit is Unit.WORKING_DAYS or self.basis is Basis.CONTRACT_PLAIN:
            return False
        return self.basis is Basis.CONTRACT_ROLL or self.length <= _STATUTORY_LIMIT[self.unit]

    @property
    def stretches(self) -> bool:
        """Whether the term must hold two working days (ATW art. 2: statutory, at least three days)."""
        long_enough = self.unit is not Unit.DAYS or self.length >= 3
        return self.basis is Basis.STATUTORY and self.rolls and long_enough

    @property
    def rule(self) -> str:
        """How the term is counted, in one sentence for the sum of days."""
        if self.unit is Unit.WORKING_DAYS:
            equated = "equated days count" if self.count_equated else "so are equated days"
            return f"{self}: Saturdays, Sundays, holidays and Good Friday are skipped, {equated}"
        if self.stretches:
            return f"{self}, statutory: an end on a day off moves on, two working days at least (ATW art. 1, 2)"
        if self.basis is Basis.CONTRACT_PLAIN:
            return f"{self}, agreed: the end never moves"
        if not self.rolls:
            return f"{self}, statutory: too long for the ATW (art. 4), the end does not move"
        kind = "statutory" if self.basis is Basis.STATUTORY else "agreed"
        return f"{self}, {kind}: an end on a day off moves on (as in ATW art. 1)"


@dataclass(frozen=True)
class Suspension:
    """
    Days that do not count while a reply is held or disputed, the first and the day of release included.

    Args:
        until: The day of release; None while it lasts.
    """

    since: date
    until: date | None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError("a suspension is released on or after the day it began")


@dataclass(frozen=True)
class Step:
    """One day of the sum: *number* is its place in the term if it *counts*, *reason* says why or why not."""

    day: date
    counts: bool
    number: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """
    The outcome of counting one term.

    Args:
        start: Day 0, the Dutch day of the event; it is no step, for it never counts.
        due: The last day that is in time, until 24:00 in Amsterdam; None while a suspension runs.
        steps: Every day after *start* up to and including *due*, or the day a running suspension began.
    """

    term: Term
    start: date
    due: date | None
    calendar_version: str
    steps: tuple[Step, ...]


def compute(term: Term, start: date, calendar: Calendar, suspensions: Sequence[Suspension] = ()) -> Deadline:
    """
    When *term* ends that began with an event on *start*, with the sum of days that leads there.

    Raises:
        CalendarExhausted: The answer depends on days outside the calendar.

    Source: ATW art. 1, 2 and 4; months end on the same day number, else on the last day of the month
    (HR 1-9-2017, ECLI:NL:HR:2017:2225).
    """
    pauses = _pauses(start, suspensions)
    due = _due(term, start, calendar, pauses)
    last = due or next(pause.since for pause in pauses if pause.until is None)
    steps = _steps(term, start, last, calendar, pauses)
    return Deadline(term=term, start=start, due=due, calendar_version=calendar.version, steps=steps)


@overload
def due_on(term: Term, start: date, calendar: Calendar) -> date: ...
@overload
def due_on(term: Term, start: date, calendar: Calendar, suspensions: Sequence[Suspension]) -> date | None: ...
def due_on(term: Term, start: date, calendar: Calendar, suspensions: Sequence[Suspension] = ()) -> date | None:
    """The verdict of *compute* without the sum of days; None only while a suspension runs."""
    return _due(term, start, calendar, _pauses(start, suspensions))


def local_day(instant: datetime) -> date:
    """The Dutch calendar day of an aware *instant*."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(ZoneInfo(_AMSTERDAM)).date()


def end_of_day(day: date) -> datetime:
    """24:00 in Amsterdam on *day*, in UTC: the first instant that is too late."""
    following = day + _DAY
    midnight = datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(_AMSTERDAM))
    return midnight.astimezone(UTC)


def next_workday(day: date, calendar: Calendar, *, count_equated: bool = False) -> date:
    """The first working day after *day*."""
    day += _DAY
    while not calendar.is_workday(day, count_equated=count_equated):
        day += _DAY
    return day


def _due(term: Term, start: date, calendar: Calendar, pauses: Sequence[Suspension]) -> date | None:
    if term.unit is Unit.WORKING_DAYS:
        day: date | None = start
        for _ in range(term.length):
            day = day and _workday_from(day + _DAY, term, calendar, pauses)
        return day
    end = _unrolled(term, start, pauses)
    if end is None or not term.rolls:
        return end
    due = _workday_from(end, term, calendar, pauses)
    if due is None or not term.stretches or _holds_workday(start, due, term, calendar, pauses):
        return due
    return _workday_from(due + _DAY, term, calendar, pauses)


def _jump(term: Term, start: date) -> date:
    """The end as the calendar on the wall gives it, before anything suspends or moves it."""
    try:
        match term.unit:
            case Unit.DAYS | Unit.WORKING_DAYS:
                return start + timedelta(days=term.length)
            case Unit.WEEKS:
                return start + timedelta(weeks=term.length)
            case Unit.MONTHS:
                years, month = divmod(start.month - 1 + term.length, 12)
                year, month = start.year + years, month + 1
                return date(year, month, min(start.day, monthrange(year, month)[1]))
            case _:
                assert_never(term.unit)
    except (OverflowError, ValueError) as error:
        raise ValueError("the term ends after the year 9999") from error


def _unrolled(term: Term, start: date, pauses: Sequence[Suspension]) -> date | None:
    """The end of days, weeks or months, moved by the days suspended; None while a suspension runs."""
    end = _jump(term, start)
    for pause in pauses:
        if pause.since > end:
            break
        if pause.until is None:
            return None
        end += pause.until - pause.since + _DAY
    return end


def _workday_from(day: date, term: Term, calendar: Calendar, pauses: Sequence[Suspension]) -> date | None:
    """The first working day from *day* on that is not suspended; None when a suspension runs on."""
    while True:
        pause = _pause_on(day, pauses)
        if pause is None:
            if calendar.is_workday(day, count_equated=term.count_equated):
                return day
        elif pause.until is None:
            return None
        else:
            day = pause.until
        day += _DAY


def _holds_workday(start: date, due: date, term: Term, calendar: Calendar, pauses: Sequence[Suspension]) -> bool:
    """Whether a working day lies between *start* and *due*; sought from *due*, where the calendar reaches."""
    day = due - _DAY
    while day > start:
        if not _pause_on(day, pauses) and calendar.is_workday(day, count_equated=term.count_equated):
            return True
        day -= _DAY
    return False


def _pauses(start: date, suspensions: Sequence[Suspension]) -> tuple[Suspension, ...]:
    """The suspended days after *start*, in order, without overlap."""
    merged: list[Suspension] = []
    for each in sorted(suspensions, key=lambda suspension: suspension.since):
        if each.until is not None and each.until <= start:
            continue
        since, until = max(each.since, start + _DAY), each.until
        if merged:
            before = merged[-1]
            if before.until is None:
                break
            if since <= before.until + _DAY:
                since, until = before.since, until and max(until, before.until)
                merged.pop()
        merged.append(Suspension(since, until))
    return tuple(merged)


def _pause_on(day: date, pauses: Sequence[Suspension]) -> Suspension | None:
    for pause in pauses:
        if pause.since <= day and (pause.until is None or day <= pause.until):
            return pause
    return None


def _steps(term: Term, start: date, last: date, calendar: Calendar, pauses: Sequence[Suspension]) -> tuple[Step, ...]:
    in_days = term.unit is Unit.WORKING_DAYS
    span = term.length if in_days else (_jump(term, start) - start).days
    end = None if in_days else _unrolled(term, start, pauses)
    rolled = end if end is None or not term.rolls else _workday_from(end, term, calendar, pauses)
    steps: list[Step] = []
    number = 0
    for offset in range(1, (last - start).days + 1):
        day = start + timedelta(days=offset)
        if pause := _pause_on(day, pauses):
            released = "suspended" if pause.until else "suspended, not released yet"
            steps.append(Step(day, False, None, released))
        elif in_days:
            off = calendar.day_off(day, count_equated=term.count_equated)
            number += off is None
            steps.append(Step(day, off is None, None if off else number, off or f"working day {number}"))
        elif number < span:
            number += 1
            reason = _end_reason(term, start, day, calendar) if number == span else "every day counts"
            steps.append(Step(day, True, number, reason))
        else:
            steps.append(Step(day, False, None, _extension_reason(term, day, rolled, calendar)))
    return tuple(steps)


def _end_reason(term: Term, start: date, day: date, calendar: Calendar) -> str:
    wall = _jump(term, start)
    reason = f"the term ends, {term} on" if day == wall else f"the term ends, {term} and the days suspended on"
    if term.unit is Unit.MONTHS and wall.day != start.day:
        reason += f"; that month has no day {start.day}, its last one stands for it"
    off = calendar.day_off(day, count_equated=term.count_equated) if term.rolls else None
    return f"{reason}; but {off}" if off else reason


def _extension_reason(term: Term, day: date, rolled: date | None, calendar: Calendar) -> str:
    off = calendar.day_off(day, count_equated=term.count_equated)
    if rolled is not None and day > rolled:
        return f"{off or 'working day'}: the term must hold two working days (ATW art. 2)"
    article = "ATW art. 1" if term.basis is Basis.STATUTORY else "as agreed, like ATW art. 1"
    return f"{off}: the term runs on ({article})" if off else f"first working day after the end ({article})"
