"""Conditions of a mapping: which rows a block takes, which outcome a reply has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.adapters.paths import Hit, Path
from gateway.adapters.rows import Condition, mark, scalar, written
from gateway.adapters.run import Run


def exactly(path: Path, wanted: Any) -> tuple[str, str] | None:
    """(name, text) when the test asks for one text under one name."""
    values = None if isinstance(wanted, Mapping) else _values(wanted)
    if path.name is None or values is None or len(values) != 1 or "" in values:
        return None
    (text,) = values
    return path.name, text


def test_of(path: Path, wanted: Any, same_as: Path | None, *, marks: bool) -> Condition | str:
    """
    One test on what stands at *path*, or a text that says what is wrong with it.

    *wanted* is a value, a list of values (any of them), or a table with one of: exists (true or false), empty
    (true: it is there and holds nothing), not (a value or list), same_as (a path in the item around).
    """

    whole = replace(path, expands=False)  # a list as one thing

    def hits(run: Run, item: Hit) -> list[Hit]:
        found = path.hits(run.tree, item)
        if marks:
            for _, location in found:
                mark(run, location)
        return found

    def texts(run: Run, item: Hit) -> set[str]:
        return {written(plain) for value, _ in hits(run, item) if (plain := scalar(value)) is not None}

    if not isinstance(wanted, Mapping):
        values = _values(wanted)
        if values is None:
            return "must be a value, a list of values, or a table such as { exists = true }"
        return _by_name(path.name, values, True, lambda run, item, _: not values.isdisjoint(texts(run, item)))
    if len(wanted) != 1:
        return "must say exactly one of exists, empty, not, same_as"
    ((word, value),) = wanted.items()
    if word == "exists" and isinstance(value, bool):
        return lambda run, item, _: any(found is not None for found, _ in whole.hits(run.tree, item)) is value
    if word == "empty" and isinstance(value, bool):
        return lambda run, item, _: _is_empty(whole.hits(run.tree, item)) is value
    unwanted = _values(value)
    if word == "not" and unwanted is not None:
        return _by_name(path.name, unwanted, False, lambda run, item, _: unwanted.isdisjoint(texts(run, item)))
    if word == "same_as" and same_as is not None:

        def same(run: Run, item: Hit, outer: Hit) -> bool:
            theirs = {
                written(plain) for found, _ in same_as.hits(run.tree, outer) if (plain := scalar(found)) is not None
            }
            return not theirs.isdisjoint(texts(run, item))

        return same
    return 'must be one of { exists = true }, { empty = true }, { not = ... }, { same_as = "path" }'


@dataclass(frozen=True)
class ByName:
    """A test on the text under one name of the item itself: *answer* when it is one of *values*."""

    name: str
    values: frozenset[str]
    answer: bool
    in_full: Condition

    def __call__(self, run: Run, item: Hit, outer: Hit) -> bool:
        row = item[0]
        if type(row) is dict and run.quick:
            found = row.get(self.name)
            if type(found) is bool:
                found = written(found)
            if type(found) is str and found:
                return (found in self.values or found.strip() in self.values) is self.answer
        return self.in_full(run, item, outer)


def _by_name(name: str | None, values: frozenset[str], answer: bool, in_full: Condition) -> Condition:
    """The same test, quick where one name leads to one text."""
    return in_full if name is None or "" in values else ByName(name, values, answer, in_full)


def _is_empty(found: list[Hit]) -> bool:
    """The place is there and holds nothing."""
    return bool(found) and all(value in (None, "", [], {}) for value, _ in found)


def _values(wanted: Any) -> frozenset[str] | None:
    many = wanted if isinstance(wanted, list) else [wanted]
    if not many or not all(isinstance(value, (str, int, bool)) for value in many):
        return None
    return frozenset(written(value) for value in many)
