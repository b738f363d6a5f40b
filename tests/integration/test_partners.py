"""Partners with joint debts: one grant each, one person per message, and nothing of the one for the other to find."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from gateway.consent.evaluation import agrees
from gateway.consent.partners import CONFIDENTIAL
from gateway.domain.deadlines import end_of_day
from gateway.services.register import issue_token
from gateway.storage import journal as journal_store
from gateway.storage.tables import consent_grant, journal, message, offer, reply, statement_request, term
from tests.integration.support import JSON, RESIDENT, Peer, World, listening, statement, world

ANNA = {**RESIDENT, "surname": "Annasma", "initials": "A.N.", "street": "Eerstelaan", "house_number": "11-hs",
        "postcode": "1111 AA", "town": "Eerststad"}  # fmt: skip
BERT = {"bsn": "999990020", "surname": "Bertsma", "initials": "B.Q.", "birth_date": "1979-11-23",
        "street": "Anderepad", "house_number": "77-II", "postcode": "2222 BB", "town": "Elderdorp"}  # fmt: skip
FORMATS = (
    "agency-json", "bailiff-xml", "bare-list", "fcid-like", "gateway-json", "gateway-xml", "skp-csv", "skp-like",
    "ubl-statement",
)  # fmt: skip
LAPSES = date(2026, 6, 2)  # of an offer sent on START: see tests/integration/test_silence.py
NEUTRAL = "joint_debt.changed"


@dataclass
class Pair:
    """Anna and Bert, each with a case at the same organisation; both owe the same creditor."""

    w: World
    peer: Peer
    counsellor: str
    creditor: str
    case: dict[str, str] = field(default_factory=dict)
    resident: dict[str, str] = field(default_factory=dict)
    request: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, person: dict[str, str]) -> None:
        made = self.w.ok("counsellor", "POST", "/v1/cases", {"reference": f"Z-{name}", "resident": person})
        self.case[name], self.resident[name] = made["id"], made["resident_id"]

    def link(self, **more: Any) -> str:
        body = {"partner_case_id": self.case["bert"], "recorded_by": self.counsellor, **more}
        made: str = self.w.ok("counsellor", "POST", f"/v1/cases/{self.case['anna']}/partner", body)["link_id"]
        return made

    def mark(self, link: str, **more: Any) -> dict[str, Any]:
        body = {"recorded_by": self.counsellor, **more}
        return self.w.ok("counsellor", "POST", f"/v1/partner-links/{link}/{'safety' if more else 'end'}", body)

    def protect(self, name: str, *, on: bool = True) -> None:
        body = {"recorded_by": self.counsellor, "on": on}
        self.w.ok("counsellor", "POST", f"/v1/residents/{self.resident[name]}/address-protection", body)

    def asked(self, *names: str) -> None:
        for name in names or ("anna", "bert"):
            self.w.grant(self.case[name], [self.creditor], self.counsellor)
            [self.request[name]] = self.w.ask(self.case[name], [self.creditor])
        self.w.work()

    def says(self, name: str, joint: str | None) -> None:
        """The creditor states one debt, and perhaps who is bound for it."""
        debt = {
            "reference": "R-1", "components": [{"kind": "principal", "outstanding_cents": 100_000}], "rank": "ordinary",
            "total_stated_cents": 100_000, **({"joint_liability": {"kind": joint}} if joint is not None else {}),
        }  # fmt: skip
        path = f"/v1/statement-requests/{self.request[name]}/reply"
        taken = self.w.ok("c", "POST", path, statement(self.request[name], debts=[debt]), **JSON)
        assert taken["status"] == "accepted", taken

    def proposed(self, name: str) -> dict[str, Any]:
        body = {"made_by": self.counsellor, "pool_cents": 10_000}
        made = self.w.ok("counsellor", "POST", f"/v1/cases/{self.case[name]}/proposals", body)
        self.w.work()
        return made

    def preview(self, name: str) -> list[dict[str, Any]]:
        path = f"/v1/cases/{self.case[name]}/withdrawals/preview"
        found: list[dict[str, Any]] = self.w.ok("counsellor", "POST", path, {"creditor_id": self.creditor})["effects"]
        return found

    def stops(self, name: str) -> dict[str, Any]:
        path = f"/v1/cases/{self.case[name]}/withdrawals"
        return self.w.ok("counsellor", "POST", path, {"creditor_id": self.creditor})

    def confirm(self, offer_id: str) -> Any:
        body = {"counsellor_id": self.counsellor}
        return self.w.call("counsellor", "POST", f"/v1/offers/{offer_id}/confirmation", body)

    def seen(self, name: str) -> dict[str, Any]:
        return self.w.ok("counsellor", "GET", f"/v1/residents/{self.resident[name]}/seen")

    def lines(self, name: str) -> list[str]:
        """The kinds of the entries that this resident can read, oldest first; looks left out."""
        kinds = [line["kind"] for line in self.seen(name)["lines"]]
        return [kind for kind in reversed(kinds) if "looked" not in kind]

    def partner(self, name: str) -> dict[str, Any]:
        return self.w.ok("counsellor", "GET", f"/v1/cases/{self.case[name]}/partner")

    def told(self, name: str) -> list[dict[str, Any]]:
        """What the counsellor heard in this case about a joint debt."""
        return [
            one["facts"] for one in self.w.events()
            if one["type"] == "joint_debt.counsellor_told" and one["case_id"] == self.case[name]
        ]  # fmt: skip

    def archive(self, path: str) -> bytes:
        """Everything in an archive, one after the other."""
        answer = self.w.call("counsellor", "GET", path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as opened:
            return b"\n".join(opened.read(name) for name in opened.namelist())

    def copy(self, name: str) -> bytes:
        return self.archive(f"/v1/residents/{self.resident[name]}/export")

    def evidence(self, name: str) -> bytes:
        return self.archive(f"/v1/cases/{self.case[name]}/evidence")

    def standing(self, name: str) -> dict[str, set[tuple[Any, ...]]]:
        """Everything of this resident's that a stopping could touch."""
        tables = (message, statement_request, offer, term)
        with self.w.gateway.runtime.database.begin() as connection:
            of_case = {
                table.name: {
                    (row.id, row.state)
                    for row in connection.execute(select(table).where(table.c.case_id == UUID(self.case[name])))
                }
                for table in tables
            }
        grants = self.w.ok("counsellor", "GET", f"/v1/cases/{self.case[name]}/grants")["grants"]
        return {**of_case, "grant": {(one["id"], one["status"]) for one in grants}}

    def live_until(self, day: date) -> None:
        last = end_of_day(day) - timedelta(minutes=1)
        while self.w.now() < last:
            self.w.work()
            self.w.at(min(self.w.now() + timedelta(hours=12), last))
        self.w.work()


