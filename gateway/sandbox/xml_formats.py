"""A statement in the four XML formats, the way a creditor's own system would write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from gateway.sandbox.behaviours import Content, SandboxDebt
from gateway.sandbox.json_formats import canonical
from gateway.sandbox.reply import Reply, dutch_date, with_comma, with_point

SOAP_NS = "http://schemas.xmlsoap.org/soap/envelope/"
SKP_NS = "urn:example:skp-like:schuldregeling:2"

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_UBL_KINDS = {
    "principal": "HOOFDSOM",
    "interest": "RENTE",
    "collection_costs": "INCASSO",
    "admin_costs": "ADMIN",
}
_SEIZURES = {"wage": "loon", "benefit": "uitkering", "bank": "bank", "goods": "roerend"}
_ENTRIES = {"debts": "debt", "components": "component", "payments": "payment"}


def tag(name: str, /, *inside: str, **attributes: str) -> str:
    """One element; what is *inside* is XML already."""
    stated = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{stated}>{''.join(inside)}</{name}>"


def text(name: str, value: str, /, **attributes: str) -> str:
    """One element with text."""
    return tag(name, escape(value), **attributes)


def bailiff_xml(reply: Reply) -> bytes:
    """A bailiff: no namespace, 1.250,00 and 04-05-2026, in ISO-8859-1 as it declares."""
    office = tag("Kantoor", text("Naam", reply.profile.name), kvk=reply.profile.id_value)
    unknown = reply.content is Content.CLIENT_UNKNOWN
    files = (tag("GeenDossier"),) if unknown else tuple(_bailiff_file(reply, debt) for debt in reply.debts)
    total = () if unknown else (text("Totaal", with_comma(reply.stated_total)),)
    document = tag(
        "Saldoopgave",
        office,
        text("Peildatum", dutch_date(reply.as_of)),
        *files,
        *total,
        verzoek=reply.request_id,
        bericht=reply.message_id,
    )
    declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    return (declaration + document).encode("iso-8859-1", "xmlcharrefreplace")


def skp_like(reply: Reply) -> bytes:
    """The hub's statement answer in SOAP 1.1: correlation in the header, amounts with a point."""
    sender = tag("skp:Afzender", text("skp:Naam", reply.profile.name), text("skp:KvkNummer", reply.profile.id_value))
    header = tag(
        "skp:Bericht",
        text("skp:ConversatieReferentienummer", reply.request_id),
        text("skp:Referentienummer", reply.message_id),
        sender,
    )
    unknown = reply.content is Content.CLIENT_UNKNOWN
    answer = (text("skp:KlantOnbekend", "Ja"),) if unknown else tuple(_skp_answer(reply))
    return envelope(tag("skp:SaldoverzoekAntwoord", text("skp:Datum", reply.as_of.isoformat()), *answer), header)


def envelope(body: str, header: str = "") -> bytes:
    """A SOAP 1.1 envelope of the hub's kind."""
    inside = (tag("soap:Header", header) if header else "") + tag("soap:Body", body)
    return _utf8(tag("soap:Envelope", inside, xmlns__soap=SOAP_NS, xmlns__skp=SKP_NS))


def ubl_statement(reply: Reply) -> bytes:
    """A statement of account in UBL 2.1: a line per charge and per payment, each naming its invoice."""
    supplier = tag(
        "cac:Party",
        tag("cac:PartyIdentification", text("cbc:ID", reply.profile.id_value, schemeID="NL:KVK")),
        tag("cac:PartyName", text("cbc:Name", reply.profile.name)),
    )
    return _utf8(
        tag(
            "Statement",
            text("cbc:UBLVersionID", "2.1"),
            text("cbc:ID", reply.message_id),
            text("cbc:IssueDate", reply.as_of.isoformat()),
            text("cbc:DocumentCurrencyCode", "EUR"),
            text("cbc:TotalBalanceAmount", with_point(reply.stated_total), currencyID="EUR"),
            tag("cac:AdditionalDocumentReference", text("cbc:ID", reply.request_id)),
            tag("cac:AccountingSupplierParty", supplier),
            *_ubl_lines(reply.debts),
            xmlns=f"{_UBL}:Statement-2",
            xmlns__cac=f"{_UBL}:CommonAggregateComponents-2",
            xmlns__cbc=f"{_UBL}:CommonBasicComponents-2",
        )
    )


