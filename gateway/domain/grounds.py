"""What a creditor answers to an offer, and whether a refusal comes with the facts its ground asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar, assert_never

from gateway.errors import ConfigurationError

FactValue = int | str | date
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)
ANOTHER_GROUND = "ground"  # what is missing when a refusal names no ground, or one that never carries a refusal


class Answer(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"


class Counts(StrEnum):
    """What a ground does once its facts are there."""

    REFUSAL = "refusal"  # a refusal that stands
    WEAK = "weak"  # never more than a blanket refusal
    ROUTE = "route"  # not a refusal: the claim is somewhere else, or gone


class FactType(StrEnum):
    CENTS = "cents"  # whole euro cents, zero or more
    TEXT = "text"
    DATE = "date"  # a Dutch calendar day that has come


@dataclass(frozen=True, kw_only=True)
class FactRule:
    """A fact a ground may ask for; *within_years*: a date further back does not carry the ground."""

    name: str
    type: FactType
    label_nl: str
    label_en: str
    within_years: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """
    A ground of refusal (weigeringsgrond).

    Args:
        code: What a creditor sends.
        dutch: The name in Dutch practice.
        facts: All of them must come with the refusal.
        source: The article, the agreement or the list it comes from.
        example: Facts with which it is substantiated; the tests run it.
    """

    code: str
    dutch: str
    label_nl: str
    label_en: str
    counts: Counts
    facts: tuple[FactRule, ...]
    source: str
    example: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OfferAnswer:
    """A creditor's answer to an offer (antwoord op het betaalvoorstel), as it was read and not yet judged."""

    answer: Answer
    ground: str | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    reason: str | None = None
    creditor_message_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Substantiated:
    """The refusal stands: its ground counts and every fact is there."""

    ground: str


@dataclass(frozen=True, kw_only=True)
class Unsubstantiated:
    """The refusal does not stand yet; *missing* names what to ask for, ANOTHER_GROUND among them."""

    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Routed:
    """Not a refusal but a signpost: *kind* is the ground's code, *missing* what is needed to follow it."""

    kind: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """The table of grounds, one version of it."""

    version: str
    effective_from: date
    grounds: tuple[Ground, ...]
    facts: Mapping[str, FactRule]

    def find(self, code: str) -> Ground | None:
        """The ground with this code; None when there is none."""
        return next((ground for ground in self.grounds if ground.code == code), None)

    def judge(self, answer: OfferAnswer, *, on: date) -> Substantiated | Unsubstantiated | Routed:
        """
        What the refusal in *answer* is worth. Its reason in free text decides nothing: a person reads that.

        Args:
            on: The Dutch calendar day on which the answer was received. Art. 288(1)(b) Fw looks back from the
                day of a petition to the court; there is none here, so we look back from this day.

        Raises:
            ValueError: *answer* accepts, or its ground is not in the table (reading it should have said so).
        """
        if answer.answer is not Answer.REFUSE:
            raise ValueError("an acceptance has no ground to judge")
        if answer.ground is None:
            return Unsubstantiated(missing=(ANOTHER_GROUND,))
        if (ground := self.find(answer.ground)) is None:
            raise ValueError("this ground is not in the table")
        missing = tuple(rule.name for rule in ground.facts if not _given(rule, answer.facts.get(rule.name), on))
        match ground.counts:
            case Counts.WEAK:
                return Unsubstantiated(missing=(ANOTHER_GROUND,))
            case Counts.ROUTE:
                return Routed(kind=ground.code, missing=missing)
            case Counts.REFUSAL:
                return Unsubstantiated(missing=missing) if missing else Substantiated(ground=ground.code)
            case _:
                assert_never(ground.counts)


