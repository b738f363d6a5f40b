"""Every problem that the code can emit has words: a counsellor is never shown a bare code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.documents.words import PROBLEMS
from gateway.domain.integrity import RULES

PACKAGE = Path(__file__).parents[2] / "gateway"
# Where problems with a reply are made; faults of mapping files are for administrators and have no codes.
PLACES = (
    *sorted((PACKAGE / "adapters").glob("*.py")),
    *sorted((PACKAGE / "domain" / "integrity").glob("*.py")),
    PACKAGE / "domain" / "money.py",
    PACKAGE / "services" / "receive_reply.py",
    PACKAGE / "services" / "settle_reply.py",
    PACKAGE / "services" / "key_statement.py",
)
MAKERS = {"hold", "warn", "UnreadableInput"}  # their first argument is the code
CARRIERS = {"Problem", "Unfit", "UnfitCents", "NotAnAnswer", "NotCents"}  # they take it as code=...
OTHERS = {"Fault", "Refused", "Obstacle"}  # they have codes of their own: of bodies, of SOAP calls, of grounds
# Codes that are handed on, by the expression that stands where the code is: they come from a place that is looked at.
HANDED_ON = {"code", "fault", "rule.number", "unfit.code", "cents.code", "refused.problem.code", "problem.code"}


def codes(tree: ast.AST) -> Iterator[tuple[str | None, str, int]]:
    """Each code that a module emits, or None with the expression that stands in its place, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            found = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            if name in MAKERS and node.args:
                found.append(node.args[0])
            if name in OTHERS:
                continue
            for one in found:
                literal = one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None
                yield literal, ast.unparse(one), node.lineno
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "code" and isinstance(value, ast.Constant):
                    yield str(value.value), ast.unparse(value), node.lineno


def body_faults() -> set[str]:
    """Why the courier did not hand on the body of an answer: each becomes the code of a held reply."""
    tree = ast.parse((PACKAGE / "courier" / "http.py").read_text("utf-8"))
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    pairs = [one.elts[1] for one in returned if isinstance(one, ast.Tuple) and len(one.elts) == 2]
    return {str(one.value) for one in pairs if isinstance(one, ast.Constant) and one.value is not None}


def emitted() -> dict[str, str]:
    """Every code with one place where it is emitted."""
    found = {rule.number: "gateway.domain.integrity" for rule in RULES}
    assert body_faults() == {"too_large", "encoding"}
    found |= dict.fromkeys(body_faults(), "gateway.courier")
    for path in PLACES:
        for code, _, line in codes(ast.parse(path.read_text("utf-8"))):
            if code is not None:
                found.setdefault(code, f"{path.relative_to(PACKAGE)}:{line}")
    return found


def test_every_problem_has_words() -> None:
    """In Dutch and in English; add what is missing to PROBLEMS in gateway/documents/words.py."""
    assert {code: place for code, place in emitted().items() if code not in PROBLEMS} == {}


def test_no_words_are_for_a_problem_that_nobody_emits() -> None:
    """A code that was renamed takes its words along."""
    assert set(PROBLEMS) - set(emitted()) == set()


def test_no_code_comes_from_a_place_that_is_not_looked_at() -> None:
    """A code that is no literal is handed on from one of the places above."""
    unknown = {
        f"{path.relative_to(PACKAGE)}:{line}": expression
        for path in PLACES
        for code, expression, line in codes(ast.parse(path.read_text("utf-8")))
        if code is None and expression not in HANDED_ON
    }
    assert unknown == {}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('run.hold("odd", where, "Detail.")', "odd"),
        ('raise UnreadableInput("odd", "", "Detail.")', "odd"),
        ('Problem(code="odd", severity=hold, path="", detail="")', "odd"),
        ('shown = {"code": "odd", "path": ""}', "odd"),
        ("Problem(code=word, severity=hold)", None),
    ],
)
def test_the_search_finds_the_ways_in_which_a_code_is_emitted(line: str, code: str | None) -> None:
    """The checks above would see a new one."""
    assert [found for found, _, _ in codes(ast.parse(line))] == [code]


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_the_words_are_short_sentences(code: str) -> None:
    """Two languages, one sentence each, and no room for a value."""
    for words in PROBLEMS[code]:
        assert words.endswith(".")
        assert len(words) <= 80
        assert "{" not in words
