"""The terms of a conversation as rows: started by a proven delivery, suspended, resumed, moved on, ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from gateway.domain.deadlines import Suspension, Term, due_on, end_of_day, local_day, next_workday
from gateway.domain.policies import Policy, after_reminder
from gateway.domain.regimes import Regime, StatementSilence
from gateway.services.runtime import Runtime
from gateway.storage import journal, proposals, statement_requests, terms
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

ANSWER, CURE = "answer", "cure"


def policy_of(runtime: Runtime, row: Row) -> Policy:
    """The policy that a conversation or a term was started under, whatever is in force now."""
    return runtime.settings.policies.get(row["policy_id"], row["policy_version"])


def regime_of(runtime: Runtime, row: Row) -> Regime:
    """The regime in force on the day of sending (ruling 9)."""
    return runtime.settings.regimes.get(row["regime_id"], row["regime_version"])


def start(
    runtime: Runtime,
    connection: Connection,
    conversation: Row,
    *,
    subject_kind: str,
    kind: str,
    delivered_at: datetime,
    suspended_since: date | None = None,
) -> date | None:
    """
    Start a term on a proven delivery and say when it ends.

    Args:
        kind: "answer" for the term to answer, "cure" for the last chance after a final notice or a question.
        suspended_since: The term starts suspended, because a held answer or a dispute waits for a person.

    Returns:
        The last day of the term, or None while it is suspended.
    """
    policy = policy_of(runtime, conversation)
    started = local_day(delivered_at)
    suspensions = [Suspension(suspended_since, None)] if suspended_since is not None else []
    due = due_on(length(policy, kind), started, runtime.settings.calendar, suspensions)
    row = {
        "id": uuid4(),
        "subject_kind": subject_kind,
        "subject_id": conversation["id"],
        "case_id": conversation["case_id"],
        "kind": kind,
        "policy_id": policy.id,
        "policy_version": policy.version,
        "calendar_version": runtime.settings.calendar.version,
        "started_on": started,
        "due_on": due,
        "suspensions": [_suspension_to_json(one) for one in suspensions],
        "reminders_delivered": [],
        "reminders_sent": 0,
        "reminders_failed": 0,
        "state": "suspended" if suspensions else "running",
    }
    row["next_at"] = next_moment(runtime, row, conversation)
    terms.add(connection, row)
    _journal(connection, delivered_at, "term.started", conversation, row)
    return due


def length(policy: Policy, kind: str) -> Term:
    return policy.term if kind == ANSWER else policy.cure


def last_day(
    runtime: Runtime, row: Row, suspensions: Sequence[Suspension], reminders_delivered: Sequence[str]
) -> date | None:
    """
    The last day of a term: as the policy counts it, or later when a reminder came late (ruling 7).

    None while a suspension lasts.
    """
    policy, calendar = policy_of(runtime, row), runtime.settings.calendar
    last = due_on(length(policy, row["kind"]), row["started_on"], calendar, suspensions)
    for index, day in enumerate(reminders_delivered[: len(policy.reminders)]):
        if last is not None:
            last = after_reminder(policy, index, date.fromisoformat(day), last, calendar, suspensions)
    return last


def needs_notice(regime: Regime, subject_kind: str) -> bool:
    """Whether silence under this regime goes through a final notice and a cure term (rulings 4 and 14)."""
    if subject_kind == "request":
        return regime.statement_silence is StatementSilence.KNOWN_AMOUNT
    return regime.presumes


class Step(StrEnum):
    """What a term wants done next."""

    REMIND = "remind"
    WAIT = "wait"  # for the outcome of a reminder, or for a suspension to end
    END = "end"


def next_step(runtime: Runtime, row: Row, conversation: Row) -> tuple[Step, datetime | None]:
    """
    What this term wants next, and at which instant.

    The term to answer does not end while a reminder is on its way: whoever is reminded late still has the interval
    that the ladder promises (ruling 7). Who has answered, if only with a refusal without facts, is not reminded.
    """
    last: date | None = row["due_on"]
    if last is None or row["state"] == "suspended":
        return Step.WAIT, None
    challenged = conversation["state"] == "challenged"
    if row["kind"] == CURE or challenged:
        return Step.END, end_of_day(last)
    policy, calendar = policy_of(runtime, row), runtime.settings.calendar
    if row["reminders_sent"] < len(policy.reminders):
        reminder = policy.reminders[row["reminders_sent"]]
        on = due_on(reminder, row["started_on"], calendar, suspensions_of(row))
        if on is not None and on <= last:
            return Step.REMIND, start_of_day(on)
    if row["reminders_sent"] > len(row["reminders_delivered"]) + row["reminders_failed"]:
        return Step.WAIT, None
    if needs_notice(regime_of(runtime, conversation), row["subject_kind"]):
        return Step.END, start_of_day(next_workday(last, calendar))
    return Step.END, end_of_day(last)


def next_moment(runtime: Runtime, row: Row, conversation: Row) -> datetime | None:
    """The instant at which the sweep is to look at this term again."""
    return next_step(runtime, row, conversation)[1]


def refresh(runtime: Runtime, connection: Connection, conversation: Row, row: Row) -> None:
    """Something about the term or its conversation changed: look again at the right moment."""
    terms.change(connection, row["id"], next_at=next_moment(runtime, row, conversation))


def suspend(runtime: Runtime, connection: Connection, conversation: Row, now: datetime, *, reason: str) -> None:
    """Stop the clock of every term that runs: what came is no silence (ruling 5)."""
    for row in terms.all_open_of(connection, conversation["id"]):
        if row["state"] == "running":
            suspensions = [*suspensions_of(row), Suspension(local_day(now), None)]
            _save(runtime, connection, conversation, row, suspensions, state="suspended")
            _journal(connection, now, "term.suspended", conversation, row, reason=reason)


def resume(runtime: Runtime, connection: Connection, conversation: Row, now: datetime, *, reason: str) -> None:
    """Let every suspended term run on with the days that were left."""
    for row in terms.all_open_of(connection, conversation["id"]):
        if row["state"] == "suspended":
            *earlier, running = suspensions_of(row)
            suspensions = [*earlier, replace(running, until=local_day(now))]
            _save(runtime, connection, conversation, row, suspensions, state="running")
            _journal(connection, now, "term.resumed", conversation, row, reason=reason)


def reminder_sent(runtime: Runtime, connection: Connection, conversation: Row, row: Row) -> None:
    """One more reminder of the ladder is on its way."""
    changed = {**row, "reminders_sent": row["reminders_sent"] + 1}
    terms.change(
        connection,
        row["id"],
        reminders_sent=changed["reminders_sent"],
        next_at=next_moment(runtime, changed, conversation),
    )


def reminder_delivered(runtime: Runtime, connection: Connection, conversation: Row, at: datetime) -> None:
    """
    A reminder was proven delivered: whoever is reminded late still has the interval that the ladder promises.

    Source: ruling 7.
    """
    row = terms.open_of(connection, conversation["id"], kind=ANSWER)
    if row is None:
        return
    delivered = [*row["reminders_delivered"], local_day(at).isoformat()]
    due = last_day(runtime, row, suspensions_of(row), delivered)
    changed = {**row, "reminders_delivered": delivered, "due_on": due}
    terms.change(
        connection,
        row["id"],
        reminders_delivered=delivered,
        due_on=due,
        next_at=next_moment(runtime, changed, conversation),
    )
    if due != row["due_on"]:
        _journal(connection, at, "term.moved", conversation, changed, reason="reminder_came_late")


def reminder_failed(runtime: Runtime, connection: Connection, conversation: Row) -> None:
    """A reminder never arrived: the term goes on, and its silence will not be earned."""
    row = terms.open_of(connection, conversation["id"], kind=ANSWER)
    if row is not None:
        changed = {**row, "reminders_failed": row["reminders_failed"] + 1}
        terms.change(connection, row["id"], reminders_failed=changed["reminders_failed"])
        refresh(runtime, connection, conversation, changed)


def end(connection: Connection, conversation: Row, row: Row, now: datetime) -> None:
    """The term has run its course."""
    terms.change(connection, row["id"], state="ended", next_at=None)
    _journal(connection, now, "term.ended", conversation, row)


def close(connection: Connection, conversation: Row, now: datetime, *, reason: str) -> None:
    """Whatever still runs for this conversation is over, because of an answer or a withdrawal."""
    row = terms.open_of(connection, conversation["id"])
    if row is not None:
        terms.cancel_of(connection, conversation["id"])
        _journal(connection, now, "term.cancelled", conversation, row, reason=reason)


def suspensions_of(row: Row) -> list[Suspension]:
    return [
        Suspension(date.fromisoformat(one["since"]), date.fromisoformat(one["until"]) if one["until"] else None)
        for one in row["suspensions"]
    ]


def start_of_day(day: date) -> datetime:
    """The first instant of a Dutch day, in UTC."""
    return end_of_day(day - timedelta(days=1))


def _save(
    runtime: Runtime,
    connection: Connection,
    conversation: Row,
    row: Row,
    suspensions: Sequence[Suspension],
    *,
    state: str,
) -> None:
    changed: dict[str, Any] = {
        **row,
        "suspensions": [_suspension_to_json(one) for one in suspensions],
        "due_on": last_day(runtime, row, suspensions, row["reminders_delivered"]),
        "state": state,
    }
    changed["next_at"] = next_moment(runtime, changed, conversation)
    keep = ("suspensions", "due_on", "state", "next_at")
    terms.change(connection, row["id"], **{name: changed[name] for name in keep})


def _suspension_to_json(suspension: Suspension) -> dict[str, str | None]:
    return {
        "since": suspension.since.isoformat(),
        "until": suspension.until.isoformat() if suspension.until is not None else None,
    }


def _journal(
    connection: Connection, at: datetime, kind: str, conversation: Row, row: Row, *, reason: str | None = None
) -> None:
    facts: dict[str, Any] = {
        "term": row["kind"],
        "policy": f"{row['policy_id']}@{row['policy_version']}",
        "calendar": row["calendar_version"],
        "started_on": row["started_on"].isoformat(),
        "due_on": row["due_on"].isoformat() if row["due_on"] is not None else None,
    }
    if reason is not None:
        facts["reason"] = reason
    journal.append(
        connection,
        at,
        Entry(
            kind=kind,
            actor="gateway",
            case_id=conversation["case_id"],
            resident_id=conversation["resident_id"],
            participant_id=conversation["creditor_id"],
            grant_id=conversation["grant_id"],
            subject_id=conversation["id"],
            facts=facts,
        ),
    )


def conversation_row(connection: Connection, subject_kind: str, subject_id: UUID) -> Row:
    """The statement request or offer that a term or message belongs to, locked."""
    if subject_kind == "request":
        row = statement_requests.get(connection, subject_id, lock=True)
    else:
        row = proposals.get_offer(connection, subject_id, lock=True)
    assert row is not None  # a foreign key in all but name: terms and messages are written with their conversation
    return row
