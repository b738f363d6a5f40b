"""What a checkpoint says: the journal had this many entries then, and this was the one hash over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# The journal says at least this often what it is, also when nothing was added (reference: hourly).
LONGEST_SILENCE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """
    The state of the journal's tree at one moment.

    Args:
        size: How many entries have a leaf.
        root: Their Merkle root (RFC 9162 section 2.1), 32 bytes.
        at: When this was said.
        kid: The key under which it was said.
    """

    size: int
    root: bytes
    at: datetime
    kid: str


def is_due(newest: Checkpoint | None, size: int, now: datetime, *, trusted: frozenset[str]) -> bool:
    """Whether it is time to say again what the journal is: it grew, an hour went by, or the last word lost its key."""
    if size == 0:
        return False
    if newest is None:
        return True
    return newest.size != size or now - newest.at >= LONGEST_SILENCE or newest.kid not in trusted
