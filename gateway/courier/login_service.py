"""The login service that residents sign in with (OpenID Connect, code flow), reached as guarded as any creditor."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from gateway.adapters import strict_json
from gateway.adapters.unreadable import UnreadableInput
from gateway.courier.envelope import CourierPolicy
from gateway.courier.guard import Forbidden, Resolver, Target, system_resolver, vet
from gateway.courier.http import Answer, Lost, NotSent, Stopwatch, get, post
from gateway.domain.signing_in import NotSignedIn, Reason
from gateway.keys.canonical import canonical_json
from gateway.keys.id_token import Expected, TokenFault, verify_id_token
from gateway.keys.keyless import new_token

MOST_BYTES: Final = 200_000  # of metadata, keys or an answer to a code: a few hundred times the usual
_FRESH = timedelta(hours=1)  # so long metadata and keys are believed
_AGAIN = timedelta(minutes=1)  # a key that is not known yet is looked for at most so often
_ASSERTION_LASTS = timedelta(seconds=60)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_OURS = {
    "User-Agent": "creditor-gateway",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_PAGE = re.compile(  # no credentials, no fragment, nothing that could end a header
    r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[!$&'()*+,./0-9:;=?@A-Z_a-z~%-]*)?"
)
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
_MOST_TOKEN = 20_000


class Sign(Protocol):
    """Sign bytes with the gateway's own key: a compact JWS."""

    def __call__(self, payload: bytes, *, typ: str) -> str: ...


