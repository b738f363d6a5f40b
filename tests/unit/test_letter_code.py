"""The code in a letter: whoever types it over is understood, and nothing else is taken for one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.letter_code import ALPHABET, LENGTH, grouped, read_birth_date, read_code

CODES = st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH)
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
TODAY = date(2026, 4, 24)


def test_a_code_holds_sixty_bits_and_no_two_characters_that_look_alike() -> None:
    assert len(set(ALPHABET)) ** LENGTH == 2**60
    assert not set(ALPHABET) & set("OILU")


@given(CODES, st.data())
def test_however_it_is_typed_it_is_read(code: str, data: st.DataObject) -> None:
    """Small letters, spaces, dashes of any kind, digits of another script, an O for a nought, an L for a one."""
    assert read_code(grouped(code)) == code
    typed = ""
    for one in grouped(code):
        meant = {"0": "0Oo", "1": "1IiLl", "V": "VvUu", "-": "-– \u00a0"}.get(one, one + one.lower())
        typed += data.draw(st.sampled_from(meant))
        typed += data.draw(st.sampled_from(["", "", " "]))
    assert read_code(typed) == code
    assert read_code(f"\u200f{typed.translate(ARABIC)}\u200e") == code


@given(st.text(max_size=80))
def test_what_is_read_is_a_code_or_nothing(typed: str) -> None:
    found = read_code(typed)
    assert found is None or (len(found) == LENGTH and set(found) <= set(ALPHABET))


@pytest.mark.parametrize(
    "typed", ["", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKM!", "ABCD/EFGH/JKMN", "A" * 61]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_a_birth_date_is_read_however_it_is_typed(born: date) -> None:
    parts = str(born.day), str(born.month), str(born.year)
    assert read_birth_date(*parts, TODAY) == born
    assert read_birth_date(f" 0{parts[0]}"[-3:], f"{parts[1]} ", parts[2].translate(ARABIC), TODAY) == born


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("30", "2", "1985"), ("0", "1", "1985"), ("", "2", "1985"), ("3", "februari", "1985"), ("3", "2", "85"),
     ("25", "4", "2026"), ("3", "2", "1895"), ("-3", "2", "1985"), ("3", "2", "19850"), ("3.0", "2", "1985")],
)  # fmt: skip
def test_what_is_no_day_or_nobodys_birth_date_is_none(day: str, month: str, year: str) -> None:
    assert read_birth_date(day, month, year, TODAY) is None
