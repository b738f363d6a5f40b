"""
What has served its time: per item which rows still hold something, since when, and how it is taken away.

Every item is one query of the same shape (key, resident, case, since), so that counting, listing and erasing speak of
the same rows. A resident under a legal hold is never among what is due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, bindparam, delete, exists, func, literal, null, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from gateway.storage import journal as journal_store
from gateway.storage import proposals, statement_requests
from gateway.storage.database import Row
from gateway.storage.tables import (
    INSTANT,
    access_token,
    case_file,
    consent_grant,
    idempotency,
    journal,
    journal_facts,
    legal_hold,
    letter_code,
    message,
    offer,
    offer_answer,
    page_link,
    portal_session,
    proposal,
    reply,
    resident,
    resident_key,
    statement_request,
    term,
)

LONGER = "<"  # in the purpose of a rule about whole cases: kept shorter than, and without
_Source = Callable[[str | None], Select[Any]]


def _of_request(request_column: Any) -> Any:
    """The conversation's case and grant beside a reply."""
    return (
        reply.join(statement_request, statement_request.c.id == request_column)
        .join(case_file, case_file.c.id == statement_request.c.case_id)
        .join(consent_grant, consent_grant.c.id == statement_request.c.grant_id)
    )


_REPLIES = _of_request(reply.c.request_id)
_ANSWERS = (
    offer_answer.join(offer, offer.c.id == offer_answer.c.offer_id)
    .join(case_file, case_file.c.id == offer.c.case_id)
    .join(consent_grant, consent_grant.c.id == offer.c.grant_id)
)


def _reply_rows(since: Any, purpose: str | None, *conditions: ColumnElement[bool]) -> Select[Any]:
    query = select(
        reply.c.id.label("key"), reply.c.resident_id, statement_request.c.case_id, since.label("since")
    ).select_from(_REPLIES)
    return query.where(_purpose(purpose), *conditions)


def _answer_rows(since: Any, purpose: str | None, *conditions: ColumnElement[bool]) -> Select[Any]:
    query = select(
        offer_answer.c.id.label("key"), offer_answer.c.resident_id, offer.c.case_id, since.label("since")
    ).select_from(_ANSWERS)
    return query.where(_purpose(purpose), offer_answer.c.raw.is_not(None), *conditions)


def _purpose(purpose: str | None) -> ColumnElement[bool]:
    return consent_grant.c.purpose == purpose if purpose is not None else literal(True)


_LATER = consent_grant.alias("later")
_ENDED = ("consent.withdrawn", "consent.revoked", "consent.recalled", "consent.invalidated", "consent.superseded")


def _no_new_yes() -> ColumnElement[bool]:
    """No newer yes of the resident to this flow holds: then nobody will ever read it."""
    ended = exists().where(journal.c.grant_id == _LATER.c.id, journal.c.kind.in_(_ENDED))
    return ~exists().where(
        _LATER.c.case_id == consent_grant.c.case_id,
        _LATER.c.recipient_id == consent_grant.c.recipient_id,
        _LATER.c.purpose == consent_grant.c.purpose,
        _LATER.c.act == "given",
        _LATER.c.given_at > consent_grant.c.given_at,
        _LATER.c.valid_until > bindparam("moment", type_=INSTANT),
        ~ended,
    )


_OPENED = ("accepted", "held", "dismissed", "keyed", "superseded", "acknowledged")


def _used(purposes: Sequence[str]) -> ColumnElement[bool]:
    """Something was sent or proposed in the case under one of these purposes."""
    return or_(
        *(
            exists().where(
                table.c.case_id == case_file.c.id,
                table.c.grant_id == consent_grant.c.id,
                consent_grant.c.purpose.in_(purposes),
            )
            for table in (statement_request, offer)
        )
    )


def _cases(purpose: str | None) -> Select[Any]:
    """
    Cases by the purpose that keeps them longest: "a<b<c" is a case in which *a* was used and neither *b* nor *c*.

    None: a case in which nothing was ever sent.
    """
    wanted = ~or_(*(exists().where(table.c.case_id == case_file.c.id) for table in (statement_request, offer)))
    if purpose is not None:
        own, *longer = purpose.split(LONGER)
        wanted = and_(_used([own]), ~_used(longer)) if longer else _used([own])
    return select(
        case_file.c.id.label("key"), case_file.c.resident_id, case_file.c.id.label("case_id"),
        case_file.c.closed_at.label("since"),
    ).where(case_file.c.erased_at.is_(None), wanted)  # fmt: skip


