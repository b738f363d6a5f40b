"""
Fails closed at every step: the connection to the database breaks at the first statement, at the second, and so on.

A real break: the server ends the session just before a statement or a commit, or just after a commit, so that nobody
hears that it happened. Whatever was being done has then happened as a whole, or not at all; and what left has a record.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, text

from gateway.errors import Unavailable
from gateway.services.deliver import deliver
from gateway.storage.database import driver_connection
from tests.integration.permission_support import Told, told
from tests.integration.support import JSON, Peer, World, listening, statement

MOST = 120  # steps; far more than any of these takes


@pytest.fixture(scope="module")
def t() -> Iterator[Told]:
    with told() as made:
        yield made


@dataclass
class Failpoint:
    """Counts the steps of what goes on in its block, and breaks the connection at one of them."""

    w: World
    at: int
    after_commit: bool = False  # break after the commit instead of before it: done, and nobody heard
    steps: list[str] = field(default_factory=list)

    @property
    def fired(self) -> bool:
        return len(self.steps) >= self.at

    def _step(self, connection: Any, name: str) -> None:
        self.steps.append(name)
        if len(self.steps) == self.at:
            self._break(connection)

    def _break(self, connection: Any) -> None:
        pid = driver_connection(connection).info.backend_pid
        with psycopg.connect(self.w.gateway.runtime.database.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    @contextmanager
    def armed(self) -> Iterator[Failpoint]:
        engine = self.w.gateway.runtime.database._engine

        def statement(connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
            if not self.after_commit:
                self._step(connection, sql.split("\n")[0][:60])

        def commit(connection: Any) -> None:
            if not self.after_commit:
                self._step(connection, "COMMIT")

        do_commit = engine.dialect.do_commit

        def committed(raw: Any) -> None:
            do_commit(raw)
            if self.after_commit:
                self.steps.append("COMMIT")
                if len(self.steps) == self.at:
                    raise psycopg.OperationalError("server closed the connection unexpectedly")

        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
        engine.dialect.do_commit = committed  # type: ignore[method-assign]
        try:
            yield self
        finally:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "commit", commit)
            del engine.dialect.do_commit  # the class's own again


def everything(w: World) -> dict[str, str]:
    """A digest of every row of every table."""
    with w.gateway.runtime.database.begin() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        one = (
            "SELECT '{0}' AS name, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS rows FROM \"{0}\" t"
        )
        query = " UNION ALL ".join(one.format(name) for name in names)
        return {row.name: row.rows for row in connection.execute(text(query))}


@dataclass
class Scene:
    """One resident with a yes and a question that waits, at a creditor of its own."""

    t: Told
    peer: Peer
    name: str
    creditor: str
    case: str
    grant: str
    request: str

    @property
    def told(self) -> Told:
        return Told(w=self.t.w, peer=self.peer, creditor=self.creditor, case=self.case, counsellor=self.t.counsellor)

    def delivered(self) -> Scene:
        self.t.w.work()
        return self

    def call(self, path: str, body: Any, key: str, *, role: str = "counsellor", **headers: str) -> Any:
        return self.t.w.call(role, "POST", path, body, key=key, **headers)

    def journal(self) -> list[str]:
        with self.t.w.gateway.runtime.database.begin() as connection:
            query = text("SELECT kind FROM journal WHERE case_id = :case ORDER BY id")
            return list(connection.scalars(query, {"case": self.case}))

    def state(self) -> tuple[str, int]:
        """Of the question in the outbox: where it stands, and how often it was tried."""
        with self.t.w.gateway.runtime.database.begin() as connection:
            query = text("SELECT state, attempts FROM message WHERE subject_id = :id AND kind = 'statement_request'")
            row = connection.execute(query, {"id": self.request}).one()
            return row.state, row.attempts


@pytest.fixture
def scene(t: Told) -> Iterator[Callable[[], Scene]]:
    with listening(Peer()) as peer:
        name = f"c{uuid.uuid4().hex[:8]}"
        creditor = t.w.creditor(name, peer)

        def make() -> Scene:
            peer.received.clear()
            case = t.w.case()
            mine = Told(w=t.w, peer=peer, creditor=creditor, case=case, counsellor=t.counsellor)
            grant = mine.say()
            return Scene(t, peer, name, creditor, case, grant, mine.requested())

        yield make


# What comes in over the interface: all of it or nothing, and the caller may simply try again.

Act = Callable[[Scene, str], Any]


def _reply(scene: Scene, key: str) -> Any:
    path = f"/v1/statement-requests/{scene.request}/reply"
    return scene.call(path, statement(scene.request), key, role=scene.name, **JSON)


def _withdraw(scene: Scene, key: str) -> Any:
    return scene.call(f"/v1/cases/{scene.case}/withdrawals", {"everything": True}, key)


def _doubt(scene: Scene, key: str) -> Any:
    body = {"everything": True, "method": "phone", "identity_doubted": True}
    return scene.call(f"/v1/cases/{scene.case}/withdrawals", body, key)


def _revoke(scene: Scene, key: str) -> Any:
    body = {"change": "revoked", "reason": "municipality", "recorded_by": scene.t.counsellor}
    return scene.call(f"/v1/grants/{scene.grant}/changes", body, key)


def _say(scene: Scene, key: str) -> Any:
    word = scene.told.word(purpose="proposal")
    return scene.call(f"/v1/cases/{scene.case}/grants", {"recorded_by": scene.t.counsellor, "grants": [word]}, key)


def _ask(scene: Scene, key: str) -> Any:
    other = scene.t.creditor
    return scene.call(f"/v1/cases/{scene.case}/statement-requests", {"requests": [{"creditor_id": other}]}, key)


# `make faults` breaks at every step; an ordinary run at each third, because there are some hundreds of them.
STRIDE = 1 if os.environ.get("EVERY_FAILPOINT") else 3
ACTS: dict[str, tuple[Act, list[str]]] = {  # the act, and the entries that it leaves exactly once
    "reply": (_reply, ["reply.received", "reply.accepted"]),
    "withdraw": (_withdraw, ["consent.withdrawn", "request.stopped", "stop_notice.queued", "counsellor.told"]),
    "doubt": (_doubt, ["consent.paused", "request.stopped", "stop_notice.queued"]),
    "revoke": (_revoke, ["consent.revoked", "request.stopped", "stop_notice.queued"]),
    "say": (_say, ["consent.given"]),
    "ask": (_ask, ["request.asked"]),
}


@pytest.mark.parametrize("after_commit", [False, True], ids=["before it counts", "done and nobody heard"])
@pytest.mark.parametrize("name", ACTS)
def test_what_is_cut_off_has_happened_as_a_whole_or_not_at_all(
    scene: Callable[[], Scene], name: str, after_commit: bool
):
    """At the n-th step, for every n: 503 and not a row different, or all of it; and tried again it is there once."""
    act, leaves = ACTS[name]
    refused = whole = 0
    for n in range(1, MOST, 1 if after_commit else STRIDE):
        made = scene().delivered()
        if name == "ask":
            Told(made.t.w, made.peer, made.t.creditor, made.case, made.t.counsellor).say()
        before, journal, key = everything(made.t.w), made.journal(), str(uuid.uuid4())
        with Failpoint(made.t.w, n, after_commit).armed() as point:
            answer = act(made, key)
        if not point.fired:
            assert answer.status_code < 300
            break
        if answer.status_code >= 300:
            refused += 1
            assert (answer.status_code, bool(answer.headers["Retry-After"])) == (503, True), point.steps[-1]
            if not after_commit:
                assert everything(made.t.w) == before, point.steps[-1]
            again = act(made, key)
            assert again.status_code < 300, (point.steps[-1], again.get_data(as_text=True))
        else:
            whole += 1
        added = made.journal()[len(journal) :]
        assert [added.count(kind) for kind in leaves] == [1] * len(leaves), (point.steps[-1], added)
    else:
        raise AssertionError("it never comes to an end")
    assert refused >= (1 if after_commit else 3), "the failpoints were there"
    if name == "withdraw" and not after_commit:
        assert whole > 0, "once it is recorded, nothing that breaks afterwards takes it back"


# What leaves.


def _sent(made: Scene) -> list[str]:
    """SHA-256 of each question that arrived."""
    pairs = zip(made.peer.kinds(), made.peer.received, strict=True)
    return [hashlib.sha256(content).hexdigest() for kind, (_, _, content) in pairs if kind == "statement_request"]


def _permits(made: Scene) -> list[str]:
    return [
        facts["resource"]["properties"]["digest"]
        for facts in made.told.decisions()
        if facts["action"]["name"] == "send" and facts["decision"]
    ]


@pytest.mark.parametrize("then", ["goes on", "stops"])
@pytest.mark.parametrize("after_commit", [False, True], ids=["before it counts", "done and nobody heard"])
def test_a_sending_that_is_cut_off_leaves_a_record_before_a_byte(
    scene: Callable[[], Scene], after_commit: bool, then: str
):
    """
    At the n-th step, for every n: what arrived was permitted and recorded before, byte for byte. Afterwards the worker
    gets it there and it counts once; or the resident stops, and whoever may have it is told, and nothing more leaves.
    """
    arrived = unsent = 0
    for n in range(1, MOST, 1 if after_commit else STRIDE):
        made = scene()
        runtime = made.t.w.gateway.runtime
        before, waiting = everything(made.t.w), made.told.waiting(made.request)
        # Unavailable is what a worker's job ends with; the row is the truth.
        with Failpoint(made.t.w, n, after_commit).armed() as point, suppress(Unavailable):
            deliver(runtime, made.t.w.gateway.courier, waiting, made.t.w.now)
        if not point.fired:
            assert made.state() == ("delivered", 1)
            break
        digests = _sent(made)
        if digests:
            arrived += 1
        else:
            unsent += 1
            if made.journal().count("message.sending") == 0:
                assert everything(made.t.w) == before, point.steps[-1]
        assert len(digests) <= 1
        assert set(digests) <= set(_permits(made)), "no byte without its record"
        assert made.journal().count("message.sending") >= len(digests)
        if then == "goes on":
            _goes_on(made)
        else:
            _stops(made, was_begun=made.journal().count("message.sending") > 0, sent=len(digests))
    else:
        raise AssertionError("it never comes to an end")
    assert arrived > 0
    assert unsent > 0


def _goes_on(made: Scene) -> None:
    made.t.w.later(minutes=10)
    made.t.w.work()
    state, attempts = made.state()
    assert state == "delivered"
    assert attempts >= len(_sent(made)) >= 1
    journal = made.journal()
    assert [journal.count(kind) for kind in ("consent.used", "message.delivered", "term.started")] == [1, 1, 1]
    assert sorted(set(_sent(made))) == sorted(set(_sent(made)) & set(_permits(made)))


def _stops(made: Scene, *, was_begun: bool, sent: int) -> None:
    delivered = made.state()[0] == "delivered"
    made.t.w.later(minutes=10)
    done = made.told.withdraw()
    assert done["stop_notices"] == int(was_begun)
    made.t.w.later(minutes=10)
    made.t.w.work()
    assert made.peer.kinds() == ["statement_request"] * sent + ["stop_notice"] * int(was_begun)
    assert made.state()[0] == ("delivered" if delivered else "cancelled")


def test_a_worker_that_is_cut_off_in_the_middle_of_a_batch_loses_nothing(scene: Callable[[], Scene]):
    """Of several messages in one job each is sent or waits; the sweep gives what waits another job, and all arrive."""
    for n in (1, 12, 24, 40, 55):
        batch = [scene() for _ in range(3)]
        world = batch[0].t.w
        batch[0].peer.received.clear()
        waiting: list[UUID] = [one for made in batch for one in made.told.waiting(made.request)]
        with Failpoint(world, n).armed() as point, suppress(Unavailable):
            deliver(world.gateway.runtime, world.gateway.courier, waiting, world.now)
        assert point.fired
        world.later(minutes=10)
        world.work()
        assert [made.state()[0] for made in batch] == ["delivered"] * 3
        assert [made.journal().count("message.delivered") for made in batch] == [1] * 3
