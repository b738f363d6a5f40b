"""The example bailiff by hand: one walk over the elements, and pydantic v2 for what stands in them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, NotRequired

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from tests.bench.bailiff_form import canonical, cents_of, day_of, outcome_of, parsed, unmapped
from tests.bench.peers import Asked, Peer, Problem, Reading, finished, refused

_Cents = Annotated[int, BeforeValidator(cents_of)]
_Day = Annotated[date, BeforeValidator(day_of)]
_TRIMMED = ConfigDict(str_strip_whitespace=True)


class _Payment(TypedDict):
    cents: _Cents
    paid_on: NotRequired[_Day]
    source: NotRequired[Literal["beslag", "debiteur"]]


class _Seizure(TypedDict):
    __pydantic_config__ = _TRIMMED  # type: ignore[misc]
    kind: Literal["loon", "uitkering", "bank", "roerend"]
    seized_on: NotRequired[_Day]
    holder: NotRequired[str]


class _Dossier(TypedDict):
    __pydantic_config__ = _TRIMMED  # type: ignore[misc]
    reference: str
    client: NotRequired[str]
    description: NotRequired[str]
    arisen_on: NotRequired[_Day]
    rank: NotRequired[Literal["concurrent", "preferent"]]
    total_stated_cents: NotRequired[_Cents]
    principal: NotRequired[_Cents]
    interest: NotRequired[_Cents]
    collection_costs: NotRequired[_Cents]
    court_costs: NotRequired[list[_Cents]]
    enforcement_costs: NotRequired[list[_Cents]]
    title_kind: NotRequired[Literal["vonnis", "dwangbevel", "akte"]]
    title_number: NotRequired[str]
    title_issued_on: NotRequired[_Day]
    title_court: NotRequired[str]
    payments: list[_Payment]
    seizures: list[_Seizure]


class _Reply(TypedDict):
    __pydantic_config__ = _TRIMMED  # type: ignore[misc]
    request_id: NotRequired[str]
    creditor_message_id: NotRequired[str]
    as_of: NotRequired[_Day]
    total_stated_cents: NotRequired[_Cents]
    name: NotRequired[str]
    id_value: NotRequired[str]
    debts: list[_Dossier]


_ADAPTER = TypeAdapter(_Reply)
_PLAIN = {
    "Opdrachtgever": "client", "Omschrijving": "description", "Ontstaan": "arisen_on", "Rang": "rank",
    "Hoofdsom": "principal", "Rente": "interest", "BIK": "collection_costs", "Saldo": "total_stated_cents",
}  # fmt: skip
_HEADER = {"Peildatum": "as_of", "Totaal": "total_stated_cents"}
_CODES = {"literal_error": "unlisted_value", "missing": "missing"}


def _read(raw: bytes, asked: Asked) -> Reading:
    try:
        root = parsed(raw)
    except ValueError as problem:
        return refused(str(problem))
    problems: list[Problem] = []
    values = _values(root, problems)
    try:
        checked: Any = _ADAPTER.validate_python(values)
    except ValidationError as problem:
        _without_misfits(values, problem, problems)
        checked = _ADAPTER.validate_python(values)
    document = canonical(raw, asked, checked)
    document["outcome"] = outcome_of(root)
    problems += finished(document, asked, unmapped(root))
    return Reading(document=document, problems=problems, sources=root)


def _values(root: Any, problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {"debts": []}
    _attributes(root, values, {"verzoek": "request_id", "bericht": "creditor_message_id"})
    for child in root:
        tag = child.tag
        if tag == "Dossier":
            values["debts"].append(_dossier(child, problems))
        elif tag == "Kantoor":
            _attributes(child, values, {"kvk": "id_value"})
            _one(values, "name", child.findtext("Naam"), problems)
        elif tag in _HEADER:
            _one(values, _HEADER[tag], child.text, problems)
    return values


def _dossier(dossier: Any, problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {"payments": [], "seizures": []}
    _attributes(dossier, values, {"nr": "reference"})
    for child in dossier:
        tag = child.tag
        name = _PLAIN.get(tag)
        if name is not None:
            _one(values, name, child.text, problems)
        elif tag == "Betaling":
            values["payments"].append(row := {"cents": child.text or ""})
            _attributes(child, row, {"datum": "paid_on", "via": "source"})
        elif tag in ("Griffierecht", "Proceskosten"):
            values.setdefault("court_costs", []).append(child.text or "")
        elif tag == "Executiekosten":
            values.setdefault("enforcement_costs", []).extend(part.text or "" for part in child)
        elif tag == "Titel":
            _attributes(child, values, {"soort": "title_kind", "nummer": "title_number", "datum": "title_issued_on"})
            _one(values, "title_court", child.findtext("Rechtbank"), problems)
        elif tag == "Beslag":
            values["seizures"].append(row := {"holder": child.text or ""})
            _attributes(child, row, {"soort": "kind", "datum": "seized_on"})
    return values


def _attributes(element: Any, values: dict[str, Any], names: dict[str, str]) -> None:
    for attribute, text in element.items():
        if attribute in names:
            values[names[attribute]] = text


def _one(values: dict[str, Any], name: str, text: str | None, problems: list[Problem]) -> None:
    if text is None or not text.strip():
        return
    if name in values:
        problems.append(("ambiguous", True, name))
    values[name] = text


def _without_misfits(values: Any, problem: ValidationError, problems: list[Problem]) -> None:
    """Takes out what cannot be read, so that the rest is checked all the same."""
    for error in reversed(problem.errors()):
        place = error["loc"]
        code = _CODES.get(error["type"], "not_a_date" if str(place[-1]).endswith("_on") else "not_an_amount")
        problems.append((code, True, ".".join(map(str, place))))
        needed = error["type"] == "missing" or place[-1] in ("cents", "kind")
        inner = values
        for step in place[: -2 if needed else -1]:
            inner = inner[step]
        del inner[place[-2] if needed else place[-1]]


def _rendered(reading: Reading) -> dict[str, list[tuple[str, str]]]:
    """The way of every value, in a second walk written by hand: nothing holds it to the first."""
    assert reading.document is not None
    root, found = reading.sources, dict[str, list[tuple[str, str]]]()
    way = root.getroottree().getpath

    def note(pointer: str, element: Any, *attributes: tuple[str, str]) -> None:
        if element is None:
            return
        if pointer and (element.text or "").strip():
            found.setdefault(pointer, []).append((way(element), element.text))
        for name, place in attributes:
            if name in element.attrib:
                found[place] = [(f"{way(element)}/@{name}", element.get(name))]

    note("", root, ("verzoek", "/request_id"), ("bericht", "/creditor_message_id"))
    note("", root.find("Kantoor"), ("kvk", "/respondent/id_value"))
    note("/respondent/name", root.find("Kantoor/Naam"))
    for tag, name in _HEADER.items():
        note(f"/{name}", root.find(tag))
    for at, dossier in enumerate(root.findall("Dossier")):
        debt = f"/debts/{at}"
        kinds = [component["kind"] for component in reading.document["debts"][at]["components"]]
        note("", dossier, ("nr", f"{debt}/reference"))
        for child in dossier:
            if child.tag in _PLACES:
                note(f"{debt}/{_PLACES[child.tag]}", child)
            elif child.tag in _KINDS:
                note(f"{debt}/components/{kinds.index(_KINDS[child.tag])}/charged_cents", child)
        for part in dossier.iterfind("Executiekosten/Kosten"):
            note(f"{debt}/components/{kinds.index('enforcement_costs')}/charged_cents", part)
        for number, row in enumerate(dossier.iterfind("Betaling")):
            place = f"{debt}/payments/{number}"
            note(f"{place}/cents", row, ("datum", f"{place}/paid_on"), ("via", f"{place}/source"))
        for number, row in enumerate(dossier.iterfind("Beslag")):
            place = f"{debt}/seizures/{number}"
            note(f"{place}/holder", row, ("soort", f"{place}/kind"), ("datum", f"{place}/seized_on"))
        title = f"{debt}/title"
        names = (("soort", f"{title}/kind"), ("nummer", f"{title}/number"), ("datum", f"{title}/issued_on"))
        note("", dossier.find("Titel"), *names)
        note(f"{title}/court", dossier.find("Titel/Rechtbank"))
    return found


_PLACES = {"Opdrachtgever": "original_creditor/name", "Omschrijving": "description", "Ontstaan": "arisen_on",
           "Rang": "rank", "Saldo": "total_stated_cents"}  # fmt: skip
_KINDS = {"Hoofdsom": "principal", "Rente": "interest", "BIK": "collection_costs", "Griffierecht": "court_costs",
          "Proceskosten": "court_costs"}  # fmt: skip

PYDANTIC_XML = Peer(name="by hand on pydantic", read=_read, rendered=_rendered)
