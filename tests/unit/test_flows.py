"""The register of data flows says all that may happen, and a file that leaves a doubt is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.consent.flows import FIELDS, Mode, flows_from
from gateway.domain.correspondence import AboutResident, Kind
from gateway.errors import ConfigurationError

FILE = Path(__file__).parents[2] / "config" / "data-flows.toml"
SHIPPED = flows_from(tomllib.loads(FILE.read_text(encoding="utf-8")))


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_the_shipped_flows_are_known_by_purpose() -> None:
    """The core on a statutory basis and not without the resident's yes; what comes after the help on consent."""
    assert set(SHIPPED.flows) == {
        "inventory", "proposal", "reconsideration", "stabilisation", "monitoring", "aftercare", "hand_over",
        "own_claims", "emergency", "court_order",
    }  # fmt: skip
    on_consent = {flow.purpose for flow in SHIPPED.flows.values() if flow.mode is Mode.CONSENT}
    assert on_consent == {"aftercare", "hand_over"}
    without_a_yes = {flow.purpose for flow in SHIPPED.flows.values() if flow.mode is Mode.NOTIFY}
    assert without_a_yes == {"emergency", "court_order"}
    for flow in SHIPPED.flows.values():
        assert (flow.mode is Mode.CONSENT) is ("art. 6(1)(a) AVG" in flow.article)


def test_what_a_flow_of_its_own_says_no_other_says_to_that_sector() -> None:
    """The municipality's own desk is asked under own_claims only; a proposal to it is no question about a debt."""
    closed = {flow.purpose for flow in SHIPPED.flows.values() if flow.closed_to}
    assert closed == {"inventory", "monitoring", "aftercare"}
    assert SHIPPED.towards("inventory", "municipality") == "own_claims"
    assert SHIPPED.towards("inventory", "energy") == "inventory"
    assert SHIPPED.towards("proposal", "municipality") == "proposal"
    assert SHIPPED.towards("marketing", "municipality") == "marketing"


def test_every_flow_has_words_in_three_languages() -> None:
    """A label per language, and no two flows look the same to a resident."""
    for name in ("label_nl", "label_en", "label_ar"):
        assert len({getattr(flow, name) for flow in SHIPPED.flows.values()}) == len(SHIPPED.flows)


def test_all_that_a_flow_keeps_has_an_end() -> None:
    """What came back, the proof, and what came too late: each goes one day, the proof last."""
    for flow in SHIPPED.flows.values():
        assert flow.proof_days is not None
        assert 0 < flow.quarantine_days < flow.retention_days < flow.proof_days


def test_a_flow_that_is_not_in_the_file_is_not_there() -> None:
    """It cannot run: nothing stands in for it."""
    assert SHIPPED.of("marketing") is None
    assert SHIPPED.of("") is None


def test_every_flow_can_be_stopped_and_no_kind_of_message_is_left_out() -> None:
    """What was sent can be followed by a stop notice, and every message we can write has a flow that allows it."""
    assert all(Kind.STOP_NOTICE in flow.kinds for flow in SHIPPED.flows.values())
    assert frozenset().union(*(flow.kinds for flow in SHIPPED.flows.values())) == frozenset(Kind)


def test_one_yes_covers_the_whole_ladder() -> None:
    """Request, reminder, final notice and question for facts fit within the cap: no term ends for want of a permit."""
    for flow in SHIPPED.flows.values():
        assert flow.max_messages >= len(flow.kinds - {Kind.STOP_NOTICE})


def test_only_the_inventory_may_carry_a_bsn() -> None:
    """An offer needs none (data minimisation)."""
    assert {flow.purpose for flow in SHIPPED.flows.values() if "resident.bsn" in flow.fields_out} == {"inventory"}


def test_the_names_of_fields_are_those_that_messages_report() -> None:
    """The register and `Message.fields_out` speak one language."""
    assert {f"resident.{name}" for name in AboutResident.__dataclass_fields__} | {"references", "offer"} == FIELDS


