"""More reply formats that no mapping is shipped for, each with a reply without debts; every name and number is invented."""

from __future__ import annotations

from tests.unit.learned_formats import Family

# An accounting package over OData: amounts as text, days as milliseconds, every row a debt of one customer, a credit note.
ODATA = Family(
    name="odata.json",
    reply=b"""{"d": {"__count": "3", "results": [
 {"__metadata": {"uri": "https://start.example/api/v1/ReceivablesList(1)", "type": "Api.Models.ReceivablesList"}, "AccountCode": "              1045", "AccountId": "b0c1a5d2-1111-4222-8333-444455556666", "AccountName": "A. Voorbeeld", "Amount": "1250.40", "AmountInTransit": "0", "CurrencyCode": "EUR", "Description": "Verhuisdienst", "DueDate": "/Date(1775865600000)/", "EntryNumber": 26700012, "InvoiceDate": "/Date(1773273600000)/", "InvoiceNumber": 26700012, "JournalCode": "70", "YourRef": null},
 {"__metadata": {"uri": "https://start.example/api/v1/ReceivablesList(2)", "type": "Api.Models.ReceivablesList"}, "AccountCode": "              1045", "AccountId": "b0c1a5d2-1111-4222-8333-444455556666", "AccountName": "A. Voorbeeld", "Amount": "88.00", "AmountInTransit": "0", "CurrencyCode": "EUR", "Description": "Opslag april", "DueDate": "/Date(1778457600000)/", "EntryNumber": 26700031, "InvoiceDate": "/Date(1775952000000)/", "InvoiceNumber": 26700031, "JournalCode": "70", "YourRef": null},
 {"__metadata": {"uri": "https://start.example/api/v1/ReceivablesList(3)", "type": "Api.Models.ReceivablesList"}, "AccountCode": "              1045", "AccountId": "b0c1a5d2-1111-4222-8333-444455556666", "AccountName": "A. Voorbeeld", "Amount": "-25.50", "AmountInTransit": "0", "CurrencyCode": "EUR", "Description": "Creditnota", "DueDate": "/Date(1780876800000)/", "EntryNumber": 26700044, "InvoiceDate": "/Date(1779667200000)/", "InvoiceNumber": 26700044, "JournalCode": "70", "YourRef": null}
]}}""",
    others=(("nil.json", b"""{"d": {"__count": "0", "results": []}}""", "nil"),),
    edits=(
        ('is = "?"', 'is = "nil"'),
        ('# "$.d.results.AccountCode",', '"$.d.results.AccountCode",'),
        ('# "$.d.results.AccountId",', '"$.d.results.AccountId",'),
        ('# "$.d.results.AccountName",', '"$.d.results.AccountName",'),
        ('# "$.d.results.AmountInTransit",', '"$.d.results.AmountInTransit",'),
        ('# "$.d.results.EntryNumber",', '"$.d.results.EntryNumber",'),
        ('# "$.d.results.JournalCode",', '"$.d.results.JournalCode",'),
        ('# "$.d.results.YourRef",', '"$.d.results.YourRef",'),
    ),
    kinds=(("26700012", ("unsplit",), 125040), ("26700031", ("unsplit",), 8800), ("26700044", ("unsplit",), -2550)),
    request_id=None,
    as_of="2026-11-03",
)

