"""A hostile login service, and hostile browsers: nobody gets in but the resident whom the service vouches for, to us."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sqlalchemy import func, select

from gateway import app
from gateway.courier.http import Stopwatch
from gateway.keys import id_token
from gateway.sandbox.residents import synthetic_bsn
from gateway.services import sign_in_with_login
from gateway.settings import Settings, load_settings
from gateway.storage import sign_in
from gateway.storage.tables import portal_session
from gateway.web.mijn import login as pages
from tests.integration.support import RESIDENT, World, world

BSN = RESIDENT["bsn"]
SUBJECT, ACTING = "urn:nl-eid-gdi:1.0:LegalSubjectID", "urn:nl-eid-gdi:1.0:ActingSubjectID"
LEVEL = "http://eidas.europa.eu/LoA/"
START, BACK = "/mijn/inloggen/digid", "/mijn/inloggen/terug"
EC, OTHER_EC = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
RSA, SMALL_RSA = (rsa.generate_private_key(65_537, bits) for bits in (2_048, 1_024))
PEM = EC.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
REMOVED = object()


def public(key: Any, **more: Any) -> dict[str, Any]:
    kind: Any = (
        jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
    )
    return {**json.loads(kind.to_jwk(key.public_key())), "use": "sig", **more}


JWKS = {"keys": [public(EC, kid="ec"), public(RSA, kid="rsa")]}


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(header: Mapping[str, Any], payload: bytes, key: Any) -> str:
    """A JWS of whatever is asked for, by our own hand: a library would refuse half of it."""
    told = f"{b64(json.dumps(header).encode())}.{b64(payload)}"
    if key is None:
        return f"{told}."
    if isinstance(key, bytes):
        return f"{told}.{b64(hmac.digest(key, told.encode(), 'sha256'))}"
    algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "PS256"
    made: Any = jwt.algorithms.get_default_algorithms()[algorithm]
    return f"{told}.{b64(made.sign(told.encode(), key))}"


@dataclass(frozen=True, kw_only=True)
class Attack:
    """
    What is not as it should be in one sign-in; all else is right.

    Args:
        code: Where it must be noticed, as an operator reads it.
        claims: What the token says otherwise; REMOVED = nothing.
        query: The same for the address on the way back.
        header: The same for the head of the token.
        payload: The token's content, made out of what it would have been.
        key: What it is signed with.
        token: What is done to the finished token.
        answer: How the token endpoint answers: (status, headers, body), or what drips byte by byte.
        keep: What becomes of the cookie.
    """

    code: str
    claims: Callable[[Asked], Mapping[str, Any]] = lambda _: {}
    query: Callable[[Asked], Mapping[str, Any]] = lambda _: {}
    header: Mapping[str, Any] = field(default_factory=dict)
    payload: Callable[[bytes], bytes] = lambda found: found
    key: Any = EC
    token: Callable[[str], str] = lambda found: found
    answer: Callable[[str], tuple[int, Mapping[str, str], bytes]] | None = None
    slowly: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)
    jwks: Any = None
    keep: Callable[[World, str], str | None] = lambda _, found: found


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the gateway asked of the service, in this attempt and in another one of another browser."""

    issuer: str
    state: str
    nonce: str
    other_state: str
    other_nonce: str
    now: int


def without(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not REMOVED}


def says(**claims: Any) -> Callable[[Asked], Mapping[str, Any]]:
    return lambda _: claims


def at(**seconds: float) -> Callable[[Asked], Mapping[str, Any]]:
    """Times, in seconds from now."""
    return lambda asked: {name: asked.now + value for name, value in seconds.items()}


def asks(**query: Any) -> Callable[[Asked], Mapping[str, Any]]:
    return lambda _: query


def answers(status: int, body: bytes, **headers: str) -> Callable[[str], tuple[int, Mapping[str, str], bytes]]:
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def padded(token: str) -> tuple[int, Mapping[str, str], bytes]:
    return 200, {}, json.dumps({"id_token": token, "padding": "x" * 1_000_000}).encode()


def packed(token: str) -> tuple[int, Mapping[str, str], bytes]:
    bomb = gzip.compress(json.dumps({"id_token": token, "padding": "x" * 1_000_000}).encode())
    return 200, {"Content-Encoding": "gzip"}, bomb


def elsewhere(_: str) -> tuple[int, Mapping[str, str], bytes]:
    return 307, {"Location": "/token-2"}, b""


