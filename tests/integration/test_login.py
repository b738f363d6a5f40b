"""Signing in with the login service: the stand-in over real HTTP, from the first link to the resident's page."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import select

from gateway.cli import login_stand_in
from gateway.sandbox.login_service import Client, StandIn
from gateway.sandbox.residents import synthetic_bsn
from gateway.settings import Login, Settings, load_settings
from gateway.storage.tables import case_file, idempotency, journal, portal_session, resident
from tests.integration.support import RESIDENT, World, world

START = "/mijn/inloggen/digid"
BACK = "http://127.0.0.1:8080/mijn/inloggen/terug"
BSN, UNKNOWN = RESIDENT["bsn"], synthetic_bsn(77)
LANGUAGES = {"nl": "Het inloggen lukte", "en": "Signing in worked", "ar": "نجح تسجيل الدخول"}


def login_at(issuer: str) -> Login:
    found = load_settings(environment={"GATEWAY_LOGIN_ISSUER": issuer}).login
    assert found is not None
    return found


@dataclass
class Scene:
    """A gateway, its stand-in, and one resident whom it knows."""

    w: World
    service: StandIn
    organisation: str
    case: str
    keys: dict[str, Any] = field(default_factory=dict)

    def browser(self) -> FlaskClient:
        return self.w.gateway.flask.test_client()

    def resident_of(self, case: str) -> str:
        with self.w.gateway.runtime.database.begin() as connection:
            return str(connection.scalar(select(case_file.c.resident_id).where(case_file.c.id == case)))

    def kinds(self) -> list[str]:
        """The journal's kinds about signing in."""
        with self.w.gateway.runtime.database.begin() as connection:
            kinds = connection.scalars(select(journal.c.kind).order_by(journal.c.id))
            return [kind for kind in kinds if kind.startswith(("resident.signed", "resident.confirmed"))]

    def sessions(self) -> int:
        with self.w.gateway.runtime.database.begin() as connection:
            return len(connection.execute(select(portal_session)).all())


@contextmanager
def scene() -> Iterator[Scene]:
    keys: dict[str, Any] = {}
    client = Client(id="creditor-gateway", redirect_uri=BACK, keys=lambda: keys)
    service = StandIn(client, lambda: datetime.now(UTC))
    service.start()

    def change(settings: Settings) -> Settings:
        return replace(settings, login=login_at(service.issuer))

    try:
        with world(settings_change=change) as w:
            keys.update(w.gateway.runtime.keys.public_jwks())
            organisation = w.counsellor_organisation()
            yield Scene(w=w, service=service, organisation=organisation, case=w.case(), keys=keys)
    finally:
        service.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[Scene]:
    """For what leaves nothing behind that another test would see."""
    with scene() as made:
        yield made


def at_the_counter(location: str, **given: str) -> str:
    """A person at the login service; the address that it sends them back to."""
    shown = requests.get(location, timeout=10)
    assert shown.status_code == 200, shown.text
    assert "<script" not in shown.text
    [asked] = re.findall(r'name="request" value="([^"]+)"', shown.text)
    done = requests.post(
        re.sub(r"/authorize.*", "/sign-in", location),
        {"request": asked, "outcome": "signed_in", **given},
        allow_redirects=False,
        timeout=10,
    )
    assert done.status_code == 303, done.text
    return done.headers["Location"]


def went(browser: FlaskClient, *, start: str = START, **given: str) -> Any:
    """Through the whole flow; what the gateway answers on the way back."""
    away = browser.get(start)
    assert away.status_code == 303, away.get_data(as_text=True)
    back = at_the_counter(away.headers["Location"], **given)
    return browser.get(path_of(back))


def path_of(address: str) -> str:
    parts = urlsplit(address)
    assert address.startswith(BACK)
    return f"{parts.path}?{parts.query}"


