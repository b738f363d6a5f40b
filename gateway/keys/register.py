"""
The register of signing keys: the public half of every key that ever signed here, and which is not to be trusted.

It is a JWK Set (RFC 7517). A key that was replaced carries `exp`; one that was revoked carries `revoked`, with from
when and why, as OpenID Federation 1.0 section 8.7 writes historical keys. There is no private half in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from gateway.keys.failures import SignatureInvalid
from gateway.keys.jwk import thumbprint

REASONS = ("compromised", "superseded", "unspecified")
_MOST_SECONDS = 253_402_300_799  # the last second that a calendar of four digits has


class Standing(StrEnum):
    """What a signature under a key is worth."""

    GOOD = "good"
    FLAGGED = "flagged"  # made before the key was revoked: as the signer says, so worth a new copy
    REVOKED = "revoked"  # made after that
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class KeyVerdict:
    """Where a key stood at a moment; *since* is from when it is revoked, with the *reason*."""

    standing: Standing
    since: datetime | None = None
    reason: str | None = None


def standing_of(jwks: Mapping[str, Any], kid: str, at: datetime) -> KeyVerdict:
    """What a signature of *at* under the key *kid* is worth, by the register *jwks*."""
    found = [jwk for jwk in jwks.get("keys", ()) if isinstance(jwk, Mapping) and jwk.get("kid") == kid]
    if len(found) != 1:
        return KeyVerdict(standing=Standing.UNKNOWN)
    revoked = found[0].get("revoked")
    if revoked is None:
        return KeyVerdict(standing=Standing.GOOD)
    since, reason = _revocation(revoked)
    standing = Standing.REVOKED if at >= since else Standing.FLAGGED
    return KeyVerdict(standing=standing, since=since, reason=reason)


def without_revoked(jwks: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that may still be trusted: what others check new messages with."""
    return {"keys": [dict(jwk) for jwk in jwks["keys"] if "revoked" not in jwk]}


def replaced(jwks: Mapping[str, Any], old: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The register with *old* in it as a key that signs no more since *at*."""
    others = [jwk for jwk in jwks["keys"] if jwk["kid"] != old["kid"]]
    marks: Mapping[str, Any] = next((jwk for jwk in jwks["keys"] if jwk["kid"] == old["kid"]), {})
    return {"keys": [*others, {**old, **marks, "exp": int(at.timestamp())}]}


def revoked(jwks: Mapping[str, Any], kid: str, since: datetime, reason: str) -> dict[str, Any]:
    """
    The register with *kid* marked as revoked from *since*.

    A revocation is never moved to a later moment: what was refused once must not come to count.

    Raises:
        KeyError: The key is not in it.
        ValueError: It was revoked from an earlier moment already, or the reason is not one of `REASONS`.
    """
    if reason not in REASONS:
        raise ValueError("no such reason")
    jwk = next((one for one in jwks["keys"] if one["kid"] == kid), None)
    if jwk is None:
        raise KeyError(kid)
    if "revoked" in jwk and _revocation(jwk["revoked"])[0] < since:
        raise ValueError("it was revoked from an earlier moment already")
    marked = {**jwk, "revoked": {"revoked_at": int(since.timestamp()), "reason": reason}}
    return {"keys": [marked if one["kid"] == kid else one for one in jwks["keys"]]}


def to_text(jwks: Mapping[str, Any]) -> bytes:
    """The register as it is kept and handed out."""
    return json.dumps(jwks, indent=1, ensure_ascii=False).encode("utf-8") + b"\n"


def from_text(content: bytes) -> dict[str, Any]:
    """
    The register out of a file: ours, or a JWK Set that somebody published.

    Raises:
        SignatureInvalid: It is no JWK Set, a kid is there twice or is not the thumbprint it says, or a mark is bent.
    """
    try:
        found = json.loads(content.decode("utf-8"))
        jwks = {"keys": [dict(jwk) for jwk in found["keys"]]}
        kids = [jwk["kid"] for jwk in jwks["keys"]]
        for jwk in jwks["keys"]:
            if "revoked" in jwk:
                _revocation(jwk["revoked"])
            if jwk["kid"] != thumbprint(jwk):
                raise ValueError("a kid that is not the thumbprint of its key")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SignatureInvalid('This is not a JWK Set: an object with a list of "keys", each with its kid.') from error
    if len(set(kids)) != len(kids):
        raise SignatureInvalid("Two keys in this JWK Set have one name.")
    return jwks


def _revocation(mark: Any) -> tuple[datetime, str]:
    """
    From when, and why.

    Raises:
        ValueError: The mark is not in the form of one.
    """
    if not isinstance(mark, Mapping):
        raise ValueError("a mark that is no object")
    moment = mark.get("revoked_at")
    if type(moment) is not int or not 0 <= moment <= _MOST_SECONDS:
        raise ValueError("a revocation without a moment")
    return datetime.fromtimestamp(moment, UTC), str(mark.get("reason", "unspecified"))
