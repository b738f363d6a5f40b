"""
Withdraw permission: at once, without a reason, and with everything that rested on it.

What happens is the list that gateway.consent.effects computes: `preview_withdrawal` shows it, `withdraw_consent`
computes it anew under the resident's lock and applies exactly that. A withdrawal needs the database and nothing else:
no key, no worker, nobody else's system. It is recorded first; only then does it wait, for a few seconds at most, for
a sending that had begun, so that the answer can say truly that nothing more will leave.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog

from gateway.consent.effect_words import say
from gateway.consent.effects import Code, Effect, Scope, effects, effects_on_partners, standing_of
from gateway.consent.grants import EventKind, Status
from gateway.consent.standing import Standing
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.domain.retention import Lateness, lateness
from gateway.errors import CalendarExhausted, NotFound, Unavailable
from gateway.services import ladder
from gateway.services.outbox import defer_delivery
from gateway.services.runtime import Runtime
from gateway.services.undelivered import stop_conversation
from gateway.services.what_stands import what_stands
from gateway.services.withdrawal_book import Book, partner_entries
from gateway.storage import cases, journal, messages, participants, partners, proposals, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

__all__ = [
    "Done",
    "How",
    "Scope",
    "Withdrawn",
    "ask_for_jobs",
    "end_permissions",
    "preview_withdrawal",
    "withdraw_consent",
]

_WAIT_SECONDS = 5.0
# What somebody else than the resident does to a permission.
_BY_DECISION = frozenset({EventKind.REVOKED, EventKind.RECALLED, EventKind.INVALIDATED})
_FINAL = frozenset({Code.ANSWER_ERASED, Code.ANSWER_KEPT, Code.PARTNER_TOLD, Code.PARTNER_NOT_TOLD})
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class How:
    """
    How the resident said it.

    Args:
        method: "portal", "desk", "phone" or "paper".
        received_at: When the municipality had it; a letter carries its own day. None or in the future = now.
        recorded_by: The counsellor who recorded it, where it was not the resident.
        identified_by: How it was found out who says it; one of record_consent.IDENTIFIED_BY.
        assisted_by: Who helped; one of record_consent.ASSISTED_BY.
        identity_doubted: It is not certain who is speaking: the flows pause until that is clear, nothing is refused.
    """

    method: str = "portal"
    received_at: datetime | None = None
    recorded_by: UUID | None = None
    identity_doubted: bool = False
    identified_by: str | None = None
    assisted_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """
    What the withdrawal did.

    Args:
        effects: The list that was applied, in the order in which it is told.
        cancelled_messages: Messages that were waiting and will never leave.
        stopped: Conversations that ended.
        stop_notices: How many creditors' conversations hear that they must stop.
        under_way: Messages whose sending had begun and had not ended when we answered.
        told: The effects in plain words, as `shown`.
        paused: Grants that were paused instead, because it is not certain who was speaking.
    """

    grants: tuple[UUID, ...]
    effects: tuple[Effect, ...]
    cancelled_messages: int
    stopped: tuple[UUID, ...]
    stop_notices: int
    under_way: int
    received_at: datetime
    effective_at: datetime
    lateness: Lateness
    told: tuple[dict[str, Any], ...]
    paused: tuple[UUID, ...] = ()


def preview_withdrawal(
    runtime: Runtime,
    case_id: UUID,
    scope: Scope,
    now: datetime,
    *,
    actor: str,
    organisation_id: UUID | None = None,
    identity_doubted: bool = False,
) -> list[dict[str, Any]]:
    """
    What stopping would do, in plain words; nothing changes. The look itself is journalled (ruling 15).

    Args:
        identity_doubted: As in `How`: what a pause would do instead.

    Returns:
        As `shown`.

    Raises:
        NotFound: The case or the grant is not there, or another organisation's.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        case = _held_case(connection, case_id, organisation_id)
        standing = _standing(runtime, connection, case, scope, now)
        looked = Entry(
            kind="withdrawal.previewed",
            actor=actor,
            case_id=case["id"],
            resident_id=case["resident_id"],
            subject_id=case["id"],
        )
        journal.append(connection, now, looked)
        event = EventKind.PAUSED if identity_doubted else EventKind.WITHDRAWN
        touched = _not_paused(standing, now) if identity_doubted else standing
        return shown(connection, _effects_of(touched, scope, now, event))


