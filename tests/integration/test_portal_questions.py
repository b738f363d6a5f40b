"""The resident's own pages: the first page, one question and its answer, and what can be done with a yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway.errors import Unavailable
from gateway.services import portal
from gateway.services.portal_session import FRESH, Assurance
from tests.integration.page_support import Told, told
from tests.integration.portal_support import Resident, forms, signed_in, text
from tests.integration.support import RESIDENT


@pytest.fixture
def fresh() -> Iterator[Told]:
    with told(proposed=False) as made:
        yield made


@pytest.fixture(scope="module")
def lived() -> Iterator[Told]:
    with told() as made:
        yield made


def ask(lived: Told, name: str, *, purpose: str = "inventory", language: str = "nl", **more: str) -> str:
    wanted = {
        "creditor_id": lived.creditors[name], "purpose": purpose, "language": language, "initiative": "resident",
        **more,
    }  # fmt: skip
    body = {"recorded_by": lived.counsellor, "asks": [wanted]}
    made: str = lived.w.ok("counsellor", "POST", f"/v1/cases/{lived.case}/consent-asks", body)["asks"][0]["id"]
    return made


def words(lived: Told, name: str, purpose: str = "inventory") -> list[dict[str, Any]]:
    """Everything said about one flow, oldest first."""
    found = lived.w.ok("counsellor", "GET", f"/v1/cases/{lived.case}/grants")["grants"]
    return [one for one in found if (one["creditor"]["id"], one["purpose"]) == (lived.creditors[name], purpose)]


def answer(who: Resident, question: str, chosen: str) -> Any:
    return who.send(f"/mijn/vragen/{question}", "/antwoord", answer=chosen)


@pytest.mark.parametrize(
    "chosen, act, said",
    [
        ("yes", "given", "U zei ja"),
        ("no", "refused", "U zei nee"),
        ("help", "deferred", "U wilt eerst hulp"),
    ],
)
def test_each_answer_is_a_record_of_its_own(fresh: Told, chosen: str, act: str, said: str):
    """On the very text that was shown, by the resident, in the portal; the newest word counts."""
    question, who = ask(fresh, "phone"), signed_in(fresh.w, fresh.case)
    assert said in text(answer(who, question, chosen).get_data(as_text=True))
    word = words(fresh, "phone")[-1]
    assert (word["act"], word["method"], word["recorded_by"], word["ask_id"]) == (act, "portal", "resident", question)
    assert (word["identified_by"], word["assisted_by"]) == ("code", "nobody")


def test_a_yes_from_the_page_lets_the_request_go(fresh: Told):
    """What the resident says here is what the gate asks for."""
    question, who = ask(fresh, "phone"), signed_in(fresh.w, fresh.case)
    body = {"requests": [{"creditor_id": fresh.creditors["phone"], "references": ["K-1"]}]}
    refused = fresh.w.call("counsellor", "POST", f"/v1/cases/{fresh.case}/statement-requests", body)
    assert refused.get_json()["type"].endswith("no_permission"), refused.get_json()
    answer(who, question, "yes")
    assert fresh.w.call("counsellor", "POST", f"/v1/cases/{fresh.case}/statement-requests", body).status_code == 202


def test_three_buttons_of_the_same_kind_and_nothing_chosen_beforehand(fresh: Told):
    """G30: equal buttons, a third that is help, nothing ticked."""
    html = signed_in(fresh.w, fresh.case).html(f"/mijn/vragen/{ask(fresh, 'phone')}")
    buttons = re.findall(r'<button class="([^"]+)" type="submit" name="answer" value="(\w+)"', html)
    assert [value for _, value in buttons] == ["yes", "no", "help"]
    assert len({kind for kind, _ in buttons}) == 1
    assert "checked" not in html
    assert "autofocus" not in html


@pytest.mark.parametrize("language, direction", [("en", "ltr"), ("ar", "rtl")])
def test_a_question_is_put_in_the_language_of_the_reader(fresh: Told, language: str, direction: str):
    """The answer rests on the text that was read: the grant names that language."""
    question, who = ask(fresh, "phone"), signed_in(fresh.w, fresh.case)
    html = who.html(f"/mijn/vragen/{question}?lang={language}")
    assert f'<div lang="{language}" dir="{direction}">' in html
    (form,) = [one for one in forms(html) if one[0].endswith("/antwoord")]
    assert who.browser.post(form[0], data={"token": form[1], "answer": "yes"}).status_code == 200
    assert f".{language}." in words(fresh, "phone")[-1]["notice"]
    assert "vragen" not in who.html("/mijn"), "the same question in another language is one question"


def test_a_link_lets_in_to_read_and_not_to_say_yes(fresh: Told):
    """The counsellor's link proves less than a login: a yes first asks who it is, a no does not."""
    question = ask(fresh, "phone")
    browser = fresh.visitor("resident")
    who = Resident(w=fresh.w, browser=browser, id=signed_in(fresh.w, fresh.case).id)
    sent = answer(who, question, "yes")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/mijn/bevestigen?verder=/mijn/vragen/{question}")
    assert words(fresh, "phone")[-1]["act"] == "refused", "nothing was recorded"
    assert answer(who, question, "no").status_code == 200


