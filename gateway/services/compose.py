"""An outgoing message, composed from the record: only what its flow may carry and its recipient may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gateway.consent.partners import ADDRESS
from gateway.domain.correspondence import AboutResident, Kind, Message, OfferLine, Party
from gateway.domain.deadlines import due_on, local_day
from gateway.services import ladder
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, participants, partners, proposals, terms
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing

_NO_RESIDENT = AboutResident()
_PERSON = ("initials", "surname", "birth_date")
_ADDRESS = tuple(sorted(name.partition(".")[2] for name in ADDRESS))


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A message with the rows it was made of."""

    message: Message
    row: Row
    conversation: Row
    recipient: Row


def compose(runtime: Runtime, connection: Connection, row: Row, now: datetime) -> Composed:
    """
    The message of one outbox row as it would leave now.

    A stop notice carries a reference only. The BSN goes only to a participant that a law entitles to it, the address to
    nobody while it is protected: then less is sent than was granted, and nothing is refused.
    """
    conversation = ladder.conversation_row(connection, row["subject_kind"], row["subject_id"])
    recipient = participants.get(connection, row["recipient_id"])
    resident = cases.get_resident(connection, row["resident_id"])
    assert recipient is not None  # foreign key
    wrapped = bytes(resident["wrapped"])
    about = runtime.unseal(wrapped, resident["sealed"], table="resident", row=resident["id"], column="sealed")
    known = runtime.unseal(wrapped, conversation["sealed"], table=_table(row), row=conversation["id"], column="sealed")
    grant = grants.get(connection, row["grant_id"])
    hidden = partners.address_protected(connection, row["resident_id"]) or _given_without_address(grant)
    said: dict[str, Any] = {}
    if row["sealed"] is not None:
        said = runtime.unseal(wrapped, row["sealed"], table="message", row=row["id"], column="sealed")
    kind = Kind(row["kind"])
    message = Message(
        kind=kind,
        message_id=row["id"],
        conversation_id=conversation["id"],
        sender=runtime.settings.sender,
        contact=runtime.settings.contact,
        recipient=Party(name=recipient["name"], id_kind=recipient["id_kind"], id_value=recipient["id_value"]),
        sent_at=now,
        resident=_about(kind, about, known, entitled=_may_have_bsn(recipient, grant), hidden=hidden),
        references=tuple(known.get("references", ())),
        period_from=_since(kind, known),
        **_term(runtime, connection, kind, row["subject_kind"], conversation, now),
        **_offer(connection, kind, conversation, known),
        ask_components=kind in (Kind.STATEMENT_REQUEST, Kind.STATEMENT_REMINDER),
        missing_facts=tuple(said.get("missing_facts", ())),
        note=said.get("note"),
        reply_url=_reply_url(runtime, kind, row["subject_kind"], conversation["id"]),
    )
    return Composed(message=message, row=row, conversation=conversation, recipient=recipient)


def _table(row: Row) -> str:
    return "statement_request" if row["subject_kind"] == "request" else "offer"


def _given_without_address(grant: Standing | None) -> bool:
    """The yes was said while the address was protected, to a text that did not speak of it: so it covers none."""
    return grant is not None and grant[0].fields_out is not None and not ADDRESS & set(grant[0].fields_out)


def _may_have_bsn(recipient: Row, grant: Standing | None) -> bool:
    """Where a law entitles the recipient to it, and the flow carries it: most do not."""
    carries = grant is None or grant[0].fields_out is None or "resident.bsn" in grant[0].fields_out
    return recipient["bsn_basis"] is not None and carries


def _about(kind: Kind, about: dict[str, Any], known: dict[str, Any], *, entitled: bool, hidden: bool) -> AboutResident:
    if kind is Kind.STOP_NOTICE:
        return _NO_RESIDENT
    fields: dict[str, Any] = {name: about.get(name) for name in _PERSON}
    if kind in (Kind.STATEMENT_REQUEST, Kind.STATEMENT_REMINDER, Kind.STATEMENT_FINAL_NOTICE):
        if not hidden:
            fields |= {name: about.get(name) for name in _ADDRESS}
        if entitled:
            fields["bsn"] = about.get("bsn")
    if fields["birth_date"] is not None:
        fields["birth_date"] = date.fromisoformat(fields["birth_date"])
    return AboutResident(**fields, customer_number=known.get("customer_number"))


def _since(kind: Kind, known: dict[str, Any]) -> date | None:
    """How far back was asked, said in every message that asks for a statement."""
    asks = kind in (Kind.STATEMENT_REQUEST, Kind.STATEMENT_REMINDER, Kind.STATEMENT_FINAL_NOTICE)
    return date.fromisoformat(known["since"]) if asks and known.get("since") is not None else None


def _term(
    runtime: Runtime, connection: Connection, kind: Kind, subject_kind: str, conversation: Row, now: datetime
) -> dict[str, Any]:
    """Until when an answer is in time, and what silence would mean, in the regime's own words."""
    if kind in (Kind.STOP_NOTICE, Kind.OUTCOME_NOTICE):
        return {}
    policy = ladder.policy_of(runtime, conversation)
    regime = ladder.regime_of(runtime, conversation)
    calendar = runtime.settings.calendar
    today = local_day(now)
    last: date | None
    if kind in (Kind.STATEMENT_REQUEST, Kind.PROPOSAL):
        length, last = policy.term, due_on(policy.term, today, calendar)
    elif kind in (Kind.STATEMENT_REMINDER, Kind.PROPOSAL_REMINDER):
        running = terms.open_of(connection, conversation["id"], kind=ladder.ANSWER)
        length, last = policy.term, _last_day(running)
    else:
        length, last = policy.cure, due_on(policy.cure, today, calendar)
    words = regime.words.get(runtime.settings.language, regime.words["nl"]) if subject_kind == "offer" else None
    return {"respond_by": last, "term": f"{length} after delivery", "silence": words}


def _last_day(running: Row | None) -> date | None:
    """The last day of a term that may have ended, or be suspended."""
    return running["due_on"] if running is not None else None


def _offer(connection: Connection, kind: Kind, conversation: Row, known: dict[str, Any]) -> dict[str, Any]:
    if kind not in (Kind.PROPOSAL, Kind.PROPOSAL_REMINDER, Kind.PROPOSAL_FINAL_NOTICE):
        return {}
    proposal = proposals.get(connection, conversation["proposal_id"])
    assert proposal is not None  # foreign key
    line = OfferLine(
        claim_cents=known["claim_cents"],
        offer_cents=known["offer_cents"],
        percentage=known["percentage"],
        rank=known["rank"],
        basis=proposal["basis"],
    )
    return {"offer": line, "duration_months": proposal["duration_months"]}


def _reply_url(runtime: Runtime, kind: Kind, subject_kind: str, conversation_id: UUID) -> str | None:
    if kind is Kind.STOP_NOTICE:
        return None
    if subject_kind == "request":
        return f"{runtime.settings.base_url}/v1/statement-requests/{conversation_id}/reply"
    return f"{runtime.settings.base_url}/v1/offers/{conversation_id}/answer"
