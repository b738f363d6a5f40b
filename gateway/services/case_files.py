"""What is on record about each creditor of a case, gathered once: however often it was asked, it is one creditor."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from gateway.domain.statement import Statement, from_dict
from gateway.services.runtime import Runtime
from gateway.storage import participants, proposals, statement_requests, terms
from gateway.storage.database import Connection, Row


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """
    Everything on record about one creditor of a case.

    Args:
        request: The one that counts; *others* were asked beside it, for instance because that one never arrived.
        replies: To all of them, in the order in which they came in.
        offer: Of the newest proposal in which this creditor takes part.
        running: The terms of every request and offer of the case.
    """

    creditor: Row
    request: Row
    others: tuple[Row, ...]
    replies: tuple[Row, ...]
    offer: Row | None
    running: dict[UUID, list[Row]]

    @property
    def accepted(self) -> list[Row]:
        """Every answer that was understood, to whichever request, in the order in which they came in."""
        return [reply for reply in self.replies if reply["status"] == "accepted"]

    @property
    def waiting(self) -> list[Row]:
        """What waits for a person."""
        return [reply for reply in self.replies if reply["status"] in statement_requests.WAITING]


def case_files(connection: Connection, case_id: UUID, proposal_ids: Sequence[UUID]) -> list[CaseFile]:
    """One file per creditor, in as many queries for one creditor as for a hundred."""
    requests: dict[UUID, list[Row]] = {}
    for request in statement_requests.of_case(connection, case_id):
        requests.setdefault(request["creditor_id"], []).append(request)
    replies: dict[UUID, list[Row]] = {}
    for reply in statement_requests.replies_of_case(connection, case_id):
        replies.setdefault(reply["request_id"], []).append(reply)
    newest_first = list(reversed(proposal_ids))
    offers = sorted(
        proposals.offers_of_case(connection, case_id), key=lambda offer: newest_first.index(offer["proposal_id"])
    )
    asked = [request["id"] for of_one in requests.values() for request in of_one]
    running = terms.of_subjects(connection, [*asked, *(offer["id"] for offer in offers)])
    creditors = participants.many(connection, requests.keys())
    files = []
    for creditor_id, of_one in requests.items():
        known = [reply for request in of_one for reply in replies.get(request["id"], ())]
        counts = _that_counts(of_one, {reply["request_id"] for reply in known if reply["status"] == "accepted"})
        files.append(
            CaseFile(
                creditor=creditors[creditor_id],
                request=counts,
                others=tuple(request for request in of_one if request is not counts),
                replies=tuple(sorted(known, key=lambda reply: (reply["received_at"], reply["version"]))),
                offer=next((offer for offer in offers if offer["creditor_id"] == creditor_id), None),
                running=running,
            )
        )
    return files


def _that_counts(requests: Sequence[Row], answered: Set[UUID]) -> Row:
    """Of the requests to one creditor the newest that was answered, or else the newest: as a proposal counts them."""
    return next((request for request in reversed(requests) if request["id"] in answered), requests[-1])


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a creditor said last, and what it said before that."""

    reply: Row | None = None
    statement: Statement | None = None
    previous_reply: Row | None = None
    previous: Statement | None = None
    provisional: bool = False


def stated_in(runtime: Runtime, file: CaseFile, wrapped: bytes) -> Stated:
    """The newest answer that was understood and the one before it; without any, what could be read of a held one."""

    def opened(reply: Row) -> Statement:
        return from_dict(
            runtime.unseal(wrapped, reply["statement"], table="reply", row=reply["id"], column="statement")
        )

    accepted = file.accepted
    if not accepted:
        readable = [reply for reply in file.waiting if reply["statement"] is not None]
        if not readable:
            return Stated()
        return Stated(reply=readable[-1], statement=opened(readable[-1]), provisional=True)
    shown = [reply for reply in accepted if reply["request_id"] == file.request["id"]][-1]
    before = accepted[: accepted.index(shown)]
    return Stated(
        reply=shown,
        statement=opened(shown),
        previous_reply=before[-1] if before else None,
        previous=opened(before[-1]) if before else None,
    )
