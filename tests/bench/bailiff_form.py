"""What both XML peers know of the example bailiff's format: its codes, its notation, its elements."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from lxml import etree

from tests.bench.peers import Asked, begun, present

RANKS = {"concurrent": "ordinary", "preferent": "preferential"}
TITLES = {"vonnis": "judgment", "dwangbevel": "writ", "akte": "notarial_deed"}
SEIZURES = {"loon": "wage", "uitkering": "benefit", "bank": "bank", "roerend": "goods"}
PAID_BY = {"beslag": "seizure", "debiteur": "resident"}
KNOWN = {
    "Saldoopgave": {"@verzoek", "@bericht", "Kantoor", "Peildatum", "Totaal", "Dossier", "GeenDossier", "Voldaan"},
    "Kantoor": {"@kvk", "Naam", "Telefoon"},
    "Dossier": {"@nr", "Opdrachtgever", "Omschrijving", "Ontstaan", "Rang", "Hoofdsom", "Rente", "BIK", "Griffierecht",
                "Proceskosten", "Executiekosten", "Titel", "Beslag", "Betaling", "Saldo", "Behandelaar",
                "Medeschuldenaar"},
    "Executiekosten": {"Kosten"}, "Kosten": {"@soort"}, "Titel": {"@soort", "@nummer", "@datum", "Rechtbank"},
    "Beslag": {"@soort", "@datum"}, "Betaling": {"@datum", "@via"},
}  # fmt: skip
_COMMA = re.compile(r"(-?)([0-9]{1,10}|[0-9]{1,3}(?:\.[0-9]{3})+),([0-9]{2}|-)")
_DAY = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")


def cents_of(text: str) -> int:
    """1.250,00 and 218,- in cents; ValueError for anything else."""
    match = _COMMA.fullmatch(text.strip())
    if match is None:
        raise ValueError("not an amount")
    minus, whole, rest = match.groups()
    cents = int(whole.replace(".", "")) * 100 + (0 if rest == "-" else int(rest))
    return -cents if minus else cents


def day_of(text: str) -> date:
    """15-02-2026; ValueError for anything else."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a day")
    return date(int(match[3]), int(match[2]), int(match[1]))


def parsed(raw: bytes) -> Any:
    """
    The root element, read without entities, network or DTD.

    Raises:
        ValueError: "not_xml" or "doctype".
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        raise ValueError("not_xml") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("doctype")
    return root


def unmapped(root: Any) -> list[tuple[int | None, str]]:
    """Every element and attribute that the format does not have, with the number of its debt."""
    found: list[tuple[int | None, str]] = []
    for element in root.iter():
        if not len(element) and not element.attrib:
            continue  # most hold a text alone
        known = KNOWN.get(element.tag, _NOTHING)
        strange = [child.tag for child in element if child.tag not in known]
        strange += [f"@{name}" for name in element.attrib if f"@{name}" not in known]
        if strange and element.tag not in ("Telefoon", "Behandelaar", "Medeschuldenaar"):
            dossier = element if element.tag == "Dossier" else next(element.iterancestors("Dossier"), None)
            debt = None if dossier is None else root.findall("Dossier").index(dossier)
            found += [(debt, name) for name in strange]
    return found


_NOTHING: frozenset[str] = frozenset()


def outcome_of(root: Any) -> str:
    """By the element that says so; a statement otherwise."""
    if root.find("GeenDossier") is not None:
        return "client_unknown"
    return "nil" if root.find("Voldaan") is not None else "statement"


def canonical(raw: bytes, asked: Asked, values: dict[str, Any]) -> dict[str, Any]:
    """The canonical document but for its outcome, from values that were converted and checked one by one."""
    document = begun(raw, asked)
    for name in ("request_id", "creditor_message_id", "as_of", "total_stated_cents"):
        if name in values:
            document[name] = values[name]
    if "name" in values or "id_value" in values:
        number = values.get("id_value")
        party = {"name": values.get("name"), "id_kind": number and "kvk", "id_value": number, "role": "bailiff"}
        document["respondent"] = present(party)
    document["debts"] = [_debt(debt) for debt in values.get("debts", ()) if "reference" in debt]
    return document


def _debt(values: dict[str, Any]) -> dict[str, Any]:
    debt = {name: values[name] for name in _AS_THEY_ARE if name in values}
    debt["rank"] = RANKS[values["rank"]] if "rank" in values else "unknown"
    if "client" in values:
        debt["original_creditor"] = {"name": values["client"]}
    title = {name: values[f"title_{name}"] for name in TITLE if f"title_{name}" in values}
    if "kind" in title:
        debt["title"] = {**title, "kind": TITLES[title["kind"]]}
    debt["components"] = [
        {"kind": kind, "charged_cents": amount if type(amount) is int else sum(amount)}
        for kind in COMPONENTS
        if (amount := values.get(kind)) is not None
    ]
    debt["payments"] = [
        {**row, "source": PAID_BY[row.get("source", "debiteur")]} for row in values["payments"] if "cents" in row
    ]
    debt["seizures"] = [{**row, "kind": SEIZURES[row["kind"]]} for row in values["seizures"] if "kind" in row]
    debt["waivers"], debt["urgencies"] = [], []
    return debt


TITLE = ("kind", "number", "issued_on", "court")
COMPONENTS = ("principal", "interest", "collection_costs", "court_costs", "enforcement_costs")
_AS_THEY_ARE = ("reference", "description", "arisen_on", "total_stated_cents")
