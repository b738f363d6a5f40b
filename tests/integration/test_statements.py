"""One statement over the interface: JSON and XML, with and without provenance, for its owner alone, on the record."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from gateway.adapters.statement_xml import read_statement
from gateway.domain.statement import debt_id, from_document
from gateway.errors import Unavailable
from gateway.services.register import issue_token
from gateway.storage import journal
from tests.integration.support import JSON, World, statement, world

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "debt-statement.schema.json").read_text())
VALID = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
XSD = etree.XMLSchema(etree.parse(ROOT / "schemas" / "debt-statement.xsd"))
SAMPLES = ROOT / "config" / "creditors" / "samples"
OFFICE = "90000011"  # who answers in the sample below
BAILIFF = SAMPLES / "bailiff-xml" / "ordinary.xml"


@pytest.fixture(scope="module")
def w() -> Iterator[World]:
    with world() as made:
        made.counsellor_organisation()
        made.counsellor_organisation("other counsellor")
        yield made


@pytest.fixture
def later() -> Iterator[World]:
    """A world in which the days of the golden samples have come."""
    with world() as made:
        made.at(datetime(2026, 11, 3, 9, tzinfo=UTC))
        made.tokens["administrator"] = issue_token(made.gateway.runtime, "administrator", "later", made.now())
        made.counsellor_organisation()
        yield made


def asked(w: World, name: str, **more: Any) -> tuple[str, str, str]:
    """A case with one open request to a new creditor: case, creditor, request."""
    creditor, case = w.creditor(name, **more), w.case()
    w.grant(case, [creditor], w.counsellor())
    [request] = w.ask(case, [creditor])
    return case, creditor, request


def replied(w: World, name: str, request: str, body: bytes, **headers: str) -> dict[str, Any]:
    return w.ok(name, "POST", f"/v1/statement-requests/{request}/reply", body, **(headers or JSON))


def shown(w: World, statement_id: str, query: str = "") -> dict[str, Any]:
    return w.ok("counsellor", "GET", f"/v1/statements/{statement_id}{query}")


def test_a_statement_is_shown_in_json_with_what_the_gateway_knows(w: World) -> None:
    """The ids to file it by, the debts with their stable ids, and what follows from them."""
    case, creditor, request = asked(w, "json")
    taken = replied(w, "json", request, statement(request))
    found = shown(w, taken["reply_id"])
    VALID.validate(found)
    assert from_document(found)
    assert (found["statement_id"], found["request_id"]) == (taken["reply_id"], request)
    assert found["version"] == 1
    assert found["creditor"] == found["respondent"]
    assert (found["creditor"]["participant_id"], found["creditor"]["name"]) == (creditor, "Schuldeiser json")
    assert found["consent_id"] in {one["id"] for one in w.ok("counsellor", "GET", f"/v1/cases/{case}/grants")["grants"]}
    [debt] = found["debts"]
    assert debt["debt_id"] == debt_id(creditor, "R-1")
    assert debt["match_status"] == "matched"
    assert debt["original_debt"] == {"booked_cents": 100_000, "counted_cents": 100_000, "lapses_cents": 0}
    assert found["not_found"] == []
    assert "fields" not in found["provenance"]
    assert "999990019" not in json.dumps(found)


def test_the_xml_form_says_the_same_as_the_json_form(w: World) -> None:
    """Negotiated by Accept; valid against the XSD."""
    _, _, request = asked(w, "xml")
    taken = replied(w, "xml", request, statement(request))
    path = f"/v1/statements/{taken['reply_id']}?provenance=true"
    answer = w.call("counsellor", "GET", path, Accept="application/xml")
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    assert answer.headers["Vary"] == "Accept"
    XSD.assertValid(etree.fromstring(answer.get_data()))
    assert read_statement(answer.get_data()) == from_document(w.ok("counsellor", "GET", path))


@pytest.mark.parametrize(
    ("accept", "status", "form"),
    [
        ("*/*", 200, "application/json"),
        ("application/json", 200, "application/json"),
        ("application/*", 200, "application/json"),
        ("application/xml", 200, "application/xml"),
        ("application/json;q=0.5, application/xml", 200, "application/xml"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", 200, "application/xml"),
        ("text/html", 406, "application/problem+json"),
        ("application/json;q=0", 406, "application/problem+json"),
    ],
)
def test_the_form_is_the_one_that_the_caller_accepts(w: World, accept: str, status: int, form: str) -> None:
    """JSON unless something else was asked for, and never a form that was not."""
    if "once" not in w.tokens:
        w.tokens["once"] = ""
        _, _, request = asked(w, "negotiating")
        w.tokens["once"] = replied(w, "negotiating", request, statement(request))["reply_id"]
    answer = w.call("counsellor", "GET", f"/v1/statements/{w.tokens['once']}", Accept=accept)
    assert (answer.status_code, answer.mimetype) == (status, form)


def test_provenance_leads_from_every_figure_to_the_creditors_bytes(later: World) -> None:
    """A bailiff's XML in ISO-8859-1: the place and the text that stood there, only when it is asked for."""
    w = later
    _, _, request = asked(w, "bailiff", format="bailiff-xml", kvk=OFFICE)
    raw = BAILIFF.read_bytes().replace(b"7f1c2a90-0000-4000-8000-000000000001", request.encode())
    taken = replied(w, "bailiff", request, raw, **{"Content-Type": "application/xml"})
    assert taken["status"] == "accepted", taken
    found = shown(w, taken["reply_id"], "?provenance=true")
    VALID.validate(found)
    origin = found["provenance"]["fields"]["/debts/0/total_stated_cents"]
    assert origin["sources"][0]["path"].startswith("/Saldoopgave/Dossier")
    assert origin["sources"][0]["raw"].replace(".", "").replace(",", "") == str(found["debts"][0]["total_stated_cents"])
    assert found["provenance"]["mapping_id"] == "bailiff-xml"
    assert {debt["match_status"] for debt in found["debts"]} == {"added_by_creditor"}
    assert found["not_found"] == ["R-1"]
    assert "fields" not in shown(w, taken["reply_id"])["provenance"]
    assert w.call("counsellor", "GET", f"/v1/statements/{taken['reply_id']}?provenance=yes").status_code == 400


