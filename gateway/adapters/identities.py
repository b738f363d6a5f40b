"""A citizen service number (BSN) that a creditor echoes where it does not belong is masked (rule R16)."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from gateway.adapters.paths import ROOT
from gateway.adapters.run import Run
from gateway.adapters.transforms import citizen_numbers

_REFERENCES: Final = frozenset({"reference", "customer_number", "request_id", "creditor_message_id", "number"})
_MASK: Final = "*********"


def mask_citizen_numbers(run: Run, values: dict[str, Any], prefix: tuple[Any, ...]) -> dict[str, Any]:
    """
    The values with every BSN-like text masked, each with a warning.

    A reference stays usable: it becomes "masked-" and a fingerprint, the same every time, unless it is one that we
    asked about ourselves.
    """
    return {name: _masked(run, name, value, (*prefix, name)) for name, value in values.items()}


def _masked(run: Run, name: str, value: Any, place: tuple[Any, ...]) -> Any:
    if type(value) is str:
        return _masked_text(run, name, value, place) if len(value) >= 9 else value
    if type(value) is tuple:
        parts = tuple(_masked(run, name, part, (*place, index)) for index, part in enumerate(value))
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for known in fields(value):
            old = getattr(value, known.name)
            if old is None or type(old) is int:
                continue
            new = _masked(run, known.name, old, (*place, known.name))
            if new is not old:
                changed[known.name] = new
        return replace(value, **changed) if changed else value
    return value


def _masked_text(run: Run, name: str, value: str, place: tuple[Any, ...]) -> str:
    found = citizen_numbers(value)
    if not found or value in run.known_references:
        return value
    pointer = "".join(f"/{part}" for part in place)
    run.warn("R16", ROOT, f"A number that looks like a citizen service number was masked, at {pointer}.", value)
    run.masked.add(place)  # its origin keeps the place, and the raw text only as a fingerprint
    if name in _REFERENCES:
        return f"masked-{run.fingerprint(value)[:16]}"
    for number in found:
        value = value.replace(number, _MASK)
    return value
