"""A statement as a table, the way the portal of the hub gives it out: a row per debt, the same head in each."""

from __future__ import annotations

import csv
import io

from gateway.sandbox.behaviours import Content, SandboxDebt
from gateway.sandbox.reply import Reply, dutch_date, with_comma

_PARTS = {"principal": "Orginele vordering", "interest": "Rente", "collection_costs": "Incassokosten"}
_COLUMNS = (
    "ConversatieReferentienummer", "Referentienummer", "KlantnummerSE", "Contactpersoon naam",
    "Contactpersoon e-mail", "Contactpersoon telefoon", "Klant onbekend", "Standaard akkoord", "Datum", "Schuldtype",
    "FactuurnummerSE", "Ontstaansdatum", *_PARTS.values(), "Betaald", "Actueel vorderingsbedrag", "Overgedragen aan",
    "KvK-nummer", "Kenmerk nieuwe schuldeiser",
)  # fmt: skip


def skp_csv(reply: Reply) -> bytes:
    """The portal of the hub: semicolons, amounts with a comma, Ja and Nee; a spreadsheet's BOM in front."""
    nobody = reply.content is Content.CLIENT_UNKNOWN
    head = {
        "ConversatieReferentienummer": reply.request_id,
        "Referentienummer": reply.message_id,
        "Contactpersoon naam": "Bijzonder Beheer",
        "Klant onbekend": "Ja" if nobody else "Nee",
        "Standaard akkoord": "Nee",
        "Datum": dutch_date(reply.as_of),
    }
    rows = [head | {"Schuldtype": "onbekend bij SE"}] if nobody else [head | _row(reply, debt) for debt in reply.debts]
    table = io.StringIO()
    writer = csv.DictWriter(table, _COLUMNS, restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode("utf-8-sig")


def _row(reply: Reply, debt: SandboxDebt) -> dict[str, str]:
    if reply.content is Content.TRANSFERRED:
        buyer = reply.profile.sold_to
        assert buyer is not None  # only who sold can say so
        return {
            "Schuldtype": "overgedragen",
            "FactuurnummerSE": debt.reference,
            "Overgedragen aan": buyer.name,
            "KvK-nummer": buyer.id_value,
            "Kenmerk nieuwe schuldeiser": f"OVN-{debt.reference}",
        }
    return {
        "Schuldtype": "openstaand",
        "FactuurnummerSE": debt.reference,
        "Ontstaansdatum": dutch_date(debt.arisen_on),
        **{_PARTS[kind]: with_comma(cents) for kind, cents in debt.components},
        "Betaald": with_comma(debt.paid_cents) if debt.paid_cents else "",
        "Actueel vorderingsbedrag": with_comma(reply.stated(debt)),
    }
