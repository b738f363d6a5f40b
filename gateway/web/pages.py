"""The read-only pages: a link becomes a cookie that opens one page for one role; a resident is signed in by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from gateway.documents import seen_words, words
from gateway.errors import NotFound
from gateway.services.identify import Visitor, visitor
from gateway.services.portal_session import session_by_link
from gateway.services.runtime import Runtime
from gateway.services.show_pages import counsellor_page, creditor_page
from gateway.web.mijn.guard import HOME, with_session
from gateway.web.mijn.rendering import onward
from gateway.web.standing import amount, standing, together
from gateway.web.wording import TEXTS

blueprint = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
COOKIE = "page_link"
CSP = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'"
PAGES: dict[str, str] = {}  # role -> path of its page; a page without a role does not exist
_LONGEST_CODE = 200
_PHONE = re.compile(r"\+?\d[\d -]{2,}\d")

View = Callable[[Visitor], Mapping[str, Any]]


def page(role: str, path: str, template: str) -> Callable[[View], Callable[[], Response]]:
    """Register the page of *role*: the view gives what *template* shows to a visitor who came with such a link."""

    def register(view: View) -> Callable[[], Response]:
        @wraps(view)
        def guarded() -> Response:
            code = request.cookies.get(COOKIE)
            if code is None and request.headers.get("Sec-Fetch-Site") == "cross-site":
                # Behind a link in somebody else's page, such as webmail, the browser keeps back a SameSite=Strict
                # cookie until a page of our own asks for it.
                return html("onward.html", 200, path=path)
            found = _visitor(code)
            if found is None or found.role != role:
                raise NotFound
            return html(template, 200, **view(found))

        PAGES[role] = path
        blueprint.add_url_rule(path, endpoint=role, view_func=guarded, methods=["GET"])
        return guarded

    return register


@blueprint.get("/page/<code>")
def enter(code: str) -> Response:
    """Take the code out of the address: into a cookie that no script can read, and on to the page it opens."""
    found = _visitor(code)
    if found is None:
        raise NotFound
    asked = request.args.get("lang")
    if found.role == "resident":
        return _as_resident(found)
    where = url_for(f"pages.{found.role}", lang=asked if asked in words.LANGUAGES else None)
    answer = redirect(where, 303, Response=Response)
    answer.set_cookie(COOKIE, code, httponly=True, secure=not _runtime().settings.sandbox, samesite="Strict", path="/")
    assert isinstance(answer, Response)
    return answer


def _as_resident(found: Visitor) -> Response:
    """A link for a resident opens the resident's own pages: to read and to stop; for a yes we must be surer."""
    secret = session_by_link(_runtime(), found.subject_id, g.now)
    if secret is None:
        raise NotFound
    return with_session(onward(HOME), secret)


@page("counsellor", "/case", "counsellor.html")
def counsellor(who: Visitor) -> Mapping[str, Any]:
    shown = counsellor_page(_runtime(), who.subject_id, g.now)
    lines = [{**line, "standing": standing(line, language())} for line in shown["creditors"]]
    return {**shown, "creditors": lines}


@page("creditor", "/open-requests", "creditor.html")
def creditor(who: Visitor) -> Mapping[str, Any]:
    return creditor_page(_runtime(), who.subject_id, g.now)


def error_page(status: int) -> Response:
    """A short page for a person: what happened, and whom to call. It never says what was asked for."""
    reason = {404: "not_found", 503: "away"}.get(status, "failed")
    return html("error.html", status, reason=reason, again=request.path if request.path in PAGES.values() else None)


def html(template: str, status: int, **shown: Any) -> Response:
    found = _runtime().settings
    phone = _PHONE.search(found.contact)
    body = render_template(
        template,
        **shown,
        t=lambda name: words.say(TEXTS, name, language()),
        say=lambda table, code: words.say(getattr(words, table), code, language()),
        day=lambda moment: together(words.day(moment, language())),
        problem_words=_problem_words,
        seen_label=lambda name: seen_words.label(name, language()),
        euros=lambda cents: amount(cents, language()),
        language=language(),
        languages=words.LANGUAGES,
        sender=found.sender.name,
        contact=found.contact,
        phone=phone.group() if phone is not None else None,
    )
    return Response(body, status=status, mimetype="text/html", headers={"Content-Security-Policy": CSP})


def language() -> str:
    """The language asked for, or the gateway's own."""
    asked, own = request.args.get("lang"), _runtime().settings.language
    return next((one for one in (asked, own) if one in words.LANGUAGES), words.LANGUAGES[0])


def _problem_words(problem: Mapping[str, str]) -> str:
    """Why a reply is held: our words, or the detail that came with a code that has none."""
    known = problem["code"] in words.PROBLEMS
    return words.say(words.PROBLEMS, problem["code"], language()) if known else problem["detail"]


def _visitor(code: str | None) -> Visitor | None:
    if not code or len(code) > _LONGEST_CODE or not code.isascii():
        return None
    return visitor(_runtime(), code, g.now)


def _runtime() -> Runtime:
    found: Runtime = g.runtime
    return found
