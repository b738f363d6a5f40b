"""The evidence file."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gateway.services.runtime import Runtime


def build_evidence(
    runtime: Runtime, case_id: UUID, now: datetime, *, actor: str, organisation_id: UUID | None
) -> bytes:
    return b""
