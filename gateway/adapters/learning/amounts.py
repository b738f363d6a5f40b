"""The amounts of a debt: which there are, which add up to which, and which part of a debt each one is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.adapters.learning import names
from gateway.adapters.learning.notation import YES, Verdict, cents, is_amount
from gateway.adapters.learning.sums import Amounts, Sum, Term, explained
from gateway.adapters.learning.survey import Place, Survey, plain, spoken, values_at
from gateway.domain.statement import ComponentKind

MOST_DEBTS: Final = 40  # enough to prove a sum, few enough to be quick
_ARRANGEMENT: Final = r"regeling|arrangement|paymentplan|instalmentplan|ratenzahlung|zekerheid|security|pledge|hypothe"
_PAID_CODE: Final = r"bet|pay|zahl|ontv|afl|recei|stort|^pmt|credit|^cr"
_WAIVED_CODE: Final = r"kwijt|waiv|erlass|afboek|writeoff"


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

    @property
    def amounts(self) -> Amounts:
        return tuple(amount or 0 for amount in self.each)

    @property
    def is_paid(self) -> bool:
        """Whether its name says that this was paid or let go."""
        if self.code is not None and re.search(f"{_PAID_CODE}|{_WAIVED_CODE}", names.bare(self.code[1])):
            return True
        return self.state == "paid" or (
            self.rows is not None and names.list_of(self.rows.name) in ("payments", "waivers")
        )

    @property
    def is_waiver(self) -> bool:
        said = self.code[1] if self.code is not None else self.rows.name if self.rows is not None else self.place.name
        return re.search(_WAIVED_CODE, names.bare(said)) is not None

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


def ledger(survey: Survey, debts: Place, items: Sequence[DebtItem], notation: dict[Place, Verdict]) -> Ledger:
    """Every amount below *debts*, with the total that is explained best."""
    within = [place for place in notation if is_amount(place) and _is_in_debt(place, debts, items)]
    places = [place for place in within if not _stands_apart(place, debts)]
    lists = list(dict.fromkeys(rows for place in places if (rows := _list_around(place, debts, items)) is not None))
    choices = [[*_code_fields(rows, items, debts, places), None][:3] for rows in lists]
    best: tuple[tuple[int, ...], Ledger] | None = None
    for rank, chosen in enumerate(itertools.islice(itertools.product(*choices), 12)):
        codes = {rows: code for rows, code in zip(lists, chosen, strict=True) if code is not None}
        found = _with_total(Ledger(amounts=list(_amounts(places, debts, items, codes, notation)), codes=codes))
        worth = (found.proven, found.sum.terms if found.sum else 0, -rank) if found.proven else (0, 0, -rank)
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
    return debts if any(len(item.rows) > 1 for item in items) else None


def rows_of(item: DebtItem, rows: Place, debts: Place) -> list[Any]:
    """The rows of one list in one debt, or beside the debts with its reference."""
    if rows in item.linked:
        return list(item.linked[rows])
    return [row for top in item.rows for row in values_at(top, rows.names_from(debts))]


def said_in(row: Any, place: Place, rows: Place) -> str | None:
    """What a row says at *place*, as text."""
    found = [plain(value) for value in values_at(row, place.names_from(rows))]
    return spoken(found[0]) if found and found[0] is not None else None


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


def _code_fields(rows: Place, items: Sequence[DebtItem], debts: Place, places: Sequence[Place]) -> list[Place]:
    """Those code fields that every row has; none for a list whose name says what it holds, or with several amounts."""
    inside = [place for place in places if _list_around(place, debts, items) is rows]
    around = [it.name for it in rows.between(debts)]
    if names.list_of(rows.name) is not None or any(names.component_kind(name) for name in around):
        return []
    if len(inside) > 1 and not _never_together(rows, inside, debts, items):
        return []
    all_rows = [row for item in items for row in rows_of(item, rows, debts)]
    return [place for place in code_fields(rows) if all(said_in(row, place, rows) is not None for row in all_rows)]


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
        kind = next((kind for it in told[::-1] if (kind := names.component_kind(it.name)) is not None), None)
        state = next((state for it in own if (state := names.state(it.name)) is not None), None)
        spelt = notation[place].value
        if rows is None:
            each = tuple(_added(item.rows, place.names_from(debts), spelt) for item in items)
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


def _added(rows: Sequence[Any], path: tuple[str, ...], notation: str | None) -> int | None:
    found = [plain(value) for row in rows for value in values_at(row, path)]
    read = [amount for value in found if value is not None and (amount := cents(value, notation)) is not None]
    return sum(read) if read else None


def _with_total(found: Ledger) -> Ledger:
    """Look for the total that the other amounts add up to."""
    costs = {it.kind for it in found.amounts if it.kind is not None and names.speaks_of_costs(it.place.name)}
    for amount in found.amounts:  # "paid on costs", where only one kind of costs is charged
        if amount.kind is None and amount.is_paid and names.speaks_of_costs(amount.place.name) and len(costs) == 1:
            (amount.kind,) = costs
    choices = [it for it in found.amounts if it.rows is None and it.kind is None and it.counts and not it.is_paid]
    best: tuple[tuple[int, int], Amount, Sum, list[Amount]] | None = None
    for choice in choices:
        shown = [index for index, amount in enumerate(choice.each) if amount is not None]
        others = [it for it in found.amounts if it is not choice]
        some = shown[:MOST_DEBTS]
        terms = [Term(tuple(it.amounts[at] for at in some), _signs(it)) for it in others]
        explanation = explained(tuple(choice.amounts[at] for at in some), terms)
        if explanation is None or not explanation.proves or not _holds(explanation, choice, others, shown):
            continue
        worth = (names.totalness(choice.place.name), explanation.terms)
        tells = worth[0] > 0 or explanation.terms > 2  # three amounts that make up a fourth need no name
        if tells and (best is None or worth > best[0]):
            best = (worth, choice, explanation, others)
    if best is None:
        named = [it for it in choices if names.totalness(it.place.name)]
        found.total = max(named, key=lambda it: (names.totalness(it.place.name), -len(it.place.names)), default=None)
        return found
    _, found.total, found.sum, others = best
    for amount, sign in zip(others, found.sum.signs, strict=True):
        amount.sign = sign
    return found


def _holds(found: Sum, total: Amount, others: Sequence[Amount], shown: Sequence[int]) -> bool:
    """Whether what explains the first debts explains all of them."""
    counted = [(sign, other.amounts) for sign, other in zip(found.signs, others, strict=True) if sign]
    amounts = total.amounts
    return all(amounts[at] == sum(sign * other[at] for sign, other in counted) for at in shown)


def _signs(amount: Amount) -> dict[int, int]:
    """The signs an amount may count with, and how much its name speaks for each."""
    of_list = 1 if amount.rows is not None else 0
    if amount.is_paid:
        return {1: 3 + of_list} if amount.is_negative else {-1: 3 + of_list}
    if amount.kind is not None:
        return {1: 3}
    if amount.code is not None:
        return {1: 2} if amount.is_negative else {1: 2, -1: 1}
    if amount.rows is not None:
        return {1: 1, -1: 0}
    if names.speaks_of_costs(amount.place.name):
        return {1: 2}
    return {1: -3} if names.totalness(amount.place.name) else {1: -1, -1: -1}
