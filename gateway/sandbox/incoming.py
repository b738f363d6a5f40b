"""Reads what the gateway delivered, in each style, with the standard library only: as a creditor would."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from gateway.domain.correspondence import Message
from gateway.errors import Invalid
from gateway.messages import outgoing
from gateway.sandbox.xml_formats import SKP_NS, SOAP_NS

_HUB_KINDS = {
    "Saldoverzoek": "statement_request",
    "Herinnering": "statement_reminder",
    "Laatste herinnering": "statement_final_notice",
}


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
        if content.tag == f"{{{SKP_NS}}}Saldoverzoek":
            return _from_the_hub(root, content)
        message = outgoing.from_element(content)
        return message if _header_agrees(root, message) else None
    except (Invalid, ValueError, ElementTree.ParseError):
        return None


def _from_the_hub(envelope: ElementTree.Element, request: ElementTree.Element) -> Message | None:
    """A request for a statement in the hub's words; see config/creditors/skp-like.toml."""
    header = envelope.find(f"{{{SOAP_NS}}}Header/{{{SKP_NS}}}Bericht")
    if header is None:
        return None
    surname = _text(request, "Klant", "Achternaam")
    told = {
        "kind": _HUB_KINDS.get(_text(header, "Berichtsoort") or ""),
        "message_id": _text(header, "Referentienummer"),
        "conversation_id": _text(header, "ConversatieReferentienummer"),
        "sent_at": _text(header, "Verzonden"),
        "sender": _hub_party(header, "Afzender"),
        "recipient": _hub_party(header, "Ontvanger"),
        "contact": _text(request, "Contactpersoon", "Naam"),
        "resident": {} if surname is None else {"surname": surname},
        "references": [entry.text for entry in request.iter(f"{{{SKP_NS}}}FactuurnummerSEVolgensSHV")],
        "respond_by": _iso(_text(request, "UiterlijkAntwoordOp")),
        "term": _text(request, "Antwoordtermijn"),
        "ask_components": True,  # the hub's form has a place for each component
        "reply_url": _text(request, "Antwoordadres"),
    }
    return outgoing.from_wire({name: value for name, value in told.items() if value not in (None, [])})


def _hub_party(header: ElementTree.Element, side: str) -> dict[str, str | None]:
    kind = _text(header, side, "Nummersoort") or ""
    return {"name": _text(header, side, "Naam"), "id_kind": kind.lower(), "id_value": _text(header, side, "Nummer")}


def _text(element: ElementTree.Element, *names: str) -> str | None:
    return element.findtext("/".join(f"{{{SKP_NS}}}{name}" for name in names))


def _iso(day: str | None) -> str | None:
    return None if day is None else "-".join(reversed(day.split("-")))


def _header_agrees(envelope: ElementTree.Element, message: Message) -> bool:
    header = envelope.find(f"{{{SOAP_NS}}}Header/{{{outgoing.NAMESPACE}}}message_header")
    if header is None:
        return False
    return [child.text for child in header] == [str(message.message_id), str(message.conversation_id)]
