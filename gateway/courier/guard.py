"""Which addresses may be connected to: looked up once, every answer vetted, and then pinned."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from gateway.courier.envelope import CourierPolicy

Resolver = Callable[[str, int], Sequence[str]]


class Forbidden(StrEnum):
    """Why nothing is sent to an address. The codes are stable; an operator sees them."""

    URL = "address_url"  # not a plain URL: other scheme, credentials, fragment, odd characters
    NOT_HTTPS = "address_not_https"
    PORT = "address_port"
    NOTATION = "address_notation"  # a number or name that programs read in different ways
    UNKNOWN = "address_unknown"  # the name has no address now: may pass
    NETWORK = "address_network"  # at least one of its addresses is not for us


@dataclass(frozen=True, kw_only=True)
class Target:
    """A vetted endpoint: the name for Host and TLS, and the only addresses that may be connected to."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


# One strict form instead of a parser: what two parsers could read differently is refused.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{1,253}|\[(?=[^\]]*:)[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/(?:[!$&'()*+,./0-9:;=?@A-Z_a-z~-]|%[0-9A-Fa-f]{2})*)?"
)
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


def vet(url: str, policy: CourierPolicy, resolve: Resolver, seconds: float) -> Target | Forbidden:
    """The endpoint with the addresses it may be reached at, or why not; takes at most *seconds*."""
    parts = _URL.fullmatch(url) if len(url) <= 2_000 else None
    if parts is None:
        return Forbidden.URL
    scheme, host = parts["scheme"], parts["host"].strip("[]").lower()
    port = int(parts["port"] or (443 if scheme == "https" else 80))
    if scheme != "https" and not policy.allow_loopback_http:
        return Forbidden.NOT_HTTPS
    if not 0 < port < 65_536 or (port not in policy.ports and not policy.allow_loopback_http):
        return Forbidden.PORT
    if not _is_plain(host):
        return Forbidden.NOTATION
    found = _looked_up(resolve, host, port, seconds)
    if not found:
        return Forbidden.UNKNOWN
    if not all(_may_go(address, scheme, port, policy) for address in found):
        return Forbidden.NETWORK
    return Target(scheme=scheme, host=host, port=port, path=parts["path"] or "/", addresses=tuple(found))


def system_resolver(host: str, port: int) -> list[str]:
    """All addresses of *host*, in the order the system prefers."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _is_plain(host: str) -> bool:
    """An IP address in its usual form, or a name; not 2130706433, 0x7f.1, 127.1 or 0177.0.0.1."""
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
    return all(_LABEL.fullmatch(label) for label in host.split("."))


def _looked_up(resolve: Resolver, host: str, port: int, seconds: float) -> list[str]:
    """What the resolver answers in time. Its patience cannot be set, so it gets a thread that may be left."""
    answers: list[str] = []

    def ask() -> None:
        try:
            answers.extend(resolve(host, port))
        except (OSError, UnicodeError):
            answers.clear()

    thread = threading.Thread(target=ask, daemon=True, name="courier-resolver")
    thread.start()
    thread.join(seconds)
    return [] if thread.is_alive() else answers


def _may_go(text: str, scheme: str, port: int, policy: CourierPolicy) -> bool:
    try:
        address = _unwrapped(ip_address(text))
    except ValueError:
        return False
    if policy.allow_loopback_http and address.is_loopback:
        return True
    if scheme != "https" or port not in policy.ports:
        return False
    return is_public(address) or any(address in network for network in policy.networks)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """
    Whether this is an ordinary address on the internet.

    Our own list, not `ipaddress.is_global`: that calls NAT64, 6to4 and multicast global, and its answers
    differ between Python versions. Source: the IANA special-purpose address registries.
    """
    address = _unwrapped(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    isatap = (int(address) >> 32) & 0xFDFF_FFFF == 0x0000_5EFE  # an IPv4 address inside any prefix (RFC 5214)
    return address in _GLOBAL_V6 and not isatap and not any(address in network for network in _SPECIAL_V6)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address that packets end up at: IPv4-mapped and NAT64 addresses lead to the IPv4 address inside."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",  # documentation
    )
)
_SPECIAL_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the platform address of a large cloud: public in form only
        "169.254.0.0/16",  # link-local, and cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
