"""What a quick reader notes of a debt: one line for all its plain parts, from which each can be told again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.adapters.blocks import Block
from gateway.adapters.paths import Hit
from gateway.adapters.run import Part, Prefix


@dataclass(frozen=True)
class Slot:
    """A place in the debt for what one block makes: by itself under *name*, or among *several*."""

    name: str
    block: Block
    several: bool


@dataclass(frozen=True)
class Slots:
    """The places of a debt that a quick reader fills; *debts* is the block of the debt itself."""

    debts: Block
    slots: tuple[Slot, ...]

    def parts(self, item: Hit, top: Hit, prefix: Prefix, made: tuple[Any, ...]) -> Iterator[Part]:
        """
        The parts as the ordinary readers note them.

        Args:
            made: For every slot, the part that the debt's own row made (None = none), or the rows that made parts
                with their index (None = the row stands alone).
        """
        yield self.debts, item, top, prefix, False
        count: Counter[str] = Counter()
        for slot, found in zip(self.slots, made, strict=True):
            for hit in _hits(slot.block, item, found):
                place = (*prefix, slot.name, count[slot.name]) if slot.several else (*prefix, slot.name)
                yield slot.block, hit, item, place, False
                count[slot.name] += 1


def _hits(block: Block, item: Hit, found: Any) -> list[Hit]:
    if block.each is None:
        return [item] if found is not None else []
    around = (item[1], block.each.name)
    return [(row, around if index is None else (around, index)) for row, index in found]
