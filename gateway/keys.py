"""The only door to cryptography: whatever is sealed, signed, verified or pseudonymised comes through here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAPSSAlgorithm

from gateway.errors import ConfigurationError, GatewayError


class SealBroken(GatewayError):
    """A sealed record does not open: it was changed, moved, or its key is gone."""

    code = "seal_broken"


class SignatureInvalid(GatewayError):
    """The signature is not valid."""

    code = "signature_invalid"


# --- Without a key --------------------------------------------------------------------------------


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


# --- Verifying a JWS (RFC 7515) -------------------------------------------------------------------

_EC, _RSA_PSS, _OKP = ECAlgorithm(hashes.SHA256, ec.SECP256R1), RSAPSSAlgorithm(hashes.SHA256), OKPAlgorithm()
_CHECKS: Mapping[str, tuple[str, Callable[[bytes, Any, bytes], bool]]] = {
    # One family of algorithms per type of key, so that no key can be used in a way it was not made for.
    "ES256": ("EC", _EC.verify),
    "PS256": ("RSA", _RSA_PSS.verify),
    "Ed25519": ("OKP", _OKP.verify),
    "EdDSA": ("OKP", _OKP.verify),  # the name before RFC 9864; only Ed25519 keys load
}
# A key inside the message proves nothing, an address is a request we will not make, and an extension that we
# do not know must not be ignored (RFC 7515 section 4.1.11).
_REFUSED_HEADERS = ("jwk", "jku", "x5u", "crit", "b64")
_KID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]*")
_MAX_HEADER, _MAX_SIGNATURE, _MAX_JWS = 4_096, 1_400, 1_000_000


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a valid signature covers."""

    header: Mapping[str, Any]
    payload: bytes


def verify(jws: str, jwks: Mapping[str, Any], *, typ: str | None) -> Verified:
    """
    The header and payload of a compact JWS, when its signature is valid under a key of *jwks*.

    Args:
        jwks: The keys of the one party that may have signed this, as a JWK Set; nothing else is looked at.
        typ: The media type the header must name, so that one kind of token cannot pass for another;
            None = not compared. The claims (exp, aud, jti) are for the caller to check.

    Raises:
        SignatureInvalid: With a detail that is safe to show to the sender.
    """
    head, body, signature = _segments(jws)
    if not body:
        raise SignatureInvalid("The signed content is missing.")
    header = _verified_header(head, body, signature, jwks, typ)
    return Verified(header=header, payload=_from_base64url(body))


def verify_detached(payload: bytes, jws: str, jwks: Mapping[str, Any], *, typ: str | None = None) -> Mapping[str, Any]:
    """
    The header of a detached JWS (RFC 7515 appendix F), when it is a valid signature over exactly *payload*.

    Raises:
        SignatureInvalid: With a detail that is safe to show to the sender.
    """
    head, body, signature = _segments(jws)
    if body:
        raise SignatureInvalid("The signature must be detached: header, two dots, signature.")
    return _verified_header(head, _to_base64url(payload), signature, jwks, typ)


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """
    The name of a public key: its RFC 7638 thumbprint, base64url.

    Raises:
        SignatureInvalid: The key is of a kind or size that `verify` would not use.
    """
    _public_key(jwk)
    members = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
    canonical = _compact({name: jwk[name] for name in members[jwk["kty"]]})
    return _to_base64url(hashlib.sha256(canonical).digest())


def _segments(jws: str) -> list[str]:
    segments = jws.split(".") if isinstance(jws, str) and len(jws) <= _MAX_JWS else []
    if len(segments) != 3 or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise SignatureInvalid("The signature is not a JWS in compact form.")
    if len(segments[0]) > _MAX_HEADER or len(segments[2]) > _MAX_SIGNATURE:
        raise SignatureInvalid("The header or the signature is too long.")
    return segments


def _verified_header(
    head: str, body: str, signature: str, jwks: Mapping[str, Any], typ: str | None
) -> Mapping[str, Any]:
    header = _header(head)
    if typ is not None and _media_type(header.get("typ")) != _media_type(typ):
        raise SignatureInvalid("The header names another type of message.")
    family, check = _CHECKS.get(str(header.get("alg")), (None, None))
    if family is None or check is None:
        raise SignatureInvalid("Sign with ES256, PS256 or Ed25519.")
    jwk = _registered(jwks, header.get("kid"))
    if jwk.get("kty") != family or jwk.get("alg") not in _names_of(str(header["alg"])):
        raise SignatureInvalid("This key is not registered for this algorithm.")
    if not check(f"{head}.{body}".encode("ascii"), _public_key(jwk), _from_base64url(signature)):
        raise SignatureInvalid("The signature does not belong to this content.")
    return header


