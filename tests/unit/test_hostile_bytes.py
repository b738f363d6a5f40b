"""The two strict front doors against the whole collection of hostile and odd bytes."""

from __future__ import annotations

import pytest

from gateway.adapters import strict_json, strict_xml
from gateway.adapters.unreadable import UnreadableInput
from gateway.domain.integrity import Problem
from tests.attack.hostile import Canary, Hostile, collection

COLLECTION = list(collection())
WITHOUT_A_PLACE = {
    "empty", "too_deep", "too_many", "encoding", "duplicate_name", "not_a_number", "number_too_long",
    "number_out_of_range", "control_character",
}  # fmt: skip


@pytest.mark.parametrize("hostile", COLLECTION, ids=str)
def test_the_ill_formed_is_refused_with_its_reason_and_the_well_formed_is_read(hostile: Hostile) -> None:
    """Ruling 21: what the limits say is refused, what they do not forbid is read."""
    problem = refusal_of(hostile)
    if problem is None:
        assert hostile.readable
        return
    assert problem.code in hostile.codes
    assert problem.detail
    assert problem.path or problem.code in WITHOUT_A_PLACE


def refusal_of(hostile: Hostile) -> Problem | None:
    raw = hostile.make(Canary())
    try:
        if hostile.syntax == "json":
            strict_json.parse(raw)
        else:
            strict_xml.parse(raw, ("iso-8859-1",))
    except UnreadableInput as refused:
        return refused.problem
    return None


def test_every_name_is_there_once() -> None:
    """The names are how a fault is found again."""
    assert len({str(hostile) for hostile in COLLECTION}) == len(COLLECTION)
