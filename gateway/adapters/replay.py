"""From the origin of a value back to the value: what provenance says is checked by doing it again (rule R14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from gateway.adapters import transforms
from gateway.adapters.mapping import Format
from gateway.domain.money import Notation
from gateway.domain.statement import Origin, Statement, to_dict

NOT_REPLAYABLE: Final = object()

# What the gateway says itself: no place in the reply needs to say so.
_OWN: Final = frozenset({"/schema_version", "/received_at", "/outcome", "/currency", "/request_id"})
_UNSAID: Final = {"rank": "unknown", "source": "resident", "by_resident": False, "by_creditor": False}


def untraceable(
    statement: Statement, format: Format, fingerprint: Callable[[str], str] | None = None
) -> tuple[tuple[str, str], ...]:
    """
    Rule R14 in full: every value that has no origin, and every origin that does not give its value again.

    Far too slow to do while a creditor waits; the golden samples are held to it.

    Args:
        fingerprint: The one that the statement was read with; with it, texts that identify somebody are compared too.

    Returns:
        (JSON Pointer, what is wrong), nothing when all can be traced.
    """
    if statement.provenance is None:
        return (("/provenance", "There is no provenance."),)
    document = to_dict(statement, origins=False)
    del document["provenance"]
    leaves = dict(_leaves(document, ""))
    origins = dict(statement.provenance.fields)
    wrong = [
        (pointer, "This value has no origin.")
        for pointer, value in leaves.items()
        if pointer not in origins and not _needs_none(pointer, value)
    ]
    for pointer, origin in origins.items():
        if pointer not in leaves:
            wrong.append((pointer, "This origin has no value."))
        elif not all(source.path for source in origin.sources):
            wrong.append((pointer, "A place in the reply is missing."))
        elif not _gives_again(leaves[pointer], origin, format, fingerprint):
            wrong.append((pointer, "The raw text does not give this value again."))
    return tuple(wrong)


def _needs_none(pointer: str, value: Any) -> bool:
    name = pointer.rpartition("/")[2]
    if pointer in _OWN or name == "total_computed_cents":
        return True
    return name in _UNSAID and value == _UNSAID[name]


def _leaves(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, f"{at}/{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _leaves(part, f"{at}/{index}")
    else:
        yield at, value


def _gives_again(value: Any, origin: Origin, format: Format, fingerprint: Callable[[str], str] | None) -> bool:
    again = replayed(origin, format)
    if again is not NOT_REPLAYABLE:
        return bool(again == value)
    hashes = [source.raw_hash for source in origin.sources if source.raw is None]
    if fingerprint is None or len(hashes) != 1 or len(origin.sources) != 1 or origin.transform != ("text",):
        return True  # the mapping filled it in, or more than one text that we no longer have made it
    return str(value).startswith("masked-") or hashes[0] == fingerprint(str(value))


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
    if "number" in steps and any(step.startswith(("money:", "rate:")) for step in steps):
        value = Decimal(value)
    for step in steps:
        word, _, rest = step.partition(":")
        if word == "money":
            value = transforms.money(Notation(rest))(value)
        elif word == "rate":
            value = transforms.rate(Notation(rest))(value)
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
