"""
Withdraw permission: at once, without a reason, and with everything that rested on it.

A withdrawal needs the database and nothing else. It takes the resident's lock, so every send comes either before it
or not at all. It is recorded first; only then does it wait, for a few seconds at most, for a sending that had begun,
so that the answer can say truly that nothing more will leave.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.consent.grants import Act, EventKind, Grant, Status, status
from gateway.domain.correspondence import Kind
from gateway.errors import NotFound
from gateway.services.outbox import queue
from gateway.services.runtime import Runtime
from gateway.services.undelivered import stop_conversation
from gateway.storage import cases, grants, journal, messages, proposals, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry

_WAIT_SECONDS = 5.0
_ENDED = {Status.WITHDRAWN, Status.REVOKED, Status.INVALIDATED, Status.REFUSED, Status.DEFERRED}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What to withdraw: everything of the case, or narrowed by creditor, purpose or one grant."""

    creditor_id: UUID | None = None
    purpose: str | None = None
    grant_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """
    What the withdrawal did.

    Args:
        cancelled_messages: Messages that were waiting and will never leave.
        stopped: Conversations that ended; a stop notice goes to whoever had received something.
        under_way: Messages whose sending had begun and had not ended when we answered.
    """

    grants: tuple[UUID, ...]
    cancelled_messages: int
    stopped: tuple[UUID, ...]
    stop_notices: int
    under_way: int


def withdraw_consent(
    runtime: Runtime,
    case_id: UUID,
    scope: Scope,
    now: datetime,
    *,
    actor: str,
    organisation_id: UUID | None = None,
) -> Withdrawn:
    """
    Withdraw the permissions in *scope*; doing it twice changes nothing and is no error.

    Raises:
        NotFound: The case or the grant is not there, or another organisation's.
        Unavailable: The database is away: nothing was recorded, and sending is impossible too.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        chosen = _chosen(runtime, connection, case, scope, now)
        journal.append(connection, now, *(_withdrawn(grant, case, actor) for grant, _ in chosen))
        done = _apply(runtime, connection, case, [grant.id for grant, _ in chosen], now)
    under_way = _let_end(runtime, case["resident_id"], now)
    return Withdrawn(
        grants=tuple(grant.id for grant, _ in chosen),
        cancelled_messages=done.cancelled,
        stopped=tuple(done.stopped),
        stop_notices=done.notices,
        under_way=under_way,
    )


def _chosen(runtime: Runtime, connection: Connection, case: Row, scope: Scope, now: datetime) -> list[Standing]:
    """The grants in scope that are not already ended by a person."""
    of_case = grants.of_case(connection, case["id"])
    if scope.grant_id is not None and scope.grant_id not in {grant.id for grant, _ in of_case}:
        raise NotFound
    chosen = []
    for grant, events in of_case:
        narrowed = (
            (scope.grant_id in (None, grant.id))
            and (scope.creditor_id in (None, grant.recipient_id))
            and (scope.purpose in (None, grant.purpose))
        )
        standing = status(grant, events, now, max_messages=10**9)
        if narrowed and grant.act is Act.GIVEN and standing not in _ENDED:
            chosen.append((grant, events))
    return chosen


@dataclass
class _Done:
    cancelled: int
    stopped: list[UUID]
    notices: int


def _apply(runtime: Runtime, connection: Connection, case: Row, grant_ids: Sequence[UUID], now: datetime) -> _Done:
    """Everything that rests on these grants ends: queued messages, terms, conversations, presumptions."""
    done = _Done(cancelled=0, stopped=[], notices=0)
    if not grant_ids:
        return done
    done.cancelled = len(messages.cancel_queued(connection, grant_ids))
    wrapped = cases.wrapped_key(connection, case["resident_id"])
    for subject_kind, rows in (
        ("request", statement_requests.of_grants(connection, grant_ids)),
        ("offer", proposals.of_grants(connection, grant_ids)),
    ):
        told = []
        for row in rows:
            if stop_conversation(connection, subject_kind, row, now):
                done.stopped.append(row["id"])
                if messages.ever_sent(connection, row["id"]):
                    told.append(row)
        if told:
            queue(runtime, connection, Kind.STOP_NOTICE, told, now, subject_kind=subject_kind, wrapped=wrapped)
            done.notices += len(told)
    return done


def _let_end(runtime: Runtime, resident_id: UUID, now: datetime) -> int:
    """Wait briefly for sendings that began before the withdrawal; how many were still under way at the end."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        with runtime.database.begin() as connection:
            begun = len(messages.in_flight(connection, resident_id, now))
        if not begun or time.monotonic() >= until:
            return begun
        time.sleep(0.02)


def _withdrawn(grant: Grant, case: Row, actor: str) -> Entry:
    return Entry(
        kind=f"consent.{EventKind.WITHDRAWN.value}",
        actor=actor,
        case_id=case["id"],
        resident_id=grant.resident_id,
        participant_id=grant.recipient_id,
        grant_id=grant.id,
        subject_id=grant.id,
        facts={"purpose": grant.purpose},
    )
