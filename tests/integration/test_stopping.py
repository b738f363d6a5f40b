"""Stopping: shown first and then done by the same list, late answers unread, stop notices chased, nothing in its way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from gateway.consent.flows import Flows, Mode
from gateway.services.deliver import deliver
from gateway.services.run_retention import run_retention
from gateway.services.show_stops import chase_stop_notices
from gateway.services.sweep_deadlines import redefer_lost
from gateway.services.withdraw_consent import Scope, withdraw_consent
from gateway.storage import messages
from gateway.storage.tables import journal, journal_facts, message, offer, reply, statement_request, term
from tests.integration.support import ACCEPT, JSON, Peer, World, listening, statement, world


@pytest.fixture
def w():
    with world() as made:
        made.counsellor_organisation()
        yield made


def _asked(w: World, peer: Peer, name: str = "c") -> tuple[str, str, str]:
    creditor = w.creditor(name, peer)
    case = w.case()
    w.grant(case, [creditor], w.counsellor())
    [request] = w.ask(case, [creditor])
    return case, creditor, request


def _stop(w: World, case: str, **body: object) -> dict:
    return w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", body or {"everything": True})


def _preview(w: World, case: str, **body: object) -> list[dict]:
    path = f"/v1/cases/{case}/withdrawals/preview"
    return w.ok("counsellor", "POST", path, body or {"everything": True})["effects"]


def _codes(effects: list[dict]) -> list[str]:
    return [one["code"] for one in effects]


def _states(w: World) -> dict[str, dict[UUID, tuple]]:
    """What can be touched, before or after."""
    with w.gateway.runtime.database.begin() as connection:
        return {
            "message": {row.id: (row.state, row.kind) for row in connection.execute(select(message))},
            "request": {row.id: row.state for row in connection.execute(select(statement_request))},
            "offer": {row.id: row.state for row in connection.execute(select(offer))},
            "term": {row.id: row.state for row in connection.execute(select(term))},
            "reply": {row.id: row.status for row in connection.execute(select(reply))},
        }


def _changed(before: dict, after: dict, kind: str, to: str) -> set[str]:
    return {str(one) for one, state in after[kind].items() if before[kind].get(one) != state and to in str(state)}


def _of(effects: list[dict], code: str) -> set[str]:
    return {one["subject_id"] for one in effects if one["code"] == code}


@pytest.mark.parametrize(
    "scope", [{"everything": True}, {"creditor": 0}, {"purpose": "inventory"}, {"purpose": "proposal"}]
)
def test_what_is_shown_is_what_is_done_and_nothing_else(w: World, scope: dict):
    """Invariant I12: the preview names exactly the rows that change, and exactly those change."""
    with listening(Peer()) as peer:
        creditors = [w.creditor(name, peer) for name in "abcd"]
        case = w.case()
        counsellor = w.counsellor()
        w.grant(case, creditors, counsellor)
        requests = w.ask(case, creditors[:3])
        w.work()
        for name, request in zip("ab", requests[:2], strict=True):
            w.ok(name, "POST", f"/v1/statement-requests/{request}/reply", statement(request), **JSON)
        body = {"made_by": counsellor, "pool_cents": 10_000, "count_possible_duplicates": True}
        body["unconfirmed"] = []
        w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", {k: v for k, v in body.items() if v != []})
        w.work()
        w.ask(case, creditors[3:])  # still queued
        wanted = {"creditor_id": creditors[scope["creditor"]]} if "creditor" in scope else scope
        before = _states(w)
        shown = _preview(w, case, **wanted)
        assert _states(w) == before, "a preview changes nothing"
        done = _stop(w, case, **wanted)
        after = _states(w)
    assert done["effects"] == shown
    assert _changed(before, after, "message", "cancelled") == _of(shown, "message_cancelled")
    conversations = _of(shown, "conversation_stopped")
    assert _changed(before, after, "request", "stopped") | _changed(before, after, "offer", "stopped") == conversations
    assert _changed(before, after, "term", "cancelled") == _of(shown, "term_ended")
    assert _changed(before, after, "reply", "erased") == _of(shown, "answer_erased")
    notices = {
        one for one, (state, kind) in after["message"].items() if kind == "stop_notice" and one not in before["message"]
    }
    assert len(notices) == len(_of(shown, "stop_notice")) == done["stop_notices"]
    untouched = {one for one, state in before["request"].items() if str(one) not in conversations}
    assert all(after["request"][one] == before["request"][one] for one in untouched)
    assert all(set(one["words"]) == {"nl", "en", "ar"} for one in shown)
    assert not [words for one in shown for words in one["words"].values() if "{" in words or "None" in words]
    assert _preview(w, case, **wanted) == []


def test_a_withdrawal_needs_neither_a_worker_nor_the_engines_tables_nor_a_key(w: World, monkeypatch):
    """I27: with the engine's tables gone and every key out of reach it is recorded; the sweep finds the row later."""
    with listening(Peer()) as peer:
        case, creditor, _ = _asked(w, peer)
        w.work()
        with w.gateway.runtime.database.begin() as connection:
            connection.execute(text("ALTER TABLE procrastinate_jobs RENAME TO gone"))

        class NoKeys:
            def __getattr__(self, name: str) -> object:
                raise AssertionError(f"a withdrawal asked for a key: {name}")

        runtime = replace(w.gateway.runtime, keys=NoKeys())
        done = withdraw_consent(runtime, UUID(case), Scope(), w.now(), actor="resident")
        assert (len(done.grants), done.stop_notices) == (2, 1)
        with w.gateway.runtime.database.begin() as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO procrastinate_jobs"))
        w.later(hours=1)
        assert redefer_lost(w.gateway.runtime, w.now(), grace_before=w.now()) == 1
        w.work()
    assert peer.kinds() == ["statement_request", "stop_notice"]
    assert w.line(case, creditor)["state"] == "stopped"


