"""A stand-in for the government's login service: OpenID Connect as a broker speaks it, for people who do not exist."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.sandbox import login_page
from gateway.sandbox.http_server import Request, Response, Server
from gateway.sandbox.login_page import Outcome
from gateway.sandbox.residents import RESIDENTS, passes_eleven_test, synthetic_bsn

SUBJECT = "urn:nl-eid-gdi:1.0:LegalSubjectID"
ACTING = "urn:nl-eid-gdi:1.0:ActingSubjectID"
_LEVEL = "http://eidas.europa.eu/LoA/"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_CODE_LASTS = timedelta(seconds=60)
_TOKEN_LASTS = timedelta(minutes=5)
_MOST = 1_000  # of anything that is remembered
_SOMEBODY_ELSE = synthetic_bsn(500)


@dataclass(frozen=True, kw_only=True)
class Client:
    """
    The one gateway that may send people here.

    Args:
        keys: Its public keys (JWK Set), asked for at every code.
    """

    id: str
    redirect_uri: str
    keys: Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class _Sitting:
    """One person signing in: what the gateway asked, and then who it was."""

    challenge: str
    state: str
    nonce: str
    bsn: str = ""
    acting: str = ""
    level: str = "substantial"
    at: datetime


class StandIn:
    """
    The login service of a sandbox.

    A sandbox's clock can be moved and this machine's cannot, so this service takes the time from the gateway's own
    signed word when it fetches a token. That, and that it believes whoever sits there, is what it does unlike a real
    one.
    """

    def __init__(self, client: Client, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._server = Server(self._answer)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._kid = secrets.token_urlsafe(8)
        self._pairwise = secrets.token_bytes(32)
        self._lock = threading.Lock()  # guards everything below
        self._asked: dict[str, _Sitting] = {}
        self._codes: dict[str, _Sitting] = {}
        self._seen: dict[str, None] = {}  # ids of assertions: each counts once

    @property
    def issuer(self) -> str:
        return self._server.url

    def start(self, port: int = 0) -> None:
        """Listen on this machine; 0 takes any free port."""
        self._server.start(port)

    def stop(self) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Response:
        path, _, query = request.path.partition("?")
        match request.method, path:
            case "GET", "/.well-known/openid-configuration":
                return _json(self._metadata())
            case "GET", "/jwks":
                public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key()))
                return _json({"keys": [{**public, "kid": self._kid, "alg": "ES256", "use": "sig"}]})
            case "GET", "/authorize":
                return self._authorize(_form(query))
            case "POST", "/sign-in":
                return self._sign_in(_form(request.body.decode("utf-8", "replace")))
            case "POST", "/token":
                return self._token(_form(request.body.decode("utf-8", "replace")))
        return Response(status=404)

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "scopes_supported": ["openid"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "acr_values_supported": [f"{_LEVEL}{one}" for one in ("low", "substantial", "high")],
            "claims_supported": ["sub", "acr", "auth_time", SUBJECT, ACTING],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _authorize(self, asked: Mapping[str, str]) -> Response:
        """The page to sign in on. What is wrong with the question is told here and never to an address out of it."""
        right = {
            "client_id": self._client.id,
            "redirect_uri": self._client.redirect_uri,
            "response_type": "code",
            "code_challenge_method": "S256",
        }
        wrong = [name for name, value in right.items() if asked.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if len(asked.get(name, "")) < 22]
        wrong += ["scope"] if "openid" not in asked.get("scope", "").split() else []
        if wrong:
            return self._page(400, login_page.refused(f"This is missing or wrong: {', '.join(wrong)}."))
        sitting = _Sitting(
            challenge=asked["code_challenge"], state=asked["state"], nonce=asked["nonce"], at=self._clock()
        )
        name = secrets.token_urlsafe(16)
        with self._lock:
            _remember(self._asked, name, sitting)
        return self._page(200, login_page.sign_in(RESIDENTS, name))

    def _sign_in(self, given: Mapping[str, str]) -> Response:
        """Back to the gateway, with a code or with why there is none."""
        with self._lock:
            sitting = self._asked.get(given.get("request", ""))
        if sitting is None:
            return self._page(400, login_page.refused("This page was used before. Go back to the gateway."))
        if given.get("cancel"):
            return self._back(given["request"], {"error": "access_denied", "state": sitting.state})
        bsn = given.get("other", "") if given.get("person") == "other" else given.get("person", "")
        if not (bsn.startswith("9999") and passes_eleven_test(bsn)):
            wrong = "Kies een testnummer: negen cijfers, te beginnen met 9999, die de elfproef doorstaan."
            return self._page(400, login_page.sign_in(RESIDENTS, given["request"], wrong))
        outcome, now = given.get("outcome", ""), self._clock()
        code = secrets.token_urlsafe(32)
        done = replace(
            sitting,
            bsn=bsn,
            acting=_SOMEBODY_ELSE if outcome == Outcome.FOR_SOMEBODY_ELSE else bsn,
            level="low" if outcome == Outcome.TOO_LOW else "substantial",
            at=now - 2 * _CODE_LASTS if outcome == Outcome.EXPIRED else now,
        )
        with self._lock:
            _remember(self._codes, code, done)
        return self._back(given["request"], {"code": code, "state": sitting.state})

    def _token(self, given: Mapping[str, str]) -> Response:
        """An ID token for a code: once, within a minute, for the gateway that proves it asked for it."""
        theirs = self._asserted(given)
        if theirs is None:
            return _json({"error": "invalid_client"}, status=401)
        with self._lock:
            sitting = self._codes.pop(given.get("code", ""), None)
        now = self._clock()
        verifier = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        fits = (
            sitting is not None
            and now - sitting.at <= _CODE_LASTS
            and given.get("grant_type") == "authorization_code"
            and given.get("redirect_uri") == self._client.redirect_uri
            and secrets.compare_digest(_base64url(verifier), sitting.challenge)
        )
        if not fits or sitting is None:
            return _json({"error": "invalid_grant"}, status=400)
        token = self._id_token(sitting, issued_at=theirs, signed_in_at=theirs - (now - sitting.at))
        answer = {"id_token": token, "access_token": secrets.token_urlsafe(32), "token_type": "Bearer"}
        return _json({**answer, "expires_in": int(_TOKEN_LASTS.total_seconds())})

    def _asserted(self, given: Mapping[str, str]) -> datetime | None:
        """When the gateway says it asks, if it is the gateway that asks: private_key_jwt (RFC 7523), each one once."""
        token = given.get("client_assertion", "")
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            [key] = [one for one in self._client.keys()["keys"] if one.get("kid") == kid]
            required = ["iss", "sub", "aud", "iat", "exp", "jti"]
            # The times are the gateway's own, and so is our clock; that it lasts a minute is checked below.
            options: Any = {"require": required, "verify_exp": False, "verify_iat": False, "strict_aud": True}
            said = jwt.decode(
                token,
                jwt.PyJWK(key),
                algorithms=["ES256"],
                audience=self.issuer,
                issuer=self._client.id,
                options=options,
            )
        except (jwt.PyJWTError, ValueError, KeyError, OSError, http.client.HTTPException):
            return None
        lasts = said["exp"] - said["iat"]
        with self._lock:
            again = said["jti"] in self._seen
            _remember(self._seen, str(said["jti"]), None)
        proven = given.get("client_assertion_type") == _ASSERTION_TYPE and said["sub"] == self._client.id
        if again or not proven or not 0 < lasts <= 60:
            return None
        return datetime.fromtimestamp(said["iat"], self._clock().tzinfo)

    def _id_token(self, sitting: _Sitting, *, issued_at: datetime, signed_in_at: datetime) -> str:
        pseudonym = hashlib.sha256(self._pairwise + sitting.bsn.encode()).hexdigest()
        claims = {
            "iss": self.issuer,
            "sub": pseudonym,
            "aud": self._client.id,
            "azp": self._client.id,
            "iat": int(issued_at.timestamp()),
            "exp": int((issued_at + _TOKEN_LASTS).timestamp()),
            "auth_time": int(signed_in_at.timestamp()),
            "nonce": sitting.nonce,
            "acr": f"{_LEVEL}{sitting.level}",
            SUBJECT: sitting.bsn,
            ACTING: sitting.acting,
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._kid})

    def _back(self, asked: str, answer: Mapping[str, str]) -> Response:
        """To the gateway; what was asked is answered now."""
        with self._lock:
            self._asked.pop(asked, None)
        address = f"{self._client.redirect_uri}?{urlencode({**answer, 'iss': self.issuer})}"
        return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})

    def _page(self, status: int, body: bytes) -> Response:
        back = urlsplit(self._client.redirect_uri)
        headers = login_page.headers(f"{back.scheme}://{back.netloc}")
        return Response(status=status, body=body, media_type="text/html; charset=utf-8", headers=headers)


def keys_at(url: str) -> Callable[[], Mapping[str, Any]]:
    """Asks the gateway at *url* for its public keys."""
    host = urlsplit(url).netloc

    def ask() -> Mapping[str, Any]:
        connection = http.client.HTTPConnection(host, timeout=5)
        try:
            connection.request("GET", "/v1/keys")
            found: Mapping[str, Any] = json.loads(connection.getresponse().read(100_000))
            return found
        finally:
            connection.close()

    return ask


def _remember(known: dict[str, Any], name: str, value: object) -> None:
    known[name] = value
    while len(known) > _MOST:
        del known[next(iter(known))]


def _form(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except ValueError:  # too many of them: then none
        return {}


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _json(content: Mapping[str, Any], *, status: int = 200) -> Response:
    body, headers = json.dumps(content).encode(), {"Cache-Control": "no-store"}
    return Response(status=status, body=body, media_type="application/json", headers=headers)
