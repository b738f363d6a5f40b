"""Percentages in a reply: written as the mapping says, or held; never guessed."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given

from gateway.adapters import Held, ReadContext, Understood, read
from gateway.adapters.mapping import parse_mapping
from gateway.adapters.replay import replayed
from gateway.adapters.transforms import Unfit, rate
from gateway.domain.money import Notation
from gateway.domain.statement import Interest, InterestKind
from gateway.errors import ConfigurationError
from tests.unit.statement_examples import RECEIVED
from tests.unit.statements import rates

MAPPING = """
[mapping]
id = "rates"
version = "1"
syntax = "json"
[defaults]
money = "comma"
[statement]
as_of = { const = "received" }
[debts]
each = "$.debts"
reference = "nr"
total = "total"
[debts.components.principal]
outstanding = "total"
[debts.interest]
rate = RATE
kind = { path = "kind", values = { W = "statutory_consumer" } }
"""


@pytest.mark.parametrize(
    ("notation", "written", "read_as"),
    [
        (Notation.COMMA, "4", "4"),
        (Notation.COMMA, "4,5 %", "4.5"),
        (Notation.COMMA, "4,50%", "4.5"),
        (Notation.COMMA, "6,5 procent per jaar", "6.5"),
        (Notation.COMMA, "0,1234", "0.1234"),
        (Notation.COMMA, "4,00000", "4"),
        (Notation.COMMA, "100", "100"),
        (Notation.COMMA, "100,00", "100"),
        (Notation.COMMA, Decimal("4.5"), "4.5"),
        (Notation.COMMA, 4, "4"),
        (Notation.POINT, "4.5", "4.5"),
        (Notation.POINT, "0.04", "0.04"),
        (Notation.POINT, "04.5", "4.5"),
        (Notation.CENTS, "4.5", "4.5"),
        (Notation.CENTS, Decimal("4.50"), "4.5"),
        (Notation.POINT, Decimal("0E+5"), "0"),
    ],
)
def test_a_percentage_is_read_as_it_is_written(notation, written, read_as):
    """A JSON number has no notation of its own; 0.04 is 0.04 percent and not 4."""
    assert rate(notation)(written) == read_as


@pytest.mark.parametrize(
    ("notation", "written"),
    [
        (Notation.COMMA, "4.5"),
        (Notation.POINT, "4,5"),
        (Notation.CENTS, "4,5"),
        (Notation.COMMA, "1% per maand"),
        (Notation.COMMA, "wettelijk"),
        (Notation.COMMA, "-1"),
        (Notation.COMMA, "100,01"),
        (Notation.COMMA, "450"),
        (Notation.COMMA, "4.500"),
        (Notation.COMMA, "4,12345"),
        (Notation.COMMA, "4,5,5"),
        (Notation.COMMA, "%"),
        (Notation.COMMA, True),
        (Notation.COMMA, Decimal("1E+99999999")),
        (Notation.COMMA, Decimal("1E-99999999")),
        (Notation.COMMA, 10**400),
    ],
)
def test_what_is_no_percentage_per_year_is_not_guessed(notation, written):
    """Another decimal mark, a rate per month, words, more than a hundred."""
    found = rate(notation)(written)
    assert isinstance(found, Unfit)
    assert found.code == "not_a_rate"


@given(rates())
def test_the_form_of_the_statement_reads_as_itself(text):
    """Under the notation with a point, and under that of our own reply form."""
    assert rate(Notation.POINT)(text) == rate(Notation.CENTS)(text) == text
    assert rate(Notation.COMMA)(text.replace(".", ",")) == text


def _read(written: object, spec: str = '"rate"'):
    known = parse_mapping(MAPPING.replace("RATE", spec).encode(), slug="rates", file_name="rates.toml")
    debt = {"nr": "1", "total": "10,00", "rate": written, "kind": "W"}
    return known, read(
        json.dumps({"debts": [debt]}).encode(), "application/json", known, ReadContext(received_at=RECEIVED)
    )


@pytest.mark.parametrize("written", ["4,5 %", 4.5])
def test_a_rate_in_a_reply_has_its_origin_and_can_be_redone(written):
    """Rule R14."""
    known, answer = _read(written)
    assert isinstance(answer, Understood)
    statement = answer.statement
    assert statement.debts[0].interest is not None
    assert statement.debts[0].interest.rate == "4.5"
    assert statement.provenance is not None
    assert replayed(statement.provenance.fields["/debts/0/interest/rate"], known) == "4.5"


def test_a_rate_that_is_not_understood_holds_the_reply_with_its_place():
    """Promise 4."""
    _, answer = _read("4.5")
    assert isinstance(answer, Held)
    assert [(problem.code, problem.path) for problem in answer.problems] == [("not_a_rate", "$['debts'][0]['rate']")]


def test_a_rate_that_the_mapping_states_itself_is_checked():
    """As text with a point, like the statement has it."""
    _, answer = _read("ignored", '{ const = "6.5" }')
    assert isinstance(answer, Understood)
    assert answer.statement.debts[0].interest == Interest(rate="6.5", kind=InterestKind.STATUTORY_CONSUMER)
    with pytest.raises(ConfigurationError, match=r'debts\.interest\.rate.*such as "6\.5"'):
        _read("x", '{ const = "6,5" }')
    with pytest.raises(ConfigurationError, match=r"negate: only fits an amount"):
        _read("x", '{ path = "rate", negate = true }')