@pytest.fixture
def pair() -> Iterator[Pair]:
    with world() as w, listening(Peer()) as peer:
        w.counsellor_organisation()
        made = Pair(w=w, peer=peer, counsellor=w.counsellor(), creditor=w.creditor("c", peer))
        made.add("anna", ANNA)
        made.add("bert", BERT)
        yield made


def _codes(effects: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in effects]


# Edge cases


def test_edge_38_one_says_yes_and_one_says_no(pair: Pair):
    """G22: a grant each. The no of the one neither stops nor feeds what the other said yes to, linked or not."""
    pair.link()
    pair.asked("anna")
    pair.w.grant(pair.case["bert"], [pair.creditor], pair.counsellor, act="refused")
    body = {"requests": [{"creditor_id": pair.creditor}]}
    refused = pair.w.call("counsellor", "POST", f"/v1/cases/{pair.case['bert']}/statement-requests", body)
    assert [one["code"] for one in refused.get_json()["errors"]] == ["refused"]
    [sent] = [content for _, _, content in pair.peer.received]
    assert b"Annasma" in sent
    assert not [value for value in BERT.values() if value.encode() in sent]
    pair.says("anna", "joint_several")
    assert pair.w.line(pair.case["anna"], pair.creditor)["state"] == "answered"
    pair.stops("anna")
    assert pair.told("bert") == [], "who said no has nothing that runs"
    assert NEUTRAL not in pair.lines("bert")


