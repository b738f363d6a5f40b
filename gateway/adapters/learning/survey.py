"""All samples of one creditor read together, JSON, XML or CSV, and how a mapping writes the path of a place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.adapters import csv_format, json_format, strict_xml, xml_format
from gateway.adapters.learning.labelled import Labelled, label_of, lists_in
from gateway.adapters.learning.place import EACH, Place, plain, spoken, values_at
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


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One reply and the name of its file; the name is only shown, never looked at."""

    name: str
    raw: bytes = field(repr=False)


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

    def has_several(self, place: Place) -> bool:
        """Whether some reply has more than one here in one place; a list of one may be no more than a wrapper."""
        if not place.repeated or place.name == EACH or place.parent is None:
            return place.repeated
        around = place.parent
        return any(
            len(values_at(it, (place.name,))) > 1
            for sample in range(len(self.trees))
            for it in (self.items(around, sample) if around.parent is not None else [self.trees[sample].top])
        )

    def items(self, place: Place, sample: int) -> list[Any]:
        """What stands at *place* in one sample, one by one."""
        return values_at(self.trees[sample].top, place.names)


def _json_step(name: str, *, first: bool) -> str:
    if isinstance(name, Labelled):
        return name.in_json if first else f".{name.in_json}"
    if name == EACH or _PLAIN_JSON_NAME.fullmatch(name):
        return name if first else f".{name}"
    quote = '"' if "'" in name else "'"
    return f"[{quote}{name}{quote}]"


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
    labels = _labels(trees, syntax) if syntax != "csv" else {}
    top = Place()
    for number, tree in enumerate(trees):
        _visit(tree.top, top, number, labels)
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


def _labels(trees: Sequence[Tree], syntax: str) -> dict[tuple[str, ...], str]:
    """The lists whose rows say what they are, with the field in which they say it."""
    groups: dict[tuple[str, ...], list[list[Any]]] = {}
    for tree in trees:
        for names, rows in lists_in(tree.top, syntax):
            groups.setdefault(names, []).append(rows)
    found = {names: label_of(lists) for names, lists in groups.items()}
    return {names: label for names, label in found.items() if label is not None}


def _visit(value: Any, place: Place, sample: int, labels: Mapping[tuple[str, ...], str]) -> None:
    place.seen_in.add(sample)
    if isinstance(value, list):
        place.repeated = True
        if not value:
            place.empty_in.add(sample)
        for part in value:
            _visit(part, place, sample, labels)
    elif isinstance(value, dict):
        place.items += 1
        if _is_list_by_key(value):
            every = place.child(EACH)
            every.repeated = True
            for part in value.values():
                _visit(part, every, sample, labels)
            return
        for name, part in value.items():
            if name == "#text":
                place.values.append((sample, part))
            elif (label := labels.get((*place.names, name))) is not None:
                for row in part if isinstance(part, list) else [part]:
                    step = Labelled(name, label, spoken(plain(row[label])))
                    rest = {inner: told for inner, told in row.items() if inner != label}
                    _visit(rest, place.child(step), sample, labels)
            else:
                _visit(part, place.child(name), sample, labels)
    elif plain(value) is not None:
        place.values.append((sample, value))


def _is_list_by_key(value: dict[str, Any]) -> bool:
    """An object whose keys are numbers of things, such as {"D-1": {...}, "D-2": {...}}."""
    parts = list(value.values())
    if len(parts) < 2 or not all(isinstance(part, dict) for part in parts):
        return False
    alike = set.intersection(*(set(part) for part in parts))
    return bool(alike) and all(re.search(r"\d", name) for name in value)
