"""More of what goes wrong with permission in real life; the numbers are those of the list of edge cases."""

from __future__ import annotations

import base64
import json
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from gateway.app import assembled
from gateway.documents import receipt_check
from gateway.documents.proof import Kind as Verdict
from gateway.errors import Unavailable
from gateway.keys import Keys
from gateway.services import deliver as sending
from gateway.services.change_keys import revoke_key, rotate_key
from gateway.services.deliver import deliver
from gateway.services.hold_to_copies import OlderOrOther
from gateway.services.issue_receipt import issue_receipts
from gateway.services.keep_checkpoints import sequence_journal
from gateway.services.runtime import Runtime
from gateway.settings import load_settings
from tests.integration.permission_support import Told, told
from tests.integration.support import JSON, server, statement


@pytest.fixture
def t():
    with told() as made:
        yield made


# Around the first byte and the last.


def _delivering(t: Told, request: str) -> threading.Thread:
    """A worker that has been given the job, as its own thread."""
    runtime, courier = t.w.gateway.runtime, t.w.gateway.courier
    worker = threading.Thread(target=deliver, args=(runtime, courier, t.waiting(request), t.w.now), daemon=True)
    worker.start()
    return worker


def test_edge_02_a_worker_that_was_stopped_between_the_claim_and_the_first_byte_sends_nothing(t: Told, monkeypatch):
    """The machine slept through its lease: the stop was answered, so what it holds in its hands does not leave."""
    t.say()
    request = t.requested()
    waiting = t.waiting(request)
    runtime = t.w.gateway.runtime
    claim, done = sending._claim, {}

    def claim_and_sleep(*args: Any) -> Any:
        claimed = claim(*args)
        t.w.later(seconds=runtime.settings.delivery.lease + 1)
        done.update(t.withdraw())
        slept = claimed.claimed_at - runtime.settings.delivery.lease - 1
        object.__setattr__(claimed, "claimed_at", slept)
        return claimed

    monkeypatch.setattr(sending, "_claim", claim_and_sleep)
    deliver(runtime, t.w.gateway.courier, waiting, t.w.now)
    monkeypatch.undo()
    assert t.peer.received == []
    assert done["under_way"] == 0
    t.w.later(minutes=5)
    t.w.work()
    assert t.peer.kinds() == ["stop_notice"], (
        "it counts as sent, so the creditor hears of the stop, and of nothing else"
    )


def test_edge_03_a_stop_in_the_middle_of_an_exchange_waits_for_its_end_and_reads_nothing_of_it(t: Told):
    """Half of it is there: it counts as sent; the answer that comes back on the same line stays unread."""
    half_way, go_on = threading.Event(), threading.Event()
    asked: dict[str, str] = {}

    def answer(_headers: Any, body: bytes) -> tuple[int, str, bytes]:
        if json.loads(body)["kind"] != "statement_request":
            return 202, "", b""
        half_way.set()
        assert go_on.wait(20)
        return 200, "application/json", statement(asked["request"])

    t.peer.answer = answer
    t.say()
    asked["request"] = request = t.requested()
    worker = _delivering(t, request)
    assert half_way.wait(20)
    done: dict[str, Any] = {}
    stopping = threading.Thread(target=lambda: done.update(t.withdraw()), daemon=True)
    stopping.start()
    stopping.join(0.5)
    assert stopping.is_alive(), "no answer while bytes are on the line"
    go_on.set()
    stopping.join(20)
    worker.join(20)
    assert (done["under_way"], done["stop_notices"]) == (0, 1)
    t.w.work()
    assert t.peer.kinds() == ["statement_request", "stop_notice"]
    line = t.w.line(t.case, t.creditor)
    assert (line["state"], line["outcome"], line["total_cents"]) == ("stopped", None, None)
    assert t.w.journal(t.case).count("reply.quarantined") == 1


