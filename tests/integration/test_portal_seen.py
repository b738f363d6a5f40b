"""Who saw my data, a copy of it, everything on paper, and "call me back"."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from gateway.consent.grants import Status
from gateway.documents import personal_export
from gateway.keys import keyless
from gateway.services.portal_session import FRESH, Assurance
from gateway.web.mijn.seen import FILTERS
from gateway.web.mijn.words import TEXTS
from tests.integration.page_support import Told, told
from tests.integration.portal_support import Resident, forms, signed_in, text
from tests.integration.support import RESIDENT

PERSONAL = (RESIDENT["bsn"], "A.B.", "1985", "Dorpsstraat", "1234 AB", "S. de Vries", "1.234,50", "€")


@pytest.fixture(scope="module")
def lived() -> Iterator[Told]:
    with told() as made:
        yield made


@pytest.fixture
def fresh() -> Iterator[Told]:
    with told(proposed=False) as made:
        yield made


@pytest.fixture(scope="module")
def who(lived: Told) -> Resident:
    return signed_in(lived.w, lived.case)


def sentences(who: Resident, path: str) -> list[str]:
    """Every line, from the first page to the last one."""
    found: list[str] = []
    way: str | None = path
    while way is not None:
        page = who.html(way)
        found += [text(one) for one in re.findall(r'<li class="seen[^>]*>(.*?)</li>', page, flags=re.DOTALL)]
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        way = onward[1].replace("&amp;", "&") if onward is not None else None
    return found


def test_day_by_day_without_a_value_and_without_a_person(who: Resident):
    """G23: what was sent, what came back, who looked; never what was in it."""
    page = who.html("/mijn/gezien")
    said = text(page)
    assert "Schuldeiser energy kreeg een bericht van ons." in " ".join(sentences(who, "/mijn/gezien"))
    assert "technisch" in said
    assert not [value for value in PERSONAL if value in page]
    assert re.search(r"<h2[^>]*>\d+\s\w+\s2026</h2>", page)


@pytest.mark.parametrize("language, words", [("en", "Who saw my data?"), ("ar", "من اطّلع على بياناتي؟")])
def test_in_each_language(who: Resident, language: str, words: str):
    assert words in who.read(f"/mijn/gezien?lang={language}")
    who.html("/mijn/gezien?lang=nl")


def test_the_filters_together_are_everything():
    """No class of the record falls between the links."""
    with told(proposed=False) as made:
        reader = signed_in(made.w, made.case)
        whole = sum(_times(one) for one in sentences(reader, "/mijn/gezien"))
        parts = {
            name: sum(_times(one) for one in sentences(reader, f"/mijn/gezien?soort={name}"))
            for name in FILTERS
            if name != "all"
        }
    # Each look at a page is one more line among the looks.
    assert parts["sent"] + parts["received"] + parts["choices"] < whole <= sum(parts.values())
    assert all(parts.values())


def _times(sentence: str) -> int:
    several = re.search(r"\((\d+) keer\)", sentence)
    return int(several[1]) if several is not None else 1


def test_looking_is_on_record(who: Resident):
    """Ruling 15: the resident's own look is the newest line of the next one."""
    who.html("/mijn/gezien")
    assert "U keek in deze lijst." in sentences(who, "/mijn/gezien")[0]


@pytest.mark.parametrize("asked", ["soort=nothing", "before=x", "before=-1", "before=9999999999999999"])
def test_an_odd_question_is_no_page(who: Resident, asked: str):
    who.html(f"/mijn/gezien?{asked}", status=404)


def test_nobody_sees_the_log_of_another(lived: Told, who: Resident):
    """Invariant I21: a second resident of the same organisation has a list of their own."""
    other = signed_in(lived.w, lived.w.case(bsn="999990020"))
    assert "Schuldeiser" not in " ".join(sentences(other, "/mijn/gezien"))
    assert len(sentences(who, "/mijn/gezien")) > len(sentences(other, "/mijn/gezien"))


def test_the_copy_is_whole_and_in_the_language_of_its_reader(lived: Told):
    """G26: signed, and the page in it says nl, en or ar, from left or from right."""
    browser = signed_in(lived.w, lived.case)
    for language, direction, words in (
        ("nl", "ltr", "Wat u zei"),
        ("en", "ltr", "What you said"),
        ("ar", "rtl", "ما قلتَه"),
    ):
        browser.html(f"/mijn/kopie?lang={language}")
        answer = browser.send("/mijn/kopie", "/mijn/kopie/maken")
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="mijn-gegevens.zip"'
        verdict, content = personal_export.read(answer.get_data(), lived.w.gateway.runtime.keys.public_jwks())
        assert verdict.ok
        assert content is not None
        assert content["resident"]["bsn"] == RESIDENT["bsn"]
        page = zipfile.ZipFile(io.BytesIO(answer.get_data())).read("export.html").decode()
        assert f'<html lang="{language}" dir="{direction}">' in page
        assert words in page
        assert re.search(r"<script|https?://", page) is None


