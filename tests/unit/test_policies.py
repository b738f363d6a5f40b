"""The shipped policies are complete, true to their worked examples, and unambiguous on every day."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.deadlines import Basis, Suspension, Term, Unit, compute, due_on
from gateway.domain.policies import Example, Policies, Policy, after_reminder, failed_examples, policies_from
from gateway.domain.workdays import calendar_from
from gateway.errors import ConfigurationError

CONFIG = Path(__file__).parents[2] / "config"
CALENDAR = calendar_from(tomllib.loads((CONFIG / "workdays.toml").read_text(encoding="utf-8")))
SHIPPED = policies_from(tomllib.loads((CONFIG / "deadlines.toml").read_text(encoding="utf-8")))
EXAMPLES = [(policy, example) for policy in SHIPPED.entries for example in policy.examples]
TODAY = date(2026, 5, 1)


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads((CONFIG / "deadlines.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("policy, example", EXAMPLES, ids=lambda each: getattr(each, "id", str(each)[:40]))
def test_every_worked_example_comes_out(policy: Policy, example: Example) -> None:
    """The file that people read says what the rule gives."""
    assert compute(policy.term, example.start, CALENDAR).due == example.due


def test_a_false_example_is_named() -> None:
    """A check of the configuration can say which entry lies."""
    assert failed_examples(SHIPPED, CALENDAR) == ()
    wrong = replace(SHIPPED.entries[0], examples=(Example(start=date(2026, 3, 2), due=date(2026, 3, 24)),))
    assert failed_examples(Policies(entries=(wrong,)), CALENDAR) == (
        "config/deadlines.toml, [[policy]] statement-default version 2026-01:"
        " from 2026-03-02 the example says 2026-03-24, the rule gives 2026-03-23",
    )


def test_the_shipped_terms_are_those_of_the_norms() -> None:
    """Step and group lead to the term that law, covenant, hub or branch sets."""
    steps = {
        (step, group): str(SHIPPED.select(step, group, TODAY).term)
        for step, group in [
            *((step, group) for step in ("statement", "proposal") for group in ("hub", "government", "default")),
            ("substantiation", "default"),
            ("first_talk", "default"),
            ("first_talk_threat", "default"),
            ("settlement_phase", "default"),
            ("moratorium", "default"),
        ]
    }
    assert list(steps.values()) == [
        *("10 working days", "15 working days", "15 working days") * 2,
        *("5 working days", "4 weeks", "3 working days", "120 days", "6 months"),
    ]


def test_the_default_ladder_reminds_cures_and_leaves_a_window() -> None:
    """Reminder at working day 10, cure 5 working days, review 14 days, letters 3 working days."""
    policy = SHIPPED.select("statement", "default", TODAY)
    plain = Basis.CONTRACT_PLAIN
    assert policy.reminders == (Term(10, Unit.WORKING_DAYS, plain),)
    assert policy.cure == Term(5, Unit.WORKING_DAYS, plain)
    assert policy.review == Term(14, Unit.DAYS, plain)
    assert policy.letter_transit == Term(3, Unit.WORKING_DAYS, plain)


def test_a_group_without_its_own_policy_gets_the_default_one() -> None:
    """A dentist is a creditor too."""
    assert SHIPPED.select("statement", "dentists", TODAY).id == "statement-default"
    assert SHIPPED.select("statement", "hub", TODAY).id == "statement-hub"


def test_a_step_without_policy_is_an_error_that_says_so() -> None:
    """No term is ever made up."""
    with pytest.raises(ConfigurationError, match="step 'parley' and group 'hub' is in force on 2026-05-01"):
        SHIPPED.select("parley", "hub", TODAY)
    with pytest.raises(ConfigurationError, match="1999-01-01"):
        SHIPPED.select("statement", "hub", date(1999, 1, 1))


def test_a_stored_deadline_finds_its_policy_back(table: dict[str, Any]) -> None:
    """A new version starts on its day; the old one can still be had by name."""
    old = table["policy"][0]
    old["effective_until"] = date(2026, 6, 30)
    new = old | {"version": "2026-07", "effective_from": date(2026, 7, 1)}
    new["term"] = old["term"] | {"length": 20}
    new["examples"] = [{"start_is": "Mon", "start": date(2026, 3, 2), "due_is": "Mon", "due": date(2026, 3, 30)}]
    del new["effective_until"]
    table["policy"].append(new)
    policies = policies_from(table)
    assert policies.select("statement", "default", date(2026, 6, 30)).version == "2026-01"
    assert policies.select("statement", "default", date(2026, 7, 1)).version == "2026-07"
    assert policies.get("statement-default", "2026-01").term.length == 15
    with pytest.raises(ConfigurationError, match=r"'statement-default' version '1999'.*put it back"):
        policies.get("statement-default", "1999")


Spoil = Callable[[dict[str, Any], dict[str, Any]], object]
WRONG: dict[str, tuple[Spoil, str]] = {
    "unknown key": (lambda t, p: p.update(remind=1), "statement-default: unknown key 'remind'"),
    "no source": (lambda t, p: p.pop("source"), "statement-default: 'source' is missing"),
    "blank source": (lambda t, p: p.update(source=""), "'source' is blank"),
    "no example": (lambda t, p: p.update(examples=[]), "has no worked example"),
    "wrong weekday": (lambda t, p: p["examples"][0].update(due_is="Fri"), "2026-05-21 is a Thu, not a Fri"),
    "no date": (lambda t, p: p.update(effective_from="2020-01-01"), "'effective_from' must be of type date"),
    "ends before it starts": (lambda t, p: p.update(effective_until=date(2019, 1, 1)), "lies before"),
    "unknown unit": (
        lambda t, p: p["term"].update(unit="hours"),
        "units are working_days, days, weeks, months",
    ),
    "unknown basis": (lambda t, p: p["term"].update(basis="habit"), "bases are statutory"),
    "length zero": (lambda t, p: p["term"].update(length=0), "a length of 1 to 9999"),
    "length true": (lambda t, p: p["term"].update(length=True), "'length' must be of type int"),
    "unknown switch": (lambda t, p: p["term"].update(equated_days="no"), '"skip" or "count"'),
    "reminder at the end": (lambda t, p: p.update(reminders=[15]), "reminders must be rising"),
    "reminders fall": (lambda t, p: p.update(reminders=[10, 5]), "reminders must be rising"),
    "reminder as text": (lambda t, p: p.update(reminders=["10"]), "reminders must be rising"),
    "twice": (lambda t, p: t["policy"].append(p), "stands there twice"),
    "overlap": (
        lambda t, p: t["policy"].append(p | {"id": "other", "effective_from": date(2026, 1, 1)}),
        r"other version 2026-01: overlaps .*statement-default.*before 2026-01-01",
    ),
    "no policy": (lambda t, p: t.update(policy=[]), r"no \[\[policy\]\]"),
    "no defaults": (lambda t, p: t.pop("defaults"), "'defaults' is missing"),
    "unknown table": (lambda t, p: t.update(ladder={}), "unknown key 'ladder'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_policy_file_is_refused_with_the_entry_and_what_to_mend(table: dict[str, Any], name: str) -> None:
    """Nothing in the file is defaulted or ignored."""
    spoil, message = WRONG[name]
    spoil(table, table["policy"][0])
    with pytest.raises(ConfigurationError, match=message):
        policies_from(table)


# A late reminder (ruling 7).

LADDER = SHIPPED.select("statement", "default", TODAY)


def test_a_reminder_in_time_leaves_the_deadline_where_it_is() -> None:
    """Delivered on working day 10, five working days remain."""
    delivered = date(2026, 3, 2)
    due = due_on(LADDER.term, delivered, CALENDAR)
    reminded = due_on(LADDER.reminders[0], delivered, CALENDAR)
    assert after_reminder(LADDER, 0, reminded, due, CALENDAR) == due == date(2026, 3, 23)
    assert after_reminder(LADDER, 0, reminded - timedelta(days=3), due, CALENDAR) == due


def test_a_late_reminder_moves_the_deadline_by_the_full_interval() -> None:
    """Two working days late, or a week after the deadline: five working days from its delivery."""
    due = date(2026, 3, 23)
    assert after_reminder(LADDER, 0, date(2026, 3, 18), due, CALENDAR) == date(2026, 3, 25)
    assert after_reminder(LADDER, 0, date(2026, 3, 30), due, CALENDAR) == date(2026, 4, 8)  # over Easter


def test_a_late_reminder_counts_in_the_unit_and_on_the_basis_of_the_term() -> None:
    """A ladder in days gives days, and rolls as its term does."""
    term = Term(14, Unit.DAYS, Basis.CONTRACT_ROLL)
    ladder = replace(LADDER, term=term, reminders=(Term(10, Unit.DAYS, Basis.CONTRACT_PLAIN),))
    assert after_reminder(ladder, 0, date(2026, 3, 17), date(2026, 3, 16), CALENDAR) == date(2026, 3, 23)


def test_a_late_reminder_minds_suspensions() -> None:
    """Suspended days do not eat the interval, and while one runs nothing is due."""
    due, reminded = date(2026, 3, 23), date(2026, 3, 18)
    held = Suspension(date(2026, 3, 19), date(2026, 3, 20))
    assert after_reminder(LADDER, 0, reminded, due, CALENDAR, [held]) == date(2026, 3, 27)
    assert after_reminder(LADDER, 0, reminded, due, CALENDAR, [Suspension(reminded, None)]) is None


@given(st.dates(date(2020, 1, 1), date(2027, 6, 30)), st.integers(0, 120))
@settings(deadline=None)
def test_the_reminded_creditor_always_has_the_whole_interval(delivered: date, later: int) -> None:
    """Whenever the reminder arrives, five working days lie after it, and the deadline never comes forward."""
    due = due_on(LADDER.term, delivered, CALENDAR)
    reminded = delivered + timedelta(days=later)
    moved = after_reminder(LADDER, 0, reminded, due, CALENDAR)
    left = sum(CALENDAR.is_workday(reminded + timedelta(days=n + 1)) for n in range((moved - reminded).days))
    assert moved >= due
    assert left >= 5
    assert moved == due or left == 5
