"""The overview of a case as a file for a spreadsheet: CSV for one table, XLSX for all of it. Dutch, for counsellors."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from gateway.documents.words import (
    BASES,
    COMPONENTS,
    EVIDENCE,
    NAMED_AS,
    NOT_SHOWN,
    OFFER_STATES,
    OUTCOMES,
    PROBLEMS,
    RANKS,
    REQUEST_STATES,
    TRANSFER_PROBLEMS,
    amount,
    say,
    say_change,
)

# What a spreadsheet takes for the beginning of a formula, also in full-width forms and behind a blank.
_FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")
_MOST_TEXT = 32_000  # a cell of XLSX holds 32,767 characters

_CREDITORS = (
    *("Schuldeiser", "Sector", "Status", "Uitkomst", "Peildatum", "Totaal", "Oorspronkelijke schuld", "Vervalt"),
    *("Oorspronkelijke schuld, eigen boeking", "Vervalt, eigen boeking", "Mogelijk dubbel", "Gewijzigd"),
    *("Voorlopig", "Te laat", "Uiterste dag", "Stilgezet", "Vastgehouden omdat", "Regime"),
    *("Voorstel", "Vordering in voorstel", "Aanbod", "Percentage", "Rang", "Voorstel: uiterste dag"),
    *("Te weerleggen tot", "Niet getoond"),
)
_DEBTS = (
    *("Schuldeiser", "Kenmerk", "Omschrijving", "Rang", "Overgedragen", "Totaal"),
    *("Oorspronkelijke schuld", "Vervalt", "Oorspronkelijke schuld, eigen boeking", "Vervalt, eigen boeking"),
    "Voorlopig",
)
_ATTENTION = ("Waarom", "Wie", "Wat", "Bedrag")
_CHANGES = ("Schuldeiser", "Vorig antwoord van", "Wat er anders is")


class Cents(int):
    """An amount in euro cents, to be written as euros."""


Cell = str | Cents | None


def overview_csv(overview: Mapping[str, Any]) -> bytes:
    """
    One line per creditor, also who was named but not asked: UTF-8 with a byte order mark, semicolons, decimal commas,
    as a Dutch spreadsheet opens it.

    Args:
        overview: As gateway.services.show_case gives it.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(_CREDITORS)
    for cells in (*_creditors(overview), *_not_asked(overview)):
        writer.writerow([_csv_cell(cell) for cell in cells])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def overview_xlsx(overview: Mapping[str, Any]) -> bytes:
    """
    A workbook: creditors, debts, totals, what needs a person's eye, what changed. No cell is ever a formula or a link.
    """
    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(held, options) as workbook:
        workbook.set_properties({"created": datetime.fromisoformat(overview["as_of"]).replace(tzinfo=None)})
        lines = overview["creditors"]
        _sheet(workbook, "Schuldeisers", _CREDITORS, [*_creditors(overview), *_not_asked(overview)])
        _sheet(workbook, "Schulden", _DEBTS, [cells for line in lines for cells in _debts(line)])
        _sheet(workbook, "Totalen", ("Zaak", overview["case"]["reference"]), list(_totals(overview)))
        _sheet(workbook, "Aandachtspunten", _ATTENTION, list(_attention(overview)))
        _sheet(workbook, "Gewijzigd", _CHANGES, [cells for line in lines for cells in _changed(line)])
    return held.getvalue()


def _creditors(overview: Mapping[str, Any]) -> Iterator[list[Cell]]:
    for line in overview["creditors"]:
        twice = [one for one in overview["possible_duplicates"] if _is_about(one, line["creditor"]["id"])]
        yield _creditor(line, " ".join(_twice(one, line["creditor"]["id"]) for one in twice) or None)


