"""One case with every kind of standing in it, for the tests of pages and evidence files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from gateway.settings import Settings
from tests.integration.support import ACCEPT, JSON, Peer, World, listening, statement, world

SPLIT = [
    {"kind": "principal", "outstanding_cents": 100_000},
    {"kind": "increase", "outstanding_cents": 23_450},
]


@dataclass
class Told:
    """A case that has been lived through: who is in it, and the way to each page."""

    w: World
    case: str = ""
    counsellor: str = ""
    creditors: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)

    def link(self, role: str, subject: str | None = None) -> str:
        """The path of a fresh page link."""
        if role == "creditor":
            body = {"creditor_id": subject or self.case}
            address: str = self.w.ok("administrator", "POST", "/v1/creditor-page-links", body)["address"]
        else:
            body = {"role": role, "case_id": subject or self.case}
            address = self.w.ok("counsellor", "POST", "/v1/page-links", body)["address"]
        return "/page/" + address.rpartition("/page/")[2]

    def visitor(self, role: str, subject: str | None = None) -> FlaskClient:
        """A browser that came in by a page link; its cookies are its own."""
        browser = self.w.gateway.flask.test_client()
        entered = browser.get(self.link(role, subject))
        assert entered.status_code == 303, entered.get_data(as_text=True)
        return browser

    def evidence(self) -> bytes:
        archive: bytes = self.w.call("counsellor", "GET", f"/v1/cases/{self.case}/evidence").get_data()
        return archive

    def reply(self, name: str, body: bytes) -> Any:
        return self.w.ok(name, "POST", f"/v1/statement-requests/{self.requests[name]}/reply", body, **JSON)


@contextmanager
def told(
    *, proposed: bool = True, settings_change: Callable[[Settings], Settings] = lambda settings: settings
) -> Iterator[Told]:
    """
    Energy answered and agreed; Gym answers what cannot be understood; Shop says nothing at all; Bank answered in time
    and is silent about the offer, under the agreed regime; Phone may not be asked.
    """
    with world(settings_change=settings_change) as w, listening(Peer()) as peer:
        w.counsellor_organisation()
        made = Told(w=w)
        made.counsellor = w.counsellor()
        for name, group in (
            ("energy", "agreement"),
            ("gym", "default"),
            ("shop", "default"),
            ("bank", "agreement"),
            ("phone", "default"),
        ):
            made.creditors[name] = w.creditor(name, peer, regime_group=group)
        made.case = w.case()
        asked = [name for name in made.creditors if name != "phone"]
        w.grant(made.case, [made.creditors[name] for name in asked], made.counsellor)
        w.grant(made.case, [made.creditors["phone"]], made.counsellor, act="refused")
        made.requests = dict(zip(asked, w.ask(made.case, [made.creditors[name] for name in asked]), strict=True))
        w.work()
        w.later(days=3)
        split = {"reference": "R-1", "components": SPLIT, "rank": "ordinary", "total_stated_cents": 123_450}
        made.reply("energy", _with(statement(made.requests["energy"]), [split], 123_450))
        made.reply("bank", statement(made.requests["bank"], principal_cents=400_000))
        made.reply("gym", _with(statement(made.requests["gym"]), [{**split, "total_stated_cents": 99_999}], 99_999))
        _let_pass(w, days=40)
        if proposed:
            _propose(made)
        yield made


def _with(reply: bytes, debts: list[dict[str, Any]], total_cents: int) -> bytes:
    return json.dumps({**json.loads(reply), "debts": debts, "total_stated_cents": total_cents}).encode()


def _let_pass(w: World, *, days: int) -> None:
    for _ in range(days):
        w.later(days=1)
        w.work()


def _propose(made: Told) -> None:
    """An offer to whoever answered; Energy agrees, Bank stays silent until its silence is earned and confirmed."""
    w = made.w
    body = {"made_by": made.counsellor, "pool_cents": 90_000, "duration_months": 18, "basis": "total"}
    w.ok("counsellor", "POST", f"/v1/cases/{made.case}/proposals", body)
    w.work()
    offer = w.line(made.case, made.creditors["energy"])["offer"]["id"]
    w.ok("energy", "POST", f"/v1/offers/{offer}/answer", ACCEPT, **JSON)
    _let_pass(w, days=40)
    offer = w.line(made.case, made.creditors["bank"])["offer"]["id"]
    w.ok("counsellor", "POST", f"/v1/offers/{offer}/confirmation", {"counsellor_id": made.counsellor})
    w.work()
