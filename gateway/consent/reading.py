"""
May what came back be looked at, or taken along? One rule for every answer on record, whoever shows it (G9).

It may while the yes holds under which it came, or as long as it is kept on a declared basis: the law's with its term,
an agreement that was made from it, another permission that needs it. Otherwise the view is restricted: that there is
an answer is shown, what it says is not, until a person or the term has judged it. The same judgement as for erasing
(gateway.consent.erasure), asked at another moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.consent.decision import Ask, Permit, Refusal, Stage, decide, worth
from gateway.consent.erasure import Keep, judge
from gateway.consent.flows import Flow, Flows
from gateway.consent.grants import Grant, GrantEvent, Status
from gateway.consent.standing import Conversation
from gateway.domain.correspondence import Kind

Known = tuple[Grant, Sequence[GrantEvent]]
_HOLDS = frozenset({Status.ACTIVE, Status.USED_UP, Status.SUPERSEDED})


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One question at the gate of reading with all that it was answered from, so that it can be kept."""

    ask: Ask
    purpose: str
    flow: Flow | None
    grant: Grant | None
    events: Sequence[GrantEvent]
    answer: Permit | Refusal


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    What the rule looks at in one case.

    Args:
        conversations: All of them: an agreement that was made from an answer keeps that answer.
        known: By grant id, the grants of the case with what happened to them.
        closed_at: From here the terms of keeping count.
    """

    resident_id: UUID
    conversations: Sequence[Conversation]
    known: Mapping[UUID, Known]
    flows: Flows
    closed_at: datetime | None = None


def look(case: Case, conversation_id: UUID, stage: Stage, actor: str, now: datetime) -> Looked:
    """
    Whether *actor* may see (READ) or take along (EXPORT) what came back in one conversation of *case*.

    Raises:
        StopIteration: The conversation is not one of this case.
    """
    conversation = next(one for one in case.conversations if one.id == conversation_id)
    grant, events = case.known.get(conversation.grant_id, (None, ()))
    flow = _flow(case, conversation)
    kept = keeps(case, conversation, now)
    ask = Ask(
        stage=stage,
        message_id=conversation.id,
        kind=Kind.PROPOSAL if conversation.kind == "offer" else Kind.STATEMENT_REQUEST,
        resident_id=case.resident_id,
        recipient_id=conversation.creditor_id,
        kept=kept.basis if kept is not None else None,
        kept_until=_until(kept, case.closed_at),
        actor=actor,
    )
    purpose = grant.purpose if grant is not None else ""
    answer = decide(ask, flow, grant, events, now)
    return Looked(ask=ask, purpose=purpose, flow=flow, grant=grant, events=events, answer=answer)


def keeps(case: Case, conversation: Conversation, now: datetime) -> Keep | None:
    """On which basis what came back is kept once its permission has ended; None = on none, so it is to be erased."""
    resting = [
        one
        for one in case.conversations
        if one.rests_on == conversation.id or (one.id == conversation.id and one.agreed)
    ]
    return judge(
        _flow(case, conversation),
        agreements=[_flow(case, one) for one in resting if one.agreed],
        others=[_flow(case, one) for one in resting if one.stops and _holds(case, one, now)],
    )


def _flow(case: Case, conversation: Conversation) -> Flow | None:
    known = case.known.get(conversation.grant_id)
    return case.flows.of(known[0].purpose) if known is not None else None


def _holds(case: Case, conversation: Conversation, now: datetime) -> bool:
    known = case.known.get(conversation.grant_id)
    if known is None:
        return False
    moment = max([now, *(event.at for event in known[1])])
    return worth(known[0], known[1], _flow(case, conversation), moment) in _HOLDS


def _until(kept: Keep | None, closed_at: datetime | None) -> datetime | None:
    """The end of the term; while the case is open it has not begun."""
    if kept is None or kept.days is None or closed_at is None:
        return None
    return closed_at + timedelta(days=kept.days)
