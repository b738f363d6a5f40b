"""The consent gate as services use it: decide, and leave the decision in the journal so that it can be replayed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gateway.consent.decision import Ask, Permit, Refusal, Stage, decide
from gateway.consent.evaluation import facts_of
from gateway.domain.correspondence import Kind
from gateway.services.runtime import Runtime
from gateway.storage import grants
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry


def gate(
    runtime: Runtime, ask: Ask, purpose: str, standing: Standing | None, now: datetime, *, case_id: UUID
) -> tuple[Permit | Refusal, Entry]:
    """
    The decision on *ask*, and the journal entry that the caller writes in the same transaction as what follows.

    The caller holds the resident's lock, so that every decision and every withdrawal have one order. An entry that
    cannot be written takes what follows along: no record, no message.
    """
    grant, events = standing if standing is not None else (None, ())
    flow = runtime.settings.flows.of(purpose)
    answer = decide(ask, flow, grant, events, now)
    entry = Entry(
        kind="decision.permitted" if isinstance(answer, Permit) else "decision.refused",
        actor="gateway",
        case_id=case_id,
        resident_id=ask.resident_id,
        participant_id=ask.recipient_id,
        grant_id=answer.grant_id,
        subject_id=ask.message_id,
        facts=facts_of(ask, purpose, flow, grant, events, answer, now),
    )
    return answer, entry


def may_be_seen(
    runtime: Runtime, connection: Connection, conversation: Row, now: datetime, *, stage: Stage, actor: str
) -> tuple[Refusal | None, Entry]:
    """
    The gate at reading and at exporting: may *actor* look at, or take along, what came back in this conversation?

    Args:
        conversation: A statement request or an offer.
        stage: READ or EXPORT.

    Returns:
        The refusal, if it is one, and the journal entry for the caller to write.
    """
    standing = grants.get(connection, conversation["grant_id"])
    ask = Ask(
        stage=stage,
        message_id=conversation["id"],
        kind=Kind.PROPOSAL if "proposal_id" in conversation else Kind.STATEMENT_REQUEST,
        resident_id=conversation["resident_id"],
        recipient_id=conversation["creditor_id"],
        actor=actor,
    )
    purpose = standing[0].purpose if standing is not None else ""
    answer, entry = gate(runtime, ask, purpose, standing, now, case_id=conversation["case_id"])
    return (answer if isinstance(answer, Refusal) else None), entry
