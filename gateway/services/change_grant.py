"""
What may happen to one yes besides being withdrawn: paused, resumed, put in review, reaffirmed, revoked, invalidated.

A pause ends what rests on the yes just as a withdrawal does (ruling 6): after it is resumed the creditor is asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent import mandates as authority
from gateway.consent.decision import worth
from gateway.consent.effects import Code, Effect, Scope
from gateway.consent.grants import PERMITTING, TERMINAL, Act, EventKind, Grant, Status
from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services.outbox import defer_delivery
from gateway.services.ownership import named_counsellor
from gateway.services.runtime import Runtime
from gateway.services.what_stands import what_stands
from gateway.services.withdraw_consent import end_permissions
from gateway.storage import cases, grants, journal, mandates, partners
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry

E, S = EventKind, Status
_OPEN = frozenset(Status) - TERMINAL

# From which standings each change is possible, and in which it has happened already: twice is no error.
_FROM: Mapping[EventKind, frozenset[Status]] = {
    E.PAUSED: _OPEN - {S.PAUSED},
    E.RESUMED: frozenset({S.PAUSED}),
    E.REVIEW_REQUIRED: _OPEN - {S.REVIEW},
    E.REAFFIRMED: frozenset({S.REVIEW, S.AUTHORITY}),
    E.REVOKED: _OPEN | {S.EXPIRED},
    E.INVALIDATED: frozenset(Status) - {S.INVALIDATED, S.REFUSED, S.DEFERRED, S.UNKNOWN},
}
_ALREADY: Mapping[EventKind, frozenset[Status]] = {
    E.PAUSED: frozenset({S.PAUSED}),
    E.RESUMED: frozenset({S.ACTIVE, S.USED_UP}),
    E.REVIEW_REQUIRED: frozenset({S.REVIEW}),
    E.REAFFIRMED: frozenset({S.ACTIVE, S.USED_UP}),
    E.REVOKED: frozenset({S.REVOKED}),
    E.INVALIDATED: frozenset({S.INVALIDATED}),
}
REASONS: Mapping[EventKind, tuple[str, ...]] = {
    E.PAUSED: ("resident_asked", "identity_doubted"),
    E.RESUMED: ("resident_asked", "identity_checked"),
    E.REVIEW_REQUIRED: ("administration_order", "mandate_ended", "came_of_age", "notice_unclear", "other"),
    E.REAFFIRMED: ("resident_said", "representative_said"),
    E.REVOKED: ("municipality", "court", "recipient_changed", "moved_away", "resident_died", "case_closed"),
    E.INVALIDATED: ("wrong_person", "never_said", "wrong_text", "no_authority"),
}
_ENDING = frozenset({E.REVOKED, E.RECALLED, E.INVALIDATED})
_THE_RESIDENTS_OWN = frozenset({E.RESUMED, E.REAFFIRMED})  # they permit again, so who says it must be competent


@dataclass(frozen=True, kw_only=True)
class Change:
    """
    One change of one grant.

    Args:
        reason: One of REASONS for its kind.
        recorded_by: The counsellor who records it; None = the resident does it, in the portal.
        mandate_id: The representative who said it; None = the resident, or nobody but the municipality or a court.
    """

    kind: EventKind
    reason: str
    recorded_by: UUID | None
    mandate_id: UUID | None = None

    @property
    def recorder(self) -> str:
        return str(self.recorded_by) if self.recorded_by is not None else "resident"


def change_grant(
    runtime: Runtime, organisation_id: UUID, grant_id: UUID, change: Change, now: datetime
) -> dict[str, Any]:
    """
    Record *change* with everything that follows from it; doing it twice changes nothing and is no error.

    Returns:
        {"id", "status", "cancelled_messages", "stopped", "stop_notices", "under_way"}.

    Raises:
        NotFound: There is no such grant for this organisation.
        Conflict: The grant is in no standing from which this is possible.
        Invalid: The reason does not go with the change, the counsellor is unknown, or who said it may not say it.
    """
    with runtime.database.begin() as connection:
        case, _ = held_grant(connection, organisation_id, grant_id)
        if change.recorded_by is not None:
            named_counsellor(connection, organisation_id, change.recorded_by, pointer="/recorded_by")
        known = grants.get(connection, grant_id)
        assert known is not None  # found before it was held
        _check(connection, known[0], change, now)
        flow = runtime.settings.flows.of(known[0].purpose)
        standing = worth(*known, flow, _moment(known, now))
        done: tuple[Effect, ...] = ()
        notices = 0
        if standing not in _ALREADY[change.kind]:
            if standing not in _FROM[change.kind]:
                raise Conflict("This cannot be done with a yes that stands as it does. Look at it again.")
            facts = {"reason": change.reason, "recorded_by": change.recorder}
            if change.mandate_id is not None:
                facts["mandate_id"] = str(change.mandate_id)
            actor = "resident" if change.recorded_by is None else f"counsellor:{change.recorded_by}"
            done, notices = carry_out(runtime, connection, case, known, change.kind, now, actor=actor, facts=facts)
        after = grants.get(connection, grant_id)
        assert after is not None
        return {
            "id": str(grant_id),
            "status": worth(*after, flow, _moment(after, now)).value,
            "cancelled_messages": sum(one.code is Code.MESSAGE_CANCELLED for one in done),
            "stopped": [str(one.subject_id) for one in done if one.code is Code.CONVERSATION_STOPPED],
            "stop_notices": notices,
            "under_way": sum(one.code is Code.SENDING_UNDER_WAY for one in done),
        }


def held_grant(connection: Connection, organisation_id: UUID, grant_id: UUID) -> tuple[Row, Standing]:
    """
    A grant in a case of this organisation, with that case; the resident is held until the transaction ends.

    Raises:
        NotFound: There is no such grant for this organisation.
    """
    known = grants.get(connection, grant_id)
    case = cases.get(connection, known[0].case_id, organisation_id=organisation_id) if known is not None else None
    if known is None or case is None:
        raise NotFound
    partners.hold_together(connection, case["resident_id"])
    return case, known


def carry_out(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    known: Standing,
    kind: EventKind,
    now: datetime,
    *,
    actor: str,
    facts: Mapping[str, Any],
) -> tuple[tuple[Effect, ...], int]:
    """
    The event and what follows from it, in the caller's transaction, which holds the resident.

    Returns:
        The effects, and how many stop notices are on their way.
    """
    grant = known[0]
    if kind not in _ENDING and kind is not E.PAUSED:
        journal.append(connection, now, event_entry(grant, kind, actor, facts))
        return (), 0
    scope = Scope(grant_id=grant.id, alone=kind is not E.REVOKED)
    standing = what_stands(runtime, connection, [case["id"]], now)
    done = end_permissions(runtime, connection, case, standing, scope, now, event=kind, actor=actor, facts=facts)
    if not any(one.code is Code.GRANT_ENDED for one in done.effects):
        journal.append(connection, now, event_entry(grant, kind, actor, facts))  # it had ended, and ends for worse
    if kind is E.INVALIDATED:
        journal.append(connection, now, _incident(grant, facts))
    if done.notices:
        defer_delivery(runtime, connection, done.notices)
    return done.effects, len(done.notices)


def event_entry(grant: Grant, kind: EventKind, actor: str, facts: Mapping[str, Any]) -> Entry:
    return Entry(
        kind=f"consent.{kind.value}",
        actor=actor,
        case_id=grant.case_id,
        resident_id=grant.resident_id,
        participant_id=grant.recipient_id,
        grant_id=grant.id,
        subject_id=grant.id,
        facts={"purpose": grant.purpose, **facts},
    )


def _moment(known: Standing, now: datetime) -> datetime:
    """What is on record has happened, whatever this machine's clock says."""
    return max([now, *(event.at for event in known[1])])


