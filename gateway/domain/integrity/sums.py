"""Rules R7 and R8: what was charged, paid and waived adds up to what is stated, to the cent."""

from __future__ import annotations

from gateway.domain.integrity.rule import Finding, IntegrityContext
from gateway.domain.statement import (
    Debt,
    Statement,
    debt_total,
    known_paid,
    net_payments,
    statement_total,
    waived_on_component,
)


def adds_up(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R7: the parts add up to what is said to be open, of each component and of the debt; tolerance 0."""
    found: list[Finding] = []
    for at, debt in enumerate(statement.debts):
        waived = bool(debt.waivers)
        for number, component in enumerate(debt.components):
            paid = component.paid_cents
            if paid is None or component.charged_cents is None or component.outstanding_cents is None:
                continue
            left = component.charged_cents - paid - (waived_on_component(debt, component) if waived else 0)
            if left != component.outstanding_cents:
                where = f"/debts/{at}/components/{number}"
                found.append((where, "Charged minus paid minus waived is not what is said to be open."))
        stated = debt.total_stated_cents
        if stated is not None and debt.components and debt_total(debt) != stated:
            where = f"/debts/{at}/total_stated_cents"
            found.append((where, "The parts of the debt do not add up to the total that was stated."))
    return found


def payments_match_what_was_booked(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R7: listed payments are those that the components took off. Source: ruling 27, art. 6:44 BW."""
    found: list[Finding] = []
    for at, debt in enumerate(statement.debts):
        if not debt.payments:
            continue
        booked, said = 0, False
        for component in debt.components:
            if component.paid_cents is not None:
                booked, said = booked + component.paid_cents, True
        if said and booked != net_payments(debt):
            where = f"/debts/{at}/payments"
            found.append((where, "The payments do not add up to what the components say was paid."))
        elif not said and _allocation_is_unclear(debt):
            where = f"/debts/{at}/payments"
            found.append((where, "It is not clear from which components the payments were already taken off."))
    return found


def overpaid(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R7: what was overpaid is shown, and not set off by itself. Source: ruling 24."""
    found: list[Finding] = []
    for at, debt in enumerate(statement.debts):
        for number, component in enumerate(debt.components):
            left = component.outstanding_cents
            charged, paid = component.charged_cents, component.paid_cents
            if left is not None:
                is_over = left < 0
            else:
                is_over = charged is not None and paid is not None and paid > charged
            if is_over:
                where = f"/debts/{at}/components/{number}/{'paid' if left is None else 'outstanding'}_cents"
                found.append((where, "This component was overpaid."))
        if debt_total(debt) < 0:
            detail = "The resident has a credit here; it counts as 0 and is not set off by itself."
            found.append((f"/debts/{at}", detail))
    return found


def grand_total_adds_up(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R8: the debts add up to the grand total that was stated. Source: ruling 17."""
    stated = statement.total_stated_cents
    if stated is None or statement_total(statement) == stated:
        return []
    return [("/total_stated_cents", "The debts do not add up to the grand total that was stated.")]


def _allocation_is_unclear(debt: Debt) -> bool:
    """Some parts say only what is open, others only what was charged: the payments may or may not be in there."""
    only_open = only_charged = False
    for component in debt.components:
        if component.outstanding_cents is None:
            only_charged = True
        elif known_paid(debt, component) is None:
            only_open = True
    return only_open and only_charged
