"""The resident's receipts: read, printed and kept as a file, in the language in which the question was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from flask import Response, g

from gateway.documents import receipt_words
from gateway.documents.receipt_page import Shown, content_security_policy, printed, receipts_page
from gateway.errors import NotFound
from gateway.services.issue_receipt import Issued, State
from gateway.services.portal_proofs import list_proofs, own_receipts
from gateway.services.portal_session import SignedIn
from gateway.web.mijn.guard import resident_page
from gateway.web.mijn.rendering import finished, language, page, runtime

JOSE = "application/jose"
_NUMBER = re.compile(r"[0-9]{1,15}")


@resident_page("/bewijzen")
def proofs(who: SignedIn) -> Response:
    found = list_proofs(runtime(), who, g.now)
    return page("proofs.html", proofs=found, said=lambda word: receipt_words.said(word, language()))


@resident_page("/bewijzen/<grant_id>")
def proof(who: SignedIn, grant_id: UUID) -> Response:
    issued = own_receipts(runtime(), who, grant_id, g.now)
    sheets = [{**printed(one, look_up), "entry": each.entry_id} for one, each in _both(issued)]
    return page("proof.html", grant_id=grant_id, sheets=sheets)


@resident_page("/bewijzen/<grant_id>/papier")
def proof_on_paper(who: SignedIn, grant_id: UUID) -> Response:
    issued = own_receipts(runtime(), who, grant_id, g.now)
    sheets = receipts_page([shown for shown, _ in _both(issued)], look_up=look_up)
    answer = finished(Response(sheets, mimetype="text/html"))
    answer.headers["Content-Security-Policy"] = content_security_policy()  # its one style stands inside it
    return answer


@resident_page("/bewijzen/<grant_id>/<entry>")
def proof_file(who: SignedIn, grant_id: UUID, entry: str) -> Response:
    """The signed file: what a resident keeps, and what anybody can check without us."""
    if _NUMBER.fullmatch(entry) is None:
        raise NotFound
    for one in own_receipts(runtime(), who, grant_id, g.now):
        if one.entry_id == int(entry) and one.state is State.SIGNED:
            answer = finished(Response(one.signed, content_type=JOSE))
            answer.headers["Content-Disposition"] = f'attachment; filename="bewijs-{one.entry_id}.jws"'
            return answer
    raise NotFound


def look_up(index: int, leaf: str) -> str:
    """Where the code on paper leads: a page that anybody can open, and that is about nobody."""
    return f"{runtime().settings.base_url}/bewijs/{index}/{leaf}"


def _both(issued: Sequence[Issued]) -> list[tuple[Shown, Issued]]:
    return [
        (Shown(said=one.said, language=one.language, state=one.state, content=one.content, signed=one.signed), one)
        for one in issued
    ]
