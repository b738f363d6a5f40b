"""What is wrong with something sealed or signed, in words that are safe to show to whoever sent it."""

from __future__ import annotations

from gateway.errors import GatewayError


class SealBroken(GatewayError):
    """A sealed record does not open: it was changed, moved, or its key is gone."""

    code = "seal_broken"


class SignatureInvalid(GatewayError):
    """The signature is not valid."""

    code = "signature_invalid"
