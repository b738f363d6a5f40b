"""Receipts on the resident's pages, and the public page that checks one for whoever holds it."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from gateway.documents.proof import Kind
from gateway.documents.receipt_check import MOST_BYTES, verify
from gateway.services.portal_session import Assurance
from gateway.storage.database import Database
from tests.integration.page_support import Told, told
from tests.integration.portal_support import Resident, signed_in, text
from tests.integration.support import RESIDENT

PERSONAL = (RESIDENT["bsn"], "A.B.", "1985", "Dorpsstraat", "1234 AB", "S. de Vries", "123450", "1.234,50")


@pytest.fixture(scope="module")
def lived() -> Iterator[Told]:
    with told(proposed=False) as made:
        yield made


@pytest.fixture(scope="module")
def who(lived: Told) -> Resident:
    return signed_in(lived.w, lived.case)


@pytest.fixture(scope="module")
def grant(lived: Told) -> str:
    found = lived.w.ok("counsellor", "GET", f"/v1/cases/{lived.case}/grants")["grants"]
    return next(
        one["id"]
        for one in found
        if (one["creditor"]["id"], one["purpose"]) == (lived.creditors["energy"], "inventory")
    )


@pytest.fixture(scope="module")
def receipt(who: Resident, grant: str) -> bytes:
    [first, *_] = files(who, grant)
    return who.browser.get(first).get_data()


def files(who: Resident, grant: str) -> list[str]:
    return re.findall(rf'href="(/mijn/bewijzen/{grant}/[0-9]+)"', who.html(f"/mijn/bewijzen/{grant}"))


def anybody(lived: Told) -> FlaskClient:
    return lived.w.gateway.flask.test_client()


def check(lived: Told, content: bytes, *, language: str = "nl", pasted: bool = False, status: int = 200) -> str:
    """What the public page says of *content*."""
    sent: dict[str, Any] = {"file": (io.BytesIO(content), "r.jws")}
    answer = anybody(lived).post(
        f"/bewijs?lang={language}",
        data={"receipt": content.decode()} if pasted else sent,
        content_type="multipart/form-data",
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    return text(answer.get_data(as_text=True))


def test_every_yes_and_no_has_its_receipt(lived: Told, who: Resident):
    """The list says what, to whom and when, and leads to each of them."""
    page = who.html("/mijn/bewijzen")
    ways = re.findall(r'href="(/mijn/bewijzen/[0-9a-f-]{36})"', page)
    granted = lived.w.ok("counsellor", "GET", f"/v1/cases/{lived.case}/grants")["grants"]
    assert {way.rpartition("/")[2] for way in ways} == {one["id"] for one in granted}
    said = text(page)
    assert "Schuldeiser energy" in said
    assert "24 april 2026: Nee" in said


@pytest.mark.parametrize("assurance", Assurance)
def test_a_receipt_can_be_kept_and_holds_without_us(lived: Told, grant: str, assurance: Assurance):
    """G17: the file verifies with the published keys; its name and address hold nothing about a person."""
    browser = signed_in(lived.w, lived.case, assurance=assurance)
    for path in files(browser, grant):
        answer = browser.browser.get(path)
        assert answer.headers["Content-Type"] == "application/jose"
        assert re.fullmatch(r'attachment; filename="bewijs-[0-9]+\.jws"', answer.headers["Content-Disposition"])
        [verdict] = verify([answer.get_data()], lived.w.gateway.runtime.keys.key_history())
        assert verdict.kind is Kind.OK


def test_a_receipt_tells_of_nobody_but_the_organisations(who: Resident, grant: str, receipt: bytes):
    inside = base64.urlsafe_b64decode(receipt.split(b".")[1] + b"==").decode()
    for shown in (who.html(f"/mijn/bewijzen/{grant}"), who.html(f"/mijn/bewijzen/{grant}/papier"), inside):
        assert not [value for value in PERSONAL if value in shown]


def test_the_code_on_paper_leads_to_a_page_for_people(lived: Told, who: Resident, grant: str, receipt: bytes):
    """Not to JSON: nl, en and ar say that the entry is in the log; and the paper needs no other style than its own."""
    paper = who.browser.get(f"/mijn/bewijzen/{grant}/papier")
    assert "style-src 'sha256-" in paper.headers["Content-Security-Policy"]
    place = re.search(r"nummer (\d+), ([0-9a-f]{64})", text(paper.get_data(as_text=True)))
    assert place is not None
    path = f"/bewijs/{place[1]}/{place[2]}"
    for language, words in (("nl", "Dit staat in ons logboek"), ("en", "This is in our log"), ("ar", "موجود في سجلنا")):
        answer = anybody(lived).get(f"{path}?lang={language}")
        assert answer.status_code == 200
        assert words in text(answer.get_data(as_text=True))
    other = f"{path[:-1]}{'0' if path[-1] != '0' else '1'}"
    for wrong in (other, f"/bewijs/{int(place[1]) + 1}/{place[2]}", f"/bewijs/999999999999999/{place[2]}"):
        answer = anybody(lived).get(wrong)
        assert (answer.status_code, "niet in ons logboek" in text(answer.get_data(as_text=True))) == (404, True)
    for bad in ("/bewijs/x/y", f"/bewijs/{place[1]}/{place[2].upper()}"):
        assert anybody(lived).get(bad).status_code == 404


@pytest.mark.parametrize("pasted", [False, True])
@pytest.mark.parametrize(
    "language, title, limits",
    [
        ("nl", "Dit bewijs is echt", "Ondertekend, niet zeker nog geldig"),
        ("en", "This receipt is real", "Signed, not necessarily still in force"),
        ("ar", "هذا الإثبات حقيقي", "وليس بالضرورة ساريًا الآن"),
    ],
)
def test_anybody_can_check_a_receipt(lived: Told, receipt: bytes, language: str, title: str, limits: str, pasted: bool):
    """It says what the receipt says and no more: what came later is not told to whoever holds an older paper."""
    shown = check(lived, receipt, language=language, pasted=pasted)
    assert title in shown
    assert limits in shown
    assert "Schuldeiser energy" in shown
    assert not [value for value in PERSONAL if value in shown]


def test_a_receipt_that_went_through_mail_is_the_same(lived: Told, receipt: bytes):
    broken = b"\r\n".join(receipt[start : start + 76] for start in range(0, len(receipt), 76))
    assert "Dit bewijs is echt" in check(lived, b"  " + broken + b"\n", pasted=True)


def test_a_receipt_does_not_tell_what_came_after(lived: Told, receipt: bytes):
    before = check(lived, receipt)
    with told(proposed=False) as other:
        someone = signed_in(other.w, other.case)
        granted = other.w.ok("counsellor", "GET", f"/v1/cases/{other.case}/grants")["grants"]
        one = next(each["id"] for each in granted if each["act"] == "given")
        kept = someone.browser.get(files(someone, one)[0]).get_data()
        first = check(other, kept)
        someone.send(f"/mijn/stoppen/{one}", "/ja")
        assert check(other, kept) == first
    assert check(lived, receipt) == before


def test_one_changed_byte_is_found_and_what_is_wrong_is_said(lived: Told, receipt: bytes):
    """Edge case 56: wherever it is, and never with what stands in it."""
    for place in range(0, len(receipt), 211):
        touched = bytearray(receipt)
        touched[place] = ord("A") if touched[place] != ord("A") else ord("B")
        shown = check(lived, bytes(touched))
        assert "Dit bewijs is echt" not in shown
        assert "Schuldeiser energy" not in shown


@pytest.mark.parametrize(
    "content, words",
    [
        (b"hello", "Dit bewijs klopt niet"),
        (b"\xff\xfe", "Dit bewijs klopt niet"),
        (b"a.b.c", "Dit bewijs klopt niet"),
        (b'{"alg":"none"}', "Dit bewijs klopt niet"),
    ],
)
def test_what_is_no_receipt_is_not_one(lived: Told, content: bytes, words: str):
    assert words in check(lived, content)


def test_nothing_and_too_much_are_told_apart(lived: Told):
    assert "Kies een bestand, of plak een bewijs" in check(lived, b"", status=400)
    assert "te groot" in check(lived, b"x" * (MOST_BYTES + 20_000), status=413)
    assert "Dit is geen bewijs van ons" in check(lived, b"x" * (MOST_BYTES + 1))


def test_a_receipt_of_another_gateway_is_not_ours(lived: Told, receipt: bytes):
    """The key is not among ours; and signed by us but not in our log is a reason to call, and says so."""
    with told(proposed=False) as other:
        assert "niet van ons is" in check(other, receipt)
        whole = other.w.gateway.runtime
        stolen = replace(whole, keys=lived.w.gateway.runtime.keys)
        object.__setattr__(other.w.gateway, "runtime", stolen)
        shown = check(other, receipt)
        object.__setattr__(other.w.gateway, "runtime", whole)
    assert "Ondertekend, maar niet in ons logboek" in shown
    assert "Dit bewijs is echt" not in shown


def test_without_the_log_the_page_says_so(lived: Told, receipt: bytes):
    whole = lived.w.gateway.runtime
    away = Database("postgresql://nobody@127.0.0.1:9/nothing")
    object.__setattr__(lived.w.gateway, "runtime", replace(whole, database=away))
    shown = check(lived, receipt, status=503)
    object.__setattr__(lived.w.gateway, "runtime", whole)
    away.close()
    assert "Dit bewijs is echt" not in shown


def test_the_public_page_is_as_strict_as_the_others(lived: Told):
    answer = anybody(lived).get("/bewijs")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.get_data(as_text=True).count("<h1") == 1
    assert "<script" not in answer.get_data(as_text=True)


def test_somebody_elses_receipts_are_the_same_404(lived: Told, grant: str, who: Resident):
    """Edge case 57, for the page, the paper and the file."""
    stranger = signed_in(lived.w, lived.w.case(bsn="999990020"))
    [first, *_] = files(who, grant)
    for path in (f"/mijn/bewijzen/{grant}", f"/mijn/bewijzen/{grant}/papier", first, f"/mijn/bewijzen/{uuid4()}"):
        assert stranger.browser.get(path).status_code == 404
    assert who.browser.get(f"/mijn/bewijzen/{grant}/1").status_code == 404, "an entry of something else"
    assert anybody(lived).get(f"/mijn/bewijzen/{grant}").status_code == 303, "to the way in"


def test_looking_at_a_receipt_is_on_record(lived: Told, who: Resident, grant: str):
    """Ruling 15: with the part that was looked at."""
    before = len([one for one in lived.w.events() if one["type"] == "case.looked_at"])
    who.html(f"/mijn/bewijzen/{grant}")
    looks = [one for one in lived.w.events() if one["type"] == "case.looked_at"]
    assert len(looks) == before + 1
    assert json.dumps(looks[-1]["facts"]) == '{"part": "receipts"}'
