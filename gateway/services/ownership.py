"""Whose is it? A case, offer or counsellor of another organisation is as unknown as one that does not exist."""

from __future__ import annotations

from uuid import UUID

from gateway.errors import Fault, Invalid, NotFound
from gateway.services import ladder
from gateway.storage import cases, participants, proposals, statement_requests
from gateway.storage.database import Connection, Row


def held_offer(connection: Connection, organisation_id: UUID, offer_id: UUID) -> Row:
    """
    An offer in a case of this organisation; its resident and the offer itself are held until the transaction ends.

    Raises:
        NotFound: There is no such offer for this organisation.
    """
    offer = proposals.get_offer(connection, offer_id)
    if offer is None or cases.get(connection, offer["case_id"], organisation_id=organisation_id) is None:
        raise NotFound
    cases.lock_resident(connection, offer["resident_id"])
    return ladder.conversation_row(connection, "offer", offer_id)


def held_reply(connection: Connection, organisation_id: UUID, reply_id: UUID) -> tuple[Row, Row]:
    """
    A reply in a case of this organisation with the request it answers; resident and request are held.

    Raises:
        NotFound: There is no such reply for this organisation.
    """
    reply = statement_requests.get_reply(connection, reply_id)
    if reply is None:
        raise NotFound
    request = held_request(connection, organisation_id, reply["request_id"])
    reply = statement_requests.get_reply(connection, reply_id)  # again: now nobody else is at it
    assert reply is not None  # replies are never deleted
    return reply, request


def held_request(connection: Connection, organisation_id: UUID, request_id: UUID) -> Row:
    """
    A statement request in a case of this organisation; its resident and the request itself are held.

    Raises:
        NotFound: There is no such request for this organisation.
    """
    request = statement_requests.get(connection, request_id)
    if request is None or cases.get(connection, request["case_id"], organisation_id=organisation_id) is None:
        raise NotFound
    cases.lock_resident(connection, request["resident_id"])
    return ladder.conversation_row(connection, "request", request_id)


def named_counsellor(connection: Connection, organisation_id: UUID, counsellor_id: UUID, *, pointer: str) -> None:
    """
    The person whose name stands under a decision works for this organisation.

    Raises:
        Invalid: There is no such counsellor; *pointer* says where the id was sent.
    """
    counsellor = participants.get_counsellor(connection, counsellor_id)
    if counsellor is None or counsellor["organisation_id"] != organisation_id:
        raise Invalid([Fault(pointer=pointer, code="unknown", detail="There is no such counsellor.")])
