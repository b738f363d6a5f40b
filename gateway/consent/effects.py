"""
What it does to stop: one list, computed before anything happens, shown as the preview and applied as it stands.

Pure. Out of what stands at one instant (grants, messages, conversations, terms, answers) it makes the effects of
ending the chosen permissions, in an order that says first what ends, then what goes on. Applying them is
gateway.services.withdraw_consent; an effect that is not in this list does not happen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gateway.consent.erasure import Basis, judge
from gateway.consent.flows import Mode
from gateway.consent.grants import PERMITTING, EventKind, Grant, Status, status, with_earlier
from gateway.consent.partners import PartnerEffect, partner_effects, what_to_say
from gateway.consent.standing import Conversation, Permission, Standing
from gateway.domain.correspondence import Kind


class Code(StrEnum):
    """What may follow from stopping. The order here is the order in which they are told and applied."""

    GRANT_ENDED = "grant_ended"
    OBJECTION_RECORDED = "objection_recorded"  # a statutory flow: no yes to take back (art. 21 GDPR)
    MESSAGE_CANCELLED = "message_cancelled"
    SENDING_UNDER_WAY = "sending_under_way"  # begun before; counts as sent
    CONVERSATION_STOPPED = "conversation_stopped"
    TERM_ENDED = "term_ended"
    PRESUMPTION_CANCELLED = "presumption_cancelled"
    STOP_NOTICE = "stop_notice"  # art. 19 GDPR: whoever was told, is told to stop
    LATE_ANSWERS_UNREAD = "late_answers_unread"
    ANSWER_ERASED = "answer_erased"
    ANSWER_KEPT = "answer_kept"
    AGREEMENT_STANDS = "agreement_stands"
    PLAN_INCOMPLETE = "plan_incomplete"
    OTHERS_GO_ON = "others_go_on"
    PARTNER_TOLD = "partner_told"  # a neutral sentence: not who, not with whom, not why
    PARTNER_NOT_TOLD = "partner_not_told"
    COUNSELLOR_TOLD = "counsellor_told"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """
    One thing that stopping does.

    Args:
        subject_kind: "grant", "message", "request", "offer", "term", "reply", "answer", "proposal" or "case".
        subject_id: Which one; for OTHERS_GO_ON, COUNSELLOR_TOLD and what a partner hears, the resident's own case.
        basis: For ANSWER_KEPT: why it may be kept.
        article: For ANSWER_KEPT and OBJECTION_RECORDED: the law that says so.
        days: For ANSWER_KEPT: how long after the case is closed.
    """

    code: Code
    subject_kind: str
    subject_id: UUID
    creditor_id: UUID | None = None
    grant_id: UUID | None = None
    basis: Basis | None = None
    article: str | None = None
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Scope:
    """
    What to stop: everything of the case, or narrowed by creditor, purpose or one grant; several narrow further.

    Args:
        all_cases: Everything of every case that the resident has with this organisation.
        by_decision: Not the resident ends it but whoever decides, as a municipality or a court: then also what a law
            prescribes ends, to which the resident can only object.
        alone: Not what those grants came in the place of: a yes that was never said says nothing about an earlier one.
    """

    creditor_id: UUID | None = None
    purpose: str | None = None
    grant_id: UUID | None = None
    all_cases: bool = False
    by_decision: bool = False
    alone: bool = False

    def holds(self, grant: Grant) -> bool:
        """Whether the resident speaks of this grant."""
        return (
            self.grant_id in (None, grant.id)
            and self.creditor_id in (None, grant.recipient_id)
            and self.purpose in (None, grant.purpose)
        )


# Whoever reaches one of these has said all there is to say; ending it again is a no-op (invariant I10).
_ENDED = frozenset({
    Status.WITHDRAWN, Status.REVOKED, Status.TEMPLATE_RECALLED, Status.INVALIDATED, Status.SUPERSEDED, Status.REFUSED,
    Status.DEFERRED, Status.UNKNOWN,
})  # fmt: skip
_UNBOUNDED = 10**9


def in_scope(standing: Standing, scope: Scope, now: datetime) -> list[Permission]:
    """The permissions that the resident speaks of and that nobody ended already; never one that came in between."""
    return [
        known
        for known in standing.permissions
        if scope.holds(known.grant)
        and known.grant.act in PERMITTING
        and standing_of(known, now) not in _ENDED
        and (scope.by_decision or not (known.objected and _statutory(known)))
    ]


def _statutory(known: Permission) -> bool:
    """The law prescribes this flow: there is no yes to take back, and there is a right to object."""
    return known.flow is not None and known.flow.mode is Mode.NOTIFY


def standing_of(known: Permission, now: datetime) -> Status:
    """What a permission is worth, uses aside: a yes that is used up can still be taken back."""
    moment = max([now, *(event.at for event in known.events)])  # what is on record has happened
    return status(known.grant, known.events, moment, max_messages=_UNBOUNDED)


def effects(standing: Standing, scope: Scope, now: datetime) -> tuple[Effect, ...]:
    """
    What ending the permissions in *scope* does. Nothing to end: no effects.

    Source: art. 7(3), 17(1)(b), 19 and 21 GDPR; promise 1; decision 8 for agreements.
    """
    chosen = in_scope(standing, scope, now)
    statutory = [known for known in chosen if _statutory(known) and not scope.by_decision]
    ended = [known for known in chosen if known not in statutory]
    ended = ended if scope.alone else _with_earlier(standing, ended)
    if not chosen:
        return ()
    grant_ids = {known.grant.id for known in ended}
    touched = [one for one in standing.conversations if one.grant_id in grant_ids]
    found = [
        *(_of_grant(Code.GRANT_ENDED, known) for known in ended),
        *(_of_grant(Code.OBJECTION_RECORDED, known) for known in statutory),
        *_of_messages(standing, grant_ids),
        *_of_conversations(standing, touched),
        *_of_answers(standing, touched, grant_ids),
        *_of_plans(standing, touched),
        *_of_cases(standing, chosen, now),
        *_of_partners(standing, ended),
    ]
    order = list(Code)
    return tuple(sorted(found, key=lambda effect: (order.index(effect.code), effect.subject_id.int)))


def _with_earlier(standing: Standing, chosen: Sequence[Permission]) -> list[Permission]:
    """With what they came in the place of: an answer to a question of before a renewal stays out as well."""
    ids = with_earlier((known.grant.id for known in chosen), (known.grant for known in standing.permissions))
    return [
        known
        for known in standing.permissions
        if known.grant.id in ids and (known in chosen or EventKind.WITHDRAWN not in {one.kind for one in known.events})
    ]


def _of_grant(code: Code, known: Permission) -> Effect:
    grant = known.grant
    return Effect(
        code=code,
        subject_kind="grant",
        subject_id=grant.id,
        creditor_id=grant.recipient_id,
        grant_id=grant.id,
        article=known.flow.article if code is Code.OBJECTION_RECORDED and known.flow is not None else None,
    )


def _of_messages(standing: Standing, grant_ids: Collection[UUID]) -> Iterable[Effect]:
    """What waits is cancelled, retries included; what is leaving at this instant counts as sent."""
    codes = {"queued": Code.MESSAGE_CANCELLED, "sending": Code.SENDING_UNDER_WAY}
    for message in standing.messages:
        if message.grant_id in grant_ids and message.kind is not Kind.STOP_NOTICE and message.state in codes:
            yield Effect(
                code=codes[message.state],
                subject_kind="message",
                subject_id=message.id,
                creditor_id=message.recipient_id,
                grant_id=message.grant_id,
            )


def _of_conversations(standing: Standing, touched: Sequence[Conversation]) -> Iterable[Effect]:
    running = {term.conversation_id: term for term in standing.terms}
    for one in touched:
        reached = _reached(standing, one)
        if one.stops:
            yield _of(Code.CONVERSATION_STOPPED, one)
            for term in (term for term in standing.terms if term.conversation_id == one.id):
                yield _of(Code.TERM_ENDED, one, subject_kind="term", subject_id=term.id)
            if one.kind == "offer" and (reached or one.id in running):
                yield _of(Code.PRESUMPTION_CANCELLED, one)
        if one.agreed:
            yield _of(Code.AGREEMENT_STANDS, one)
        # A sending without an outcome may have arrived, however often it was tried (invariant I3).
        if reached and (one.stops or one.state == "undeliverable"):
            yield _of(Code.STOP_NOTICE, one)
        if reached:
            yield _of(Code.LATE_ANSWERS_UNREAD, one)


def _reached(standing: Standing, one: Conversation) -> bool:
    return any(
        message.reached
        for message in standing.messages
        if message.conversation_id == one.id and message.kind is not Kind.STOP_NOTICE
    )


def _of_answers(standing: Standing, touched: Sequence[Conversation], grant_ids: Collection[UUID]) -> Iterable[Effect]:
    """Each answer that was opened is judged by itself: erased where consent was its only basis, else kept and why."""
    known = {one.id: one for one in touched}
    flows = {permission.grant.id: permission.flow for permission in standing.permissions}
    for answer in standing.answers:
        conversation = known.get(answer.conversation_id)
        if conversation is None:
            continue
        resting = [
            other
            for other in standing.conversations
            if other.rests_on == conversation.id or (other.id == conversation.id and other.agreed)
        ]
        verdict = judge(
            flows.get(conversation.grant_id),
            agreements=[flows.get(other.grant_id) for other in resting if other.agreed],
            others=[flows.get(other.grant_id) for other in resting if other.stops and other.grant_id not in grant_ids],
        )
        yield Effect(
            code=Code.ANSWER_ERASED if verdict is None else Code.ANSWER_KEPT,
            subject_kind=answer.kind,
            subject_id=answer.id,
            creditor_id=conversation.creditor_id,
            grant_id=conversation.grant_id,
            basis=verdict.basis if verdict is not None else None,
            article=verdict.article if verdict is not None else None,
            days=verdict.days if verdict is not None else None,
        )


def _of_plans(standing: Standing, touched: Sequence[Conversation]) -> Iterable[Effect]:
    """A plan loses a creditor: it is incomplete, and nobody rejects it by itself."""
    leaving = {one.id for one in touched if one.kind == "offer" and one.stops}
    for proposal_id in sorted({one.proposal_id for one in touched if one.id in leaving and one.proposal_id}, key=str):
        staying = [
            one
            for one in standing.conversations
            if one.proposal_id == proposal_id and one.id not in leaving and one.state != "stopped"
        ]
        if staying:
            yield Effect(code=Code.PLAN_INCOMPLETE, subject_kind="proposal", subject_id=proposal_id)


def _of_cases(standing: Standing, chosen: Sequence[Permission], now: datetime) -> Iterable[Effect]:
    chosen_ids = with_earlier((known.grant.id for known in chosen), (known.grant for known in standing.permissions))
    for case_id in standing.case_ids:
        of_case = [known for known in standing.permissions if known.grant.case_id == case_id]
        if not any(known.grant.id in chosen_ids for known in of_case):
            continue
        others = [known for known in of_case if known.grant.id not in chosen_ids]
        if any(standing_of(known, now) == Status.ACTIVE for known in others):
            yield Effect(code=Code.OTHERS_GO_ON, subject_kind="case", subject_id=case_id)
        yield Effect(code=Code.COUNSELLOR_TOLD, subject_kind="case", subject_id=case_id)


def effects_on_partners(
    standing: Standing, found: Iterable[Effect], *, final: bool = True
) -> tuple[PartnerEffect, ...]:
    """
    What *found*, as `effects` made it, does to the partners of the resident; nobody but them is named in it.

    Args:
        final: False for a pause, which may be put right.
    """
    ended = {one.subject_id for one in found if one.code is Code.GRANT_ENDED}
    stopped = {
        known.grant.recipient_id for known in standing.permissions if known.grant.id in ended and _about_a_debt(known)
    }
    return partner_effects(standing.partners, standing.others_bound, stopped, final=final)


def _about_a_debt(known: Permission) -> bool:
    """A flow to whom something is owed; handing a case over to another organisation concerns no creditor."""
    return known.flow is None or bool(known.flow.recipients & {"creditor", "collector"})


def _of_partners(standing: Standing, ended: Sequence[Permission]) -> Iterable[Effect]:
    """What the resident hears about the partner: one word, and not what the partner has or said."""
    if not standing.partners or not any(_about_a_debt(known) for known in ended):
        return
    grants = [_of_grant(Code.GRANT_ENDED, known) for known in ended]
    told = what_to_say(standing.partners, effects_on_partners(standing, grants))
    if told is not None:
        code = Code.PARTNER_TOLD if told else Code.PARTNER_NOT_TOLD
        yield Effect(code=code, subject_kind="case", subject_id=min(known.grant.case_id for known in ended))


def _of(code: Code, one: Conversation, *, subject_kind: str | None = None, subject_id: UUID | None = None) -> Effect:
    return Effect(
        code=code,
        subject_kind=subject_kind or one.kind,
        subject_id=subject_id or one.id,
        creditor_id=one.creditor_id,
        grant_id=one.grant_id,
    )
