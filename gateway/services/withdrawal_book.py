"""What stopping did, as journal entries: about the resident who stops, and apart from those about a partner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway.consent.effects import Code, Effect
from gateway.consent.grants import EventKind
from gateway.consent.partners import PartnerEffect, Step
from gateway.consent.standing import Conversation, Standing
from gateway.storage.database import Row
from gateway.storage.journal import Entry

# What the journal calls each effect. What is not here stands in the record already: by a state that changed, or
# because nothing happened.
_KINDS: Mapping[Code, str] = {
    Code.OBJECTION_RECORDED: "objection.recorded",
    Code.MESSAGE_CANCELLED: "message.cancelled",
    Code.PRESUMPTION_CANCELLED: "presumption.cancelled",
    Code.STOP_NOTICE: "stop_notice.queued",
    Code.ANSWER_ERASED: "answer.erased",
    Code.ANSWER_KEPT: "answer.kept",
    Code.PLAN_INCOMPLETE: "proposal.incomplete",
    Code.COUNSELLOR_TOLD: "counsellor.told",
}


@dataclass(frozen=True, kw_only=True)
class Book:
    """
    Writes effects down.

    Args:
        actor: Who stops, as the journal writes it.
    """

    case: Row
    standing: Standing
    actor: str

    def conversation(self, conversation_id: UUID) -> Conversation:
        return next(one for one in self.standing.conversations if one.id == conversation_id)

    def entries(self, found: Sequence[Effect], event: EventKind, facts: Mapping[str, Any]) -> list[Entry]:
        """One entry for each effect that is not in the record by itself; *facts* go with the grants that end."""
        purposes = {known.grant.id: known.grant.purpose for known in self.standing.permissions}
        written = []
        for one in found:
            purpose = {"purpose": purposes[one.grant_id]} if one.grant_id is not None else {}
            if one.code is Code.GRANT_ENDED:
                written.append(self._entry(one, f"consent.{event.value}", {**purpose, **facts}))
            elif one.code is Code.CONVERSATION_STOPPED and one.subject_kind == "request":
                written.append(self._entry(one, "request.stopped", {**purpose, "reason": event.value}))
            elif one.code in _KINDS:
                written.append(self._entry(one, _KINDS[one.code], {**purpose, **self._said(one, event, facts)}))
        return written

    def _said(self, one: Effect, event: EventKind, facts: Mapping[str, Any]) -> dict[str, Any]:
        match one.code:
            case Code.MESSAGE_CANCELLED:
                return {"message_id": str(one.subject_id), "reason": event.value}
            case Code.ANSWER_ERASED:
                return {f"{one.subject_kind}_id": str(one.subject_id)}
            case Code.ANSWER_KEPT:
                return {
                    f"{one.subject_kind}_id": str(one.subject_id),
                    "basis": one.basis.value if one.basis is not None else None,
                    "article": one.article,
                    "days": one.days,
                }
            case Code.COUNSELLOR_TOLD:
                return {"why": event.value, **{name: facts[name] for name in ("lateness",) if name in facts}}
            case _:
                return {}

    def _entry(self, one: Effect, kind: str, facts: Mapping[str, Any]) -> Entry:
        return Entry(
            kind=kind,
            actor=self.actor,
            case_id=self._case_of(one),
            resident_id=self.case["resident_id"],
            participant_id=one.creditor_id,
            grant_id=one.grant_id,
            subject_id=one.subject_id,
            facts=facts,
        )

    def _case_of(self, one: Effect) -> UUID:
        """The case of an effect: that of its grant, or the subject itself."""
        if one.subject_kind == "case":
            return one.subject_id
        for known in self.standing.permissions:
            if known.grant.id == one.grant_id:
                return known.grant.case_id
        for conversation in self.standing.conversations:
            if conversation.proposal_id == one.subject_id:
                return conversation.case_id
        found: UUID = self.case["id"]
        return found


def partner_entries(found: Iterable[PartnerEffect]) -> list[Entry]:
    """
    What a partner's own journal says. The gateway did it: neither who stopped nor why is anywhere in it (I21).

    Only the sentence to the partner is shown to the partner; see `consent.partners.CONFIDENTIAL` for the others.
    """
    return [
        Entry(
            kind=one.step.value,
            actor="gateway",
            case_id=one.case_id,
            resident_id=one.resident_id,
            participant_id=one.creditor_id,
            subject_id=one.subject_id,
            facts=_to_counsellor(one) if one.step is Step.COUNSELLOR_TOLD else {},
        )
        for one in found
    ]


def _to_counsellor(one: PartnerEffect) -> dict[str, Any]:
    return {"certainty": one.certainty.value if one.certainty is not None else None, "silent": one.silent}
