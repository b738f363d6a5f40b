"""The debts of the samples one by one: their rows, what a row says, and the fields that say what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.adapters.learning import names
from gateway.adapters.learning.notation import YES, is_amount
from gateway.adapters.learning.place import Place, plain, spoken, values_at


@dataclass(frozen=True)
class DebtItem:
    """
    One debt of one sample.

    Args:
        rows: One object, or all rows that were grouped into it.
        linked: Rows of lists outside the debts that carry its reference.
    """

    sample: int
    rows: tuple[Any, ...]
    linked: Mapping[Place, tuple[Any, ...]] = field(default_factory=dict)


def rows_of(item: DebtItem, rows: Place, debts: Place) -> list[Any]:
    """The rows of one list in one debt, or beside the debts with its reference."""
    if rows in item.linked:
        return list(item.linked[rows])
    return [row for top in item.rows for row in values_at(top, rows.names_from(debts))]


def said_in(row: Any, place: Place, rows: Place) -> str | None:
    """What a row says at *place*, as text."""
    found = [plain(value) for value in values_at(row, place.names_from(rows))]
    return spoken(found[0]) if found and found[0] is not None else None


def is_sign(place: Place) -> bool:
    """Whether it says debit or credit, and nothing else, of the amount beside it."""
    return names.credit_of(place.texts()) is not None


def marks_credit(place: Place, text: str) -> bool:
    """Whether *text*, said at *place*, means credit."""
    return names.credit_of(place.texts()) == text


def code_fields(rows: Place) -> list[Place]:
    """The fields of a list that may say what a row is, the likeliest first."""
    found = []
    for place in rows.walk():
        if place is rows or any(it.repeated for it in place.between(rows)):
            continue
        texts, rank = place.texts(), names.code_rank(place.name)
        if not texts or rank is None or is_amount(place) or any(len(text) > 40 for text in texts):
            continue
        if any(re.search(r"\d{4,}", text) or text.lower() in YES for text in texts):
            continue
        is_id = len(set(texts)) == len(texts) > 3
        if not (is_id and rank > 0):
            found.append((rank, len(place.names), place))
    return [place for *_, place in sorted(found, key=lambda it: it[:2])]
