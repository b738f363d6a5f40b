"""Canaries: what names, numbers and amounts of a person may never reach, in one whole conversation."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from gateway.domain.deadlines import end_of_day
from tests.integration.support import JSON, Peer, listening, statement, world

CANARIES = {
    "bsn": "999990019",
    "surname": "Kanariewijk",
    "street": "Zwaluwstaartlaan",
    "town": "Merelbekerveen",
    "reference": "REF-KOEKOEK-77",
    "customer number": "KLANT-SPREEUW-31",
    "amount": "7654321",
    "free text": "wielewaal",
}
PERSON = {
    "bsn": CANARIES["bsn"], "initials": "K.", "surname": CANARIES["surname"], "birth_date": "1971-11-30",
    "street": CANARIES["street"], "house_number": "9", "postcode": "9876 ZX", "town": CANARIES["town"],
}  # fmt: skip


@pytest.fixture(scope="module")
def lived():
    """A case from asking to withdrawal, with every kind of answer: what was said, and what the database holds."""
    said: list[str] = []
    with world() as w, listening(Peer()) as peer:
        w.counsellor_organisation()
        creditor, counsellor = w.creditor("c", peer), w.counsellor()
        case = w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-1", "resident": PERSON})["id"]
        w.grant(case, [creditor], counsellor)
        asked = {
            "creditor_id": creditor,
            "references": [CANARIES["reference"]],
            "customer_number": CANARIES["customer number"],
        }
        body = {"requests": [asked]}
        [request_] = w.ok("counsellor", "POST", f"/v1/cases/{case}/statement-requests", body)["statement_requests"]
        path = f"/v1/statement-requests/{request_['id']}/reply"
        w.work()
        cents = int(CANARIES["amount"])
        for raw in (
            b'{"surname": "Kanariewijk", broken',
            statement(request_["id"], principal_cents=cents, total_stated_cents=cents + 1),
            json.dumps(
                {"request_id": request_["id"], "outcome": CANARIES["free text"], "as_of": "2026-04-24"}
            ).encode(),
            statement(request_["id"], principal_cents=cents, customer_number=CANARIES["customer number"]),
        ):
            said.append(w.call("c", "POST", path, raw, **JSON).get_data(as_text=True))
        proposed = {"made_by": counsellor, "pool_cents": cents}
        [offer] = w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", proposed)["offers"]
        w.work()
        refusal = {"answer": "refuse", "reason": f"{CANARIES['free text']} {CANARIES['surname']}"}
        said.append(
            w.call("c", "POST", f"/v1/offers/{offer['id']}/answer", json.dumps(refusal).encode(), **JSON).get_data(
                as_text=True
            )
        )
        w.work()
        w.at(end_of_day(w.now().date() + timedelta(days=3)))
        wrong = {"reference": "Z-2", "resident": {**PERSON, "bsn": "999990018", "postcode": CANARIES["surname"]}}
        said.append(w.call("counsellor", "POST", "/v1/cases", wrong).get_data(as_text=True))
        w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"everything": True})
        w.work()
        said += [json.dumps(w.events(role)) for role in ("counsellor", "c")]
        with w.gateway.runtime.database.begin() as connection:
            names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            tables = {
                name: [repr(dict(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]
                for name in names
            }
        own = w.overview(case)
    return said, tables, own


@pytest.mark.parametrize("what", CANARIES)
def test_no_problem_no_answer_and_no_event_carries_it(lived, what: str):
    """Errors and events tell the reader what to do, never what somebody is called or owes."""
    said, _, _ = lived
    assert [one for one in said if CANARIES[what] in one] == []


@pytest.mark.parametrize("what", CANARIES)
def test_no_column_of_any_table_holds_it_in_the_clear(lived, what: str):
    """Names, BSN, addresses, amounts, raw replies and statements are sealed; job arguments are ids only."""
    _, tables, _ = lived
    assert {name for name, rows in tables.items() if any(CANARIES[what] in row for row in rows)} == set()
    assert tables["reply"]
    assert tables["message"]


def test_the_counsellor_who_may_see_it_does_see_it(lived):
    """The canaries were really there: without this the tests above could not fail."""
    _, _, own = lived
    assert own["creditors"][0]["total_cents"] == int(CANARIES["amount"])


def test_jobs_carry_ids_and_nothing_else(lived):
    """A job is a pointer to rows."""
    _, tables, _ = lived
    assert all("message_ids" in row or "'args': {}" in row for row in tables["procrastinate_jobs"])


def test_nothing_of_it_is_printed_or_logged(capfd, caplog):
    """Log lines name kinds and places, not values; not even when something goes wrong."""
    with world() as w, listening(Peer(answer=lambda _headers, _body: (500, "text/plain", b"boom"))) as peer:
        w.counsellor_organisation()
        creditor, counsellor = w.creditor("c", peer), w.counsellor()
        case = w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-1", "resident": PERSON})["id"]
        w.grant(case, [creditor], counsellor)
        w.ask(case, [creditor])
        w.work()
        w.gateway.settings.__dict__["formats"] = {}  # a surprise inside the gateway
        [request] = [line["request_id"] for line in w.overview(case)["creditors"]]
        raw = json.dumps({"surname": CANARIES["surname"], "bsn": CANARIES["bsn"]}).encode()
        taken = w.call("c", "POST", f"/v1/statement-requests/{request}/reply", raw, **JSON)
        assert taken.status_code in (202, 500)
    printed = capfd.readouterr()
    everything = printed.out + printed.err + caplog.text
    assert {what for what, canary in CANARIES.items() if canary in everything} == set()
