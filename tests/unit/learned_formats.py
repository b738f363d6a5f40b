"""Reply formats that no mapping is shipped for, after real-world families; every name and number is invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Family:
    """
    One format, and what a person still has to do after `learn`.

    Args:
        edits: What a person changes in the proposal, line by line: what it says, what it must say.
        kinds: Per debt its reference, the kinds of its components, and what is owed in cents.
        others: Other replies of the same creditor, learned from as well: file name, bytes, outcome.
    """

    name: str
    reply: bytes
    edits: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, tuple[str, ...], int], ...]
    request_id: str | None = "7f1c2a90-0000-4000-8000-000000000001"
    as_of: str = "2026-10-31"
    others: tuple[tuple[str, bytes, str], ...] = ()


# After the UK breathing-space interface (hmrc/breathing-space-if-proxy, Apache-2.0): bare charges, no split, no day.
BREATHING_SPACE = Family(
    name="breathing-space.json",
    reply=b"""{"debts": [
  {"chargeReference": "ETMP ref01", "chargeDescription": "Self assessment", "chargeAmount": 1999.11,
   "chargeCreationDate": "2025-02-02", "chargeDueDate": "2025-02-03", "utrAssociated": "1234567890"},
  {"chargeReference": "ETMP ref02", "chargeDescription": "Penalty", "chargeAmount": 299.02,
   "chargeCreationDate": "2025-03-02", "chargeDueDate": "2025-03-13", "utrAssociated": "1234567890"}]}""",
    edits=(('  # "$.debts.utrAssociated",', '  "$.debts.utrAssociated",'),),
    kinds=(("ETMP ref01", ("unsplit",), 199911), ("ETMP ref02", ("unsplit",), 29902)),
    request_id=None,
    as_of="2026-11-03",
)

# After VERA 4.0 (Dutch housing associations): one debtor with a balance and its bookings, receipts with a minus.
HOUSING = Family(
    name="housing.json",
    reply=b"""{"debiteurstand": {"verzoekkenmerk": "7f1c2a90-0000-4000-8000-000000000001", "stand": "2026-10-31",
 "debiteur": {"code": "D-0000451", "soort": {"code": "HUU", "naam": "Huurder"}, "saldo": 1433.27, "status": "Actief",
  "relatie": {"naam": "A. Voorbeeld", "bsn": "999990019"},
  "boekingen": [
   {"volgnummer": 1, "boekdatum": "2026-07-01", "soort": "HUUR", "omschrijving": "Huur juli", "bedrag": 712.40},
   {"volgnummer": 2, "boekdatum": "2026-08-01", "soort": "HUUR", "omschrijving": "Huur augustus", "bedrag": 712.40},
   {"volgnummer": 3, "boekdatum": "2026-08-20", "soort": "ONTV", "omschrijving": "Ontvangst", "bedrag": -100.00},
   {"volgnummer": 4, "boekdatum": "2026-09-05", "soort": "INC", "omschrijving": "Incassokosten", "bedrag": 108.47}
  ]}}}""",
    edits=(('HUUR = "?"', 'HUUR = "principal"'), ('INC = "?"', 'INC = "collection_costs"')),
    kinds=(("D-0000451", ("principal", "collection_costs"), 143327),),
)

# After XJustiz (German justice): namespaces, comma amounts, days with dots, an account of claim, interest, costs, payments.
BAILIFF = Family(
    name="bailiff.xml",
    reply="""<?xml version="1.0" encoding="UTF-8"?>
<zv:forderungsauskunft xmlns:zv="http://www.example.org/xjustiz/zwangsvollstreckung" xmlns:gds="http://www.example.org/xjustiz/gds">
  <gds:nachrichtenkopf>
    <gds:eigeneNachrichtenID>7f1c2a90-0000-4000-8000-0000000000aa</gds:eigeneNachrichtenID>
    <gds:fremdeNachrichtenID>7f1c2a90-0000-4000-8000-000000000001</gds:fremdeNachrichtenID>
    <gds:erstellungszeitpunkt>2026-11-02T10:15:00+01:00</gds:erstellungszeitpunkt>
  </gds:nachrichtenkopf>
  <zv:stichtag>31.10.2026</zv:stichtag>
  <zv:forderungskonto>
    <zv:forderungsnummer>F-17/2025</zv:forderungsnummer>
    <zv:gläubiger><gds:bezeichnung>Stadtwerke Beispiel</gds:bezeichnung></zv:gläubiger>
    <zv:entstanden>13.03.2025</zv:entstanden>
    <zv:hauptforderung>1.850,00</zv:hauptforderung><zv:zinsen>112,30</zv:zinsen><zv:kosten>95,20</zv:kosten><zv:nebenforderung>12,50</zv:nebenforderung>
    <zv:zahlungen><zv:zahlung datum="04.06.2026">200,00</zv:zahlung><zv:zahlung datum="04.07.2026">150,00</zv:zahlung></zv:zahlungen>
    <zv:gesamtforderung>1.720,00</zv:gesamtforderung>
  </zv:forderungskonto>
  <zv:forderungskonto>
    <zv:forderungsnummer>F-18/2025</zv:forderungsnummer>
    <zv:gläubiger><gds:bezeichnung>Stadtwerke Beispiel</gds:bezeichnung></zv:gläubiger>
    <zv:entstanden>01.02.2026</zv:entstanden>
    <zv:hauptforderung>310,00</zv:hauptforderung><zv:zinsen>4,10</zv:zinsen><zv:kosten>38,00</zv:kosten>
    <zv:gesamtforderung>352,10</zv:gesamtforderung>
  </zv:forderungskonto>
  <zv:gesamtsumme>2.072,10</zv:gesamtsumme>
