"""Who holds a token, or a page link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.services.runtime import Runtime
from gateway.storage import participants


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A system that showed a live token; an administrator belongs to no participant."""

    role: str
    participant_id: UUID | None

    @property
    def actor(self) -> str:
        return f"{self.role}:{self.participant_id}" if self.participant_id is not None else self.role


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A person who opened a page link: which page, about what."""

    role: str
    subject_id: UUID


def identify(runtime: Runtime, token: str, now: datetime) -> Caller | None:
    """Who holds *token*; None when it is unknown, expired or revoked."""
    with runtime.database.begin() as connection:
        row = participants.token(connection, runtime.keys.token_hash(token), now)
    return Caller(role=row["role"], participant_id=row["participant_id"]) if row is not None else None


def visitor(runtime: Runtime, code: str, now: datetime) -> Visitor | None:
    """Who holds the page link *code*; None when it is unknown or expired."""
    with runtime.database.begin() as connection:
        row = participants.get_page_link(connection, runtime.keys.token_hash(code), now)
    return Visitor(role=row["role"], subject_id=row["subject_id"]) if row is not None else None
