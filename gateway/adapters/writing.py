"""Writes an outgoing message in the style its recipient reads: the same message is always the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from gateway.adapters import request_forms, strict_json, strict_xml, their_words
from gateway.adapters.their_words import RequestForm
from gateway.adapters.unreadable import UnreadableInput
from gateway.domain.correspondence import Message
from gateway.errors import ConfigurationError, Fault, Invalid
from gateway.messages import outgoing

MESSAGES_NS = outgoing.NAMESPACE
SOAP_NS = "http://schemas.xmlsoap.org/soap/envelope/"  # SOAP 1.1
STYLES = ("rest_json", "rest_xml", "soap")

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
            `soap_action` for soap; empty unless the creditor's own service names one. `form`: for the kinds that it
            names, the creditor's own words instead of ours (see request_forms).

    Raises:
        ConfigurationError: an unknown style, option or encoding.
        Invalid: the message cannot be said on a wire.
    """
    _check_options(style, options)
    wire = outgoing.to_wire(message)
    form = next((one for one in options.get("form", ()) if message.kind in one.kinds), None)
    if form is not None:
        return _in_their_words(message, form, style, options)
    if style == "rest_json":
        body = json.dumps(wire, ensure_ascii=False, separators=(",", ":")).encode()
        return Written(body=body, media_type="application/json")
    encoding = options.get("encoding", "utf-8")
    content = _element("message", wire)
    if style == "rest_xml":
        return Written(body=_bytes(content, encoding), media_type="application/xml")
    # The header block lets a router correlate without opening the body.
    ids = {name: wire[name] for name in ("message_id", "conversation_id")}
    envelope = _enveloped([_element("message_header", ids)], content, {})
    return _soap(envelope, encoding, options.get("soap_action", ""))


def _in_their_words(message: Message, form: RequestForm, style: str, options: Mapping[str, Any]) -> Written:
    if style == "rest_json":
        body = json.dumps(their_words.json_of(form.body, message), ensure_ascii=False, separators=(",", ":"))
        return Written(body=body.encode(), media_type="application/json")
    encoding = options.get("encoding", "utf-8")
    [content] = their_words.xml_of(form.body, message, form.namespaces)
    if style == "rest_xml":
        return Written(body=_bytes(content, encoding), media_type="application/xml")
    blocks = their_words.xml_of(form.header, message, form.namespaces)
    action = options.get("soap_action", "") if form.soap_action is None else form.soap_action
    return _soap(_enveloped(blocks, content, form.namespaces), encoding, action)


def _soap(envelope: etree._Element, encoding: str, action: str) -> Written:
    return Written(
        body=_bytes(envelope, encoding),
        media_type=f"text/xml; charset={encoding}",
        headers={"SOAPAction": f'"{action}"'},
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
            return outgoing.from_element(unwrapped(strict_xml.parse(body, request_forms.ENCODINGS).root))
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
    if style not in STYLES:
        raise ConfigurationError(f"There is no request style {style!r}; choose one of {', '.join(STYLES)}.")
    for name, advice in request_forms.wrong_options(style, options):
        raise ConfigurationError(f"{name}: {advice}.")


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


def _enveloped(
    blocks: Sequence[etree._Element], content: etree._Element, namespaces: Mapping[str, str]
) -> etree._Element:
    """A SOAP 1.1 envelope around *content*, with *blocks* in its header when there are any."""
    prefixes: Any = {"soap": SOAP_NS, **namespaces}
    envelope = etree.Element(f"{{{SOAP_NS}}}Envelope", nsmap=prefixes)
    if blocks:
        etree.SubElement(envelope, f"{{{SOAP_NS}}}Header").extend(blocks)
    etree.SubElement(envelope, f"{{{SOAP_NS}}}Body").append(content)
    return envelope


def _bytes(root: etree._Element, encoding: str) -> bytes:
    body = etree.tostring(root, encoding=encoding, xml_declaration=True)
    assert isinstance(body, bytes)
    return body


def _not_ours(code: str, detail: str) -> Invalid:
    return Invalid([Fault(pointer="", code=code, detail=detail)], "This is not a message of the gateway.")