def test_a_login_of_a_while_ago_is_asked_once_more(fresh: Told):
    """ASVS 7.5.3: an open page on a borrowed phone says no yes."""
    question, who = ask(fresh, "phone"), signed_in(fresh.w, fresh.case, assurance=Assurance.LOGIN)
    fresh.w.later(seconds=FRESH.total_seconds())
    assert answer(who, question, "yes").status_code == 303
    assert answer(who, question, "help").status_code == 200


def test_the_second_tab_is_told_that_it_was_answered(fresh: Told):
    """Edge 13: one question, one answer."""
    question, who = ask(fresh, "phone"), signed_in(fresh.w, fresh.case)
    (form,) = [one for one in forms(who.html(f"/mijn/vragen/{question}")) if one[0].endswith("/antwoord")]
    for chosen, said in (("yes", "U zei ja"), ("no", "U heeft deze vraag al beantwoord")):
        assert said in text(who.browser.post(form[0], data={"token": form[1], "answer": chosen}).get_data(as_text=True))
    assert words(fresh, "phone")[-1]["act"] == "given"


def test_a_question_that_lapsed_says_that_nothing_was_shared(fresh: Told):
    """Silence of a resident is nothing at all."""
    question = ask(fresh, "phone")
    fresh.w.later(days=14)
    read = signed_in(fresh.w, fresh.case).read(f"/mijn/vragen/{question}")
    assert "Er is niets gedeeld." in read


def test_pausing_and_going_on(fresh: Told):
    """A pause is at once; going on is a yes, and asks who it is."""
    grant = words(fresh, "energy")[-1]["id"]
    who = signed_in(fresh.w, fresh.case)
    assert who.send(f"/mijn/keuzes/{grant}", "/pauze").status_code == 303
    assert words(fresh, "energy")[-1]["status"] == "paused"
    fresh.w.later(seconds=FRESH.total_seconds())
    assert "bevestigen" in who.send(f"/mijn/keuzes/{grant}", "/verder").headers["Location"]
    assert words(fresh, "energy")[-1]["status"] == "paused"
    who = signed_in(fresh.w, fresh.case)
    who.send(f"/mijn/keuzes/{grant}", "/verder")
    assert words(fresh, "energy")[-1]["status"] == "active"
    assert "Even gestopt" not in who.read("/mijn")


def test_whoever_said_no_may_come_back_to_it(fresh: Told):
    """A no is left in peace for thirty days, unless the resident comes of the own accord."""
    grant = words(fresh, "phone")[-1]["id"]
    who = signed_in(fresh.w, fresh.case)
    put = who.send(f"/mijn/keuzes/{grant}", "/opnieuw").headers["Location"]
    (form,) = [one for one in forms(who.html(put)) if one[0].endswith("/antwoord")]
    who.browser.post(form[0], data={"token": form[1], "answer": "yes"})
    assert words(fresh, "phone")[-1]["status"] == "active"


def test_a_yes_that_is_almost_over_can_be_renewed_and_says_so(fresh: Told):
    """G16: the new yes takes the place of the old one; nothing goes on in silence."""
    who = signed_in(fresh.w, fresh.case)
    assert "Dit is bijna voorbij" not in who.read("/mijn")
    ends = (fresh.w.now() + timedelta(days=20)).isoformat().replace("+00:00", "Z")
    answer(who, ask(fresh, "phone", ends_at=ends), "yes")
    assert "Dit is bijna voorbij" in who.read("/mijn")
    grant = words(fresh, "phone")[-1]["id"]
    put = who.send(f"/mijn/keuzes/{grant}", "/opnieuw").headers["Location"]
    (form,) = [one for one in forms(who.html(put)) if one[0].endswith("/antwoord")]
    who.browser.post(form[0], data={"token": form[1], "answer": "yes"})
    old, new = words(fresh, "phone")[-2:]
    assert (old["status"], new["supersedes"], new["status"]) == ("superseded", old["id"], "active")
    assert "Dit is bijna voorbij" not in who.read("/mijn")