def _residents(_: str | None) -> Select[Any]:
    """Residents of whom every case was erased: nothing is left that their key would open."""
    last = select(func.max(case_file.c.erased_at)).where(case_file.c.resident_id == resident.c.id).scalar_subquery()
    open_case = exists().where(case_file.c.resident_id == resident.c.id, case_file.c.erased_at.is_(None))
    return select(
        resident.c.id.label("key"), resident.c.id.label("resident_id"), _no_id().label("case_id"),
        last.label("since"),
    ).where(resident.c.erased_at.is_(None), last.is_not(None), ~open_case)  # fmt: skip


def _facts(purpose: str | None) -> Select[Any]:
    """Particulars of entries about a case; those of a grant count by its purpose, the others by the file."""
    joined = (
        journal.join(journal_facts, journal_facts.c.entry_id == journal.c.id)
        .join(case_file, case_file.c.id == journal.c.case_id)
        .outerjoin(consent_grant, consent_grant.c.id == journal.c.grant_id)
    )
    of_purpose = consent_grant.c.purpose == purpose if purpose is not None else journal.c.grant_id.is_(None)
    return (
        select(
            journal.c.id.label("key"), journal.c.resident_id, journal.c.case_id, case_file.c.closed_at.label("since")
        )
        .select_from(joined)
        .where(journal_facts.c.facts.is_not(None), journal.c.resident_id.is_not(None), of_purpose)
    )


def _no_id() -> Any:
    """Nobody in particular: what is kept for a system, not about a resident."""
    return null().cast(resident.c.id.type)


def _idempotency(_: str | None) -> Select[Any]:
    key = (func.concat(idempotency.c.participant_id, ":", idempotency.c.key)).label("key")
    return select(key, _no_id().label("resident_id"), _no_id().label("case_id"), idempotency.c.at.label("since"))


def _page_links(_: str | None) -> Select[Any]:
    return select(
        page_link.c.token_hash.label("key"), _no_id().label("resident_id"), _no_id().label("case_id"),
        page_link.c.expires_at.label("since"),
    )  # fmt: skip


def _tokens(_: str | None) -> Select[Any]:
    ended = func.least(access_token.c.expires_at, func.coalesce(access_token.c.revoked_at, access_token.c.expires_at))
    return select(
        access_token.c.token_hash.label("key"), _no_id().label("resident_id"), _no_id().label("case_id"),
        ended.label("since"),
    )  # fmt: skip


def _letter_codes(_: str | None) -> Select[Any]:
    ended = func.least(letter_code.c.expires_at, letter_code.c.used_at, letter_code.c.ended_at)  # NULL never counts
    return select(
        letter_code.c.id.label("key"), _no_id().label("resident_id"), _no_id().label("case_id"), ended.label("since"),
    )  # fmt: skip


def _sessions(_: str | None) -> Select[Any]:
    """To the longest that one lasts; one that was left idle opens nothing meanwhile."""
    return select(
        portal_session.c.id.label("key"), _no_id().label("resident_id"), _no_id().label("case_id"),
        portal_session.c.ends_at.label("since"),
    )  # fmt: skip


def _quarantined_replies(purpose: str | None) -> Select[Any]:
    unread = and_(reply.c.status == "quarantined", reply.c.raw.is_not(None), _no_new_yes())
    return _reply_rows(reply.c.received_at, purpose, unread)


def _quarantined_answers(purpose: str | None) -> Select[Any]:
    unread = and_(offer_answer.c.verdict == "quarantined", _no_new_yes())
    return _answer_rows(offer_answer.c.received_at, purpose, unread)


def _refused_replies(purpose: str | None) -> Select[Any]:
    return _reply_rows(reply.c.received_at, purpose, reply.c.status == "refused", reply.c.raw.is_not(None))


def _refused_answers(purpose: str | None) -> Select[Any]:
    return _answer_rows(offer_answer.c.received_at, purpose, offer_answer.c.verdict == "refused")


def _raw_replies(purpose: str | None) -> Select[Any]:
    return _reply_rows(case_file.c.closed_at, purpose, reply.c.status.in_(_OPENED), reply.c.raw.is_not(None))


def _replies(purpose: str | None) -> Select[Any]:
    return _reply_rows(case_file.c.closed_at, purpose, reply.c.status.in_(_OPENED))


def _answers(purpose: str | None) -> Select[Any]:
    opened = offer_answer.c.verdict.not_in(["quarantined", "refused"])
    return _answer_rows(case_file.c.closed_at, purpose, opened)


