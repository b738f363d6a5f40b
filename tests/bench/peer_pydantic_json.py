"""FCID-like by hand on pydantic v2. Its typed dicts are quicker than its models, so those are used."""

from __future__ import annotations

import json
from typing import Any, Literal, NotRequired

from pydantic import AwareDatetime, ConfigDict, StrictBool, StrictInt, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from tests.bench.peer_jsonpath import IMPOSED, KINDS, OBSTACLES, PAID, JsonTwice, members, no_constant
from tests.bench.peers import AMSTERDAM, Asked, Peer, Reading, begun, finished, present, refused

_STRICT = ConfigDict(extra="forbid", str_min_length=1)
_Category = Literal["ALGEMEEN", "RENTE", "ADMINISTRATIEKOSTEN", "VERHOGING"]


class _Event(TypedDict):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    gebeurtenis_type: Literal[
        "FinancieleVerplichtingOpgelegd", "BetalingVerwerkt", "FinancieleVerplichtingKwijtgescholden"
    ]
    bedrag: StrictInt
    categorie: NotRequired[_Category]
    primaire_verplichting: NotRequired[StrictBool]
    datumtijd_opgelegd: NotRequired[AwareDatetime]
    datumtijd_verwerkt: NotRequired[AwareDatetime]
    datumtijd_kwijtgescholden: NotRequired[AwareDatetime]
    datumtijd_registratie: NotRequired[str]
    gebeurtenis_kenmerk: NotRequired[str]
    beschikkingsnummer: NotRequired[str]


class _Matter(TypedDict):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    zaakkenmerk: str
    type: NotRequired[str]
    saldo: NotRequired[StrictInt]
    gebeurtenissen: list[_Event]


class _Organisation(TypedDict):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    naam: NotRequired[str]
    oin: NotRequired[str]


class _Obstacle(TypedDict):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    code: Literal["WETTELIJK", "FRAUDE"]
    wettelijke_grondslag: NotRequired[str]
    toelichting: NotRequired[str]


class _Reply(TypedDict):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    financiele_zaken: list[_Matter]
    verzoek_kenmerk: NotRequired[str]
    document_kenmerk: NotRequired[str]
    saldo_datumtijd: NotRequired[AwareDatetime]
    totaal_openstaand: NotRequired[StrictInt]
    organisatie: NotRequired[_Organisation]
    belemmering: NotRequired[_Obstacle]
    status: NotRequired[str]
    documentversie: NotRequired[str]
    bsn: NotRequired[str]


_ADAPTER = TypeAdapter(_Reply)


def _read(raw: bytes, asked: Asked) -> Reading:
    try:
        reply = json.loads(raw, object_pairs_hook=members, parse_constant=no_constant)
    except JsonTwice:
        return refused("duplicate_name")
    except ValueError:
        return refused("not_json")
    document, unknown = begun(raw, asked), list[tuple[int | None, str]]()
    try:
        checked = _ADAPTER.validate_python(reply)
    except ValidationError as problem:
        if not _without_what_is_unknown(reply, problem, unknown):
            return Reading(document=document, problems=[("not_as_agreed", True, "")])
        checked = _ADAPTER.validate_python(reply)
    _fill(document, checked)
    return Reading(document=document, problems=finished(document, asked, unknown), sources=reply)


def _without_what_is_unknown(reply: Any, problem: ValidationError, unknown: list[tuple[int | None, str]]) -> bool:
    """Takes what the format does not have out of *reply*; False when something else is wrong as well."""
    places = set()
    for error in problem.errors():
        place = error["loc"]
        if error["type"] == "extra_forbidden":
            places.add(place)
        elif error["type"] == "literal_error" and "gebeurtenissen" in place:
            places.add(place[:-1])  # an event of a kind that is not known
        else:
            return False
    for place in sorted(places, key=str, reverse=True):
        inner = reply
        for step in place[:-1]:
            inner = inner[step]
        del inner[place[-1]]
        inside = len(place) > 2 and place[0] == "financiele_zaken"
        unknown.append((int(place[1]) if inside else None, ".".join(map(str, place))))
    return True


def _fill(document: dict[str, Any], reply: _Reply) -> None:
    day = reply.get("saldo_datumtijd")
    document.update(
        present(
            {
                "request_id": reply.get("verzoek_kenmerk"),
                "creditor_message_id": reply.get("document_kenmerk"),
                "as_of": None if day is None else day.astimezone(AMSTERDAM).date(),
                "total_stated_cents": reply.get("totaal_openstaand"),
            }
        )
    )
    if party := reply.get("organisatie"):
        number = party.get("oin")
        document["creditor"] = present({"name": party.get("naam"), "id_kind": number and "oin", "id_value": number})
    if obstacle := reply.get("belemmering"):
        facts = {"legal_basis": obstacle.get("wettelijke_grondslag"), "what_happened": obstacle.get("toelichting")}
        document["obstacle"] = {"code": OBSTACLES[obstacle["code"]], "facts": present(facts)}
    document["debts"] = debts = [_debt(matter) for matter in reply["financiele_zaken"]]
    unknown = reply.get("status") == "ONBEKEND"
    document["outcome"] = "client_unknown" if unknown else "statement" if debts else "nil"


