"""Rules R9 to R12: costs and interest within the law, nothing added during a pause, no payment that vanishes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.integrity.legal_rates import LegalRates
from gateway.domain.integrity.rule import Finding, IntegrityContext
from gateway.domain.statement import (
    Component,
    ComponentKind,
    Debt,
    InterestKind,
    PaymentSource,
    Statement,
    net_payments,
)

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_COLLECTION: Final = ComponentKind.COLLECTION_COSTS
_PRINCIPAL: Final = ComponentKind.PRINCIPAL
_REFUND: Final = PaymentSource.REFUND
_STATUTORY: Final = (InterestKind.STATUTORY_CONSUMER, InterestKind.STATUTORY_COMMERCIAL)
_GROWS: Final = frozenset(
    {
        ComponentKind.COLLECTION_COSTS,
        ComponentKind.COURT_COSTS,
        ComponentKind.ENFORCEMENT_COSTS,
        ComponentKind.ADMIN_COSTS,
        ComponentKind.INCREASE,
    }
)


def collection_costs_within_the_scale(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """R9: a consumer is charged no more than the legal scale. Source: art. 6:96 BW, Besluit BIK."""
    found: list[Finding] = []
    legal = context.legal_rates
    if legal is None:
        return found
    allowed = legal.always_allowed_cents
    for at, debt in enumerate(statement.debts):
        if debt.business:
            continue
        for number, component in enumerate(debt.components):
            if component.kind is not _COLLECTION:
                continue
            costs = _gross(component)
            if costs > allowed and _above_the_scale(legal, statement, debt, costs):
                detail = (
                    "These collection costs are above the legal scale for consumers; ask the creditor on what they "
                    "rest (VAT may come on top where it cannot be deducted)."
                )
                found.append((f"/debts/{at}/components/{number}", detail))
    return found


def _above_the_scale(legal: LegalRates, statement: Statement, debt: Debt, costs: int) -> bool:
    # The scale is for claims that fell due since; of a debt without a day the day of the amounts counts.
    scale = legal.scale_on(debt.due_on or debt.arisen_on or _last_day(statement))
    if scale is None:
        return False
    principal = 0
    for component in debt.components:
        if component.kind is _PRINCIPAL:
            principal += _gross(component)
    return principal > 0 and costs > scale.most(principal)


def statutory_interest_is_the_legal_one(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """
    R10: interest that is called statutory has a rate that was legal at some time in its period.

    A period that the dated table does not know from its first to its last day is not checked.
    Source: art. 6:119, 6:119a and 6:120 BW.
    """
    found: list[Finding] = []
    legal = context.legal_rates
    if legal is None:
        return found
    for at, debt in enumerate(statement.debts):
        interest = debt.interest
        if interest is None or interest.rate is None or interest.kind not in _STATUTORY:
            continue
        first = interest.from_on or debt.due_on or debt.arisen_on
        last = interest.stopped_on or interest.to_on or _last_day(statement)
        allowed = legal.interest_during(interest.kind, first, last) if first is not None else None
        if allowed is not None and Decimal(interest.rate) not in allowed:
            detail = "The interest is said to be statutory, but this was not the legal rate at any time in its period."
            found.append((f"/debts/{at}/interest/rate", detail))
    return found


def nothing_added_while_paused(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """R11: no new debt and no more costs since collection was paused. Source: NVVK."""
    found: list[Finding] = []
    pause = context.paused_since or statement.paused_since
    if pause is None:
        return found
    before = _by_reference(context.previous)
    for at, debt in enumerate(statement.debts):
        if debt.arisen_on is not None and debt.arisen_on > pause:
            found.append((f"/debts/{at}/arisen_on", "This debt arose after collection was paused."))
        older = before.get(debt.reference)
        if older is not None and _costs(debt) > _costs(older):
            where = f"/debts/{at}/components"
            found.append((where, "Costs or increases grew although collection is paused."))
    return found


def payments_do_not_vanish(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """R12: what was paid stays paid, unless it was refunded."""
    found: list[Finding] = []
    if context.previous is None:
        return found
    before = _by_reference(context.previous)
    for at, debt in enumerate(statement.debts):
        older = before.get(debt.reference)
        if older is None or any(payment.source is _REFUND for payment in debt.payments):
            continue
        if net_payments(debt) < net_payments(older):
            detail = "Less was paid according to this statement than according to the previous one."
            found.append((f"/debts/{at}/payments", detail))
    return found


def _costs(debt: Debt) -> int:
    return sum(_gross(component) for component in debt.components if component.kind in _GROWS)


def _gross(component: Component) -> int:
    """What was charged in all, in cents, also when only what is open or paid was stated."""
    if component.charged_cents is not None:
        return component.charged_cents
    return (component.outstanding_cents or 0) + (component.paid_cents or 0)


def _by_reference(statement: Statement | None) -> dict[str, Debt]:
    return {} if statement is None else {debt.reference: debt for debt in statement.debts}


def _last_day(statement: Statement) -> date:
    """The day on which the amounts held; when that was not said, the day of receipt."""
    return statement.as_of or statement.received_at.astimezone(_AMSTERDAM).date()
