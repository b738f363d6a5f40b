"""Rule R6: amounts that can be, one component per kind, one debt per reference, security named."""

from __future__ import annotations

from typing import Final

from gateway.domain.integrity.rule import Finding, IntegrityContext
from gateway.domain.money import MAX_CENTS
from gateway.domain.statement import Component, ComponentKind, Rank, Statement, debt_total

_INCREASE: Final = ComponentKind.INCREASE
_UNSPLIT: Final = ComponentKind.UNSPLIT
_SECURED: Final = Rank.SECURED


def amounts_make_sense(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R6: every amount is one that can be; a component says what was charged or what is open."""
    found: list[Finding] = []
    for at, debt in enumerate(statement.debts):
        for number, component in enumerate(debt.components):
            charged, paid = component.charged_cents, component.paid_cents
            if charged is None:
                if component.outstanding_cents is None:
                    found.append((_component(at, number), "A component needs what was charged or what is open."))
            elif charged < 0:
                found.append((f"{_component(at, number)}/charged_cents", "This amount cannot be negative."))
            if paid is not None and paid < 0:
                found.append((f"{_component(at, number)}/paid_cents", "This amount cannot be negative."))
        for number, payment in enumerate(debt.payments):
            if payment.cents < 0:
                where = f"/debts/{at}/payments/{number}/cents"
                found.append((where, "A payment cannot be negative; a refund says so by its source."))
        for number, waiver in enumerate(debt.waivers):
            if waiver.cents < 0:
                found.append((f"/debts/{at}/waivers/{number}/cents", "A waiver cannot be negative."))
        if not -MAX_CENTS <= debt_total(debt) <= MAX_CENTS:
            found.append((f"/debts/{at}", "The debt is larger than any amount that is taken."))
    return found


def kinds_are_unique(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R6: one component per kind (increases apart), and an amount that was not split stands alone."""
    found: list[Finding] = []
    for at, debt in enumerate(statement.debts):
        components = debt.components
        if len(components) > 1:
            kinds = {component.kind for component in components}
            if len(kinds) < len(components):
                found += _repeated(at, components)
            if _UNSPLIT in kinds and len(kinds) > 1:
                detail = "An amount that was not split cannot stand beside components."
                found.append((f"/debts/{at}/components", detail))
        elif not components and debt.transferred_to is None and statement.transferred_to is None:
            found.append((f"/debts/{at}/components", "The debt has no amount."))
    return found


def _repeated(at: int, components: tuple[Component, ...]) -> list[Finding]:
    seen: set[ComponentKind] = set()
    twice: dict[ComponentKind, None] = {}  # keeps their order
    for component in components:
        if component.kind in seen and component.kind is not _INCREASE:
            twice[component.kind] = None
        seen.add(component.kind)
    return [(f"/debts/{at}/components", f"The component {kind} occurs more than once in one debt.") for kind in twice]


def references_are_unique(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R6: one debt per reference."""
    debts = statement.debts
    found: list[Finding] = []
    if len({debt.reference for debt in debts}) == len(debts):
        return found
    seen: set[str] = set()
    for at, debt in enumerate(debts):
        if debt.reference in seen:
            detail = "Two debts carry the same reference; one of them would be counted twice."
            found.append((f"/debts/{at}/reference", detail))
        seen.add(debt.reference)
    return found


def secured_says_by_what(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R6: a secured claim names its security. Source: EU form, Regulation 2015/848 art. 55."""
    found: list[Finding] = []
    for at, debt in enumerate(statement.debts):
        if debt.rank is _SECURED and debt.security is None:
            found.append((f"/debts/{at}/security", "The claim is said to be secured, but not by what."))
    return found


def _component(at: int, number: int) -> str:
    return f"/debts/{at}/components/{number}"
