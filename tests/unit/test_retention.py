"""How long things are kept: the file is whole or refused, and a withdrawal's lateness is counted in working days."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.processing_register import register_from
from gateway.domain.retention import ITEMS, Lateness, lateness, retention_from
from gateway.errors import ConfigurationError
from gateway.services.run_retention import rules
from gateway.settings import load_settings, read_toml
from gateway.storage.retention import _ERASERS, SOURCES

SHIPPED = Path(__file__).resolve().parents[2] / "config"
TABLE = read_toml(SHIPPED / "retention.toml")


def test_every_item_has_a_term_and_something_that_erases_it() -> None:
    """What the file promises, somebody does; the one exception is never kept."""
    settings = load_settings(config=SHIPPED)
    made = rules(settings)
    assert {rule.source for rule in made} == set(SOURCES) == set(_ERASERS)
    assert {rule.item for rule in made} - {"flow", "case", "resident"} == set(ITEMS) - {"evidence_copy"}
    assert all(rule.why and rule.label[0] and rule.label[1] for rule in made)


def test_where_two_files_speak_of_one_thing_the_shortest_wins() -> None:
    settings = load_settings(config=SHIPPED)
    flows = settings.flows.flows
    for rule in rules(settings):
        if rule.item == "quarantined_reply":
            assert rule.days == min(14, flows[rule.purpose].quarantine_days)
        if rule.item == "raw_reply":
            assert rule.days <= flows[rule.purpose].retention_days


def _without_an_item(table: dict) -> None:
    table["item"].pop()


def _twice(table: dict) -> None:
    table["item"].append(dict(table["item"][0]))


def _unknown(table: dict) -> None:
    table["item"][0]["id"] = "carbon_copy"


def _from_elsewhere(table: dict) -> None:
    table["item"][0]["counts_from"] = "case_closed"


def _long_quarantine(table: dict) -> None:
    table["item"][0]["days"] = 15


def _negative(table: dict) -> None:
    table["item"][1]["days"] = -1


def _alarm_after_breach(table: dict) -> None:
    table["withdrawal"]["late_alarm_working_days"] = 3


def _no_bound(table: dict) -> None:
    del table["withdrawal"]["stop_notice_alarm_days"]


@pytest.mark.parametrize(
    "spoil",
    [_without_an_item, _twice, _unknown, _from_elsewhere, _long_quarantine, _negative, _alarm_after_breach, _no_bound],
)
def test_a_file_that_promises_what_nobody_does_is_refused(spoil) -> None:
    table = copy.deepcopy(TABLE)
    spoil(table)
    with pytest.raises(ConfigurationError, match=r"retention\.toml"):
        retention_from(table)


def test_a_register_without_measures_or_contact_is_refused() -> None:
    table = read_toml(SHIPPED / "register.toml")
    assert register_from(table).security
    with pytest.raises(ConfigurationError, match="security"):
        register_from({**table, "processing": {**table["processing"], "security": []}})
    with pytest.raises(ConfigurationError, match="dpo_contact"):
        register_from({**table, "controller": {"contact": "x"}})


@given(st.dates(date(2025, 1, 1), date(2027, 6, 1)), st.integers(0, 12))
def test_lateness_counts_the_working_days_after_receipt(received: date, days: int) -> None:
    """The same sum, written differently: weekends and holidays are no reason to be late, and never an excuse twice."""
    settings = load_settings(config=SHIPPED)
    calendar = settings.calendar
    effective = received + timedelta(days=days)
    worked = sum(calendar.is_workday(received + timedelta(days=one)) for one in range(1, days + 1))
    expected = Lateness.IN_TIME if worked < 1 else Lateness.ALARM if worked < 2 else Lateness.BREACH
    assert lateness(received, effective, settings.retention.withdrawal, calendar) is expected
