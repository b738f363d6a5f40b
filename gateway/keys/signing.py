"""Signing with ES256: a key pair, named by the thumbprint of its public half."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.keys.encoding import compact, to_base64url
from gateway.keys.jwk import thumbprint
from gateway.keys.jws import ES256


class SigningKey:
    """An ES256 key pair, named by the thumbprint of its public half."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(private.curve, ec.SECP256R1):
            raise ValueError("ES256 needs a key on P-256")
        self._private = private
        numbers = private.public_key().public_numbers()
        x, y = (to_base64url(value.to_bytes(32)) for value in (numbers.x, numbers.y))
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
        head = to_base64url(compact({"alg": "ES256", "kid": self.kid, "typ": typ}))
        body = to_base64url(payload)
        return head, body, to_base64url(ES256.sign(f"{head}.{body}".encode("ascii"), self._private))