def _header(segment: str) -> dict[str, Any]:
    try:
        header = json.loads(_from_base64url(segment).decode("utf-8"), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise SignatureInvalid("The header is not a JSON object with unique names.") from error
    if not isinstance(header, dict):
        raise SignatureInvalid("The header is not a JSON object with unique names.")
    if any(name in header for name in _REFUSED_HEADERS):
        raise SignatureInvalid("The header carries a key, an address or an extension; leave it out.")
    return header


def _registered(jwks: Mapping[str, Any], kid: object) -> Mapping[str, Any]:
    """The one key of that name in the given set; never fetched from anywhere, whatever the message says."""
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise SignatureInvalid("The header must name the key in kid.")
    found = [jwk for jwk in jwks.get("keys", ()) if isinstance(jwk, Mapping) and jwk.get("kid") == kid]
    if len(found) != 1 or found[0].get("use", "sig") != "sig":
        raise SignatureInvalid("The key named in kid is not registered.")
    return found[0]


def _names_of(algorithm: str) -> tuple[str | None, ...]:
    """What "alg" in a JWK may say for this algorithm; None = nothing, it is optional there."""
    return (None, "Ed25519", "EdDSA") if algorithm in ("Ed25519", "EdDSA") else (None, algorithm)


def _media_type(typ: object) -> str | None:
    """RFC 7515 section 4.1.9: "application/" may be left out, and case does not count."""
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else None


def _public_key(jwk: Mapping[str, Any]) -> Any:
    parts = tuple(jwk.get(name) for name in ("kty", "crv", "x", "y", "n", "e"))
    if not all(part is None or isinstance(part, str) for part in parts):
        raise SignatureInvalid("The registered key is not usable.")
    try:
        return _parsed_key(*parts)
    except (ValueError, TypeError, SignatureInvalid) as error:
        raise SignatureInvalid("The registered key is not usable.") from error


@lru_cache(maxsize=1_024)
def _parsed_key(
    kty: str | None, crv: str | None, x: str | None, y: str | None, n: str | None, e: str | None
) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey:
    if (kty, crv) == ("EC", "P-256"):
        point = _coordinate(x), _coordinate(y)
        curve_point = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1())
        return curve_point.public_key()  # ValueError when it is not on the curve
    if (kty, crv) == ("OKP", "Ed25519"):
        return ed25519.Ed25519PublicKey.from_public_bytes(_from_base64url(x or ""))
    if kty == "RSA":
        modulus, exponent = (int.from_bytes(_from_base64url(part or "")) for part in (n, e))
        if not (2_048 <= modulus.bit_length() <= 8_192 and 65_537 <= exponent < 2**32):
            raise ValueError("too weak, or so large that checking it would be an attack")
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    raise ValueError("not a kind of key we verify with")


def _coordinate(text: str | None) -> int:
    content = _from_base64url(text or "")
    if len(content) != 32:
        raise ValueError("a P-256 coordinate has 32 bytes")
    return int.from_bytes(content)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate name")
    return found


def _to_base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _from_base64url(text: str) -> bytes:
    """Only the one canonical spelling: a lenient decoder would give one signature many forms."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise SignatureInvalid("Not base64url.") from error
    if _to_base64url(content) != text:
        raise SignatureInvalid("Not base64url in its canonical form.")
    return content


def _compact(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode("utf-8")


# --- Signing --------------------------------------------------------------------------------------


class SigningKey:
    """An ES256 key pair, named by the thumbprint of its public half."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(private.curve, ec.SECP256R1):
            raise ValueError("ES256 needs a key on P-256")
        self._private = private
        numbers = private.public_key().public_numbers()
        x, y = (_to_base64url(value.to_bytes(32)) for value in (numbers.x, numbers.y))
        jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        self.kid = thumbprint(jwk)
        self._public_jwk = jwk | {"kid": self.kid, "use": "sig", "alg": "ES256"}

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key pair."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> SigningKey:
        """Raises ValueError when *pem* is not an unencrypted private key on P-256."""
        private = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise ValueError("ES256 needs a key on P-256")
        return cls(private)

    def to_pem(self) -> bytes:
        """The private key, unencrypted (PKCS #8)."""
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self._private.private_bytes(serialization.Encoding.PEM, form, plain)

    def public_jwk(self) -> dict[str, Any]:
        """The public half, to publish or to register."""
        return dict(self._public_jwk)

    def sign(self, payload: bytes, *, typ: str) -> str:
        """A compact JWS that carries *payload*."""
        return "{}.{}.{}".format(*self._signed(payload, typ))

    def sign_detached(self, payload: bytes, *, typ: str) -> str:
        """A JWS over *payload* that does not carry it: header, two dots, signature (RFC 7515 appendix F)."""
        head, _, signature = self._signed(payload, typ)
        return f"{head}..{signature}"

    def _signed(self, payload: bytes, typ: str) -> tuple[str, str, str]:
        head = _to_base64url(_compact({"alg": "ES256", "kid": self.kid, "typ": typ}))
        body = _to_base64url(payload)
        return head, body, _to_base64url(_EC.sign(f"{head}.{body}".encode("ascii"), self._private))