# An SAP IDoc: segments whose qualifier says what they hold, a blank or a minus behind every amount, totals apart.
IDOC = Family(
    name="idoc.xml",
    reply=b"""<?xml version="1.0" encoding="UTF-8"?>
<ZSALDO01><IDOC BEGIN="1">
 <EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><MANDT>100</MANDT><DOCNUM>0000000000812345</DOCNUM><DIRECT>1</DIRECT><IDOCTYP>ZSALDO01</IDOCTYP><MESTYP>ZSALDO</MESTYP><CREDAT>20261031</CREDAT><CRETIM>114502</CRETIM></EDI_DC40>
 <E1EDK01 SEGMENT="1"><CURCY>EUR</CURCY><BSART>OK</BSART></E1EDK01>
 <E1EDK02 SEGMENT="1"><QUALF>043</QUALF><BELNR>7f1c2a90-0000-4000-8000-000000000001</BELNR></E1EDK02>
 <E1EDKA1 SEGMENT="1"><PARVW>RG</PARVW><PARTN>0000104533</PARTN><NAME1>A. Voorbeeld</NAME1></E1EDKA1>
 <E1EDP01 SEGMENT="1">
  <POSEX>000010</POSEX>
  <E1EDP02 SEGMENT="1"><QUALF>009</QUALF><BELNR>0090001234</BELNR><DATUM>20260312</DATUM></E1EDP02>
  <E1EDP03 SEGMENT="1"><IDDAT>012</IDDAT><DATUM>20260411</DATUM></E1EDP03>
  <E1EDP05 SEGMENT="1"><KSCHL>ZHFD</KSCHL><BETRG>412.50 </BETRG></E1EDP05>
  <E1EDP05 SEGMENT="1"><KSCHL>ZRNT</KSCHL><BETRG>6.31 </BETRG></E1EDP05>
  <E1EDP05 SEGMENT="1"><KSCHL>ZINC</KSCHL><BETRG>61.88 </BETRG></E1EDP05>
  <E1EDP05 SEGMENT="1"><KSCHL>ZBET</KSCHL><BETRG>50.00-</BETRG></E1EDP05>
  <E1EDP26 SEGMENT="1"><QUALF>003</QUALF><BETRG>430.69 </BETRG></E1EDP26>
 </E1EDP01>
 <E1EDP01 SEGMENT="1">
  <POSEX>000020</POSEX>
  <E1EDP02 SEGMENT="1"><QUALF>009</QUALF><BELNR>0090001299</BELNR><DATUM>20260512</DATUM></E1EDP02>
  <E1EDP03 SEGMENT="1"><IDDAT>012</IDDAT><DATUM>20260611</DATUM></E1EDP03>
  <E1EDP05 SEGMENT="1"><KSCHL>ZHFD</KSCHL><BETRG>120.00 </BETRG></E1EDP05>
  <E1EDP26 SEGMENT="1"><QUALF>003</QUALF><BETRG>120.00 </BETRG></E1EDP26>
 </E1EDP01>
 <E1EDS01 SEGMENT="1"><SUMID>002</SUMID><SUMME>550.69</SUMME></E1EDS01>
 <E1EDS01 SEGMENT="1"><SUMID>001</SUMID><SUMME>2</SUMME></E1EDS01>
</IDOC></ZSALDO01>""",
    others=(
        (
            "nil.xml",
            b"""<?xml version="1.0" encoding="UTF-8"?>
<ZSALDO01><IDOC BEGIN="1">
 <EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><MANDT>100</MANDT><DOCNUM>0000000000812399</DOCNUM><DIRECT>1</DIRECT><IDOCTYP>ZSALDO01</IDOCTYP><MESTYP>ZSALDO</MESTYP><CREDAT>20261031</CREDAT><CRETIM>114502</CRETIM></EDI_DC40>
 <E1EDK01 SEGMENT="1"><CURCY>EUR</CURCY><BSART>GEEN</BSART></E1EDK01>
 <E1EDK02 SEGMENT="1"><QUALF>043</QUALF><BELNR>7f1c2a90-0000-4000-8000-000000000001</BELNR></E1EDK02>
 <E1EDS01 SEGMENT="1"><SUMID>002</SUMID><SUMME>0.00</SUMME></E1EDS01>
 <E1EDS01 SEGMENT="1"><SUMID>001</SUMID><SUMME>0</SUMME></E1EDS01>
</IDOC></ZSALDO01>""",
            "nil",
        ),
    ),
    edits=(
        ('is = "?"', 'is = "nil"'),
        ('ZHFD = "?"', 'ZHFD = "principal"'),
        ('ZINC = "?"', 'ZINC = "collection_costs"'),
        ('ZRNT = "?"', 'ZRNT = "interest"'),
    ),
    kinds=(("0090001234", ("principal", "interest", "collection_costs"), 43069), ("0090001299", ("principal",), 12000)),
)

