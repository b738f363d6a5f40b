"""Every way into the interface, with a call on it that works: what the attacks start from."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import text

from gateway.api import counsellor, creditor, letter_codes, life, partners, permission, proofs, soap, system
from gateway.api.access import POLICIES
from gateway.services.keep_checkpoints import sequence_journal
from gateway.storage import journal_tree
from tests.integration.support import JSON, RESIDENT, Peer, World, listening, statement, world

RAW = {"creditor.reply", "creditor.offer_answer"}  # these take a creditor's own bytes, not a body of ours
SOAP = {"soap.call"}  # takes an envelope, and has attacks of its own in test_soap_door.py
KEYED = {
    "counsellor.open_", "counsellor.record_grants", "counsellor.ask", "counsellor.propose", "permission.ask_resident",
    "permission.renew", "permission.add_mandate", "permission.override",
}  # fmt: skip
FORMATS = (
    "agency-json", "bailiff-xml", "bare-list", "fcid-like", "gateway-json", "gateway-xml", "skp-like", "ubl-statement",
)  # fmt: skip
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
QUERIES = {"proofs.inclusion": "?index=0&leaf={leaf}"}  # what a route cannot be asked without


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way in: an endpoint with its method and its path, in which ids stand between braces."""

    endpoint: str
    method: str
    path: str

    @property
    def roles(self) -> frozenset[str]:
        return POLICIES[self.endpoint]

    @property
    def has_id(self) -> bool:
        return "{" in self.path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: Flask) -> list[Route]:
    """Every rule under /v1, one entry for each method that was asked for."""
    return sorted(
        (
            Route(endpoint=rule.endpoint, method=method, path=rule.rule.replace("<", "{").replace(">", "}"))
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/v1")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ),
        key=str,
    )


def _app() -> Flask:
    app = Flask("routes", static_folder=None)
    for part in (counsellor, creditor, letter_codes, life, partners, permission, proofs, soap, system):
        app.register_blueprint(part.blueprint, url_prefix="/v1")
    return app


ROUTES = routes_of(_app())
POSTS = [route for route in ROUTES if route.method == "POST" and route.endpoint not in SOAP]


@dataclass
class Prepared:
    """A case with an answered request, an offer, a held reply, and one open request per format."""

    w: World
    ids: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)  # format -> an open request to the creditor of that name
    organisation: str = ""
    counsellor: str = ""
    second: str = ""  # another counsellor of the same organisation
    creditor: str = ""
    partner_case: str = ""  # of another resident of the same organisation
    leaf: str = ""  # the hash of the first entry's leaf

    def path(self, route: Route, **other: str) -> str:
        return (route.path + QUERIES.get(route.endpoint, "")).format(**{**self.ids, "leaf": self.leaf, **other})

    def caller(self, route: Route) -> str:
        """Somebody who may: for the routes of creditors the one that the ids belong to."""
        if "administrator" in route.roles:
            return "administrator"
        return "owner" if "creditor" in route.roles else "counsellor"

    def body(self, route: Route) -> Any:
        """A body that *route* takes."""
        fresh = uuid.uuid4().int
        grant = {"creditor_id": self.creditor, "purpose": "inventory", "act": "deferred", "method": "desk"}
        return {
            "counsellor.add_counsellor": {"name": "S. de Vries"},
            "counsellor.open_": {"reference": "Z-1", "resident": dict(RESIDENT)},
            "counsellor.record_grants": {"recorded_by": self.counsellor, "grants": [grant]},
            "counsellor.withdraw": {"creditor_id": UNKNOWN_ID},
            "counsellor.ask": {"requests": [{"creditor_id": self.creditor, "references": ["R-1"]}]},
            "counsellor.propose": {
                "made_by": self.counsellor, "pool_cents": 90_000, "duration_months": 18, "basis": "total",
            },
            "counsellor.confirm": {"counsellor_id": self.counsellor},
            "counsellor.dispute": {"counsellor_id": self.counsellor, "open": False},
            "counsellor.dismiss": {"counsellor_id": self.counsellor, "reason": "other"},
            "counsellor.key_in": {
                "keyed_by": self.counsellor, "received_on": self.w.now().date().isoformat(), "page_reference": "1",
                "statement": {"outcome": "nil", "as_of": self.w.now().date().isoformat(), "debts": []},
            },
            "counsellor.check_keyed": {"counsellor_id": self.counsellor, "agrees": True, "outcome": "nil"},
            "counsellor.page_link": {"role": "resident", "case_id": self.ids["case_id"]},
            "letter_codes.make": {"made_by": self.counsellor},
            "letter_codes.write": {"made_by": self.counsellor, "language": "ar"},
            "life.preview": {"creditor_id": UNKNOWN_ID},
            "life.close": {"counsellor_id": self.counsellor, "reason": "finished"},
            "life.hold": {"counsellor_id": self.counsellor, "reason": "audit", "on": True},
            "life.erase": {"counsellor_id": self.counsellor},
            "partners.link": {"partner_case_id": self.partner_case, "recorded_by": self.counsellor},
            "partners.end": {"recorded_by": self.counsellor},
            "partners.safety": {"recorded_by": self.counsellor, "unsafe": True},
            "partners.address": {"recorded_by": self.counsellor, "on": True},
            "permission.ask_resident": {
                "recorded_by": self.counsellor, "asks": [{"creditor_id": self.creditor, "purpose": "aftercare"}],
            },
            "permission.serve": {"recorded_by": self.counsellor},
            "permission.change": {"change": "paused", "reason": "resident_asked", "recorded_by": self.counsellor},
            "permission.renew": {"recorded_by": self.counsellor, "method": "desk"},
            "permission.add_mandate": a_mandate(self.counsellor),
            "permission.override": {
                "statute": "eviction", "creditor_id": self.creditor, "motive": "Woensdag wordt het huis ontruimd.",
                "decided_by": self.counsellor, "seconded_by": self.second,
            },
            "permission.stop_mandate": {"recorded_by": self.counsellor, "reason": "task_done"},
            "permission.recall": {"notice": "inventory", "version": 1, "effect": "review"},
            "system.add_participant": {
                "kind": "creditor", "name": "Nieuw", "kvk": f"{fresh % 10**8:08d}", "sector": "energy",
                "regime_group": "default", "endpoint": "http://127.0.0.1:9/messages", "format": "gateway-json",
            },
            "system.move_participant": {"endpoint": "http://127.0.0.1:9/messages"},
            "system.add_token": {"role": "creditor", "label": "nieuw", "participant_id": self.creditor},
            "system.add_page_link": {"creditor_id": self.creditor},
            "system.advance_clock": {"seconds": 0},
        }[route.endpoint]  # fmt: skip

    def send(self, route: Route, body: Any, *, caller: str | None = None, **headers: str) -> Any:
        """Call *route* as somebody who may, with bytes or with something to write as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.post(caller or self.caller(route), self.path(route), raw, **{**JSON, **headers})

    def post(self, caller: str, path: str, raw: bytes, **headers: str) -> Any:
        """As `World.call`, with a Content-Length also when that is nought: the test client leaves it out."""
        who = {"Authorization": f"Bearer {self.w.tokens[caller]}", "Idempotency-Key": str(uuid.uuid4())}
        length = {"CONTENT_LENGTH": str(len(raw))}
        return self.w.web.post(path, data=raw, headers={**who, **headers}, environ_overrides=length)

    def counts(self) -> Mapping[str, int]:
        """How many rows each table of ours has, the engine's jobs included."""
        with self.w.gateway.runtime.database.begin() as connection:
            names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            query = " UNION ALL ".join(
                f"SELECT '{name}' AS tablename, count(*) AS amount FROM \"{name}\"" for name in names
            )
            return {row.tablename: row.amount for row in connection.execute(text(query))}


