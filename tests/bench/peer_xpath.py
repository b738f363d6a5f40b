"""The usual stack for XML: lxml with a compiled XPath per field, and marshmallow. Reads the example bailiff."""

from __future__ import annotations

from datetime import date
from typing import Any

from lxml import etree
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from tests.bench.bailiff_form import (
    COMPONENTS,
    PAID_BY,
    RANKS,
    SEIZURES,
    TITLES,
    canonical,
    cents_of,
    day_of,
    outcome_of,
    parsed,
    unmapped,
)  # fmt: skip
from tests.bench.peers import Asked, Peer, Problem, Reading, finished, refused


class _Cents(fields.Field[int]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        try:
            return cents_of(value)
        except ValueError as problem:
            raise ValidationError("not_an_amount") from problem


class _Day(fields.Field[date]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            return day_of(value)
        except ValueError as problem:
            raise ValidationError("not_a_date") from problem


class _Code(fields.String):
    def __init__(self, table: dict[str, str]) -> None:
        super().__init__(validate=validate.OneOf(list(table), error="unlisted_value"))


class _Row(Schema):
    class Meta:
        unknown = RAISE


class _Payment(_Row):
    cents = _Cents(required=True)
    paid_on = _Day()
    source = _Code(PAID_BY)


class _Seizure(_Row):
    kind = _Code(SEIZURES)
    seized_on = _Day()
    holder = fields.String()


class _Dossier(_Row):
    reference = fields.String(required=True)
    client = fields.String()
    description = fields.String()
    arisen_on = _Day()
    rank = _Code(RANKS)
    total_stated_cents = _Cents()
    principal = _Cents()
    interest = _Cents()
    collection_costs = _Cents()
    court_costs = fields.List(_Cents())
    enforcement_costs = fields.List(_Cents())
    title_kind = _Code(TITLES)
    title_number = fields.String()
    title_issued_on = _Day()
    title_court = fields.String()
    payments = fields.List(fields.Nested(_Payment))
    seizures = fields.List(fields.Nested(_Seizure))


class _Reply(_Row):
    request_id = fields.String()
    creditor_message_id = fields.String()
    as_of = _Day()
    total_stated_cents = _Cents()
    name = fields.String()
    id_value = fields.String()
    debts = fields.List(fields.Nested(_Dossier))


_REPLY = _Reply()


def _paths(**paths: str) -> dict[str, Any]:
    return {name: etree.XPath(path) for name, path in paths.items()}


_HEADER = _paths(
    request_id="@verzoek", creditor_message_id="@bericht", as_of="Peildatum", total_stated_cents="Totaal",
    name="Kantoor/Naam", id_value="Kantoor/@kvk",
)  # fmt: skip
_FIELDS = _paths(
    reference="@nr", client="Opdrachtgever", description="Omschrijving", arisen_on="Ontstaan", rank="Rang",
    total_stated_cents="Saldo", principal="Hoofdsom", interest="Rente", collection_costs="BIK",
    title_kind="Titel/@soort", title_number="Titel/@nummer", title_issued_on="Titel/@datum",
    title_court="Titel/Rechtbank",
)  # fmt: skip
_SUMS = _paths(court_costs="Griffierecht | Proceskosten", enforcement_costs="Executiekosten/Kosten")
_ROWS = _paths(payments="Betaling", seizures="Beslag")
_IN_ROW = {
    "payments": _paths(cents=".", paid_on="@datum", source="@via"),
    "seizures": _paths(kind="@soort", seized_on="@datum", holder="."),
}
Sources = dict[str, list[Any]]


def _read(raw: bytes, asked: Asked) -> Reading:
    try:
        root = parsed(raw)
    except ValueError as problem:
        return refused(str(problem))
    sources, problems = Sources(), list[Problem]()
    found = _one_each(_HEADER, root, "", sources, problems)
    dossiers = root.findall("Dossier")
    found["debts"] = [_debt(dossier, f"/debts/{at}", sources, problems) for at, dossier in enumerate(dossiers)]
    try:
        values = _REPLY.load(found)
    except ValidationError as problem:
        values = problem.valid_data
        problems += [(code, True, "") for code in _codes(problem.messages)]
    document = canonical(raw, asked, values)
    document["outcome"] = outcome_of(root)
    problems += finished(document, asked, unmapped(root))
    return Reading(document=document, problems=problems, sources=sources)


def _codes(messages: Any) -> list[str]:
    """What marshmallow says, however deep it stands."""
    if isinstance(messages, str):
        return ["missing" if messages.startswith("Missing") else messages]
    parts = messages.values() if isinstance(messages, dict) else messages
    return [code for part in parts for code in _codes(part)]


def _one_each(
    paths: dict[str, Any], element: Any, at: str, sources: Sources, problems: list[Problem]
) -> dict[str, Any]:
    values = {}
    for name, path in paths.items():
        hits = path(element)
        if len(hits) == 1:
            text = hits[0] if type(hits[0]) is not etree._Element else hits[0].text or ""
            if text.strip():
                sources[f"{at}/{name}"] = hits
                values[name] = str(text.strip())
        elif hits:
            problems.append(("ambiguous", True, f"{at}/{name}"))
    return values


def _debt(dossier: Any, at: str, sources: Sources, problems: list[Problem]) -> dict[str, Any]:
    values = _one_each(_FIELDS, dossier, at, sources, problems)
    for name, path in _SUMS.items():
        hits = path(dossier)
        if hits:
            sources[f"{at}/{name}"] = hits
            values[name] = [hit.text or "" for hit in hits]
    for name, path in _ROWS.items():
        values[name] = [
            _one_each(_IN_ROW[name], row, f"{at}/{name}/{number}", sources, problems)
            for number, row in enumerate(path(dossier))
        ]
    return values


def _rendered(reading: Reading) -> dict[str, list[tuple[str, str]]]:
    assert reading.document is not None
    found = {}
    for place, hits in reading.sources.items():
        *before, name = place.split("/")
        if name in COMPONENTS:
            kinds = [part["kind"] for part in reading.document["debts"][int(before[2])]["components"]]
            name = f"components/{kinds.index(name)}/charged_cents"
        elif len(before) == 1 and name in ("name", "id_value"):
            name = f"respondent/{name}"
        found["/".join((*before, _PLACES.get(name, name)))] = [_source(hit) for hit in hits]
    return found


_PLACES = {"client": "original_creditor/name", "title_kind": "title/kind", "title_number": "title/number",
           "title_issued_on": "title/issued_on", "title_court": "title/court"}  # fmt: skip


def _source(hit: Any) -> tuple[str, str]:
    if isinstance(hit, str):
        owner = hit.getparent()  # type: ignore[attr-defined]
        return f"{owner.getroottree().getpath(owner)}/@{hit.attrname}", str(hit)  # type: ignore[attr-defined]
    return hit.getroottree().getpath(hit), hit.text or ""


XPATH = Peer(name="lxml, an XPath per field + marshmallow", read=_read, rendered=_rendered)