# Kind of row -> which of them still hold something. Items of config/retention.toml may be several kinds of rows.
SOURCES: Mapping[str, _Source] = {
    "quarantined_reply": _quarantined_replies,
    "quarantined_answer": _quarantined_answers,
    "refused_reply": _refused_replies,
    "refused_answer": _refused_answers,
    "raw_reply": _raw_replies,
    "reply": _replies,
    "offer_answer": _answers,
    "case_contents": _cases,
    "resident": _residents,
    "journal_facts": _facts,
    "idempotency": _idempotency,
    "page_link": _page_links,
    "access_token": _tokens,
    "letter_code": _letter_codes,
    "portal_session": _sessions,
}


@dataclass(frozen=True, kw_only=True)
class Tally:
    """
    How many rows of one kind are due, due but under a legal hold, and kept for longer.

    Args:
        oldest_kept: From when the term of the first one that is kept counts; None = none, or nothing counts yet.
    """

    due: int
    on_hold: int
    kept: int
    oldest_kept: datetime | None


def tally(connection: Connection, source: str, purpose: str | None, before: datetime, now: datetime) -> Tally:
    """Count the rows of *source* whose term began at or before *before*, and the others."""
    rows = SOURCES[source](purpose).subquery()
    past = and_(rows.c.since.is_not(None), rows.c.since <= before)
    held = _held(rows.c.resident_id)
    query = select(
        func.count().filter(past, ~held),
        func.count().filter(past, held),
        func.count().filter(or_(rows.c.since.is_(None), rows.c.since > before)),
        func.min(rows.c.since).filter(rows.c.since > before),
    )
    due, on_hold, kept, oldest = connection.execute(query, {"moment": now}).one()
    return Tally(due=due, on_hold=on_hold, kept=kept, oldest_kept=oldest)


def due(
    connection: Connection,
    source: str,
    purpose: str | None,
    before: datetime,
    now: datetime,
    *,
    limit: int,
    among: Sequence[Any] | None = None,
) -> list[Row]:
    """
    Rows of *source* that have served their time and are not under a legal hold, with their resident and case.

    Args:
        among: Only these keys: asked again once their residents are held.
    """
    rows = SOURCES[source](purpose).subquery()
    query = select(rows).where(rows.c.since <= before, ~_held(rows.c.resident_id)).order_by(rows.c.key).limit(limit)
    if among is not None:
        query = query.where(rows.c.key.in_(among))
    return [row._mapping for row in connection.execute(query, {"moment": now})]


def _held(resident_id: Any) -> ColumnElement[bool]:
    return exists().where(legal_hold.c.resident_id == resident_id, legal_hold.c.lifted_at.is_(None))


def hold_residents(connection: Connection, resident_ids: Sequence[UUID]) -> None:
    """Hold these residents until the end of the transaction, in one order for everybody."""
    query = select(resident.c.id).where(resident.c.id.in_(resident_ids)).order_by(resident.c.id)
    connection.execute(query.with_for_update(key_share=True))


def erase(connection: Connection, source: str, keys: Sequence[Any], now: datetime) -> None:
    """Take away what these rows hold; the caller holds their residents and has asked again that they are due."""
    _ERASERS[source](connection, keys, now)


def _erase_raw(connection: Connection, keys: Sequence[Any], _: datetime) -> None:
    """The bytes only: what was read from them is kept with its flow."""
    connection.execute(update(reply).where(reply.c.id.in_(keys)).values(raw=None, offending=None, origins=None))


def _erase_cases(connection: Connection, keys: Sequence[Any], now: datetime) -> None:
    """Everything that is sealed in these cases, and the reference by which people know them."""
    requests = select(statement_request.c.id).where(statement_request.c.case_id.in_(keys))
    offers = select(offer.c.id).where(offer.c.case_id.in_(keys))
    replies = list(connection.scalars(select(reply.c.id).where(reply.c.request_id.in_(requests))))
    answers = list(connection.scalars(select(offer_answer.c.id).where(offer_answer.c.offer_id.in_(offers))))
    statement_requests.erase_replies(connection, replies, now)
    proposals.erase_answers(connection, answers, now)
    for table in (statement_request, offer, proposal, message):
        connection.execute(update(table).where(table.c.case_id.in_(keys)).values(sealed=None))
    waiting = update(message).where(message.c.case_id.in_(keys), message.c.state == "queued")
    connection.execute(waiting.values(state="cancelled", next_at=None))
    running = update(term).where(term.c.case_id.in_(keys), term.c.state.in_(["running", "suspended"]))
    connection.execute(running.values(state="cancelled", next_at=None))
    connection.execute(delete(page_link).where(page_link.c.subject_id.in_(keys)))
    connection.execute(update(case_file).where(case_file.c.id.in_(keys)).values(reference="", erased_at=now))


