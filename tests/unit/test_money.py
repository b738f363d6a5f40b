"""Amounts are read exactly or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.domain.money import MAX_CENTS, Notation, NotMoney, bare_form, euros, to_cents

CENTS, POINT, COMMA = Notation.CENTS, Notation.POINT, Notation.COMMA


@pytest.mark.parametrize(
    "text, notation, cents",
    [
        ("10400", CENTS, 10400),
        ("-3000", CENTS, -3000),
        ("0", CENTS, 0),
        ("1250.00", POINT, 125000),
        ("1,250.00", POINT, 125000),
        ("12.5", POINT, 1250),
        ("728", POINT, 72800),
        ("1.250,00", COMMA, 125000),
        ("1250,00", COMMA, 125000),
        ("1.234.567,89", COMMA, 123456789),
        ("1 250,00", COMMA, 125000),
        ("EUR 389,90", COMMA, 38990),
        ("€ 389,90", COMMA, 38990),
        ("389,90 EUR", COMMA, 38990),
        ("-€ 10,00", COMMA, -1000),
        ("€ -10,00", COMMA, -1000),
        ("10,00-", COMMA, -1000),
        ("1.250,-", COMMA, 125000),
        ("218,--", COMMA, 21800),
        ("1250", COMMA, 125000),
        (" 12,34 ", COMMA, 1234),
        ("12,3400", COMMA, 1234),
    ],
)
def test_an_amount_is_read_in_the_notation_that_was_named(text, notation, cents):
    """Each notation as it occurs in replies; units: euro cents."""
    assert to_cents(text, notation) == cents


@pytest.mark.parametrize(
    "text, notation, code",
    [
        ("1.250", COMMA, "ambiguous_amount"),
        ("1,250", COMMA, "ambiguous_amount"),
        ("1,250", POINT, "ambiguous_amount"),
        ("1.250", POINT, "ambiguous_amount"),
        ("1.250.000", COMMA, "ambiguous_amount"),
        ("1250.00", COMMA, "not_an_amount"),
        ("1.25,00", COMMA, "not_an_amount"),
        ("12,345", POINT, "ambiguous_amount"),
        ("10.0012", POINT, "not_whole_cents"),
        ("104.00", CENTS, "not_an_amount"),
        ("USD 10.00", POINT, "not_euro"),
        ("$10.00", POINT, "not_euro"),
        ("ten", POINT, "not_an_amount"),
        ("", POINT, "not_an_amount"),
        ("1e3", POINT, "not_an_amount"),
        ("--1.00", POINT, "not_an_amount"),
        ("-1,00-", COMMA, "not_an_amount"),
        ("€ 1,00 €", COMMA, "not_an_amount"),
        ("١٢,٠٠", COMMA, "not_an_amount"),
        (".50", POINT, "not_an_amount"),
        ("12.", POINT, "not_an_amount"),
        ("99999999999999.00", POINT, "amount_too_large"),
    ],
)
def test_a_doubtful_amount_is_refused_with_its_reason(text, notation, code):
    """An amount that can be read in two ways, a factor of a thousand apart, is never guessed. Source: ruling 21."""
    refused = to_cents(text, notation)
    assert isinstance(refused, NotMoney)
    assert refused.code == code
    assert not text.strip() or text.strip() not in refused.detail


@pytest.mark.parametrize(
    "number, notation, cents",
    [
        (Decimal("389.90"), POINT, 38990),
        (Decimal("728.5"), COMMA, 72850),
        (Decimal("1E+3"), POINT, 100000),
        (Decimal("12.340"), POINT, 1234),
        (Decimal("0E-20"), POINT, 0),
        (12, POINT, 1200),
        (12, CENTS, 12),
        (Decimal("52E+2"), CENTS, 5200),
    ],
)
def test_a_json_number_counts_euros_or_cents_exactly(number, notation, cents):
    """A number has no group marks, so nothing about it is ambiguous."""
    assert to_cents(number, notation) == cents


@pytest.mark.parametrize("number", [Decimal("0.1000000000000000000000000000000000001"), Decimal("0.005")])
def test_long_decimals_are_not_rounded_to_cents(number):
    """The default Decimal context would round the first one to ten cents."""
    refused = to_cents(number, POINT)
    assert isinstance(refused, NotMoney)
    assert refused.code == "not_whole_cents"


def test_decimals_in_a_field_of_cents_say_that_the_unit_changed():
    """52.00 in a field of cents is fifty-two euros or fifty-two cents; nobody can tell."""
    assert isinstance(to_cents(Decimal("52.00"), CENTS), NotMoney)


@given(st.integers(-MAX_CENTS, MAX_CENTS))
def test_what_is_written_for_people_is_read_back_the_same(cents):
    """Display and reading agree on every amount."""
    assert to_cents(euros(cents), COMMA) == cents


@given(st.text(max_size=40), st.sampled_from(Notation))
def test_any_text_is_an_amount_or_a_reason(text, notation):
    """No text raises."""
    assert isinstance(to_cents(text, notation), int | NotMoney)


def test_amounts_are_shown_the_dutch_way():
    """Point for thousands, comma for cents, the minus after the sign."""
    assert euros(123456) == "€ 1.234,56"
    assert euros(-5) == "€ -0,05"
    assert euros(0) == "€ 0,00"


@given(st.text("0123456789.,- €", max_size=18), st.sampled_from((POINT, COMMA)))
@example("-1.218,00", COMMA)
@example("999.999.999,99", COMMA)
@example("-1,218.00", POINT)
def test_the_usual_form_means_what_its_digits_say(text, notation):
    """Who recognises it may take the digits for cents, and needs to ask nothing more."""
    form = bare_form(notation)
    assert form is not None
    if form.fullmatch(text):
        assert to_cents(text, notation) == int(text.replace(".", "").replace(",", ""))


@pytest.mark.parametrize("text, notation", [("999.999.999.999,99", COMMA), ("999,999,999,999.99", POINT)])
def test_no_amount_above_the_limit_is_taken_however_it_is_grouped(text, notation):
    found = to_cents(text, notation)
    assert isinstance(found, NotMoney)
    assert found.code == "amount_too_large"
