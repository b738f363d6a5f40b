"""The statement as plain data for JSON and back again: snake_case names, absent instead of null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from gateway.domain.statement.parts import SCHEMA_VERSION, Debt, Obstacle, Statement
from gateway.domain.statement.published import DebtStatement
from gateway.domain.statement.sources import Provenance
from gateway.domain.statement.totals import debt_total, statement_total

_DERIVED = frozenset({"schema_version", "total_computed_cents"})


def to_dict(statement: Statement, *, origins: bool = True) -> dict[str, Any]:
    """
    The statement as dicts, lists, text, whole numbers and booleans; what is None is left out.

    Each debt and the whole carry `total_computed_cents`, our own sum beside the creditor's.

    Args:
        origins: With the place and raw text of every single value; False leaves `provenance.fields` out.
    """
    document: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    document.update(_plain(statement, origins))
    for debt, plain in zip(statement.debts, document["debts"], strict=True):
        plain["total_computed_cents"] = debt_total(debt)
    document["total_computed_cents"] = statement_total(statement)
    return document


def from_dict(document: Mapping[str, Any]) -> Statement:
    """
    The statement that `to_dict` wrote; derived figures are computed anew, not believed.

    Raises:
        ValueError: the document is not such a statement, or of another major version.
    """
    _check_version(document)
    statement: Statement = _built(Statement, document)
    return statement


def as_document(statement: DebtStatement, *, origins: bool = True) -> dict[str, Any]:
    """The published statement as plain data: the JSON form of schemas/debt-statement.schema.json."""
    document: dict[str, Any] = _plain(statement, origins)
    return document


def from_document(document: Mapping[str, Any]) -> DebtStatement:
    """
    The published statement that `as_document` wrote.

    Raises:
        ValueError: the document is not such a statement, or of another major version.
    """
    _check_version(document)
    statement: DebtStatement = _built(DebtStatement, document)
    return statement


def _check_version(document: Mapping[str, Any]) -> None:
    version = str(document.get("schema_version", ""))
    if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise ValueError(f"cannot read schema version {version!r}")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(value: Any, origins: bool) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if kind is tuple:
        return [_plain(item, origins) for item in value]
    if kind is Obstacle:
        return {"code": value.code, "facts": dict(value.facts)}
    if isinstance(value, Mapping):
        return {name: _plain(item, origins) for name, item in value.items()}
    if is_dataclass(kind):
        leave_out = "fields" if kind is Provenance and not origins else None
        plain = {}
        for name in _names(kind):
            item = getattr(value, name)
            if item is not None and name != leave_out:
                plain[name] = _plain(item, origins)
        return plain
    raise TypeError(f"no plain form for {kind.__name__}")


@dataclass(frozen=True)
class _Field:
    name: str
    build: Callable[[Any], Any]
    required: bool


@cache
def _shape(kind: type) -> dict[str, _Field]:
    hints = get_type_hints(kind)
    return {
        field.name: _Field(
            field.name,
            _builder(hints[field.name]),
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


def _built(kind: type, document: Any) -> Any:
    if not isinstance(document, Mapping):
        raise ValueError(f"expected an object for {kind.__name__}")
    shape = _shape(kind)
    derived = _DERIVED if kind in (Statement, Debt) else frozenset()
    unknown = document.keys() - shape.keys() - derived
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    missing = [field.name for field in shape.values() if field.required and field.name not in document]
    if missing:
        raise ValueError(f"{kind.__name__} needs {', '.join(missing)}")
    return kind(**{name: shape[name].build(item) for name, item in document.items() if name in shape})


def _builder(hint: Any) -> Callable[[Any], Any]:
    origin = get_origin(hint)
    if origin in (UnionType, Union):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return _builder(inner)
    if origin is tuple:
        if get_args(hint) == (tuple[str, str], ...):
            return lambda value: tuple((str(name), str(text)) for name, text in value.items())
        item = _builder(get_args(hint)[0])
        return lambda value: tuple(item(part) for part in _a(list, value))
    if origin is not None and issubclass(origin, Mapping):
        part = _builder(get_args(hint)[1])
        return lambda value: {str(name): part(inner) for name, inner in _a(dict, value).items()}
    if is_dataclass(hint):
        return lambda value: _built(hint, value)  # type: ignore[arg-type]
    if issubclass(hint, Enum):
        return lambda value: hint(value)
    if hint is datetime:
        return lambda value: datetime.fromisoformat(_a(str, value))
    if hint is date:
        return lambda value: date.fromisoformat(_a(str, value))
    return lambda value: _a(hint, value)


def _a(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
