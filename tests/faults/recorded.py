"""Reads what the gateway wrote in a race: entries, outbox; with plain SQL and none of the gateway's own reading."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.faults.history import Entry, Message

_ENTRIES = """
SELECT j.id, j.kind, j.grant_id::text, coalesce(f.facts->>'message_id', j.subject_id::text),
       coalesce(f.facts->>'digest', f.facts#>>'{resource,properties,digest}'), j.at
FROM journal j JOIN journal_facts f ON f.entry_id = j.id
WHERE j.kind IN ('message.sending', 'consent.used', 'consent.withdrawn', 'consent.paused', 'consent.revoked')
   OR j.kind LIKE 'decision.%' AND f.facts#>>'{action,name}' = 'send'
ORDER BY j.id
"""
_MESSAGES = "SELECT id::text, kind, grant_id::text, subject_id::text, state FROM message"


def record(url: str) -> tuple[list[Entry], list[Message]]:
    """The entries that a race is judged by, and every row of the outbox."""
    with psycopg.connect(url) as connection:
        return [_entry(row) for row in connection.execute(_ENTRIES)], [
            Message(id=row[0], kind=row[1], grant=row[2], conversation=row[3], state=row[4])
            for row in connection.execute(_MESSAGES)
        ]


def _entry(row: Any) -> Entry:
    return Entry(number=row[0], kind=row[1], grant=row[2], message=row[3], digest=row[4], at=row[5])
