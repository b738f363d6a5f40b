"""Routes about the life of a resident's data: what stopping does, who saw it, a copy of it, holding and erasing it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request

from gateway.api.access import answer, json_body, own_id, route, runtime
from gateway.api.problems import problem
from gateway.errors import Fault, Invalid
from gateway.services.erase_resident import LegalDutyRuns, close_case, erase_resident, set_hold
from gateway.services.export_resident import export_resident
from gateway.services.show_seen import MOST_LINES, show_seen
from gateway.services.show_stops import open_stop_notices, show_stops
from gateway.services.withdraw_consent import How, Scope, Withdrawn, preview_withdrawal

blueprint = Blueprint("life", __name__)
_NUMBER = re.compile(r"[0-9]{1,15}")


def scope_from(body: dict[str, Any]) -> Scope:
    """
    What the resident wants to stop.

    Raises:
        Invalid: Neither something to narrow it by nor "everything".
    """
    narrowed = {name for name in ("creditor_id", "purpose", "grant_id") if name in body}
    everything = bool(body.get("everything") or body.get("all_cases"))
    if bool(narrowed) == everything:
        detail = "Say what to stop: creditor_id, purpose or grant_id; or everything: true."
        raise Invalid([Fault(pointer="", code="scope", detail=detail)])
    return Scope(
        creditor_id=_optional(body.get("creditor_id")),
        purpose=body.get("purpose"),
        grant_id=_optional(body.get("grant_id")),
        all_cases=body.get("all_cases", False),
    )


def how_from(body: dict[str, Any]) -> How:
    """How and when the resident said it."""
    return How(
        method=body["method"],
        received_at=body.get("received_at"),
        recorded_by=_optional(body.get("recorded_by")),
        identity_doubted=body["identity_doubted"],
    )


def withdrawn(done: Withdrawn) -> dict[str, Any]:
    """What a withdrawal did, for systems."""
    return {
        "grants": [str(one) for one in done.grants],
        "paused": [str(one) for one in done.paused],
        "effects": list(done.told),
        "cancelled_messages": done.cancelled_messages,
        "stopped": [str(one) for one in done.stopped],
        "stop_notices": done.stop_notices,
        "under_way": done.under_way,
        "received_at": done.received_at.isoformat().replace("+00:00", "Z"),
        "effective_at": done.effective_at.isoformat().replace("+00:00", "Z"),
        "lateness": done.lateness.value,
    }


@route(blueprint, "POST", "/cases/<case_id>/withdrawals/preview", "counsellor")
def preview(case_id: UUID) -> Response:
    """What would happen, before it happens; the same list that a withdrawal then applies."""
    scope = scope_from(json_body("withdrawal_preview"))
    found = preview_withdrawal(runtime(), case_id, scope, g.now, actor=g.caller.actor, organisation_id=own_id())
    return answer({"effects": found})


@route(blueprint, "GET", "/cases/<case_id>/stops", "counsellor")
def stops(case_id: UUID) -> Response:
    return answer(show_stops(runtime(), case_id, g.now, actor=g.caller.actor, organisation_id=own_id()))


@route(blueprint, "GET", "/stop-notices", "counsellor")
def stop_notices() -> Response:
    return answer(open_stop_notices(runtime(), own_id(), g.now))


@route(blueprint, "POST", "/cases/<case_id>/closure", "counsellor")
def close(case_id: UUID) -> Response:
    body = json_body("closure")
    return answer(close_case(runtime(), own_id(), case_id, UUID(body["counsellor_id"]), body["reason"], g.now))


@route(blueprint, "GET", "/residents/<resident_id>/seen", "counsellor")
def seen(resident_id: UUID) -> Response:
    """Who saw this resident's data; ?before= turns the page, ?limit= shortens it."""
    found = show_seen(
        runtime(), resident_id, g.now, actor=g.caller.actor, organisation_id=own_id(),
        before=_number("before"), limit=_number("limit") or MOST_LINES,
    )  # fmt: skip
    return answer(found)


@route(blueprint, "GET", "/residents/<resident_id>/export", "counsellor")
def export(resident_id: UUID) -> Response:
    archive = export_resident(runtime(), own_id(), resident_id, g.now, actor=g.caller.actor)
    headers = {"Content-Disposition": f'attachment; filename="export-{resident_id}.zip"'}
    return Response(archive, mimetype="application/zip", headers=headers)


@route(blueprint, "POST", "/residents/<resident_id>/legal-hold", "counsellor")
def hold(resident_id: UUID) -> Response:
    body = json_body("legal_hold")
    by = UUID(body["counsellor_id"])
    return answer(set_hold(runtime(), own_id(), resident_id, by, body["reason"], g.now, on=body["on"]))


@route(blueprint, "POST", "/residents/<resident_id>/erasure", "counsellor")
def erase(resident_id: UUID) -> Response:
    body = json_body("erasure")
    try:
        done = erase_resident(runtime(), own_id(), resident_id, UUID(body["counsellor_id"]), g.now)
    except LegalDutyRuns as refused:
        return problem(409, refused.code, refused.detail, refused.faults)
    return answer(
        {
            "resident_id": str(done.resident_id),
            "erased_at": done.erased_at.isoformat().replace("+00:00", "Z"),
            "cases": done.cases,
            "journal_entries": done.entries,
        }
    )


def _number(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if _NUMBER.fullmatch(text) is None or int(text) < 1:
        raise Invalid([Fault(pointer="", code="query", detail=f"Send {name} as a whole number of at least 1.")])
    return int(text)


def _optional(value: str | None) -> UUID | None:
    return UUID(value) if value is not None else None
