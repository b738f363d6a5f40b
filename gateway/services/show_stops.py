"""
What became of what the resident stopped: who was told to stop, whether they confirmed it, and what came in too late.

A creditor confirms a stop notice by accepting it (2xx). One that does not is asked again (`chase_stop_notices`), and
after a set number of days it is an alarm to the counsellor, who calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from gateway.domain.correspondence import Kind
from gateway.domain.retention import Lateness
from gateway.errors import NotFound
from gateway.services.outbox import defer_delivery
from gateway.services.runtime import Runtime
from gateway.storage import about_resident, cases, grants, journal, messages, participants, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

BATCH = 500
_ENDINGS = ("consent.withdrawn", "consent.revoked")


def show_stops(runtime: Runtime, case_id: UUID, now: datetime, *, actor: str, organisation_id: UUID) -> dict[str, Any]:
    """
    How it stands with everything that was stopped in one case. The look is journalled (ruling 15).

    Returns:
        As `stops_of_case`.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        looked = Entry(
            kind="stops.looked_at",
            actor=actor,
            case_id=case_id,
            resident_id=case["resident_id"],
            subject_id=case_id,
        )
        journal.append(connection, now, looked)
        return stops_of_case(runtime, connection, case, now)


def stops_of_case(runtime: Runtime, connection: Connection, case: Row, now: datetime) -> dict[str, Any]:
    """
    As `show_stops`; the caller journals the look.

    Returns:
        {"stopped": [{"grant_id", "creditor", "purpose", "why", "method", "received_at", "effective_at", "lateness"}],
        "stop_notices": [{"message_id", "creditor", "conversation_id", "state", "since", "acknowledged_at", "times",
        "alarm"}], "unread": [{"reply_id", "creditor", "received_at", "destroyed_on"}], "alarms"}.
    """
    of_case = {grant.id: grant for grant, _ in grants.of_case(connection, case["id"])}
    ended = about_resident.newest_of_grants(connection, list(of_case), _ENDINGS)
    notices = messages.stop_notices_of_case(connection, case["id"])
    unread = [
        row for row in statement_requests.replies_of_case(connection, case["id"])
        if row["status"] == "quarantined" and row["raw"] is not None
    ]  # fmt: skip
    known = participants.many(
        connection,
        {of_case[one].recipient_id for one in ended}
        | {row["recipient_id"] for row in notices}
        | {row["respondent_id"] for row in unread},
    )
    stopped = [_stopped(ended[one], of_case[one], known) for one in sorted(ended, key=lambda one: ended[one]["id"])]
    told = _per_conversation(runtime, notices, known, now)
    late = [one for one in stopped if one["lateness"] in (Lateness.ALARM, Lateness.BREACH)]
    return {
        "stopped": stopped,
        "stop_notices": told,
        "unread": [_unread(runtime, row, known) for row in unread],
        "alarms": sum(one["alarm"] for one in told) + len(late),
    }


def open_stop_notices(runtime: Runtime, organisation_id: UUID, now: datetime) -> dict[str, Any]:
    """
    Every stop notice of the organisation that its creditor has not confirmed, the oldest first (edge case 60).

    Returns:
        {"stop_notices": as in `stops_of_case`, each with "case_id"}.
    """
    with runtime.database.begin() as connection:
        notices = messages.stop_notices_of_organisation(connection, organisation_id)
        known = participants.many(connection, {row["recipient_id"] for row in notices})
        told = _per_conversation(runtime, notices, known, now)
    return {"stop_notices": [one for one in told if one["state"] != "acknowledged"]}


def chase_stop_notices(runtime: Runtime, now: datetime) -> int:
    """
    Send every stop notice that was given up once more, and say once which of them are an alarm by now.

    Returns:
        How many go out again. A conversation that still has one on its way gets no second one.
    """
    bounds = runtime.settings.retention.withdrawal
    with runtime.database.begin() as connection:
        before = now - timedelta(days=bounds.stop_notice_again_days)
        failed = messages.failed_stop_notices(connection, before, limit=BATCH)
        again = [_again(row, now) for row in failed]
        if again:
            messages.add(connection, again)
            defer_delivery(runtime, connection, [row["id"] for row in again])
        entries = [_entry(row, "stop_notice.chased", {"message_id": str(row["id"])}) for row in again]
        entries += _alarms(connection, now - timedelta(days=bounds.stop_notice_alarm_days))
        journal.append(connection, now, *entries)
    return len(again)


