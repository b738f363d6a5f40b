"""Routes for counsellor systems: cases, the resident's word, asking, the overview, proposing, confirming, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import NotAcceptable

from gateway.adapters.statement_xml import write_statement
from gateway.api.access import answer, idempotency, json_body, own_id, page_address, raw_body, route, runtime
from gateway.api.life import how_from, scope_from, withdrawn
from gateway.api.permission import said_from
from gateway.api.problems import problem
from gateway.consent.grants import Act
from gateway.documents.overview import overview_csv, overview_xlsx
from gateway.domain.distribution import Basis
from gateway.domain.statement import as_document
from gateway.errors import Fault, Invalid
from gateway.services.ask_statement import Asked, ask_statements
from gateway.services.build_evidence import build_evidence
from gateway.services.confirm_deemed import confirm_deemed
from gateway.services.key_statement import SecondReading, Typed, check_statement, key_statement
from gateway.services.list_participants import list_creditors
from gateway.services.open_case import Person, open_case
from gateway.services.propose_settlement import Terms, propose_settlement
from gateway.services.record_consent import record_consent
from gateway.services.register import issue_case_link, register_counsellor
from gateway.services.review_offer import set_dispute
from gateway.services.review_reply import dismiss_reply
from gateway.services.show_case import show_case, show_grants
from gateway.services.show_reply import show_held, show_reply
from gateway.services.show_statement import show_statement
from gateway.services.withdraw_consent import withdraw_consent

blueprint = Blueprint("counsellor", __name__)
_OVERVIEW_FILES = {
    "csv": (overview_csv, "text/csv; charset=utf-8"),
    "xlsx": (overview_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@route(blueprint, "POST", "/counsellors", "counsellor")
def add_counsellor() -> Response:
    body = json_body("counsellor")
    return answer(register_counsellor(runtime(), own_id(), body["name"], g.now), 201)


@route(blueprint, "GET", "/creditors", "counsellor")
def creditors() -> Response:
    return answer({"creditors": list_creditors(runtime())})


@route(blueprint, "POST", "/cases", "counsellor")
def open_() -> Response:
    body = json_body("case", keyed=True)
    birth_date: date = body["resident"]["birth_date"]
    if birth_date > g.now.date():
        raise Invalid([Fault(pointer="/resident/birth_date", code="future", detail="Send a day in the past.")])
    person = Person(**body["resident"])
    made = open_case(runtime(), own_id(), body["reference"], person, g.now, call=idempotency())
    return answer(made, 201)


@route(blueprint, "GET", "/cases/<case_id>", "counsellor")
def show(case_id: UUID) -> Response:
    return answer(show_case(runtime(), case_id, g.now, actor=g.caller.actor, organisation_id=own_id()))


@route(blueprint, "GET", "/cases/<case_id>/overview-file", "counsellor")
def overview_file(case_id: UUID) -> Response:
    """The overview for a spreadsheet: ?format=csv or ?format=xlsx."""
    wanted = request.args.get("format", "csv")
    if wanted not in _OVERVIEW_FILES:
        raise Invalid([Fault(pointer="", code="query", detail="Send format=csv or format=xlsx.")])
    written, media_type = _OVERVIEW_FILES[wanted]
    shown = show_case(runtime(), case_id, g.now, actor=g.caller.actor, organisation_id=own_id())
    headers = {"Content-Disposition": f'attachment; filename="overview-{case_id}.{wanted}"'}
    return Response(written(shown), content_type=media_type, headers=headers)


@route(blueprint, "GET", "/cases/<case_id>/grants", "counsellor")
def grants(case_id: UUID) -> Response:
    return answer({"grants": show_grants(runtime(), case_id, g.now, organisation_id=own_id())})


@route(blueprint, "POST", "/cases/<case_id>/grants", "counsellor")
def record_grants(case_id: UUID) -> Response:
    body = json_body("grants", keyed=True)
    said = [
        said_from(one, creditor_id=UUID(one["creditor_id"]), purpose=one["purpose"], act=Act(one["act"]))
        for one in body["grants"]
    ]
    recorded = record_consent(runtime(), own_id(), case_id, UUID(body["recorded_by"]), said, g.now, call=idempotency())
    return answer(recorded, 201)


@route(blueprint, "POST", "/cases/<case_id>/withdrawals", "counsellor")
def withdraw(case_id: UUID) -> Response:
    body = json_body("withdrawal")
    scope, how = scope_from(body), how_from(body)
    done = withdraw_consent(runtime(), case_id, scope, g.now, actor=g.caller.actor, organisation_id=own_id(), how=how)
    return answer(withdrawn(done))


@route(blueprint, "POST", "/cases/<case_id>/statement-requests", "counsellor")
def ask(case_id: UUID) -> Response:
    body = json_body("statement_requests", keyed=True)
    asks = [
        Asked(
            creditor_id=UUID(one["creditor_id"]),
            references=tuple(one.get("references", ())),
            customer_number=one.get("customer_number"),
            purpose=one.get("purpose"),
            since=one.get("since"),
        )
        for one in body["requests"]
    ]
    return answer(ask_statements(runtime(), own_id(), case_id, asks, g.now, call=idempotency()), 202)


@route(blueprint, "GET", "/statements/<statement_id>", "counsellor")
def statement(statement_id: UUID) -> Response:
    """One statement in the published form: JSON, or XML on request; ?provenance=true adds where each value stood."""
    forms = ["application/json", "application/xml"]
    form = request.accept_mimetypes.best_match(forms) if request.accept_mimetypes else forms[0]
    if form is None:
        raise NotAcceptable
    wanted = request.args.get("provenance", "false")
    if wanted not in ("true", "false"):
        raise Invalid([Fault(pointer="", code="query", detail="Send provenance=true or provenance=false.")])
    origins = wanted == "true"
    shown = show_statement(
        runtime(), statement_id, g.now, actor=g.caller.actor, organisation_id=own_id(), origins=origins
    )
    if form == "application/xml":
        response = Response(write_statement(shown, origins=origins), mimetype=form)
    else:
        response = answer(as_document(shown, origins=origins))
    response.headers["Vary"] = "Accept"
    return response


@route(blueprint, "POST", "/cases/<case_id>/proposals", "counsellor")
def propose(case_id: UUID) -> Response:
    body = json_body("proposal", keyed=True)
    unconfirmed = body.get("unconfirmed", ())
    repeated = _repeated([one["creditor_id"] for one in unconfirmed])
    if repeated:
        detail = "This creditor is in the list twice."
        raise Invalid(
            Fault(pointer=f"/unconfirmed/{index}/creditor_id", code="twice", detail=detail) for index in repeated
        )
    proposed = Terms(
        made_by=UUID(body["made_by"]),
        pool_cents=body["pool_cents"],
        duration_months=body["duration_months"],
        basis=Basis(body["basis"]),
        unconfirmed={UUID(one["creditor_id"]): one["amount_cents"] for one in unconfirmed},
        leave_out=frozenset((UUID(one["creditor_id"]), one["reference"]) for one in body.get("leave_out", ())),
        count_possible_duplicates=body["count_possible_duplicates"],
    )
    return answer(propose_settlement(runtime(), own_id(), case_id, proposed, g.now, call=idempotency()), 202)


@route(blueprint, "POST", "/offers/<offer_id>/confirmation", "counsellor")
def confirm(offer_id: UUID) -> Response:
    body = json_body("confirmation")
    confirmed = confirm_deemed(runtime(), own_id(), offer_id, UUID(body["counsellor_id"]), g.now)
    return answer(
        {
            "offer_id": str(confirmed.offer_id),
            "road": confirmed.road,
            "review_until": confirmed.review_until.isoformat(),
        }
    )


@route(blueprint, "POST", "/offers/<offer_id>/dispute", "counsellor")
def dispute(offer_id: UUID) -> Response:
    body = json_body("dispute")
    counsellor_id = UUID(body["counsellor_id"])
    return answer(set_dispute(runtime(), own_id(), offer_id, counsellor_id, g.now, is_open=body["open"]))


@route(blueprint, "POST", "/replies/<reply_id>/dismissal", "counsellor")
def dismiss(reply_id: UUID) -> Response:
    body = json_body("dismissal")
    dismiss_reply(runtime(), own_id(), reply_id, UUID(body["counsellor_id"]), body["reason"], g.now)
    return answer({"reply_id": str(reply_id), "status": "dismissed"})


@route(blueprint, "GET", "/cases/<case_id>/held-replies", "counsellor")
def held_replies(case_id: UUID) -> Response:
    return answer(show_held(runtime(), case_id, g.now, actor=g.caller.actor, organisation_id=own_id()))


@route(blueprint, "GET", "/replies/<reply_id>", "counsellor")
def one_reply(reply_id: UUID) -> Response:
    return answer(show_reply(runtime(), reply_id, g.now, actor=g.caller.actor, organisation_id=own_id()))


@route(blueprint, "POST", "/statement-requests/<request_id>/keyed-statements", "counsellor")
def key_in(request_id: UUID) -> Response:
    """Twice is a conflict: the first one waits for its check, so this needs no Idempotency-Key."""
    body = json_body("keyed_statement")
    typed = Typed(
        keyed_by=UUID(body["keyed_by"]),
        received_on=body["received_on"],
        page_reference=body["page_reference"],
        document=body["statement"],
        raw=raw_body("application/json"),
    )
    return answer(key_statement(runtime(), own_id(), request_id, typed, g.now), 202)


@route(blueprint, "POST", "/keyed-statements/<reply_id>/check", "counsellor")
def check_keyed(reply_id: UUID) -> Response:
    body = json_body("keyed_check")
    totals = body.get("debt_totals")
    reading = SecondReading(
        counsellor_id=UUID(body["counsellor_id"]),
        agrees=body["agrees"],
        reason=body.get("reason"),
        outcome=body.get("outcome"),
        grand_total_cents=body.get("grand_total_cents"),
        debt_totals=tuple((one["reference"], one["total_cents"]) for one in totals) if totals is not None else None,
    )
    checked = check_statement(runtime(), own_id(), reply_id, reading, g.now)
    if checked.differs:
        detail = "What you read is not what was typed in; it does not count yet."
        return problem(409, "readings_differ", detail, checked.differs)
    return answer({"reply_id": str(reply_id), "status": checked.status})


@route(blueprint, "GET", "/cases/<case_id>/evidence", "counsellor")
def evidence(case_id: UUID) -> Response:
    archive = build_evidence(runtime(), case_id, g.now, actor=g.caller.actor, organisation_id=own_id())
    headers = {"Content-Disposition": f'attachment; filename="evidence-{case_id}.zip"'}
    return Response(archive, mimetype="application/zip", headers=headers)


@route(blueprint, "POST", "/page-links", "counsellor")
def page_link() -> Response:
    """A link to a read-only page about one of the caller's own cases."""
    body = json_body("page_link")
    code = issue_case_link(runtime(), body["role"], UUID(body["case_id"]), g.now, organisation_id=own_id())
    return answer({"address": page_address(code)}, 201)


def _repeated(ids: Sequence[str]) -> list[int]:
    """Where in a list an id stands that stood before."""
    return [index for index, one in enumerate(ids) if one in ids[:index]]