def set_cookies(answer: Any) -> Mapping[str, str]:
    """Cookies that are set and not taken away."""
    found = [one.partition("=") for one in answer.headers.getlist("Set-Cookie")]
    return {name: rest for name, _, rest in found if "Max-Age=0" not in rest}


def test_a_resident_signs_in() -> None:
    """Away, back, and in; the cookie of the attempt is gone, a session is there, and the BSN is in no address."""
    with scene() as s:
        browser = s.browser()
        away = browser.get(START)
        asked = parse_qs(urlsplit(away.headers["Location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["response_type"] == ["code"]
        assert asked["acr_values"] == ["http://eidas.europa.eu/LoA/substantial http://eidas.europa.eu/LoA/high"]
        assert asked["max_age"] == ["300"]
        assert "prompt" not in asked
        [keep] = set_cookies(away).values()
        assert "HttpOnly" in keep
        assert "SameSite=Lax" in keep
        back = at_the_counter(away.headers["Location"], person=BSN)
        assert BSN not in back + away.headers["Location"]
        answer = browser.get(path_of(back))
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/mijn"
        [(name, cookie)] = set_cookies(answer).items()
        assert name == "mijn"
        assert "HttpOnly" in cookie
        assert s.kinds() == ["resident.signed_in"]
        assert browser.get_cookie("inloggen") is None


def test_a_sign_in_lets_in_once() -> None:
    """Another copy of the same browser, with the same address to come back to and even a fresh code, is too late."""
    with scene() as s:
        browser = s.browser()
        away = browser.get(START)
        kept = browser.get_cookie("inloggen")
        assert kept is not None
        first = at_the_counter(away.headers["Location"], person=BSN)
        second = at_the_counter(away.headers["Location"], person=BSN)
        assert browser.get(path_of(first)).status_code == 303
        thief = s.browser()
        thief.set_cookie("inloggen", kept.value)
        answer = thief.get(path_of(second))
        assert answer.status_code == 403
        assert "Het duurde te lang" in answer.get_data(as_text=True)
        assert not set_cookies(answer)
        assert s.sessions() == 1


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"person": BSN, "cancel": "cancelled"}, 200, "U stopte met inloggen"),
        ({"person": BSN, "outcome": "too_low"}, 403, "zonder extra controle"),
        ({"person": BSN, "outcome": "for_somebody_else"}, 403, "U logde in voor iemand anders"),
        ({"person": BSN, "outcome": "expired"}, 403, "Het duurde te lang"),
        ({"person": "other", "other": UNKNOWN}, 403, "Wij kennen u hier nog niet"),
    ],
)
def test_an_outcome_without_a_session(shared: Scene, given: dict[str, str], status: int, said: str) -> None:
    """Each says plainly what happened, and what else is possible."""
    browser = shared.browser()
    answer = went(browser, **given)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert said in text
    assert 'href="/mijn/inloggen"' in text
    assert f'href="{START}"' in text
    assert "14 000" in text
    assert not set_cookies(answer)
    assert BSN not in text
    assert UNKNOWN not in text


@pytest.mark.parametrize(("language", "said"), LANGUAGES.items())
def test_in_the_readers_language(shared: Scene, language: str, said: str) -> None:
    """The language chosen before leaving is that of the page on the way back."""
    browser = shared.browser()
    answer = went(browser, start=f"{START}?lang={language}", person="other", other=UNKNOWN)
    assert said in answer.get_data(as_text=True)


def test_after_ten_minutes_it_is_over(shared: Scene) -> None:
    """Whoever comes back later begins anew, whatever the login service says."""
    browser = shared.browser()
    away = browser.get(START)
    back = at_the_counter(away.headers["Location"], person=BSN)
    kept = browser.get_cookie("inloggen")
    assert kept is not None
    shared.w.later(minutes=10, seconds=1)
    browser.set_cookie("inloggen", kept.value)
    answer = browser.get(path_of(back))
    assert "Het duurde te lang" in answer.get_data(as_text=True)
    assert not set_cookies(answer)