THE_BACK_DOOR = {
    # What comes back in the address, into which browser.
    "another state": Attack(code="answer_state", query=lambda asked: {"state": asked.other_state}),
    "no state": Attack(code="answer_state", query=asks(state=REMOVED)),
    "an empty state": Attack(code="answer_state", query=asks(state="")),
    "two states": Attack(code="answer_form", query=lambda asked: {"state": [asked.state, asked.other_state]}),
    "two codes": Attack(code="answer_form", query=asks(code=["a", "b"])),
    "a giant code": Attack(code="answer_form", query=asks(code="x" * 2_001)),
    "no code": Attack(code="answer_without_code", query=asks(code=REMOVED)),
    "no issuer": Attack(code="answer_issuer", query=asks(iss=REMOVED)),
    "another issuer": Attack(code="answer_issuer", query=asks(iss="https://other.example")),
    "an issuer with a slash": Attack(code="answer_issuer", query=lambda asked: {"iss": f"{asked.issuer}/"}),
    "two issuers": Attack(code="answer_form", query=lambda asked: {"iss": [asked.issuer, "https://other.example"]}),
    "cancelled, says another": Attack(code="answer_issuer", query=asks(error="access_denied", iss="https://o.example")),
    "an error of theirs": Attack(code="answer_error", query=asks(error="server_error")),
    "an error beside a code": Attack(code="answer_error", query=asks(error="<script>")),
    "another browser": Attack(code="attempt_gone", keep=lambda _, __: None),
    "a changed cookie": Attack(code="attempt_gone", keep=lambda _, found: found[:-1] + ("A" if found[-1] != "A" else "B")),
    "a giant cookie": Attack(code="attempt_gone", keep=lambda _, found: "A" * 4_001),
    "a cookie that is none": Attack(code="attempt_gone", keep=lambda _, found: "%00=;,"),
    "a cookie sealed for something else": Attack(
        code="attempt_gone",
        keep=lambda w, _: b64(w.gateway.runtime.keys.seal_own(b"{}", table="login", row="choice", column="keep")),
    ),
    "a code of another attempt": Attack(code="token_nonce", claims=lambda asked: {"nonce": asked.other_nonce}),
}  # fmt: skip

