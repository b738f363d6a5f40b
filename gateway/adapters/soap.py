"""SOAP 1.1 as a creditor's system calls us with it: what an envelope asks for, and the envelope that answers it."""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from lxml import etree

from gateway.adapters import strict_xml
from gateway.adapters.unreadable import UnreadableInput
from gateway.adapters.writing import MESSAGES_NS, SOAP_NS, unwrapped
from gateway.errors import Fault

INBOUND_NS: Final = "urn:creditor-gateway:inbound:1"  # the number changes when a reader would break
MEDIA_TYPE: Final = "text/xml; charset=utf-8"

_SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
_NEXT: Final = "http://schemas.xmlsoap.org/soap/actor/next"  # section 4.2.2: whoever gets the message first, so us
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MEDIA = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}")  # RFC 6838, section 4.2
_BLANKS = re.compile("[ \t\r\n]+")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ENTRIES: Mapping[str, str] = {
    "problems": "problem",
    "missing_facts": "fact",
    "statement_requests": "conversation",
    "offers": "conversation",
    "errors": "error",
}


@dataclass(frozen=True, kw_only=True)
class SubmitReply:
    """A reply to a statement request; *raw* is what the creditor encoded, or the canonical form of its document."""

    request_id: UUID
    raw: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, kw_only=True)
class AnswerOffer:
    """An answer to an offer; *raw* is the exclusive canonical form of the offer_answer element."""

    offer_id: UUID
    raw: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, kw_only=True)
class ListOpenConversations:
    """What is open between the caller and us."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Not a call of ours: *code* is "invalid", "must_understand" or "version_mismatch"; every fault with its place."""

    code: str
    detail: str
    faults: tuple[Fault, ...]


Call = SubmitReply | AnswerOffer | ListOpenConversations


def read(raw: bytes) -> Call | Refused:
    """
    What the envelope in *raw* asks for, by SOAP 1.1 (W3C Note of 8 May 2000), document/literal as in our WSDL.

    Nothing is chosen between: two bodies, a block that must be understood, a field twice have no reading. A document
    that stands in the envelope is taken out in exclusive XML canonicalisation (W3C, 2002, without comments): bytes that
    its sender can make as well, whatever prefixes the envelope around it declares.
    """
    try:
        root = strict_xml.parse(raw).root
    except UnreadableInput as unreadable:
        return _refused(Fault(pointer="", code=unreadable.problem.code, detail=unreadable.problem.detail))
    if refused := _not_an_envelope(root) or _not_understood(root):
        return refused
    [body] = root.findall(_soap("Body"))
    if len(body) != 1:
        return _refused(_fault("/Envelope/Body", "body", "Send exactly one element in the body."))
    reader = _READERS.get(body[0].tag)
    if reader is None:
        named = ", ".join(sorted(tag.partition("}")[2] for tag in _READERS))
        return _refused(_fault("/Envelope/Body", "operation", f"Send one of {named}, each in {INBOUND_NS}."))
    faults: list[Fault] = []
    call = reader(_Parts(body[0], faults))
    return _refused(*faults) if faults or call is None else call


def answer(name: str, body: Mapping[str, Any]) -> bytes:
    """An envelope with the element *name* in our namespace around *body*; what is None is left out."""
    envelope, inside = _envelope()
    inside.append(_element(name, body))
    return _bytes(envelope)


def fault(code: str, problem: Mapping[str, Any]) -> bytes:
    """
    A SOAP fault (section 4.4) that says in its detail all that the problem document *problem* says.

    Args:
        code: "Client", "Server", "MustUnderstand" or "VersionMismatch".
    """
    envelope, inside = _envelope()
    told = etree.SubElement(inside, _soap("Fault"))
    etree.SubElement(told, "faultcode").text = f"soap:{code}"
    etree.SubElement(told, "faultstring").text = _writable(problem["detail"])
    etree.SubElement(told, "detail").append(_element("problem", problem))
    return _bytes(envelope)


def acknowledged(raw: bytes) -> str | None:
    """
    The message id in an acknowledgement as our WSDL for creditors' services has it; None for anything else.

    SOAP has no empty answer, so "received" comes as an envelope too, and must not be taken for a reply.
    """
    if b"acknowledgement" not in raw:
        return None
    try:
        inside = unwrapped(strict_xml.parse(raw).root)
    except UnreadableInput:
        return None
    found: str | None = inside.findtext(f"{{{MESSAGES_NS}}}message_id")
    return found if inside.tag == f"{{{MESSAGES_NS}}}acknowledgement" else None


