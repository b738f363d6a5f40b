"""May this flow happen, now? One question, one answer: a Permit or a Refusal with its reason code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from gateway.consent.erasure import Basis
from gateway.consent.flows import Flow, Mode
from gateway.consent.grants import Act, EventKind, Grant, GrantEvent, Status, status
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day


class Stage(StrEnum):
    """The instants at which the question is put (promise 1)."""

    ASK = "ask"
    SEND = "send"
    RECEIVE = "receive"
    READ = "read"  # somebody wants to look at what came back
    EXPORT = "export"  # somebody wants to take it along


class Reason(StrEnum):
    """
    Why a flow may not happen. The codes are stable; they stand in the journal.

    That the journal itself cannot be written has no code here, for there is no place to keep it: nothing happens then,
    and the caller hears "unavailable" (503).
    """

    NO_FLOW = "no_flow"
    NO_GRANT = "no_grant"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    SUPERSEDED = "superseded"
    TEMPLATE_RECALLED = "template_recalled"
    REVIEW = "review"
    AUTHORITY = "authority"
    PAUSED = "paused"
    USED_UP = "used_up"
    TOO_OFTEN = "too_often"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_RESIDENT = "wrong_resident"
    KIND_NOT_IN_FLOW = "kind_not_in_flow"
    BASIS_CHANGED = "basis_changed"
    FIELD_NOT_GRANTED = "field_not_granted"
    BSN_NOT_ENTITLED = "bsn_not_entitled"
    TOO_FAR_BACK = "too_far_back"
    OTHER_FLOW = "other_flow"  # for this kind of recipient there is a flow of its own
    NOT_STATUTORY = "not_statutory"  # only what a law prescribes can be done without the resident's yes
    RETENTION_OVER = "retention_over"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """
    What somebody wants to do.

    Args:
        message_id: The message to send, or the conversation that an answer belongs to.
        digest: SHA-256 (hex) of the bytes about to leave, or that came in; "" where there are none.
        fields: The personal fields in those bytes, as named in the flow register.
        bsn_entitled: True when a law entitles the recipient to the BSN (art. 46 UAVG); consent cannot.
        counted: True when this very message was counted as a use already: it is tried once more.
        sector: Of the recipient; None where that makes no difference, as for what came in.
        since: The earliest day that the answer may go back to; None = only what stands today.
        asked_on: The day from which *since* is counted back, for a message that was asked for earlier; None = today.
        kept: For READ and EXPORT: why what came in is kept although its permission has ended.
        kept_until: Until when (half-open); None = no end is known yet.
        actor: Who wants it, as the journal writes it; "resident" looks at what is their own.
    """

    stage: Stage
    message_id: UUID
    kind: Kind
    resident_id: UUID
    recipient_id: UUID
    fields: frozenset[str] = frozenset()
    digest: str = ""
    bsn_entitled: bool = False
    counted: bool = False
    sector: str | None = None
    since: date | None = None
    asked_on: date | None = None
    kept: Basis | None = None
    kept_until: datetime | None = None
    actor: str = "gateway"


@dataclass(frozen=True, kw_only=True)
class Permit:
    """Proof that the question was asked and answered with yes. Only :func:`decide` makes one."""

    stage: Stage
    message_id: UUID
    grant_id: UUID
    digest: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A no, with its reason and the grant it rests on, if there is one."""

    stage: Stage
    message_id: UUID
    reason: Reason
    grant_id: UUID | None


def bounded(grant: Grant, flow: Flow) -> Grant:
    """
    The grant under the strictest caps there are: those it was given under, and those in the register now.

    A cap that is lowered holds at once, also for what was said before; one that is raised gives nobody more.
    """
    until = min(grant.valid_until, grant.given_at + timedelta(days=flow.valid_days))
    return replace(grant, valid_until=until, max_messages=min(flow.max_messages, grant.max_messages or _NO_BOUND))


def worth(grant: Grant, events: Sequence[GrantEvent], flow: Flow | None, now: datetime) -> Status:
    """What the grant is worth at *now* under the register; one whose flow is gone is worth what its events say."""
    if flow is None:
        return status(grant, events, now, max_messages=0)
    strict = bounded(grant, flow)
    return status(strict, events, now, max_messages=strict.max_messages or 0)


def decide(
    ask: Ask, flow: Flow | None, grant: Grant | None, events: Sequence[GrantEvent], now: datetime
) -> Permit | Refusal:
    """
    Decide on one flow at one instant. Deny by default; the first reason found is the answer.

    A stop notice is the one message that still goes out after a withdrawal: it carries a reference only, and it
    exists because of the withdrawal (art. 19 GDPR). Receiving an answer uses up nothing.
    """
    reason = _why_not(ask, flow, grant, events, now)
    if reason is not None:
        return Refusal(
            stage=ask.stage,
            message_id=ask.message_id,
            reason=reason,
            grant_id=grant.id if grant is not None else None,
        )
    assert grant is not None  # _why_not answers NO_GRANT otherwise
    return Permit(stage=ask.stage, message_id=ask.message_id, grant_id=grant.id, digest=ask.digest, decided_at=now)


