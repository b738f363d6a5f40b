"""The consent gate as services use it: decide, and leave the decision in the journal so that it can be replayed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.consent.decision import Ask, Permit, Reason, Refusal, Stage, decide
from gateway.consent.evaluation import facts_of, facts_of_look
from gateway.consent.reading import Case, Looked, look
from gateway.consent.standing import Conversation
from gateway.errors import NotFound
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, proposals, statement_requests
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
    one = Looked(ask=ask, purpose=purpose, flow=flow, grant=grant, events=events, answer=answer)
    return answer, _entry(one, case_id, now)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one look at a case may show: of each conversation that is *hidden*, why."""

    hidden: Mapping[UUID, Reason]

    def hides(self, conversation_id: UUID) -> str | None:
        """The code of the reason why what came back there is not shown; None = it may be seen."""
        reason = self.hidden.get(conversation_id)
        return reason.value if reason is not None else None


def sight_of(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    requests: Sequence[Row],
    offers: Sequence[Row],
    now: datetime,
    *,
    stage: Stage,
    actor: str,
    answered: Collection[UUID],
) -> Sight:
    """
    The gate at one look at a whole case; one statement fetches every grant, one entry keeps every decision.

    Args:
        requests: All of the case, and so *offers*.
        stage: READ or EXPORT.
        answered: The conversations of which there is something to see.
    """
    if not answered:
        return Sight(hidden={})
    about = _looked_into(runtime, connection, case, requests, offers)
    looked = [look(about, one.id, stage, actor, now) for one in about.conversations if one.id in answered]
    facts = facts_of_look(looked, now)
    entry = Entry(
        kind="decision.permitted" if facts["decision"] else "decision.restricted",
        actor="gateway",
        case_id=case["id"],
        resident_id=case["resident_id"],
        subject_id=case["id"],
        facts=facts,
    )
    journal.append(connection, now, entry)
    return Sight(hidden={one.ask.message_id: one.answer.reason for one in looked if isinstance(one.answer, Refusal)})


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

    Raises:
        NotFound: Its case was erased.
    """
    case = cases.get(connection, conversation["case_id"])
    if case is None:
        raise NotFound
    requests = statement_requests.of_case(connection, case["id"])
    offers = proposals.offers_of_case(connection, case["id"])
    about = _looked_into(runtime, connection, case, requests, offers)
    looked = look(about, conversation["id"], stage, actor, now)
    entry = _entry(looked, case["id"], now)
    return (looked.answer if isinstance(looked.answer, Refusal) else None), entry


def _looked_into(
    runtime: Runtime, connection: Connection, case: Row, requests: Sequence[Row], offers: Sequence[Row]
) -> Case:
    return Case(
        resident_id=case["resident_id"],
        conversations=[
            *(_conversation(row, "request") for row in requests),
            *(_conversation(row, "offer") for row in offers),
        ],
        known={grant.id: (grant, events) for grant, events in grants.of_case(connection, case["id"])},
        flows=runtime.settings.flows,
        closed_at=case["closed_at"],
    )


def _conversation(row: Row, kind: str) -> Conversation:
    return Conversation(
        id=row["id"],
        case_id=row["case_id"],
        kind=kind,
        grant_id=row["grant_id"],
        creditor_id=row["creditor_id"],
        state=row["state"],
        rests_on=row["request_id"] if kind == "offer" else None,
    )


def _entry(one: Looked, case_id: UUID, now: datetime) -> Entry:
    """One decision with everything that it rests on."""
    return Entry(
        kind="decision.permitted" if isinstance(one.answer, Permit) else "decision.refused",
        actor="gateway",
        case_id=case_id,
        resident_id=one.ask.resident_id,
        participant_id=one.ask.recipient_id,
        grant_id=one.answer.grant_id,
        subject_id=one.ask.message_id,
        facts=facts_of(one.ask, one.purpose, one.flow, one.grant, one.events, one.answer, now),
    )
