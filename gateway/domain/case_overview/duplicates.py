"""Rule R13: one debt that two creditors of a case may both claim, such as the original creditor and its bailiff."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from gateway.domain.case_overview.parties import Asked, Register
from gateway.domain.statement import Component, ComponentKind, Debt, debt_total

# Anybody's first invoice may be "2024-1": a short reference says something only together with the same amount.
_SAYS_SOMETHING: Final = 5
_SIGNS: Final = re.compile(r"[\W_]+")
_AMOUNTS: Final = (ComponentKind.PRINCIPAL, ComponentKind.UNSPLIT)


class Evidence(StrEnum):
    """Why two debts may be one."""

    SAME_REFERENCE = "same_reference"
    SAME_AMOUNT_AND_DATE = "same_amount_and_date"  # principal, and the day on which it arose
    ORIGINAL_CREDITOR = "original_creditor"  # the one names the other as with whom it arose


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One debt as one creditor claims it; its place in that creditor's statement."""

    creditor_id: str
    index: int
    reference: str
    total_cents: int


@dataclass(frozen=True, kw_only=True)
class PossibleDuplicate:
    """
    Debts of different creditors that may be one and the same. A person decides; nothing is taken off by itself.

    Args:
        at_stake_cents: What is counted too much if they are: the claims of all creditors but the largest.
    """

    debts: tuple[Claimed, ...]
    evidence: tuple[Evidence, ...]
    at_stake_cents: int


@dataclass(frozen=True)
class _Claim:
    number: int
    creditor_id: str
    index: int
    debt: Debt


def possible_duplicates(counted: Sequence[Asked]) -> tuple[PossibleDuplicate, ...]:
    """
    Rule R13 over the statements of a case. A debt that was transferred counts for nothing, so it is never one of two.

    Evidence: the same reference (or the one that we asked about), the same principal and the same day on which it
    arose, or an original creditor who is another creditor of this case. Source: schemas part 10, R13.
    """
    claims = list(_claims(counted))
    groups = _Groups(len(claims))
    for evidence, keys in ((Evidence.SAME_REFERENCE, _references), (Evidence.SAME_AMOUNT_AND_DATE, _amount_and_date)):
        first_with: dict[object, list[_Claim]] = {}
        for claim in claims:
            for key in keys(claim.debt):
                first_with.setdefault(key, []).append(claim)
        for alike in first_with.values():
            if any(claim.creditor_id != alike[0].creditor_id for claim in alike):
                groups.join(alike, evidence)
    alike_at = {(groups.of(claim), claim.creditor_id): claim for claim in reversed(claims)}
    named = [(claim, others, groups.of(claim)) for claim, others in _named_originals(counted, claims)]
    for claim, others, group in named:
        known = alike_at.get((group, others[0].creditor_id))
        groups.join([claim, known or _closest(claim, others)], Evidence.ORIGINAL_CREDITOR)
    found = [_duplicate([claims[number] for number in numbers], evidence) for numbers, evidence in groups.joined()]
    return tuple(sorted(found, key=lambda one: (-one.at_stake_cents, one.debts[0].creditor_id, one.debts[0].index)))


def _claims(counted: Sequence[Asked]) -> Iterator[_Claim]:
    number = 0
    for one in counted:
        if one.statement is None or one.handed_over:
            continue
        for index, debt in enumerate(one.statement.debts):
            if debt.transferred_to is None:
                yield _Claim(number, one.creditor_id, index, debt)
                number += 1


def _references(debt: Debt) -> Iterator[object]:
    """What the debt is called, as references are compared: without signs, blanks and capitals."""
    for reference in {debt.reference, debt.requested_reference or debt.reference}:
        bare = _SIGNS.sub("", reference).casefold()
        if len(bare) >= _SAYS_SOMETHING:
            yield bare
        elif bare and (principal := _principal(debt)) > 0:
            yield bare, principal


def _amount_and_date(debt: Debt) -> Iterator[tuple[int, date]]:
    principal = _principal(debt)
    if principal > 0 and debt.arisen_on is not None:
        yield principal, debt.arisen_on


def _principal(debt: Debt) -> int:
    """The principal that was charged, in cents; of a debt that was not split the one amount that there is."""
    return sum(_charged(component) for component in debt.components if component.kind in _AMOUNTS)


def _charged(component: Component) -> int:
    if component.charged_cents is not None:
        return component.charged_cents
    return (component.outstanding_cents or 0) + (component.paid_cents or 0)


def _named_originals(counted: Sequence[Asked], claims: Sequence[_Claim]) -> Iterator[tuple[_Claim, list[_Claim]]]:
    """Each claim that names another creditor of the case as its origin, with what that one claims, by amount."""
    register = Register(counted)
    owed_to = {one.creditor_id: one.statement.creditor for one in counted if one.statement is not None}
    of_creditor: dict[str, list[_Claim]] = {}
    for claim in sorted(claims, key=lambda one: debt_total(one.debt)):
        of_creditor.setdefault(claim.creditor_id, []).append(claim)
    for claim in claims:
        for named in (claim.debt.original_creditor, owed_to[claim.creditor_id]):
            other = register.find(named) if named is not None else None
            if other is not None and other != claim.creditor_id and other in of_creditor:
                yield claim, of_creditor[other]
                break


def _closest(claim: _Claim, others: Sequence[_Claim]) -> _Claim:
    """Of what the other creditor claims, ordered by amount, the debt nearest in amount."""
    total = debt_total(claim.debt)
    at = bisect_left(others, total, key=lambda other: debt_total(other.debt))
    return min(others[max(0, at - 1) : at + 1], key=lambda other: abs(debt_total(other.debt) - total))


def _duplicate(claims: Sequence[_Claim], evidence: set[Evidence]) -> PossibleDuplicate:
    totals = [max(0, debt_total(claim.debt)) for claim in claims]
    per_creditor: Counter[str] = Counter()
    for claim, total in zip(claims, totals, strict=True):
        per_creditor[claim.creditor_id] += total
    return PossibleDuplicate(
        debts=tuple(
            Claimed(creditor_id=claim.creditor_id, index=claim.index, reference=claim.debt.reference, total_cents=total)
            for claim, total in zip(claims, totals, strict=True)
        ),
        evidence=tuple(one for one in Evidence if one in evidence),
        at_stake_cents=sum(per_creditor.values()) - max(per_creditor.values()),
    )


class _Groups:
    """Claims that hang together, and why (a union of disjoint sets)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))
        self._why: dict[int, set[Evidence]] = {}

    def join(self, claims: Sequence[_Claim], evidence: Evidence) -> None:
        roots = {self._root(claim.number) for claim in claims}
        head = min(roots)
        why = self._why.setdefault(head, set())
        why.add(evidence)
        for root in roots - {head}:
            self._parent[root] = head
            why |= self._why.pop(root, set())

    def of(self, claim: _Claim) -> int:
        """The group that a claim is in; nobody else's number until groups are joined again."""
        return self._root(claim.number)

    def joined(self) -> Iterator[tuple[list[int], set[Evidence]]]:
        members: dict[int, list[int]] = {root: [] for root in self._why}
        for number in range(len(self._parent)):
            root = self._root(number)
            if root in members:
                members[root].append(number)
        for root, numbers in members.items():
            yield numbers, self._why[root]

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number
