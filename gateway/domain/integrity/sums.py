"""Rules R7 and R8: what was charged, paid and waived adds up to what is stated, to the cent."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.domain.integrity.rule import Finding, IntegrityContext, debts
from gateway.domain.statement import (
    Component,
    Debt,
    Statement,
    debt_total,
    known_paid,
    net_payments,
    statement_total,
    waived_on_component,
)


def adds_up(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R7: the parts add up to what is said to be open, of each component and of the debt; tolerance 0."""
    for place, debt in debts(statement):
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


def payments_match_what_was_booked(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R7: listed payments are those that the components took off. Source: ruling 27, art. 6:44 BW."""
    for place, debt in debts(statement):
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


def overpaid(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R7: what was overpaid is shown, and not set off by itself. Source: ruling 24."""
    for place, debt in debts(statement):
        for at, component in enumerate(debt.components):
            if component.outstanding_cents is not None and component.outstanding_cents < 0:
                yield f"{place}/components/{at}/outstanding_cents", "This component was overpaid."
        if debt_total(debt) < 0:
            yield place, "The resident has a credit here; it counts as 0 and is not set off by itself."


def grand_total_adds_up(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R8: the debts add up to the grand total that was stated. Source: ruling 17."""
    if statement.total_stated_cents is not None and statement_total(statement) != statement.total_stated_cents:
        yield "/total_stated_cents", "The debts do not add up to the grand total that was stated."


def _component_balances(debt: Debt, component: Component) -> bool:
    charged, paid, still_open = component.charged_cents, component.paid_cents, component.outstanding_cents
    if charged is None or paid is None or still_open is None:
        return True
    return still_open == charged - paid - waived_on_component(debt, component)


def _allocation_is_unclear(debt: Debt) -> bool:
    """Some parts say only what is open, others only what was charged: the payments may or may not be in there."""
    only_open = any(
        component.outstanding_cents is not None and known_paid(debt, component) is None for component in debt.components
    )
    only_charged = any(component.outstanding_cents is None for component in debt.components)
    return only_open and only_charged
