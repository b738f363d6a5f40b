"""Call me back: one button, no number to fill in, and what to expect."""

from __future__ import annotations

from flask import Response, g

from gateway.services.ask_call import ask_call, asked_today
from gateway.services.portal_session import SignedIn
from gateway.web.mijn.guard import resident_form, resident_page
from gateway.web.mijn.rendering import page, runtime


@resident_page("/bel-mij")
def call(who: SignedIn) -> Response:
    return page("call.html", asked=asked_today(runtime(), who, g.now))


@resident_form("/bel-mij")
def call_asked(who: SignedIn) -> Response:
    return page("call.html", asked=ask_call(runtime(), who, g.now))
