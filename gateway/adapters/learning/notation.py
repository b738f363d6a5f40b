"""How amounts, days and yes-or-no are written: decided over all values of a field, or said to be undecidable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from gateway.adapters import transforms
from gateway.adapters.learning import names
from gateway.adapters.learning.place import Place, spoken
from gateway.domain.money import Notation, NotMoney, to_cents


class Sure(StrEnum):
    """How sure a proposal is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "a guess"
    OPEN = "decide"


@dataclass(frozen=True)
class Verdict:
    """What was decided (None = it cannot be), how sure that is, and why."""

    value: str | None
    sure: Sure
    why: str


_LOOKS_LIKE_MONEY = re.compile(
    r"(?:(?:EUR|€)\s*)?[-−+]?\s*(?:(?:EUR|€)\s*)?"
    r"(?:\d{1,3}(?:[., ]\d{3})+|\d+)(?:[.,]\d{2}|,--?)?\s*-?\s*(?:EUR|€|euro)?"
)
_HAS_FRACTION = re.compile(r"[.,]\d{2}\s*-?\s*(?:EUR|€|euro)?$|,--?$|^(?:EUR|€)|(?:EUR|€)$")
_DATE_NAME = re.compile(
    r"datum|date|^dat|tijd|time|^op$|on$|tag$|^vanaf|^tot|from|until|dag$|stand$|peil|verval|since|per$"
    r"|dtm?$|dat$|at$|^ts$|dagtekening|issued|^due$|echeance"
)
_EARLIEST_SECONDS: Final = 10**8  # 1973
_EARLIEST_MILLISECONDS: Final = 10**11  # as seconds that is the year 5138
_MARKS: Final = ("-", "/", ".")
_PLAIN_DATES: Final = ("yyyy-mm-dd", "rfc3339", "yyyy/mm/dd", "d mmmm yyyy")
_YEARS: Final = range(1950, 2101)
_EUROS_OR_CENTS: Final = "all amounts are whole numbers: does 12500 mean 125 euros (cents) or 12500 euros (point)?"
YES: Final = frozenset({"ja", "j", "yes", "y", "true", "waar", "wahr", "oui"})
NO: Final = frozenset({"nee", "n", "neen", "no", "false", "onwaar", "falsch", "nein", "non"})


def is_amount(place: Place) -> bool:
    """Whether what stands here are amounts: by how they are written, or whole numbers under a name that says so."""
    if not place.values or names.cannot_be_money(place.name):
        return False
    values = [value for _, value in place.values]
    if any(isinstance(value, bool) for value in values):
        return False
    if not all(isinstance(value, int | Decimal) or _LOOKS_LIKE_MONEY.fullmatch(value.strip()) for value in values):
        return False
    if not possible_notations(values):
        return False
    if any(_has_cents(value) for value in values):
        return not re.search(r"percent|pct|procent|rate$|satz$|prozent|rentevoet", names.bare(place.name))
    return names.sounds_like_money(place.name)


def _has_cents(value: Any) -> bool:
    return isinstance(value, Decimal) or (isinstance(value, str) and _HAS_FRACTION.search(value.strip()) is not None)


def possible_notations(values: Iterable[Any]) -> set[Notation]:
    """The notations that can read every one of these values, or would at least not misread them."""
    found = set(Notation)
    for value in values:
        for notation in tuple(found):
            cents = to_cents(value, notation)
            if isinstance(cents, NotMoney) and not (
                cents.code == "ambiguous_amount" and notation is not Notation.CENTS
            ):
                found.discard(notation)
    return found


def notation_of(place: Place) -> Verdict:
    """How the amounts of one field are written, by its own values and name alone."""
    values = [value for _, value in place.values]
    possible = possible_notations(values)
    if names.says_cents(place.name) and Notation.CENTS in possible:
        return Verdict(Notation.CENTS, Sure.CERTAIN, "the name says cents")
    if len(possible) == 1:
        (only,) = possible
        return Verdict(only, Sure.CERTAIN, f"only this reads all {len(values)} values")
    if any(isinstance(value, Decimal) for value in values):
        return Verdict(Notation.POINT, Sure.CERTAIN, "a number with decimals counts euros")
    if Notation.CENTS not in possible:
        return Verdict(None, Sure.OPEN, "the mark before three digits may part thousands or cents, in every value")
    return Verdict(None, Sure.OPEN, _EUROS_OR_CENTS)


def money(places: Sequence[Place]) -> tuple[Verdict, dict[Place, Verdict]]:
    """The notation to write under [defaults], and that of each field."""
    own = {place: notation_of(place) for place in places}
    counted = Counter(verdict.value for verdict in own.values() if verdict.value is not None)
    if not counted:
        whys = {verdict.why for verdict in own.values()}
        undecided = Verdict(None, Sure.OPEN, whys.pop() if len(whys) == 1 else _EUROS_OR_CENTS)
        return undecided, dict.fromkeys(places, undecided)
    commonest = counted.most_common(1)[0][0]
    default = Verdict(commonest, Sure.CERTAIN, f"{counted[commonest]} of {len(places)} fields show it")
    told = Verdict(commonest, Sure.LIKELY, "whole numbers, as other amounts in this reply")
    return default, {place: told if verdict.value is None else verdict for place, verdict in own.items()}