def _creditor(line: Mapping[str, Any], twice: str | None) -> list[Cell]:
    offer = line["offer"] or {}
    reasons = dict.fromkeys(_reason(problem) for held in line["held"] for problem in held["problems"])
    return [
        line["creditor"]["name"],
        line["creditor"]["sector"],
        say(REQUEST_STATES, line["state"], "nl"),
        _word(OUTCOMES, line["outcome"]),
        line["as_of"],
        _cents(line["total_cents"]),
        _cents(line["original_cents"]),
        _cents(line["lapses_cents"]),
        _cents(line["original_booked_cents"]),
        _cents(line["lapses_booked_cents"]),
        twice,
        "; ".join(say_change(change, "nl") for change in line["changes"]) or None,
        _yes(line["provisional"]),
        _yes(line["late"]),
        line["due_on"],
        _yes(line["suspended"]),
        " ".join(reasons) or None,
        line["regime"],
        _word(OFFER_STATES, offer.get("state")),
        _cents(offer.get("claim_cents")),
        _cents(offer.get("offer_cents")),
        (offer.get("percentage") or "").replace(".", ",") or None,
        _word(RANKS, offer.get("rank")),
        offer.get("due_on"),
        offer.get("review_until"),
        " ".join(_not_shown(line)) or None,
    ]


def _not_shown(line: Mapping[str, Any]) -> list[str]:
    """Why something of this creditor is on record and not in this file; each reason once."""
    offer = line["offer"] or {}
    reasons = [one["reason"] for one in line["not_shown"]]
    reasons += [offer["not_shown"]] if offer.get("not_shown") else []
    return [say(NOT_SHOWN, reason, "nl") for reason in dict.fromkeys(reasons)]


