"""A mapping file becomes a checked, compiled format, or an error that names file, key and what to do."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path as File
from types import MappingProxyType
from typing import Any, Final

from gateway.adapters import csv_format, json_format, xml_format
from gateway.adapters.blocks import Block
from gateway.adapters.compiling import Compiler
from gateway.adapters.coverage import Shape
from gateway.adapters.faults import Faults
from gateway.adapters.fields import Selection
from gateway.adapters.paths import Path
from gateway.adapters.request_forms import request_options
from gateway.adapters.rows import Condition
from gateway.adapters.vocabulary import (
    COMPONENT,
    COMPONENT_KINDS,
    DEBT,
    HEADERS,
    LISTS,
    OUTCOMES,
    SINGLES,
    STATEMENT,
    with_facts,
)
from gateway.domain.money import Notation
from gateway.domain.statement import ComponentKind, Outcome
from gateway.errors import ConfigurationError

SYNTAXES: Final = ("json", "xml", "csv")
# What `creditor learn` leaves for a person to decide; a mapping that still holds one does not load.
UNDECIDED: Final = "?"
REQUEST_STYLES: Final = ("rest_json", "rest_xml", "soap")
_NOTATIONS: Final = tuple(notation.value for notation in Notation)
_MEDIA_TYPES: Final = {"json": ("application/json",), "xml": ("application/xml", "text/xml"), "csv": ("text/csv",)}
_REQUEST_STYLE: Final = {"json": "rest_json", "xml": "rest_xml", "csv": "rest_json"}
_SECTIONS: Final = frozenset(
    {"mapping", "namespaces", "defaults", "tables", "request", "outcome", "statement", "debts", "hold"}
)
_MAPPING_KEYS: Final = frozenset(
    {
        "id",
        "version",
        "title",
        "syntax",
        "root",
        "charsets",
        "separator",
        "media_types",
        "acknowledgement",
        "acknowledgement_reference",
        "not_an_answer",
        "ignore",
        "cut",
    }
)


@dataclass(frozen=True, kw_only=True)
class Program:
    """What the engine runs for one format."""

    top: Shape
    root: tuple[str, ...]
    acknowledgement: tuple[Path, ...]
    acknowledgement_reference: Selection | None
    not_an_answer: tuple[Path, ...]
    holds: tuple[tuple[Condition, str], ...]
    outcome_rules: tuple[tuple[Outcome, Condition], ...]
    outcome_codes: tuple[Selection, Mapping[str, str]] | None
    otherwise: Outcome | None
    statement: Block
    headers: Mapping[str, Block]
    debts: Block | None
    components: tuple[Block, ...]
    lists: tuple[tuple[str, Block], ...]
    singles: tuple[tuple[str, Block], ...]
    any_depth: frozenset[str]
    tested: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Format:
    """
    One creditor's format: how its replies are read, and in which style it is written to.

    The identity is id + version + the SHA-256 of the file: what a statement's provenance names.
    """

    slug: str
    id: str
    version: str
    sha256: str
    title: str
    syntax: str
    media_types: tuple[str, ...]
    charsets: tuple[str, ...]
    namespaces: Mapping[str, str]
    request_style: str
    request_options: Mapping[str, Any]
    samples: tuple[File, ...] = ()
    program: Program = field(repr=False, compare=False)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    tree_of: Callable[[Any], Any] = field(repr=False, compare=False)

    @property
    def identity(self) -> str:
        """For a journal line: "bailiff-xml@1.0.0#0123456789ab"."""
        return f"{self.id}@{self.version}#{self.sha256[:12]}"


def load_formats(folder: File) -> dict[str, Format]:
    """
    Every format in *folder*, by file name without ".toml".

    Raises:
        ConfigurationError: a mapping is wrong or has no golden sample; every fault of every file is listed.
    """
    formats, faults = {}, []
    for path in sorted(folder.glob("*.toml")):
        try:
            formats[path.stem] = load_format(path)
        except ConfigurationError as problem:
            faults.append(problem.detail)
    if faults:
        raise ConfigurationError("\n".join(faults))
    if not formats:
        raise ConfigurationError(f"{folder}: there is no mapping file here; add <creditor>.toml.")
    return formats


def load_format(path: File, *, need_samples: bool = True) -> Format:
    """
    One format.

    Args:
        need_samples: Without a golden sample beside it a mapping does not load; `creditor try` does not ask for one.

    Raises:
        ConfigurationError: with every fault found, each with its key and what to do.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise ConfigurationError(f"{path}: cannot be read.") from None
    samples = samples_of(path)
    if need_samples and not samples:
        raise ConfigurationError(
            f"{path.name}: has no golden sample. Put a reply and what must come out of it in "
            f"samples/{path.stem}/<name>.json, .xml or .csv and samples/{path.stem}/<name>.expected.json."
        )
    return parse_mapping(raw, slug=path.stem, file_name=path.name, samples=samples)


