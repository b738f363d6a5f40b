"""What the peers share: what a reading gives, and the checks on it, written once over plain dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

# (code, whether it holds the reply, where)
Problem = tuple[str, bool, str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a peer knows beside the bytes: the same as the engine is told in this benchmark."""

    request_id: str
    requested_on: date
    received_at: datetime


@dataclass(kw_only=True)
class Reading:
    """
    What a peer made of a reply.

    Args:
        document: The canonical statement as a dict, with Python's dates; None when the bytes were refused.
        sources: What this peer keeps in order to say later where each value stood: what its library found, as it
            gave it. A path that nobody has asked for is not written out; ours is not either.
    """

    document: dict[str, Any] | None
    problems: list[Problem]
    sources: Any = None

    @property
    def verdict(self) -> str:
        if self.document is None:
            return "Unreadable"
        return "Held" if any(holds for _, holds, _ in self.problems) else "Understood"


@dataclass(frozen=True, kw_only=True)
class Peer:
    """
    One way to do the same work.

    Args:
        rendered: Every source of a reading as (JSON Pointer, [(path, raw text), ...]).
    """

    name: str
    read: Callable[[bytes, Asked], Reading]
    rendered: Callable[[Reading], dict[str, list[tuple[str, str]]]]


def refused(code: str) -> Reading:
    """The bytes are not a document that may be read."""
    return Reading(document=None, problems=[(code, True, "")])


def begun(raw: bytes, asked: Asked) -> dict[str, Any]:
    """What every canonical document begins with."""
    return {
        "schema_version": "1.0",
        "received_at": asked.received_at,
        "currency": "EUR",
        "provenance": {"raw_sha256": sha256(raw).hexdigest(), "raw_bytes": len(raw)},
    }


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the reply does not say."""
    return {name: value for name, value in values.items() if value is not None}


def finished(document: dict[str, Any], asked: Asked, unknown: Iterable[tuple[int | None, str]]) -> list[Problem]:
    """
    Adds our own totals to *document* and gives what is wrong with it.

    Args:
        unknown: Elements that are not in the format, as (debt, path); None = outside the debts. One inside a debt
            holds the reply unless that debt adds up all the same.
    """
    found = _of_the_whole(document, asked)
    today = asked.received_at.astimezone(AMSTERDAM).date()
    seen, off, grand = set[str](), set[int](), 0
    for at, debt in enumerate(document["debts"]):
        if debt["reference"] in seen:
            found.append(("R6", True, f"/debts/{at}/reference"))
        seen.add(debt["reference"])
        found += _days(at, debt, today)
        total = debt["total_computed_cents"] = _total(at, debt, found)
        grand += total
        stated = debt.get("total_stated_cents")
        if stated is None or not debt["components"]:
            off.add(at)
        elif stated != total:
            off.add(at)
            found.append(("R7", True, f"/debts/{at}/total_stated_cents"))
        if total < 0:
            found.append(("R7", False, f"/debts/{at}"))
    document["total_computed_cents"] = grand
    if document.get("total_stated_cents") not in (None, grand):
        found.append(("R8", True, "/total_stated_cents"))
    found += [("unmapped_element", debt is not None and debt in off, path) for debt, path in unknown]
    return found


def _of_the_whole(document: dict[str, Any], asked: Asked) -> list[Problem]:
    found: list[Problem] = []
    outcome, debts, as_of = document["outcome"], document["debts"], document.get("as_of")
    if (outcome == "statement") != bool(debts):
        found.append(("R1", True, "/debts"))
    if outcome == "nil" and document.get("total_stated_cents"):
        found.append(("R2", True, "/total_stated_cents"))
    if document.get("request_id") not in (None, asked.request_id):
        found.append(("R4", True, "/request_id"))
    if as_of is None:
        if outcome == "statement":
            found.append(("R5", True, "/as_of"))
    elif as_of > asked.received_at.astimezone(AMSTERDAM).date():
        found.append(("R5", True, "/as_of"))
    elif as_of < asked.requested_on - timedelta(days=31):
        found.append(("R5", False, "/as_of"))
    return found


def _days(at: int, debt: dict[str, Any], today: date) -> list[Problem]:
    found: list[Problem] = []
    arisen, due = debt.get("arisen_on"), debt.get("due_on")
    if arisen is not None and arisen > today:
        found.append(("R5", True, f"/debts/{at}/arisen_on"))
    if arisen is not None and due is not None and due < arisen:
        found.append(("R5", True, f"/debts/{at}/due_on"))
    if "title" in debt and debt["title"].get("issued_on", today) > today:
        found.append(("R5", True, f"/debts/{at}/title/issued_on"))
    for rows, day in (("payments", "paid_on"), ("waivers", "waived_on"), ("seizures", "seized_on")):
        for number, row in enumerate(debt[rows]):
            if row.get(day, today) > today:
                found.append(("R5", True, f"/debts/{at}/{rows}/{number}/{day}"))
    return found


def _total(at: int, debt: dict[str, Any], found: list[Problem]) -> int:
    """What is owed: neither of the formats measured here says what was paid on a part, or what is open of it."""
    if not debt["components"]:
        found.append(("R6", True, f"/debts/{at}/components"))
        return int(debt.get("total_stated_cents", 0))
    total = 0
    for number, component in enumerate(debt["components"]):
        if component["charged_cents"] < 0:
            found.append(("R6", True, f"/debts/{at}/components/{number}/charged_cents"))
        total += component["charged_cents"]
    for rows in ("payments", "waivers"):
        for number, row in enumerate(debt[rows]):
            if row["cents"] < 0:
                found.append(("R6", True, f"/debts/{at}/{rows}/{number}/cents"))
            total -= row["cents"]
    return total
