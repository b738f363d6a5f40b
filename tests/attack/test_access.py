"""Every route times every kind of caller: who may is in the policies and nowhere else, and foreign is unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Blueprint
from sqlalchemy import update

from gateway.api import access
from gateway.api.access import POLICIES
from gateway.services.register import TOKEN_LIFE, issue_token
from gateway.storage.tables import access_token
from tests.attack.support import RAW, ROUTES, UNKNOWN_ID, Prepared, Route, is_problem, prepared, routes_of
from tests.integration.support import JSON

STRANGERS = ("nobody", "garbage", "expired", "revoked", "page code")
ROLE_OF = {
    "administrator": "administrator",
    "counsellor": "counsellor",
    "other counsellor": "counsellor",
    "owner": "creditor",
    "other creditor": "creditor",
}
EMPTY = b"{}"


@pytest.fixture(scope="module")
def p() -> Iterator[Prepared]:
    with prepared() as made:
        w, runtime = made.w, made.w.gateway.runtime
        w.counsellor_organisation("other counsellor")
        w.creditor("other creditor")
        w.tokens["garbage"] = "test_" + "a" * 43
        long_ago = w.now() - TOKEN_LIFE
        w.tokens["expired"] = issue_token(runtime, "administrator", "expired", long_ago)
        w.tokens["revoked"] = issue_token(runtime, "administrator", "revoked", w.now())
        with runtime.database.begin() as connection:
            revoked = access_token.c.token_hash == runtime.keys.token_hash(w.tokens["revoked"])
            connection.execute(update(access_token).where(revoked).values(revoked_at=w.now()))
        link = {"role": "counsellor", "case_id": made.ids["case_id"]}
        w.tokens["page code"] = w.ok("counsellor", "POST", "/v1/page-links", link)["address"].rpartition("/")[2]
        w.tokens["nobody"] = ""
        yield made


def call(p: Prepared, route: Route, caller: str, body: bytes = EMPTY, **ids: str) -> Any:
    path = p.path(route, **ids)
    if caller == "nobody":
        return p.w.web.open(path, method=route.method, data=body if route.method == "POST" else None, headers=JSON)
    return p.w.call(caller, route.method, path, body if route.method == "POST" else None, **JSON)


def test_every_rule_has_a_policy_and_every_policy_a_rule(p: Prepared) -> None:
    """C-E1: deny by default; nothing under /v1 is reached around the policies."""
    assert {route.endpoint for route in routes_of(p.w.gateway.flask)} == set(POLICIES)
    assert all(POLICIES.values())
    assert set().union(*POLICIES.values()) == {"administrator", "counsellor", "creditor", "anyone"}
    assert {endpoint for endpoint, roles in POLICIES.items() if "anyone" in roles} == {
        "proofs.checkpoints",
        "proofs.consistency",
        "proofs.inclusion",
        "proofs.key_history",
        "proofs.latest_checkpoint",
        "soap.description",
        "system.health",
        "system.published_keys",
    }


def test_a_route_without_a_policy_cannot_be_registered() -> None:
    """A forgotten policy stops the gateway from starting; it does not open a door."""
    blueprint = Blueprint("forgotten", __name__)
    with pytest.raises(AssertionError, match="no access policy"):
        access.route(blueprint, "GET", "/forgotten")
    assert "forgotten.view" not in POLICIES


@pytest.mark.parametrize("route", ROUTES, ids=str)
@pytest.mark.parametrize("caller", STRANGERS)
def test_without_a_live_token_only_the_open_routes_answer(p: Prepared, route: Route, caller: str) -> None:
    """Missing, made up, expired, revoked, or a code that opens pages: the same 401, before anything is read."""
    answer = call(p, route, caller)
    if "anyone" in route.roles:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.get_data() == call(p, route, "nobody").get_data()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_roles_that_may_are_those_of_the_policy(p: Prepared, route: Route) -> None:
    """The set of callers who are not turned away equals the policy; the others get 403, whatever they send."""
    turned_away = {caller for caller in ROLE_OF if call(p, route, caller).status_code in (401, 403)}
    if "anyone" in route.roles:
        assert turned_away == set()
    else:
        assert turned_away == {caller for caller, role in ROLE_OF.items() if role not in route.roles}
    for caller in turned_away:
        mine, unknown = (call(p, route, caller, **ids) for ids in ({}, dict.fromkeys(p.ids, UNKNOWN_ID)))
        assert mine.status_code == 403
        assert mine.get_data() == unknown.get_data()


@pytest.mark.parametrize("route", [route for route in ROUTES if route.has_id], ids=str)
def test_a_foreign_id_is_as_unknown_as_one_that_does_not_exist(p: Prepared, route: Route) -> None:
    """C-I1, R-S1: the same bytes and the same headers, and nothing is written, with a body that would have worked."""
    body = EMPTY if route.method == "GET" or route.endpoint in RAW else json.dumps(p.body(route)).encode()
    before = p.counts()
    for caller, role in ROLE_OF.items():
        if not caller.startswith("other") or role not in route.roles:
            continue
        foreign = call(p, route, caller, body)
        unknown = call(p, route, caller, body, **dict.fromkeys(p.ids, UNKNOWN_ID))
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.get_data() == unknown.get_data()
        assert dict(foreign.headers) == dict(unknown.headers)
        is_problem(foreign)
    assert p.counts() == before
    own = call(p, route, p.caller(route), body)
    assert own.status_code != 404, own.get_data(as_text=True)


def test_a_foreign_id_inside_a_body_is_as_unknown_as_one_that_does_not_exist(p: Prepared) -> None:
    """Cases, counsellors and grants of another organisation cannot be named, nor found out."""
    w = p.w
    case, counsellor = w.case("other counsellor"), w.counsellor("other counsellor")
    theirs = w.ok("counsellor", "GET", f"/v1/cases/{p.ids['case_id']}/grants")["grants"][0]["id"]
    said = {"creditor_id": p.creditor, "purpose": "inventory", "act": "given", "method": "desk"}
    for caller, path, body, foreign in (
        ("other counsellor", "/v1/page-links", {"role": "resident", "case_id": "?"}, p.ids["case_id"]),
        ("other counsellor", f"/v1/cases/{case}/grants", {"recorded_by": "?", "grants": [said]}, p.counsellor),
        ("other counsellor", f"/v1/cases/{case}/proposals", {"made_by": "?", "pool_cents": 1}, p.counsellor),
        ("other counsellor", f"/v1/cases/{case}/withdrawals", {"grant_id": "?"}, theirs),
        ("counsellor", f"/v1/offers/{p.ids['offer_id']}/confirmation", {"counsellor_id": "?"}, counsellor),
        ("counsellor", f"/v1/offers/{p.ids['offer_id']}/dispute", {"counsellor_id": "?", "open": True}, counsellor),
        (
            "counsellor",
            f"/v1/replies/{p.ids['reply_id']}/dismissal",
            {"counsellor_id": "?", "reason": "other"},
            counsellor,
        ),
    ):
        seen = [
            w.call(caller, "POST", path, json.loads(json.dumps(body).replace("?", one)))
            for one in (foreign, UNKNOWN_ID)
        ]
        assert {one.status_code for one in seen} <= {400, 404}, (path, seen[0].get_data(as_text=True))
        assert seen[0].get_data() == seen[1].get_data(), path


def test_lists_hold_only_what_is_the_callers_own(p: Prepared) -> None:
    """Another organisation's events, open conversations and overview files are not in the answer."""
    own = {event["sequence"] for event in p.w.events("counsellor")}
    assert own
    assert not own & {event["sequence"] for event in p.w.events("other counsellor")}
    assert p.w.events("owner")
    assert p.w.events("other creditor") == []
    assert all(event["participant_id"] == p.creditor for event in p.w.events("owner"))
    shown = p.w.ok("other creditor", "GET", "/v1/open-conversations")
    assert shown == {"statement_requests": [], "offers": []}


