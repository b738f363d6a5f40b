"""Signing in with a code from a letter: once, with the birth date, and nobody is ever locked out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gateway.documents.receipt_page import qr
from gateway.domain.letter_code import read_code
from gateway.errors import Forbidden
from gateway.services import letter_codes
from gateway.services.letter_codes import (
    LASTS,
    MOST_WRONG_A_MINUTE,
    Made,
    Reason,
    Shown,
    Wrong,
    confirm_birth_date,
    make_letter_code,
    make_next_code,
    sign_in_with_code,
)
from gateway.services.portal_session import (
    FRESH,
    LONGEST,
    MOST_FAILURES,
    Assurance,
    SignedIn,
    find_session,
    may_decide,
    open_session,
    wrong_answer,
)
from gateway.services.run_retention import run_retention
from gateway.services.show_seen import show_seen
from gateway.storage.tables import idempotency, journal, letter_code, portal_session, wrong_code
from tests.attack.test_leaks import dump
from tests.integration.support import RESIDENT, World, world

BORN = date.fromisoformat(RESIDENT["birth_date"])
NOT_BORN = BORN + timedelta(days=1)


class Resident:
    """One resident of one organisation, and what can be done with codes."""

    def __init__(self, w: World) -> None:
        self.w, self.runtime = w, w.gateway.runtime
        self.organisation = UUID(w.counsellor_organisation())
        self.counsellor = w.counsellor()
        opened = w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-1", "resident": RESIDENT})
        self.case, self.id = opened["id"], UUID(opened["resident_id"])

    def code(self) -> str:
        """A fresh code, as it is read."""
        return _read(make_letter_code(self.runtime, self.organisation, self.id, UUID(self.counsellor), self.w.now()))

    def enter(self, code: str, born: date = BORN) -> str | Wrong:
        return sign_in_with_code(self.runtime, code, born, self.w.now())

    def signed_in(self, assurance: Assurance = Assurance.CODE) -> SignedIn:
        return self.who(open_session(self.runtime, self.id, self.w.now(), assurance=assurance))

    def who(self, secret: str | Wrong) -> SignedIn:
        assert isinstance(secret, str)
        found = find_session(self.runtime, secret, self.w.now())
        assert found is not None
        return found

    def count(self, table: Any, *where: Any) -> int:
        with self.runtime.database.begin() as connection:
            return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0

    def journalled(self, kind: str) -> int:
        return self.count(journal, journal.c.kind == kind)

    def browser(self) -> FlaskClient:
        return self.w.gateway.flask.test_client()


@pytest.fixture
def r() -> Iterator[Resident]:
    with world() as w:
        yield Resident(w)


def _read(made: Made) -> str:
    code = read_code(made.code)
    assert code is not None
    return code


def form(code: str, born: date = BORN, **more: str) -> dict[str, str]:
    birth = {"birth-day": str(born.day), "birth-month": str(born.month), "birth-year": str(born.year)}
    return {"code": code, **birth, **more}


def at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))


NO_MATCH = Wrong(reason=Reason.NO_MATCH)


# In


def test_the_code_and_the_birth_date_sign_in_once(r: Resident) -> None:
    code = r.code()
    who = r.who(r.enter(code))
    assert (who.resident_id, who.assurance) == (r.id, Assurance.CODE)
    assert may_decide(who, r.w.now())
    assert who.identified_by == "code"
    assert r.enter(code) == NO_MATCH
    assert r.journalled("resident.signed_in") == 1


def test_of_many_at_once_one_is_let_in(r: Resident) -> None:
    code = r.code()
    came = at_once(lambda _: r.enter(code), 12)
    assert [one for one in came if one != NO_MATCH] != []
    assert came.count(NO_MATCH) == 11
    assert r.count(portal_session) == 1


def test_a_code_lasts_thirty_days_and_no_longer(r: Resident) -> None:
    early, late = r.code(), None
    r.w.later(seconds=(LASTS - timedelta(microseconds=1)).total_seconds())
    assert isinstance(r.enter(early), str)
    late = r.code()
    r.w.later(seconds=LASTS.total_seconds())
    assert r.enter(late) == NO_MATCH


def test_a_new_code_ends_the_earlier_ones_also_of_two_at_once(r: Resident) -> None:
    first, second = r.code(), r.code()
    assert r.enter(first) == NO_MATCH
    assert isinstance(r.enter(second), str)
    codes = at_once(lambda _: r.code(), 6)
    assert sum(isinstance(r.enter(code), str) for code in codes) == 1


# Wrong


def test_five_wrong_birth_dates_end_a_code_and_the_resident_sees_it(r: Resident) -> None:
    code = r.code()
    for _ in range(MOST_FAILURES - 1):
        assert r.enter(code, NOT_BORN) == NO_MATCH
    assert r.journalled("resident.code_ended") == 0
    assert r.enter(code, NOT_BORN) == NO_MATCH
    assert r.enter(code) == NO_MATCH
    assert r.journalled("resident.code_ended") == 1
    lines = show_seen(r.runtime, r.id, r.w.now(), actor="resident", organisation_id=r.organisation)["lines"]
    words = [one["words"]["nl"] for one in lines]
    assert any("vijf keer een verkeerde geboortedatum" in one for one in words)
    assert any("maakte een code waarmee u kunt inloggen" in one for one in words)


def test_four_wrong_ones_are_forgiven(r: Resident) -> None:
    code = r.code()
    for _ in range(MOST_FAILURES - 1):
        assert r.enter(code, NOT_BORN) == NO_MATCH
    assert isinstance(r.enter(code), str)


def test_guessing_at_once_gives_no_more_than_five_guesses(r: Resident) -> None:
    code = r.code()
    assert set(at_once(lambda _: r.enter(code, NOT_BORN), 20)) == {NO_MATCH}
    with r.runtime.database.begin() as connection:
        failures, ended_at = connection.execute(select(letter_code.c.failures, letter_code.c.ended_at)).one()
    assert (failures, ended_at) == (MOST_FAILURES, r.w.now())
    assert r.journalled("resident.code_ended") == 1
    assert r.enter(code) == NO_MATCH


def test_nobody_is_locked_out(r: Resident) -> None:
    """P-D1: after any number of wrong tries a new letter, the login service and a link still work at once."""
    code = r.code()
    for _ in range(20):
        r.enter(code, NOT_BORN)
    assert isinstance(r.enter(r.code()), str)
    assert may_decide(r.signed_in(Assurance.LOGIN), r.w.now())
    assert r.signed_in(Assurance.LINK)


def test_many_wrong_codes_slow_down_who_is_wrong_and_nobody_else(r: Resident) -> None:
    """Over the bound a wrong code is asked to wait; a right one works, and the next minute begins anew."""
    code = r.code()
    r.w.at(r.w.now().replace(second=0, microsecond=0) + timedelta(minutes=1))
    came = [r.enter("0" * 12) for _ in range(MOST_WRONG_A_MINUTE + 5)]
    assert came == [NO_MATCH] * MOST_WRONG_A_MINUTE + [Wrong(reason=Reason.TOO_MANY)] * 5
    assert r.journalled("sign_in.many_wrong_codes") == 1
    assert r.enter(code, NOT_BORN) == Wrong(reason=Reason.TOO_MANY)
    answer = r.browser().post("/mijn/inloggen/code", data=form("0000-0000-0000"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert isinstance(r.enter(code), str)
    r.w.later(minutes=1)
    assert r.enter("0" * 12) == NO_MATCH
    r.w.later(minutes=5)
    r.enter("0" * 12)
    assert r.count(wrong_code) == 1


def test_the_count_is_of_how_many_and_of_nobody(r: Resident) -> None:
    assert set(wrong_code.c.keys()) == {"minute", "times"}
    at_once(lambda _: r.enter("0" * 12), 12)
    with r.runtime.database.begin() as connection:
        assert connection.scalar(select(wrong_code.c.times)) == 12


# Once more


def test_the_birth_date_confirms_a_session_that_a_code_opened(r: Resident) -> None:
    secret = r.enter(r.code())
    r.w.later(seconds=FRESH.total_seconds())
    assert not may_decide(r.who(secret), r.w.now())
    assert confirm_birth_date(r.runtime, r.who(secret), NOT_BORN, r.w.now()) is Shown.WRONG
    assert not may_decide(r.who(secret), r.w.now())
    assert confirm_birth_date(r.runtime, r.who(secret), BORN, r.w.now()) is Shown.RIGHT
    assert may_decide(r.who(secret), r.w.now())


def test_five_wrong_answers_end_the_session(r: Resident) -> None:
    secret = r.enter(r.code())
    who = r.who(secret)
    shown = [confirm_birth_date(r.runtime, who, NOT_BORN, r.w.now()) for _ in range(MOST_FAILURES)]
    assert shown == [Shown.WRONG] * (MOST_FAILURES - 1) + [Shown.OVER]
    assert find_session(r.runtime, str(secret), r.w.now()) is None


@pytest.mark.parametrize("assurance", [Assurance.LINK, Assurance.LOGIN])
def test_a_birth_date_makes_no_other_session_surer(r: Resident, assurance: Assurance) -> None:
    """Whoever has a link may know the birth date, too: family does."""
    who = r.signed_in(assurance)
    with pytest.raises(Forbidden):
        confirm_birth_date(r.runtime, who, BORN, r.w.now())
    r.w.later(minutes=1)
    assert r.journalled("resident.confirmed") == 0


# The next time


def test_a_resident_makes_the_next_code_and_the_earlier_one_ends(r: Resident) -> None:
    who = r.who(r.enter(r.code()))
    earlier = r.code()
    made = make_next_code(r.runtime, who, r.w.now())
    assert r.enter(earlier) == NO_MATCH
    assert isinstance(r.enter(_read(made)), str)
    assert r.count(letter_code, letter_code.c.made_by.is_(None)) == 1


def test_who_is_not_certain_makes_no_code(r: Resident) -> None:
    """Otherwise a link to look with would become a code to say yes with."""
    for who in (r.signed_in(Assurance.LINK), r.signed_in(Assurance.CODE)):
        if who.assurance is Assurance.CODE:
            r.w.later(seconds=FRESH.total_seconds())
        with pytest.raises(Forbidden):
            make_next_code(r.runtime, who, r.w.now())
    assert r.count(letter_code) == 0


# The interface, and the letter


def test_a_counsellor_system_gets_the_code_once_and_no_table_holds_it(r: Resident) -> None:
    """Neither in the clear nor among the answers to repeated calls, in whatever grouping."""
    before = r.count(idempotency)
    path = f"/v1/residents/{r.id}/letter-codes"
    made = r.w.ok("counsellor", "POST", path, {"made_by": r.counsellor}, key="the-same-key")
    again = r.w.ok("counsellor", "POST", path, {"made_by": r.counsellor}, key="the-same-key")
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", made["code"])
    assert made["code"] != again["code"]
    assert made["expires_at"] == "2026-05-24T08:00:00Z"
    assert r.count(idempotency) == before
    r.enter(str(read_code(again["code"])))
    held = "\n".join(dump(r.w).values()).upper()
    for one in (made["code"], again["code"]):
        assert one not in held
        assert one.replace("-", "") not in held
    assert r.journalled("resident.code_made") == 2


def test_the_letter_is_one_page_that_needs_nothing_and_whose_square_holds_no_code(r: Resident) -> None:
    path = f"/v1/residents/{r.id}/sign-in-letter"
    for language, title in (
        ("nl", "Uw code om in te loggen"),
        ("en", "Your code to sign in"),
        ("ar", "رمزك لتسجيل الدخول"),
    ):
        answer = r.w.call("counsellor", "POST", path, {"made_by": r.counsellor, "language": language})
        letter = answer.get_data(as_text=True)
        assert (answer.status_code, answer.mimetype) == (201, "text/html")
        assert answer.headers["Cache-Control"] == "no-store"
        assert title in letter
        [code] = re.findall(r'class="code" dir="ltr">([0-9A-Z-]+)<', letter)
        assert letter.count(code) == 1
        assert str(qr("http://127.0.0.1:8080/mijn/inloggen/code")) in letter
        assert not re.search(r'(?:src|href)="|url\(|<script', letter)
        assert "A.B. Voorbeeld" in letter
        assert isinstance(r.enter(str(read_code(code))), str)


def test_a_name_in_the_letter_is_text(r: Resident) -> None:
    person = {**RESIDENT, "bsn": "999990020", "surname": "<b>x</b>"}
    opened = r.w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-2", "resident": person})
    path = f"/v1/residents/{opened['resident_id']}/sign-in-letter"
    letter = r.w.call("counsellor", "POST", path, {"made_by": r.counsellor}).get_data(as_text=True)
    assert "&lt;b&gt;x" in letter
    assert "<b>x" not in letter


def test_an_erased_resident_gets_no_code(r: Resident) -> None:
    _close(r, "finished")
    assert (
        r.w.call("counsellor", "POST", f"/v1/residents/{r.id}/erasure", {"counsellor_id": r.counsellor}).status_code
        == 200
    )
    for path in ("letter-codes", "sign-in-letter"):
        answer = r.w.call("counsellor", "POST", f"/v1/residents/{r.id}/{path}", {"made_by": r.counsellor})
        assert answer.status_code == 409


# How it ends


def test_erasing_a_resident_ends_codes_and_sessions(r: Resident) -> None:
    _close(r, "finished")
    code, secret = r.code(), open_session(r.runtime, r.id, r.w.now(), assurance=Assurance.LOGIN)
    r.w.ok("counsellor", "POST", f"/v1/residents/{r.id}/erasure", {"counsellor_id": r.counsellor})
    assert r.count(letter_code) == r.count(portal_session) == 0
    assert r.enter(code) == NO_MATCH
    assert find_session(r.runtime, secret, r.w.now()) is None


def test_when_a_resident_died_nobody_signs_in_with_what_lies_about(r: Resident) -> None:
    code, secret = r.code(), open_session(r.runtime, r.id, r.w.now(), assurance=Assurance.LOGIN)
    _close(r, "died")
    assert r.enter(code) == NO_MATCH
    assert find_session(r.runtime, secret, r.w.now()) is None


def test_what_is_over_is_forgotten_at_night_and_what_is_open_stays(r: Resident) -> None:
    used = r.code()
    r.enter(used)
    open_code = r.code()
    erased = {step.rule.item: step.erased for step in run_retention(r.runtime, r.w.now())}
    assert erased["letter_code"] == 1
    assert "portal_session" not in erased
    assert r.count(portal_session) == 1
    r.w.later(seconds=LONGEST.total_seconds())
    erased = {step.rule.item: step.erased for step in run_retention(r.runtime, r.w.now())}
    assert (erased["portal_session"], r.count(portal_session), r.count(letter_code)) == (1, 0, 1)
    assert isinstance(r.enter(open_code), str)


def _close(r: Resident, reason: str) -> None:
    body = {"counsellor_id": r.counsellor, "reason": reason}
    r.w.ok("counsellor", "POST", f"/v1/cases/{r.case}/closure", body)


# The pages


def test_a_resident_walks_in_and_out_without_a_script(r: Resident) -> None:
    """From the letter to the home page, who helps, the next code, and out."""
    browser = r.browser()
    assert "/mijn/inloggen/code" in browser.get("/mijn/inloggen").get_data(as_text=True)
    made = make_letter_code(r.runtime, r.organisation, r.id, UUID(r.counsellor), r.w.now())
    came = browser.post("/mijn/inloggen/code", data=form(made.code.lower().replace("-", " ")))
    assert (came.status_code, came.location) == (303, "/mijn")
    helped = browser.post("/mijn/hulp", data={"token": token(browser, "/mijn/hulp"), "help": "interpreter"})
    assert helped.status_code == 303
    assert 'value="interpreter" checked' in browser.get("/mijn/hulp").get_data(as_text=True)
    path = "/mijn/volgende-keer"
    shown = browser.post(path, data={"token": token(browser, path)}).get_data(as_text=True)
    [code] = re.findall(r'<bdi dir="ltr">([0-9A-Z-]{14})</bdi>', shown)
    assert code not in browser.get(path).get_data(as_text=True)
    left = browser.post("/mijn/uitloggen", data={"token": token(browser, "/mijn/hulp", "/mijn/uitloggen")})
    assert (left.status_code, left.location) == (303, "/mijn/uitgelogd")
    assert left.headers["Clear-Site-Data"] == '"cache"'
    assert browser.get("/mijn").location == "/mijn/inloggen"
    assert browser.post("/mijn/inloggen/code", data=form(code)).location == "/mijn"


def test_no_log_line_and_no_address_holds_a_code_or_a_birth_date(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not the database's statements either; it looks at the level once, when it is made."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    with world() as w:
        r = Resident(w)
        path = f"/v1/residents/{r.id}/letter-codes"
        codes = [w.ok("counsellor", "POST", path, {"made_by": r.counsellor})["code"] for _ in range(2)]
        browser = r.browser()
        came = [browser.post("/mijn/inloggen/code", data=form(codes[1], born)) for born in (NOT_BORN, BORN)]
        came.append(browser.post("/mijn/inloggen/code", data=form(codes[0])))
    assert [one.status_code for one in came] == [403, 303, 403]
    assert "INSERT INTO letter_code" in caplog.text
    said = caplog.text + "".join(capsys.readouterr()) + "".join(str(one.headers) for one in came)
    for one in (*codes, *(code.replace("-", "") for code in codes), RESIDENT["birth_date"], NOT_BORN.isoformat()):
        assert one not in said


def test_whoever_must_show_once_more_goes_on_to_where_they_were(r: Resident) -> None:
    browser = r.browser()
    browser.post("/mijn/inloggen/code", data=form(r.code()))
    r.w.later(minutes=25)
    assert browser.get("/mijn/volgende-keer").location == "/mijn/bevestigen?verder=/mijn/volgende-keer"
    page = browser.get("/mijn/bevestigen?verder=/mijn/volgende-keer").get_data(as_text=True)
    assert 'name="verder" value="/mijn/volgende-keer"' in page
    sent = {"token": token(browser, "/mijn/bevestigen"), "verder": "/mijn/volgende-keer"}
    assert browser.post("/mijn/bevestigen", data={**sent, **form("", NOT_BORN)}).status_code == 403
    assert browser.post("/mijn/bevestigen", data={**sent, **form("", BORN)}).location == "/mijn/volgende-keer"
    assert browser.get("/mijn/bevestigen?verder=/mijn/volgende-keer").location == "/mijn/volgende-keer"


def test_the_fifth_wrong_birth_date_leads_to_a_page_that_says_what_to_do(r: Resident) -> None:
    browser = r.browser()
    browser.post("/mijn/inloggen/code", data=form(r.code()))
    r.w.later(minutes=25)
    sent = {"token": token(browser, "/mijn/bevestigen"), **form("", NOT_BORN)}
    came = [browser.post("/mijn/bevestigen", data=sent) for _ in range(MOST_FAILURES)]
    assert [one.status_code for one in came] == [403] * (MOST_FAILURES - 1) + [303]
    assert came[-1].location == "/mijn/inloggen?over=2"
    assert "Bel ons voor een nieuwe" in browser.get(came[-1].location).get_data(as_text=True)


def test_a_link_leads_to_the_way_in_and_a_code_takes_its_place(r: Resident) -> None:
    """The session of before ends: a link that somebody else has may not ride along on the code."""
    browser = r.browser()
    link = r.w.ok("counsellor", "POST", "/v1/page-links", {"role": "resident", "case_id": r.case})["address"]
    browser.get("/page/" + link.rpartition("/")[2])
    before = browser.get_cookie("mijn")
    assert before is not None
    assert browser.get("/mijn/bevestigen?verder=/mijn/hulp").location == "/mijn/inloggen?verder=/mijn/hulp"
    assert "/mijn/inloggen/code?verder=/mijn/hulp" in browser.get("/mijn/inloggen?verder=/mijn/hulp").get_data(
        as_text=True
    )
    assert browser.post("/mijn/inloggen/code", data=form(r.code(), verder="/mijn/hulp")).location == "/mijn/hulp"
    after = browser.get_cookie("mijn")
    assert after is not None
    assert after.value != before.value
    assert find_session(r.runtime, before.value, r.w.now()) is None


@pytest.mark.parametrize(
    "wanted", ["//elsewhere.example", "https://elsewhere.example/mijn", "/mijn/../x", "/v1/health"]
)
def test_the_way_on_never_leads_elsewhere(r: Resident, wanted: str) -> None:
    assert r.browser().post("/mijn/inloggen/code", data=form(r.code(), verder=wanted)).location == "/mijn"


def test_what_is_missing_is_said_at_its_field(r: Resident) -> None:
    browser = r.browser()
    answer = browser.post("/mijn/inloggen/code", data={"code": "abc", "birth-day": "31", "birth-month": "2"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'href="#code"' in page
    assert 'href="#birth"' in page
    assert page.count('aria-invalid="true"') == 4
    assert 'autocomplete="bday-year"' in page
    assert r.count(wrong_code) == 0


def token(browser: FlaskClient, page: str, path: str | None = None) -> str:
    """The token of the form that is sent to *path*, on *page*."""
    body = browser.get(page).get_data(as_text=True)
    found = re.search(rf'action="{path or page}"[^>]*>\s*<input type="hidden" name="token" value="([0-9a-f]+)"', body)
    assert found is not None, body
    return found[1]


def test_the_alphabet_is_drawn_from_at_random(r: Resident) -> None:
    """Every code is another one, and every character of the alphabet comes by."""
    codes = [_read(make_letter_code(r.runtime, r.organisation, r.id, UUID(r.counsellor), r.w.now())) for _ in range(60)]
    assert len(set(codes)) == 60
    assert set("".join(codes)) == set(letter_codes.ALPHABET)


def test_wrong_birth_dates_at_once_end_the_session_and_break_nothing(r: Resident) -> None:
    """Whoever tries in parallel finds the session over: no error, and no sixth guess."""
    session = r.signed_in()
    answers = [wrong_answer(r.runtime, session) for _ in range(MOST_FAILURES + 3)]
    assert answers == [False] * (MOST_FAILURES - 1) + [True] * 4
