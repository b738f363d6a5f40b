"""
The only door to cryptography: whatever is sealed, signed, verified or pseudonymised comes through here.

`Keys` (in `installation`) is what the gateway holds: it seals (`sealing`), signs (`signing`) and is loaded from its
`folder`. Verifying (`jws`, `jwk`, `canonical`, `register`) and digests (`keyless`) need no key of ours, so that
evidence and receipts can be checked by anybody.
"""

from __future__ import annotations

from gateway.keys.canonical import canonical_json, read_canonical
from gateway.keys.failures import SealBroken, SignatureInvalid
from gateway.keys.folder import INDEX_FILE, MASTER_FILE, SIGNING_FILE
from gateway.keys.installation import Keys
from gateway.keys.jwk import thumbprint
from gateway.keys.jws import Verified, claimed_kid, verify, verify_detached
from gateway.keys.keyless import commit, digest, new_salt, new_token, same, token_hash
from gateway.keys.register import KeyVerdict, Standing, standing_of
from gateway.keys.sealing import Row
from gateway.keys.signing import SigningKey

__all__ = [
    "INDEX_FILE",
    "MASTER_FILE",
    "SIGNING_FILE",
    "KeyVerdict",
    "Keys",
    "Row",
    "SealBroken",
    "SignatureInvalid",
    "SigningKey",
    "Standing",
    "Verified",
    "canonical_json",
    "claimed_kid",
    "commit",
    "digest",
    "new_salt",
    "new_token",
    "read_canonical",
    "same",
    "standing_of",
    "thumbprint",
    "token_hash",
    "verify",
    "verify_detached",
]
