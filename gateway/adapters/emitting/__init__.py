"""
The quick reader of a debt: the plain blocks of a mapping, written out as Python source once, when the mapping loads.

Most of what a mapping asks is plain: a value under a name, rows with a certain code, added up. Reading that by way of
blocks and readers costs more in calls than in work; here it becomes straight lines (docs/decisions/0011). The source
works in two halves. The first only looks: at the first thing that is not as expected it raises Odd, having noted
nothing, and the ordinary readers take the whole debt. The second notes the parts that were made, and calls the
ordinary blocks for whatever was not plain enough to be written out. So everything odd has one judge: the ordinary way.

Names, codes and texts of a mapping reach the source only through repr(); conversions, tables and blocks are reached by
a name with a number. To see the source of a format: `gateway.adapters.source_of(format)`.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.adapters.emitting.debts import Blocks, emitted
from gateway.adapters.paths import Hit
from gateway.adapters.run import Prefix, Run
from gateway.domain.statement import Debt

__all__ = ["Blocks", "DebtReader", "debt_reader", "source_of"]

# (run, debt item, whole reply, where in the statement) -> the debt; raises oddities.Odd.
DebtReader = Callable[[Run, Hit, Hit, Prefix], Debt]


def debt_reader(blocks: Blocks) -> DebtReader | None:
    """The compiled quick reader of a debt, or None where even its reference is not plain."""
    out = emitted(blocks)
    if out is None:
        return None
    names = dict(out.known)
    exec(compile(out.text(), "<quick reader of a debt>", "exec"), names)  # noqa: S102 -- see the first lines
    reader: DebtReader = names["read_debt"]
    return reader


def source_of(blocks: Blocks) -> str:
    """The source of the quick reader, for a person; empty where there is none."""
    out = emitted(blocks)
    return "" if out is None else out.text()
