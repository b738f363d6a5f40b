"""The published JSON Schema of mapping files says what the compiler says, so that an editor may be trusted."""

from __future__ import annotations

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway.adapters import compiling, mapping
from gateway.adapters.mapping import parse_mapping
from gateway.adapters.mapping_schema import BLOCK_WORDS, FIELD_WORDS, MAPPING_WORDS, mapping_schema
from gateway.errors import ConfigurationError

CHECKOUT = Path(__file__).parents[2]
MAPPINGS = sorted((CHECKOUT / "config" / "creditors").glob("*.toml"))
SCHEMA = mapping_schema()
VALID = Draft202012Validator(SCHEMA)


def test_the_published_file_is_the_generated_one() -> None:
    """After a new word: gateway creditor schema > schemas/mapping.schema.json"""
    published = json.loads((CHECKOUT / "schemas" / "mapping.schema.json").read_text("utf-8"))
    assert published == SCHEMA
    Draft202012Validator.check_schema(published)


def test_it_has_the_words_that_the_compiler_takes() -> None:
    """Each with what it means."""
    assert set(FIELD_WORDS) == compiling._FIELD_KEYS
    assert set(BLOCK_WORDS) == compiling._BLOCK_KEYS
    assert set(MAPPING_WORDS) == mapping._MAPPING_KEYS
    assert set(SCHEMA["properties"]) == mapping._SECTIONS


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_every_shipped_mapping_keeps_it(path: Path) -> None:
    """What loads is valid."""
    assert [error.message for error in VALID.iter_errors(tomllib.loads(path.read_text("utf-8")))] == []


GOOD = """
[mapping]
id = "t"
version = "1"
syntax = "json"
[defaults]
money = "point"
[outcome]
path = "$.s"
values = { A = "statement" }
[statement]
as_of = { const = "received" }
[debts]
each = "$.d"
reference = "n"
total = { path = "t", required = true }
rank = { path = "r", values = { C = "ordinary" } }
arisen_on = { each = "e", where = { k = { not = ["x"] } }, first = "o", date = "dd-mm-yyyy" }
components.principal.charged = { sum = ["a", "b"] }
[[debts.payments]]
each = "p"
amount = { path = "a", sign = { path = "dc", values = { D = "+" } } }
"""


def wrong(*place: Any, value: Any) -> Any:
    return pytest.param(place, value, id=".".join(map(str, place)))


@pytest.mark.parametrize(
    "place, value",
    [
        wrong("outcme", value={}),
        wrong("mapping", "syntax", value="yaml"),
        wrong("mapping", "idd", value="t"),
        wrong("mapping", "id", value=1),
        wrong("defaults", "money", value="dollars"),
        wrong("defaults", "money", value="?"),
        wrong("outcome", "otherwise", value="nil"),
        wrong("outcome", "values", "A", value="?"),
        wrong("outcome", "rules", value=[{"is": "nill", "when": {"$.a": True}}]),
        wrong("outcome", "rules", value=[{"is": "nil"}]),
        wrong("statement", "as_off", value="$.x"),
        wrong("debts", "refrence", value="n"),
        wrong("debts", "reference", value="?"),
        wrong("debts", "total", "money", value="euro"),
        wrong("debts", "total", "sum", value="b"),
        wrong("debts", "total", "path", value=1),
        wrong("debts", "rank", "sum", value="x"),
        wrong("debts", "rank", "values", "C", value="?"),
        wrong("debts", "arisen_on", "where", "k", value={"like": "x"}),
        wrong("debts", "arisen_on", "where", value={}),
        wrong("debts", "components", "fine", value={"charged": "f"}),
        wrong("debts", "components", "interest", value={"paid": "p"}),
        wrong("debts", "payments", value=[{"each": "p"}]),
        wrong("debts", "title", value={"number": "n"}),
        wrong("hold", value=[{"when": {"$.a": True}}]),
    ],
)
def test_what_the_compiler_refuses_the_schema_refuses(place: tuple[Any, ...], value: Any) -> None:
    """One wrong word or value at a time; the same file without it is right to both."""
    table = tomllib.loads(GOOD)
    assert VALID.is_valid(table)
    parse_mapping(GOOD.encode(), slug="t", file_name="t.toml")
    changed = copy.deepcopy(table)
    around = changed
    for name in place[:-1]:
        around = around.setdefault(name, {})
    around[place[-1]] = value
    assert not VALID.is_valid(changed)
    with pytest.raises(ConfigurationError):
        parse_mapping(as_toml(changed).encode(), slug="t", file_name="t.toml")


def as_toml(table: dict[str, Any]) -> str:
    """Every top-level key as one inline value."""

    def written(part: Any) -> str:
        if isinstance(part, dict):
            return "{" + ", ".join(f"{json.dumps(name)} = {written(it)}" for name, it in part.items()) + "}"
        if isinstance(part, list):
            return "[" + ", ".join(written(it) for it in part) + "]"
        return json.dumps(part)

    return "\n".join(f"{json.dumps(name)} = {written(part)}" for name, part in table.items())
