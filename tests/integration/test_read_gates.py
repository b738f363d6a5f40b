"""Reading and taking along over HTTP: what the yes or the law lets be seen, and of the rest only that it is there."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gateway.consent.decision import RESIDENT
from gateway.consent.flows import Flows, Mode
from gateway.documents import personal_export
from gateway.services.export_resident import export_resident
from gateway.services.show_case import overview
from gateway.storage import cases, journal
from tests.integration.permission_support import Told, codes, moment, told
from tests.integration.support import JSON, statement
from tests.integration.test_statement_counts import counted

OWED = 100_000


@pytest.fixture
def t() -> Iterator[Told]:
    with told() as made:
        yield made


def on_consent(t: Told, *purposes: str) -> None:
    """As after a new start with a register in which these flows rest on consent."""
    flows = dict(t.w.gateway.settings.flows.flows)
    for purpose in purposes:
        flows[purpose] = replace(flows[purpose], mode=Mode.CONSENT)
    t.w.gateway.settings.__dict__["flows"] = Flows(flows=flows)


def answered(t: Told, **more: Any) -> tuple[str, str]:
    """A yes, a question and its answer: the grant and the reply."""
    grant = t.say(**more)
    request = t.requested()
    t.w.work()
    return grant, t.reply(request)["reply_id"]


def expired(t: Told) -> tuple[str, str]:
    """An answer that rested on consent, of which the yes has ended by time."""
    found = answered(t, ends_at=moment(t.w.now() + timedelta(days=2)))
    on_consent(t, "inventory")
    t.w.later(days=3)
    return found


def line(t: Told) -> dict[str, Any]:
    return t.w.line(t.case, t.creditor)


def case_row(t: Told) -> Any:
    with t.w.gateway.runtime.database.begin() as connection:
        return cases.get(connection, UUID(t.case))


def test_what_the_yes_covers_is_shown_as_ever(t: Told):
    """The ordinary case: nothing is kept back, and the look left one decision besides."""
    answered(t)
    shown = t.w.overview(t.case)
    [one] = shown["creditors"]
    assert (one["total_cents"], one["not_shown"], shown["totals"]["not_shown"]) == (OWED, [], 0)
    with t.w.gateway.runtime.database.begin() as connection:
        entries = journal.of_case(connection, UUID(t.case))
    decided = [one for one in entries if one["kind"].startswith("decision.") and "evaluations" in one["facts"]]
    assert [one["kind"] for one in decided] == ["decision.permitted"]
    assert decided[0]["facts"]["action"] == {"name": "read"}
    assert t.every_decision_can_be_replayed()


def test_an_answer_on_consent_that_ended_is_there_and_its_figures_are_not(t: Told):
    """In the overview, its totals, the spreadsheets and one statement: the reason, and what is left out."""
    _, reply = expired(t)
    shown = t.w.overview(t.case)
    [one] = shown["creditors"]
    assert one["not_shown"] == [{"request_id": one["request_id"], "reason": "expired", "answers": 1}]
    assert (one["state"], one["versions"]) == ("answered", 1)
    assert (one["outcome"], one["total_cents"], one["debts"], one["changes"]) == (None, None, [], [])
    assert (shown["totals"]["total_cents"], shown["totals"]["not_shown"]) == (0, 1)
    assert shown["missing"]["no_answer_yet"] == []
    assert t.w.call("counsellor", "GET", f"/v1/statements/{reply}").status_code == 409
    assert t.w.call("counsellor", "GET", f"/v1/replies/{reply}").status_code == 409
    for form in ("csv", "xlsx"):
        file = t.w.call("counsellor", "GET", f"/v1/cases/{t.case}/overview-file?format={form}").get_data()
        content = file if form == "csv" else b"".join(zipfile.ZipFile(io.BytesIO(file)).read(name) for name in
                                                      zipfile.ZipFile(io.BytesIO(file)).namelist())  # fmt: skip
        assert "Het ja van de inwoner is voorbij." in content.decode()
        assert b"1000,00" not in content
    assert t.w.journal(t.case).count("decision.restricted") >= 3
    assert t.every_decision_can_be_replayed()


def test_a_pause_restricts_and_a_resume_gives_back(t: Told):
    """View restricted while it is not clear: nothing is lost, and nothing is shown."""
    grant, _ = answered(t)
    on_consent(t, "inventory")
    t.changed(grant, "paused", "resident_asked")
    assert [one["reason"] for one in line(t)["not_shown"]] == ["paused"]
    t.changed(grant, "resumed", "resident_asked")
    assert (line(t)["not_shown"], line(t)["total_cents"]) == ([], OWED)


def test_on_the_laws_basis_the_answer_stays_to_be_seen(t: Told):
    """A withdrawal of the yes to a flow of the law: what came in lawfully is kept, and shown (art. 17(3)(b))."""
    answered(t)
    t.withdraw(everything=True)
    assert (line(t)["total_cents"], line(t)["not_shown"]) == (OWED, [])


def test_a_yes_that_never_was_one_shows_nothing(t: Told):
    """Whatever the basis: it should never have come in."""
    grant, _ = answered(t)
    t.changed(grant, "invalidated", "wrong_person")
    assert [one["reason"] for one in line(t)["not_shown"]] == ["invalidated"]
    assert line(t)["total_cents"] is None


def test_an_agreement_keeps_what_it_was_made_from(t: Told):
    """Consent ended by time, and the settlement that stands on the answer is there: so is the answer."""
    answered(t, ends_at=moment(t.w.now() + timedelta(days=2)))
    t.say(purpose="proposal")
    made = {"made_by": t.counsellor, "pool_cents": 50_000}
    [offer] = t.w.ok("counsellor", "POST", f"/v1/cases/{t.case}/proposals", made)["offers"]
    t.w.work()
    t.w.ok("c", "POST", f"/v1/offers/{offer['id']}/answer", b'{"answer": "accept"}', **JSON)
    on_consent(t, "inventory")
    t.w.later(days=3)
    assert (line(t)["total_cents"], line(t)["not_shown"]) == (OWED, [])


def test_what_is_held_for_a_person_is_listed_without_its_reasons(t: Told):
    """That it waits is no secret; what is wrong with it says what it says."""
    t.say(ends_at=moment(t.w.now() + timedelta(days=2)))
    request = t.requested()
    t.w.work()
    assert t.reply(request, total_stated_cents=1)["status"] == "held"
    [before] = t.w.ok("counsellor", "GET", f"/v1/cases/{t.case}/held-replies")["held_replies"]
    assert (bool(before["reasons"]), before["not_shown"]) == (True, None)
    on_consent(t, "inventory")
    t.w.later(days=3)
    [after] = t.w.ok("counsellor", "GET", f"/v1/cases/{t.case}/held-replies")["held_replies"]
    assert (after["reasons"], after["not_shown"], after["can"]) == ([], "expired", ["dismiss"])
    [held] = line(t)["held"]
    assert held["problems"] == []
    assert line(t)["provisional"] is False


def test_what_may_not_be_seen_is_not_calculated_with(t: Told):
    """A proposal is made of what may be looked at; who is left out is named with the reason of the gate."""
    expired(t)
    t.say(purpose="proposal")
    made = {"made_by": t.counsellor, "pool_cents": 50_000}
    path = f"/v1/cases/{t.case}/proposals"
    assert t.w.call("counsellor", "POST", path, made).status_code == 409
    other = t.w.creditor("other", t.peer)
    for purpose in ("inventory", "proposal"):
        t.say(creditor_id=other, purpose=purpose)
    on_consent(t)
    answer = t.request(creditor=other)
    [asked] = answer.get_json()["statement_requests"]
    t.w.work()
    t.w.ok("other", "POST", f"/v1/statement-requests/{asked['id']}/reply", statement(asked["id"]), **JSON)
    done = t.w.ok("counsellor", "POST", path, made)
    assert done["left_out"] == [{"creditor_id": t.creditor, "reason": "expired"}]
    assert [one["creditor_id"] for one in done["offers"]] == [other]


def test_the_evidence_file_takes_along_only_what_may_be_exported(t: Told):
    """The fact that it is there, with the reason; no figure of it anywhere in the archive."""
    expired(t)
    archive = t.w.call("counsellor", "GET", f"/v1/cases/{t.case}/evidence").get_data()
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    assert not [name for name, part in parts.items() if b"1.000,00" in part or b'"total_cents": 100000' in part]
    assert any(b'"not_shown": "expired"' in part or b'"reason": "expired"' in part for part in parts.values())
    with t.w.gateway.runtime.database.begin() as connection:
        entries = journal.of_case(connection, UUID(t.case))
    looks = [one["facts"]["action"]["name"] for one in entries if one["kind"] == "decision.restricted"]
    assert looks == ["export"]


def test_a_copy_made_by_the_organisation_holds_what_it_may_see_and_the_residents_own_holds_all(t: Told):
    """Art. 15 does not end with a yes; but the copy that passes through our hands shows us nothing more."""
    expired(t)
    resident, organisation = case_row(t)["resident_id"], case_row(t)["organisation_id"]
    runtime, now = t.w.gateway.runtime, t.w.now()

    def statements(actor: str) -> list[dict[str, Any]]:
        _, content = personal_export.read(export_resident(runtime, organisation, resident, now, actor=actor))
        assert content is not None
        found: list[dict[str, Any]] = content["statements"]
        return found

    [ours] = statements(f"counsellor-organisation:{organisation}")
    assert (ours["not_shown"], ours["debts"], ours["statement"]) == ("expired", [], None)
    [own] = statements(RESIDENT)
    assert [debt["total_cents"] for debt in own["debts"]] == [OWED]


def test_the_residents_own_page_shows_what_is_theirs(t: Told):
    """The overview as a resident looks at it."""
    expired(t)
    with t.w.gateway.runtime.database.begin() as connection:
        shown = overview(t.w.gateway.runtime, connection, case_row(t), t.w.now(), actor=RESIDENT)
    assert shown["creditors"][0]["total_cents"] == OWED


def test_an_older_answer_that_may_be_seen_stands_in_for_a_newer_one_that_may_not(t: Told):
    """Two answers of one creditor on two yeses: the line shows the one, and says that there is another."""
    answered(t)
    t.w.later(hours=1)
    t.say(purpose="monitoring", ends_at=moment(t.w.now() + timedelta(days=2)))
    body = {"requests": [{"creditor_id": t.creditor, "purpose": "monitoring"}]}
    asked = t.w.ok("counsellor", "POST", f"/v1/cases/{t.case}/statement-requests", body)["statement_requests"]
    t.w.work()
    t.reply(asked[0]["id"], principal_cents=70_000)
    assert (line(t)["total_cents"], bool(line(t)["changes"])) == (70_000, True)
    on_consent(t, "monitoring")
    t.w.later(days=3)
    assert (line(t)["total_cents"], line(t)["changes"]) == (OWED, [])
    assert line(t)["not_shown"] == [{"request_id": asked[0]["id"], "reason": "expired", "answers": 1}]
    assert t.w.overview(t.case)["totals"]["total_cents"] == OWED


def test_the_same_statements_for_1_and_14_and_200_and_one_for_the_yes(t: Told):
    """A look at a case costs the same whatever it holds; every grant of it is fetched at once."""
    costs = []
    for number in (1, 13, 186):
        creditors = [t.w.creditor(f"n{len(costs)}-{index}") for index in range(number)]
        for some in (creditors[first : first + 50] for first in range(0, number, 50)):
            said = [{"creditor_id": one, "purpose": "inventory", "act": "given", "method": "desk"} for one in some]
            t.w.ok("counsellor", "POST", f"/v1/cases/{t.case}/grants", {"recorded_by": t.counsellor, "grants": said})
            t.w.ask(t.case, some)
        first = next(one for one in t.w.overview(t.case)["creditors"] if one["creditor"]["id"] == creditors[0])
        t.w.ok(f"n{len(costs)}-0", "POST", f"/v1/statement-requests/{first['request_id']}/reply",
               statement(first["request_id"]), **JSON)  # fmt: skip
        with counted(t.w) as seen:
            t.w.overview(t.case)
        costs.append(len(seen["statements"]))
        assert len([sql for sql in seen["statements"] if "FROM consent_grant" in sql]) == 1
    assert costs[0] == costs[1] == costs[2]


def test_edge_45_an_unknown_creditor_in_a_reply_is_named_and_not_asked_without_a_yes(t: Told):
    """A new holder surfaces: the counsellor sees its name, and nothing leaves before the resident has said yes."""
    t.say()
    request = t.requested()
    t.w.work()
    gone = {"reference": "L-1", "transferred_to": {"name": "Schuldeiser holder", "reference": "O-9"}}
    document = {"request_id": request, "outcome": "transferred", "as_of": "2026-04-24", "debts": [gone]}
    t.w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", json.dumps(document).encode(), **JSON)
    [named] = t.w.overview(t.case)["missing"]["named_not_asked"]
    assert named["name"] == "Schuldeiser holder"
    holder = t.w.creditor("holder", t.peer)
    assert codes(t.request(creditor=holder)) == ["no_grant"]
    before = len(t.peer.received)
    t.w.work()
    assert len(t.peer.received) == before
    t.say(creditor_id=holder)
    assert t.request(creditor=holder).status_code == 202


def test_edge_46_the_own_tax_desk_is_asked_under_its_own_flow_only(t: Told):
    """A yes to asking creditors is no yes to asking the municipality's own colleagues, not even one of before."""
    taxes = t.w.creditor("taxes", t.peer, sector="municipality")
    said = t.refused(creditor_id=taxes)
    assert said == {("/grants/0/purpose", "other_flow")}
    assert codes(t.request(creditor=taxes)) == ["no_grant"], "it is asked under own_claims, and nobody said yes to that"
    t.say(creditor_id=taxes, purpose="own_claims")
    named = {"requests": [{"creditor_id": taxes, "purpose": "inventory"}]}
    assert codes(t.w.call("counsellor", "POST", f"/v1/cases/{t.case}/statement-requests", named)) == ["no_grant"]
    assert t.request(creditor=taxes).status_code == 202
    t.w.work()
    assert t.peer.kinds() == ["statement_request"]
    t.say(creditor_id=taxes, purpose="proposal")