def _alarms(connection: Connection, before: datetime) -> list[Entry]:
    """One event for each conversation whose creditor has not confirmed since *before*."""
    waiting = messages.unconfirmed_stop_notices(connection, before, limit=BATCH)
    return [_entry(row, "stop_notice.unanswered", {"since": row["queued_at"].isoformat()}) for row in waiting]


def _again(row: Row, now: datetime) -> dict[str, Any]:
    kept = ("kind", "subject_kind", "subject_id", "case_id", "resident_id", "recipient_id", "grant_id")
    fresh = {"id": uuid4(), "sealed": None, "state": "queued", "queued_at": now, "next_at": now}
    return {**{name: row[name] for name in kept}, **fresh}


def _entry(row: Row, kind: str, facts: dict[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        actor="gateway",
        case_id=row["case_id"],
        resident_id=row["resident_id"],
        participant_id=row["recipient_id"],
        grant_id=row["grant_id"],
        subject_id=row["subject_id"],
        facts={"kind": Kind.STOP_NOTICE.value, **facts},
    )


def _stopped(row: Row, grant: Any, known: dict[UUID, Row]) -> dict[str, Any]:
    said = row["facts"] or {}
    return {
        "grant_id": str(grant.id),
        "creditor": _creditor(known, grant.recipient_id),
        "purpose": grant.purpose,
        "why": row["kind"].partition(".")[2],
        "method": said.get("method"),
        "received_at": said.get("received_at"),
        "effective_at": _instant(row["at"]),
        "lateness": said.get("lateness"),
    }


def _per_conversation(
    runtime: Runtime, notices: Sequence[Row], known: dict[UUID, Row], now: datetime
) -> list[dict[str, Any]]:
    """One line per conversation, however often it was told: the alarm counts from the first time."""
    alarm_after = timedelta(days=runtime.settings.retention.withdrawal.stop_notice_alarm_days)
    told: dict[UUID, list[Row]] = {}
    for row in notices:
        told.setdefault(row["subject_id"], []).append(row)
    lines = []
    for rows in told.values():
        done = next((row for row in rows if row["state"] == "delivered"), None)
        newest = done or rows[-1]
        lines.append(
            {
                "message_id": str(newest["id"]),
                "creditor": _creditor(known, newest["recipient_id"]),
                "case_id": str(newest["case_id"]),
                "conversation_id": str(newest["subject_id"]),
                "state": _state(newest),
                "since": _instant(rows[0]["queued_at"]),
                "acknowledged_at": _instant(done["delivered_at"]) if done is not None else None,
                "times": len(rows),
                "alarm": done is None and now - rows[0]["queued_at"] >= alarm_after,
            }
        )
    return lines


def _state(row: Row) -> str:
    """A 2xx is the creditor's acknowledgement; given up for now means that it is asked again."""
    words = {"delivered": "acknowledged", "failed": "not_acknowledged", "cancelled": "not_acknowledged"}
    return words.get(row["state"], "on_its_way")


def _unread(runtime: Runtime, row: Row, known: dict[UUID, Row]) -> dict[str, Any]:
    days = runtime.settings.retention.days("quarantined_reply")
    return {
        "reply_id": str(row["id"]),
        "creditor": _creditor(known, row["respondent_id"]),
        "received_at": _instant(row["received_at"]),
        "destroyed_on": (row["received_at"] + timedelta(days=days)).date().isoformat(),
    }


def _creditor(known: dict[UUID, Row], participant_id: UUID) -> dict[str, str]:
    return {"id": str(participant_id), "name": known[participant_id]["name"]}


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
