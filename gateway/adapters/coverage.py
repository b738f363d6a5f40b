"""Every element of a reply is mapped, ignored by name, or reported: this finds the last kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.adapters.paths import ROOT, Location, Path, Step, keys


class Shape:
    """
    What a mapping knows about one place in a reply; lists do not count as a level.

    Attributes:
        leaf: A value is read here.
        deep: Everything below is taken care of (ignored by name, or cut away).
        filtered: Items are chosen here by a condition, so an item that no block chose is reported.
        whole: A block takes every item here, whatever conditions others have.
        in_debt: This place lies inside a debt; *is_debt* is the place of the debts themselves.
    """

    __slots__ = (
        "any",
        "children",
        "deep",
        "filtered",
        "in_debt",
        "is_debt",
        "leaf",
        "leaves",
        "parent",
        "whole",
    )

    def __init__(self, parent: Shape | None = None) -> None:
        self.parent = parent
        self.children: dict[str, Shape] = {}
        self.any: Shape | None = None
        self.leaf = self.deep = self.filtered = self.whole = False
        self.is_debt: bool = False
        self.in_debt: bool = parent is not None and (parent.in_debt or parent.is_debt)
        self.leaves: frozenset[str] = frozenset()

    def child(self, name: str) -> Shape:
        """The place under *name*, made when it is new."""
        if name not in self.children:
            self.children[name] = Shape(self)
        return self.children[name]

    def under(self, path: Path, top: Shape) -> Shape | None:
        """The place where *path* ends, or None when only a run can tell."""
        if path.steps is None:
            return None
        shape: Shape | None = top if path.absolute else self
        for step in path.steps:
            if shape is None:
                return None
            if step is Step.UP:
                shape = shape.parent
            elif step is Step.ALL:
                shape.any = shape.any or Shape(shape)
                shape = shape.any
            elif isinstance(step, str):
                shape = shape.child(step)
        return shape

    def seal(self, anywhere: frozenset[str]) -> None:
        """Work out, once, which names hold only a value; *anywhere* are names ignored wherever they stand."""
        here = frozenset(name for name, child in self.children.items() if child.leaf or child.deep)
        self.leaves = here | (anywhere - self.children.keys()) | (frozenset({"#text"}) if self.leaf else frozenset())
        for child in self.children.values():
            child.seal(anywhere)
        if self.any is not None:
            self.any.seal(anywhere)


@dataclass
class Seen:
    """
    What one run chose: items by identity, and places that no shape foretells, by their keys.

    *covered* are debts in which everything was found to be known when they were read.
    """

    chosen: set[int] = field(default_factory=set)
    skipped: set[int] = field(default_factory=set)
    debts: dict[int, int] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    owners: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    marks: set[tuple[Any, ...]] = field(default_factory=set)
    placed: dict[tuple[Any, ...], Shape] = field(default_factory=dict)


@dataclass(frozen=True)
class Unmapped:
    """One element that nothing in the mapping speaks of; *debt* is the debt it belongs to, -1 when unclear."""

    location: Location
    in_debt: bool
    debt: int
    is_whole_debt: bool


def unmapped(top: Any, shape: Shape, seen: Seen, any_depth: frozenset[str], tested: frozenset[str]) -> list[Unmapped]:
    """
    Everything in the reply that the mapping does not speak of.

    Args:
        any_depth: Names that are ignored wherever they stand.
        tested: Names that a full JSONPath or XPath tests in a filter.
    """
    prefixes = {place[:length] for place in (*seen.marks, *seen.placed) for length in range(len(place))}
    walk = _Walk(seen, any_depth, tested, prefixes)
    walk.over(top, ROOT, shape, -1)
    return walk.found


@dataclass(frozen=True)
class _Walk:
    seen: Seen
    any_depth: frozenset[str]
    tested: frozenset[str]
    prefixes: set[tuple[Any, ...]]
    found: list[Unmapped] = field(default_factory=list)

    def over(self, value: Any, location: Location, shape: Shape, debt: int) -> None:
        if shape.deep:
            return
        if type(value) is list:
            covered = self.seen.covered
            for index, item in enumerate(value):
                if shape.is_debt and id(item) in covered:
                    continue
                if type(item) is dict or type(item) is list:
                    self.over(item, (location, index), shape, debt)
                elif not shape.leaf and item is not None:
                    self.unknown(item, (location, index), shape, debt)
            return
        if type(value) is not dict:  # the whole reply is one bare value
            return
        if shape.filtered:
            if id(value) in self.seen.skipped:
                return
            if not shape.whole and id(value) not in self.seen.chosen:
                self.report(location, shape.in_debt, debt, shape.is_debt)
                return
        if shape.is_debt:
            if id(value) in self.seen.covered:
                return
            debt = self.seen.debts.get(id(value), -1)
        leaves = shape.leaves
        if leaves.issuperset(value) and not has_inner(value):
            return
        for name, part in value.items():
            kind = type(part)
            if kind is dict or kind is list:
                child = shape.children.get(name) or shape.any
                if child is not None:
                    self.over(part, (location, name), child, debt)
                else:
                    self.unknown(part, (location, name), shape, debt)
            elif name not in leaves:
                child = shape.children.get(name) or shape.any
                if child is not None and (child.leaf or child.deep or part is None or part == ""):
                    continue
                self.unknown(part, (location, name), shape, debt)

    def unknown(self, value: Any, location: Location, shape: Shape, debt: int) -> None:
        name = location[1]
        if name in self.any_depth:
            return
        if self.prefixes:
            place = tuple(keys(location))
            if place in self.seen.placed:
                inner = self.seen.placed[place]
                if type(value) is dict:
                    self.over(value, location, inner, debt)
                return
            if place in self.seen.marks:
                if type(value) is dict:
                    for key, part in value.items():
                        if key != "#text":
                            self.unknown(part, (location, key), shape, debt)
                return
            if place in self.prefixes:
                self.partly(value, location, shape, debt)
                return
            if name in self.tested:
                return
        self.report(location, shape.in_debt or shape.is_debt, debt, False)

    def partly(self, value: Any, location: Location, shape: Shape, debt: int) -> None:
        """A container that a full path reached into: its parts are judged one by one."""
        parts = enumerate(value) if type(value) is list else value.items()
        siblings = [(key, part, tuple(keys((location, key)))) for key, part in parts]
        among_debts = any(place in self.seen.placed and self.seen.placed[place].is_debt for _, _, place in siblings)
        for key, part, place in siblings:
            if among_debts and type(value) is list and place not in self.seen.placed:
                self.report((location, key), False, -1, True)
            else:
                self.unknown(part, (location, key), shape, debt)

    def report(self, location: Location, in_debt: bool, debt: int, is_whole_debt: bool) -> None:
        self.found.append(Unmapped(location, in_debt, debt, is_whole_debt))


def has_inner(value: dict[str, Any]) -> bool:
    """Whether one of its values is an object or a list."""
    for part in value.values():  # noqa: SIM110 -- asked for every object of a reply; any() would make a generator
        if type(part) is dict or type(part) is list:
            return True
    return False