def _not_asked(overview: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """Who is missing stands in the list of creditors, without a figure."""
    for one in overview["missing"]["named_not_asked"]:
        cells: list[Cell] = [None] * len(_CREDITORS)
        cells[0], cells[2] = one["name"] or one["identity"], "Genoemd, niet gevraagd"
        yield cells


def _is_about(twice: Mapping[str, Any], creditor_id: str) -> bool:
    return any(debt["creditor"]["id"] == creditor_id for debt in twice["debts"])


def _twice(twice: Mapping[str, Any], creditor_id: str) -> str:
    """For one creditor's line: how much, with whom, and why."""
    others = [debt for debt in twice["debts"] if debt["creditor"]["id"] != creditor_id]
    return f"{amount(twice['at_stake_cents'], 'nl')} met {_claims(others)} ({_evidence(twice)})."


def _claims(debts: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{debt['creditor']['name']}, kenmerk {debt['reference']}" for debt in debts)


def _evidence(twice: Mapping[str, Any]) -> str:
    return ", ".join(say(EVIDENCE, reason, "nl") for reason in twice["evidence"])


def _attention(overview: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """What a person must look at before relying on the totals."""
    for twice in overview["possible_duplicates"]:
        yield ["Mogelijk dubbel", _claims(twice["debts"]), _evidence(twice), _cents(twice["at_stake_cents"])]
    for one in overview["missing"]["named_not_asked"]:
        roles = ", ".join(say(NAMED_AS, role, "nl") for role in one["named_as"])
        by = ", ".join(creditor["name"] for creditor in one["named_by"])
        known_as = f"; kenmerk daar: {', '.join(one['references'])}" if one["references"] else ""
        who = ", ".join(text for text in (one["name"], one["identity"]) if text)
        yield ["Genoemd, niet gevraagd", who, f"{roles}, volgens {by}{known_as}", None]
    states = {line["creditor"]["id"]: say(REQUEST_STATES, line["state"], "nl") for line in overview["creditors"]}
    for creditor in overview["missing"]["no_answer_yet"]:
        yield ["Telt nog niet mee", creditor["name"], states[creditor["id"]], None]
    for line in overview["creditors"]:
        if reasons := _not_shown(line):
            yield ["Is er, en telt niet mee: mag niet getoond", line["creditor"]["name"], " ".join(reasons), None]
    days = overview["statement_days"]
    if days is not None and days["days_apart"]:
        yield ["Peildata lopen uiteen", f"{days['earliest']} tot {days['latest']}", f"{days['days_apart']} dagen", None]
    for chain in overview["transfer_problems"]:
        names = " > ".join(creditor["name"] for creditor in chain["creditors"])
        yield ["Overdracht", names, say(TRANSFER_PROBLEMS, chain["problem"], "nl"), None]


def _changed(line: Mapping[str, Any]) -> Iterator[list[Cell]]:
    for change in line["changes"]:
        yield [line["creditor"]["name"], line["previous_received_at"], say_change(change, "nl")]


def _debts(line: Mapping[str, Any]) -> Iterator[list[Cell]]:
    for debt in line["debts"]:
        yield [
            line["creditor"]["name"],
            debt["reference"],
            debt["description"],
            _word(RANKS, debt["rank"]),
            _yes(debt["transferred"]),
            _cents(debt["total_cents"]),
            _cents(debt["original_cents"]),
            _cents(debt["lapses_cents"]),
            _cents(debt["original_booked_cents"]),
            _cents(debt["lapses_booked_cents"]),
            _yes(line["provisional"]),
        ]


def _totals(overview: Mapping[str, Any]) -> Iterator[list[Cell]]:
    totals = overview["totals"]
    yield ["Stand van", overview["as_of"]]
    yield ["Schuldeisers", str(totals["creditors"])]
    yield ["Beantwoord", str(totals["answered"])]
    yield ["Met een antwoord dat wacht op een mens", str(totals["held"])]
    if totals["not_shown"]:
        yield ["Met een antwoord dat niet getoond mag worden, telt niet mee", str(totals["not_shown"])]
    yield ["Totaal", _cents(totals["total_cents"])]
    yield ["Daarvan mogelijk dubbel", _cents(totals["possibly_twice_cents"])]
    yield ["Oorspronkelijke schuld", _cents(totals["original_cents"])]
    yield ["Vervalt", _cents(totals["lapses_cents"])]
    yield ["Oorspronkelijke schuld, eigen boeking schuldeisers", _cents(totals["original_booked_cents"])]
    yield ["Vervalt, eigen boeking schuldeisers", _cents(totals["lapses_booked_cents"])]
    yield ["Niet uitgesplitst", _cents(totals["not_split_cents"])]
    yield ["Tegoed van de inwoner, niet verrekend", _cents(totals["credit_cents"])]
    for kind, cents in totals["by_component"].items():
        yield [f"Onderdeel: {say(COMPONENTS, kind, 'nl')}", _cents(cents)]
    if totals["not_allocated_cents"]:
        yield ["Betaald of kwijtgescholden, niet aan een onderdeel toegerekend", _cents(totals["not_allocated_cents"])]
    for rank, cents in totals["by_rank"].items():
        yield [f"Rang: {say(RANKS, rank, 'nl')}", _cents(cents)]
    for proposal in overview["proposals"]:
        months, basis = proposal["duration_months"], say(BASES, proposal["basis"], "nl")
        yield [f"Te verdelen in {months} maanden, naar {basis}", _cents(proposal["pool_cents"])]
        yield ["Over voor de inwoner", _cents(proposal["surplus_cents"])]
    if overview["settlement"] is not None:
        settlement = overview["settlement"]
        yield ["Akkoord, aantal voorstellen", f"{settlement['agreed']} van {settlement['offers']}"]
        yield ["Akkoord, vordering", _cents(settlement["agreed_claim_cents"])]
        yield ["Aangeboden", _cents(settlement["offer_cents"])]


def _sheet(workbook: Any, name: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    money = workbook.add_format({"num_format": "#,##0.00"})
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head[:_MOST_TEXT], bold)
        texts = [len(cell) for row in rows for cell in row[column : column + 1] if isinstance(cell, str)]
        sheet.set_column(column, column, min(50, max([14, *texts])))
    for at, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Cents):
                sheet.write_number(at, column, cell / 100, money)
            elif cell is not None:
                sheet.write_string(at, column, cell[:_MOST_TEXT])
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _csv_cell(cell: Cell) -> str:
    """A text that a spreadsheet could take for a formula gets an apostrophe in front; so does one that has one."""
    if isinstance(cell, Cents):
        return f"{'-' if cell < 0 else ''}{abs(cell) // 100},{abs(cell) % 100:02d}"
    text = " ".join((cell or "").splitlines())
    return f"'{text}" if (cell or "").startswith(_FORMULA) or text.lstrip().startswith((*_FORMULA, "'")) else text


def _cents(amount: int | None) -> Cents | None:
    return Cents(amount) if amount is not None else None


def _word(words: Mapping[str, tuple[str, str]], code: str | None) -> str | None:
    return say(words, code, "nl") if code is not None else None


def _reason(problem: Mapping[str, str]) -> str:
    return say(PROBLEMS, problem["code"], "nl") if problem["code"] in PROBLEMS else problem["detail"]


def _yes(holds: bool) -> str | None:
    return "ja" if holds else None
