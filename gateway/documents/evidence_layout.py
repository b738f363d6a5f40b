"""What stands where in an evidence file, and in which bytes: shared by who packs it and who checks it."""

from __future__ import annotations

import json
from typing import Any

VERSION = 1
README, CASE, JOURNAL, KEYS = "README.txt", "case.json", "journal.json", "keys.json"
CHECKPOINT, CHECKPOINT_SIGNATURE = "checkpoint.json", "checkpoint.jws"
MANIFEST, MANIFEST_SIGNATURE = "manifest.json", "manifest.jws"
CHECKPOINT_TYPE, EVIDENCE_TYPE = "gateway-checkpoint+jws", "gateway-evidence+jws"
# What a journal entry commits to, as gateway.storage.journal writes it.
ENTRY_FIELDS = frozenset(
    ("at", "kind", "actor", "case_id", "resident_id", "participant_id", "grant_id", "subject_id", "facts")
)


def to_json(content: Any) -> bytes:
    """*content* for people and machines: indented, in the order it was made, always the same bytes."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def canonical(fields: Any) -> bytes:
    """The bytes that a journal entry's commitment covers: sorted keys, no spaces, UTF-8."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
