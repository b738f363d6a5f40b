"""The pages of the stand-in for the login service: plain HTML, no script, and each says that nothing here is real."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from enum import StrEnum
from html import escape

from gateway.sandbox.residents import Resident

_STYLE = (
    "body{font:1.1rem/1.5 sans-serif;margin:0;color:#111;background:#fff}"
    "header{background:#6b1d00;color:#fff;padding:.75rem 1rem}main{max-width:40rem;padding:1rem}"
    "fieldset{border:1px solid #555;margin:0 0 1rem;padding:1rem}label{display:block;padding:.25rem 0}"
    "button{font:inherit;padding:.6rem 1.2rem;margin:0 .5rem .5rem 0}:focus-visible{outline:3px solid #06c}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


class Outcome(StrEnum):
    """How it ends, as the person at the screen picks it."""

    SIGNED_IN = "signed_in"
    TOO_LOW = "too_low"
    FOR_SOMEBODY_ELSE = "for_somebody_else"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_OUTCOMES = {
    Outcome.SIGNED_IN: ("Inloggen lukt", "Signing in works"),
    Outcome.TOO_LOW: ("Inloggen lukt, maar zonder extra controle", "Works, but without the extra check"),
    Outcome.FOR_SOMEBODY_ELSE: ("Iemand anders logt in, namens deze persoon", "Somebody else acts for this person"),
    Outcome.EXPIRED: ("Het duurt te lang", "It takes too long"),
}


def headers(back_to: str) -> dict[str, str]:
    """Nothing may run here, and the form leads only to us and from us to *back_to*, an origin."""
    policy = f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self' {back_to}; frame-ancestors 'none'"
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def sign_in(persons: Sequence[Resident], request: str, wrong: str | None = None) -> bytes:
    """Who signs in, and how it ends; *request* names what the gateway asked."""
    choices = "".join(
        f'<label><input type="radio" name="person" value="{person.bsn}"{" checked" if number == 0 else ""}> '
        f"{escape(person.initials)} {escape(person.surname)} ({person.bsn})</label>"
        for number, person in enumerate(persons)
    )
    ends = "".join(
        f'<label><input type="radio" name="outcome" value="{one}"{" checked" if one is Outcome.SIGNED_IN else ""}> '
        f'{dutch} <span lang="en">({english})</span></label>'
        for one, (dutch, english) in _OUTCOMES.items()
    )
    told = f'<p role="alert"><strong>{escape(wrong)}</strong></p>' if wrong is not None else ""
    return _page(
        "Inloggen (nagebootst)",
        f'{told}<form method="post" action="/sign-in"><input type="hidden" name="request" value="{escape(request)}">'
        f'<fieldset><legend>Wie logt er in? <span lang="en">(Who signs in?)</span></legend>{choices}'
        '<label><input type="radio" name="person" value="other"> Een ander testnummer, hieronder</label>'
        '<label>Testnummer: <input name="other" inputmode="numeric" maxlength="9" autocomplete="off"></label>'
        "</fieldset>"
        f'<fieldset><legend>Hoe loopt het af? <span lang="en">(How does it end?)</span></legend>{ends}</fieldset>'
        f'<button>Inloggen</button><button name="cancel" value="{Outcome.CANCELLED}">Annuleren</button></form>',
    )


def refused(why: str) -> bytes:
    """For whoever came here in a way that a login service does not answer; *why* is for a developer."""
    return _page("Dit kan niet", f'<p lang="en">{escape(why)}</p>')


def _page(title: str, body: str) -> bytes:
    return (
        f'<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        "<body><header><strong>NAGEBOOTST.</strong> Dit is een proefomgeving, geen DigiD. Deze personen bestaan niet. "
        '<span lang="en">(A sandbox. Nobody here exists.)</span></header>'
        f"<main><h1>{title}</h1>{body}</main></body></html>"
    ).encode()
