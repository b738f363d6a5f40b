"""Routes for proof: checkpoints, what holds them together and keys for anybody; receipts for counsellor systems."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import NotAcceptable

from gateway.api.access import answer, own_id, route, runtime
from gateway.documents.receipt_page import Shown, content_security_policy, receipts_page
from gateway.errors import Fault, Invalid, NotFound
from gateway.services.issue_receipt import Issued, State, issue_receipts
from gateway.services.prove_journal import list_checkpoints, newest_checkpoint, prove_consistency, prove_inclusion

blueprint = Blueprint("proofs", __name__)
_MOST = 200
_NUMBER = re.compile(r"[0-9]{1,15}")
_HASH = re.compile(r"[0-9a-f]{64}")
JOSE = "application/jose"


@route(blueprint, "GET", "/checkpoints/latest", "anyone")
def latest_checkpoint() -> Response:
    return answer(newest_checkpoint(runtime()))


@route(blueprint, "GET", "/checkpoints", "anyone")
def checkpoints() -> Response:
    after, limit = _number("after") or 0, _number("limit") or 100
    return answer(list_checkpoints(runtime(), after=after, limit=min(limit, _MOST)))


@route(blueprint, "GET", "/checkpoints/consistency", "anyone")
def consistency() -> Response:
    """That the log of ?to= entries (the newest checkpoint's when left out) begins with the log of ?from= entries."""
    return answer(prove_consistency(runtime(), old_size=_number("from") or 0, new_size=_number("to")))


@route(blueprint, "GET", "/checkpoints/inclusion", "anyone")
def inclusion() -> Response:
    """That the leaf ?leaf= (its hash) is number ?index= of the log: where the code on a printed receipt leads."""
    index, leaf = _number("index"), request.args.get("leaf", "")
    faults = []
    if index is None:
        faults.append(Fault(pointer="", code="query", detail="Send index as a whole number."))
    if _HASH.fullmatch(leaf) is None:
        faults.append(Fault(pointer="", code="query", detail="Send leaf as 64 lower-case hexadecimal characters."))
    if index is None or faults:
        raise Invalid(faults)
    return answer(prove_inclusion(runtime(), index=index, leaf=bytes.fromhex(leaf)))


@route(blueprint, "GET", "/keys/history", "anyone")
def key_history() -> Response:
    """Every key that ever signed here, with those that were revoked: what receipts and checkpoints are checked with."""
    return answer(runtime().keys.key_history())


@route(blueprint, "GET", "/grants/<grant_id>/receipts", "counsellor")
def receipts(grant_id: UUID) -> Response:
    """Every event of a grant with its receipt: JSON, or a page to print; ?entry= for one, also as the signed file."""
    forms = ["application/json", "text/html", JOSE]
    form = request.accept_mimetypes.best_match(forms) if request.accept_mimetypes else forms[0]
    if form is None:
        raise NotAcceptable
    wanted = _number("entry")
    if form == JOSE and wanted is None:
        detail = "Send entry, the number of the entry whose receipt you want as a file."
        raise Invalid([Fault(pointer="", code="query", detail=detail)])
    issued = issue_receipts(runtime(), grant_id, g.now, actor=g.caller.actor, organisation_id=own_id())
    chosen = [one for one in issued if wanted in (None, one.entry_id)]
    if not chosen:
        raise NotFound
    response = _written(form, grant_id, chosen)
    response.headers["Vary"] = "Accept"
    return response


def _written(form: str, grant_id: UUID, issued: list[Issued]) -> Response:
    if form == "text/html":
        shown = [
            Shown(said=one.said, language=one.language, state=one.state, content=one.content, signed=one.signed)
            for one in issued
        ]
        page = Response(receipts_page(shown, look_up=look_up_address), content_type="text/html; charset=utf-8")
        page.headers["Content-Security-Policy"] = content_security_policy()
        return page
    if form == JOSE:
        [one] = issued
        if one.state is not State.SIGNED:
            raise NotFound
        headers = {"Content-Disposition": f'attachment; filename="receipt-{one.entry_id}.jws"'}
        return Response(one.signed, content_type=JOSE, headers=headers)
    return answer({"grant_id": str(grant_id), "receipts": [_shown(one) for one in issued]})


def look_up_address(index: int, leaf: str) -> str:
    """Where anybody can see that a leaf is in the log; under our own address, and about nobody."""
    return f"{runtime().settings.base_url}/bewijs/{index}/{leaf}"


def _shown(one: Issued) -> dict[str, Any]:
    at = one.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    leaf_index = one.content["journal"]["leaf_index"] if one.content is not None else None
    return {
        "entry_id": one.entry_id,
        "said": one.said,
        "at": at,
        "state": one.state.value,
        "leaf_index": leaf_index,
        "receipt": one.signed,
    }


def _number(name: str) -> int | None:
    """A number out of the query; None when it was left out."""
    text = request.args.get(name)
    if text is None:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise Invalid([Fault(pointer="", code="query", detail=f"Send {name} as a whole number of 0 or more.")])
    return int(text)
