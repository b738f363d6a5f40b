"""
Any history of permission against a second telling of it: what each yes is worth, and what leaves.

The model keeps a card per yes with marks on it, as a clerk would; it knows no events and no decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from gateway.consent.decision import worth
from gateway.storage import grants
from tests.integration.permission_support import Told, lower, told
from tests.integration.support import Peer, listening

MOST, WITHIN = 3, 2  # messages in all, and in any seven days
REASON = {
    "paused": "resident_asked",
    "resumed": "resident_asked",
    "review_required": "other",
    "reaffirmed": "resident_said",
    "revoked": "municipality",
    "invalidated": "never_said",
}
OVER = ("invalidated", "withdrawn", "revoked", "superseded")  # what a card says first, when it says more than one


@dataclass
class Card:
    """One yes, no or later, as a clerk keeps it."""

    id: str
    creditor: int
    purpose: str
    word: str
    starts: datetime
    ends: datetime
    before: Card | None = None
    marks: set[str] = field(default_factory=set)
    sent: list[datetime] = field(default_factory=list)

    def reads(self, now: datetime) -> str:
        if self.word != "given":
            return self.word
        for mark in OVER:
            if mark in self.marks:
                return mark
        if not self.starts <= now < self.ends:
            return "not_yet" if now < self.starts else "expired"
        for mark, word in (("doubt", "review"), ("pause", "paused")):
            if mark in self.marks:
                return word
        return "active" if len(self.sent) < MOST else "used_up"

    def stop(self, mark: str = "withdrawn") -> None:
        """Taken back, with what it came in the place of."""
        card: Card | None = self
        while card is not None:
            card.marks.add(mark)
            card = card.before


stage: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def _stage() -> Iterator[None]:
    with told() as t, listening(Peer()) as second:
        lower(t.w, "inventory", max_messages=MOST)
        stage["t"], stage["peers"] = t, [t.peer, second]
        stage["creditors"] = [t.creditor, t.w.creditor("second", second)]
        flow = t.w.gateway.settings.flows.flows["inventory"]
        assert flow.frequency is not None
        lower(t.w, "inventory", frequency=type(flow.frequency)(messages=WITHIN, days=7))
        yield
    stage.clear()


class Permission(RuleBasedStateMachine):
    cards = Bundle("cards")

    @initialize(target=cards)
    def a_new_case(self) -> Any:
        """One with a yes to each creditor, so that there is something to do from the first step."""
        self.t: Told = stage["t"]
        self.t.w.offset = timedelta(0)
        self.t.case = self.t.w.case()
        self.file: list[Card] = []
        self.seen: dict[tuple[str, datetime], str] = {}
        self.asked: set[int] = set()
        words = [self.t.word(creditor_id=one) for one in stage["creditors"]]
        made = self.t.try_saying(*words).get_json()["grants"]
        return multiple(*(self._keep(one, index, "inventory", "given") for index, one in enumerate(made)))

    def now(self) -> datetime:
        return self.t.w.now()

    def _keep(self, made: dict[str, Any], creditor: int, purpose: str, word: str, before: Card | None = None) -> Card:
        starts, ends = (datetime.fromisoformat(made[name]) for name in ("valid_from", "valid_until"))
        card = Card(made["id"], creditor, purpose, word, starts, ends, before)
        self.file.append(card)
        return card

    @rule(
        target=cards,
        creditor=st.integers(0, 1),
        purpose=st.sampled_from(["inventory", "inventory", "proposal"]),
        word=st.sampled_from(["given", "given", "given", "refused", "deferred", "unknown"]),
        starts=st.sampled_from([0, 0, 0, 20]),
        hours=st.sampled_from([None, None, 30, 60]),
    )
    def say(self, creditor: int, purpose: str, word: str, starts: int, hours: int | None) -> Card:
        more: dict[str, Any] = {}
        if starts:
            more["starts_at"] = _text(self.now() + timedelta(hours=starts))
        if hours is not None:
            more["ends_at"] = _text(self.now() + timedelta(hours=hours))
        one = self.t.word(creditor_id=stage["creditors"][creditor], purpose=purpose, act=word, **more)
        answer = self.t.try_saying(one)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return self._keep(answer.get_json()["grants"][0], creditor, purpose, word)

    @rule(card=cards, change=st.sampled_from(sorted(REASON)))
    def change(self, card: Card, change: str) -> None:
        """What the clerk would do with the card, or refuse to."""
        reads = card.reads(self.now())
        stands = reads in ("active", "not_yet", "paused", "review", "used_up")
        permits = reads in ("active", "used_up")
        can = {
            "paused": stands,
            "resumed": reads == "paused" or permits,
            "review_required": stands,
            "reaffirmed": reads == "review" or permits,
            "revoked": stands or reads in ("expired", "revoked"),
            "invalidated": card.word == "given",
        }[change]
        answer = self.t.change(card.id, change, REASON[change])
        assert answer.status_code == (200 if can and card.word == "given" else 409), (reads, change)
        if answer.status_code != 200:
            return
        match change:
            case "paused":
                card.marks.add("pause")
            case "resumed":
                card.marks.discard("pause")
            case "review_required":
                card.marks.add("doubt")
            case "reaffirmed":
                card.marks.discard("doubt")
            case "revoked":
                card.stop("revoked")
            case _:
                card.marks.add(change)

    @rule(target=cards, card=cards)
    def renew(self, card: Card) -> Any:
        body = {"recorded_by": self.t.counsellor, "method": "phone"}
        answer = self.t.w.call("counsellor", "POST", f"/v1/grants/{card.id}/renewal", body)
        if card.word != "given" or set(OVER) & card.marks:
            assert answer.status_code == 409
            return multiple()
        assert answer.status_code == 201, answer.get_data(as_text=True)
        card.marks.add("superseded")
        return self._keep(answer.get_json(), card.creditor, card.purpose, "given", before=card)

    @rule(card=cards)
    def withdraw_one(self, card: Card) -> None:
        done = self.t.withdraw(grant_id=card.id)
        if card.word == "given" and not set(OVER) & card.marks:
            assert card.id in done["grants"]
            card.stop()
        else:
            assert done["grants"] == []

    @rule()
    def withdraw_everything(self) -> None:
        self.t.withdraw()
        for card in list(self.file):
            if card.word == "given" and not set(OVER) & card.marks:
                card.stop()

    @rule(hours=st.sampled_from([1, 10, 20, 30]))
    def time_passes(self, hours: int) -> None:
        self.t.w.later(hours=hours)

    @rule(creditor=st.integers(0, 1))
    def ask_the_creditor(self, creditor: int) -> None:
        """I1, I7, I8: it leaves to this creditor, and only when the newest word allows it."""
        words = [card for card in self.file if (card.creditor, card.purpose) == (creditor, "inventory")]
        newest = words[-1] if words else None
        before = [peer.kinds().count("statement_request") for peer in stage["peers"]]
        answer = self.t.request(creditor=stage["creditors"][creditor])
        if answer.status_code == 400:
            assert creditor in self.asked, "only what was asked before is open"
            return
        reads = newest.reads(self.now()) if newest is not None else "no_grant"
        if reads == "active" and newest is not None:
            lately = [at for at in newest.sent if at > self.now() - timedelta(days=7)]
            reads = "too_often" if len(lately) >= WITHIN else reads
        if reads != "active":
            assert answer.status_code == 409, (reads, answer.get_data(as_text=True))
            assert [fault["code"] for fault in answer.get_json()["errors"]] == [reads]
        else:
            assert answer.status_code == 202, answer.get_data(as_text=True)
        self.t.w.work()
        after = [peer.kinds().count("statement_request") for peer in stage["peers"]]
        arrived = [late - early for early, late in zip(before, after, strict=True)]
        expected = [int(reads == "active" and index == creditor) for index in range(2)]
        assert arrived == expected
        if reads == "active" and newest is not None:
            newest.sent.append(self.now())
            self.asked.add(creditor)

    @invariant()
    def every_card_reads_as_the_gateway_says(self) -> None:
        """I13: whatever was done to one, every other stands as it stood."""
        if not getattr(self, "file", None):
            return
        shown = self.t.w.ok("counsellor", "GET", f"/v1/cases/{self.t.case}/grants")["grants"]
        standing = {one["id"]: one["status"] for one in shown}
        assert standing == {card.id: card.reads(self.now()) for card in self.file}
        self.seen |= {(card.id, self.now()): standing[card.id] for card in self.file}

    def teardown(self) -> None:
        """I9: the history, replayed to any instant, gives what was seen then; and every decision says the same."""
        if not getattr(self, "file", None):
            return
        runtime = self.t.w.gateway.runtime
        with runtime.database.begin() as connection:
            known = {str(grant.id): (grant, events) for grant, events in grants.of_case(connection, UUID(self.t.case))}
        for (grant_id, at), reads in self.seen.items():
            grant, events = known[grant_id]
            assert worth(grant, events, runtime.settings.flows.of(grant.purpose), at).value == reads
        self.t.every_decision_can_be_replayed()


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


TestPermission = Permission.TestCase
TestPermission.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
