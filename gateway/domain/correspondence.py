"""What the gateway says to a creditor: every outgoing message as one frozen value, before any wire format."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """The kinds of outgoing message (Schuldenknooppunt names in brackets)."""

    STATEMENT_REQUEST = "statement_request"  # saldoverzoek
    STATEMENT_REMINDER = "statement_reminder"  # rappel
    STATEMENT_FINAL_NOTICE = "statement_final_notice"
    PROPOSAL = "proposal"  # betaalvoorstel
    PROPOSAL_REMINDER = "proposal_reminder"
    PROPOSAL_FINAL_NOTICE = "proposal_final_notice"
    SUBSTANTIATION_REQUEST = "substantiation_request"  # vraag om onderbouwing
    RECONSIDERATION = "reconsideration"  # heroverweging: will you look at your refusal once more
    STOP_NOTICE = "stop_notice"  # art. 19 GDPR: stop using what was asked
    OUTCOME_NOTICE = "outcome_notice"  # what the term led to, and how to rebut it


@dataclass(frozen=True, kw_only=True)
class Party:
    """An organisation as it is named in a message; *id_kind* is "oin" or "kvk"."""

    name: str
    id_kind: str
    id_value: str


@dataclass(frozen=True, kw_only=True)
class AboutResident:
    """
    Who the message is about: only what this flow may carry; None = not granted or not known.

    *bsn* is present only towards a creditor that a law entitles to it (art. 46 UAVG).
    """

    initials: str | None = None
    surname: str | None = None
    birth_date: date | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    town: str | None = None
    bsn: str | None = None
    customer_number: str | None = None  # the creditor's number for this resident, as the counsellor knows it


@dataclass(frozen=True, kw_only=True)
class OfferLine:
    """What one creditor is offered; amounts in euro cents, *percentage* as a decimal string such as "16.36"."""

    claim_cents: int
    offer_cents: int
    percentage: str
    rank: str
    basis: str  # "total" or "original_debt"


@dataclass(frozen=True, kw_only=True)
class Message:
    """
    One outgoing message.

    Args:
        message_id: Unique per message; repeated unchanged on every retry, so a receiver can drop duplicates.
        conversation_id: The statement request or the offer this belongs to; the id to answer to.
        sent_at: Aware, UTC.
        period_from: The earliest day that the answer may go back to; None = what stands on the day of answering.
        respond_by: The last day on which an answer is in time (a Dutch calendar day); None while it
            depends on a delivery that has not happened yet.
        term: The term in words, such as "15 working days after delivery".
        silence: What silence will mean under the regime in force, in the exact words that regime allows.
        references: The creditor's own references as the resident or counsellor knows them.
        reply_url: Where an answer may be sent; None for kinds that need none.
    """

    kind: Kind
    message_id: UUID
    conversation_id: UUID
    sender: Party
    contact: str
    recipient: Party
    sent_at: datetime
    resident: AboutResident
    references: tuple[str, ...] = ()
    period_from: date | None = None
    respond_by: date | None = None
    term: str | None = None
    silence: str | None = None
    ask_components: bool = False
    offer: OfferLine | None = None
    duration_months: int | None = None
    missing_facts: tuple[str, ...] = ()
    note: str | None = None
    reply_url: str | None = None

    def fields_out(self) -> frozenset[str]:
        """The personal fields this message really carries, as named in the flow register ("resident.bsn", ...)."""
        used = {
            f"resident.{field.name}"
            for field in fields(self.resident)
            if getattr(self.resident, field.name) is not None
        }
        if self.references:
            used.add("references")
        if self.offer is not None:
            used.add("offer")
        return frozenset(used)
