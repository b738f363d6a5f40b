"""The hour of an instant, as the clock on the wall in the Netherlands had it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def hour(moment: datetime | str) -> str:
    """ "10:05", the same figures in every language."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.astimezone(_AMSTERDAM).strftime("%H:%M")
