"""From the origin of a value back to the value: what provenance says is checked by doing it again (rule R14)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.adapters import transforms
from gateway.adapters.mapping import Format
from gateway.domain.money import Notation
from gateway.domain.statement import Origin

NOT_REPLAYABLE: Final = object()


def replayed(origin: Origin, format: Format) -> Any:
    """
    The value, as plain data, that the raw texts of *origin* give under its steps.

    NOT_REPLAYABLE where there is nothing to redo: the mapping filled the value in, or only a fingerprint was kept.
    """
    raws = [source.raw for source in origin.sources]
    if not raws or any(raw is None for raw in raws):
        return NOT_REPLAYABLE
    texts: list[Any] = [raw for raw in raws if raw is not None]
    if any(step.startswith("join:") for step in origin.transform):
        separator = next(step for step in origin.transform if step.startswith("join:")).removeprefix("join:")
        texts = [separator.join(text.strip() for text in texts)]
    values = [_one(text, origin.transform, format) for text in texts]
    if "sum" in origin.transform:
        return sum(values)
    return values[0]


def _one(value: Any, steps: tuple[str, ...], format: Format) -> Any:
    if "number" in steps and any(step.startswith("money:") for step in steps):
        value = Decimal(value)
    for step in steps:
        word, _, rest = step.partition(":")
        if word == "money":
            value = transforms.money(Notation(rest))(value)
        elif word == "date":
            value = transforms.day(tuple(rest.split("|")))(value).isoformat()
        elif word == "table":
            value = format.tables[rest][value.strip()]
        elif word == "text":
            value = transforms.text(100_000)(value)
        elif word == "code":
            value = value.strip()
        elif word == "negate":
            value = -value
    return value
