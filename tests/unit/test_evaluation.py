"""A decision is kept with all that it rests on: worked out again it says the same, and changed facts say otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.consent.decision import Ask, Permit, decide
from gateway.consent.evaluation import NotReplayable, agrees, facts_of, replay
from gateway.consent.flows import Flow
from gateway.consent.grants import Grant, GrantEvent
from tests.unit.test_decision import ASK, FLOW, GRANT, NOES, NOW, asks, grants, histories


def kept(
    ask: Ask = ASK, flow: Flow | None = FLOW, grant: Grant | None = GRANT, events: tuple[GrantEvent, ...] = ()
) -> dict[str, Any]:
    """The facts as the journal gives them back."""
    answer = decide(ask, flow, grant, events, NOW)
    found: dict[str, Any] = json.loads(json.dumps(facts_of(ask, "inventory", flow, grant, events, answer, NOW)))
    return found


@given(asks, st.one_of(st.none(), grants), st.sampled_from([None, FLOW, FLOW]), histories)
@settings(max_examples=400, deadline=None)
def test_replay_gives_the_same_answer(
    ask: Ask, grant: Grant | None, flow: Flow | None, events: list[GrantEvent]
) -> None:
    """Whatever was asked of whatever stood on record (G8)."""
    answer = decide(ask, flow, grant, events, NOW)
    facts = json.loads(json.dumps(facts_of(ask, "inventory", flow, grant, events, answer, NOW)))
    assert replay(facts) == answer
    assert agrees(facts)


@pytest.mark.parametrize("reason", NOES)
def test_every_refusal_is_kept_with_its_reason(reason: Any) -> None:
    """The shape is AuthZEN's: subject, action, resource, context, and the decision."""
    facts = kept(**NOES[reason])
    assert set(facts) == {"subject", "action", "resource", "context", "decision", "reason"}
    assert (facts["decision"], facts["reason"]) == (False, reason.value)
    assert agrees(facts)


def test_a_permit_is_bound_to_the_bytes() -> None:
    """The digest in the facts is the digest that the permit carries."""
    facts = kept()
    again = replay(facts)
    assert isinstance(again, Permit)
    assert again.digest == facts["resource"]["properties"]["digest"] == ASK.digest
    assert "reason" not in facts


CHANGES: list[tuple[list[Any], Any]] = [
    (["decision"], False),
    (["context", "at"], "2030-01-01T00:00:00+00:00"),
    (["context", "events"], [["withdrawn", NOW.isoformat()]]),
    (["context", "grant"], None),
    (["context", "flow"], None),
    (["context", "grant", "act"], "refused"),
    (["context", "grant", "recipient"], "00000000-0000-0000-0000-000000000007"),
    (["context", "grant", "fields_out"], []),
    (["context", "flow", "kinds"], []),
    (["context", "flow", "max_messages"], 0),
    (["resource", "properties", "fields"], ["resident.town"]),
    (["resource", "properties", "resident"], "00000000-0000-0000-0000-000000000007"),
]


@pytest.mark.parametrize("path, value", CHANGES, ids=[".".join(path) for path, _ in CHANGES])
def test_a_decision_whose_facts_were_changed_does_not_agree(path: list[str], value: Any) -> None:
    """What a permit rests on cannot be taken away from under it without being seen."""
    facts = kept()
    place = facts
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not agrees(facts)


@pytest.mark.parametrize("facts", [{}, {"stage": "send"}, {"context": None}, {"context": {"flow": None}}])
def test_what_is_no_decision_is_not_replayed(facts: dict[str, Any]) -> None:
    """An older entry, or one of something else, is told apart from one that disagrees."""
    with pytest.raises(NotReplayable):
        replay(facts)


def test_the_facts_hold_names_of_fields_and_never_values() -> None:
    """I22: codes, ids, digests and dates."""
    text = json.dumps(kept())
    assert "resident.surname" in text
    assert "Voorbeeld" not in text
