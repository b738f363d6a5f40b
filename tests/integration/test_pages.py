"""The pages for people, the overview files and the evidence file, on a case that was lived through."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from gateway.documents.evidence import Kind, verify
from gateway.errors import Unavailable
from gateway.services import show_pages
from tests.integration.page_support import Told, told
from tests.integration.support import RESIDENT

CSP = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'"
PATHS = {"counsellor": "/case", "creditor": "/open-requests"}  # a resident's link signs in: test_portal_questions.py


@pytest.fixture(scope="module")
def lived() -> Iterator[Told]:
    with told() as made:
        yield made


def subject(lived: Told, role: str) -> str | None:
    return lived.creditors["shop"] if role == "creditor" else None


def text(html: str) -> str:
    """What a reader reads."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(html)
    return " ".join(" ".join(found).replace("\u00a0", " ").split())


def shown(lived: Told, role: str, *, language: str = "nl", about: str | None = None) -> str:
    browser = lived.visitor(role, about or subject(lived, role))
    answer = browser.get(f"{PATHS[role]}?lang={language}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("role", PATHS)
def test_a_link_becomes_a_cookie_and_leaves_the_address(lived: Told, role: str):
    """The code is a secret: it may not stay in the address bar, in history or in a referrer."""
    link = lived.link(role, subject(lived, role))
    answer = lived.w.gateway.flask.test_client().get(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, PATHS[role])
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"page_link={link.rpartition('/')[2]};")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie, "the sandbox has no https"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("role", PATHS)
def test_a_page_opens_nothing_to_the_outside(lived: Told, role: str):
    """Strict CSP, no script, no style inside, no other host; not stored by anybody."""
    browser = lived.visitor(role, subject(lived, role))
    answer = browser.get(PATHS[role])
    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.get_data(as_text=True)
    assert "<script" not in html
    assert " style=" not in html
    assert re.findall(r'(?:src|href)="(?!/|#|\?|tel:|data:,)[^"]*"', html) == []
    assert browser.get("/static/pages.css").status_code == 200


@pytest.mark.parametrize("role", PATHS)
@pytest.mark.parametrize("visitor", PATHS)
def test_a_cookie_opens_only_the_page_of_its_role(lived: Told, role: str, visitor: str):
    """A creditor's link is no counsellor's, whatever address is typed in."""
    browser = lived.visitor(visitor, subject(lived, visitor))
    assert browser.get(PATHS[role]).status_code == (200 if role == visitor else 404)


@pytest.mark.parametrize("path", [*PATHS.values(), "/page/page_unknown", "/page/%00", "/page/" + "x" * 3000, "/x", "/"])
def test_whoever_comes_without_a_link_reads_whom_to_call(lived: Told, path: str):
    """No problem document for a person: a short page, a phone number, and nobody's fault."""
    answer = lived.w.gateway.flask.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert answer.headers["Content-Security-Policy"] == CSP
    assert "Deze link werkt niet meer" in text(answer.get_data(as_text=True))
    assert "14 000" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nothing", "/v1/page/x"])
