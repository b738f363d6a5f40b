"""A statement from a paper letter: one person types it in, another reads the letter too, and only then it counts."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.statement import Statement
from gateway.errors import Invalid
from gateway.messages import keyed_statement
from tests.integration.review_support import Reviewed, reviewed

DEBT = {
    "reference": "R-1",
    "rank": "ordinary",
    "components": [
        {"kind": "principal", "outstanding_cents": 100_000},
        {"kind": "interest", "outstanding_cents": 2_345},
    ],
    "total_stated_cents": 102_345,
}
LETTER = {"outcome": "statement", "as_of": "2026-04-24", "debts": [DEBT], "total_stated_cents": 102_345}


@pytest.fixture
def r(tmp_path: Path):
    with reviewed(tmp_path, regime_group="agreement") as made:
        yield made


def key_in(r: Reviewed, letter: Any = LETTER, **more: Any) -> Any:
    body = {
        "keyed_by": r.counsellor,
        "received_on": r.w.now().date().isoformat(),
        "page_reference": "brief van 24 april, blad 1",
        "statement": letter,
        **more,
    }
    return r.w.call("counsellor", "POST", f"/v1/statement-requests/{r.requests['gym']}/keyed-statements", body)


def check(r: Reviewed, reply_id: str, by: str, **more: Any) -> Any:
    body = {"counsellor_id": by, "agrees": True, "outcome": "statement", "grand_total_cents": 102_345, **more}
    sent = {name: value for name, value in body.items() if value is not None}
    return r.w.call("counsellor", "POST", f"/v1/keyed-statements/{reply_id}/check", sent)


def codes(answer: Any) -> dict[str, str]:
    return {fault["pointer"]: fault["code"] for fault in answer.get_json()["errors"]}


def test_two_readings_that_agree_make_an_answer(r: Reviewed):
    """Typed, checked by another with the total they read: accepted, counted, journalled, and traceable to people."""
    r.w.later(days=3)
    typed = key_in(r)
    assert (typed.status_code, typed.get_json()["status"]) == (202, "keyed")
    reply_id = typed.get_json()["reply_id"]
    line = r.line("gym")
    assert (line["state"], line["total_cents"], line["suspended"]) == ("waiting", None, True)

    second = r.w.counsellor()
    checked = check(r, reply_id, second)
    assert (checked.status_code, checked.get_json()["status"]) == (200, "accepted")
    line = r.line("gym")
    assert (line["state"], line["total_cents"], line["late"], line["provisional"]) == (
        "answered",
        102_345,
        False,
        False,
    )
    assert line["debts"][0]["components"] == {"principal": 100_000, "interest": 2_345}
    shown = r.w.ok("counsellor", "GET", f"/v1/replies/{reply_id}")
    provenance = shown["statement"]["provenance"]
    assert provenance["method"] == "keyed_by_person"
    assert (provenance["keyed_by"], provenance["checked_by"]) == (r.counsellor, second)
    assert provenance["page_reference"] == "brief van 24 april, blad 1"
    assert (shown["reply"]["origin"], shown["reply"]["mapping"]) == ("keyed", None)
    journal = r.w.journal(r.case)
    steps = [kind for kind in journal if kind.startswith(("statement.", "reply."))]
    assert steps == ["statement.keyed", "statement.checked", "reply.accepted"]
    assert check(r, reply_id, second).get_json()["status"] == "accepted", "twice is once"


def test_no_silence_is_counted_while_a_letter_waits_for_its_check(r: Reviewed):
    """The creditor has answered; that we have not read it twice yet is no silence of theirs."""
    r.w.later(days=3)
    reply_id = key_in(r).get_json()["reply_id"]
    for _ in range(40):
        r.w.later(days=1)
        r.w.work()
    assert r.line("gym")["state"] == "waiting"
    body = {"counsellor_id": r.counsellor, "reason": "not_an_answer"}
    r.w.ok("counsellor", "POST", f"/v1/replies/{reply_id}/dismissal", body)
    assert not r.line("gym")["suspended"]
    for _ in range(40):
        r.w.later(days=1)
        r.w.work()
    assert r.line("gym")["state"] == "silent"


def test_nobody_checks_what_they_typed_themselves(r: Reviewed):
    """Four eyes: the same person is refused, whatever they send."""
    reply_id = key_in(r).get_json()["reply_id"]
    refused = check(r, reply_id, r.counsellor)
    assert (refused.status_code, codes(refused)) == (400, {"/counsellor_id": "same_person"})
    assert r.line("gym")["state"] == "waiting"


@pytest.mark.parametrize(
    ("read", "places"),
    [
        ({"grand_total_cents": 102_346}, {"/grand_total_cents"}),
        ({"outcome": "nil"}, {"/outcome"}),
        (
            {"grand_total_cents": None, "debt_totals": [{"reference": "R-1", "total_cents": 102_300}]},
            {"/debt_totals/0/total_cents"},
        ),
        (
            {"grand_total_cents": None, "debt_totals": [{"reference": "R-2", "total_cents": 102_345}]},
            {"/debt_totals/0/reference", "/debt_totals"},
        ),
    ],
)
def test_a_second_reading_that_differs_is_named_and_counts_for_nothing(r: Reviewed, read: Any, places: set[str]):
    """To the cent; it says where, never what the first person typed, and the right reading still works after it."""
    reply_id, second = key_in(r).get_json()["reply_id"], r.w.counsellor()
    differs = check(r, reply_id, second, **read)
    assert differs.status_code == 409
    assert differs.get_json()["type"].endswith("readings_differ")
    assert set(codes(differs)) == places
    assert "102345" not in differs.get_data(as_text=True)
    assert "102_345" not in differs.get_data(as_text=True)
    assert r.line("gym")["total_cents"] is None
    assert "statement.check_differed" in r.w.journal(r.case)
    each = {"grand_total_cents": None, "debt_totals": [{"reference": "R-1", "total_cents": 102_345}]}
    assert check(r, reply_id, second, **each).get_json()["status"] == "accepted"


def test_a_click_alone_is_no_check(r: Reviewed):
    """Whoever agrees says what they read; whoever does not says why."""
    reply_id, second = key_in(r).get_json()["reply_id"], r.w.counsellor()
    assert codes(check(r, reply_id, second, grand_total_cents=None)) == {"/grand_total_cents": "required"}
    assert codes(check(r, reply_id, second, outcome=None)) == {"/outcome": "required"}
    assert codes(check(r, reply_id, second, agrees=False)) == {"/reason": "required"}
    refused = check(r, reply_id, second, agrees=False, reason="cannot_read")
    assert refused.get_json()["status"] == "keyed"
    assert "statement.check_refused" in r.w.journal(r.case)


def test_the_figures_stay_hidden_from_the_second_reader(r: Reviewed):
    """Neither the reply, nor the list of what waits, nor the overview shows what was typed."""
    reply_id = key_in(r).get_json()["reply_id"]
    for path in (f"/v1/replies/{reply_id}", f"/v1/cases/{r.case}/held-replies", f"/v1/cases/{r.case}"):
        shown = r.w.call("counsellor", "GET", path).get_data(as_text=True)
        assert "102345" not in shown, path
        assert "2345" not in shown, path
    [waiting] = r.held()["held_replies"]
    assert (waiting["status"], waiting["can"], waiting["clock"]) == ("keyed", ["check", "dismiss"], "suspended")


def test_one_letter_at_a_time(r: Reviewed):
    """A second one is a conflict until the first is checked or put aside."""
    reply_id = key_in(r).get_json()["reply_id"]
    assert key_in(r).status_code == 409
    body = {"counsellor_id": r.counsellor, "reason": "other"}
    r.w.ok("counsellor", "POST", f"/v1/replies/{reply_id}/dismissal", body)
    assert key_in(r).status_code == 202


def test_every_fault_of_the_form_is_listed_at_once(r: Reviewed):
    """With its place; an unknown field, a code, an amount and a day."""
    letter = {
        "outcome": "misschien",
        "as_of": "24-04-2026",
        "request_id": "x",
        "debts": [{"reference": "", "components": [{"kind": "principal", "outstanding_cents": 10.5}]}, "R-2", {}],
    }
    refused = key_in(r, letter)
    assert refused.status_code == 400
    assert codes(refused) == {
        "/statement/request_id": "unknown_field",
        "/statement/outcome": "code",
        "/statement/as_of": "date",
        "/statement/debts/0/reference": "length",
        "/statement/debts/0/components/0/outstanding_cents": "cents",
        "/statement/debts/1": "type",
        "/statement/debts/2/reference": "required",
    }


def test_every_broken_rule_is_listed_at_once(r: Reviewed):
    """What would hold a creditor's own reply refuses the typing; nothing is kept of it."""
    wrong = {**LETTER, "as_of": "2027-01-01", "total_stated_cents": 1, "debts": [{**DEBT, "total_stated_cents": 5}]}
    refused = key_in(r, wrong)
    assert refused.status_code == 400
    assert {"R5", "R7", "R8"} <= set(codes(refused).values())
    assert all(pointer.startswith("/statement/") for pointer in codes(refused))
    assert r.rows("gym") == []
    masked = {**LETTER, "debts": [{**DEBT, "description": "BSN 999990019"}]}
    assert codes(key_in(r, masked)) == {"/statement/debts/0/description": "R16"}