def test_edge_39_a_divorce_with_a_shared_address(pair: Pair):
    """The link ended: from then on nothing passes along it, and neither log holds what the other asked or did."""
    pair.add("carla", {**ANNA, "bsn": "999990032", "surname": "Carlasma", "initials": "C."})  # at Anna's address
    body = {"partner_case_id": pair.case["carla"], "recorded_by": pair.counsellor}
    link = pair.w.ok("counsellor", "POST", f"/v1/cases/{pair.case['anna']}/partner", body)["link_id"]
    pair.asked("anna", "carla")
    pair.says("anna", "joint_several")
    pair.says("carla", "joint_several")
    pair.mark(link)
    assert pair.partner("anna")["partner"] is None
    before, quiet = pair.lines("carla"), pair.standing("carla")
    shown = pair.preview("anna")
    done = pair.stops("anna")
    assert done["effects"] == shown
    assert not [code for code in _codes(shown) if code.startswith("partner_")]
    assert (pair.lines("carla"), pair.standing("carla"), pair.told("carla")) == (before, quiet, [])
    for one, other in (("anna", "carla"), ("carla", "anna")):
        lines = {line["entry"] for line in pair.seen(one)["lines"]}
        with pair.w.gateway.runtime.database.begin() as connection:
            about = connection.scalars(select(journal.c.resident_id).where(journal.c.id.in_(lines))).all()
        assert {str(resident) for resident in about} == {pair.resident[one]}
        mine = pair.copy(one)
        for word in (pair.resident[other], pair.case[other], pair.request[other]):
            assert word.encode() not in mine
        assert {"anna": b"Carlasma", "carla": b"Annasma"}[one] not in mine
    # The post to either of them is neutral: what is sent to the shared address about a creditor names one person.
    for _, _, content in pair.peer.received:
        assert (b"Annasma" in content) + (b"Carlasma" in content) <= 1


def test_edge_40_with_a_violence_flag_the_partner_finds_nothing(pair: Pair):
    """No message, no line, no trace in the copy or the evidence file; the address is masked; the counsellor knows."""
    link = pair.link()
    pair.mark(link, unsafe=True)
    pair.protect("anna")
    pair.asked()
    pair.says("anna", "joint_several")
    pair.says("bert", "joint_several")
    pair.proposed("bert")
    before, count = pair.lines("bert"), pair.seen("bert")["total"]
    shown = pair.preview("anna")
    assert pair.stops("anna")["effects"] == shown
    assert "partner_not_told" in _codes(shown)
    assert pair.lines("bert") == before
    assert pair.seen("bert")["total"] > count + 1, "counted: lines and tally are everything there is (I21)"
    assert pair.told("bert") == [{"certainty": "joint", "silent": True}]
    assert len(pair.partner("bert")["to_recut"]) == 1
    for name in ("anna", "bert"):
        for archive in (pair.copy(name), pair.evidence(name)):
            assert not [kind for kind in CONFIDENTIAL if kind.encode() in archive]
    for word in ANNA.values():
        assert word.encode() not in pair.copy("bert") or word in BERT.values() or len(word) < 4
    for _, _, content in pair.peer.received:
        assert not [
            ANNA[part] for part in ("street", "house_number", "postcode", "town") if ANNA[part].encode() in content
        ]


def test_edge_40_a_link_that_was_secret_from_the_start_is_spoken_of_nowhere(pair: Pair):
    """Whoever looks over a shoulder does not even learn that there is a partner here; safe again, it goes as usual."""
    lines = {name: pair.lines(name) for name in ("anna", "bert")}
    link = pair.link(unsafe=True)
    assert {name: pair.lines(name) for name in ("anna", "bert")} == lines
    assert pair.partner("anna")["partner"]["unsafe"]
    pair.asked()
    pair.says("anna", "partner")
    assert not [code for code in _codes(pair.preview("anna")) if code.startswith("partner_")]
    pair.mark(link, unsafe=False)
    assert "partner_told" in _codes(pair.preview("anna"))
    pair.mark(link, unsafe=True)
    pair.mark(link)
    assert {name: [kind for kind in pair.lines(name) if "partner" in kind] for name in lines} == {
        "anna": [], "bert": [],
    }  # fmt: skip


