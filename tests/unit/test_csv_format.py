"""CSV replies: read strictly, refused with a line, and mapped with the same words as JSON."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters import Held, ReadContext, Understood, Unreadable, csv_format, load_format, read
from gateway.adapters.mapping import Format, parse_mapping
from gateway.adapters.unreadable import UnreadableInput
from gateway.errors import ConfigurationError

CREDITORS = Path(__file__).parents[2] / "config" / "creditors"
CONTEXT = ReadContext(received_at=datetime(2026, 11, 3, 9, tzinfo=UTC))
MAPPING = """
[mapping]
id = "t"
version = "1"
syntax = "csv"
{more}
[defaults]
money = "comma"
date = "dd-mm-yyyy"
[statement]
as_of = "$.Datum"
[debts]
each = "$.rows"
reference = "Nr"
components.unsplit.outstanding = "Saldo"
"""


def a_format(more: str = "") -> Format:
    return parse_mapping(MAPPING.format(more=more).encode(), slug="t", file_name="t.toml")


def rows(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = csv_format.parse(text.encode()).tree.top["rows"]
    return found


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


@given(st.lists(TEXT.map(str.strip).filter(bool), min_size=1, max_size=5, unique=True), st.data())
def test_what_a_csv_writer_writes_is_read_back(columns: list[str], data: st.DataObject) -> None:
    """Separators, quotes and line ends inside a cell included; a cell without text is no value. Source: RFC 4180."""
    cell = st.one_of(TEXT, st.sampled_from(["a;b", 'say "x"', "two\nlines", "", " ", "a\r\nb"]))
    table = data.draw(st.lists(st.lists(cell, min_size=len(columns), max_size=len(columns)), max_size=4))
    mark = data.draw(st.sampled_from([";", ",", "\t", "|"]))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    writer.writerows([columns, *table])
    bom = data.draw(st.sampled_from(["", "\ufeff"]))
    read_back = csv_format.parse((bom + out.getvalue()).encode(), separator=mark).tree.top["rows"]
    wanted = [{name: said for name, said in zip(columns, row, strict=True) if said.strip()} for row in table]
    assert read_back == [row for row in wanted if row]


@pytest.mark.parametrize(
    "text, code, place",
    [
        ("", "empty", ""),
        ("\r\n \r\n"[:2], "empty", ""),
        ("a;b\n1;2;3\n", "uneven_row", "line 2"),
        ("a;b\n1;2\n\n1\n", "uneven_row", "line 4"),
        ('a;b\n"1\n2";3\n4\n', "uneven_row", "line 4"),
        ("a;a\n1;2\n", "duplicate_name", "line 1"),
        ("a;;c\n1;2;3\n", "not_csv", "line 1"),
        ('a;b\n"1;2\n', "not_csv", "line 2"),
        ('a;b\n1"2;3\n', "not_csv", "line 2"),
        ('a;b\n"1"2;3\n', "not_csv", "line 2"),
        ("a\n\x001\n", "control_character", "character 2"),
        ("a\n" + "x" * 10_001 + "\n", "too_many", "line 2"),
        (";".join(map(str, range(201))), "too_many", "line 1"),
    ],
)
def test_what_is_ill_formed_is_refused_with_its_line(text: str, code: str, place: str) -> None:
    """Nothing is guessed about a table that is not one."""
    with pytest.raises(UnreadableInput) as caught:
        csv_format.parse(text.encode())
    assert (caught.value.problem.code, caught.value.problem.path) == (code, place)


def test_too_many_rows_or_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits are documented in docs/mapping.md."""
    monkeypatch.setattr(csv_format, "MAX_ROWS", 3)
    assert len(rows("a\n1\n2\n")) == 2
    with pytest.raises(UnreadableInput, match="more than 3 rows"):
        rows("a\n1\n2\n3\n4\n")
    monkeypatch.setattr(csv_format, "MAX_BYTES", 4)
    with pytest.raises(UnreadableInput, match="more than 4 bytes"):
        rows("a\n1\n2\n")


def test_an_unclosed_quote_in_a_large_file_is_refused_at_once() -> None:
    """The pattern for a cell never goes back over what it has read."""
    with pytest.raises(UnreadableInput):
        rows('a\n"' + 'x""' * 200_000)