def gateway_xml(reply: Reply) -> bytes:
    """The gateway's own form."""
    return _utf8(tag("statement", *_elements(canonical(reply)), xmlns="urn:creditor-gateway:statement:1"))


def _bailiff_file(reply: Reply, debt: SandboxDebt) -> str:
    client = debt.original_creditor or reply.profile.acts_for or reply.profile.party
    amounts = {
        "Hoofdsom": "principal",
        "Rente": "interest",
        "BIK": "collection_costs",
        "Proceskosten": "court_costs",
    }
    parts = [
        text("Opdrachtgever", client.name),
        text("Omschrijving", debt.description),
        text("Ontstaan", dutch_date(debt.arisen_on)),
        text("Rang", "preferent" if reply.profile.rank == "preferential" else "concurrent"),
        *(text(name, with_comma(debt.charged(kind))) for name, kind in amounts.items() if debt.charged(kind)),
    ]
    if costs := debt.charged("enforcement_costs"):
        parts.append(tag("Executiekosten", text("Kosten", with_comma(costs), soort="betekening")))
    if debt.title is not None:
        number, court, issued_on = debt.title
        attributes = {"soort": "vonnis", "nummer": number, "datum": dutch_date(issued_on)}
        parts.append(tag("Titel", text("Rechtbank", court), **attributes))
    if debt.seizure is not None:
        kind, seized_on = debt.seizure
        parts.append(text("Beslag", "Werkgever", soort=_SEIZURES[kind], datum=dutch_date(seized_on)))
    for payment in debt.payments:
        via = "debiteur" if debt.seizure is None else "beslag"
        parts.append(text("Betaling", with_comma(payment.cents), datum=dutch_date(payment.on), via=via))
    return tag("Dossier", *parts, text("Saldo", with_comma(reply.stated(debt))), nr=debt.reference)


def _skp_answer(reply: Reply) -> Iterable[str]:
    claims = (
        tag(
            "skp:Vordering",
            text("skp:Schuldtype", "openstaand"),
            text("skp:FactuurnummerSE", debt.reference),
            text("skp:Ontstaansdatum", debt.arisen_on.isoformat()),
            text("skp:OrigineleVordering", with_point(debt.charged("principal"))),
            text("skp:OpenstaandeHoofdsom", with_point(debt.charged("principal") - debt.paid_cents)),
            text("skp:Rente", with_point(debt.charged("interest"))),
            text("skp:Incassokosten", with_point(debt.charged("collection_costs"))),
            text("skp:ActueelVorderingsbedrag", with_point(reply.stated(debt))),
            text("skp:VorderingsType", "Preferent" if reply.profile.rank == "preferential" else "Concurrent"),
        )
        for debt in reply.debts
    )
    yield text("skp:StandaardAkkoord", "Nee")
    yield text("skp:Totaalvordering", with_point(reply.stated_total))
    yield tag("skp:Vorderingen", *claims)


def _ubl_lines(debts: Iterable[SandboxDebt]) -> Iterable[str]:
    number = 0
    for debt in debts:
        invoice = tag(
            "cac:InvoiceReference",
            tag(
                "cac:InvoiceDocumentReference",
                text("cbc:ID", debt.reference),
                text("cbc:IssueDate", debt.arisen_on.isoformat()),
            ),
        )
        charged = [(_UBL_KINDS[kind], "cbc:DebitLineAmount", cents) for kind, cents in debt.components]
        paid = [("BETALING", "cbc:CreditLineAmount", payment.cents) for payment in debt.payments]
        for purpose, amount, cents in charged + paid:
            number += 1
            yield tag(
                "cac:StatementLine",
                text("cbc:ID", str(number)),
                text("cbc:PaymentPurposeCode", purpose),
                text(amount, with_point(cents), currencyID="EUR"),
                invoice,
            )


def _elements(document: dict[str, Any]) -> Iterable[str]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield tag(name, *_elements(value))
        elif isinstance(value, list):
            yield tag(name, *(tag(_ENTRIES[name], *_elements(entry)) for entry in value))
        else:
            yield text(name, str(value))


def _utf8(document: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()
