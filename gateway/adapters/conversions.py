"""How a mapping's fields turn raw text into values: amounts, dates, codes and tables, by what the file says."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Final

from gateway.adapters import transforms
from gateway.adapters.faults import Faults
from gateway.adapters.transforms import Convert
from gateway.adapters.vocabulary import Kind, Word
from gateway.domain.money import Notation

_NOTATIONS: Final = tuple(notation.value for notation in Notation)
_DEFAULTS: Final = frozenset({"money", "date", "booleans", "currency_attribute"})


class Conversions:
    """The tables and defaults of one mapping, and the conversion that each field asks for."""

    def __init__(self, faults: Faults, table: Mapping[str, Any]) -> None:
        self.faults = faults
        self.tables: dict[str, dict[str, Any]] = {}
        for name, values in faults.table(table, "tables").items():
            self.tables[name] = self._values(values, f"tables.{name}") or {}
        defaults = faults.table(table, "defaults")
        faults.only(defaults, _DEFAULTS, "defaults")
        self._money = defaults.get("money")
        self._dates = faults.texts(defaults, "date", "defaults") or ("yyyy-mm-dd",)
        self._booleans = {
            **transforms.TRUTH,
            **(self._values(defaults.get("booleans", {}), "defaults.booleans") or {}),
        }
        self.currency_attribute = faults.text(defaults, "currency_attribute", "defaults")

    def table_of(self, values: Any, at: str) -> dict[str, Any] | None:
        """A value table: written in place, or the name of one under [tables]."""
        if isinstance(values, str):
            if values not in self.tables:
                known = ", ".join(sorted(self.tables)) or "none yet"
                self.faults.add(at, f'there is no table "{values}" under [tables]; known: {known}')
                return None
            return self.tables[values]
        return self._values(values, at)

    def _values(self, values: Any, at: str) -> dict[str, Any] | None:
        if not isinstance(values, Mapping):
            self.faults.add(at, 'must be a table of codes, such as { HS = "principal" }')
            return None
        return dict(values)

    def constant(self, word: Word, value: Any, at: str) -> Any:
        """A value that the mapping itself states, checked against the kind of its field; None after reporting."""
        if word.kind is Kind.DATE and value == "received":
            return value
        if word.kind is Kind.TRUTH and isinstance(value, bool):
            return value
        if word.kind is Kind.MONEY and type(value) is int:
            return value
        if word.codes is not None:
            if value in tuple(code.value for code in word.codes):
                return word.codes(value)
            self.faults.add(at, f"must be one of {', '.join(code.value for code in word.codes)}")
            return None
        if word.kind in (Kind.TEXT, Kind.IDENTIFIER) and isinstance(value, str):
            return value
        if word.kind is Kind.RATE and isinstance(value, str):
            rate = transforms.rate(Notation.POINT)(value)
            if isinstance(rate, str):
                return rate
            self.faults.add(at, f'{rate.detail} Write it as text with a point, such as "6.5"')
            return None
        self.faults.add(at, f"this constant is not {word.kind.value}; amounts are whole cents")
        return None

    def convert(self, word: Word, table: Mapping[str, Any], at: str) -> tuple[Convert, tuple[str, ...]] | None:
        """The conversion of one field with its steps as provenance names them; None after reporting."""
        if word.kind is Kind.MONEY:
            return self._money_convert(table, at)
        for key in ("negate", "sign"):
            if key in table:
                self.faults.add(f"{at}.{key}", "only fits an amount")
        if word.kind is Kind.RATE:
            notation = self._notation(table, at)
            return None if notation is None else (transforms.rate(notation), (f"rate:{notation}",))
        if "money" in table:
            self.faults.add(f"{at}.money", "only fits an amount or a percentage")
        if word.kind is Kind.DATE:
            patterns = self.faults.texts(table, "date", at) or self._dates
            try:
                return transforms.day(patterns), (f"date:{'|'.join(patterns)}",)
            except ValueError as problem:
                self.faults.add(f"{at}.date", str(problem))
                return None
        if word.kind in (Kind.CODE, Kind.TRUTH):
            return self._code_convert(word, table, at)
        convert = transforms.text(word.longest)
        if "values" in table:
            values = self.table_of(table["values"], f"{at}.values")
            return None if values is None else (transforms.listed(values), self._table_step(at, table, values))
        return convert, ("text",)

    def _notation(self, table: Mapping[str, Any], at: str) -> Notation | None:
        """How numbers with decimals are written; None after reporting."""
        notation = table.get("money", self._money)
        if notation not in _NOTATIONS:
            self.faults.add(
                f"{at}.money",
                f"say how amounts are written, here or under [defaults] money = one of {', '.join(_NOTATIONS)}",
            )
            return None
        return Notation(notation)

    def _money_convert(self, table: Mapping[str, Any], at: str) -> tuple[Convert, tuple[str, ...]] | None:
        notation = self._notation(table, at)
        if notation is None:
            return None
        convert, steps = transforms.money(notation), (f"money:{notation}",)
        if table.get("negate"):
            return transforms.negated(convert), (*steps, "negate")
        return convert, steps

    def _table_step(self, at: str, table: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, ...]:
        """A table is named in provenance by its own name, or by the field that it was written in."""
        name = table.get("values")
        if isinstance(name, str):
            return (f"table:{name}",)
        self.tables[at] = dict(values)
        return (f"table:{at}",)

    def _code_convert(self, word: Word, table: Mapping[str, Any], at: str) -> tuple[Convert, tuple[str, ...]] | None:
        if word.kind is Kind.TRUTH:
            values = self.table_of(table["values"], f"{at}.values") if "values" in table else self._booleans
            if values is None:
                return None
            if not all(isinstance(value, bool) for value in values.values()):
                self.faults.add(f"{at}.values", "must give true or false for each code")
                return None
            return transforms.listed(values), self._table_step(at, table, values)
        assert word.codes is not None
        allowed = {code.value: code for code in word.codes}
        if "values" not in table:
            return transforms.listed(allowed), ("code",)
        values = self.table_of(table["values"], f"{at}.values")
        if values is None:
            return None
        for code, value in values.items():
            if value not in allowed:
                close = difflib.get_close_matches(str(value), allowed, n=1)
                hint = f'; did you mean "{close[0]}"?' if close else ""
                self.faults.add(f"{at}.values.{code}", f"must be one of {', '.join(allowed)}{hint}")
                return None
        return transforms.listed({code: allowed[value] for code, value in values.items()}), self._table_step(
            at, table, values
        )