class _TwoParts:
    """A body of which the second part comes after something else has happened."""

    def __init__(self, content: bytes, between: Callable[[], object]) -> None:
        half = len(content) // 2
        self._parts, self._between = [content[:half], content[half:]], between

    def read(self, size: int = -1) -> bytes:
        if not self._parts:
            return b""
        if len(self._parts) == 1:
            self._between()
        part = self._parts.pop(0)
        assert size < 0 or len(part) <= size
        return part


def test_edge_07_a_reply_in_two_parts_with_the_stop_between_them_is_unread(t: Told):
    """What decides is when the whole of it is here, not when it began."""
    t.say()
    request = t.requested()
    t.w.work()
    body = statement(request)
    stream = _TwoParts(body, t.withdraw)
    taken = t.w.web.post(
        f"/v1/statement-requests/{request}/reply",
        environ_overrides={"wsgi.input": stream, "CONTENT_LENGTH": str(len(body))},
        content_type="application/json",
        headers={"Authorization": f"Bearer {t.w.tokens['c']}"},
    )
    assert taken.status_code == 202, taken.get_data(as_text=True)
    assert [one["code"] for one in taken.get_json()["problems"]] == ["permission_ended"]
    assert t.w.line(t.case, t.creditor)["outcome"] is None


def test_edge_07_a_second_reply_that_completes_the_first_is_unread_and_the_first_stays(t: Told):
    """What was read lawfully stays as it was; the rest is not added to it."""
    t.say()
    request = t.requested()
    t.w.work()
    t.reply(request)
    t.withdraw()
    assert t.reply(request, principal_cents=55_000)["status"] == "held"
    assert t.w.line(t.case, t.creditor)["total_cents"] == 100_000


# What was never asked for.

NEVER_GRANTED = {
    "another person's data": {"partner": {"naam": "Ander Mens", "bsn": "999990032"}},
    "health": {"gezondheid": "verblijft in een kliniek"},
    "criminal fines": {"strafblad": ["artikel 310 Sr"]},
}


@pytest.mark.parametrize("where", ["beside the debts", "inside a debt"])
@pytest.mark.parametrize("what", NEVER_GRANTED)
def test_edge_09_what_was_never_granted_is_cut_away_unread(t: Told, what: str, where: str):
    """There is no word for it: told to the counsellor by its place, shown nowhere, not in the statement or the copy."""
    t.say()
    request = t.requested()
    t.w.work()
    reply = json.loads(statement(request))
    (reply if where == "beside the debts" else reply["debts"][0]).update(NEVER_GRANTED[what])
    taken = t.w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", json.dumps(reply).encode(), **JSON)
    [name] = NEVER_GRANTED[what]
    assert [one["path"] for one in taken["problems"] if name in one["path"]]
    said = json.dumps(NEVER_GRANTED[what][name], ensure_ascii=False)
    secrets = [word for word in ("Ander Mens", "999990032", "kliniek", "310 Sr") if word in said]
    assert secrets
    with t.w.gateway.runtime.database.begin() as connection:
        resident = connection.scalar(text("SELECT resident_id FROM case_file WHERE id = :id"), {"id": t.case})
    for path in (f"/v1/cases/{t.case}", f"/v1/statements/{taken['reply_id']}?provenance=true", f"/v1/residents/{resident}/seen"):  # fmt: skip
        shown = t.w.call("counsellor", "GET", path)
        assert shown.status_code == 200, shown.get_data(as_text=True)
        assert not [one for one in secrets if one in shown.get_data(as_text=True)], path
    assert not [one for one in secrets if one in json.dumps([taken, t.w.events(), t.decisions()], ensure_ascii=False)]


