"""Once a night: forget what has served its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.services.runtime import Runtime
from gateway.storage import idempotency

KEYS_KEPT = timedelta(days=30)  # DESIGN ruling 32


def tidy(runtime: Runtime, now: datetime) -> int:
    """Forget idempotency keys older than thirty days; how many were forgotten."""
    with runtime.database.begin() as connection:
        return idempotency.forget_before(connection, now - KEYS_KEPT)
