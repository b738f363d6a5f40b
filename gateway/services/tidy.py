"""Once a night: forget what has served its time, and ask again whoever did not confirm that it stopped."""

from __future__ import annotations

from datetime import datetime

from gateway.services.run_retention import run_retention
from gateway.services.runtime import Runtime
from gateway.services.show_stops import chase_stop_notices


def tidy(runtime: Runtime, now: datetime) -> int:
    """Erase what config/retention.toml and the flows no longer keep; how many rows went."""
    chase_stop_notices(runtime, now)
    return sum(step.erased for step in run_retention(runtime, now))
