"""docs/consent-cases.md is held to the code: every test that it names exists, and every case with tests names them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "consent-cases.md"
CASES, INVARIANTS, NAMED = 60, 27, 40
ROW = re.compile(r"^\| (I?)(\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def rows() -> dict[str, list[str]]:
    """Per case ("7") and invariant ("I7") the names of its tests."""
    return {
        mark + number: re.findall(r"`(\w+)`", tests) for mark, number, _, tests in ROW.findall(PAGE.read_text("utf-8"))
    }


@cache
def known_tests() -> frozenset[str]:
    """The names of all tests, and of the stateful models that pytest runs as classes."""
    found: set[str] = set()
    for path in (CHECKOUT / "tests").rglob("test_*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return frozenset(name for name in found if name.lower().startswith("test"))


def test_every_case_and_every_invariant_has_its_row() -> None:
    wanted = [str(number) for number in range(1, CASES + 1)] + [f"I{number}" for number in range(1, INVARIANTS + 1)]
    assert list(rows()) == wanted


@pytest.mark.parametrize("row", rows())
def test_every_test_that_is_named_exists(row: str) -> None:
    assert [name for name in rows()[row] if name not in known_tests()] == []


def test_enough_of_them_have_tests() -> None:
    """At least forty of the sixty cases, and every invariant."""
    named = [row for row, names in rows().items() if names]
    assert sum(not row.startswith("I") for row in named) >= NAMED
    assert sum(row.startswith("I") for row in named) == INVARIANTS


def test_a_test_with_the_number_of_a_case_stands_in_its_row() -> None:
    """Whoever writes one more adds its name to docs/consent-cases.md."""
    numbered = {name: str(int(found[1])) for name in known_tests() if (found := re.match(r"test_edge_(\d+)_", name))}
    assert {name: number for name, number in numbered.items() if name not in rows().get(number, [])} == {}
