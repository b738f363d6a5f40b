"""Reads a creditor's answer to an offer, in JSON or in XML, by one set of rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.adapters import strict_json, strict_xml
from gateway.adapters.unreadable import UnreadableInput
from gateway.adapters.writing import MESSAGES_NS, unwrapped
from gateway.domain.grounds import FactType, Grounds, OfferAnswer, fact_from_text
from gateway.errors import Fault, Invalid
from gateway.messages import offer_answer


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """The bytes are not an answer to an offer; every fault is listed, with a JSON pointer also for XML."""

    faults: tuple[Fault, ...]


def read_answer(raw: bytes, media_type: str, grounds: Grounds) -> OfferAnswer | Unreadable:
    """
    The answer in *raw*: a JSON object, an `offer_answer` element in our namespace, or that in a SOAP body.

    It is read, not judged: `grounds.judge` says what a refusal is worth.
    """
    kind = media_type.partition(";")[0].strip().lower()
    problems: list[Fault] = []
    try:
        if kind == "application/json":
            wire = strict_json.parse(raw)
        elif kind in ("application/xml", "text/xml"):
            wire = _from_element(unwrapped(strict_xml.parse(raw).root), grounds, problems)
        else:
            return _unreadable("media_type", "Send application/json, application/xml or text/xml.")
        if problems:
            return Unreadable(faults=tuple(problems))
        return offer_answer.from_wire(wire, grounds)
    except UnreadableInput as unreadable:
        return _unreadable(unreadable.problem.code, unreadable.problem.detail)
    except Invalid as invalid:
        return Unreadable(faults=invalid.faults)


def _from_element(root: Any, grounds: Grounds, problems: list[Fault]) -> dict[str, Any]:
    """The JSON twin of an `offer_answer` element; what has no place in it goes to *problems*."""
    if root.tag != f"{{{MESSAGES_NS}}}offer_answer":
        problems.append(Fault(pointer="", code="root", detail=f"Send an offer_answer element in {MESSAGES_NS}."))
        return {}
    wire: dict[str, Any] = {}
    _only_elements(root, "", problems)
    for child in root:
        name = _local_name(child)
        if name in wire:
            problems.append(Fault(pointer=f"/{name}", code="duplicate", detail="Send this element once."))
        elif name == "facts":
            wire[name] = _facts(child, grounds, problems)
        else:
            wire[name] = _text(child, f"/{name}", frozenset(), problems)
    return wire


def _facts(element: Any, grounds: Grounds, problems: list[Fault]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    _only_elements(element, "/facts", problems)
    for child in element:
        name = child.get("name")
        if _local_name(child) != "fact" or not name or name in facts:
            detail = 'Send fact elements, each with a name attribute of its own: <fact name="proof">.'
            problems.append(Fault(pointer="/facts", code="fact", detail=detail))
            continue
        text = _text(child, f"/facts/{name}", frozenset({"name"}), problems)
        rule = grounds.facts.get(name)
        # Cents arrive as text and become a number; what is no number stays text and is refused.
        cents = fact_from_text(rule.type, text) if rule is not None and rule.type is FactType.CENTS else None
        facts[name] = text if cents is None else cents
    return facts


def _text(element: Any, pointer: str, attributes: frozenset[str], problems: list[Fault]) -> str:
    if len(element) or set(element.attrib) - attributes:
        problems.append(Fault(pointer=pointer, code="type", detail="Send text here, without elements or attributes."))
    return element.text or ""


def _only_elements(element: Any, pointer: str, problems: list[Fault]) -> None:
    stray = [element.text, *(child.tail for child in element)]
    if element.attrib or any(text and text.strip() for text in stray):
        problems.append(Fault(pointer=pointer, code="type", detail="Send elements here, no text and no attributes."))


def _local_name(element: Any) -> str:
    return str(element.tag).removeprefix(f"{{{MESSAGES_NS}}}")


def _unreadable(code: str, detail: str) -> Unreadable:
    return Unreadable(faults=(Fault(pointer="", code=code, detail=detail),))
