"""Promise 5 on the running gateway: when silence speaks, and everything that keeps it from speaking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.domain.deadlines import end_of_day
from tests.integration.support import (
    ACCEPT,
    JSON,
    REFUSE_WITHOUT_FACTS,
    START,
    Peer,
    World,
    listening,
    statement,
    world,
)


@pytest.fixture
def w():
    with world() as made:
        made.counsellor_organisation()
        yield made


class Case:
    """One case with one creditor that has stated its claim, and an offer that was delivered on Friday 24 April 2026."""

    def __init__(self, w: World, peer: Peer, **creditor: object) -> None:
        self.w, self.name = w, "c"
        self.creditor = w.creditor(self.name, peer, **creditor)
        self.id = w.case()
        self.counsellor = w.counsellor()
        w.grant(self.id, [self.creditor], self.counsellor)
        [self.request] = w.ask(self.id, [self.creditor])
        w.work()

    def state_claim(self, **more: object) -> None:
        body = statement(self.request, **more)
        taken = self.w.ok(self.name, "POST", f"/v1/statement-requests/{self.request}/reply", body, **JSON)
        assert taken["status"] == "accepted", taken

    def propose(self) -> str:
        body = {"made_by": self.counsellor, "pool_cents": 10_000}
        [offer] = self.w.ok("counsellor", "POST", f"/v1/cases/{self.id}/proposals", body)["offers"]
        self.offer = offer["id"]
        self.w.work()
        return self.offer

    def answer(self, body: bytes) -> dict:
        return self.w.ok(self.name, "POST", f"/v1/offers/{self.offer}/answer", body, **JSON)

    def confirm(self):
        body = {"counsellor_id": self.counsellor}
        return self.w.call("counsellor", "POST", f"/v1/offers/{self.offer}/confirmation", body)

    @property
    def line(self) -> dict:
        return self.w.line(self.id, self.creditor)

    @property
    def offer_state(self) -> str:
        return self.line["offer"]["state"]

    def live_until(self, day: date) -> None:
        """Let every day until the end of *day* happen, with its work."""
        last = end_of_day(day) - timedelta(minutes=1)
        while self.w.now() < last:
            self.w.work()
            self.w.at(min(self.w.now() + timedelta(hours=12), last))
        self.w.work()


@pytest.fixture
def peer():
    with listening(Peer()) as made:
        yield made


@pytest.fixture
def case(w: World, peer: Peer) -> Case:
    made = Case(w, peer)
    made.state_claim()
    made.propose()
    return made


def test_an_earned_silence_is_confirmed_by_name_and_may_be_rebutted(case: Case, peer: Peer):
    """
    Delivered Fri 24 April; 15 working days end Thu 21 May (King's Day, 5 May, Ascension, the equated Friday do not
    count); the final notice goes out Fri 22 May; five working days later, Mon 1 June (Whit Monday does not count),
    the cure term ends; from Tue 2 June on a counsellor may confirm.
    """
    assert case.line["offer"]["due_on"] == "2026-05-21"
    case.live_until(date(2026, 5, 21))
    assert case.offer_state == "waiting"
    case.live_until(date(2026, 5, 22))
    assert case.offer_state == "noticed"
    assert case.line["offer"]["cure_due_on"] == "2026-06-01"
    case.live_until(date(2026, 6, 1))
    assert case.offer_state == "noticed"
    assert case.confirm().status_code == 409
    case.live_until(date(2026, 6, 2))
    assert case.offer_state == "lapsed"
    confirmed = case.confirm()
    assert confirmed.status_code == 200
    assert confirmed.get_json()["road"] == "silence"
    assert case.offer_state == "deemed"
    case.w.work()
    assert peer.kinds()[1:] == ["proposal", "proposal_reminder", "proposal_final_notice", "outcome_notice"]
    assert case.confirm().get_json() == confirmed.get_json()


def test_nothing_is_presumed_before_the_counsellor_confirms(case: Case):
    """No automatic decision with legal effect (art. 22 GDPR): a lapsed offer stays lapsed by itself."""
    case.live_until(date(2026, 7, 15))
    assert case.offer_state == "lapsed"


def test_an_acceptance_after_the_deadline_and_before_confirmation_is_an_answer(case: Case):
    """Ruling 11: marked late, and nothing is presumed."""
    case.live_until(date(2026, 6, 2))
    assert case.answer(ACCEPT)["state"] == "accepted"
    assert case.confirm().status_code == 409


def test_a_refusal_with_its_facts_in_the_review_window_makes_the_presumption_fall(case: Case):
    """Ruling 11: within fourteen days of the confirmation."""
    case.live_until(date(2026, 6, 2))
    assert case.confirm().status_code == 200
    assert case.answer(REFUSE_WITHOUT_FACTS)["state"] == "deemed"
    facts = b'{"answer":"refuse","ground":"amount_incorrect","facts":{"claimed_cents":120000,"proof":"Factuur 12"}}'
    assert case.answer(facts)["state"] == "refused"


def test_after_the_review_window_the_presumption_stands(case: Case):
    """The answer is kept and changes nothing."""
    case.live_until(date(2026, 6, 2))
    assert case.confirm().status_code == 200
    case.live_until(date(2026, 6, 20))
    kept = case.answer(ACCEPT)
    assert (kept["state"], kept["effect"]) == ("deemed", "none")


def test_a_refusal_without_facts_is_asked_once_and_then_counts_as_unargued(case: Case, peer: Peer):
    """Ruling 13: the question is asked once; both the term and the cure term must pass."""
    assert case.answer(REFUSE_WITHOUT_FACTS) | {"answer_id": ""} == {
        "answer_id": "", "verdict": "unsubstantiated", "state": "challenged", "missing_facts": ["ground"], "effect": "recorded",
    }  # fmt: skip
    case.w.work()
    assert peer.kinds()[-1] == "substantiation_request"
    case.live_until(date(2026, 5, 21))
    assert case.offer_state == "challenged"
    case.live_until(date(2026, 5, 22))
    assert case.offer_state == "lapsed"
    assert peer.kinds().count("substantiation_request") == 1
    assert "proposal_final_notice" not in peer.kinds()
    assert case.confirm().get_json()["road"] == "unargued_refusal"


def test_facts_that_come_after_the_question_make_it_a_refusal(case: Case):
    """Who argues in time is heard."""
    case.answer(REFUSE_WITHOUT_FACTS)
    case.w.work()
    facts = b'{"answer":"refuse","ground":"amount_incorrect","facts":{"claimed_cents":120000,"proof":"Factuur 12"}}'
    assert case.answer(facts)["state"] == "refused"
    case.live_until(date(2026, 7, 1))
    assert case.offer_state == "refused"


def test_a_reminder_that_never_arrived_bars_the_presumption(w: World):
    """Promise 5: reminders sent and delivered; one that failed leaves the offer unanswered, never deemed."""

    def answer(_headers, body):
        return (410, "", b"") if b"proposal_reminder" in body else (202, "", b"")

    with listening(Peer(answer=answer)) as peer:
        case = Case(w, peer)
        case.state_claim()
        case.propose()
        case.live_until(date(2026, 6, 10))
        assert case.offer_state == "unanswered"
        assert case.confirm().status_code == 409


def test_under_the_law_of_today_silence_is_never_agreement(w: World, peer: Peer):
    """Freedom of contract: only a court can impose agreement (art. 287a Fw)."""
    case = Case(w, peer, regime_group="default")
    case.state_claim()
    case.propose()
    case.live_until(date(2026, 6, 10))
    assert case.offer_state == "unanswered"
    assert case.confirm().status_code == 409
    assert "proposal_final_notice" not in peer.kinds()


def test_under_the_covenant_an_offer_is_accepted_on_delivery_unless_an_obstacle_was_flagged(w: World, peer: Peer):
    """Ruling 12."""
    case = Case(w, peer, regime_group="government")
    case.state_claim()
    case.propose()
    assert case.offer_state == "accepted_in_advance"


def test_under_the_covenant_a_flagged_obstacle_means_an_answer_on_substance_and_silence_presumes_nothing(
    w: World, peer: Peer
):
    """Ruling 12: fifteen working days, and then nothing."""
    case = Case(w, peer, regime_group="government")
    case.state_claim(obstacle={"code": "legal_bar"})
    case.propose()
    assert case.offer_state == "waiting"
    case.live_until(date(2026, 6, 10))
    assert case.offer_state == "unanswered"


def test_a_proven_obstacle_bars_the_presumption(w: World, peer: Peer):
    """Ruling 13: with the facts its ground asks for, an obstacle closes the road of silence."""
    case = Case(w, peer)
    case.state_claim(obstacle={"code": "amount_incorrect", "facts": {"claimed_cents": 120000, "proof": "Factuur 12"}})
    case.propose()
    case.live_until(date(2026, 6, 10))
    assert case.offer_state == "unanswered"
    assert case.confirm().status_code == 409


def test_an_obstacle_without_its_facts_is_an_unargued_refusal_from_the_start(w: World, peer: Peer):
    """Ruling 13: the creditor is asked once for the facts, right after the proposal."""
    case = Case(w, peer)
    case.state_claim(obstacle={"code": "amount_incorrect"})
    case.propose()
    case.w.work()
    assert case.offer_state == "challenged"
    assert peer.kinds()[-1] == "substantiation_request"
    case.live_until(date(2026, 5, 22))
    assert case.offer_state == "lapsed"


def test_a_reminder_that_comes_late_moves_the_last_day(w: World, peer: Peer):
    """Ruling 7: reminded on Thu 28 May instead of Tue 12 May, the creditor still has five working days: Thu 4 June."""
    case = Case(w, peer)
    case.state_claim()
    case.propose()
    w.at(datetime(2026, 5, 28, 8, 0, tzinfo=UTC))  # nobody worked for weeks
    w.work()
    assert "proposal_reminder" in peer.kinds()
    assert case.line["offer"]["due_on"] == "2026-06-04"
    assert case.offer_state == "waiting"


def test_a_held_reply_stops_the_clock_until_a_person_has_looked(w: World, peer: Peer):
    """Promise 4 and ruling 5: the day of holding and the day of release do not count, the rest runs on."""
    case = Case(w, peer)
    assert case.line["due_on"] == "2026-05-21"
    w.at(datetime(2026, 4, 29, 8, 0, tzinfo=UTC))
    body = statement(case.request, total_stated_cents=1)
    taken = w.ok("c", "POST", f"/v1/statement-requests/{case.request}/reply", body, **JSON)
    assert taken["status"] == "held"
    assert taken["problems"]
    assert (case.line["due_on"], case.line["suspended"]) == (None, True)
    case.live_until(date(2026, 6, 10))
    assert case.line["state"] == "waiting"
    assert peer.kinds() == ["statement_request"]
    [held] = case.line["held"]
    done = {"counsellor_id": case.counsellor, "reason": "will_be_sent_again"}
    w.ok("counsellor", "POST", f"/v1/replies/{held['reply_id']}/dismissal", done)
    assert case.line["due_on"] is not None
    assert case.line["due_on"] > "2026-06-10"


def test_from_the_third_held_reply_on_the_clock_runs_on(w: World, peer: Peer):
    """Ruling 20: held replies cannot stall for ever."""
    case = Case(w, peer)
    for number in range(3):
        body = statement(case.request, total_stated_cents=number + 1)
        assert w.ok("c", "POST", f"/v1/statement-requests/{case.request}/reply", body, **JSON)["status"] == "held"
        if number < 2:
            for held in case.line["held"]:
                done = {"counsellor_id": case.counsellor, "reason": "will_be_sent_again"}
                w.ok("counsellor", "POST", f"/v1/replies/{held['reply_id']}/dismissal", done)
    assert case.line["suspended"] is False


def test_silence_on_a_statement_request_escalates_and_a_late_answer_still_counts(w: World, peer: Peer):
    """Ruling 14: under the reversed burden after final notice and cure term; a late answer is an answer."""
    case = Case(w, peer)
    case.live_until(date(2026, 6, 2))
    assert case.line["state"] == "silent"
    assert peer.kinds() == ["statement_request", "statement_reminder", "statement_final_notice"]
    case.state_claim(as_of="2026-06-02")
    assert (case.line["state"], case.line["late"]) == ("answered", True)


def test_the_clock_of_a_term_starts_on_the_proven_delivery_not_on_asking(w: World):
    """A creditor whose server was away for a weekend gets its full term."""
    answers = iter([(503, "", b"")])
    with listening(Peer(answer=lambda _headers, _body: next(answers, (202, "", b"")))) as peer:
        case = Case(w, peer)
        assert case.line["due_on"] is None
        w.at(datetime(2026, 4, 28, 8, 0, tzinfo=UTC))
        w.work()
        assert case.line["due_on"] == "2026-05-22"
    assert START.date() == date(2026, 4, 24)


def test_a_dispute_stops_every_term_and_bars_the_presumption(case: Case):
    """Ruling 4: never while a dispute is open; the days of opening and closing do not count, the rest runs on."""
    w = case.w
    body = {"counsellor_id": case.counsellor, "open": True}
    case.live_until(date(2026, 4, 29))
    w.ok("counsellor", "POST", f"/v1/offers/{case.offer}/dispute", body)
    assert (case.line["offer"]["due_on"], case.line["offer"]["disputed"]) == (None, True)
    case.live_until(date(2026, 6, 1))
    assert case.offer_state == "waiting"
    assert case.confirm().status_code == 409
    w.ok("counsellor", "POST", f"/v1/offers/{case.offer}/dispute", body | {"open": False})
    case.live_until(date(2026, 7, 15))
    assert case.offer_state == "lapsed"
    w.ok("counsellor", "POST", f"/v1/offers/{case.offer}/dispute", body)
    refused = case.confirm()
    assert [error["detail"] for error in refused.get_json()["errors"]] == ["An answer or dispute waits for a person."]


def test_a_question_for_facts_that_never_arrives_ends_in_a_refusal(w: World):
    """Nobody can be held to a question that was not delivered: the terms close, the sweep goes on."""

    def answer(_headers, body):
        return (410, "", b"") if b"substantiation_request" in body else (202, "", b"")

    with listening(Peer(answer=answer)) as peer:
        case = Case(w, peer)
        case.state_claim()
        case.propose()
        case.answer(REFUSE_WITHOUT_FACTS)
        case.live_until(date(2026, 6, 10))
        assert case.offer_state == "refused_unargued"
        assert case.confirm().status_code == 409


def test_a_refusal_before_our_own_proof_of_delivery_starts_the_term_itself(w: World):
    """Whoever answers has received (ruling 7): the term runs from that day, and the road to a presumption is open."""
    with listening(
        Peer(answer=lambda _headers, body: (503, "", b"") if b'"proposal"' in body else (202, "", b""))
    ) as peer:
        case = Case(w, peer)
        case.state_claim()
        case.propose()
        assert case.offer_state == "queued"
        assert case.answer(REFUSE_WITHOUT_FACTS)["state"] == "challenged"
        case.live_until(date(2026, 5, 22))
        assert case.offer_state == "lapsed"


def test_the_regime_in_force_on_the_day_of_sending_governs_to_the_end(w: World):
    """Ruling 9: asked under one regime, sent under the next; later changes leave the message alone."""
    regimes = w.gateway.settings.regimes
    change = replace(next(one for one in regimes.adoptions if one.group == "default"), group="agreement")
    before = replace(regimes, adoptions=(*(one for one in regimes.adoptions if one.group != "agreement"), change))
    w.gateway.settings.__dict__["regimes"] = before
    with listening(Peer()) as peer:
        creditor, case, counsellor = w.creditor("a", peer), w.case(), w.counsellor()
        w.grant(case, [creditor], counsellor)
        w.ask(case, [creditor])
        assert w.line(case, creditor)["regime"] == "law_today"
        w.gateway.settings.__dict__["regimes"] = regimes
        w.work()
        assert w.line(case, creditor)["regime"] == "reversed_burden"
        w.gateway.settings.__dict__["regimes"] = before
        assert w.line(case, creditor)["regime"] == "reversed_burden"
