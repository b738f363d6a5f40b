"""Which amounts add up to which: the strongest evidence for what an amount is, because no name can lie about it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_TERMS: Final = 12

Amounts = tuple[int, ...]  # one per debt of all samples


@dataclass(frozen=True)
class Term:
    """One amount of every debt: in cents, with the signs it may count with and how much its name speaks for each."""

    amounts: Amounts
    signs: dict[int, int]


@dataclass(frozen=True)
class Sum:
    """A total and the sign with which each term counts in it, 0 for those that do not."""

    signs: tuple[int, ...]
    debts: int
    terms: int

    @property
    def proves(self) -> bool:
        """Whether it says something: two amounts that make up a third, or the same amount in several debts."""
        return self.terms > 1 or self.debts > 1


def explained(total: Amounts, terms: Sequence[Term]) -> Sum | None:
    """
    The signs with which *terms* add up to *total* in every debt, to the cent; of several ways the one whose names fit
    best. None when there is no way. Terms beyond MOST_TERMS are not looked at.
    """
    looked_at = [index for index, term in enumerate(terms) if any(term.amounts)]
    looked_at.sort(key=lambda index: -max(terms[index].signs.values(), default=0))
    looked_at = looked_at[:MOST_TERMS]
    half = len(looked_at) // 2
    left, right = looked_at[:half], looked_at[half:]
    ways = _ways([terms[index] for index in right], len(total))
    best: tuple[int, dict[int, int]] | None = None
    for amounts, (weight, signs) in _ways([terms[index] for index in left], len(total)).items():
        rest = tuple(whole - part for whole, part in zip(total, amounts, strict=True))
        if rest not in ways:
            continue
        other_weight, other_signs = ways[rest]
        if best is None or weight + other_weight > best[0]:
            chosen = dict(zip(left, signs, strict=True)) | dict(zip(right, other_signs, strict=True))
            best = (weight + other_weight, chosen)
    if best is None or not any(best[1].values()):
        return None
    signs_of = tuple(best[1].get(index, 0) for index in range(len(terms)))
    used = [terms[index] for index, sign in enumerate(signs_of) if sign]
    speaking = sum(1 for amount in total if amount)
    return Sum(signs=signs_of, debts=speaking, terms=len(used)) if speaking else None


def without_idle(found: Sum, terms: Sequence[Term]) -> Sum:
    """
    The sum without terms that cancel each other out in every debt: those prove nothing about the total, as when "of
    which overdue" of every part is added and their total taken off. Only looked for where several debts agree.
    """
    used = [index for index, sign in enumerate(found.signs) if sign]
    if found.debts < 2 or len(used) < 5:
        return found
    for many in range(3, len(used) - 1):
        for chosen in itertools.combinations(used, many):
            columns = zip(*([found.signs[at] * it for it in terms[at].amounts] for at in chosen), strict=True)
            if not any(sum(column) for column in columns):
                signs = tuple(0 if at in chosen else sign for at, sign in enumerate(found.signs))
                return Sum(signs=signs, debts=found.debts, terms=len(used) - many)
    return found


def _ways(terms: Sequence[Term], width: int) -> dict[Amounts, tuple[int, tuple[int, ...]]]:
    """Every sum that these terms can make, with the best-fitting signs that make it."""
    found: dict[Amounts, tuple[int, tuple[int, ...]]] = {}
    for signs in itertools.product(*((0, *term.signs) for term in terms)):
        made = [0] * width
        weight = 0
        for term, sign in zip(terms, signs, strict=True):
            if sign:
                weight += term.signs[sign]
                for at, amount in enumerate(term.amounts):
                    made[at] += sign * amount
        key = tuple(made)
        if key not in found or weight > found[key][0]:
            found[key] = (weight, signs)
    return found
