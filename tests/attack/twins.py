"""Twins of a reply: the same bytes with one thing changed, by what a broken system or a hurried hand would change."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

_AMOUNT = re.compile(rb"[0-9][0-9.,]*[.,][0-9]{2}(?![0-9])")
_NAMESPACE = re.compile(rb'xmlns(?::[a-z]+)?="([^"]+)"')
FEE = "NieuweKosten"


def digits(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Every digit in turn becomes the next one."""
    for at, byte in enumerate(raw):
        if byte in b"0123456789":
            yield f"digit at {at}", raw[:at] + b"%d" % ((byte - 47) % 10) + raw[at + 1 :]


def marks(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """In every amount in turn, comma and point change places."""
    for found in _AMOUNT.finditer(raw):
        swapped = found[0].translate(bytes.maketrans(b".,", b",."))
        yield f"marks at {found.start()}", raw[: found.start()] + swapped + raw[found.end() :]


def cuts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The reply ends anywhere before its end."""
    for at in range(len(raw.rstrip())):
        yield f"cut at {at}", raw[:at]


def doubled(raw: bytes, syntax: str) -> Iterator[tuple[str, bytes]]:
    """The reply comes twice in one body."""
    yield "twice", raw + raw
    if syntax == "json":
        text = raw.removeprefix(b"\xef\xbb\xbf")
        yield "twice in a list", b"[" + text + b"," + text + b"]"
        yield "once in a list", b"[" + text + b"]"
        yield "once in an object", b'{"antwoorden":' + text + b"}"
    else:
        charset, bare = undeclared(raw)
        for name, inside in (("once", bare), ("twice", bare * 2)):
            yield f"{name} in an element", b'<?xml version="1.0" encoding="%b"?><Alle>%b</Alle>' % (charset, inside)


def undeclared(raw: bytes) -> tuple[bytes, bytes]:
    """The charset that a document declares, and the document without its declaration."""
    declaration = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*\?>\s*", raw)
    if declaration is None:
        return b"utf-8", raw
    named = re.search(rb"encoding=.([A-Za-z0-9-]+)", declaration[0])
    return named[1] if named else b"utf-8", raw[declaration.end() :]


def namespaces(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Every namespace in turn gets another version."""
    for found in _NAMESPACE.finditer(raw):
        yield f"namespace {found[1].decode()}", raw[: found.end(1)] + b"9" + raw[found.end(1) :]


def parts(raw: bytes, syntax: str) -> Iterator[tuple[str, bytes]]:
    """Every element, attribute, name or item in turn: gone, there twice, under another name, beside a new amount."""
    yield from _json_parts(raw) if syntax == "json" else _xml_parts(raw)


def _json_parts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    document = json.loads(raw, parse_float=_Number)
    for trail in list(_trails(document)):
        for change in ("gone", "twice", "renamed", "fee beside", "null"):
            twin = copy.deepcopy(document)
            holder = twin
            for key in trail[:-1]:
                holder = holder[key]
            if _changed(holder, trail[-1], change):
                yield f"{change}: {'/'.join(map(str, trail))}", _written(twin)


class _Number(float):
    """A number that is written as it was read."""

    def __new__(cls, text: str) -> _Number:
        made = super().__new__(cls, text)
        made.text = text  # type: ignore[attr-defined]
        return made

    def __repr__(self) -> str:
        return str(self.text)  # type: ignore[attr-defined]

    def __deepcopy__(self, _: Any) -> _Number:
        return self


def _written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _changed(holder: Any, key: Any, change: str) -> bool:
    is_object = isinstance(holder, dict)
    if change == "gone":
        del holder[key]
    elif change == "null":
        holder[key] = None
    elif change == "twice" and not is_object:
        holder.insert(key, copy.deepcopy(holder[key]))
    elif change == "twice" and isinstance(holder[key], str | int | float):
        holder[key] = [holder[key], holder[key]]
    elif change == "renamed" and is_object:
        holder[f"{key}2"] = holder.pop(key)
    elif change == "fee beside" and is_object:
        holder[FEE] = holder[key] if isinstance(holder[key], int | float) else "12,50"
    else:
        return False
    return True


def _trails(value: Any, trail: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (*trail, key)
        yield from _trails(part, (*trail, key))


def _xml_parts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    root = etree.fromstring(raw)
    charset = undeclared(raw)[0].decode()
    for number, element in enumerate(root.iter("*")):
        name = f"{etree.QName(element).localname}#{number}"
        changes = ["renamed", "fee inside", "emptied"] + (["gone", "twice"] if element is not root else [])
        for change in changes:
            twin = copy.deepcopy(root)
            _change_element(list(twin.iter("*"))[number], change)
            yield f"{change}: {name}", etree.tostring(twin, encoding=charset, xml_declaration=True)
        for attribute in element.attrib:
            for change in ("gone", "renamed"):
                twin = copy.deepcopy(root)
                other = list(twin.iter("*"))[number]
                value = other.attrib.pop(attribute)
                if change == "renamed":
                    other.set("nieuw", value)
                yield f"{change}: {name}/@{attribute}", etree.tostring(twin, encoding=charset, xml_declaration=True)


def _change_element(element: Any, change: str) -> None:
    parent = element.getparent()
    if change == "gone":
        parent.remove(element)
    elif change == "twice":
        parent.insert(parent.index(element), copy.deepcopy(element))
    elif change == "renamed":
        element.tag = f"{element.tag}2"
    elif change == "emptied":
        for child in list(element):
            element.remove(child)
        element.text = None
    else:
        namespace = etree.QName(element).namespace
        fee = etree.SubElement(element, f"{{{namespace}}}{FEE}" if namespace else FEE)
        fee.text = "12.50"


def contradictions(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """
    Where two statements say different things about money; what one of them merely leaves unsaid is no contradiction.

    Texts, days and references are left out of it: no sum can show that those were changed.
    """
    found = [f"/{name}" for name in ("outcome", "total_computed_cents") if before[name] != after[name]] + _differing(
        before, after, "", ("total_stated_cents",)
    )
    if len(before["debts"]) != len(after["debts"]):
        return [*found, "/debts"]
    for number, (old, new) in enumerate(zip(before["debts"], after["debts"], strict=True)):
        at = f"/debts/{number}"
        if old["total_computed_cents"] != new["total_computed_cents"]:
            found.append(f"{at}/total_computed_cents")
        if ("transferred_to" in old) != ("transferred_to" in new):
            found.append(f"{at}/transferred_to")
        found += _differing(old, new, at, ("total_stated_cents",))
        found += _differing_parts(old["components"], new["components"], at)
        for name in ("payments", "waivers"):
            if Counter(part["cents"] for part in new[name]) - Counter(part["cents"] for part in old[name]):
                found.append(f"{at}/{name}")
    return found


def _differing_parts(old: list[dict[str, Any]], new: list[dict[str, Any]], at: str) -> list[str]:
    if [part["kind"] for part in old] != [part["kind"] for part in new]:
        return [f"{at}/components"]
    names = ("charged_cents", "paid_cents", "outstanding_cents")
    return [
        place
        for one, other in zip(old, new, strict=True)
        for place in _differing(one, other, f"{at}/components/{one['kind']}", names)
    ]


def _differing(old: dict[str, Any], new: dict[str, Any], at: str, names: tuple[str, ...]) -> list[str]:
    return [
        f"{at}/{name}"
        for name in names
        if old.get(name) is not None and new.get(name) is not None and old[name] != new[name]
    ]
