"""The spelling of keys and signatures: base64url and JSON, each in its one canonical form."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from gateway.keys.failures import SignatureInvalid


def to_base64url(content: bytes) -> str:
    """Without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """
    Only the one canonical spelling: a lenient decoder would give one signature many forms.

    Raises:
        SignatureInvalid: It is not base64url, or another spelling of it.
    """
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise SignatureInvalid("Not base64url.") from error
    if to_base64url(content) != text:
        raise SignatureInvalid("Not base64url in its canonical form.")
    return content


def compact(content: Mapping[str, Any]) -> bytes:
    """JSON in one spelling: names sorted, no spaces (RFC 7638 section 3.3)."""
    return json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode("utf-8")
