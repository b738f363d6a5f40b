"""The closed list of statutes, and what makes a decision an override."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.consent.flows import BASES, Mode, flows_from
from gateway.consent.overrides import Decision, faults_in, lasts_until, statutes_from
from gateway.errors import ConfigurationError

CONFIG = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 4, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def parsed(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))


FLOWS = flows_from(parsed("data-flows.toml"))
SHIPPED = statutes_from(parsed("overrides.toml"), FLOWS)
DECISION = Decision(
    statute="eviction", recipient_id=UUID(int=1), motive="m", decided_by=UUID(int=2), seconded_by=UUID(int=3)
)


def test_every_flow_without_a_yes_has_a_statute_on_its_own_basis_and_in_three_languages() -> None:
    """I24: a message rests on what its text says; and no statute opens a flow that needs a yes."""
    opened = {statute.purpose for statute in SHIPPED.statutes.values()}
    assert opened == {flow.purpose for flow in FLOWS.flows.values() if flow.mode is Mode.NOTIFY}
    for statute in SHIPPED.statutes.values():
        assert statute.article.startswith(BASES[FLOWS.flows[statute.purpose].legal_basis])
        assert all(statute.words[language] for language in ("nl", "en", "ar"))
        assert len(statute.words["nl"].split()) <= 16


BROKEN: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda one: one.update(purpose="inventory"), "is no flow of mode 'notify'"),
    (lambda one: one.update(purpose="marketing"), "is no flow of mode 'notify'"),
    (lambda one: one.update(article="art. 6(1)(d) AVG"), r"must begin with art\. 6\(1\)\(e\) AVG"),
    (lambda one: one.update(max_days=29), "max_days must be 1 to 28"),
    (lambda one: one.update(max_days=0), "max_days must be 1 to 28"),
    (lambda one: one.pop("words_ar"), "words_ar"),
    (lambda one: one.update(extra=1), "extra"),
    (lambda one: one.update(id="disconnection"), "twice"),
]


@pytest.mark.parametrize("change, told", BROKEN)
def test_a_list_that_leaves_a_doubt_is_refused(change: Callable[[dict[str, Any]], Any], told: str) -> None:
    """Above all one that would let something be sent without a yes for which there is no law."""
    table = parsed("overrides.toml")
    change(table["statute"][0])
    with pytest.raises(ConfigurationError, match=told):
        statutes_from(table, FLOWS)


def test_a_flow_that_no_statute_opens_is_told() -> None:
    """It could never run, so it is a mistake."""
    table = parsed("overrides.toml")
    table["statute"] = table["statute"][:-1]
    with pytest.raises(ConfigurationError, match="no statute opens flow 'court_order'"):
        statutes_from(table, FLOWS)


@pytest.mark.parametrize(
    "change, told",
    [
        ({}, set()),
        ({"statute": "convenience"}, {("/statute", "unknown_code")}),
        ({"seconded_by": DECISION.decided_by}, {("/seconded_by", "two_persons")}),
        ({"statute": "court_order"}, {("/reference", "required")}),
        ({"statute": "court_order", "reference": "C-1"}, set()),
        ({"ends_at": NOW}, {("/ends_at", "order")}),
    ],
)
def test_what_a_decision_needs(change: dict[str, Any], told: set[tuple[str, str]]) -> None:
    """A statute that is law, two persons, a number for an order, an end that is still to come."""
    found = faults_in(replace(DECISION, **change), SHIPPED, NOW)
    assert {(fault.pointer, fault.code) for fault in found} == told


def test_a_statute_is_no_ground_before_it_was_law() -> None:
    before = datetime(2012, 6, 30, 12, tzinfo=UTC)
    assert [fault.pointer for fault in faults_in(DECISION, SHIPPED, before)] == ["/statute"]


def test_the_strictest_end_counts() -> None:
    """Of the statute, the flow, and what was decided."""
    statute = SHIPPED.statutes["eviction"]
    assert lasts_until(DECISION, statute, FLOWS, NOW) == NOW + 28 * DAY
    assert lasts_until(replace(DECISION, ends_at=NOW + 3 * DAY), statute, FLOWS, NOW) == NOW + 3 * DAY
    assert lasts_until(replace(DECISION, ends_at=NOW + 300 * DAY), statute, FLOWS, NOW) == NOW + 28 * DAY
    assert lasts_until(DECISION, replace(statute, max_days=5), FLOWS, NOW) == NOW + 5 * DAY
