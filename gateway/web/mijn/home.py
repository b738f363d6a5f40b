"""The resident's first page: what is asked, who is asked what, and the way to stop each of it."""

from __future__ import annotations

from flask import Response, g

from gateway.services.portal import show_home
from gateway.services.portal_session import SignedIn
from gateway.web.mijn.guard import resident_page
from gateway.web.mijn.rendering import page, runtime


@resident_page("")
def home(who: SignedIn) -> Response:
    return page("home.html", **show_home(runtime(), who, g.now))
