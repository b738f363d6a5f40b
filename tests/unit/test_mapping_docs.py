"""docs/mapping.md is true: its examples are run, its words are the words of the language."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gateway.adapters import ReadContext, Understood, csv_format, json_format, read, xml_format
from gateway.adapters.learning import Sample, learn
from gateway.adapters.mapping import parse_mapping
from gateway.adapters.mapping_schema import BLOCK_WORDS, FIELD_WORDS, MAPPING_WORDS
from gateway.adapters.transforms import day
from gateway.adapters.vocabulary import COMPONENT, COMPONENT_KINDS, DEBT, HEADERS, LISTS, SINGLES, STATEMENT
from gateway.domain.money import Notation, NotMoney, to_cents
from gateway.domain.statement import debt_total, original_debt_view

PAGE = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
JSON = [text for language, text in BLOCKS if language == "json"]
TOML = [text for language, text in BLOCKS if language == "toml"]
SPANS = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", PAGE, flags=re.MULTILINE | re.DOTALL))
CONTEXT = ReadContext(received_at=datetime(2026, 11, 3, 9, tzinfo=UTC))


def paragraph(heading: str) -> list[str]:
    """The code in the paragraph with this heading."""
    text = PAGE[PAGE.index(f"**{heading}**") :].partition("\n\n")[0]
    return re.findall(r"`([^`]+)`", text)


def test_the_worked_example_reads_both_replies() -> None:
    """What the page shows is what a reader gets."""
    format = parse_mapping(TOML[0].encode(), slug="mine", file_name="mine.toml")
    ordinary, nil = (read(reply.encode(), "application/json", format, CONTEXT) for reply in JSON)
    assert isinstance(ordinary, Understood)
    assert isinstance(nil, Understood)
    assert ordinary.warnings == nil.warnings == ()
    (debt,) = ordinary.statement.debts
    assert debt_total(debt) == 114350
    assert original_debt_view(debt) is not None
    assert nil.statement.outcome == "nil"


def test_the_worked_example_is_what_learn_proposes() -> None:
    """Line by line, but for those that the page marks as filled in by a person, and for remarks it leaves out."""
    proposal = learn(
        [Sample(name=name, raw=reply.encode()) for name, reply in zip("ab", JSON, strict=True)], identity="mine"
    )
    proposed = [re.sub(r"\s+#.*", "", line) for line in proposal.text.splitlines() if not line.startswith("#")]
    remarks = " ".join(re.findall(r"#.*", proposal.text))
    shown = [line for line in TOML[0].splitlines() if line]
    filled = [line for line in shown if line.endswith("# <-")]
    assert len(filled) == len(proposal.undecided) == 3
    for line in shown:
        bare, _, remark = line.partition("#")
        if line in filled:
            assert re.sub(r'"\w+"(?=[, }]|$)', '"?"', bare.strip()) in proposed, line
        else:
            assert bare.rstrip() in proposed, line
        if re.match(r" (certain|likely|a guess):", remark):
            assert remark.strip() in remarks, line
    assert len([line for line in proposed if line]) == len(shown), "no line of the proposal is missing on the page"


def test_every_other_block_is_toml() -> None:
    """What can be copied can be read."""
    for text in TOML:
        tomllib.loads(text)


def test_every_line_of_a_mapping_in_the_text_is_toml() -> None:
    """Dots stand for something of the reader's own."""
    lines = [span for span in SPANS if re.match(r"[\w.]+ = ", span)]
    assert len(lines) > 25
    for line in lines:
        whole = line.replace("{...}", "{}").replace('"..."', '"x"').replace("...", '"x"')
        if "[defaults]" not in whole:
            tomllib.loads(whole)


def test_every_path_in_the_table_is_one() -> None:
    """In the column of its own syntax."""
    table = PAGE[PAGE.index("| | JSON | XML |") :].partition("\n\n")[0]
    rows = [re.findall(r"`([^`]+)`", cell) for row in table.splitlines()[2:] for cell in row.split("|")[2:4]]
    compile_xml = xml_format.compiler({})
    for json_paths, xml_paths in zip(rows[::2], rows[1::2], strict=True):
        for path in json_paths:
            assert json_format.compile_path(path).steps is not None, path
        for path in xml_paths:
            assert compile_xml(path).steps is not None, path
    csv_format.compile_path("$.Datum")


def test_the_amounts_on_the_page_are_read_as_it_says() -> None:
    """Each in the notation that the page gives for it, and the ambiguous one is refused."""
    notation: Notation | None = None
    read_so: dict[str, set[str]] = {}
    for code in paragraph("Money."):
        if code in tuple(Notation):
            notation = Notation(code)
        elif notation is not None and code[0].isdigit():
            read_so.setdefault(notation, set()).add(code)
    assert set(read_so) == {"cents", "point", "comma"}
    for said, amounts in read_so.items():
        for amount in amounts - {"1.250"}:
            assert to_cents(amount, Notation(said)) == 125000, amount
    assert isinstance(to_cents("1.250", Notation.COMMA), NotMoney)


def test_the_dates_on_the_page_are_formats() -> None:
    """Each makes a reader of days."""
    formats = [code for code in paragraph("Dates.") if re.search(r"..yyyy|yyyym|^rfc|^unix|^/Date", code)]
    assert {"d-m-yyyy", "yyyymmdd", "d mmmm yyyy", "rfc3339", "unix-seconds", "/Date(ms)/"} <= set(formats)
    for pattern in formats:
        day((pattern,))
    assert day(("d-m-yyyy",))("3-4-2026") == day(("d mmmm yyyy",))("3 april 2026") == date(2026, 4, 3)


@pytest.mark.parametrize(
    "words",
    [
        *(part.words for part in (STATEMENT, DEBT, COMPONENT, *LISTS.values(), *SINGLES.values(), *HEADERS.values())),
        FIELD_WORDS,
        BLOCK_WORDS,
        MAPPING_WORDS,
        dict.fromkeys((*COMPONENT_KINDS, *LISTS, *SINGLES, *HEADERS)),
    ],
)
def test_every_word_of_the_language_is_on_the_page(words: dict[str, object]) -> None:
    """Nothing that a mapping may say is left for the reader to find."""
    known = {word for code in [*SPANS, *TOML] for word in re.findall(r"[a-z_]+", code)}
    assert set(words) <= known
