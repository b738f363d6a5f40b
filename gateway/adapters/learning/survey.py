"""What stands in the samples: every place with all its values, whatever the syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.adapters import csv_format, json_format, strict_xml, xml_format
from gateway.adapters.paths import Tree
from gateway.adapters.unreadable import UnreadableInput

_XML_CHARSETS: Final = ("iso-8859-1", "windows-1252", "iso-8859-15")
_KNOWN_PREFIXES: Final = {
    "http://schemas.xmlsoap.org/soap/envelope/": "soap",
    "http://www.w3.org/2003/05/soap-envelope": "soap12",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc",
}
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_DULL_WORDS: Final = frozenset(
    {
        "like",
        "example",
        "de",
        "be",
        "uk",
        "eu",
        "gov",
        "services",
        "types",
        "xsd",
        "schema",
        "xml",
        "ns",
        "org",
        "com",
        "nl",
        "http",
        "https",
        "urn",
        "www",
    }
)
_PLAIN_JSON_NAME = re.compile(r"[^\W$@][^.\[\]*'\"?(),/$@]*(?<!\s)")
EACH: Final = "*"  # stands for every key of an object that is used as a list


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One reply and the name of its file; the name is only shown, never looked at."""

    name: str
    raw: bytes = field(repr=False)


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


@dataclass(frozen=True, kw_only=True)
class Survey:
    """All samples of one creditor, read together."""

    syntax: str
    samples: tuple[Sample, ...]
    trees: tuple[Tree, ...]
    top: Place
    namespaces: dict[str, str]
    charsets: tuple[str, ...]
    separator: str | None = None

    def path(self, place: Place, base: Place | None = None) -> str:
        """How a mapping writes this place: from the top, or from *base*."""
        names = place.names if base is None else place.names_from(base)
        if self.syntax == "xml":
            return ("/" if base is None else "") + "/".join(names) or "."
        if base is None:
            if self.syntax == "csv" and len(names) == 2:
                names = names[1:]  # what every row says alike
            return "$" + "".join(_json_step(name, first=False) for name in names)
        return "".join(_json_step(name, first=index == 0) for index, name in enumerate(names)) or "."

    def items(self, place: Place, sample: int) -> list[Any]:
        """What stands at *place* in one sample, one by one."""
        return values_at(self.trees[sample].top, place.names)


def _json_step(name: str, *, first: bool) -> str:
    if name == EACH or _PLAIN_JSON_NAME.fullmatch(name):
        return name if first else f".{name}"
    quote = '"' if "'" in name else "'"
    return f"[{quote}{name}{quote}]"


def values_at(value: Any, names: Sequence[str]) -> list[Any]:
    """Everything at the end of *names*, lists walked through."""
    found = value if isinstance(value, list) else [value]
    for name in names:
        found = [
            inner
            for part in found
            if isinstance(part, dict)
            for child in (part.values() if name == EACH else [part[name]] if name in part else [])
            for inner in (child if isinstance(child, list) else [child])
        ]
    return found


def plain(value: Any) -> Any:
    """The plain value of a place: the text of an element with attributes; None when it says nothing."""
    if isinstance(value, dict):
        value = value.get("#text")
    if isinstance(value, (dict, list)) or (isinstance(value, str) and not value.strip()):
        return None
    return value


def survey(samples: Sequence[Sample]) -> Survey:
    """
    Read the samples together.

    Raises:
        UnreadableInput: a sample is ill-formed, or the samples are not of one syntax.
    """
    kinds = {_syntax_of(sample.raw) for sample in samples}
    if len(kinds) != 1:
        raise UnreadableInput("mixed", "", "The samples are not all of one syntax; learn from one creditor at a time.")
    (syntax,) = kinds
    reading = {"json": _json, "xml": _xml, "csv": _csv}[syntax](samples)
    trees, namespaces, charsets, separator = reading
    top = Place()
    for number, tree in enumerate(trees):
        _visit(tree.top, top, number)
    return Survey(
        syntax=syntax,
        samples=tuple(samples),
        trees=tuple(trees),
        top=top,
        namespaces=namespaces,
        charsets=charsets,
        separator=separator,
    )