def test_edge_01_a_withdrawal_between_queueing_and_claiming_stops_the_sending(w: World):
    """Nothing leaves, and nobody needs to be told: nobody was told anything."""
    with listening(Peer()) as peer:
        case, _, _ = _asked(w, peer)
        done = _stop(w, case)
        w.work()
    assert peer.received == []
    assert "message_cancelled" in _codes(done["effects"])
    assert "stop_notice" not in _codes(done["effects"])


def test_edge_04_an_outcome_that_nobody_knows_counts_as_sent(w: World):
    """After a timeout: no resend, and a stop notice goes out."""

    def hang_up(_headers, body):
        if json.loads(body)["kind"] == "stop_notice":
            return 202, "", b""
        raise ConnectionAbortedError  # the line goes dead: it may have been taken in, or not

    with listening(Peer(answer=hang_up)) as peer:
        case, _, request = _asked(w, peer)
        with w.gateway.runtime.database.begin() as connection:
            [row] = messages.of_subject(connection, UUID(request))
        deliver(w.gateway.runtime, w.gateway.courier, [row["id"]], w.now)
        done = _stop(w, case)
        w.later(days=2)
        w.work()
    assert {"message_cancelled", "stop_notice"} <= set(_codes(done["effects"]))
    assert peer.kinds() == ["statement_request", "stop_notice"]


def test_edge_05_a_retry_that_waits_is_cancelled(w: World):
    """What failed once waits for its next attempt; after the withdrawal there is none."""
    with listening(Peer(answer=lambda _h, _b: (500, "", b""))) as peer:
        case, _, request = _asked(w, peer)
        with w.gateway.runtime.database.begin() as connection:
            [row] = messages.of_subject(connection, UUID(request))
        deliver(w.gateway.runtime, w.gateway.courier, [row["id"]], w.now)
        _stop(w, case)
        w.later(days=3)
        w.work()
    assert peer.kinds().count("statement_request") == 1


def test_edge_06_a_reply_just_before_counts_and_just_after_is_unread(w: World):
    """The order of the record decides, not who was nearly in time."""
    with listening(Peer()) as peer:
        case, creditor, request = _asked(w, peer)
        w.work()
        path = f"/v1/statement-requests/{request}/reply"
        first = w.ok("c", "POST", path, statement(request), **JSON)
        done = _stop(w, case)
        second = w.ok("c", "POST", path, statement(request, principal_cents=90_000), **JSON)
    assert first["status"] == "accepted"
    assert _of(done["effects"], "answer_kept") == {first["reply_id"]}
    assert [one["code"] for one in second["problems"]] == ["permission_ended"]
    assert w.line(case, creditor)["total_cents"] == 100_000