def test_a_second_answer_is_a_statement_of_its_own_about_the_same_debts(w: World) -> None:
    """The first one stays as it was; the debts keep their ids."""
    _, _, request = asked(w, "twice")
    first = replied(w, "twice", request, statement(request))["reply_id"]
    second = replied(w, "twice", request, statement(request, principal_cents=90_000))["reply_id"]
    old, new = shown(w, first), shown(w, second)
    assert (old["version"], new["version"]) == (1, 2)
    assert (old["total_computed_cents"], new["total_computed_cents"]) == (100_000, 90_000)
    assert old["debts"][0]["debt_id"] == new["debts"][0]["debt_id"]


@pytest.mark.parametrize("outcome", ["nil", "client_unknown"])
def test_an_answer_without_debts_says_what_was_not_found(w: World, outcome: str) -> None:
    """Four answers that are not silence, each as what it is."""
    _, _, request = asked(w, outcome)
    body = json.dumps({"request_id": request, "outcome": outcome, "as_of": "2026-04-24", "debts": []}).encode()
    found = shown(w, replied(w, outcome, request, body)["reply_id"])
    VALID.validate(found)
    assert (found["outcome"], found["not_found"], found["total_computed_cents"]) == (outcome, ["R-1"], 0)


def test_a_foreign_statement_is_as_unknown_as_none_and_nothing_is_recorded(w: World) -> None:
    """Another organisation's, a held reply's, and an id that does not exist: the same 404."""
    case, _, request = asked(w, "owner")
    mine = replied(w, "owner", request, statement(request))["reply_id"]
    _, _, other = asked(w, "holding")
    held = replied(w, "holding", other, statement(other, total_stated_cents=1))
    assert held["status"] == "held"
    before = w.journal(case)
    foreign = w.call("other counsellor", "GET", f"/v1/statements/{mine}")
    unknown = w.call("other counsellor", "GET", f"/v1/statements/{uuid.uuid4()}")
    not_one = w.call("counsellor", "GET", f"/v1/statements/{held['reply_id']}")
    assert foreign.status_code == unknown.status_code == not_one.status_code == 404
    assert foreign.get_data() == unknown.get_data() == not_one.get_data()
    assert w.journal(case) == before
    assert w.call("owner", "GET", f"/v1/statements/{mine}").status_code == 403
    assert w.call("administrator", "GET", f"/v1/statements/{mine}").status_code == 403


def test_a_look_is_on_the_record_and_without_a_record_there_is_no_look(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling 15: 503 when the journal cannot be written, and then nothing is shown."""
    case, _, request = asked(w, "looked")
    made = replied(w, "looked", request, statement(request))["reply_id"]
    before = w.journal(case).count("case.looked_at")
    shown(w, made)
    assert w.journal(case).count("case.looked_at") == before + 1

    def full(*_: Any, **__: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(journal, "append", full)
    answer = w.call("counsellor", "GET", f"/v1/statements/{made}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"100000" not in answer.get_data()
