"""The consent gate as services use it: decide, and leave the decision in the journal with its reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gateway.consent.decision import Ask, Permit, Refusal, decide
from gateway.services.runtime import Runtime
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry


def gate(
    runtime: Runtime, ask: Ask, purpose: str, standing: Standing | None, now: datetime, *, case_id: UUID
) -> tuple[Permit | Refusal, Entry]:
    """
    The decision on *ask*, and the journal entry that the caller writes in the same transaction as what follows.

    The caller holds the resident's lock, so that every decision and every withdrawal have one order.
    """
    grant, events = standing if standing is not None else (None, ())
    answer = decide(ask, runtime.settings.flows.of(purpose), grant, events, now)
    permitted = isinstance(answer, Permit)
    facts: dict[str, object] = {
        "stage": ask.stage.value,
        "kind": ask.kind.value,
        "purpose": purpose,
        "fields": sorted(ask.fields),
        "digest": ask.digest,
    }
    if isinstance(answer, Refusal):
        facts["reason"] = answer.reason.value
    entry = Entry(
        kind="decision.permitted" if permitted else "decision.refused",
        actor="gateway",
        case_id=case_id,
        resident_id=ask.resident_id,
        participant_id=ask.recipient_id,
        grant_id=answer.grant_id,
        subject_id=ask.message_id,
        facts=facts,
    )
    return answer, entry
