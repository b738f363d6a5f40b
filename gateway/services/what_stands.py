"""Everything in a resident's cases that stopping may touch, read at one instant under the resident's lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gateway.consent.standing import Answer, Conversation, Outgoing, Permission, RunningTerm, Standing
from gateway.domain.correspondence import Kind
from gateway.services.partner_shares import shared_with_partner
from gateway.services.runtime import Runtime
from gateway.storage import about_resident, grants, messages, proposals, statement_requests, terms
from gateway.storage.database import Connection, Row

# What a creditor sent and somebody or something opened; what stayed unopened is destroyed by its own term.
_OPENED_REPLIES = frozenset({"accepted", "held", "dismissed", "keyed", "superseded"})
_OPENED_ANSWERS = frozenset({"accepted", "substantiated", "unsubstantiated", "routed"})


def what_stands(runtime: Runtime, connection: Connection, case_ids: Sequence[UUID], now: datetime) -> Standing:
    """
    The standing of these cases of one resident, and what a partner shares with the resident.

    The caller holds the resident, and to apply what follows the partner too, so that nothing moves meanwhile.
    """
    permissions = [one for case_id in case_ids for one in _permissions(runtime, connection, case_id)]
    requests = [row for case_id in case_ids for row in statement_requests.of_case(connection, case_id)]
    offers = [row for case_id in case_ids for row in proposals.offers_of_case(connection, case_id)]
    conversations = [
        *(_conversation(row, "request") for row in requests),
        *(_conversation(row, "offer") for row in offers),
    ]
    ids = [one.id for one in conversations]
    return Standing(
        case_ids=tuple(case_ids),
        permissions=tuple(permissions),
        messages=tuple(_outgoing(row) for row in messages.of_subjects(connection, ids)),
        conversations=tuple(conversations),
        terms=tuple(
            RunningTerm(id=row["id"], conversation_id=row["subject_id"])
            for rows in terms.of_subjects(connection, ids).values()
            for row in rows
            if row["state"] in ("running", "suspended")
        ),
        answers=(
            *_answers(statement_requests.kept_replies(connection, case_ids, _OPENED_REPLIES), "reply"),
            *_answers(proposals.kept_answers(connection, case_ids, _OPENED_ANSWERS), "answer"),
        ),
        **shared_with_partner(runtime, connection, case_ids, now),
    )


def _permissions(runtime: Runtime, connection: Connection, case_id: UUID) -> list[Permission]:
    of_case = grants.of_case(connection, case_id)
    objected = about_resident.objected(connection, [grant.id for grant, _ in of_case])
    return [
        Permission(
            grant=grant,
            events=events,
            flow=runtime.settings.flows.of(grant.purpose),
            objected=grant.id in objected,
        )
        for grant, events in of_case
    ]


def _conversation(row: Row, kind: str) -> Conversation:
    return Conversation(
        id=row["id"],
        case_id=row["case_id"],
        kind=kind,
        grant_id=row["grant_id"],
        creditor_id=row["creditor_id"],
        state=row["state"],
        proposal_id=row["proposal_id"] if kind == "offer" else None,
        rests_on=row["request_id"] if kind == "offer" else None,
    )


def _outgoing(row: Row) -> Outgoing:
    return Outgoing(
        id=row["id"],
        conversation_id=row["subject_id"],
        grant_id=row["grant_id"],
        recipient_id=row["recipient_id"],
        kind=Kind(row["kind"]),
        state=row["state"],
        attempts=row["attempts"],
    )


def _answers(rows: Sequence[tuple[UUID, UUID]], kind: str) -> list[Answer]:
    return [Answer(id=answer_id, kind=kind, conversation_id=conversation) for answer_id, conversation in rows]
