"""The overview of a case over HTTP, on a real PostgreSQL: what was answered, what changed, and what needs an eye."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from tests.integration.support import JSON, World, statement, world

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def here() -> Iterator[World]:
    with world() as made:
        made.counsellor_organisation()
        yield made


def a_case(here: World, *names: str, **more: Any) -> tuple[str, dict[str, str], dict[str, str]]:
    """A case with one request to each creditor: case id, creditor ids and request ids, by name."""
    creditors = {name: here.creditor(f"{name} {uuid4().hex[:6]}", **more.get(name, {})) for name in names}
    tokens = {name: here.tokens[key] for name, key in zip(names, list(here.tokens)[-len(names) :], strict=True)}
    here.tokens |= tokens
    case, counsellor = here.case(), here.counsellor()
    here.grant(case, list(creditors.values()), counsellor)
    requests = dict(zip(names, here.ask(case, list(creditors.values())), strict=True))
    return case, creditors, requests


def say(here: World, name: str, request_id: str, body: bytes) -> dict[str, Any]:
    taken = here.ok(name, "POST", f"/v1/statement-requests/{request_id}/reply", body, **JSON)
    assert taken["status"] == "accepted", taken
    return taken


def a_debt(reference: str, principal: int, **more: Any) -> dict[str, Any]:
    """One debt in our own JSON form, split, adding up."""
    parts = [{"kind": "principal", "charged_cents": principal, "paid_cents": 0, "outstanding_cents": principal}]
    parts += [{"kind": kind, "outstanding_cents": cents} for kind, cents in more.pop("parts", {}).items()]
    total = sum(part["outstanding_cents"] for part in parts)
    return {"reference": reference, "components": parts, "rank": "ordinary", "total_stated_cents": total, **more}


def reply(request_id: str, *debts: dict[str, Any], as_of: str = "2026-04-24", **more: Any) -> bytes:
    total = sum(debt["total_stated_cents"] for debt in debts)
    document = {"request_id": request_id, "outcome": "statement", "as_of": as_of, "debts": list(debts), **more}
    return json.dumps({**document, "total_stated_cents": total}).encode()


def test_the_same_debt_at_creditor_and_bailiff_is_shown_and_not_taken_off(here: World):
    """Rule R13, from two replies to a workbook: possibly twice, with the amount at stake and why."""
    case, _, requests = a_case(here, "energie", "deurwaarder")
    say(here, "energie", requests["energie"], reply(requests["energie"], a_debt("INV-2024-001", 100_000)))
    theirs = a_debt("inv 2024 001", 100_000, parts={"collection_costs": 15_000, "interest": 200})
    say(here, "deurwaarder", requests["deurwaarder"], reply(requests["deurwaarder"], theirs, as_of="2026-04-01"))
    shown = here.overview(case)
    (twice,) = shown["possible_duplicates"]
    assert twice["evidence"] == ["same_reference"]
    assert twice["at_stake_cents"] == 100_000
    assert {debt["reference"] for debt in twice["debts"]} == {"INV-2024-001", "inv 2024 001"}
    totals = shown["totals"]
    assert (totals["total_cents"], totals["possibly_twice_cents"]) == (215_200, 100_000)
    assert totals["by_component"] == {"collection_costs": 15_000, "interest": 200, "principal": 200_000}
    assert shown["statement_days"] == {"earliest": "2026-04-01", "latest": "2026-04-24", "days_apart": 23}
    assert shown["missing"] == {"named_not_asked": [], "no_answer_yet": []}


def test_a_second_answer_is_a_second_version_and_what_changed_is_told(here: World):
    """The first is kept; the overview shows the newest and the difference, in cents and in words."""
    case, creditors, requests = a_case(here, "winkel")
    request = requests["winkel"]
    say(here, "winkel", request, reply(request, a_debt("F-1", 50_000), a_debt("F-2", 700)))
    grown = a_debt("F-1", 50_000, parts={"increase": 2_500})
    here.later(days=1)
    say(here, "winkel", request, reply(request, grown, a_debt("F-3", 900), as_of="2026-04-25"))
    line = here.line(case, creditors["winkel"])
    assert (line["versions"], line["total_cents"], line["previous_received_at"]) == (2, 53_400, "2026-04-24T08:00:00Z")
    assert line["changes"] == [
        {"what": "as_of", "before": "2026-04-24", "after": "2026-04-25"},
        {"what": "total", "reference": "F-1", "before_cents": 50_000, "after_cents": 52_500},
        {"what": "component", "reference": "F-1", "component": "increase", "after_cents": 2_500},
        {"what": "debt_added", "reference": "F-3", "after_cents": 900},
        {"what": "debt_gone", "reference": "F-2", "before_cents": 700},
    ]
    texts = [text for sheet in workbook(here, case).values() for row in sheet for text in row]
    assert "F-1, totaal: was € 500,00, nu € 525,00" in texts
    assert "F-2: staat er niet meer in, was € 7,00" in texts


def test_who_is_missing_is_told(here: World):
    """Named as the new holder and not asked; asked and not answered; a held reply counts as neither."""
    case, creditors, requests = a_case(here, "bank", "stil", "raar")
    gone = {"reference": "L-1", "transferred_to": {"name": "Opkoper Voorbeeld B.V.", "reference": "O-9"}}
    document = {"request_id": requests["bank"], "outcome": "transferred", "as_of": "2026-04-24", "debts": [gone]}
    say(here, "bank", requests["bank"], json.dumps(document).encode())
    held = here.ok(
        "raar", "POST", f"/v1/statement-requests/{requests['raar']}/reply",
        statement(requests["raar"], total_stated_cents=1), **JSON,
    )  # fmt: skip
    assert held["status"] == "held"
    missing = here.overview(case)["missing"]
    (named,) = missing["named_not_asked"]
    assert (named["name"], named["named_as"], named["references"]) == (
        "Opkoper Voorbeeld B.V.",
        ["new_holder"],
        ["O-9"],
    )
    assert [by["id"] for by in named["named_by"]] == [creditors["bank"]]
    assert {one["id"] for one in missing["no_answer_yet"]} == {creditors["stil"], creditors["raar"]}
    lines = csv_of(here, case)
    assert [line["Schuldeiser"] for line in lines if line["Status"] == "Genoemd, niet gevraagd"] == [named["name"]]


def test_a_creditor_that_was_asked_again_counts_once(here: World):
    """The first request never arrived; its late answer and the answer to the second are one creditor's."""
    case, creditors, requests = a_case(here, "ver")
    for _ in range(12):
        here.work()
        if here.line(case, creditors["ver"])["state"] == "undeliverable":
            break
        here.later(hours=12)
    assert here.line(case, creditors["ver"])["state"] == "undeliverable"
    (again,) = here.ask(case, [creditors["ver"]])
    line = here.line(case, creditors["ver"])
    assert (line["request_id"], [one["request_id"] for one in line["other_requests"]]) == (again, [requests["ver"]])
    today = here.now().date().isoformat()
    say(here, "ver", requests["ver"], reply(requests["ver"], a_debt("F-1", 1_000), as_of=today))
    assert here.line(case, creditors["ver"])["total_cents"] == 1_000
    say(here, "ver", again, reply(again, a_debt("F-1", 1_200), as_of=today))
    shown = here.overview(case)
    assert (len(shown["creditors"]), shown["totals"]["creditors"], shown["totals"]["total_cents"]) == (1, 1, 1_200)
    (line,) = shown["creditors"]
    assert (line["request_id"], line["versions"]) == (again, 2)
    assert {"what": "total", "reference": "F-1", "before_cents": 1_000, "after_cents": 1_200} in line["changes"]
    made = here.ok(
        "counsellor", "POST", f"/v1/cases/{case}/proposals", {"made_by": here.counsellor(), "pool_cents": 600}
    )
    assert [offer["claim_cents"] for offer in made["offers"]] == [1_200]  # a proposal counts what the overview counts
    assert here.line(case, creditors["ver"])["offer"]["claim_cents"] == 1_200