# --- The keys of this installation ----------------------------------------------------------------

MASTER_FILE, INDEX_FILE, SIGNING_FILE = "master.key", "index.key", "signing.pem"
_RESIDENT, _INSTALLATION = b"\x01", b"\x02"  # version byte: which key, which layout
_ID, _NONCE, _SECRET = 8, 12, 32  # lengths in bytes

Row = str | UUID | int  # how a row is named; always put through str()


class _Master:
    """One master key, as the independent keys derived from it; the id tells which one sealed a record."""

    def __init__(self, secret: bytes) -> None:
        self.id = _derived(secret, "master key id", _ID)
        self.wrapping = AESGCM(_derived(secret, "wrap resident keys"))
        self.installation = AESGCM(_derived(secret, "seal installation records"))


class Keys:
    """
    The keys of one installation; safe to share between threads.

    Records about a resident are sealed under that resident's own key, which is stored wrapped and lives
    nowhere else: deleting the wrapped key erases them all.
    """

    def __init__(
        self, *, masters: list[bytes], index_key: bytes, signing: SigningKey, retired: list[SigningKey]
    ) -> None:
        """The first of *masters* seals, the others only open; *retired* are only published."""
        known = [_Master(secret) for secret in masters]
        self._master = known[0]
        self._masters = {master.id: master for master in reversed(known)}
        self._signing, self._retired = signing, retired
        # Bounded, and keyed by the wrapped key: who no longer has that cannot reach what is remembered here.
        self._resident_key = lru_cache(maxsize=1_024)(self._unwrapped)
        self._index_key = lru_cache(maxsize=256)(lambda purpose: _derived(index_key, f"index {purpose}"))

    def __repr__(self) -> str:
        return f"Keys({self.fingerprint})"

    @classmethod
    def load(cls, folder: Path, *, create: bool = False) -> Keys:
        """
        The keys in *folder*: master.key and index.key (32 bytes each) and signing.pem (P-256).

        A key is replaced by renaming it: master-*.key still open what they sealed, signing-*.pem are still
        published. With *create* a folder without keys is filled; processes that start at once agree.

        Raises:
            ConfigurationError: A file is missing, is not a key, or can be read by others than its owner.
        """
        if create:
            _create_missing(folder)
        signing = [_signing_key(path) for path in _current_and_retired(folder, SIGNING_FILE)]
        return cls(
            masters=[_secret(path) for path in _current_and_retired(folder, MASTER_FILE)],
            index_key=_secret(folder / INDEX_FILE),
            signing=signing[0],
            retired=signing[1:],
        )

    @property
    def fingerprint(self) -> str:
        """Names the master key and is no secret; a database remembers it, to notice other keys."""
        return self._master.id.hex()

    # Sealing

    def new_resident_key(self) -> bytes:
        """A new data key, wrapped under the master key: what is stored for one resident."""
        return self._wrapped(secrets.token_bytes(_SECRET))

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data key under the present master key; what was sealed with it stays as it is."""
        return self._wrapped(self._data_key(wrapped))

    def seal(self, wrapped: bytes, plaintext: bytes, *, table: str, row: Row, column: str) -> bytes:
        """*plaintext*, readable only with this resident's key and only at this place (AES-256-GCM)."""
        nonce = secrets.token_bytes(_NONCE)
        place = _place(_RESIDENT, table, row, column)
        return _RESIDENT + nonce + self._resident_key(wrapped).encrypt(nonce, plaintext, place)

    def open(self, wrapped: bytes, sealed: bytes, *, table: str, row: Row, column: str) -> bytes:
        """What was sealed; raises SealBroken when a byte was changed or it stands at another place."""
        if sealed[:1] != _RESIDENT:
            raise SealBroken
        place = _place(_RESIDENT, table, row, column)
        return _opened(self._resident_key(wrapped), sealed[1:], place)

    def seal_own(self, plaintext: bytes, *, table: str, row: Row, column: str) -> bytes:
        """As `seal`, for what is not about one resident (an endpoint's secret, a counsellor's name)."""
        nonce = secrets.token_bytes(_NONCE)
        place = _place(_INSTALLATION + self._master.id, table, row, column)
        head = _INSTALLATION + self._master.id + nonce
        return head + self._master.installation.encrypt(nonce, plaintext, place)

    def open_own(self, sealed: bytes, *, table: str, row: Row, column: str) -> bytes:
        """What `seal_own` sealed; raises SealBroken."""
        head, rest = sealed[: 1 + _ID], sealed[1 + _ID :]
        master = self._masters.get(head[1:])
        if head[:1] != _INSTALLATION or master is None:
            raise SealBroken
        return _opened(master.installation, rest, _place(head, table, row, column))

    def forget(self) -> None:
        """Drop the data keys remembered by this process; called after an erasure."""
        self._resident_key.cache_clear()

    def _wrapped(self, data_key: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        head = _RESIDENT + self._master.id
        return head + nonce + self._master.wrapping.encrypt(nonce, data_key, _place(head, "wrap"))

    def _unwrapped(self, wrapped: bytes) -> AESGCM:
        return AESGCM(self._data_key(wrapped))

    def _data_key(self, wrapped: bytes) -> bytes:
        head, rest = wrapped[: 1 + _ID], wrapped[1 + _ID :]
        master = self._masters.get(head[1:])
        if head[:1] != _RESIDENT or master is None:
            raise SealBroken
        return _opened(master.wrapping, rest, _place(head, "wrap"))

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
        """The public keys that others verify with, the one in use first."""
        return {"keys": [key.public_jwk() for key in (self._signing, *self._retired)]}

    digest = staticmethod(digest)
    commit = staticmethod(commit)
    new_salt = staticmethod(new_salt)
    new_token = staticmethod(new_token)
    token_hash = staticmethod(token_hash)
    same = staticmethod(same)
    verify = staticmethod(verify)
    verify_detached = staticmethod(verify_detached)


def _derived(secret: bytes, purpose: str, length: int = _SECRET) -> bytes:
    info = f"creditor-gateway v1 {purpose}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(secret)


def _place(head: bytes, *parts: Row) -> bytes:
    """The associated data: each part behind its length, so that ("ab", "c") never equals ("a", "bc")."""
    encoded = [head, *(str(part).encode("utf-8") for part in parts)]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


def _opened(key: AESGCM, content: bytes, place: bytes) -> bytes:
    try:
        return key.decrypt(content[:_NONCE], content[_NONCE:], place)
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise SealBroken from error


# --- The key folder -------------------------------------------------------------------------------


def _current_and_retired(folder: Path, name: str) -> list[Path]:
    current = folder / name
    return [current, *sorted(folder.glob(f"{current.stem}-*{current.suffix}"))]


def _secret(path: Path) -> bytes:
    content = _read(path)
    if len(content) != _SECRET:
        raise ConfigurationError(f"{path} must hold exactly {_SECRET} bytes.")
    return content


def _signing_key(path: Path) -> SigningKey:
    try:
        return SigningKey.from_pem(_read(path))
    except (ValueError, TypeError) as error:  # TypeError: it is encrypted
        raise ConfigurationError(f"{path} must hold an unencrypted private key on P-256, in PEM.") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise ConfigurationError(f"Others than its owner can reach {path}; run: chmod 600 {path}")
            return file.read(100_000)
    except FileNotFoundError as error:
        raise ConfigurationError(f"The key file {path} is missing.") from error
    except OSError as error:
        raise ConfigurationError(f"The key file {path} cannot be read.") from error


def _create_missing(folder: Path) -> None:
    """
    Make the files in a fixed order. A later one without an earlier one is a loss, not a first start: new keys
    would make everything sealed unreadable for good, so that needs a person (and a backup).
    """
    makers: dict[str, Callable[[], bytes]] = {
        MASTER_FILE: lambda: secrets.token_bytes(_SECRET),
        INDEX_FILE: lambda: secrets.token_bytes(_SECRET),
        SIGNING_FILE: lambda: SigningKey.generate().to_pem(),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Looked at from last to first, because another process may be making them from first to last.
        present = {name for name in reversed(makers) if (folder / name).exists()}
        missing = [name for name in makers if name not in present]
        if missing and present != set(list(makers)[: len(present)]):
            raise ConfigurationError(f"The key file {folder / missing[0]} is missing beside others; restore it.")
        for name in missing:
            _place_once(folder / name, makers[name]())
    except OSError as error:
        raise ConfigurationError(f"The key folder {folder} cannot be written.") from error


def _place_once(path: Path, content: bytes) -> None:
    """Put a whole, synced file there, unless somebody else was first: then theirs stands."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        if os.name == "posix":
            directory = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
    finally:
        draft.unlink(missing_ok=True)
