"""Writes the quick reader of a debt from the blocks of a mapping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Final

from gateway.adapters.blocks import Block
from gateway.adapters.conditions import ByName
from gateway.adapters.coverage import Shape, has_inner
from gateway.adapters.emitting import oddities
from gateway.adapters.emitting.lines import Body, Lines
from gateway.adapters.emitting.noted import Slot, Slots
from gateway.adapters.emitting.plain import is_plain, is_plain_block, tests_of
from gateway.adapters.emitting.values import Scope, Values
from gateway.adapters.emitting.writer import Writer
from gateway.adapters.fields import ASK, NOTHING, PlainReader, RowsReader, SeveralReader
from gateway.adapters.identities import mask_citizen_numbers
from gateway.adapters.transforms import Unfit
from gateway.domain.statement import Component, Debt

_CALLED: Final = ("Odd", "again", "added", "inner", "code", "doubtful", "known", "stated")
_KNOWN: Final = {
    **{name: getattr(oddities, name) for name in _CALLED},
    "ASK": ASK,
    "NOTHING": NOTHING,
    "Unfit": Unfit,
    "Debt": Debt,
    "new": object.__new__,
    "has_inner": has_inner,
    "masked": mask_citizen_numbers,
}


@dataclass(frozen=True)
class Blocks:
    """The blocks of a mapping that make a debt, in the order in which they are read."""

    debts: Block
    components: tuple[Block, ...] = ()
    lists: tuple[tuple[str, Block], ...] = ()
    singles: tuple[tuple[str, Block], ...] = ()


def emitted(blocks: Blocks) -> Writer | None:
    """The source, or None where the debts of this mapping are better read the ordinary way."""
    plain = {name for name, read in blocks.debts.readers if is_plain(read)}
    named = {name for name, _ in (*blocks.debts.readers, *blocks.debts.fixed)}
    if "reference" not in plain or "currency" in named - plain:
        return None
    return _Debts(blocks).written()


class _Debts:
    """Writes one mapping's reader: first everything that only looks, then everything that notes."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.out = Writer(_KNOWN)
        self.values = Values(self.out)
        self.debt = Scope("row")
        self.lines: dict[str, Lines] = {}
        self.slots: list[tuple[str, Slot]] = []  # every part that may be made, with its variable
        self.singles: dict[str, str] = {}
        self.after_lines: list[Callable[[], None]] = []
        self.notes: list[Callable[[], None]] = []

    def written(self) -> Writer:
        out = self.out
        with out.under("def read_debt(run, item, top, prefix):"):
            out.add("row, place = item")
            out.add("watchful, suspects, simple = run.watchful and not run.suspects, False, True")
            own = self._fields(self.blocks.debts, self.debt)
            self._children()
            for lines in self.lines.values():
                lines.write(out)
            for write in self.after_lines:
                write()
            if "currency" in own:
                currency = own.pop("currency")
                out.add(f"if {currency} is not None and {currency} != 'EUR':", "    raise Odd")
            self._cover()
            out.add("# From here on nothing can be odd: what was read is noted.")
            self._note(own)
        return out

    # The first half: looking.

    def _fields(self, block: Block, scope: Scope) -> dict[str, str]:
        """Write the reading of the plain fields of a block: their variables, by name in the statement."""
        self.out.add(f"# {block.label!r}")
        found: dict[str, str] = {}
        for name, read in block.readers:
            if isinstance(read, RowsReader) and is_plain(read):
                found[name] = self._over_lines(read)
            elif isinstance(read, SeveralReader):
                found[name] = self.values.several(read, scope)
            elif isinstance(read, PlainReader):
                found[name] = self.values.single(read, scope)
            else:
                continue
            if read.target.is_text:
                scope.texts.append(found[name])
        return found

    def _over_lines(self, read: RowsReader) -> str:
        """The variable of a value from the chosen rows: the first, the only one or the sum."""
        out, value, mode = self.out, self.out.fresh("v"), read.selection.mode
        out.add(f"{value} = None")

        def body(scope: Scope) -> None:
            out.add(f"raw = {scope.row}.get({read.name!r})")
            with out.under(f"if raw is not None and {value} is None:" if mode == "first" else "if raw is not None:"):
                if mode == "sum":
                    self.values.counted(read, value)
                    return
                if mode == "one":
                    out.add(f"if {value} is not None:", "    raise Odd")
                self.values.converted(read, value, NOTHING)

        assert read.selection.each is not None
        self._select(read.selection.each.name, tests_of(read.selection.where), body)
        self.after_lines.append(lambda: self.values.absent(read, value))
        return value

    def _select(self, name: str | None, tests: tuple[ByName, ...] | None, body: Body) -> None:
        assert name is not None
        assert tests is not None
        if name not in self.lines:
            self.lines[name] = Lines(name, self._shape_of(name), len(self.lines))
        self.lines[name].selectors.append((tests, body))

    def _shape_of(self, name: str) -> Shape | None:
        around = self.blocks.debts.shape
        shape = around.children.get(name) if around is not None else None
        return shape if shape is not None and shape.any is None else None

    def _children(self) -> None:
        """The blocks inside a debt; after one that is not plain, those that share its list are not either."""
        of_lists = [("components", block) for block in self.blocks.components] + list(self.blocks.lists)
        called: set[str] = set()
        for name, block in of_lists:
            if name in called or not is_plain_block(block):
                called.add(name)
                self._call(name, block, several=True)
            elif block.each is None:
                self._own_part(name, block, several=True)
            else:
                self._line_parts(name, block)
        for name, block in self.blocks.singles:
            if is_plain_block(block) and block.each is None:
                self._own_part(name, block, several=False)
            else:
                self._call(name, block, several=False)

    def _own_part(self, name: str, block: Block, *, several: bool) -> None:
        """A part that the debt's own row makes."""
        out, part, found = self.out, self.out.fresh("part"), self._fields(block, self.debt)
        self.slots.append((part, Slot(name, block, several=several)))

        def make() -> None:
            out.add(f"{part} = None")
            with out.under(f"if {self.values.is_stated(block, found)}:"):
                self.values.part(block, found, part)

        self.after_lines.append(make)
        if several:
            self.notes.append(lambda: out.add(f"if {part} is not None:", f"    {name}.append({part})"))
        else:
            self.singles[name] = part

    def _line_parts(self, name: str, block: Block) -> None:
        """The parts that rows inside the debt make."""
        out, parts, rows = self.out, self.out.fresh("parts"), self.out.fresh("rows")
        self.slots.append((rows, Slot(name, block, several=True)))
        out.add(f"{parts}, {rows} = [], []")

        def body(scope: Scope) -> None:
            found = self._fields(block, scope)
            stated = self.values.is_stated(block, found)
            if block.makes is Component:
                out.add(f"if not ({stated}):", "    raise Odd")
            with out.under(f"if {'True' if block.fixed else stated}:"):
                self.values.part(block, found, "part")
                out.add(f"{parts}.append(part)", f"{rows}.append(({scope.row}, index if is_list else None))")

        assert block.each is not None
        self._select(block.each.name, tests_of(block.where), body)
        self.notes.append(lambda: out.add(f"{name} += {parts}"))

    def _cover(self) -> None:
        """Where everything in this debt is known, whoever looks for what is not need not look here."""
        out, shape = self.out, self.blocks.debts.shape
        if shape is None or shape.any is not None:
            out.add("covered = False")
            return
        holders = {way[0]: holder for way, holder in self.debt.holders.items() if len(way) == 1}
        shapes = {name: known for name in holders if (known := self._shape_of(name)) and not known.filtered}
        deep = {name for name, child in shape.children.items() if child.deep}
        held = frozenset({*shapes, *self.lines, *deep})
        read = out.keep(held | self.debt.names, "names")
        out.add(f"covered = {' and '.join(f'covered_{number}' for number in range(len(self.lines))) or 'True'}")
        with out.under(f"if covered and not (simple and {read}.issuperset(row)):"):
            out.add(f"covered = known(row, {out.keep(shape.leaves | held, 'names')}, {out.keep(held, 'names')})")
        for name, known in shapes.items():
            holder, leaves = holders[name], out.keep(known.leaves, "names")
            out.add(f"if {holder} is None:", f"    covered = covered and row.get({name!r}) in (None, '')")
            out.add(f"elif not {leaves}.issuperset({holder}) or has_inner({holder}):", "    covered = False")

    # The second half: noting.

    def _note(self, own: dict[str, str]) -> None:
        out = self.out
        out.add("if covered:", "    run.seen.covered.add(id(row))")
        if self.lines:
            out.add("else:", *(f"    run.seen.chosen.update(taken_{number})" for number in range(len(self.lines))))
        out.add(f"if watchful and (suspects or doubtful({', '.join(self.debt.texts)})):", "    run.suspects = True")
        for name, read in self.blocks.debts.readers:
            if name not in own and name != "currency":
                own[name] = out.fresh("v")
                out.add(f"{own[name]} = {out.keep(read, 'read')}(run, item, top, prefix)")
        slots = Slots(self.blocks.debts, tuple(slot for _, slot in self.slots))
        made = "".join(f"{part}, " for part, _ in self.slots)
        out.add(f"run.parts.append(({out.keep(slots, 'slots')}, item, top, prefix, ({made})))")
        lists = ["components", *dict.fromkeys(name for name, _ in self.blocks.lists)]
        out.add(*(f"{name} = []" for name in lists))
        for write in self.notes:
            write()
        self._debt({**own, **{name: f"tuple({name})" for name in lists}, **self.singles}, own)

    def _call(self, name: str, block: Block, *, several: bool) -> None:
        """A block that is not plain does its own reading, as it does everywhere else."""
        part = name if several else self.out.fresh("part")
        if not several:
            self.singles[name] = part

        def call() -> None:
            out, called = self.out, self.out.keep(block, "block")
            ask = f"{called}.many(run, item, (*prefix, {name!r}), {name})"
            if not several:
                out.add(f"{part} = None")
                ask = f"{part} = {called}.one(run, item, (*prefix, {name!r}))"
            if block.doors is None:
                out.add(ask)
            else:
                out.add(f"if not {out.keep(block.doors, 'names')}.isdisjoint(row):", f"    {ask}")

        self.notes.append(call)

    def _debt(self, values: dict[str, str], own: dict[str, str]) -> None:
        """The debt itself; what is masked, in the order in which the ordinary readers gather it."""
        out = self.out
        fixed = {name: constant.value for name, constant in self.blocks.debts.fixed}
        template = {known.name: None if known.default is MISSING else known.default for known in fields(Debt)} | fixed
        out.add("debt = new(Debt)", "made = debt.__dict__", f"made.update({out.keep(template, 'template')})")
        for name, value in values.items():
            if name in own and template[name] is not None:
                out.add(f"if {value} is not None:", f"    made[{name!r}] = {value}")
            else:
                out.add(f"made[{name!r}] = {value}")
        gathered = [name for name in (*self.blocks.debts.order, *values) if name != "currency"]
        order = out.keep(tuple(dict.fromkeys(gathered)), "order")
        with out.under("if run.suspects:"):
            out.add(f"texts = {{name: made[name] for name in {order} if made[name] is not None}}")
            out.add("made.update(masked(run, texts, prefix))")
        out.add("return debt")
