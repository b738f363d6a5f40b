"""Records as an evidence file shows them: rules in words, days one by one, every fact that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from gateway.consent.flows import Flow
from gateway.consent.grants import Grant, GrantEvent, Status
from gateway.domain.deadlines import Deadline
from gateway.domain.grounds import Grounds, OfferAnswer
from gateway.domain.policies import Policy
from gateway.domain.regimes import Adoption, Regime
from gateway.domain.settlement import Earned, Facts, NotEarned

Record = dict[str, Any]
_REMINDERS = ("_reminder", "_final_notice")


def plain(value: Any) -> Any:
    """A value as JSON can hold it; an instant in UTC."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | UUID():
            return str(value)
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return value


def regime(found: Regime, adoptions: Iterable[Adoption], group: str) -> Record:
    """What silence means here: the regime, its source, its exact words, and on what ground this group fell under it."""
    ground = [
        {"group": one.group, "since": str(one.since), "until": plain(one.until), "basis": one.basis}
        for one in adoptions
        if one.regime == found.id and one.group in (group, "default")
    ]
    return {
        "id": found.id,
        "version": found.version,
        "source": found.source,
        "adopted": ground,
        "silence_on_a_request": found.statement_silence.value,
        "silence_on_an_offer": found.proposal_silence.value,
        "refusal_without_facts": found.weak_refusal.value,
        "accepted_in_advance": found.advance_agreement,
        "words": dict(found.words),
    }


def policy(found: Policy) -> Record:
    """What was promised about terms."""
    return {
        "id": found.id,
        "version": found.version,
        "source": found.source,
        "term": found.term.rule,
        "reminders_after": [str(one) for one in found.reminders],
        "cure": found.cure.rule,
        "review": found.review.rule,
    }


def term(row: Mapping[Any, Any], counted: Deadline) -> Record:
    """
    One term with the sum of days that leads to its end.

    The end that counts is "due_on"; it lies after "counted_to" when a reminder came late (the term then moved on).
    """
    return {
        "kind": row["kind"],
        "policy": f"{row['policy_id']}@{row['policy_version']}",
        "rule": counted.term.rule,
        "calendar": row["calendar_version"],
        "counted_with_calendar": counted.calendar_version,
        "state": row["state"],
        "started_on": str(row["started_on"]),
        "due_on": plain(row["due_on"]),
        "counted_to": plain(counted.due),
        "suspensions": row["suspensions"],
        "reminders_delivered": row["reminders_delivered"],
        "days": [
            {"day": str(counted.start), "counts": False, "number": 0, "reason": "the day of delivery does not count"},
            *({"day": str(one.day), **_without(asdict(one), "day")} for one in counted.steps),
        ],
    }


def messages(entries: Sequence[Mapping[Any, Any]], subject_id: UUID) -> list[Record]:
    """Every message of one conversation with each attempt to deliver it and its proof, from the journal."""
    found: dict[str, Record] = {}
    for entry in entries:
        if entry["subject_id"] != subject_id or not entry["kind"].startswith("message."):
            continue
        facts = dict(entry["facts"] or {})
        message_id, kind = str(facts.pop("message_id", "")), str(facts.pop("kind", ""))
        message = found.setdefault(
            message_id,
            {
                "message_id": message_id,
                "kind": kind,
                "is_reminder": kind.endswith(_REMINDERS),
                "delivered_at": None,
                "history": [],
            },
        )
        event = entry["kind"].removeprefix("message.")
        if event == "delivered":
            message["delivered_at"] = plain(entry["at"])
        message["history"].append({"at": plain(entry["at"]), "event": event, **facts})
    return list(found.values())


def consent(grant: Grant, events: Sequence[GrantEvent], flow: Flow | None, standing: Status) -> Record:
    """What the resident said about one flow, what became of it, and what it is worth now."""
    return {
        **{one.name: plain(getattr(grant, one.name)) for one in fields(grant)},
        "act": grant.act.value,
        "mode": flow.mode.value if flow is not None else None,
        "legal_basis": flow.legal_basis if flow is not None else None,
        "article": flow.article if flow is not None else None,
        "status_now": standing.value,
        "events": [{"kind": event.kind.value, "at": plain(event.at)} for event in events],
    }


def answer(row: Mapping[Any, Any], given: OfferAnswer | None, grounds: Grounds) -> Record:
    """A creditor's answer to an offer, as it was read: the ground, its words, and the facts that came with it."""
    ground = grounds.find(row["ground"]) if row["ground"] is not None else None
    return {
        "id": str(row["id"]),
        "received_at": plain(row["received_at"]),
        "late": row["late"],
        "verdict": row["verdict"],
        "ground": row["ground"],
        "ground_nl": ground.label_nl if ground is not None else None,
        "ground_source": ground.source if ground is not None else None,
        "facts_asked_for": [rule.name for rule in ground.facts] if ground is not None else [],
        "facts_given": plain(given.facts) if given is not None else {},
        "reason": given.reason if given is not None else None,
        "sha256": row["digest"],
    }


def verdict(facts: Facts, found: Earned | NotEarned, asked_at: datetime) -> Record:
    """The question of promise 5, put to the record at *asked_at*: may this count as presumed agreement?"""
    looked_at = {one.name: plain(getattr(facts, one.name)) for one in fields(facts) if one.name != "regime"}
    return {
        "question": "May silence, or a refusal that was not argued, be confirmed as presumed agreement?",
        "asked_at": plain(asked_at),
        "earned": isinstance(found, Earned),
        "road": found.road.value if isinstance(found, Earned) else None,
        "reasons_against": list(found.reasons) if isinstance(found, NotEarned) else [],
        "facts": {"regime_presumes": facts.regime.presumes, **looked_at},
    }


def _without(record: Record, name: str) -> Record:
    return {key: value for key, value in record.items() if key != name}
