"""Addresses that an attacker would register: none is connected to, however written or resolved (O-I1)."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from gateway.consent.decision import Permit, Stage
from gateway.courier import Courier, CourierPolicy, Delivered, Envelope, Failed
from gateway.courier.guard import Forbidden, Target, is_public, system_resolver, vet
from gateway.errors import ConfigurationError

STRICT = CourierPolicy()
PUBLIC = "93.184.215.14"
BODY = b"{}"
DIGEST = hashlib.sha256(BODY).hexdigest()


def resolved_by_the_system(url: str) -> Target | Forbidden:
    """Vetted with the real resolver: it turns every notation it knows into an address, without a network."""

    def numeric(host: str, port: int) -> list[str]:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except OSError:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM) if "local" in host else []
        return [str(answer[4][0]) for answer in answers]

    return vet(url, STRICT, numeric, 5)


INSIDE = [
    # Loopback and this host, in every notation that some program reads as such.
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.1",
    "0x7f.0x0.0x0.0x1",
    "127.0.0.1.",
    "127.000.000.001",
    "0",
    "0.0.0.0",
    "0x0",
    "0.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost.localdomain",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    # IPv4 inside IPv6: mapped, compatible, translated, 6to4, Teredo, ISATAP.
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::10.1.2.3]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::1]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
    "[2001:0000:4136:e378:8000:63bf:3fff:fdd2]",
    "[2a02:22a0::5efe:10.0.0.1]",
    "[2a02:22a0::200:5efe:127.0.0.1]",
    # Cloud metadata and link-local.
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.0.1",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "[fe80::1]",
    "[fe80::a9fe:a9fe]",
    "[fd00:ec2::254]",
    # Private, shared, benchmarking, documentation, multicast, reserved, broadcast.
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "198.18.0.1",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[2001:10::1]",
]


@pytest.mark.parametrize("host", INSIDE)
def test_no_spelling_of_an_inside_address_is_accepted(host):
    """Promise: the decision is about the address, not about how it is written."""
    found = resolved_by_the_system(f"https://{host}/in")
    assert found in (Forbidden.NETWORK, Forbidden.NOTATION, Forbidden.URL, Forbidden.UNKNOWN)


@pytest.mark.parametrize("host", INSIDE)
def test_a_name_that_leads_to_an_inside_address_is_refused(host):
    """Promise: the same list behind an innocent name, as a resolver would answer it."""
    try:
        answers = [str(ip_address(host.strip("[]")))]
    except ValueError:
        try:
            answers = [socket.inet_ntoa(socket.inet_aton(host))]
        except OSError:
            answers = ["127.0.0.1"]
    assert vet("https://creditor.example/in", STRICT, lambda *_: answers, 5) is Forbidden.NETWORK


@pytest.mark.parametrize(
    "url, why",
    [
        ("http://creditor.example/", Forbidden.NOT_HTTPS),
        ("http://creditor.example:443/", Forbidden.NOT_HTTPS),
        ("https://creditor.example:22/", Forbidden.PORT),
        ("https://creditor.example:80/", Forbidden.PORT),
        ("https://creditor.example:5432/", Forbidden.PORT),
        ("https://creditor.example:0/", Forbidden.PORT),
        ("https://creditor.example:99999/", Forbidden.PORT),
        ("file:///etc/passwd", Forbidden.URL),
        ("ftp://creditor.example/", Forbidden.URL),
        ("gopher://creditor.example/", Forbidden.URL),
        ("unix:///var/run/docker.sock", Forbidden.URL),
        ("//creditor.example/", Forbidden.URL),
        ("creditor.example", Forbidden.URL),
        ("", Forbidden.URL),
        ("https://", Forbidden.URL),
        ("https:///in", Forbidden.URL),
        ("https:/creditor.example/", Forbidden.URL),
        ("https://name:secret@creditor.example/", Forbidden.URL),
        ("https://creditor.example@127.0.0.1/", Forbidden.URL),
        ("https://127.0.0.1#@creditor.example/", Forbidden.URL),
        ("https://127.0.0.1\\@creditor.example/", Forbidden.URL),
        ("https://creditor.example\\.evil.example/", Forbidden.URL),
        ("https://creditor.example/in#part", Forbidden.URL),
        ("https://creditor.example /in", Forbidden.URL),
        (" https://creditor.example/in", Forbidden.URL),
        ("https://creditor.example/in\n", Forbidden.URL),
        ("https://creditor.example/in\r\nHost: evil", Forbidden.URL),
        ("https://creditor.example/\x00", Forbidden.URL),
        ("https://creditor.example/%zz", Forbidden.URL),
        ("https://creditor.example?in", Forbidden.URL),
        ("https://creditor.example:/", Forbidden.URL),
        ("https://creditor.example:443:443/", Forbidden.URL),
        ("https://créditeur.example/", Forbidden.URL),
        ("https://①②⑦.⓪.⓪.①/", Forbidden.URL),
        ("https://127。0。0。1/", Forbidden.URL),
        ("https://%31%32%37.0.0.1/", Forbidden.URL),
        ("https://[::1%25eth0]/", Forbidden.URL),
        ("https://[::1/", Forbidden.URL),
        ("https://::1/", Forbidden.URL),
        ("https://[v1.creditor]/", Forbidden.URL),
        ("https://creditor.example/" + "a" * 2_000, Forbidden.URL),
        ("https://[1.2.3.4]/", Forbidden.URL),
        ("https://[::1::1]/", Forbidden.NOTATION),
        ("https://1.2.3/", Forbidden.NOTATION),
        ("https://1.2.3.4.5/", Forbidden.NOTATION),
        ("https://0x5d.0xb8.0xd7.0x0e/", Forbidden.NOTATION),
        ("https://1572394766/", Forbidden.NOTATION),
        ("https://93.184.215.014/", Forbidden.NOTATION),
        ("https://93.184.215.14./", Forbidden.NOTATION),
        ("https://creditor.example./", Forbidden.NOTATION),
        ("https://creditor..example/", Forbidden.NOTATION),
        ("https://-creditor.example/", Forbidden.NOTATION),
        ("https://" + "a" * 64 + ".example/", Forbidden.NOTATION),
        ("https://./", Forbidden.NOTATION),
    ],
)
def test_what_two_programs_could_read_differently_is_refused(url, why):
    """Promise: one plain form of URL, and no look-up for anything else."""

    def resolver(*_: Any) -> list[str]:
        raise AssertionError("looked up")

    assert vet(url, STRICT, resolver, 5) is why


@pytest.mark.parametrize(
    "answers",
    [
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
        [PUBLIC, "2a02:22a0::1", "fd00::1"],
        [PUBLIC, "::ffff:10.0.0.1"],
        [PUBLIC] * 20 + ["169.254.169.254"],
        [PUBLIC, "fe80::1%eth0"],
        [PUBLIC, "not an address"],
    ],
)
def test_one_bad_answer_spoils_them_all(answers):
    """Promise: every address a name has is vetted, not only the one that comes first."""
    assert vet("https://creditor.example/", STRICT, lambda *_: answers, 5) is Forbidden.NETWORK


@pytest.mark.parametrize("answers", [[PUBLIC], ["2a02:22a0::1"], [PUBLIC, "2a02:22a0::1"], ["64:ff9b::5db8:d70e"]])
@pytest.mark.parametrize("url", ["https://creditor.example/in?a=b", "https://CREDITOR.example:8443", "https://a/"])
def test_an_ordinary_endpoint_passes_and_keeps_its_name(url, answers):
    """Promise: the name stays for Host and TLS; the addresses are those that were vetted; NAT64 is one."""
    target = vet(url, STRICT, lambda *_: answers, 5)
    assert isinstance(target, Target)
    assert target.addresses == tuple(answers)
    assert target.host in ("creditor.example", "a")


# --- Private networks that are reached on purpose

DIGINETWERK = CourierPolicy(networks=(ip_network("10.20.0.0/16"), ip_network("fd12:3456::/32")))


@pytest.mark.parametrize(
    "answer, passes",
    [
        ("10.20.0.1", True),
        ("10.20.255.255", True),
        ("::ffff:10.20.0.1", True),
        ("fd12:3456::1", True),
        (PUBLIC, True),
        ("10.21.0.0", False),
        ("10.19.255.255", False),
        ("fd12:3457::1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
    ],
)
def test_an_allowed_range_opens_that_range_only(answer, passes):
    """Promise: Diginetwerk can be reached, and not one address beside it."""
    found = vet("https://hub.example/", DIGINETWERK, lambda *_: [answer], 5)
    assert isinstance(found, Target) is passes


def test_an_allowed_range_opens_neither_plain_http_nor_other_ports():
    """Promise: inside is no reason to trust the wire."""
    assert vet("http://hub.example/", DIGINETWERK, lambda *_: ["10.20.0.1"], 5) is Forbidden.NOT_HTTPS
    assert vet("https://hub.example:22/", DIGINETWERK, lambda *_: ["10.20.0.1"], 5) is Forbidden.PORT


@pytest.mark.parametrize(
    "network",
    [
        "127.0.0.0/8",
        "0.0.0.0/0",
        "169.254.169.254/32",
        "224.0.0.0/4",
        "::1/128",
        "::/0",
        "fe80::/10",
        "ff02::/16",
    ],
)
def test_some_ranges_can_not_be_allowed(network):
    """Promise: no setting opens loopback, cloud metadata or multicast."""
    with pytest.raises(ConfigurationError, match="never"):
        CourierPolicy(networks=(ip_network(network),))


SANDBOX = CourierPolicy(allow_loopback_http=True, connect_seconds=1, read_seconds=1, deadline_seconds=3)


@pytest.mark.parametrize(
    "url, answer, passes",
    [
        ("http://localhost:8123/", "127.0.0.1", True),
        ("http://localhost:8123/", "::1", True),
        ("https://localhost:8123/", "127.0.0.1", True),
        ("https://creditor.example/", PUBLIC, True),
        ("http://creditor.example:8123/", PUBLIC, False),
        ("http://creditor.example/", PUBLIC, False),
        ("https://creditor.example:8123/", PUBLIC, False),
        ("http://printer:8123/", "192.168.1.9", False),
        ("http://metadata/", "169.254.169.254", False),
        ("http://localhost:8123/", "0.0.0.0", False),
    ],
)
def test_a_sandbox_opens_loopback_and_nothing_else(url, answer, passes):
    """Promise: the setting for simulated creditors does not send plain text over a network."""
    assert isinstance(vet(url, SANDBOX, lambda *_: [answer], 5), Target) is passes


# --- A resolver that changes its mind


class Flipping:
    """Answers a harmless address first and a dangerous one ever after, as a rebinding name server does."""

    def __init__(self, first: str, then: str) -> None:
        self.first, self.then, self.asked = first, then, 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return [self.first if self.asked == 1 else self.then]


def envelope(url: str) -> tuple[Envelope, Permit]:
    message = UUID(int=1)
    return Envelope(
        message_id=message,
        channel="rest_json",
        url=url,
        body=BODY,
        media_type="application/json",
        headers={},
        digest=DIGEST,
    ), Permit(
        stage=Stage.SEND,
        message_id=message,
        grant_id=message,
        digest=DIGEST,
        decided_at=datetime(2026, 5, 4, 9, tzinfo=UTC),
    )


def test_a_name_that_changes_its_address_is_connected_to_where_it_was_vetted(httpserver: HTTPServer, monkeypatch):
    """Promise: looked up once; between vetting and connecting no name is resolved again (DNS rebinding)."""
    real = socket.getaddrinfo

    def only_numbers(host: Any, *rest: Any, **more: Any) -> Any:
        ip_address(host)  # raises for a name
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", only_numbers)
    httpserver.expect_request("/in").respond_with_data("ok")
    resolver = Flipping("127.0.0.1", "127.0.0.2")
    outcome = Courier(SANDBOX, resolver=resolver).send(*envelope(f"http://rebind.example:{httpserver.port}/in"))
    assert isinstance(outcome, Delivered)
    assert (outcome.peer, resolver.asked) == ("127.0.0.1", 1)
    [(request, _)] = httpserver.log
    assert request.headers["Host"] == f"rebind.example:{httpserver.port}"


def test_only_the_vetted_address_is_ever_dialled(monkeypatch):
    """Promise: a public answer first and loopback later: the socket itself shows which one is dialled."""
    dialled: list[Any] = []

    def dial(self: socket.socket, address: Any) -> None:
        dialled.append(address[:2])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", dial)
    resolver = Flipping(PUBLIC, "127.0.0.1")
    courier = Courier(STRICT, resolver=resolver)
    refused = Failed(reason_code="connect_failed", retryable=True)
    assert courier.send(*envelope("https://rebind.example/")) == refused
    assert (dialled, resolver.asked) == ([(PUBLIC, 443)], 1)
    assert courier.send(*envelope("https://rebind.example/")) == Failed(reason_code="address_network", retryable=False)
    assert dialled == [(PUBLIC, 443)]


def test_a_refused_address_opens_no_socket(monkeypatch):
    """Promise: refusing costs the other side nothing and tells it nothing."""

    def dial(*_: Any) -> None:
        raise AssertionError("dialled")

    monkeypatch.setattr(socket.socket, "connect", dial)
    courier = Courier(STRICT, resolver=lambda *_: ["10.0.0.1"])
    outcome = courier.send(*envelope("https://creditor.example/"))
    assert outcome == Failed(reason_code="address_network", retryable=False)
    assert courier.check("https://creditor.example/") == "address_network"
    assert Courier(STRICT, resolver=lambda *_: [PUBLIC]).check("https://creditor.example/") is None


def test_the_systems_own_resolver_gives_every_address_once():
    """Promise: all answers, in the order the system prefers."""
    assert system_resolver("127.0.0.1", 443) == ["127.0.0.1"]


# --- Every address there is


@given(st.ip_addresses())
def test_what_is_public_here_is_public_to_python_too(address):
    """Promise: our own list is never wider than that of the standard library, disguises taken off."""
    if is_public(address):
        address = getattr(address, "ipv4_mapped", None) or address
        assert not address.is_private
        assert not address.is_loopback
        assert not address.is_link_local
        assert not address.is_multicast
        assert not address.is_reserved or address in ip_network("64:ff9b::/96")
        assert not address.is_unspecified


@given(st.ip_addresses(v=4))
def test_a_disguise_never_helps(address):
    """Promise: mapped and translated forms are judged as the IPv4 address; other tunnels are never taken."""
    number = int(address)
    mapped, nat64 = (ip_address(prefix | number) for prefix in (0xFFFF << 32, 0x64FF9B << 96))
    assert is_public(mapped) == is_public(nat64) == is_public(address)
    assert not is_public(ip_address(0x2002 << 112 | number << 80))
    assert not is_public(ip_address(0x20010000 << 96 | number << 64))
    assert not is_public(IPv6Address(number))


@given(st.text(max_size=80) | st.from_regex(r"https?://[\x20-\x7e]{0,60}", fullmatch=True))
def test_any_text_gets_a_verdict(url):
    """Promise: whatever is registered as an endpoint, vetting answers and never crashes."""
    assert isinstance(vet(url, STRICT, lambda *_: ["127.0.0.1"], 5), Forbidden)
