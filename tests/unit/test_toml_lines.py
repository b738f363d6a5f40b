"""Faults of a mapping name the line they stand on, whatever way of writing TOML the administrator likes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.lines import Places, lines_of
from gateway.adapters.mapping import parse_mapping
from gateway.errors import ConfigurationError

CREDITORS = Path(__file__).parents[2] / "config" / "creditors"

KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters='"\\'), max_size=6),
)
GAPS = st.lists(st.sampled_from(["", "# a [comment] = {", "   ", '# "', "\t# '''"]), max_size=3)
SCALARS = st.sampled_from(
    [
        "1", "true", "2026-11-01", '"a"', '"# no comment"', r'"quote \" and ] }"', "'single \" ] }'", '""', "''",
        '"""\nmore = 1\n[lines]\n"""', "'''\nalso\n'''", '""""two quotes at the end"""""', r'"""a\\"""', "'''it's'''",
        "1_000.5e3", "07:32:00",
    ]
)  # fmt: skip


class Written:
    """TOML that is written down piece by piece, with the line of each key as it is written."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: dict[tuple[str | int, ...], int] = {}

    @property
    def line(self) -> int:
        return self.text.count("\n") + 1

    def note(self, place: tuple[str | int, ...]) -> None:
        self.lines.setdefault(place, self.line)


def quoted(draw: st.DrawFn, key: str) -> str:
    bare = key and all(mark.isascii() and (mark.isalnum() or mark in "_-") for mark in key)
    ways = [f'"{key}"'] + ([f"'{key}'"] if "'" not in key else []) + ([key] if bare else [])
    return draw(st.sampled_from(ways))


def value(draw: st.DrawFn, out: Written, place: tuple[str | int, ...], depth: int) -> None:
    kind = draw(st.sampled_from(["scalar", "scalar", "array", "table"] if depth < 3 else ["scalar"]))
    if kind == "scalar":
        out.text += draw(SCALARS)
    elif kind == "array":
        out.text += "["
        for number in range(draw(st.integers(0, 3))):
            out.text += draw(st.sampled_from(["", " ", "\n", "\n  # why\n"]))
            out.note((*place, number))
            value(draw, out, (*place, number), depth + 1)
            out.text += draw(st.sampled_from([",", " ,", "\n,"]))
        out.text += draw(st.sampled_from(["]", "\n]", " # end\n ]"]))
    else:
        out.text += "{ "
        for number, key in enumerate(draw(st.lists(KEYS, max_size=3, unique=True))):
            out.text += ", " if number else ""
            pair(draw, out, place, key, depth + 1)
        out.text += " }"


def pair(draw: st.DrawFn, out: Written, table: tuple[str | int, ...], key: str, depth: int) -> None:
    for part in (*([draw(KEYS)] if draw(st.booleans()) else []),):
        out.note((*table, key))
        out.text += f"{quoted(draw, key)} . "
        table, key = (*table, key), part
    out.note((*table, key))
    out.text += quoted(draw, key) + draw(st.sampled_from([" = ", "=", "\t=  "]))
    value(draw, out, (*table, key), depth)


@st.composite
def documents(draw: st.DrawFn) -> Written:
    """A document of top-level pairs, tables, and arrays of tables with tables inside."""
    out = Written()
    for key in draw(st.lists(KEYS, max_size=3, unique=True)):
        for gap in draw(GAPS):
            out.text += f"{gap}\n"
        pair(draw, out, (), f"top{key}", 0)
        out.text += draw(st.sampled_from(["\n", "  # said\n", "\r\n"]))
    for key in draw(st.lists(KEYS, max_size=3, unique=True)):
        times = draw(st.integers(0, 3))
        for number in range(times or 1):
            place: tuple[str | int, ...] = (f"t{key}",)
            out.text += "[[" if times else "[ "
            out.note(place)
            if times:
                out.note((*place, number))
                place = (*place, number)
            out.text += quoted(draw, f"t{key}") + ("]]" if times else " ]") + "\n"
            for name in draw(st.lists(KEYS, max_size=3, unique=True)):
                pair(draw, out, place, f"v{name}", 0)
                out.text += "\n"
            if draw(st.booleans()):
                out.text += f"[{quoted(draw, f't{key}')}."
                out.note((*place, "inner"))
                out.text += "inner]\n"
                pair(draw, out, (*place, "inner"), "x", 0)
                out.text += "\n"
    return out


@given(documents())
def test_every_key_is_found_on_the_line_it_was_written_on(written: Written) -> None:
    """Tables, arrays of tables, dotted and quoted keys, inline tables, and texts and lists over several lines."""
    tomllib.loads(written.text)
    assert lines_of(written.text) == written.lines


@pytest.mark.parametrize("mapping", sorted(CREDITORS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_key_of_the_shipped_mappings_has_its_line(mapping: Path) -> None:
    """Each key that tomllib reads is there, and its name stands on that line."""
    text = mapping.read_text("utf-8")
    lines, rows = lines_of(text), text.splitlines()

    def check(value: object, place: tuple[str | int, ...]) -> None:
        if place:
            assert isinstance(place[-1], int) or str(place[-1]) in rows[lines[place] - 1]
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in parts:
            check(part, (*place, key))

    check(tomllib.loads(text), ())


FAULTY = """\
[mapping]
id = "t"
version = "1"
syntax = "json"

[defaults]
money = "point"

[statement]
as_of = { const = "received" }

[[outcome.rules]]
is = "nill"
when = { "$.a" = true }

[debts]
each = "$.d"
reference = "n"
rank = { path = "r", values = {
  A = "ordinary"%s B = "ordinairy" } }

[[debts.payments]]
amount = "p"

[[debts.payments]]
amout = "q"

[debts.components.unsplit]
outstanding = "a"
paid = { path = "x",
  sum = "y" }
"""


def test_a_fault_names_file_line_key_and_what_to_do() -> None:
    """Also in the second table of a list, and where the key itself is missing."""
    with pytest.raises(ConfigurationError) as caught:
        parse_mapping(
            (FAULTY % ",").replace("{\n  A", "{ A").replace('x",\n', 'x",').encode(), slug="t", file_name="t.toml"
        )
    found = caught.value.detail.splitlines()
    assert [line.split(": ")[0:2] for line in found] == [
        ["t.toml:13", "outcome.rules[0].is"],
        ["t.toml:19", "debts.rank.values.B"],
        ["t.toml:24", "debts.payments[1].amount"],
        ["t.toml:25", "debts.payments[1].amout"],
        ["t.toml:29", "debts.components.unsplit.paid"],
    ]
    assert 'did you mean "ordinary"?' in found[1]


def test_what_is_no_toml_keeps_the_line_of_the_reader() -> None:
    """tomllib says it; we put it where an editor looks for it."""
    with pytest.raises(ConfigurationError, match=r"^t\.toml:19: this is not TOML"):
        parse_mapping((FAULTY % " ").encode(), slug="t", file_name="t.toml")


def test_a_key_that_is_not_there_is_looked_for_around() -> None:
    """The table it should be in, or nothing at all."""
    places = Places(lines_of("[a]\nb.c = 1\n"))
    assert [places.line_of(key) for key in ("a.b.c", "a.b.d", "a.x.y", "z")] == [2, 2, 1, None]
