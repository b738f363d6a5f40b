"""The amounts of a debt: which there are, which add up to which, and which part of a debt each one is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from gateway.adapters.learning import names
from gateway.adapters.learning.explaining import with_total
from gateway.adapters.learning.items import DebtItem, code_fields, is_sign, rows_of, said_in
from gateway.adapters.learning.ledger import Amount, Ledger
from gateway.adapters.learning.notation import Verdict, cents, is_amount
from gateway.adapters.learning.place import Place, plain, spoken, values_at
from gateway.adapters.learning.survey import Survey
from gateway.domain.statement import ComponentKind

_ARRANGEMENT: Final = r"regeling|arrangement|paymentplan|instalmentplan|ratenzahlung|zekerheid|security|pledge|hypothe"


def ledger(survey: Survey, debts: Place, items: Sequence[DebtItem], notation: dict[Place, Verdict]) -> Ledger:
    """Every amount below *debts*, with the total that is explained best."""
    within = [
        place
        for place in notation
        if is_amount(place) and _is_in_debt(place, debts, items) and not names.is_part_of_another(place.name)
    ]
    places = [place for place in within if not _stands_apart(place, debts)]
    lists = list(dict.fromkeys(rows for place in places if (rows := _list_around(place, debts, items)) is not None))
    choices = [[*_code_fields(rows, items, debts, places), None][:4] for rows in lists]
    best: tuple[tuple[int, ...], Ledger] | None = None
    for rank, chosen in enumerate(itertools.islice(itertools.product(*choices), 12)):
        codes = {rows: code for rows, code in zip(lists, chosen, strict=True) if code is not None}
        found = with_total(Ledger(amounts=list(_amounts(places, debts, items, codes, notation)), codes=codes))
        marked = sum(is_sign(code) for code in codes.values())
        worth = (1, marked, found.sum.terms, -rank) if found.proven and found.sum else (0, 0, 0, -rank)
        if best is None or worth > best[0]:
            best = (worth, found)
    return best[1] if best is not None else Ledger(amounts=[])


def _is_in_debt(place: Place, debts: Place, items: Sequence[DebtItem]) -> bool:
    return place.is_within(debts) or any(place.is_within(rows) for item in items[:1] for rows in item.linked)


def _stands_apart(place: Place, debts: Place) -> bool:
    """An amount that is no part of what is owed: a monthly term, the value of a security."""
    around = [it.name for it in place.between(debts)][:-1]
    return any(re.search(_ARRANGEMENT, names.bare(name)) for name in around) or any(
        names.list_of(name) == "seizures" for name in around
    )


def _list_around(place: Place, debts: Place, items: Sequence[DebtItem]) -> Place | None:
    """The innermost list that an amount stands in, inside a debt; the debts' own rows when they are grouped."""
    lists = [it for it in place.between(debts) if it.repeated]
    if lists:
        return lists[-1]
    is_grouped = any(len(item.rows) > 1 for item in items)
    return debts if is_grouped and not _is_said_on_every_row(place, debts, items) else None


def _is_said_on_every_row(place: Place, debts: Place, items: Sequence[DebtItem]) -> bool:
    """An amount of the whole debt that each of its rows repeats, such as the balance of an invoice on every line."""
    path = place.names_from(debts)
    said = [[spoken(plain(value)) for row in item.rows for value in values_at(row, path)] for item in items]
    return all(len(set(texts)) == 1 and len(texts) == len(it.rows) for texts, it in zip(said, items, strict=True))


def _code_fields(rows: Place, items: Sequence[DebtItem], debts: Place, places: Sequence[Place]) -> list[Place]:
    """Those code fields that every row has; none for a list whose name says what it holds, or with several amounts."""
    inside = [place for place in places if _list_around(place, debts, items) is rows]
    around = [it.name for it in rows.between(debts)]
    if names.list_of(rows.name) is not None or any(names.component_kind(name) for name in around):
        return []
    if len(inside) > 1 and not _never_together(rows, inside, debts, items):
        return []
    all_rows = [row for item in items for row in rows_of(item, rows, debts)]
    once = [it for it in rows.walk() if it.values and not any(step.repeated for step in it.between(rows))]
    signs = [it for it in once if it is not rows and is_sign(it)]
    fields = [*signs, *(it for it in code_fields(rows) if it not in signs)]
    return [place for place in fields if all(said_in(row, place, rows) is not None for row in all_rows)]


def _never_together(rows: Place, places: Sequence[Place], debts: Place, items: Sequence[DebtItem]) -> bool:
    """Whether each row has only one of these amounts, such as debit or credit."""
    all_rows = [row for item in items for row in rows_of(item, rows, debts)]
    return all(sum(said_in(row, place, rows) is not None for place in places) <= 1 for row in all_rows)


def _amounts(
    places: Sequence[Place],
    debts: Place,
    items: Sequence[DebtItem],
    codes: dict[Place, Place],
    notation: dict[Place, Verdict],
) -> Iterator[Amount]:
    for place in places:
        rows = _list_around(place, debts, items)
        told = place.between(debts) or [place]
        # In a list of rows with codes the code says what a row is, not the name of the list.
        own = [it for it in told if rows is None or it is not rows or rows is debts][::-1]
        kind = _kind(told)
        state = next((state for it in own if (state := names.state(it.name)) is not None), None)
        spelt = notation[place].value
        if rows is None:
            each = tuple(_added(item.rows[:1], place.names_from(debts), spelt) for item in items)
            yield Amount(place, None, None, kind, state, each)
            continue
        code = codes.get(rows)
        if code is None:
            each = tuple(_added(rows_of(item, rows, debts), place.names_from(rows), spelt) for item in items)
            yield Amount(place, rows, None, kind, state or names.state(rows.name), each)
            continue
        for text in dict.fromkeys(said_in(row, code, rows) for item in items for row in rows_of(item, rows, debts)):
            chosen = [[row for row in rows_of(item, rows, debts) if said_in(row, code, rows) == text] for item in items]
            each = tuple(_added(part, place.names_from(rows), spelt) for part in chosen)
            if text is not None and any(amount is not None for amount in each):
                yield Amount(place, rows, (code, text), None, state, each)


def _kind(told: Sequence[Place]) -> ComponentKind | None:
    """What the names say, the innermost first; a reminder among costs is one of those costs, and no fine."""
    kinds = [kind for it in told[::-1] if (kind := names.component_kind(it.name)) is not None]
    if kinds[:1] == [ComponentKind.INCREASE] and any(names.speaks_of_costs(it.name) for it in told[:-1]):
        return kinds[1] if len(kinds) > 1 else ComponentKind.COLLECTION_COSTS
    return kinds[0] if kinds else None


def _added(rows: Sequence[Any], path: tuple[str, ...], notation: str | None) -> int | None:
    found = [plain(value) for row in rows for value in values_at(row, path)]
    read = [amount for value in found if value is not None and (amount := cents(value, notation)) is not None]
    return sum(read) if read else None
