"""Which rows of a reply a block or a field takes, and what a run notes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from gateway.adapters.coverage import Shape
from gateway.adapters.paths import Hit, Location, Path
from gateway.adapters.run import Prefix, Run
from gateway.adapters.transforms import Unfit

Condition = Callable[[Run, Hit, Hit], bool]

_PLAIN: Final = (str, int, Decimal, bool)
_NOTHING: Final = "\x00"  # a place without a value equals no text that a mapping can ask for


def scalar(value: Any) -> Any:
    """The plain value that stands somewhere: None when nothing does, Unfit when it is not one value."""
    kind = type(value)
    if kind in _PLAIN:
        return None if kind is str and not value.strip() else value
    if value is None:
        return None
    if kind is dict:
        if "#text" in value:
            return value["#text"]
        if all(name[:1] == "@" for name in value):
            return None
    return Unfit(code="not_a_value", detail="A single value is expected, but there are elements inside.")


def written(value: Any) -> str:
    """A plain value as it is compared: trimmed text, true or false, digits."""
    if type(value) is str:
        return value.strip()
    if isinstance(value, Unfit):
        return _NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


@dataclass(frozen=True)
class Where:
    """
    All tests pass.

    Args:
        name, text: A test for one text under one name of the row itself, when there is one: rows can be sorted by that
            name once, instead of being tested anew for every field that wants some. *rest* are the other tests.
    """

    tests: tuple[Condition, ...]
    name: str | None = None
    text: str = ""
    rest: tuple[Condition, ...] = ()

    def __call__(self, run: Run, item: Hit, outer: Hit) -> bool:
        for test in self.tests:  # noqa: SIM110 -- asked for every row; all() would make a generator each time
            if not test(run, item, outer):
                return False
        return True


def sifted(each: Path, where: Condition | None, run: Run, item: Hit) -> list[Hit]:
    """The rows of *item* at *each* that *where* takes, in the order of the reply."""
    if where is None:
        return each.hits(run.tree, item)
    quickly = run.quick and type(item[0]) is dict
    if quickly and type(where) is Where and where.name is not None and each.name is not None:
        rows = item[0].get(each.name)
        by_text = _sorted(run, rows, item, each.name, where.name) if type(rows) is list else None
        if by_text is not None:
            found: list[Hit] = by_text.get(where.text, [])
            for test in where.rest:
                found = [hit for hit in found if test(run, hit, item)]
            return found
    return [hit for hit in each.hits(run.tree, item) if where(run, hit, item)]


def _sorted(run: Run, rows: list[Any], item: Hit, name: str, key: str) -> dict[str, list[Hit]] | None:
    """The rows by the text that stands under *key*; None when one of them has no plain value there."""
    place = (id(rows), key)
    if place in run.sorted_rows:
        return run.sorted_rows[place]
    run.sorted_rows[place] = None
    found: dict[str, list[Hit]] = {}
    location = (item[1], name)
    for index, row in enumerate(rows):
        if type(row) is not dict:
            return None
        value = row.get(key)
        if type(value) is str:
            text = value.strip()
        elif type(value) is dict or type(value) is list:
            return None
        else:
            text = written(value) if value is not None else _NOTHING
        if text in found:
            found[text].append((row, (location, index)))
        else:
            found[text] = [(row, (location, index))]
    run.sorted_rows[place] = found
    return found


def choose(run: Run, hits: Iterable[Hit], shape: Shape | None, *, placed: bool) -> None:
    """Note that a block took these items; *placed* = no shape foretells where they stand."""
    run.seen.chosen.update([id(value) for value, _ in hits])
    if placed and shape is not None:
        for _, location in hits:
            run.seen.placed[keys_of(location)] = shape


def mark(run: Run, location: Location) -> None:
    """Note that this place was read, for places that no shape foretells."""
    run.seen.marks.add(keys_of(location))


def claimed(run: Run, location: Location, prefix: Prefix, label: str) -> bool:
    """Whether a place outside the item is free to be counted here; where another debt has, the reply is held."""
    debt = prefix[:2] if prefix[:1] == ("debts",) else ()
    if run.seen.owners.setdefault(keys_of(location), debt) == debt:
        return True
    run.hold("counted_twice", location, f"{label}: this place already counted for another debt; use where and same_as.")
    return False


def keys_of(location: Location) -> tuple[Any, ...]:
    """The location as a flat tuple."""
    found: tuple[Any, ...] = ()
    while location:
        location, key = location
        found = (key, *found)
    return found
