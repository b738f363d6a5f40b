"""
A receipt (ontvangstbewijs): signed proof of one thing that was said or done about a grant, with its place in the log.

It carries no BSN, no name of a person and no reason: whom it is about shows from who holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway import keys
from gateway.consent.flows import Flow
from gateway.consent.grants import Act, Grant
from gateway.documents.checkpoint import instant

RECEIPT_TYPE, VERSION = "gateway-receipt+jws", 1
EVENT_PREFIX = "consent."
# The parts of a receipt; a checker that finds others is not the checker of this version.
PARTS = frozenset(
    ("version", "issuer", "issued_at", "said", "grant", "flow", "recipient", "notice", "recorded", "journal")
)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """
    A journal entry with the proof of its place.

    Args:
        kind: What happened: "consent.given", "consent.withdrawn", ...
        committed: The very bytes that the entry's commitment covers.
        path: From its leaf to the root of the checkpoint, nearest hash first.
        checkpoint: The signed checkpoint, a compact JWS.
    """

    entry_id: int
    kind: str
    at: datetime
    actor: str
    committed: bytes
    salt: bytes
    leaf_index: int
    path: Sequence[bytes]
    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who issues the receipt, and to whom the flow goes; organisations both."""

    issuer: Mapping[str, str]
    recipient_id: UUID
    recipient_name: str


def content_of(grant: Grant, flow: Flow | None, parties: Parties, placed: Placed, now: datetime) -> dict[str, Any]:
    """What the receipt says; *flow* is the register's entry, None when the flow is not in the register any more."""
    return {
        "version": VERSION,
        "issuer": dict(parties.issuer),
        "issued_at": instant(now),
        "said": said(placed.kind, grant),
        "grant": _grant(grant),
        "flow": _flow(grant, flow),
        "recipient": {"id": str(parties.recipient_id), "name": parties.recipient_name},
        "notice": _present(
            id=grant.notice,
            version=grant.notice_version,
            language=grant.notice_language,
            sha256=grant.notice_sha256,
            text_sha256=grant.notice_text_sha256,
        ),
        "recorded": {"by": placed.actor, "at": instant(placed.at)},
        "journal": {
            "entry_id": placed.entry_id,
            "entry": placed.committed.decode("utf-8"),
            "salt": placed.salt.hex(),
            "leaf_index": placed.leaf_index,
            "path": [hashed.hex() for hashed in placed.path],
            "checkpoint": placed.checkpoint,
        },
    }


def sign(content: Mapping[str, Any], signer: Callable[[bytes, str], str]) -> str:
    """The receipt as a compact JWS over canonical JSON; *signer* gives a JWS over a payload with a typ."""
    return signer(keys.canonical_json(content), RECEIPT_TYPE)


def said(kind: str, grant: Grant) -> str:
    """What was said or done, in one word: the event, or "renewed" for a yes that takes the place of an earlier one."""
    word = kind.removeprefix(EVENT_PREFIX)
    return "renewed" if word == Act.GIVEN.value and grant.supersedes is not None else word


def _grant(grant: Grant) -> dict[str, Any]:
    return _present(
        id=str(grant.id),
        act=grant.act.value,
        method=grant.method,
        given_at=instant(grant.given_at),
        received_at=_optional(grant.received_at),
        recorded_at=_optional(grant.recorded_at),
        valid_from=instant(grant.valid_from),
        valid_until=instant(grant.valid_until),
        mandate=str(grant.mandate_id) if grant.mandate_id is not None else None,
        supersedes=str(grant.supersedes) if grant.supersedes is not None else None,
    )


def _flow(grant: Grant, flow: Flow | None) -> dict[str, Any]:
    labels = {"nl": flow.label_nl, "en": flow.label_en, "ar": flow.label_ar} if flow is not None else {}
    return _present(
        purpose=grant.purpose,
        labels={language: label for language, label in labels.items() if label} or None,
        mode=grant.mode,
        legal_basis=grant.legal_basis,
        article=grant.article,
        fields_out=sorted(grant.fields_out) if grant.fields_out is not None else None,
        fields_in=sorted(grant.fields_in) if grant.fields_in is not None else None,
    )


def _present(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


def _optional(moment: datetime | None) -> str | None:
    return instant(moment) if moment is not None else None