def samples_of(path: File) -> tuple[File, ...]:
    """The replies in the samples folder beside the mapping that have an expectation with them."""
    folder = path.parent / "samples" / path.stem
    replies = [reply for ending in ("*.json", "*.xml", "*.csv") for reply in folder.glob(ending)]
    return tuple(
        sorted(
            reply for reply in replies if not reply.name.endswith(".expected.json") and expectation_of(reply).exists()
        )
    )


def expectation_of(reply: File) -> File:
    """The file that says what must come out of this reply."""
    return reply.with_name(f"{reply.stem}.expected.json")


def parse_mapping(raw: bytes, *, slug: str, file_name: str, samples: tuple[File, ...] = ()) -> Format:
    """
    The format that the text of a mapping file describes.

    Raises:
        ConfigurationError: see load_format.
    """
    try:
        text = raw.decode("utf-8-sig")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigurationError(_not_toml(file_name, problem)) from None
    faults = Faults(file_name, text)
    _undecided(faults, table, "")
    faults.stop()
    faults.only(table, _SECTIONS, "")
    head = faults.table(table, "mapping", required=True)
    faults.only(head, _MAPPING_KEYS, "mapping")
    syntax = faults.one_of(head, "syntax", SYNTAXES, "mapping", required=True)
    identity = faults.text(head, "id", "mapping", required=True)
    version = faults.text(head, "version", "mapping", required=True)
    request = faults.table(table, "request")
    style = faults.one_of(request, "style", REQUEST_STYLES, "request") or _REQUEST_STYLE[syntax or "json"]
    namespaces = {prefix: uri for prefix, uri in faults.table(table, "namespaces").items() if isinstance(uri, str)}
    if syntax is None:
        faults.stop()
    tree_of: Callable[[Any], Any]
    if syntax == "xml":
        compile_path, tree_of = xml_format.compiler(namespaces), xml_format.reader(namespaces)
    elif syntax == "csv":
        compile_path, tree_of = csv_format.compile_path, _csv_reader(faults, head)
    else:
        compile_path, tree_of = json_format.compile_path, json_format.tree_of
    compiler = Compiler(faults, compile_path, table)
    program = _program(compiler, faults, table, head)
    options = request_options(faults, request, style, namespaces)
    faults.stop()
    return Format(
        slug=slug,
        id=identity or slug,
        version=version or "",
        sha256=sha256(raw).hexdigest(),
        title=faults.text(head, "title", "mapping") or slug,
        syntax=syntax or "json",
        media_types=faults.texts(head, "media_types", "mapping") or _MEDIA_TYPES[syntax or "json"],
        charsets=faults.texts(head, "charsets", "mapping") or ("utf-8",),
        namespaces=MappingProxyType(namespaces),
        request_style=style,
        request_options=MappingProxyType(options),
        samples=samples,
        program=program,
        tables=compiler.values.tables,
        tree_of=tree_of,
    )


def _not_toml(file_name: str, problem: Exception) -> str:
    """tomllib's own words, with its line where a person looks for one."""
    line = re.search(r"\(at line (\d+)", str(problem))
    return f"{file_name}{':' + line[1] if line else ''}: this is not TOML: {problem}."