def test_systems_still_get_problem_documents(lived: Told, path: str):
    """One place picks the status; only the form differs."""
    answer = lived.w.gateway.flask.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_link_in_webmail_still_leads_to_the_page(lived: Told):
    """
    A browser keeps back a SameSite=Strict cookie on a way that began at another site, through every redirect.

    The page then asks for itself once more, from its own site; it shows nothing before that.
    """
    browser = lived.w.gateway.flask.test_client()
    answer = browser.get("/case", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    html = answer.get_data(as_text=True)
    assert 'content="0; url=/case?lang=nl"' in html
    assert "Schuldeiser" not in html
    assert browser.get("/case", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404


@pytest.mark.parametrize(
    "role, kind",
    [
        ("counsellor", "case.looked_at"),
        ("creditor", "creditor.looked_at_open"),
    ],
)
def test_every_look_is_journalled(lived: Told, role: str, kind: str):
    """Ruling 15: a look is a record; entering by the link alone is none."""

    def looks() -> int:
        with lived.w.gateway.runtime.database.begin() as connection:
            return connection.exec_driver_sql("SELECT count(*) FROM journal WHERE kind = %s", (kind,)).scalar_one()

    browser = lived.visitor(role, subject(lived, role))
    before = looks()
    browser.get(PATHS[role])
    assert looks() == before + 1


def test_no_record_no_look(lived: Told, monkeypatch: pytest.MonkeyPatch):
    """When the journal cannot be written there is no page, but 503 in plain words."""

    def fail(*_: object) -> None:
        raise Unavailable

    browser = lived.visitor("counsellor")
    monkeypatch.setattr(show_pages.journal, "append", fail)
    answer = browser.get("/case")
    assert (answer.status_code, answer.headers["Retry-After"], answer.mimetype) == (503, "5", "text/html")
    assert "Schuldeiser" not in answer.get_data(as_text=True)


def test_the_counsellor_sees_lights_with_words_and_what_to_do(lived: Told):
    """A colour never speaks alone; a held reply says why; what lapses is beside what is owed."""
    read = text(shown(lived, "counsellor"))
    for sentence in (
        "Akkoord",
        "Geldt volgens afspraak als akkoord",
        "Antwoord wacht op u",
        "De onderdelen tellen niet op tot het genoemde totaal.",
        "De termijn staat stil.",
        "Geen antwoord",
        "€ 1.234,50 € 1.000,00 € 234,50",
        "Te weerleggen tot en met",
        "Geen antwoord telt als een weigering.",
    ):
        assert sentence in read, sentence


@pytest.mark.parametrize("role", PATHS)
def test_no_page_carries_the_residents_name_or_number(lived: Told, role: str):
    """Names and BSN are on no page; a case is recognised by its reference."""
    html = shown(lived, role, about=lived.creditors["bank"] if role == "creditor" else None)
    for secret in (RESIDENT["surname"], RESIDENT["bsn"], RESIDENT["street"]):
        assert re.search(rf"\b{secret}\b", html) is None


def test_a_creditor_sees_only_what_is_open_with_itself(lived: Told):
    """References, states and days of its own requests and offers; a deemed offer stays open to rebuttal."""
    shop, bank = shown(lived, "creditor"), shown(lived, "creditor", about=lived.creditors["bank"])
    assert lived.requests["shop"] in shop
    assert lived.requests["gym"] not in shop
    assert "Geldt volgens afspraak als akkoord" in text(bank)
    assert lived.requests["bank"] not in bank, "an answered request is not open"


@pytest.mark.parametrize("role", PATHS)
def test_every_page_speaks_english_too(lived: Told, role: str):
    """The switch is on every page; a language that is not there falls back to the gateway's own."""
    assert '<html lang="en"' in shown(lived, role, language="en")
    assert "Questions?" in shown(lived, role, language="en")
    assert '<html lang="nl"' in shown(lived, role, language="xx")


def test_a_name_of_a_creditor_is_never_markup(lived: Told):
    """Bar B4: hostile text stays text."""
    made = lived.w.creditor("<script>alert(1)</script>")
    assert "<script" not in shown(lived, "creditor", about=made)


def test_an_expired_link_is_as_unknown_as_any_other():
    """A link works for a day; the cookie it left ends with it."""
    with told(proposed=False) as made:
        link, browser = made.link("counsellor"), made.visitor("counsellor")
        made.w.later(hours=25)
        assert made.w.gateway.flask.test_client().get(link).status_code == 404
        assert browser.get("/case").status_code == 404


@pytest.mark.parametrize(
    "wanted, begins", [("csv", b"\xef\xbb\xbfSchuldeiser;"), ("xlsx", b"PK\x03\x04"), ("", b"\xef\xbb\xbf")]
)
def test_the_overview_downloads_as_a_file(lived: Told, wanted: str, begins: bytes):
    """The same overview as the interface gives, for a spreadsheet; downloading is a look."""
    query = f"?format={wanted}" if wanted else ""
    before = lived.w.journal(lived.case).count("case.looked_at")
    answer = lived.w.call("counsellor", "GET", f"/v1/cases/{lived.case}/overview-file{query}")
    assert answer.status_code == 200
    assert answer.get_data().startswith(begins)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert lived.w.journal(lived.case).count("case.looked_at") == before + 1


def test_another_kind_of_overview_file_is_refused(lived: Told):
    """400 with what may be sent instead; another organisation's case is unknown."""
    path = f"/v1/cases/{lived.case}/overview-file"
    assert lived.w.call("counsellor", "GET", f"{path}?format=pdf").status_code == 400
    lived.w.counsellor_organisation("stranger")
    assert lived.w.call("stranger", "GET", path).status_code == 404
    assert lived.w.call("stranger", "GET", f"/v1/cases/{lived.case}/evidence").status_code == 404


def members(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_evidence_file_holds_against_the_published_keys(lived: Told):
    """Built from the record, recorded itself, and whole when checked with nothing but the public keys."""
    archive = lived.evidence()
    jwks = lived.w.gateway.runtime.keys.public_jwks()
    verdict = verify(archive, jwks)
    assert verdict.kind is Kind.OK, verdict
    journal = json.loads(members(archive)["journal.json"])["entries"]
    assert [entry["entry"]["kind"] for entry in journal].count("evidence.built") >= 1
    assert verdict.entries == len(journal) > 50


def test_the_evidence_file_tells_how_silence_was_earned(lived: Told):
    """Promise 5, fact by fact: delivery, the sum of days, reminders, notice, cure term, permission, regime, name."""
    found = members(lived.evidence())
    (name,) = [one for one in found if one.endswith(f"{lived.requests['bank']}.json")]
    (offer,) = json.loads(found[name])["offers"]
    assert [message["kind"] for message in offer["messages"]] == [
        "proposal",
        "proposal_reminder",
        "proposal_final_notice",
        "outcome_notice",
    ]
    assert all(message["delivered_at"] for message in offer["messages"])
    answer, cure = offer["terms"]
    assert (answer["kind"], cure["kind"]) == ("answer", "cure")
    assert answer["days"][0] == {
        "day": answer["started_on"],
        "counts": False,
        "number": 0,
        "reason": "the day of delivery does not count",
    }
    assert answer["days"][-1]["day"] == answer["due_on"] == answer["counted_to"]
    assert sum(day["counts"] for day in answer["days"]) == 15
    facts = offer["promise_5"]["facts"]
    assert offer["promise_5"]["earned"], offer["promise_5"]
    assert (facts["answers"], facts["permission_broken_at"], facts["open_question"]) == (0, None, False)
    assert offer["regime"]["id"] == "reversed_burden"
    assert "volgens afspraak" in offer["regime"]["words"]["nl"]
    assert offer["confirmed"]["counsellor"] == "S. de Vries"
    assert offer["consent"]["act"] == "given"
    assert "volgens afspraak" in found["README.txt"].decode()


def test_the_evidence_file_presumes_nothing_where_the_law_does_not(lived: Told):
    """Under the law of today silence is no agreement, and the file says so in the regime's own words."""
    found = members(lived.evidence())
    (name,) = [one for one in found if one.endswith(f"{lived.requests['shop']}.json")]
    told_of = json.loads(found[name])
    assert told_of["offers"] == []
    assert told_of["statement_request"]["regime"]["silence_on_an_offer"] == "refusal"
    assert told_of["statement_request"]["state"] == "silent"


def test_the_evidence_file_carries_no_name_of_the_resident(lived: Told):
    """It goes to a court with a case reference; the person is named in the petition, not in a file that travels."""
    content = b"".join(members(lived.evidence()).values())
    assert RESIDENT["surname"].encode() not in content.replace(b"Gemeente Voorbeeldstad", b"")
    assert RESIDENT["bsn"].encode() not in content
