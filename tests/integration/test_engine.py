"""The job engine: a job and the row it acts on are one; a killed process leaves neither or both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from sqlalchemy import text

from gateway.services import deliver as delivering
from gateway.services.deliver import deliver
from gateway.services.sweep_deadlines import redefer_lost
from gateway.storage import messages
from tests.integration.support import Peer, World, listening, world

_CHILD = textwrap.dedent(
    """
    import os, sys, uuid
    from datetime import UTC, datetime
    from pathlib import Path
    from gateway.app import assembled
    from gateway.services import outbox
    from gateway.services.ask_statement import Asked, ask_statements
    from gateway.settings import load_settings

    data, organisation, case, creditor, moment = sys.argv[1:6]
    settings = load_settings(data=Path(data))
    with assembled(settings, install=False) as gateway:
        runtime, real = gateway.runtime, gateway.runtime.defer

        def defer(connection, job, arguments, *, after_seconds=0):
            if moment == "before_the_job":
                os.kill(os.getpid(), 9)
            real(connection, job, arguments, after_seconds=after_seconds)
            if moment == "before_the_commit":
                os.kill(os.getpid(), 9)

        object.__setattr__(runtime, "defer", defer)
        now = datetime.fromisoformat(sys.argv[6])
        ask_statements(runtime, uuid.UUID(organisation), uuid.UUID(case), [Asked(creditor_id=uuid.UUID(creditor))], now, call=None)
        os.kill(os.getpid(), 9)
    """
)


@pytest.fixture
def w():
    with world() as made:
        yield made


def _counts(w: World) -> tuple[int, int]:
    """Messages and jobs in the database."""
    with w.gateway.runtime.database.begin() as connection:
        return messages.open_count(connection), w.gateway.engine.depth(connection)


@pytest.mark.parametrize(
    ("moment", "left"),
    [("before_the_job", (0, 0)), ("before_the_commit", (0, 0)), ("after_the_commit", (1, 1))],
)
def test_a_process_killed_between_row_and_job_leaves_neither_or_both(w: World, moment: str, left: tuple[int, int]):
    """Promise 2: record, then act; there is no instant with one and not the other."""
    organisation = w.counsellor_organisation()
    creditor, case = w.creditor("a"), w.case()
    w.grant(case, [creditor], w.counsellor())
    settings = w.gateway.settings
    environment = {**os.environ, "GATEWAY_DATABASE_URL": settings.database_url or "", "GATEWAY_MODE": "sandbox"}
    arguments = [str(settings.data), organisation, case, creditor, moment, w.now().isoformat()]
    died = subprocess.run([sys.executable, "-c", _CHILD, *arguments], env=environment, capture_output=True, timeout=60)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert _counts(w) == left


def test_a_rollback_takes_the_job_along(w: World):
    """A job deferred in a transaction that fails was never deferred."""
    with pytest.raises(RuntimeError), w.gateway.runtime.database.begin() as connection:
        w.gateway.engine.defer(connection, "deliver", [{"message_ids": []}])
        assert w.gateway.engine.depth(connection) == 1
        raise RuntimeError
    assert _counts(w)[1] == 0


def test_a_message_whose_worker_died_is_sent_again_with_the_same_id(w: World):
    """The claim is a lease: when it ends, the sweep gives the message a job again, and the receiver sees one id."""
    w.counsellor_organisation()

    class Dies:
        def send(self, envelope, permit):
            raise KeyboardInterrupt

    with listening(Peer()) as peer:
        creditor, case = w.creditor("a", peer), w.case()
        w.grant(case, [creditor], w.counsellor())
        w.ask(case, [creditor])
        with w.gateway.runtime.database.begin() as connection:
            waiting = messages.lost(connection, w.now(), limit=5)
        with pytest.raises(KeyboardInterrupt):
            deliver(w.gateway.runtime, Dies(), waiting, w.now)
        w.work()
        assert peer.received == []  # the lease still runs
        w.later(seconds=w.gateway.settings.delivery.lease + 1)
        assert redefer_lost(w.gateway.runtime, w.now(), grace_before=w.now()) == 1
        w.work()
    assert len(peer.received) == 1
    assert peer.received[0][1]["Gateway-Message-Id"] == str(waiting[0])
    assert w.line(case, creditor)["state"] == "waiting"


def test_a_worker_that_was_stopped_for_too_long_does_not_send_after_all(w: World, monkeypatch):
    """Between the claim and the first byte a process may be frozen; what it slept through may be a withdrawal."""
    w.counsellor_organisation()
    with listening(Peer()) as peer:
        creditor, case = w.creditor("a", peer), w.case()
        w.grant(case, [creditor], w.counsellor())
        w.ask(case, [creditor])
        with w.gateway.runtime.database.begin() as connection:
            waiting = messages.lost(connection, w.now(), limit=5)
        real = delivering._claim

        def frozen_after(runtime, message_id, now):
            claimed = real(runtime, message_id, now)
            object.__setattr__(claimed, "claimed_at", claimed.claimed_at - runtime.settings.delivery.lease)
            return claimed

        monkeypatch.setattr(delivering, "_claim", frozen_after)
        deliver(w.gateway.runtime, w.gateway.courier, waiting, w.now)
        assert peer.received == []
        monkeypatch.undo()
        w.later(seconds=w.gateway.settings.delivery.lease + 1)
        w.work()
    assert len(peer.received) == 1


def test_a_sweep_that_died_half_way_does_not_keep_later_sweeps_from_running(w: World):
    """A killed worker leaves its job "doing" for ever; deadlines must not wait for it."""
    w.counsellor_organisation()
    with listening(Peer()) as peer:
        creditor, case = w.creditor("a", peer), w.case()
        w.grant(case, [creditor], w.counsellor())
        w.ask(case, [creditor])
        w.work()  # the term runs from April 2026; by the clock of a worker process its reminder is long due
        runtime = w.gateway.runtime
        with runtime.database.begin() as connection:
            w.gateway.engine.defer(connection, "sweep", [{}])
            connection.execute(
                text("UPDATE procrastinate_jobs SET status = 'doing', lock = 'sweep' WHERE task_name = 'sweep'")
            )
        settings = w.gateway.settings
        environment = {**os.environ, "GATEWAY_DATABASE_URL": settings.database_url or "", "GATEWAY_MODE": "sandbox"}
        command = [sys.executable, "-m", "gateway.cli", "work", "--data", str(settings.data)]
        working = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            until = time.monotonic() + 40
            while "term.reminder_queued" not in w.journal(case) and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            working.terminate()
            working.wait(timeout=60)
        assert "term.reminder_queued" in w.journal(case)
