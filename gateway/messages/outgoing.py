"""The wire form of what the gateway says to a creditor: one message, one dictionary, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from marshmallow import ValidationError, post_load

from gateway.domain.correspondence import AboutResident, Kind, Message, OfferLine, Party
from gateway.errors import Fault, Invalid
from gateway.messages import wire_fields
from gateway.messages.wire_fields import (
    MAX_CENTS,
    Day,
    Identifier,
    Instant,
    Listing,
    Part,
    Text,
    Whole,
    YesNo,
)

NAMESPACE = "urn:creditor-gateway:messages:1"  # of the XML twin; the number changes when a reader would break

# XML has only text and elements: these say which elements hold elements, which repeat, which are not text.
_PARTS = frozenset({"sender", "recipient", "resident", "offer"})
ENTRIES: Mapping[str, str] = {"references": "reference", "missing_facts": "fact"}
_NUMBERS = frozenset({"claim_cents", "offer_cents", "duration_months"})
_YES_NO = {"true": True, "false": False}


class Element(Protocol):
    """What lxml and the standard library's ElementTree have in common."""

    @property
    def tag(self) -> Any: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    @property
    def attrib(self) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


def to_wire(message: Message) -> dict[str, Any]:
    """
    *message* as a JSON-ready dictionary in the order of the published schema, without what is None or empty.

    Whatever this returns, `from_wire` takes back unchanged.

    Raises:
        Invalid: the message cannot be said on a wire (a naive time, a control character, an empty name).
    """
    wire = _plain(message)
    assert isinstance(wire, dict)
    from_wire(wire)
    return wire


def from_wire(wire: Mapping[str, Any]) -> Message:
    """
    The message that *wire* says.

    Raises:
        Invalid: with every fault and its JSON pointer; a field that is not part of the message is one.
    """
    try:
        message = _SCHEMA.load(wire)
    except ValidationError as error:
        raise Invalid(wire_fields.faults(error), "This is not a message of the gateway.") from None
    assert isinstance(message, Message)
    return message


def from_element(root: Element) -> Message:
    """
    The message in *root*, an XML `message` element in our namespace, by the same rules as `from_wire`.

    Raises:
        Invalid: as `from_wire`; also for a repeated element, an attribute, or text between elements.
    """
    problems: list[Fault] = []
    if root.tag != f"{{{NAMESPACE}}}message":
        problems.append(Fault(pointer="", code="root", detail=f"Send a message element in {NAMESPACE}."))
        raise Invalid(problems, "This is not a message of the gateway.")
    wire = _branch(root, "", problems)
    if problems:
        raise Invalid(problems, "This is not a message of the gateway.")
    return from_wire(wire)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in dataclass_fields(value))
        return {name: _plain(inner) for name, inner in named if inner is not None and inner != () and inner != ""}
    if isinstance(value, datetime):
        return wire_fields.instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value


def _branch(element: Element, pointer: str, problems: list[Fault]) -> dict[str, Any]:
    """The children of *element* by name; a leaf becomes what the schema expects or stays text."""
    found: dict[str, Any] = {}
    _only_elements(element, pointer, problems)
    for child in element:
        name = _local_name(child)
        place = f"{pointer}/{name}"
        if name in found:
            problems.append(Fault(pointer=place, code="duplicate", detail="Send this element once."))
        elif name in _PARTS:
            found[name] = _branch(child, place, problems)
        elif name in ENTRIES:
            found[name] = _entries(child, ENTRIES[name], place, problems)
        else:
            found[name] = _leaf(child, name, place, problems)
    return found


def _entries(element: Element, entry: str, pointer: str, problems: list[Fault]) -> list[Any]:
    _only_elements(element, pointer, problems)
    found = []
    for number, child in enumerate(element):
        place = f"{pointer}/{number}"
        if _local_name(child) != entry:
            problems.append(Fault(pointer=place, code="unknown_field", detail=f"Send {entry} elements here."))
        found.append(_leaf(child, entry, place, problems))
    return found


def _leaf(element: Element, name: str, pointer: str, problems: list[Fault]) -> Any:
    if len(list(element)) or element.attrib:
        problems.append(Fault(pointer=pointer, code="type", detail="Send text here, without elements or attributes."))
    text = element.text or ""
    if name in _NUMBERS and re.fullmatch("0|[1-9][0-9]{0,14}", text):
        return int(text)
    return _YES_NO.get(text, text) if name == "ask_components" else text


def _only_elements(element: Element, pointer: str, problems: list[Fault]) -> None:
    stray = [element.text, *(child.tail for child in element)]
    if element.attrib or any(text and text.strip() for text in stray):
        problems.append(Fault(pointer=pointer, code="type", detail="Send elements here, no text and no attributes."))


def _local_name(element: Element) -> str:
    """The name without our namespace; a name from elsewhere keeps its own and is then unknown."""
    return str(element.tag).removeprefix(f"{{{NAMESPACE}}}")


class _PartySchema(wire_fields.StrictSchema):
    name = Text(200, required=True)
    id_kind = Text(4, choices=("oin", "kvk"), required=True)
    id_value = Text(20, pattern="[0-9A-Z]{8,20}", required=True)

    @post_load
    def _party(self, given: dict[str, Any], **_: Any) -> Party:
        return Party(**given)


class _ResidentSchema(wire_fields.StrictSchema):
    initials = Text(40)
    surname = Text(200)
    birth_date = Day()
    street = Text(200)
    house_number = Text(40)
    postcode = Text(20)
    town = Text(200)
    bsn = Text(9, pattern="[0-9]{9}")
    customer_number = Text(100)

    @post_load
    def _resident(self, given: dict[str, Any], **_: Any) -> AboutResident:
        return AboutResident(**given)


class _OfferSchema(wire_fields.StrictSchema):
    claim_cents = Whole(0, MAX_CENTS, required=True)
    offer_cents = Whole(0, MAX_CENTS, required=True)
    percentage = Text(12, pattern=r"[0-9]{1,3}(\.[0-9]{1,6})?", required=True)
    rank = Text(40, required=True)
    basis = Text(20, choices=("total", "original_debt"), required=True)

    @post_load
    def _offer(self, given: dict[str, Any], **_: Any) -> OfferLine:
        return OfferLine(**given)


class _MessageSchema(wire_fields.StrictSchema):
    kind = Text(40, choices=tuple(Kind), required=True)
    message_id = Identifier(required=True)
    conversation_id = Identifier(required=True)
    sender = Part(_PartySchema, required=True)
    contact = Text(500, required=True)
    recipient = Part(_PartySchema, required=True)
    sent_at = Instant(required=True)
    resident = Part(_ResidentSchema, required=True)
    references = Listing(Text(100), 200)
    period_from = Day()
    respond_by = Day()
    term = Text(500)
    silence = Text(2000)
    ask_components = YesNo(required=True)
    offer = Part(_OfferSchema)
    duration_months = Whole(0, 600)
    missing_facts = Listing(Text(100), 50)
    note = Text(4000)
    reply_url = Text(2000, pattern=r"https?://[^\s]+")

    @post_load
    def _message(self, given: dict[str, Any], **_: Any) -> Message:
        for name in ("message_id", "conversation_id"):
            given[name] = UUID(given[name])
        for name in ENTRIES:
            given[name] = tuple(given.get(name, ()))
        return Message(**given | {"kind": Kind(given["kind"])})


_SCHEMA = _MessageSchema()
