"""One field of a mapping, compiled: a closure that reads its value and remembers where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gateway.adapters.coverage import Shape
from gateway.adapters.paths import Hit, Location, Path, Rows, name_at
from gateway.adapters.rows import Condition, choose, claimed, mark, scalar, sifted
from gateway.adapters.run import Prefix, Run
from gateway.adapters.transforms import Convert, Unfit, may_hold_citizen_number

# Reads one field of the item: (run, item, outer item, where in the statement) -> value, None = not stated.
Reader = Callable[[Run, Hit, Hit, Prefix], Any]
NamedReader = tuple[str, Reader]


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


def gathered(selection: Selection, run: Run, item: Hit) -> list[tuple[Any, Location]]:
    """The values that the selection reaches, with their places, those without a value left out."""
    items = [item] if selection.each is None else _rows(selection, run, item)
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


def _rows(selection: Selection, run: Run, item: Hit) -> list[Hit]:
    """The rows of `each` that pass `where`."""
    assert selection.each is not None
    kept = sifted(selection.each, selection.where, run, item)
    choose(run, kept, selection.each_shape, placed=selection.each.steps is None)
    return kept


def reader(
    selection: Selection, convert: Convert, target: Target, steps: tuple[str, ...], default: Any, *, at_top: bool
) -> Reader:
    """
    The closure for one field.

    Args:
        default: What an absent value means; None = nothing.
        at_top: Its items are the whole reply, so that a path from the top is a path from the item.
    """
    name, identifying, is_text = target.name, target.identifying, target.is_text

    where_from = selection.paths if selection.each is None else (selection.each,)
    is_shared = name.endswith("cents") and any(path.leaves_item for path in where_from)

    def absent(run: Run, item: Hit, prefix: Prefix) -> Any:
        if default is not None:
            run.note((prefix, name, (), ("default",), False))
            return default
        if target.required:
            run.hold("missing", item[1], f"{target.label}: this must be there, at {selection.paths[0].text}.")
        return None

    def general(run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        found = gathered(selection, run, item)
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
        run.note((prefix, name, numeric, named_steps(steps, found[0][0]), identifying))
        return total

    def finish(run: Run, value: Any, sources: Any, prefix: Prefix, location: Location) -> Any:
        if type(value) is Unfit:
            run.unfit(value, location, target.label)
            return None
        if is_text and run.watchful and may_hold_citizen_number(value):
            run.suspects = True
        run.note((prefix, name, sources, named_steps(steps, sources[0][1]), identifying))
        return value

    absence = ASK if target.required else NOTHING if default is None else default
    plain = () if is_shared or selection.marks else _plain_ways(selection, at_top=at_top)
    if selection.each is not None:
        is_plain = len(plain) == 1 and selection.mode != "join" and selection.each.name is not None
        return RowsReader(
            selection=selection, convert=convert, target=target, absent=absence, in_full=general,
            name=selection.paths[0].name if is_plain else None,
        )  # fmt: skip
    if selection.mode == "join" or not plain or (len(plain) > 1 and ("#text",) in plain):
        return general
    if len(plain) > 1:
        return SeveralReader(
            ways=plain, adds=selection.mode == "sum", convert=convert, target=target, absent=absence, in_full=general
        )
    if plain[0][-1] == "#text" and default is None:
        absence = ASK
    return PlainReader(
        path=plain[0], adds=selection.mode == "sum", convert=convert, target=target, absent=absence, in_full=general
    )


ASK: Final = object()
NOTHING: Final = object()


@dataclass(frozen=True, kw_only=True)
class PlainReader:
    """
    A field that stands at the end of plain names: a block reads many of these in one go (see Block.values).

    Args:
        adds: Where several stand there, they are added up.
        absent: What an absent value means: a value of its own, NOTHING, or ASK when only reading in full can tell.
        in_full: Reads the same field with everything that can be odd about it, and notes where it stood.
    """

    path: tuple[str, ...]
    adds: bool
    convert: Convert
    target: Target
    absent: Any
    in_full: Reader

    def __call__(self, run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        return self.in_full(run, item, outer, prefix)


@dataclass(frozen=True, kw_only=True)
class SeveralReader:
    """A field that stands at the end of several plain ways: the first that has a value, or all added up."""

    ways: tuple[tuple[str, ...], ...]
    adds: bool
    convert: Convert
    target: Target
    absent: Any
    in_full: Reader

    def __call__(self, run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        return self.in_full(run, item, outer, prefix)


@dataclass(frozen=True, kw_only=True)
class RowsReader:
    """
    A field over rows of the item that are chosen by `where`.

    Args:
        name: The one name in each row where the value stands, the rows themselves under one name of the item; None
            where that is not so, and only reading in full will do.
    """

    selection: Selection
    convert: Convert
    target: Target
    absent: Any
    in_full: Reader
    name: str | None

    def __call__(self, run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        """Sums are added up quickly; anything odd, and every tracing, is left to the reader in full."""
        if self.name is None or self.selection.mode != "sum" or run.tracing or not run.quick:
            return self.in_full(run, item, outer, prefix)
        total = None
        for row, _ in _rows(self.selection, run, item):
            if type(row) is not dict:
                return self.in_full(run, item, outer, prefix)
            raw = row.get(self.name)
            if raw is not None:
                cents = self.convert(raw)
                if type(cents) is Unfit:
                    return self.in_full(run, item, outer, prefix)
                total = cents if total is None else total + cents
        return total if total is not None else self.in_full(run, item, outer, prefix)


def _plain_ways(selection: Selection, *, at_top: bool) -> tuple[tuple[str, ...], ...]:
    """The names on the way to each place of the value, where all ways are plain names; else nothing."""
    ways = tuple(_plain_names(path, at_top=at_top and selection.each is None) for path in selection.paths)
    return tuple(way for way in ways if way is not None) if None not in ways else ()


def _plain_names(path: Path, *, at_top: bool) -> tuple[str, ...] | None:
    if path.absolute and not at_top:
        return None
    names = tuple(step for step in path.steps or () if isinstance(step, str))
    if path.steps is None or len(names) != len(path.steps):
        return None
    return names or ("#text",)  # the item itself: the text of an element that has attributes


def first_names(selection: Selection) -> frozenset[str] | None:
    """The names one of which an item must have for there to be anything to read; None when that cannot be told."""
    paths = selection.paths if selection.each is None else (selection.each,)
    first = [path.steps[0] for path in paths if path.steps and not path.absolute]
    names = frozenset(step for step in first if isinstance(step, str))
    return names if len(first) == len(paths) and all(isinstance(step, str) for step in first) else None


def named_steps(steps: tuple[str, ...], raw: Any) -> tuple[str, ...]:
    """A JSON number says so, because it has no notation of its own: replaying it needs to know."""
    return steps if type(raw) is str else ("number", *steps)


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A field that the mapping itself fills in."""

    value: Any
    target: Target

    def __call__(self, run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        run.note((prefix, self.target.name, (), ("const",), False))
        return self.value


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
        if target.is_text and run.watchful and may_hold_citizen_number(value):
            run.suspects = True
        run.note((prefix, target.name, ((hits[0][1], name),), ("name", *steps), target.identifying))
        return value

    return read
