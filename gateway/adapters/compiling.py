"""From the words of a mapping file to closures; every fault is gathered with its key and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from gateway.adapters.amounts import with_currency, with_sign
from gateway.adapters.blocks import Block
from gateway.adapters.conditions import exactly, test_of
from gateway.adapters.conversions import Conversions
from gateway.adapters.coverage import Shape
from gateway.adapters.faults import Faults
from gateway.adapters.fields import Constant, NamedReader, Reader, Selection, Target, first_names, name_reader, reader
from gateway.adapters.paths import BadPath, Path
from gateway.adapters.rows import Condition, Where
from gateway.adapters.vocabulary import Kind, Part, Word
from gateway.domain.statement import Component

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


class Compiler:
    """Compiles the blocks of one mapping; *top* grows into what the mapping knows about a reply."""

    def __init__(self, faults: Faults, compile_path: Callable[[str], Path], table: Mapping[str, Any]) -> None:
        self.faults = faults
        self.top = Shape()
        self.floating: list[Shape] = []
        self.any_depth: set[str] = set()
        self.tested: set[str] = set()
        self.values = Conversions(faults, table)
        self._compile_path = compile_path

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

    def condition(self, spec: Any, shape: Shape, at: str, outer: Shape | None = None) -> Condition | None:
        """A condition: every path in it must pass its test."""
        if not isinstance(spec, Mapping) or not spec:
            self.faults.add(at, 'must be a table of paths and values, such as { "Status" = "OPEN" }')
            return None
        tests: list[Condition] = []
        sorting: tuple[str, str] | None = None
        rest: list[Condition] = []
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
                continue
            tests.append(test)
            if sorting is None and (sorting := exactly(path, wanted)) is not None:
                continue
            rest.append(test)
        name, text = sorting or (None, "")
        return Where(tuple(tests), name, text, tuple(rest))

    def _read_at(self, path: Path, shape: Shape) -> bool:
        """Note that a value is read here; True when only a run can tell where that is."""
        place = shape.under(path, self.top)
        if place is None:
            return True
        place.leaf = True
        if self.values.currency_attribute is not None:
            place.child(self.values.currency_attribute).leaf = True
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
            if {"where", "skip"} & table.keys():
                shape.filtered = True
            else:
                shape.whole = True
        group_by = self.selection(table["group_by"], shape, f"{at}.group_by") if "group_by" in table else None
        self.ignore(faults.texts(table, "ignore", at), shape, f"{at}.ignore")
        doors: set[str | None] = set()
        readers: list[NamedReader] = []
        constants: list[tuple[str, Constant]] = []
        for word, value in (fixed or {}).items():
            constants.append((word, Constant(value=value, target=Target(name=word, label=at))))
        for name, word_spec in part.words.items():
            if name not in table:
                continue
            compiled = self._field(word_spec, table[name], f"{at}.{name}", shape, required=is_debt, doors=doors)
            if compiled is not None:
                if isinstance(compiled, Constant):
                    constants.append((word_spec.target, compiled))
                else:
                    readers.append((word_spec.target, compiled))
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
            doors=_doors(each, conditions["when"], doors),
        )

    def _field(
        self, word: Word, spec: Any, at: str, shape: Shape, *, required: bool, doors: set[str | None]
    ) -> Reader | None:
        """One field; the first names on the way to its value go into *doors*, or None where that cannot be told."""
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
            value = self.values.constant(word, table["const"], at)
            return None if value is None else Constant(value=value, target=target)
        made = self.values.convert(word, table, at)
        if made is None:
            return None
        convert, steps = made
        if ways[0] == "name_of":
            path = self.path(table["name_of"], at)
            doors.add(None)
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
        default = self.values.constant(word, table["default"], at) if "default" in table else None
        always = default is not None or target.required or bool({"sign", "currency"} & table.keys())
        doors.update((None,) if always else first_names(selection) or (None,))
        read = reader(selection, convert, target, steps, default, at_top=shape is self.top)
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
            values = self.values.table_of(spec.get("values"), f"{at}.sign.values")
            if marks is not None and values is not None:
                if set(values.values()) <= {"+", "-"}:
                    read = with_sign(read, marks, values, word.target, at)
                else:
                    self.faults.add(f"{at}.sign.values", 'must give "+" or "-" for each code')
        if "currency" in table:
            beside = self.selection({"path": table["currency"]}, shape, f"{at}.currency")
            if beside is not None:
                read = with_currency(read, beside, at)
        elif self.values.currency_attribute is not None:
            read = with_currency(read, selection, at, attribute=self.values.currency_attribute)
        return read


def _doors(each: Path | None, when: Condition | None, names: set[str | None]) -> frozenset[str] | None:
    """See Block.doors: by the path to its items, or else by the paths of all its fields."""
    if each is not None:
        return frozenset({each.name}) if each.name is not None else None
    known = frozenset(name for name in names if name is not None)
    return known if known and len(known) == len(names) and when is None else None