def _syntax_of(raw: bytes) -> str:
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return "xml" if start == b"<" else "json" if start in (b"{", b"[") else "csv"


_Read = tuple[list[Tree], dict[str, str], tuple[str, ...], str | None]


def _json(samples: Sequence[Sample]) -> _Read:
    return [json_format.tree_of(sample.raw) for sample in samples], {}, (), None


def _xml(samples: Sequence[Sample]) -> _Read:
    documents = [strict_xml.parse(sample.raw, _XML_CHARSETS) for sample in samples]
    namespaces: dict[str, str] = {}
    for document in documents:
        for element in document.root.iter():
            for prefix, uri in element.nsmap.items():
                if uri != _XSI and uri not in namespaces.values() and _is_used(document.root, uri):
                    namespaces[_prefix_for(uri, prefix, namespaces)] = uri
    charsets = tuple(dict.fromkeys(it.used_charset for it in documents if it.used_charset != "utf-8"))
    reader = xml_format.reader(namespaces)
    return [reader(document.root) for document in documents], namespaces, charsets, None


def _is_used(root: Any, uri: str) -> bool:
    mark = f"{{{uri}}}"
    return any(it.tag.startswith(mark) or any(name.startswith(mark) for name in it.attrib) for it in root.iter())


def _prefix_for(uri: str, written: str | None, taken: dict[str, str]) -> str:
    """The document's own prefix, a well-known one, or a word of the address; never one that is taken."""
    words = [word.lower() for word in re.findall(r"[A-Za-z]{2,}", uri) if word.lower() not in _DULL_WORDS]
    short = [word for word in words if len(word) < 5]
    cut = [word if len(word) < 9 else word[:3] for word in words]
    choices = [_KNOWN_PREFIXES.get(uri), written, *short[::-1], *cut[::-1], *(f"n{number}" for number in range(1, 100))]
    fitting: Iterator[str] = (
        it for it in choices if it and it not in taken and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", it)
    )
    return next(fitting)


def _csv(samples: Sequence[Sample]) -> _Read:
    first = samples[0].raw.removeprefix(b"\xef\xbb\xbf").splitlines()[0] if samples[0].raw.strip() else b""
    mark = max(csv_format.SEPARATORS.values(), key=lambda it: first.count(it.encode()))
    charset = "utf-8" if all(_is_utf8(sample.raw) for sample in samples) else "windows-1252"
    trees = [csv_format.parse(sample.raw, charset, mark).tree for sample in samples]
    name = next(word for word, written in csv_format.SEPARATORS.items() if written == mark)
    return trees, {}, () if charset == "utf-8" else (charset,), name


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _visit(value: Any, place: Place, sample: int) -> None:
    place.seen_in.add(sample)
    if isinstance(value, list):
        place.repeated = True
        if not value:
            place.empty_in.add(sample)
        for part in value:
            _visit(part, place, sample)
    elif isinstance(value, dict):
        place.items += 1
        if _is_list_by_key(value):
            every = place.child(EACH)
            every.repeated = True
            for part in value.values():
                _visit(part, every, sample)
            return
        for name, part in value.items():
            if name == "#text":
                place.values.append((sample, part))
            else:
                _visit(part, place.child(name), sample)
    elif plain(value) is not None:
        place.values.append((sample, value))


def _is_list_by_key(value: dict[str, Any]) -> bool:
    """An object whose keys are numbers of things, such as {"D-1": {...}, "D-2": {...}}."""
    parts = list(value.values())
    if len(parts) < 2 or not all(isinstance(part, dict) for part in parts):
        return False
    alike = set.intersection(*(set(part) for part in parts))
    return bool(alike) and all(re.search(r"\d", name) for name in value)