def test_the_first_page_shows_every_choice_with_its_way_to_stop(lived: Told):
    """Who, what for, until when, last used; and the stop of each is one click away."""
    who = signed_in(lived.w, lived.case)
    read, html = who.read("/mijn"), who.html("/mijn")
    for sentence in (
        "Schuldeiser energy",
        "Ja tot 22 augustus 2026",
        "Nee gezegd op 24 april 2026",
        "Laatste bericht:",
    ):
        assert sentence in read, sentence
    running = lived.w.ok("counsellor", "GET", f"/v1/cases/{lived.case}/grants")["grants"]
    stoppable = {one["id"] for one in running if one["status"] in ("active", "used_up")}
    assert stoppable <= set(re.findall(r"/mijn/stoppen/([0-9a-f-]{36})", html))


def test_what_came_back_in_words_without_a_term_of_the_trade(lived: Told):
    """Amounts per creditor; nothing is said about silence that the regime does not say."""
    read = signed_in(lived.w, lived.case).read("/mijn/overzicht")
    for sentence in (
        "U moet daar nog € 1.234,50 betalen.",
        "Zij zijn het eens met ons voorstel.",
        "Ons voorstel geldt volgens afspraak als akkoord.",
        "Er kwam een antwoord. Wij kijken of het klopt.",
        "Er kwam geen antwoord.",
    ):
        assert sentence in read, sentence


@pytest.mark.parametrize("path", ["/mijn", "/mijn/overzicht"])
@pytest.mark.parametrize("word", ["toestemming", "dossier", "crediteur", "vordering", "juridisch"])
def test_no_word_of_the_trade(lived: Told, path: str, word: str):
    """ "Toestemming" is only said where that is the basis; the others have plain words."""
    assert word not in signed_in(lived.w, lived.case).read(path).lower()


@pytest.mark.parametrize("path", ["/mijn", "/mijn/overzicht"])
def test_no_page_carries_the_residents_name_or_number(lived: Told, path: str):
    """Somebody may look over a shoulder."""
    html = signed_in(lived.w, lived.case).html(path)
    for secret in (RESIDENT["surname"], RESIDENT["bsn"], RESIDENT["street"]):
        assert re.search(rf"\b{secret}\b", html) is None


def test_no_record_no_look(lived: Told, monkeypatch: pytest.MonkeyPatch):
    """Ruling 15: when the journal cannot be written there is no page, but plain words and whom to call."""
    who = signed_in(lived.w, lived.case)

    def fail(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(portal.journal, "append", fail)
    sent = who.browser.get("/mijn")
    assert (sent.status_code, sent.headers["Retry-After"]) == (503, "5")
    assert "Schuldeiser" not in sent.get_data(as_text=True)
    assert "Er gebeurt nu niets met uw gegevens." in text(sent.get_data(as_text=True))


def test_an_answer_that_could_not_be_recorded_says_so(fresh: Told, monkeypatch: pytest.MonkeyPatch):
    """The page never says "done" about what is not on record."""
    question, who = ask(fresh, "phone"), signed_in(fresh.w, fresh.case)
    (form,) = [one for one in forms(who.html(f"/mijn/vragen/{question}")) if one[0].endswith("/antwoord")]

    def fail(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(portal.journal, "append", fail)
    sent = who.browser.post(form[0], data={"token": form[1], "answer": "yes"})
    assert sent.status_code == 503
    assert "NIET opgeschreven" in text(sent.get_data(as_text=True))
    monkeypatch.undo()
    assert words(fresh, "phone")[-1]["act"] == "refused"


def test_somebody_elses_question_and_choice_are_as_unknown_as_none(lived: Told):
    """Edge 57, from the pages."""
    stranger = signed_in(lived.w, lived.w.case(bsn="999990342"))
    question, grant = ask(lived, "gym"), words(lived, "energy")[-1]["id"]
    for path in (f"/mijn/vragen/{question}", f"/mijn/keuzes/{grant}", "/mijn/keuzes/x", "/mijn/vragen/x"):
        assert stranger.browser.get(path).status_code == 404, path
