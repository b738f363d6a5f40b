"""Public keys as others register them: which kinds and sizes we verify with, and what each is called."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.keys.encoding import compact, from_base64url, to_base64url
from gateway.keys.failures import SignatureInvalid


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """
    The name of a public key: its RFC 7638 thumbprint, base64url.

    Raises:
        SignatureInvalid: The key is of a kind or size that `verify` would not use.
    """
    public_key(jwk)
    members = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
    canonical = compact({name: jwk[name] for name in members[jwk["kty"]]})
    return to_base64url(hashlib.sha256(canonical).digest())


def public_key(jwk: Mapping[str, Any]) -> Any:
    """
    The key itself, parsed once and remembered.

    Raises:
        SignatureInvalid: It is damaged, too weak, or of a kind that we do not verify with.
    """
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
        return ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(x or ""))
    if kty == "RSA":
        modulus, exponent = (int.from_bytes(from_base64url(part or "")) for part in (n, e))
        if not (2_048 <= modulus.bit_length() <= 8_192 and 65_537 <= exponent < 2**32):
            raise ValueError("too weak, or so large that checking it would be an attack")
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    raise ValueError("not a kind of key we verify with")


def _coordinate(text: str | None) -> int:
    content = from_base64url(text or "")
    if len(content) != 32:
        raise ValueError("a P-256 coordinate has 32 bytes")
    return int.from_bytes(content)