# An accounting package that answers with a table: every cell says in an attribute which column it is of.
BROWSE = Family(
    name="twinfield.xml",
    reply=b"""<?xml version="1.0"?>
<browse result="1" first="1" last="2" total="2">
<th><td label="Factuurnummer" type="String">fin.trs.line.invnumber</td><td label="Datum" type="Date">fin.trs.head.date</td><td label="Vervaldatum" type="Date">fin.trs.line.datedue</td><td label="Debiteur" type="String">fin.trs.line.dim2</td><td label="Bedrag" type="Value">fin.trs.line.valuesigned</td><td label="Open" type="Value">fin.trs.line.openvaluesigned</td></th>
<tr><td field="fin.trs.line.invnumber" hideforuser="false" type="String">2026-0101</td><td field="fin.trs.head.date" hideforuser="false" type="Date">20260215</td><td field="fin.trs.line.datedue" hideforuser="false" type="Date">20260317</td><td field="fin.trs.line.dim2" hideforuser="false" type="String">D1004</td><td field="fin.trs.line.valuesigned" hideforuser="false" type="Value">365.00</td><td field="fin.trs.line.openvaluesigned" hideforuser="false" type="Value">265.00</td><key><office>NLA001</office><code>VRK</code><number>202600101</number><line>1</line></key></tr>
<tr><td field="fin.trs.line.invnumber" hideforuser="false" type="String">2026-0140</td><td field="fin.trs.head.date" hideforuser="false" type="Date">20260315</td><td field="fin.trs.line.datedue" hideforuser="false" type="Date">20260414</td><td field="fin.trs.line.dim2" hideforuser="false" type="String">D1004</td><td field="fin.trs.line.valuesigned" hideforuser="false" type="Value">82.50</td><td field="fin.trs.line.openvaluesigned" hideforuser="false" type="Value">82.50</td><key><office>NLA001</office><code>VRK</code><number>202600140</number><line>1</line></key></tr>
</browse>""",
    others=(
        (
            "nil.xml",
            b"""<?xml version="1.0"?>
<browse result="1" first="0" last="0" total="0">
<th><td label="Factuurnummer" type="String">fin.trs.line.invnumber</td><td label="Datum" type="Date">fin.trs.head.date</td><td label="Vervaldatum" type="Date">fin.trs.line.datedue</td><td label="Debiteur" type="String">fin.trs.line.dim2</td><td label="Bedrag" type="Value">fin.trs.line.valuesigned</td><td label="Open" type="Value">fin.trs.line.openvaluesigned</td></th>
</browse>""",
            "nil",
        ),
    ),
    edits=(
        ('is = "?"', 'is = "nil"'),
        ('# "/browse/tr/td",', '"/browse/tr/td",'),
        ('# "//@hideforuser",', '"//@hideforuser",'),
        ('# "//@type",', '"//@type",'),
        ('# "/browse/tr/key",', '"/browse/tr/key",'),
        ('# "/browse/th",', '"/browse/th",'),
    ),
    kinds=(("2026-0101", ("unsplit",), 26500), ("2026-0140", ("unsplit",), 8250)),
    request_id=None,
    as_of="2026-11-03",
)

# A telecom company, wrapped twice: lines with debit or credit beside them, codes that are numbers, EUR behind amounts.
DEBIT_CREDIT = Family(
    name="telecom.json",
    reply=b"""{"serviceResponse": {"header": {"resultCode": 0, "correlation": "7f1c2a90-0000-4000-8000-000000000001", "ts": "2026-10-31T08:12:44.120Z"}, "body": {"billingAccount": {"ban": 77120934, "holder": {"name": "A. Voorbeeld", "birth": "19850203"}, "amountDue": "239,94 EUR", "invoices": [
 {"invoiceId": "F-889", "issued": "20260501", "due": "20260515", "lines": [
   {"seq": 1, "code": 100, "text": "Abonnement mei", "dc": "D", "amt": "45,50 EUR"},
   {"seq": 2, "code": 210, "text": "Belkosten buiten bundel", "dc": "D", "amt": "112,94 EUR"},
   {"seq": 3, "code": 900, "text": "Aanmaning", "dc": "D", "amt": "15,00 EUR"},
   {"seq": 4, "code": 500, "text": "Incasso", "dc": "C", "amt": "45,50 EUR"}], "openAmount": "127,94 EUR"},
 {"invoiceId": "F-912", "issued": "20260601", "due": "20260615", "lines": [
   {"seq": 1, "code": 100, "text": "Abonnement juni", "dc": "D", "amt": "45,50 EUR"},
   {"seq": 2, "code": 300, "text": "Restant toestel", "dc": "D", "amt": "66,50 EUR"}], "openAmount": "112,00 EUR"}]}}}}""",
    others=(
        (
            "unknown.json",
            b"""{"serviceResponse": {"header": {"resultCode": 404, "correlation": "7f1c2a90-0000-4000-8000-000000000001", "ts": "2026-10-31T08:12:44.120Z"}, "body": null}}""",
            "client_unknown",
        ),
    ),
    edits=(
        ('values = { 0 = "?", 404 = "?" }', 'values = { 0 = "statement", 404 = "client_unknown" }'),
        ('100 = "?"', '100 = "principal"'),
        ('210 = "?"', '210 = "principal"'),
        ('300 = "?"', '300 = "principal"'),
        ('900 = "?"', '900 = "collection_costs"'),
    ),
    kinds=(("F-889", ("principal", "collection_costs"), 12794), ("F-912", ("principal",), 11200)),
)

