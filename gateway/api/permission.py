"""Routes for counsellor systems about permission: questions to a resident, what becomes of a yes, and mandates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g

from gateway.api.access import answer, idempotency, json_body, own_id, route, runtime
from gateway.consent.grants import Act, EventKind
from gateway.consent.mandates import MandateKind
from gateway.consent.overrides import Decision
from gateway.services.ask_consent import Wanted, ask_consent, serve_ask, show_asks
from gateway.services.change_grant import Change, change_grant
from gateway.services.recall_notice import recall_notice
from gateway.services.record_consent import Said
from gateway.services.record_mandate import Authority, end_mandate, record_mandate, show_mandates
from gateway.services.record_override import Override, record_override, show_overrides
from gateway.services.renew_consent import renew_consent

blueprint = Blueprint("permission", __name__)
_AS_SENT = (
    "said_at", "received_at", "starts_at", "ends_at", "evidence_kind", "evidence_reference", "identified_by",
    "assisted_by", "understood",
)  # fmt: skip


def said_from(body: Mapping[str, Any], *, creditor_id: UUID, purpose: str, act: Act) -> Said:
    """One word of the resident out of a checked body."""
    return Said(
        creditor_id=creditor_id,
        purpose=purpose,
        act=act,
        method=body["method"],
        language=body["language"],
        mandate_id=_optional(body, "mandate_id"),
        ask_id=_optional(body, "ask_id"),
        **{name: body[name] for name in _AS_SENT if name in body},
    )


@route(blueprint, "POST", "/cases/<case_id>/consent-asks", "counsellor")
def ask_resident(case_id: UUID) -> Response:
    body = json_body("consent_asks", keyed=True)
    wanted = [
        Wanted(
            creditor_id=UUID(one["creditor_id"]),
            purpose=one["purpose"],
            language=one["language"],
            ends_at=one.get("ends_at"),
            initiative=one["initiative"],
        )
        for one in body["asks"]
    ]
    made = ask_consent(runtime(), own_id(), case_id, UUID(body["recorded_by"]), wanted, g.now, call=idempotency())
    return answer(made, 201)


@route(blueprint, "GET", "/cases/<case_id>/consent-asks", "counsellor")
def asks(case_id: UUID) -> Response:
    return answer({"asks": show_asks(runtime(), case_id, g.now, organisation_id=own_id())})


@route(blueprint, "POST", "/consent-asks/<ask_id>/serving", "counsellor")
def serve(ask_id: UUID) -> Response:
    shown_by = UUID(json_body("serving")["recorded_by"])
    return answer(serve_ask(runtime(), ask_id, g.now, shown_by=shown_by, organisation_id=own_id()))


@route(blueprint, "POST", "/grants/<grant_id>/changes", "counsellor")
def change(grant_id: UUID) -> Response:
    """Twice changes nothing, so this needs no Idempotency-Key."""
    body = json_body("grant_change")
    wanted = Change(
        kind=EventKind(body["change"]),
        reason=body["reason"],
        recorded_by=UUID(body["recorded_by"]),
        mandate_id=_optional(body, "mandate_id"),
    )
    return answer(change_grant(runtime(), own_id(), grant_id, wanted, g.now))


@route(blueprint, "POST", "/grants/<grant_id>/renewal", "counsellor")
def renew(grant_id: UUID) -> Response:
    body = json_body("renewal", keyed=True)
    renewed = renew_consent(
        runtime(),
        own_id(),
        grant_id,
        UUID(body["recorded_by"]),
        lambda old: said_from(body, creditor_id=old.recipient_id, purpose=old.purpose, act=Act.GIVEN),
        g.now,
        call=idempotency(),
    )
    return answer(renewed, 201)


@route(blueprint, "POST", "/cases/<case_id>/overrides", "counsellor")
def override(case_id: UUID) -> Response:
    """What a law lets be asked without the resident's yes."""
    body = json_body("override", keyed=True)
    decision = Decision(
        statute=body["statute"],
        recipient_id=UUID(body["creditor_id"]),
        motive=body["motive"],
        decided_by=UUID(body["decided_by"]),
        seconded_by=UUID(body["seconded_by"]),
        reference=body.get("reference"),
        ends_at=body.get("ends_at"),
    )
    wanted = Override(
        decision=decision,
        language=body["language"],
        references=tuple(body.get("references", ())),
        customer_number=body.get("customer_number"),
    )
    return answer(record_override(runtime(), own_id(), case_id, wanted, g.now, call=idempotency()), 202)


@route(blueprint, "GET", "/overrides", "counsellor")
def all_overrides() -> Response:
    return answer(show_overrides(runtime(), own_id(), g.now, actor=g.caller.actor))


@route(blueprint, "POST", "/cases/<case_id>/mandates", "counsellor")
def add_mandate(case_id: UUID) -> Response:
    body = json_body("mandate", keyed=True)
    shown = Authority(
        kind=MandateKind(body["kind"]),
        name=body["name"],
        purposes=tuple(body["purposes"]),
        evidence_kind=body["evidence_kind"],
        evidence_reference=body["evidence_reference"],
        valid_from=body.get("valid_from", g.now),
        valid_until=body["valid_until"],
        checked_by=UUID(body["checked_by"]),
        participant_id=_optional(body, "participant_id"),
        paid_by_creditor=body["paid_by_creditor"],
        seconded_by=_optional(body, "seconded_by"),
    )
    return answer(record_mandate(runtime(), own_id(), case_id, shown, g.now, call=idempotency()), 201)


@route(blueprint, "GET", "/cases/<case_id>/mandates", "counsellor")
def all_mandates(case_id: UUID) -> Response:
    return answer({"mandates": show_mandates(runtime(), case_id, g.now, organisation_id=own_id())})


@route(blueprint, "POST", "/mandates/<mandate_id>/end", "counsellor")
def stop_mandate(mandate_id: UUID) -> Response:
    """Twice changes nothing, so this needs no Idempotency-Key."""
    body = json_body("mandate_end")
    ended = end_mandate(runtime(), own_id(), mandate_id, UUID(body["recorded_by"]), body["reason"], g.now)
    return answer(ended)


@route(blueprint, "POST", "/notice-recalls", "administrator")
def recall() -> Response:
    """Twice changes nothing, so this needs no Idempotency-Key."""
    body = json_body("notice_recall")
    done = recall_notice(
        runtime(), body["notice"], body["version"], body["effect"], g.now, language=body.get("language")
    )
    return answer(done)


def _optional(body: Mapping[str, Any], name: str) -> UUID | None:
    return UUID(body[name]) if name in body else None
