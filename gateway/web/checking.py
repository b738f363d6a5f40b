"""The public page that checks a receipt, for whoever holds one; and where the code on a printed receipt leads."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.documents import receipt_words
from gateway.documents.proof import Kind
from gateway.documents.receipt_check import MOST_BYTES
from gateway.documents.receipt_page import lines
from gateway.errors import NotFound
from gateway.services.check_receipt import Checked, check_receipt, find_in_log
from gateway.web.mijn.rendering import language, page, runtime

blueprint = Blueprint("checking", __name__)
_AROUND = 10_000  # what a form adds to what is in it
_NUMBER = re.compile(r"[0-9]{1,15}")
_HASH = re.compile(r"[0-9a-f]{64}")
# The parts that a verdict may name, by the word for them; another part goes unnamed.
_PLACES = {
    "the receipt": "receipt", "the entry": "entry", "the checkpoint": "checkpoint", "the proof": "proof",
    "said": "said", "grant": "entry", "recipient": "recipient", "recorded by": "recorded_by",
    "recorded at": "recorded_at", "purpose": "flow", "notice": "notice",
}  # fmt: skip


@blueprint.get("/bewijs")
def check_form() -> Response:
    return page("check.html", fault=None)


@blueprint.post("/bewijs")
def check() -> Response:
    """What was pasted or uploaded, held to our keys and our log; nothing of it is kept."""
    request.max_content_length = MOST_BYTES + _AROUND
    try:
        receipt = _sent()
    except RequestEntityTooLarge:
        return page("check.html", 413, fault="too_large")
    if not receipt:
        return page("check.html", 400, fault="empty")
    found = check_receipt(runtime(), receipt)
    return page(
        "checked.html",
        verdict=_verdict(found),
        place=_PLACES.get(found.verdict.place or ""),
        flagged=bool(found.verdict.notes),
        said=receipt_words.said(found.content["said"], language()) if found.content is not None else None,
        issuer=found.verdict.issuer,
        lines=lines(found.content, language()) if found.content is not None else [],
        label=lambda name: receipt_words.text(name, language()),
    )


@blueprint.get("/bewijs/<number>/<leaf>")
def in_log(number: str, leaf: str) -> Response:
    if _NUMBER.fullmatch(number) is None or _HASH.fullmatch(leaf) is None:
        raise NotFound
    found = find_in_log(runtime(), int(number), bytes.fromhex(leaf))
    return page("in-log.html", 200 if found is not None else 404, found=found)


def _sent() -> bytes:
    """The file, or else the text without the line breaks that mail and paper put into it."""
    uploaded = request.files.get("file")
    content = uploaded.read() if uploaded is not None else b""
    return content or "".join(request.form.get("receipt", "").split()).encode()


def _verdict(found: Checked) -> str:
    """What to say: "ok", "not_in_our_log", or why it is not a sound receipt."""
    if found.verdict.kind is Kind.OK:
        return "ok" if found.in_log else "not_in_our_log"
    return found.verdict.kind.value
