"""The keys of this installation: they seal, find back and sign; nothing else in the gateway holds one."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import ConfigurationError
from gateway.keys import folder as key_folder
from gateway.keys import jws, keyless, register
from gateway.keys.failures import SealBroken
from gateway.keys.sealing import (
    ID_BYTES,
    INSTALLATION,
    NONCE_BYTES,
    RESIDENT,
    SECRET_BYTES,
    Master,
    Row,
    derived,
    opened,
    place,
)
from gateway.keys.signing import SigningKey


class Keys:
    """
    The keys of one installation; safe to share between threads.

    Records about a resident are sealed under that resident's own key, which is stored wrapped and lives
    nowhere else: deleting the wrapped key erases them all.
    """

    def __init__(
        self,
        *,
        masters: list[bytes],
        index_key: bytes,
        signing: SigningKey,
        retired: list[SigningKey],
        registered: Mapping[str, Any],
    ) -> None:
        """The first of *masters* seals, the others only open; *retired* and *registered* are only published."""
        known = [Master(secret) for secret in masters]
        self._master = known[0]
        self._masters = {master.id: master for master in reversed(known)}
        self._signing = signing
        marked = {jwk["kid"]: dict(jwk) for jwk in registered["keys"]}
        held = {key.kid: key.public_jwk() for key in (signing, *retired)}
        self._history = {"keys": [{**jwk, **marked.get(kid, {})} for kid, jwk in held.items()]}
        self._history["keys"] += [jwk for kid, jwk in marked.items() if kid not in held]
        # Bounded, and keyed by the wrapped key: who no longer has that cannot reach what is remembered here.
        self._resident_key = lru_cache(maxsize=1_024)(self._unwrapped)
        self._index_key = lru_cache(maxsize=256)(lambda purpose: derived(index_key, f"index {purpose}"))

    def __repr__(self) -> str:
        return f"Keys({self.fingerprint})"

    @classmethod
    def load(cls, folder: Path, *, create: bool = False) -> Keys:
        """
        The keys in *folder*: master.key and index.key (32 bytes each) and signing.pem (P-256).

        A master key is replaced by renaming it: master-*.key still open what they sealed. signing-*.pem and the
        keys in published.json are still published. With *create* a folder without keys is filled; processes that
        start at once agree.

        Raises:
            ConfigurationError: A file is missing, is not a key, or can be read by others than its owner; or the
                key that would sign was revoked.
        """
        if create:
            key_folder.create_missing(folder)
        signing, registered = key_folder.signing_keys(folder), key_folder.key_register(folder)
        if any(jwk["kid"] == signing[0].kid and "revoked" in jwk for jwk in registered["keys"]):
            raise ConfigurationError("The key that signs was revoked; run `gateway keys rotate` first.")
        return cls(
            masters=key_folder.master_secrets(folder),
            index_key=key_folder.index_secret(folder),
            signing=signing[0],
            retired=signing[1:],
            registered=registered,
        )

    @property
    def fingerprint(self) -> str:
        """Names the master key and is no secret; a database remembers it, to notice other keys."""
        return self._master.id.hex()

    # Sealing

    def new_resident_key(self) -> bytes:
        """A new data key, wrapped under the master key: what is stored for one resident."""
        return self._wrapped(secrets.token_bytes(SECRET_BYTES))

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data key under the present master key; what was sealed with it stays as it is."""
        return self._wrapped(self._data_key(wrapped))

    def seal(self, wrapped: bytes, plaintext: bytes, *, table: str, row: Row, column: str) -> bytes:
        """*plaintext*, readable only with this resident's key and only at this place (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        where = place(RESIDENT, table, row, column)
        return RESIDENT + nonce + self._resident_key(wrapped).encrypt(nonce, plaintext, where)

    def open(self, wrapped: bytes, sealed: bytes, *, table: str, row: Row, column: str) -> bytes:
        """What was sealed; raises SealBroken when a byte was changed or it stands at another place."""
        if sealed[:1] != RESIDENT:
            raise SealBroken
        where = place(RESIDENT, table, row, column)
        return opened(self._resident_key(wrapped), sealed[1:], where)

    def seal_own(self, plaintext: bytes, *, table: str, row: Row, column: str) -> bytes:
        """As `seal`, for what is not about one resident (an endpoint's secret, a counsellor's name)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        where = place(INSTALLATION + self._master.id, table, row, column)
        head = INSTALLATION + self._master.id + nonce
        return head + self._master.installation.encrypt(nonce, plaintext, where)

    def open_own(self, sealed: bytes, *, table: str, row: Row, column: str) -> bytes:
        """What `seal_own` sealed; raises SealBroken."""
        head, rest = sealed[: 1 + ID_BYTES], sealed[1 + ID_BYTES :]
        master = self._masters.get(head[1:])
        if head[:1] != INSTALLATION or master is None:
            raise SealBroken
        return opened(master.installation, rest, place(head, table, row, column))

    def forget(self) -> None:
        """Drop the data keys remembered by this process; called after an erasure."""
        self._resident_key.cache_clear()

    def _wrapped(self, data_key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        head = RESIDENT + self._master.id
        return head + nonce + self._master.wrapping.encrypt(nonce, data_key, place(head, "wrap"))

    def _unwrapped(self, wrapped: bytes) -> AESGCM:
        return AESGCM(self._data_key(wrapped))

    def _data_key(self, wrapped: bytes) -> bytes:
        head, rest = wrapped[: 1 + ID_BYTES], wrapped[1 + ID_BYTES :]
        master = self._masters.get(head[1:])
        if head[:1] != RESIDENT or master is None:
            raise SealBroken
        return opened(master.wrapping, rest, place(head, "wrap"))

    # Pseudonyms

    def index(self, value: str, *, purpose: str) -> bytes:
        """
        32 bytes that find *value* back without storing it: HMAC-SHA-256 under a key of that *purpose* alone.

        Equal values give equal bytes, so write the value in one way first. Only for values worth looking up:
        whoever holds the index key can try every BSN.
        """
        if not purpose:
            raise ValueError("an index has a purpose")
        return hmac.digest(self._index_key(purpose), value.encode("utf-8"), "sha256")

    # Signing

    @property
    def kid(self) -> str:
        """The name of the key that signs."""
        return self._signing.kid

    def sign(self, payload: bytes, *, typ: str) -> str:
        """A compact JWS that carries *payload* (ES256); *typ* keeps one kind from passing for another."""
        return self._signing.sign(payload, typ=typ)

    def sign_detached(self, payload: bytes, *, typ: str) -> str:
        """A JWS over *payload* that does not carry it: header, two dots, signature (RFC 7515 appendix F)."""
        return self._signing.sign_detached(payload, typ=typ)

    def public_jwks(self) -> dict[str, Any]:
        """The public keys that others verify with, the one in use first; a revoked one is not among them."""
        return register.without_revoked(self._history)

    def key_history(self) -> dict[str, Any]:
        """Every public key that ever signed here, with when it was replaced (`exp`) or from when it is `revoked`."""
        return {"keys": [dict(jwk) for jwk in self._history["keys"]]}

    # Without a key: for whoever holds Keys anyway

    digest = staticmethod(keyless.digest)
    commit = staticmethod(keyless.commit)
    new_salt = staticmethod(keyless.new_salt)
    new_token = staticmethod(keyless.new_token)
    token_hash = staticmethod(keyless.token_hash)
    same = staticmethod(keyless.same)
    verify = staticmethod(jws.verify)
    verify_detached = staticmethod(jws.verify_detached)
