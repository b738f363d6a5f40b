"""The calendar agrees, day by day, with a holiday library that knows nothing of our file, and the decrees."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest

from gateway.domain.workdays import Calendar, calendar_from, easter_sunday
from gateway.errors import CalendarExhausted, ConfigurationError

FILE = Path(__file__).parents[2] / "config" / "workdays.toml"
DECREED = {
    *(date(2020, 5, 22), date(2021, 5, 14), date(2022, 5, 27), date(2023, 4, 28), date(2023, 5, 19)),
    *(date(2024, 5, 10), date(2024, 12, 27), date(2025, 5, 30), date(2026, 1, 2), date(2026, 5, 15)),
    *(date(2027, 5, 7), date(2028, 4, 28), date(2028, 5, 26)),
}
EVERY_DAY = [date(2020, 1, 1) + timedelta(days=n) for n in range((date(2029, 1, 1) - date(2020, 1, 1)).days)]


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture
def calendar(table: dict[str, Any]) -> Calendar:
    return calendar_from(table)


@pytest.mark.parametrize("count_equated", [False, True])
def test_every_day_of_the_horizon_agrees_with_the_holiday_library(calendar: Calendar, count_equated: bool) -> None:
    """No day of 2020 to 2028 is judged differently by an independent source."""
    public = holidays.country_holidays("NL", years=range(2020, 2029), categories=("public", "optional"))
    closed = set(public) | (set() if count_equated else DECREED)
    different = [
        day
        for day in EVERY_DAY
        if calendar.is_workday(day, count_equated=count_equated) == (day.weekday() > 4 or day in closed)
    ]
    assert different == []


def test_a_day_off_says_why(calendar: Calendar) -> None:
    """Whoever reads the sum of days learns why a day was skipped."""
    assert calendar.day_off(date(2026, 4, 3)) == "Good Friday (Goede vrijdag)"
    assert calendar.day_off(date(2026, 4, 4)) == "Saturday"
    assert calendar.day_off(date(2026, 4, 6)) == "Easter Monday (Tweede paasdag)"
    assert calendar.day_off(date(2025, 4, 26)) == "Saturday, King's Day (Koningsdag)"
    assert calendar.day_off(date(2026, 5, 15)) == "equated day (decree for 2026 to 2028)"
    assert calendar.day_off(date(2026, 5, 4)) is None


def test_equated_days_can_be_made_to_count_but_good_friday_cannot(calendar: Calendar) -> None:
    """The switch touches what a decree says, never what the act itself says."""
    assert calendar.is_workday(date(2026, 5, 15), count_equated=True)
    assert not calendar.is_workday(date(2026, 4, 3), count_equated=True)


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2029, 1, 1)])
def test_a_day_outside_the_horizon_is_an_error_that_names_the_file(calendar: Calendar, day: date) -> None:
    """Doubt about a day is never resolved by guessing."""
    with pytest.raises(CalendarExhausted, match=r"2020 to 2028.*config/workdays\.toml"):
        calendar.is_workday(day)


def test_an_instant_is_not_a_day(calendar: Calendar) -> None:
    """A date-time given by mistake is not reported as a hole in the calendar."""
    with pytest.raises(TypeError):
        calendar.is_workday(datetime(2026, 4, 24, tzinfo=UTC))


def test_easter_is_right_in_the_years_that_catch_wrong_formulas() -> None:
    """The earliest and latest Easters, and the two exceptions of the Gauss formula."""
    known = {1818: (3, 22), 1943: (4, 25), 1954: (4, 18), 1981: (4, 19), 2000: (4, 23), 2049: (4, 18)}
    assert {year: (easter_sunday(year).month, easter_sunday(year).day) for year in known} == known


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "unknown key": (lambda t: t.update(holiday=1), "unknown key 'holiday'"),
    "missing version": (lambda t: t.pop("version"), "'version' is missing"),
    "blank source": (lambda t: t.update(source=" "), "'source' is blank"),
    "year as text": (lambda t: t.update(last_year="2028"), "'last_year' must be of type int"),
    "year as truth": (lambda t: t.update(first_year=True), "'first_year' must be of type int"),
    "horizon upside down": (lambda t: t.update(first_year=2029), "first_year must not lie after"),
    "horizon without decree": (lambda t: t.update(last_year=2029), r"no \[\[decree\]\] covers 2029"),
    "entry is no table": (lambda t: t["fixed"].append("1 May"), "must be a table"),
    "no such date": (lambda t: t["fixed"][0].update(month=2, day=30), "no date in 2020"),
    "unknown rule": (lambda t: t["fixed"][1].update(when_sunday="next_day"), "previous_day"),
    "decreed twice": (lambda t: t["decree"][2]["days"].append(date(2026, 4, 27)), "2026-04-27 is a day off"),
    "decreed Saturday": (lambda t: t["decree"][2]["days"].append(date(2026, 5, 16)), "day off already"),
    "decree of another year": (
        lambda t: t["decree"][2]["days"].append(date(2025, 5, 27)),
        "outside its years",
    ),
    "day as text": (lambda t: t["decree"][2]["days"].append("2026-05-18"), "without quotes"),
    "years as text": (lambda t: t["decree"][2].update(years=["2026"]), "years must list"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_calendar_file_is_refused_with_what_to_mend(table: dict[str, Any], name: str) -> None:
    """Nothing in the file is defaulted or ignored."""
    spoil, message = WRONG[name]
    spoil(table)
    with pytest.raises(ConfigurationError, match=message):
        calendar_from(table)
