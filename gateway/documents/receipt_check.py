"""Check receipts offline: signed by whom, unchanged, in the log, and whether a later one says otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway import keys
from gateway.documents import checkpoint as form
from gateway.documents.checkpoint import read_count, read_hash, read_instant
from gateway.documents.checkpoint_copy import Copy, from_bytes
from gateway.documents.evidence_layout import ENTRY_FIELDS
from gateway.documents.proof import Kind, Unproven, hold_key, opened
from gateway.documents.receipt import EVENT_PREFIX, PARTS, RECEIPT_TYPE, VERSION
from gateway.domain import merkle
from gateway.domain.checkpoint import Checkpoint

MOST_BYTES = 200_000
SIGNED = "Signed, and in the log. That shows what was said then, not that it is still in force."
_BENT = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """
    What the check of one receipt found.

    Args:
        place: With which part something is wrong; None when all is well.
        notes: What a reader should know besides, such as a key that was revoked later.
    """

    kind: Kind
    detail: str
    place: str | None = None
    notes: tuple[str, ...] = ()
    said: str | None = None
    at: str | None = None
    issuer: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    grant_id: str | None = None
    supersedes: str | None = None
    leaf_index: int | None = None
    log_size: int | None = None
    log_root: str | None = field(default=None, repr=False)


class _Found(Exception):
    """Carries a verdict out of the checks as soon as there is one."""

    def __init__(self, kind: Kind, place: str, detail: str) -> None:
        self.verdict = Verdict(kind=kind, place=place, detail=detail)


def verify(receipts: Sequence[bytes], jwks: Mapping[str, Any], copies: Sequence[bytes] = ()) -> list[Verdict]:
    """
    Check each of *receipts* by itself, and then against the others: what one says may have ended with another.

    Nothing is fetched and nothing is written.

    Args:
        jwks: The issuer's public keys with what is revoked (`GET /v1/keys/history`), got from the issuer.
        copies: Copies of checkpoints, to hold the logs of the receipts to.

    Raises:
        Unproven: One of *copies* is no checkpoint of these keys.
    """
    seen = [_seen(content, jwks) for content in copies]
    alone = [_verified(receipt, jwks, seen) for receipt in receipts]
    return _held_together(alone)


def _seen(content: bytes, jwks: Mapping[str, Any]) -> tuple[Copy, Checkpoint]:
    copy = from_bytes(content)
    return copy, form.read(copy.signed, jwks).checkpoint


def _verified(receipt: bytes, jwks: Mapping[str, Any], seen: Sequence[tuple[Copy, Checkpoint]]) -> Verdict:
    try:
        return _checked(receipt, jwks, seen)
    except _Found as found:
        return found.verdict
    except Unproven as unproven:
        return Verdict(kind=unproven.kind, place="the receipt", detail=unproven.detail)


def _checked(receipt: bytes, jwks: Mapping[str, Any], seen: Sequence[tuple[Copy, Checkpoint]]) -> Verdict:
    signed = opened(_compact(receipt), jwks, typ=RECEIPT_TYPE, what="The receipt")
    content = signed.content
    try:
        issued_at = _shape(content)
    except _BENT as error:
        raise _Found(Kind.SIGNATURE, "the receipt", "What is signed is not in the form of a receipt.") from error
    notes = [*_told(hold_key(jwks, signed.kid, issued_at, what="The receipt"), "The receipt")]
    entry = _entry(content)
    _check_entry_says_the_same(content, entry)
    checkpoint, told = _checkpoint(content, jwks)
    _check_in_log(content, checkpoint)
    for copy, kept in seen:
        notes += _held_to(checkpoint, copy, kept)
    return Verdict(
        kind=Kind.OK,
        detail=SIGNED,
        notes=(*notes, *told),
        said=content["said"],
        at=content["recorded"]["at"],
        issuer=str(content["issuer"]["name"]),
        recipient=str(content["recipient"]["name"]),
        purpose=str(content["flow"]["purpose"]),
        grant_id=content["grant"]["id"],
        supersedes=content["grant"].get("supersedes"),
        leaf_index=content["journal"]["leaf_index"],
        log_size=checkpoint.size,
        log_root=checkpoint.root.hex(),
    )


def _compact(receipt: bytes) -> str:
    """The JWS in the file; one line feed at its end is what an editor adds, and no part of it."""
    if len(receipt) > MOST_BYTES:
        raise Unproven(Kind.UNREADABLE, "It is too large to be a receipt.")
    try:
        text = receipt.removesuffix(b"\n").decode("ascii")
    except UnicodeDecodeError as error:
        raise Unproven(Kind.SIGNATURE, "It is not a receipt: there are signs in it that no receipt has.") from error
    if not text:
        raise Unproven(Kind.UNREADABLE, "The file is empty.")
    return text


def _shape(content: Mapping[str, Any]) -> datetime:
    """The parts are there and of the kind they should be; when it was issued."""
    if content["version"] != VERSION or set(content) != PARTS:
        raise ValueError("another version")
    for part in ("issuer", "grant", "flow", "recipient", "notice", "recorded", "journal"):
        if not isinstance(content[part], Mapping):
            raise TypeError(part)
    UUID(content["grant"]["id"])
    for part, names in (("said", ()), ("issuer", ("name",)), ("recipient", ("id", "name")), ("flow", ("purpose",))):
        for text in [content[part][name] for name in names] or [content[part]]:
            if not isinstance(text, str):
                raise TypeError(part)
    read_instant(content["recorded"]["at"])
    read_count(content["journal"]["leaf_index"])
    return read_instant(content["issued_at"])


def _entry(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The journal entry in the receipt."""
    try:
        entry = json.loads(content["journal"]["entry"], object_pairs_hook=_unique)
        if not isinstance(entry, dict) or set(entry) != ENTRY_FIELDS or not isinstance(entry["facts"], dict):
            raise ValueError("not an entry")
    except _BENT as error:
        raise _Found(Kind.NOT_IN_LOG, "the entry", "The entry in the receipt is not in the form of one.") from error
    return entry


