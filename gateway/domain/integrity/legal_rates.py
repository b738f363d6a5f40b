"""The legal limits that rules R9 and R10 hold figures to, as dated tables with their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from gateway.domain.integrity.collection_scale import CollectionScale
from gateway.errors import ConfigurationError

_FILE: Final = "config/legal-rates.toml"
KINDS: Final = ("statutory_consumer", "statutory_commercial")


@dataclass(frozen=True, kw_only=True)
class InterestTable:
    """
    One kind of legal interest.

    Args:
        rates: (first day, per cent a year), oldest first; only what was verified.
        known_until: The last day that the table speaks of.
    """

    rates: tuple[tuple[date, Decimal], ...]
    known_until: date

    def during(self, first: date, last: date) -> frozenset[Decimal] | None:
        """Every rate in force between two days, both counted; None when the table does not know all of them."""
        if not self.rates or first < self.rates[0][0] or last > self.known_until or last < first:
            return None
        ends = [since for since, _ in self.rates[1:]] + [date.max]
        return frozenset(
            rate
            for (since, rate), end in zip(self.rates, ends, strict=True)
            if since <= last and (end > first or end is date.max)
        )


@dataclass(frozen=True, kw_only=True)
class LegalRates:
    """
    What the law allowed, and when.

    Args:
        version: Of the file, kept beside what was decided with it.
        scales: Collection costs, newest first.
        interest: By kind: "statutory_consumer" (art. 6:119 BW) and "statutory_commercial" (art. 6:119a BW).
    """

    version: str
    scales: tuple[CollectionScale, ...] = ()
    interest: Mapping[str, InterestTable] = field(default_factory=dict)

    @cached_property
    def always_allowed_cents(self) -> int:
        """Collection costs up to this are within every scale, whatever the principal and the day."""
        return min((scale.minimum_cents for scale in self.scales), default=0)

    def scale_on(self, day: date) -> CollectionScale | None:
        """The scale in force on a day; None before the first."""
        for scale in self.scales:
            if scale.since <= day:
                return scale
        return None

    def interest_during(self, kind: str, first: date, last: date) -> frozenset[Decimal] | None:
        """Every legal rate of this kind between two days, in per cent a year; None = not known, not checked."""
        table = self.interest.get(kind)
        return None if table is None else table.during(first, last)


def legal_rates_from(table: Mapping[str, Any]) -> LegalRates:
    """
    The tables of config/legal-rates.toml.

    Raises:
        ConfigurationError: A row misses something, stands out of order, or a worked example does not come out.
    """
    _names(table, "the file", {"version", "collection_costs", "known_until", "interest"})
    scales = sorted((_scale(entry) for entry in table["collection_costs"]), key=lambda scale: scale.since, reverse=True)
    horizon = table["known_until"]
    _names(horizon, "known_until", set(KINDS))
    rows = [_row(entry) for entry in table["interest"]]
    tables = {kind: _interest(kind, horizon[kind], rows) for kind in KINDS}
    return LegalRates(version=str(table["version"]), scales=tuple(scales), interest=MappingProxyType(tables))


def _scale(entry: Mapping[str, Any]) -> CollectionScale:
    place = f"collection_costs since {entry.get('since')}"
    _names(entry, place, {"since", "steps", "minimum_cents", "maximum_cents", "source", "examples"})
    _day(entry["since"], place)
    limits = [limit for limit, _ in entry["steps"]]
    if not limits or limits != sorted(set(limits)):
        raise ConfigurationError(f"{_FILE}, {place}: the steps go from low to high.")
    scale = CollectionScale.from_table(entry)
    for principal, most in entry["examples"]:
        if scale.most(principal) != most:
            raise ConfigurationError(
                f"{_FILE}, {place}: over {principal} cents the example says {most}, the scale gives "
                f"{scale.most(principal)}."
            )
    return scale


_Row = tuple[str, date, Decimal, bool]


def _row(entry: Mapping[str, Any]) -> _Row:
    place = f"interest since {entry.get('since')}"
    _names(entry, place, {"kind", "since", "per_cent", "source", "verified"})
    if entry["kind"] not in KINDS:
        raise ConfigurationError(f"{_FILE}, {place}: kind is one of {', '.join(KINDS)}.")
    _day(entry["since"], place)
    try:
        rate = Decimal(_text(entry["per_cent"]))
    except InvalidOperation:
        raise ConfigurationError(f'{_FILE}, {place}: per_cent is a text such as "4" or "10.5".') from None
    if type(entry["verified"]) is not bool or not str(entry["source"]).strip():
        raise ConfigurationError(f"{_FILE}, {place}: say the source, and verified = true or false.")
    return entry["kind"], entry["since"], rate, entry["verified"]


def _interest(kind: str, known_until: Any, rows: Sequence[_Row]) -> InterestTable:
    """One kind; a row that nobody verified is there to be verified, and is never used."""
    place = f"interest, {kind}"
    _day(known_until, place)
    days = [since for its, since, _, _ in rows if its == kind]
    if days != sorted(set(days)):
        raise ConfigurationError(f"{_FILE}, {place}: the rows go from old to new, one for each day.")
    doubtful = [since for its, since, _, verified in rows if its == kind and not verified]
    if any(since <= known_until for since in doubtful):
        raise ConfigurationError(f"{_FILE}, {place}: known_until lies before the first row that was not verified.")
    sure = tuple((since, rate) for its, since, rate, verified in rows if its == kind and verified)
    return InterestTable(rates=sure, known_until=known_until)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _day(value: Any, place: str) -> None:
    if type(value) is not date:
        raise ConfigurationError(f"{_FILE}, {place}: a day is written as 2015-01-01, without quotes.")


def _names(entry: Mapping[str, Any], place: str, needed: set[str]) -> None:
    if wrong := needed ^ set(entry):
        raise ConfigurationError(f"{_FILE}, {place}: missing or unknown: {', '.join(sorted(wrong))}.")
