"""Routes for counsellor systems about partners with joint debts, and about an address that is to stay secret."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, g

from gateway.api.access import answer, json_body, own_id, route, runtime
from gateway.services.record_partner import end_partner, mark_safety, protect_address, record_partner, show_partner

blueprint = Blueprint("partners", __name__)


@route(blueprint, "POST", "/cases/<case_id>/partner", "counsellor")
def link(case_id: UUID) -> Response:
    """Twice changes nothing, so this and the others here need no Idempotency-Key."""
    body = json_body("partner")
    other, by = UUID(body["partner_case_id"]), UUID(body["recorded_by"])
    return answer(record_partner(runtime(), own_id(), case_id, other, by, g.now, unsafe=body["unsafe"]), 201)


@route(blueprint, "GET", "/cases/<case_id>/partner", "counsellor")
def partner(case_id: UUID) -> Response:
    return answer(show_partner(runtime(), case_id, g.now, actor=g.caller.actor, organisation_id=own_id()))


@route(blueprint, "POST", "/partner-links/<link_id>/end", "counsellor")
def end(link_id: UUID) -> Response:
    return answer(end_partner(runtime(), own_id(), link_id, UUID(json_body("partner_end")["recorded_by"]), g.now))


@route(blueprint, "POST", "/partner-links/<link_id>/safety", "counsellor")
def safety(link_id: UUID) -> Response:
    body = json_body("partner_safety")
    by = UUID(body["recorded_by"])
    return answer(mark_safety(runtime(), own_id(), link_id, by, g.now, unsafe=body["unsafe"]))


@route(blueprint, "POST", "/residents/<resident_id>/address-protection", "counsellor")
def address(resident_id: UUID) -> Response:
    body = json_body("address_protection")
    by = UUID(body["recorded_by"])
    return answer(protect_address(runtime(), own_id(), resident_id, by, g.now, on=body["on"]))
