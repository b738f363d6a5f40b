"""Says of any day whether it is a working day under the Algemene termijnenwet, and if not, why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from gateway.errors import CalendarExhausted, ConfigurationError

FILE = "config/workdays.toml"
_WEEKEND = {5: "Saturday", 6: "Sunday"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Calendar:
    """
    The working days (werkdagen) of the years *first_year* to *last_year*, inclusive.

    Every day of the horizon was decided when the calendar was made; asking is one look-up.

    Args:
        version: Stored with each deadline that was computed from this calendar.
        source: The act and decrees behind it.

    Source: Algemene termijnenwet (ATW) art. 3; days equated by decree: art. 3(3).
    """

    version: str
    first_year: int
    last_year: int
    source: str
    _off: Mapping[date, str | None] = field(repr=False)
    _off_but_equated: Mapping[date, str | None] = field(repr=False)

    def is_workday(self, day: date, *, count_equated: bool = False) -> bool:
        """
        Whether *day* is a working day.

        Args:
            count_equated: A day equated by decree counts as a working day (Good Friday never does).

        Raises:
            CalendarExhausted: *day* lies outside the horizon.
        """
        return self.day_off(day, count_equated=count_equated) is None

    def day_off(self, day: date, *, count_equated: bool = False) -> str | None:
        """
        Why *day* is not a working day ("Saturday", "Easter Monday (Tweede paasdag)"); None when it is one.

        Raises:
            CalendarExhausted: *day* lies outside the horizon.
        """
        try:
            return (self._off_but_equated if count_equated else self._off)[day]
        except KeyError:
            if isinstance(day, datetime):
                raise TypeError("a calendar is asked about a date, not an instant; see local_day") from None
            raise CalendarExhausted(
                f"the workday calendar covers {self.first_year} to {self.last_year} and does not reach {day};"
                f" extend {FILE} with the decree for that year"
            ) from None


def calendar_from(table: Mapping[str, Any]) -> Calendar:
    """
    The calendar that a parsed workdays.toml describes.

    Raises:
        ConfigurationError: Something is missing, unknown or contradictory; the message says what to mend.
    """
    top = entry_of(
        table,
        FILE,
        required={
            "version": str,
            "first_year": int,
            "last_year": int,
            "source": str,
            "fixed": list,
            "easter": list,
            "decree": list,
        },
    )
    if not 1900 <= top["first_year"] <= top["last_year"] <= 2199:
        raise ConfigurationError(f"{FILE}: first_year must not lie after last_year, both between 1900 and 2199")
    years = range(top["first_year"], top["last_year"] + 1)
    holidays = dict(_holidays(top, years))
    equated = dict(_equated(top, years, holidays))
    off: dict[date, str | None] = {}
    day = date(years[0], 1, 1)
    while day.year <= years[-1]:
        reasons = [reason for reason in (_WEEKEND.get(day.weekday()), holidays.get(day)) if reason]
        off[day] = ", ".join(reasons) or None
        day += timedelta(days=1)
    return Calendar(
        version=top["version"],
        first_year=years[0],
        last_year=years[-1],
        source=top["source"],
        _off=MappingProxyType(off | equated),
        _off_but_equated=MappingProxyType(off),
    )


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian *year* (the anonymous algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - moon_shift + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def entry_of(
    entry: object, where: str, *, required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> dict[str, Any]:
    """
    One table of a configuration file, with every key known and of its type; texts are not blank.

    Args:
        where: How to name the table in the message.

    Raises:
        ConfigurationError: A key is missing, unknown or of another type.
    """
    if not isinstance(entry, Mapping):
        raise ConfigurationError(f"{where}: must be a table")
    known = {**required, **(optional or {})}
    for key, value in entry.items():
        if key not in known:
            raise ConfigurationError(f"{where}: unknown key '{key}'; known are {', '.join(sorted(known))}")
        # Exact types: a bool is an int and a date-time is a date to isinstance, and neither is meant here.
        if type(value) is not known[key]:
            raise ConfigurationError(
                f"{where}: '{key}' must be of type {known[key].__name__}, not {type(value).__name__}"
            )
        if isinstance(value, str) and not value.strip():
            raise ConfigurationError(f"{where}: '{key}' is blank; fill it in")
    for key in required:
        if key not in entry:
            raise ConfigurationError(f"{where}: '{key}' is missing; add it")
    return dict(entry)


def _holidays(top: Mapping[str, Any], years: range) -> Iterator[tuple[date, str]]:
    for number, raw in enumerate(top["fixed"], start=1):
        where = f"{FILE}, [[fixed]] number {number}"
        entry = entry_of(
            raw,
            where,
            required={"name": str, "month": int, "day": int, "source": str},
            optional={"when_sunday": str},
        )
        if entry.get("when_sunday", "previous_day") != "previous_day":
            raise ConfigurationError(f'{where}: when_sunday knows only "previous_day"; mend or drop it')
        for year in years:
            try:
                day = date(year, entry["month"], entry["day"])
            except ValueError:
                raise ConfigurationError(f"{where}: month and day are no date in {year}; mend them") from None
            if day.weekday() == 6 and "when_sunday" in entry:
                day -= timedelta(days=1)
            yield day, entry["name"]
    for number, raw in enumerate(top["easter"], start=1):
        entry = entry_of(
            raw,
            f"{FILE}, [[easter]] number {number}",
            required={"name": str, "offset_days": int, "source": str},
        )
        for year in years:
            yield easter_sunday(year) + timedelta(days=entry["offset_days"]), entry["name"]


def _equated(top: Mapping[str, Any], years: range, holidays: Mapping[date, str]) -> Iterator[tuple[date, str]]:
    decreed: set[int] = set()
    for number, raw in enumerate(top["decree"], start=1):
        where = f"{FILE}, [[decree]] number {number}"
        entry = entry_of(raw, where, required={"title": str, "years": list, "days": list, "source": str})
        if not entry["years"] or any(type(year) is not int for year in entry["years"]):
            raise ConfigurationError(f"{where}: years must list the years it covers, like [2026, 2027, 2028]")
        decreed.update(entry["years"])
        reason = f"equated day (decree for {min(entry['years'])} to {max(entry['years'])})"
        for day in entry["days"]:
            if type(day) is not date:
                raise ConfigurationError(f"{where}: write each day as a date without quotes, like 2026-05-15")
            if day.year not in entry["years"] or day.year not in years:
                raise ConfigurationError(f"{where}: {day} lies outside its years or the horizon; mend one of them")
            if day.weekday() in _WEEKEND or day in holidays:
                raise ConfigurationError(f"{where}: {day} is a day off already; a decree never says so, mend it")
            yield day, reason
    if missing := [year for year in years if year not in decreed]:
        raise ConfigurationError(
            f"{FILE}: no [[decree]] covers {missing[0]}; add the decree with its days, or narrow the horizon"
        )