def test_the_day_of_the_letter_decides_whether_it_is_late(r: Reviewed):
    """In time on paper and typed in after the term: in time. A day to come or before the question: refused."""
    in_time = r.w.now().date().isoformat()
    assert codes(key_in(r, received_on="2026-04-23")) == {"/received_on": "too_early"}
    assert codes(key_in(r, received_on="2026-04-25")) == {"/received_on": "future"}
    for _ in range(60):
        r.w.later(days=1)
        r.w.work()
    assert r.line("gym")["state"] == "silent"
    reply_id = key_in(r, received_on=in_time).get_json()["reply_id"]
    assert check(r, reply_id, r.w.counsellor()).status_code == 200
    line = r.line("gym")
    assert (line["state"], line["late"]) == ("answered", False)


def test_a_letter_that_came_late_is_late(r: Reviewed):
    """An answer all the same (ruling 11)."""
    for _ in range(60):
        r.w.later(days=1)
        r.w.work()
    reply_id = key_in(r).get_json()["reply_id"]
    check(r, reply_id, r.w.counsellor())
    assert r.line("gym")["late"] is True


def test_what_was_held_is_moot_once_the_letter_counts(r: Reviewed):
    """Keyed in because the creditor's own reply could not be understood."""
    r.reply("gym", rank="VOORRANG")
    r.w.later(days=1)
    reply_id = key_in(r).get_json()["reply_id"]
    check(r, reply_id, r.w.counsellor())
    assert [row["status"] for row in r.rows("gym")] == ["dismissed", "accepted"]
    assert r.held() == {"held_replies": []}


