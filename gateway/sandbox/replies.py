"""What a simulated creditor sends: statements in its own format, answers to offers, acknowledgements."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from gateway.domain.correspondence import Message
from gateway.domain.grounds import OfferAnswer
from gateway.messages import offer_answer as offer_answer_wire
from gateway.messages import outgoing
from gateway.sandbox.behaviours import Content, CreditorProfile, SandboxDebt
from gateway.sandbox.formats import FORMATS, SOAP
from gateway.sandbox.http_server import Response
from gateway.sandbox.reply import Reply
from gateway.sandbox.xml_formats import envelope, tag, text

_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_OFF_BY_CENTS = 10_000  # how far WRONG_TOTALS is off
_CORRECTION_CENTS = 2_500  # what OTHER_TOTALS has more


def statement(
    profile: CreditorProfile, message: Message, content: Content, *, number: int, as_of: date, now: datetime
) -> Response:
    """
    The *number*-th answer to a statement request.

    Args:
        as_of: The Dutch day on which the amounts hold; *now* is the same moment, aware.
    """
    debts = profile.debts
    if content is Content.OTHER_TOTALS:
        debts = (_dearer(debts[0]), *debts[1:])
    reply = Reply(
        profile=profile,
        request_id=str(message.conversation_id),
        message_id=_own_id(profile, message.conversation_id, number),
        content=content,
        as_of=as_of,
        now=now,
        debts=() if content is Content.CLIENT_UNKNOWN else debts,
        stated_too_much=_OFF_BY_CENTS if content is Content.WRONG_TOTALS else 0,
    )
    media_type, render = FORMATS[profile.format]
    body = render(reply)
    if content is Content.GARBAGE:
        body = body[: len(body) // 2]
    return Response(status=200, body=body, media_type=media_type)


def offer_answer(profile: CreditorProfile, message: Message, answer: OfferAnswer, *, inline: bool) -> Response:
    """The answer to an offer, in JSON or XML; *inline* = in the response to a delivery: SOAP stays SOAP."""
    named = replace(answer, creditor_message_id=_own_id(profile, message.message_id, 1))
    wire = offer_answer_wire.to_wire(named)
    if profile.style == "rest_json":
        return Response(status=200, body=json.dumps(wire).encode(), media_type="application/json")
    facts = [text("fact", str(value), name=name) for name, value in wire.pop("facts", {}).items()]
    inside = [text(name, value) for name, value in wire.items()] + ([tag("facts", *facts)] if facts else [])
    content = tag("offer_answer", *inside, xmlns=outgoing.NAMESPACE)
    if profile.style == "soap" and inline:
        return _soap(content)
    return Response(status=200, body=content.encode(), media_type="application/xml")


def acknowledgement(profile: CreditorProfile, message: Message) -> Response:
    """Received, nothing more."""
    if profile.style != "soap":
        return Response(status=202)
    # As software for the hub acknowledges; see config/creditors/skp-like.toml.
    received = tag("skp:Ontvangstbevestiging", text("skp:Referentienummer", str(message.message_id)))
    return _soap(received)


def not_understood(profile: CreditorProfile) -> Response:
    """The creditor could not read what was delivered."""
    if profile.style == "soap":
        fault = "<faultcode>soap:Client</faultcode><faultstring>not understood</faultstring>"
        return replace(_soap(f"<soap:Fault>{fault}</soap:Fault>"), status=500)  # SOAP 1.1: a fault is a 500
    problem = json.dumps({"type": "about:blank", "title": "The message was not understood.", "status": 400})
    return Response(status=400, body=problem.encode(), media_type="application/problem+json")


def _soap(content: str) -> Response:
    return Response(status=200, body=envelope(content), media_type=SOAP)


def _own_id(profile: CreditorProfile, about: UUID, number: int) -> str:
    """The creditor's own number for what it sends; letters, so that it can never look like a BSN."""
    return f"{profile.slug}-{about.hex.translate(_LETTERS)[:20]}-{number}"


def _dearer(debt: SandboxDebt) -> SandboxDebt:
    (kind, cents), *others = debt.components
    return replace(debt, components=((kind, cents + _CORRECTION_CENTS), *others))
