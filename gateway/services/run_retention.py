"""
Erase what has served its time, in batches, and say of every item what, why, how many and until when.

A dry run counts the same rows that a run erases. Nothing of a resident under a legal hold is touched: the hold is
looked at again once the resident is held, so one that is set in the meantime still counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.consent.flows import Flow
from gateway.services.runtime import Runtime
from gateway.settings import Settings
from gateway.storage import journal, retention
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry
from gateway.storage.retention import LONGER

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    One kind of row, with how long it is kept and why.

    Args:
        item: As config/retention.toml names it, or "flow" for what data-flows.toml decides.
        source: A kind of row of gateway.storage.retention.
        purpose: Only what was sent and received for this flow.
        counts_from: The moment from which *days* count.
        why: The article or the reason, in the words of the file.
    """

    item: str
    source: str
    purpose: str | None
    days: int
    counts_from: str
    label: tuple[str, str]
    why: str

    def before(self, now: datetime) -> datetime:
        """Whose term began at or before this instant has served its time at *now*."""
        return now - timedelta(days=self.days)


def rules(settings: Settings) -> list[Rule]:
    """Every rule, in the order in which they are applied: the shorter lives first, the key of a resident last."""
    table, flows = settings.retention, settings.flows.flows.values()
    made: list[Rule] = []

    def add(item: str, source: str, purpose: str | None, days: int) -> None:
        of = table.items[item]
        label = (of.label_nl, of.label_en)
        made.append(
            Rule(item=item, source=source, purpose=purpose, days=days, counts_from=of.counts_from, label=label,
                 why=of.source)
        )  # fmt: skip

    for flow in flows:
        # Where the flow and the file both speak of the same thing, the shortest wins.
        quarantine = min(flow.quarantine_days, table.days("quarantined_reply"))
        for source in ("quarantined_reply", "quarantined_answer"):
            add("quarantined_reply", source, flow.purpose, quarantine)
        for source in ("refused_reply", "refused_answer"):
            add("refused_reply", source, flow.purpose, min(table.days("refused_reply"), flow.retention_days))
        add("raw_reply", "raw_reply", flow.purpose, min(table.days("raw_reply"), flow.retention_days))
        for source in ("reply", "offer_answer"):
            made.append(_of_flow(source, flow.purpose, flow.retention_days, flow.article, flow))
    made += _of_cases(list(flows))
    label = ("De sleutel van een inwoner zonder zaak", "The key of a resident without a case")
    why = "No case is left: with the key everything that was ever sealed is gone, copies included."
    made.append(
        Rule(item="resident", source="resident", purpose=None, days=0, counts_from="last_case_erased", label=label,
             why=why)
    )  # fmt: skip
    for flow in flows:
        add("journal_facts", "journal_facts", flow.purpose, flow.proof_days or table.days("journal_facts"))
    add("journal_facts", "journal_facts", None, table.days("journal_facts"))
    for item in ("idempotency", "page_link", "access_token", "letter_code", "portal_session"):
        add(item, item, None, table.days(item))
    return made


def _of_flow(source: str, purpose: str, days: int, article: str, flow: Flow) -> Rule:
    return Rule(
        item="flow",
        source=source,
        purpose=purpose,
        days=days,
        counts_from="case_closed",
        label=(f"Wat terugkwam: {flow.label_nl}", f"What came back: {flow.label_en}"),
        why=article,
    )


def _of_cases(flows: Sequence[Flow]) -> list[Rule]:
    """A case goes once the longest term of what was used in it has passed; one in which nothing was sent goes first."""
    label = ("Alles van een gesloten zaak", "Everything of a closed case")
    why = "The longest term of the flows that were used in the case has passed: nothing in it is needed any more."
    longest_first = sorted(flows, key=lambda flow: -flow.retention_days)
    made = [
        Rule(
            item="case",
            source="case_contents",
            purpose=LONGER.join([flow.purpose, *(longer.purpose for longer in longest_first[:number])]),
            days=flow.retention_days,
            counts_from="case_closed",
            label=label,
            why=why,
        )
        for number, flow in enumerate(longest_first)
    ]
    unused = replace(made[-1], purpose=None, why="Nothing was ever sent or received in the case.")
    return [*made, unused]


