"""
Overrides: when something may be sent without the resident's yes, on which statute, and on whose decision (G35).

A closed list (config/overrides.toml). An override makes a permission of its own, of a flow that a law prescribes
(mode "notify"); it never revives what the resident stopped. Two counsellors stand for it by name, it is short, and
the resident is told at once and may object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.consent.flows import BASES, Flows, Mode, last_instant
from gateway.domain.deadlines import local_day
from gateway.domain.workdays import entry_of
from gateway.errors import ConfigurationError, Fault

METHOD = "override"
FILE = "config/overrides.toml"


@dataclass(frozen=True, kw_only=True)
class Statute:
    """
    One ground on which a law lets something be sent without a yes.

    Args:
        purpose: The flow that it opens.
        article: Begins with the legal basis of that flow.
        since: The first day on which the statute was law.
        max_days: The longest that one override on it lasts; the flow's own bound counts too.
        needs_reference: Whether the number of an order or an announcement must come with it.
        words: Per language what the resident reads after "without your yes, because".
    """

    id: str
    purpose: str
    article: str
    since: date
    max_days: int
    needs_reference: bool
    words: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Statutes:
    """The closed list, with the version of the file."""

    version: str
    statutes: Mapping[str, Statute]

    def of(self, statute_id: str) -> Statute | None:
        return self.statutes.get(statute_id)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """
    What two counsellors decided.

    Args:
        motive: Why it cannot wait for the resident, in words.
        reference: Where the order or the announcement is kept: a number, never a name.
        ends_at: An earlier end than the statute's.
    """

    statute: str
    recipient_id: UUID
    motive: str
    decided_by: UUID
    seconded_by: UUID
    reference: str | None = None
    ends_at: datetime | None = None


def faults_in(decision: Decision, statutes: Statutes, now: datetime) -> Iterator[Fault]:
    """Everything that keeps a decision from being an override, each with its place."""
    statute = statutes.of(decision.statute)
    if statute is None or local_day(now) < statute.since:
        detail = f"Send one of: {', '.join(statutes.statutes)}. Without a statute there is nothing but the yes."
        yield Fault(pointer="/statute", code="unknown_code", detail=detail)
    if decision.decided_by == decision.seconded_by:
        detail = "A second counsellor must look at it: two different persons decide on an override."
        yield Fault(pointer="/seconded_by", code="two_persons", detail=detail)
    if statute is not None and statute.needs_reference and decision.reference is None:
        detail = "Send the number under which you keep the order."
        yield Fault(pointer="/reference", code="required", detail=detail)
    if decision.ends_at is not None and decision.ends_at <= now:
        yield Fault(pointer="/ends_at", code="order", detail="An override ends after it begins.")


def lasts_until(decision: Decision, statute: Statute, flows: Flows, now: datetime) -> datetime:
    """The strictest end: of the statute, of its flow, of what was decided (I26)."""
    flow = flows.flows[statute.purpose]
    ends = [now + timedelta(days=statute.max_days), *([decision.ends_at] if decision.ends_at is not None else [])]
    return last_instant(flow, now, asked_until=min(ends))


def statutes_from(table: Mapping[str, Any], flows: Flows) -> Statutes:
    """
    The list out of the parsed config/overrides.toml.

    Raises:
        ConfigurationError: Whatever is wrong with any of it, one fault per line; a flow that the law prescribes and
            that no statute opens is one.
    """
    top = entry_of(table, FILE, required={"version": str, "statute": list})
    found: dict[str, Statute] = {}
    faults: list[str] = []
    for number, raw in enumerate(top["statute"], start=1):
        try:
            entry = entry_of(raw, f"{FILE}, statute {number}", required=_KEYS)
        except ConfigurationError as error:
            faults.append(error.detail)
            continue
        words = {language: entry.pop(f"words_{language}") for language in ("nl", "en", "ar")}
        statute = Statute(**entry, words=words)
        faults += _faults_of(statute, flows)
        if statute.id in found:
            faults.append(f"{FILE}: statute {statute.id!r} is in the file twice.")
        found[statute.id] = statute
    opened = {statute.purpose for statute in found.values()}
    for flow in flows.flows.values():
        if flow.mode is Mode.NOTIFY and flow.purpose not in opened:
            faults.append(f"{FILE}: no statute opens flow {flow.purpose!r}, so it could never run.")
    if faults:
        raise ConfigurationError("\n".join(faults))
    return Statutes(version=top["version"], statutes=found)


def _faults_of(statute: Statute, flows: Flows) -> Iterator[str]:
    where = f"{FILE}, statute {statute.id!r}"
    flow = flows.of(statute.purpose)
    if flow is None or flow.mode is not Mode.NOTIFY:
        yield f"{where}: purpose {statute.purpose!r} is no flow of mode 'notify' in config/data-flows.toml."
        return
    if not statute.article.startswith(BASES[flow.legal_basis]):
        yield f"{where}: article must begin with {BASES[flow.legal_basis]}, on which flow {flow.purpose!r} rests."
    if not 1 <= statute.max_days <= flow.valid_days:
        yield f"{where}: max_days must be 1 to {flow.valid_days}, the longest that the flow lasts."


_KEYS: Mapping[str, type] = {
    "id": str, "purpose": str, "article": str, "since": date, "max_days": int, "needs_reference": bool,
    "words_nl": str, "words_en": str, "words_ar": str,
}  # fmt: skip
