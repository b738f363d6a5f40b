"""Organisations, their counsellors, and the tokens and page links that let them in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, or_, select, update

from gateway.storage.database import Row, hold
from gateway.storage.tables import access_token, counsellor, page_link, participant


def add(connection: Connection, row: Row) -> None:
    connection.execute(insert(participant).values(**row))


def get(connection: Connection, participant_id: UUID) -> Row | None:
    found = connection.execute(select(participant).where(participant.c.id == participant_id)).one_or_none()
    return found._mapping if found is not None else None


def by_number(connection: Connection, id_kind: str, id_value: str) -> Row | None:
    """The organisation with this number; the number is held, so that two calls at once do not both find it free."""
    hold(connection, f"participant:{id_kind}:{id_value}")
    query = select(participant).where(participant.c.id_kind == id_kind, participant.c.id_value == id_value)
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def many(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Row]:
    rows = connection.execute(select(participant).where(participant.c.id.in_(list(ids))))
    return {row.id: row._mapping for row in rows}


def all_of(connection: Connection, kinds: Iterable[str]) -> list[Row]:
    query = select(participant).where(participant.c.kind.in_(list(kinds))).order_by(participant.c.name)
    return [row._mapping for row in connection.execute(query)]


def change_endpoint(connection: Connection, participant_id: UUID, *, endpoint: str) -> None:
    connection.execute(update(participant).where(participant.c.id == participant_id).values(endpoint=endpoint))


def change_format(connection: Connection, participant_id: UUID, *, format: str) -> None:
    connection.execute(update(participant).where(participant.c.id == participant_id).values(format=format))


def add_counsellor(connection: Connection, row: Row) -> None:
    connection.execute(insert(counsellor).values(**row))


def get_counsellor(connection: Connection, counsellor_id: UUID) -> Row | None:
    found = connection.execute(select(counsellor).where(counsellor.c.id == counsellor_id)).one_or_none()
    return found._mapping if found is not None else None


def add_token(connection: Connection, row: Row) -> None:
    connection.execute(insert(access_token).values(**row))


def token(connection: Connection, token_hash: bytes, now: datetime) -> Row | None:
    """The live token with this hash: not revoked, not expired."""
    query = select(access_token).where(
        access_token.c.token_hash == token_hash,
        access_token.c.expires_at > now,
        or_(access_token.c.revoked_at.is_(None), access_token.c.revoked_at > now),
    )
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def add_page_link(connection: Connection, row: Row) -> None:
    connection.execute(insert(page_link).values(**row))


def get_page_link(connection: Connection, token_hash: bytes, now: datetime) -> Row | None:
    query = select(page_link).where(page_link.c.token_hash == token_hash, page_link.c.expires_at > now)
    found = connection.execute(query).one_or_none()
    return found._mapping if found is not None else None


def forget_ended(connection: Connection, now: datetime) -> int:
    """Remove tokens and page links that no longer let anybody in; the journal keeps that they were issued."""
    links = connection.execute(delete(page_link).where(page_link.c.expires_at <= now)).rowcount
    ended = or_(access_token.c.expires_at <= now, access_token.c.revoked_at <= now)
    return links + connection.execute(delete(access_token).where(ended)).rowcount