def test_edge_08_the_same_reply_again_after_quarantine_is_the_same_receipt(w: World):
    """A repeat adds nothing, before and after its bytes were destroyed."""
    with listening(Peer()) as peer:
        case, _, request = _asked(w, peer)
        w.work()
        _stop(w, case)
        path = f"/v1/statement-requests/{request}/reply"
        first, again = (w.ok("c", "POST", path, statement(request), **JSON)["reply_id"] for _ in range(2))
        w.later(days=15)
        list(run_retention(w.gateway.runtime, w.now()))
        third = w.ok("c", "POST", path, statement(request), **JSON)["reply_id"]
    assert first == again == third


def test_edge_11_an_answer_to_a_withdrawn_question_stays_unread_under_a_new_yes(w: World):
    """Another grant never takes over silently; the bytes wait while the new yes holds, then go."""
    with listening(Peer()) as peer:
        case, creditor, request = _asked(w, peer)
        w.work()
        _stop(w, case)
        w.later(hours=1)
        w.grant(case, [creditor], w.counsellor())
        taken = w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", statement(request), **JSON)
        assert [one["code"] for one in taken["problems"]] == ["permission_ended"]
        w.later(days=20)
        list(run_retention(w.gateway.runtime, w.now()))
        assert _raw(w, taken["reply_id"]) is not None
        _stop(w, case)
        list(run_retention(w.gateway.runtime, w.now()))
        assert _raw(w, taken["reply_id"]) is None


def _raw(w: World, reply_id: str) -> bytes | None:
    with w.gateway.runtime.database.begin() as connection:
        return connection.scalar(select(reply.c.raw).where(reply.c.id == UUID(reply_id)))


def test_a_late_answer_is_destroyed_after_fourteen_days_and_not_before(w: World):
    """Unread, sealed, and gone: the row says when, the journal says that, the counsellor saw it coming."""
    with listening(Peer()) as peer:
        case, _, request = _asked(w, peer)
        w.work()
        _stop(w, case)
        taken = w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", statement(request), **JSON)
        [unread] = w.ok("counsellor", "GET", f"/v1/cases/{case}/stops")["unread"]
        assert unread["reply_id"] == taken["reply_id"]
        assert unread["destroyed_on"] == (w.now() + timedelta(days=14)).date().isoformat()
        w.later(days=13, hours=23)
        list(run_retention(w.gateway.runtime, w.now()))
        assert _raw(w, taken["reply_id"]) is not None
        w.later(hours=1)
        list(run_retention(w.gateway.runtime, w.now()))
        assert _raw(w, taken["reply_id"]) is None
        assert w.ok("counsellor", "GET", f"/v1/cases/{case}/stops")["unread"] == []
    assert "retention.erased" in w.journal(case)


def test_edge_14_a_double_click_stops_once(w: World):
    """I10: the second withdrawal is a no-op: no second event, no second notice, no error."""
    with listening(Peer()) as peer:
        case, _, _ = _asked(w, peer)
        w.work()
        first, second = _stop(w, case), _stop(w, case)
        w.work()
    assert len(first["grants"]) == 2
    assert (second["grants"], second["effects"], second["stop_notices"]) == ([], [], 0)
    assert peer.kinds().count("stop_notice") == 1


def test_edge_28_a_letter_of_friday_evening_before_a_holiday_counts_in_working_days(w: World):
    """Received on Friday 24 April 2026 evening; Monday 27 April is King's Day: Tuesday is the first working day."""
    case, _, _ = _asked(w, Peer(url="http://127.0.0.1:9/messages"))
    received = (w.now() + timedelta(hours=9)).isoformat()
    w.later(days=3)
    told = _stop(w, case, purpose="inventory", method="paper", received_at=received)
    assert (told["lateness"], told["received_at"][:10], told["effective_at"][:10]) == (
        "in_time",
        "2026-04-24",
        "2026-04-27",
    )
    w.later(days=1)
    assert _stop(w, case, purpose="proposal", method="paper", received_at=received)["lateness"] == "alarm"
    w.grant(case, [w.creditor("later")], w.counsellor())
    w.later(days=1)
    assert _stop(w, case, everything=True, method="paper", received_at=received)["lateness"] == "breach"
    stops = w.ok("counsellor", "GET", f"/v1/cases/{case}/stops")
    assert sorted(one["lateness"] for one in stops["stopped"])[0] == "alarm"
    assert stops["alarms"] >= 2


