"""How a check of a proof ends, and the first step of every check: is this signed, by a key that is known?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway import keys
from gateway.errors import GatewayError


class Kind(StrEnum):
    """How a check ended."""

    OK = "ok"
    SIGNATURE = "signature"  # altered, cut off, or not signed by this key
    NOT_IN_LOG = "not_in_log"  # the entry, as it stands there, is not in the log
    KEY = "key"  # signed with a key that is unknown, or that was revoked by then
    INCONSISTENT = "inconsistent"  # two states of the log that cannot both be true
    SUPERSEDED = "superseded"  # true, and something later is known
    UNREADABLE = "unreadable"  # there is nothing here that can be checked


# What the command line answers with, everywhere the same.
EXIT_CODES: Mapping[Kind, int] = {
    Kind.OK: 0,
    Kind.UNREADABLE: 1,
    Kind.SIGNATURE: 2,
    Kind.NOT_IN_LOG: 3,
    Kind.KEY: 4,
    Kind.INCONSISTENT: 5,
    Kind.SUPERSEDED: 6,
}


class Unproven(GatewayError):
    """This does not prove what it should."""

    code = "unproven"

    def __init__(self, kind: Kind, detail: str) -> None:
        self.kind = kind
        super().__init__(detail)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What a valid signature covers, and the key that it is of."""

    content: Mapping[str, Any]
    kid: str


def opened(jws: str, jwks: Mapping[str, Any], *, typ: str, what: str) -> Signed:
    """
    The content of a compact JWS with a canonical JSON payload (RFC 8785), when its signature is valid.

    Args:
        jwks: The keys of whoever must have signed it.
        what: What it is, for the message: "The receipt".

    Raises:
        Unproven: With SIGNATURE, or with KEY when the key is not in *jwks*.
    """
    try:
        kid = keys.claimed_kid(jws)
        if kid is not None and kid not in {jwk.get("kid") for jwk in jwks["keys"]}:
            raise Unproven(Kind.KEY, f"{what} names a key that is not among the published keys.")
        verified = keys.verify(jws, jwks, typ=typ)
        return Signed(content=keys.read_canonical(verified.payload), kid=str(verified.header["kid"]))
    except keys.SignatureInvalid as error:
        raise Unproven(Kind.SIGNATURE, f"{what} is not signed as it stands. {error.detail}") from error


def hold_key(jwks: Mapping[str, Any], kid: str, at: datetime, *, what: str) -> keys.KeyVerdict:
    """
    Where the key stood when this was signed.

    Raises:
        Unproven: With KEY: it was revoked by then.
    """
    verdict = keys.standing_of(jwks, kid, at)
    if verdict.standing is keys.Standing.REVOKED:
        since = verdict.since.date().isoformat() if verdict.since is not None else "then"
        raise Unproven(Kind.KEY, f"{what} is signed with a key that is revoked from {since} ({verdict.reason}).")
    return verdict
