"""`gateway creditor replay`: what was held is understood with a mended mapping, and nothing that counted is lost."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from gateway.app import Gateway
from gateway.cli.creditor import creditor
from gateway.services import receive_reply
from gateway.services import replay_replies as replaying
from gateway.services.replay_replies import Verdict
from tests.integration.review_support import FEE_READ, MENDED, ORDINARY, SLUG, Reviewed, mapping, reviewed

MORE_RANKS = mapping("1.1.0", ranks=MENDED)
FEES_TOO = mapping("1.1.0", ignored="", components=FEE_READ)


@pytest.fixture
def r(tmp_path: Path):
    with reviewed(tmp_path) as made:
        yield made


def test_what_was_held_counts_once_the_mapping_is_mended(r: Reviewed):
    """Held, mended, tried, replayed: accepted as if it had come in understood, and the clock has nothing to wait for."""
    r.w.later(days=2)
    assert r.reply("gym", rank="VOORRANG")["status"] == "held"
    assert r.line("gym")["suspended"]
    r.w.later(days=30)
    mended = r.mend(MORE_RANKS)
    [tried] = r.replay(mended, dry_run=True)
    assert tried.verdict is Verdict.ACCEPTED
    assert r.line("gym")["total_cents"] == 100_000
    assert r.line("gym")["provisional"], "a dry run changes nothing"

    [done] = r.replay(mended)
    assert done == tried
    line = r.line("gym")
    assert (line["state"], line["provisional"], line["held"], line["late"]) == ("answered", False, [], False)
    assert line["debts"][0]["rank"] == "preferential"
    assert r.w.overview(r.case)["totals"]["total_cents"] == 100_000
    assert not line["suspended"]
    r.w.later(days=40)
    r.w.work()
    assert r.line("gym")["state"] == "answered", "no term runs on to count as silence"


def test_the_journal_says_who_read_anew_with_which_mapping(r: Reviewed):
    """Mapping before and after, by the administrator; then the acceptance, as for any reply."""
    r.reply("gym", rank="VOORRANG")
    before = r.rows("gym")[0]["mapping"]
    r.replay(r.mend(MORE_RANKS))
    events = {event["type"]: event for event in r.w.events() if event["case_id"] == r.case}
    facts = events["reply.replayed"]["facts"]
    assert (facts["was"], facts["became"], facts["mapping_before"]) == ("held", "accepted", before)
    assert facts["mapping_after"].startswith("list-of-ours@1.1.0#")
    assert r.w.journal(r.case)[-4:] == ["decision.permitted", "reply.replayed", "term.cancelled", "reply.accepted"]
    [row] = r.rows("gym")
    assert (row["status"], row["origin"], row["mapping"]) == ("accepted", "replayed", facts["mapping_after"])


def test_a_second_run_changes_nothing(r: Reviewed):
    """Not a row, not an entry about the case."""
    r.reply("gym", rank="VOORRANG")
    mended = r.mend(MORE_RANKS)
    r.replay(mended)
    rows, journal = r.rows("gym"), r.w.journal(r.case)
    assert [one.verdict for one in r.replay(mended)] == [Verdict.UNCHANGED]
    assert (r.rows("gym"), r.w.journal(r.case)) == (rows, journal)


def test_other_figures_are_a_new_version_beside_the_old(r: Reviewed):
    """The old row stays as it was read, sealed statement included; the new one says with which mapping."""
    r.reply("gym", amount=100_000, fee=2_500)
    [old] = r.rows("gym")
    mended = r.mend(FEES_TOO)
    [tried] = r.replay(mended, dry_run=True)
    assert tried.verdict is Verdict.FIGURES
    figures = {one.pointer: (one.before, one.after) for one in tried.figures}
    assert figures["/debts/0/components/1/outstanding_cents"] == (None, 2_500)
    assert figures["/total_computed_cents"] == (100_000, 102_500)
    assert r.rows("gym") == [old]

    r.replay(mended)
    before, after = r.rows("gym")
    assert before["status"] == "superseded"
    assert {**before, "status": "accepted"} == dict(old)
    assert (after["status"], after["origin"], after["replaces"]) == ("accepted", "replayed", before["id"])
    assert after["version"] == before["version"] + 1
    assert (after["received_at"], after["late"]) == (before["received_at"], before["late"])
    assert r.line("gym")["total_cents"] == 102_500
    assert [one.verdict for one in r.replay(mended)] == [Verdict.UNCHANGED]


def test_an_early_answer_read_anew_does_not_overtake_a_later_one(r: Reviewed):
    """Two statements, both read anew: the later one is still the one that counts."""
    r.reply("gym", amount=100_000, fee=2_500)
    r.w.later(days=1)
    r.reply("gym", amount=70_000, fee=1_000)
    assert [one.verdict for one in r.replay(r.mend(FEES_TOO))] == [Verdict.FIGURES, Verdict.FIGURES]
    assert r.line("gym")["total_cents"] == 71_000


def test_a_proposal_rests_on_the_answer_that_came_in_last(r: Reviewed):
    """Only the first of two was read anew, so its new version is the youngest row; it is still the older answer."""
    r.reply("gym", amount=100_000, fee=2_500)
    r.w.later(days=1)
    r.reply("gym", amount=70_000)
    assert [one.verdict for one in r.replay(r.mend(FEES_TOO))] == [Verdict.FIGURES, Verdict.UNCHANGED]
    body = {"made_by": r.counsellor, "pool_cents": 10_000}
    r.w.ok("counsellor", "POST", f"/v1/cases/{r.case}/proposals", body)
    assert r.line("gym")["offer"]["claim_cents"] == 70_000


def test_an_answer_that_counted_is_not_opened_after_a_withdrawal(r: Reviewed):
    """The figures stand; nobody reads the bytes again."""
    r.reply("gym", amount=100_000, fee=2_500)
    [row] = r.rows("gym")
    r.w.ok("counsellor", "POST", f"/v1/cases/{r.case}/withdrawals", {"everything": True})
    for dry_run in (True, False):
        assert [one.verdict for one in r.replay(r.mend(FEES_TOO), dry_run=dry_run)] == [Verdict.UNREAD]
    assert r.rows("gym") == [row]


def test_what_counted_is_never_held_by_itself(r: Reviewed):
    """A mapping that became worse is an alarm; the statement that counted goes on to count."""
    r.reply("gym", rank="GEWOON")
    worse = r.mend(mapping("1.1.0", ranks='VOORRANG = "preferential"'))
    for dry_run in (True, False):
        [one] = r.replay(worse, dry_run=dry_run)
        assert (one.verdict, one.codes) == (Verdict.WOULD_BE_HELD, ("unlisted_value",))
    assert r.line("gym")["total_cents"] == 100_000
    assert not r.line("gym")["provisional"]


def test_a_reply_to_a_flow_that_was_withdrawn_stays_unread(r: Reviewed):
    """Permission is asked again at reading: held before the withdrawal, not opened after it."""
    r.reply("gym", rank="VOORRANG")
    r.w.ok("counsellor", "POST", f"/v1/cases/{r.case}/withdrawals", {"everything": True})
    [row] = r.rows("gym")
    [one] = r.replay(r.mend(MORE_RANKS))
    assert one.verdict is Verdict.UNREAD
    assert r.rows("gym") == [row]


def test_what_a_person_put_aside_stays_aside(r: Reviewed):
    """Dismissed and refused replies are not among those that are read anew."""
    reply_id = r.reply("gym", rank="VOORRANG")["reply_id"]
    body = {"counsellor_id": r.counsellor, "reason": "about_someone_else"}
    r.w.ok("counsellor", "POST", f"/v1/replies/{reply_id}/dismissal", body)
    assert r.replay(r.mend(MORE_RANKS)) == []


def test_lateness_is_that_of_the_day_it_came_in(r: Reviewed):
    """Received in time and understood a month later: in time. Received late: late."""
    r.reply("gym", rank="VOORRANG")
    r.w.later(days=80)
    r.replay(r.mend(MORE_RANKS))
    assert r.line("gym")["late"] is False


def test_an_old_reading_makes_no_later_answer_late_or_in_time(r: Reviewed):
    """The request is as late as the answer that came in last, whichever was read last."""
    r.reply("gym", amount=100_000, fee=2_500)
    with r.w.gateway.runtime.database.begin() as connection:
        request = receive_reply.statement_requests.get(connection, UUID(r.requests["gym"]))
        assert request is not None
        later = request["answered_at"] + timedelta(days=30)
        receive_reply.statement_requests.change(connection, request["id"], late=True, answered_at=later)
    r.replay(r.mend(FEES_TOO))
    assert r.line("gym")["late"] is True


def test_a_late_reply_that_was_held_is_late_when_it_counts(r: Reviewed):
    """The term was over when it came in."""
    for _ in range(60):
        r.w.later(days=1)
        r.w.work()
    assert r.reply("gym", rank="VOORRANG")["status"] == "held"
    r.replay(r.mend(MORE_RANKS))
    assert r.line("gym")["late"] is True


def test_held_replies_in_their_order(r: Reviewed):
    """Two that were held are two versions; one that stays held after them still waits for a person."""
    r.reply("gym", rank="VOORRANG", amount=90_000)
    r.w.later(days=1)
    r.reply("gym", rank="VOORRANG", amount=80_000)
    r.w.later(days=1)
    r.reply("gym", rank="ONBEKEND", amount=70_000)
    mended = r.mend(MORE_RANKS)
    tried = [one.verdict for one in r.replay(mended, dry_run=True)]
    assert tried == [Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.STILL_HELD]
    assert [one.verdict for one in r.replay(mended)] == tried
    assert [row["status"] for row in r.rows("gym")] == ["accepted", "accepted", "held"]
    assert r.line("gym")["total_cents"] == 80_000
    assert len(r.line("gym")["held"]) == 1


def test_one_that_is_still_held_says_why_it_is_held_now(r: Reviewed):
    """One of two faults was mended; the other is left, and a second run finds the same."""
    r.reply("gym", rank="VOORRANG", surprise=1)
    [held] = r.line("gym")["held"]
    assert {one["code"] for one in held["problems"]} == {"unlisted_value", "unmapped_element"}
    mended = r.mend(MORE_RANKS)
    [one] = r.replay(mended)
    assert (one.verdict, one.codes) == (Verdict.STILL_HELD, ("unmapped_element",))
    [held] = r.line("gym")["held"]
    assert {one["code"] for one in held["problems"]} == {"unmapped_element"}
    rows = r.rows("gym")
    r.replay(mended)
    assert r.rows("gym") == rows


def test_a_reply_that_does_not_open_is_named_and_the_others_go_on(tmp_path: Path):
    """One sealed record was tampered with; the rest is read all the same."""
    with reviewed(tmp_path, ("one", "two")) as r:
        for name in ("one", "two"):
            r.reply(name, rank="VOORRANG")
        [row] = r.rows("one")
        with r.w.gateway.runtime.database.begin() as connection:
            replaying.statement_requests.change_reply(connection, row["id"], raw=bytes(row["raw"])[:-1] + b"\x00")
        found = {one.reply_id: one.verdict for one in r.replay(r.mend(MORE_RANKS))}
        assert found == {row["id"]: Verdict.BROKEN, r.rows("two")[0]["id"]: Verdict.ACCEPTED}


def test_many_requests_are_read_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """More requests than one batch holds: each reply is read once."""
    monkeypatch.setattr(replaying, "REQUESTS_AT_ONCE", 2)
    names = ("a", "b", "c", "d", "e")
    with reviewed(tmp_path, names) as r:
        for name in names:
            r.reply(name, rank="VOORRANG")
        mended = r.mend(MORE_RANKS)
        assert replaying.count_replies(mended, SLUG) == 5
        assert [one.verdict for one in r.replay(mended)] == [Verdict.ACCEPTED] * 5


def test_two_runs_at_once_make_one_new_version(tmp_path: Path):
    """Two administrators at the same moment: whoever comes second finds it done."""
    names = ("a", "b", "c", "d")
    with reviewed(tmp_path, names) as r:
        for name in names:
            r.reply(name, amount=100_000, fee=2_500)
        mended = r.mend(FEES_TOO)
        with ThreadPoolExecutor(3) as pool:
            found = list(pool.map(lambda _: r.replay(mended), range(3)))
        verdicts = Counter(one.verdict for run in found for one in run)
        assert verdicts[Verdict.FIGURES] == len(names)
        assert set(verdicts) <= {Verdict.FIGURES, Verdict.OVERTAKEN, Verdict.UNCHANGED}
        for name in names:
            assert [row["status"] for row in r.rows(name)] == ["superseded", "accepted"]
            assert r.line(name)["total_cents"] == 102_500


def run(r: Reviewed, monkeypatch: pytest.MonkeyPatch, *arguments: str):
    """The command, as an administrator types it, at the time of the test's clock."""
    monkeypatch.setattr(Gateway, "now", lambda _self: r.w.now())
    monkeypatch.setenv("GATEWAY_DATABASE_URL", r.w.gateway.settings.database_url or "")
    monkeypatch.setenv("GATEWAY_MODE", "sandbox")
    places = ["--config", str(r.config), "--data", str(r.w.gateway.settings.data)]
    return CliRunner().invoke(creditor, ["replay", *arguments, *places], catch_exceptions=False)