def _undecided(faults: Faults, value: Any, at: str) -> None:
    """Report every "?" that is still there, with what may stand in its place."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            _undecided(faults, part, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            _undecided(faults, part, f"{at}[{index}]")
    elif value == UNDECIDED:
        faults.add(at, f'still says "?"; {_choice(at)}')


def _choice(at: str) -> str:
    if at.startswith("outcome."):
        return f"say what this means: one of {', '.join(OUTCOMES)}"
    if at.endswith("money"):
        return f"say how amounts are written: one of {', '.join(_NOTATIONS)}"
    if "date" in at.rpartition(".")[2]:
        return 'say how days are written, such as "dd-mm-yyyy"'
    if at.startswith("tables.") or ".values." in at:
        return "write which of our words this code means: the comment above the table lists them"
    if at.startswith("defaults.booleans."):
        return "write true or false"
    return "say where this stands"


def _csv_reader(faults: Faults, head: Mapping[str, Any]) -> Callable[[Any], Any]:
    charsets = faults.texts(head, "charsets", "mapping") or ("utf-8",)
    for charset in charsets:
        if charset not in csv_format.CHARSETS:
            faults.add("mapping.charsets", f'"{charset}" is not one of {", ".join(csv_format.CHARSETS)}')
    separator = faults.one_of(head, "separator", tuple(csv_format.SEPARATORS), "mapping")
    return csv_format.reader(charsets, separator or ";")


def _program(compiler: Compiler, faults: Faults, table: Mapping[str, Any], head: Mapping[str, Any]) -> Program:
    top = compiler.top
    statement_table = faults.table(table, "statement")
    statement = compiler.block(STATEMENT, _without(statement_table, HEADERS), "statement", top)
    headers = {name: _header(compiler, faults, statement_table, name) for name in HEADERS if name in statement_table}
    if "as_of" not in statement_table:
        faults.add(
            "statement.as_of",
            'say on which day the amounts held: a path, or { const = "received" } when replies never say it',
        )
    debts, components, lists, singles = _debts(compiler, faults, table)
    rules, codes, otherwise = _outcome(compiler, faults, table)
    for name in ("ignore", "cut"):
        compiler.ignore(faults.texts(head, name, "mapping"), top, f"mapping.{name}")
    answers = {
        name: tuple(
            path
            for text in faults.texts(head, name, "mapping")
            if (path := compiler.path(text, f"mapping.{name}")) is not None
        )
        for name in ("acknowledgement", "not_an_answer")
    }
    reference = head.get("acknowledgement_reference")
    acknowledged = None
    if reference is not None:
        acknowledged = compiler.selection(reference, top, "mapping.acknowledgement_reference")
    holds = _holds(compiler, faults, table)
    anywhere = frozenset(compiler.any_depth)
    for shape in (top, *compiler.floating):
        shape.seal(anywhere)
    return Program(
        top=top,
        root=faults.texts(head, "root", "mapping"),
        acknowledgement=answers["acknowledgement"],
        acknowledgement_reference=acknowledged,
        not_an_answer=answers["not_an_answer"],
        holds=holds,
        outcome_rules=rules,
        outcome_codes=codes,
        otherwise=otherwise,
        statement=statement,
        headers=headers,
        debts=debts,
        components=components,
        lists=lists,
        singles=singles,
        any_depth=anywhere,
        tested=frozenset(compiler.tested),
    )


def _header(compiler: Compiler, faults: Faults, statement: Mapping[str, Any], name: str) -> Block:
    at = f"statement.{name}"
    table = dict(faults.table(statement, name, at="statement"))
    part = HEADERS[name]
    if name == "obstacle":
        facts = table.pop("facts", {})
        if not isinstance(facts, Mapping):
            faults.add(f"{at}.facts", 'name each fact, such as facts = { legal_basis = "$.article" }')
            facts = {}
        part = with_facts(part, tuple(facts))
        table.update({f"facts/{fact}": spec for fact, spec in facts.items()})
    return compiler.block(part, table, at, compiler.top)


def _without(table: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name not in names}


_Blocks = tuple[tuple[str, Block], ...]


def _debts(
    compiler: Compiler, faults: Faults, table: Mapping[str, Any]
) -> tuple[Block | None, tuple[Block, ...], _Blocks, _Blocks]:
    if "debts" not in table:
        faults.add("debts", "say where the debts stand: [debts] with each = ... and reference = ...")
        return None, (), (), ()
    section = faults.table(table, "debts")
    inner = {**LISTS, **SINGLES, "components": COMPONENT, "component_list": COMPONENT}
    debts = compiler.block(DEBT, _without(section, inner), "debts", compiler.top, is_debt=True)
    if debts.each is None:
        faults.add("debts.each", 'say where the debts stand, such as each = "$.debts" or each = "/Reply/Debt"')
    shape = debts.shape or compiler.top
    components = []
    for kind, fields in faults.table(section, "components", at="debts").items():
        at = f"debts.components.{kind}"
        if kind not in COMPONENT_KINDS:
            faults.add(at, f"is no kind of component; choose from {', '.join(COMPONENT_KINDS)}{_near(kind)}")
        elif not isinstance(fields, Mapping):
            faults.add(at, "write a table, such as [debts.components.principal] with charged = ...")
        else:
            components.append(compiler.block(COMPONENT, fields, at, shape, fixed={"kind": ComponentKind(kind)}))
    for index, fields in enumerate(faults.tables(section, "component_list", "debts")):
        components.append(compiler.block(COMPONENT, fields, f"debts.component_list[{index}]", shape))
    lists = [
        (name, compiler.block(part, fields, f"debts.{name}[{index}]", shape))
        for name, part in LISTS.items()
        for index, fields in enumerate(faults.tables(section, name, "debts"))
    ]
    singles = [
        (name, compiler.block(part, faults.table(section, name, at="debts"), f"debts.{name}", shape))
        for name, part in SINGLES.items()
        if name in section
    ]
    return debts, tuple(components), tuple(lists), tuple(singles)


def _near(word: str) -> str:
    close = difflib.get_close_matches(word, COMPONENT_KINDS, n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""


_Outcomes = tuple[tuple[tuple[Outcome, Condition], ...], tuple[Selection, Mapping[str, str]] | None, Outcome | None]


def _outcome(compiler: Compiler, faults: Faults, table: Mapping[str, Any]) -> _Outcomes:
    section = faults.table(table, "outcome")
    faults.only(section, frozenset({"otherwise", "path", "values", "rules"}), "outcome")
    otherwise = faults.one_of(section, "otherwise", ("statement",), "outcome")
    if not section:
        otherwise = "statement"
    rules = []
    for index, rule in enumerate(faults.tables(section, "rules", "outcome")):
        at = f"outcome.rules[{index}]"
        faults.only(rule, frozenset({"is", "when"}), at)
        outcome = faults.one_of(rule, "is", OUTCOMES, at, required=True)
        when = compiler.condition(rule.get("when"), compiler.top, f"{at}.when")
        if outcome is not None and when is not None:
            rules.append((Outcome(outcome), when))
    codes = None
    if "path" in section:
        selection = compiler.selection(section["path"], compiler.top, "outcome.path")
        values = compiler.values.table_of(section.get("values"), "outcome.values")
        for code, word in (values or {}).items():
            if word not in OUTCOMES:
                faults.add(f"outcome.values.{code}", f"is no outcome; choose from {', '.join(OUTCOMES)}")
        if selection is not None and values is not None:
            codes = (selection, values)
    elif "values" in section:
        faults.add("outcome.values", "also needs path = ..., where the code stands")
    return tuple(rules), codes, None if otherwise is None else Outcome(otherwise)


def _holds(compiler: Compiler, faults: Faults, table: Mapping[str, Any]) -> tuple[tuple[Condition, str], ...]:
    found = []
    for index, rule in enumerate(faults.tables(table, "hold", "")):
        at = f"hold[{index}]"
        faults.only(rule, frozenset({"when", "reason"}), at)
        reason = faults.text(rule, "reason", at, required=True)
        when = compiler.condition(rule.get("when"), compiler.top, f"{at}.when")
        if reason is not None and when is not None:
            found.append((when, reason))
    return tuple(found)