THE_TOKEN = {
    # The head of the token, and its signature.
    "alg none": Attack(code="token_form", header={"alg": "none"}, key=None),
    "alg none with a signature": Attack(code="token_algorithm", header={"alg": "none"}),
    "alg NONE": Attack(code="token_algorithm", header={"alg": "NONE"}, key=b"x"),
    "no alg": Attack(code="token_algorithm", header={"alg": REMOVED}),
    "a list of algs": Attack(code="token_algorithm", header={"alg": ["ES256"]}),
    "HS256 with our public name": Attack(code="token_algorithm", header={"alg": "HS256"}, key=b"creditor-gateway"),
    "HS256 with their public key": Attack(code="token_algorithm", header={"alg": "HS256"}, key=PEM),
    "HS256 with a key in the set": Attack(
        code="token_algorithm",
        header={"alg": "HS256", "kid": "oct"},
        key=b"k" * 32,
        jwks={"keys": [{"kty": "oct", "kid": "oct", "k": b64(b"k" * 32)}]},
    ),
    "ES256 with a shared secret in the set": Attack(
        code="token_algorithm", header={"kid": "oct"}, jwks={"keys": [{"kty": "oct", "kid": "oct", "k": b64(b"k" * 32)}]}
    ),
    "ES384": Attack(code="token_algorithm", header={"alg": "ES384"}),
    "ES256 by the name of an RSA key": Attack(code="token_algorithm", header={"kid": "rsa"}),
    "PS256 by the name of an EC key": Attack(code="token_algorithm", header={"alg": "PS256"}, key=RSA),
    "RS256 by a key for PS256": Attack(
        code="token_algorithm", header={"alg": "RS256", "kid": "p"}, key=RSA, jwks={"keys": [public(RSA, kid="p", alg="PS256")]}
    ),
    "an unknown key": Attack(code="token_key", header={"kid": "other"}, key=OTHER_EC),
    "no key named": Attack(code="token_key", header={"kid": REMOVED}),
    "a path for a key": Attack(code="token_key", header={"kid": "../../../etc/passwd"}),
    "a number for a key": Attack(code="token_key", header={"kid": 1}),
    "two keys of one name": Attack(code="token_key", jwks={"keys": [public(EC, kid="ec"), public(OTHER_EC, kid="ec")]}),
    "a key for sealing": Attack(code="token_key", jwks={"keys": [public(EC, kid="ec", use="enc")]}),
    "a short RSA key": Attack(
        code="token_key", header={"alg": "PS256", "kid": "s"}, key=SMALL_RSA, jwks={"keys": [public(SMALL_RSA, kid="s")]}
    ),
    "keys that are no list": Attack(code="token_key", jwks={"keys": {"ec": public(EC, kid="ec")}}),
    "keys that are no set": Attack(code="service_json", jwks=[public(EC, kid="ec")]),
    "signed with another key": Attack(code="token_signature", key=OTHER_EC),
    "a key inside": Attack(code="token_form", header={"jwk": public(OTHER_EC)}, key=OTHER_EC),
    "a key inside, rightly signed": Attack(code="token_form", header={"jwk": public(EC)}),
    "an address of keys inside": Attack(code="token_form", header={"jku": "http://127.0.0.1:9/jwks"}),
    "an address of a certificate inside": Attack(code="token_form", header={"x5u": "http://127.0.0.1:9/x"}),
    "an extension": Attack(code="token_form", header={"crit": ["exp"]}),
    "an extension that we would know": Attack(code="token_form", header={"crit": ["b64"], "b64": True}),
    "another type": Attack(code="token_form", header={"typ": "at+jwt"}),
    "a type that is no text": Attack(code="token_form", header={"typ": {}}),
    "sealed": Attack(code="token_form", token=lambda found: f"{found}.AA.AA"),
    "two parts": Attack(code="token_form", token=lambda found: found.rpartition(".")[0]),
    "padded base64": Attack(code="token_form", token=lambda found: f"{found}=="),
    "without its signature": Attack(code="token_form", token=lambda found: f"{found.rpartition('.')[0]}."),
    "content changed": Attack(
        code="token_signature",
        token=lambda found: ".".join([found.split(".")[0], b64(_changed(found)), found.split(".")[2]]),
    ),
    "a giant token": Attack(code="answer_without_token", token=lambda found: found + "A" * 20_000),
    "one name twice": Attack(code="token_form", payload=lambda found: found.replace(b'{"iss"', b'{"sub": "other", "iss"')),
    "BSN twice": Attack(
        code="token_form", payload=lambda found: found[:-1] + f', "{SUBJECT}": "{synthetic_bsn(9)}"}}'.encode()
    ),
    "no JSON": Attack(code="token_form", payload=lambda _: b"<xml/>"),
    "no object": Attack(code="token_form", payload=lambda found: b"[" + found + b"]"),
    "no number": Attack(code="token_form", payload=lambda found: found.replace(b'"exp": ', b'"nbf": NaN, "exp": ')),
    "no text": Attack(code="token_form", payload=lambda found: found.replace(b'"sub": "', b'"sub": "\xff')),
    "deep": Attack(code="token_form", payload=lambda found: found[:-1] + b', "a": ' + b"[" * 3_000 + b"]" * 3_000 + b"}"),
}  # fmt: skip

