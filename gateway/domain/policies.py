"""The policies of config/deadlines.toml: which term each step promises to whom, since when, on what ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, overload

from gateway.domain.deadlines import Basis, Suspension, Term, Unit, due_on
from gateway.domain.workdays import Calendar, entry_of
from gateway.errors import CalendarExhausted, ConfigurationError

FILE = "config/deadlines.toml"
DEFAULT_GROUP = "default"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, kw_only=True)
class Example:
    """A worked example that a person checked: an event on *start* is due on *due*."""

    start: date
    due: date
    shows: str = ""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """
    What one step promises one group of creditors, from *effective_from* to *effective_until* inclusive.

    Args:
        term: Runs from the proven delivery.
        reminders: When to remind, each counted from the delivery, in the unit of *term*.
        cure: The last chance; runs from the proven delivery of the final notice.
        review: The window after a confirmed presumption in which it can still be rebutted.
        letter_transit: How long after posting a letter counts as delivered.
    """

    id: str
    version: str
    step: str
    group: str
    effective_from: date
    effective_until: date | None
    source: str
    term: Term
    reminders: tuple[Term, ...]
    cure: Term
    review: Term
    letter_transit: Term
    examples: tuple[Example, ...]

    def in_force(self, on: date) -> bool:
        """Whether the policy governs what is sent *on* that day."""
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """All policies, past ones included: a message keeps the version that was in force when it was sent."""

    entries: tuple[Policy, ...]

    def select(self, step: str, group: str, on: date) -> Policy:
        """
        The policy in force for *group*, or else for everybody.

        Raises:
            ConfigurationError: None is in force on that day.
        """
        for wanted in (group, DEFAULT_GROUP):
            for policy in self.entries:
                if (policy.step, policy.group) == (step, wanted) and policy.in_force(on):
                    return policy
        raise ConfigurationError(
            f"{FILE}: no policy for step '{step}' and group '{group}' is in force on {on}; add one"
        )

    def get(self, id: str, version: str) -> Policy:
        """
        The policy that a stored deadline names.

        Raises:
            ConfigurationError: It is not in the file.
        """
        for policy in self.entries:
            if (policy.id, policy.version) == (id, version):
                return policy
        raise ConfigurationError(
            f"{FILE}: policy '{id}' version '{version}' is gone, but deadlines rest on it; put it back"
        )


def policies_from(table: Mapping[str, Any]) -> Policies:
    """
    The policies that a parsed deadlines.toml describes.

    Raises:
        ConfigurationError: An entry is incomplete or contradictory; the message names it and what to mend.
    """
    top = entry_of(table, FILE, required={"defaults": dict, "policy": list})
    windows = {"cure": dict, "review": dict, "letter_transit": dict}
    defaults = entry_of(top["defaults"], f"{FILE}, [defaults]", required=windows)
    entries = tuple(_policy(raw, defaults, number) for number, raw in enumerate(top["policy"], start=1))
    if not entries:
        raise ConfigurationError(f"{FILE}: there is no [[policy]]; add one for each step")
    seen: set[tuple[str, str]] = set()
    for policy in entries:
        if (policy.id, policy.version) in seen:
            raise ConfigurationError(f"{_named(policy)}: stands there twice; give the change a version of its own")
        seen.add((policy.id, policy.version))
    ordered = sorted(entries, key=lambda policy: (policy.step, policy.group, policy.effective_from))
    for earlier, later in pairwise(ordered):
        same = (earlier.step, earlier.group) == (later.step, later.group)
        if same and earlier.in_force(later.effective_from):
            raise ConfigurationError(
                f"{_named(later)}: overlaps {_named(earlier)}; give the earlier one an effective_until"
                f" before {later.effective_from}"
            )
    return Policies(entries=entries)


def failed_examples(policies: Policies, calendar: Calendar) -> tuple[str, ...]:
    """Each worked example that does not come out, named; empty when the file tells the truth."""
    return tuple(
        f"{_named(policy)}: from {example.start} the example says {example.due}, {wrong}"
        for policy in policies.entries
        for example in policy.examples
        if (wrong := _wrong_with(policy, example, calendar)) is not None
    )


def _wrong_with(policy: Policy, example: Example, calendar: Calendar) -> str | None:
    try:
        due = due_on(policy.term, example.start, calendar)
    except CalendarExhausted as error:
        return f"and nobody can tell. {error.detail}"
    return None if due == example.due else f"the rule gives {due}"


@overload
def after_reminder(
    policy: Policy, reminder_index: int, reminder_delivered: date, due: date, calendar: Calendar
) -> date: ...
@overload
def after_reminder(
    policy: Policy,
    reminder_index: int,
    reminder_delivered: date,
    due: date,
    calendar: Calendar,
    suspensions: Sequence[Suspension],
) -> date | None: ...
def after_reminder(
    policy: Policy,
    reminder_index: int,
    reminder_delivered: date,
    due: date,
    calendar: Calendar,
    suspensions: Sequence[Suspension] = (),
) -> date | None:
    """
    The deadline once a reminder was delivered: never earlier than *due*, later when the reminder came late.

    Whoever is reminded, even after the deadline, still has the whole interval that the policy leaves between
    that reminder and the end of the term, counted from the delivery of the reminder in the unit of the term.

    Args:
        reminder_index: Which of *policy.reminders*, from 0.
        suspensions: Those of the term; the result is None while one runs.
    """
    interval = replace(policy.term, length=policy.term.length - policy.reminders[reminder_index].length)
    promised = due_on(interval, reminder_delivered, calendar, suspensions)
    return None if promised is None else max(due, promised)


def _policy(raw: object, defaults: Mapping[str, Any], number: int) -> Policy:
    identity = raw.get("id") if isinstance(raw, Mapping) else None
    where = f"{FILE}, [[policy]] {identity or f'number {number}'}"
    entry = entry_of(
        raw,
        where,
        required={
            "id": str,
            "version": str,
            "step": str,
            "group": str,
            "effective_from": date,
            "source": str,
            "term": dict,
            "examples": list,
        },
        optional={
            "effective_until": date,
            "reminders": list,
            "cure": dict,
            "review": dict,
            "letter_transit": dict,
        },
    )
    until = entry.get("effective_until")
    if until is not None and until < entry["effective_from"]:
        raise ConfigurationError(f"{where}: effective_until lies before effective_from; mend one of them")
    term = _term(entry["term"], f"{where}, term")
    if not entry["examples"]:
        raise ConfigurationError(f"{where}: has no worked example; add one that a person checked")
    return Policy(
        id=entry["id"],
        version=entry["version"],
        step=entry["step"],
        group=entry["group"],
        effective_from=entry["effective_from"],
        effective_until=until,
        source=entry["source"],
        term=term,
        reminders=_reminders(entry.get("reminders", []), term, where),
        cure=_term(entry.get("cure", defaults["cure"]), f"{where}, cure"),
        review=_term(entry.get("review", defaults["review"]), f"{where}, review"),
        letter_transit=_term(entry.get("letter_transit", defaults["letter_transit"]), f"{where}, letter_transit"),
        examples=tuple(_example(example, f"{where}, examples") for example in entry["examples"]),
    )


def _term(raw: object, where: str) -> Term:
    entry = entry_of(raw, where, required={"length": int, "unit": str, "basis": str}, optional={"equated_days": str})
    equated = entry.get("equated_days", "skip")
    if equated not in ("skip", "count"):
        raise ConfigurationError(f'{where}: equated_days is "skip" or "count"')
    try:
        return Term(entry["length"], Unit(entry["unit"]), Basis(entry["basis"]), equated == "count")
    except ValueError as error:
        raise ConfigurationError(
            f"{where}: {error}; units are {', '.join(Unit)}, bases are {', '.join(Basis)}"
        ) from error


def _reminders(lengths: Sequence[object], term: Term, where: str) -> tuple[Term, ...]:
    """A reminder is ours and no act moves it: counted plainly, it leaves at least the interval promised."""
    reminders: list[Term] = []
    previous = 0
    for length in lengths:
        if type(length) is not int or not previous < length < term.length:
            raise ConfigurationError(
                f"{where}: reminders must be rising whole {term.unit} after delivery, below {term.length}"
            )
        reminders.append(Term(length, term.unit, Basis.CONTRACT_PLAIN, term.count_equated))
        previous = length
    return tuple(reminders)


def _example(raw: object, where: str) -> Example:
    entry = entry_of(
        raw,
        where,
        required={"start": date, "start_is": str, "due": date, "due_is": str},
        optional={"shows": str},
    )
    for key in ("start", "due"):
        weekday = _WEEKDAYS[entry[key].weekday()]
        if entry[f"{key}_is"] != weekday:
            raise ConfigurationError(
                f"{where}: {entry[key]} is a {weekday}, not a {entry[f'{key}_is']}; mend the date or {key}_is"
            )
    return Example(start=entry["start"], due=entry["due"], shows=entry.get("shows", ""))


def _named(policy: Policy) -> str:
    return f"{FILE}, [[policy]] {policy.id} version {policy.version}"
