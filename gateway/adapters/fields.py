"""One field of a mapping, compiled: a closure that reads its value and remembers where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from gateway.adapters.coverage import Shape
from gateway.adapters.paths import Hit, Location, Path, Rows, name_at
from gateway.adapters.run import Prefix, Run
from gateway.adapters.transforms import Convert, Unfit, may_hold_citizen_number

# Reads one field of the item: (run, item, outer item, where in the statement) -> value, None = not stated.
Reader = Callable[[Run, Hit, Hit, Prefix], Any]
Condition = Callable[[Run, Hit, Hit], bool]

_PLAIN: Final = (str, int, Decimal, bool)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a value goes: the name in the statement and for people, and whether it identifies somebody."""

    name: str
    label: str
    identifying: bool = False
    required: bool = False
    is_text: bool = False


@dataclass(frozen=True, kw_only=True)
class Selection:
    """
    Which places in the reply make up one value.

    Args:
        mode: "one" (exactly one place), "first", "sum", "join".
        marks: The places are not foretold by a shape, so the run notes them.
        each, where: Look only at these rows; None = at the item itself.
    """

    paths: tuple[Path, ...]
    mode: str = "one"
    separator: str = " "
    marks: bool = False
    each: Path | None = None
    where: Condition | None = None
    each_shape: Shape | None = None


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


def gathered(selection: Selection, run: Run, item: Hit, outer: Hit) -> list[tuple[Any, Location]]:
    """The values that the selection reaches, with their places, those without a value left out."""
    items = [item] if selection.each is None else rows(selection, run, item, outer)
    found: list[tuple[Any, Location]] = []
    for path in selection.paths:
        for row in items:
            for value, location in path.hits(run.tree, row):
                plain = scalar(value)
                if selection.marks:
                    mark(run, location)
                if plain is not None:
                    found.append((plain, location))
        if found and selection.mode == "first":
            return found[:1]
    return found


def rows(selection: Selection, run: Run, item: Hit, outer: Hit) -> list[Hit]:
    """The rows of `each` that pass `where`."""
    assert selection.each is not None
    kept = []
    for hit in selection.each.hits(run.tree, item):
        if selection.where is None or selection.where(run, hit, item):
            choose(run, hit, selection.each_shape, placed=selection.each.steps is None)
            kept.append(hit)
    return kept


def choose(run: Run, hit: Hit, shape: Shape | None, *, placed: bool) -> None:
    """Note that a block took this item."""
    value, location = hit
    run.seen.chosen.add(id(value))
    if placed and shape is not None:
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


def reader(selection: Selection, convert: Convert, target: Target, steps: tuple[str, ...], default: Any) -> Reader:
    """The closure for one field; *default* is what an absent value means, None = nothing."""
    quick = _quick_keys(selection)
    name, identifying, is_text = target.name, target.identifying, target.is_text

    where_from = selection.paths if selection.each is None else (selection.each,)
    is_shared = name.endswith("cents") and any(path.leaves_item for path in where_from)

    def absent(run: Run, item: Hit, prefix: Prefix) -> Any:
        if default is not None:
            run.records.append((prefix, name, (), ("default",), False))
            return default
        if target.required:
            run.hold("missing", item[1], f"{target.label}: this must be there, at {selection.paths[0].text}.")
        return None

    def general(run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        found = gathered(selection, run, item, outer)
        if not found:
            return absent(run, item, prefix)
        for value, location in found:
            if type(value) is Unfit:
                run.unfit(value, location, target.label)
                return None
        if is_shared and not all(claimed(run, location, prefix, target.label) for _, location in found):
            return None
        if selection.mode == "join":
            found_text = selection.separator.join(str(value).strip() for value, _ in found)
            return finish(run, convert(found_text), tuple((at, raw) for raw, at in found), prefix, item[1])
        if selection.mode == "sum":
            return added(run, found, prefix)
        if len(found) > 1 and not (type(item[0]) is Rows and len({str(value) for value, _ in found}) == 1):
            run.hold(
                "ambiguous",
                found[1][1],
                f"{target.label}: one value is expected here, but there are several.",
            )
            return None
        value, location = found[0]
        return finish(run, convert(value), ((location, value),), prefix, location)

    def added(run: Run, found: list[tuple[Any, Location]], prefix: Prefix) -> Any:
        total = 0
        for value, location in found:
            cents = convert(value)
            if type(cents) is Unfit:
                run.unfit(cents, location, target.label)
                return None
            total += cents
        numeric = tuple((location, value) for value, location in found)
        run.records.append((prefix, name, numeric, named_steps(steps, found[0][0]), identifying))
        return total

    def finish(run: Run, value: Any, sources: Any, prefix: Prefix, location: Location) -> Any:
        if type(value) is Unfit:
            run.unfit(value, location, target.label)
            return None
        if is_text and len(value) >= 9 and may_hold_citizen_number(value):
            run.suspects = True
        run.records.append((prefix, name, sources, named_steps(steps, sources[0][1]), identifying))
        return value

    if quick is None:
        return general
    return PlainReader(
        path=quick, convert=convert, target=target, steps=steps, optional=default is None, in_full=general
    )


@dataclass(frozen=True, kw_only=True)
class PlainReader:
    """
    A field that stands at the end of plain names: a block reads many of these in one go (see Block.values).

    Args:
        optional: An absent value means nothing and is nobody's fault.
        in_full: Reads the same field with everything that can be odd about it.
    """

    path: tuple[str, ...]
    convert: Convert
    target: Target
    steps: tuple[str, ...]
    optional: bool
    in_full: Reader

    def __call__(self, run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        return self.in_full(run, item, outer, prefix)


def _quick_keys(selection: Selection) -> tuple[str, ...] | None:
    """The keys, when the value stands at the end of plain names and nothing else has to be done."""
    path = selection.paths[0]
    plain = selection.mode in ("one", "first", "sum") and selection.each is None and not selection.marks
    if not plain or len(selection.paths) != 1 or path.absolute or not path.steps:
        return None
    keys = tuple(step for step in path.steps if isinstance(step, str))
    return keys if len(keys) == len(path.steps) else None


def named_steps(steps: tuple[str, ...], raw: Any) -> tuple[str, ...]:
    """A JSON number says so, because it has no notation of its own: replaying it needs to know."""
    return steps if type(raw) is str else ("number", *steps)


def constant(value: Any, target: Target) -> Reader:
    """A field that the mapping itself fills in."""

    def read(run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        run.records.append((prefix, target.name, (), ("const",), False))
        return value

    return read


def name_reader(path: Path, convert: Convert, target: Target, steps: tuple[str, ...]) -> Reader:
    """A field whose value is the name of an element or key itself."""

    def read(run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        hits = path.hits(run.tree, item)
        name = name_at(hits[0][1]) if hits else None
        if name is None:
            if target.required:
                run.hold("missing", item[1], f"{target.label}: there is no name here.")
            return None
        value = convert(name)
        if type(value) is Unfit:
            run.unfit(value, hits[0][1], target.label)
            return None
        if target.is_text and may_hold_citizen_number(value):
            run.suspects = True
        run.records.append((prefix, target.name, ((hits[0][1], name),), ("name", *steps), target.identifying))
        return value

    return read
