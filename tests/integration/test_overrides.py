"""Asking without the resident's yes, over HTTP: on a statute, by two persons, told at once, and never under an old yes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from gateway.storage import cases, grants
from gateway.storage.tables import consent_grant, statutory_override
from tests.integration.permission_support import Told, codes, faults, moment, told

MOTIVE = "Dinsdag wordt het huis ontruimd; de bewoner is niet te bereiken."


@pytest.fixture
def t() -> Iterator[Told]:
    with told() as made:
        yield made


def body(t: Told, **more: Any) -> dict[str, Any]:
    said = {
        "statute": "eviction",
        "creditor_id": t.creditor,
        "motive": MOTIVE,
        "decided_by": t.counsellor,
        "seconded_by": more.pop("seconded_by", None) or t.w.counsellor(),
        **more,
    }
    return {name: value for name, value in said.items() if value is not ...}


def try_to(t: Told, role: str = "counsellor", **more: Any) -> Any:
    return t.w.call(role, "POST", f"/v1/cases/{t.case}/overrides", body(t, **more))


def override(t: Told, **more: Any) -> dict[str, Any]:
    answer = try_to(t, **more)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def listed(t: Told) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = t.w.ok("counsellor", "GET", "/v1/overrides")["overrides"]
    return found


def seen(t: Told) -> list[dict[str, Any]]:
    with t.w.gateway.runtime.database.begin() as connection:
        case = cases.get(connection, UUID(t.case))
    assert case is not None
    found: list[dict[str, Any]] = t.w.ok("counsellor", "GET", f"/v1/residents/{case['resident_id']}/seen")["lines"]
    return found


def test_edge_48_an_emergency_is_asked_on_a_statute_by_two_persons_and_told_at_once(t: Told):
    """The house is cleared in three days, and the resident cannot be reached."""
    assert codes(t.request()) == ["no_grant"]
    made = override(t, references=["H-77"], customer_number="K-1")
    assert (made["purpose"], made["statute"]) == ("emergency", "eviction")
    assert made["ends_at"] == moment(t.w.now() + timedelta(days=28))
    [line] = [one for one in seen(t) if one["kind"] == "consent.imposed"]
    assert line["words"]["nl"] == (
        "Wij vroegen Schuldeiser c iets over u, zonder uw ja. U mag zeggen dat u het er niet mee eens bent."
    )
    assert line["why"]["nl"] == (
        "Zonder uw ja, omdat de wet zegt dat wij snel moeten helpen als u uw huis dreigt te verliezen "
        "(art. 6(1)(e) AVG; art. 4 lid 2 Wet gemeentelijke schuldhulpverlening)."
    )
    assert all(line["why"].values())
    t.w.work()
    [(_, _, sent)] = t.peer.received
    message = json.loads(sent)
    assert (message["kind"], message["references"]) == ("statement_request", ["H-77"])
    [one] = listed(t)
    assert (one["grant_id"], one["motive"], one["status"]) == (made["grant_id"], MOTIVE, "used_up")
    assert one["statement_requests"] == [made["statement_request_id"]]
    assert one["decided_by"] != one["seconded_by"]
    assert t.every_decision_can_be_replayed()


def test_the_answer_counts_like_any_other(t: Told):
    """It is read, it stands in the overview, and it may be looked at for as long as the law keeps it."""
    made = override(t)
    t.w.work()
    assert t.reply(made["statement_request_id"])["status"] == "accepted"
    t.much_later(t.w.now() + timedelta(days=60))
    line = t.w.line(t.case, t.creditor)
    assert (line["total_cents"], line["not_shown"]) == (100_000, [])


def test_edge_49_a_court_order_after_a_withdrawal_is_a_permission_of_its_own(t: Told):
    """What the resident stopped stays stopped; the order of a judge is another flow, on another basis."""
    old = t.say()
    t.requested()
    t.w.work()
    t.withdraw(everything=True)
    t.w.work()
    assert codes(t.request()) == ["withdrawn"]
    made = override(t, statute="court_order", reference="C-2026-117")
    t.w.work()
    assert t.status(old) == "withdrawn"
    kinds = t.peer.kinds()
    assert (kinds.count("statement_request"), kinds[-1]) == (2, "statement_request")
    with t.w.gateway.runtime.database.begin() as connection:
        known = grants.get(connection, UUID(made["grant_id"]))
    assert known is not None
    assert (known[0].act, known[0].mode, known[0].legal_basis) == ("imposed", "notify", "legal_obligation")
    assert known[0].supersedes is None
    assert made["grant_id"] != old
    [one] = listed(t)
    assert (one["reference"], one["article"][:15]) == ("C-2026-117", "art. 6(1)(c) AV")


def test_edge_50_an_objection_during_a_send_is_recorded_once_and_nothing_is_sent_twice(t: Told):
    """Art. 21: the sending had begun; the objection stands beside it, and a person decides whether it goes on."""
    began, may_end = Event(), Event()

    def slow(_headers: Any, _body: bytes) -> tuple[int, str, bytes]:
        began.set()
        may_end.wait(10)
        return 202, "", b""

    t.peer.answer = slow
    made = override(t)
    worker = Thread(target=t.w.work)
    worker.start()
    assert began.wait(10)
    answers: list[dict[str, Any]] = []
    objecting = Thread(target=lambda: answers.append(t.withdraw(grant_id=made["grant_id"])))
    objecting.start()
    may_end.set()
    worker.join(20)
    objecting.join(20)
    again = t.withdraw(grant_id=made["grant_id"])
    assert [one["code"] for one in answers[0]["effects"]] == ["objection_recorded", "counsellor_told"]
    assert "art. 4 lid 2" in answers[0]["effects"][0]["article"]
    assert (answers[0]["grants"], answers[0]["stop_notices"], again["effects"]) == ([], 0, [])
    assert t.w.journal(t.case).count("objection.recorded") == 1
    assert t.peer.kinds() == ["statement_request"]
    [one] = listed(t)
    assert one["objected"]


def test_after_an_objection_the_counsellors_may_end_it(t: Told):
    """Revoking an override is a stop like any other: what waits is cancelled, whoever was told hears it."""
    made = override(t)
    t.w.work()
    t.withdraw(grant_id=made["grant_id"])
    done = t.changed(made["grant_id"], "revoked", "municipality")
    assert (done["status"], done["stopped"], done["stop_notices"]) == ("revoked", [made["statement_request_id"]], 1)
    t.w.work()
    assert t.peer.kinds() == ["statement_request", "stop_notice"]
    assert t.w.journal(t.case).count("objection.recorded") == 1
    assert t.change(made["grant_id"], "paused", "resident_asked").status_code == 409


def test_closing_the_case_ends_it(t: Told):
    """Not as an objection: it is over."""
    made = override(t)
    t.w.ok("counsellor", "POST", f"/v1/cases/{t.case}/closure", {"counsellor_id": t.counsellor, "reason": "moved"})
    assert t.status(made["grant_id"]) == "revoked"
    assert "objection.recorded" not in t.w.journal(t.case)


def test_two_different_counsellors_of_this_organisation_decide(t: Told):
    """Four eyes: not one person twice, nobody from elsewhere, and the database holds it too."""
    assert faults(try_to(t, seconded_by=t.counsellor)) == {("/seconded_by", "two_persons")}
    t.w.counsellor_organisation("there")
    stranger = t.w.counsellor("there")
    assert faults(try_to(t, seconded_by=stranger)) == {("/seconded_by", "unknown")}
    assert faults(try_to(t, decided_by=str(uuid4()))) == {("/decided_by", "unknown")}
    made = override(t)
    with pytest.raises(IntegrityError), t.w.gateway.runtime.database._engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO statutory_override SELECT (SELECT id FROM consent_grant WHERE id <> :id LIMIT 1), case_id, "
                "statute, statute_version, motive, decided_by, decided_by, recorded_at FROM statutory_override"
            ),
            {"id": made["grant_id"]},
        )


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"statute": "convenience"}, {("/statute", "unknown_code")}),
        ({"statute": "court_order"}, {("/reference", "required")}),
        ({"creditor_id": str(uuid4())}, {("/creditor_id", "unknown")}),
        ({"ends_at": "2026-04-24T07:59:00Z"}, {("/ends_at", "order")}),
        ({"motive": ...}, {("/motive", "required")}),
        ({"statute": ..., "seconded_by": "x"}, {("/statute", "required"), ("/seconded_by", "format")}),
    ],
)
def test_without_statute_motive_and_recipient_there_is_no_override(t: Told, wrong: dict[str, Any], told: set[Any]):
    """Every fault at its place, and nothing is recorded."""
    assert {pointer for pointer, _ in faults(try_to(t, **wrong))} == {pointer for pointer, _ in told}
    with t.w.gateway.runtime.database.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(consent_grant)) == 0
        assert connection.scalar(select(func.count()).select_from(statutory_override)) == 0


def test_an_override_covers_one_message_for_a_short_time(t: Told):
    """Caps hold: its own end, one message, no further back, no other flow; a second one is a second decision."""
    made = override(t, ends_at=moment(t.w.now() + timedelta(days=3)))
    t.w.work()
    again = {"requests": [{"creditor_id": t.creditor, "purpose": "emergency"}]}
    path = f"/v1/cases/{t.case}/statement-requests"
    assert t.w.call("counsellor", "POST", path, again).status_code == 400, "the first request is open"
    t.reply(made["statement_request_id"])
    t.w.later(days=3)
    assert t.status(made["grant_id"]) == "expired"
    other = t.w.creditor("other", t.peer)
    assert override(t, creditor_id=other)["grant_id"] != made["grant_id"]
    with t.w.gateway.runtime.database.begin() as connection:
        known = grants.get(connection, UUID(made["grant_id"]))
    assert known is not None
    assert known[0].max_messages == 1


def test_nobody_says_yes_to_what_a_law_prescribes(t: Told):
    """It is not asked, not given, not renewed and not reaffirmed."""
    assert t.refused(purpose="emergency") == {("/grants/0/purpose", "statutory")}
    assert faults(t.ask_resident(purpose="court_order")) == {("/asks/0/purpose", "other_flow")}
    made = override(t)
    renewal = {"recorded_by": t.counsellor, "method": "desk"}
    answer = t.w.call("counsellor", "POST", f"/v1/grants/{made['grant_id']}/renewal", renewal)
    assert answer.status_code in (400, 409)
    assert t.change(made["grant_id"], "reaffirmed", "resident_said").status_code == 409


def test_what_is_fresh_is_asked_once(t: Told):
    """The same call twice is one override; one for a creditor that is being asked already is none."""
    key, said = str(uuid4()), body(t)
    path = f"/v1/cases/{t.case}/overrides"
    first, second = (t.w.ok("counsellor", "POST", path, said, key=key) for _ in range(2))
    assert first == second
    assert faults(try_to(t)) == {("/creditor_id", "already_asked")}
    assert len(listed(t)) == 1


def test_it_is_of_one_organisation_and_the_look_at_the_list_is_told(t: Told):
    """Another organisation sees none and finds no case; the resident reads that somebody looked."""
    override(t)
    t.w.counsellor_organisation("there")
    assert t.w.ok("there", "GET", "/v1/overrides") == {"overrides": []}
    answer = t.w.call("there", "POST", f"/v1/cases/{t.case}/overrides", body(t))
    assert answer.status_code == 404
    before = sum(one["kind"] == "case.looked_at" for one in seen(t))
    listed(t)
    assert sum(one["kind"] == "case.looked_at" for one in seen(t)) == before + 1


def test_the_motive_is_sealed_and_the_resident_has_proof(t: Told):
    """In no event and no entry; a receipt says on which law, and by whom it was recorded."""
    made = override(t)
    assert MOTIVE not in json.dumps(t.w.events())
    with t.w.gateway.runtime.database.begin() as connection:
        kept = connection.scalar(select(statutory_override.c.motive))
    assert kept is not None
    assert MOTIVE.encode() not in bytes(kept)
    shown = t.w.ok("counsellor", "GET", f"/v1/grants/{made['grant_id']}/receipts")["receipts"]
    assert [one["said"] for one in shown] == ["imposed"]