@dataclass(frozen=True, kw_only=True)
class Line:
    """
    What one rule finds.

    Args:
        due: How many rows have served their time (and were erased, when it was no dry run).
        on_hold: How many have too, and stay because of a legal hold.
        kept: How many stay because their term runs on, or has not begun.
        next_at: When the next of those is due; None when nothing counts yet.
    """

    rule: Rule
    due: int
    on_hold: int
    kept: int
    next_at: datetime | None


def survey(runtime: Runtime, now: datetime) -> list[Line]:
    """What every rule finds at *now*; nothing changes."""
    with runtime.database.begin() as connection:
        return [_line(connection, rule, now) for rule in rules(runtime.settings)]


def _line(connection: Connection, rule: Rule, now: datetime) -> Line:
    found = retention.tally(connection, rule.source, rule.purpose, rule.before(now), now)
    next_at = found.oldest_kept + timedelta(days=rule.days) if found.oldest_kept is not None else None
    return Line(rule=rule, due=found.due, on_hold=found.on_hold, kept=found.kept, next_at=next_at)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One batch: how many rows were erased under *rule*."""

    rule: Rule
    erased: int


def run_retention(runtime: Runtime, now: datetime, *, batch: int = BATCH) -> Iterator[Step]:
    """
    Erase everything that is due, a batch and a transaction at a time; may be stopped and run again at any moment.

    Yields:
        One step per batch. What is erased is in the journal, per resident and case.
    """
    for rule in rules(runtime.settings):
        while True:
            erased = _erase_batch(runtime, rule, now, batch)
            if erased:
                yield Step(rule=rule, erased=erased)
            if erased < batch:
                break


def _erase_batch(runtime: Runtime, rule: Rule, now: datetime, batch: int) -> int:
    with runtime.database.begin() as connection:
        before = rule.before(now)
        found = retention.due(connection, rule.source, rule.purpose, before, now, limit=batch)
        owners = sorted({row["resident_id"] for row in found if row["resident_id"] is not None}, key=str)
        if owners:
            # Somebody may have set a hold, or said yes anew, before we held them: ask again.
            retention.hold_residents(connection, owners)
            among = [row["key"] for row in found]
            found = retention.due(connection, rule.source, rule.purpose, before, now, limit=batch, among=among)
        if found:
            journal.append(connection, now, *_entries(rule, found))
            retention.erase(connection, rule.source, [row["key"] for row in found], now)
    if rule.source == "resident" and found:
        runtime.keys.forget()
    return len(found)


def _entries(rule: Rule, found: Sequence[Row]) -> list[Entry]:
    """One entry per resident and case; what belongs to no resident is one entry."""
    counted: Counter[tuple[UUID | None, UUID | None]] = Counter((row["resident_id"], row["case_id"]) for row in found)
    facts = {"item": rule.item, "rows": rule.source, "purpose": purpose_of(rule), "days": rule.days}
    kind = "resident.erased" if rule.source == "resident" else "retention.erased"
    return [
        Entry(
            kind=kind,
            actor="gateway",
            case_id=case_id,
            resident_id=resident_id,
            subject_id=case_id or resident_id,
            facts={**facts, "from": rule.counts_from, "erased": times},
        )
        for (resident_id, case_id), times in counted.items()
    ]


def purpose_of(rule: Rule) -> str | None:
    """The flow of a rule, for people: without the flows that would have kept a case for longer."""
    return rule.purpose.partition(LONGER)[0] if rule.purpose is not None else None


def plain(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The report for machines: what, why, how many, until when."""
    return [
        {
            "item": line.rule.item,
            "rows": line.rule.source,
            "purpose": purpose_of(line.rule),
            "what": {"nl": line.rule.label[0], "en": line.rule.label[1]},
            "why": line.rule.why,
            "days": line.rule.days,
            "counts_from": line.rule.counts_from,
            "due": line.due,
            "on_hold": line.on_hold,
            "kept": line.kept,
            "next_at": line.next_at.isoformat(timespec="seconds").replace("+00:00", "Z") if line.next_at else None,
        }
        for line in lines
    ]
