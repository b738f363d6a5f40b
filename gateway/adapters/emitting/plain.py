"""What of a mapping is plain enough to be written out as source."""

from __future__ import annotations

from typing import Any

from gateway.adapters.blocks import Block
from gateway.adapters.conditions import ByName
from gateway.adapters.fields import PlainReader, RowsReader, SeveralReader
from gateway.adapters.rows import Condition, Where


def is_plain(read: Any) -> bool:
    """Whether the reader of a field can be written out."""
    if isinstance(read, RowsReader):
        return read.name is not None and tests_of(read.selection.where) is not None
    return isinstance(read, (PlainReader, SeveralReader))


def is_plain_block(block: Block) -> bool:
    """Whether a block inside a debt can be written out."""
    if block.when is not None or block.skip is not None or block.group_by is not None or block.combine:
        return False
    if block.each is None:
        return bool(block.readers) and all(is_plain(read) for _, read in block.readers)
    if block.each.name is None or tests_of(block.where) is None:
        return False
    return all(isinstance(read, (PlainReader, SeveralReader)) for _, read in block.readers)


def tests_of(where: Condition | None) -> tuple[ByName, ...] | None:
    """The tests of a condition, where each looks at the text under one name of the row; None where one does not."""
    if where is None:
        return ()
    tests = where.tests if isinstance(where, Where) else (where,)
    known = tuple(test for test in tests if isinstance(test, ByName))
    return known if len(known) == len(tests) else None