def destroy_keys(connection: Connection, resident_ids: Sequence[UUID], now: datetime) -> None:
    """The key and the index go, and with them everything that was ever sealed, and every way in to what was there."""
    close_ways_in(connection, resident_ids)
    connection.execute(delete(resident_key).where(resident_key.c.resident_id.in_(resident_ids)))
    gone = update(resident).where(resident.c.id.in_(resident_ids))
    connection.execute(gone.values(sealed=None, bsn_index=None, erased_at=now))


def close_ways_in(connection: Connection, resident_ids: Sequence[UUID]) -> None:
    """Codes that would let these residents in, and sessions in which somebody is: all gone."""
    for table in (letter_code, portal_session):
        connection.execute(delete(table).where(table.c.resident_id.in_(resident_ids)))


def _erase_residents(connection: Connection, keys: Sequence[Any], now: datetime) -> None:
    destroy_keys(connection, keys, now)


def _forget_calls(connection: Connection, keys: Sequence[Any], _: datetime) -> None:
    named = func.concat(idempotency.c.participant_id, ":", idempotency.c.key)
    connection.execute(delete(idempotency).where(named.in_(keys)))


def _forget_links(connection: Connection, keys: Sequence[Any], _: datetime) -> None:
    connection.execute(delete(page_link).where(page_link.c.token_hash.in_(keys)))


def _forget_codes(connection: Connection, keys: Sequence[Any], _: datetime) -> None:
    connection.execute(delete(letter_code).where(letter_code.c.id.in_(keys)))


def _forget_sessions(connection: Connection, keys: Sequence[Any], _: datetime) -> None:
    connection.execute(delete(portal_session).where(portal_session.c.id.in_(keys)))


def _forget_tokens(connection: Connection, keys: Sequence[Any], _: datetime) -> None:
    connection.execute(delete(access_token).where(access_token.c.token_hash.in_(keys)))


_ERASERS: Mapping[str, Callable[[Connection, Sequence[Any], datetime], object]] = {
    "quarantined_reply": statement_requests.erase_replies,
    "quarantined_answer": proposals.erase_answers,
    "refused_reply": statement_requests.erase_replies,
    "refused_answer": proposals.erase_answers,
    "raw_reply": _erase_raw,
    "reply": statement_requests.erase_replies,
    "offer_answer": proposals.erase_answers,
    "case_contents": _erase_cases,
    "resident": _erase_residents,
    "journal_facts": lambda connection, keys, _: journal_store.erase_facts(connection, keys),
    "idempotency": _forget_calls,
    "page_link": _forget_links,
    "access_token": _forget_tokens,
    "letter_code": _forget_codes,
    "portal_session": _forget_sessions,
}  # fmt: skip


def purposes_used(connection: Connection, resident_id: UUID) -> dict[UUID, set[str]]:
    """Per case of a resident the purposes under which something was sent or answered."""
    asked = select(statement_request.c.case_id, statement_request.c.grant_id).where(
        statement_request.c.resident_id == resident_id
    )
    offered = select(offer.c.case_id, offer.c.grant_id).where(offer.c.resident_id == resident_id)
    used = asked.union(offered).subquery()
    query = select(used.c.case_id, consent_grant.c.purpose).join(consent_grant, consent_grant.c.id == used.c.grant_id)
    found: dict[UUID, set[str]] = {}
    for case_id, purpose in connection.execute(query):
        found.setdefault(case_id, set()).add(purpose)
    return found


def cases_of(connection: Connection, resident_id: UUID) -> list[Row]:
    """Every case of a resident, erased ones included."""
    query = select(case_file).where(case_file.c.resident_id == resident_id).order_by(case_file.c.opened_at)
    return [row._mapping for row in connection.execute(query)]


def calls_of(connection: Connection, organisation_id: UUID) -> list[Row]:
    """The sealed answers to this organisation's keyed calls: one that speaks of a resident is erased with them."""
    query = select(idempotency).where(idempotency.c.participant_id == organisation_id)
    return [row._mapping for row in connection.execute(query)]


def forget_calls(connection: Connection, organisation_id: UUID, keys: Sequence[str]) -> None:
    connection.execute(
        delete(idempotency).where(idempotency.c.participant_id == organisation_id, idempotency.c.key.in_(keys))
    )