def test_the_legal_tables_are_asked_about_every_reply(here: World):
    """Rule R9 with the shipped scale: over 1,000 euros 150 is allowed and one cent more is a warning."""
    case, creditors, requests = a_case(here, "incasso", "netjes")
    for name, costs in (("incasso", 15_001), ("netjes", 15_000)):
        request = requests[name]
        say(here, name, request, reply(request, a_debt("F-1", 100_000, parts={"collection_costs": costs})))
    assert [one["code"] for one in here.line(case, creditors["incasso"])["warnings"]] == ["R9"]
    assert here.line(case, creditors["netjes"])["warnings"] == []


@pytest.mark.parametrize("body", [b"  ", b"<!doctype html><title>Storing</title>", b"<html/>"])
def test_a_failure_at_the_creditor_is_no_answer(here: World, body: bytes):
    """Rule R3: refused and told at once, kept, and the clock is not stopped."""
    case, creditors, requests = a_case(here, "kapot")
    answer = here.call("kapot", "POST", f"/v1/statement-requests/{requests['kapot']}/reply", body, **JSON)
    assert answer.status_code == 400
    assert [one["code"] for one in answer.get_json()["errors"]] == ["R3"]
    line = here.line(case, creditors["kapot"])
    assert (line["held"], line["outcome"], line["suspended"]) == ([], None, False)
    assert "reply.refused" in here.journal(case)


