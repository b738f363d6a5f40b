"""Which amount is the total of a debt: the one that the others add up to, with the signs that make it so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.adapters.learning import names
from gateway.adapters.learning.ledger import Amount, Ledger
from gateway.adapters.learning.sums import Sum, Term, explained, without_idle

MOST_DEBTS: Final = 40  # enough to prove a sum, few enough to be quick


def with_total(found: Ledger) -> Ledger:
    """Look for the total that the other amounts add up to."""
    settled = _settled(found.amounts)
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
        terms = [Term(tuple(it.amounts[at] for at in some), {} if it in settled else _signs(it)) for it in others]
        explanation = explained(tuple(choice.amounts[at] for at in some), terms)
        if explanation is None or not explanation.proves or not _holds(explanation, choice, others, shown):
            continue
        worth = (names.totalness(choice.place.name), explanation.terms)
        explanation = without_idle(explanation, terms)
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


def _settled(amounts: Sequence[Amount]) -> list[Amount]:
    """What was charged and paid where what is left stands beside it: those two say nothing that the third does not."""
    settled: list[Amount] = []
    for left in amounts:
        if left.state != "outstanding" or left.rows is not None or left.code is not None:
            continue
        near = [
            it for it in amounts if it.rows is None and it.place.parent is left.place.parent and it.kind is left.kind
        ]
        trio = [[it for it in near if it.state == state] for state in ("charged", "paid", "outstanding")]
        if [len(it) for it in trio] != [1, 1, 1]:
            continue
        (charged,), (paid,), _ = trio
        if left.counts and all(c - p == o for c, p, o in zip(charged.amounts, paid.amounts, left.amounts, strict=True)):
            left.beside = (charged, paid)
            settled += [charged, paid]
    return settled


def _holds(found: Sum, total: Amount, others: Sequence[Amount], shown: Sequence[int]) -> bool:
    """Whether what explains the first debts explains all of them."""
    counted = [(sign, other.amounts) for sign, other in zip(found.signs, others, strict=True) if sign]
    amounts = total.amounts
    return all(amounts[at] == sum(sign * other[at] for sign, other in counted) for at in shown)


def _signs(amount: Amount) -> dict[int, int]:
    """The signs an amount may count with, and how much its name speaks for each."""
    of_list = 1 if amount.rows is not None else 0
    if amount.beside is not None:
        return {1: 3}
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