def test_the_command_warns_with_its_exit_code(r: Reviewed, monkeypatch: pytest.MonkeyPatch):
    """0: nothing gets worse. 1: figures would change, or what counted would be held."""
    r.reply("gym", rank="VOORRANG", fee=100)
    r.mend(MORE_RANKS)
    tried = run(r, monkeypatch, SLUG, "--dry-run")
    assert (tried.exit_code, "would be accepted" in tried.output) == (0, True)
    assert run(r, monkeypatch, SLUG).exit_code == 0
    assert "says the same" in run(r, monkeypatch, SLUG).output

    r.mend(mapping("1.2.0", ranks=MENDED, ignored="", components=FEE_READ))
    tried = run(r, monkeypatch, SLUG, "--dry-run")
    assert tried.exit_code == 1
    assert "/total_computed_cents  € 1.000,00 -> € 1.001,00" in tried.output
    r.mend(mapping("1.3.0", ranks=ORDINARY))
    tried = run(r, monkeypatch, SLUG, "--dry-run")
    assert (tried.exit_code, "unlisted_value" in tried.output) == (1, True)


def test_machines_get_one_document(r: Reviewed, monkeypatch: pytest.MonkeyPatch):
    """Each reply that changes, and the counts of all; nothing that names anybody."""
    r.reply("gym", amount=100_000, fee=2_500)
    r.mend(FEES_TOO)
    said = run(r, monkeypatch, SLUG, "--dry-run", "--json")
    document = json.loads(said.output)
    assert (said.exit_code, document["dry_run"], document["counts"]) == (1, True, {"figures_changed": 1})
    [one] = document["replies"]
    assert one["verdict"] == "figures_changed"
    assert "R-1" not in said.output
    assert "Schuldeiser" not in said.output
