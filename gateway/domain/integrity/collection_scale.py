"""The most that collecting a debt from a consumer may cost (art. 6:96 BW, Besluit BIK)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CollectionScale:
    """
    The legal maximum of collection costs for consumers (art. 6:96 BW, Besluit BIK), as a dated table.

    Args:
        steps: (up to this many cents of principal, basis points over that slice), in order.
        minimum_cents: The least that may be charged, whatever the principal.
        maximum_cents: The most, or None.
        since: The first day on which the scale holds.
    """

    steps: tuple[tuple[int, int], ...]
    minimum_cents: int
    maximum_cents: int | None = None
    since: date = date.min
    source: str = ""

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> CollectionScale:
        """From a parsed table: steps = [[250000, 1500], ...], minimum_cents, maximum_cents, since, source."""
        return cls(
            steps=tuple((int(limit), int(points)) for limit, points in table["steps"]),
            minimum_cents=int(table["minimum_cents"]),
            maximum_cents=table.get("maximum_cents"),
            since=table.get("since", date.min),
            source=str(table.get("source", "")),
        )

    def most(self, principal_cents: int) -> int:
        """The highest costs allowed over this principal, in cents, rounded up in favour of the creditor."""
        total, below = 0, 0
        for limit, points in self.steps:
            if principal_cents <= limit:
                total += max(0, principal_cents - below) * points
                break
            total += (limit - below) * points
            below = limit
        costs = max(self.minimum_cents, -(-total // 10_000))
        return costs if self.maximum_cents is None else min(costs, self.maximum_cents)
