"""Who saw it, a copy of it, how long it lives, and how it ends: on a real database, through the interface."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import g
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from gateway.cli.export import export as export_command
from gateway.documents import personal_export
from gateway.documents.seen_words import BY_YOU, SHOWN
from gateway.errors import Conflict, NotFound
from gateway.services.erase_resident import erase_resident
from gateway.services.export_resident import export_resident, import_export
from gateway.services.flow_register import register_csv, register_document
from gateway.services.keep_checkpoints import sequence_journal
from gateway.services.processing_log import processing_log
from gateway.services.run_retention import plain, run_retention, survey
from gateway.services.show_seen import show_seen
from gateway.services.tidy import tidy
from gateway.services.verify_journal import verify_journal
from gateway.storage import about_resident, grants, journal
from gateway.storage import retention as retention_rows
from gateway.storage.tables import case_file, idempotency, journal_facts, message, offer, reply, resident, resident_key
from gateway.storage.tables import journal as journal_table
from tests.integration.support import ACCEPT, JSON, START, Peer, World, listening, statement, world

YEAR = timedelta(days=366)


@pytest.fixture
def w():
    with world() as made:
        made.counsellor_organisation()
        yield made


class Lived:
    """One resident with an answered request, an accepted offer and a late answer."""

    def __init__(self, w: World, peer: Peer, *, bsn: str = "999990019", name: str = "c") -> None:
        self.w = w
        self.creditor = w.creditor(name, peer)
        self.counsellor = w.counsellor()
        opened = w.ok("counsellor", "POST", "/v1/cases", {"reference": f"Z-{name}", "resident": _person(bsn)})
        self.case, self.resident = opened["id"], opened["resident_id"]
        w.grant(self.case, [self.creditor], self.counsellor)
        [self.request] = w.ask(self.case, [self.creditor])
        w.work()
        path = f"/v1/statement-requests/{self.request}/reply"
        self.reply = w.ok(name, "POST", path, statement(self.request), **JSON)["reply_id"]
        body = {"made_by": self.counsellor, "pool_cents": 10_000}
        [made] = w.ok("counsellor", "POST", f"/v1/cases/{self.case}/proposals", body)["offers"]
        w.work()
        w.ok(name, "POST", f"/v1/offers/{made['id']}/answer", ACCEPT, **JSON)

    def close(self, reason: str = "finished") -> dict:
        body = {"counsellor_id": self.counsellor, "reason": reason}
        return self.w.ok("counsellor", "POST", f"/v1/cases/{self.case}/closure", body)

    def hold(self, on: bool = True) -> dict:
        body = {"counsellor_id": self.counsellor, "reason": "court_case", "on": on}
        return self.w.ok("counsellor", "POST", f"/v1/residents/{self.resident}/legal-hold", body)

    def erase(self):
        body = {"counsellor_id": self.counsellor}
        return self.w.call("counsellor", "POST", f"/v1/residents/{self.resident}/erasure", body)

    def seen(self, **query: int) -> dict:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.w.ok("counsellor", "GET", f"/v1/residents/{self.resident}/seen?{asked}")

    def row(self, table, key):
        with self.w.gateway.runtime.database.begin() as connection:
            return connection.execute(select(table).where(table.c.id == UUID(key))).one()


def _person(bsn: str) -> dict:
    from tests.integration.support import RESIDENT

    return {**RESIDENT, "bsn": bsn}


def _run(w: World) -> int:
    return sum(step.erased for step in run_retention(w.gateway.runtime, w.now()))


def _count(w: World, table) -> int:
    with w.gateway.runtime.database.begin() as connection:
        return connection.scalar(select(func.count()).select_from(table))


# Who saw my data


def test_every_send_reply_look_export_and_refusal_is_a_line_in_plain_words(w: World):
    """G23: who, what and why, each linked to its grant and its decision, and the look itself on top."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        w.overview(lived.case)
        w.ok("counsellor", "POST", f"/v1/cases/{lived.case}/withdrawals", {"everything": True})
        w.ok(
            "c",
            "POST",
            f"/v1/statement-requests/{lived.request}/reply",
            statement(lived.request, as_of="2026-04-23"),
            **JSON,
        )
        assert w.call("counsellor", "GET", f"/v1/residents/{lived.resident}/export").status_code == 200
        found = lived.seen()
    lines = found["lines"]
    kinds = [one["kind"] for one in lines]
    assert kinds[0] == "resident.looked_at_log"
    assert {"message.delivered", "reply.received", "case.looked_at", "export.made", "decision.refused",
            "consent.given", "consent.withdrawn", "reply.quarantined", "offer.accepted"} <= set(kinds)  # fmt: skip
    sent = next(one for one in lines if one["kind"] == "message.delivered")
    assert sent["words"] == {
        "nl": "Schuldeiser c kreeg een bericht van ons.",
        "en": "Schuldeiser c received a message from us.",
        "ar": "تلقّى Schuldeiser c رسالة منا.",
    }
    assert sent["why"]["nl"] == "Een voorstel doen om uw schuld te regelen"
    assert sent["grant_id"]
    assert sent["decision"] in _entry_ids(w, "decision.permitted")
    assert next(one for one in lines if one["kind"] == "reply.received")["decision"] in _entry_ids(
        w, "decision.refused"
    )
    look = next(one for one in lines if one["kind"] == "case.looked_at")
    assert look["words"]["nl"] == "Gemeente counsellor keek in uw zaak."
    assert [one["at"] for one in lines] == sorted((one["at"] for one in lines), reverse=True)