def test_two_organisations_help_the_same_person() -> None:
    """A choice, once; nobody else's organisation can be chosen, and the choice is not a way in for another browser."""
    with scene() as s:
        other = s.w.counsellor_organisation("second")
        second = s.w.case("second")
        third = s.w.counsellor_organisation("third")
        browser = s.browser()
        shown = went(browser, start=f"{START}?verder=/mijn/gezien", person=BSN)
        text = shown.get_data(as_text=True)
        assert shown.status_code == 200
        assert "Wie helpt u?" in text
        assert {one for one in (s.organisation, other, third) if one in text} == {s.organisation, other}
        assert s.sessions() == 0
        kept = browser.get_cookie("inloggen")
        assert kept is not None
        choose = "/mijn/inloggen/organisatie"
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert browser.post(choose, data={"organisation": other}, headers=foreign).status_code == 403
        without = s.browser().post(choose, data={"organisation": other})
        assert not set_cookies(without)
        answer = browser.post(choose, data={"organisation": other})
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/mijn/gezien"
        with s.w.gateway.runtime.database.begin() as connection:
            assert str(connection.scalar(select(portal_session.c.resident_id))) == s.resident_of(second)
        again = s.browser()
        again.set_cookie("inloggen", kept.value)
        assert not set_cookies(again.post(choose, data={"organisation": s.organisation}))
        elsewhere = s.browser()
        went(elsewhere, person=BSN)
        refused = elsewhere.post(choose, data={"organisation": third})
        assert refused.status_code == 403
        assert not set_cookies(refused)


def test_showing_once_more_who_you_are() -> None:
    """The same resident confirms the running session; another leaves it as it was."""
    with scene() as s:
        s.w.case(bsn=synthetic_bsn(5))
        browser = s.browser()
        went(browser, person=BSN)
        s.w.later(minutes=25)
        away = browser.get(f"{START}?opnieuw=1&verder=/mijn/bewijzen")
        asked = parse_qs(urlsplit(away.headers["Location"]).query)
        assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
        session = browser.get_cookie("mijn")
        answer = browser.get(path_of(at_the_counter(away.headers["Location"], person=BSN)))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/mijn/bewijzen")
        assert browser.get_cookie("mijn") == session
        assert s.kinds() == ["resident.signed_in", "resident.confirmed"]
        other = went(browser, start=f"{START}?opnieuw=1", person="other", other=synthetic_bsn(5))
        assert other.status_code == 403
        assert "U logde in als iemand anders" in other.get_data(as_text=True)
        assert s.kinds() == ["resident.signed_in", "resident.confirmed"]
        assert s.sessions() == 1


def test_a_path_to_go_on_to_is_ours(shared: Scene) -> None:
    """The address to go on to never leads to another site."""
    browser = shared.browser()
    answer = went(browser, start=f"{START}?verder=//evil.example/mijn", person=BSN)
    assert answer.headers["Location"] == "/mijn"


def test_a_refused_sign_in_leaves_nothing(shared: Scene) -> None:
    """No row and no entry, so that nobody can fill the database by walking away."""
    with shared.w.gateway.runtime.database.begin() as connection:
        before = connection.execute(select(idempotency.c.key)).all()
    kinds = shared.kinds()
    went(shared.browser(), person="other", other=UNKNOWN)
    shared.browser().get(START)
    with shared.w.gateway.runtime.database.begin() as connection:
        assert connection.execute(select(idempotency.c.key)).all() == before
    assert shared.kinds() == kinds


def test_an_erased_resident_is_unknown() -> None:
    """Whose data was erased is known by no BSN any more."""
    with scene() as s:
        with s.w.gateway.runtime.database.begin() as connection:
            connection.execute(resident.update().values(bsn_index=None, sealed=None, erased_at=s.w.now()))
        assert "Wij kennen u hier nog niet" in went(s.browser(), person=BSN).get_data(as_text=True)