Spoil = Callable[[dict[str, Any], dict[str, Any]], object]
WRONG: dict[str, tuple[Spoil, str]] = {
    "basis unknown": (lambda t, f: f.update(legal_basis="habit"), "legal_basis is 'habit'"),
    "basis and article differ": (lambda t, f: f.update(article="art. 6(1)(a) AVG"), "article must name"),
    "called consent without being it": (lambda t, f: f.update(mode="consent"), "neither without the other"),
    "unknown way in": (lambda t, f: f.update(fields_in=["statement.diary"]), "fields_in names statement.diary"),
    "unknown recipient": (lambda t, f: f.update(recipients=["friend"]), "recipients names friend"),
    "nobody": (lambda t, f: f.update(recipients=[]), "recipients is empty"),
    "no pace": (lambda t, f: f.update(frequency={"messages": 0, "days": 7}), "frequency.messages must be 1 or more"),
    "half a pace": (lambda t, f: f.update(frequency={"messages": 1}), "'days' is missing"),
    "unknown key": (lambda t, f: f.update(reminders=1), "flow 'inventory': unknown key 'reminders'"),
    "key missing": (lambda t, f: f.pop("article"), "flow 'inventory': 'article' is missing"),
    "no purpose": (lambda t, f: f.pop("purpose"), "flow number 1: 'purpose' is missing"),
    "blank basis": (lambda t, f: f.update(legal_basis=" "), "'legal_basis' is blank"),
    "blank label": (lambda t, f: f.update(label_nl=""), "'label_nl' is blank"),
    "unknown mode": (lambda t, f: f.update(mode="assumed"), "'assumed' is not a valid Mode"),
    "unknown kind": (lambda t, f: f.update(kinds=["postcard"]), "'postcard' is not a valid Kind"),
    "no kind": (lambda t, f: f.update(kinds=[]), "kinds is empty"),
    "kinds as text": (lambda t, f: f.update(kinds="proposal"), "'kinds' must be of type list"),
    "unknown field": (lambda t, f: f["fields_out"].append("resident.iban"), "fields_out names resident.iban"),
    "misspelt field": (lambda t, f: f.update(fields_out=["resident.surnam"]), "no message has such a field"),
    "fields as text": (lambda t, f: f.update(fields_out="references"), "'fields_out' must be of type list"),
    "days as text": (lambda t, f: f.update(valid_days="120"), "'valid_days' must be of type int"),
    "true days": (lambda t, f: f.update(valid_days=True), "'valid_days' must be of type int"),
    "no days": (lambda t, f: f.update(valid_days=0), "valid_days must be 1 or more"),
    "no messages": (lambda t, f: f.update(max_messages=0), "max_messages must be 1 or more"),
    "kept for less than nothing": (lambda t, f: f.update(retention_days=-1), "retention_days must be 1 or more"),
    "twice": (lambda t, f: t["flow"].append(f), "'inventory': this purpose is in the file twice"),
    "no flow": (lambda t, f: t.update(flow=[]), "nothing could be asked"),
    "empty file": (lambda t, f: t.clear(), "'flow' is missing"),
    "misspelt table": (lambda t, f: t.update(flows=[]), "unknown key 'flows'"),
    "no table": (lambda t, f: t.update(flow=["inventory"]), "flow number 1: must be a table"),
}


def test_all_that_is_wrong_is_told_at_once(table: dict[str, Any]) -> None:
    """Nobody mends a file three times to hear the third fault."""
    table["flow"][0].update(mode="assumed", valid_days=0)
    table["flow"][1].pop("article")
    table["flow"][1]["reminders"] = 3
    with pytest.raises(ConfigurationError) as raised:
        flows_from(table)
    told = raised.value.detail.splitlines()
    assert len(told) == 4
    for part in ("'assumed' is not a valid Mode", "valid_days must be", "'article' is missing", "unknown key 'remind"):
        assert any(part in line for line in told), part


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_register_is_refused_with_the_flow_and_what_to_mend(table: dict[str, Any], name: str) -> None:
    """Nothing in the file is defaulted, ignored or guessed."""
    spoil, message = WRONG[name]
    spoil(table, table["flow"][0])
    with pytest.raises(ConfigurationError, match=message):
        flows_from(table)
