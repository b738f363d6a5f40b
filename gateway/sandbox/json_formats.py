"""A statement in the four JSON formats, the way a creditor's own system would write it."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

from gateway.domain.correspondence import Party
from gateway.sandbox.behaviours import Content, SandboxDebt
from gateway.sandbox.plans import AMSTERDAM
from gateway.sandbox.reply import Reply, dutch_date, with_comma, with_point

_FCID_CATEGORIES = {
    "principal": "ALGEMEEN",
    "interest": "RENTE",
    "admin_costs": "ADMINISTRATIEKOSTEN",
    "increase": "VERHOGING",
}


def fcid_like(reply: Reply) -> bytes:
    """Central government: events in whole cents, grouped in cases; no total per kind."""
    document: dict[str, Any] = {
        "documentversie": "3.0.0-like",
        "document_kenmerk": reply.message_id,
        "verzoek_kenmerk": reply.request_id,
        "organisatie": {"naam": reply.profile.name, "oin": reply.profile.id_value},
        "saldo_datumtijd": reply.now.astimezone(AMSTERDAM).isoformat(timespec="seconds"),
    }
    if reply.content is Content.CLIENT_UNKNOWN:
        return _bytes(document | {"status": "ONBEKEND", "financiele_zaken": []})
    cases = [
        {
            "zaakkenmerk": debt.reference,
            "type": "boete_verkeer",
            "saldo": reply.stated(debt),
            "gebeurtenissen": [*_imposed(debt), *_paid(debt)],
        }
        for debt in reply.debts
    ]
    return _bytes(document | {"totaal_openstaand": reply.stated_total, "financiele_zaken": cases})


def agency_json(reply: Reply) -> bytes:
    """A collection agency: amounts such as "EUR 389,90", J and N, an original creditor per file."""
    profile = reply.profile
    answer: dict[str, Any] = {
        "berichtId": reply.message_id,
        "kenmerkVerzoek": reply.request_id,
        "bureau": {"naam": profile.name, "kvk": profile.id_value},
        "behandelaar": "Team Minnelijk",
    }
    if reply.content is Content.CLIENT_UNKNOWN:
        return _bytes({"antwoord": answer | {"resultaat": "ONBEKEND"}})
    answer |= {
        "resultaat": "GEVONDEN",
        "peildatum": dutch_date(reply.as_of),
        "totaal": f"EUR {with_comma(reply.stated_total)}",
        "dossiers": [_agency_file(reply, debt) for debt in reply.debts],
    }
    return _bytes({"antwoord": answer})


def bare_list(reply: Reply) -> bytes:
    """A small creditor: one amount in euros per debt, nothing split, nothing added up."""
    document: dict[str, Any] = {"correlationId": reply.request_id, "date": reply.as_of.isoformat()}
    if reply.content is Content.CLIENT_UNKNOWN:
        return _bytes(document | {"error": "customer_not_found"})
    debts = [
        {
            "chargeReference": debt.reference,
            "chargeDescription": debt.description,
            "chargeAmount": _Euros(reply.stated(debt)),
            "chargeCreationDate": debt.arisen_on.isoformat(),
        }
        for debt in reply.debts
    ]
    return _bytes(document | {"debts": debts})


def gateway_json(reply: Reply) -> bytes:
    """The gateway's own form."""
    return _bytes(canonical(reply))


def canonical(reply: Reply) -> dict[str, Any]:
    """The words of the gateway's own form, for JSON and XML alike."""
    profile = reply.profile
    document: dict[str, Any] = {
        "schema_version": "1.0",
        "request_id": reply.request_id,
        "creditor_message_id": reply.message_id,
        "outcome": "statement",
        "as_of": reply.as_of.isoformat(),
        "currency": "EUR",
        "creditor": _party(profile.acts_for or profile.party),
    }
    if reply.content is Content.CLIENT_UNKNOWN:
        return document | {"outcome": "client_unknown"}
    if reply.content is Content.TRANSFERRED and profile.sold_to is not None:
        holder = _party(profile.sold_to) | {"kind": "sale"}
        return document | {"outcome": "transferred", "transferred_to": holder}
    debts = [_canonical_debt(reply, debt) for debt in reply.debts]
    return document | {"total_stated_cents": reply.stated_total, "debts": debts}


class _Euros(float):
    """A JSON number with two decimals, exactly as an amount in cents says it."""

    def __new__(cls, cents: int) -> _Euros:
        return super().__new__(cls, with_point(cents))

    def __repr__(self) -> str:
        return f"{float(self):.2f}"


def _imposed(debt: SandboxDebt) -> list[dict[str, Any]]:
    return [
        {
            "gebeurtenis_type": "FinancieleVerplichtingOpgelegd",
            "gebeurtenis_kenmerk": f"{debt.reference}-{number}",
            "datumtijd_opgelegd": _midnight(debt.arisen_on),
            "primaire_verplichting": number == 1,
            "categorie": _FCID_CATEGORIES[kind],
            "bedrag": cents,
        }
        for number, (kind, cents) in enumerate(debt.components, start=1)
    ]


def _paid(debt: SandboxDebt) -> list[dict[str, Any]]:
    return [
        {
            "gebeurtenis_type": "BetalingVerwerkt",
            "gebeurtenis_kenmerk": f"{debt.reference}-b{number}",
            "datumtijd_verwerkt": _midnight(payment.on),
            "bedrag": payment.cents,
        }
        for number, payment in enumerate(debt.payments, start=1)
    ]


def _agency_file(reply: Reply, debt: SandboxDebt) -> dict[str, Any]:
    client = debt.original_creditor or reply.profile.acts_for or reply.profile.party
    return {
        "dossiernummer": debt.reference,
        "omschrijving": debt.description,
        "interneCode": "IC-7",
        "opdrachtgever": {"naam": client.name, "kvk": client.id_value},
        "data": {"ontstaan": dutch_date(debt.arisen_on)},
        "zakelijk": "N",
        "betwist": "N",
        "bedragen": {
            "hoofdsom": f"EUR {with_comma(debt.charged('principal'))}",
            "rente": f"EUR {with_comma(debt.charged('interest'))}",
            "incassokosten": f"EUR {with_comma(debt.charged('collection_costs'))}",
            "openstaand": f"EUR {with_comma(reply.stated(debt))}",
        },
    }


def _canonical_debt(reply: Reply, debt: SandboxDebt) -> dict[str, Any]:
    found: dict[str, Any] = {
        "reference": debt.reference,
        "description": debt.description,
        "arisen_on": debt.arisen_on.isoformat(),
        "components": [{"kind": kind, "charged_cents": cents} for kind, cents in debt.components],
        "total_stated_cents": reply.stated(debt),
        "rank": reply.profile.rank,
    }
    if debt.payments:
        found["payments"] = [{"cents": payment.cents, "paid_on": payment.on.isoformat()} for payment in debt.payments]
    return found


def _party(party: Party) -> dict[str, str]:
    return {"name": party.name, "id_kind": party.id_kind, "id_value": party.id_value}


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), AMSTERDAM).isoformat()


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
