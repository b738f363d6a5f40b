"""What is on record about each creditor of a case, gathered once: however often it was asked, it is one creditor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.consent.decision import Stage
from gateway.domain.statement import Statement, from_dict
from gateway.services.gate import Sight, sight_of
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
        sight: What of it may be shown to whoever looks.
    """

    creditor: Row
    request: Row
    others: tuple[Row, ...]
    replies: tuple[Row, ...]
    offer: Row | None
    running: dict[UUID, list[Row]]
    sight: Sight

    @property
    def accepted(self) -> list[Row]:
        """Every answer that was understood and may be seen, to whichever request, in the order in which they came."""
        return [one for one in self.replies if one["status"] == "accepted" and not self.hides(one)]

    @property
    def waiting(self) -> list[Row]:
        """What waits for a person, seen or not."""
        return [reply for reply in self.replies if reply["status"] in statement_requests.WAITING]

    @property
    def withheld(self) -> list[tuple[UUID, str, int]]:
        """(request, reason, how many answers) of every request whose answers are on record and may not be seen."""
        counted = Counter(reply["request_id"] for reply in self.replies if is_answer(reply) and self.hides(reply))
        return [(request, self.sight.hides(request) or "", times) for request, times in counted.items()]

    @property
    def versions(self) -> int:
        """How many answers were understood, seen or not."""
        return sum(reply["status"] == "accepted" for reply in self.replies)

    def hides(self, reply: Row) -> str | None:
        """Why this reply may not be seen; None = it may."""
        return self.sight.hides(reply["request_id"])


def is_answer(reply: Row) -> bool:
    """Whether there is something in it to see: it was read and counts, or it waits for a person."""
    return reply["status"] == "accepted" or reply["status"] in statement_requests.WAITING


def case_files(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    proposal_ids: Sequence[UUID],
    now: datetime,
    *,
    stage: Stage,
    actor: str,
) -> list[CaseFile]:
    """
    One file per creditor, in as many queries for one creditor as for a hundred.

    The gate of reading is asked about every answer and offer in it, and its decisions are in the journal.
    """
    asked_for = statement_requests.of_case(connection, case["id"])
    requests: dict[UUID, list[Row]] = {}
    for request in asked_for:
        requests.setdefault(request["creditor_id"], []).append(request)
    replies: dict[UUID, list[Row]] = {}
    for reply in statement_requests.replies_of_case(connection, case["id"]):
        replies.setdefault(reply["request_id"], []).append(reply)
    newest_first = list(reversed(proposal_ids))
    offers = sorted(
        proposals.offers_of_case(connection, case["id"]), key=lambda offer: newest_first.index(offer["proposal_id"])
    )
    answered = {request for request, of_one in replies.items() if any(map(is_answer, of_one))}
    sight = sight_of(
        runtime, connection, case, asked_for, offers, now, stage=stage, actor=actor,
        answered=answered | {offer["id"] for offer in offers},
    )  # fmt: skip
    asked = [request["id"] for of_one in requests.values() for request in of_one]
    running = terms.of_subjects(connection, [*asked, *(offer["id"] for offer in offers)])
    creditors = participants.many(connection, requests.keys())
    files = []
    for creditor_id, of_one in requests.items():
        known = [reply for request in of_one for reply in replies.get(request["id"], ())]
        understood = {one["request_id"] for one in known if one["status"] == "accepted"}
        counts = _that_counts(of_one, {one for one in understood if sight.hides(one) is None} or understood)
        files.append(
            CaseFile(
                creditor=creditors[creditor_id],
                request=counts,
                others=tuple(request for request in of_one if request is not counts),
                replies=tuple(sorted(known, key=lambda reply: (reply["received_at"], reply["version"]))),
                offer=next((offer for offer in offers if offer["creditor_id"] == creditor_id), None),
                running=running,
                sight=sight,
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
        readable = [one for one in file.waiting if one["statement"] is not None and not file.hides(one)]
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
