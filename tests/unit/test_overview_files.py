"""The overview as a file: what a spreadsheet opens is what the record says, and never a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest

from gateway.consent.decision import Reason
from gateway.documents import words
from gateway.documents.overview import overview_csv, overview_xlsx
from gateway.documents.words import say_change
from gateway.domain.case_overview.duplicates import Evidence
from gateway.domain.case_overview.loose_ends import ChainProblem, NamedAs
from gateway.domain.integrity import ELSEWHERE, RULES
from gateway.domain.statement.changes import What

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = ["=1+1", "+31 6", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =HYPERLINK(0)", "|cmd", "'=1", "\n=1+1"]


def an_overview(**changes: Any) -> dict[str, Any]:
    """An overview with one creditor that answered; *changes* are changes of its line."""
    debt = {
        "reference": "R-1",
        "description": "Stroom",
        "rank": "ordinary",
        "transferred": False,
        "total_cents": 123_456,
        "components": {"principal": 100_006, "increase": 23_450},
        "original_cents": 100_006,
        "lapses_cents": 23_450,
        "original_booked_cents": 90_000,
        "lapses_booked_cents": 33_456,
    }
    line = {
        "request_id": "1",
        "creditor": {"id": "2", "name": "Voorbeeld Energie", "sector": "energy"},
        "state": "answered",
        "regime": "law_today",
        "late": False,
        "outcome": "statement",
        "as_of": "2026-04-24",
        "versions": 1,
        "debts": [debt],
        "held": [],
        "not_shown": [],
        "warnings": [],
        "provisional": False,
        "total_cents": 123_456,
        "original_cents": 100_006,
        "lapses_cents": 23_450,
        "original_booked_cents": 90_000,
        "lapses_booked_cents": 33_456,
        "split": True,
        "previous_received_at": None,
        "changes": [],
        "due_on": "2026-05-21",
        "cure_due_on": None,
        "suspended": False,
        "offer": None,
        **changes,
    }
    totals = {
        "creditors": 1,
        "answered": 1,
        "held": 0,
        "not_shown": 0,
        "total_cents": 123_456,
        "original_cents": 100_006,
        "lapses_cents": 23_450,
        "original_booked_cents": 90_000,
        "lapses_booked_cents": 33_456,
        "not_split_cents": 0,
        "not_allocated_cents": 0,
        "credit_cents": 0,
        "possibly_twice_cents": 0,
        "by_component": {"principal": 100_006},
        "by_rank": {"ordinary": 123_456},
    }
    return {
        "case": {"id": "3", "reference": "Z-1", "opened_at": "2026-04-24T08:00:00Z"},
        "as_of": "2026-05-04T08:00:00Z",
        "creditors": [line],
        "totals": totals,
        "possible_duplicates": [],
        "missing": {"named_not_asked": [], "no_answer_yet": []},
        "statement_days": {"earliest": "2026-04-24", "latest": "2026-04-24", "days_apart": 0},
        "transfer_problems": [],
        "proposals": [],
        "settlement": None,
    }


def test_what_may_not_be_shown_is_named_with_its_reason_and_without_a_figure():
    """In the table of creditors, among what needs an eye, and counted in the totals as left out."""
    hidden = [{"request_id": "1", "reason": "expired", "answers": 1}]
    nothing = dict.fromkeys(("outcome", "as_of", "total_cents", "original_cents", "lapses_cents"))
    offer = {"state": "waiting", "claim_cents": None, "offer_cents": None, "percentage": None, "rank": None}
    made = an_overview(not_shown=hidden, debts=[], offer={**offer, "not_shown": "paused"}, **nothing)
    made["totals"] |= {"not_shown": 1, "total_cents": 0}
    (row,) = rows(overview_csv(made))
    assert (row["Totaal"], row["Aanbod"], row["Percentage"]) == ("", "", "")
    assert row["Niet getoond"] == "Het ja van de inwoner is voorbij. Het ja van de inwoner staat even stil."
    texts = [text for _, text in cells(overview_xlsx(made))]
    assert "Is er, en telt niet mee: mag niet getoond" in texts
    assert "Met een antwoord dat niet getoond mag worden, telt niet mee" in texts


def test_every_reason_of_the_gate_of_reading_has_words():
    """Whatever it can answer at a look."""
    at_a_look = set(Reason) - {
        Reason.SUPERSEDED, Reason.USED_UP, Reason.TOO_OFTEN, Reason.FIELD_NOT_GRANTED, Reason.BSN_NOT_ENTITLED,
        Reason.TOO_FAR_BACK, Reason.OTHER_FLOW,
    }  # fmt: skip
    assert set(words.NOT_SHOWN) == {reason.value for reason in at_a_look}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def cells(content: bytes) -> list[tuple[str, str]]:
    """Every cell of every sheet as (kind, text); kind "s" is text and "n" a number."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = [
            "".join(part.text or "" for part in item.iter(f"{SHEET}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        found = []
        for name in sorted(one for one in book.namelist() if one.startswith("xl/worksheets/sheet")):
            for cell in ElementTree.fromstring(book.read(name)).iter(f"{SHEET}c"):
                value = cell.findtext(f"{SHEET}v") or ""
                assert cell.find(f"{SHEET}f") is None, "a formula"
                found.append(("s", strings[int(value)]) if cell.get("t") == "s" else ("n", value))
        return found


def test_the_csv_opens_in_a_dutch_spreadsheet():
    """A byte order mark for UTF-8, semicolons between cells, a comma before the cents."""
    content = overview_csv(an_overview())
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = rows(content)
    assert row["Schuldeiser"] == "Voorbeeld Energie"
    assert (row["Totaal"], row["Oorspronkelijke schuld"], row["Vervalt"]) == ("1234,56", "1000,06", "234,50")
    assert (row["Status"], row["Uitkomst"], row["Uiterste dag"]) == ("Beantwoord", "Saldo-opgave", "2026-05-21")


def test_what_is_unknown_is_empty_and_not_zero():
    """A creditor that did not split has no original debt; "0,00" would say that all of it lapses."""
    (row,) = rows(overview_csv(an_overview(original_cents=None, lapses_cents=None, split=False)))
    assert (row["Oorspronkelijke schuld"], row["Vervalt"]) == ("", "")


def test_a_held_reply_says_why_in_words():
    """Promise 4: what is not understood is shown with its reason, in Dutch where we have words for it."""
    problems = [
        {"code": "R7", "severity": "hold", "path": "", "detail": "English"},
        {"code": "new", "severity": "hold", "path": "", "detail": "Something else."},
    ]
    held = [{"reply_id": "1", "received_at": "2026-05-04T08:00:00Z", "late": False, "problems": problems}]
    (row,) = rows(overview_csv(an_overview(held=held)))
    assert row["Vastgehouden omdat"] == "De onderdelen tellen niet op tot het genoemde totaal. Something else."


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_a_creditor_becomes_a_formula_in_csv(name: str):
    """Bar B4: no CSV cell starts a formula, whatever a creditor calls itself; the cell stays on its line."""
    overview = an_overview(creditor={"id": "2", "name": name, "sector": "energy"})
    (row,) = rows(overview_csv(overview))
    assert row["Schuldeiser"].startswith("'")
    assert row["Schuldeiser"][1:].strip() == name.strip()


@pytest.mark.parametrize("name", [*HOSTILE, "http://example.org/", "123", "x" * 40_000, "\x01\x02"])
def test_no_text_of_a_creditor_becomes_a_formula_a_link_or_a_number_in_xlsx(name: str):
    """The workbook holds it as text; a text too long for a cell is cut, never dropped."""
    overview = an_overview(creditor={"id": "2", "name": name, "sector": "energy"})
    kinds = [kind for kind, text in cells(overview_xlsx(overview)) if text[:30].strip() == name[:30].strip()]
    assert name[0] < " " or set(kinds) == {"s"}


def test_the_workbook_holds_creditors_debts_and_totals():
    """Amounts are numbers in euros, so that a spreadsheet can add them."""
    content = overview_xlsx(an_overview())
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [one.get("name") for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SHEET}sheet")]
    assert sheets == ["Schuldeisers", "Schulden", "Totalen", "Aandachtspunten", "Gewijzigd"]
    assert [text for kind, text in cells(content) if kind == "n"].count("1234.56") == 4
    assert ("s", "R-1") in cells(content)


def test_the_same_overview_gives_the_same_bytes():
    """Nothing but the overview decides what is in the file, not even the clock."""
    assert overview_csv(an_overview()) == overview_csv(an_overview())
    assert overview_xlsx(an_overview()) == overview_xlsx(an_overview())


def test_the_names_of_debts_cannot_break_a_line_of_csv():
    """One creditor is one line, also with separators, quotes and line ends in its name."""
    overview = an_overview(creditor={"id": "2", "name": 'A;"B"\r\nC', "sector": "energy"})
    (row,) = rows(overview_csv(overview))
    assert row["Schuldeiser"] == 'A;"B" C'


def with_loose_ends() -> dict[str, Any]:
    """The same case with something to say on every point."""
    changes = [
        {"what": "debt_added", "reference": "=R-2", "after_cents": 5_000},
        {"what": "component", "reference": "R-1", "component": "increase", "before_cents": 0, "after_cents": 23_450},
        {"what": "as_of", "before": "2026-03-24", "after": "2026-04-24"},
        {"what": "rank", "reference": "R-1", "before": "unknown", "after": "ordinary"},
        {"what": "transferred", "reference": "R-1", "before": "here", "after": "transferred"},
    ]
    overview = an_overview(changes=changes, previous_received_at="2026-03-25T08:00:00Z")
    energy = {"id": "2", "name": "Voorbeeld Energie"}
    bailiff = {"id": "4", "name": "=Deurwaarder"}
    overview["possible_duplicates"] = [
        {
            "evidence": ["same_reference", "original_creditor"],
            "at_stake_cents": 123_456,
            "debts": [
                {"creditor": energy, "reference": "R-1", "total_cents": 123_456},
                {"creditor": bailiff, "reference": "R1", "total_cents": 150_000},
            ],
        }
    ]
    overview["missing"] = {
        "named_not_asked": [
            {
                "name": "=Opkoper",
                "identity": "kvk:90000012",
                "named_as": ["new_holder"],
                "named_by": [energy],
                "references": ["O-7"],
            }
        ],
        "no_answer_yet": [energy],
    }
    overview["statement_days"] = {"earliest": "2026-04-01", "latest": "2026-04-24", "days_apart": 23}
    overview["transfer_problems"] = [{"problem": "circle", "creditors": [energy, bailiff]}]
    return overview


def test_the_csv_shows_what_may_be_counted_twice_what_changed_and_who_is_missing():
    """Nothing is taken off by itself, and nothing is silent either (rule R13)."""
    first, missing = rows(overview_csv(with_loose_ends()))
    assert first["Mogelijk dubbel"] == (
        "€ 1.234,56 met =Deurwaarder, kenmerk R1 "
        "(hetzelfde kenmerk, de een noemt de ander als oorspronkelijke schuldeiser)."
    )
    assert first["Gewijzigd"] == (
        "'=R-2: nieuw, € 50,00; R-1, Verhoging of boete: was € 0,00, nu € 234,50; "
        "Peildatum: was 24 maart 2026, nu 24 april 2026; R-1, rang: was Onbekend, telt als gewoon, nu Gewoon "
        "(concurrent); R-1: was bij deze schuldeiser, nu overgedragen"
    )
    assert (missing["Schuldeiser"], missing["Status"]) == ("'=Opkoper", "Genoemd, niet gevraagd")
    assert not any(missing[head] for head in ("Totaal", "Oorspronkelijke schuld", "Vervalt"))


def test_the_workbook_has_a_sheet_of_what_needs_an_eye_and_one_of_what_changed():
    """Each reason once, with the amount at stake as a number."""
    found = cells(overview_xlsx(with_loose_ends()))
    texts = [text for kind, text in found if kind == "s"]
    assert "Voorbeeld Energie, kenmerk R-1; =Deurwaarder, kenmerk R1" in texts
    assert "heeft de vordering nu, volgens Voorbeeld Energie; kenmerk daar: O-7" in texts
    assert "=Opkoper, kvk:90000012" in texts
    assert {"Peildata lopen uiteen", "23 dagen", "Telt nog niet mee"} <= set(texts)
    assert {"Voorbeeld Energie > =Deurwaarder", "De vordering gaat in een kring rond."} <= set(texts)
    assert "R-1, Verhoging of boete: was € 0,00, nu € 234,50" in texts
    assert ("n", "1234.56") in found


@pytest.mark.parametrize(
    "language, expected", [("nl", "R-1, totaal: was € 1,00, nu niet genoemd"), ("en", "R-1, total")]
)
def test_a_change_is_said_in_plain_words(language: str, expected: str):
    """What is not there any more is not zero."""
    change = {"what": "total", "reference": "R-1", "before_cents": 100}
    assert say_change(change, language).startswith(expected)
    assert ("1,00" in say_change(change, language)) is (language == "nl")


def test_every_code_has_words():
    """A code that a person would have to look up is not shown."""
    assert set(words.EVIDENCE) == {one.value for one in Evidence}
    assert set(words.NAMED_AS) == {one.value for one in NamedAs}
    assert set(words.TRANSFER_PROBLEMS) == {one.value for one in ChainProblem}
    assert set(words.CHANGES) == {one.value for one in What}
    numbers = {rule.number for rule in RULES} | set(ELSEWHERE)
    assert numbers - {"R13"} <= set(words.PROBLEMS)  # R13 is no problem of a reply
