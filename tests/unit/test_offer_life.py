"""
Whole lives of one offer, in memory: whatever happens and in whatever order, agreement is only presumed when a second,
differently written reading of the bare happenings says that promise 5 holds.

What moves an offer here is the real thing: the state table, the terms and reminders of the ladder, the permission and
the test of promise 5. Only the outbox and the database are played by a heap and a few fields.
"""

from __future__ import annotations

import heapq
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.consent.grants import Act, EventKind, Grant, GrantEvent, Status, broken_at, status
from gateway.domain.deadlines import Suspension, local_day
from gateway.domain.policies import policies_from
from gateway.domain.regimes import WeakRefusal, regimes_from
from gateway.domain.settlement import FINAL, Earned, Event, Facts, Road, State, after, possible, presumption
from gateway.domain.workdays import calendar_from
from gateway.services import ladder

CONFIG = Path(__file__).parents[2] / "config"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = timedelta(days=1)
S, E = State, Event


def parsed(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))


RULES = SimpleNamespace(
    settings=SimpleNamespace(
        calendar=calendar_from(parsed("workdays.toml")),
        policies=policies_from(parsed("deadlines.toml")),
        regimes=regimes_from(parsed("regimes.toml")),
    )
)
POLICY = RULES.settings.policies.select("proposal", "agreement", date(2026, 4, 1))
LAST = date(2026, 9, 1)  # by then every life has come to rest


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    What the world will do; every delay in hours, None = it never arrives.

    Args:
        disturbances: Hours after sending, and what happens then.
        attempts: Hours after sending at which the counsellor tries to confirm; empty = every morning.
        sweep_every: Days between two looks at the terms: nobody looked for a while, and nothing is lost by it.
    """

    group: str = "agreement"
    sent_at: datetime = datetime(2026, 4, 8, 10, tzinfo=AMSTERDAM)
    valid_days: int = 180
    proposal: int | None = 1
    reminder: int | None = 1
    notice: int | None = 1
    question: int | None = 1
    obstacle: bool = False
    disturbances: tuple[tuple[int, str], ...] = ()
    attempts: tuple[int, ...] = ()
    sweep_every: int = 1


@dataclass
class Life:
    """One offer, lived through day by day; *log* is what an onlooker saw."""

    plan: Plan
    state: State = S.QUEUED
    log: list[tuple[datetime, str]] = field(default_factory=list)
    agenda: list[tuple[datetime, int, str]] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    permission: list[GrantEvent] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    delivered_at: datetime | None = None
    notice_at: datetime | None = None
    questioned_since: date | None = None
    road: Road | None = None

    def __post_init__(self) -> None:
        sent = self.plan.sent_at
        self.regime = RULES.settings.regimes.in_force(self.plan.group, sent.date())
        self.grant = Grant(
            id=UUID(int=1), resident_id=UUID(int=2), case_id=UUID(int=3), recipient_id=UUID(int=4), purpose="proposal",
            act=Act.GIVEN, notice="proposal", notice_version=1, notice_language="nl", notice_sha256="0" * 64,
            method="desk", recorded_by="counsellor", given_at=sent - DAY, valid_from=sent - DAY,
            valid_until=sent + self.plan.valid_days * DAY,
        )  # fmt: skip

    # What the services keep in the database.

    def conversation(self) -> dict[str, Any]:
        return {
            "state": self.state.value,
            "policy_id": POLICY.id,
            "policy_version": POLICY.version,
            "regime_id": self.regime.id,
            "regime_version": self.regime.version,
        }

    def start(self, kind: str, now: datetime) -> None:
        suspended = self.questioned_since is not None
        self.rows[kind] = {
            "kind": kind, "subject_kind": "offer", "policy_id": POLICY.id, "policy_version": POLICY.version,
            "started_on": local_day(now), "suspensions": [], "reminders_sent": 0, "reminders_delivered": [],
            "reminders_failed": 0, "state": "suspended" if suspended else "running",
        }  # fmt: skip
        self.count(self.rows[kind], [Suspension(local_day(now), None)] if suspended else [])

    def count(self, row: dict[str, Any], suspensions: Sequence[Suspension]) -> None:
        row["suspensions"] = [
            {"since": one.since.isoformat(), "until": one.until.isoformat() if one.until else None}
            for one in suspensions
        ]
        row["due_on"] = ladder.last_day(RULES, row, suspensions, row["reminders_delivered"])  # type: ignore[arg-type]

    def open_terms(self) -> list[dict[str, Any]]:
        return [row for row in self.rows.values() if row["state"] in ("running", "suspended")]

    def close(self) -> None:
        for row in self.open_terms():
            row["state"] = "cancelled"
        self.agenda = [item for item in self.agenda if item[2] not in ("reminder", "notice", "question")]
        heapq.heapify(self.agenda)

    def plan_at(self, when: datetime, what: str) -> None:
        heapq.heappush(self.agenda, (when, len(self.log) + len(self.agenda), what))

    def move(self, event: Event) -> bool:
        if not possible(self.state, event):
            return False
        self.state = after(self.state, event)
        return True

    # What happens.

    def live(self) -> State:
        plan = self.plan
        self.log.append((plan.sent_at, "sent"))
        self.send(plan.sent_at, "proposal", plan.proposal)
        for hours, what in plan.disturbances:
            self.plan_at(plan.sent_at + timedelta(hours=hours), what)
        mornings = (datetime(2026, 4, 1, 9, tzinfo=AMSTERDAM) + number * DAY for number in range(150))
        attempts = [plan.sent_at + timedelta(hours=hours) for hours in plan.attempts] or mornings
        for morning in attempts:
            self.plan_at(morning, "confirm")
        midnight = datetime(plan.sent_at.year, plan.sent_at.month, plan.sent_at.day, tzinfo=AMSTERDAM)
        while midnight.date() < LAST:
            midnight += plan.sweep_every * DAY
            self.plan_at(midnight, "sweep")
        while self.agenda:
            now, _, what = heapq.heappop(self.agenda)
            if now >= plan.sent_at:
                self.happen(now, what)
        return self.state

    def send(self, now: datetime, what: str, delay: int | None) -> None:
        """A message leaves, if it may: at sending the gate decides anew."""
        if not self.permitted(now):
            self.end_of_permission()
        elif delay is None:
            self.plan_at(now + 3 * DAY, f"{what} lost")
        else:
            self.plan_at(now + timedelta(hours=delay), what)

    def permitted(self, now: datetime) -> bool:
        return status(self.grant, self.permission, now, max_messages=99) is Status.ACTIVE

    def end_of_permission(self) -> None:
        if self.move(E.PERMISSION_ENDED):
            self.close()

    def happen(self, now: datetime, what: str) -> None:
        match what:
            case "sweep":
                self.sweep(now)
            case "confirm":
                self.confirm(now)
            case "proposal":
                self.log.append((now, what))
                if self.move(E.DELIVERED):
                    self.delivered_at = self.delivered_at or now
                    self.start(ladder.ANSWER, now)
            case "reminder" | "reminder lost":
                self.reminded(now, arrived=what == "reminder")
            case "notice":
                self.log.append((now, what))
                if self.move(E.NOTICE_DELIVERED):
                    self.notice_at = now
                    self.start(ladder.CURE, now)
            case "question":
                self.log.append((now, what))
                if self.state is S.CHALLENGED:
                    self.notice_at = now
                    self.start(ladder.CURE, now)
            case "proposal lost" | "notice lost" | "question lost":
                if self.move(E.GAVE_UP):
                    self.close()
            case "withdrawn" | "paused" | "resumed":
                self.log.append((now, what))
                self.permission.append(GrantEvent(kind=EventKind(what), at=now))
                if what == "withdrawn":
                    self.end_of_permission()
            case "disputed" | "decided":
                self.log.append((now, what))
                self.question_of_fact(now, begins=what == "disputed")
            case _:
                self.log.append((now, what))
                self.answered(now, what)

    def reminded(self, now: datetime, *, arrived: bool) -> None:
        if arrived:
            self.log.append((now, "reminder"))
        row = self.rows.get(ladder.ANSWER)
        if row is None or row not in self.open_terms():
            return
        if arrived:
            row["reminders_delivered"].append(local_day(now).isoformat())
            row["due_on"] = ladder.last_day(RULES, row, ladder.suspensions_of(row), row["reminders_delivered"])  # type: ignore[arg-type]
        else:
            row["reminders_failed"] += 1

    def question_of_fact(self, now: datetime, *, begins: bool) -> None:
        if begins == (self.questioned_since is not None):
            return
        self.questioned_since = local_day(now) if begins else None
        for row in self.open_terms():
            known = ladder.suspensions_of(row)
            if begins:
                row["state"] = "suspended"
                self.count(row, [*known, Suspension(local_day(now), None)])
            elif row["state"] == "suspended":
                row["state"] = "running"
                self.count(row, [*known[:-1], replace(known[-1], until=local_day(now))])

    def answered(self, now: datetime, answer: str) -> None:
        if not self.permitted(now):
            return  # quarantined, unread
        event = Event(answer)
        if event is E.REFUSED_WITHOUT_FACTS and self.regime.weak_refusal is not WeakRefusal.ASK_ONCE:
            event = E.REFUSED_WITHOUT_FACTS_FOR_GOOD
        before = self.state
        if not self.move(event):
            assert before in FINAL, f"{event} was turned away while {before}"
            return
        self.answers.append(answer)
        self.delivered_at = self.delivered_at or now
        if self.state is S.CHALLENGED and before is not S.CHALLENGED:
            if before in (S.QUEUED, S.UNDELIVERABLE):
                self.start(ladder.ANSWER, now)  # the answer itself is the first proof of delivery
            waiting = self.rows[ladder.ANSWER]
            held = waiting["state"]
            self.close()
            waiting["state"] = held  # the term to answer runs on
            self.notice_at = None
            self.send(now, "question", self.plan.question)
        elif self.state is not before:
            self.close()

    def sweep(self, now: datetime) -> None:
        """As `services/sweep_deadlines.py` does, until nothing is due."""
        busy = True
        while busy:
            busy = False
            for row in [row for row in self.open_terms() if row["state"] == "running"]:
                step, moment = ladder.next_step(RULES, row, self.conversation())  # type: ignore[arg-type]
                if moment is None or moment > now or row["state"] != "running":
                    continue
                busy = True
                if step is ladder.Step.REMIND:
                    row["reminders_sent"] += 1
                    self.send(now, "reminder", self.plan.reminder)
                else:
                    self.term_ends(row, now)

    def term_ends(self, row: dict[str, Any], now: datetime) -> None:
        row["state"] = "ended"
        if row["kind"] == ladder.ANSWER and self.state is not S.CHALLENGED:
            noticed = ladder.needs_notice(self.regime, "offer")
            self.state = after(self.state, E.TERM_ENDED if noticed else E.TERM_ENDED_FOR_GOOD)
            if noticed:
                self.send(now, "notice", self.plan.notice)
        elif not self.open_terms() and self.notice_at is not None:
            verdict = presumption(self.facts(now), local_day(now))
            self.state = after(self.state, E.CURE_ENDED if isinstance(verdict, Earned) else E.CURE_ENDED_UNEARNED)

    def confirm(self, now: datetime) -> None:
        if self.state is not S.LAPSED:
            return
        verdict = presumption(self.facts(now), local_day(now))
        if isinstance(verdict, Earned):
            self.state, self.road = after(self.state, E.CONFIRMED), verdict.road
            self.log.append((now, "confirmed"))

    def facts(self, now: datetime) -> Facts:
        """As `services/silence.py` gathers them."""
        first, cure = self.rows.get(ladder.ANSWER), self.rows.get(ladder.CURE)
        return Facts(
            regime=self.regime,
            delivered_at=self.delivered_at,
            due=first["due_on"] if first else None,
            reminders_due=len(POLICY.reminders),
            reminders_delivered=tuple(date.fromisoformat(on) for on in first["reminders_delivered"]) if first else (),
            notice_delivered_on=local_day(self.notice_at) if self.notice_at else None,
            cure_due=cure["due_on"] if cure else None,
            permission_broken_at=broken_at(self.grant, self.permission, self.plan.sent_at, now),
            answers=len(self.answers),
            unargued_refusals=self.answers.count(E.REFUSED_WITHOUT_FACTS.value),
            open_question=self.questioned_since is not None,
            proven_obstacle=self.plan.obstacle,
        )


# The second reading. It knows no states, no rows and no rules of ours: only what an onlooker saw, a wall calendar with
# the days off of 2026 crossed out by hand, and the sentence of promise 5.

OFF = {(1, 1), (1, 2), (4, 3), (4, 6), (4, 27), (5, 5), (5, 14), (5, 15), (5, 25), (12, 25)}
WORKDAYS = [
    day
    for day in (date(2026, 1, 1) + number * DAY for number in range(365))
    if day.isoweekday() <= 5 and (day.month, day.day) not in OFF
]


def last_of(start: date, length: int, frozen: set[date]) -> date:
    """The *length*-th working day after *start* that is not frozen."""
    counted = [day for day in WORKDAYS[bisect_right(WORKDAYS, start) :] if day not in frozen]
    return counted[length - 1]


def promise_five(plan: Plan, log: Sequence[tuple[datetime, str]], asked: datetime) -> Road | None:
    """May silence speak at *asked*? And if so: the silence, or the refusal that was never argued?"""
    seen = [(at.astimezone(AMSTERDAM), what) for at, what in log if at <= asked and what != "confirmed"]
    today = asked.astimezone(AMSTERDAM).date()
    first = {what: at.date() for at, what in reversed(seen)}
    words = [what for _, what in seen]
    said = [what for what in words if what in {event.value for event in Event}]
    known = min((first[what] for what in ("proposal", *said) if what in first), default=None)  # who answers, knows
    if plan.group != "agreement" or plan.obstacle or {"paused", "withdrawn"} & set(words):
        return None
    if known is None or asked >= plan.sent_at + plan.valid_days * DAY:
        return None
    frozen: set[date] = set()
    since: date | None = None
    for at, what in seen:
        if what == "disputed" and since is None:
            since = at.date()
        if what == "decided" and since is not None:
            frozen |= {since + number * DAY for number in range((at.date() - since).days + 1)}
            since = None
    if since is not None:
        return None
    end = last_of(known, 15, frozen)
    for at, what in seen:
        if what == "reminder":
            end = max(end, last_of(at.date(), 5, frozen))
    last_chance = first.get("question" if said else "notice")
    if last_chance is None or today <= max(end, last_of(last_chance, 5, frozen)):
        return None
    if not said:
        return Road.SILENCE if "reminder" in words and last_chance > end else None
    return Road.UNARGUED_REFUSAL if set(said) == {E.REFUSED_WITHOUT_FACTS.value} else None


# Lives that people know.

WEAK, AGREED, ARGUED = "refused_without_facts", "accepted", "refused_with_facts"
KNOWN: list[tuple[str, Plan, State]] = [
    ("silent to the end", Plan(), S.DEEMED),
    ("silent under the law of today", Plan(group="default"), S.UNANSWERED),
    ("refused without facts, and asked for them in vain", Plan(disturbances=((72, WEAK),)), S.DEEMED),
    ("refused without facts, twice", Plan(disturbances=((72, WEAK), (200, WEAK))), S.DEEMED),
    ("refused without facts under the law of today", Plan(group="default", disturbances=((72, WEAK),)),
     S.REFUSED_UNARGUED),
    ("refused without facts before our own proof of delivery", Plan(proposal=9, disturbances=((2, WEAK),)), S.DEEMED),
    ("refused without facts while the cure term ran", Plan(disturbances=((30 * 24, WEAK),)), S.DEEMED),
    ("facts on being asked", Plan(disturbances=((72, WEAK), (120, ARGUED))), S.REFUSED),
    ("the question for facts never arrived", Plan(question=None, disturbances=((72, WEAK),)), S.REFUSED_UNARGUED),
    ("never delivered", Plan(proposal=None), S.UNDELIVERABLE),
    ("never delivered, and yet accepted", Plan(proposal=None, disturbances=((200, AGREED),)), S.ACCEPTED),
    ("the reminder never arrived", Plan(reminder=None), S.UNANSWERED),
    ("the final notice never arrived", Plan(notice=None), S.UNANSWERED),
    ("the reminder came a fortnight late", Plan(reminder=14 * 24), S.DEEMED),
    ("an obstacle with its facts", Plan(obstacle=True), S.UNANSWERED),
    ("paused for an hour", Plan(disturbances=((100, "paused"), (101, "resumed"))), S.UNANSWERED),
    ("withdrawn", Plan(disturbances=((100, "withdrawn"),)), S.STOPPED),
    ("the yes ran out before the end", Plan(valid_days=33), S.UNANSWERED),
    ("disputed and decided", Plan(disturbances=((100, "disputed"), (300, "decided"))), S.DEEMED),
    ("disputed, and nobody decided", Plan(disturbances=((100, "disputed"),)), S.WAITING),
    ("nobody looked for four days at a time", Plan(sweep_every=4), S.DEEMED),
]  # fmt: skip


@pytest.mark.parametrize("plan, end", [known[1:] for known in KNOWN], ids=[known[0] for known in KNOWN])
def test_an_offer_comes_to_rest_where_people_expect_it(plan: Plan, end: State) -> None:
    """The lives that a counsellor meets, with every term counted on the real calendar."""
    assert Life(plan).live() is end


def test_a_silence_is_earned_day_by_day() -> None:
    """Sent Wed 8 April 2026; term to Thu 30 April, notice Fri 1 May, cure to Mon 11 May, confirmed the day after."""
    life = Life(Plan())
    life.live()
    days = {what: at.strftime("%a %d %b") for at, what in life.log}
    assert days == {
        "sent": "Wed 08 Apr",
        "proposal": "Wed 08 Apr",
        "reminder": "Wed 22 Apr",
        "notice": "Fri 01 May",
        "confirmed": "Tue 12 May",
    }


# Lives that nobody planned.

Choose = Callable[[Sequence[Any]], Any]
DELAYS = [1, 1, 1, 1, 1, 10, 30, 100, 400, None]
HAPPENINGS = [WEAK, WEAK, WEAK, AGREED, ARGUED, "routed", "paused", "resumed", "withdrawn"]


def some_plan(choose: Choose) -> Plan:
    """Mostly near to a silence that is earned, with a few things that may spoil it at any moment."""
    disturbances: list[tuple[int, str]] = []
    for _ in range(choose([0, 0, 0, 1, 1, 2, 3])):
        disturbances.append((choose(range(0, 1500, 7)), choose(HAPPENINGS)))
    for _ in range(choose([0, 0, 1, 2])):
        begin = choose(range(0, 1200, 11))
        disturbances.append((begin, "disputed"))
        disturbances.append((begin + choose([0, 5, 60, 200, 500]), choose(["decided"] * 7 + ["disputed"])))
    return Plan(
        group=choose(["agreement"] * 9 + ["default", "government"]),
        sent_at=datetime(2026, 4, 1, tzinfo=AMSTERDAM) + timedelta(days=choose(range(40)), minutes=choose(MINUTES)),
        valid_days=choose([180] * 8 + [20, 30, 40, 50]),
        proposal=choose(DELAYS),
        reminder=choose(DELAYS),
        notice=choose(DELAYS),
        question=choose(DELAYS),
        obstacle=choose([False] * 12 + [True]),
        disturbances=tuple(sorted(disturbances)),
        attempts=tuple(sorted(choose(range(600, 2400)) for _ in range(choose([0, 0, 1, 3])))),
        sweep_every=choose([1, 1, 1, 1, 2, 5]),
    )


MINUTES = [0, 1, 9 * 60, 12 * 60, 23 * 60, 23 * 60 + 59]


def judge(plan: Plan) -> tuple[State, Road | None]:
    """Live the plan; whatever became of it, a presumption must stand in the second reading too."""
    life = Life(plan)
    end = life.live()
    confirmed = [at for at, what in life.log if what == "confirmed"]
    assert len(confirmed) == (life.road is not None), plan
    for at in confirmed:
        assert promise_five(plan, life.log, at) is life.road, (plan, life.log)
    return end, life.road


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_agreement_is_presumed_only_when_promise_five_holds(data: st.DataObject) -> None:
    """DEEMED is reached by no other road, whatever happens and in whatever order."""
    judge(some_plan(lambda options: data.draw(st.sampled_from(options))))


def test_a_great_many_lives_and_every_ending_among_them() -> None:
    """The same judgement in bulk, so that it is no empty promise: each road is walked often, each ending occurs."""
    chance = Random(5)
    ends: Counter[object] = Counter()
    for _ in range(1500):
        end, road = judge(some_plan(chance.choice))
        ends.update([end, road])
    assert min(ends[road] for road in Road) > 40, ends
    assert {end for end in ends if isinstance(end, State)} >= FINAL - {S.ACCEPTED_IN_ADVANCE} | {S.DEEMED, S.UNANSWERED}


def test_no_silence_that_was_earned_is_lost() -> None:
    """
    The other way round: on the first morning on which the second reading says that silence may speak, the counsellor
    can confirm it. A rule that always says no would keep promise 5 and help nobody.
    """
    chance = Random(7)
    earned = 0
    for _ in range(250):
        plan = replace(some_plan(chance.choice), attempts=(), sweep_every=1)
        life = Life(plan)
        life.live()
        mornings = (datetime(2026, 4, 1, 9, tzinfo=AMSTERDAM) + number * DAY for number in range(120))
        asked = (morning for morning in mornings if morning >= plan.sent_at)
        first = next((morning for morning in asked if promise_five(plan, life.log, morning)), None)
        confirmed = next((at for at, what in life.log if what == "confirmed"), None)
        assert confirmed == first, (plan, life.log)
        earned += first is not None
    assert earned > 30
