"""
"Who saw my data" (wie zag mijn gegevens): every send, reply, look, export and refusal about one resident.

From the one journal, in plain words, never with a value and never about anybody else. Whatever is too technical to
say is counted, so that what is shown and what is counted are together every entry there is. The look is journalled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.flows import labels
from gateway.documents.seen_words import A_CREDITOR, BECAUSE, BY_ACTOR, BY_YOU, CLASSES, LANGUAGES, SHOWN, US, YOU
from gateway.errors import NotFound
from gateway.services.runtime import Runtime
from gateway.storage import about_resident, cases, journal, participants
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

MOST_LINES = 200


def show_seen(
    runtime: Runtime,
    resident_id: UUID,
    now: datetime,
    *,
    actor: str,
    organisation_id: UUID,
    before: int | None = None,
    limit: int = MOST_LINES,
    classes: Collection[str] | None = None,
) -> dict[str, Any]:
    """
    What happened with one resident's data, newest first.

    Args:
        before: Only entries older than this one, to turn a page.
        classes: Only lines of these classes (`documents.seen_words.CLASSES`); None = all. What is counted stays the
            same.

    Returns:
        {"lines": [{"entry", "at", "kind", "class", "who", "words", "why", "case_id", "grant_id", "decision"}],
        "technical": how many entries besides are not shown one by one, "total", "next_before"}; *words*, *who* and
        *why* in each language. *decision* is the entry that let a message go or kept it back.

    Raises:
        NotFound: There is no such resident for this organisation.
        Unavailable: The look could not be recorded, so there is none (ruling 15).
    """
    with runtime.database.begin() as connection:
        if cases.resident_of(connection, organisation_id, resident_id) is None:
            raise NotFound
        looked = Entry(kind="resident.looked_at_log", actor=actor, resident_id=resident_id, subject_id=resident_id)
        journal.append(connection, now, looked)
        return seen_by(runtime, connection, resident_id, organisation_id, before=before, limit=limit, classes=classes)


def seen_by(
    runtime: Runtime,
    connection: Connection,
    resident_id: UUID,
    organisation_id: UUID,
    *,
    before: int | None = None,
    limit: int = MOST_LINES,
    classes: Collection[str] | None = None,
) -> dict[str, Any]:
    """As `show_seen`; the caller has checked whose it is and journals the look."""
    most = max(1, min(limit, MOST_LINES))
    rows = about_resident.about(connection, resident_id, kinds=_kinds(classes), before=before, limit=most + 1)
    more, rows = len(rows) > most, rows[:most]
    counted = about_resident.tally(connection, resident_id)
    named = {row["participant_id"] for row in rows if row["participant_id"] is not None} | {organisation_id}
    names = {one: row["name"] for one, row in participants.many(connection, named).items()}
    decided = about_resident.decisions(connection, resident_id, _message_ids(rows))
    return {
        "lines": [_line(runtime, row, names, names[organisation_id], decided) for row in rows],
        "technical": sum(times for kind, times in counted.items() if kind not in SHOWN),
        "total": sum(counted.values()),
        "next_before": rows[-1]["id"] if more else None,
    }


def _kinds(classes: Collection[str] | None) -> list[str]:
    return [kind for kind in SHOWN if classes is None or _class(kind) in classes]


def _class(kind: str) -> str:
    return CLASSES.get(kind, "choice")


def _line(
    runtime: Runtime, row: Row, names: Mapping[UUID, str], organisation: str, decided: Mapping[UUID, Sequence[Row]]
) -> dict[str, Any]:
    who = _who(row, names, organisation)
    sentences = SHOWN[row["kind"]]
    if row["actor"].partition(":")[0] == "resident":
        sentences = BY_YOU.get(row["kind"], sentences)
    return {
        "entry": row["id"],
        "at": row["at"].isoformat(timespec="seconds").replace("+00:00", "Z"),
        "kind": row["kind"],
        "class": _class(row["kind"]),
        "who": who,
        "words": {
            language: _sentence(template, who[language])
            for language, template in zip(LANGUAGES, sentences, strict=True)
        },
        "why": _because(runtime, row) or _why(runtime, row["purpose"]),
        "case_id": str(row["case_id"]) if row["case_id"] is not None else None,
        "grant_id": str(row["grant_id"]) if row["grant_id"] is not None else None,
        "decision": _decision(row, decided),
    }


def _sentence(template: str, who: str) -> str:
    said = template.format(who=who)
    return said[:1].upper() + said[1:]


def _who(row: Row, names: Mapping[UUID, str], organisation: str) -> dict[str, str]:
    """
    Which organisation it was about or by whom it was done; never a person other than the resident.

    A look is of whoever looked; everything else is about the organisation at the other end.
    """
    role = row["actor"].partition(":")[0]
    if row["participant_id"] is not None and row["kind"] not in BY_ACTOR:
        name = names.get(row["participant_id"])
        return dict.fromkeys(LANGUAGES, name) if name is not None else _each(A_CREDITOR)
    if role == "resident":
        return _each(YOU)
    if role == "gateway":
        return _each(US)
    return dict.fromkeys(LANGUAGES, organisation)


def _each(words: Sequence[str]) -> dict[str, str]:
    return dict(zip(LANGUAGES, words, strict=True))


def _because(runtime: Runtime, row: Row) -> dict[str, str] | None:
    """On which statute something was done without a yes: in words, with the article."""
    facts = row["facts"] or {}
    statute = runtime.settings.overrides.of(facts.get("statute", "")) if row["kind"] == "consent.imposed" else None
    if statute is None:
        return None
    article = facts.get("article") or statute.article
    return {
        language: template.format(words=statute.words[language], article=article)
        for language, template in zip(LANGUAGES, BECAUSE, strict=True)
    }


def _why(runtime: Runtime, purpose: str | None) -> dict[str, str] | None:
    """What the flow is for, in the words of the register."""
    flow = runtime.settings.flows.of(purpose) if purpose is not None else None
    return labels(flow, purpose or "") if flow is not None else None


def _message_ids(rows: Sequence[Row]) -> list[UUID]:
    """The messages and conversations that the lines are about: a decision names one of those."""
    found = set()
    for row in rows:
        if row["facts"] and "message_id" in row["facts"]:
            found.add(UUID(row["facts"]["message_id"]))
        elif row["subject_id"] is not None:
            found.add(row["subject_id"])
    return list(found)


def _decision(row: Row, decided: Mapping[UUID, Sequence[Row]]) -> int | None:
    """The last decision about that message before this happened, or the entry itself when it is one."""
    if row["kind"].startswith("decision."):
        return int(row["id"])
    about = row["subject_id"]
    if row["facts"] and "message_id" in row["facts"]:
        about = UUID(row["facts"]["message_id"])
    if CLASSES.get(row["kind"]) not in ("send", "reply") or about not in decided:
        return None
    # A reply is recorded just before the decision whether it may be read; a message just after its own.
    earlier = [one["id"] for one in decided[about] if one["id"] < row["id"]]
    later = [one["id"] for one in decided[about] if one["id"] > row["id"]]
    wanted = later[:1] if row["kind"] == "reply.received" else earlier[-1:]
    return int(wanted[0]) if wanted else None