def _why_not(
    ask: Ask, flow: Flow | None, grant: Grant | None, events: Sequence[GrantEvent], now: datetime
) -> Reason | None:
    if _own(ask, grant):
        return None
    if flow is None:
        return Reason.NO_FLOW
    if grant is None:
        return Reason.NO_GRANT
    if grant.resident_id != ask.resident_id:
        return Reason.WRONG_RESIDENT
    if grant.recipient_id != ask.recipient_id:
        return Reason.WRONG_RECIPIENT
    if grant.purpose != flow.purpose or ask.kind not in flow.kinds:
        return Reason.KIND_NOT_IN_FLOW
    if grant.act is Act.IMPOSED and flow.mode is not Mode.NOTIFY:
        return Reason.NOT_STATUTORY
    if ask.kind is not Kind.STOP_NOTICE and grant.legal_basis not in (None, flow.legal_basis):
        return Reason.BASIS_CHANGED
    if not ask.fields <= _granted(flow, grant):
        return Reason.FIELD_NOT_GRANTED
    if "resident.bsn" in ask.fields and not ask.bsn_entitled:
        return Reason.BSN_NOT_ENTITLED
    # What is on record has happened, whatever the clock of this machine says: one that runs behind another machine's
    # must not look past a withdrawal that was recorded there.
    moment = max([now, *(event.at for event in events)])
    return (
        _status_reason(ask, flow, grant, events, moment)
        or _reach_reason(ask, flow, moment)
        or _pace_reason(ask, flow, events, moment)
    )


def _granted(flow: Flow, grant: Grant) -> frozenset[str]:
    """What the register names and the resident was shown; a grant that is older than the list has the register's."""
    return flow.fields_out if grant.fields_out is None else flow.fields_out & frozenset(grant.fields_out)


def _status_reason(ask: Ask, flow: Flow, grant: Grant, events: Sequence[GrantEvent], moment: datetime) -> Reason | None:
    strict = bounded(grant, flow)
    cap = (strict.max_messages or 0) + (1 if ask.counted else 0)  # a second attempt is not a second use
    standing = status(strict, events, moment, max_messages=cap)
    if standing is Status.ACTIVE:
        return None
    if ask.kind is Kind.STOP_NOTICE and ask.fields <= {"references"} and standing in _STOPPED:
        return None
    match ask.stage:
        case Stage.RECEIVE if standing in _MAY_STILL_ANSWER:
            return None
        case Stage.READ | Stage.EXPORT if standing in _MAY_STILL_ANSWER:
            return None
        case Stage.READ | Stage.EXPORT if standing in _ENDED_AFTER_USE and _is_kept(ask, flow):
            over = ask.kept_until is not None and moment >= ask.kept_until
            return Reason.RETENTION_OVER if over else None
        case _:
            return Reason(standing.value)


def _own(ask: Ask, grant: Grant | None) -> bool:
    """
    Residents may see what is held about them, whatever became of their yes (art. 15 GDPR): that is no use of it by
    anybody else.
    """
    looks = ask.stage in (Stage.READ, Stage.EXPORT) and ask.actor == RESIDENT
    return looks and grant is not None and grant.resident_id == ask.resident_id


def _is_kept(ask: Ask, flow: Flow) -> bool:
    """
    What came in lawfully may still be looked at where it is kept on a declared basis: the law's, an agreement that
    stands on it, another permission that needs it. On consent alone only the yes itself is one; what a person must
    still judge stays closed meanwhile.
    """
    return flow.mode is not Mode.CONSENT or ask.kept in (Basis.AGREEMENT, Basis.OTHER_FLOW)


def _reach_reason(ask: Ask, flow: Flow, moment: datetime) -> Reason | None:
    """Whether this goes to somebody, or further back, than the flow reaches."""
    if ask.stage in (Stage.READ, Stage.EXPORT) or ask.kind is Kind.STOP_NOTICE:
        return None
    if ask.sector is not None and flow.sector not in (None, ask.sector):
        return Reason.WRONG_RECIPIENT
    if ask.sector in flow.closed_to:
        return Reason.OTHER_FLOW
    if ask.since is not None:
        asked_on = min(ask.asked_on or local_day(moment), local_day(moment))
        if ask.since < asked_on - timedelta(days=flow.look_back_days):
            return Reason.TOO_FAR_BACK
    return None


def _pace_reason(ask: Ask, flow: Flow, events: Sequence[GrantEvent], moment: datetime) -> Reason | None:
    """Whether one more message now would be one too soon."""
    if ask.stage not in (Stage.ASK, Stage.SEND) or ask.counted or ask.kind is Kind.STOP_NOTICE:
        return None
    used = [event.at for event in events if event.kind is EventKind.USED]
    bound = flow.frequency
    if bound is not None and sum(at > moment - timedelta(days=bound.days) for at in used) >= bound.messages:
        return Reason.TOO_OFTEN
    return None


RESIDENT = "resident"  # as an actor: the person whom it is about
_NO_BOUND = 10**9
_MAY_STILL_ANSWER = frozenset({Status.USED_UP, Status.SUPERSEDED})
_ENDED_AFTER_USE = frozenset(
    {
        Status.EXPIRED, Status.WITHDRAWN, Status.REVOKED, Status.PAUSED, Status.REVIEW, Status.AUTHORITY,
        Status.TEMPLATE_RECALLED,
    }
)  # fmt: skip
_STOPPED = _ENDED_AFTER_USE | {Status.INVALIDATED, Status.USED_UP, Status.SUPERSEDED}
