"""Any statement that the types allow, for property tests."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from gateway.domain.statement import Debt, Statement
from tests.unit.statement_examples import PROVENANCE

_LETTERS = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
_DAYS = st.dates()
_LIMITS = {"reference": 100, "requested_reference": 100, "customer_number": 100, "creditor_message_id": 100}
_LIMITS |= {"id_value": 40, "status": 100, "source_type": 100, "code": 100, "number": 100}
_SIGNED = frozenset({"outstanding_cents", "total_stated_cents"})
MOST = 10**12


def texts(longest: int = 200) -> st.SearchStrategy[str]:
    """Text as a statement may hold it: no control characters, not blank at its ends."""
    return st.text(_LETTERS, min_size=1, max_size=min(longest, 20)).map(str.strip).filter(bool)


def rates() -> st.SearchStrategy[str]:
    """Percentages in the form of the statement."""
    return st.integers(0, 1_000_000).map(lambda n: f"{n // 10_000}.{n % 10_000:04d}".rstrip("0").rstrip("."))


@cache
def statements() -> st.SearchStrategy[Statement]:
    """Any statement that the types allow with amounts that the schema allows; the rules need not hold for it."""
    return st.deferred(lambda: _parts(Statement)).map(lambda made: replace(made, provenance=PROVENANCE))


def debts() -> st.SearchStrategy[Debt]:
    """Any debt."""
    return _parts(Debt)


@cache
def _parts(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    given = {}
    for one in fields(kind):
        if one.name == "provenance":
            continue
        made = _value(hints[one.name], one.name)
        given[one.name] = made
    return st.builds(kind, **given)


def _value(hint: Any, name: str) -> st.SearchStrategy[Any]:
    origin = get_origin(hint)
    if origin in (UnionType, Union):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return st.none() | _value(inner, name)
    if origin is tuple and get_args(hint)[0] == tuple[str, str]:
        return st.dictionaries(texts(), texts(), max_size=3).map(lambda made: tuple(made.items()))
    if origin is tuple:
        return st.lists(_value(get_args(hint)[0], name), max_size=2).map(tuple)
    if is_dataclass(hint):
        return _parts(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(-MOST if name in _SIGNED else 0, MOST)
    if hint is datetime:
        return st.datetimes(timezones=st.just(UTC))
    if hint is date:
        return _DAYS
    return rates() if name == "rate" else texts(_LIMITS.get(name, 200))