def cents(value: Any, notation: str | None) -> int | None:
    """A value in cents; with an unknown notation its plain number, which adds up just the same."""
    found = to_cents(value, Notation(notation or Notation.CENTS))
    return None if isinstance(found, NotMoney) else found


def days(place: Place) -> tuple[str, ...]:
    """The date formats that read every value of this field, the likeliest first; nothing when it holds no days."""
    values = [value for _, value in place.values]
    if not values or any(isinstance(value, bool | Decimal) for value in values):
        return ()
    told = _DATE_NAME.search(names.bare(place.name)) is not None or names.fits("as_of", place.name)
    return tuple(pattern for pattern in _patterns(values, told) if all(_reads(pattern, value) for value in values))


def _patterns(values: Sequence[Any], told: bool) -> list[str]:
    if all(isinstance(value, int) for value in values):
        if not told or any(value < _EARLIEST_SECONDS for value in values):
            return ["yyyymmdd"] if told else []
        return ["yyyymmdd", "unix-milliseconds" if min(values) >= _EARLIEST_MILLISECONDS else "unix-seconds"]
    if all(spoken(value).startswith("/Date(") for value in values):
        return [transforms.ODATA_DATE]
    strict = [f"{a}{mark}{b}{mark}yyyy" for mark in _MARKS for a, b in (("dd", "mm"), ("mm", "dd"))]
    loose = [f"{a}{mark}{b}{mark}yyyy" for mark in _MARKS for a, b in (("d", "m"), ("m", "d"))]
    found = [*_PLAIN_DATES, *strict]
    if not any(all(_reads(pattern, value) for value in values) for pattern in found):
        found += loose
        found += (
            [f"{pattern}*" for pattern in ("yyyy-mm-dd", *strict)] if all(len(spoken(it)) > 10 for it in values) else []
        )
    digits = ["yyyymmdd*"] if all(re.fullmatch(r"\d{12,14}", spoken(it)) for it in values) else ["yyyymmdd"]
    return [*found, *digits] if told else found


def _reads(pattern: str, value: Any) -> bool:
    found = transforms.day((pattern,))(value)
    return isinstance(found, date) and found.year in _YEARS


def dates(places: Sequence[Place]) -> tuple[Verdict | None, dict[Place, Verdict]]:
    """The date format for [defaults] and that of each field that holds days; None when there are no days at all."""
    options = {place: found for place in places if (found := days(place))}
    orders = {_order(found[0]) for found in options.values() if len(found) == 1 and _order(found[0])}
    verdicts = {place: _one_format(found, orders, len(place.values)) for place, found in options.items()}
    if not verdicts:
        return None, {}
    counted = Counter(verdict.value for verdict in verdicts.values() if verdict.value is not None)
    if not counted:
        return next(iter(verdicts.values())), verdicts
    commonest = counted.most_common(1)[0][0]
    best = min((it for it in verdicts.values() if it.value == commonest), key=lambda it: list(Sure).index(it.sure))
    why = best.why if len(verdicts) == 1 else f"{counted[commonest]} of {len(verdicts)} fields with days; {best.why}"
    return Verdict(commonest, best.sure, why), verdicts


def _order(pattern: str) -> str:
    """ "dm" or "md" for a format in which the two could be swapped, "" for others."""
    kinds = re.sub(r"[^dm]", "", pattern)
    return "" if pattern.startswith("y") or "mmmm" in pattern else "dm" if kinds.startswith("d") else "md"


def _one_format(found: tuple[str, ...], orders: set[str], count: int) -> Verdict:
    if len({_order(pattern) for pattern in found} - {""}) < 2:
        return Verdict(found[0], Sure.CERTAIN, f"reads all {count} values" if count > 1 else "reads the value")
    if len(orders) == 1:
        (order,) = orders
        chosen = next(pattern for pattern in found if _order(pattern) == order)
        return Verdict(chosen, Sure.LIKELY, "no day above 12 here; other dates in this reply have this order")
    if all("." in pattern for pattern in found):
        return Verdict(found[0], Sure.LIKELY, "no day above 12 here; with dots the day comes first")
    return Verdict(None, Sure.OPEN, f"no day above 12 anywhere: {' or '.join(found[:2])}")


def truths(place: Place) -> dict[str, bool] | None:
    """The words for yes and no that stand here, when all of them are such words; None when they are not."""
    texts = set(place.texts())
    if not texts or not all(text.lower() in YES | NO for text in texts):
        return None
    return {text: text.lower() in YES for text in sorted(texts)}