# A health insurer: a group for each year, in it premium and own risk, each charged, paid and open; spaces between thousands.
HEALTH = Family(
    name="zorg.xml",
    reply="""<?xml version="1.0" encoding="ISO-8859-1"?>
<SaldoOpgaveZV xmlns="http://www.voorbeeldzorg.example/saldo/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <Kop><ReferentieAanvrager>7f1c2a90-0000-4000-8000-000000000001</ReferentieAanvrager><DatumOpmaak>2026-10-31</DatumOpmaak><Status>1</Status></Kop>
 <Verzekerde><Relatienummer>300112233</Relatienummer><Polisnummer>P-55120</Polisnummer></Verzekerde>
 <Wanbetalersregeling><AangemeldCAK>J</AangemeldCAK><DatumAanmelding>2026-06-01</DatumAanmelding><DatumAfmelding xsi:nil="true"/></Wanbetalersregeling>
 <Jaren>
  <Jaar jaar="2025"><Vorderingnummer>ZV25-1</Vorderingnummer>
    <Premie><Gefactureerd>1 725,60</Gefactureerd><Voldaan>1 581,80</Voldaan><Open>143,80</Open></Premie>
    <EigenRisico><Gefactureerd>385,00</Gefactureerd><Voldaan>0,00</Voldaan><Open>385,00</Open></EigenRisico>
    <EigenBijdrage/>
    <Rente>4,12</Rente><Incassokosten>79,32</Incassokosten><TotaalOpen>612,24</TotaalOpen></Jaar>
  <Jaar jaar="2026"><Vorderingnummer>ZV26-1</Vorderingnummer>
    <Premie><Gefactureerd>1 510,00</Gefactureerd><Voldaan>302,00</Voldaan><Open>1 208,00</Open></Premie>
    <EigenRisico><Gefactureerd>120,50</Gefactureerd><Voldaan>20,50</Voldaan><Open>100,00</Open></EigenRisico>
    <EigenBijdrage/>
    <Rente>9,07</Rente><Incassokosten>192,00</Incassokosten><TotaalOpen>1 509,07</TotaalOpen></Jaar>
 </Jaren>
 <Totaal>2 121,31</Totaal>
</SaldoOpgaveZV>""".encode("iso-8859-1"),
    others=(
        (
            "nil.xml",
            """<?xml version="1.0" encoding="ISO-8859-1"?>
<SaldoOpgaveZV xmlns="http://www.voorbeeldzorg.example/saldo/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <Kop><ReferentieAanvrager>7f1c2a90-0000-4000-8000-000000000001</ReferentieAanvrager><DatumOpmaak>2026-10-31</DatumOpmaak><Status>0</Status></Kop>
 <Verzekerde><Relatienummer>300112233</Relatienummer><Polisnummer>P-55120</Polisnummer></Verzekerde>
 <Jaren/>
 <Totaal>0,00</Totaal>
</SaldoOpgaveZV>""".encode("iso-8859-1"),
            "nil",
        ),
    ),
    edits=(
        ('values = { 1 = "?", 0 = "?" }', 'values = { 0 = "nil", 1 = "statement" }'),
        ('kind = { const = "?" }', 'kind = { const = "principal" }'),
    ),
    kinds=(
        ("ZV25-1", ("principal", "interest", "collection_costs"), 61224),
        ("ZV26-1", ("principal", "interest", "collection_costs"), 150907),
    ),
)

