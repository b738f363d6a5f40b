"""What the source of a quick reader calls, mostly where a reply is not as plain as it was written for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gateway.adapters.fields import ASK, NOTHING
from gateway.adapters.rows import scalar, written
from gateway.adapters.transforms import Convert, Unfit, may_hold_citizen_number


class Odd(Exception):
    """Something stands here that only the ordinary readers can judge; nothing was noted yet."""


def again(raw: Any, convert: Convert, absent: Any) -> Any:
    """
    The value of a place that is blank, or an element with attributes around its text.

    Raises:
        Odd: it is another thing than that, or does not fit its field.
    """
    plain = scalar(raw)
    value = missing(absent) if plain is None else convert(plain)
    if type(plain) is Unfit or type(value) is Unfit:
        raise Odd
    return value


def added(raw: Any, convert: Convert, absent: Any) -> Any:
    """The same of an amount that may stand there several times."""
    if type(raw) is not list:
        return again(raw, convert, absent)
    stated = [cents for part in raw if (cents := again(part, convert, NOTHING)) is not None]
    return sum(stated) if stated else missing(absent)


def missing(absent: Any) -> Any:
    """What it means that nothing stands there."""
    if absent is ASK:
        raise Odd
    return None if absent is NOTHING else absent


def inner(holder: Any) -> None:
    """What is inside a place that is no object: nothing; a list may hold several."""
    if type(holder) is list:
        raise Odd


def code(value: Any) -> str | None:
    """A value that is no text as a condition compares it."""
    if type(value) is bool or type(value) is int or type(value) is Decimal:
        return written(value)
    if value is not None:
        raise Odd
    return None


def doubtful(*texts: str | None) -> bool:
    """Whether a citizen service number may be among them."""
    for text in texts:  # noqa: SIM110 -- asked for every debt; any() would make a generator each time
        if text is not None and may_hold_citizen_number(text):
            return True
    return False


def known(row: dict[str, Any], fine: frozenset[str], held: frozenset[str]) -> bool:
    """Whether there are only *fine* names here, with nothing inside them but where they are *held* as well."""
    if not fine.issuperset(row):
        return False
    return all(name in held for name, value in row.items() if type(value) is dict or type(value) is list)


def stated(values: dict[str, Any]) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in values.items() if value is not None}
