"""Who may call what: every route times every kind of caller, and no difference between foreign and unknown."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Blueprint
from sqlalchemy import text

from gateway.api.access import POLICIES, route
from gateway.services.register import issue_token
from tests.attack.support import Prepared, prepared

CALLERS = ("nobody", "garbage", "expired", "revoked", "administrator", "counsellor", "owner")
ROLE_OF = {"administrator": "administrator", "counsellor": "counsellor", "owner": "creditor"}


@pytest.fixture(scope="module")
def p():
    with prepared() as made:
        runtime, now = made.w.gateway.runtime, made.w.now()
        made.w.tokens["nobody"] = ""
        made.w.tokens["garbage"] = "test_" + "x" * 43
        made.w.tokens["expired"] = issue_token(runtime, "administrator", "old", now - timedelta(days=91))
        made.w.tokens["revoked"] = issue_token(runtime, "administrator", "gone", now)
        with runtime.database.begin() as connection:
            statement = text("UPDATE access_token SET revoked_at = issued_at WHERE label = 'gone'")
            connection.execute(statement)
        made.w.counsellor_organisation("elsewhere")
        made.w.creditor("stranger")
        yield made


def _rules(p: Prepared) -> list[tuple[str, str, str]]:
    """(endpoint, method, path with ids that exist nowhere) of every route under /v1."""
    found = []
    for rule in p.w.gateway.flask.url_map.iter_rules():
        if rule.rule.startswith("/v1"):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", str(uuid.uuid4()))
            found += [(rule.endpoint, method, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def test_every_route_has_a_policy_and_every_policy_a_route(p: Prepared):
    """Deny by default: what is not in the table cannot be called."""
    assert {endpoint for endpoint, _, _ in _rules(p)} == set(POLICIES)


def test_a_route_without_a_policy_cannot_be_registered():
    """A forgotten role is a failing start, not an open door."""
    with pytest.raises(AssertionError, match="no access policy"):
        route(Blueprint("x", __name__), "GET", "/open")


@pytest.mark.parametrize("caller", CALLERS)
def test_the_table_of_policies_is_what_really_happens(p: Prepared, caller: str):
    """401 without a live token, 403 with the wrong role, and anything else only for who may."""
    for endpoint, method, path in _rules(p):
        body = {} if method == "POST" else None
        answer = p.w.call(caller, method, path, body)
        if "anyone" in POLICIES[endpoint]:
            assert answer.status_code == 200, (endpoint, answer.status_code)
        elif caller not in ROLE_OF:
            assert answer.status_code == 401, (endpoint, answer.status_code)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        elif ROLE_OF[caller] not in POLICIES[endpoint]:
            assert answer.status_code == 403, (endpoint, answer.status_code)
        else:
            assert answer.status_code in (200, 400, 404), (endpoint, answer.status_code)


FOREIGN = {
    "elsewhere": [
        ("GET", "/v1/cases/{case_id}", None),
        ("GET", "/v1/cases/{case_id}/grants", None),
        ("GET", "/v1/cases/{case_id}/evidence", None),
        ("GET", "/v1/cases/{case_id}/overview-file", None),
        ("POST", "/v1/cases/{case_id}/withdrawals", {"everything": True}),
        ("POST", "/v1/offers/{offer_id}/confirmation", {"counsellor_id": str(uuid.uuid4())}),
        ("POST", "/v1/offers/{offer_id}/dispute", {"counsellor_id": str(uuid.uuid4()), "open": True}),
        ("POST", "/v1/replies/{reply_id}/dismissal", {"counsellor_id": str(uuid.uuid4()), "reason": "other"}),
    ],
    "stranger": [
        ("POST", "/v1/statement-requests/{request_id}/reply", b"{}"),
        ("POST", "/v1/offers/{offer_id}/answer", b'{"answer": "accept"}'),
    ],
}


@pytest.mark.parametrize("caller", FOREIGN)
def test_what_belongs_to_another_is_as_unknown_as_what_does_not_exist(p: Prepared, caller: str):
    """The same status, the same bytes: nobody learns that an id exists."""
    for method, path, body in FOREIGN[caller]:
        headers = {"Content-Type": "application/json"} if isinstance(body, bytes) else {}
        foreign = p.w.call(caller, method, path.format(**p.ids), body, **headers)
        unknown_ids = dict.fromkeys(p.ids, str(uuid.uuid4()))
        unknown = p.w.call(caller, method, path.format(**unknown_ids), body, **headers)
        assert (foreign.status_code, foreign.data) == (404, unknown.data), path


def test_events_show_each_reader_its_own(p: Prepared):
    """A stranger's page of events holds nothing of this case."""
    for caller in FOREIGN:
        assert [event for event in p.w.events(caller) if event["case_id"] == p.ids["case_id"]] == []
