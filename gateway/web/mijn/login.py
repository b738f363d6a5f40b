"""Signing in with the government's login service: away to it, back from it, and what it means when that fails."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import Response, g, redirect, request

from gateway.domain.signing_in import NotSignedIn, Reason
from gateway.errors import NotFound
from gateway.services.portal_session import Assurance, SignedIn
from gateway.services.sign_in_with_login import (
    BACK,
    LASTS,
    LoginService,
    Recognised,
    begin_login,
    choose,
    finish_login,
    keep_choice,
    organisations_of,
)
from gateway.web.mijn.guard import confirmed, open_page, safe_path, start_session
from gateway.web.mijn.rendering import finished, page, runtime

_log = structlog.get_logger()
START = "/mijn/inloggen/digid"
_AGAIN = "opnieuw"


@open_page("/inloggen/digid")
def login_start() -> Response:
    """Away to the login service; ?opnieuw=1 to show once more who you are, ?verder= the page to go on to."""
    again = request.args.get(_AGAIN) == "1"
    begun = begin_login(runtime(), _login(), g.now, again=again, onward=safe_path(request.args.get("verder")))
    if isinstance(begun, NotSignedIn):
        return _refused(begun, status=503)
    answer = redirect(begun.address, 303, Response=Response)
    assert isinstance(answer, Response)
    return _keeping(finished(answer), begun.keep)


@open_page(BACK.removeprefix("/mijn"))
def login_back() -> Response:
    """Back from the login service: signed in, or a page that says why not. What was kept is of no more use."""
    query = {name: request.args.getlist(name) for name in request.args}
    found = finish_login(runtime(), _login(), request.cookies.get(_cookie_name()), query, g.now)
    if isinstance(found, NotSignedIn):
        return _forgetting(_refused(found))
    who: SignedIn | None = g.get("signed_in")
    if found.again and who is not None:
        return _forgetting(_shown_again(who, found))
    if len(found.residents) > 1:
        choices = page("login-choose.html", organisations=organisations_of(runtime(), found))
        return _keeping(choices, keep_choice(runtime(), found, g.now))
    [(resident_id, _)] = found.residents
    return _forgetting(start_session(resident_id, assurance=Assurance.LOGIN, where=found.onward))


@open_page("/inloggen/organisatie", "POST")
def login_choose() -> Response:
    """Signed in at the organisation that was chosen, out of those that help this person."""
    wanted = request.form.get("organisation", "")
    try:
        organisation_id = UUID(wanted)
    except ValueError:
        raise NotFound from None
    chosen = choose(runtime(), request.cookies.get(_cookie_name()), organisation_id, g.now)
    if isinstance(chosen, NotSignedIn):
        return _forgetting(_refused(chosen))
    return _forgetting(start_session(chosen.resident_id, assurance=Assurance.LOGIN, where=chosen.onward))


def _shown_again(who: SignedIn, found: Recognised) -> Response:
    """The running session is confirmed by the very resident it is of, and by nobody else."""
    if who.resident_id not in {resident for resident, _ in found.residents}:
        return _failed_page("other_person", status=403)
    return confirmed(who, assurance=Assurance.LOGIN, where=found.onward)


def _refused(why: NotSignedIn, *, status: int = 403) -> Response:
    _log.info("sign_in_refused", how="login", reason=why.reason.value, code=why.code)
    return _failed_page(why.reason.value, status=200 if why.reason is Reason.CANCELLED else status)


def _failed_page(reason: str, *, status: int) -> Response:
    settings = runtime().settings.login
    again = f"{START}?{_AGAIN}=1" if g.get("signed_in") is not None else START
    return page("login-failed.html", status, reason=reason, label=settings.label if settings else "", again=again)


def _login() -> LoginService:
    """
    Raises:
        NotFound: Signing in that way is not offered here.
    """
    found: LoginService | None = g.login
    if found is None:
        raise NotFound
    return found


def _keeping(answer: Response, keep: str) -> Response:
    # Lax: it must come along when the login service sends people back, and does not with a form of another site.
    longest, secure = int(LASTS.total_seconds()), not runtime().settings.sandbox
    answer.set_cookie(_cookie_name(), keep, max_age=longest, httponly=True, secure=secure, samesite="Lax", path="/")
    return answer


def _forgetting(answer: Response) -> Response:
    secure = not runtime().settings.sandbox
    answer.delete_cookie(_cookie_name(), httponly=True, secure=secure, samesite="Lax", path="/")
    return answer


def _cookie_name() -> str:
    """With the prefix that a browser holds to https and to this very host; a sandbox without https cannot have it."""
    return "inloggen" if runtime().settings.sandbox else "__Host-inloggen"
