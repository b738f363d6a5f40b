"""What people usually put together for this: a generic stack per format, reading the same fields. Here to compare."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

import jsonpath
import jsonschema
from lxml import etree
from marshmallow import Schema, fields

_IMPOSED = "FinancieleVerplichtingOpgelegd"
_MATTER = {
    "type": "object",
    "required": ["zaakkenmerk", "saldo", "gebeurtenissen"],
    "properties": {
        "zaakkenmerk": {"type": "string"},
        "type": {"type": "string"},
        "saldo": {"type": "integer"},
        "gebeurtenissen": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["gebeurtenis_type", "bedrag"],
                "properties": {"gebeurtenis_type": {"type": "string"}, "bedrag": {"type": "integer"}},
            },
        },
    },
}
_REPLY = {
    "type": "object",
    "required": ["verzoek_kenmerk", "financiele_zaken"],
    "properties": {"financiele_zaken": {"type": "array", "items": _MATTER}, "totaal_openstaand": {"type": "integer"}},
}


@cache
def _json_paths() -> dict[str, Any]:
    def imposed(category: str) -> str:
        return f"$.gebeurtenissen[?@.gebeurtenis_type=='{_IMPOSED}' && @.categorie=='{category}'].bedrag"

    return {
        name: jsonpath.compile(path)
        for name, path in {
            "reference": "$.zaakkenmerk",
            "type": "$.type",
            "total": "$.saldo",
            "arisen": f"$.gebeurtenissen[?@.gebeurtenis_type=='{_IMPOSED}'].datumtijd_opgelegd",
            "principal": imposed("ALGEMEEN"),
            "interest": imposed("RENTE"),
            "costs": imposed("ADMINISTRATIEKOSTEN"),
            "increase": imposed("VERHOGING"),
            "paid": "$.gebeurtenissen[?@.gebeurtenis_type=='BetalingVerwerkt'].bedrag",
        }.items()
    }


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(_REPLY)


def generic_fcid(raw: bytes) -> int:
    """json + JSON Schema + one compiled JSONPath per field; returns how many debts add up."""
    reply = json.loads(raw)
    _validator().validate(reply)
    good = 0
    for matter in reply["financiele_zaken"]:
        found = {name: path.findall(matter) for name, path in _json_paths().items()}
        owed = sum(sum(found[name]) for name in ("principal", "interest", "costs", "increase")) - sum(found["paid"])
        good += owed == found["total"][0]
    return good


class _Dossier(Schema):
    nr = fields.String(required=True)
    opdrachtgever = fields.String(allow_none=True)
    omschrijving = fields.String(allow_none=True)
    ontstaan = fields.Date(format="%d-%m-%Y")
    rang = fields.String()
    hoofdsom = fields.Decimal()
    rente = fields.Decimal()
    bik = fields.Decimal()
    betaald = fields.Decimal()
    saldo = fields.Decimal()


_MONEY = ("hoofdsom", "rente", "bik", "betaald", "saldo")


@cache
def _xpaths() -> tuple[dict[str, Any], Schema]:
    paths = {
        "nr": "string(@nr)", "opdrachtgever": "string(Opdrachtgever)", "omschrijving": "string(Omschrijving)",
        "ontstaan": "string(Ontstaan)", "rang": "string(Rang)", "hoofdsom": "string(Hoofdsom)", "rente": "string(Rente)",
        "bik": "string(BIK)", "betaald": "string(Betaling)", "saldo": "string(Saldo)",
    }  # fmt: skip
    return {name: etree.XPath(path) for name, path in paths.items()}, _Dossier()


def generic_bailiff(raw: bytes) -> int:
    """lxml + one compiled XPath per field per debt + marshmallow; returns how many debts add up."""
    paths, schema = _xpaths()
    good = 0
    for dossier in etree.fromstring(raw).findall("Dossier"):
        found = {name: str(path(dossier)) for name, path in paths.items()}
        for name in _MONEY:
            found[name] = found[name].replace(".", "").replace(",", ".") or "0"
        debt = schema.load(found)
        owed: Decimal = debt["hoofdsom"] + debt["rente"] + debt["bik"] - debt["betaald"]
        good += owed == debt["saldo"]
    return good