def test_edge_29_a_caller_who_may_be_somebody_else_pauses_and_is_not_refused(w: World):
    """I27: everything stops at once, nothing is final, and the withdrawal can still be made."""
    with listening(Peer()) as peer:
        case, creditor, _ = _asked(w, peer)
        done = _stop(w, case, everything=True, method="phone", identity_doubted=True)
        w.work()
        assert (done["grants"], len(done["paused"])) == ([], 2)
        assert peer.received == []
        statuses = {one["status"] for one in w.ok("counsellor", "GET", f"/v1/cases/{case}/grants")["grants"]}
        assert statuses == {"paused"}
        assert _stop(w, case, everything=True, method="phone", identity_doubted=True)["paused"] == []
        assert len(_stop(w, case)["grants"]) == 2
    assert w.line(case, creditor)["state"] == "stopped"


def test_edge_41_a_plan_that_loses_a_creditor_is_incomplete_and_the_others_go_on(w: World):
    """Other creditors are unaffected; nobody rejects the plan by itself."""
    with listening(Peer()) as peer:
        creditors = [w.creditor(name, peer) for name in "ab"]
        case, counsellor = w.case(), w.counsellor()
        w.grant(case, creditors, counsellor)
        requests = w.ask(case, creditors)
        w.work()
        for name, request in zip("ab", requests, strict=True):
            cents = 100_000 if name == "a" else 50_000
            body = statement(request, principal_cents=cents)
            w.ok(name, "POST", f"/v1/statement-requests/{request}/reply", body, **JSON)
        body = {"made_by": counsellor, "pool_cents": 10_000, "count_possible_duplicates": True}
        w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", body)
        w.work()
        done = _stop(w, case, creditor_id=creditors[0])
        states = [w.line(case, one)["offer"]["state"] for one in creditors]
    assert states == ["stopped", "waiting"]
    assert {"plan_incomplete", "others_go_on", "presumption_cancelled", "stop_notice"} <= set(_codes(done["effects"]))
    assert "proposal.incomplete" in w.journal(case)


def test_an_agreement_stands_and_only_what_is_to_come_stops(w: World):
    """Decision 8: an agreement is no data flow. The list says so beforehand."""
    with listening(Peer()) as peer:
        case, creditor, request = _asked(w, peer)
        w.work()
        w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", statement(request), **JSON)
        body = {"made_by": w.counsellor(), "pool_cents": 10_000}
        [made] = w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", body)["offers"]
        w.work()
        w.ok("c", "POST", f"/v1/offers/{made['id']}/answer", ACCEPT, **JSON)
        shown = _preview(w, case)
        _stop(w, case)
    assert _of(shown, "agreement_stands") == {made["id"]}
    assert made["id"] not in _of(shown, "conversation_stopped")
    assert w.line(case, creditor)["offer"]["state"] == "accepted"


def test_what_rested_on_consent_alone_is_erased_and_what_the_law_keeps_is_kept_with_its_term(w: World):
    """Art. 17(1)(b) and (3)(b): judged per item, in the same transaction, and the overview no longer shows it."""
    flows = dict(w.gateway.settings.flows.flows)
    flows["inventory"] = replace(flows["inventory"], mode=Mode.CONSENT)
    with listening(Peer()) as peer:
        case, creditor, request = _asked(w, peer)
        w.work()
        path = f"/v1/statement-requests/{request}/reply"
        kept = w.ok("c", "POST", path, statement(request), **JSON)["reply_id"]
        [verdict] = [one for one in _preview(w, case) if one["code"] == "answer_kept"]
        assert (verdict["basis"], verdict["days"]) == ("statutory", flows["inventory"].retention_days)
        assert "schuldhulpverlening" in verdict["article"]
        w.gateway.settings.__dict__["flows"] = Flows(flows=flows)
        done = _stop(w, case, purpose="inventory")
        assert _of(done["effects"], "answer_erased") == {kept}
        assert _raw(w, kept) is None
        line = w.line(case, creditor)
        assert (line["outcome"], line["total_cents"]) == (None, None)
        assert w.call("counsellor", "GET", f"/v1/statements/{kept}").status_code == 404


