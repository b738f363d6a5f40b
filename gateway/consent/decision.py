"""May this flow happen, now? One question, one answer: a Permit or a Refusal with its reason code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gateway.consent.flows import Flow
from gateway.consent.grants import Grant, GrantEvent, Status, status
from gateway.domain.correspondence import Kind


class Stage(StrEnum):
    """The three instants at which the question is put (promise 1)."""

    ASK = "ask"
    SEND = "send"
    RECEIVE = "receive"


class Reason(StrEnum):
    """Why a flow may not happen. The codes are stable; they stand in the journal."""

    NO_FLOW = "no_flow"
    NO_GRANT = "no_grant"
    REFUSED = "refused"
    DEFERRED = "deferred"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    PAUSED = "paused"
    USED_UP = "used_up"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_RESIDENT = "wrong_resident"
    KIND_NOT_IN_FLOW = "kind_not_in_flow"
    FIELD_NOT_GRANTED = "field_not_granted"
    BSN_NOT_ENTITLED = "bsn_not_entitled"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """
    What somebody wants to do.

    Args:
        message_id: The message to send, or the conversation that an answer belongs to.
        digest: SHA-256 (hex) of the bytes about to leave; "" where no bytes leave.
        fields: The personal fields in those bytes, as named in the flow register.
        bsn_entitled: True when a law entitles the recipient to the BSN (art. 46 UAVG); consent cannot.
    """

    stage: Stage
    message_id: UUID
    kind: Kind
    resident_id: UUID
    recipient_id: UUID
    fields: frozenset[str] = frozenset()
    digest: str = ""
    bsn_entitled: bool = False


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
    if not ask.fields <= flow.fields_out:
        return Reason.FIELD_NOT_GRANTED
    if "resident.bsn" in ask.fields and not ask.bsn_entitled:
        return Reason.BSN_NOT_ENTITLED
    return _status_reason(ask, flow, grant, events, now)


def _status_reason(ask: Ask, flow: Flow, grant: Grant, events: Sequence[GrantEvent], now: datetime) -> Reason | None:
    # What is on record has happened, whatever the clock of this machine says: one that runs behind another machine's
    # must not look past a withdrawal that was recorded there.
    moment = max([now, *(event.at for event in events)])
    standing = status(grant, events, moment, max_messages=flow.max_messages)
    if standing is Status.ACTIVE or (standing is Status.USED_UP and ask.stage is Stage.RECEIVE):
        return None
    if ask.kind is Kind.STOP_NOTICE and ask.fields <= {"references"} and standing in _STOPPED:
        return None
    return Reason(standing.value)


_STOPPED = {
    Status.WITHDRAWN, Status.REVOKED, Status.INVALIDATED, Status.EXPIRED, Status.PAUSED, Status.USED_UP,
}  # fmt: skip