THE_CLAIMS = {
    "another issuer": Attack(code="token_issuer", claims=says(iss="https://other.example")),
    "no issuer": Attack(code="token_issuer", claims=says(iss=REMOVED)),
    "half of the issuer": Attack(code="token_issuer", claims=lambda asked: {"iss": asked.issuer[:-1]}),
    "the issuer in a list": Attack(code="token_issuer", claims=lambda asked: {"iss": [asked.issuer]}),
    "no subject": Attack(code="token_issuer", claims=says(sub=REMOVED)),
    "a subject that is no text": Attack(code="token_issuer", claims=says(sub=1)),
    "for another": Attack(code="token_audience", claims=says(aud="another-client")),
    "for us and another": Attack(code="token_audience", claims=says(aud=["creditor-gateway", "another-client"])),
    "for us twice": Attack(code="token_audience", claims=says(aud=["creditor-gateway", "creditor-gateway"])),
    "for nobody": Attack(code="token_audience", claims=says(aud=REMOVED)),
    "for an empty list": Attack(code="token_audience", claims=says(aud=[])),
    "asked for by another": Attack(code="token_audience", claims=says(azp="another-client")),
    "expired": Attack(code="token_time", claims=at(exp=-61)),
    "without an end": Attack(code="token_time", claims=says(exp=REMOVED)),
    "an end in words": Attack(code="token_time", claims=says(exp="4102444800")),
    "an end that is true": Attack(code="token_time", claims=says(exp=True)),
    "an endless end": Attack(code="token_time", claims=says(exp=10**400)),
    "an end beyond numbers": Attack(code="token_time", payload=lambda found: found.replace(b'"exp": ', b'"exp": 1e9')),
    "issued in the future": Attack(code="token_time", claims=at(iat=61)),
    "issued long ago": Attack(code="token_time", claims=at(iat=-601)),
    "issued never": Attack(code="token_time", claims=says(iat=REMOVED)),
    "not valid yet": Attack(code="token_time", claims=at(nbf=61)),
    "not valid ever": Attack(code="token_time", claims=says(nbf="never")),
    "another nonce": Attack(code="token_nonce", claims=says(nonce="n-0S6_WzA2Mj")),
    "no nonce": Attack(code="token_nonce", claims=says(nonce=REMOVED)),
    "a list of nonces": Attack(code="token_nonce", claims=lambda asked: {"nonce": [asked.nonce]}),
    "signed in too long ago": Attack(code="token_age", claims=at(auth_time=-361)),
    "signed in at no time": Attack(code="token_age", claims=says(auth_time=REMOVED)),
    "signed in in the future": Attack(code="token_age", claims=at(auth_time=61)),
    "no level": Attack(code="token_level", claims=says(acr=REMOVED)),
    "a low level": Attack(code="token_level", claims=says(acr=f"{LEVEL}low")),
    "a list of levels": Attack(code="token_level", claims=says(acr=[f"{LEVEL}high"])),
    "a level by its ending": Attack(code="token_level", claims=says(acr="high")),
    "somebody else acts": Attack(code="acting_subject", claims=says(**{ACTING: synthetic_bsn(9)})),
    "somebody acts, somehow": Attack(code="acting_subject", claims=says(**{ACTING: {"sub": BSN}})),
    "an actor (RFC 8693)": Attack(code="acting_subject", claims=says(act={"sub": "other"})),
    "on behalf of (NL GOV)": Attack(code="acting_subject", claims=says(represents={"sub": "other"})),
    "a BSN that fails the 11-test": Attack(code="subject", claims=says(**{SUBJECT: "999990018", ACTING: "999990018"})),
    "a BSN of eight digits": Attack(code="subject", claims=says(**{SUBJECT: "99999001", ACTING: "99999001"})),
    "a BSN that is a number": Attack(code="subject", claims=says(**{SUBJECT: int(BSN), ACTING: int(BSN)})),
    "a BSN in a list": Attack(code="subject", claims=says(**{SUBJECT: [BSN], ACTING: [BSN]})),
    "a BSN in other digits": Attack(code="subject", claims=says(**{SUBJECT: "٩٩٩٩٩٠٠١٩", ACTING: REMOVED})),
    "a BSN with a blank": Attack(code="subject", claims=says(**{SUBJECT: f"{BSN} ", ACTING: REMOVED})),
    "no BSN": Attack(code="subject", claims=says(**{SUBJECT: REMOVED, ACTING: REMOVED})),
    "a BSN that nobody here has": Attack(
        code="unknown_person", claims=says(**{SUBJECT: synthetic_bsn(9), ACTING: synthetic_bsn(9)})
    ),
}  # fmt: skip

