"""A gateway on a fresh PostgreSQL database, with a clock the test holds and creditors that are real HTTP servers."""

from __future__ import annotations

import atexit
import itertools
import json
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from flask.testing import FlaskClient

from gateway.app import Gateway, assembled
from gateway.engine import Engine
from gateway.services.deliver import deliver
from gateway.services.register import issue_token
from gateway.services.sweep_deadlines import sweep_deadlines
from gateway.settings import Settings, load_settings
from gateway.storage import messages, migrate
from gateway.storage.database import Database
from gateway.storage.embedded import EmbeddedServer

START = datetime(2026, 4, 24, 8, 0, tzinfo=UTC)  # Friday 24 April 2026, 10:00 in Amsterdam
RESIDENT = {
    "bsn": "999990019",
    "initials": "A.B.",
    "surname": "Voorbeeld",
    "birth_date": "1985-02-03",
    "street": "Dorpsstraat",
    "house_number": "1",
    "postcode": "1234 AB",
    "town": "Voorbeeldstad",
}
TEMPLATE = "template_gateway"  # migrated once, copied for each test
_numbers = itertools.count(1)


@cache
def server() -> EmbeddedServer:
    """One embedded server for the whole test run; each world gets a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-tests-"))
    running = EmbeddedServer(folder / "postgres")
    running.acquire()
    template = Database(url := running.create_database(TEMPLATE))
    migrate.upgrade(template, also=Engine(url).install)
    template.close()

    def end() -> None:
        running.destroy()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return running


@dataclass
class Peer:
    """A creditor's endpoint: says what *answer* says, and keeps what arrived."""

    answer: Callable[[Mapping[str, str], bytes], tuple[int, str, bytes]] = lambda _headers, _body: (202, "", b"")
    received: list[tuple[datetime, Mapping[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def kinds(self) -> list[str]:
        """The kind of each JSON message that arrived, in order."""
        return [json.loads(body)["kind"] for _, _, body in self.received]


@contextmanager
def listening(peer: Peer) -> Iterator[Peer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            peer.received.append((datetime.now(UTC), dict(self.headers), body))
            status, media_type, answer = peer.answer(dict(self.headers), body)
            self.send_response(status)
            if media_type:
                self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None: ...

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=listener.serve_forever, daemon=True).start()
    peer.url = f"http://127.0.0.1:{listener.server_address[1]}/messages"
    try:
        yield peer
    finally:
        listener.shutdown()
        listener.server_close()


@dataclass
class World:
    """A gateway whose clock stands where the test puts it, and whose worker runs when the test says so."""

    gateway: Gateway
    web: FlaskClient
    offset: timedelta = timedelta(0)
    tokens: dict[str, str] = field(default_factory=dict)

    def now(self) -> datetime:
        return START + self.offset

    def at(self, moment: datetime) -> None:
        """Put the clock at *moment*."""
        assert moment >= self.now(), "time only moves forward"
        self.offset = moment - START

    def later(self, **length: float) -> None:
        self.offset += timedelta(**length)

    def work(self) -> None:
        """Do what a worker would: deliver what waits, sweep what is due, until nothing is left to do."""
        for _ in range(50):
            with self.gateway.runtime.database.begin() as connection:
                waiting = messages.lost(connection, self.now(), limit=500)
            swept = sweep_deadlines(self.gateway.runtime, self.now())
            if not waiting and not swept:
                return
            deliver(self.gateway.runtime, self.gateway.courier, waiting, self.now)
        raise AssertionError("the work never ends")

    def call(
        self, role: str, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> Any:
        """Call the interface as *role* (a name in tokens); JSON in, JSON out."""
        sent = {"Authorization": f"Bearer {self.tokens[role]}", "Idempotency-Key": key or str(uuid.uuid4()), **headers}
        if isinstance(body, bytes):
            return self.web.open(path, method=method, data=body, headers=sent)
        return self.web.open(path, method=method, json=body, headers=sent)

    def ok(self, role: str, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        answer = self.call(role, method, path, body, **more)
        assert answer.status_code < 300, (answer.status_code, answer.get_data(as_text=True))
        found: dict[str, Any] = answer.get_json()
        return found

    def counsellor_organisation(self, name: str = "counsellor") -> str:
        number = f"000000990000{next(_numbers):05d}000"
        body = {"kind": "counsellor", "name": f"Gemeente {name}", "oin": number, "sector": "municipality"}
        made: str = self.ok("administrator", "POST", "/v1/participants", body)["id"]
        self._token(name, "counsellor", made)
        return made

    def creditor(self, name: str, peer: Peer | None = None, **more: Any) -> str:
        body = {
            "kind": "creditor",
            "name": f"Schuldeiser {name}",
            "kvk": f"{99_000_000 + next(_numbers)}",
            "sector": "energy",
            "regime_group": "agreement",
            "format": "gateway-json",
            "endpoint": peer.url if peer is not None else "http://127.0.0.1:9/messages",
            **more,
        }
        made: str = self.ok("administrator", "POST", "/v1/participants", body)["id"]
        self._token(name, "creditor", made)
        return made

    def _token(self, name: str, role: str, participant_id: str) -> None:
        body = {"role": role, "label": name, "participant_id": participant_id}
        self.tokens[name] = self.ok("administrator", "POST", "/v1/access-tokens", body)["access_token"]

    def case(self, role: str = "counsellor", bsn: str = RESIDENT["bsn"]) -> str:
        body = {"reference": f"Z-{next(_numbers)}", "resident": {**RESIDENT, "bsn": bsn}}
        made: str = self.ok(role, "POST", "/v1/cases", body)["id"]
        return made

    def counsellor(self, role: str = "counsellor") -> str:
        made: str = self.ok(role, "POST", "/v1/counsellors", {"name": "S. de Vries"})["id"]
        return made

    def grant(self, case: str, creditors: Sequence[str], counsellor: str, *, act: str = "given") -> list[str]:
        said = [
            {"creditor_id": creditor, "purpose": purpose, "act": act, "method": "desk"}
            for creditor in creditors
            for purpose in ("inventory", "proposal")
        ]
        body = {"recorded_by": counsellor, "grants": said}
        return [one["id"] for one in self.ok("counsellor", "POST", f"/v1/cases/{case}/grants", body)["grants"]]

    def ask(self, case: str, creditors: Sequence[str]) -> list[str]:
        body = {"requests": [{"creditor_id": creditor, "references": ["R-1"]} for creditor in creditors]}
        asked = self.ok("counsellor", "POST", f"/v1/cases/{case}/statement-requests", body)
        return [one["id"] for one in asked["statement_requests"]]

    def overview(self, case: str) -> dict[str, Any]:
        return self.ok("counsellor", "GET", f"/v1/cases/{case}")

    def line(self, case: str, creditor: str) -> dict[str, Any]:
        """One creditor's line in the overview."""
        found: dict[str, Any] = next(
            line for line in self.overview(case)["creditors"] if line["creditor"]["id"] == creditor
        )
        return found

    def journal(self, case: str) -> list[str]:
        """The kinds of the case's journal entries, oldest first."""
        return [entry["type"] for entry in self.events() if entry["case_id"] == case]

    def events(self, role: str = "counsellor") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = -1
        while True:
            page = self.ok(role, "GET", f"/v1/events?after={after}&limit=200")
            found += page["events"]
            if not page["events"]:
                return found
            after = page["next_after"]


@contextmanager
def world(*, settings_change: Callable[[Settings], Settings] = lambda settings: settings) -> Iterator[World]:
    """A fresh gateway; its database, keys and clock are this test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory(prefix="gateway-world-") as folder:
        url = server().create_database(name, template=TEMPLATE)
        try:
            settings = load_settings(
                data=Path(folder), environment={"GATEWAY_DATABASE_URL": url, "GATEWAY_MODE": "sandbox"}
            )
            with assembled(settings_change(settings), install=False) as gateway:
                made = World(gateway=gateway, web=gateway.flask.test_client())
                object.__setattr__(gateway, "now", made.now)
                made.tokens["administrator"] = issue_token(gateway.runtime, "administrator", "test", made.now())
                yield made
        finally:
            server().drop_database(name)


def statement(request_id: str, *, principal_cents: int = 100_000, as_of: str = "2026-04-24", **more: Any) -> bytes:
    """A reply in the gateway's own JSON form: one debt, split, adding up."""
    debt = {
        "reference": "R-1",
        "components": [{"kind": "principal", "outstanding_cents": principal_cents}],
        "rank": "ordinary",
        "total_stated_cents": principal_cents,
    }
    reply = {"request_id": request_id, "outcome": "statement", "as_of": as_of, "debts": [debt]}
    return json.dumps({**reply, "total_stated_cents": principal_cents, **more}).encode()


JSON = {"Content-Type": "application/json"}
ACCEPT = b'{"answer": "accept"}'
REFUSE_WITHOUT_FACTS = b'{"answer": "refuse", "reason": "Nee."}'