def csv_of(here: World, case: str) -> list[dict[str, str]]:
    content = here.call("counsellor", "GET", f"/v1/cases/{case}/overview-file?format=csv").get_data()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def workbook(here: World, case: str) -> dict[str, list[list[str]]]:
    """Every sheet as rows of texts, read back from the file."""
    content = here.call("counsellor", "GET", f"/v1/cases/{case}/overview-file?format=xlsx").get_data()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        texts = [
            "".join(part.text or "" for part in item.iter(f"{SHEET}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        names = [
            one.attrib["name"] for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SHEET}sheet")
        ]
        sheets = {}
        for number, name in enumerate(names, start=1):
            rows = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{SHEET}row")
            sheets[name] = [[_text(cell, texts) for cell in row.iter(f"{SHEET}c")] for row in rows]
    return sheets


def _text(cell: ElementTree.Element, texts: list[str]) -> str:
    value = cell.findtext(f"{SHEET}v") or ""
    return texts[int(value)] if cell.get("t") == "s" else value


def test_the_workbook_says_what_the_overview_says(here: World):
    """Read back: every sheet is there, and the total of the creditors is the total of the case."""
    case, _, requests = a_case(here, "een", "twee")
    mine = a_debt("INV-2024-001", 100_000, arisen_on="2024-01-02")
    theirs = a_debt("D-12345", 100_000, arisen_on="2024-01-02", parts={"increase": 50})
    say(here, "een", requests["een"], reply(requests["een"], mine))
    say(here, "twee", requests["twee"], reply(requests["twee"], theirs))
    found = workbook(here, case)
    assert list(found) == ["Schuldeisers", "Schulden", "Totalen", "Aandachtspunten", "Gewijzigd"]
    at = found["Schuldeisers"][0].index("Totaal")
    assert sum(float(row[at]) for row in found["Schuldeisers"][1:]) == 2_000.5
    totals = {row[0]: row[1] for row in found["Totalen"]}
    assert (totals["Totaal"], totals["Daarvan mogelijk dubbel"], totals["Vervalt"]) == ("2000.5", "1000", "0.5")
    (reason, who, why, at_stake) = found["Aandachtspunten"][1]
    assert (reason, why, at_stake) == ("Mogelijk dubbel", "dezelfde hoofdsom en ontstaansdatum", "1000")
    assert "kenmerk INV-2024-001" in who
    assert "kenmerk D-12345" in who


def test_the_counsellors_page_says_what_needs_an_eye(here: World):
    """Under its own heading, only when there is something; the amount at stake is there, and why."""
    case, _, requests = a_case(here, "links", "rechts")
    say(here, "links", requests["links"], reply(requests["links"], a_debt("INV-9-0001", 12_345)))
    assert "Kijk hier nog naar" not in page(here, case)
    theirs = a_debt("inv90001", 20_000, original_creditor={"name": "Oude <Winkel>"})
    say(here, "rechts", requests["rechts"], reply(requests["rechts"], theirs, as_of="2026-04-20"))
    seen = page(here, case)
    assert "Kijk hier nog naar" in seen
    assert "€\u00a0123,45" in seen
    assert "hetzelfde kenmerk" in seen
    assert "Oude &lt;Winkel&gt;" in seen
    assert "van 20\u00a0april\u00a02026 tot en met 24\u00a0april\u00a02026" in seen
    assert "Possibly counted twice:" in page(here, case, "en")


def page(here: World, case: str, language: str = "nl") -> str:
    link = here.ok("counsellor", "POST", "/v1/page-links", {"role": "counsellor", "case_id": case})["address"]
    visitor = here.gateway.flask.test_client()
    visitor.get("/page/" + link.rpartition("/page/")[2])
    return visitor.get(f"/case?lang={language}").get_data(as_text=True)


def test_no_proposal_counts_one_debt_twice_in_silence(here: World):
    """Refused with what to do; then without the one that was named, or with both when a person says they are two."""
    case, creditors, requests = a_case(here, "zorg", "bureau")
    say(here, "zorg", requests["zorg"], reply(requests["zorg"], a_debt("POLIS-778899", 30_000), a_debt("X-1", 500)))
    say(here, "bureau", requests["bureau"], reply(requests["bureau"], a_debt("polis 778899", 30_000)))
    counsellor = here.counsellor()
    body = {"made_by": counsellor, "pool_cents": 10_000}
    refused = here.call("counsellor", "POST", f"/v1/cases/{case}/proposals", body)
    problem = refused.get_json()
    assert refused.status_code == 400
    (fault,) = problem["errors"]
    assert (fault["code"], fault["pointer"]) == ("possible_duplicate", "/leave_out")
    assert all(creditor in fault["detail"] for creditor in creditors.values())
    assert "778899" not in json.dumps(problem)

    nothing = {"leave_out": [{"creditor_id": creditors["bureau"], "reference": "no such"}]}
    refused = here.call("counsellor", "POST", f"/v1/cases/{case}/proposals", {**body, **nothing})
    assert (refused.status_code, refused.get_json()["errors"][0]["code"]) == (400, "unknown")

    leave_out = {"leave_out": [{"creditor_id": creditors["zorg"], "reference": "POLIS-778899"}]}
    made = here.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", {**body, **leave_out})
    assert {offer["creditor_id"]: offer["claim_cents"] for offer in made["offers"]} == {
        creditors["zorg"]: 500,
        creditors["bureau"]: 30_000,
    }
    both = here.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", {**body, "count_possible_duplicates": True})
    assert sum(offer["claim_cents"] for offer in both["offers"]) == 60_500