@pytest.mark.parametrize("first", ["sep=;\n", "sep=;\r\n"])
def test_the_line_of_a_spreadsheet_program_is_passed_over(first: str) -> None:
    """And lines are still counted with it."""
    assert rows(f"{first}a;b\n1;2\n") == [{"a": "1", "b": "2"}]
    with pytest.raises(UnreadableInput) as caught:
        rows(f"{first}a;b\n1\n")
    assert caught.value.problem.path == "line 3"


def test_the_charset_is_the_one_the_mapping_names() -> None:
    """A CSV file cannot declare one; a byte order mark still says UTF-8."""
    reply = "Datum;Nr;Saldo\n01-11-2026;Café;1,00\n"
    old = a_format('charsets = ["windows-1252"]')
    for raw, format in (
        (reply.encode("cp1252"), old),
        (b"\xef\xbb\xbf" + reply.encode(), old),
        (reply.encode(), a_format()),
    ):
        answer = read(raw, "text/csv", format, CONTEXT)
        assert isinstance(answer, Understood)
        assert answer.statement.debts[0].reference == "Café"
    wrong = read(reply.encode("cp1252"), "text/csv", a_format(), CONTEXT)
    assert isinstance(wrong, Unreadable)
    garbled = read(reply.encode(), "text/csv", old, CONTEXT)
    assert isinstance(garbled, Understood)
    assert [problem.code for problem in garbled.warnings] == ["garbled_text"]


def test_what_every_row_says_alike_is_read_once() -> None:
    """Two rows that say something else hold the reply; every figure keeps its cell."""
    format = a_format()
    same = read(b"Datum;Nr;Saldo\n01-11-2026;1;1,00\n01-11-2026;2;2,50\n", "text/csv", format, CONTEXT)
    assert isinstance(same, Understood)
    assert same.warnings == ()
    fields = same.statement.provenance.fields
    assert fields["/as_of"].sources[0].path == "$['rows'][0]['Datum']"
    assert fields["/debts/1/components/0/outstanding_cents"].sources[0].path == "$['rows'][1]['Saldo']"
    other = read(b"Datum;Nr;Saldo\n01-11-2026;1;1,00\n02-11-2026;2;2,50\n", "text/csv", format, CONTEXT)
    assert isinstance(other, Held)
    assert ("ambiguous", "$['rows'][1]['Datum']") in [(problem.code, problem.path) for problem in other.problems]


def test_a_column_that_nothing_speaks_of_holds_the_reply() -> None:
    """As for every other syntax; an empty column says nothing."""
    format = a_format()
    extra = read(b"Datum;Nr;Saldo;Kosten\n01-11-2026;1;1,00;5,00\n", "text/csv", format, CONTEXT)
    assert isinstance(extra, Held)
    assert [problem.path for problem in extra.problems] == ["$['rows'][0]['Kosten']"]
    assert isinstance(read(b"Datum;Nr;Saldo;Kosten\n01-11-2026;1;1,00;\n", "text/csv", format, CONTEXT), Understood)


@pytest.mark.parametrize(
    "more, said",
    [
        ('charsets = ["utf-7"]', '"utf-7" is not one of utf-8, windows-1252'),
        ('separator = ":"', "must be one of ;, ,, tab, |"),
        ('acknowledgement = "$.a.b"', "a CSV reply has only $.rows"),
    ],
)
def test_a_mapping_that_no_csv_file_fits_is_refused(more: str, said: str) -> None:
    """With what may be written instead."""
    with pytest.raises(ConfigurationError) as caught:
        a_format(more)
    assert said in caught.value.detail


def test_the_shipped_form_reads_other_separators_and_charsets() -> None:
    """One changed line in the mapping is enough."""
    text = (CREDITORS / "skp-csv.toml").read_text("utf-8")
    reply = (CREDITORS / "samples" / "skp-csv" / "ordinary.csv").read_bytes().decode("utf-8-sig")
    changed = text.replace('syntax = "csv"', 'syntax = "csv"\nseparator = "|"\ncharsets = ["iso-8859-1"]', 1)
    format = parse_mapping(changed.encode(), slug="skp-csv", file_name="skp-csv.toml")
    answer = read(reply.replace(";", "|").encode("iso-8859-1"), "text/csv", format, CONTEXT)
    plain = read(reply.encode(), "text/csv", load_format(CREDITORS / "skp-csv.toml"), CONTEXT)
    assert isinstance(answer, Understood)
    assert isinstance(plain, Understood)
    assert answer.statement.debts == plain.statement.debts