# A tax office: whole euros, days without marks, costs of recovery by kind, interest whose name speaks of recovery.
TAX = Family(
    name="tax.xml",
    reply=b"""<?xml version="1.0" encoding="UTF-8"?>
<bd:InvorderingsOpgave xmlns:bd="http://belasting.example/invordering/2026">
 <bd:Stuurgegevens><bd:Kenmerk>7f1c2a90-0000-4000-8000-000000000001</bd:Kenmerk><bd:DatumTijd>20261031093000</bd:DatumTijd></bd:Stuurgegevens>
 <bd:Resultaat><bd:Code>00</bd:Code><bd:Omschrijving>Verwerkt</bd:Omschrijving></bd:Resultaat>
 <bd:Aanslagen>
  <bd:Aanslag><bd:Aanslagnummer>8001.H.46.01</bd:Aanslagnummer><bd:Middel>IB</bd:Middel><bd:Jaar>2024</bd:Jaar><bd:Dagtekening>20250711</bd:Dagtekening><bd:Vervaldatum>20250822</bd:Vervaldatum>
   <bd:Bedrag>1834</bd:Bedrag><bd:KostenVervolging><bd:Aanmaning>18</bd:Aanmaning><bd:Dwangbevel>122</bd:Dwangbevel></bd:KostenVervolging><bd:Invorderingsrente>41</bd:Invorderingsrente>
   <bd:Betalingen><bd:Betaling><bd:Datum>20260105</bd:Datum><bd:Bedrag>200</bd:Bedrag></bd:Betaling><bd:Betaling><bd:Datum>20260204</bd:Datum><bd:Bedrag>150</bd:Bedrag></bd:Betaling></bd:Betalingen>
   <bd:Openstaand>1665</bd:Openstaand></bd:Aanslag>
  <bd:Aanslag><bd:Aanslagnummer>8001.T.25.5.03</bd:Aanslagnummer><bd:Middel>TOE</bd:Middel><bd:Jaar>2025</bd:Jaar><bd:Dagtekening>20260320</bd:Dagtekening><bd:Vervaldatum>20260501</bd:Vervaldatum>
   <bd:Bedrag>640</bd:Bedrag><bd:KostenVervolging><bd:Aanmaning>9</bd:Aanmaning></bd:KostenVervolging><bd:Invorderingsrente>0</bd:Invorderingsrente>
   <bd:Betalingen/>
   <bd:Openstaand>649</bd:Openstaand></bd:Aanslag>
 </bd:Aanslagen>
</bd:InvorderingsOpgave>""",
    others=(
        (
            "nil.xml",
            b"""<?xml version="1.0" encoding="UTF-8"?>
<bd:InvorderingsOpgave xmlns:bd="http://belasting.example/invordering/2026">
 <bd:Stuurgegevens><bd:Kenmerk>7f1c2a90-0000-4000-8000-000000000001</bd:Kenmerk><bd:DatumTijd>20261031093000</bd:DatumTijd></bd:Stuurgegevens>
 <bd:Resultaat><bd:Code>10</bd:Code><bd:Omschrijving>Geen openstaande aanslagen</bd:Omschrijving></bd:Resultaat>
 <bd:Aanslagen/>
</bd:InvorderingsOpgave>""",
            "nil",
        ),
    ),
    edits=(
        ('money = "?"', 'money = "point"'),
        ('is = "?"', 'is = "nil"'),
        ('kind = { const = "?" }', 'kind = { const = "principal" }'),
    ),
    kinds=(
        ("8001.H.46.01", ("interest", "enforcement_costs", "principal"), 166500),
        ("8001.T.25.5.03", ("interest", "enforcement_costs", "principal"), 64900),
    ),
)

# A council: one year is an object and two are a list, a discount and receipts with a minus, null when nothing is owed.
COUNCIL = Family(
    name="council.json",
    reply=b"""{"councilTaxAccount": {"enquiryRef": "7f1c2a90-0000-4000-8000-000000000001", "asAt": "31 Oct 2026", "accountRef": "CT-8801223", "propertyRef": "UPRN-100", "years": {"year": "2025/26", "billRef": "CT-8801223-25", "grossCharge": "1,842.60", "singlePersonDiscount": "-460.65", "paymentsReceived": "-300.00", "summonsCosts": "65.00", "liabilityOrderCosts": "35.00", "balance": "1,181.95", "liabilityOrder": {"obtained": "12 Mar 2026", "court": "Magistrates"}, "enforcement": null}, "totalBalance": "1,181.95"}}""",
    others=(
        (
            "nil.json",
            b"""{"councilTaxAccount": {"enquiryRef": "7f1c2a90-0000-4000-8000-000000000001", "asAt": "31 Oct 2026", "accountRef": "CT-8801223", "propertyRef": "UPRN-100", "years": null, "totalBalance": "0.00"}}""",
            "nil",
        ),
        (
            "two.json",
            b"""{"councilTaxAccount": {"enquiryRef": "7f1c2a90-0000-4000-8000-000000000001", "asAt": "31 Oct 2026", "accountRef": "CT-8801223", "propertyRef": "UPRN-100", "years": [{"year": "2025/26", "billRef": "CT-8801223-25", "grossCharge": "1,842.60", "singlePersonDiscount": "-460.65", "paymentsReceived": "-300.00", "summonsCosts": "65.00", "liabilityOrderCosts": "35.00", "balance": "1,181.95", "liabilityOrder": {"obtained": "12 Mar 2026", "court": "Magistrates"}, "enforcement": null}, {"year": "2026/27", "billRef": "CT-8801223-26", "grossCharge": "1,900.00", "singlePersonDiscount": "0.00", "paymentsReceived": "0.00", "summonsCosts": "0.00", "liabilityOrderCosts": "0.00", "balance": "1,900.00", "liabilityOrder": null, "enforcement": null}], "totalBalance": "3,081.95"}}""",
            "statement",
        ),
    ),
    edits=(
        ('is = "?"', 'is = "nil"'),
        ('kind = { const = "?" }', 'kind = { const = "principal" }'),
    ),
    kinds=(("CT-8801223-25", ("court_costs", "principal"), 118195),),
)

