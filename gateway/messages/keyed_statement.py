"""A statement as a person types it in from a letter: the canonical form without what the gateway makes itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import ValidationError

from gateway.domain.statement import Provenance, Statement
from gateway.errors import Fault, Invalid
from gateway.messages import wire_fields
from gateway.messages.wire_fields import MAX_CENTS

MADE_BY_US = frozenset({"request_id", "received_at", "currency", "provenance"})
LONGEST_TEXT = 500
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # a statement cannot be made without one


def statement_from(
    document: Any, *, pointer: str, request_id: str, received_at: datetime, provenance: Provenance
) -> Statement:
    """
    The statement that *document* says, completed with what the gateway knows itself.

    Raises:
        Invalid: Every fault with its place under *pointer*; amounts are whole cents, days are 2026-04-24.
    """
    faults: list[Fault] = []
    made_here = {"request_id": request_id, "received_at": received_at, "provenance": provenance}
    made = _object(document, Statement, pointer, faults, left_out=MADE_BY_US, given=made_here)
    if faults or made is None:
        raise Invalid(faults, "The statement has faults; each is listed.")
    assert isinstance(made, Statement)
    return made


def faults_in(document: Any, pointer: str) -> tuple[Fault, ...]:
    """What is wrong with the form of *document*, each with its place; empty when `statement_from` can read it."""
    faults: list[Fault] = []
    _object(document, Statement, pointer, faults, left_out=MADE_BY_US, given={"received_at": _ANY_MOMENT})
    return tuple(faults)


@dataclass(frozen=True)
class _Field:
    name: str
    hint: Any
    required: bool


@cache
def _shape(kind: type) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    return tuple(
        _Field(one.name, hints[one.name], one.default is MISSING and one.default_factory is MISSING)
        for one in fields(kind)
    )


def parts_of(hint: Any) -> list[type]:
    """The kinds of parts that a field of this type may hold."""
    if is_dataclass(hint) and isinstance(hint, type):
        return [hint]
    return [part for inner in get_args(hint) for part in parts_of(inner)]


def _object(
    value: Any,
    kind: type,
    pointer: str,
    faults: list[Fault],
    *,
    left_out: frozenset[str] = frozenset(),
    given: Mapping[str, Any] | None = None,
) -> Any:
    if not isinstance(value, Mapping):
        return _fault(faults, pointer, wire_fields.NOT_AN_OBJECT)
    before = len(faults)
    known = [one for one in _shape(kind) if one.name not in left_out]
    for name in value:
        if name not in {one.name for one in known}:
            _fault(faults, pointer + wire_fields.step(str(name)), wire_fields.UNKNOWN)
    made = dict(given or {})
    for one in known:
        if one.name in value:
            made[one.name] = _value(value[one.name], one.hint, f"{pointer}/{one.name}", faults)
        elif one.required:
            _fault(faults, f"{pointer}/{one.name}", wire_fields.REQUIRED)
    if len(faults) > before:
        return None
    try:
        return kind(**made)
    except ValueError as error:  # what the parts themselves refuse; their words hold no value that was sent
        return _fault(faults, pointer, f"value|This does not fit together: {error}.")


def _value(value: Any, hint: Any, pointer: str, faults: list[Fault]) -> Any:
    if value is None:
        return _fault(faults, pointer, wire_fields.NOT_NULL)
    origin = get_origin(hint)
    if origin in (UnionType, Union):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
        origin = get_origin(hint)
    if origin is tuple:
        return _listing(value, get_args(hint), pointer, faults)
    if is_dataclass(hint):
        return _object(value, hint, pointer, faults)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        words = [str(one.value) for one in hint]
        return hint(value) if value in words else _fault(faults, pointer, f"code|Send one of: {', '.join(words)}.")
    return _LEAVES[hint](value, pointer, faults)


def _listing(value: Any, parts: tuple[Any, ...], pointer: str, faults: list[Fault]) -> Any:
    if parts == (tuple[str, str], ...):  # the facts of an obstacle: names with texts
        if not isinstance(value, Mapping):
            return _fault(faults, pointer, wire_fields.NOT_AN_OBJECT)
        return tuple(
            (str(name), _text(text, pointer + wire_fields.step(str(name)), faults)) for name, text in value.items()
        )
    if not isinstance(value, list):
        return _fault(faults, pointer, wire_fields.NOT_A_LIST)
    return tuple(_value(part, parts[0], f"{pointer}/{index}", faults) for index, part in enumerate(value))


def _text(value: Any, pointer: str, faults: list[Fault]) -> str | None:
    try:
        loaded: str = wire_fields.Text(LONGEST_TEXT).deserialize(value)
    except ValidationError as error:
        faults.extend(wire_fields.faults(error, pointer))
        return None
    return loaded


def _cents(value: Any, pointer: str, faults: list[Fault]) -> Any:
    if type(value) is int and abs(value) <= MAX_CENTS:
        return value
    return _fault(faults, pointer, "cents|Send whole euro cents, such as 12345 for 123.45.")


def _yes_no(value: Any, pointer: str, faults: list[Fault]) -> Any:
    return value if isinstance(value, bool) else _fault(faults, pointer, "type|Send true or false.")


def _day(value: Any, pointer: str, faults: list[Fault]) -> Any:
    found = wire_fields.day_from(value) if isinstance(value, str) else None
    return found or _fault(faults, pointer, "date|Send an existing day as YYYY-MM-DD.")


_LEAVES: Mapping[Any, Callable[[Any, str, list[Fault]], Any]] = {str: _text, int: _cents, bool: _yes_no, date: _day}


def _fault(faults: list[Fault], pointer: str, said: str) -> Any:
    """Note "code|what to do about it"; what could not be read is None."""
    code, _, detail = said.partition("|")
    faults.append(Fault(pointer=pointer, code=code, detail=detail))
    return None
