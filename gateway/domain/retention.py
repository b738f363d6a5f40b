"""How long is kept what is no data flow of its own, and within how many days a withdrawal must have worked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from gateway.domain.workdays import Calendar, entry_of
from gateway.errors import ConfigurationError

FILE = "config/retention.toml"

# Item -> from when its days count. The code that erases each is in gateway.storage.retention; a file with another
# item, or without one of these, would promise what nobody does.
ITEMS: Mapping[str, str] = {
    "quarantined_reply": "received",
    "refused_reply": "received",
    "raw_reply": "case_closed",
    "idempotency": "recorded",
    "page_link": "ended",
    "access_token": "ended",
    "letter_code": "ended",
    "portal_session": "ended",
    "evidence_copy": "made",
    "journal_facts": "case_closed",
}
_NEVER_KEPT = frozenset({"evidence_copy"})
LONGEST_QUARANTINE = 14  # days; what nobody may read


@dataclass(frozen=True, kw_only=True)
class Item:
    """One kind of thing that is kept for *days* from the moment *counts_from*; *source* says why that long."""

    id: str
    days: int
    counts_from: str
    label_nl: str
    label_en: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Withdrawing:
    """
    What a withdrawal is held to.

    Args:
        stop_notice_again_days: Calendar days after which a stop notice that did not arrive goes out again.
        stop_notice_alarm_days: Calendar days after which one without an acknowledgement is an alarm.
        late_alarm_working_days, late_breach_working_days: Between receiving a withdrawal and its effect.
    """

    stop_notice_again_days: int
    stop_notice_alarm_days: int
    late_alarm_working_days: int
    late_breach_working_days: int


@dataclass(frozen=True, kw_only=True)
class Retention:
    """config/retention.toml."""

    version: str
    withdrawal: Withdrawing
    items: Mapping[str, Item]

    def days(self, item: str) -> int:
        return self.items[item].days


class Lateness(StrEnum):
    """How a withdrawal by phone, desk or paper was handled (two working days, as in CDR rule 4.13)."""

    IN_TIME = "in_time"
    ALARM = "alarm"
    BREACH = "breach"


def lateness(received_on: date, effective_on: date, bounds: Withdrawing, calendar: Calendar) -> Lateness:
    """
    How late a withdrawal took effect, in working days after the Dutch day on which it was received.

    The working day of receipt does not count; a letter of Friday evening that works on Monday took one working day.
    """
    passed, day = 0, received_on
    while day < effective_on and passed < bounds.late_breach_working_days:
        day += timedelta(days=1)
        passed += calendar.is_workday(day)
    if passed >= bounds.late_breach_working_days:
        return Lateness.BREACH
    return Lateness.ALARM if passed >= bounds.late_alarm_working_days else Lateness.IN_TIME


_ITEM_KEYS: Mapping[str, type] = {
    "id": str, "days": int, "counts_from": str, "label_nl": str, "label_en": str, "source": str,
}  # fmt: skip
_WITHDRAWAL_KEYS: Mapping[str, type] = dict.fromkeys(Withdrawing.__dataclass_fields__, int)


def retention_from(table: Mapping[str, Any]) -> Retention:
    """
    Retention out of the parsed config/retention.toml.

    Raises:
        ConfigurationError: An item is missing, unknown, there twice or counted from another moment than the code
            counts from; or a bound is not a sensible number of days.
    """
    top = entry_of(table, FILE, required={"version": str, "withdrawal": dict, "item": list})
    bounds = entry_of(top["withdrawal"], f"{FILE}, withdrawal", required=_WITHDRAWAL_KEYS)
    withdrawal = Withdrawing(**bounds)
    if min(bounds.values()) < 1 or withdrawal.late_alarm_working_days > withdrawal.late_breach_working_days:
        raise ConfigurationError(f"{FILE}, withdrawal: give whole days of 1 or more, the alarm not after the breach.")
    items: dict[str, Item] = {}
    for number, raw in enumerate(top["item"], start=1):
        item = _item(raw, number)
        if item.id in items:
            raise ConfigurationError(f"{FILE}, item {item.id!r}: this item is in the file twice.")
        items[item.id] = item
    if missing := sorted(set(ITEMS) - set(items)):
        raise ConfigurationError(f"{FILE} says nothing about {', '.join(missing)}; each needs its own term.")
    return Retention(version=top["version"], withdrawal=withdrawal, items=items)


def _item(raw: object, number: int) -> Item:
    name = repr(raw["id"]) if isinstance(raw, Mapping) and "id" in raw else f"number {number}"
    where = f"{FILE}, item {name}"
    item = Item(**entry_of(raw, where, required=_ITEM_KEYS))
    if item.id not in ITEMS:
        raise ConfigurationError(f"{where}: nothing here is called that; known are {', '.join(sorted(ITEMS))}.")
    if item.counts_from != ITEMS[item.id]:
        raise ConfigurationError(f"{where}: its days count from {ITEMS[item.id]!r}; say so, or the file misleads.")
    if item.days < 0 or (item.id in _NEVER_KEPT and item.days):
        raise ConfigurationError(f"{where}: days must be 0 or more, and 0 for what is not kept.")
    if item.id == "quarantined_reply" and item.days > LONGEST_QUARANTINE:
        raise ConfigurationError(f"{where}: what nobody may read is kept for {LONGEST_QUARANTINE} days at most.")
    return item
