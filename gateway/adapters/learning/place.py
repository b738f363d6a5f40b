"""One place in the samples: everything that stands there, in whatever syntax, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.adapters.learning.labelled import Labelled

EACH: Final = "*"  # stands for every key of an object that is used as a list


@dataclass(eq=False)
class Place:
    """
    One place in the replies; lists do not count as a level.

    Args:
        values: (sample, value) of every plain value that stands here and says something.
        items: How many objects or elements with something inside stand here.
        repeated: There was a list here, or the same element several times.
        empty_in: The samples in which there was an empty list here.
    """

    name: str = ""
    parent: Place | None = field(default=None, repr=False)
    children: dict[str, Place] = field(default_factory=dict, repr=False)
    values: list[tuple[int, Any]] = field(default_factory=list, repr=False)
    items: int = 0
    repeated: bool = False
    seen_in: set[int] = field(default_factory=set)
    empty_in: set[int] = field(default_factory=set)

    def child(self, name: str) -> Place:
        if name not in self.children:
            self.children[name] = Place(name=name, parent=self)
        return self.children[name]

    @property
    def names(self) -> tuple[str, ...]:
        return () if self.parent is None else (*self.parent.names, self.name)

    def names_from(self, base: Place) -> tuple[str, ...]:
        return self.names[len(base.names) :]

    def is_within(self, other: Place) -> bool:
        """Whether it is *other* or lies below it."""
        return self.names[: len(other.names)] == other.names

    def between(self, base: Place) -> list[Place]:
        """From just below *base* down to this place, both included."""
        chain: list[Place] = []
        place: Place | None = self
        while place is not None and place is not base:
            chain.append(place)
            place = place.parent
        return chain[::-1]

    def walk(self) -> Iterator[Place]:
        """This place and all below it, in the order of the reply."""
        yield self
        for child in self.children.values():
            yield from child.walk()

    def texts(self) -> list[str]:
        """Its values as text, trimmed."""
        return [spoken(value) for _, value in self.values]


def spoken(value: Any) -> str:
    """A value as a person would write it."""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def values_at(value: Any, names: Sequence[str]) -> list[Any]:
    """Everything at the end of *names*, lists walked through."""
    found = value if isinstance(value, list) else [value]
    for name in names:
        found = [
            inner
            for part in found
            if isinstance(part, dict)
            for child in _children(part, name)
            for inner in (child if isinstance(child, list) else [child])
        ]
    return found


def _children(part: dict[str, Any], name: str) -> list[Any]:
    if isinstance(name, Labelled):
        return name.rows(part)
    if name == EACH:
        return list(part.values())
    return [part[name]] if name in part else []


def plain(value: Any) -> Any:
    """The plain value of a place: the text of an element with attributes; None when it says nothing."""
    if isinstance(value, dict):
        value = value.get("#text")
    if isinstance(value, (dict, list)) or (isinstance(value, str) and not value.strip()):
        return None
    return value
