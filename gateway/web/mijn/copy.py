"""A copy of one's own data, and everything on one page for paper."""

from __future__ import annotations

from flask import Response, g

from gateway.services.export_resident import export_resident
from gateway.services.portal import show_home
from gateway.services.portal_session import SignedIn
from gateway.web.mijn.guard import CONFIRM, certain, resident_form, resident_page
from gateway.web.mijn.rendering import finished, language, onward, page, runtime

_PAGE = "/mijn/kopie"


@resident_page("/kopie")
def copy(who: SignedIn) -> Response:
    return page("copy.html", certain=certain(who), confirm=f"{CONFIRM}?verder={_PAGE}")


@resident_page("/kopie/maken")
def copy_again(_who: SignedIn) -> Response:
    """The copy is the answer to a form; whoever opens its address comes to the page with that form."""
    return onward(_PAGE)


@resident_form("/kopie/maken")
def make_copy(who: SignedIn) -> Response:
    """Everything in one file: only for who showed a moment ago who it is, never for who merely has a link."""
    if not certain(who):
        return onward(f"{CONFIRM}?verder={_PAGE}")
    archive = export_resident(
        runtime(), who.organisation_id, who.resident_id, g.now, actor="resident", language=language()
    )
    answer = finished(Response(archive, mimetype="application/zip"))
    answer.headers["Content-Disposition"] = 'attachment; filename="mijn-gegevens.zip"'
    return answer


@resident_page("/afdrukken")
def on_paper(who: SignedIn) -> Response:
    """Every choice and what it means, to print or to have read aloud."""
    creditors = show_home(runtime(), who, g.now)["creditors"]
    worth = {choice["status"] for creditor in creditors for choice in creditor["choices"]}
    return page("on-paper.html", creditors=creditors, worth=sorted(worth), today=g.now)
