"""
A resident's own copy (art. 15 and 20 GDPR): one archive with the data for machines, a page to print, and a signature.

`verify` needs nothing but the file and the sender's public keys, and names the first part that was touched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway import keys
from gateway.documents import archive
from gateway.documents.personal_page import personal_page

FORMAT, VERSION, SIGNATURE_TYPE = "creditor-gateway-personal-export", 1, "gateway-personal-export+jws"
DATA, PORTABLE, PAGE, KEYS = "data.json", "portable.json", "export.html", "keys.json"
MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
_MEMBERS = (DATA, PORTABLE, PAGE, KEYS)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """
    Whether a copy is whole.

    Args:
        kind: "ok", "signature", "altered" or "unreadable".
        place: The first part that is not what was signed.
        keys_inside: Checked against the keys in the file only: it holds together, which does not say who made it.
    """

    kind: str
    detail: str
    place: str | None = None
    made_at: str | None = None
    keys_inside: bool = False

    @property
    def ok(self) -> bool:
        return self.kind == "ok"


def pack(
    content: Mapping[str, Any],
    portable: Mapping[str, Any],
    jwks: Mapping[str, Any],
    sign: Callable[[bytes], str],
    now: datetime,
    *,
    language: str = "nl",
    labels: Mapping[str, str] | None = None,
) -> bytes:
    """
    The archive: data, the portable part, the page, the keys, and a signed list of their digests.

    Args:
        language: Of the page.
        labels: What each flow is for, in that language; None = as the data says it, in Dutch.
    """
    made_at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    members = {
        DATA: _json(content),
        PORTABLE: _json(portable),
        PAGE: personal_page(content, labels or content["flows"], made_at, language).encode(),
        KEYS: _json(jwks),
    }
    manifest = _json(
        {
            "format": FORMAT,
            "version": VERSION,
            "made_at": made_at,
            "files": [{"name": name, "sha256": keys.digest(body)} for name, body in members.items()],
        }
    )
    return archive.pack({**members, MANIFEST: manifest, SIGNATURE: sign(manifest).encode()}, now)


def read(content: bytes, jwks: Mapping[str, Any] | None = None) -> tuple[Verdict, dict[str, Any] | None]:
    """The verdict on a copy, and its data when it is whole."""
    verdict, members = _checked(content, jwks)
    return verdict, json.loads(members[DATA]) if verdict.ok else None


def verify(content: bytes, jwks: Mapping[str, Any] | None = None) -> Verdict:
    """Whether a copy is whole and signed; offline."""
    return _checked(content, jwks)[0]


def _checked(content: bytes, jwks: Mapping[str, Any] | None) -> tuple[Verdict, Mapping[str, bytes]]:
    try:
        opened = archive.read(content)
    except archive.UnreadableArchive as error:
        return Verdict(kind="unreadable", detail=error.detail), {}
    members = opened.members
    wanted = (*_MEMBERS, MANIFEST, SIGNATURE)
    for name in (*opened.wrong, *(name for name in members if name not in wanted)):
        return Verdict(kind="altered", place=name, detail=opened.wrong.get(name, "does not belong in a copy.")), {}
    for name in wanted:
        if name not in members:
            return Verdict(kind="altered", place=name, detail="is missing."), {}
    try:
        known = jwks if jwks is not None else json.loads(members[KEYS])
        keys.verify_detached(members[MANIFEST], members[SIGNATURE].decode("ascii"), known, typ=SIGNATURE_TYPE)
    except (keys.SignatureInvalid, ValueError, RecursionError) as error:
        detail = str(error) if isinstance(error, keys.SignatureInvalid) else "The signature cannot be read."
        return Verdict(kind="signature", place=MANIFEST, detail=detail), {}
    manifest = json.loads(members[MANIFEST])  # signed by us, so it is what `pack` wrote
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        return Verdict(kind="unreadable", detail="This is another kind of file, or of another version."), {}
    for listed in manifest["files"]:
        if keys.digest(members.get(listed["name"], b"")) != listed["sha256"]:
            return Verdict(kind="altered", place=listed["name"], detail="is not what was signed."), {}
    detail = "Every part is what was signed. It says what stood in our records at that moment, not what stands now."
    return Verdict(kind="ok", detail=detail, made_at=manifest["made_at"], keys_inside=jwks is None), members


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode()
