"""
The resident's pages under attack: sessions, forms of other sites, guessing, other people's ids, and what stays behind.

Which pages there are comes from the address map, so a new page is attacked without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from gateway.app import create_app
from gateway.keys import Keys, keyless
from gateway.services.letter_codes import LASTS, MOST_WRONG_A_MINUTE, make_letter_code
from gateway.services.portal_session import IDLE, LONGEST, Assurance, find_session, open_session
from gateway.settings import Settings
from gateway.storage.tables import portal_session
from gateway.web.mijn.guard import ACCESS
from tests.attack.support import UNKNOWN_ID
from tests.attack.test_leaks import dump
from tests.integration.support import RESIDENT, Peer, World, listening, world

COOKIE = "mijn"
OWN = {"Sec-Fetch-Site": "same-origin"}
HTTPS = "https://schuldhulp.example"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One address of the resident's pages, in which ids stand between braces."""

    endpoint: str
    method: str
    path: str

    @property
    def access(self) -> str:
        return ACCESS[self.endpoint]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(re.findall(r"{(\w+_id)}", self.path))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def pages() -> list[Page]:
    stub: Any = SimpleNamespace(settings=SimpleNamespace(body_bytes=1))  # what making the addresses asks for
    return sorted(
        (
            Page(endpoint=rule.endpoint, method=method, path=re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
            for rule in create_app(stub).url_map.iter_rules()
            if f"{rule.rule}/".startswith("/mijn/")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ),
        key=str,
    )


GETS = [page for page in pages() if page.method == "GET"]
POSTS = [page for page in pages() if page.method == "POST"]


@dataclass
class Lived:
    """Two residents, each with a question, a yes and a creditor; of the second the first may know nothing."""

    w: World
    organisation: UUID
    counsellor: UUID
    residents: list[UUID] = field(default_factory=list)
    ids: list[dict[str, str]] = field(default_factory=list)

    def session(self, number: int = 0, assurance: Assurance = Assurance.CODE) -> tuple[FlaskClient, str]:
        """A browser in which the resident is signed in, and the secret of its cookie."""
        secret = open_session(self.w.gateway.runtime, self.residents[number], self.w.now(), assurance=assurance)
        return self.browser(secret), secret

    def browser(self, secret: str | None = None) -> FlaskClient:
        made = self.w.gateway.flask.test_client()
        if secret is not None:
            made.set_cookie(COOKIE, secret)
        return made

    def code(self, number: int = 0) -> str:
        made = make_letter_code(
            self.w.gateway.runtime, self.organisation, self.residents[number], self.counsellor, self.w.now()
        )
        return made.code

    def path(self, page: Page, number: int = 0, **other: str) -> str:
        known = {"purpose": "inventory", **self.ids[number], **other}
        names = re.findall(r"{(\w+)}", page.path)
        return page.path.format(**{one: known.get(one, UNKNOWN_ID if one.endswith("_id") else "1") for one in names})

    def standing(self) -> Mapping[str, str]:
        """A digest of every table, without when a session was last seen."""
        with self.w.gateway.runtime.database.begin() as connection:
            names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            found = {}
            for name in sorted(names):
                columns = connection.scalars(
                    text(
                        "SELECT quote_ident(column_name) FROM information_schema.columns "
                        "WHERE table_schema = 'public' AND table_name = :name AND column_name <> 'seen_at' ORDER BY 1"
                    ),
                    {"name": name},
                ).all()
                rows = f'SELECT ROW({", ".join(columns)})::text AS line FROM "{name}"'
                query = text(f"SELECT md5(coalesce(string_agg(line, '|' ORDER BY line), '')) FROM ({rows}) AS shown")
                found[name] = connection.scalar(query) or ""
            return found


def form_of(page: Page, path: str, secret: str | None) -> dict[str, str]:
    """A form that would do something: whatever any of the pages asks for, with the token that belongs to it."""
    sent = {
        "answer": "no", "help": "family", "code": "0000-0000-0000", "birth-day": "3", "birth-month": "2",
        "birth-year": "1985",
    }  # fmt: skip
    if page.access == "form" and secret is not None:
        sent["token"] = token_for(secret, path)
    return sent


def token_for(secret: str, path: str) -> str:
    return keyless.commit(secret.encode(), path.encode()).hex()


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    with world() as w, listening(Peer()) as peer:
        organisation = UUID(w.counsellor_organisation())
        counsellor = w.counsellor()
        made = Lived(w=w, organisation=organisation, counsellor=UUID(counsellor))
        for number, bsn in enumerate(("999990019", "999990020")):
            creditor = w.creditor(f"creditor {number}", peer)
            opened = w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-1", "resident": {**RESIDENT, "bsn": bsn}})
            case = opened["id"]
            [grant, *_] = w.grant(case, [creditor], counsellor)
            asked = {"recorded_by": counsellor, "asks": [{"creditor_id": creditor, "purpose": "aftercare"}]}
            [ask] = w.ok("counsellor", "POST", f"/v1/cases/{case}/consent-asks", asked)["asks"]
            made.residents.append(UUID(opened["resident_id"]))
            made.ids.append({"case_id": case, "grant_id": grant, "ask_id": ask["id"], "creditor_id": creditor})
        yield made


# Who may open what


def test_every_page_has_an_access_rule_and_every_rule_a_page() -> None:
    assert {page.endpoint for page in pages()} == set(ACCESS)
    assert set(ACCESS.values()) == {"anyone", "resident", "form"}
    assert {page.access for page in POSTS} <= {"form", "anyone"}
    assert {page.path for page in pages() if page.access == "anyone" and page.method == "POST"} <= {
        "/mijn/inloggen/code", "/mijn/inloggen/organisatie",
    }  # fmt: skip


def _over(lived: Lived) -> str:
    _, secret = lived.session()
    with lived.w.gateway.runtime.database.begin() as connection:
        ended = portal_session.update().where(portal_session.c.token_hash == keyless.token_hash(secret))
        connection.execute(ended.values(ends_at=lived.w.now()))
    return secret


@pytest.mark.parametrize("page", [page for page in GETS if page.access == "resident"], ids=str)
def test_without_a_session_every_page_is_the_way_in(lived: Lived, page: Page) -> None:
    """None, made up, over, in another cookie, in the address: the same answer, and nothing of the page."""
    _, live = lived.session()
    path = lived.path(page)
    strangers = [
        lived.browser(),
        lived.browser("mijn_" + "a" * 43),
        lived.browser("x" * 4000),
        lived.browser(_over(lived)),
    ]
    other_name = lived.browser()
    other_name.set_cookie("__Host-mijn", live)
    for browser in (*strangers, other_name):
        answer = browser.get(path)
        assert (answer.status_code, answer.location) == (303, "/mijn/inloggen")
    for answer in (
        lived.browser().get(f"{path}?mijn={live}"), lived.browser().get(path, headers={"Authorization": f"Bearer {live}"}),
    ):  # fmt: skip
        assert (answer.status_code, answer.location) == (303, "/mijn/inloggen")


@pytest.mark.parametrize("page", [page for page in POSTS if page.access == "form"], ids=str)
def test_without_a_session_no_form_does_anything(lived: Lived, page: Page) -> None:
    path = lived.path(page)
    _, gone = lived.session()
    with lived.w.gateway.runtime.database.begin() as connection:
        connection.execute(portal_session.delete().where(portal_session.c.token_hash == keyless.token_hash(gone)))
    before = lived.standing()
    for browser in (lived.browser(), lived.browser(gone)):
        answer = browser.post(path, data=form_of(page, path, gone), headers=OWN)
        assert (answer.status_code, answer.location) == (303, "/mijn/inloggen?over=1")
    assert lived.standing() == before


# Forms of other sites: row P-T1


@pytest.mark.parametrize("page", POSTS, ids=str)
def test_a_form_that_is_not_ours_is_refused_and_changes_nothing(lived: Lived, page: Page) -> None:
    """The matrix: the token missing, of another page, of another session; another site by either header."""
    browser, secret = lived.session()
    _, other = lived.session()
    path = lived.path(page)
    good = form_of(page, path, secret)
    attempts: list[tuple[dict[str, str], dict[str, str]]] = [
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Sec-Fetch-Site": "same-site"}),
        (good, {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}),
        (good, {"Origin": "https://elsewhere.example"}),
        (good, {"Origin": "null"}),
        (good, {"Origin": "http://localhost.elsewhere.example"}),
        (good, {"Origin": "http://localhost@elsewhere.example"}),
    ]
    if page.access == "form":
        attempts += [
            ({name: value for name, value in good.items() if name != "token"}, OWN),
            ({**good, "token": ""}, OWN),
            ({**good, "token": token_for(secret, f"{path}x")}, OWN),
            ({**good, "token": token_for(secret, "/mijn/hulp" if path != "/mijn/hulp" else "/mijn/uitloggen")}, OWN),
            ({**good, "token": token_for(other, path)}, OWN),
            ({**good, "token": good["token"].upper() + "é"}, OWN),
        ]
    before = lived.standing()
    for sent, headers in attempts:
        answer = browser.post(path, data=sent, headers=headers)
        assert answer.status_code == 403, (headers, answer.status_code, answer.location)
        assert "Set-Cookie" not in answer.headers
    assert lived.standing() == before
    # What was refused is not refused for another reason: the very same form, of our own page, is taken.
    for headers in (OWN, {"Origin": "http://localhost"}, {"Origin": lived.w.gateway.settings.base_url}):
        fresh, secret = lived.session()
        assert fresh.post(path, data=form_of(page, path, secret), headers=headers).status_code != 403 or (
            page.access == "anyone"  # a wrong code is a 403 of its own
        )


@pytest.mark.parametrize("page", [page for page in POSTS if page.access == "form"], ids=str)
def test_a_form_is_not_sent_by_an_address(lived: Lived, page: Page) -> None:
    """A link or a picture on another site does nothing: GET with the fields in the address changes nothing."""
    browser, secret = lived.session()
    path = lived.path(page)
    before = lived.standing()
    answer = browser.get(path, query_string=form_of(page, path, secret))
    assert answer.status_code in (200, 303, 405)
    changed = {name for name, one in lived.standing().items() if before[name] != one}
    assert changed <= {"journal", "journal_facts", "journal_pending"}, "a look is journalled, and that is all"


# Sessions: row P-S2 of the threat model


def test_a_secret_from_before_signing_in_opens_nothing_after_it(lived: Lived) -> None:
    """Fixation: a cookie that somebody planted is not taken over, and a session of before ends."""
    planted = "mijn_" + "p" * 43
    browser, before = lived.session(1, Assurance.LINK)
    for start in (lived.browser(planted), browser):
        came = start.post("/mijn/inloggen/code", data=_typed(lived.code()), headers=OWN)
        assert (came.status_code, came.location) == (303, "/mijn")
        cookie = start.get_cookie(COOKIE)
        assert cookie is not None
        assert cookie.value not in (planted, before)
        assert start.get("/mijn").status_code == 200
    for old in (planted, before):
        assert lived.browser(old).get("/mijn").location == "/mijn/inloggen"


def _typed(code: str, *, day: str = "3") -> dict[str, str]:
    return {"code": code, "birth-day": day, "birth-month": "2", "birth-year": "1985"}


def test_signing_out_ends_it_for_every_copy_of_the_secret(lived: Lived) -> None:
    browser, secret = lived.session()
    copy = lived.browser(secret)
    assert copy.get("/mijn").status_code == 200
    left = browser.post("/mijn/uitloggen", data={"token": token_for(secret, "/mijn/uitloggen")}, headers=OWN)
    assert left.status_code == 303
    assert browser.get_cookie(COOKIE) is None
    assert copy.get("/mijn").location == "/mijn/inloggen"
    answer = copy.post("/mijn/hulp", data={"token": token_for(secret, "/mijn/hulp"), "help": "family"}, headers=OWN)
    assert answer.location == "/mijn/inloggen?over=1"


def test_an_idle_session_ends_and_no_session_lasts_longer_than_four_hours() -> None:
    with world() as w:
        organisation = UUID(w.counsellor_organisation())
        made = Lived(w=w, organisation=organisation, counsellor=UUID(w.counsellor()))
        opened = w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-1", "resident": RESIDENT})
        made.residents.append(UUID(opened["resident_id"]))
        almost = timedelta(microseconds=1)
        idle, _ = made.session()
        w.later(seconds=(IDLE - almost).total_seconds())
        assert idle.get("/mijn").status_code == 200
        w.later(seconds=IDLE.total_seconds())
        assert idle.get("/mijn").location == "/mijn/inloggen"
        busy, secret = made.session()
        opened_at = w.now()
        while w.now() + timedelta(minutes=20) < opened_at + LONGEST:
            w.later(minutes=20)
            assert busy.get("/mijn").status_code == 200
        w.at(opened_at + LONGEST - almost)
        assert busy.get("/mijn").status_code == 200
        w.at(opened_at + LONGEST)
        assert busy.get("/mijn").location == "/mijn/inloggen"
        assert find_session(w.gateway.runtime, secret, w.now()) is None


def _live(settings: Settings) -> Settings:
    Keys.load(settings.data / "keys", create=True)
    return replace(settings, mode="live", base_url=HTTPS)


def test_the_cookie_is_held_to_this_host_and_to_https_and_kept_from_scripts() -> None:
    """Live with the prefix that a browser enforces; a sandbox without https cannot have it."""
    for live in (True, False):
        with world(settings_change=_live if live else lambda settings: settings) as w:
            made = Lived(w=w, organisation=UUID(w.counsellor_organisation()), counsellor=UUID(w.counsellor()))
            opened = w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-1", "resident": RESIDENT})
            made.residents.append(UUID(opened["resident_id"]))
            browser = w.gateway.flask.test_client()
            came = browser.post("/mijn/inloggen/code", data=_typed(made.code()), headers=OWN, base_url=HTTPS)
            [cookie] = came.headers.getlist("Set-Cookie")
            pair, *flags = cookie.split("; ")
            name, _, secret = pair.partition("=")
            assert name == ("__Host-mijn" if live else "mijn")
            assert set(flags) == {"HttpOnly", "Path=/", "SameSite=Lax"} | ({"Secure"} if live else set())
            assert len(secret) >= 43, "256 random bits; ASVS 7.2.3 asks for 128"
            assert browser.get("/mijn", base_url=HTTPS).status_code == 200
            token = {"token": token_for(secret, "/mijn/uitloggen")}
            left = browser.post("/mijn/uitloggen", data=token, headers=OWN, base_url=HTTPS)
            [gone] = left.headers.getlist("Set-Cookie")
            assert gone.startswith(f"{name}=;")
            assert ("Secure" in gone) is live
            language = browser.get("/mijn/inloggen?lang=en", base_url=HTTPS).headers["Set-Cookie"]
            assert ("Secure" in language) is live


def test_the_database_holds_no_secret_that_opens_a_session(lived: Lived) -> None:
    """Whoever reads a copy of the database signs in as nobody; nor do forms give the secret away."""
    browser, secret = lived.session()
    body = browser.get("/mijn").get_data(as_text=True)
    assert secret not in body
    held = "\n".join(dump(lived.w).values())
    assert secret not in held
    assert secret.partition("_")[2] not in held
    with lived.w.gateway.runtime.database.begin() as connection:
        hashes = connection.scalars(select(portal_session.c.token_hash)).all()
    assert bytes(keyless.token_hash(secret)) in {bytes(one) for one in hashes}
    for one in hashes:
        assert lived.browser(bytes(one).hex()).get("/mijn").location == "/mijn/inloggen"


# Guessing, and row P-D1


def _shown(answer: Any) -> tuple[int, str, dict[str, str]]:
    """An answer without what was typed: that is the reader's own."""
    page = re.sub(r'(id="code"[^>]*? value=")[^"]*', r"\1", answer.get_data(as_text=True))
    page = re.sub(r'(name="birth-\w+"[^>]*? value=")[^"]*', r"\1", page)
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    return answer.status_code, page, headers


def test_what_was_wrong_cannot_be_told_from_the_answer() -> None:
    """Unknown, used, ended, old, replaced, of nobody any more, or another birth date: the same bytes and headers."""
    with world() as w:
        made = Lived(w=w, organisation=UUID(w.counsellor_organisation()), counsellor=UUID(w.counsellor()))
        for bsn in ("999990019", "999990020"):
            person = {"reference": "Z-1", "resident": {**RESIDENT, "bsn": bsn}}
            made.residents.append(UUID(w.ok("counsellor", "POST", "/v1/cases", person)["resident_id"]))
        old = made.code(1)
        w.later(seconds=LASTS.total_seconds())
        used, browser = made.code(), made.browser()
        assert browser.post("/mijn/inloggen/code", data=_typed(used), headers=OWN).status_code == 303
        replaced = made.code()
        ended = made.code()
        for _ in range(5):
            made.browser().post("/mijn/inloggen/code", data=_typed(ended, day="4"), headers=OWN)
        right = made.code()
        w.later(minutes=2)
        tries = [
            _typed("0000-0000-0000"), _typed(old), _typed(used), _typed(replaced), _typed(ended), _typed(right, day="4"),
        ]  # fmt: skip
        shown = [_shown(made.browser().post("/mijn/inloggen/code", data=one, headers=OWN)) for one in tries]
        assert shown[0][0] == 403
        assert "passen niet bij elkaar" in shown[0][1]
        assert all(one == shown[0] for one in shown)
        # And when others are trying many at once, the same again; the right one still lets in.
        for _ in range(MOST_WRONG_A_MINUTE):
            made.browser().post("/mijn/inloggen/code", data=_typed("0000-0000-0000"), headers=OWN)
        busy = [_shown(made.browser().post("/mijn/inloggen/code", data=one, headers=OWN)) for one in tries]
        assert busy[0][0] == 429
        assert all(one == busy[0] for one in busy)
        assert made.browser().post("/mijn/inloggen/code", data=_typed(right), headers=OWN).status_code == 303


def test_wrong_answers_lock_nobody_out(lived: Lived) -> None:
    """P-D1: whoever spoils a code, or the session of a code, leaves every other way in open."""
    code, browser = lived.code(1), lived.browser()
    for _ in range(8):
        assert browser.post("/mijn/inloggen/code", data=_typed(code, day="4"), headers=OWN).status_code in (403, 429)
    came = browser.post("/mijn/inloggen/code", data=_typed(lived.code(1)), headers=OWN)
    assert came.location == "/mijn"
    other, _ = lived.session(1, Assurance.LOGIN)
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    wrong = {**_typed("", day="4"), "token": token_for(cookie.value, "/mijn/bevestigen")}
    for _ in range(8):
        browser.post("/mijn/bevestigen", data=wrong, headers=OWN)
    assert browser.get("/mijn").location == "/mijn/inloggen"
    assert other.get("/mijn").status_code == 200
    assert lived.browser().post("/mijn/inloggen/code", data=_typed(lived.code(1)), headers=OWN).location == "/mijn"


# Other people: row P-I1


@pytest.mark.parametrize("page", [page for page in pages() if page.ids], ids=str)
def test_the_id_of_somebody_else_is_as_unknown_as_one_that_does_not_exist(lived: Lived, page: Page) -> None:
    """The same page and the same headers, and nothing is written; what is no id at all leads nowhere either."""
    browser, secret = lived.session()
    before = lived.standing()
    shown = []
    for ids in (lived.ids[1], dict.fromkeys(page.ids, UNKNOWN_ID), dict.fromkeys(page.ids, "x")):
        path = lived.path(page, **{name: one for name, one in ids.items() if name in page.ids})
        if page.method == "POST":
            answer = browser.post(path, data=form_of(page, path, secret), headers=OWN)
        else:
            answer = browser.get(path, follow_redirects=True)
        body = answer.get_data(as_text=True)
        for one in ids.values():
            body = body.replace(f"/{one}", "/ID")
        shown.append((answer.status_code, body, {k: v for k, v in answer.headers.items() if k != "Content-Length"}))
    assert [status for status, _, _ in shown] == [404, 404, 404]
    assert shown[0] == shown[1]
    assert lived.standing() == before


def test_a_session_reads_only_its_own_resident(lived: Lived) -> None:
    """The names of the other resident's creditors stand on no page of this one."""
    browser, _ = lived.session()
    own = 0
    for page in GETS:
        if page.access == "resident":
            body = browser.get(lived.path(page)).get_data(as_text=True)
            assert "Schuldeiser creditor 1" not in body, page
            own += "Schuldeiser creditor 0" in body
    assert own, "otherwise no name would be found anywhere"


# What stays behind: rows P-I1 and P-E1


@pytest.mark.parametrize("page", pages(), ids=str)
def test_nothing_is_kept_framed_or_passed_on(lived: Lived, page: Page) -> None:
    """Signed in or not, in every answer: no copy in a cache, no script, no frame, no address to another site."""
    signed_in, secret = lived.session(1)
    for browser in (lived.browser(), signed_in):
        path = lived.path(page, 1)
        sent = form_of(page, path, secret if browser is signed_in else None)
        # a form without its token is enough: the headers are on a refusal as well
        sent.pop("token", None)
        answer = browser.post(path, data=sent, headers=OWN) if page.method == "POST" else browser.get(path)
        headers = answer.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]
        assert "<script" not in answer.get_data(as_text=True)
        assert secret not in answer.get_data(as_text=True)
        assert secret not in (answer.location or "")


def test_what_is_typed_or_stands_in_an_address_comes_back_as_text(lived: Lived) -> None:
    browser, _ = lived.session()
    nasty = '"><img src=x onerror=alert(1)>{{ 7*7 }}'
    typed = {"code": nasty, "birth-day": nasty, "birth-month": nasty, "birth-year": nasty, "verder": nasty}
    answers = [
        browser.post("/mijn/inloggen/code", data=typed, headers=OWN),
        browser.get("/mijn/inloggen", query_string={"over": nasty, "verder": nasty, "lang": nasty}),
        browser.get("/mijn/bevestigen", query_string={"verder": nasty}),
    ]
    for answer in answers:
        body = answer.get_data(as_text=True)
        assert "<img" not in body
        assert ">49" not in body
        assert "onerror" not in (answer.location or "")
    assert lived.w.now()
