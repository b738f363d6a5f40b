"""Reminders of a yes that ends or lasts, on a real PostgreSQL: once each, whoever looks, and cheap when nothing is due."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text

from gateway.services.portal import show_home
from gateway.services.portal_session import Assurance, find_session, open_session
from gateway.services.remind_expiry import remind_expiry
from gateway.storage import cases
from tests.integration.permission_support import Told, lower, moment, told
from tests.integration.support import START
from tests.integration.test_statement_counts import counted

LASTS = 120  # days of a yes to the inventory flow
KINDS = ("consent.expiring", "consent.reminded")


@pytest.fixture
def t() -> Iterator[Told]:
    with told() as made:
        remind_expiry(made.w.gateway.runtime, made.w.now())
        yield made


def sweep(t: Told, at: datetime) -> int:
    t.much_later(at)
    return remind_expiry(t.w.gateway.runtime, at)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def said(t: Told) -> list[tuple[str, str, int]]:
    """Every reminder of the case as systems are told of it: kind, step and days left."""
    return [
        (one["type"], one["facts"]["step"], one["facts"]["days_left"])
        for one in t.w.events()
        if one["case_id"] == t.case and one["type"] in KINDS
    ]


def resident(t: Told) -> UUID:
    with t.w.gateway.runtime.database.begin() as connection:
        case = cases.get(connection, UUID(t.case))
    assert case is not None
    found: UUID = case["resident_id"]
    return found


def left(t: Told) -> list[tuple[str, int]]:
    """What the resident's own page says is almost over."""
    runtime = t.w.gateway.runtime
    who = find_session(runtime, open_session(runtime, resident(t), t.w.now(), assurance=Assurance.LINK), t.w.now())
    assert who is not None
    return [(one["purpose"], one["days_left"]) for one in show_home(runtime, who, t.w.now())["ending"]]


def test_30_and_7_days_before_the_end_once_each(t: Told):
    """G16: an event for systems, a sentence for the resident, and nothing a second time."""
    t.say()
    assert sweep(t, day(LASTS - 30) - timedelta(seconds=1)) == 0
    assert sweep(t, day(LASTS - 30)) == 1
    assert sweep(t, day(LASTS - 30) + timedelta(seconds=5)) == 0
    assert sweep(t, day(LASTS - 7) + timedelta(hours=1)) == 1
    assert sweep(t, day(LASTS)) == 0
    assert said(t) == [("consent.expiring", "ends_30", 30), ("consent.expiring", "ends_7", 6)]
    seen = t.w.ok("counsellor", "GET", f"/v1/residents/{resident(t)}/seen")["lines"]
    words = [one["words"] for one in seen if one["kind"] == "consent.expiring"]
    assert len(words) == 2
    assert words[0]["nl"].startswith("Uw ja over Schuldeiser c is bijna voorbij.")
    assert all(words[0].values())


def test_every_90_days_while_it_lasts(t: Told):
    """A year is three times 90 days, and then it nears its end."""
    t.say(purpose="monitoring")
    for number in range(1, 366):
        sweep(t, day(number))
    assert [step for _, step, _ in said(t)] == ["lasts_90", "lasts_180", "lasts_270", "ends_30", "ends_7"]
    assert {kind for kind, step, _ in said(t) if step.startswith("lasts")} == {"consent.reminded"}


def test_a_sweeper_that_slept_says_only_what_is_still_true(t: Told):
    """Of two moments that passed the last one is told; of a yes that ended meanwhile nothing."""
    t.say()
    t.say(purpose="reconsideration")  # ends after 60 days
    assert sweep(t, day(LASTS - 3)) == 1
    assert said(t) == [("consent.expiring", "ends_7", 3)]


def test_the_end_needs_no_reminder(t: Told):
    """Nobody swept at all: the yes has ended all the same."""
    grant = t.say()
    t.much_later(day(LASTS))
    assert t.status(grant) == "expired"


@pytest.mark.parametrize("what", ["refused", "deferred", "withdrawn", "paused", "renewed", "revoked", "review"])
def test_of_what_does_not_hold_nobody_is_reminded(t: Told, what: str):
    """A no, a stop, a pause, or a newer yes in its place."""
    grant = t.say(act=what) if what in ("refused", "deferred") else t.say()
    t.much_later(day(LASTS - 31))
    if what == "withdrawn":
        t.withdraw(grant_id=grant)
    elif what == "paused":
        t.changed(grant, "paused", "resident_asked")
    elif what == "revoked":
        t.changed(grant, "revoked", "municipality")
    elif what == "review":
        t.changed(grant, "review_required", "other")
    elif what == "renewed":
        body = {"recorded_by": t.counsellor, "method": "desk"}
        t.w.ok("counsellor", "POST", f"/v1/grants/{grant}/renewal", body)
    for number in (30, 29, 7, 6, 1):
        sweep(t, day(LASTS - number))
    assert said(t) == []
    assert left(t) == []


