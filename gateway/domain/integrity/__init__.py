"""
The rules a statement must keep before anybody relies on it; each has its number, source and weight.

The numbers are those of the published list (docs/mapping.md, "What is checked"). RULES run on every statement;
ELSEWHERE says where the three rules live that cannot: before there is a statement (R3), over the statements of a
whole case (R13), and while the text is read, so that it never gets further (R16).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.domain.integrity import amounts, costs, days, parties, sums
from gateway.domain.integrity.collection_scale import CollectionScale
from gateway.domain.integrity.legal_rates import InterestTable, LegalRates, legal_rates_from
from gateway.domain.integrity.no_answer import no_answer
from gateway.domain.integrity.problems import Problem, Severity
from gateway.domain.integrity.rule import Check, Finding, IntegrityContext, Rule
from gateway.domain.statement import Statement

__all__ = [
    "ELSEWHERE",
    "RULES",
    "Check",
    "CollectionScale",
    "Finding",
    "IntegrityContext",
    "InterestTable",
    "LegalRates",
    "Problem",
    "Rule",
    "Severity",
    "check",
    "legal_rates_from",
    "no_answer",
]


def check(statement: Statement, context: IntegrityContext) -> tuple[Problem, ...]:
    """Everything that the rules find, holds first, in the order of the rules."""
    holds: list[Problem] = []
    warnings: list[Problem] = []
    for rule in RULES:
        found = rule.check(statement, context)
        if found:
            to = holds if rule.severity is _HOLD else warnings
            to += [Problem(code=rule.number, severity=rule.severity, path=path, detail=text) for path, text in found]
    return (*holds, *warnings)


_HOLD, _WARN = Severity.HOLD, Severity.WARN

RULES: Final = (
    Rule("R1", _HOLD, "statement: debts and outcome agree; Schuldenknooppunt answer kinds", parties.outcome_fits_debts),
    Rule("R1", _HOLD, "a transfer names the new holder", parties.new_holder_is_named),
    Rule("R2", _HOLD, "nil is said, and not contradicted", parties.nil_is_said),
    Rule("R4", _HOLD, "reply belongs to this request; SKP ConversatieReferentienummer", parties.meant_for_this_request),
    Rule("R4", _HOLD, "one message number, one content; SKP Referentienummer", parties.message_number_is_not_reused),
    Rule("R5", _HOLD, "no day after the day of receipt", days.no_day_in_the_future),
    Rule("R5", _WARN, "amounts at most 31 days older than the request", days.not_stale),
    Rule("R5", _HOLD, "days of one debt in order", days.dates_in_order),
    Rule("R6", _HOLD, "charged and paid are not negative", amounts.amounts_make_sense),
    Rule("R6", _HOLD, "one component per kind, unsplit alone", amounts.kinds_are_unique),
    Rule("R6", _HOLD, "one debt per reference", amounts.references_are_unique),
    Rule("R6", _HOLD, "secured names its security; EU form, Regulation 2015/848 art. 55", amounts.secured_says_by_what),
    Rule("R7", _HOLD, "components add up to the stated total, tolerance 0", sums.adds_up),
    Rule("R7", _HOLD, "stated and listed payments agree; ruling 27, art. 6:44 BW", sums.payments_match_what_was_booked),
    Rule("R7", _WARN, "overpaid; ruling 24", sums.overpaid),
    Rule("R8", _HOLD, "debts add up to the stated grand total; ruling 17", sums.grand_total_adds_up),
    Rule("R9", _WARN, "collection costs within the legal scale; art. 6:96 BW", costs.collection_costs_within_the_scale),
    Rule("R10", _WARN, "statutory interest at the legal rate; 6:119 BW", costs.statutory_interest_is_the_legal_one),
    Rule("R11", _WARN, "nothing added while collection is paused; NVVK", costs.nothing_added_while_paused),
    Rule("R12", _WARN, "payments do not vanish between statements", costs.payments_do_not_vanish),
    Rule("R14", _HOLD, "every statement names its bytes and who read them", parties.provenance_is_there),
    Rule("R15", _HOLD, "a transfer chain ends within three hops, no circle", parties.transfer_chain_ends),
)  # fmt: skip

ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "R3": "gateway.domain.integrity.no_answer",
        "R13": "gateway.domain.case_overview.duplicates",
        "R16": "gateway.adapters.identities",
    }
)
