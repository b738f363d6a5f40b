"""One question on one page, with three answers of the same size: yes, no, and "help me first"."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, g, request

from gateway.consent.grants import Act
from gateway.services.answer_question import NotTaken, answer_question, show_question
from gateway.services.portal_session import SignedIn
from gateway.web.mijn.guard import CONFIRM, certain, resident_form, resident_page
from gateway.web.mijn.rendering import direction, language, onward, page, runtime
from gateway.web.mijn.text import Block, blocks

_ACTS: Mapping[str, Act] = {"yes": Act.GIVEN, "no": Act.REFUSED, "help": Act.DEFERRED}


@resident_page("/vragen/<ask_id>")
def question(who: SignedIn, ask_id: UUID) -> Response:
    found = show_question(runtime(), who, ask_id, language(), g.now)
    if isinstance(found, NotTaken):
        return page("question-off.html", reason=found.reason)
    title, *rest = blocks(found["text"])
    return page(
        "question.html", question=found, title=_plain(title), blocks=rest, text_direction=direction(found["language"])
    )


@resident_page("/vragen/<ask_id>/antwoord")
def answer_again(_who: SignedIn, ask_id: UUID) -> Response:
    """Whoever changes the language after answering, or comes back to that page, reads how the question stands."""
    return onward(f"/mijn/vragen/{ask_id}")


@resident_form("/vragen/<ask_id>/antwoord")
def answer(who: SignedIn, ask_id: UUID) -> Response:
    act = _ACTS.get(request.form.get("answer", ""))
    if act is None:
        return onward(f"/mijn/vragen/{ask_id}")
    if act is Act.GIVEN and not certain(who):
        return onward(f"{CONFIRM}?verder=/mijn/vragen/{ask_id}")
    done = answer_question(runtime(), who, ask_id, act, g.now)
    if isinstance(done, NotTaken):
        return page("question-off.html", reason=done.reason)
    return page("answered.html", done=done)


def _plain(block: Block) -> str:
    return " ".join([block.heading or "", *block.lines]).strip()
