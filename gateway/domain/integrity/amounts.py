"""Rule R6: amounts that can be, one component per kind, one debt per reference, security named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gateway.domain.integrity.rule import Finding, IntegrityContext, debts
from gateway.domain.money import MAX_CENTS
from gateway.domain.statement import ComponentKind, Statement, debt_total


def amounts_make_sense(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R6: every amount is one that can be; a component says what was charged or what is open."""
    for place, debt in debts(statement):
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


def kinds_are_unique(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R6: one component per kind (increases apart), and an amount that was not split stands alone."""
    for place, debt in debts(statement):
        kinds = Counter(component.kind for component in debt.components)
        for kind, times in kinds.items():
            if times > 1 and kind is not ComponentKind.INCREASE:
                yield f"{place}/components", f"The component {kind} occurs more than once in one debt."
        if ComponentKind.UNSPLIT in kinds and len(kinds) > 1:
            yield f"{place}/components", "An amount that was not split cannot stand beside components."
        if not debt.components and debt.transferred_to is None and statement.transferred_to is None:
            yield f"{place}/components", "The debt has no amount."


def references_are_unique(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R6: one debt per reference."""
    seen: set[str] = set()
    for place, debt in debts(statement):
        if debt.reference in seen:
            yield (
                f"{place}/reference",
                "Two debts carry the same reference; one of them would be counted twice.",
            )
        seen.add(debt.reference)


def secured_says_by_what(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R6: a secured claim names its security. Source: EU form, Regulation 2015/848 art. 55."""
    for place, debt in debts(statement):
        if debt.rank == "secured" and debt.security is None:
            yield f"{place}/security", "The claim is said to be secured, but not by what."