def test_a_token_works_to_the_last_moment_and_no_longer(p: Prepared) -> None:
    """Both sides of the end; in an Authorization header and nowhere else."""
    w, runtime = p.w, p.w.gateway.runtime
    for age, status in ((TOKEN_LIFE - timedelta(microseconds=1), 200), (TOKEN_LIFE, 401)):
        w.tokens["old"] = issue_token(runtime, "creditor", "old", w.now() - age, participant_id=UUID(p.creditor))
        assert w.call("old", "GET", "/v1/open-conversations").status_code == status
    token = w.tokens["owner"]
    for headers in (
        {"Authorization": token}, {"Authorization": f"Basic {token}"}, {"Authorization": f"Bearer  {token}"},
        {"Authorization": f"Bearer {token} "[:-2]}, {"Authorization": f"Bearer {token.upper()}"}, {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "a" * 10_000}, {"X-Api-Key": token}, {"Cookie": f"page_link={token}"},
        {"Authorization": f"Bearer {token},{token}"}, {"Authorization": f"Bearer {token}\u00e9"},
    ):  # fmt: skip
        assert w.web.get("/v1/open-conversations", headers=headers).status_code == 401, headers
    assert w.web.get(f"/v1/open-conversations?access_token={token}").status_code == 401
    assert w.web.get("/v1/open-conversations", headers={"Authorization": f"bEARER {token}"}).status_code == 200


def test_a_token_opens_no_page_and_a_page_code_no_interface(p: Prepared) -> None:
    """Two kinds of secret that look alike stay apart."""
    assert p.w.web.get(f"/page/{p.w.tokens['counsellor']}").status_code == 404
    assert p.w.call("page code", "GET", f"/v1/cases/{p.ids['case_id']}").status_code == 401


def test_an_administrator_sees_no_case(p: Prepared) -> None:
    """Whoever runs the gateway registers organisations; residents' cases are not theirs to read."""
    for route in ROUTES:
        if "case_id" in route.path or "offer_id" in route.path or "reply_id" in route.path:
            assert "administrator" not in route.roles, str(route)
