"""What waits for a person: said in plain words, with what can be done; the values themselves only to who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from gateway.documents.words import PROBLEMS
from gateway.services import receive_reply
from gateway.storage.tables import statement_request
from tests.integration.review_support import MENDED, Reviewed, mapping, reviewed
from tests.integration.support import JSON

ODD = "ZEER ZEKER"


@pytest.fixture
def r(tmp_path: Path) -> Iterator[Reviewed]:
    with reviewed(tmp_path) as made:
        yield made


def test_the_counsellor_sees_what_is_held_since_when_why_and_what_can_be_done(r: Reviewed):
    """Each reason once, in Dutch and English, with the places; nothing of what stood there."""
    r.w.later(days=2)
    taken = r.reply("gym", rank=ODD, surprise=1)
    r.w.later(days=5)
    [held] = r.held()["held_replies"]
    assert held["reply_id"] == taken["reply_id"]
    assert held["creditor"]["name"] == "Schuldeiser gym"
    assert held["since"].startswith("2026-04-26T")
    assert (held["status"], held["clock"], held["late"], held["provisional"]) == ("held", "suspended", False, True)
    assert held["can"] == ["mend_and_replay", "key_in", "dismiss"]
    reasons = {reason["code"]: reason for reason in held["reasons"]}
    assert set(reasons) == {"unlisted_value", "unmapped_element"}
    assert reasons["unlisted_value"]["words"]["nl"] == PROBLEMS["unlisted_value"][0]
    assert reasons["unlisted_value"]["places"] == ["$['debts'][0]['rank']"]
    assert ODD not in str(held)


def test_a_reason_that_is_there_a_hundred_times_is_said_once(r: Reviewed):
    """With how often, and the first few places."""
    debts = [{"number": f"R-{number}", "rank": ODD, "amount": 1} for number in range(100)]
    r.send("gym", {"request": r.requests["gym"], "date": "2026-04-24", "debts": debts})
    [reason] = r.held()["held_replies"][0]["reasons"]
    assert (reason["times"], len(reason["places"])) == (100, 5)


def test_what_no_mapping_can_mend_is_asked_of_the_creditor(r: Reviewed):
    """A date that cannot be is the creditor's own; a code that we do not know is ours."""
    debts = [{"number": "R-1", "rank": "GEWOON", "amount": 1}]
    r.send("gym", {"request": r.requests["gym"], "date": "2027-04-24", "debts": debts})
    r.send("gym", {"request": r.requests["gym"], "date": "2027-04-24", "debts": [{**debts[0], "rank": ODD}]})
    assert [held["can"] for held in r.held()["held_replies"]] == [
        ["ask_creditor", "key_in", "dismiss"],
        ["mend_and_replay", "ask_creditor", "key_in", "dismiss"],
    ]


def test_the_third_that_is_held_does_not_stop_the_clock(r: Reviewed):
    """Ruling 20: the list says which of them the term waits for, or that it runs on."""
    for number in range(2):
        r.reply("gym", rank=ODD, amount=number)
    for held in r.held()["held_replies"]:
        body = {"counsellor_id": r.counsellor, "reason": "not_an_answer"}
        r.w.ok("counsellor", "POST", f"/v1/replies/{held['reply_id']}/dismissal", body)
    r.reply("gym", rank=ODD, amount=3)
    assert [held["clock"] for held in r.held()["held_replies"]] == ["running"]


def test_the_value_that_could_not_be_placed_is_for_who_asks(r: Reviewed):
    """The creditor is never shown it again; the counsellor is, and that somebody looked is on record."""
    taken = r.reply("gym", rank=ODD)
    assert ODD not in str(taken)
    before = r.w.journal(r.case).count("case.looked_at")
    shown = r.w.ok("counsellor", "GET", f"/v1/replies/{taken['reply_id']}")
    [problem] = shown["problems"]
    assert (problem["code"], problem["value"]) == ("unlisted_value", ODD)
    assert problem["words"]["en"] == PROBLEMS["unlisted_value"][1]
    assert shown["provisional"] is True
    assert shown["statement"]["debts"][0]["total_computed_cents"] == 100_000
    looks = [event for event in r.w.events() if event["type"] == "case.looked_at"]
    assert len(looks) == before + 1
    assert looks[-1]["facts"] == {"part": "reply", "reply_id": taken["reply_id"]}
    assert ODD not in str(r.w.events("gym"))


def test_a_number_of_nine_digits_is_not_among_the_values(r: Reviewed):
    """Whatever it is, it may be somebody's citizen service number."""
    taken = r.reply("gym", rank="klant 999990019")
    shown = r.w.ok("counsellor", "GET", f"/v1/replies/{taken['reply_id']}")
    assert shown["problems"][0]["value"] == "klant *********"
    assert "999990019" not in str(shown)


def test_every_version_is_listed_beside_the_reply(r: Reviewed):
    """The first answer, the one that corrected it, and what each was read with."""
    first = r.reply("gym", amount=100_000)
    r.w.later(days=1)
    second = r.reply("gym", amount=90_000)
    shown = r.w.ok("counsellor", "GET", f"/v1/replies/{second['reply_id']}")
    assert [one["reply_id"] for one in shown["versions"]] == [first["reply_id"], second["reply_id"]]
    assert [one["status"] for one in shown["versions"]] == ["accepted", "accepted"]
    assert all(one["mapping"].startswith("list-of-ours@1.0.0#") for one in shown["versions"])
    assert (shown["provisional"], shown["statement"]["debts"][0]["total_computed_cents"]) == (False, 90_000)
    assert shown["statement"]["provenance"].get("fields") is None


