"""Writes the reading of plain fields, and the making of a part from them."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any, Final

from gateway.adapters.blocks import Block
from gateway.adapters.emitting.writer import Writer
from gateway.adapters.fields import ASK, NOTHING, PlainReader, RowsReader, SeveralReader
from gateway.domain.statement import Component

Plain = PlainReader | SeveralReader | RowsReader
_AMOUNTS: Final = ("charged_cents", "outstanding_cents", "paid_cents")


@dataclass
class Scope:
    """
    One object that values are read from: the debt's own row, or a row inside it.

    Args:
        row: Its variable.
        holders: The variables of the objects inside it, by the way there.
        names: What was converted, and so is no object or list, for as long as `simple` is true.
        texts: The variables that may hold a citizen service number.
    """

    row: str
    holders: dict[tuple[str, ...], str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)


class Values:
    """Writes fields and parts."""

    def __init__(self, out: Writer) -> None:
        self.out = out

    def single(self, read: PlainReader, scope: Scope) -> str:
        """The variable of a value at the end of plain names."""
        out, value = self.out, self.out.fresh("v")
        if len(read.path) == 1:
            scope.names.add(read.path[0])
        out.add(f"{value} = raw = {self._at(read.path, scope)}")
        with out.under("if raw is not None:"):
            self.converted(read, value, read.absent)
        if read.absent is not NOTHING:
            out.add("else:", "    raise Odd" if read.absent is ASK else f"    {value} = {self._kept(read.absent)}")
        return value

    def several(self, read: SeveralReader, scope: Scope) -> str:
        """The variable of what stands in several places: the first that is there, or their sum."""
        out, value = self.out, self.out.fresh("v")
        out.add(f"{value} = None")
        for number, way in enumerate(read.ways):
            if len(way) == 1 and (read.adds or number == 0):
                scope.names.add(way[0])
            out.add(f"raw = {self._at(way, scope)}")
            with out.under("if raw is not None:" if read.adds else f"if raw is not None and {value} is None:"):
                if read.adds:
                    self.counted(read, value)
                else:
                    self.converted(read, value, NOTHING)
        self.absent(read, value)
        return value

    def converted(self, read: Plain, value: str, absent: Any) -> None:
        """*value* = what `raw` means; what is no plain value is looked at once more."""
        convert = self.out.keep(read.convert, "convert")
        again = "added" if not isinstance(read, RowsReader) and read.adds else "again"
        self.out.add(f"{value} = {convert}(raw)")
        with self.out.under(f"if type({value}) is Unfit:"):
            self.out.add(f"{value} = {again}(raw, {convert}, {self._kept(absent)})", "simple = False")

    def counted(self, read: Plain, value: str) -> None:
        """`raw` is added to *value*."""
        self.converted(read, "more", NOTHING)
        with self.out.under("if more is not None:"):
            self.out.add(f"{value} = more if {value} is None else {value} + more")

    def absent(self, read: Plain, value: str) -> None:
        """What it means that nothing was found."""
        if read.absent is not NOTHING:
            what = "raise Odd" if read.absent is ASK else f"{value} = {self._kept(read.absent)}"
            self.out.add(f"if {value} is None:", f"    {what}")

    def _kept(self, absent: Any) -> str:
        return "ASK" if absent is ASK else "NOTHING" if absent is NOTHING else self.out.keep(absent, "absent")

    def _at(self, way: tuple[str, ...], scope: Scope) -> str:
        """What stands at the end of *way*; None where the way there is not."""
        holder = self._holder(way[:-1], scope)
        found = f"{holder}.get({way[-1]!r})"
        return found if holder == scope.row else f"None if {holder} is None else {found}"

    def _holder(self, way: tuple[str, ...], scope: Scope) -> str:
        """The variable of the object at the end of *way*, which has None in it when there is none."""
        if not way:
            return scope.row
        if way not in scope.holders:
            found, holder = self._at(way, scope), self.out.fresh("h")
            self.out.add(f"{holder} = {found}")
            self.out.add(f"if {holder} is not None and type({holder}) is not dict:", f"    {holder} = inner({holder})")
            scope.holders[way] = holder
        return scope.holders[way]

    def is_stated(self, block: Block, values: dict[str, str]) -> str:
        """The condition under which these values make a part: one is there, of a component an amount."""
        names = [name for name in values if block.makes is not Component or name in _AMOUNTS]
        return " or ".join(f"{values[name]} is not None" for name in names) or "False"

    def part(self, block: Block, values: dict[str, str], part: str) -> None:
        """*part* = what the block makes of these values; what it cannot be without must be there."""
        out, kind = self.out, block.makes
        wanted = [f"{values[name]} is None" for name in sorted(block.required) if name in values]
        if wanted:
            out.add(f"if {' or '.join(wanted)}:", "    raise Odd")
        given = {**values, **{name: out.keep(constant.value, "fixed") for name, constant in block.fixed}}
        if not is_dataclass(kind) or hasattr(kind, "__post_init__"):
            pairs = ", ".join(f"{name!r}: {value}" for name, value in given.items())
            out.add(f"{part} = {out.keep(block.make, 'make')}(stated({{{pairs}}}))")
        else:
            pairs = ", ".join(f"{known.name!r}: {self._field(known, given)}" for known in fields(kind))
            out.add(f"{part} = new({out.keep(kind, 'kind')})", f"{part}.__dict__.update({{{pairs}}})")

    def _field(self, known: Any, given: dict[str, str]) -> str:
        default = "None" if known.default is MISSING else self.out.keep(known.default, "default")
        value = given.get(known.name, default)
        return value if default == "None" or value == default else f"{default} if {value} is None else {value}"
