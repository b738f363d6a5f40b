"""Replies of any size in the formats that are measured; synthetic, and adding up."""

from __future__ import annotations

import json

_DOSSIER = """
  <Dossier nr="{number:07d}">
    <Opdrachtgever>Waterbedrijf Voorbeeld</Opdrachtgever>
    <Omschrijving>Voorschot</Omschrijving>
    <Ontstaan>15-02-2026</Ontstaan>
    <Rang>concurrent</Rang>
    <Hoofdsom>1.218,00</Hoofdsom>
    <Rente>12,50</Rente>
    <BIK>40,00</BIK>
    <Betaling datum="25-03-2026">20,50</Betaling>
    <Saldo>1.250,00</Saldo>
  </Dossier>"""


def gateway_json(request_id: str, debts: int) -> bytes:
    rows = [
        {
            "reference": f"F-2026-{number}",
            "description": "Tandartsrekening",
            "arisen_on": "2026-02-03",
            "due_on": "2026-03-05",
            "rank": "ordinary",
            "total_stated_cents": 61_500,
            "components": [
                {"kind": "principal", "charged_cents": 55_000, "paid_cents": 0, "outstanding_cents": 55_000},
                {"kind": "collection_costs", "charged_cents": 8_250, "paid_cents": 1_750, "outstanding_cents": 6_500},
            ],
            "payments": [{"cents": 1_750, "paid_on": "2026-04-01"}],
        }
        for number in range(debts)
    ]
    reply = {"request_id": request_id, "outcome": "statement", "as_of": "2026-04-24", "currency": "EUR"}
    return json.dumps({**reply, "total_stated_cents": 61_500 * debts, "debts": rows}).encode()


def fcid_like(request_id: str, debts: int) -> bytes:
    def imposed(category: str, cents: int, *, first: bool) -> dict[str, object]:
        return {
            "gebeurtenis_type": "FinancieleVerplichtingOpgelegd",
            "gebeurtenis_kenmerk": category,
            "datumtijd_opgelegd": "2026-03-02T10:00:00+01:00",
            "primaire_verplichting": first,
            "categorie": category,
            "bedrag": cents,
        }

    paid = {
        "gebeurtenis_type": "BetalingVerwerkt",
        "gebeurtenis_kenmerk": "e4",
        "datumtijd_verwerkt": "2026-04-01T09:12:00+02:00",
        "bedrag": 3_000,
    }
    matters = [
        {
            "zaakkenmerk": f"0042-{number}",
            "type": "cjib_verkeersboete",
            "saldo": 13_500,
            "gebeurtenissen": [
                imposed("ALGEMEEN", 10_400, first=True),
                imposed("ADMINISTRATIEKOSTEN", 900, first=False),
                imposed("VERHOGING", 5_200, first=False),
                paid,
            ],
        }
        for number in range(debts)
    ]
    reply = {
        "documentversie": "3.0.0-like",
        "document_kenmerk": "voorbeeld-1",
        "verzoek_kenmerk": request_id,
        "organisatie": {"naam": "Centraal Inningsbureau Voorbeeld", "oin": "00000001900000001000"},
        "saldo_datumtijd": "2026-04-23T23:30:00Z",
        "totaal_openstaand": 13_500 * debts,
        "financiele_zaken": matters,
    }
    return json.dumps(reply).encode()


def bailiff_xml(request_id: str, debts: int) -> bytes:
    total = f"{1_250 * debts:,}".replace(",", ".") + ",00"
    text = (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<Saldoopgave verzoek="{request_id}" bericht="GDW-1">\n'
        '  <Kantoor kvk="90000011"><Naam>Gerechtsdeurwaarderskantoor Café (voorbeeld)</Naam></Kantoor>\n'
        "  <Peildatum>24-04-2026</Peildatum>"
        + "".join(_DOSSIER.format(number=number) for number in range(debts))
        + f"\n  <Totaal>{total}</Totaal>\n</Saldoopgave>\n"
    )
    return text.encode("iso-8859-1")