def fact_from_text(kind: FactType, text: str) -> FactValue | None:
    """The fact that *text* states (from XML or a form): "125000", "2026-05-04"; None when it states none."""
    match kind:
        case FactType.CENTS:
            return int(text) if re.fullmatch("0|[1-9][0-9]{0,14}", text) else None
        case FactType.DATE:
            return _day(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        case FactType.TEXT:
            return text
        case _:
            assert_never(kind)


def grounds_from(table: Mapping[str, Any]) -> Grounds:
    """
    The table of grounds in *table*, the parsed config/grounds.toml.

    Raises:
        ConfigurationError: something is missing, misspelt, doubled or unused.
    """
    _names(table, "the file", {"version", "effective_from", "facts", "ground"})
    facts = {name: _fact_rule(name, entry) for name, entry in table["facts"].items()}
    grounds = tuple(_ground(entry, facts) for entry in table["ground"])
    codes = [ground.code for ground in grounds]
    if not codes or len(set(codes)) != len(codes):
        raise ConfigurationError("config/grounds.toml: give every ground a code of its own, and at least one ground.")
    if unused := set(facts) - {rule.name for ground in grounds for rule in ground.facts}:
        raise ConfigurationError(f"config/grounds.toml: no ground asks for {', '.join(sorted(unused))}.")
    return Grounds(
        version=_text(table, "version", "the file"),
        effective_from=_typed(table, "effective_from", date, "the file"),
        grounds=grounds,
        facts=MappingProxyType(facts),
    )


def _given(rule: FactRule, value: FactValue | None, on: date) -> bool:
    """Whether *value* is really the fact *rule* asks for; an empty text or a day that fits no more is not."""
    match rule.type:
        case FactType.CENTS:
            return type(value) is int and value >= 0
        case FactType.TEXT:
            return isinstance(value, str) and bool(value.strip())
        case FactType.DATE:
            return type(value) is date and _oldest(on, rule.within_years) <= value <= on
        case _:
            assert_never(rule.type)


def _oldest(on: date, within_years: int | None) -> date:
    if within_years is None:
        return date.min
    try:
        return on.replace(year=on.year - within_years)
    except ValueError:  # 29 February: the year before has none, and the doubt is the creditor's
        return on.replace(year=on.year - within_years, day=28)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _fact_rule(name: str, entry: Mapping[str, Any]) -> FactRule:
    place = f"fact {name}"
    _names(entry, place, {"type", "nl", "en"}, {"within_years"})
    kind = _code(entry, "type", FactType, place)
    if "within_years" in entry and (kind is not FactType.DATE or entry["within_years"] < 1):
        raise ConfigurationError(f"config/grounds.toml, {place}: within_years belongs to a date and is 1 or more.")
    return FactRule(
        name=name,
        type=kind,
        label_nl=_text(entry, "nl", place),
        label_en=_text(entry, "en", place),
        within_years=entry.get("within_years"),
    )


def _ground(entry: Mapping[str, Any], facts: Mapping[str, FactRule]) -> Ground:
    place = f"ground {entry.get('code', 'without a code')}"
    _names(entry, place, {"code", "dutch", "nl", "en", "counts", "facts", "source"}, {"example"})
    counts = _code(entry, "counts", Counts, place)
    asked = tuple(entry["facts"])
    if unknown := [name for name in asked if name not in facts]:
        raise ConfigurationError(f"config/grounds.toml, {place}: describe {', '.join(unknown)} under [facts].")
    if (counts is Counts.REFUSAL and not asked) or (counts is Counts.WEAK and asked):
        raise ConfigurationError(f"config/grounds.toml, {place}: a refusal asks for facts, a weak ground for none.")
    if not re.fullmatch("[a-z][a-z_]*", _text(entry, "code", place)):
        raise ConfigurationError(f"config/grounds.toml, {place}: a code is snake_case.")
    example = entry.get("example", {})
    if set(example) != set(asked):
        raise ConfigurationError(f"config/grounds.toml, {place}: the example states each fact that is asked for.")
    return Ground(
        code=entry["code"],
        dutch=_text(entry, "dutch", place),
        label_nl=_text(entry, "nl", place),
        label_en=_text(entry, "en", place),
        counts=counts,
        facts=tuple(facts[name] for name in asked),
        source=_text(entry, "source", place),
        example=MappingProxyType(dict(example)),
    )


def _names(
    entry: Mapping[str, Any], place: str, needed: set[str], allowed: frozenset[str] | set[str] = frozenset()
) -> None:
    if wrong := (needed - set(entry)) | (set(entry) - needed - allowed):
        raise ConfigurationError(f"config/grounds.toml, {place}: missing or unknown: {', '.join(sorted(wrong))}.")


def _text(entry: Mapping[str, Any], name: str, place: str) -> str:
    value = _typed(entry, name, str, place)
    if not value.strip():
        raise ConfigurationError(f"config/grounds.toml, {place}: {name} is empty.")
    return value


def _typed(entry: Mapping[str, Any], name: str, kind: type[_T], place: str) -> _T:
    value = entry[name]
    if not isinstance(value, kind):
        raise ConfigurationError(f"config/grounds.toml, {place}: {name} has the wrong type.")
    return value


def _code(entry: Mapping[str, Any], name: str, kind: type[_E], place: str) -> _E:
    try:
        return kind(entry[name])
    except ValueError:
        choices = ", ".join(kind)
        raise ConfigurationError(f"config/grounds.toml, {place}: {name} is one of {choices}.") from None
