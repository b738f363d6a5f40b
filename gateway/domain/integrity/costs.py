"""Rules R9, R11 and R12: costs within the scale, nothing added during a pause, no payment that vanishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.domain.integrity.rule import Finding, IntegrityContext, debts
from gateway.domain.statement import Component, ComponentKind, Debt, Statement, net_payments

_GROWS: Final = frozenset(
    {
        ComponentKind.COLLECTION_COSTS,
        ComponentKind.COURT_COSTS,
        ComponentKind.ENFORCEMENT_COSTS,
        ComponentKind.ADMIN_COSTS,
        ComponentKind.INCREASE,
    }
)


def collection_costs_within_the_scale(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    """R9: a consumer is charged no more than the legal scale. Source: art. 6:96 BW, Besluit BIK."""
    scale = context.collection_scale
    if scale is None:
        return
    for place, debt in debts(statement):
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


def nothing_added_while_paused(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    """R11: no new debt and no more costs since collection was paused. Source: NVVK."""
    pause = context.paused_since or statement.paused_since
    if pause is None:
        return
    before = _by_reference(context.previous)
    for place, debt in debts(statement):
        if debt.arisen_on is not None and debt.arisen_on > pause:
            yield f"{place}/arisen_on", "This debt arose after collection was paused."
        older = before.get(debt.reference)
        if older is not None and _costs(debt) > _costs(older):
            yield f"{place}/components", "Costs or increases grew although collection is paused."


def payments_do_not_vanish(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    """R12: what was paid stays paid, unless it was refunded."""
    before = _by_reference(context.previous)
    for place, debt in debts(statement):
        older = before.get(debt.reference)
        if older is None or any(payment.source == "refund" for payment in debt.payments):
            continue
        if net_payments(debt) < net_payments(older):
            yield (
                f"{place}/payments",
                "Less was paid according to this statement than according to the previous one.",
            )


def _costs(debt: Debt) -> int:
    return sum(_gross(component) for component in debt.components if component.kind in _GROWS)


def _gross(component: Component) -> int:
    """What was charged in all, in cents, also when only what is open or paid was stated."""
    if component.charged_cents is not None:
        return component.charged_cents
    return (component.outstanding_cents or 0) + (component.paid_cents or 0)


def _by_reference(statement: Statement | None) -> dict[str, Debt]:
    return {} if statement is None else {debt.reference: debt for debt in statement.debts}
