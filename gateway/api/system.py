"""Routes for administrators and for everyone: organisations, tokens, events, the clock, health."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request

from gateway.api.access import API_VERSION, answer, json_body, own_id, page_address, route, runtime
from gateway.errors import Fault, Invalid
from gateway.services.list_participants import list_participants
from gateway.services.move_clock import look_ahead, move_clock
from gateway.services.register import (
    Organisation,
    change_endpoint,
    issue_creditor_link,
    issue_token,
    register_organisation,
)
from gateway.services.show_events import show_events

blueprint = Blueprint("system", __name__)
_MOST_EVENTS = 200
_NUMBER = re.compile(r"-?[0-9]{1,15}")


@route(blueprint, "POST", "/participants", "administrator")
def add_participant() -> Response:
    body = json_body("organisation")
    id_kind = "oin" if "oin" in body else "kvk"
    organisation = Organisation(id_kind=id_kind, id_value=body.pop(id_kind), **body)
    made = register_organisation(runtime(), organisation, g.now, address_fault=g.address_fault)
    return answer(made, 201)


@route(blueprint, "GET", "/participants", "administrator")
def participants() -> Response:
    return answer({"participants": list_participants(runtime(), number=request.args.get("number"))})


@route(blueprint, "POST", "/participants/<participant_id>/endpoint", "administrator")
def move_participant(participant_id: UUID) -> Response:
    body = json_body("endpoint")
    moved = change_endpoint(runtime(), participant_id, body["endpoint"], g.now, address_fault=g.address_fault)
    return answer(moved)


@route(blueprint, "POST", "/access-tokens", "administrator")
def add_token() -> Response:
    body = json_body("token")
    token = issue_token(runtime(), body["role"], body["label"], g.now, participant_id=UUID(body["participant_id"]))
    return answer({"access_token": token, "role": body["role"]}, 201)


@route(blueprint, "POST", "/creditor-page-links", "administrator")
def add_page_link() -> Response:
    """A link to a creditor's read-only page; an administrator opens no resident's or counsellor's page."""
    body = json_body("creditor_page_link")
    code = issue_creditor_link(runtime(), UUID(body["creditor_id"]), g.now)
    return answer({"address": page_address(code)}, 201)


@route(blueprint, "GET", "/events", "counsellor", "creditor")
def events() -> Response:
    asked = _numbers(after=(-1, -1), limit=(100, 1))
    found = show_events(
        runtime(),
        role=g.caller.role,
        participant_id=own_id(),
        after=asked["after"],
        limit=min(asked["limit"], _MOST_EVENTS),
    )
    return answer(found)


@route(blueprint, "GET", "/clock", "administrator", "counsellor", "creditor")
def clock() -> Response:
    """The gateway time; administrators also see what waits, so that a sandbox can be driven."""
    shown: dict[str, Any] = {"now": _instant(g.now)}
    if g.caller.role == "administrator":
        ahead = look_ahead(runtime())
        shown |= {"next_moment": _instant(ahead.next_moment), "open_messages": ahead.open_messages}
    return answer(shown)


@route(blueprint, "POST", "/clock/moves", "administrator")
def advance_clock() -> Response:
    body = json_body("clock_move")
    moved = move_clock(runtime(), timedelta(seconds=body["seconds"]), g.now)
    return answer({"now": _instant(moved)})


@route(blueprint, "GET", "/health", "anyone")
def health() -> Response:
    """Answers once the database answers."""
    with runtime().database.begin():
        return answer({"status": "ready", "version": API_VERSION})


@route(blueprint, "GET", "/keys", "anyone")
def published_keys() -> Response:
    """The public keys that our signatures verify against (RFC 7517)."""
    return answer(runtime().keys.public_jwks())


def _numbers(**wanted: tuple[int, int]) -> dict[str, int]:
    """Numbers out of the query, each with its default and the least it may be; every fault in one answer."""
    faults, found = [], {}
    for name, (default, least) in wanted.items():
        text = request.args.get(name, str(default))
        if _NUMBER.fullmatch(text) is None or int(text) < least:
            detail = f"Send {name} as a whole number of at least {least}."
            faults.append(Fault(pointer="", code="query", detail=detail))
        else:
            found[name] = int(text)
    if faults:
        raise Invalid(faults)
    return found


def _instant(moment: Any) -> str | None:
    if moment is None:
        return None
    text: str = moment.isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
