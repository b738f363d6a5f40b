"""Routes for creditors: what is open, the reply in their own format, the answer to an offer."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request

from gateway.api.access import answer, own_id, raw_body, route, runtime
from gateway.api.problems import problem
from gateway.errors import Fault
from gateway.services.answer_offer import Answered, answer_offer
from gateway.services.receive_reply import receive_reply
from gateway.services.settle_reply import Taken
from gateway.services.show_open import show_open

blueprint = Blueprint("creditor", __name__)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")  # RFC 6838, section 4.2


@route(blueprint, "GET", "/open-conversations", "creditor")
def open_conversations() -> Response:
    return answer(show_open(runtime(), own_id()))


@route(blueprint, "POST", "/statement-requests/<request_id>/reply", "creditor")
def reply(request_id: UUID) -> Response:
    """The same bytes sent twice are one reply, so this needs no Idempotency-Key; one that is sent is ignored."""
    taken = receive_reply(runtime(), own_id(), request_id, raw_body(), _media_type(), g.now)
    return reply_unreadable(taken) if taken.status == "refused" else answer(reply_shown(taken), 202)


@route(blueprint, "POST", "/offers/<offer_id>/answer", "creditor")
def offer_answer(offer_id: UUID) -> Response:
    answered = answer_offer(runtime(), own_id(), offer_id, raw_body(), _media_type(), g.now)
    return answer_unreadable(answered) if answered.verdict == "refused" else answer(answer_shown(answered), 202)


def reply_shown(taken: Taken) -> dict[str, Any]:
    """What a creditor is told of a reply that was received."""
    return {"reply_id": str(taken.reply_id), "status": taken.status, "problems": list(taken.problems)}


def reply_unreadable(taken: Taken) -> Response:
    """What a creditor is told of bytes that are no reply."""
    faults = [Fault(pointer=one["path"], code=one["code"], detail=one["detail"]) for one in taken.problems]
    return problem(400, "unreadable", "This reply cannot be read; the term runs on. Send it again.", faults)


def answer_shown(answered: Answered) -> dict[str, Any]:
    """What a creditor is told of an answer that was received."""
    return {
        "answer_id": str(answered.answer_id),
        "verdict": answered.verdict,
        "state": answered.state,
        "missing_facts": list(answered.missing),
        "effect": "recorded" if answered.effect else "none",
    }


def answer_unreadable(answered: Answered) -> Response:
    """What a creditor is told of bytes that are no answer to an offer."""
    return problem(400, "unreadable", "This answer cannot be read; the term runs on.", answered.faults)


def _media_type() -> str:
    """The media type alone: it is kept in the clear, so it gets no parameters such as a file's name; "" = none."""
    return request.mimetype if _MEDIA_TYPE.fullmatch(request.mimetype) is not None else ""
