"""
The rules a statement must keep before anybody relies on it; each has its number, source and weight.

The numbers are those of the published list (docs/mapping.md, "What is checked"). Not here: R2 and R3 (decided while
reading, where "explicitly nothing" and "no answer at all" can be seen), R10 (needs the dated table of legal interest
and a stated rate, which this version of the statement does not carry), R13 (needs the statements of several
respondents), R16 (needs the text as it came in).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.domain.money import MAX_CENTS
from gateway.domain.statement import (
    Component,
    ComponentKind,
    Debt,
    Outcome,
    Statement,
    debt_total,
    known_paid,
    net_payments,
    statement_total,
    waived_on_component,
)

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_STALE_AFTER: Final = timedelta(days=31)
_LONGEST_CHAIN: Final = 3


class Severity(StrEnum):
    """`hold`: a person must look before it counts. `warn`: usable, shown."""

    HOLD = "hold"
    WARN = "warn"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """
    One thing that is wrong or doubtful about a reply.

    Args:
        code: "R7" for a rule, or a word such as "unlisted_value" for what the mapping could not place.
        path: Where in the reply (JSONPath or XPath) or, for a rule, where in the statement (JSON Pointer).
        detail: What is wrong and what to do, safe for anybody: no name, number or amount of the resident.
        raw: The value itself, for who may see it; the caller seals it.
    """

    code: str
    severity: Severity
    path: str
    detail: str
    raw: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class CollectionScale:
    """
    The legal maximum of collection costs for consumers (art. 6:96 BW, Besluit BIK), as a dated table.

    Args:
        steps: (up to this many cents of principal, basis points over that slice), in order.
        minimum_cents: The least that may be charged, whatever the principal.
        maximum_cents: The most, or None.
    """

    steps: tuple[tuple[int, int], ...]
    minimum_cents: int
    maximum_cents: int | None = None
    source: str = ""

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> CollectionScale:
        """From a parsed table: steps = [[250000, 1500], ...], minimum_cents, maximum_cents, source."""
        return cls(
            steps=tuple((int(limit), int(points)) for limit, points in table["steps"]),
            minimum_cents=int(table["minimum_cents"]),
            maximum_cents=table.get("maximum_cents"),
            source=str(table.get("source", "")),
        )

    def most(self, principal_cents: int) -> int:
        """The highest costs allowed over this principal, in cents, rounded up in favour of the creditor."""
        total, below = 0, 0
        for limit, points in self.steps:
            total += max(0, min(principal_cents, limit) - below) * points
            below = limit
        costs = max(self.minimum_cents, -(-total // 10_000))
        return costs if self.maximum_cents is None else min(costs, self.maximum_cents)


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


def check(statement: Statement, context: IntegrityContext) -> tuple[Problem, ...]:
    """Everything that the rules find, holds first, in the order of the rules."""
    problems = [
        Problem(code=rule.number, severity=rule.severity, path=path, detail=detail)
        for rule in RULES
        for path, detail in rule.check(statement, context)
    ]
    return tuple(sorted(problems, key=lambda problem: problem.severity is Severity.WARN))


def _outcome_fits_debts(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    if statement.outcome is Outcome.STATEMENT and not statement.debts:
        yield "/debts", "The outcome is a statement, but there is no debt in it."
    if statement.outcome in (Outcome.NIL, Outcome.CLIENT_UNKNOWN, Outcome.REFUSED) and statement.debts:
        yield "/debts", f"The outcome is {statement.outcome}, but there are debts as well."
    if statement.outcome is Outcome.REFUSED and statement.refusal is None:
        yield "/refusal", "A refusal must say why."
    if statement.outcome is Outcome.TRANSFERRED:
        if statement.transferred_to is None and not statement.debts:
            yield "/transferred_to", "It was transferred, but the reply does not say to whom."
        for place, debt in _debts(statement):
            if debt.transferred_to is None and statement.transferred_to is None:
                yield (
                    f"{place}/transferred_to",
                    "The outcome is transferred, but this debt names no new holder.",
                )


def _meant_for_this_request(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    if context.request_id is not None and statement.request_id is not None:
        ours = {_bare(known) for known in (context.request_id, *context.accepted_ids)}
        if _bare(statement.request_id) not in ours:
            yield "/request_id", "The reply names another request than the one it was sent to."
    if context.creditor_ids:
        for name, party in (("creditor", statement.creditor), ("respondent", statement.respondent)):
            if party is None or party.id_kind is None or party.id_value is None:
                continue
            if f"{party.id_kind}:{party.id_value}" not in context.creditor_ids:
                yield f"/{name}/id_value", f"The {name} in the reply is not one that was asked."


def _new_holder_is_named(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    holders = [("/transferred_to", statement.transferred_to)]
    holders += [(f"{place}/transferred_to", debt.transferred_to) for place, debt in _debts(statement)]
    for place, holder in holders:
        if holder is not None and not holder.name and not holder.id_value:
            yield place, "It was transferred, but the reply does not say to whom."


def _bare(identifier: str) -> str:
    return identifier.strip().strip("{}").lower().removeprefix("urn:uuid:")


def _received_on(statement: Statement) -> date:
    return statement.received_at.astimezone(_AMSTERDAM).date()


def _no_day_in_the_future(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    today = _received_on(statement)
    days: list[tuple[str, date | None]] = [("/as_of", statement.as_of)]
    for place, debt in _debts(statement):
        days.append((f"{place}/arisen_on", debt.arisen_on))
        days += [(f"{place}/payments/{at}/paid_on", payment.paid_on) for at, payment in enumerate(debt.payments)]
        days += [(f"{place}/waivers/{at}/waived_on", waiver.waived_on) for at, waiver in enumerate(debt.waivers)]
        days += [(f"{place}/seizures/{at}/seized_on", it.seized_on) for at, it in enumerate(debt.seizures)]
        if debt.title is not None:
            days.append((f"{place}/title/issued_on", debt.title.issued_on))
    for place, day in days:
        if day is not None and day > today:
            yield place, "This day lies after the day of receipt."
    if statement.as_of is None and statement.outcome is Outcome.STATEMENT:
        yield "/as_of", "The reply does not say on which day its amounts held."


def _not_stale(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    if statement.as_of is None or context.requested_on is None:
        return
    if statement.as_of < context.requested_on - _STALE_AFTER:
        yield "/as_of", "The amounts are more than 31 days older than the request."


def _dates_in_order(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    for place, debt in _debts(statement):
        if debt.arisen_on is not None and debt.due_on is not None and debt.due_on < debt.arisen_on:
            yield f"{place}/due_on", "The debt fell due before it arose."
        plan = debt.arrangement
        if plan is None or plan.starts_on is None or plan.ends_on is None:
            continue
        if plan.ends_on < plan.starts_on:
            yield f"{place}/arrangement/ends_on", "The arrangement ends before it starts."


def _amounts_make_sense(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    for place, debt in _debts(statement):
        for at, component in enumerate(debt.components):
            spot = f"{place}/components/{at}"
            for name in ("charged_cents", "paid_cents"):
                amount = getattr(component, name)
                if amount is not None and amount < 0:
                    yield f"{spot}/{name}", "This amount cannot be negative."
            if component.charged_cents is None and component.outstanding_cents is None:
                yield spot, "A component needs what was charged or what is open."
        for at, payment in enumerate(debt.payments):
            if payment.cents < 0:
                yield (
                    f"{place}/payments/{at}/cents",
                    "A payment cannot be negative; a refund says so by its source.",
                )
        for at, waiver in enumerate(debt.waivers):
            if waiver.cents < 0:
                yield f"{place}/waivers/{at}/cents", "A waiver cannot be negative."
        if abs(debt_total(debt)) > MAX_CENTS:
            yield place, "The debt is larger than any amount that is taken."


def _kinds_are_unique(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    for place, debt in _debts(statement):
        kinds = Counter(component.kind for component in debt.components)
        for kind, times in kinds.items():
            if times > 1 and kind is not ComponentKind.INCREASE:
                yield f"{place}/components", f"The component {kind} occurs more than once in one debt."
        if ComponentKind.UNSPLIT in kinds and len(kinds) > 1:
            yield f"{place}/components", "An amount that was not split cannot stand beside components."
        if not debt.components and debt.transferred_to is None and statement.transferred_to is None:
            yield f"{place}/components", "The debt has no amount."


def _references_are_unique(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, debt in _debts(statement):
        if debt.reference in seen:
            yield (
                f"{place}/reference",
                "Two debts carry the same reference; one of them would be counted twice.",
            )
        seen.add(debt.reference)


def _secured_says_by_what(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    for place, debt in _debts(statement):
        if debt.rank == "secured" and debt.security is None:
            yield f"{place}/security", "The claim is said to be secured, but not by what."


def _adds_up(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    for place, debt in _debts(statement):
        for at, component in enumerate(debt.components):
            if not _component_balances(debt, component):
                yield (
                    f"{place}/components/{at}",
                    "Charged minus paid minus waived is not what is said to be open.",
                )
        if debt.components and debt.total_stated_cents is not None and debt_total(debt) != debt.total_stated_cents:
            yield (
                f"{place}/total_stated_cents",
                "The parts of the debt do not add up to the total that was stated.",
            )


def _component_balances(debt: Debt, component: Component) -> bool:
    charged, paid, still_open = component.charged_cents, component.paid_cents, component.outstanding_cents
    if charged is None or paid is None or still_open is None:
        return True
    return still_open == charged - paid - waived_on_component(debt, component)


def _payments_match_what_was_booked(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    for place, debt in _debts(statement):
        if not debt.payments:
            continue
        stated = [component.paid_cents for component in debt.components if component.paid_cents is not None]
        if stated and sum(stated) != net_payments(debt):
            yield f"{place}/payments", "The payments do not add up to what the components say was paid."
        elif not stated and _allocation_is_unclear(debt):
            yield (
                f"{place}/payments",
                "It is not clear from which components the payments were already taken off.",
            )


def _allocation_is_unclear(debt: Debt) -> bool:
    """Some parts say only what is open, others only what was charged: the payments may or may not be in there."""
    only_open = any(
        component.outstanding_cents is not None and known_paid(debt, component) is None for component in debt.components
    )
    only_charged = any(component.outstanding_cents is None for component in debt.components)
    return only_open and only_charged


def _grand_total_adds_up(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    if statement.total_stated_cents is not None and statement_total(statement) != statement.total_stated_cents:
        yield "/total_stated_cents", "The debts do not add up to the grand total that was stated."


def _overpaid(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    for place, debt in _debts(statement):
        for at, component in enumerate(debt.components):
            if component.outstanding_cents is not None and component.outstanding_cents < 0:
                yield f"{place}/components/{at}/outstanding_cents", "This component was overpaid."
        if debt_total(debt) < 0:
            yield place, "The resident has a credit here; it counts as 0 and is not set off by itself."


def _collection_costs_within_the_scale(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    scale = context.collection_scale
    if scale is None:
        return
    for place, debt in _debts(statement):
        if debt.business:
            continue
        principal = sum(_gross(part) for part in debt.components if part.kind is ComponentKind.PRINCIPAL)
        for at, component in enumerate(debt.components):
            if component.kind is not ComponentKind.COLLECTION_COSTS or not principal:
                continue
            if _gross(component) > scale.most(principal):
                yield (
                    f"{place}/components/{at}",
                    "These collection costs may be higher than the legal scale allows.",
                )


def _gross(component: Component) -> int:
    if component.charged_cents is not None:
        return component.charged_cents
    return (component.outstanding_cents or 0) + (component.paid_cents or 0)


_GROWS: Final = frozenset(
    {
        ComponentKind.COLLECTION_COSTS,
        ComponentKind.COURT_COSTS,
        ComponentKind.ENFORCEMENT_COSTS,
        ComponentKind.ADMIN_COSTS,
        ComponentKind.INCREASE,
    }
)


def _nothing_added_while_paused(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    pause = context.paused_since or statement.paused_since
    if pause is None:
        return
    before = _by_reference(context.previous)
    for place, debt in _debts(statement):
        if debt.arisen_on is not None and debt.arisen_on > pause:
            yield f"{place}/arisen_on", "This debt arose after collection was paused."
        older = before.get(debt.reference)
        if older is not None and _costs(debt) > _costs(older):
            yield f"{place}/components", "Costs or increases grew although collection is paused."


def _costs(debt: Debt) -> int:
    return sum(_gross(component) for component in debt.components if component.kind in _GROWS)


def _payments_do_not_vanish(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    before = _by_reference(context.previous)
    for place, debt in _debts(statement):
        older = before.get(debt.reference)
        if older is None or any(payment.source == "refund" for payment in debt.payments):
            continue
        if net_payments(debt) < net_payments(older):
            yield (
                f"{place}/payments",
                "Less was paid according to this statement than according to the previous one.",
            )


def _provenance_is_there(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    if statement.provenance is not None and len(statement.provenance.raw_sha256) != 64:
        yield "/provenance/raw_sha256", "The digest of the raw reply is missing."


def _transfer_chain_ends(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    holders = [("/transferred_to", statement.transferred_to)]
    holders += [(f"{place}/transferred_to", debt.transferred_to) for place, debt in _debts(statement)]
    for place, holder in holders:
        if holder is None:
            continue
        names = {holder.name, f"{holder.id_kind}:{holder.id_value}"}
        if names & set(context.transfer_chain):
            yield place, "The new holder was asked before: the claim goes round in a circle."
        elif len(context.transfer_chain) >= _LONGEST_CHAIN:
            yield place, "The claim was handed on more than three times."


def _debts(statement: Statement) -> Iterator[tuple[str, Debt]]:
    for at, debt in enumerate(statement.debts):
        yield f"/debts/{at}", debt


def _by_reference(statement: Statement | None) -> dict[str, Debt]:
    return {} if statement is None else {debt.reference: debt for debt in statement.debts}


_HOLD, _WARN = Severity.HOLD, Severity.WARN

RULES: Final = (
    Rule("R1", _HOLD, "statement: debts and outcome agree; Schuldenknooppunt answer kinds", _outcome_fits_debts),
    Rule("R1", _HOLD, "a transfer names the new holder", _new_holder_is_named),
    Rule("R4", _HOLD, "reply belongs to this request; SKP ConversatieReferentienummer", _meant_for_this_request),
    Rule("R5", _HOLD, "no day after the day of receipt", _no_day_in_the_future),
    Rule("R5", _WARN, "amounts at most 31 days older than the request", _not_stale),
    Rule("R5", _HOLD, "days of one debt in order", _dates_in_order),
    Rule("R6", _HOLD, "charged and paid are not negative", _amounts_make_sense),
    Rule("R6", _HOLD, "one component per kind, unsplit alone", _kinds_are_unique),
    Rule("R6", _HOLD, "one debt per reference", _references_are_unique),
    Rule("R6", _HOLD, "secured names its security; EU form, Regulation 2015/848 art. 55", _secured_says_by_what),
    Rule("R7", _HOLD, "components add up to the stated total, tolerance 0", _adds_up),
    Rule("R7", _HOLD, "stated and listed payments agree; ruling 27, art. 6:44 BW", _payments_match_what_was_booked),
    Rule("R7", _WARN, "overpaid; ruling 24", _overpaid),
    Rule("R8", _HOLD, "debts add up to the stated grand total; ruling 17", _grand_total_adds_up),
    Rule("R9", _WARN, "collection costs within the legal scale; art. 6:96 BW", _collection_costs_within_the_scale),
    Rule("R11", _WARN, "nothing added while collection is paused; NVVK", _nothing_added_while_paused),
    Rule("R12", _WARN, "payments do not vanish between statements", _payments_do_not_vanish),
    Rule("R14", _HOLD, "every statement names the digest of its bytes", _provenance_is_there),
    Rule("R15", _HOLD, "a transfer chain ends within three hops, no circle", _transfer_chain_ends),
)  # fmt: skip