THE_SERVICE = {
    # What the service says of itself, and how it answers.
    "a redirect for an answer": Attack(code="service_http_307", answer=elsewhere),
    "a giant answer": Attack(code="service_too_large", answer=padded),
    "a packed giant answer": Attack(code="service_too_large", answer=packed),
    "an answer byte by byte": Attack(code="service_deadline", slowly=True),
    "a refused code": Attack(code="service_refused", answer=answers(400, b'{"error": "invalid_grant"}')),
    "we are refused": Attack(code="service_http_401", answer=answers(401, b'{"error": "invalid_client"}')),
    "a server error": Attack(code="service_http_500", answer=answers(500, b"{}")),
    "nothing": Attack(code="service_json", answer=answers(200, b"")),
    "a page": Attack(code="service_json", answer=answers(200, b"<html>", Content_Type="text/html")),
    "a list": Attack(code="service_json", answer=answers(200, b"[]")),
    "a bottomless list": Attack(code="service_json", answer=answers(200, b"[" * 100_000)),
    "no token": Attack(code="answer_without_token", answer=answers(200, b'{"access_token": "a"}')),
    "a token that is no text": Attack(code="answer_without_token", answer=answers(200, b'{"id_token": {}}')),
    "two tokens": Attack(code="service_json", answer=answers(200, b'{"id_token": "a.b.c", "id_token": "d.e.f"}')),
    "it is another": Attack(code="metadata", metadata={"issuer": "https://other.example"}),
    "it has no name": Attack(code="metadata", metadata={"issuer": REMOVED}),
    "no place for tokens": Attack(code="metadata", metadata={"token_endpoint": REMOVED}),
    "a script for a page": Attack(code="metadata", metadata={"authorization_endpoint": "javascript:alert(1)//"}),
    "a page without TLS": Attack(code="metadata", metadata={"authorization_endpoint": "http://evil.example/"}),
    "a page with credentials": Attack(code="metadata", metadata={"authorization_endpoint": "https://a:b@evil.example/"}),
    "a page on two lines": Attack(code="metadata", metadata={"authorization_endpoint": "https://a.example/\r\nX: y"}),
    "a page with a fragment": Attack(code="metadata", metadata={"authorization_endpoint": "https://a.example/#a"}),
    "without PKCE": Attack(code="metadata", metadata={"code_challenge_methods_supported": ["plain"]}),
    "with passwords": Attack(code="metadata", metadata={"token_endpoint_auth_methods_supported": ["client_secret_basic"]}),
    "tokens from inside": Attack(code="address_network", metadata={"token_endpoint": "http://169.254.169.254/token"}),
    "tokens from elsewhere without TLS": Attack(code="address_network", metadata={"token_endpoint": "http://192.0.2.1/"}),
    "keys from a file": Attack(code="address_url", metadata={"jwks_uri": "file:///etc/passwd"}),
    "keys from inside": Attack(code="address_network", metadata={"jwks_uri": "http://10.0.0.1/jwks"}),
}  # fmt: skip

ROWS = {
    f"{part}: {name}": attack
    for part, table in {
        "answer": THE_BACK_DOOR,
        "token": THE_TOKEN,
        "claims": THE_CLAIMS,
        "service": THE_SERVICE,
    }.items()
    for name, attack in table.items()
}


def _changed(token: str) -> bytes:
    found = token.split(".")[1]
    content = base64.urlsafe_b64decode(found + "=" * (-len(found) % 4))
    return content.replace(f"{LEVEL}substantial".encode(), f"{LEVEL}high".encode())


class Hostile:
    """A login service that does what the attack says, and all else as it should be."""

    def __init__(self) -> None:
        self.attack = Attack(code="")
        self.asked: Asked | None = None
        self.challenges: dict[str, str] = {}
        self.came: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.came.append(self.path)
                found = outer.metadata() if "well-known" in self.path else outer.attack.jwks or JWKS
                self.reply(200, {}, json.dumps(found).encode())

            def do_POST(self) -> None:
                outer.came.append(self.path)
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                challenge = b64(hashlib.sha256(form["code_verifier"][0].encode()).digest())
                if challenge != outer.challenges.get("now"):
                    return self.reply(400, {}, b'{"error": "invalid_grant"}')
                token = outer.token()
                usual = (200, {}, json.dumps({"id_token": token, "token_type": "Bearer"}).encode())
                made = outer.attack.answer(token) if outer.attack.answer is not None else usual
                return self.reply(*(usual if self.path == "/token-2" else made))

            def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    if outer.attack.slowly and self.command == "POST":
                        for byte in body[:40]:
                            self.wfile.write(bytes([byte]))
                            time.sleep(0.05)
                        body = body[40:]
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # they hung up on us

            def log_message(self, *_: Any) -> None: ...

        self.listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.listening.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.listening.server_port}"

    def metadata(self) -> dict[str, Any]:
        right = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "authorization_response_iss_parameter_supported": True,
        }
        return without({**right, **self.attack.metadata})

    def token(self) -> str:
        asked = self.asked
        assert asked is not None
        right = {
            "iss": self.url,
            "sub": "pseudonym",
            "aud": "creditor-gateway",
            "iat": asked.now,
            "exp": asked.now + 300,
            "auth_time": asked.now,
            "nonce": asked.nonce,
            "acr": f"{LEVEL}substantial",
            SUBJECT: BSN,
            ACTING: BSN,
        }
        payload = self.attack.payload(json.dumps(without({**right, **self.attack.claims(asked)})).encode())
        header = without({"alg": "ES256", "kid": "ec", "typ": "JWT", **self.attack.header})
        return self.attack.token(signed(header, payload, self.attack.key))