def _entry_ids(w: World, kind: str) -> set[int]:
    with w.gateway.runtime.database.begin() as connection:
        return set(connection.scalars(select(journal_table.c.id).where(journal_table.c.kind == kind)))


def test_no_line_holds_a_value_or_a_person(w: World):
    """Never what stood in a message, never a member of staff by name."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        w.overview(lived.case)
        said = json.dumps(lived.seen(), ensure_ascii=False)
    for canary in ("999990019", "Dorpsstraat", "1985-02-03", "100000", "1000,00", "S. de Vries", "A.B.", "R-1"):
        assert canary not in said


def test_another_organisation_finds_nobody_there(w: World):
    """Edge 57: the same 404 as an id that nobody has."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
    w.counsellor_organisation("other")
    unknown = "00000000-0000-4000-8000-000000000000"
    for way in ("seen", "export"):
        foreign = w.call("other", "GET", f"/v1/residents/{lived.resident}/{way}")
        assert (foreign.status_code, foreign.get_data()) == (
            404, w.call("other", "GET", f"/v1/residents/{unknown}/{way}").get_data(),
        )  # fmt: skip
    assert w.call("c", "GET", f"/v1/residents/{lived.resident}/seen").status_code == 403


def test_a_page_can_be_turned_and_misses_nothing(w: World):
    """Small pages, put together, are the whole list."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        whole = [one["entry"] for one in lived.seen()["lines"]]
        found, before = [], None
        while True:
            page = lived.seen(limit=3, **({"before": before} if before else {}))
            found += [one["entry"] for one in page["lines"] if one["entry"] <= whole[0]]
            before = page["next_before"]
            if before is None:
                break
    assert found == whole


_KINDS = st.sampled_from([*SHOWN, "term.started", "decision.permitted", "consent.used", "something.new"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), _KINDS, st.booleans()), max_size=30))
def test_what_is_shown_and_what_is_counted_are_together_everything_about_that_resident(
    two: tuple[World, list[UUID], UUID], written: list[tuple[int, str, bool]]
):
    """I21: visible + tally = all entries about S, and not one of them about anybody else."""
    w, people, organisation = two
    with w.gateway.runtime.database.begin() as connection:
        for who, kind, erased in written:
            entry = journal.Entry(kind=kind, actor="gateway", resident_id=people[who], facts={"x": 1})
            ids = journal.append(connection, w.now(), entry)
            if erased:
                journal.erase_facts(connection, ids)
    for person in people:
        seen = show_seen(w.gateway.runtime, person, w.now(), actor="resident", organisation_id=organisation)
        lines = list(seen["lines"])
        while seen["next_before"] is not None:
            seen = show_seen(
                w.gateway.runtime, person, w.now(), actor="resident", organisation_id=organisation,
                before=seen["next_before"],
            )  # fmt: skip
            lines += [one for one in seen["lines"] if one["entry"] not in {line["entry"] for line in lines}]
        with w.gateway.runtime.database.begin() as connection:
            mine = select(journal_table.c.id, journal_table.c.kind).where(journal_table.c.resident_id == person)
            about = {row.id: row.kind for row in connection.execute(mine)}
        assert {line["entry"] for line in lines} <= set(about)
        assert seen["total"] == len(about)
        assert seen["technical"] == sum(kind not in SHOWN for kind in about.values())


@pytest.fixture(scope="module")
def two():
    with world() as made:
        organisation = UUID(made.counsellor_organisation())
        opened = [
            made.ok("counsellor", "POST", "/v1/cases", {"reference": "Z", "resident": _person(bsn)})["resident_id"]
            for bsn in ("999990019", "999990020", "999990032")
        ]
        yield made, [UUID(one) for one in opened], organisation


def test_the_partial_shows_the_lines_and_escapes_what_organisations_call_themselves(w: World):
    """_seen.html, as the resident's page will place it."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
    with w.gateway.flask.test_request_context():
        from gateway.web.pages import html

        g.runtime, g.now = w.gateway.runtime, w.now()
        seen = lived.seen()
        seen["lines"][0]["words"]["nl"] = "<b>Energie</b> kreeg iets."
        page = html("_seen.html", 200, seen=seen).get_data(as_text=True)
    assert "Wie zag mijn gegevens?" in page
    assert "&lt;b&gt;Energie&lt;/b&gt;" in page
    assert page.count("<tr") == len(seen["lines"]) + 1


