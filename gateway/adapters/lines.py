"""On which line of a TOML file each key stands: tomllib keeps no lines, and a person needs them to mend a fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Final

Keys = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")  # also comments and line ends
_PLAIN_VALUE = re.compile(r"[^,\]}#\n]*")
_ENDS: Final = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL),
    "'''": re.compile(r"(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL),
    '"': re.compile(r'(?:[^"\\]|\\.)*"'),
    "'": re.compile(r"[^']*'"),
}


def lines_of(text: str) -> dict[Keys, int]:
    """
    The line (from 1) of every key, table and element of an array in *text*, which tomllib has read without complaint.

    A key path is ("debts", "component_list", 0, "kind"): names, and numbers from 0 for elements. A table that was
    opened several times, or only by a dotted key, stands where it was first named.
    """
    return _Scanner(text).scanned()


class _Scanner:
    """Walks over TOML that is known to be valid, so that nothing here needs to doubt it."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._counted_to = 0
        self._line = 1
        self._found: dict[Keys, int] = {}
        self._elements: dict[Keys, int] = {}  # arrays of tables, with how many there are so far

    def scanned(self) -> dict[Keys, int]:
        table: Keys = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self._found

    def _header(self) -> Keys:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        *around, (last, line) = self._key()
        place: Keys = ()
        for name, name_line in around:
            place = self._note((*place, name), name_line)
            if place in self._elements:
                place = (*place, self._elements[place] - 1)
        place = self._note((*place, last), line)
        if is_array:
            number = self._elements.get(place, 0)
            self._elements[place] = number + 1
            place = self._note((*place, number), line)
        self._at = self._text.index("]", self._at) + (2 if is_array else 1)
        return place

    def _pair(self, table: Keys) -> None:
        place = table
        for name, line in self._key():
            place = self._note((*place, name), line)
        self._at = self._text.index("=", self._at) + 1
        self._value(place)

    def _key(self) -> list[tuple[str, int]]:
        """The parts of a dotted key, each with its line."""
        parts = []
        while True:
            self._skip(_SPACE)
            line, start = self._line_here(), self._at
            if self._text[start] in "\"'":
                self._string(self._text[start])
                name = tomllib.loads(f"key = {self._text[start : self._at]}")["key"]
            else:
                self._skip(_BARE_KEY)
                name = self._text[start : self._at]
            parts.append((name, line))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _value(self, place: Keys) -> None:
        self._skip(_SPACE)
        for mark in _ENDS:
            if self._text.startswith(mark, self._at):
                self._string(mark)
                return
        if self._text.startswith("[", self._at):
            self._array(place)
        elif self._text.startswith("{", self._at):
            self._inline_table(place)
        else:
            self._skip(_PLAIN_VALUE)

    def _array(self, place: Keys) -> None:
        self._at += 1
        number = 0
        while True:
            self._skip(_BLANK)
            if self._text.startswith("]", self._at):
                break
            self._note((*place, number), self._line_here())
            self._value((*place, number))
            number += 1
            self._skip(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
        self._at += 1

    def _inline_table(self, place: Keys) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text.startswith("}", self._at):
                break
            self._pair(place)
            self._skip(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
        self._at += 1

    def _string(self, mark: str) -> None:
        self._at += len(mark)
        self._skip(_ENDS[mark])

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        assert found is not None  # the text is valid TOML
        self._at = found.end()

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line

    def _note(self, place: Keys, line: int) -> Keys:
        self._found.setdefault(place, line)
        return place


class Places:
    """From a key as a fault names it, such as `outcome.rules[0].when."$.x"`, to its line."""

    def __init__(self, lines: Mapping[Keys, int]) -> None:
        self._lines: dict[str, int] = {}
        for place, line in lines.items():
            self._lines.setdefault(_as_named(place), line)

    def line_of(self, key: str) -> int | None:
        """The line of *key*, or of what is nearest around it; None when even its first word is not in the file."""
        text = key.replace('"', "").replace("facts/", "facts.")
        while text:
            for written in (text, text.replace("[0]", "")):  # one table alone counts as a list of one
                if written in self._lines:
                    return self._lines[written]
            text = text[: max(text.rfind("."), text.rfind("["), 0)]
        return None


def _as_named(place: Keys) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text.replace('"', "")
