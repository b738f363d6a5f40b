"""One amount of every debt, and all of them with the total that they add up to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from gateway.adapters.learning import names
from gateway.adapters.learning.items import marks_credit
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.sums import Amounts, Sum
from gateway.domain.statement import ComponentKind

_PAID_CODE: Final = r"bet|pay|zahl|ontv|afl|recei|stort|^pmt|credit|^cr"
_WAIVED_CODE: Final = r"kwijt|waiv|erlass|afboek|writeoff"


@dataclass(eq=False)
class Amount:
    """
    One amount that each debt has: a field, all rows of a list together, or those rows that carry one code.

    Args:
        place: Where the amount stands.
        rows: The list it stands in; None = it stands there once.
        code: The field that says what a row is, and what it says.
        sign: How it counts in the total that was explained; 0 = it does not.
    """

    place: Place
    rows: Place | None
    code: tuple[Place, str] | None
    kind: ComponentKind | None
    state: str | None
    each: tuple[int | None, ...]
    sign: int = 0
    beside: tuple[Amount, Amount] | None = None  # charged and paid, where they stand beside it and it is what is left

    @property
    def amounts(self) -> Amounts:
        return tuple(amount or 0 for amount in self.each)

    @property
    def is_paid(self) -> bool:
        """Whether its name says that this was paid or let go."""
        if self.code is not None and marks_credit(*self.code):
            return True
        if self.code is not None and re.search(f"{_PAID_CODE}|{_WAIVED_CODE}", names.bare(self.code[1])):
            return True
        return self.state == "paid" or (
            self.rows is not None and names.list_of(self.rows.name) in ("payments", "waivers")
        )

    @property
    def is_waiver(self) -> bool:
        said = self.code[1] if self.code is not None else self.rows.name if self.rows is not None else self.place.name
        return re.search(_WAIVED_CODE, names.bare(said)) is not None or names.lessens(said)

    @property
    def is_negative(self) -> bool:
        return any(self.amounts) and max(self.amounts) <= 0

    @property
    def counts(self) -> bool:
        return any(self.amounts)


@dataclass
class Ledger:
    """All amounts of the debts, and the total that they add up to when one was found."""

    amounts: list[Amount]
    codes: dict[Place, Place] = field(default_factory=dict)  # list -> the field that says what a row is
    total: Amount | None = None
    sum: Sum | None = None

    @property
    def proven(self) -> bool:
        return self.sum is not None and self.sum.proves

    def in_list(self, rows: Place) -> list[Amount]:
        return [amount for amount in self.amounts if amount.rows is rows]
