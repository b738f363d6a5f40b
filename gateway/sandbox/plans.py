"""When a simulated creditor acts: instants on the gateway clock, counted from a delivery or from a term."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from gateway.domain.correspondence import Message
from gateway.domain.grounds import OfferAnswer
from gateway.sandbox.behaviours import Content, CreditorProfile, When

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TERM_BOUND = frozenset({When.LAST_MINUTE, When.ONE_MINUTE_LATE})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    Something a creditor will do.

    Args:
        due: Aware, gateway clock.
        after: How long after the first answer of the same conversation this one comes.
        says: An offer answer, or what a statement holds.
        key: The Idempotency-Key; a second attempt keeps it.
    """

    creditor: CreditorProfile
    message: Message
    when: When
    due: datetime
    says: Content | OfferAnswer
    number: int = 1
    after: timedelta = timedelta()
    attempts: int = 0
    key: UUID = field(default_factory=uuid4)


def due_at(when: When, delay: timedelta, message: Message, delivered_at: datetime) -> datetime | None:
    """
    The instant to act on, as far as this message tells; None when the creditor waits for something else.

    A term that is counted from the delivery has no date in the message yet. It is then guessed from its
    words, without holidays, so never too late; every later message with a date replaces the guess.
    """
    match when:
        case When.AT_ONCE:
            return delivered_at
        case When.LATER:
            return delivered_at + delay
        case When.LAST_MINUTE:
            return amsterdam(_last_day(message, delivered_at), time(23, 59))
        case When.ONE_MINUTE_LATE:
            return amsterdam(_last_day(message, delivered_at) + timedelta(days=1), time(0, 1))
        case When.AFTER_REMINDER | When.NEVER:
            return None


def amsterdam(day: date, at: time) -> datetime:
    """That time on the Dutch clock, in UTC."""
    return datetime.combine(day, at, AMSTERDAM).astimezone(UTC)


def dutch_day(instant: datetime) -> date:
    """The Dutch calendar day on which *instant* falls."""
    return instant.astimezone(AMSTERDAM).date()


def _last_day(message: Message, delivered_at: datetime) -> date:
    if message.respond_by is not None:
        return message.respond_by
    day = dutch_day(delivered_at)
    length = re.search("[0-9]{1,3}", message.term or "")
    for _ in range(int(length[0]) if length else 10):
        day += timedelta(days=1)
        while day.weekday() >= 5:
            day += timedelta(days=1)
    return day