def test_it_is_not_offered_without_a_login_service() -> None:
    """Without a section [login], or without an issuer in it, there is no such page."""
    with world() as w:
        assert w.gateway.login is None
        assert w.web.get(START).status_code == 404
        assert w.web.get("/mijn/inloggen/terug?code=a&state=b").status_code == 404


def test_a_login_service_that_is_away() -> None:
    """A page that says so, and the other ways in."""
    with scene() as s:
        s.service.stop()
        answer = s.browser().get(START)
        assert answer.status_code == 503
        assert "Het inloggen lukte niet" in answer.get_data(as_text=True)
        assert not set_cookies(answer)


def test_the_stand_in_checks_the_gateway(shared: Scene) -> None:
    """What the stand-in believes of us it has checked: another key, a used code, a wrong verifier get nothing."""
    issuer = shared.service.issuer
    browser = shared.browser()
    away = browser.get(START).headers["Location"]
    assert requests.get(away.replace("creditor-gateway", "somebody"), timeout=10).status_code == 400
    assert requests.get(away.replace("terug", "elders"), timeout=10).status_code == 400
    login = shared.w.gateway.login
    assert login is not None
    now = shared.w.now()
    code = parse_qs(urlsplit(at_the_counter(away, person=BSN)).query)["code"][0]
    wrong = login.claims(code=code, verifier="x" * 43, nonce="n", redirect_uri=BACK, signed_in_since=now, now=now)
    assert getattr(wrong, "code", None) == "service_refused"
    used = parse_qs(urlsplit(at_the_counter(browser.get(START).headers["Location"], person=BSN)).query)["code"][0]
    without = requests.post(f"{issuer}/token", {"grant_type": "authorization_code", "code": used}, timeout=10)
    assert (without.status_code, without.json()) == (401, {"error": "invalid_client"})
    keys = dict(shared.keys)
    shared.keys.update({"keys": []})
    try:
        answer = went(shared.browser(), person=BSN)
    finally:
        shared.keys.update(keys)
    assert answer.status_code == 403
    assert not set_cookies(answer)


def test_a_new_key_of_the_service_is_found_once_a_minute() -> None:
    """After a restart the service signs with another key: it is fetched, but not at every sign-in."""
    with scene() as s:
        assert went(s.browser(), person=BSN).status_code == 303
        port = int(s.service.issuer.rpartition(":")[2])
        s.service.stop()
        fetched: list[str] = []
        client = Client(id="creditor-gateway", redirect_uri=BACK, keys=lambda: s.keys)
        for _ in range(2):  # each a new key pair
            service = StandIn(client, lambda: datetime.now(UTC))
            answer_as_usual = service._answer

            def counted(request: Any, usual: Any = answer_as_usual) -> Any:
                fetched.append(request.path)
                return usual(request)

            service._server._answer = counted
            service.start(port)
            try:
                soon = went(s.browser(), person=BSN)
                assert soon.status_code == 403
                went(s.browser(), person=BSN)
                assert fetched.count("/jwks") == 0
                s.w.later(seconds=61)
                assert went(s.browser(), person=BSN).status_code == 303
                assert went(s.browser(), person=BSN).status_code == 303
                assert fetched.count("/jwks") == 1
            finally:
                service.stop()
            fetched.clear()


def test_the_stand_in_runs_as_a_process(tmp_path: Path) -> None:
    """What `gateway serve` starts listens where it is told, and ends when it is told."""
    settings = load_settings(data=tmp_path, environment={"GATEWAY_LISTEN": "127.0.0.1:9"})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    command = login_stand_in.command(settings, login_at(address), address)
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                found = requests.get(f"{address}/.well-known/openid-configuration", timeout=5).json()
                break
            except requests.ConnectionError:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
        assert found["issuer"] == address
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0