def test_edge_10_a_reply_about_another_resident_is_held_and_counts_for_nobody(t: Told):
    """It names the question about somebody else: a person looks, and not a cent of it counts in either case."""
    other = t.w.case(bsn="999990020")
    t.say()
    t.say(case=other)
    mine, theirs = t.requested(), t.requested(case=other)
    t.w.work()
    taken = t.w.ok("c", "POST", f"/v1/statement-requests/{mine}/reply", statement(theirs), **JSON)
    assert (taken["status"], [one["path"] for one in taken["problems"]]) == ("held", ["/request_id"])
    assert t.w.overview(t.case)["totals"]["total_cents"] == 0
    mine_now = t.w.line(t.case, t.creditor)
    assert (mine_now["outcome"], mine_now["total_cents"], len(mine_now["held"])) == (None, None, 1), (
        "not even as a draft"
    )
    line = t.w.line(other, t.creditor)
    assert (line["outcome"], line["total_cents"], line["held"]) == (None, None, [])
    good = t.w.ok("c", "POST", f"/v1/statement-requests/{theirs}/reply", statement(theirs), **JSON)
    assert good["status"] == "accepted"
    assert t.w.overview(other)["totals"]["total_cents"] == 100_000
    assert t.w.overview(t.case)["totals"]["total_cents"] == 0


# When the record cannot be written, or was taken back.