def test_every_word_of_the_copy_is_in_the_language_of_its_reader(lived: Told):
    """An Arabic reader finds no code and no Dutch or English sentence of ours: only names and references are Latin."""
    browser = signed_in(lived.w, lived.case)
    browser.html("/mijn/kopie?lang=ar")
    archive = browser.send("/mijn/kopie", "/mijn/kopie/maken").get_data()
    page = zipfile.ZipFile(io.BytesIO(archive)).read("export.html").decode().partition("<body>")[2]
    cells = [one for one in re.findall(r"<bdi>(.*?)</bdi>", page) if re.search("[A-Za-z]", one)]
    assert cells
    known = {*RESIDENT.values(), "R-1", *(f"Schuldeiser {name}" for name in lived.creditors), "Gemeente counsellor"}
    for cell in cells:
        latin = re.sub("|".join(re.escape(one) for one in sorted(known, key=len, reverse=True)), "", cell)
        assert re.search("[A-Za-z]", latin) is None, cell


@pytest.mark.parametrize("assurance", [Assurance.LINK, Assurance.CODE])
def test_a_copy_needs_somebody_who_just_showed_who_it_is(lived: Told, assurance: Assurance):
    """A stranger with the link, or at a screen that was left open, gets no file; the page says why and where to go."""
    browser = signed_in(lived.w, lived.case, assurance=assurance)
    token_page = browser.html("/mijn/kopie")
    assert ("/mijn/kopie/maken" in token_page) == (assurance is Assurance.CODE)
    if assurance is Assurance.CODE:
        path, token = next(one for one in forms(token_page) if one[0].endswith("/maken"))
        lived.w.later(seconds=FRESH.total_seconds() + 1)
    else:
        path, token = "/mijn/kopie/maken", _token(browser, "/mijn/kopie/maken")
    made = _exports(lived)
    answer = browser.browser.post(path, data={"token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mijn/bevestigen?verder=/mijn/kopie")
    assert _exports(lived) == made


def _token(browser: Resident, path: str) -> str:
    cookie = browser.browser.get_cookie("mijn")
    assert cookie is not None
    return keyless.commit(cookie.value.encode(), path.encode()).hex()


def _exports(lived: Told) -> int:
    return len(re.findall("haalde een afschrift", " ".join(sentences(signed_in(lived.w, lived.case), "/mijn/gezien"))))


def test_everything_stands_on_one_page_for_paper(who: Resident):
    """Each choice, what it means, and whom to call; nothing that a passer-by at the printer should read."""
    page = who.html("/mijn/afdrukken")
    said = text(page)
    for name in ("energy", "gym", "shop", "bank", "phone"):
        assert said.count(f"Schuldeiser {name}") == 2  # to ask what is owed, and to propose
    assert "Nee : Wij vragen en sturen dit niet." in said
    assert "14 000" in said
    assert not [value for value in PERSONAL if value in page]


def test_every_standing_has_a_meaning_on_paper():
    assert not [one for one in Status if f"copy_means_{one.value}" not in TEXTS]


@pytest.mark.parametrize("assurance", Assurance)
def test_asking_for_a_call_is_one_event_a_day(fresh: Told, assurance: Assurance):
    """The counsellor's system hears it, the counsellor sees it, the resident reads when to expect it."""
    browser = signed_in(fresh.w, fresh.case, assurance=assurance)
    for _ in range(2):
        said = text(_ask(browser).get_data(as_text=True))
        assert "Wij bellen zo snel als wij kunnen" in said
        assert "Op 6 juni 2026 vroeg u ons om te bellen" in said
    asked = [one for one in fresh.w.events() if one["type"] == "resident.asks_call"]
    assert [(one["case_id"], one["facts"]) for one in asked] == [(fresh.case, {})]
    assert "vraagt of u belt. Gevraagd op 6 juni 2026" in text(
        fresh.visitor("counsellor").get("/case").get_data(as_text=True)
    )
    fresh.w.later(days=1)
    browser = signed_in(fresh.w, fresh.case, assurance=assurance)
    assert "Ja, bel mij terug" in browser.read("/mijn/bel-mij")
    _ask(browser)
    assert len([one for one in fresh.w.events() if one["type"] == "resident.asks_call"]) == 2
    assert "U vroeg ons om te bellen." in " ".join(sentences(browser, "/mijn/gezien?soort=choices"))


def _ask(browser: Resident) -> TestResponse:
    return browser.browser.post("/mijn/bel-mij", data={"token": _token(browser, "/mijn/bel-mij")})


def test_none_of_these_pages_opens_without_a_session(lived: Told):
    """And a form without one leads to the way in and does nothing."""
    nobody = lived.w.gateway.flask.test_client()
    for path in ("gezien", "kopie", "afdrukken", "bel-mij", "bewijzen", "stoppen/alles", f"stoppen/{uuid4()}"):
        answer = nobody.get(f"/mijn/{path}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/mijn/inloggen")
    before = json.dumps([one["type"] for one in lived.w.events()])
    for path in ("kopie/maken", "bel-mij", "stoppen/alles/ja"):
        assert nobody.post(f"/mijn/{path}").status_code == 303
    assert json.dumps([one["type"] for one in lived.w.events()]) == before
