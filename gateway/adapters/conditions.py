"""Conditions of a mapping: which rows a block takes, which outcome a reply has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.adapters.fields import Condition, mark, scalar
from gateway.adapters.paths import Hit, Path
from gateway.adapters.run import Run
from gateway.adapters.transforms import Unfit

Test = Callable[[Run, Hit, Hit], bool]


def condition(tests: tuple[Test, ...]) -> Condition:
    """All tests pass."""
    if len(tests) == 1:
        return tests[0]
    return lambda run, item, outer: all(test(run, item, outer) for test in tests)


def test_of(path: Path, wanted: Any, same_as: Path | None, *, marks: bool) -> Test | str:
    """
    One test on what stands at *path*, or a text that says what is wrong with it.

    *wanted* is a value, a list of values (any of them), or a table with one of: exists (true or false), empty
    (true: it is there and holds nothing), not (a value or list), same_as (a path in the item around).
    """

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
        return lambda run, item, _: not values.isdisjoint(texts(run, item))
    if len(wanted) != 1:
        return "must say exactly one of exists, empty, not, same_as"
    ((word, value),) = wanted.items()
    if word == "exists" and isinstance(value, bool):
        return lambda run, item, _: any(found is not None for found, _ in _whole(run, item, path)) is value
    if word == "empty" and isinstance(value, bool):
        return lambda run, item, _: _is_empty(run, item, path) is value
    unwanted = _values(value)
    if word == "not" and unwanted is not None:
        return lambda run, item, _: unwanted.isdisjoint(texts(run, item))
    if word == "same_as" and same_as is not None:

        def same(run: Run, item: Hit, outer: Hit) -> bool:
            theirs = {
                written(plain) for found, _ in same_as.hits(run.tree, outer) if (plain := scalar(found)) is not None
            }
            return not theirs.isdisjoint(texts(run, item))

        return same
    return 'must be one of { exists = true }, { empty = true }, { not = ... }, { same_as = "path" }'


def _is_empty(run: Run, item: Hit, path: Path) -> bool:
    """The place is there and holds nothing."""
    found = _whole(run, item, path)
    return bool(found) and all(value in (None, "", [], {}) for value, _ in found)


def _whole(run: Run, item: Hit, path: Path) -> list[Hit]:
    """What stands there, with a list as one thing."""
    return Path(text=path.text, absolute=path.absolute, steps=path.steps, query=path.query, expands=False).hits(
        run.tree, item
    )


def _values(wanted: Any) -> frozenset[str] | None:
    many = wanted if isinstance(wanted, list) else [wanted]
    if not many or not all(isinstance(value, (str, int, bool)) for value in many):
        return None
    return frozenset(written(value) for value in many)


def written(value: Any) -> str:
    """A plain value as it is compared: trimmed text, true or false, digits."""
    if isinstance(value, Unfit):
        return "\x00"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