def withdraw_consent(
    runtime: Runtime,
    case_id: UUID,
    scope: Scope,
    now: datetime,
    *,
    actor: str,
    organisation_id: UUID | None = None,
    how: How | None = None,
) -> Withdrawn:
    """
    Withdraw the permissions in *scope*; doing it twice changes nothing and is no error.

    Raises:
        NotFound: The case or the grant is not there, or another organisation's.
        Unavailable: The database is away: nothing was recorded, and sending is impossible too.
    """
    said = how or How()
    received_at = min(said.received_at or now, now)
    late = _lateness(runtime, received_at, now)
    facts: dict[str, Any] = {
        "method": said.method,
        "received_at": received_at.isoformat(),
        "effective_at": now.isoformat(),
        "lateness": late.value,
    }
    if said.recorded_by is not None:
        facts["recorded_by"] = str(said.recorded_by)
    for name in ("identified_by", "assisted_by"):
        if getattr(said, name) is not None:
            facts[name] = getattr(said, name)
    with runtime.database.begin() as connection:
        case = _held_case(connection, case_id, organisation_id)
        standing = _standing(runtime, connection, case, scope, now)
        if said.identity_doubted:
            done = _pause(runtime, connection, case, standing, scope, now, actor=actor, facts=facts)
        else:
            done = end_permissions(
                runtime, connection, case, standing, scope, now, event=EventKind.WITHDRAWN, actor=actor, facts=facts
            )
        told = shown(connection, done.effects)
    ask_for_jobs(runtime, done.notices)
    under_way = _let_end(runtime, case["resident_id"], now, at_most=_count(done.effects, Code.SENDING_UNDER_WAY))
    ended = tuple(_subjects(done.effects, Code.GRANT_ENDED))
    return Withdrawn(
        grants=() if said.identity_doubted else ended,
        effects=done.effects,
        cancelled_messages=_count(done.effects, Code.MESSAGE_CANCELLED),
        stopped=tuple(done.stopped),
        stop_notices=len(done.notices),
        under_way=under_way,
        received_at=received_at,
        effective_at=now,
        lateness=late,
        told=tuple(told),
        paused=ended if said.identity_doubted else (),
    )


def shown(connection: Connection, found: Sequence[Effect]) -> list[dict[str, Any]]:
    """
    Effects as people and systems read them.

    Returns:
        [{"code", "subject_kind", "subject_id", "creditor_id", "grant_id", "basis", "article", "days",
        "words": {"nl", "en", "ar"}}].
    """
    names = participants.many(connection, {one.creditor_id for one in found if one.creditor_id is not None})
    return [
        {
            "code": one.code.value,
            "subject_kind": one.subject_kind,
            "subject_id": str(one.subject_id),
            "creditor_id": str(one.creditor_id) if one.creditor_id is not None else None,
            "grant_id": str(one.grant_id) if one.grant_id is not None else None,
            "basis": one.basis.value if one.basis is not None else None,
            "article": one.article,
            "days": one.days,
            "words": say(one, names[one.creditor_id]["name"] if one.creditor_id is not None else ""),
        }
        for one in found
    ]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was applied, and the stop notices that still want a job (`ask_for_jobs`, after the commit)."""

    effects: tuple[Effect, ...]
    notices: list[UUID]

    @property
    def stopped(self) -> list[UUID]:
        """The conversations that ended."""
        return _subjects(self.effects, Code.CONVERSATION_STOPPED)


def end_permissions(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    standing: Standing,
    scope: Scope,
    now: datetime,
    *,
    event: EventKind,
    actor: str,
    facts: Mapping[str, Any],
) -> Done:
    """
    End the permissions in *scope* and apply every effect, in the caller's transaction, which holds the resident
    together with the resident's partners.

    Args:
        event: WITHDRAWN when the resident says so, REVOKED when somebody else does, PAUSED while there is doubt.
        facts: What the journal says besides about each grant that ends.
    """
    found = _effects_of(standing, scope, now, event)
    final = event is not EventKind.PAUSED
    book = Book(case=case, standing=standing, actor=actor)
    at_partners = partner_entries(effects_on_partners(standing, found, final=final))
    journal.append(connection, now, *book.entries(found, event, facts), *at_partners)
    messages.cancel(connection, _subjects(found, Code.MESSAGE_CANCELLED))
    for one in found:
        if one.code is Code.CONVERSATION_STOPPED:
            row = ladder.conversation_row(connection, one.subject_kind, one.subject_id)
            stop_conversation(connection, one.subject_kind, row, now)
    erased = [one for one in found if one.code is Code.ANSWER_ERASED]
    statement_requests.erase_replies(connection, [one.subject_id for one in erased if one.subject_kind == "reply"], now)
    proposals.erase_answers(connection, [one.subject_id for one in erased if one.subject_kind == "answer"], now)
    notices = [_notice(book, one, now) for one in found if one.code is Code.STOP_NOTICE]
    if notices:
        messages.add(connection, notices)
    return Done(effects=found, notices=[row["id"] for row in notices])


def _held_case(connection: Connection, case_id: UUID, organisation_id: UUID | None) -> Row:
    case = cases.get(connection, case_id, organisation_id=organisation_id)
    if case is None:
        raise NotFound
    partners.hold_together(connection, case["resident_id"])
    return case


def _standing(runtime: Runtime, connection: Connection, case: Row, scope: Scope, now: datetime) -> Standing:
    """What stands in the case, or in every case that this organisation has of the resident."""
    ids = [case["id"]]
    if scope.all_cases:
        ids = [row["id"] for row in cases.of_resident(connection, case["resident_id"])]
    standing = what_stands(runtime, connection, ids, now)
    if scope.grant_id is not None and scope.grant_id not in {known.grant.id for known in standing.permissions}:
        raise NotFound
    return standing


def _notice(book: Book, effect: Effect, now: datetime) -> dict[str, Any]:
    """
    A stop notice as a row of the outbox. It says nothing beyond its conversation, so nothing is sealed: queueing it
    needs no key. The row is the truth; a job for it is asked for once this is committed.
    """
    one = book.conversation(effect.subject_id)
    return {
        "id": uuid4(),
        "kind": Kind.STOP_NOTICE.value,
        "subject_kind": one.kind,
        "subject_id": one.id,
        "case_id": one.case_id,
        "resident_id": book.case["resident_id"],
        "recipient_id": one.creditor_id,
        "grant_id": one.grant_id,
        "sealed": None,
        "state": "queued",
        "queued_at": now,
        "next_at": now,
    }


def ask_for_jobs(runtime: Runtime, message_ids: Sequence[UUID]) -> None:
    """The withdrawal stands already. Without an engine the sweep finds the rows and asks again."""
    if not message_ids:
        return
    try:
        with runtime.database.begin() as connection:
            defer_delivery(runtime, connection, message_ids)
    except Exception as error:  # noqa: BLE001  whatever is wrong with the engine, the resident has stopped
        _log.warning("stop_notices_left_to_the_sweep", kind=type(error).__name__)


def _let_end(runtime: Runtime, resident_id: UUID, now: datetime, *, at_most: int) -> int:
    """Wait briefly for sendings that began before the withdrawal; how many were still under way at the end."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            with runtime.database.begin() as connection:
                begun = len(messages.in_flight(connection, resident_id, now))
        except Unavailable:
            return at_most  # it went away after the withdrawal was recorded: say what was under way then
        if not begun or time.monotonic() >= until:
            return begun
        time.sleep(0.02)


