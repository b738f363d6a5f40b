"""Sealing with AES-256-GCM: what is sealed opens only with its key, and only at its place."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.keys.failures import SealBroken

# The version byte of what was sealed: under which key, in which layout.
RESIDENT: Final = b"\x01"
INSTALLATION: Final = b"\x02"
ID_BYTES: Final = 8
NONCE_BYTES: Final = 12
SECRET_BYTES: Final = 32

Row = str | UUID | int  # how a row is named; always put through str()


class Master:
    """One master key, as the independent keys derived from it; the id tells which one sealed a record."""

    def __init__(self, secret: bytes) -> None:
        self.id = derived(secret, "master key id", ID_BYTES)
        self.wrapping = AESGCM(derived(secret, "wrap resident keys"))
        self.installation = AESGCM(derived(secret, "seal installation records"))


def derived(secret: bytes, purpose: str, length: int = SECRET_BYTES) -> bytes:
    """An independent key for one purpose (HKDF, RFC 5869), and for no other."""
    info = f"creditor-gateway v1 {purpose}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(secret)


def place(head: bytes, *parts: Row) -> bytes:
    """The associated data: each part behind its length, so that ("ab", "c") never equals ("a", "bc")."""
    encoded = [head, *(str(part).encode("utf-8") for part in parts)]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


def opened(key: AESGCM, content: bytes, where: bytes) -> bytes:
    """
    What a nonce and the sealed bytes behind it hold.

    Raises:
        SealBroken: A byte was changed, or *where* is not where it was sealed.
    """
    try:
        return key.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], where)
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise SealBroken from error
