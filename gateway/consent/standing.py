"""What stands at one instant that stopping may touch: a resident's permissions and everything that rests on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from gateway.consent.flows import Flow
from gateway.consent.grants import Grant, GrantEvent
from gateway.consent.partners import Partner
from gateway.domain import settlement, statement_request
from gateway.domain.correspondence import Kind


@dataclass(frozen=True, kw_only=True)
class Permission:
    """
    A grant and what happened to it.

    Args:
        flow: None when the register no longer holds it.
        objected: The resident objected before to this flow, which a law prescribes.
    """

    grant: Grant
    events: tuple[GrantEvent, ...]
    flow: Flow | None
    objected: bool = False


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message: *state* as the outbox has it, *attempts* how often sending it began."""

    id: UUID
    conversation_id: UUID
    grant_id: UUID
    recipient_id: UUID
    kind: Kind
    state: str
    attempts: int

    @property
    def reached(self) -> bool:
        """It was sent, or may have been: nobody knows how a sending ended that never reported back."""
        return self.state in ("sending", "delivered") or self.attempts > 0


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """
    A statement request or an offer.

    Args:
        kind: "request" or "offer".
        rests_on: For an offer the request whose answer it was made from.
    """

    id: UUID
    case_id: UUID
    kind: str
    grant_id: UUID
    creditor_id: UUID
    state: str
    proposal_id: UUID | None = None
    rests_on: UUID | None = None

    @property
    def stops(self) -> bool:
        """Whether the end of the permission ends it: the state tables say so, nobody else."""
        if self.kind == "request":
            return statement_request.possible(
                statement_request.State(self.state), statement_request.Event.PERMISSION_ENDED
            )
        return settlement.possible(settlement.State(self.state), settlement.Event.PERMISSION_ENDED)

    @property
    def agreed(self) -> bool:
        return self.kind == "offer" and settlement.State(self.state) in settlement.AGREED


@dataclass(frozen=True, kw_only=True)
class RunningTerm:
    """A term that runs or is suspended."""

    id: UUID
    conversation_id: UUID


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Something that a creditor sent and that was opened: a "reply" to a request or an "answer" to an offer."""

    id: UUID
    kind: str
    conversation_id: UUID


@dataclass(frozen=True, kw_only=True)
class Standing:
    """
    Everything that may be touched, read under the resident's lock and that of the resident's partners.

    Args:
        others_bound: Per creditor whether its newest statement says that others are bound for the resident's debts.
    """

    case_ids: tuple[UUID, ...]
    permissions: tuple[Permission, ...]
    messages: tuple[Outgoing, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    terms: tuple[RunningTerm, ...] = ()
    answers: tuple[Answer, ...] = ()
    partners: tuple[Partner, ...] = ()
    others_bound: Mapping[UUID, bool | None] = field(default_factory=dict)
