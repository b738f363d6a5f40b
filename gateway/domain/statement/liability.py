"""Does a creditor say that somebody else is bound for a debt too? One word per statement; never who that would be."""

from __future__ import annotations

from gateway.domain.statement.codes import JointKind, Outcome
from gateway.domain.statement.parts import Statement


def others_are_bound(statement: Statement) -> bool | None:
    """
    True when the creditor says so of at least one debt (hoofdelijk, gemeenschap van goederen, borg).

    False when it says of every debt that the resident is alone, or that there is no debt; None when it does not say.
    """
    if statement.outcome in (Outcome.NIL, Outcome.CLIENT_UNKNOWN):
        return False
    said = [debt.joint_liability.kind if debt.joint_liability is not None else None for debt in statement.debts]
    if any(kind not in (None, JointKind.NONE) for kind in said):
        return True
    return False if said and None not in said else None