@dataclass
class Stage:
    """The gateway, the hostile service, and what an operator reads."""

    w: World
    service: Hostile
    codes: list[str] = field(default_factory=list)

    def sessions(self) -> int:
        with self.w.gateway.runtime.database.begin() as connection:
            return connection.scalar(select(func.count()).select_from(portal_session)) or 0

    def sign_in(self, attack: Attack) -> Any:
        """One sign-in under *attack*; the last answer of the gateway."""
        self.service.attack, self.service.asked = attack, None
        self.codes.clear()
        # A service that remembers nothing of the rows before.
        object.__setattr__(self.w.gateway, "login", app._login(self.w.gateway.settings, self.w.gateway.runtime.keys))
        others, browser = self.w.gateway.flask.test_client(), self.w.gateway.flask.test_client()
        other, away = others.get(START), browser.get(START)
        if away.status_code != 303:
            return away
        there, here = (parse_qs(urlsplit(one.headers["Location"]).query) for one in (other, away))
        asked = Asked(
            issuer=self.service.url,
            state=here["state"][0],
            nonce=here["nonce"][0],
            other_state=there["state"][0],
            other_nonce=there["nonce"][0],
            now=int(self.w.now().timestamp()),
        )
        self.service.asked, self.service.challenges = asked, {"now": here["code_challenge"][0]}
        kept = browser.get_cookie("inloggen")
        assert kept is not None
        keep = attack.keep(self.w, kept.value)
        browser.delete_cookie("inloggen")
        if keep is not None:
            browser.set_cookie("inloggen", keep)
        query = {"code": "c", "state": asked.state, "iss": asked.issuer, **attack.query(asked)}
        return browser.get(f"{BACK}?{urlencode(without(query), doseq=True)}")


@contextmanager
def staged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    service = Hostile()

    def change(settings: Settings) -> Settings:
        login = load_settings(environment={"GATEWAY_LOGIN_ISSUER": service.url}).login
        assert login is not None
        return replace(settings, login=replace(login, deadline=1.0))

    try:
        with world(settings_change=change) as w:
            w.counsellor_organisation()
            w.case()
            made = Stage(w=w, service=service)
            told = SimpleNamespace(info=lambda _event, **said: made.codes.append(said["code"]))
            monkeypatch.setattr(pages, "_log", told)
            yield made
    finally:
        service.listening.shutdown()
        service.listening.server_close()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patched, staged(patched) as made:
        yield made


def got_in(answer: Any) -> bool:
    return any(one.startswith("mijn=") for one in answer.headers.getlist("Set-Cookie"))


def test_the_honest_way_is_open(stage: Stage) -> None:
    """What every row differs from in one thing: the resident gets in, with either kind of key."""
    assert got_in(stage.sign_in(Attack(code="")))
    for name in ("PS256", "RS256"):
        made: Any = jwt.algorithms.get_default_algorithms()[name]
        algorithm = Attack(
            code="",
            header={"alg": name, "kid": "rsa"},
            token=lambda found, made=made: _signed_anew(found, made),
        )
        assert got_in(stage.sign_in(algorithm))
    for claims in (at(exp=-59), at(iat=59), at(nbf=59), at(auth_time=-359), says(aud=["creditor-gateway"])):
        assert got_in(stage.sign_in(Attack(code="", claims=claims)))
    assert got_in(stage.sign_in(Attack(code="", claims=says(azp="creditor-gateway", **{ACTING: REMOVED}))))


def _signed_anew(token: str, algorithm: Any) -> str:
    told = token.rpartition(".")[0]
    return f"{told}.{b64(algorithm.sign(told.encode(), RSA))}"


