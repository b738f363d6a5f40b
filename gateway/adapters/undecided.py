"""A mapping that still holds a "?" does not load: it says where, and what may stand there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.adapters.faults import Faults
from gateway.adapters.vocabulary import OUTCOMES
from gateway.domain.money import Notation

UNDECIDED: Final = "?"  # what `creditor learn` leaves for a person to decide


def report_undecided(faults: Faults, value: Any, at: str) -> None:
    """Report every "?" that is still there, with what may stand in its place."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            report_undecided(faults, part, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            report_undecided(faults, part, f"{at}[{index}]")
    elif value == UNDECIDED:
        faults.add(at, f'still says "?"; {_choice(at)}')


def _choice(at: str) -> str:
    if at.startswith("outcome."):
        return f"say what this means: one of {', '.join(OUTCOMES)}"
    if at.endswith("money"):
        return f"say how amounts are written: one of {', '.join(Notation)}"
    if "date" in at.rpartition(".")[2]:
        return 'say how days are written, such as "dd-mm-yyyy"'
    if at.startswith("tables.") or ".values." in at:
        return "write which of our words this code means: the comment above the table lists them"
    if at.startswith("defaults.booleans."):
        return "write true or false"
    return "say where this stands"