def _debt(matter: _Matter) -> dict[str, Any]:
    charged: dict[str, int] = {}
    payments, waivers, debt = list[Any](), list[Any](), dict[str, Any](reference=matter["zaakkenmerk"], rank="unknown")
    for event in matter["gebeurtenissen"]:
        kind, category = event["gebeurtenis_type"], event.get("categorie")
        if kind == IMPOSED:
            if category is not None:
                charged[category] = charged.get(category, 0) + event["bedrag"]
            if event.get("primaire_verplichting") and "arisen_on" not in debt and "datumtijd_opgelegd" in event:
                debt["arisen_on"] = event["datumtijd_opgelegd"].astimezone(AMSTERDAM).date()
        elif kind == PAID:
            payments.append(row := {"cents": event["bedrag"], "source": "resident"})
            if "datumtijd_verwerkt" in event:
                row["paid_on"] = event["datumtijd_verwerkt"].astimezone(AMSTERDAM).date()
        else:
            waivers.append(row := {"cents": event["bedrag"]})
            if category is not None:
                row["component"] = KINDS[category]
            if "datumtijd_kwijtgescholden" in event:
                row["waived_on"] = event["datumtijd_kwijtgescholden"].astimezone(AMSTERDAM).date()
    if "type" in matter:
        debt["source_type"] = matter["type"]
    if "saldo" in matter:
        debt["total_stated_cents"] = matter["saldo"]
    debt["components"] = [{"kind": KINDS[name], "charged_cents": charged[name]} for name in KINDS if name in charged]
    debt["payments"], debt["waivers"], debt["seizures"], debt["urgencies"] = payments, waivers, [], []
    return debt


def _rendered(reading: Reading) -> dict[str, list[tuple[str, str]]]:
    """The way of every value, written out by hand a second time: nothing holds it to the code above."""
    reply: Any = reading.sources
    found: dict[str, list[tuple[str, str]]] = {}

    def note(pointer: str, inside: Any, path: str, name: str) -> None:
        if name in inside:
            found.setdefault(pointer, []).append((f"{path}.{name}", str(inside[name])))

    for inside, pointer, name in (
        (reply, "/request_id", "verzoek_kenmerk"), (reply, "/creditor_message_id", "document_kenmerk"),
        (reply, "/as_of", "saldo_datumtijd"), (reply, "/total_stated_cents", "totaal_openstaand"),
    ):  # fmt: skip
        note(pointer, inside, "$", name)
    note("/creditor/name", reply.get("organisatie", {}), "$.organisatie", "naam")
    note("/creditor/id_value", reply.get("organisatie", {}), "$.organisatie", "oin")
    obstacle = reply.get("belemmering", {})
    note("/obstacle/code", obstacle, "$.belemmering", "code")
    note("/obstacle/facts/legal_basis", obstacle, "$.belemmering", "wettelijke_grondslag")
    note("/obstacle/facts/what_happened", obstacle, "$.belemmering", "toelichting")
    for at, matter in enumerate(reply["financiele_zaken"]):
        debt, path = f"/debts/{at}", f"$.financiele_zaken[{at}]"
        note(f"{debt}/reference", matter, path, "zaakkenmerk")
        note(f"{debt}/source_type", matter, path, "type")
        note(f"{debt}/total_stated_cents", matter, path, "saldo")
        charged = {event.get("categorie") for event in matter["gebeurtenissen"] if event["gebeurtenis_type"] == IMPOSED}
        kinds = [name for name in KINDS if name in charged]
        payments = waivers = 0
        for number, event in enumerate(matter["gebeurtenissen"]):
            place, kind, category = (
                f"{path}.gebeurtenissen[{number}]",
                event["gebeurtenis_type"],
                event.get("categorie"),
            )
            if kind == IMPOSED:
                if category is not None:
                    note(f"{debt}/components/{kinds.index(category)}/charged_cents", event, place, "bedrag")
                if event.get("primaire_verplichting") and f"{debt}/arisen_on" not in found:
                    note(f"{debt}/arisen_on", event, place, "datumtijd_opgelegd")
            elif kind == PAID:
                note(f"{debt}/payments/{payments}/cents", event, place, "bedrag")
                note(f"{debt}/payments/{payments}/paid_on", event, place, "datumtijd_verwerkt")
                payments += 1
            else:
                note(f"{debt}/waivers/{waivers}/cents", event, place, "bedrag")
                note(f"{debt}/waivers/{waivers}/waived_on", event, place, "datumtijd_kwijtgescholden")
                note(f"{debt}/waivers/{waivers}/component", event, place, "categorie")
                waivers += 1
    return found


PYDANTIC_JSON = Peer(name="by hand on pydantic", read=_read, rendered=_rendered)