def test_every_sentence_about_you_has_its_kind() -> None:
    assert set(BY_YOU) <= set(SHOWN)


# The copy


def _members(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {one: opened.read(one) for one in opened.namelist()}


def _export(lived: Lived) -> bytes:
    answer = lived.w.call("counsellor", "GET", f"/v1/residents/{lived.resident}/export")
    assert answer.status_code == 200
    return answer.get_data()


def test_the_copy_says_everything_about_the_resident_and_nothing_about_others(w: World):
    """Art. 15: data, choices, messages, answers, offers and who saw it; no staff, no other resident, no raw letter."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        Lived(w, peer, bsn="999990020", name="d")
        members = _members(_export(lived))
    data = json.loads(members["data.json"])
    assert data["resident"]["surname"] == "Voorbeeld"
    assert [one["debts"][0]["total_cents"] for one in data["statements"]] == [100_000]
    assert {one["creditor"] for one in data["offers"]} == {"Schuldeiser c"}
    assert {one["act"] for one in data["rows"]["consent_grant"]} == {"given"}
    said = members["data.json"].decode()
    assert "999990020" not in said
    assert "Schuldeiser d" not in said
    assert "S. de Vries" not in said
    assert {one["actor"] for one in data["rows"]["journal"]} <= {"gateway", "counsellor", "creditor",
                                                                 "counsellor-organisation", "resident"}  # fmt: skip
    page = members["export.html"].decode()
    assert "€ 1.000,00" in page
    assert "<script" not in page
    assert json.loads(members["portable.json"])["choices"] == [], "nothing here rests on consent"


def test_a_copy_read_into_an_empty_sandbox_gives_the_same_grants_and_events(w: World):
    """I25: the round trip loses nothing that decides what a permission is worth."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        w.ok("counsellor", "POST", f"/v1/cases/{lived.case}/withdrawals", {"purpose": "proposal"})
        archive = _export(lived)
    with w.gateway.runtime.database.begin() as connection:
        before = grants.of_resident(connection, UUID(lived.resident))
        kinds = _kinds(connection, lived.resident)
    with world() as fresh:
        runtime = fresh.gateway.runtime
        done = import_export(runtime, archive, fresh.now(), jwks=w.gateway.runtime.keys.public_jwks())
        with runtime.database.begin() as connection:
            assert grants.of_resident(connection, UUID(lived.resident)) == before
            assert _kinds(connection, lived.resident) == kinds
            assert connection.scalar(select(case_file.c.reference)) == "Z-c"
        assert (done["grants"], done["entries"]) == (len(before), len(kinds))
        with pytest.raises(Conflict, match="empty sandbox"):
            import_export(runtime, archive, fresh.now(), jwks=None)


def _kinds(connection, resident_id: str) -> list[tuple[datetime, str]]:
    rows = about_resident.about(connection, UUID(resident_id))
    return [(row["at"], row["kind"]) for row in reversed(rows)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_noticed(whole: tuple[bytes, dict], place: int, bit: int):
    """The signed list covers every part, and the archive says nothing that the list does not."""
    archive, jwks = whole
    at = place % len(archive)
    touched = bytearray(archive)
    touched[at] ^= 1 << bit
    verdict = personal_export.verify(bytes(touched), jwks)
    # The archive's own bookkeeping (times, sizes that nobody reads) is not the copy: then the parts are what they were.
    try:
        same = _members(bytes(touched)) == _members(archive)
    except Exception:  # noqa: BLE001  a broken archive is noticed too
        same = False
    assert same or not verdict.ok


@pytest.fixture(scope="module")
def whole():
    with world() as made, listening(Peer()) as peer:
        made.counsellor_organisation()
        yield _export(Lived(made, peer)), made.gateway.runtime.keys.public_jwks()


def test_a_changed_part_is_named(whole: tuple[bytes, dict]):
    """Which part, so that a reader knows what not to believe."""
    archive, jwks = whole
    members = _members(archive)
    members["data.json"] = members["data.json"].replace(b"Voorbeeld", b"Verzonnen", 1)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)
    verdict = personal_export.verify(held.getvalue(), jwks)
    assert (verdict.kind, verdict.place) == ("altered", "data.json")
    assert personal_export.verify(archive, jwks).ok
    assert personal_export.verify(archive, {"keys": []}).kind == "signature"
    assert personal_export.verify(b"no archive", jwks).kind == "unreadable"


def test_the_command_verifies_offline(whole: tuple[bytes, dict], tmp_path: Path):
    """Exit codes as for evidence: 0 whole, 2 signature, 3 altered, 4 unreadable."""
    archive, jwks = whole
    file, known = tmp_path / "copy.zip", tmp_path / "keys.json"
    file.write_bytes(archive)
    known.write_text(json.dumps(jwks))
    runner = CliRunner()
    assert runner.invoke(export_command, ["verify", str(file), "--keys", str(known)]).exit_code == 0
    without = runner.invoke(export_command, ["verify", str(file)])
    assert without.exit_code == 0
    assert "keys inside" in without.output
    known.write_text('{"keys": []}')
    assert runner.invoke(export_command, ["verify", str(file), "--keys", str(known)]).exit_code == 2
    assert runner.invoke(export_command, ["verify", str(tmp_path / "nothing")]).exit_code == 4


def test_edge_52_an_export_while_withdrawing_shows_one_moment(w: World):
    """Either before or after the withdrawal as a whole: never half of it."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        organisation = UUID(_organisation(w, lived))
        found: list[bytes] = []

        def copy() -> None:
            made = export_resident(w.gateway.runtime, organisation, UUID(lived.resident), w.now(), actor="resident")
            found.append(made)

        copies = [threading.Thread(target=copy) for _ in range(4)]
        for one in copies[:2]:
            one.start()
        w.ok("counsellor", "POST", f"/v1/cases/{lived.case}/withdrawals", {"everything": True})
        for one in copies[2:]:
            one.start()
        for one in copies:
            one.join(30)
    assert len(found) == 4
    for archive in found:
        kinds = [one["kind"] for one in json.loads(_members(archive)["data.json"])["rows"]["journal"]]
        assert kinds.count("consent.withdrawn") in (0, 2)


def _organisation(w: World, lived: Lived) -> str:
    return str(lived.row(resident, lived.resident).organisation_id)


# How long it lives


def test_a_closed_case_lives_its_terms_and_then_everything_goes(w: World):
    """Bytes first, then what was read, then the case, then the key; the journal's proofs stay valid all along."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        _run(w)
        assert lived.row(reply, lived.reply).raw is not None, "an open case loses nothing"
        done = lived.close()
        assert done["closed_at"]
        w.later(days=91)
        _run(w)
        w.tokens["counsellor"] = _token(w, "counsellor", _organisation(w, lived))
        assert lived.row(reply, lived.reply).raw is None
        assert w.line(lived.case, lived.creditor)["total_cents"] == 100_000, "what was read stays with its flow"
        assert w.call("counsellor", "GET", f"/v1/cases/{lived.case}/evidence").status_code == 200
        w.later(days=275)
        w.tokens["counsellor"] = _token(w, "counsellor", _organisation(w, lived))
        _run(w)
        assert lived.row(reply, lived.reply).status == "erased"
        w.later(days=4_000)
        w.tokens["counsellor"] = _token(w, "counsellor", _organisation(w, lived))
        _run(w)
    assert w.call("counsellor", "GET", f"/v1/cases/{lived.case}").status_code == 404
    assert lived.row(case_file, lived.case).reference == ""
    assert (lived.row(resident, lived.resident).sealed, _count(w, resident_key)) == (None, 0)
    assert _nothing_sealed(w)
    assert _journal_holds(w)


def _token(w: World, role: str, participant_id: str) -> str:
    from gateway.services.register import issue_token

    return issue_token(w.gateway.runtime, role, "again", w.now(), participant_id=UUID(participant_id))


def _journal_holds(w: World) -> bool:
    sequence_journal(w.gateway.runtime, w.now())
    found = verify_journal(w.gateway.runtime)
    return found.place is None and found.erased > 0


def _nothing_sealed(w: World) -> bool:
    with w.gateway.runtime.database.begin() as connection:
        return not any(
            connection.scalar(select(func.count()).where(column.is_not(None)))
            for column in (reply.c.raw, reply.c.statement, reply.c.origins, offer.c.sealed, message.c.sealed)
        )


def test_a_dry_run_counts_what_a_run_then_erases(w: World):
    """The same rows, item by item; and it changes nothing."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        w.ok("counsellor", "POST", f"/v1/cases/{lived.case}/withdrawals", {"purpose": "inventory"})
        late = statement(lived.request, as_of="2026-04-23")
        w.ok("c", "POST", f"/v1/statement-requests/{lived.request}/reply", late, **JSON)
        w.ok("c", "POST", f"/v1/statement-requests/{lived.request}/reply", late + b" ", **JSON)
        lived.close()
    w.later(days=95)
    found = survey(w.gateway.runtime, w.now())
    assert survey(w.gateway.runtime, w.now()) == found
    expected = {(one.rule.source, one.rule.purpose): one.due for one in found if one.due}
    assert expected[("quarantined_reply", "inventory")] == 2
    assert expected[("raw_reply", "inventory")] == 1
    erased: dict[tuple[str, str | None], int] = {}
    for step in run_retention(w.gateway.runtime, w.now(), batch=1):
        key = (step.rule.source, step.rule.purpose)
        erased[key] = erased.get(key, 0) + step.erased
    assert erased == expected
    assert _run(w) == 0
    report = plain(survey(w.gateway.runtime, w.now()))
    assert all(one["what"]["nl"] and one["why"] and one["days"] is not None for one in report)
    kept = next(one for one in report if one["rows"] == "reply" and one["purpose"] == "inventory")
    assert (kept["kept"], kept["next_at"][:10]) == (1, (START + timedelta(days=365)).date().isoformat())


def test_nothing_under_a_legal_hold_is_touched_until_it_is_lifted(w: World):
    """Set and lifted by name, with a reason, journalled; the report says how much waits."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        lived.close()
        assert lived.hold()["on_hold"]
        assert lived.hold()["on_hold"], "twice is once"
    w.later(days=95)
    _run(w)
    assert lived.row(reply, lived.reply).raw is not None
    waits = [one for one in survey(w.gateway.runtime, w.now()) if one.on_hold]
    assert ("raw_reply", 1) in {(one.rule.source, one.on_hold) for one in waits}
    w.tokens["counsellor"] = _token(w, "counsellor", _organisation(w, lived))
    assert not lived.hold(on=False)["on_hold"]
    _run(w)
    assert lived.row(reply, lived.reply).raw is None
    seen = [one["kind"] for one in lived.seen()["lines"]]
    assert (seen.count("hold.set"), seen.count("hold.lifted")) == (1, 1)


def test_a_hold_that_is_set_while_a_run_is_at_work_still_counts(w: World, monkeypatch):
    """Asked again once the resident is held: the run and the hold have one order."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        lived.close()
    w.later(days=95)
    w.tokens["counsellor"] = _token(w, "counsellor", _organisation(w, lived))
    really = retention_rows.hold_residents
    monkeypatch.setattr(retention_rows, "hold_residents", lambda *given: (lived.hold(), really(*given)))
    _run(w)
    assert lived.row(reply, lived.reply).raw is not None


def test_the_nightly_job_forgets_links_calls_and_tokens_too(w: World):
    """Ruling 32 and what has ended; by the same run."""
    w.case()
    assert _count(w, idempotency) == 1
    w.later(days=29)
    tidy(w.gateway.runtime, w.now())
    assert _count(w, idempotency) == 1
    w.later(days=2)
    tidy(w.gateway.runtime, w.now())
    assert _count(w, idempotency) == 0


# Erasing


def test_edge_51_an_erasure_is_refused_while_a_legal_duty_runs_and_says_which(w: World):
    """409 with every duty and its last day; the refusal is in the journal, and nothing is gone."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        refused = lived.erase()
        assert [one["code"] for one in refused.get_json()["errors"]] == ["case_open"]
        lived.close()
        lived.hold()
        refused = lived.erase()
        assert refused.status_code == 409
        found = {one["code"]: one["detail"] for one in refused.get_json()["errors"]}
        assert set(found) == {"legal_hold", "term_runs"}
        assert (START + timedelta(days=365)).date().isoformat() in found["term_runs"]
        assert "erasure.refused" in [one["kind"] for one in lived.seen()["lines"]]
        assert w.line(lived.case, lived.creditor)["total_cents"] == 100_000


def test_after_an_erasure_nothing_sealed_opens_and_every_proof_is_valid(w: World):
    """The key is gone, copies of ciphertext are worthless, the particulars are gone, the journal holds (I20)."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        other = Lived(w, peer, bsn="999990020", name="d")
        lived.close()
        ciphertext = bytes(lived.row(resident, lived.resident).sealed)
        with w.gateway.runtime.database.begin() as connection:
            wrapped = bytes(
                connection.scalar(
                    select(resident_key.c.wrapped).where(resident_key.c.resident_id == UUID(lived.resident))
                )
            )
        assert w.gateway.runtime.unseal(
            wrapped, ciphertext, table="resident", row=UUID(lived.resident), column="sealed"
        )
        w.later(days=400)
        for name, participant in (("counsellor", _organisation(w, lived)), ("c", lived.creditor)):
            w.tokens[name] = _token(w, name if name == "counsellor" else "creditor", participant)
        done = lived.erase()
        assert done.status_code == 200, done.get_data(as_text=True)
        assert lived.erase().get_json()["erased_at"] == done.get_json()["erased_at"], "twice is once"
        assert w.call("counsellor", "GET", f"/v1/cases/{lived.case}").status_code == 404
        assert w.call("counsellor", "GET", f"/v1/residents/{lived.resident}/export").status_code == 404
        late = w.call("c", "POST", f"/v1/statement-requests/{lived.request}/reply", statement(lived.request), **JSON)
        assert late.status_code == 404
        assert w.overview(other.case)["creditors"][0]["total_cents"] == 100_000, "the other resident is untouched"
    with w.gateway.runtime.database.begin() as connection:
        keys = set(connection.scalars(select(resident_key.c.resident_id)))
        left = connection.execute(
            select(journal_table.c.kind, journal_facts.c.facts)
            .join(journal_facts, journal_facts.c.entry_id == journal_table.c.id)
            .where(journal_table.c.resident_id == UUID(lived.resident), journal_facts.c.facts.is_not(None))
        ).all()
    assert keys == {UUID(other.resident)}
    assert {row.kind for row in left} == {"resident.erased"}, "what is left says that it was erased, and no more"
    assert _journal_holds(w)
    seen = lived.seen()
    assert seen["lines"][1]["kind"] == "resident.erased"
    with pytest.raises(NotFound):
        erase_resident(w.gateway.runtime, UUID(other.creditor), UUID(lived.resident), UUID(lived.counsellor), w.now())


def test_edge_37_a_resident_dies_and_every_flow_stops(w: World):
    """Closed as died: what waits is cancelled, creditors hear stop and not why, heirs get nothing by themselves."""
    with listening(Peer()) as peer:
        creditor = w.creditor("c", peer)
        counsellor = w.counsellor()
        case = w.case()
        w.grant(case, [creditor], counsellor)
        w.ask(case, [creditor])
        w.work()
        body = {"counsellor_id": counsellor, "reason": "died"}
        done = w.ok("counsellor", "POST", f"/v1/cases/{case}/closure", body)
        w.work()
        assert done["stop_notices"] == 1
        assert b"died" not in peer.received[-1][2]
        assert {one["status"] for one in w.ok("counsellor", "GET", f"/v1/cases/{case}/grants")["grants"]} == {"revoked"}
        assert w.ok("counsellor", "POST", f"/v1/cases/{case}/closure", body)["stopped"] == 0, "twice is once"


# For the data-protection officer


def test_the_register_says_of_every_flow_what_article_30_asks(w: World):
    """One line per flow, out of the files that the gateway runs on."""
    settings_ = w.gateway.settings
    document = register_document(settings_)
    assert {one["purpose"] for one in document["activities"]} == set(settings_.flows.flows)
    for one in document["activities"]:
        assert all(one[name] not in (None, "", []) for name in
                   ("controller", "controller_contact", "dpo_contact", "legal_basis", "article", "data_subjects",
                    "recipients", "transfers", "kept_days_after_case", "security"))  # fmt: skip
    lines = register_csv(settings_).split("\r\n")
    assert len(lines) == len(settings_.flows.flows) + 2


def test_the_processing_log_has_a_line_per_entry_and_subject_and_names_nobody(w: World):
    """Logboek Dataverwerkingen: required fields, a versioned activity, a pseudonymous subject, one line per subject."""
    with listening(Peer()) as peer:
        first, second = Lived(w, peer), Lived(w, peer, bsn="999990020", name="d")
    lines = list(processing_log(w.gateway.runtime, START - timedelta(days=1)))
    with w.gateway.runtime.database.begin() as connection:
        about = connection.scalar(select(func.count()).where(journal_table.c.resident_id.is_not(None)))
    assert len(lines) == about
    subjects = {line["attributes"]["dpl.core.data_subject_id"] for line in lines}
    assert len(subjects) == 2
    said = json.dumps(lines)
    assert first.resident not in said
    assert second.resident not in said
    assert first.counsellor not in said
    for line in lines:
        assert set(line) == {"trace_id", "span_id", "parent_span_id", "name", "start_time", "end_time", "status",
                             "resource", "attributes"}  # fmt: skip
        assert (len(line["trace_id"]), len(line["span_id"])) == (32, 16)
        assert line["status"] in ("Ok", "Error")
        assert "/register/" in line["attributes"]["dpl.core.processing_activity_id"]
    assert len({line["span_id"] for line in lines}) == len(lines)
    sent = [one for one in lines if one["name"] == "message.delivered"]
    assert "/register/inventory@" in sent[0]["attributes"]["dpl.core.processing_activity_id"]
    assert list(processing_log(w.gateway.runtime, w.now() + YEAR)) == []


def test_the_database_holds_one_hold_at_a_time(w: World):
    """A hold has a name for setting and for lifting, and one at a time is in force."""
    with listening(Peer()) as peer:
        lived = Lived(w, peer)
        lived.hold()
    with pytest.raises(Exception, match="legal_hold_in_force"), w.gateway.runtime.database.begin() as connection:
        connection.execute(
            text("INSERT INTO legal_hold (id, resident_id, reason, set_by, set_at) SELECT gen_random_uuid(), resident_id, "
                 "reason, set_by, set_at FROM legal_hold")
        )  # fmt: skip
