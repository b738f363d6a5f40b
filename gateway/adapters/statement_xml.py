"""The published statement in XML and back: the names of the JSON form, one element each, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from lxml import etree

from gateway.adapters import strict_xml
from gateway.adapters.unreadable import UnreadableInput
from gateway.domain.statement import DebtStatement, as_document, from_document
from gateway.errors import Fault, Invalid

NAMESPACE: Final = "urn:creditor-gateway:statement:1"  # the number changes when a reader would break
ROOT: Final = "statement"
# A list is one element with an element per entry; in `facts` and `fields` each entry has a name as attribute.
ENTRIES: Final[Mapping[str, str]] = {
    "components": "component",
    "debts": "debt",
    "facts": "fact",
    "fields": "field",
    "not_found": "reference",
    "payments": "payment",
    "quality": "remark",
    "seizures": "seizure",
    "sources": "source",
    "transform": "step",
    "urgencies": "urgency",
    "waivers": "waiver",
}
_NAMED: Final = frozenset({"facts", "fields"})
_WHOLE = re.compile("0|-?[1-9][0-9]{0,17}")
_TRUTH: Final = {"true": True, "false": False}
# What XML 1.0 cannot hold, and control characters that our own reader refuses, become the replacement character.
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_statement(statement: DebtStatement, *, origins: bool = True, indent: bool = False) -> bytes:
    """
    The statement as an XML document in UTF-8, valid against schemas/debt-statement.xsd.

    Args:
        origins: With the origin of every single value; False leaves `provenance/fields` out.
        indent: For people: each element on a line of its own.
    """
    root = etree.Element(_named(ROOT), nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _fill(root, as_document(statement, origins=origins))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=indent)


def read_statement(body: bytes) -> DebtStatement:
    """
    The statement in bytes that `write_statement` made.

    Raises:
        Invalid: with every fault and its place; the document is not XML, or not such a statement.
    """
    try:
        root = strict_xml.parse(body, ("utf-8",)).root
    except UnreadableInput as unreadable:
        raise _invalid([Fault(pointer="", code=unreadable.problem.code, detail=unreadable.problem.detail)]) from None
    if root.tag != _named(ROOT):
        raise _invalid([Fault(pointer="", code="root", detail=f"Send a {ROOT} element in {NAMESPACE}.")])
    faults: list[Fault] = []
    document = _part(root, DebtStatement, "", faults)
    if faults:
        raise _invalid(faults)
    try:
        return from_document(document)
    except ValueError:
        detail = "A field is missing, or holds what it cannot hold; see schemas/debt-statement.xsd."
        raise _invalid([Fault(pointer="", code="not_a_statement", detail=detail)]) from None


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _fill(element: etree._Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            inner = etree.SubElement(element, _named(name))
            if name in _NAMED:
                for key, entry in part.items():
                    _fill(etree.SubElement(inner, _named(ENTRIES[name]), name=_fit(key)), entry)
            elif isinstance(part, list):
                for entry in part:
                    _fill(etree.SubElement(inner, _named(ENTRIES[name])), entry)
            else:
                _fill(inner, part)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    else:
        element.text = _fit(str(value))


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(element: etree._Element, hint: Any, place: str, faults: list[Fault]) -> Any:
    """What *element* says, as plain data of the kind that *hint* asks for."""
    origin = get_origin(hint)
    if origin in (UnionType, Union):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return _read(element, inner, place, faults)
    if origin is tuple and get_args(hint)[0] == tuple[str, str]:
        return _named_entries(element, str, place, faults)
    if origin is tuple:
        entries = _children(element, place, faults)
        known = _entry_of(element)
        return [
            _read(child, get_args(hint)[0], f"{place}/{index}", faults)
            for index, (name, child) in enumerate(entries)
            if _is(known, name, f"{place}/{index}", faults)
        ]
    if origin is not None:
        return _named_entries(element, get_args(hint)[1], place, faults)
    if is_dataclass(hint):
        return _part(element, hint, place, faults)
    return _leaf(element, hint, place, faults)


def _part(element: etree._Element, kind: Any, place: str, faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    hints = _hints(kind)
    for name, child in _children(element, place, faults):
        spot = f"{place}/{name}"
        if name not in hints:
            faults.append(Fault(pointer=spot, code="unknown_field", detail="There is no such element here."))
        elif name in found:
            faults.append(Fault(pointer=spot, code="duplicate", detail="Send this element once."))
        else:
            found[name] = _read(child, hints[name], spot, faults)
    return found


def _named_entries(element: etree._Element, hint: Any, place: str, faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    known = _entry_of(element)
    for index, (tag, child) in enumerate(_children(element, place, faults)):
        spot = f"{place}/{index}"
        name = child.get("name")
        if name is not None:
            del child.attrib["name"]  # so that what is left is unknown
        if not _is(known, tag, spot, faults):
            continue
        if name is None or name in found:
            faults.append(Fault(pointer=spot, code="name", detail="Give each entry a name of its own."))
            continue
        found[name] = _read(child, hint, spot, faults)
    return found


def _leaf(element: etree._Element, hint: Any, place: str, faults: list[Fault]) -> Any:
    text = element.text or ""
    if len(element) or element.attrib:
        faults.append(Fault(pointer=place, code="type", detail="Send text here, without elements or attributes."))
    elif hint is bool:
        if text in _TRUTH:
            return _TRUTH[text]
        faults.append(Fault(pointer=place, code="type", detail="Send true or false."))
    elif hint is int:
        if _WHOLE.fullmatch(text):
            return int(text)
        faults.append(Fault(pointer=place, code="type", detail="Send a whole number."))
    return text


def _children(element: etree._Element, place: str, faults: list[Fault]) -> Iterator[tuple[str, etree._Element]]:
    stray = [element.text, *(child.tail for child in element)]
    if element.attrib or any(text and text.strip() for text in stray):
        detail = "Send elements here, no text and no attributes."
        faults.append(Fault(pointer=place, code="type", detail=detail))
    for child in element:
        yield str(child.tag).removeprefix(f"{{{NAMESPACE}}}"), child


def _entry_of(element: etree._Element) -> str:
    return ENTRIES[str(element.tag).removeprefix(f"{{{NAMESPACE}}}")]


def _is(known: str, name: str, place: str, faults: list[Fault]) -> bool:
    if name != known:
        faults.append(Fault(pointer=place, code="unknown_field", detail=f"Send {known} elements here."))
    return name == known


def _invalid(faults: list[Fault]) -> Invalid:
    return Invalid(faults, "This is not a published statement.")
