"""Reads what the gateway delivered, in each style, with the standard library only: as a creditor would."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from gateway.domain.correspondence import Message
from gateway.errors import Invalid
from gateway.messages import outgoing

SOAP_NS = "http://schemas.xmlsoap.org/soap/envelope/"


def read(body: bytes, style: str) -> Message | None:
    """The message in *body*, written in *style*; None when a creditor could not understand it."""
    try:
        if style == "rest_json":
            return outgoing.from_wire(json.loads(body.decode("utf-8")))
        # The sandbox talks to the gateway on its own machine only; what it reads, our own writer wrote.
        root = ElementTree.fromstring(body)  # noqa: S314 (trusted local traffic)
        if style == "rest_xml":
            return outgoing.from_element(root)
        [content] = root.findall(f"{{{SOAP_NS}}}Body/*")
        message = outgoing.from_element(content)
        return message if _header_agrees(root, message) else None
    except (Invalid, ValueError, ElementTree.ParseError):
        return None


def _header_agrees(envelope: ElementTree.Element, message: Message) -> bool:
    header = envelope.find(f"{{{SOAP_NS}}}Header/{{{outgoing.NAMESPACE}}}message_header")
    if header is None:
        return False
    return [child.text for child in header] == [str(message.message_id), str(message.conversation_id)]