# A German collection agency: one list for claim, interest, costs and payments; the unknown client is a remark.
INKASSO = Family(
    name="inkasso.xml",
    reply=b"""<?xml version="1.0" encoding="UTF-8"?>
<Forderungsaufstellung Stand="31.10.2026" Anfrage="7f1c2a90-0000-4000-8000-000000000001" Waehrung="EUR">
 <Akte Zeichen="26/000417-IK" Mandant="Muster Versand GmbH" Titel="Vollstreckungsbescheid" TitelDatum="03.02.2026" TitelNr="26-0912345-0-1">
  <Position Art="HF" Text="Hauptforderung" Datum="10.09.2025"><Betrag>489,90 EUR</Betrag></Position>
  <Position Art="ZI" Text="Zinsen bis 31.10.2026" Satz="6,27"><Betrag>34,97 EUR</Betrag></Position>
  <Position Art="VK" Text="Verzugskosten / Mahnkosten"><Betrag>7,50 EUR</Betrag></Position>
  <Position Art="IK" Text="Inkassokosten"><Betrag>80,50 EUR</Betrag></Position>
  <Position Art="GK" Text="Gerichtskosten"><Betrag>36,00 EUR</Betrag></Position>
  <Position Art="ZA" Text="Zahlung" Datum="15.04.2026"><Betrag>-50,00 EUR</Betrag></Position>
  <Saldo>598,87 EUR</Saldo>
 </Akte>
</Forderungsaufstellung>""",
    others=(
        (
            "unknown.xml",
            b"""<?xml version="1.0" encoding="UTF-8"?>
<Forderungsaufstellung Stand="31.10.2026" Anfrage="7f1c2a90-0000-4000-8000-000000000001" Waehrung="EUR"><Hinweis Code="17">Schuldner nicht bekannt</Hinweis></Forderungsaufstellung>""",
            "client_unknown",
        ),
    ),
    edits=(
        ('is = "?"', 'is = "client_unknown"'),
        ('GK = "?"', 'GK = "court_costs"'),
        ('HF = "?"', 'HF = "principal"'),
        ('IK = "?"', 'IK = "collection_costs"'),
        ('VK = "?"', 'VK = "collection_costs"'),
        ('ZI = "?"', 'ZI = "interest"'),
    ),
    kinds=(("26/000417-IK", ("principal", "interest", "collection_costs", "court_costs"), 59887),),
)

# A Belgian water company in two languages: a list of one around everything, a debt that is null when there is none.
BILINGUAL = Family(
    name="belg.json",
    reply=b"""{"antwoord_reponse": [{"ref_demande": "7f1c2a90-0000-4000-8000-000000000001", "taal_langue": "FR", "date_decompte": "31/10/2026", "dossier": {"num_dossier": "B2026/0091", "intitule": {"nl": "Waterrekening", "fr": "Facture d'eau"}, "date_facture": "14/02/2026", "decompte": [
 {"poste": "PRINCIPAL", "montant": "1 250,40 EUR"}, {"poste": "CLAUSE_PENALE", "montant": "125,04 EUR"}, {"poste": "INTERETS", "montant": "18,66 EUR"}, {"poste": "FRAIS_RAPPEL", "montant": "7,50 EUR"}, {"poste": "ACOMPTE", "montant": "-200,00 EUR", "date": "20/05/2026"}], "solde": "1 201,60 EUR"}, "huissier": null}]}""",
    others=(
        (
            "nil.json",
            b"""{"antwoord_reponse": [{"ref_demande": "7f1c2a90-0000-4000-8000-000000000001", "taal_langue": "FR", "date_decompte": "31/10/2026", "dossier": null, "huissier": null}]}""",
            "nil",
        ),
    ),
    edits=(
        ('is = "?"', 'is = "nil"'),
        ('CLAUSE_PENALE = "?"', 'CLAUSE_PENALE = "increase"'),
        ('FRAIS_RAPPEL = "?"', 'FRAIS_RAPPEL = "collection_costs"'),
        ('INTERETS = "?"', 'INTERETS = "interest"'),
        ('PRINCIPAL = "?"', 'PRINCIPAL = "principal"'),
    ),
    kinds=(("B2026/0091", ("principal", "increase", "interest", "collection_costs"), 120160),),
)

