"""Verifying an ID token (OpenID Connect Core 1.0, section 3.1.3.7): who signed in, how surely, for us and just now."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from jwt import PyJWS
from jwt.exceptions import PyJWTError

from gateway.keys.encoding import from_base64url
from gateway.keys.failures import SignatureInvalid
from gateway.keys.jwk import public_key
from gateway.keys.keyless import same

ALGORITHMS: Final = {"ES256": "EC", "PS256": "RSA", "RS256": "RSA"}  # each with the one kind of key it goes with
LEEWAY: Final = timedelta(seconds=60)
_OLDEST: Final = timedelta(minutes=10)  # it was asked for a moment ago: an older one was kept by somebody
_MOST_BYTES: Final = 20_000
# A key or an address inside the message proves nothing, and an extension that we do not know must not be ignored.
_REFUSED_HEADERS = ("jwk", "jku", "x5u", "crit", "b64", "zip", "enc", "cty")
_KID = re.compile(r"[!-~]{1,200}")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")


class TokenFault(StrEnum):
    """Why an ID token is not believed; the codes are stable. An operator sees them, who signs in does not."""

    FORM = "token_form"
    ALGORITHM = "token_algorithm"
    KEY = "token_key"  # the key it names is not, or no longer, the issuer's
    SIGNATURE = "token_signature"
    ISSUER = "token_issuer"
    AUDIENCE = "token_audience"
    TIME = "token_time"
    NONCE = "token_nonce"
    AGE = "token_age"  # who signed in did so longer ago than was asked
    LEVEL = "token_level"  # not surely enough


@dataclass(frozen=True, kw_only=True)
class Expected:
    """
    What the token must say.

    Args:
        algorithms: Those of `ALGORITHMS` that this issuer signs with; the token has no say in it.
        levels: The values of `acr` that are sure enough.
        signed_in_since: The person must have signed in at this moment or later, give or take `LEEWAY`.
    """

    issuer: str
    audience: str
    nonce: str
    algorithms: frozenset[str]
    levels: frozenset[str]
    signed_in_since: datetime


def verify_id_token(
    token: str, jwks: Mapping[str, Any], expected: Expected, now: datetime
) -> Mapping[str, Any] | TokenFault:
    """
    The claims, when the issuer signed them for us, about what we asked just now.

    Args:
        jwks: The issuer's keys, as fetched from the issuer itself. Nothing in the token leads to another key.
        now: The moment that every time in the token is held against.
    """
    parts = _parts(token)
    if isinstance(parts, TokenFault):
        return parts
    header, claims = parts
    key = _key(header, jwks, expected.algorithms)
    if isinstance(key, TokenFault):
        return key
    try:
        PyJWS().decode(token, key, algorithms=[header["alg"]], options={"enforce_minimum_key_length": True})
    except PyJWTError:
        return TokenFault.SIGNATURE
    return _fault(claims, expected, now) or claims


def _parts(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | TokenFault:
    """Header and claims, not yet believed; read strictly, so that no two readers see two tokens."""
    segments = token.split(".") if len(token) <= _MOST_BYTES else []
    if len(segments) != 3 or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        return TokenFault.FORM
    try:
        header, claims = (_object(segment) for segment in segments[:2])
        from_base64url(segments[2])
    except (SignatureInvalid, ValueError, RecursionError):
        return TokenFault.FORM
    if any(name in header for name in _REFUSED_HEADERS) or header.get("typ", "JWT") not in ("JWT", "jwt"):
        return TokenFault.FORM
    return header, claims


def _object(segment: str) -> Mapping[str, Any]:
    text = from_base64url(segment).decode("utf-8")
    found = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _key(header: Mapping[str, Any], jwks: Mapping[str, Any], algorithms: frozenset[str]) -> Any:
    """The one key of that name, of the kind that the algorithm goes with; or what is wrong."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms or algorithm not in ALGORITHMS:
        return TokenFault.ALGORITHM
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        return TokenFault.KEY
    keys = jwks.get("keys")
    named = (
        [one for one in keys if isinstance(one, Mapping) and one.get("kid") == kid] if isinstance(keys, list) else []
    )
    if len(named) != 1:
        return TokenFault.KEY
    [jwk] = named
    if jwk.get("kty") != ALGORITHMS[algorithm] or jwk.get("alg", algorithm) != algorithm:
        return TokenFault.ALGORITHM
    if jwk.get("use", "sig") != "sig":
        return TokenFault.KEY
    try:
        return public_key(jwk)
    except SignatureInvalid:
        return TokenFault.KEY


def _fault(claims: Mapping[str, Any], expected: Expected, now: datetime) -> TokenFault | None:
    """What is wrong with what a signed token says; the level last, because only then it tells us anything."""
    if claims.get("iss") != expected.issuer or not _is_text(claims.get("sub")):
        return TokenFault.ISSUER
    # One audience, us: a token that is also for somebody else can have come from there.
    if claims.get("aud") not in (expected.audience, [expected.audience]):
        return TokenFault.AUDIENCE
    if claims.get("azp", expected.audience) != expected.audience:
        return TokenFault.AUDIENCE
    if not _is_timely(claims, now):
        return TokenFault.TIME
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not same(nonce, expected.nonce):
        return TokenFault.NONCE
    signed_in = _seconds(claims.get("auth_time"))
    since, until = (expected.signed_in_since - LEEWAY).timestamp(), (now + LEEWAY).timestamp()
    if signed_in is None or not since <= signed_in <= until:
        return TokenFault.AGE
    level = claims.get("acr")
    return None if isinstance(level, str) and level in expected.levels else TokenFault.LEVEL


def _is_timely(claims: Mapping[str, Any], now: datetime) -> bool:
    issued, ends = _seconds(claims.get("iat")), _seconds(claims.get("exp"))
    begins = _seconds(claims.get("nbf", 0))
    if issued is None or ends is None or begins is None:
        return False
    latest, earliest = (now + LEEWAY).timestamp(), (now - LEEWAY).timestamp()
    return (now - _OLDEST).timestamp() <= issued <= latest and begins <= latest and earliest < ends


def _seconds(value: object) -> float | None:
    """A NumericDate (RFC 7519 section 2)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 2**53 else None  # neither infinite nor "not a number" lies in between


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_number(constant: str) -> Any:
    raise ValueError(constant)
