"""Withdrawal: at once, completely, and with one order between it and every send."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from gateway.consent.grants import EventKind
from gateway.services.deliver import deliver
from gateway.storage import journal, messages
from gateway.storage.tables import consent_grant, message
from tests.integration.support import ACCEPT, JSON, Peer, World, listening, statement, world


@pytest.fixture
def w():
    with world() as made:
        made.counsellor_organisation()
        yield made


def _asked(w: World, peer: Peer) -> tuple[str, str, str]:
    creditor = w.creditor(f"c{peer.url}", peer)
    case = w.case()
    w.grant(case, [creditor], w.counsellor())
    [request] = w.ask(case, [creditor])
    return case, creditor, request


def test_a_withdrawal_between_asking_and_sending_stops_the_sending(w: World):
    """Promise 1: decided again when sent; the queued message is cancelled and nothing leaves."""
    with listening(Peer()) as peer:
        case, creditor, _ = _asked(w, peer)
        done = w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
        w.work()
    assert peer.received == []
    assert (len(done["grants"]), done["cancelled_messages"], done["stop_notices"]) == (2, 1, 0)
    assert w.line(case, creditor)["state"] == "stopped"


def test_the_gate_refuses_at_sending_even_when_the_queue_was_not_cleaned(w: World):
    """The cancelled queue is a courtesy; the decision at sending is what holds (its own mutation of the first test)."""
    with listening(Peer()) as peer:
        case, creditor, _ = _asked(w, peer)
        with w.gateway.runtime.database.begin() as connection:
            grant = connection.execute(
                select(consent_grant.c.id).where(consent_grant.c.purpose == "inventory")
            ).scalar_one()
            journal.append(
                connection,
                w.now(),
                journal.Entry(kind=f"consent.{EventKind.WITHDRAWN.value}", actor="resident", grant_id=grant),
            )
            waiting = list(connection.scalars(select(message.c.id)))
        deliver(w.gateway.runtime, w.gateway.courier, waiting, w.now)
        with w.gateway.runtime.database.begin() as connection:
            state = messages.get(connection, waiting[0])["state"]
    assert peer.received == []
    assert state == "cancelled"
    assert w.line(case, creditor)["state"] == "stopped"


def test_after_a_withdrawal_the_creditor_that_knew_is_told_to_stop_with_a_reference_only(w: World):
    """Art. 19 GDPR: the stop notice says which conversation, not who and not why."""
    with listening(Peer()) as peer:
        case, _, _ = _asked(w, peer)
        w.work()
        w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
        w.work()
    assert peer.kinds() == ["statement_request", "stop_notice"]
    assert b"Voorbeeld" in peer.received[0][2]
    notice = peer.received[1][2]
    assert b"1985" not in notice
    assert b'"resident":{}' in notice or b'"resident"' not in notice


def test_an_answer_after_a_withdrawal_is_kept_unread(w: World):
    """It is quarantined: received, sealed, never parsed, and the creditor hears that it was not opened."""
    with listening(Peer()) as peer:
        case, creditor, request = _asked(w, peer)
        w.work()
        w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
        body = statement(request)
        taken = w.ok(f"c{peer.url}", "POST", f"/v1/statement-requests/{request}/reply", body, **JSON)
    assert taken["status"] == "held"
    assert [problem["code"] for problem in taken["problems"]] == ["permission_ended"]
    line = w.line(case, creditor)
    assert (line["state"], line["outcome"], line["total_cents"]) == ("stopped", None, None)


def test_withdrawing_twice_changes_nothing_and_is_no_error(w: World):
    """A second withdrawal is a no-op: no second event, no second stop notice."""
    with listening(Peer()) as peer:
        case, _, _ = _asked(w, peer)
        w.work()
        w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
        again = w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
        w.work()
    assert (again["grants"], again["stop_notices"]) == ([], 0)
    assert w.journal(case).count("consent.withdrawn") == 2  # one per grant: inventory and proposal


def test_stopping_one_creditor_leaves_the_others_alone(w: World):
    """Withdrawing one grant leaves decisions on every other grant unchanged."""
    with listening(Peer()) as peer:
        creditors = [w.creditor(name, peer) for name in "ab"]
        case = w.case()
        w.grant(case, creditors, w.counsellor())
        w.ask(case, creditors)
        w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"creditor_id": creditors[0]})
        w.work()
    assert [w.line(case, one)["state"] for one in creditors] == ["stopped", "waiting"]
    assert len(peer.received) == 1


@pytest.mark.parametrize("head_start", [0.0, 0.002, 0.005, 0.01, 0.02, 0.05])
def test_no_send_begins_after_the_withdrawal_was_answered(w: World, head_start: float):
    """The race itself: whoever comes first, no byte arrives after the withdrawal's answer (promise 1)."""
    with listening(Peer()) as peer:
        for _ in range(6):
            creditor = w.creditor(f"r{time.monotonic_ns()}", peer)
            case = w.case()
            w.grant(case, [creditor], w.counsellor())
            [request] = w.ask(case, [creditor])
            with w.gateway.runtime.database.begin() as connection:
                waiting = [row["id"] for row in messages.of_subject(connection, UUID(request))]
            before = len(peer.received)
            sending = threading.Thread(
                target=deliver, args=(w.gateway.runtime, w.gateway.courier, waiting, w.now), daemon=True
            )
            sending.start()
            time.sleep(head_start)
            done = w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
            answered = datetime.now(UTC)
            sending.join(timeout=30)
            arrived = [at for at, _, _ in peer.received[before:]]
            assert all(at <= answered for at in arrived)
            assert done["under_way"] == 0
            if arrived:
                assert done["stop_notices"] == 1
            else:
                assert w.line(case, creditor)["state"] == "stopped"


