"""Writes an outgoing message in the style its recipient reads: the same message is always the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from gateway.adapters import strict_json, strict_xml
from gateway.adapters.unreadable import UnreadableInput
from gateway.domain.correspondence import Message
from gateway.errors import ConfigurationError, Fault, Invalid
from gateway.messages import outgoing

MESSAGES_NS = outgoing.NAMESPACE
SOAP_NS = "http://schemas.xmlsoap.org/soap/envelope/"  # SOAP 1.1
STYLES = ("rest_json", "rest_xml", "soap")

_OPTIONS: Mapping[str, frozenset[str]] = {
    "rest_json": frozenset(),
    "rest_xml": frozenset({"encoding"}),
    "soap": frozenset({"encoding", "soap_action"}),
}
_ENCODINGS = ("utf-8", "iso-8859-1")  # what the second cannot hold is written as a character reference
_OURS_IS_DEFAULT: Any = {None: MESSAGES_NS}


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message as bytes; *headers* are what its style needs on top of Content-Type."""

    body: bytes
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)


def write(message: Message, style: str, options: Mapping[str, Any]) -> Written:
    """
    *message* in *style*, one of STYLES. Equal messages give equal bytes, so a digest or a signature holds.

    Args:
        options: From the creditor's file. `encoding` ("utf-8" or "iso-8859-1") for both XML styles,
            `soap_action` for soap; empty unless the creditor's own service names one.

    Raises:
        ConfigurationError: an unknown style, option or encoding.
        Invalid: the message cannot be said on a wire.
    """
    _check_options(style, options)
    wire = outgoing.to_wire(message)
    if style == "rest_json":
        body = json.dumps(wire, ensure_ascii=False, separators=(",", ":")).encode()
        return Written(body=body, media_type="application/json")
    encoding = options.get("encoding", "utf-8")
    content = _element("message", wire)
    if style == "rest_xml":
        return Written(body=_bytes(content, encoding), media_type="application/xml")
    return Written(
        body=_bytes(_enveloped(content, wire), encoding),
        media_type=f"text/xml; charset={encoding}",
        headers={"SOAPAction": f'"{options.get("soap_action", "")}"'},
    )


def read_back(body: bytes, media_type: str) -> Message:
    """
    The message in bytes that `write` made; for tests and other receivers of our own messages.

    Raises:
        Invalid: the bytes are not such a message.
    """
    kind = media_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return outgoing.from_wire(strict_json.parse(body))
        if kind in ("application/xml", "text/xml"):
            return outgoing.from_element(unwrapped(strict_xml.parse(body, _ENCODINGS).root))
    except UnreadableInput as unreadable:
        raise _not_ours(unreadable.problem.code, unreadable.problem.detail) from None
    raise _not_ours("media_type", "Send application/json, application/xml or text/xml.")


def unwrapped(root: Any) -> Any:
    """
    What a SOAP 1.1 body holds when *root* is an envelope around exactly one element; otherwise *root* itself.

    What is in the header is for those who route the message; it is not read.
    """
    inside: list[Any] = root.findall(f"{{{SOAP_NS}}}Body/*") if root.tag == f"{{{SOAP_NS}}}Envelope" else []
    return inside[0] if len(inside) == 1 else root


def _check_options(style: str, options: Mapping[str, Any]) -> None:
    if style not in _OPTIONS:
        raise ConfigurationError(f"There is no request style {style!r}; choose one of {', '.join(STYLES)}.")
    if unknown := set(options) - _OPTIONS[style]:
        raise ConfigurationError(f"Style {style} has no option {', '.join(sorted(unknown))}.")
    if options.get("encoding", "utf-8") not in _ENCODINGS:
        raise ConfigurationError(f"A request is written in one of {', '.join(_ENCODINGS)}.")
    action = options.get("soap_action", "")
    if not isinstance(action, str) or not (action.isascii() and action.isprintable()) or '"' in action:
        raise ConfigurationError("soap_action is plain ASCII text without quotation marks.")


def _element(name: str, value: Any) -> etree._Element:
    element = etree.Element(f"{{{MESSAGES_NS}}}{name}", nsmap=_OURS_IS_DEFAULT)
    if isinstance(value, dict):
        element.extend(_element(inner, part) for inner, part in value.items())
    elif isinstance(value, list):
        element.extend(_element(outgoing.ENTRIES[name], part) for part in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    else:
        element.text = str(value)
    return element


def _enveloped(content: etree._Element, wire: Mapping[str, Any]) -> etree._Element:
    """A SOAP 1.1 envelope; the header block lets a router correlate without opening the body."""
    envelope = etree.Element(f"{{{SOAP_NS}}}Envelope", nsmap={"soap": SOAP_NS})
    ids = {name: wire[name] for name in ("message_id", "conversation_id")}
    etree.SubElement(envelope, f"{{{SOAP_NS}}}Header").append(_element("message_header", ids))
    etree.SubElement(envelope, f"{{{SOAP_NS}}}Body").append(content)
    return envelope


def _bytes(root: etree._Element, encoding: str) -> bytes:
    body = etree.tostring(root, encoding=encoding, xml_declaration=True)
    assert isinstance(body, bytes)
    return body


def _not_ours(code: str, detail: str) -> Invalid:
    return Invalid([Fault(pointer="", code=code, detail=detail)], "This is not a message of the gateway.")