</zv:forderungsauskunft>""".encode(),
    edits=(),
    kinds=(
        ("F-17/2025", ("principal", "interest", "other"), 172000),
        ("F-18/2025", ("principal", "interest", "other"), 35210),
    ),
)

# An energy company whose XML says everything in attributes.
ENERGY = Family(
    name="energy.xml",
    reply=b"""<?xml version="1.0" encoding="UTF-8"?>
<SaldoAntwoord versie="3" berichtnummer="EN-5512" correlatieId="7f1c2a90-0000-4000-8000-000000000001"
  peildatum="2026-10-31" totaal="866.42" klantnummer="88120045" aantal="2">
  <Contract nummer="C-100200" product="Elektriciteit" openstaand="612.17" hoofdsom="560.00" aanmaningskosten="12.17"
    incassokosten="40.00" afsluitdatum="2026-12-15"/>
  <Contract nummer="C-100201" product="Gas" openstaand="254.25" hoofdsom="254.25" aanmaningskosten="0.00" incassokosten="0.00"/>
</SaldoAntwoord>""",
    edits=(),
    kinds=(
        ("C-100200", ("principal", "collection_costs"), 61217),
        ("C-100201", ("principal", "collection_costs"), 25425),
    ),
)

# A garage that exports a spreadsheet: semicolons, the charset of an old office program, quotes.
SPREADSHEET = Family(
    name="garage.csv",
    reply=(
        "Verzoeknummer;Peildatum;Klantnummer;Factuurnummer;Factuurdatum;Vervaldatum;Omschrijving;Hoofdsom;Rente;"
        "Incassokosten;Betaald;Openstaand\r\n"
        "7f1c2a90-0000-4000-8000-000000000001;31-10-2026;K-9;2026-0017;03-02-2026;05-03-2026;"
        '"Reparatie; auto";1.250,00;12,50;187,50;100,00;1.350,00\r\n'
        "7f1c2a90-0000-4000-8000-000000000001;31-10-2026;K-9;2026-0018;23-02-2026;25-03-2026;Banden café;"
        "310,00;1,50;46,50;;358,00\r\n"
    ).encode("cp1252"),
    edits=(),
    kinds=(
        ("2026-0017", ("principal", "interest", "collection_costs"), 135000),
        ("2026-0018", ("principal", "interest", "collection_costs"), 35800),
    ),
)

# A lender that lists every term with what of it was paid, and nothing else.
MATURITIES = Family(
    name="lender.json",
    reply=b"""{"response": {"requestRef": "7f1c2a90-0000-4000-8000-000000000001", "asOf": "2026/10/31",
 "customer": {"customerNumber": "LN-77", "fullName": "A. Voorbeeld", "dateOfBirth": "1985/02/03"},
 "loans": [
  {"loanNo": "20-1", "product": "Personal loan", "instalments": [
     {"maturity": "2026/05/01", "amount": 150.25, "paid": 150.25, "open": 0.00},
     {"maturity": "2026/06/01", "amount": 150.25, "paid": 50.00, "open": 100.25},
     {"maturity": "2026/07/01", "amount": 150.25, "paid": 0, "open": 150.25}], "balance": 250.50},
  {"loanNo": "20-2", "product": "Overdraft", "instalments": [
     {"maturity": "2026/09/13", "amount": 90.10, "paid": 0, "open": 90.10}], "balance": 90.10}],
 "totalOutstanding": 340.60}}""",
    edits=(),
    kinds=(("20-1", ("unsplit",), 25050), ("20-2", ("unsplit",), 9010)),
)

# A hospital group in SOAP: default namespace, lines with codes and debit or credit, one invoice per several lines.
LEDGER = Family(
    name="ledger.xml",
    reply=b"""<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<OpenItems xmlns="urn:erp:receivables:openitems:4" requestId="7f1c2a90-0000-4000-8000-000000000001" keyDate="2026-10-31" balance="431.75">
  <Item><InvoiceNo>INV-1</InvoiceNo><Posted>2026-03-17</Posted><Type>BASE</Type><Debit>310.25</Debit></Item>
  <Item><InvoiceNo>INV-1</InvoiceNo><Posted>2026-05-02</Posted><Type>COLL</Type><Debit>46.50</Debit></Item>
  <Item><InvoiceNo>INV-1</InvoiceNo><Posted>2026-06-20</Posted><Type>PAYMENT</Type><Credit>50.00</Credit></Item>
  <Item><InvoiceNo>INV-2</InvoiceNo><Posted>2026-04-03</Posted><Type>BASE</Type><Debit>120.00</Debit></Item>
  <Item><InvoiceNo>INV-2</InvoiceNo><Posted>2026-06-01</Posted><Type>INT</Type><Debit>5.00</Debit></Item>
