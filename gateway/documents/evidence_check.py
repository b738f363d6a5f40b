"""Check an evidence file offline: who signed it, whether a byte was changed since, whether each entry is in the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway import keys
from gateway.documents import archive
from gateway.documents.evidence_layout import (
    CASE,
    CHECKPOINT,
    CHECKPOINT_SIGNATURE,
    CHECKPOINT_TYPE,
    ENTRY_FIELDS,
    EVIDENCE_TYPE,
    JOURNAL,
    KEYS,
    MANIFEST,
    MANIFEST_SIGNATURE,
    README,
    VERSION,
    canonical,
)
from gateway.domain import merkle

_NEEDED = (README, CASE, JOURNAL, CHECKPOINT, CHECKPOINT_SIGNATURE, KEYS)
_BENT = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError)


class Kind(StrEnum):
    """How a check ended."""

    OK = "ok"
    SIGNATURE = "signature"  # not signed by these keys
    ALTERED = "altered"  # a file was changed, added or left out, or an entry is not in the log
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """
    What the check found.

    Args:
        place: The first file, or the file and entry, with which something is wrong; None when all is well.
        keys_inside: No keys were given, so the signatures were checked against the keys inside the file: that shows
            that it holds together, not who made it.
        entries: How many journal entries were proven to be in the log.
        erased: How many of those had been erased, so that only their place is proven.
    """

    kind: Kind
    detail: str
    place: str | None = None
    keys_inside: bool = False
    built_at: str | None = None
    case_id: str | None = None
    files: int = 0
    entries: int = 0
    erased: int = 0
    log_size: int = 0

    @property
    def ok(self) -> bool:
        return self.kind is Kind.OK


class _Found(Exception):
    """Carries the verdict out of the checks as soon as there is one."""

    def __init__(self, kind: Kind, place: str | None, detail: str) -> None:
        self.verdict = Verdict(kind=kind, place=place, detail=detail)


def verify(evidence: bytes, jwks: Mapping[str, Any] | None = None) -> Verdict:
    """
    Check the evidence file *evidence*, from the outside in; nothing is fetched and nothing is written.

    Args:
        jwks: The sender's public keys, got from the sender; None = those inside the file, and the verdict says so.
    """
    try:
        return _checked(evidence, jwks)
    except archive.UnreadableArchive as error:
        return Verdict(kind=Kind.UNREADABLE, detail=error.detail)
    except _Found as found:
        return found.verdict


def _checked(evidence: bytes, jwks: Mapping[str, Any] | None) -> Verdict:
    opened = archive.read(evidence)
    members = opened.members
    if MANIFEST not in members and MANIFEST not in opened.wrong:
        raise _Found(Kind.UNREADABLE, MANIFEST, "It is missing, so this is not an evidence file.")
    for name in opened.wrong:
        raise _Found(Kind.ALTERED, name, f"This file {opened.wrong[name]}.")
    _check_signature(members, jwks)
    manifest = _read_json(members, MANIFEST)
    listed = _check_files(members, manifest)
    checkpoint = _check_checkpoint(members, jwks)
    entries, erased = _check_journal(members, checkpoint)
    _check_container(evidence, members, listed, manifest)
    return Verdict(
        kind=Kind.OK,
        detail="Signed, complete and unchanged; every entry is in the log.",
        keys_inside=jwks is None,
        built_at=manifest["built_at"],
        case_id=str(manifest["case_id"]),
        files=len(members),
        entries=entries,
        erased=erased,
        log_size=checkpoint["size"],
    )


def _check_signature(members: Mapping[str, bytes], jwks: Mapping[str, Any] | None) -> None:
    """The manifest is signed by the given keys; when the keys inside were touched, say that rather than "signature"."""
    try:
        signature = members[MANIFEST_SIGNATURE].decode("ascii")
        keys.verify_detached(members[MANIFEST], signature, _keys(members, jwks), typ=EVIDENCE_TYPE)
    except KeyError as error:
        raise _Found(Kind.SIGNATURE, MANIFEST_SIGNATURE, "The signature is missing.") from error
    except (keys.SignatureInvalid, UnicodeDecodeError) as error:
        if jwks is None:
            _blame_keys(members)
        raise _Found(Kind.SIGNATURE, MANIFEST, "manifest.jws is not a valid signature over manifest.json.") from error


def _keys(members: Mapping[str, bytes], jwks: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if jwks is not None:
        return jwks
    if KEYS not in members:
        raise _Found(Kind.ALTERED, KEYS, "This file is missing; give the sender's keys with --keys.")
    try:
        inside = _read_json(members, KEYS)
    except _Found as found:
        raise keys.SignatureInvalid from found
    if not isinstance(inside.get("keys"), list):
        raise keys.SignatureInvalid
    return inside


def _blame_keys(members: Mapping[str, bytes]) -> None:
    """The keys inside are not those of the manifest, and they open the other signature neither: it is the keys."""
    try:
        keys.verify(members[CHECKPOINT_SIGNATURE].decode("ascii"), _keys(members, None), typ=CHECKPOINT_TYPE)
        return
    except (*_BENT, keys.SignatureInvalid):
        pass
    try:
        listed = {one["name"]: one["sha256"] for one in _read_json(members, MANIFEST)["files"]}
    except (*_BENT, _Found):
        return
    if KEYS in listed and listed[KEYS] != keys.digest(members[KEYS]):
        raise _Found(Kind.ALTERED, KEYS, "This file was altered, so the signature cannot be checked against it.")


def _check_files(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[str]:
    """Every file is the one in the manifest, and there is no other."""
    try:
        if manifest["version"] != VERSION:
            raise _Found(Kind.UNREADABLE, MANIFEST, "It is of a version that this program does not know.")
        listed = {str(one["name"]): str(one["sha256"]) for one in manifest["files"]}
        datetime.fromisoformat(manifest["built_at"])
    except _BENT as error:
        raise _Found(Kind.UNREADABLE, MANIFEST, "It is not in the form of a manifest.") from error
    for name in (*listed, *_NEEDED):
        if name not in members or name not in listed:
            raise _Found(Kind.ALTERED, name, "This file is missing.")
        if keys.digest(members[name]) != listed[name]:
            raise _Found(Kind.ALTERED, name, "This file was altered: it is not the one in the manifest.")
    for name in members:
        if name not in listed and name not in (MANIFEST, MANIFEST_SIGNATURE):
            raise _Found(Kind.ALTERED, name, "This file was added: it is not in the manifest.")
    return list(listed)


def _check_checkpoint(members: Mapping[str, bytes], jwks: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        signature = members[CHECKPOINT_SIGNATURE].decode("ascii")
        signed = keys.verify(signature, _keys(members, jwks), typ=CHECKPOINT_TYPE).payload
    except (keys.SignatureInvalid, UnicodeDecodeError) as error:
        raise _Found(Kind.SIGNATURE, CHECKPOINT_SIGNATURE, "The signature is not valid.") from error
    if signed != members[CHECKPOINT]:
        raise _Found(Kind.SIGNATURE, CHECKPOINT, "checkpoint.jws signs another state of the log.")
    checkpoint = _read_json(members, CHECKPOINT)
    try:
        if type(checkpoint["size"]) is not int or len(bytes.fromhex(checkpoint["root"])) != 32:
            raise ValueError("not a tree")
    except _BENT as error:
        raise _Found(Kind.UNREADABLE, CHECKPOINT, "It is not in the form of a checkpoint.") from error
    return checkpoint


def _check_journal(members: Mapping[str, bytes], checkpoint: Mapping[str, Any]) -> tuple[int, int]:
    """Every entry is what it committed to, and stands in the log; how many, and how many of them were erased."""
    entries = _read_json(members, JOURNAL).get("entries")
    if not isinstance(entries, list):
        raise _Found(Kind.UNREADABLE, JOURNAL, "It is not in the form of a journal.")
    erased, seen = 0, set()
    for number, recorded in enumerate(entries):
        try:
            wrong = _wrong_with(recorded, checkpoint)
            erased += recorded["entry"] is None
            index = recorded["leaf_index"]
        except _BENT as error:
            raise _Found(Kind.UNREADABLE, f"{JOURNAL}, entry {number}", "It is not in the form of an entry.") from error
        if wrong is None and index in seen:
            wrong = "it is there twice"
        if wrong is not None:
            raise _Found(Kind.ALTERED, f"{JOURNAL}, entry {number}", f"This entry does not hold: {wrong}.")
        seen.add(index)
    return len(entries), erased


def _wrong_with(recorded: Mapping[str, Any], checkpoint: Mapping[str, Any]) -> str | None:
    commitment, leaf = bytes.fromhex(recorded["commitment"]), bytes.fromhex(recorded["leaf_hash"])
    fields = recorded["entry"]
    if fields is not None:
        if set(fields) != ENTRY_FIELDS:
            return "its fields are not those of an entry"
        if keys.commit(bytes.fromhex(recorded["salt"]), canonical(fields)) != commitment:
            return "its content is not what it committed to"
    if merkle.leaf_hash(commitment) != leaf:
        return "its leaf is not that of its commitment"
    if type(recorded["leaf_index"]) is not int:
        return "it has no place in the log"
    proven = merkle.verify_inclusion(
        leaf=leaf,
        index=recorded["leaf_index"],
        size=checkpoint["size"],
        path=[bytes.fromhex(hashed) for hashed in recorded["inclusion_proof"]],
        root=bytes.fromhex(checkpoint["root"]),
    )
    return None if proven else "it is not in the log of the checkpoint"


def _check_container(
    evidence: bytes, members: Mapping[str, bytes], listed: list[str], manifest: Mapping[str, Any]
) -> None:
    """The archive itself is as we pack it: nothing stands between or behind its files."""
    order = (*listed, MANIFEST, MANIFEST_SIGNATURE)
    try:
        ours = archive.pack({name: members[name] for name in order}, datetime.fromisoformat(manifest["built_at"]))
    except ValueError as error:
        raise _Found(Kind.UNREADABLE, MANIFEST, "It is not in the form of a manifest.") from error
    if ours != evidence:
        place = next((at for at, (one, other) in enumerate(zip(ours, evidence, strict=False)) if one != other), None)
        at = place if place is not None else min(len(ours), len(evidence))
        detail = f"Every file in it is whole, but the archive around them was changed, from byte {at} on."
        raise _Found(Kind.ALTERED, "the archive itself", detail)


def _read_json(members: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        found = json.loads(members[name].decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise _Found(Kind.UNREADABLE, name, "It is not JSON that we can read.") from error
    if not isinstance(found, dict):
        raise _Found(Kind.UNREADABLE, name, "It is not in the form that belongs here.")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
