"""Lines of Python source, and the objects that they reach by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_WRITABLE: Final = (bool, int, str, type(None))


class Writer:
    """
    Gathers lines of source.

    Attributes:
        known: What the source reaches by name when it is compiled.
    """

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = dict(known)
        self._lines: list[str] = []
        self._depth = 0
        self._kept: dict[int, str] = {}
        self._number = 0

    def add(self, *lines: str) -> None:
        """Lines at the current depth."""
        self._lines += ["    " * self._depth + line for line in lines]

    @contextmanager
    def under(self, line: str) -> Iterator[None]:
        """What is added inside stands indented below *line*."""
        self.add(line)
        self._depth += 1
        yield
        self._depth -= 1

    def fresh(self, stem: str) -> str:
        """A name that nothing has yet."""
        self._number += 1
        return f"{stem}_{self._number}"

    def keep(self, value: Any, stem: str) -> str:
        """How the source says *value*: written out where it can be, else by the name that it is kept under."""
        if type(value) in _WRITABLE:
            return repr(value)
        if id(value) not in self._kept:
            name = self.fresh(stem)
            self._kept[id(value)], self.known[name] = name, value  # what is known stays alive, and so does its id
        return self._kept[id(value)]

    def text(self) -> str:
        """All lines."""
        return "\n".join(self._lines) + "\n"