def test_a_resumed_yes_is_reminded_of_at_the_next_moment(t: Told):
    """What passed during the pause has passed."""
    grant = t.say()
    t.changed(grant, "paused", "resident_asked")
    assert sweep(t, day(LASTS - 30)) == 0
    t.changed(grant, "resumed", "resident_asked")
    assert sweep(t, day(LASTS - 7)) == 1


def test_the_strictest_end_counts(t: Told):
    """The resident's own end, and a cap that was lowered since."""
    t.say(ends_at=moment(day(40)))
    t.say(purpose="proposal")
    lower(t.w, "proposal", valid_days=60)
    sweep(t, day(10))
    sweep(t, day(30))
    assert [one for _, one, _ in said(t)] == ["ends_30", "ends_30"]
    assert left(t) == [("inventory", 10), ("proposal", 30)]


def test_two_sweepers_at_once_say_it_once(t: Told):
    """The row says that it was done; whoever comes second finds it."""
    creditors = [t.w.creditor(f"n{number}") for number in range(30)]
    for creditor in creditors:
        t.say(creditor_id=creditor)
    t.much_later(day(LASTS - 30))
    with ThreadPoolExecutor(8) as several:
        counts = list(several.map(lambda _: remind_expiry(t.w.gateway.runtime, t.w.now()), range(16)))
    assert sum(counts) == len(creditors) == len(said(t))
    with t.w.gateway.runtime.database.begin() as connection:
        connection.execute(text("DELETE FROM reminder_look"))  # as after a look that nobody remembers
    assert remind_expiry(t.w.gateway.runtime, t.w.now()) == 0


def test_the_same_statements_for_one_and_for_many(t: Told):
    """Constant per batch, whatever is due; and when nothing is, one look and nothing written."""
    t.say()
    t.much_later(day(1))
    for number in range(40):
        t.say(creditor_id=t.w.creditor(f"n{number}"))
    costs = []
    for at in (day(LASTS - 30), day(LASTS - 29), day(LASTS - 29) + timedelta(seconds=5)):
        t.much_later(at)
        with counted(t.w) as seen:
            remind_expiry(t.w.gateway.runtime, at)
        costs.append(len(seen["statements"]))
    assert [step for _, step, _ in said(t)] == ["ends_30"] * 41
    assert costs[0] == costs[1]
    assert costs[2] <= 2


def test_what_is_due_is_found_by_index_and_not_by_reading_every_yes(t: Told):
    """The cost follows what came due since the last look: each moment is a range of an index."""
    t.say()
    columns = "id, resident_id, case_id, recipient_id, purpose, act, notice, notice_version, notice_language, "
    columns += "notice_sha256, method, recorded_by, given_at, valid_from, valid_until"
    moved = ", ".join(
        "gen_random_uuid()" if name == "id"
        else f"{name} + hours * interval '1 hour'" if name in ("given_at", "valid_from", "valid_until")
        else name
        for name in columns.split(", ")
    )  # fmt: skip
    many = text(
        f"INSERT INTO consent_grant ({columns}) SELECT {moved} FROM consent_grant, generate_series(1, 20000) hours"
    )
    asked: list[tuple[str, object]] = []
    database = t.w.gateway.runtime.database
    with database.begin() as connection:
        connection.execute(many)
        connection.execute(text("ANALYZE consent_grant"))

    def sent(_connection, _cursor, sql, parameters, _context, _many):
        asked.append((sql, parameters))

    event.listen(database._engine, "before_cursor_execute", sent)
    remind_expiry(t.w.gateway.runtime, t.w.now() + timedelta(seconds=5))
    event.remove(database._engine, "before_cursor_execute", sent)
    [(sql, parameters)] = [one for one in asked if "UNION ALL" in one[0]]
    with database.begin() as connection:
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}", parameters).scalars())
    assert "Seq Scan on consent_grant" not in plan
    for index in ("ends", "begins", "cap", "authority"):
        assert f"consent_grant_{index}_idx" in plan


def test_the_home_page_lists_what_ends_within_30_days(t: Told):
    """Half-open: on the last day there are 0 whole days left, and at the end it is not in the list."""
    t.say()
    t.much_later(day(LASTS - 31))
    assert left(t) == []
    t.much_later(day(LASTS - 30))
    assert left(t) == [("inventory", 30)]
    t.much_later(day(LASTS) - timedelta(hours=1))
    assert left(t) == [("inventory", 0)]
    t.much_later(day(LASTS))
    assert left(t) == []


def test_the_periodic_sweep_reminds(t: Told):
    """It is part of what a worker does every few seconds."""
    t.say()
    t.much_later(day(LASTS - 30))
    t.w.gateway.sweep()
    assert [step for _, step, _ in said(t)] == ["ends_30"]
