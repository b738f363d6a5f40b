"""What a rule is: a number, a weight, a source, and a check on a statement and what is known beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from gateway.domain.integrity.collection_scale import CollectionScale
from gateway.domain.integrity.problems import Severity
from gateway.domain.statement import Debt, Statement


@dataclass(frozen=True, kw_only=True)
class IntegrityContext:
    """
    What is known beside the statement itself; a None or an empty set means: not known, not checked.

    Args:
        creditor_ids: "oin:..." and "kvk:..." of the creditor that was asked and of who may answer for it.
        previous: The last statement of this creditor in this case that was accepted.
        transfer_chain: Who was asked for this claim before, as ids or names, oldest first.
    """

    request_id: str | None = None
    accepted_ids: tuple[str, ...] = ()
    requested_on: date | None = None
    creditor_ids: frozenset[str] = frozenset()
    previous: Statement | None = None
    paused_since: date | None = None
    transfer_chain: tuple[str, ...] = ()
    collection_scale: CollectionScale | None = None


Finding = tuple[str, str]  # (JSON Pointer, detail)
Check = Callable[[Statement, IntegrityContext], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """One rule: its number, how heavy it weighs, where it comes from, and the check that yields its findings."""

    number: str
    severity: Severity
    source: str
    check: Check


def debts(statement: Statement) -> Iterator[tuple[str, Debt]]:
    """Each debt with its JSON Pointer."""
    for at, debt in enumerate(statement.debts):
        yield f"/debts/{at}", debt