def test_without_permission_no_letter_is_typed_in_or_checked(r: Reviewed):
    """Paper is under the same promise as bytes; the refusal stands in the journal."""
    reply_id = key_in(r).get_json()["reply_id"]
    r.w.ok("counsellor", "POST", f"/v1/cases/{r.case}/withdrawals", {"everything": True})
    refused = check(r, reply_id, r.w.counsellor())
    assert (refused.status_code, refused.get_json()["type"].rpartition(":")[2]) == (409, "no_permission")
    body = {"counsellor_id": r.counsellor, "reason": "other"}
    r.w.ok("counsellor", "POST", f"/v1/replies/{reply_id}/dismissal", body)
    assert key_in(r).status_code == 409
    assert r.w.journal(r.case).count("decision.refused") == 2
    assert [row["status"] for row in r.rows("gym")] == ["dismissed"]


def test_a_letter_that_says_nothing_is_owed(r: Reviewed):
    """No figures to compare: the kind of answer is what both must have read."""
    reply_id = key_in(r, {"outcome": "nil", "as_of": "2026-04-24", "debts": []}).get_json()["reply_id"]
    checked = check(r, reply_id, r.w.counsellor(), outcome="nil", grand_total_cents=None)
    assert checked.get_json()["status"] == "accepted"
    assert r.line("gym")["outcome"] == "nil"


def test_another_organisations_letter_is_unknown(r: Reviewed):
    """Neither typing nor checking in somebody else's case."""
    reply_id = key_in(r).get_json()["reply_id"]
    r.w.counsellor_organisation("other")
    other = r.w.counsellor("other")
    body = {"counsellor_id": other, "agrees": True, "outcome": "statement", "grand_total_cents": 102_345}
    assert r.w.call("other", "POST", f"/v1/keyed-statements/{reply_id}/check", body).status_code == 404
    typed = {"keyed_by": other, "received_on": "2026-04-24", "page_reference": "1", "statement": LETTER}
    path = f"/v1/statement-requests/{r.requests['gym']}/keyed-statements"
    assert r.w.call("other", "POST", path, typed).status_code == 404


def test_every_part_of_a_statement_can_be_typed_in():
    """A part that is added to the canonical statement has a way in from paper."""
    waiting: list[Any] = [Statement]
    while waiting:
        kind = waiting.pop()
        for one in fields(kind):
            if kind is Statement and one.name in keyed_statement.MADE_BY_US:
                continue
            faults: list[Any] = []
            hint = next(field.hint for field in keyed_statement._shape(kind) if field.name == one.name)
            keyed_statement._value(object(), hint, "", faults)
            assert faults, f"{kind.__name__}.{one.name}"
            waiting += [part for part in keyed_statement.parts_of(hint) if part not in waiting]


def test_what_the_parts_refuse_is_a_fault_and_no_failure():
    """A rate that is no rate."""
    letter = {**LETTER, "debts": [{**DEBT, "interest": {"rate": "veel"}}]}
    with pytest.raises(Invalid) as refused:
        keyed_statement.statement_from(
            json.loads(json.dumps(letter)), pointer="/statement", request_id="x",
            received_at=None, provenance=None,  # type: ignore[arg-type]
        )  # fmt: skip
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/statement/debts/0/interest", "value")]
