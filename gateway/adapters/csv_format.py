"""CSV replies: the only way in for CSV, and the same tree as JSON: {"rows": [{column: text}]}."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gateway.adapters import json_format
from gateway.adapters.paths import BadPath, Hit, Path, Tree
from gateway.adapters.unreadable import UnreadableInput

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 10_000
SEPARATORS: Final = {";": ";", ",": ",", "tab": "\t", "|": "|"}
# Not every table that Python knows is a charset of text; these are the ones in use.
CHARSETS: Final = ("utf-8", "windows-1252", "iso-8859-1", "iso-8859-15")

_BOM: Final = b"\xef\xbb\xbf"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# UTF-8 that is read as an older charset shows up as these pairs ("Ã©" for "é").
_MOJIBAKE = re.compile("[\u00c2-\u00c3][\u0080-\u00bf]|\u00e2\u0082\u00ac|\u00e2\u20ac")
_ROWS: Final = "rows"


@dataclass(frozen=True, kw_only=True)
class CsvDocument:
    """A parsed table, the charset it was read with, and whether accented letters look garbled."""

    tree: Tree
    used_charset: str
    looks_garbled: bool


def reader(charsets: tuple[str, ...], separator: str) -> Callable[[bytes], CsvDocument]:
    """
    What makes a tree of bytes, for one mapping.

    Args:
        charsets: A CSV file cannot declare its charset, so the first one that the mapping names is the one; a byte
            order mark still says UTF-8.
        separator: One of SEPARATORS.
    """
    mark = SEPARATORS[separator]
    return lambda raw: parse(raw, charsets[0] if charsets else "utf-8", mark)


def parse(raw: bytes, charset: str = "utf-8", separator: str = ";") -> CsvDocument:
    """
    The table: one object per row, without the cells that hold nothing. Source: RFC 4180, read strictly.

    Raises:
        UnreadableInput: not in *charset*, a quote in the wrong place, a row with more or fewer cells than the
            header, a column name twice or empty, a control character, or over a limit: 16 MiB, 100,000 rows,
            200 columns, 10,000 characters in one cell.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableInput("too_many", "", f"There are more than {MAX_BYTES} bytes.")
    used = "utf-8" if raw.startswith(_BOM) else charset
    text = _decoded(raw.removeprefix(_BOM), used)
    table = _cells(text, separator)
    if not table:
        raise UnreadableInput("empty", "", "The body is empty.")
    (_, header), *lines = table
    columns = _columns(header)
    rows = []
    for line, cells in lines:
        if len(cells) != len(columns):
            detail = f"The row on line {line} has {len(cells)} cells, and the header {len(columns)}."
            raise UnreadableInput("uneven_row", f"line {line}", detail)
        row = {column: cell for column, cell in zip(columns, cells, strict=True) if cell.strip()}
        if row:  # a row of separators alone, as spreadsheets leave behind, says nothing
            rows.append(row)
    garbled = used != "utf-8" and _MOJIBAKE.search(text) is not None
    return CsvDocument(tree=Tree(top={_ROWS: rows}), used_charset=used, looks_garbled=garbled)


def _decoded(raw: bytes, charset: str) -> str:
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError as problem:
        place = f"byte {problem.start}"
        raise UnreadableInput("wrong_encoding", place, f"The bytes are not {charset} at {place}.") from None
    found = _CONTROL.search(text)
    if found is not None:
        place = f"character {found.start()}"
        raise UnreadableInput("control_character", place, f"There is a control character at {place}.")
    return text


def _cells(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Every row that is not blank, with the line on which it begins."""
    mark = re.escape(separator)
    cell = re.compile(rf'(?:"((?:[^"]++|"")*+)"|([^{mark}"\r\n]*+))({mark}|\r\n|\n|\r|\Z)')
    table: list[tuple[int, list[str]]] = []
    at, line, begun = 0, 1, 1
    row: list[str] = []
    if text.startswith("sep="):  # the line that one spreadsheet program adds for itself
        at, line, begun = len(text.partition("\n")[0]) + 1, 2, 2
    while at < len(text) or row:
        found = cell.match(text, at)
        if found is None:
            detail = f"A quote stands in the wrong place, or is not closed: see line {line}."
            raise UnreadableInput("not_csv", f"line {line}", detail)
        quoted, plain, end = found.groups()
        value = plain if quoted is None else quoted.replace('""', '"')
        if len(value) > MAX_CELL:
            raise UnreadableInput("too_many", f"line {line}", f"A cell has more than {MAX_CELL} characters.")
        row.append(value)
        if len(row) > MAX_COLUMNS:
            raise UnreadableInput("too_many", f"line {line}", f"There are more than {MAX_COLUMNS} columns.")
        line += found[0].count("\n") or found[0].count("\r")
        at = found.end()
        if end == separator:
            continue
        if row != [""]:
            table.append((begun, row))
        if len(table) > MAX_ROWS:
            raise UnreadableInput("too_many", "", f"There are more than {MAX_ROWS} rows.")
        row, begun = [], line
    return table


def _columns(header: list[str]) -> list[str]:
    columns = [name.strip() for name in header]
    for number, name in enumerate(columns, 1):
        if not name:
            raise UnreadableInput("not_csv", "line 1", f"Column {number} of the first row has no name.")
        if name in columns[: number - 1]:
            raise UnreadableInput("duplicate_name", "line 1", "A column name occurs twice.", raw=name)
    return columns


def compile_path(text: str) -> Path:
    """
    A path as a mapping writes it: as for JSON, and `$.Column` for what every row says alike.

    What belongs to the whole reply is repeated on each row of a CSV file. `$.Datum` reads it once; where two rows
    say something else it gives both, which a field refuses as ambiguous.

    Raises:
        BadPath: neither.
    """
    path = json_format.compile_path(text)
    steps = path.steps
    if not path.absolute or not steps or steps[0] == _ROWS:
        return path
    if len(steps) != 1 or not isinstance(steps[0], str):
        raise BadPath("a CSV reply has only $.rows and, for what every row says alike, $.Column")
    column = steps[0]

    def shared(tree: Tree, _: Hit) -> list[Hit]:
        found: dict[str, Hit] = {}
        rows: list[dict[str, Any]] = tree.top[_ROWS]
        for index, row in enumerate(rows):
            if column in row:
                found.setdefault(row[column].strip(), (row[column], ((((), _ROWS), index), column)))
        return list(found.values())

    # The steps tell the search for unmapped elements that this column is read in every row.
    return Path(text=text, absolute=True, steps=(_ROWS, column), query=shared)
