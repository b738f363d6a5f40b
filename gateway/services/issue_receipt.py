"""Issue receipts: for everything that was said or done about one grant, signed proof with its place in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from gateway.consent.grants import Grant
from gateway.documents import receipt as form
from gateway.documents.receipt import EVENT_PREFIX, Parties, Placed
from gateway.errors import NotFound
from gateway.services.keep_checkpoints import checkpoint_over, sequence_journal
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, journal_tree, participants
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry


class State(StrEnum):
    """Whether there is a receipt."""

    SIGNED = "signed"
    COMING = "coming"  # recorded, and not numbered yet: it comes in a moment
    ERASED = "erased"  # what was said is nobody's any more; who kept the receipt can still prove it


@dataclass(frozen=True, kw_only=True)
class Issued:
    """
    One event of a grant with its receipt.

    Args:
        said: The event in one word; "renewed" for a yes that took the place of an earlier one.
        content: What the receipt says (`gateway.documents.receipt`); None unless it is signed.
        signed: The receipt, a compact JWS; None unless it is signed.
    """

    entry_id: int
    said: str
    at: datetime
    language: str
    state: State
    content: dict[str, Any] | None = None
    signed: str | None = None


def issue_receipts(
    runtime: Runtime, grant_id: UUID, now: datetime, *, actor: str, organisation_id: UUID | None
) -> list[Issued]:
    """
    The receipts of one grant, oldest event first; each may be issued as often as somebody asks.

    Whatever waits for its number gets it first. When another sequencer is at work just then, the newest event may be
    COMING: the resident's word counts from its record, not from its receipt.

    Raises:
        NotFound: The grant is not there, or another organisation's.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        grant, case = _owned(connection, grant_id, organisation_id)
        looked = Entry(
            kind="case.looked_at",
            actor=actor,
            case_id=case["id"],
            resident_id=case["resident_id"],
            subject_id=grant_id,
            facts={"part": "receipts"},
        )
        journal.append(connection, now, looked)
    return receipts_of(runtime, grant, now)


def receipts_of(runtime: Runtime, grant: Grant, now: datetime) -> list[Issued]:
    """The receipts of a grant that the caller may see, and whose look is recorded."""
    sequence_journal(runtime, now)
    with runtime.database.begin() as connection:
        happened = journal.of_grant(connection, grant.id, kind_prefix=EVENT_PREFIX)
        recipient = participants.many(connection, {grant.recipient_id})[grant.recipient_id]
        placed = _placed(runtime, connection, happened)
    sender = runtime.settings.sender
    parties = Parties(
        issuer={"name": sender.name, "id_kind": sender.id_kind, "id": sender.id_value},
        recipient_id=grant.recipient_id,
        recipient_name=recipient["name"],
    )
    return [_issued(runtime, grant, parties, row, placed.get(row["id"]), now) for row in happened]


def _owned(connection: Connection, grant_id: UUID, organisation_id: UUID | None) -> tuple[Grant, Row]:
    standing = grants.get(connection, grant_id)
    case = cases.get(connection, standing[0].case_id, organisation_id=organisation_id) if standing else None
    if standing is None or case is None:
        raise NotFound
    return standing[0], case


def _placed(runtime: Runtime, connection: Connection, happened: Sequence[Row]) -> dict[int, Placed]:
    """Each event that has a number and was not erased, with its proof in the first checkpoint that holds it."""
    found = {}
    for row in happened:
        if row["leaf_index"] is None or row["salt"] is None:
            continue
        kept = checkpoint_over(runtime, connection, row["leaf_index"])
        if kept is None:
            continue
        paths = journal_tree.inclusion_paths(connection, [row["leaf_index"]], kept.checkpoint.size)
        found[row["id"]] = Placed(
            entry_id=row["id"],
            kind=row["kind"],
            at=row["at"],
            actor=row["actor"],
            committed=journal.canonical_row(row),
            salt=bytes(row["salt"]),
            leaf_index=row["leaf_index"],
            path=paths[row["leaf_index"]],
            checkpoint=kept.signed,
        )
    return found


def _issued(runtime: Runtime, grant: Grant, parties: Parties, row: Row, placed: Placed | None, now: datetime) -> Issued:
    said = form.said(row["kind"], grant)
    language = grant.notice_language
    if placed is None:
        state = State.ERASED if row["salt"] is None else State.COMING
        return Issued(entry_id=row["id"], said=said, at=row["at"], language=language, state=state)
    content = form.content_of(grant, runtime.settings.flows.of(grant.purpose), parties, placed, now)
    signed = form.sign(content, lambda payload, typ: runtime.keys.sign(payload, typ=typ))
    return Issued(
        entry_id=row["id"],
        said=said,
        at=row["at"],
        language=language,
        state=State.SIGNED,
        content=content,
        signed=signed,
    )