def _check_entry_says_the_same(content: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    """What the receipt says in front is what the entry in the log says."""
    said = "given" if content["said"] == "renewed" else content["said"]
    facts = entry["facts"]
    pairs = {
        "said": (f"{EVENT_PREFIX}{said}", entry["kind"]),
        "grant": (content["grant"]["id"], entry["grant_id"]),
        "recipient": (content["recipient"]["id"], entry["participant_id"]),
        "recorded by": (content["recorded"].get("by"), entry["actor"]),
        "recorded at": (read_instant(content["recorded"]["at"]), _moment(entry["at"])),
        "purpose": (content["flow"]["purpose"], facts.get("purpose", content["flow"]["purpose"])),
        "notice": (content["notice"].get("sha256"), facts.get("notice_sha256", content["notice"].get("sha256"))),
    }
    for place, (told, logged) in pairs.items():
        if told != logged:
            raise _Found(Kind.NOT_IN_LOG, place, "The receipt says something else than the entry in the log.")


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _checkpoint(content: Mapping[str, Any], jwks: Mapping[str, Any]) -> tuple[Checkpoint, list[str]]:
    try:
        proven = form.read(str(content["journal"]["checkpoint"]), jwks)
    except KeyError as error:
        raise _Found(Kind.NOT_IN_LOG, "the checkpoint", "There is no checkpoint in the receipt.") from error
    except Unproven as unproven:
        raise _Found(unproven.kind, "the checkpoint", unproven.detail) from unproven
    return proven.checkpoint, [*_told(proven.key, "The checkpoint")]


def _check_in_log(content: Mapping[str, Any], checkpoint: Checkpoint) -> None:
    journal = content["journal"]
    try:
        commitment = keys.commit(bytes.fromhex(journal["salt"]), journal["entry"].encode("utf-8"))
        path = [read_hash(hashed) for hashed in journal["path"]]
    except _BENT as error:
        raise _Found(Kind.NOT_IN_LOG, "the proof", "The proof is not in the form of one.") from error
    is_in = merkle.verify_inclusion(
        leaf=merkle.leaf_hash(commitment),
        index=journal["leaf_index"],
        size=checkpoint.size,
        path=path,
        root=checkpoint.root,
    )
    if not is_in:
        raise _Found(Kind.NOT_IN_LOG, "the proof", "The entry is not in the log of the checkpoint.")


def _held_to(checkpoint: Checkpoint, copy: Copy, kept: Checkpoint) -> list[str]:
    """The log of the receipt and the one that was kept are one log, as far as the copy can show."""
    same_size = kept.size == checkpoint.size
    if same_size or copy.since == checkpoint.size:
        one_log = merkle.verify_consistency(
            old_size=checkpoint.size,
            new_size=kept.size,
            old_root=checkpoint.root,
            new_root=kept.root,
            path=() if same_size else copy.path,
        )
        if not one_log:
            detail = f"The log of this receipt, of {checkpoint.size} entries, is not the log of the kept checkpoint."
            raise _Found(Kind.INCONSISTENT, "the checkpoint", detail)
        return []
    note = (
        f"Not compared with the kept checkpoint of {kept.size} entries: for that it needs the proof since "
        f"{checkpoint.size} entries."
    )
    return [note]


def _held_together(alone: Sequence[Verdict]) -> list[Verdict]:
    """Receipts that hold by themselves, held to each other: two logs, or a later word about the same grant."""
    sound = [one for one in alone if one.kind is Kind.OK]
    return [_beside(one, sound) if one.kind is Kind.OK else one for one in alone]


def _beside(one: Verdict, others: Sequence[Verdict]) -> Verdict:
    for other in others:
        if other.log_size == one.log_size and other.log_root != one.log_root:
            detail = "Another receipt here is of a log of the same length with other entries: the log was forked."
            return replace(one, kind=Kind.INCONSISTENT, place="the checkpoint", detail=detail)
    assert one.leaf_index is not None  # of every receipt that holds
    later = [
        other
        for other in others
        if other.leaf_index is not None
        and other.leaf_index > one.leaf_index
        and (other.grant_id == one.grant_id or other.supersedes == one.grant_id)
        and other.said not in _NO_CHANGE
    ]
    if not later:
        return one
    last = max(later, key=lambda other: other.leaf_index or 0)
    detail = f"Signed, and in the log; but a later receipt here says: {last.said} ({last.at})."
    return replace(one, kind=Kind.SUPERSEDED, detail=detail)


_NO_CHANGE = frozenset(("used",))


def _told(key: keys.KeyVerdict, what: str) -> list[str]:
    if key.standing is not keys.Standing.FLAGGED or key.since is None:
        return []
    note = (
        f"{what} is signed with a key that was revoked from {key.since.date().isoformat()} ({key.reason}); the moment "
        "before that is the signer's word. Ask for a new copy, signed with the present key."
    )
    return [note]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found
