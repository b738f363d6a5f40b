"""One way to show a page to a resident: the language, the words and the headers are the same everywhere."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request

from gateway.consent.notices import day_in_words
from gateway.domain.deadlines import local_day
from gateway.keys import keyless
from gateway.services.runtime import Runtime
from gateway.web.mijn import words

blueprint = Blueprint("mijn", __name__, url_prefix="/mijn")
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
LANGUAGE_COOKIE = "taal"
_LANGUAGE_DAYS = 30
_PHONE = re.compile(r"\+?\d[\d -]{2,}\d")


def runtime() -> Runtime:
    found: Runtime = g.runtime
    return found


def page(template: str, status: int = 200, **shown: Any) -> Response:
    """The page *template* of templates/mijn, in the reader's language."""
    chosen = language()
    settings = runtime().settings
    phone = _PHONE.search(settings.contact)
    body = render_template(
        f"mijn/{template}",
        **shown,
        t=partial(words.say, language=chosen),
        language=chosen,
        direction=direction(chosen),
        languages=list(words.LANGUAGES.items()),
        here=request.path,
        sender=settings.sender.name,
        contact=settings.contact,
        phone=phone.group() if phone is not None else None,
        signed_in=g.get("signed_in"),
        form_token=form_token,
        day=day,
    )
    return finished(Response(body, status=status, mimetype="text/html"))


def onward(path: str) -> Response:
    """On to another page, with GET."""
    answer = redirect(path, 303, Response=Response)
    assert isinstance(answer, Response)
    return finished(answer)


def finished(response: Response) -> Response:
    """The headers of a page for a resident; the language that was chosen in the address is remembered."""
    response.headers["Content-Security-Policy"] = CSP
    # With no-referrer a browser sends a form of ours with "Origin: null", and an old one says nothing else about it.
    response.headers["Referrer-Policy"] = "same-origin"
    asked = request.args.get("lang")
    if asked in words.LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=_LANGUAGE_DAYS * 86_400, httponly=True,
            secure=not runtime().settings.sandbox, samesite="Lax", path="/",
        )  # fmt: skip
    return response


def language() -> str:
    """The language asked for here, or earlier, or the gateway's own."""
    wanted = (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE), runtime().settings.language)
    return next((one for one in wanted if one in words.LANGUAGES), next(iter(words.LANGUAGES)))


def direction(one: str) -> str:
    return "rtl" if one in words.RIGHT_TO_LEFT else "ltr"


def form_token(path: str) -> str:
    """What a form to *path* carries, so that nobody else's page can send it: bound to the session and the address."""
    secret: str | None = g.get("session_secret")
    if secret is None:
        raise AssertionError("a form with a token stands on a page of a signed-in resident")
    return keyless.commit(secret.encode(), path.encode()).hex()


def day(moment: datetime | date | str) -> str:
    """A day in words, as it was in the Netherlands."""
    if isinstance(moment, str):
        moment = date.fromisoformat(moment) if len(moment) == len("2026-05-04") else datetime.fromisoformat(moment)
    found = local_day(moment) if isinstance(moment, datetime) else moment
    return day_in_words(found, language()).replace(" ", "\u00a0")
