"""Writes one pass over the rows under a name of the debt, for everything that wants some of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from gateway.adapters.blocks import MAX_ROWS
from gateway.adapters.conditions import ByName
from gateway.adapters.coverage import Shape
from gateway.adapters.emitting.values import Scope
from gateway.adapters.emitting.writer import Writer

# Writes what happens to a row that was chosen.
Body = Callable[[Scope], None]
_Selector = tuple[tuple[ByName, ...], Body]


class Lines:
    """
    The rows under one name; in the source a row is `line`.

    Args:
        shape: What the mapping knows about this place; None = only the walk over the whole reply can tell.
        number: Tells this pass from others: `covered_<number>`, `taken_<number>`.
    """

    def __init__(self, name: str, shape: Shape | None, number: int) -> None:
        self.name, self.shape, self.number = name, shape, number
        self.selectors: list[_Selector] = []

    def write(self, out: Writer) -> None:
        """Write the pass; every selector gets the rows that pass its tests."""
        number = self.number
        out.add(f"covered_{number}, taken_{number} = {self.shape is not None}, []")
        with out.under(f"if {self.name!r} in row:"):
            out.add(f"rows = row[{self.name!r}]", "is_list = type(rows) is list")
            out.add(f"if is_list and len(rows) > {MAX_ROWS}:", "    raise Odd")
            with out.under("for index, line in enumerate(rows if is_list else (rows,)):"):
                out.add("if type(line) is not dict:", "    raise Odd")
                if self._chooses:
                    out.add("taken = False")
                scope = Scope("line")
                self._selectors(out, scope)
                if self._chooses:
                    out.add("if taken:", f"    taken_{number}.append(id(line))")
                if self.shape is not None:
                    self._cover(out, self.shape, scope)

    @property
    def _chooses(self) -> bool:
        """Whether it matters later which rows were taken: not where nothing takes only some."""
        return self.shape is None or self.shape.filtered

    def _selectors(self, out: Writer, scope: Scope) -> None:
        keys: dict[str, str] = {}
        for first, selectors in _by_first_test(self.selectors):
            with ExitStack() as inside:
                known = keys
                if first is not None:
                    _key(out, first.name, keys)
                    inside.enter_context(out.under(f"if {_passes(out, first, keys)}:"))
                    known = dict(keys)  # what is looked up in here is not known out there
                for tests, body in selectors:
                    self._selected(out, tests, body, scope if first is None else Scope("line"), known)

    def _selected(self, out: Writer, tests: tuple[ByName, ...], body: Body, scope: Scope, keys: dict[str, str]) -> None:
        """Write what happens to a row that passes *tests*."""
        for test in tests:
            _key(out, test.name, keys)
        with ExitStack() as inside:
            if tests:
                inside.enter_context(out.under(f"if {' and '.join(_passes(out, test, keys) for test in tests)}:"))
                scope = Scope("line")
            if self._chooses:
                out.add("taken = True")
            body(scope)
            if scope.texts:
                out.add(f"if watchful and doubtful({', '.join(scope.texts)}):", "    suspects = True")
                scope.texts.clear()

    def _cover(self, out: Writer, shape: Shape, scope: Scope) -> None:
        """Whether the mapping speaks of everything in this row."""
        if shape.filtered and not shape.whole:
            out.add("else:", f"    covered_{self.number} = False")
        unknown = f"not {out.keep(shape.leaves, 'names')}.issuperset(line) or has_inner(line)"
        if scope.names:
            read = out.keep(frozenset(scope.names), "names")
            unknown = f"not (simple and {read}.issuperset(line)) and ({unknown})"
        out.add(f"if {unknown}:", f"    covered_{self.number} = False")


def _key(out: Writer, name: str, keys: dict[str, str]) -> None:
    """The text under *name* in a variable of its own."""
    if name not in keys:
        keys[name] = key = out.fresh("key")
        out.add(f"{key} = line.get({name!r})", f"{key} = {key}.strip() if type({key}) is str else code({key})")


def _passes(out: Writer, test: ByName, keys: dict[str, str]) -> str:
    if len(test.values) > 1:
        return f"{keys[test.name]} {'in' if test.answer else 'not in'} {out.keep(test.values, 'codes')}"
    (text,) = test.values
    return f"{keys[test.name]} {'==' if test.answer else '!='} {text!r}"


def _by_first_test(selectors: list[_Selector]) -> list[tuple[ByName | None, list[_Selector]]]:
    """Selectors that begin with the same test together, that test taken off them."""
    groups: dict[Any, tuple[ByName | None, list[_Selector]]] = {}
    for tests, body in selectors:
        first = tests[0] if tests else None
        same = None if first is None else (first.name, first.values, first.answer)
        groups.setdefault(same, (first, []))[1].append((tests[1:], body))
    return list(groups.values())
