"""Where in a reply a value stands: paths as a mapping writes them, walked over the parsed tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

# A location is a linked list (parent location, key or index): cheap to make, rendered only when looked at.
Location = tuple[Any, ...]
ROOT: Final[Location] = ()
Hit = tuple[Any, Location]


class Step(Enum):
    """Steps of a path that are neither a name nor an index."""

    ALL = "*"  # every child, whatever its name
    ITEMS = "[*]"  # every element of a list
    UP = ".."  # the object or element around this one


class Rows(list[Hit]):
    """Several rows of a reply that together make one item (group_by)."""


Query = Callable[["Tree", Hit], list[Hit]]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """
    A parsed reply as dicts, lists and scalars, the same for JSON and XML.

    An XML element with attributes or children is a dict ("@name" for an attribute, "#text" for text beside them),
    any other its text; repeated elements are a list. *source* is what a full JSONPath or XPath runs on.
    """

    top: Any
    source: Any = None

    def at(self, keys: Sequence[Any]) -> Any:
        """The value at the end of *keys*, counted from the top."""
        value = self.top
        for key in keys:
            value = value if isinstance(key, int) and not isinstance(value, list) else value[key]
        return value


@dataclass(frozen=True, kw_only=True)
class Path:
    """
    A compiled path.

    Args:
        text: As the mapping wrote it.
        absolute: Counted from the top of the reply instead of from the item at hand.
        steps: The simple steps, or None where *query* runs a full JSONPath or XPath.
        expands: A list at the end stands for its elements.
        names: Names that a query tests, so that they count as read.

    Attributes:
        name: The one name that the whole path is, counted from the item; None for any other path.
    """

    text: str
    absolute: bool
    steps: tuple[str | int | Step, ...] | None
    query: Query | None = None
    expands: bool = True
    names: frozenset[str] = frozenset()
    name: str | None = field(default=None, init=False, compare=False)
    _plain: tuple[str, ...] | None = field(default=None, init=False, compare=False)

    def __post_init__(self) -> None:
        plain = tuple(step for step in self.steps or () if isinstance(step, str))
        if self.steps is not None and len(plain) == len(self.steps):
            object.__setattr__(self, "_plain", plain)
            object.__setattr__(self, "name", plain[0] if len(plain) == 1 and not self.absolute else None)

    @property
    def leaves_item(self) -> bool:
        """Whether it can lead outside the item at hand, to a place that several items share."""
        return self.absolute or ".." in self.text

    def hits(self, tree: Tree, item: Hit) -> list[Hit]:
        """What stands there, with its location; an empty list when nothing does."""
        if self.query is not None:
            return self.query(tree, item)
        assert self.steps is not None
        value, location = (tree.top, ROOT) if self.absolute else item
        if self._plain is not None and type(value) is not Rows:
            found, place = value, location
            for name in self._plain:  # plain names through plain objects: most paths are that
                if type(found) is not dict:
                    break
                if name not in found:
                    return []
                found, place = found[name], (place, name)
            else:
                return _elements((found, place)) if self.expands and type(found) is list else [(found, place)]
        hits: list[Hit] = list(value) if type(value) is Rows else [(value, location)]
        for step in self.steps:
            hits = _stepped(tree, hits, step)
        if self.expands and any(type(value) is list for value, _ in hits):
            return [part for hit in hits for part in _elements(hit)]
        return hits


def _elements(hit: Hit) -> list[Hit]:
    value, location = hit
    if type(value) is not list:
        return [hit]
    return [(element, (location, index)) for index, element in enumerate(value)]


def _stepped(tree: Tree, hits: list[Hit], step: str | int | Step) -> list[Hit]:
    found: list[Hit] = []
    for value, location in hits:
        if step is Step.ITEMS:
            found += _elements((value, location))
        elif step is Step.UP:
            found.append(enclosing(tree, location))
        elif type(step) is int:
            elements = _elements((value, location))
            if -len(elements) <= step < len(elements):
                found.append(elements[step])
        else:
            for part, place in _elements((value, location)) if type(value) is list else ((value, location),):
                if type(part) is not dict:
                    continue
                if step is Step.ALL:
                    found += [
                        element
                        for name, child in part.items()
                        if name[:1] not in ("@", "#")
                        for element in _elements((child, (place, name)))
                    ]
                elif step in part:
                    found.append((part[step], (place, step)))
    return found


def enclosing(tree: Tree, location: Location) -> Hit:
    """The object around the one at *location*; lists do not count as a level."""
    while location and isinstance(location[1], int):
        location = location[0]
    location = location[0] if location else ROOT
    while location and isinstance(location[1], int) and isinstance(tree.at(keys(location)), list):
        location = location[0]
    return tree.at(keys(location)), location


def keys(location: Location) -> list[Any]:
    """The location as a plain list of names and indexes, from the top."""
    found = []
    while location:
        location, key = location
        found.append(key)
    found.reverse()
    return found


@dataclass(frozen=True)
class PathWriter:
    """How a location is written for a reader: *start*, and then every key by *step*."""

    start: str
    step: Callable[[Any], str]

    def __call__(self, location: Location) -> str:
        return self.start + "".join([self.step(key) for key in keys(location)]) or "/"


def located(parts: Sequence[Any]) -> Location:
    """The location at the end of these names and indexes."""
    location: Location = ROOT
    for part in parts:
        location = (location, part)
    return location


def name_at(location: Location) -> str | None:
    """The name under which an item stands: its key in an object, or the name of its element."""
    while location:
        location, key = location
        if isinstance(key, str):
            return key
    return None


class BadPath(ValueError):
    """The path is not one; the message says what to do."""


_JSON_STEP = re.compile(
    r"""\.?\[\s*(?:(?P<index>-?[0-9]+)|(?P<items>\*)|'(?P<single>[^']*)'|"(?P<double>[^"]*)")\s*\]"""
    r"""|\.?(?P<up>\.\.)(?:/|(?=$))|\.?(?P<all>\*)|\.?(?P<name>[^.\[\]*'"?(),/]+)"""
)
_XML_NAME = r"[^\W\d][\w.\-]*"
_XML_STEP = re.compile(
    rf"""(?P<up>\.\.)|(?P<self>\.)|(?P<text>text\(\))|(?P<all>\*)"""
    rf"""|(?P<name>@?(?:{_XML_NAME}:)?{_XML_NAME})(?:\[(?P<index>[0-9]+)\])?"""
)
_NAMES_IN_FILTER = re.compile(r"@?(?:[^\W\d][\w\-]*:)?[^\W\d][\w\-]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_FILTER = re.compile(r"\[[^\[\]]*\]")


def json_steps(text: str) -> tuple[bool, tuple[str | int | Step, ...]] | None:
    """(absolute, steps) of a simple path: `$.a.b[0]`, `a['b c']`, `a[*]`, `*`, `../a`, `.`; None = not simple."""
    text = text.strip()
    if text in (".", "@"):
        return False, ()
    absolute = text.startswith("$")
    rest = text[1:] if absolute else text.removeprefix("@.")
    return _steps_of(rest, absolute)


def _steps_of(rest: str, absolute: bool) -> tuple[bool, tuple[str | int | Step, ...]] | None:
    steps: list[str | int | Step] = []
    at = 0
    if absolute and rest.startswith(".."):
        return None
    while at < len(rest):
        match = _JSON_STEP.match(rest, at)
        if match is None or match.end() == at:
            return None
        kind = match.lastgroup
        if kind == "index":
            steps.append(int(match["index"]))
        elif kind == "items":
            steps.append(Step.ITEMS)
        elif kind == "up":
            steps.append(Step.UP)
        elif kind == "all":
            steps.append(Step.ALL)
        else:
            assert kind is not None
            steps.append(match[kind])
        at = match.end()
    return absolute, tuple(steps)


def xml_steps(text: str) -> tuple[bool, tuple[str | int | Step, ...]] | None:
    """(absolute, steps) of a simple path: `/A/B`, `A/@b`, `@b`, `../C`, `A[2]`, `*`, `.`; None = not simple."""
    text = text.strip()
    absolute = text.startswith("/")
    rest = text[1:] if absolute else text
    if not rest or rest.startswith("/") or "//" in rest:
        return None
    steps: list[str | int | Step] = []
    for part in rest.split("/"):
        match = _XML_STEP.fullmatch(part)
        if match is None or match["text"] or match["self"]:
            if match is None:
                return None
            continue
        if match["up"]:
            steps.append(Step.UP)
        elif match["all"]:
            steps.append(Step.ALL)
        else:
            steps.append(match["name"])
            if match["index"]:
                steps.append(int(match["index"]) - 1)
    return absolute, tuple(steps)


def names_in_filters(text: str) -> frozenset[str]:
    """The names that stand in square brackets: what a filter tests counts as read."""
    plain = _QUOTED.sub("''", text)
    return frozenset(name for part in _FILTER.findall(plain) for name in _NAMES_IN_FILTER.findall(part))