class _Parts:
    """The children of one element by name, each at most once; what else is in it goes to *faults*."""

    def __init__(self, element: Any, faults: list[Fault]) -> None:
        self.pointer = f"/{element.tag.partition('}')[2]}"
        self._faults = faults
        self._found: dict[str, Any] = {}
        if element.attrib or _has_text(element):
            self.say("", "type", "Send elements here, no text and no attributes.")
        for child in element:
            if child.tag in self._found:
                self.say(f"/{_name(child)}", "duplicate", "Send this element once.")
            self._found[child.tag] = child

    def say(self, place: str, code: str, detail: str) -> None:
        self._faults.append(_fault(self.pointer + place, code, detail))

    def take(self, tag: str) -> Any:
        """The element, or None."""
        return self._found.pop(tag, None)

    def text(self, name: str) -> str | None:
        """The text of one of our elements; None when it is not there or holds more than text."""
        element = self.take(_ours(name))
        if element is None:
            self.say(f"/{name}", "required", "Send this element.")
            return None
        if len(element) or element.attrib:
            self.say(f"/{name}", "type", "Send text here, without elements or attributes.")
            return None
        return element.text or ""

    def id(self, name: str) -> UUID | None:
        text = self.text(name)
        if text is not None and _UUID.fullmatch(text.strip()) is None:
            self.say(f"/{name}", "pattern", "Send the UUID from our message.")
            return None
        return None if text is None else UUID(text.strip())

    def canonical(self, element: Any, place: str) -> bytes | None:
        """The bytes of *element* by itself: exclusive canonical XML, without comments."""
        try:
            made = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
        except etree.C14NError:
            self.say(place, "namespace", "Declare namespaces by an absolute address or a urn, not by a relative one.")
            return None
        assert isinstance(made, bytes)
        return made

    def end(self) -> None:
        """Whatever was not taken has no place here."""
        for element in self._found.values():
            self.say(f"/{_name(element)}", "unknown_field", "This element is not part of the call; leave it out.")


def _submit_reply(parts: _Parts) -> Call | None:
    request_id = parts.id("request_id")
    document = parts.take(_ours("document"))
    media_type: str | None
    if document is None:
        media_type, raw = _media_type(parts), _decoded(parts)
    else:
        media_type, raw = "application/xml", _inner(parts, document)
    parts.end()
    if request_id is None or raw is None or media_type is None:
        return None
    return SubmitReply(request_id=request_id, raw=raw, media_type=media_type)


def _media_type(parts: _Parts) -> str | None:
    text = parts.text("media_type")
    if text is None:
        return None
    if _MEDIA.fullmatch(text.strip()) is None:
        parts.say("/media_type", "pattern", "Send a media type without parameters, such as application/json.")
        return None
    return text.strip().lower()


