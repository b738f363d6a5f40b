"""What a debt adds up to: its total, and the original debt with what lapses of it. Pure, exact, euro cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gateway.domain.statement.codes import ComponentKind, PaymentSource
from gateway.domain.statement.parts import Component, Debt, Statement

_REFUND: Final = PaymentSource.REFUND


@dataclass(frozen=True, kw_only=True)
class OriginalDebt:
    """
    The debt without interest, costs and increases (VNG condition 7), in euro cents.

    Args:
        booked_cents: Variant A, the principal still open as the creditor books payments; where the creditor did not
            say, payments reduce costs first, then interest, then the principal (art. 6:44 BW).
        counted_cents: Variant B, the principal charged minus all payments and what was waived of it, never below 0.
        lapses_cents: What of the total would lapse under variant B.
    """

    booked_cents: int
    counted_cents: int
    lapses_cents: int


def net_payments(debt: Debt) -> int:
    """Everything received on the debt, refunds taken off."""
    total = 0
    for payment in debt.payments:
        total += -payment.cents if payment.source is _REFUND else payment.cents
    return total


def waived_on_component(debt: Debt, component: Component) -> int:
    """What was waived of this component; of the first one where a kind occurs more than once."""
    if not debt.waivers:
        return 0
    first = next((other for other in debt.components if other.kind is component.kind), None)
    if first is not component:
        return 0
    return sum(waiver.cents for waiver in debt.waivers if waiver.component is component.kind)


def known_paid(debt: Debt, component: Component) -> int | None:
    """What was paid on this component: stated, or what follows from charged and outstanding; None = not known."""
    if component.paid_cents is not None:
        return component.paid_cents
    if component.charged_cents is not None and component.outstanding_cents is not None:
        return component.charged_cents - component.outstanding_cents - waived_on_component(debt, component)
    return None


def open_cents(debt: Debt, component: Component) -> int:
    """What is open of one component: as stated, or what was charged less what was taken off of it."""
    if component.outstanding_cents is not None:
        return component.outstanding_cents
    charged = component.charged_cents or 0
    return charged - (component.paid_cents or 0) - waived_on_component(debt, component)


def debt_total(debt: Debt) -> int:
    """
    What is owed on this debt according to its parts; may be negative.

    A debt without components (one that was transferred) counts what the creditor stated, or nothing.
    """
    # A debt never changes, so its total is worked out once and kept beside its fields.
    total: int | None = debt.__dict__.get("_total")
    if total is None:
        total = debt.__dict__["_total"] = _added_up(debt)
    return total


def _added_up(debt: Debt) -> int:
    """
    What is open of the components; payments and waivers that none of them accounts for lower the total (ruling 27).

    Where every component says what is open, they are in those figures; where one says what was paid, so are payments.
    """
    if not debt.components:
        return debt.total_stated_cents or 0
    total = on_components = 0
    all_open, paid_stated, waivers = True, False, debt.waivers
    for component in debt.components:
        still_open, charged, paid = component.outstanding_cents, component.charged_cents, component.paid_cents
        waived = waived_on_component(debt, component) if waivers else 0
        if still_open is None:
            all_open = False
            total += (charged or 0) - (paid or 0) - waived
        else:
            total += still_open
            if paid is None and charged is not None:
                on_components += charged - still_open - waived
        if paid is not None:
            paid_stated = True
            on_components += paid
    if all_open:
        return total
    if waivers:
        kinds = {component.kind for component in debt.components}
        total -= sum(waiver.cents for waiver in waivers if waiver.component not in kinds)
    return total if paid_stated else total - net_payments(debt) + on_components


def statement_total(statement: Statement) -> int:
    """The debts added up; a transferred debt counts for nothing until its new holder answers (ruling 25)."""
    return sum(debt_total(debt) for debt in statement.debts if debt.transferred_to is None)


def original_debt_view(debt: Debt) -> OriginalDebt | None:
    """
    The original debt, or None when the creditor did not split (then a breakdown is asked for).

    A debt that lists only interest or costs has a principal of 0. A waiver of another component than the principal
    does not lower the original debt.
    """
    if not debt.components or any(component.kind is ComponentKind.UNSPLIT for component in debt.components):
        return None
    principal = [component for component in debt.components if component.kind is ComponentKind.PRINCIPAL]
    total = max(0, debt_total(debt))
    payments = net_payments(debt) or sum(known_paid(debt, component) or 0 for component in debt.components)
    waived = sum(waiver.cents for waiver in debt.waivers if waiver.component in (None, ComponentKind.PRINCIPAL))
    charged = sum(_gross(debt, component) for component in principal)
    counted = min(total, max(0, charged - payments - waived))
    return OriginalDebt(
        booked_cents=_booked(debt, principal, total),
        counted_cents=counted,
        lapses_cents=total - counted,
    )


def _gross(debt: Debt, component: Component) -> int:
    if component.charged_cents is not None:
        return component.charged_cents
    # Only what is open was stated: what went before is gone from the figures, so it is added back where known.
    back = (component.paid_cents or 0) + waived_on_component(debt, component)
    if component.paid_cents is None:
        back += net_payments(debt) if debt.payments else 0
    return (component.outstanding_cents or 0) + back


def _booked(debt: Debt, principal: Iterable[Component], total: int) -> int:
    return max(0, min(sum(open_cents(debt, component) for component in principal), total))