def _check(connection: Connection, grant: Grant, change: Change, now: datetime) -> None:
    if grant.act is Act.IMPOSED and change.kind not in _ENDING:
        raise Conflict("Nobody said yes to this: the law prescribes it. It can only be revoked, or found invalid.")
    if grant.act not in PERMITTING:
        raise Conflict("This was no yes; there is nothing to change. Record what the resident says now.")
    faults = []
    if change.reason not in REASONS[change.kind]:
        detail = f"Send one of: {', '.join(REASONS[change.kind])}."
        faults.append(Fault(pointer="/reason", code="unknown_code", detail=detail))
    known = {one.id: one for one in mandates.of_resident(connection, grant.resident_id)}
    if change.mandate_id is not None:
        mandate = known.get(change.mandate_id)
        code = authority.why_not(mandate, grant.purpose, now) if mandate is not None else "unknown"
        if code is not None:
            detail = "The representative has no authority for this now. See the mandates of the resident."
            faults.append(Fault(pointer="/mandate_id", code=code, detail=detail))
    elif change.kind in _THE_RESIDENTS_OWN and authority.under_guardianship(known.values(), now):
        detail = "A curator speaks for this resident. The resident may look and stop; to permit again is the curator's."
        faults.append(Fault(pointer="/mandate_id", code="authority", detail=detail))
    if faults:
        raise Invalid(faults)


def _incident(grant: Grant, facts: Mapping[str, Any]) -> Entry:
    """What was sent under a yes that never was one, was sent without a right to: somebody must look (art. 33 GDPR)."""
    return Entry(
        kind="incident.opened",
        actor="gateway",
        case_id=grant.case_id,
        resident_id=grant.resident_id,
        participant_id=grant.recipient_id,
        grant_id=grant.id,
        subject_id=grant.id,
        facts={"purpose": grant.purpose, "reason": facts["reason"]},
    )
