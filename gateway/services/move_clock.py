"""Move the gateway clock of a sandbox forward; a live clock is nobody's to move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.errors import Conflict
from gateway.services.runtime import Runtime
from gateway.storage import installation, journal, messages, terms
from gateway.storage.journal import Entry


class LiveClock(Conflict):
    """This is a live database; its clock cannot be moved. Use a sandbox."""

    code = "live_clock"


def move_clock(runtime: Runtime, by: timedelta, now: datetime) -> datetime:
    """
    Move the clock forward by *by*, and let the engine look at once at what has become due.

    Returns:
        The new gateway time.

    Raises:
        LiveClock: The database is live.
        Conflict: The clock would go backwards.
    """
    if by < timedelta(0):
        raise Conflict("The gateway clock only moves forward.")
    with runtime.database.begin() as connection:
        settled = installation.read(connection)
        if settled is None or settled["mode"] != "sandbox":
            raise LiveClock
        installation.move_clock(connection, by)
        moved = now + by
        journal.append(
            connection,
            moved,
            Entry(kind="clock.moved", actor="administrator", facts={"by_seconds": int(by.total_seconds())}),
        )
        runtime.defer(connection, "sweep", [{}])
    return moved


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What waits: when the next running term wants attention, and how many messages are not settled."""

    next_moment: datetime | None
    open_messages: int


def look_ahead(runtime: Runtime) -> Ahead:
    """What waits, so that a sandbox's clock can be moved from one moment to the next."""
    with runtime.database.begin() as connection:
        return Ahead(next_moment=terms.next_moment(connection), open_messages=messages.open_count(connection))