def test_edge_41_a_partner_stops_while_the_joint_proposal_is_pending(pair: Pair):
    """It must be made anew; everything of the partner's goes on, and no agreement is presumed from it any more."""
    pair.link()
    pair.asked()
    pair.says("anna", "joint_several")
    pair.says("bert", None)
    made = pair.proposed("bert")
    [first] = made["offers"]
    untouched = pair.standing("bert")
    shown = pair.preview("anna")
    assert pair.standing("bert") == untouched
    assert pair.lines("bert").count(NEUTRAL) == 0, "a preview tells nobody"
    done = pair.stops("anna")
    assert done["effects"] == shown, "I12"
    assert "partner_told" in _codes(shown)
    assert pair.standing("bert") == untouched, "I13: nothing of the partner's is stopped, ended or cancelled"
    for mine in (pair.resident["bert"], pair.case["bert"], first["id"], made["id"]):
        assert mine not in json.dumps(done), "what the one reads holds nothing of the other"
    [line] = [line for line in pair.seen("bert")["lines"] if line["kind"] == NEUTRAL]
    assert (
        line["words"]["nl"] == "Er is iets veranderd in een gezamenlijke schuld. Uw hulpverlener bespreekt het met u."
    )
    assert (line["who"]["nl"], line["why"], line["case_id"], line["grant_id"]) == ("wij", None, None, None)
    assert pair.told("bert") == [{"certainty": "joint", "silent": False}]
    assert [one["proposal_id"] for one in pair.partner("bert")["to_recut"]] == [made["id"]]
    pair.live_until(LAPSES)
    assert pair.w.line(pair.case["bert"], pair.creditor)["offer"]["state"] == "unanswered"
    assert pair.confirm(first["id"]).status_code == 409
    assert "proposal_reminder" in pair.peer.kinds(), "the partner's own messages went on"


def test_edge_41_an_offer_that_lapsed_before_is_not_confirmed_after(pair: Pair):
    """The counsellor was about to confirm: the question is put once more, and the answer names the reason."""
    pair.link()
    pair.asked()
    pair.says("bert", "partner")
    [lapsed] = pair.proposed("bert")["offers"]
    pair.live_until(LAPSES)
    assert pair.w.line(pair.case["bert"], pair.creditor)["offer"]["state"] == "lapsed"
    pair.stops("anna")
    refused = pair.confirm(lapsed["id"])
    assert (refused.status_code, refused.get_json()["type"].rpartition(":")[2]) == (409, "silence_not_earned")
    assert [one["detail"] for one in refused.get_json()["errors"]] == ["The proposal must be made anew."]


def test_edge_41_a_proposal_that_was_made_anew_counts(pair: Pair):
    """The new one has nothing to make good; from the old one nothing is ever presumed."""
    pair.link()
    pair.asked()
    pair.says("bert", "joint_several")
    [old] = pair.proposed("bert")["offers"]
    pair.stops("anna")
    [new] = pair.proposed("bert")["offers"]
    assert pair.partner("bert")["to_recut"] == []
    pair.live_until(LAPSES)
    assert pair.confirm(old["id"]).status_code == 409
    confirmed = pair.confirm(new["id"])
    assert confirmed.status_code == 200, confirmed.get_data(as_text=True)
    events = [one["type"] for one in pair.w.events() if one["case_id"] == pair.case["bert"]]
    assert events.count("joint_debt.must_be_recut") == events.count("joint_debt.recut") == 1


def test_edge_41_an_agreement_stands_though_a_partner_stops(pair: Pair):
    """Decision 8: when everybody answered there is nothing to make anew; the sentence still goes."""
    pair.link()
    pair.asked()
    pair.says("bert", "joint_several")
    [agreed] = pair.proposed("bert")["offers"]
    pair.w.ok("c", "POST", f"/v1/offers/{agreed['id']}/answer", b'{"answer": "accept"}', **JSON)
    pair.stops("anna")
    assert pair.partner("bert")["to_recut"] == []
    assert pair.w.line(pair.case["bert"], pair.creditor)["offer"]["state"] == "accepted"
    assert NEUTRAL in pair.lines("bert")


# How a joint debt is known