def _lateness(runtime: Runtime, received_at: datetime, now: datetime) -> Lateness:
    """A day that the calendar does not hold is no reason to refuse: whatever came in then, is late by now."""
    bounds = runtime.settings.retention.withdrawal
    try:
        return lateness(local_day(received_at), local_day(now), bounds, runtime.settings.calendar)
    except CalendarExhausted:
        return Lateness.BREACH


def _pause(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    standing: Standing,
    scope: Scope,
    now: datetime,
    *,
    actor: str,
    facts: Mapping[str, Any],
) -> Done:
    """Doubt about who is speaking stops the flows just as well, and can be put right (invariant I27)."""
    reason = {**facts, "reason": "identity_doubted"}
    done = end_permissions(
        runtime, connection, case, _not_paused(standing, now), scope, now,
        event=EventKind.PAUSED, actor=actor, facts=reason,
    )  # fmt: skip
    doubted = Entry(
        kind="withdrawal.identity_doubted",
        actor=actor,
        case_id=case["id"],
        resident_id=case["resident_id"],
        subject_id=case["id"],
        facts={"grants": _count(done.effects, Code.GRANT_ENDED), **facts},
    )
    journal.append(connection, now, doubted)
    return done


def _effects_of(standing: Standing, scope: Scope, now: datetime, event: EventKind) -> tuple[Effect, ...]:
    """What *event* does. A pause may be put right, so nothing that came in is judged by it, and no partner is told."""
    found = effects(standing, replace(scope, by_decision=event in _BY_DECISION), now)
    if event is not EventKind.PAUSED:
        return found
    return tuple(one for one in found if one.code not in _FINAL)


def _not_paused(standing: Standing, now: datetime) -> Standing:
    """What a pause can still change: what stands still already is left as it is."""
    running = tuple(known for known in standing.permissions if standing_of(known, now) is not Status.PAUSED)
    return replace(standing, permissions=running)


def _subjects(found: Iterable[Effect], code: Code) -> list[UUID]:
    return [one.subject_id for one in found if one.code is code]


def _count(found: Iterable[Effect], code: Code) -> int:
    return len(_subjects(found, code))
