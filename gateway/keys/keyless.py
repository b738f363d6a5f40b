"""What needs no key: digests, commitments, tokens, and comparing secrets."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def digest(content: bytes) -> str:
    """SHA-256 of *content* as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(content).hexdigest()


def commit(salt: bytes, payload: bytes) -> bytes:
    """
    32 bytes that bind to *payload* and say nothing about it once *salt* is gone: HMAC-SHA-256 keyed by it.

    A plain hash would not do: a BSN has so few values that it can be found by trying them all.
    """
    if len(salt) < 16:
        raise ValueError("a salt of fewer than 16 bytes can be guessed")
    return hmac.digest(salt, payload, "sha256")


def new_salt() -> bytes:
    """32 random bytes for one commitment; destroy it together with the payload."""
    return secrets.token_bytes(32)


def new_token(prefix: str) -> str:
    """A secret of 256 random bits, safe in a URL; *prefix* tells a reader, or a leak scanner, its purpose."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> bytes:
    """What is stored instead of a token of `new_token`; a shorter code can be guessed: use `Keys.index`."""
    return hashlib.sha256(token.encode()).digest()


def same(one: str | bytes, other: str | bytes) -> bool:
    """Whether two secrets are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(_as_bytes(one), _as_bytes(other))


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