# A bank: of every part also what of it is overdue, and a total of both.
LOANS = Family(
    name="bank.json",
    reply=b"""{"requestReference": "7f1c2a90-0000-4000-8000-000000000001", "positionDate": "2026-10-31", "resultCode": "FOUND", "arrangements": [
 {"arrangementId": "NL-PL-0091", "productType": "PersonalLoan", "startDate": "2023-04-14", "currency": "EUR",
  "position": {"outstandingPrincipal": {"amount": 6210.44, "ofWhichArrears": 812.10}, "outstandingInterest": {"amount": 141.07, "ofWhichArrears": 98.00}, "penaltyInterest": {"amount": 22.15, "ofWhichArrears": 22.15}, "fees": {"amount": 0, "ofWhichArrears": 0}, "total": {"amount": 6373.66, "ofWhichArrears": 932.25}},
  "nominalRate": 7.9, "obligors": [{"role": "PRIMARY", "partyId": "P1", "liability": "JOINT_AND_SEVERAL"}, {"role": "CO", "partyId": "P2", "liability": "JOINT_AND_SEVERAL"}], "bkrCode": "A"},
 {"arrangementId": "NL-CC-1120", "productType": "RevolvingCredit", "startDate": "2021-01-04", "currency": "EUR",
  "position": {"outstandingPrincipal": {"amount": 990.00, "ofWhichArrears": 0}, "outstandingInterest": {"amount": 12.31, "ofWhichArrears": 0}, "penaltyInterest": {"amount": 0, "ofWhichArrears": 0}, "fees": {"amount": 5.00, "ofWhichArrears": 0}, "total": {"amount": 1007.31, "ofWhichArrears": 0}},
  "nominalRate": 11.9, "obligors": [{"role": "PRIMARY", "partyId": "P1", "liability": "SOLE"}], "bkrCode": null}],
 "totals": {"exposure": 7380.97, "arrears": 932.25}}""",
    others=(
        (
            "unknown.json",
            b"""{"requestReference": "7f1c2a90-0000-4000-8000-000000000001", "positionDate": "2026-10-31", "resultCode": "NO_MATCH", "arrangements": [], "totals": {"exposure": 0, "arrears": 0}}""",
            "client_unknown",
        ),
    ),
    edits=(
        ('values = { FOUND = "?", NO_MATCH = "?" }', 'values = { FOUND = "statement", NO_MATCH = "client_unknown" }'),
        ('kind = { const = "?" }', 'kind = { const = "admin_costs" }'),
    ),
    kinds=(
        ("NL-PL-0091", ("principal", "interest", "admin_costs"), 637366),
        ("NL-CC-1120", ("principal", "interest", "admin_costs"), 100731),
    ),
)

# After ISO 20022: deep, abbreviated names, the currency in an attribute, codes two levels down.
ISO_20022 = Family(
    name="iso.xml",
    reply=b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:zzzz.054.001.02"><ClmsRpt><GrpHdr><MsgId>ISO-7712</MsgId><CreDtTm>2026-10-31T09:00:00</CreDtTm><OrgnlMsgRef><Id>7f1c2a90-0000-4000-8000-000000000001</Id></OrgnlMsgRef></GrpHdr>
<Rpt><Id>1</Id><Sts>ACCP</Sts><TtlAmt Ccy="EUR">812.35</TtlAmt>
<Clm><Id><InstrId>C-55/1</InstrId></Id><Bal><Tp><CdOrPrtry><Cd>OPEN</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">512.35</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal><BookgDt><Dt>2026-02-11</Dt></BookgDt><DueDt><Dt>2026-03-11</Dt></DueDt><AmtDtls><Tp><Cd>PRIN</Cd></Tp><Amt Ccy="EUR">450.00</Amt></AmtDtls><AmtDtls><Tp><Cd>INTR</Cd></Tp><Amt Ccy="EUR">12.35</Amt></AmtDtls><AmtDtls><Tp><Cd>COLF</Cd></Tp><Amt Ccy="EUR">75.00</Amt></AmtDtls><AmtDtls><Tp><Cd>RCVD</Cd></Tp><Amt Ccy="EUR">-25.00</Amt></AmtDtls></Clm>
<Clm><Id><InstrId>C-55/2</InstrId></Id><Bal><Tp><CdOrPrtry><Cd>OPEN</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">300.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal><BookgDt><Dt>2026-04-11</Dt></BookgDt><DueDt><Dt>2026-05-11</Dt></DueDt><AmtDtls><Tp><Cd>PRIN</Cd></Tp><Amt Ccy="EUR">300.00</Amt></AmtDtls></Clm>
</Rpt></ClmsRpt></Document>""",
    others=(
        (
            "unknown.xml",
            b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:zzzz.054.001.02"><ClmsRpt><GrpHdr><MsgId>ISO-7713</MsgId><CreDtTm>2026-10-31T09:00:00</CreDtTm><OrgnlMsgRef><Id>7f1c2a90-0000-4000-8000-000000000001</Id></OrgnlMsgRef></GrpHdr>
<Rpt><Id>1</Id><Sts>RJCT</Sts></Rpt></ClmsRpt></Document>""",
            "client_unknown",
        ),
    ),
    edits=(
        ('values = { ACCP = "?", RJCT = "?" }', 'values = { ACCP = "statement", RJCT = "client_unknown" }'),
        ('COLF = "?"', 'COLF = "collection_costs"'),
        ('INTR = "?"', 'INTR = "interest"'),
        ('PRIN = "?"', 'PRIN = "principal"'),
    ),
    kinds=(("C-55/1", ("principal", "interest", "collection_costs"), 51235), ("C-55/2", ("principal",), 30000)),
)