@contextmanager
def prepared() -> Iterator[Prepared]:
    with world() as w, listening(Peer()) as peer:
        made = Prepared(w=w)
        made.organisation = w.counsellor_organisation()
        made.counsellor = w.counsellor()
        made.second = w.counsellor()
        made.creditor = w.creditor("owner", peer)
        others = [w.creditor(slug, peer, format=slug) for slug in FORMATS]
        case = w.case()
        w.grant(case, [made.creditor, *others], made.counsellor)
        request, *open_requests = w.ask(case, [made.creditor, *others])
        made.requests = dict(zip(FORMATS, open_requests, strict=True))
        w.work()
        reply = f"/v1/statement-requests/{request}/reply"
        accepted = w.ok("owner", "POST", reply, statement(request), **JSON)
        held = w.ok("owner", "POST", reply, statement(request, total_stated_cents=1), **JSON)
        body = {"made_by": made.counsellor, "pool_cents": 90_000}
        [offer] = w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", body)["offers"]
        w.work()
        said = {"creditor_id": made.creditor, "purpose": "monitoring", "act": "given", "method": "desk"}
        words = {"recorded_by": made.counsellor, "grants": [said]}
        [grant] = w.ok("counsellor", "POST", f"/v1/cases/{case}/grants", words)["grants"]
        question = {"creditor_id": made.creditor, "purpose": "aftercare"}
        page = {"recorded_by": made.counsellor, "asks": [question]}
        [ask] = w.ok("counsellor", "POST", f"/v1/cases/{case}/consent-asks", page)["asks"]
        mandate = w.ok("counsellor", "POST", f"/v1/cases/{case}/mandates", a_mandate(made.counsellor))
        made.partner_case = w.case(bsn="999990020")
        together = {"partner_case_id": made.partner_case, "recorded_by": made.counsellor}
        link = w.ok("counsellor", "POST", f"/v1/cases/{case}/partner", together)["link_id"]
        with w.gateway.runtime.database.begin() as connection:
            resident = connection.scalar(text("SELECT resident_id FROM case_file WHERE id = :id"), {"id": case})
        made.ids = {
            "resident_id": str(resident),
            "ask_id": ask["id"], "mandate_id": mandate["id"], "grant_id": grant["id"], "link_id": link,
            "case_id": case, "request_id": request, "offer_id": offer["id"], "reply_id": held["reply_id"],
            "participant_id": made.creditor, "statement_id": accepted["reply_id"],
        }  # fmt: skip
        sequence_journal(w.gateway.runtime, w.now())
        with w.gateway.runtime.database.begin() as connection:
            made.leaf = (journal_tree.leaf_at(connection, 0) or b"").hex()
        yield made


def a_mandate(counsellor: str) -> dict[str, Any]:
    """A body that records who may speak for a resident."""
    return {
        "kind": "gemachtigde", "name": "M. Naam", "purposes": ["aftercare"], "evidence_kind": "signed_letter",
        "evidence_reference": "M-1", "checked_by": counsellor, "valid_until": "2027-01-01T00:00:00Z",
    }  # fmt: skip


def is_problem(answer: Any) -> dict[str, Any]:
    """The problem document in *answer*; whatever is none fails the test."""
    assert answer.mimetype == "application/problem+json", (answer.status_code, answer.get_data(as_text=True)[:300])
    found: dict[str, Any] = json.loads(answer.get_data())
    assert {"type", "title", "status", "detail"} <= set(found)
    assert found["status"] == answer.status_code
    assert found["type"].startswith("urn:creditor-gateway:problem:")
    for fault in found.get("errors", ()):
        assert set(fault) == {"pointer", "code", "detail"}
        assert fault["detail"]
    return found
