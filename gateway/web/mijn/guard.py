"""Who may open a page of a resident, and whose hand sent a form: deny by default."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, g, request

from gateway.errors import Forbidden, NotFound
from gateway.keys import keyless
from gateway.services.portal_session import (
    Assurance,
    SignedIn,
    confirm_session,
    end_session,
    find_session,
    may_decide,
    open_session,
)
from gateway.web.mijn.rendering import blueprint, form_token, onward, runtime

View = Callable[..., Response]
HOME = "/mijn"
SIGN_IN = "/mijn/inloggen"
CONFIRM = "/mijn/bevestigen"
ACCESS: dict[str, str] = {}  # endpoint -> "anyone", "resident", "form"; a test walks it
_LONGEST_SECRET = 100
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def open_page(path: str, *methods: str) -> Callable[[View], View]:
    """Register a page for anybody, such as the way in; a form on it must come from a page of ours."""

    def register(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: str) -> Response:
            if request.method == "POST":
                refuse_other_origin()
            remember_who()
            return view(**_ids(arguments))

        return _registered(guarded, path, methods or ("GET",), "anyone")

    return register


def resident_page(path: str) -> Callable[[View], View]:
    """Register a page that shows something to a signed-in resident: the view is given who it is."""

    def register(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: str) -> Response:
            who = remember_who()
            if who is None:
                return onward(SIGN_IN)
            return view(who, **_ids(arguments))

        return _registered(guarded, path, ("GET",), "resident")

    return register


def resident_form(path: str) -> Callable[[View], View]:
    """Register what a form of a signed-in resident is sent to; without the token of that very form it is refused."""

    def register(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: str) -> Response:
            refuse_other_origin()
            who = remember_who()
            if who is None:
                return onward(f"{SIGN_IN}?over=1")
            if not keyless.same(request.form.get("token", ""), form_token(request.path)):
                raise Forbidden("This form is not of this page any more. Open the page again.")
            return view(who, **_ids(arguments))

        return _registered(guarded, path, ("POST",), "form")

    return register


def remember_who() -> SignedIn | None:
    """The resident behind this request, if any; the rest of the request finds it in `g`."""
    secret = request.cookies.get(cookie_name())
    if not secret or len(secret) > _LONGEST_SECRET or not secret.isascii():
        return None
    who = find_session(runtime(), secret, g.now)
    if who is not None:
        g.signed_in, g.session_secret = who, secret
    return who


def certain(who: SignedIn) -> bool:
    """Whether the resident may say yes now, or first has to show who it is."""
    return may_decide(who, g.now)


def start_session(resident_id: UUID, *, assurance: Assurance, where: str = HOME) -> Response:
    """Sign in as this resident: a new secret, and whatever session this browser had before is over."""
    before = remember_who()
    if before is not None:
        end_session(runtime(), before, g.now)
    secret = open_session(runtime(), resident_id, g.now, assurance=assurance)
    return with_session(onward(where), secret)


def with_session(answer: Response, secret: str) -> Response:
    # Lax, because the login service sends people back from another site; forms have a token of their own.
    secure = not runtime().settings.sandbox
    answer.set_cookie(cookie_name(), secret, httponly=True, secure=secure, samesite="Lax", path="/")
    return answer


def without_session(answer: Response) -> Response:
    secure = not runtime().settings.sandbox
    answer.delete_cookie(cookie_name(), httponly=True, secure=secure, samesite="Lax", path="/")
    return answer


def confirmed(who: SignedIn, *, assurance: Assurance, where: str = HOME) -> Response:
    """The same resident showed once more who it is; on with what was being done."""
    confirm_session(runtime(), who, g.now, assurance=assurance)
    return onward(where)


def cookie_name() -> str:
    """With the prefix that a browser holds to https and to this very host; a sandbox without https cannot have it."""
    return "mijn" if runtime().settings.sandbox else "__Host-mijn"


def safe_path(wanted: str | None) -> str:
    """Where to go on: a path of the resident's own pages, or home; never another site."""
    if wanted is None or not re.fullmatch(r"/mijn(/[a-z0-9-]+)*", wanted):
        return HOME
    return wanted


def refuse_other_origin() -> None:
    """
    A form that another site sends is refused, whatever it carries.

    Raises:
        Forbidden: The browser says that the form was on a page of somebody else.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in ("same-origin", "none") if site is not None else origin not in (None, *_own_origins())
    if foreign:
        raise Forbidden("This form was not on a page of ours. Open our page and try again.")


def _own_origins() -> tuple[str, str]:
    base = urlsplit(runtime().settings.base_url)
    return f"{base.scheme}://{base.netloc}", request.host_url.rstrip("/")


def _ids(arguments: dict[str, str]) -> dict[str, Any]:
    """Ids in an address as UUIDs; one that is none is as unknown as any other."""
    found: dict[str, Any] = {}
    for name, value in arguments.items():
        if name.endswith("_id"):
            if _UUID.fullmatch(value) is None:
                raise NotFound
            found[name] = UUID(value)
        else:
            found[name] = value
    return found


def _registered(guarded: View, path: str, methods: tuple[str, ...], access: str) -> View:
    name = guarded.__name__
    blueprint.add_url_rule(path, endpoint=name, view_func=guarded, methods=list(methods))
    ACCESS[f"{blueprint.name}.{name}"] = access
    return guarded