</OpenItems></s:Body></s:Envelope>""",
    edits=(
        ('BASE = "?"', 'BASE = "principal"'),
        ('COLL = "?"', 'COLL = "collection_costs"'),
        ('INT = "?"', 'INT = "interest"'),
    ),
    kinds=(("INV-1", ("principal", "collection_costs"), 30675), ("INV-2", ("principal", "interest"), 12500)),
)

# A Belgian utility in French, whole cents, debts under their own numbers, costs in a list of their own.
BELGIAN = Family(
    name="belgian.json",
    reply=b"""{"reponse": {"requestId": "7f1c2a90-0000-4000-8000-000000000001", "date": "2026-10-31",
 "dettes": {
  "FAC-2026-11": {"principalCents": 48050, "interetsCents": 1211, "fraisCents": [{"type": "rappel", "montantCents": 1000}, {"type": "mise en demeure", "montantCents": 1500}], "payeCents": 5000, "soldeCents": 46761, "echeance": "2026-02-28"},
  "FAC-2026-12": {"principalCents": 12025, "interetsCents": 0, "fraisCents": [], "payeCents": 0, "soldeCents": 12025, "echeance": "2026-04-30"}},
 "totalCents": 58786}}""",
    edits=(
        ('rappel = "?"', 'rappel = "admin_costs"'),
        ('"mise en demeure" = "?"', '"mise en demeure" = "collection_costs"'),
    ),
    kinds=(
        ("FAC-2026-11", ("principal", "interest", "admin_costs", "collection_costs"), 46761),
        ("FAC-2026-12", ("principal", "interest"), 12025),
    ),
)

# A telecom company with an object for everything, also for an amount.
OBJECTS = Family(
    name="objects.json",
    reply=b"""{"reply": {"inReplyTo": "7f1c2a90-0000-4000-8000-000000000001", "statementDate": "2026-10-31T12:00:00+01:00", "claims": [
 {"claimId": "C-1", "product": "Mobile", "components": {
   "principal": {"gross": {"value": 250.00, "currency": "EUR"}, "paid": {"value": 50.00, "currency": "EUR"}, "open": {"value": 200.00, "currency": "EUR"}},
   "interest": {"gross": {"value": 4.15, "currency": "EUR"}, "paid": {"value": 0.00, "currency": "EUR"}, "open": {"value": 4.15, "currency": "EUR"}}},
  "total": {"value": 204.15, "currency": "EUR"}},
 {"claimId": "C-2", "product": "Fibre", "components": {
   "principal": {"gross": {"value": 80.00, "currency": "EUR"}, "paid": {"value": 0.00, "currency": "EUR"}, "open": {"value": 80.00, "currency": "EUR"}}},
  "total": {"value": 80.00, "currency": "EUR"}}],
 "grandTotal": {"value": 284.15, "currency": "EUR"}}}""",
    edits=(),
    kinds=(("C-1", ("principal", "interest"), 20415), ("C-2", ("principal",), 8000)),
)

# A collection agency that lists the payments of all debts apart, each with the number of its debt.
APART = Family(
    name="apart.json",
    reply=b"""{"request_id": "7f1c2a90-0000-4000-8000-000000000001", "as_of": "2026-10-31",
 "debts": [{"ref": "A1", "principal": 500.00, "collection_fee": 75.00, "balance": 525.00},
           {"ref": "A2", "principal": 100.00, "collection_fee": 40.00, "balance": 140.00}],
 "payments": [{"debt_ref": "A1", "amount": 30.00, "date": "2026-05-13"}, {"debt_ref": "A1", "amount": 20.00, "date": "2026-06-13"}],
 "total_balance": 665.00}""",
    edits=(),
    kinds=(("A1", ("principal", "collection_costs"), 52500), ("A2", ("principal", "collection_costs"), 14000)),
)

# A US validation notice (after Regulation F): what was owed on a day, and what came on and off since.
NOTICE = Family(
    name="notice.json",
    reply=b"""{"validation": {"accountRef": "1234-XX", "itemizationDate": "2025-12-31", "itemizationAmount": "1,200.00",
 "interestSince": "45.10", "feesSince": "25.00", "paymentsSince": "100.00", "currentAmount": "1,170.10",
 "originalCreditor": "Main St Clinic", "asOf": "10/31/2026"}}""",
    edits=(('kind = { const = "?" }', 'kind = { const = "principal" }'),),
    kinds=(("1234-XX", ("interest", "other", "principal"), 117010),),
    request_id=None,
)

FAMILIES = (
    BREATHING_SPACE,
    HOUSING,
    BAILIFF,
    ENERGY,
    SPREADSHEET,
    MATURITIES,
    LEDGER,
    BELGIAN,
    OBJECTS,
    APART,
    NOTICE,
)
