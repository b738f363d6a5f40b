"""A block of a mapping, compiled: which items it takes, and how each becomes one part of the statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.adapters.coverage import Shape
from gateway.adapters.fields import ASK, NOTHING, Constant, NamedReader, PlainReader, Reader, Selection
from gateway.adapters.making import maker
from gateway.adapters.paths import Hit, Path, Rows
from gateway.adapters.rows import Condition, choose, claimed, scalar, sifted
from gateway.adapters.run import Prefix, Run
from gateway.adapters.transforms import Convert, Unfit, may_hold_citizen_number
from gateway.domain.statement import Component, ComponentKind

PlainFields = tuple[tuple[str, ...], tuple[tuple[str, str, Convert, Any, Reader], ...]]


@dataclass(frozen=True, kw_only=True)
class Block:
    """
    One block.

    Args:
        each: Where its items stand; None = the item around it is its only item.
        where: Which items it takes; *skip* says which it passes over on purpose.
        group_by: Rows with the same value here make one item together.
        when: For a block that comes once: whether it is there at all; None = when any of its fields is.
        fixed: Fields that the mapping fills in itself; they alone do not make a part.
        required: Names in the statement without which there is no part.
        combine: Parts of one kind are added up.
        doors: The first names on the way to its items or values: where the item around has none of them there is
            nothing to read. None = that cannot be told.

    Its plain fields are kept by the object around them: (names that lead there, (name there, name in the statement,
    conversion, what its absence means, the reader in full)).
    """

    label: str
    makes: Callable[..., Any] | None
    readers: tuple[NamedReader, ...]
    fixed: tuple[tuple[str, Constant], ...] = ()
    required: frozenset[str] = frozenset()
    each: Path | None = None
    where: Condition | None = None
    skip: Condition | None = None
    when: Condition | None = None
    group_by: Selection | None = None
    shape: Shape | None = field(default=None, compare=False)
    combine: bool = False
    doors: frozenset[str] | None = None
    _plain: tuple[PlainFields, ...] = field(default=(), init=False, compare=False)
    _others: tuple[NamedReader, ...] = field(default=(), init=False, compare=False)
    _constants: dict[str, Any] = field(default_factory=dict, init=False, compare=False)
    _texts: tuple[str, ...] = field(default=(), init=False, compare=False)
    make: Callable[[dict[str, Any]], Any] = field(default=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        plain = [(name, read) for name, read in self.readers if isinstance(read, PlainReader)]
        others = tuple((name, read) for name, read in self.readers if not isinstance(read, PlainReader))
        holders = dict.fromkeys(read.path[:-1] for _, read in plain)
        compiled: dict[str, Any] = {
            "_plain": tuple(
                (
                    holder,
                    tuple(
                        (read.path[-1], name, read.convert, read.absent, read.in_full)
                        for name, read in plain
                        if read.path[:-1] == holder
                    ),
                )
                for holder in holders
            ),
            "_others": others,
            "_constants": {name: constant.value for name, constant in self.fixed},
            "_texts": tuple(name for name, read in plain if read.target.is_text),
        }
        if self.makes is not None:
            compiled["make"] = maker(self.makes)
        for name, value in compiled.items():
            object.__setattr__(self, name, value)

    @property
    def order(self) -> tuple[str, ...]:
        """The names of its fields in the order in which the values are gathered."""
        plain = [name for _, plain_fields in self._plain for _, name, *_ in plain_fields]
        return (*plain, *(name for name, _ in self._others), *self._constants)

    def items(self, run: Run, item: Hit) -> list[Hit]:
        """The items of this block inside *item*, in the order of the reply."""
        if self.each is None:
            return [item]
        is_placed = self.each.steps is None
        if self.skip is not None:
            found = self._not_skipped(run, item, self.skip)
        else:
            found = sifted(self.each, self.where, run, item)
        if len(found) == 1 and found[0][0] is None and type(found[0][1][-1]) is str and self.makes is not None:
            found = []  # null instead of a list inside a debt; instead of the debts it may mean anything
        if self.where is not None or is_placed or (self.shape is not None and self.shape.filtered):
            choose(run, found, self.shape, placed=is_placed)
        return found if self.group_by is None else list(self._grouped(run, found))

    def _not_skipped(self, run: Run, item: Hit, skip: Condition) -> list[Hit]:
        assert self.each is not None
        kept = []
        for hit in self.each.hits(run.tree, item):
            if skip(run, hit, item):
                choose(run, [hit], _PASSED_OVER, placed=self.each.steps is None)
                run.seen.skipped.add(id(hit[0]))
                run.warn("skipped_item", hit[1], f"{self.label}: this item is passed over, as the mapping says.")
            elif self.where is None or self.where(run, hit, item):
                kept.append(hit)
        return kept

    def _grouped(self, run: Run, found: list[Hit]) -> Iterator[Hit]:
        assert self.group_by is not None
        groups: dict[str, Rows] = {}
        for hit in found:
            named = [scalar(value) for value, _ in self.group_by.paths[0].hits(run.tree, hit)]
            if len(named) != 1 or named[0] is None:
                run.hold("missing", hit[1], f"{self.label}: this row does not say to which item it belongs.")
                continue
            groups.setdefault(str(named[0]).strip(), Rows()).append(hit)
        for rows in groups.values():
            yield rows, rows[0][1]

    def values(self, run: Run, item: Hit, outer: Hit, prefix: Prefix) -> dict[str, Any]:
        """The fields of one item that are stated; fixed ones only beside a stated one."""
        values: dict[str, Any] = {}
        if run.quick and not run.tracing and type(item[0]) is dict:
            if self._plain:
                self._plain_values(run, item, outer, prefix, values)
            others = self._others
        else:
            others = self.readers
        for name, read in others:
            value = read(run, item, outer, prefix)
            if value is not None:
                values[name] = value
        if self.fixed and (values or self.when is not None or self.each is not None or not self.readers):
            values.update(self._constants)
            for _, constant in self.fixed if run.tracing else ():
                constant(run, item, outer, prefix)
        return values

    def _plain_values(self, run: Run, item: Hit, outer: Hit, prefix: Prefix, values: dict[str, Any]) -> None:
        """All fields at the end of plain names; whatever is odd about one is left to its reader in full."""
        for way, plain_fields in self._plain:
            holder = item[0]
            for name in way:
                holder = holder.get(name) if type(holder) is dict else _ODD if holder is not None else None
            if type(holder) is dict:
                for key, name, convert, absent, in_full in plain_fields:
                    raw = holder.get(key)
                    if raw is None and absent is not ASK:
                        if absent is not NOTHING:
                            values[name] = absent
                        continue
                    value = convert(raw)
                    if type(value) is Unfit:
                        value = in_full(run, item, outer, prefix)
                    if value is not None:
                        values[name] = value
            else:
                for _, name, _, absent, in_full in plain_fields:
                    if holder is not None or absent is not NOTHING:
                        value = in_full(run, item, outer, prefix)
                        if value is not None:
                            values[name] = value
        if run.watchful and not run.suspects:
            for name in self._texts:
                if name in values and may_hold_citizen_number(values[name]):
                    run.suspects = True

    def one(self, run: Run, item: Hit, prefix: Prefix) -> Any:
        """The part that comes at most once, or None."""
        if self.when is not None and not self.when(run, item, item):
            return None
        problems = len(run.problems)
        values = self.values(run, item, item, prefix)
        if not values and (self.when is None or len(run.problems) > problems):
            return None
        part = self._made(run, values, item, problems)
        if part is not None:
            run.parts.append((self, item, item, prefix, False))
        return part

    def many(self, run: Run, item: Hit, prefix: Prefix, made: list[Any]) -> None:
        """Append the parts of *item* to *made*."""
        is_shared = self.each is not None and self.each.leaves_item
        items = self.items(run, item)
        if len(items) > MAX_ROWS:
            run.hold("too_many", item[1], f"{self.label}: there are more than {MAX_ROWS} of these in one place.")
            return
        for inner in items:
            if is_shared and not claimed(run, inner[1], prefix, self.label):
                continue
            if self.each is None and self.when is not None and not self.when(run, inner, item):
                continue
            place, problems = (*prefix, len(made)), len(run.problems)
            values = self.values(run, inner, item, place)
            if not values:
                continue
            if self.makes is Component and not self._has_amount(run, values, inner):
                continue
            if self.combine:
                earlier = self._combined(values, made)
                if earlier is not None:
                    run.parts.append((self, inner, item, (*prefix, earlier), True))
                    continue
            part = self._made(run, values, inner, problems)
            if part is not None:
                made.append(part)
                run.parts.append((self, inner, item, place, False))

    def _has_amount(self, run: Run, values: dict[str, Any], item: Hit) -> bool:
        if "charged_cents" in values or "outstanding_cents" in values or "paid_cents" in values:
            return True
        if self.each is not None:
            run.hold("missing", item[1], f"{self.label}: this item has no amount.")
        return False

    def _combined(self, values: dict[str, Any], made: list[Any]) -> int | None:
        """Add this component to an earlier one of its kind; which one that was, or None."""
        kind = values.get("kind")
        for index, part in enumerate(made):
            if part.kind is not kind:
                continue
            merged = {name: getattr(part, name) for name in ("charged_cents", "paid_cents", "outstanding_cents")}
            for name in merged:
                if values.get(name) is not None:
                    merged[name] = (merged[name] or 0) + values[name]
            made[index] = Component(kind=ComponentKind(kind), legal_basis=part.legal_basis, **merged)
            return index
        return None

    def _made(self, run: Run, values: dict[str, Any], item: Hit, problems: int) -> Any:
        if not values.keys() >= self.required:
            missing = self.required - values.keys()
            if len(run.problems) == problems:  # else the reader of the missing value has said what was wrong
                run.hold("missing", item[1], f"{self.label}: {', '.join(sorted(missing))} must be there.")
            return None
        return self.make(values)


# Far above any honest debt; what it bounds is the time that one reply can take.
MAX_ROWS: Final = 20_000
_ODD = object()  # the way to a value does not lead through plain objects
_PASSED_OVER = Shape()
_PASSED_OVER.deep = True
