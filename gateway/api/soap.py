"""The SOAP door for creditors' systems that speak nothing else: the services of the JSON routes, in an envelope."""

from __future__ import annotations

import re
from functools import cache
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, g, request

from gateway.adapters import soap
from gateway.adapters.soap import AnswerOffer, ListOpenConversations, SubmitReply
from gateway.api.access import own_id, raw_body, route, runtime
from gateway.api.creditor import answer_shown, answer_unreadable, reply_shown, reply_unreadable
from gateway.api.problems import problem
from gateway.errors import Fault, Invalid, NotFound
from gateway.services.answer_offer import answer_offer
from gateway.services.receive_reply import receive_reply
from gateway.services.show_open import show_open
from gateway.settings import schemas_folder

blueprint = Blueprint("soap", __name__)

_WSDL = "gateway-inbound.wsdl"
_IMPORT = re.compile(r'schemaLocation="([a-z-]+\.xsd)"')
_ADDRESS = re.compile(r'(<soap:address location=)"[^"]*"')
_UTF_8 = ("utf-8", "utf8", "us-ascii")


@route(blueprint, "GET", "/soap", "anyone")
def description() -> Response:
    """The WSDL, and with ?xsd= a schema that it imports; the address in it is ours, whatever Host was asked for."""
    text = _published().get(request.args.get("xsd", _WSDL))
    if text is None:
        raise NotFound
    address = quoteattr(f"{runtime().settings.base_url}/v1/soap")
    return Response(_ADDRESS.sub(lambda found: found[1] + address, text), content_type=soap.MEDIA_TYPE)


@route(blueprint, "POST", "/soap", "creditor")
def call() -> Response:
    """One call. What it asks for stands in the body of the envelope and nowhere else."""
    if wrong := _wrong_dress():
        return wrong
    content = raw_body("text/xml")
    if request.headers.get("SOAPAction", "").strip() not in ("", '""'):
        # A SOAPAction that may differ from the body is a second opinion on what was asked: none is chosen between.
        detail = "Leave SOAPAction empty: the element in the body says what you ask."
        raise Invalid([Fault(pointer="", code="soap_action", detail=detail)])
    match soap.read(content):
        case SubmitReply(request_id=request_id, raw=raw, media_type=media_type):
            taken = receive_reply(runtime(), own_id(), request_id, raw, media_type, g.now)
            if taken.status == "refused":
                return reply_unreadable(taken)
            return _answer("submit_reply_response", reply_shown(taken))
        case AnswerOffer(offer_id=offer_id, raw=raw, media_type=media_type):
            answered = answer_offer(runtime(), own_id(), offer_id, raw, media_type, g.now)
            if answered.verdict == "refused":
                return answer_unreadable(answered)
            return _answer("answer_offer_response", answer_shown(answered))
        case ListOpenConversations():
            return _answer("list_open_conversations_response", show_open(runtime(), own_id()))
        case refused:
            return problem(400, refused.code, refused.detail, refused.faults)


def _answer(name: str, body: dict[str, object]) -> Response:
    return Response(soap.answer(name, body), content_type=soap.MEDIA_TYPE)


def _wrong_dress() -> Response | None:
    """Another version of SOAP or another encoding, told apart by the headers, before the body is read."""
    if request.mimetype == "application/soap+xml":
        detail = "This is SOAP 1.2. Send SOAP 1.1: Content-Type text/xml, and the Envelope of SOAP 1.1."
        return problem(415, "soap_version", detail)
    if request.mimetype_params.get("charset", "utf-8").lower() not in _UTF_8:
        return problem(415, "charset", "Send UTF-8, in the Content-Type and in the XML declaration.")
    return None


@cache
def _published() -> dict[str, str]:
    """The WSDL and every schema that can be reached from it, with imports that lead back to this route."""
    folder, found, waiting = schemas_folder(), dict[str, str](), [_WSDL]
    while waiting:
        name = waiting.pop()
        text = (folder / name).read_text(encoding="utf-8")
        waiting += [imported for imported in _IMPORT.findall(text) if imported not in found]
        found[name] = _IMPORT.sub(r'schemaLocation="soap?xsd=\1"', text)
    return found
