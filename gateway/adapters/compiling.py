"""From the words of a mapping file to closures; every fault is gathered with its key and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Final

from gateway.adapters import transforms
from gateway.adapters.amounts import with_currency, with_sign
from gateway.adapters.blocks import Block, NamedReader
from gateway.adapters.conditions import Test, condition, test_of
from gateway.adapters.coverage import Shape
from gateway.adapters.fields import Condition, Reader, Selection, Target, constant, name_reader, reader
from gateway.adapters.paths import BadPath, Path
from gateway.adapters.transforms import Convert
from gateway.adapters.vocabulary import Kind, Part, Word
from gateway.domain.money import Notation
from gateway.domain.statement import Component
from gateway.errors import ConfigurationError

_FIELD_KEYS: Final = frozenset(
    {
        "path",
        "first",
        "sum",
        "join",
        "with",
        "name_of",
        "const",
        "each",
        "where",
        "values",
        "default",
        "required",
        "money",
        "date",
        "negate",
        "sign",
        "currency",
    }
)
_BLOCK_KEYS: Final = frozenset({"each", "where", "skip", "when", "group_by", "ignore", "combine"})
_WAYS: Final = ("path", "first", "sum", "join", "name_of", "const")
_NOTATIONS: Final = tuple(notation.value for notation in Notation)


class Faults:
    """Gathers what is wrong with one file, so that it can be mended in one go."""

    def __init__(self, file_name: str) -> None:
        self._file = file_name
        self._found: list[str] = []

    def add(self, key: str, advice: str) -> None:
        """One fault: where, and what to do."""
        self._found.append(f"{self._file}: {key}: {advice}." if key else f"{self._file}: {advice}.")

    def stop(self) -> None:
        """
        End here when anything is wrong.

        Raises:
            ConfigurationError: one line per fault.
        """
        if self._found:
            raise ConfigurationError("\n".join(self._found))

    def only(self, table: Mapping[str, Any], allowed: frozenset[str], at: str) -> None:
        """Report every key that is not one of *allowed*, with the nearest that is."""
        for key in table:
            if key not in allowed:
                close = difflib.get_close_matches(key, allowed, n=1)
                hint = f'did you mean "{close[0]}"?' if close else f"known here: {', '.join(sorted(allowed))}"
                self.add(f"{at}.{key}" if at else key, f"is not a word of the mapping language; {hint}")

    def table(self, table: Mapping[str, Any], key: str, *, at: str = "", required: bool = False) -> Mapping[str, Any]:
        """The table under *key*, or an empty one."""
        found = table.get(key)
        place = f"{at}.{key}" if at else key
        if found is None and required:
            self.add(place, f"add a table [{place}]")
        elif found is not None and not isinstance(found, Mapping):
            self.add(place, f"must be a table; write [{place}]")
        return found if isinstance(found, Mapping) else {}

    def tables(self, table: Mapping[str, Any], key: str, at: str) -> list[Mapping[str, Any]]:
        """The list of tables under *key*; one table alone is a list of one."""
        found = table.get(key, [])
        place = f"{at}.{key}" if at else key
        if isinstance(found, Mapping):
            return [found]
        if not isinstance(found, list) or not all(isinstance(part, Mapping) for part in found):
            self.add(place, f"must be one or more tables; write [[{place}]]")
            return []
        return found

    def text(self, table: Mapping[str, Any], key: str, at: str, *, required: bool = False) -> str | None:
        """The text under *key*."""
        found = table.get(key)
        if found is None:
            if required:
                self.add(f"{at}.{key}", "must be there")
            return None
        if not isinstance(found, str) or not found.strip():
            self.add(f"{at}.{key}", "must be text in quotes")
            return None
        return found

    def texts(self, table: Mapping[str, Any], key: str, at: str) -> tuple[str, ...]:
        """The text or list of texts under *key*."""
        found = table.get(key, [])
        many = [found] if isinstance(found, str) else found
        if not isinstance(many, list) or not all(isinstance(part, str) and part for part in many):
            self.add(f"{at}.{key}", 'must be text or a list of texts, such as ["a", "b"]')
            return ()
        return tuple(many)

    def one_of(
        self, table: Mapping[str, Any], key: str, allowed: tuple[str, ...], at: str, *, required: bool = False
    ) -> str | None:
        """The word under *key*, one of *allowed*."""
        found = self.text(table, key, at, required=required)
        if found is not None and found not in allowed:
            self.add(f"{at}.{key}", f"must be one of {', '.join(allowed)}")
            return None
        return found


class Compiler:
    """Compiles the blocks of one mapping; *top* grows into what the mapping knows about a reply."""

    def __init__(self, faults: Faults, compile_path: Callable[[str], Path], table: Mapping[str, Any]) -> None:
        self.faults = faults
        self.top = Shape()
        self.floating: list[Shape] = []
        self.any_depth: set[str] = set()
        self.tested: set[str] = set()
        self._compile_path = compile_path
        self.tables: dict[str, dict[str, Any]] = {}
        for name, values in faults.table(table, "tables").items():
            self.tables[name] = self._values(values, f"tables.{name}") or {}
        defaults = faults.table(table, "defaults")
        faults.only(defaults, frozenset({"money", "date", "booleans", "currency_attribute"}), "defaults")
        self._money = defaults.get("money")
        self._dates = faults.texts(defaults, "date", "defaults") or ("yyyy-mm-dd",)
        self._booleans = {
            **transforms.TRUTH,
            **(self._values(defaults.get("booleans", {}), "defaults.booleans") or {}),
        }
        self._currency_attribute = faults.text(defaults, "currency_attribute", "defaults")

    def path(self, text: Any, at: str) -> Path | None:
        """A compiled path, or None after reporting what is wrong with it."""
        if not isinstance(text, str) or not text.strip():
            self.faults.add(at, "must be a path in quotes")
            return None
        try:
            path = self._compile_path(text.strip())
        except BadPath as problem:
            self.faults.add(at, f'"{text}" cannot be used as a path: {problem}')
            return None
        self.tested |= path.names
        return path

    def ignore(self, texts: tuple[str, ...], shape: Shape, at: str) -> None:
        """Elements that are seen and left out on purpose; `//Name` or `$..name` wherever they stand."""
        for text in texts:
            anywhere = text.removeprefix("//") if text.startswith("//") else text.removeprefix("$..")
            if anywhere != text and not any(mark in anywhere for mark in "/.[]*?"):
                self.any_depth.add(anywhere)
                continue
            path = self.path(text, at)
            if path is None:
                continue
            place = shape.under(path, self.top)
            if place is None:
                self.faults.add(at, f'"{text}" is too involved to ignore; write a plain path, or //Name for everywhere')
            else:
                place.deep = True

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

    def condition(self, spec: Any, shape: Shape, at: str, outer: Shape | None = None) -> Condition | None:
        """A condition: every path in it must pass its test."""
        if not isinstance(spec, Mapping) or not spec:
            self.faults.add(at, 'must be a table of paths and values, such as { "Status" = "OPEN" }')
            return None
        tests: list[Test] = []
        for text, wanted in spec.items():
            place = f'{at}."{text}"'
            path = self.path(text, place)
            if path is None:
                continue
            self._read_at(path, shape)
            same_as = None
            if isinstance(wanted, Mapping) and "same_as" in wanted:
                same_as = self.path(wanted["same_as"], f"{place}.same_as")
                if same_as is not None:
                    self._read_at(same_as, outer or self.top)
            test = test_of(path, wanted, same_as, marks=shape.under(path, self.top) is None)
            if isinstance(test, str):
                self.faults.add(place, test)
            else:
                tests.append(test)
        return condition(tuple(tests))

    def _read_at(self, path: Path, shape: Shape) -> bool:
        """Note that a value is read here; True when only a run can tell where that is."""
        place = shape.under(path, self.top)
        if place is None:
            return True
        place.leaf = True
        if self._currency_attribute is not None:
            place.child(self._currency_attribute).leaf = True
        return False

    def selection(self, spec: Any, shape: Shape, at: str) -> Selection | None:
        """Which places make up a value: a path alone, or a table with path, first, sum or join."""
        if isinstance(spec, str):
            spec = {"path": spec}
        if not isinstance(spec, Mapping):
            self.faults.add(at, 'must be a path in quotes, or a table such as { sum = "Betaling" }')
            return None
        each, where, inner = None, None, shape
        if "each" in spec:
            each = self.path(spec["each"], f"{at}.each")
            if each is None:
                return None
            inner = self._place(each, shape)
        if "where" in spec:
            if each is None:
                self.faults.add(f"{at}.where", "also needs each = ..., the rows to choose from")
                return None
            where = self.condition(spec["where"], inner, f"{at}.where", shape)
            inner.filtered = True
        way = next((word for word in ("path", "first", "sum", "join") if word in spec), None)
        if way is None:
            self.faults.add(at, 'say where the value stands: path = "..."')
            return None
        texts = spec[way] if isinstance(spec[way], list) else [spec[way]]
        if way == "path" and len(texts) != 1:
            self.faults.add(at, "path is one path; for several use first = [...] or sum = [...]")
            return None
        paths = [self.path(text, f"{at}.{way}") for text in texts]
        if not paths or any(path is None for path in paths):
            return None
        known = tuple(path for path in paths if path is not None)
        unforeseen = [self._read_at(path, inner) for path in known]
        return Selection(
            paths=known,
            mode="one" if way == "path" else way,
            separator=str(spec.get("with", " ")),
            marks=any(unforeseen),
            each=each,
            where=where,
            each_shape=inner if each is not None else None,
        )

    def _place(self, each: Path, shape: Shape) -> Shape:
        """The place of the items of a block; one that only a run can find floats on its own."""
        place = shape.under(each, self.top)
        if place is None:
            place = Shape()
            place.in_debt = shape.in_debt or shape.is_debt
            self.floating.append(place)
        return place

    def block(
        self,
        part: Part,
        table: Mapping[str, Any],
        at: str,
        around: Shape,
        *,
        fixed: Mapping[str, Any] | None = None,
        is_debt: bool = False,
    ) -> Block:
        """One block with all its fields."""
        faults = self.faults
        allowed = _BLOCK_KEYS | part.words.keys() - (fixed or {}).keys()
        faults.only(table, allowed, at)
        each, shape = None, around
        if "each" in table:
            each = self.path(table["each"], f"{at}.each")
            if each is not None:
                shape = self._place(each, around)
                if is_debt:
                    shape.is_debt, shape.in_debt = True, False
                elif around.is_debt or around.in_debt:
                    shape.in_debt = True
        conditions = {
            name: self.condition(table[name], shape, f"{at}.{name}", around) if name in table else None
            for name in ("where", "skip", "when")
        }
        for name in ("where", "skip"):
            if name in table and each is None:
                faults.add(f"{at}.{name}", "also needs each = ..., the items to choose from")
        if each is not None and each.steps is not None:
            if "where" in table:
                shape.filtered = True
            else:
                shape.whole = True
        group_by = self.selection(table["group_by"], shape, f"{at}.group_by") if "group_by" in table else None
        self.ignore(faults.texts(table, "ignore", at), shape, f"{at}.ignore")
        readers: list[NamedReader] = []
        constants: list[NamedReader] = []
        for word, value in (fixed or {}).items():
            constants.append((word, constant(value, Target(name=word, label=at))))
        for name, word_spec in part.words.items():
            if name not in table:
                continue
            compiled = self._field(word_spec, table[name], f"{at}.{name}", shape, required=is_debt)
            if compiled is not None:
                is_constant = isinstance(table[name], Mapping) and "const" in table[name]
                (constants if is_constant else readers).append((word_spec.target, compiled))
        required = frozenset(word.target for word in part.words.values() if word.required)
        for name, known in part.words.items():
            if known.required and name not in table and name not in (fixed or {}):
                faults.add(f"{at}.{name}", f"must be there: {known.kind.value}")
        if part.makes is Component and not set(table) & {"charged", "outstanding"}:
            faults.add(at, "needs charged = ... or outstanding = ... (or both)")
        return Block(
            label=at,
            makes=part.makes,
            readers=tuple(readers),
            fixed=tuple(constants),
            required=required,
            each=each,
            where=conditions["where"],
            skip=conditions["skip"],
            when=conditions["when"],
            group_by=group_by,
            shape=shape if each is not None else around,
            combine=bool(table.get("combine", False)),
        )

    def _field(self, word: Word, spec: Any, at: str, shape: Shape, *, required: bool) -> Reader | None:
        table = {"path": spec} if isinstance(spec, str) else spec
        if not isinstance(table, Mapping):
            self.faults.add(at, 'must be a path in quotes, or a table such as { path = "...", values = {...} }')
            return None
        self.faults.only(table, _FIELD_KEYS, at)
        ways = [way for way in _WAYS if way in table]
        if len(ways) != 1:
            self.faults.add(at, f"must say exactly one of {', '.join(_WAYS)}")
            return None
        target = Target(
            name=word.target,
            label=at,
            identifying=word.identifying,
            is_text=word.kind in (Kind.TEXT, Kind.IDENTIFIER),
            required=bool(table.get("required", word.required and required)),
        )
        if ways[0] == "const":
            value = self._constant(word, table["const"], at)
            return None if value is None else constant(value, target)
        made = self._convert(word, table, at)
        if made is None:
            return None
        convert, steps = made
        if ways[0] == "name_of":
            path = self.path(table["name_of"], at)
            return None if path is None else name_reader(path, convert, target, steps)
        selection = self.selection(table, shape, at)
        if selection is None:
            return None
        if selection.mode == "sum" and word.kind is not Kind.MONEY:
            self.faults.add(at, "only amounts can be added up; use first or join")
            return None
        if selection.mode in ("sum", "first"):
            steps = (*steps, selection.mode)
        elif selection.mode == "join":
            steps = (f"join:{selection.separator}", *steps)
        default = self._constant(word, table["default"], at) if "default" in table else None
        read = reader(selection, convert, target, steps, default)
        return self._checked(read, word, table, at, shape, selection)

    def _checked(
        self, read: Reader, word: Word, table: Mapping[str, Any], at: str, shape: Shape, selection: Selection
    ) -> Reader:
        """Amounts may stand beside a sign and a currency; both are looked at with the amount."""
        if word.kind is not Kind.MONEY:
            return read
        if "sign" in table:
            sign = table["sign"]
            spec = sign if isinstance(sign, Mapping) else {}
            marks = self.selection({"path": spec.get("path")}, shape, f"{at}.sign")
            values = self.table_of(spec.get("values"), f"{at}.sign.values")
            if marks is not None and values is not None:
                if set(values.values()) <= {"+", "-"}:
                    read = with_sign(read, marks, values, word.target, at)
                else:
                    self.faults.add(f"{at}.sign.values", 'must give "+" or "-" for each code')
        if "currency" in table:
            beside = self.selection({"path": table["currency"]}, shape, f"{at}.currency")
            if beside is not None:
                read = with_currency(read, beside, at)
        elif self._currency_attribute is not None:
            read = with_currency(read, selection, at, attribute=self._currency_attribute)
        return read

    def _constant(self, word: Word, value: Any, at: str) -> Any:
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
        self.faults.add(at, f"this constant is not {word.kind.value}; amounts are whole cents")
        return None

    def _convert(self, word: Word, table: Mapping[str, Any], at: str) -> tuple[Convert, tuple[str, ...]] | None:
        if word.kind is Kind.MONEY:
            return self._money_convert(table, at)
        for key in ("money", "negate", "sign"):
            if key in table:
                self.faults.add(f"{at}.{key}", "only fits an amount")
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

    def _money_convert(self, table: Mapping[str, Any], at: str) -> tuple[Convert, tuple[str, ...]] | None:
        notation = table.get("money", self._money)
        if notation not in _NOTATIONS:
            self.faults.add(
                f"{at}.money",
                f"say how amounts are written, here or under [defaults] money = one of {', '.join(_NOTATIONS)}",
            )
            return None
        convert, steps = transforms.money(Notation(notation)), (f"money:{notation}",)
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