@pytest.mark.parametrize("name", ROWS)
def test_nobody_gets_in(stage: Stage, name: str) -> None:
    """A page that says it did not work; no session, in the browser or in the database; noticed where it should be."""
    attack, before = ROWS[name], stage.sessions()
    answer = stage.sign_in(attack)
    text = answer.get_data(as_text=True)
    assert answer.status_code in (403, 503), text
    assert not got_in(answer)
    assert stage.sessions() == before
    assert stage.codes[-1] == attack.code
    assert "<h1" in text
    assert "/mijn/inloggen" in text
    for leak in (BSN, synthetic_bsn(9), stage.service.url, "<script", "pseudonym"):
        assert leak not in text
    assert "/token-2" not in stage.service.came


def test_a_used_sign_in_is_used(stage: Stage) -> None:
    """The same browser, the same state, once more: even where the service answers any code twice."""
    kept: list[str] = []

    def remember(_: World, found: str) -> str:
        kept.append(found)
        return found

    assert got_in(stage.sign_in(Attack(code="", keep=remember)))
    assert got_in(again(stage, kept[0])) is False
    assert stage.codes[-1] == "attempt_used"


def again(stage: Stage, keep: str) -> Any:
    asked = stage.service.asked
    assert asked is not None
    browser = stage.w.gateway.flask.test_client()
    browser.set_cookie("inloggen", keep)
    return browser.get(f"{BACK}?{urlencode({'code': 'c', 'state': asked.state, 'iss': asked.issuer})}")


# --- Each guard is there for a reason: with it switched off, these rows get in. -------------------------------

CLAIM_ROWS = [
    name for name, row in ROWS.items() if name.startswith("claims: ") and row.code.startswith("token_")
    and not name.endswith(("signed in at no time",))
]  # fmt: skip
SWITCHES: Mapping[str, tuple[Callable[[pytest.MonkeyPatch], None], list[str]]] = {
    "what a token must say": (
        lambda patch: patch.setattr(id_token, "_fault", lambda *_: None),
        [*CLAIM_ROWS, "answer: a code of another attempt"],
    ),
    "the signature": (
        lambda patch: patch.setattr(id_token, "PyJWS", lambda: SimpleNamespace(decode=lambda *_, **__: None)),
        ["token: signed with another key", "token: content changed"],
    ),
    "what a head may hold": (
        lambda patch: patch.setattr(id_token, "_REFUSED_HEADERS", ()),
        ["token: a key inside, rightly signed", "token: an address of keys inside"],
    ),
    "a name stands once": (
        lambda patch: patch.setattr(id_token, "_once_each", dict),
        ["token: one name twice"],
    ),
    "the state": (
        lambda patch: patch.setattr(
            sign_in_with_login, "keyless", SimpleNamespace(same=lambda *_: True, digest=sign_in_with_login.keyless.digest)
        ),
        ["answer: another state", "answer: no state", "answer: an empty state"],
    ),
    "who answers": (
        lambda patch: patch.setattr("gateway.courier.login_service.LoginService.answers_as", lambda *_: True),
        ["answer: no issuer", "answer: another issuer", "answer: an issuer with a slash"],
    ),
    "who acts": (
        lambda patch: patch.setattr(sign_in_with_login, "_subject", lambda settings, said: said[settings.subject_claim]),
        ["claims: somebody else acts", "claims: an actor (RFC 8693)", "claims: on behalf of (NL GOV)"],
    ),
    "how much": (
        lambda patch: patch.setattr(app, "MOST_BYTES", 10_000_000),
        ["service: a giant answer", "service: a packed giant answer"],
    ),
    "how long": (
        lambda patch: patch.setattr("gateway.courier.login_service.Stopwatch", lambda _: Stopwatch(20)),
        ["service: an answer byte by byte"],
    ),
    "what the service can do": (
        lambda patch: patch.setattr("gateway.courier.login_service._texts", lambda _: ["S256", "private_key_jwt"]),
        ["service: without PKCE", "service: with passwords"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", SWITCHES)
def test_each_guard_bites(stage: Stage, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    """With the guard switched off its rows let somebody in, so the rows above would tell."""
    switch, rows = SWITCHES[guard]
    switch(monkeypatch)
    assert {name for name in rows if not got_in(stage.sign_in(ROWS[name]))} == set()


def test_the_guard_of_single_use_bites(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "use", lambda *_: True)
    kept: list[str] = []
    stage.sign_in(Attack(code="", keep=lambda _, found: kept.append(found) or found))
    assert got_in(again(stage, kept[0]))
