"""
Remind of a yes before it ends, and now and then while it lasts: once for each moment, however many sweepers look.

A reminder is an entry in the journal: the resident reads it, and the counsellor's system gets it as an event. It
holds no lock on the resident and permits nothing; the end itself comes by time alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from gateway.consent.flows import Flows
from gateway.consent.reminders import BEFORE_END_DAYS, EVERY_DAYS, Moment, due
from gateway.services.runtime import Runtime
from gateway.storage import grants, journal, reminders
from gateway.storage.database import Connection
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry

BATCH = 500
_DAY = timedelta(days=1)
# How far a first look goes back, and how old a look may be before it is written down that nothing was due since.
_FIRST_LOOK = timedelta(days=EVERY_DAYS)
_REST = timedelta(hours=1)


def remind_expiry(runtime: Runtime, now: datetime) -> int:
    """
    Remind of every yes whose moment has come, in batches of the same few statements each.

    Returns:
        How many reminders were recorded. 0 too when another sweeper is at it.
    """
    reminded = 0
    while True:
        done, more = _batch(runtime, now)
        reminded += done
        if not more:
            return reminded


def _batch(runtime: Runtime, now: datetime) -> tuple[int, bool]:
    """One batch in one transaction: how many were reminded, and whether there may be more."""
    flows = runtime.settings.flows
    longest = max(flow.valid_days for flow in flows.flows.values())
    with runtime.database.begin() as connection:
        since = reminders.take_look(connection, now - _FIRST_LOOK)
        if since is None or since >= now:
            return 0, False
        found = reminders.candidates(
            connection,
            since,
            now,
            before_end=BEFORE_END_DAYS,
            after_begin=range(EVERY_DAYS, longest, EVERY_DAYS),
            caps={flow.purpose: flow.valid_days for flow in flows.flows.values()},
            limit=BATCH,
        )
        more = len(found) >= BATCH
        until = found[-1][1] if more else now
        known = grants.many(connection, {one for one, _ in found}) if found else {}
        reminded = _remind(connection, known.values(), flows, since, now)
        if found or now - since >= _REST:
            reminders.looked(connection, until)
        return reminded, more


def _remind(connection: Connection, standings: Iterable[Standing], flows: Flows, since: datetime, now: datetime) -> int:
    wanted: dict[tuple[UUID, str], tuple[Standing, Moment]] = {}
    for grant, events in standings:
        moment = due(grant, events, flows.of(grant.purpose), since, now)
        if moment is not None:
            wanted[grant.id, moment.step] = ((grant, events), moment)
    rows = [
        {"grant_id": grant_id, "step": step, "due_at": moment.due_at, "recorded_at": now}
        for (grant_id, step), (_, moment) in wanted.items()
    ]
    new = reminders.record(connection, rows)
    journal.append(connection, now, *_entries([wanted[one] for one in wanted if one in new], now))
    return len(new)


def _entries(told: Sequence[tuple[Standing, Moment]], now: datetime) -> list[Entry]:
    return [
        Entry(
            kind="consent.expiring" if moment.is_ending else "consent.reminded",
            actor="gateway",
            case_id=grant.case_id,
            resident_id=grant.resident_id,
            participant_id=grant.recipient_id,
            grant_id=grant.id,
            subject_id=grant.id,
            facts={
                "purpose": grant.purpose,
                "step": moment.step,
                "ends_at": moment.ends_at.isoformat(),
                "days_left": (moment.ends_at - now).days,
            },
        )
        for (grant, _), moment in told
    ]
