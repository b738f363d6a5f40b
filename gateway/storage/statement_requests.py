"""Statement requests and the replies to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, update

from gateway.storage.database import Row
from gateway.storage.tables import case_file, consent_grant, participant, reply, resident_key, statement_request

WAITING = ("held", "keyed")  # what waits for a person stops the clock


def add(connection: Connection, rows: Sequence[Row]) -> None:
    connection.execute(insert(statement_request), [dict(row) for row in rows])


def get(connection: Connection, request_id: UUID, *, lock: bool = False) -> Row | None:
    query = select(statement_request).where(statement_request.c.id == request_id)
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return found._mapping if found is not None else None


def of_case(connection: Connection, case_id: UUID) -> list[Row]:
    query = (
        select(statement_request)
        .where(statement_request.c.case_id == case_id)
        .order_by(statement_request.c.asked_at, statement_request.c.id)
    )
    return [row._mapping for row in connection.execute(query)]


def asked_for(connection: Connection, case_id: UUID) -> list[tuple[UUID, str, str]]:
    """(creditor, state, purpose) of every request of the case."""
    query = (
        select(statement_request.c.creditor_id, statement_request.c.state, consent_grant.c.purpose)
        .join(consent_grant, consent_grant.c.id == statement_request.c.grant_id)
        .where(statement_request.c.case_id == case_id)
    )
    return [(row.creditor_id, row.state, row.purpose) for row in connection.execute(query)]


def of_grants(connection: Connection, grant_ids: Sequence[UUID]) -> list[Row]:
    """Everything that rests on these grants, locked."""
    query = (
        select(statement_request)
        .where(statement_request.c.grant_id.in_(grant_ids))
        .order_by(statement_request.c.id)
        .with_for_update()
    )
    return [row._mapping for row in connection.execute(query)]


def of_creditor(connection: Connection, creditor_id: UUID, states: Sequence[str], *, limit: int) -> list[Row]:
    """The creditor's own requests in these states, with the case's reference for recognition, oldest first."""
    query = (
        select(statement_request, case_file.c.reference.label("case_reference"))
        .join(case_file, case_file.c.id == statement_request.c.case_id)
        .where(statement_request.c.creditor_id == creditor_id, statement_request.c.state.in_(states))
        .order_by(statement_request.c.asked_at)
        .limit(limit)
    )
    return [row._mapping for row in connection.execute(query)]


def change(connection: Connection, request_id: UUID, **values: Any) -> None:
    connection.execute(update(statement_request).where(statement_request.c.id == request_id).values(**values))


def add_reply(connection: Connection, row: Row) -> None:
    connection.execute(insert(reply).values(**row))


def change_reply(connection: Connection, reply_id: UUID, **values: Any) -> None:
    connection.execute(update(reply).where(reply.c.id == reply_id).values(**values))


def get_reply(connection: Connection, reply_id: UUID) -> Row | None:
    found = connection.execute(select(reply).where(reply.c.id == reply_id)).one_or_none()
    return found._mapping if found is not None else None


def same_reply(connection: Connection, request_id: UUID, digest: str) -> Row | None:
    """An earlier reply to this request with the very same bytes that was taken in."""
    query = (
        select(reply)
        .where(
            reply.c.request_id == request_id,
            reply.c.digest == digest,
            reply.c.status.in_(["accepted", "held", "quarantined", "acknowledged"]),
        )
        .order_by(reply.c.received_at)
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def next_version(connection: Connection, request_id: UUID) -> int:
    return 1 + int(connection.scalar(select(func.count()).where(reply.c.request_id == request_id)) or 0)


def replies_of_case(connection: Connection, case_id: UUID) -> list[Row]:
    query = (
        select(reply)
        .join(statement_request, statement_request.c.id == reply.c.request_id)
        .where(statement_request.c.case_id == case_id)
        .order_by(reply.c.received_at, reply.c.version)
    )
    return [row._mapping for row in connection.execute(query)]


def replies_of_request(connection: Connection, request_id: UUID) -> list[Row]:
    """Every reply to one request, in the order in which they came in; a reading anew stands after its first reading."""
    query = select(reply).where(reply.c.request_id == request_id).order_by(reply.c.received_at, reply.c.version)
    return [row._mapping for row in connection.execute(query)]


def erase_replies(connection: Connection, reply_ids: Sequence[UUID], now: datetime) -> None:
    """
    Take away what replies said. That they came, when and from whom stays.

    A reply that nobody opened stays `quarantined`; any other no longer counts for anything, and says so.
    """
    if not reply_ids:
        return
    gone: dict[str, Any] = dict.fromkeys(("raw", "statement", "origins", "offending", "others_bound"))
    status = case((reply.c.status.in_(["quarantined", "refused"]), reply.c.status), else_="erased")
    of_these = update(reply).where(reply.c.id.in_(reply_ids))
    connection.execute(of_these.values(status=status, problems=[], erased_at=now, **gone))


def kept_replies(
    connection: Connection, case_ids: Sequence[UUID], statuses: Collection[str]
) -> list[tuple[UUID, UUID]]:
    """(reply, request) of every reply in these cases with one of *statuses*."""
    query = (
        select(reply.c.id, reply.c.request_id)
        .join(statement_request, statement_request.c.id == reply.c.request_id)
        .where(statement_request.c.case_id.in_(case_ids), reply.c.status.in_(statuses))
        .order_by(reply.c.received_at, reply.c.version)
    )
    return [(row.id, row.request_id) for row in connection.execute(query)]


def others_bound(connection: Connection, case_ids: Sequence[UUID]) -> dict[tuple[UUID, UUID], bool | None]:
    """Per (case, creditor) with an answer that counts: whether the newest says that others owe a debt too."""
    query = (
        select(statement_request.c.case_id, statement_request.c.creditor_id, reply.c.others_bound)
        .join(statement_request, statement_request.c.id == reply.c.request_id)
        .where(statement_request.c.case_id.in_(case_ids), reply.c.status == "accepted")
        .order_by(reply.c.received_at, reply.c.version)
    )
    return {(row.case_id, row.creditor_id): row.others_bound for row in connection.execute(query)}


def held(connection: Connection, request_id: UUID) -> list[Row]:
    """Replies that wait for a person: not understood, or keyed in and not checked yet; oldest first."""
    query = select(reply).where(reply.c.request_id == request_id, reply.c.status.in_(WAITING))
    return [row._mapping for row in connection.execute(query.order_by(reply.c.received_at, reply.c.version))]


def last_accepted(connection: Connection, request_id: UUID, *, before: Row | None = None) -> Row | None:
    """
    The good answer that came in last, in its newest reading; a late reading of an early answer does not overtake it.

    Args:
        before: Only answers that came in before this one.
    """
    query = select(reply).where(reply.c.request_id == request_id, reply.c.status == "accepted")
    if before is not None:
        same_moment = and_(reply.c.received_at == before["received_at"], reply.c.version < before["version"])
        query = query.where(or_(reply.c.received_at < before["received_at"], same_moment), reply.c.id != before["id"])
    query = query.order_by(reply.c.received_at.desc(), reply.c.version.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def count_readable_anew(connection: Connection, slug: str, mapping_id: str) -> int:
    """How many replies `requests_to_read_anew` leads to."""
    query = select(func.count()).select_from(_WITH_READER).where(_readable_anew(slug, mapping_id))
    return int(connection.scalar(query) or 0)


def requests_to_read_anew(
    connection: Connection, slug: str, mapping_id: str, *, after: UUID | None, limit: int
) -> list[UUID]:
    """Requests with replies that a mended mapping may read, in the order of their ids, above *after*."""
    query = select(reply.c.request_id).distinct().select_from(_WITH_READER).where(_readable_anew(slug, mapping_id))
    if after is not None:
        query = query.where(reply.c.request_id > after)
    return list(connection.scalars(query.order_by(reply.c.request_id).limit(limit)))


def to_read_anew(connection: Connection, slug: str, mapping_id: str, request_id: UUID) -> list[UUID]:
    """The replies to one request that a mended mapping may read, in the order in which they came in."""
    query = select(reply.c.id).select_from(_WITH_READER).where(_readable_anew(slug, mapping_id))
    query = query.where(reply.c.request_id == request_id).order_by(reply.c.received_at, reply.c.version)
    return list(connection.scalars(query))


# A resident whose key was destroyed is not found here: nothing of theirs opens any more.
_WITH_READER = reply.join(participant, participant.c.id == reply.c.respondent_id).join(
    resident_key, resident_key.c.resident_id == reply.c.resident_id
)


def _readable_anew(slug: str, mapping_id: str) -> ColumnElement[bool]:
    """
    Held or accepted, a creditor's own bytes, and read with this mapping before.

    A held reply also counts when its creditor is read with this mapping now: it may be what was held for want of it.
    """
    read_with_it = reply.c.mapping.startswith(f"{mapping_id}@", autoescape=True)
    return and_(
        reply.c.origin != "keyed",
        reply.c.raw.is_not(None),
        or_(
            and_(reply.c.status == "accepted", read_with_it),
            and_(reply.c.status == "held", or_(read_with_it, participant.c.format == slug)),
        ),
    )
