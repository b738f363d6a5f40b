"""What is wrong with a mapping file, gathered so that it can be mended in one go; readers of its parts that say so."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from gateway.adapters.lines import Places, lines_of
from gateway.errors import ConfigurationError


class Faults:
    """
    Gathers what is wrong with one file, so that it can be mended in one go.

    Args:
        text: The file itself, valid TOML: with it each fault names its line.
    """

    def __init__(self, file_name: str, text: str = "") -> None:
        self._file = file_name
        self._text = text
        self._places: Places | None = None
        self._found: list[tuple[int, str]] = []

    def add(self, key: str, advice: str) -> None:
        """One fault: file and line, key, and what to do."""
        line = self._line_of(key)
        place = f"{self._file}:{line}" if line is not None else self._file
        self._found.append((line or 0, f"{place}: {key}: {advice}." if key else f"{place}: {advice}."))

    def _line_of(self, key: str) -> int | None:
        if not self._text:
            return None
        if self._places is None:
            self._places = Places(lines_of(self._text))
        return self._places.line_of(key)

    def stop(self) -> None:
        """
        End here when anything is wrong.

        Raises:
            ConfigurationError: one line of text per fault, in the order of the file.
        """
        if self._found:
            raise ConfigurationError("\n".join(said for _, said in sorted(self._found, key=lambda found: found[0])))

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
