"""What is handed to the courier, and the three things that can have become of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from uuid import UUID

from gateway.errors import ConfigurationError

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_OURS = {  # these decide where a message goes, how long it is, what may come back: the courier writes them
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """
    One message, ready to leave.

    Args:
        channel: "rest_json", "rest_xml" or "soap".
        url: The endpoint as registered; vetted again at every sending.
        body: The exact bytes that were permitted and signed.
        headers: Further headers, signature included.
        digest: SHA-256 of *body*, hexadecimal.

    Raises:
        ValueError: A header is malformed, or is the courier's to write.
    """

    message_id: UUID
    channel: str
    url: str
    body: bytes = field(repr=False)
    media_type: str
    headers: Mapping[str, str] = field(repr=False)
    digest: str

    def __post_init__(self) -> None:
        if self.channel not in ("rest_json", "rest_xml", "soap"):
            raise ValueError(f"the courier does not carry {self.channel}")
        if self.channel == "soap" and not self.media_type.startswith("text/xml"):
            raise ValueError("SOAP 1.1 travels as text/xml")
        for name, value in {"Content-Type": self.media_type, **self.headers}.items():
            if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
                raise ValueError(f"not a header: {name}")
        for name in self.headers:
            if name.lower() in _OURS:
                raise ValueError(f"the courier writes {name} itself")


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """
    The other side answered with 2xx: it has the message.

    Args:
        media_type: Of the answer, such as "text/xml; charset=utf-8"; "" when it names none we can read.
        peer: The address that was connected to, for the delivery proof.
        peer_certificate: SHA-256 of the certificate it showed; None without TLS.
        body_fault: "too_large" or "encoding" when the answer could not be taken in; *body* is then empty.
            That is an answer for a person to look at, and never silence.
    """

    status: int
    media_type: str
    body: bytes = field(repr=False)
    elapsed_ms: int
    peer: str
    peer_certificate: str | None = None
    body_fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failed:
    """It is certain that the message was not accepted; *retryable* when it may be accepted later."""

    reason_code: str
    retryable: bool
    status: int | None = None
    retry_after_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """
    Bytes may have arrived, and no whole answer came back.

    Send the same message again, under the same id: a receiver that has it already will say so.
    """

    reason_code: str


@dataclass(frozen=True, kw_only=True)
class CourierPolicy:
    """
    Where messages may go and how long that may take; times in seconds.

    Args:
        networks: Private ranges that are reached on purpose, such as Diginetwerk. Never loopback, link-local
            (where clouds keep their metadata) or multicast: that raises ConfigurationError.
        allow_loopback_http: For a sandbox only: loopback addresses on any port, with or without TLS.
        connect_seconds: Per address, for TCP and again for TLS.
        read_seconds: Between two pieces of an answer.
        deadline_seconds: For the whole exchange, name look-up to last byte.
        max_body_bytes: Of an answer, both on the wire and unpacked.
        ca_file: Trust anchors (PEM) instead of the public ones; *ca_file_by_host* pins them per endpoint.
        client_certificate: Certificate and key (PEM), for mutual TLS.
    """

    ports: frozenset[int] = frozenset({443, 8443})
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    allow_loopback_http: bool = False
    connect_seconds: float = 5
    read_seconds: float = 20
    deadline_seconds: float = 30
    max_body_bytes: int = 5_000_000
    ca_file: Path | None = None
    ca_file_by_host: Mapping[str, Path] = field(default_factory=dict)
    client_certificate: tuple[Path, Path] | None = None

    def __post_init__(self) -> None:
        for network in self.networks:
            if any(network.version == never.version and network.overlaps(never) for never in _NEVER):
                raise ConfigurationError(f"Messages are never sent to {network}; take it out of the allowed ranges.")
        limits = (self.connect_seconds, self.read_seconds, self.deadline_seconds, self.max_body_bytes)
        if not self.ports or min(limits) <= 0:
            raise ConfigurationError("The limits of outgoing traffic must be above zero, with at least one port.")


_NEVER: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/3"),
    IPv6Network("::/8"),  # unspecified, loopback, IPv4 in disguise
    IPv6Network("fe80::/10"),
    IPv6Network("ff00::/8"),
)
