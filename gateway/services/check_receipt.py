"""
Check a receipt for whoever holds it: is it ours, is it unchanged, and is what it speaks of in our log?

Nothing is said that does not stand in the receipt itself; above all not whether it still holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.documents.proof import Kind, opened
from gateway.documents.receipt import RECEIPT_TYPE
from gateway.documents.receipt_check import Verdict, verify
from gateway.documents.receipt_page import leaf_of
from gateway.services.runtime import Runtime
from gateway.storage import checkpoints, journal_tree
from gateway.storage.checkpoints import Kept
from gateway.storage.database import Connection


@dataclass(frozen=True, kw_only=True)
class Checked:
    """
    Args:
        content: What the receipt says (`gateway.documents.receipt`); None unless it is signed by us and unchanged.
        in_log: Whether the entry stands in our log now, where the receipt says; None where that was not asked.
    """

    verdict: Verdict
    content: Mapping[str, Any] | None = None
    in_log: bool | None = None


@dataclass(frozen=True, kw_only=True)
class InLog:
    """A place in the log and the newest checkpoint that speaks of it."""

    index: int
    checkpoint: int
    size: int
    signed_at: datetime


def check_receipt(runtime: Runtime, receipt: bytes) -> Checked:
    """
    The receipt held to our published keys, to the checkpoint in it, and to our log.

    Raises:
        Unavailable: The log cannot be asked now.
    """
    jwks = runtime.keys.key_history()
    [verdict] = verify([receipt], jwks)
    if verdict.kind is not Kind.OK:
        return Checked(verdict=verdict)
    text = receipt.removesuffix(b"\n").decode("ascii")  # as `verify` read it just now
    content = opened(text, jwks, typ=RECEIPT_TYPE, what="The receipt").content
    found = find_in_log(runtime, content["journal"]["leaf_index"], leaf_of(content))
    return Checked(verdict=verdict, content=content, in_log=found is not None)


def find_in_log(runtime: Runtime, index: int, leaf: bytes) -> InLog | None:
    """
    Whether *leaf* stands at *index* of the log of the newest checkpoint; None when it does not.

    The leaf must be known to ask for it, so nothing is learned from the answer but that it is there.
    """
    with runtime.database.begin() as connection:
        kept = checkpoints.newest(connection)
        if kept is None or not _holds(connection, kept, index, leaf):
            return None
    return InLog(index=index, checkpoint=kept.number, size=kept.checkpoint.size, signed_at=kept.checkpoint.at)


def _holds(connection: Connection, kept: Kept, index: int, leaf: bytes) -> bool:
    return index < kept.checkpoint.size and journal_tree.leaf_at(connection, index) == leaf