def test_edge_50_a_flow_that_the_law_prescribes_is_objected_to_not_withdrawn(w: World):
    """Art. 21: the objection is recorded, once; the flow goes on until a person has decided."""
    flows = dict(w.gateway.settings.flows.flows)
    flows["inventory"] = replace(flows["inventory"], mode=Mode.NOTIFY)
    with listening(Peer()) as peer:
        case, _, _ = _asked(w, peer)
        w.gateway.settings.__dict__["flows"] = Flows(flows=flows)
        done = _stop(w, case, purpose="inventory")
        again = _stop(w, case, purpose="inventory")
        w.work()
    assert _codes(done["effects"]) == ["objection_recorded", "others_go_on", "counsellor_told"]
    assert (done["grants"], again["effects"]) == ([], [])
    assert w.journal(case).count("objection.recorded") == 1
    assert peer.kinds() == ["statement_request"]


def test_edge_60_a_creditor_that_never_confirms_is_asked_again_and_becomes_an_alarm(w: World):
    """Retried by the outbox, chased after that, listed for the counsellor, one event when it takes too long."""

    def deaf(_headers, body):
        return (500, "", b"") if json.loads(body)["kind"] == "stop_notice" else (202, "", b"")

    with listening(Peer(answer=deaf)) as peer:
        case, _, _ = _asked(w, peer)
        w.work()
        _stop(w, case)
        for _ in range(30):
            w.later(hours=8)
            w.work()
            chase_stop_notices(w.gateway.runtime, w.now())
        [told] = w.ok("counsellor", "GET", "/v1/stop-notices")["stop_notices"]
        assert told["alarm"]
        assert told["times"] > 1
        assert w.ok("counsellor", "GET", f"/v1/cases/{case}/stops")["alarms"] == 1
        assert w.journal(case).count("stop_notice.unanswered") == 1
        peer.answer = lambda _h, _b: (202, "", b"")
        for _ in range(10):
            w.later(hours=12)
            w.work()
            chase_stop_notices(w.gateway.runtime, w.now())
        assert w.ok("counsellor", "GET", "/v1/stop-notices")["stop_notices"] == []
    [acknowledged] = w.ok("counsellor", "GET", f"/v1/cases/{case}/stops")["stop_notices"]
    assert (acknowledged["state"], acknowledged["alarm"]) == ("acknowledged", False)
    stop = [body for _, _, body in peer.received if json.loads(body)["kind"] == "stop_notice"]
    assert all(b"1985" not in body and b"A.B." not in body for body in stop), "a reference only"


def test_the_record_says_how_when_and_by_whom(w: World):
    """G14: received and effective are both kept; the counsellor is told by an event, without a reason."""
    case, _, _ = _asked(w, Peer(url="http://127.0.0.1:9/messages"))
    counsellor = w.counsellor()
    received = w.now().isoformat()
    w.later(hours=2)
    _stop(w, case, everything=True, method="phone", received_at=received, recorded_by=counsellor)
    with w.gateway.runtime.database.begin() as connection:
        facts = connection.scalars(
            select(journal_facts.c.facts)
            .join(journal, journal.c.id == journal_facts.c.entry_id)
            .where(journal.c.kind == "consent.withdrawn")
        ).all()
    assert {one["method"] for one in facts} == {"phone"}
    assert all(one["received_at"] < one["effective_at"] and one["recorded_by"] == counsellor for one in facts)
    told = [one for one in w.events() if one["type"] == "counsellor.told"]
    assert [one["facts"] for one in told] == [{"why": "withdrawn", "lateness": "in_time"}]


def test_edge_57_a_grant_of_another_resident_is_as_unknown_as_none(w: World):
    """The same 404, for the preview and for the withdrawal."""
    case, _, _ = _asked(w, Peer(url="http://127.0.0.1:9/messages"))
    other = w.case(bsn="999990020")
    [grant] = [one["id"] for one in w.ok("counsellor", "GET", f"/v1/cases/{case}/grants")["grants"]][:1]
    for path in ("withdrawals", "withdrawals/preview"):
        foreign = w.call("counsellor", "POST", f"/v1/cases/{other}/{path}", {"grant_id": grant})
        unknown = w.call("counsellor", "POST", f"/v1/cases/{other}/{path}", {"grant_id": case})
        assert (foreign.status_code, foreign.get_data()) == (404, unknown.get_data())
    assert _stop(w, case)["grants"], "it was not touched"
