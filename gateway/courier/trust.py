"""Whom a connection trusts: the anchors of the policy or else the public ones, and our client certificate."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from gateway.courier.envelope import CourierPolicy
from gateway.errors import ConfigurationError


def load_trust(policy: CourierPolicy) -> None:
    """Read every file that *policy* names now, so that a wrong one stops the start and not a delivery."""
    for ca_file in {policy.ca_file, *policy.ca_file_by_host.values()}:
        _tls(ca_file, policy.client_certificate)


def context_for(host: str, policy: CourierPolicy) -> ssl.SSLContext:
    """The TLS context for a connection to *host*."""
    return _tls(policy.ca_file_by_host.get(host, policy.ca_file), policy.client_certificate)


@lru_cache(maxsize=128)
def _tls(ca_file: Path | None, certificate: tuple[Path, Path] | None) -> ssl.SSLContext:
    """TLS 1.2 or later, verified against the file or else the public trust anchors. Reading those is slow."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file or DEFAULT_CA_BUNDLE_PATH))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(*certificate)
    except OSError as error:
        raise ConfigurationError("A file with trust anchors or our client certificate cannot be used.") from error
    return context
