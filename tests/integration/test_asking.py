"""Asking and delivering: nothing without a yes, everything recorded before it leaves."""

from __future__ import annotations

import json

import pytest

from gateway.keys import verify_detached
from tests.integration.support import JSON, Peer, World, listening, statement, world


@pytest.fixture
def w():
    with world() as made:
        made.counsellor_organisation()
        yield made


def test_asking_without_a_grant_is_refused_and_names_every_creditor(w: World):
    """Promise 1; the refusals stay in the journal with their reason, and nothing is sent."""
    with listening(Peer()) as peer:
        creditors = [w.creditor(name, peer) for name in ("a", "b")]
        case = w.case()
        body = {"requests": [{"creditor_id": one} for one in creditors]}
        answer = w.call("counsellor", "POST", f"/v1/cases/{case}/statement-requests", body)
        w.work()
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/requests/0/creditor_id", "no_grant"),
        ("/requests/1/creditor_id", "no_grant"),
    ]
    assert w.journal(case).count("decision.refused") == 2
    assert peer.received == []


def test_a_refusal_by_the_resident_is_a_record_and_a_reason(w: World):
    """A "no" is a full record; asking afterwards is refused with that reason."""
    creditor, case = w.creditor("a"), w.case()
    w.grant(case, [creditor], w.counsellor(), act="refused")
    body = {"requests": [{"creditor_id": creditor}]}
    answer = w.call("counsellor", "POST", f"/v1/cases/{case}/statement-requests", body)
    assert [error["code"] for error in answer.get_json()["errors"]] == ["refused"]


def test_one_call_asks_many_and_a_repeat_asks_nobody_twice(w: World):
    """Idempotency (ruling 32): the same key and body give the same answer; another body is 422."""
    with listening(Peer()) as peer:
        creditors = [w.creditor(name, peer) for name in "abcde"]
        case = w.case()
        w.grant(case, creditors, w.counsellor())
        path = f"/v1/cases/{case}/statement-requests"
        body = {"requests": [{"creditor_id": one} for one in creditors]}
        first = w.call("counsellor", "POST", path, body, key="key-000000001")
        again = w.call("counsellor", "POST", path, body, key="key-000000001")
        other = w.call("counsellor", "POST", path, {"requests": body["requests"][:1]}, key="key-000000001")
        w.work()
    assert first.status_code == again.status_code == 202
    assert first.get_json() == again.get_json()
    assert other.status_code == 422
    assert len(peer.received) == 5


def test_what_is_sent_is_signed_and_its_digest_is_in_the_journal(w: World):
    """Promise 2: each attempt is journalled with what was sent, when, to whom, and what came back."""
    with listening(Peer()) as peer:
        creditor = w.creditor("a", peer)
        case = w.case()
        w.grant(case, [creditor], w.counsellor())
        [request] = w.ask(case, [creditor])
        w.work()
    _, headers, body = peer.received[0]
    verify_detached(body, headers["Gateway-Signature"], w.gateway.runtime.keys.public_jwks())
    sent = [event for event in w.events() if event["type"] in ("message.sending", "message.delivered")]
    assert [event["type"] for event in sent] == ["message.sending", "message.delivered"]
    digest = w.gateway.runtime.keys.digest(body)
    assert all(event["facts"]["digest"] == digest and event["subject_id"] == request for event in sent)
    assert sent[1]["facts"]["status"] == 202


def test_the_bsn_goes_only_to_a_creditor_that_a_law_entitles(w: World):
    """Art. 46 UAVG; consent cannot repair it, so a grant changes nothing here."""
    with listening(Peer()) as private, listening(Peer()) as public:
        creditors = [w.creditor("private", private), w.creditor("public", public, bsn_basis="art. 10 Wabb")]
        case = w.case()
        w.grant(case, creditors, w.counsellor())
        w.ask(case, creditors)
        w.work()
    assert b"999990019" not in private.received[0][2]
    assert json.loads(public.received[0][2])["resident"]["bsn"] == "999990019"


def test_503_twice_and_then_well_is_delivered_once(w: World):
    """Retries keep the message id, so the receiver can drop doubles; the term starts on the delivery that worked."""
    answers = iter([(503, "", b""), (503, "", b""), (202, "", b"")])
    with listening(Peer(answer=lambda _headers, _body: next(answers))) as peer:
        creditor = w.creditor("a", peer)
        case = w.case()
        w.grant(case, [creditor], w.counsellor())
        w.ask(case, [creditor])
        for _ in range(3):
            w.work()
            w.later(seconds=5)
    ids = {headers["Gateway-Message-Id"] for _, headers, _ in peer.received}
    assert (len(peer.received), len(ids)) == (3, 1)
    assert w.line(case, creditor)["state"] == "waiting"
    assert w.journal(case).count("message.failed") == 2


def test_a_message_that_never_arrives_starts_no_term(w: World):
    """Promise 5: without proof of delivery no term runs, so no silence is earned; a person is told."""
    creditor, case = w.creditor("gone"), w.case()
    w.grant(case, [creditor], w.counsellor())
    w.ask(case, [creditor])
    for _ in range(8):
        w.work()
        w.later(seconds=10)
    line = w.line(case, creditor)
    assert (line["state"], line["due_on"]) == ("undeliverable", None)
    assert "message.given_up" in w.journal(case)


def test_an_answer_in_the_same_response_is_taken_in(w: World):
    """A 200 with a body is the reply; the request is answered before the term has run a day."""

    def reply(_headers, body):
        return 200, "application/json", statement(json.loads(body)["conversation_id"], principal_cents=12_345)

    with listening(Peer(answer=reply)) as peer:
        creditor = w.creditor("a", peer)
        case = w.case()
        w.grant(case, [creditor], w.counsellor())
        w.ask(case, [creditor])
        w.work()
    line = w.line(case, creditor)
    assert (line["state"], line["outcome"], line["total_cents"]) == ("answered", "statement", 12_345)


def test_another_creditors_request_is_as_unknown_as_one_that_does_not_exist(w: World):
    """A foreign id and an unknown id give the same 404."""
    with listening(Peer()) as peer:
        own, _other = w.creditor("a", peer), w.creditor("b", peer)
        case = w.case()
        w.grant(case, [own], w.counsellor())
        [request] = w.ask(case, [own])
        w.work()
        foreign = w.call("b", "POST", f"/v1/statement-requests/{request}/reply", statement(request), **JSON)
        unknown = w.call("b", "POST", f"/v1/statement-requests/{case}/reply", statement(request), **JSON)
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.get_json() == unknown.get_json()
