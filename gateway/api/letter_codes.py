"""
Routes about letters with a code, with which a resident signs in.

A code is shown once and kept nowhere, so there is no Idempotency-Key: it would keep the answer. Whoever does not know
whether a call arrived makes another one; the earlier code ends.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, g

from gateway.api.access import answer, json_body, own_id, route, runtime
from gateway.documents.sign_in_letter import content_security_policy
from gateway.services.letter_codes import make_letter_code, write_sign_in_letter

blueprint = Blueprint("letter_codes", __name__)


@route(blueprint, "POST", "/residents/<resident_id>/letter-codes", "counsellor")
def make(resident_id: UUID) -> Response:
    body = json_body("letter_code")
    made = make_letter_code(runtime(), own_id(), resident_id, UUID(body["made_by"]), g.now)
    expires_at = made.expires_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return answer({"code": made.code, "expires_at": expires_at}, 201)


@route(blueprint, "POST", "/residents/<resident_id>/sign-in-letter", "counsellor")
def write(resident_id: UUID) -> Response:
    body = json_body("sign_in_letter")
    letter = write_sign_in_letter(
        runtime(), own_id(), resident_id, UUID(body["made_by"]), body["language"], g.now
    )  # fmt: skip
    page = Response(letter, status=201, content_type="text/html; charset=utf-8")
    page.headers["Content-Security-Policy"] = content_security_policy()
    return page
