"""The usual stack for JSON: json, jsonschema and jsonpath-ng. Schema and paths are compiled once. Reads FCID-like."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import jsonschema
from jsonpath_ng import DatumInContext
from jsonpath_ng.ext import parse

from tests.bench.peers import AMSTERDAM, Asked, Peer, Reading, begun, finished, present, refused

KINDS = {"ALGEMEEN": "principal", "RENTE": "interest", "ADMINISTRATIEKOSTEN": "admin_costs", "VERHOGING": "increase"}
OBSTACLES = {"WETTELIJK": "legal_bar", "FRAUDE": "bad_faith"}
IMPOSED, PAID, WAIVED = "FinancieleVerplichtingOpgelegd", "BetalingVerwerkt", "FinancieleVerplichtingKwijtgescholden"


def _object(required: Iterable[str] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


_TEXT, _CENTS = {"type": "string", "minLength": 1}, {"type": "integer"}
_EVENT = _object(
    ("gebeurtenis_type", "bedrag"),
    gebeurtenis_type={"enum": [IMPOSED, PAID, WAIVED]}, gebeurtenis_kenmerk=_TEXT, bedrag=_CENTS,
    categorie={"enum": list(KINDS)}, primaire_verplichting={"type": "boolean"}, beschikkingsnummer=_TEXT,
    datumtijd_registratie=_TEXT, datumtijd_opgelegd=_TEXT, datumtijd_verwerkt=_TEXT, datumtijd_kwijtgescholden=_TEXT,
)  # fmt: skip
_MATTER = _object(
    ("zaakkenmerk",), zaakkenmerk=_TEXT, type=_TEXT, saldo=_CENTS, gebeurtenissen={"type": "array", "items": _EVENT}
)
_REPLY = _object(
    ("financiele_zaken",),
    documentversie=_TEXT, document_kenmerk=_TEXT, verzoek_kenmerk=_TEXT, saldo_datumtijd=_TEXT, status=_TEXT, bsn=_TEXT,
    totaal_openstaand=_CENTS, organisatie=_object(naam=_TEXT, oin=_TEXT),
    belemmering=_object(code={"enum": list(OBSTACLES)}, wettelijke_grondslag=_TEXT, toelichting=_TEXT),
    financiele_zaken={"type": "array", "items": _MATTER},
)  # fmt: skip
_VALIDATOR = jsonschema.Draft202012Validator(_REPLY)

_HEADER = {
    "request_id": parse("$.verzoek_kenmerk"),
    "creditor_message_id": parse("$.document_kenmerk"),
    "as_of": parse("$.saldo_datumtijd"),
    "total_stated_cents": parse("$.totaal_openstaand"),
    "creditor/name": parse("$.organisatie.naam"),
    "creditor/id_value": parse("$.organisatie.oin"),
    "obstacle/code": parse("$.belemmering.code"),
    "obstacle/facts/legal_basis": parse("$.belemmering.wettelijke_grondslag"),
    "obstacle/facts/what_happened": parse("$.belemmering.toelichting"),
}
_STATUS, _MATTERS = parse("$.status"), parse("$.financiele_zaken[*]")
_DEBT = {"reference": parse("zaakkenmerk"), "source_type": parse("type"), "total_stated_cents": parse("saldo")}
_OF_TYPE = {kind: parse(f"gebeurtenissen[?gebeurtenis_type == '{kind}']") for kind in (IMPOSED, PAID, WAIVED)}
_CATEGORY, _AMOUNT, _FIRST = parse("categorie"), parse("bedrag"), parse("primaire_verplichting")
_ON = {IMPOSED: parse("datumtijd_opgelegd"), PAID: parse("datumtijd_verwerkt"),
       WAIVED: parse("datumtijd_kwijtgescholden")}  # fmt: skip

Sources = dict[str, list[DatumInContext]]


def _read(raw: bytes, asked: Asked) -> Reading:
    try:
        reply = json.loads(raw, object_pairs_hook=members, parse_constant=no_constant)
    except JsonTwice:
        return refused("duplicate_name")
    except ValueError:
        return refused("not_json")
    unknown: list[tuple[int | None, str]] = []
    document, sources = begun(raw, asked), Sources()
    for error in _VALIDATOR.iter_errors(reply):
        place = error.absolute_path
        if error.validator not in ("additionalProperties", "enum"):
            return Reading(document=document, problems=[("not_as_agreed", True, error.json_path)])
        unknown.append((place[1] if len(place) > 1 and place[0] == "financiele_zaken" else None, error.json_path))
    _header(reply, document, sources)
    document["debts"] = [
        _debt(matter, f"/debts/{at}", sources) for at, matter in enumerate(_MATTERS.find(reply))
    ]  # fmt: skip
    status = _STATUS.find(reply)
    unlisted = not document["debts"] and not status
    document["outcome"] = (
        "client_unknown" if status and status[0].value == "ONBEKEND" else "nil" if unlisted else "statement"
    )
    return Reading(document=document, problems=finished(document, asked, unknown), sources=sources)


def _header(reply: Any, document: dict[str, Any], sources: Sources) -> None:
    values: dict[str, Any] = {}
    for name, path in _HEADER.items():
        hits = path.find(reply)
        if hits:
            sources[f"/{name}"] = hits
            values[name] = hits[0].value
    if "as_of" in values:
        values["as_of"] = _day(values["as_of"])
    facts = {name.rpartition("/")[2]: values.pop(name) for name in [*values] if name.startswith("obstacle/facts/")}
    if "obstacle/code" in values:
        document["obstacle"] = {"code": OBSTACLES[values.pop("obstacle/code")], "facts": facts}
    name, number = values.pop("creditor/name", None), values.pop("creditor/id_value", None)
    if name is not None or number is not None:
        document["creditor"] = present({"name": name, "id_kind": number and "oin", "id_value": number})
    document.update(values)


def _debt(matter: DatumInContext, at: str, sources: Sources) -> dict[str, Any]:
    debt: dict[str, Any] = {"rank": "unknown", "seizures": [], "urgencies": []}
    for name, path in _DEBT.items():
        hits = path.find(matter)
        if hits:
            sources[f"{at}/{name}"] = hits
            debt[name] = hits[0].value
    charged: dict[str, list[DatumInContext]] = {}
    for event in _OF_TYPE[IMPOSED].find(matter):
        for category in _CATEGORY.find(event):
            charged.setdefault(KINDS.get(category.value, ""), []).extend(_AMOUNT.find(event))
        if "arisen_on" not in debt and any(first.value for first in _FIRST.find(event)):
            days = sources[f"{at}/arisen_on"] = _ON[IMPOSED].find(event)
            debt["arisen_on"] = _day(days[0].value)
    components = debt["components"] = []
    for kind in KINDS.values():
        if kind in charged:
            sources[f"{at}/components/{len(components)}/charged_cents"] = charged[kind]
            components.append({"kind": kind, "charged_cents": sum(amount.value for amount in charged[kind])})
    debt["payments"] = [
        {**_row(PAID, event, f"{at}/payments/{number}", "paid_on", sources), "source": "resident"}
        for number, event in enumerate(_OF_TYPE[PAID].find(matter))
    ]
    debt["waivers"] = []
    for number, event in enumerate(_OF_TYPE[WAIVED].find(matter)):
        row = _row(WAIVED, event, f"{at}/waivers/{number}", "waived_on", sources)
        hits = _CATEGORY.find(event)
        if hits:
            sources[f"{at}/waivers/{number}/component"] = hits
            row["component"] = KINDS.get(hits[0].value)
        debt["waivers"].append(row)
    return debt


def _row(kind: str, event: DatumInContext, at: str, day: str, sources: Sources) -> dict[str, Any]:
    amounts, days = _AMOUNT.find(event), _ON[kind].find(event)
    sources[f"{at}/cents"] = amounts
    row = {"cents": amounts[0].value}
    if days:
        sources[f"{at}/{day}"] = days
        row[day] = _day(days[0].value)
    return row


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(AMSTERDAM).date()


class JsonTwice(ValueError):
    """A name stands twice in one object."""


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object_pairs_hook that refuses a name that stands twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonTwice
    return members


def no_constant(_: str) -> Any:
    """A parse_constant that refuses NaN and Infinity."""
    raise ValueError


def _rendered(reading: Reading) -> dict[str, list[tuple[str, str]]]:
    return {
        pointer: [(f"$.{hit.full_path}", str(hit.value)) for hit in hits] for pointer, hits in reading.sources.items()
    }


JSONPATH = Peer(name="json + jsonpath-ng + jsonschema", read=_read, rendered=_rendered)