@dataclass(frozen=True, kw_only=True)
class LoginPolicy:
    """Which service, and what it must say of itself and of who signs in; the names as in gateway.settings.Login."""

    issuer: str
    client_id: str
    assertion_audience: str
    scopes: tuple[str, ...]
    algorithms: frozenset[str]
    levels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Metadata:
    """What the service says of itself; *names_itself* = its answers carry `iss` (RFC 9207)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool


class LoginService:
    """
    One login service; safe to share between threads. It remembers its metadata and keys, and nobody who signed in.

    Not authlib: its client sends through a Session of its own, which follows redirects, reads whole bodies and looks
    at the environment; what remains of it without that is one form and one token (docs/decisions/0015).
    """

    def __init__(
        self, policy: LoginPolicy, limits: CourierPolicy, sign: Sign, *, resolver: Resolver = system_resolver
    ) -> None:
        self._policy = policy
        self._limits = limits
        self._sign = sign
        self._resolver = resolver
        self._lock = threading.Lock()  # guards what is remembered; never held during a call
        self._metadata: tuple[datetime, _Metadata] | None = None
        self._jwks: tuple[datetime, Mapping[str, Any]] | None = None
        self._looked_at = datetime.min.replace(tzinfo=UTC)  # when keys were last asked for

    def authorization_address(
        self, *, redirect_uri: str, state: str, nonce: str, challenge: str, max_age: int, now: datetime
    ) -> str | NotSignedIn:
        """
        Where to send the person, to sign in and come back to *redirect_uri*.

        Args:
            challenge: Of PKCE, S256 (RFC 7636).
            max_age: Seconds ago that somebody may have signed in there at most; 0 = anew, whoever is signed in.
        """
        metadata = self._described(now)
        if isinstance(metadata, NotSignedIn):
            return metadata
        asked = {
            "response_type": "code",
            "client_id": self._policy.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._policy.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "acr_values": " ".join(self._policy.levels),
            "max_age": str(max_age),
            **({"prompt": "login"} if max_age == 0 else {}),
        }
        address = metadata.authorization_endpoint
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def answers_as(self, issuer: str | None, now: datetime) -> bool:
        """Whether an answer that names *issuer* is this service's (RFC 9207); None = it names nobody."""
        if issuer is not None:
            return issuer == self._policy.issuer
        metadata = self._described(now)
        return isinstance(metadata, _Metadata) and not metadata.names_itself

    def claims(
        self, *, code: str, verifier: str, nonce: str, redirect_uri: str, signed_in_since: datetime, now: datetime
    ) -> Mapping[str, Any] | NotSignedIn:
        """Exchange *code* for what the service says of who signed in: signed by it, for us, for this very sign-in."""
        metadata = self._described(now)
        if isinstance(metadata, NotSignedIn):
            return metadata
        token = self._exchanged(metadata, code, verifier, redirect_uri, now)
        if isinstance(token, NotSignedIn):
            return token
        expected = Expected(
            issuer=self._policy.issuer,
            audience=self._policy.client_id,
            nonce=nonce,
            algorithms=self._policy.algorithms,
            levels=frozenset(self._policy.levels),
            signed_in_since=signed_in_since,
        )
        return self._verified(token, metadata, expected, now)

    def _exchanged(
        self, metadata: _Metadata, code: str, verifier: str, redirect_uri: str, now: datetime
    ) -> str | NotSignedIn:
        """The ID token for *code*. The access token that comes with it opens what we have no business in."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self._policy.client_id,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(metadata, now),
        }
        body = urlencode(form).encode("ascii")
        headers = {**_OURS, "Content-Type": "application/x-www-form-urlencoded"}
        found = self._asked(
            metadata.token_endpoint, lambda target, watch: post(target, headers, body, self._limits, watch)
        )
        if isinstance(found, NotSignedIn):
            return found
        token = found.get("id_token")
        return token if isinstance(token, str) and len(token) <= _MOST_TOKEN else _failed("answer_without_token")

    def _assertion(self, metadata: _Metadata, now: datetime) -> str:
        """That it is us who ask: private_key_jwt (RFC 7523), for one use within a minute."""
        audiences = {"issuer": self._policy.issuer, "token_endpoint": metadata.token_endpoint}
        said = {
            "iss": self._policy.client_id,
            "sub": self._policy.client_id,
            "aud": audiences[self._policy.assertion_audience],
            "iat": int(now.timestamp()),
            "exp": int((now + _ASSERTION_LASTS).timestamp()),
            "jti": new_token("assertion"),
        }
        return self._sign(canonical_json(said), typ="JWT")

    def _verified(
        self, token: str, metadata: _Metadata, expected: Expected, now: datetime
    ) -> Mapping[str, Any] | NotSignedIn:
        """The claims; where the key is not known, with the keys fetched anew if that is not too soon."""
        found: Mapping[str, Any] | TokenFault = TokenFault.KEY
        for anew in (False, True):
            jwks = self._keys(metadata, now, anew=anew)
            if isinstance(jwks, NotSignedIn):
                return jwks
            found = verify_id_token(token, jwks, expected, now)
            if found is not TokenFault.KEY:
                break
        if isinstance(found, TokenFault):
            reason = Reason.TOO_LOW if found is TokenFault.LEVEL else Reason.FAILED
            return NotSignedIn(reason=reason, code=found.value)
        return found

    def _keys(self, metadata: _Metadata, now: datetime, *, anew: bool) -> Mapping[str, Any] | NotSignedIn:
        """The service's keys, believed for an hour; *anew* fetches them again unless that was done a moment ago."""
        with self._lock:
            known = self._jwks
            if known is not None and now < known[0] + _FRESH and not (anew and now >= self._looked_at + _AGAIN):
                return known[1]
            self._looked_at = now
        found = self._fetched(metadata.jwks_uri)
        if isinstance(found, NotSignedIn):
            return found
        with self._lock:
            self._jwks = (now, found)
        return found

    def _described(self, now: datetime) -> _Metadata | NotSignedIn:
        """What the service says of itself (OpenID Connect Discovery 1.0), at most an hour ago."""
        with self._lock:
            if self._metadata is not None and now < self._metadata[0] + _FRESH:
                return self._metadata[1]
        found = self._fetched(f"{self._policy.issuer.rstrip('/')}/.well-known/openid-configuration")
        if isinstance(found, NotSignedIn):
            return found
        metadata = self._read(found)
        if metadata is None:
            return _failed("metadata")
        with self._lock:
            self._metadata = (now, metadata)
        return metadata

    def _read(self, found: Mapping[str, Any]) -> _Metadata | None:
        """None when it is somebody else's, or knows less than we ask for."""
        addresses = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if found.get("issuer") != self._policy.issuer or not all(isinstance(one, str) for one in addresses):
            return None
        needed = {
            "code_challenge_methods_supported": "S256",
            "token_endpoint_auth_methods_supported": "private_key_jwt",
        }
        if any(name in found and wanted not in _texts(found[name]) for name, wanted in needed.items()):
            return None
        page, token, jwks = (str(one) for one in addresses)
        if not self._may_show(page):
            return None
        named = found.get("authorization_response_iss_parameter_supported") is True
        return _Metadata(authorization_endpoint=page, token_endpoint=token, jwks_uri=jwks, names_itself=named)

    def _may_show(self, page: str) -> bool:
        """Whether a browser may be sent there: https, or this machine in a sandbox."""
        parts = _PAGE.fullmatch(page)
        if parts is None:
            return False
        return parts[1] == "https" or (self._limits.allow_loopback_http and parts[2] in _LOOPBACK)

    def _fetched(self, address: str) -> Mapping[str, Any] | NotSignedIn:
        return self._asked(address, lambda target, watch: get(target, _OURS, self._limits, watch))

    def _asked(
        self, address: str, exchange: Callable[[Target, Stopwatch], Answer | NotSent | Lost]
    ) -> Mapping[str, Any] | NotSignedIn:
        """One exchange with a vetted address; the JSON object that came back, or what went wrong."""
        watch = Stopwatch(self._limits.deadline_seconds)
        target = vet(address, self._limits, self._resolver, watch.left())
        if isinstance(target, Forbidden):
            return _failed(target.value)
        match exchange(target, watch):
            case NotSent(reason_code=why) | Lost(reason_code=why) | Answer(body_fault=str(why)):
                return _failed(f"service_{why}")
            case Answer(status=400):  # what was wrong with the code is left unread; most often it came too late
                return NotSignedIn(reason=Reason.EXPIRED, code="service_refused")
            case Answer(status=status) if status != 200:
                return _failed(f"service_http_{status}")
            case Answer(body=body):
                return _object(body)
        raise AssertionError("an exchange ends in one of three ways")


def _object(body: bytes) -> Mapping[str, Any] | NotSignedIn:
    try:
        found = strict_json.parse(body)
    except UnreadableInput:
        return _failed("service_json")
    return found if isinstance(found, dict) else _failed("service_json")


def _texts(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _failed(code: str) -> NotSignedIn:
    return NotSignedIn(reason=Reason.FAILED, code=code)