# GraphQL: edges and nodes, seconds since 1970, an error with a code, and a mark that says whether there is more.
GRAPHQL = Family(
    name="graphql.json",
    reply=b"""{"data": {"debtor": {"requestId": "7f1c2a90-0000-4000-8000-000000000001", "asOf": 1793404800, "number": "G-12", "receivables": {"totalCount": 2, "pageInfo": {"hasNextPage": false}, "edges": [
 {"cursor": "YQ==", "node": {"id": "Z2lkOi8vMQ==", "invoiceNo": "G-1001", "issuedAt": 1770768000, "principalCents": "45050", "interestCents": "310", "feeCents": "6758", "paidCents": "10000", "balanceCents": "42118"}},
 {"cursor": "Yg==", "node": {"id": "Z2lkOi8vMg==", "invoiceNo": "G-1002", "issuedAt": 1773187200, "principalCents": "9900", "interestCents": "0", "feeCents": "0", "paidCents": "0", "balanceCents": "9900"}}]}, "sumCents": "52018"}}}""",
    others=(
        (
            "unknown.json",
            b"""{"data": {"debtor": null}, "errors": [{"message": "Debtor not found", "path": ["debtor"], "extensions": {"code": "NOT_FOUND"}}]}""",
            "client_unknown",
        ),
    ),
    edits=(
        ('is = "?"', 'is = "client_unknown"'),
        ('other = { charged = "node.feeCents" }', 'collection_costs = { charged = "node.feeCents" }'),
    ),
    kinds=(
        ("G-1001", ("principal", "interest", "collection_costs"), 42118),
        ("G-1002", ("principal", "interest", "collection_costs"), 9900),
    ),
)

# A gym's table: a line for every charge and payment, plus or minus beside it, the balance on every line of an invoice.
GYM = Family(
    name="gym.csv",
    reply=b""""Request ID","Statement date","Invoice #","Line type","Amount (EUR)","Sign","Invoice balance (EUR)"
"7f1c2a90-0000-4000-8000-000000000001","31.10.2026","GYM-1","Membership","59.90","+","84.90"
"7f1c2a90-0000-4000-8000-000000000001","31.10.2026","GYM-1","Reminder fee","40.00","+","84.90"
"7f1c2a90-0000-4000-8000-000000000001","31.10.2026","GYM-1","Payment","15.00","-","84.90"
"7f1c2a90-0000-4000-8000-000000000001","31.10.2026","GYM-2","Membership","29.95","+","29.95"
""",
    others=(
        (
            "nil.csv",
            b""""Request ID","Statement date","Invoice #","Line type","Amount (EUR)","Sign","Invoice balance (EUR)"
"7f1c2a90-0000-4000-8000-000000000001","31.10.2026","","NO CLAIM","","",""
""",
            "nil",
        ),
    ),
    edits=(
        ('is = "?"', 'is = "nil"'),
        ('Membership = "?"', 'Membership = "principal"'),
        ('"Reminder fee" = "?"', '"Reminder fee" = "collection_costs"'),
    ),
    kinds=(("GYM-1", ("principal", "collection_costs"), 8490), ("GYM-2", ("principal",), 2995)),
)

MORE_FAMILIES = (
    ODATA,
    IDOC,
    BROWSE,
    DEBIT_CREDIT,
    HEALTH,
    TAX,
    COUNCIL,
    INKASSO,
    BILINGUAL,
    LOANS,
    ISO_20022,
    GRAPHQL,
    GYM,
)