@pytest.mark.parametrize(
    ("anna", "bert", "certainty", "told"),
    [
        ("joint_several", "partner", "joint", True),
        ("joint_several", None, "joint", True),
        (None, "guarantor", "joint", True),
        ("joint_several", "none", "possibly", False),
        (None, None, "possibly", False),
        ("none", "none", None, False),
        ("none", None, None, False),
    ],
)
def test_what_the_creditor_said_decides_who_hears(
    pair: Pair, anna: str | None, bert: str | None, certainty: str | None, told: bool
):
    """Possibly joint: the counsellor only. Said to be alone: nobody."""
    pair.link()
    pair.asked()
    pair.says("anna", anna)
    pair.says("bert", bert)
    pair.proposed("bert")
    shown = pair.preview("anna")
    assert pair.stops("anna")["effects"] == shown
    assert [one["certainty"] for one in pair.told("bert")] == ([certainty] if certainty is not None else [])
    assert (NEUTRAL in pair.lines("bert")) is told
    assert [code for code in _codes(shown) if "partner" in code] == ["partner_told" if told else "partner_not_told"]
    assert len(pair.partner("bert")["to_recut"]) == (1 if told else 0)


def test_without_any_statement_two_yeses_to_one_creditor_are_possibly_one_debt(pair: Pair):
    """The link alone: the counsellor looks, the partner hears nothing."""
    pair.link()
    pair.asked()
    pair.stops("anna")
    assert pair.told("bert") == [{"certainty": "possibly", "silent": False}]
    assert NEUTRAL not in pair.lines("bert")


def test_a_partner_who_stopped_already_hears_nothing(pair: Pair):
    """Nothing of theirs runs with this creditor, so nothing of theirs changes."""
    pair.link()
    pair.asked()
    pair.says("anna", "joint_several")
    pair.stops("bert")
    heard = pair.lines("bert")
    pair.stops("anna")
    assert pair.lines("bert") == heard
    assert pair.told("bert") == []


def test_what_was_erased_says_nothing_any_more(pair: Pair):
    """A closed case and an erased partner are no partner; the word beside the statement goes with the statement."""
    pair.link()
    pair.asked()
    pair.says("bert", "joint_several")
    body = {"counsellor_id": pair.counsellor, "reason": "finished"}
    pair.w.ok("counsellor", "POST", f"/v1/cases/{pair.case['bert']}/closure", body)
    heard = pair.lines("bert")
    pair.stops("anna")
    assert pair.lines("bert") == heard
    pair.w.later(days=366)
    runtime, organisation = pair.w.gateway.runtime, UUID(_organisation(pair))
    again = issue_token(runtime, "counsellor", "a year later", pair.w.now(), participant_id=organisation)
    pair.w.tokens["counsellor"] = again
    erased = pair.w.ok(
        "counsellor", "POST", f"/v1/residents/{pair.resident['bert']}/erasure", {"counsellor_id": pair.counsellor}
    )
    assert erased["cases"] == 1
    with runtime.database.begin() as connection:
        of_bert = select(reply.c.others_bound).where(reply.c.resident_id == UUID(pair.resident["bert"]))
        assert connection.scalars(of_bert).all() == [None]
    assert pair.partner("anna")["partner"] is None


def _organisation(pair: Pair) -> str:
    with pair.w.gateway.runtime.database.begin() as connection:
        of = journal_store.of_case(connection, UUID(pair.case["anna"]))
    return next(str(entry["actor"]).partition(":")[2] for entry in of if entry["kind"] == "case.opened")


def test_a_pause_over_doubt_tells_the_counsellor_only(pair: Pair):
    """It may be put right tomorrow; the partner is not alarmed by somebody who may be an impostor."""
    pair.link()
    pair.asked()
    pair.says("anna", "joint_several")
    path = f"/v1/cases/{pair.case['anna']}/withdrawals"
    paused = pair.w.ok("counsellor", "POST", path, {"everything": True, "method": "phone", "identity_doubted": True})
    assert len(paused["paused"]) == 2
    assert pair.told("bert") == [{"certainty": "joint", "silent": False}]
    assert NEUTRAL not in pair.lines("bert")
    pair.stops("anna")
    assert pair.lines("bert").count(NEUTRAL) == 1