def _decoded(parts: _Parts) -> bytes | None:
    text = parts.text("content")
    if text is None:
        return None
    try:
        return binascii.a2b_base64(_BLANKS.sub("", text).encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        parts.say("/content", "base64", "Send the bytes of your reply in base64 (RFC 4648, section 4).")
        return None


def _inner(parts: _Parts, document: Any) -> bytes | None:
    if len(document) != 1 or document.attrib or _has_text(document):
        parts.say("/document", "type", "Send exactly one element in here: your reply.")
        return None
    return parts.canonical(document[0], "/document")


def _answer_offer(parts: _Parts) -> Call | None:
    offer_id = parts.id("offer_id")
    stated = parts.take(f"{{{MESSAGES_NS}}}offer_answer")
    if stated is None:
        parts.say("/offer_answer", "required", f"Send an offer_answer element in {MESSAGES_NS}.")
    parts.end()
    raw = None if stated is None else parts.canonical(stated, "/offer_answer")
    if offer_id is None or raw is None:
        return None
    return AnswerOffer(offer_id=offer_id, raw=raw, media_type="application/xml")


def _list_open_conversations(parts: _Parts) -> Call:
    parts.end()
    return ListOpenConversations()


def _not_an_envelope(root: Any) -> Refused | None:
    """What is wrong with the frame: version, order, number of bodies, decoration."""
    if root.tag != _soap("Envelope"):
        if _name(root) != "Envelope":
            return _refused(_fault("", "root", f"Send an Envelope element in {SOAP_NS}."))
        version = "SOAP 1.2" if root.tag.startswith(f"{{{_SOAP_12}}}") else "another version of SOAP"
        detail = f"This is {version}. Send SOAP 1.1: an Envelope in {SOAP_NS}, as text/xml."
        return Refused(code="version_mismatch", detail=detail, faults=(_fault("/Envelope", "version", detail),))
    faults = []
    if [child.tag for child in root] not in ([_soap("Body")], [_soap("Header"), _soap("Body")]):
        detail = "Send at most one Header and then exactly one Body, and nothing after it."
        faults.append(_fault("/Envelope", "envelope", detail))
    for element in (root, *root):
        if element.tag in (_soap("Envelope"), _soap("Header"), _soap("Body")):
            faults += _frame_faults(element, "" if element is root else f"/{_name(element)}")
    return _refused(*faults) if faults else None


def _frame_faults(element: Any, place: str) -> list[Fault]:
    """Section 4.1.1 lets other vocabularies put attributes here, such as an Id to sign; SOAP encoding is not ours."""
    pointer, faults = f"/Envelope{place}", []
    if _has_text(element):
        faults.append(_fault(pointer, "type", "Send elements here, no text."))
    if _soap("encodingStyle") in element.attrib:
        faults.append(_fault(pointer, "encoding_style", "Leave encodingStyle out: this is document/literal."))
    if any(not name.startswith("{") for name in element.attrib):
        faults.append(_fault(pointer, "attribute", "Leave out attributes that are in no namespace."))
    return faults


def _not_understood(root: Any) -> Refused | None:
    """Section 4.2.3: a block that is for us, that must be understood and that we do not know ends the call here."""
    unknown, odd = [], []
    for number, block in enumerate(root.findall(f"{_soap('Header')}/*")):
        must = block.get(_soap("mustUnderstand"), "0")
        if block.get(_soap("actor"), "") not in ("", _NEXT) or must in ("0", "false"):
            continue
        pointer = f"/Envelope/Header/{number}"
        if must in ("1", "true"):
            detail = "We understand no header blocks. Leave this one out, or let it be ignored (mustUnderstand 0)."
            unknown.append(_fault(pointer, "must_understand", detail))
        else:
            odd.append(_fault(pointer, "type", "Send mustUnderstand as 0 or 1."))
    if unknown:
        detail = "A header block that must be understood is not; nothing was done. Your access token goes in HTTP."
        return Refused(code="must_understand", detail=detail, faults=(*unknown, *odd))
    return _refused(*odd) if odd else None


def _soap(name: str) -> str:
    return f"{{{SOAP_NS}}}{name}"


def _ours(name: str) -> str:
    return f"{{{INBOUND_NS}}}{name}"


_READERS: Mapping[str, Any] = {
    _ours("submit_reply"): _submit_reply,
    _ours("answer_offer"): _answer_offer,
    _ours("list_open_conversations"): _list_open_conversations,
}


def _name(element: Any) -> str:
    """The local name, cut short: it is the caller's, and stands in what we answer."""
    return str(etree.QName(element).localname)[:60]


def _has_text(element: Any) -> bool:
    return any(text and text.strip() for text in (element.text, *(child.tail for child in element)))


def _refused(*faults: Fault) -> Refused:
    return Refused(code="invalid", detail="This is not a call of the SOAP service.", faults=faults)


def _fault(pointer: str, code: str, detail: str) -> Fault:
    return Fault(pointer=pointer, code=code, detail=detail)


def _envelope() -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(_soap("Envelope"), nsmap={"soap": SOAP_NS})
    return envelope, etree.SubElement(envelope, _soap("Body"))


def _element(name: str, value: Any) -> etree._Element:
    no_prefix: Any = {None: INBOUND_NS}
    element = etree.Element(_ours(name), nsmap=no_prefix)
    if isinstance(value, Mapping):
        element.extend(_element(inner, part) for inner, part in value.items() if part is not None)
    elif isinstance(value, list | tuple):
        element.extend(_element(_ENTRIES[name], part) for part in value)
    else:
        element.text = _writable(str(value))
    return element


def _writable(text: str) -> str:
    """A path may quote names that a creditor chose; what XML has no place for is shown as a replacement character."""
    return _UNWRITABLE.sub("\ufffd", text)


def _bytes(envelope: etree._Element) -> bytes:
    made = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
    assert isinstance(made, bytes)
    return made
