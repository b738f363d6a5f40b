"""
A checkpoint of the journal as it is signed: a compact JWS, so that one set of keys and one checker do for everything.

The other form considered was the signed note of C2SP. It wants Ed25519 and a name for the log; our receipts, messages
and evidence files are ES256 in JWS, and whoever checks a receipt has that code and those keys at hand already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway import keys
from gateway.documents.evidence_layout import CHECKPOINT_TYPE
from gateway.documents.proof import Kind, Unproven, hold_key, opened
from gateway.domain.checkpoint import Checkpoint

_FIELDS = frozenset(("size", "root", "time"))


@dataclass(frozen=True, kw_only=True)
class Proven:
    """A checkpoint whose signature holds, and where its key stands now."""

    checkpoint: Checkpoint
    key: keys.KeyVerdict


def sign(checkpoint: Checkpoint, signer: Callable[[bytes, str], str]) -> str:
    """The signed form; *signer* gives a compact JWS over a payload with a typ."""
    content = {"size": checkpoint.size, "root": checkpoint.root.hex(), "time": instant(checkpoint.at)}
    return signer(keys.canonical_json(content), CHECKPOINT_TYPE)


def read(signed: str, jwks: Mapping[str, Any]) -> Proven:
    """
    The checkpoint in *signed*.

    Raises:
        Unproven: SIGNATURE or KEY, by the keys in *jwks*; a key that is revoked now, but was not then, is told of.
    """
    found = opened(signed, jwks, typ=CHECKPOINT_TYPE, what="The checkpoint")
    checkpoint = _checkpoint(found.content, found.kid)
    return Proven(checkpoint=checkpoint, key=hold_key(jwks, found.kid, checkpoint.at, what="The checkpoint"))


def read_unheld(signed: str, jwks: Mapping[str, Any]) -> Proven:
    """As `read`, but a revoked key is only told of: for a journal that a later checkpoint may vouch for."""
    found = opened(signed, jwks, typ=CHECKPOINT_TYPE, what="The checkpoint")
    checkpoint = _checkpoint(found.content, found.kid)
    return Proven(checkpoint=checkpoint, key=keys.standing_of(jwks, found.kid, checkpoint.at))


def instant(moment: datetime) -> str:
    """A moment in UTC with microseconds, in one spelling."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_instant(text: object) -> datetime:
    """
    The moment that `instant` wrote.

    Raises:
        ValueError: It is another spelling, or no moment.
    """
    if not isinstance(text, str):
        raise ValueError("a moment is text")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or instant(moment) != text:
        raise ValueError("a moment in another spelling")
    return moment


def read_hash(text: object) -> bytes:
    """
    32 bytes out of lower-case hexadecimal.

    Raises:
        ValueError: It is anything else.
    """
    if not isinstance(text, str):
        raise ValueError("a hash is text")
    content = bytes.fromhex(text)
    if len(content) != 32 or content.hex() != text:
        raise ValueError("a hash in another spelling")
    return content


def read_count(value: object) -> int:
    """
    A whole number of 0 or more.

    Raises:
        ValueError: It is anything else.
    """
    if type(value) is not int or value < 0:
        raise ValueError("not a count")
    return value


def _checkpoint(content: Mapping[str, Any], kid: str) -> Checkpoint:
    try:
        if set(content) != _FIELDS:
            raise ValueError("other fields than those of a checkpoint")
        return Checkpoint(
            size=read_count(content["size"]),
            root=read_hash(content["root"]),
            at=read_instant(content["time"]),
            kid=kid,
        )
    except ValueError as error:
        raise Unproven(Kind.SIGNATURE, "What is signed is not in the form of a checkpoint.") from error
