"""What a rule is: a number, a weight, a source, and a check on a statement and what is known beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gateway.domain.integrity.legal_rates import LegalRates
from gateway.domain.integrity.problems import Severity
from gateway.domain.statement import Statement


@dataclass(frozen=True, kw_only=True)
class IntegrityContext:
    """
    What is known beside the statement itself; a None or an empty set means: not known, not checked.

    Args:
        creditor_ids: "oin:..." and "kvk:..." of the creditor that was asked and of who may answer for it.
        previous: The last statement of this creditor in this case that was accepted.
        transfer_chain: Who was asked for this claim before, as ids or names, oldest first.
        legal_rates: The dated tables of config/legal-rates.toml.
    """

    request_id: str | None = None
    accepted_ids: tuple[str, ...] = ()
    requested_on: date | None = None
    creditor_ids: frozenset[str] = frozenset()
    previous: Statement | None = None
    paused_since: date | None = None
    transfer_chain: tuple[str, ...] = ()
    legal_rates: LegalRates | None = None


Finding = tuple[str, str]  # (JSON Pointer, detail)
# Most statements keep every rule, and each is read while its creditor waits: a check is one plain loop that builds
# a pointer only for what it finds.
Check = Callable[[Statement, IntegrityContext], list[Finding]]


@dataclass(frozen=True)
class Rule:
    """One rule: its number, how heavy it weighs, where it comes from, and the check that gives its findings."""

    number: str
    severity: Severity
    source: str
    check: Check
