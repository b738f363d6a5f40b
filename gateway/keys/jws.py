"""Verifying a JWS (RFC 7515): one family of algorithms per key, keys only from the set that was registered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAPSSAlgorithm

from gateway.keys.encoding import from_base64url, to_base64url
from gateway.keys.failures import SignatureInvalid
from gateway.keys.jwk import public_key

ES256: Final = ECAlgorithm(hashes.SHA256, ec.SECP256R1)
_RSA_PSS, _OKP = RSAPSSAlgorithm(hashes.SHA256), OKPAlgorithm()
_CHECKS: Mapping[str, tuple[str, Callable[[bytes, Any, bytes], bool]]] = {
    # One family of algorithms per type of key, so that no key can be used in a way it was not made for.
    "ES256": ("EC", ES256.verify),
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
    return Verified(header=header, payload=from_base64url(body))


def verify_detached(payload: bytes, jws: str, jwks: Mapping[str, Any], *, typ: str | None = None) -> Mapping[str, Any]:
    """
    The header of a detached JWS (RFC 7515 appendix F), when it is a valid signature over exactly *payload*.

    Raises:
        SignatureInvalid: With a detail that is safe to show to the sender.
    """
    head, body, signature = _segments(jws)
    if body:
        raise SignatureInvalid("The signature must be detached: header, two dots, signature.")
    return _verified_header(head, to_base64url(payload), signature, jwks, typ)


def claimed_kid(jws: str) -> str | None:
    """
    The key that a JWS names, unverified: for saying "that key is unknown" apart from "that signature is wrong".

    Raises:
        SignatureInvalid: It is not a JWS in compact form.
    """
    kid = _header(_segments(jws)[0]).get("kid")
    return kid if isinstance(kid, str) else None


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
    if not check(f"{head}.{body}".encode("ascii"), public_key(jwk), from_base64url(signature)):
        raise SignatureInvalid("The signature does not belong to this content.")
    return header


def _header(segment: str) -> dict[str, Any]:
    try:
        header = json.loads(from_base64url(segment).decode("utf-8"), object_pairs_hook=_without_duplicates)
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


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate name")
    return found