def test_a_reading_anew_names_what_it_replaces(r: Reviewed):
    """The old figures can still be asked for."""
    old = r.reply("gym", amount=100_000, fee=500)["reply_id"]
    r.replay(r.mend(mapping("1.1.0", ignored="", components='enforcement_costs = { outstanding = "fee" }')))
    shown = r.w.ok("counsellor", "GET", f"/v1/replies/{old}")
    assert shown["statement"]["total_computed_cents"] == 100_000
    assert [one["status"] for one in shown["versions"]] == ["superseded", "accepted"]
    assert shown["versions"][1]["replaces"] == old
    assert shown["versions"][1]["origin"] == "replayed"


def test_a_creditor_may_not_look_and_a_foreign_case_is_unknown(r: Reviewed):
    """The list and the reply are for the organisation whose case it is."""
    reply_id = r.reply("gym", rank=ODD)["reply_id"]
    r.w.counsellor_organisation("other")
    for path in (f"/v1/cases/{r.case}/held-replies", f"/v1/replies/{reply_id}"):
        assert r.w.call("gym", "GET", path).status_code == 403
        assert r.w.call("other", "GET", path).status_code == 404


def test_the_page_says_it_in_plain_dutch(r: Reviewed):
    """Who, since when, why, what to do; not the value, and nothing to press."""
    r.reply("gym", rank=ODD)
    body = {"role": "counsellor", "case_id": r.case}
    address = r.w.ok("counsellor", "POST", "/v1/page-links", body)["address"]
    browser = r.w.gateway.flask.test_client()
    browser.get("/page/" + address.rpartition("/page/")[2])
    shown = browser.get("/case").get_data(as_text=True)
    for words in (
        "Antwoorden die op u wachten", "Schuldeiser gym", PROBLEMS["unlisted_value"][0], "De termijn staat stil.",
        "Vraag de beheerder", "Typ het over", "Leg het weg",
    ):  # fmt: skip
        assert words in shown, words
    assert ODD not in shown
    assert "<form" not in shown


def test_an_acknowledgement_is_kept_as_it_came(tmp_path: Path):
    """Promise 2: the bytes are sealed and digested, whatever they turn out to be; the term runs on."""
    acknowledges = mapping("1.0.0").replace("syntax =", 'acknowledgement = "$.received"\nsyntax =')
    with reviewed(tmp_path) as r:
        r.w.gateway.settings.__dict__.pop("formats", None)
        r.mend(acknowledges)
        taken = r.send("gym", {"received": True})
        assert taken["status"] == "acknowledged"
        [row] = r.rows("gym")
        assert (row["status"], str(row["id"])) == ("acknowledged", taken["reply_id"])
        assert b"received" not in bytes(row["raw"])
        assert not r.line("gym")["suspended"]
        assert r.send("gym", {"received": True}) == taken
        assert len(r.rows("gym")) == 1


def test_what_one_request_may_fill_has_a_limit(r: Reviewed, monkeypatch: pytest.MonkeyPatch):
    """Beyond it 409, with what to do; nothing is kept, and what was kept stands."""
    monkeypatch.setattr(receive_reply, "MOST_REPLIES", 3)
    path = f"/v1/statement-requests/{r.requests['gym']}/reply"
    assert [r.w.call("gym", "POST", path, b"{%d" % number, **JSON).status_code for number in range(3)] == [400] * 3
    entries = len(r.w.journal(r.case))
    refused: Any = r.w.call("gym", "POST", path, b"{4", **JSON)
    assert refused.status_code == 409
    assert "call us" in refused.get_json()["detail"]
    assert len(r.rows("gym")) == 3
    assert len(r.w.journal(r.case)) == entries


def test_an_inline_answer_over_the_limit_does_not_stop_the_delivery(r: Reviewed, monkeypatch: pytest.MonkeyPatch):
    """The proof of delivery is recorded; only the reply beside it is not kept."""
    monkeypatch.setattr(receive_reply, "MOST_REPLIES", 0)
    runtime = r.w.gateway.runtime
    with runtime.database.begin() as connection:
        request = receive_reply.statement_requests.get(connection, receive_reply.UUID(r.requests["gym"]))
        assert request is not None
        taken = receive_reply.take_in(runtime, connection, request, b"{}", "application/json", r.w.now())
    assert taken.status == "too_many"
    assert r.rows("gym") == []


def test_a_format_that_is_gone_holds_the_reply(r: Reviewed):
    """The configuration no longer has the mapping: the bytes are kept, and read when it is back."""
    (r.config / "creditors" / "list-of-ours.toml").rename(r.config / "away")
    r.w.gateway.settings.__dict__.pop("formats", None)
    assert r.reply("gym")["status"] == "held"
    [reason] = r.held()["held_replies"][0]["reasons"]
    assert reason["code"] == "not_processed"
    assert [one.verdict.value for one in r.replay(r.mend(mapping("1.0.0", ranks=MENDED)))] == ["accepted"]


def test_a_reply_to_a_request_that_was_stopped_is_not_listed(r: Reviewed):
    """Quarantined is not held: nobody is asked to look at what may not be opened."""
    r.w.ok("counsellor", "POST", f"/v1/cases/{r.case}/withdrawals", {"everything": True})
    r.reply("gym")
    assert r.held() == {"held_replies": []}
    with r.w.gateway.runtime.database.begin() as connection:
        connection.execute(update(statement_request).values(state="waiting"))
    assert r.replay(r.mend(mapping("1.1.0"))) == []
