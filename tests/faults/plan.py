"""What is raced: cases with a few creditors each, a way of stopping, and moments around each other; fixed by the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

CREDITORS = 4  # per case: the size of one job of the engine
WAYS = {  # how a permission ends, and how often out of a hundred cases
    "withdraw": 26,  # one grant, through the service
    "http": 26,  # one creditor, over the interface
    "everything": 24,  # all four at once, over the interface, against one job of four
    "doubt": 5,  # a caller who may be somebody else: paused, everything else alike
    "pause": 5,
    "revoke": 6,
    "expiry": 5,  # nobody stops: the clock runs out
    "cap": 3,  # nobody stops: two messages under a yes that covers one
}
UNSTOPPED = frozenset({"expiry", "cap"})


@dataclass(frozen=True, kw_only=True)
class Race:
    """
    One meeting of a sender and a stopper; delays in seconds after a common start.

    Args:
        twins: Two workers have the same job.
        again: A second attempt is made this long after the first, as after a failure; None = none.
    """

    send_after: float
    stop_after: float
    twins: bool
    again: float | None


@dataclass(frozen=True, kw_only=True)
class Case:
    number: int
    way: str
    races: tuple[Race, ...]


def cases(pairs: int, seed: int) -> Iterator[Case]:
    """Enough cases for *pairs* pairs of a message and somebody who stops it; those that nobody stops come on top."""
    chance = random.Random(seed)
    number = stopped = 0
    while stopped < pairs:
        [way] = chance.choices(list(WAYS), list(WAYS.values()))
        races = 1 if way == "everything" else CREDITORS
        yield Case(number=number, way=way, races=tuple(_race(chance, way) for _ in range(races)))
        number += 1
        stopped += CREDITORS if way not in UNSTOPPED else 0


def _race(chance: random.Random, way: str) -> Race:
    # A claim takes some ten milliseconds, an exchange a few: most meetings are around those, some are wide apart.
    width = 0.120 if way == "everything" else chance.choice((0.004, 0.015, 0.040))
    send, stop = chance.uniform(0, width), chance.uniform(0, width)
    return Race(
        send_after=send,
        stop_after=stop,
        twins=chance.random() < 0.05,
        again=chance.uniform(0, 0.02) if chance.random() < 0.10 else None,
    )
