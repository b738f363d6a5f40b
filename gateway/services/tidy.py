"""Once a night: forget what has served its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.services.runtime import Runtime
from gateway.storage import idempotency, participants

KEYS_KEPT = timedelta(days=30)  # ruling 32


def tidy(runtime: Runtime, now: datetime) -> int:
    """Forget idempotency keys after thirty days, and tokens and page links once they have ended."""
    with runtime.database.begin() as connection:
        forgotten = idempotency.forget_before(connection, now - KEYS_KEPT)
        return forgotten + participants.forget_ended(connection, now)