class _Slow:
    """A courier that dawdles between the permission and the first byte."""

    def __init__(self, courier, begun: threading.Event) -> None:
        self._courier, self._begun = courier, begun

    def send(self, envelope, permit):
        self._begun.set()
        time.sleep(0.4)
        return self._courier.send(envelope, permit)


def test_a_withdrawal_is_answered_only_after_a_sending_that_had_begun_has_ended(w: World):
    """The window between the decision and the first byte: it counts as sent, and the answer comes after it."""
    with listening(Peer()) as peer:
        case, _, request = _asked(w, peer)
        with w.gateway.runtime.database.begin() as connection:
            waiting = [row["id"] for row in messages.of_subject(connection, UUID(request))]
        begun = threading.Event()
        slow = _Slow(w.gateway.courier, begun)
        sending = threading.Thread(target=deliver, args=(w.gateway.runtime, slow, waiting, w.now), daemon=True)
        sending.start()
        assert begun.wait(10)
        done = w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
        answered = datetime.now(UTC)
        sending.join(timeout=30)
    assert [at <= answered for at, _, _ in peer.received] == [True]
    assert (done["under_way"], done["stop_notices"]) == (0, 1)


def test_a_presumption_that_waits_falls_with_the_permission(w: World):
    """Promise 1: a withdrawal cancels every presumption that rests on the flow; nothing can be confirmed."""
    with listening(Peer()) as peer:
        case, creditor, request = _asked(w, peer)
        w.work()
        w.ok(f"c{peer.url}", "POST", f"/v1/statement-requests/{request}/reply", statement(request), **JSON)
        counsellor = w.counsellor()
        body = {"made_by": counsellor, "pool_cents": 10_000}
        [offer] = w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", body)["offers"]
        for _ in range(60):
            w.work()
            w.later(days=1)
        assert w.line(case, creditor)["offer"]["state"] == "lapsed"
        w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"purpose": "proposal"})
        answer = w.call("counsellor", "POST", f"/v1/offers/{offer['id']}/confirmation", {"counsellor_id": counsellor})
        late = w.ok(f"c{peer.url}", "POST", f"/v1/offers/{offer['id']}/answer", ACCEPT, **JSON)
    assert answer.status_code == 409
    assert late["verdict"] == "quarantined"
    assert w.line(case, creditor)["offer"]["state"] == "stopped"