def test_stopping_twice_tells_a_partner_once(pair: Pair):
    """I10."""
    pair.link()
    pair.asked()
    pair.says("anna", "joint_several")
    pair.stops("anna")
    assert pair.stops("anna")["effects"] == []
    assert pair.lines("bert").count(NEUTRAL) == 1


def test_two_partners_who_stop_at_the_same_moment_both_stop(pair: Pair):
    """Both hold both, in one order: neither waits for ever, and each is answered."""
    pair.link()
    for _ in range(8):
        pair.asked()
        answers: dict[str, Any] = {}

        def stop(name: str, answers: dict[str, Any] = answers) -> None:
            client = pair.w.gateway.flask.test_client()
            headers = {"Authorization": f"Bearer {pair.w.tokens['counsellor']}", "Idempotency-Key": f"{name}-stops-now"}
            path = f"/v1/cases/{pair.case[name]}/withdrawals"
            answers[name] = client.post(path, json={"everything": True}, headers=headers)

        threads = [threading.Thread(target=stop, args=(name,)) for name in ("anna", "bert")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {name: answer.status_code for name, answer in answers.items()} == {"anna": 200, "bert": 200}
        assert all(len(answer.get_json()["grants"]) == 2 for answer in answers.values())
        pair.w.later(hours=1)


def test_every_decision_about_a_partner_stays_what_it_was(pair: Pair):
    """I13: worked out again from its own facts, each says what it said; and the next one is still a yes."""
    pair.link()
    pair.asked()
    pair.says("anna", "joint_several")
    pair.stops("anna")
    pair.says("bert", "joint_several")
    pair.proposed("bert")
    with pair.w.gateway.runtime.database.begin() as connection:
        entries = journal_store.of_case(connection, UUID(pair.case["bert"]))
        events = connection.scalars(
            select(journal.c.kind)
            .join(consent_grant, consent_grant.c.id == journal.c.grant_id)
            .where(consent_grant.c.case_id == UUID(pair.case["bert"]), journal.c.kind.startswith("consent."))
        ).all()
    decisions = [entry for entry in entries if entry["kind"].startswith("decision.")]
    assert "decision.permitted" in {entry["kind"] for entry in decisions}
    assert "decision.refused" not in {entry["kind"] for entry in decisions}
    assert all(agrees(entry["facts"]) for entry in decisions)
    assert set(events) == {"consent.given", "consent.used"}


# One person per message


def _everything_sent(pair: Pair) -> dict[str, list[bytes]]:
    """What arrived, per resident whom it is about: the header says which message, the record whose it is."""
    with pair.w.gateway.runtime.database.begin() as connection:
        of = {row.id: row.resident_id for row in connection.execute(select(message))}
    names = {resident: name for name, resident in pair.resident.items()}
    sent: dict[str, list[bytes]] = {name: [] for name in pair.resident}
    for _, headers, content in pair.peer.received:
        sent[names[str(of[UUID(headers["Gateway-Message-Id"])])]].append(content)
    return sent


def _in_every_format(pair: Pair, *names: str) -> None:
    """Each of *names* is asked about with every creditor, with numbers of their own, in every format there is."""
    desks = [pair.w.creditor(slug, pair.peer, format=slug, bsn_basis="art. 46 UAVG") for slug in FORMATS]
    for name in names:
        pair.w.grant(pair.case[name], desks, pair.counsellor)
        wanted = [
            {"creditor_id": one, "references": [f"REF-{name}"], "customer_number": f"KLANT-{name}"} for one in desks
        ]
        path = f"/v1/cases/{pair.case[name]}/statement-requests"
        pair.w.ok("counsellor", "POST", path, {"requests": wanted})


def test_g22_no_message_about_the_one_holds_anything_of_the_other(pair: Pair):
    """Requests, reminders, final notices, proposals and stop notices, as bytes, in every format, linked as they are."""
    pair.link()
    _in_every_format(pair, "anna", "bert")
    pair.asked()
    for name in ("anna", "bert"):
        pair.says(name, "joint_several")
        pair.proposed(name)
    pair.live_until(date(2026, 5, 26))
    path = f"/v1/cases/{pair.case['anna']}/withdrawals"
    pair.w.ok("counsellor", "POST", path, {"everything": True})
    pair.w.work()
    sent = _everything_sent(pair)
    assert min(len(one) for one in sent.values()) > 2 * len(FORMATS)
    own = {"anna": [*ANNA.values(), "KLANT-anna", "REF-anna"], "bert": [*BERT.values(), "KLANT-bert", "REF-bert"]}
    own["anna"] += [pair.case["anna"], pair.resident["anna"], "03-02-1985"]
    own["bert"] += [pair.case["bert"], pair.resident["bert"], "23-11-1979"]
    for name, other in (("anna", "bert"), ("bert", "anna")):
        everything = b"\n".join(sent[name])
        assert all(word.encode() in everything for word in (own[name][0], f"REF-{name}", f"KLANT-{name}"))
        found = [word for word in own[other] if any(word.encode() in content for content in sent[name])]
        assert found == []


# The secret address

ADDRESS = ("street", "house_number", "postcode", "town")


def test_a_protected_address_is_in_no_message_in_any_format(pair: Pair):
    """The yes was given before, so less is sent than was granted, and nothing is refused (fields sent are a subset)."""
    _in_every_format(pair, "anna", "bert")
    pair.protect("anna")  # after they were queued: composed when they leave
    pair.w.work()
    sent = _everything_sent(pair)
    assert len(sent["anna"]) == len(sent["bert"]) == len(FORMATS)
    assert not [part for part in ADDRESS for content in sent["anna"] if ANNA[part].encode() in content]
    assert all(b"Annasma" in content for content in sent["anna"])
    assert any(BERT["street"].encode() in content for content in sent["bert"]), "the other's is his own choice"
    with pair.w.gateway.runtime.database.begin() as connection:
        entries = journal_store.of_case(connection, UUID(pair.case["anna"]))
    facts = [one["facts"] for one in entries if one["kind"].startswith("decision.")]
    sendings = [one for one in facts if one["action"]["name"] == "send"]
    assert len(sendings) == len(FORMATS)
    assert all(one["decision"] and agrees(one) for one in sendings)
    assert not [one for one in sendings if "resident.street" in one["resource"]["properties"]["fields"]]
    assert all("resident.street" in one["context"]["grant"]["fields_out"] for one in sendings)


@pytest.mark.parametrize(("language", "words"), [("nl", "uw adres"), ("en", "your address"), ("ar", "عنوانك")])
def test_a_text_speaks_of_no_address_while_it_is_protected(pair: Pair, language: str, words: str):
    """What is shown is what will be sent; a question of before is put anew, because its text is not true any more."""

    def ask() -> str:
        body = {
            "recorded_by": pair.counsellor,
            "asks": [{"creditor_id": pair.creditor, "purpose": "inventory", "language": language}],
        }
        path = f"/v1/cases/{pair.case['anna']}/consent-asks"
        made: str = pair.w.ok("counsellor", "POST", path, body)["asks"][0]["id"]
        return made

    def serve(ask_id: str) -> Any:
        body = {"recorded_by": pair.counsellor}
        return pair.w.call("counsellor", "POST", f"/v1/consent-asks/{ask_id}/serving", body)

    earlier = ask()
    assert words in serve(earlier).get_json()["text"]
    pair.protect("anna")
    assert serve(earlier).status_code == 409
    later = serve(ask())
    assert later.status_code == 200
    assert words not in later.get_json()["text"]


def test_a_yes_of_while_it_was_protected_covers_no_address_later(pair: Pair):
    """Taking the protection away widens nothing that was said: it was said to a text without an address."""
    pair.protect("anna")
    pair.w.grant(pair.case["anna"], [pair.creditor], pair.counsellor)
    pair.protect("anna", on=False)
    pair.w.ask(pair.case["anna"], [pair.creditor])
    pair.w.work()
    [content] = [content for _, _, content in pair.peer.received]
    assert b"Annasma" in content
    assert not [part for part in ADDRESS if ANNA[part].encode() in content]
    shown = pair.w.ok("counsellor", "GET", f"/v1/cases/{pair.case['anna']}/grants")["grants"]
    assert not [one for one in shown if "resident.street" in one["fields_out"]]
    pair.w.later(hours=1)
    other = pair.w.creditor("e", pair.peer)
    pair.w.grant(pair.case["anna"], [other], pair.counsellor)
    pair.w.ask(pair.case["anna"], [other])
    pair.w.work()
    assert ANNA["street"].encode() in pair.peer.received[-1][2], "said anew, to a text that speaks of it"


def test_a_reply_that_repeats_the_address_is_taken_in(pair: Pair):
    """What the creditor knew already is no reason to hold its answer."""
    pair.protect("anna")
    pair.asked("anna")
    body = statement(pair.request["anna"], resident={part: ANNA[part] for part in ADDRESS})
    taken = pair.w.ok("c", "POST", f"/v1/statement-requests/{pair.request['anna']}/reply", body, **JSON)
    assert taken["status"] == "accepted"


def test_the_resident_reads_that_the_address_is_secret_and_nobody_else_does(pair: Pair):
    """Twice changes nothing; in the evidence file, which others read, there is no word of it."""
    pair.asked()
    pair.protect("anna")
    pair.protect("anna")
    assert pair.lines("anna").count("address.protected") == 1
    assert "address.protected" not in pair.lines("bert")
    assert b"address.protected" not in pair.evidence("anna")
    assert pair.partner("anna")["address_protected"]


# The link itself


def test_a_link_is_recorded_once_for_one_other_resident_of_the_same_organisation(pair: Pair):
    """Foreign is unknown; oneself is no partner; one at a time; twice is once."""
    w = pair.w
    link = pair.link()
    assert pair.link() == link
    path = f"/v1/cases/{pair.case['anna']}/partner"
    shown = pair.partner("bert")["partner"]
    assert (shown["link_id"], shown["partner_case_ids"], shown["unsafe"]) == (link, [pair.case["anna"]], False)
    assert pair.lines("anna").count("partner.recorded") == pair.lines("bert").count("partner.recorded") == 1
    same = w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-2", "resident": ANNA})["id"]
    pair.add("carla", {**ANNA, "bsn": "999990032"})
    w.counsellor_organisation("elsewhere")
    foreign = w.case("elsewhere", bsn="999990044")

    def tried(case: str) -> Any:
        return w.call("counsellor", "POST", path, {"partner_case_id": case, "recorded_by": pair.counsellor})

    assert [(one["pointer"], one["code"]) for one in tried(same).get_json()["errors"]] == [
        ("/partner_case_id", "same_resident")
    ]
    assert tried(pair.case["carla"]).status_code == 409
    unknown = tried("00000000-0000-4000-8000-000000000000")
    assert (tried(foreign).status_code, tried(foreign).get_data()) == (404, unknown.get_data())
    pair.mark(link)
    pair.mark(link)
    assert pair.lines("anna").count("partner.ended") == 1
    body = {"recorded_by": pair.counsellor, "unsafe": True}
    assert w.call("counsellor", "POST", f"/v1/partner-links/{link}/safety", body).status_code == 409
    assert tried(pair.case["carla"]).status_code == 201


def test_each_has_an_entry_of_their_own_that_names_nobody_else(pair: Pair):
    """I21, over everything that is recorded about a link and what follows from it."""
    link = pair.link()
    pair.asked()
    pair.says("anna", "joint_several")
    pair.says("bert", "joint_several")
    pair.proposed("bert")
    pair.mark(link, unsafe=True)
    pair.mark(link, unsafe=False)
    pair.stops("anna")
    pair.mark(link)
    with pair.w.gateway.runtime.database.begin() as connection:
        rows = connection.execute(select(journal)).all()
    ours = [row for row in rows if row.kind.partition(".")[0] in ("partner", "joint_debt")]
    assert {str(row.resident_id) for row in ours} == {pair.resident["anna"], pair.resident["bert"]}
    of_each = [
        [row.kind for row in ours if str(row.resident_id) == one and row.kind.startswith("partner.")]
        for one in (pair.resident["anna"], pair.resident["bert"])
    ]
    assert of_each[0] == of_each[1]
    for row in ours:
        other = "bert" if str(row.resident_id) == pair.resident["anna"] else "anna"
        assert str(row.case_id) != pair.case[other]
        assert "resident" not in row.actor
