"""A copy of a checkpoint outside the database: handed to a witness, countersigned by it, or kept in the data folder."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway import keys
from gateway.documents.checkpoint import instant, read_count, read_hash, read_instant
from gateway.documents.proof import Kind, Unproven, hold_key, opened
from gateway.domain import merkle
from gateway.domain.checkpoint import Checkpoint

WITNESS_TYPE = "gateway-witness+jws"
_FORMAT, _VERSION, _MOST_BYTES, _MOST_COUNTERSIGNATURES = "creditor-gateway-checkpoint", 1, 1_000_000, 50


@dataclass(frozen=True, kw_only=True)
class Copy:
    """
    A signed checkpoint with what was added to it.

    Args:
        signed: The checkpoint, as a compact JWS.
        since: The size of an earlier state that *path* proves this one to continue; None = no proof came along.
        countersignatures: Compact JWSs of witnesses who saw it.
    """

    signed: str
    since: int | None = None
    path: tuple[bytes, ...] = ()
    countersignatures: tuple[str, ...] = ()


def to_bytes(copy: Copy) -> bytes:
    """The file."""
    content: dict[str, Any] = {"format": _FORMAT, "version": _VERSION, "checkpoint": copy.signed}
    if copy.since is not None:
        content["consistency"] = {"from": copy.since, "path": [one.hex() for one in copy.path]}
    if copy.countersignatures:
        content["countersignatures"] = list(copy.countersignatures)
    return json.dumps(content, indent=1).encode() + b"\n"


def from_bytes(content: bytes) -> Copy:
    """
    The copy in a file.

    Raises:
        Unproven: UNREADABLE: it is no copy of a checkpoint.
    """
    try:
        found = json.loads(content.decode("ascii"))
        if (found["format"], found["version"]) != (_FORMAT, _VERSION):
            raise ValueError("another format")
        proof = found.get("consistency")
        countersignatures = [_ascii(one) for one in found.get("countersignatures", [])]
        if len(countersignatures) > _MOST_COUNTERSIGNATURES:
            raise ValueError("more witnesses than there are")
        return Copy(
            signed=_ascii(found["checkpoint"]),
            since=read_count(proof["from"]) if proof is not None else None,
            path=tuple(read_hash(one) for one in proof["path"]) if proof is not None else (),
            countersignatures=tuple(countersignatures),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Unproven(Kind.UNREADABLE, "This is not a copy of a checkpoint.") from error


def read_file(path: Path) -> bytes | None:
    """
    The bytes of a copy; None when there is none.

    Raises:
        Unproven: UNREADABLE: something is there, and cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unproven(Kind.UNREADABLE, f"{path} cannot be read.") from error


def write_file(path: Path, copy: Copy) -> None:
    """
    Put the copy in the place of what stood there, whole or not at all, and on the disk.

    Raises:
        OSError: It cannot be written; what stood there is still there.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(to_bytes(copy))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def continues(copy: Copy, newer: Checkpoint, kept: Checkpoint) -> None:
    """
    Hold the checkpoint *newer*, which came in *copy*, to one that was *kept*: is it the same log, only longer?

    Raises:
        Unproven: INCONSISTENT: it is another log or a shorter one. UNREADABLE: the proof for that did not come along.
    """
    if newer.size < kept.size:
        detail = f"The log had {kept.size} entries and now says {newer.size}: entries were taken away."
        raise Unproven(Kind.INCONSISTENT, detail)
    if newer.size == kept.size:
        path: tuple[bytes, ...] = ()
    elif copy.since == kept.size:
        path = copy.path
    else:
        detail = f"The proof that it continues the kept one is missing; ask for a copy since {kept.size} entries."
        raise Unproven(Kind.UNREADABLE, detail)
    proven = merkle.verify_consistency(
        old_size=kept.size, new_size=newer.size, old_root=kept.root, new_root=newer.root, path=path
    )
    if not proven:
        detail = f"The first {kept.size} entries are not the ones they were: this is another log than the kept one."
        raise Unproven(Kind.INCONSISTENT, detail)


def countersigned(copy: Copy, seen: Checkpoint, now: datetime, signer: Callable[[bytes, str], str]) -> Copy:
    """The copy with one more countersignature: this witness saw that checkpoint at that moment."""
    content = {
        "checkpoint": keys.digest(copy.signed.encode("ascii")),
        "size": seen.size,
        "root": seen.root.hex(),
        "time": instant(now),
    }
    added = signer(keys.canonical_json(content), WITNESS_TYPE)
    return replace(copy, countersignatures=(*copy.countersignatures, added))


def witnesses(copy: Copy, jwks: Mapping[str, Any]) -> list[tuple[str, datetime]]:
    """
    Which of the witnesses in *jwks* saw this checkpoint, each with when; others in the file are passed over.

    Raises:
        Unproven: SIGNATURE or KEY: one of them signed something else, or with a key that was revoked by then.
    """
    known = {jwk.get("kid") for jwk in jwks["keys"]}
    seen = []
    for one in copy.countersignatures:
        if _kid(one) not in known:
            continue
        found = opened(one, jwks, typ=WITNESS_TYPE, what="The countersignature")
        try:
            at = read_instant(found.content.get("time"))
        except ValueError as error:
            raise Unproven(Kind.SIGNATURE, "The countersignature is not in the form of one.") from error
        if found.content.get("checkpoint") != keys.digest(copy.signed.encode("ascii")):
            raise Unproven(Kind.SIGNATURE, "The countersignature is of another checkpoint.")
        hold_key(jwks, found.kid, at, what="The countersignature")
        seen.append((found.kid, at))
    return seen


def _ascii(text: Any) -> str:
    if not isinstance(text, str) or not text.isascii():
        raise ValueError("a signature is plain text")
    return text


def _kid(signed: str) -> str | None:
    try:
        return keys.claimed_kid(signed)
    except keys.SignatureInvalid:
        return None
