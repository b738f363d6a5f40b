"""
The only door to cryptography: whatever is sealed, signed, verified or pseudonymised comes through here.

`Keys` (in `installation`) is what the gateway holds: it seals (`sealing`), signs (`signing`) and is loaded from its
`folder`. Verifying (`jws`, `jwk`) and digests (`keyless`) need no key of ours, so that evidence can be checked by
anybody.
"""

from __future__ import annotations

from gateway.keys.failures import SealBroken, SignatureInvalid
from gateway.keys.folder import INDEX_FILE, MASTER_FILE, SIGNING_FILE
from gateway.keys.installation import Keys
from gateway.keys.jwk import thumbprint
from gateway.keys.jws import Verified, verify, verify_detached
from gateway.keys.keyless import commit, digest, new_salt, new_token, same, token_hash
from gateway.keys.sealing import Row
from gateway.keys.signing import SigningKey

__all__ = [
    "INDEX_FILE",
    "MASTER_FILE",
    "SIGNING_FILE",
    "Keys",
    "Row",
    "SealBroken",
    "SignatureInvalid",
    "SigningKey",
    "Verified",
    "commit",
    "digest",
    "new_salt",
    "new_token",
    "same",
    "thumbprint",
    "token_hash",
    "verify",
    "verify_detached",
]
