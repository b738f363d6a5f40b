"""The way in and the way out: choosing how, a code from a letter, showing once more who you are, and signing out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import quote

from flask import Response, g, request

from gateway.domain.deadlines import local_day
from gateway.domain.letter_code import read_birth_date, read_code
from gateway.services.letter_codes import (
    WAY_IN,
    Reason,
    Shown,
    Wrong,
    confirm_birth_date,
    make_next_code,
    sign_in_with_code,
)
from gateway.services.portal_session import Assurance, SignedIn, end_session, say_who_helps
from gateway.services.record_consent import ASSISTED_BY
from gateway.web.mijn.guard import (
    CONFIRM,
    HOME,
    SIGN_IN,
    certain,
    open_page,
    resident_form,
    resident_page,
    safe_path,
    with_session,
    without_session,
)
from gateway.web.mijn.rendering import onward, page, runtime

LOGIN: Final = "/mijn/inloggen/digid"
SIGNED_OUT: Final = "/mijn/uitgelogd"
NEXT_TIME: Final = "/mijn/volgende-keer"
_ENDED = ("1", "2")  # over, and over after too many wrong birth dates
_WAIT_SECONDS = 60
_LONGEST_TYPED = 60

Error = tuple[str, str]  # id of the field, name of the text


@open_page("/inloggen")
def way_in() -> Response:
    """How do you want to sign in? ?over= says that a session ended, ?verder= where to go on to."""
    over = request.args.get("over")
    return page(
        "entering.html",
        over=over if over in _ENDED else None,
        label=_login_label(),
        login=_with_onward(LOGIN, _onward()),
        code=_with_onward(WAY_IN, _onward()),
    )


@open_page("/inloggen/code", "GET", "POST")
def enter_code() -> Response:
    """Sign in with the code from a letter and the birth date; whatever was wrong, the answer is the same."""
    if request.method == "GET":
        return _code_page(())
    code, birth_date = read_code(request.form.get("code", "")), _birth_date()
    errors = [("code", "entering_code_form")] if code is None else []
    errors += [("birth", "entering_birth_form")] if birth_date is None else []
    if code is None or birth_date is None:
        return _code_page(errors, status=400)
    found = sign_in_with_code(runtime(), code, birth_date, g.now)
    if isinstance(found, Wrong):
        answer = _code_page([("code", f"entering_wrong_{found.reason.value}")], status=403)
        if found.reason is Reason.TOO_MANY:
            answer.status_code = 429
            answer.headers["Retry-After"] = str(_WAIT_SECONDS)
        return answer
    before: SignedIn | None = g.get("signed_in")
    if before is not None:  # nobody goes on under a secret from before signing in
        end_session(runtime(), before, g.now)
    return with_session(onward(_onward()), found)


@resident_page("/bevestigen")
def confirm(who: SignedIn) -> Response:
    """Show once more who you are, before something that is only yours to say; ?verder= where to go on to."""
    where = _onward()
    if certain(who):
        return onward(where)
    if who.assurance is Assurance.CODE:
        return _confirm_page(where)
    if who.assurance is Assurance.LOGIN and _login_label() is not None:
        again = f"{LOGIN}?opnieuw=1&verder={quote(where)}"
        return page("confirm.html", label=_login_label(), again=again, where=where)
    return onward(_with_onward(SIGN_IN, where))


@resident_form("/bevestigen")
def confirm_with_birth_date(who: SignedIn) -> Response:
    where, birth_date = _onward(), _birth_date()
    if birth_date is None:
        return _confirm_page(where, [("birth", "entering_birth_form")], status=400)
    shown = confirm_birth_date(runtime(), who, birth_date, g.now)
    if shown is Shown.OVER:
        return without_session(onward(f"{SIGN_IN}?over=2"))
    if shown is Shown.WRONG:
        return _confirm_page(where, [("birth", "entering_birth_wrong")], status=403)
    return onward(where)


@resident_form("/uitloggen")
def sign_out(who: SignedIn) -> Response:
    """The secret opens nothing any more, and a browser that others use forgets the pages."""
    end_session(runtime(), who, g.now)
    answer = without_session(onward(SIGNED_OUT))
    answer.headers["Clear-Site-Data"] = '"cache"'  # not the cookies: the chosen language is kept
    return answer


@open_page("/uitgelogd")
def signed_out() -> Response:
    return page("signed-out.html")


@resident_page("/hulp")
def help_with_this(who: SignedIn) -> Response:
    return _help_page(who)


@resident_form("/hulp")
def say_help(who: SignedIn) -> Response:
    by = request.form.get("help", "")
    if by not in ASSISTED_BY:
        return _help_page(who, [("help", "entering_help_form")], status=400)
    say_who_helps(runtime(), who, by)
    return onward(HOME)


@resident_page("/volgende-keer")
def next_time(who: SignedIn) -> Response:
    """A code for the next time; only for whoever showed just now who it is."""
    return page("next-code.html", made=None) if certain(who) else onward(f"{CONFIRM}?verder={NEXT_TIME}")


@resident_form("/volgende-keer")
def make_code(who: SignedIn) -> Response:
    """The code stands on this one answer and nowhere else; asking again makes another one."""
    if not certain(who):
        return onward(f"{CONFIRM}?verder={NEXT_TIME}")
    return page("next-code.html", made=make_next_code(runtime(), who, g.now))


def _code_page(errors: Sequence[Error], *, status: int = 200) -> Response:
    return page(
        "code.html", status, errors=errors, typed=request.form.get("code", "")[:_LONGEST_TYPED], birth=_typed_birth(),
        where=_onward(), label=_login_label(), login=_with_onward(LOGIN, _onward()),
    )  # fmt: skip


def _confirm_page(where: str, errors: Sequence[Error] = (), *, status: int = 200) -> Response:
    return page("confirm.html", status, label=None, errors=errors, birth=_typed_birth(), where=where)


def _help_page(who: SignedIn, errors: Sequence[Error] = (), *, status: int = 200) -> Response:
    return page("help.html", status, errors=errors, kinds=ASSISTED_BY, chosen=who.assisted_by)


def _birth_date() -> date | None:
    day, month, year = _typed_birth()
    return read_birth_date(day, month, year, local_day(g.now))


def _typed_birth() -> tuple[str, str, str]:
    day, month, year = (request.form.get(f"birth-{part}", "")[:8] for part in ("day", "month", "year"))
    return day, month, year


def _login_label() -> str | None:
    """What people call the login service; None when signing in that way is not offered."""
    settings = runtime().settings.login
    return settings.label if settings is not None and g.login is not None else None


def _onward() -> str:
    return safe_path(request.values.get("verder"))


def _with_onward(path: str, where: str) -> str:
    return path if where == HOME else f"{path}?verder={quote(where)}"