@contextmanager
def _full_disk(t: Told, table: str = "journal") -> Iterator[None]:
    """Every new row of *table* meets what PostgreSQL says when there is no room left (SQLSTATE 53100)."""
    with t.w.gateway.runtime.database.begin() as connection:
        connection.execute(text(
            "CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        ))  # fmt: skip
        connection.execute(text(f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()"))
    try:
        yield
    finally:
        with t.w.gateway.runtime.database.begin() as connection:
            connection.execute(text(f"DROP TRIGGER full_disk ON {table}"))


@pytest.mark.parametrize("table", ["journal", "journal_facts", "journal_pending"])
def test_edge_53_when_the_journal_is_full_nothing_leaves_nothing_comes_in_and_nothing_is_shown(t: Told, table: str):
    """I23: no record, no message; and a stop that cannot be recorded says so instead of pretending (ruling 33)."""
    t.say()
    sent, waits = t.requested(), None
    t.w.work()
    second = t.w.creditor("second", t.peer)
    t.say(creditor_id=second)
    waits = t.request(creditor=second).get_json()["statement_requests"][0]["id"]
    before = len(t.peer.received)
    with _full_disk(t, table):
        with pytest.raises(Unavailable):
            deliver(t.w.gateway.runtime, t.w.gateway.courier, t.waiting(waits), t.w.now)
        for answer in (
            t.w.call("c", "POST", f"/v1/statement-requests/{sent}/reply", statement(sent), **JSON),
            t.w.call("counsellor", "GET", f"/v1/cases/{t.case}"),
            t.w.call("counsellor", "POST", f"/v1/cases/{t.case}/withdrawals", {"everything": True}),
            t.try_saying(),
        ):
            assert answer.status_code == 503, answer.get_data(as_text=True)
            assert answer.headers["Retry-After"]
        assert len(t.peer.received) == before
        with t.w.gateway.runtime.database.begin() as connection:
            assert connection.scalar(text("SELECT count(*) FROM reply")) == 0
    assert t.waiting(waits), "it still waits"
    done = t.withdraw()
    assert (len(done["grants"]), done["cancelled_messages"], done["stop_notices"]) == (2, 1, 1)
    t.w.work()
    assert t.peer.kinds() == ["statement_request", "stop_notice"]


def test_edge_53_a_stop_needs_the_database_and_nothing_else(t: Told, monkeypatch):
    """I27: sequencer, copy on the disk and keys are out of reach; it is recorded and answered all the same."""
    t.say()
    request = t.requested()
    t.w.work()
    sequence_journal(t.w.gateway.runtime, t.w.now())
    shutil.rmtree(t.w.gateway.settings.data / "keys")

    def no_disk(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.services.keep_checkpoints.checkpoint_copy.write_file", no_disk, raising=False)
    done = t.withdraw()
    assert (done["stopped"], done["stop_notices"]) == ([request], 1)


def test_edge_54_a_backup_from_before_a_withdrawal_is_refused_at_the_start(t: Told):
    """It would send what the resident stopped: the gateway says which copy knows better, and does not start."""
    t.say()
    t.requested()
    runtime, settings = t.w.gateway.runtime, t.w.gateway.settings
    sequence_journal(runtime, t.w.now())
    name = f"backup_{uuid.uuid4().hex[:8]}"
    runtime.database.close()  # a copy is made of a database to which nobody is connected
    backup = server().create_database(name, template=runtime.database.url.rpartition("/")[2].partition("?")[0])
    try:
        t.withdraw()
        sequence_journal(runtime, t.w.now())
        environment = {"GATEWAY_DATABASE_URL": backup, "GATEWAY_MODE": "sandbox"}
        with (
            pytest.raises(OlderOrOther, match=r"apply by hand every withdrawal"),
            assembled(load_settings(data=settings.data, environment=environment), install=False),
        ):
            pass
        with assembled(settings, install=False):
            pass
        assert t.peer.received == []
    finally:
        server().drop_database(name)


# Receipts and keys.


def test_edge_55_a_key_that_leaked_is_revoked_from_a_day(t: Told):
    """What it signed before that day verifies and is flagged, what it signed since proves nothing, new receipts do."""
    grant = t.say()
    runtime = t.w.gateway.runtime
    early = _receipt(t, runtime, grant)
    t.w.later(days=3)
    leaked = t.w.now()
    t.w.later(days=3)
    late = _receipt(t, runtime, grant)
    old, _ = rotate_key(runtime, t.w.now(), by="j.devries")
    revoke_key(_restarted(runtime), old, leaked, "compromised", t.w.now(), by="j.devries")
    renewed = _restarted(runtime)
    t.w.later(hours=1)
    new = _receipt(t, renewed, grant)
    published = renewed.keys.key_history()
    [first], [second], [third] = (receipt_check.verify([one], published) for one in (early, late, new))
    assert (first.kind, second.kind, third.kind) == (Verdict.OK, Verdict.KEY, Verdict.OK)
    assert first.notes, "flagged: the moment of signing is the signer's word"
    assert not third.notes


def _restarted(runtime: Runtime) -> Runtime:
    """As a process that is started again sees its keys."""
    return replace(runtime, keys=Keys.load(runtime.settings.data / "keys"))


def _receipt(t: Told, runtime: Runtime, grant: str) -> bytes:
    [issued] = issue_receipts(runtime, UUID(grant), t.w.now(), actor="resident", organisation_id=None)
    assert issued.signed is not None
    return issued.signed.encode()


def test_edge_56_no_altered_receipt_passes(t: Told):
    """As it is issued: every sixteenth byte changed, cut short, without or with another algorithm, another kid."""
    grant = t.say()
    good = _receipt(t, t.w.gateway.runtime, grant)
    published = t.w.gateway.runtime.keys.key_history()
    assert receipt_check.verify([good], published)[0].kind is Verdict.OK
    head, body, signature = good.split(b".")
    said = json.loads(_decoded(head))
    bent = [good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :] for place in range(0, len(good), 16)]
    bent += [good[:length] for length in (0, 1, len(head), len(good) // 2, len(good) - 1)]
    for change in ({"alg": "none"}, {"alg": "HS256"}, {"alg": "ES384"}, {"kid": "other"}):
        bent.append(b".".join((_encoded({**said, **change}), body, signature)))
    bent.append(b".".join((_encoded({**said, "alg": "none"}), body, b"")))
    twice = _decoded(body)[:-1] + b',"said":"refused"}'
    bent.append(b".".join((head, base64.urlsafe_b64encode(twice).rstrip(b"="), signature)))
    passed = [one for one in bent if receipt_check.verify([one], published)[0].kind is Verdict.OK]
    assert passed == []


def _decoded(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def _encoded(header: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(header, separators=(",", ":")).encode()).rstrip(b"=")