def test_a_yes_to_the_wrong_flow_from_before_is_refused_by_the_gate(t: Told):
    """On record from when the register did not part them: refused at asking and at sending."""
    flows = t.w.gateway.settings.flows
    open_to_all = {purpose: replace(flow, closed_to=frozenset()) for purpose, flow in flows.flows.items()}
    t.w.gateway.settings.__dict__["flows"] = Flows(flows=open_to_all)
    desks = [t.w.creditor(f"taxes-{number}", t.peer, sector="municipality") for number in range(2)]
    for desk in desks:
        t.say(creditor_id=desk)
    assert t.request(creditor=desks[0]).status_code == 202
    t.w.gateway.settings.__dict__["flows"] = flows
    named = {"requests": [{"creditor_id": desks[1], "purpose": "inventory"}]}
    assert codes(t.w.call("counsellor", "POST", f"/v1/cases/{t.case}/statement-requests", named)) == ["other_flow"]
    t.w.work()
    assert t.peer.received == []
    assert "other_flow" in {facts.get("reason") for facts in t.decisions()}
    assert t.every_decision_can_be_replayed()


def test_nobody_is_asked_further_back_than_the_flow_reaches(t: Told):
    """look_back_days: 0 is what stands today; 31 is a month, counted from the day of asking, and the message says it."""
    t.say()
    t.say(purpose="monitoring")
    today = t.w.now().date()

    def ask(days: int, purpose: str) -> Any:
        one = {"creditor_id": t.creditor, "purpose": purpose, "since": (today - timedelta(days=days)).isoformat()}
        return t.w.call("counsellor", "POST", f"/v1/cases/{t.case}/statement-requests", {"requests": [one]})

    assert codes(ask(1, "inventory")) == ["too_far_back"]
    assert codes(ask(32, "monitoring")) == ["too_far_back"]
    assert ask(-1, "monitoring").status_code == 400, "a day that is still to come"
    made = ask(31, "monitoring")
    assert made.status_code == 202
    t.w.later(days=2)  # it waited: the reach counts from the day of asking
    t.w.work()
    [(_, _, sent)] = t.peer.received
    assert json.loads(sent)["period_from"] == (today - timedelta(days=31)).isoformat()
    assert t.every_decision_can_be_replayed()


def test_without_a_day_the_message_asks_for_what_stands_today(t: Told):
    """The inventory as ever."""
    t.say()
    t.requested()
    t.w.work()
    [(_, _, sent)] = t.peer.received
    assert "period_from" not in json.loads(sent)


def test_the_line_in_a_spreadsheet_says_why(t: Told):
    """One column, in words."""
    expired(t)
    content = t.w.call("counsellor", "GET", f"/v1/cases/{t.case}/overview-file").get_data().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(content), delimiter=";")
    assert (row["Totaal"], row["Niet getoond"]) == ("", "Het ja van de inwoner is voorbij.")
