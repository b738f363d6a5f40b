"""A mapping file becomes a checked, compiled format, or an error that names file, key and what to do."""

from __future__ import annotations

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
from gateway.adapters.emitting import Blocks, DebtReader, debt_reader
from gateway.adapters.faults import Faults
from gateway.adapters.fields import Selection
from gateway.adapters.outcomes import hold_sections, outcome_section
from gateway.adapters.paths import Path
from gateway.adapters.request_forms import request_options
from gateway.adapters.rows import Condition
from gateway.adapters.sections import debts_section, header_section, without
from gateway.adapters.undecided import report_undecided
from gateway.adapters.vocabulary import HEADERS, STATEMENT
from gateway.domain.statement import Outcome
from gateway.errors import ConfigurationError

SYNTAXES: Final = ("json", "xml", "csv")
REQUEST_STYLES: Final = ("rest_json", "rest_xml", "soap")
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
    blocks: Blocks | None = None  # what makes a debt, once more, as the quick reader *read_debt* was written from it
    read_debt: DebtReader | None = None


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
    report_undecided(faults, table, "")
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
    statement = compiler.block(STATEMENT, without(statement_table, HEADERS), "statement", top)
    headers = {
        name: header_section(compiler, faults, statement_table, name) for name in HEADERS if name in statement_table
    }
    if "as_of" not in statement_table:
        faults.add(
            "statement.as_of",
            'say on which day the amounts held: a path, or { const = "received" } when replies never say it',
        )
    debts, components, lists, singles = debts_section(compiler, faults, table)
    rules, codes, otherwise = outcome_section(compiler, faults, table)
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
    holds = hold_sections(compiler, faults, table)
    blocks = None if debts is None else Blocks(debts, components, lists, singles)
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
        blocks=blocks,
        read_debt=None if blocks is None else debt_reader(blocks),
    )
