"""A block of a mapping, compiled: which items it takes, and how each becomes one part of the statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gateway.adapters.coverage import Shape
from gateway.adapters.fields import Condition, PlainReader, Reader, Selection, choose, claimed, scalar
from gateway.adapters.paths import Hit, Path, Rows
from gateway.adapters.run import Batch, Prefix, Run, each_record
from gateway.adapters.transforms import Unfit, may_hold_citizen_number
from gateway.domain.statement import Component, ComponentKind

NamedReader = tuple[str, Reader]


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
    """

    label: str
    makes: Callable[..., Any] | None
    readers: tuple[NamedReader, ...]
    fixed: tuple[NamedReader, ...] = ()
    required: frozenset[str] = frozenset()
    each: Path | None = None
    where: Condition | None = None
    skip: Condition | None = None
    when: Condition | None = None
    group_by: Selection | None = None
    shape: Shape | None = field(default=None, compare=False)
    combine: bool = False
    _plain: tuple[Any, ...] = field(default=(), init=False, compare=False)
    _names: tuple[Any, ...] = field(default=(), init=False, compare=False)
    _others: tuple[NamedReader, ...] = field(default=(), init=False, compare=False)

    def __post_init__(self) -> None:
        plain = [(name, read) for name, read in self.readers if isinstance(read, PlainReader)]
        compiled = {
            "_plain": tuple(
                (
                    name,
                    it.path[:-1],
                    it.path[-1],
                    it.convert,
                    it.optional and not it.target.required,
                    it.target.is_text,
                    it.in_full,
                )
                for name, it in plain
            ),
            "_names": tuple((name, it.path, it.steps, it.target.identifying) for name, it in plain),
            "_others": tuple((name, read) for name, read in self.readers if not isinstance(read, PlainReader)),
        }
        for name, value in compiled.items():
            object.__setattr__(self, name, value)

    def items(self, run: Run, item: Hit) -> Iterator[Hit]:
        """The items of this block inside *item*, in the order of the reply."""
        if self.each is None:
            yield item
            return
        found = self.each.hits(run.tree, item)
        if self.where is not None or self.skip is not None or self.each.steps is None:
            found = list(self._chosen(run, item, found))
        elif self.shape is not None and self.shape.filtered:
            run.seen.chosen.update(id(value) for value, _ in found)
        if self.group_by is not None:
            found = list(self._grouped(run, item, found))
        yield from found

    def _chosen(self, run: Run, item: Hit, found: list[Hit]) -> Iterator[Hit]:
        assert self.each is not None
        for hit in found:
            if self.skip is not None and self.skip(run, hit, item):
                choose(run, hit, _PASSED_OVER, placed=self.each.steps is None)
                run.seen.skipped.add(id(hit[0]))
                run.warn("skipped_item", hit[1], f"{self.label}: this item is passed over, as the mapping says.")
            elif self.where is None or self.where(run, hit, item):
                choose(run, hit, self.shape, placed=self.each.steps is None)
                yield hit

    def _grouped(self, run: Run, item: Hit, found: list[Hit]) -> Iterator[Hit]:
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
        if type(item[0]) is dict:
            self._plain_values(run, item, outer, prefix, values)
            others = self._others
        else:
            others = self.readers
        for name, read in others:
            value = read(run, item, outer, prefix)
            if value is not None:
                values[name] = value
        if self.fixed and (values or self.when is not None or self.each is not None or not self.readers):
            for name, read in self.fixed:
                values[name] = read(run, item, outer, prefix)
        return values

    def _plain_values(self, run: Run, item: Hit, outer: Hit, prefix: Prefix, values: dict[str, Any]) -> None:
        """All fields at the end of plain names, with one note of where they stood; what is odd is read in full."""
        top, location = item
        raws: list[Any] = []
        for name, around, key, convert, optional, is_text, in_full in self._plain:
            holder = top
            for step in around:
                holder = holder.get(step) if type(holder) is dict else None
            raw = holder.get(key) if type(holder) is dict else _ODD
            kind = type(raw)
            if kind is str or kind is int or kind is Decimal:
                value = convert(raw)
                if type(value) is not Unfit and value != "":
                    if is_text and len(value) >= 9 and may_hold_citizen_number(value):
                        run.suspects = True
                    values[name] = value
                    raws.append(raw)
                    continue
            raws.append(None)
            if raw is not None or not optional:
                value = in_full(run, item, outer, prefix)
                if value is not None:
                    values[name] = value
        if raws.count(None) < len(raws):
            run.records.append(Batch(prefix, location, self._names, raws))

    def one(self, run: Run, item: Hit, prefix: Prefix) -> Any:
        """The part that comes at most once, or None."""
        if self.when is not None and not self.when(run, item, item):
            return None
        problems = len(run.problems)
        values = self.values(run, item, item, prefix)
        if not values and (self.when is None or len(run.problems) > problems):
            return None
        return self._made(run, values, item, problems)

    def many(self, run: Run, item: Hit, prefix: Prefix, made: list[Any]) -> None:
        """Append the parts of *item* to *made*."""
        assert self.makes is not None
        is_shared = self.each is not None and self.each.leaves_item
        for inner in self.items(run, item):
            if is_shared and not claimed(run, inner[1], prefix, self.label):
                continue
            if self.each is None and self.when is not None and not self.when(run, inner, item):
                continue
            place = (*prefix, len(made))
            before, problems = len(run.records), len(run.problems)
            values = self.values(run, inner, item, place)
            if not values:
                continue
            if self.makes is Component:
                values = values if self._has_amount(run, values, inner) else {}
                if not values:
                    del run.records[before:]
                    continue
                if self.combine and self._combined(run, values, made, before, prefix):
                    continue
            part = self._made(run, values, inner, problems)
            if part is not None:
                made.append(part)

    def _has_amount(self, run: Run, values: dict[str, Any], item: Hit) -> bool:
        if values.keys() & {"charged_cents", "paid_cents", "outstanding_cents"}:
            return True
        if self.each is not None:
            run.hold("missing", item[1], f"{self.label}: this item has no amount.")
        return False

    def _combined(self, run: Run, values: dict[str, Any], made: list[Any], before: int, prefix: Prefix) -> bool:
        """Add this component to an earlier one of its kind; the origins follow."""
        kind = values.get("kind")
        for index, part in enumerate(made):
            if part.kind is not kind:
                continue
            place = (*prefix, index)
            run.records[before:] = [
                (place, name, sources, steps, hidden)
                for _, name, sources, steps, hidden in each_record(run.records[before:])
                if name.endswith("_cents")
            ]
            merged = {name: getattr(part, name) for name in ("charged_cents", "paid_cents", "outstanding_cents")}
            for name in merged:
                if values.get(name) is not None:
                    merged[name] = (merged[name] or 0) + values[name]
            made[index] = Component(kind=ComponentKind(kind), legal_basis=part.legal_basis, **merged)
            return True
        return False

    def _made(self, run: Run, values: dict[str, Any], item: Hit, problems: int) -> Any:
        missing = self.required - values.keys()
        if missing:
            if len(run.problems) == problems:  # else the reader of the missing value has said what was wrong
                run.hold("missing", item[1], f"{self.label}: {', '.join(sorted(missing))} must be there.")
            return None
        assert self.makes is not None
        return self.makes(**values)


_ODD = object()  # the way to a value does not lead through plain objects
_PASSED_OVER = Shape()
_PASSED_OVER.deep = True
