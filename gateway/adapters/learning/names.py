"""What the name of an element hints at, in Dutch, English and German: hints only, each shown as one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from gateway.domain.statement import ComponentKind

K = ComponentKind


def _any(patterns: str) -> str:
    """One pattern of several, written one after the other."""
    return "|".join(patterns.split())


# Looked at in this order: "griffiekosten" must be court costs before the plain word "kosten" is looked at.
_KINDS: Final = (
    (
        K.COURT_COSTS,
        _any(
            r"griffie proces(sie)?kosten gerechtskosten dagvaard court gerichtskosten prozesskosten salarisgemacht "
            r"tribunal frais(de)?justice"
        ),
    ),
    (
        K.ENFORCEMENT_COSTS,
        _any(
            r"execut ontruiming betekening explo(o|i)t enforce bailifff?ee vollstreck vollzieher ambtshandeling "
            r"huissier beslagkosten deurwaarderskosten"
        ),
    ),
    (
        K.COLLECTION_COSTS,
        _any(
            r"incasso bik$ ^bik buitengerecht inning(s)?kosten invordering collectioncost collectionfee "
            r"collectioncharge collection recovery(cost|fee) inkasso mahnkosten wikkosten recouvrement"
        ),
    ),
    (
        K.ADMIN_COSTS,
        _any(
            r"administrati adminfee admincost admincharge administrationfee dossierkosten behandelingskosten "
            r"bearbeitung verwaltung servicefee handlingfee fraisdedossier"
        ),
    ),
    (K.INTEREST, r"rente|interest|zins|interet|intrest"),
    (
        K.INCREASE,
        _any(
            r"verhoging boete aanman penalt surcharge late(payment)?(fee|charge) latefee sa(e)?umnis mahngebu(e)?hr "
            r"herinneringskosten reminder(fee|cost) schadebeding toeslagboete ^fine"
        ),
    ),
    (
        K.PRINCIPAL,
        _any(
            r"hoofdsom hoofdvordering hoofdschuld principal hauptforderung capita kapita "
            r"ori?gin(al|ele|eel)?(vordering|amount|debt|bedrag|schuld) factuurbedrag invoiceamount "
            r"rechnungsbetrag nettobedrag huurbedrag premiebedrag ^premie$ ^huur$ ^rent$ termijnbedrag "
            r"opgelegdbedrag"
        ),
    ),
)
_SHORT_CODES: Final = {
    "hs": K.PRINCIPAL,
    "hfd": K.PRINCIPAL,
    "re": K.INTEREST,
    "rnt": K.INTEREST,
    "int": K.INTEREST,
    "inc": K.COLLECTION_COSTS,
    "coll": K.COLLECTION_COSTS,
    "adm": K.ADMIN_COSTS,
}
_PAID: Final = _any(
    r"betaald voldaan \bpaid paid$ ^paid settled bezahlt gezahlt afgelost ontvangen received vereffend payer?$ "
    r"paye$ aflossing geincasseerd credited creditline credit(bedrag|amount) (bedrag|amount)credit"
)
_NOT_PAID: Final = r"onbetaald|nietvoldaan|unpaid|unbezahlt|tebetalen|nogtevoldoen|topay|impaye"
_OUTSTANDING: Final = _any(
    r"openstaand ^open open$ restant resterend ^rest$ ^rest(bedrag|schuld) saldo outstanding balance "
    r"verschuldigd remaining offen owed owing solde amountdue totaldue restschuld nochoffen teinnen"
)
_CHARGED: Final = _any(
    r"orig gross bruto brutto charged opgelegd gefactureerd invoiced initial initieel debitline "
    r"debit(bedrag|amount) (bedrag|amount)debit"
)
_TOTAL: Final = _any(
    r"tebetalen nogtevoldoen topay apayer totaal total saldo balance gesamt summe solde openstaand "
    r"verschuldigd outstanding amountdue restschuld "
    r"vorderingsbedrag ^bedrag$ ^amount$ ^betrag$ ^waarde$ ^sum$ restant forderungsbetrag chargeamount "
    r"debtamount amount$ bedrag$"
)
_MONEY: Final = _any(
    r"bedrag amount betrag saldo totaal total cents?$ centen eurocent pence sum summe waarde value gebu(e)?hr "
    r"kosten costs?$ fees?$ balance euro$ eur$ charge$ openstaand outstanding betaald ^paid ^open$ payment$ "
    r"montant solde restant frais prijs price schuld$ debt$ forderung$ termijn$ instal"
)
_COSTS: Final = r"kosten|^fees?|^costs?|costs?$|fees?$|charges?$|gebu(e)?hr|frais|nebenforderung"
_CENTS: Final = r"cents?$|centen|eurocent|incent|minorunit|pence"
_NOT_MONEY: Final = _any(
    r"nummer number datum date ^dat percent pct procent tarief rate$ satz$ prozent factor aantal count$ anzahl "
    r"versie version kvk oin iban bsn postcode telefo phone jaar year code$ index volgnr ^id$ kenmerk reference "
    r"referentie periode soort type$ status meterstand termijnen$ dagen$ days$ duration looptijd"
)
_RATE: Final = r"percent|pct|procent|rate$|satz$|prozent|rentevoet|ratepct"

_LISTS: Final = {
    "payments": r"betaling|payment|zahlung|ontvangst|receipt|aflossing|paiement|storting|afdracht",
    "seizures": r"beslag|seizure|attachment|pfa(e)?ndung|garnish|saisie",
    "waivers": r"kwijtsch|waive|forgiv|erlass|afboeking|writeoff|creditnota",
}
_DEBT_LIST: Final = _any(
    r"vordering schuld debt claim dossier factu invoice zaak zaken forderung charge account contract rekening "
    r"lening loan verplichting obligation liabilit dette aanslag overeenkomst polis matter case akte "
    r"statementline debiteur"
)
_PART_LIST: Final = _any(
    r"boeking betaling payment component kosten cost fee event gebeurtenis regel termijn transact mutati beslag "
    r"zahlung buchung posten$ ^post instal maturit bedragen amounts movement entry entries specificatie "
    r"breakdown onderdelen opbouw line"
)

_THINGS: Final = (
    r"vorderings?|factuur|dossier|zaak|schuld|invoice|debt|claim|charge|contract|account|akten|loan|case|rekening|polis"
    r"|lening|aanslag|debiteur|matter|forderungs?|rechnungs?"
)
_NUMBERS: Final = r"nummer|number|nr|no|num|id|kenmerk|reference|referentie|ref|code|zeichen"
_ROLES: Final = {
    "reference": _any(
        rf"({_THINGS})({_NUMBERS})$ "
        r"^invoice$ ^factuur$ ^rekening$ ^contract$ ^vordering$ ^debt$ ^claim$ ^case$ ^reference$ ^referentie$ "
        r"^referenz$ ^ref$ ^kenmerk$ ^nummer$ ^number$ ^nr$ ^no$ ^id$ ^code$ "
        r"aktenzeichen kenmerk$ reference$ referentie$ factuurnummer ^dossier$ ^zaak$ "
        r"document(nummer|number|nr|no)$"
    ),
    "description": _any(
        r"omschrijving description ^oms beschreibung toelichting betreft naamproduct product title libelle "
        r"bezeichnung onderwerp"
    ),
    "arisen_on": _any(
        r"ontstaan factuurdatum datumfactuur invoicedate creation created arisen incurred opgelegd entstand "
        r"rechnungsdatum issuedate startdatum ingangsdatum boekdatum originated datumvordering transactiondate "
        r"chargedate"
    ),
    "due_on": _any(r"verval due(date|on)?$ duedate fa(e)?llig maturity uiterste betaalvoor paybefore echeance expir"),
    "as_of": _any(
        r"peil stand(datum|per)?$ saldodatum saldo_?datum asof statementdate stichtag perdatum opgavedatum "
        r"berekend calculated valuta?datum referencedate balancedate saldo(op|per) datumopgave issuedate ^datum$ "
        r"^date$ documentdatum antwoorddatum replydate generated aangemaakt datumtijd timestamp erstellt dated$"
    ),
    "request_id": _any(
        r"verzoek request correlat fremd conversat uwkenmerk uwreferentie yourref inreply anfrage aanvraag "
        r"ihrzeichen vraagid opvraging query inquiry enquiry"
    ),
    "message_id": _any(
        r"bericht eigene message mededeling documentid documentkenmerk nachricht antwoordid responseid replyid "
        r"onskenmerk onzereferentie ourref ^id$ referentienummer documentnummer transactionid unserzeichen"
    ),
    "customer_number": _any(
        r"klant customer debiteur(en)?(nr nummer no code id)?$ relatie client kundennummer kunden lidnummer "
        r"verzekerdennummer huurdernummer accountno accountnumber schuldnernummer patientnummer consumer"
    ),
    "currency": r"valuta|currency|wa(e)?hrung|munt(soort|eenheid)?$|devise",
    "agreed_in_advance": r"standaardakkoord|vooraf|agreedinadvance|preapproved",
    "paused_since": _any(r"pauze paused opgeschort suspended rustperiode breathingspace(start|from) moratoriumstart"),
    "rank": r"rang$|^rang|rank|preferent|preferential|concurrent|voorrang",
    "source_type": r"soort|type|categor|art$|productgroep",
    "business": r"zakelijk|business|gewerblich|bedrijfsmatig",
    "disputed": r"betwist|disput|bestritten|conteste",
    "outcome": _any(
        r"^status resultaat result$ outcome antwoordcode responsecode uitkomst ergebnis bevinding gevonden "
        r"replytype antwoordtype"
    ),
    "interest_rate": _any(r"rente(percentage|voet|pct|tarief) interestrate ratepct zinssatz interest(percentage|pct)"),
    "requested_reference": _any(
        r"volgensshv uwfactuur yourinvoice requestedref gevraagd(e)?(kenmerk|referentie) "
        r"(factuur|vorderings)?nummer(se)?volgens"
    ),
    "paid_on": r"datum|date|betaald?op|^op$|paidon|dag$|valuta|tijd$|on$|booked",
    "holder": r"derde|holder|werkgever|employer|bank(naam)?$|beslagenen?",
}

_CODE_FIELDS: Final = (
    r"^(soort|type|kind|categorie|category|code|art|typ|purpose|reden|reason)$",
    r"(soort|type|categorie|category|code|kind|art|purpose\w*|schluessel|schlussel|grond)$",
    r"omschrijving|description|label|naam|name|bezeichnung|titel|title|^oms",
)

_PERSON_ID: Final = _any(
    r"bsn burgerservice sofinummer socialsecurity ^nino$ ^ssn$ rijksregister geboorte birth geburt"
)
_PERSON: Final = _any(
    r"voornaam achternaam voorletters initial surname firstname lastname vorname nachname geslacht gender adres "
    r"address straat street huisnummer housenumber postcode zip postal woonplaats ^plaats$ ^stad$ ^city$ ^ort$ "
    r"^plz$ telefo phone mobiel mobile e?mail iban bankrekening toevoeging nationalit handtekening ^sex$ ^tel$"
)
_NAME: Final = r"naam$|^name|name$|namen$|^nom$"
_OTHER_PERSON: Final = _any(
    r"partner medeschuld medehuurder codebtor jointdebtor borg guarantor mitschuld echtgeno spouse kinderen$ "
    r"children gezin family erfgen"
)
_RESIDENT: Final = _any(
    r"klant client debiteur debtor schuldenaar inwoner customer huurder tenant verzekerde person patient "
    r"betrokkene schuldner kunde consumer relatie rekeninghouder subject gebruiker"
)
_STAFF: Final = _any(
    r"behandel contact medewerker sachbearbeit handler agent afdeling department ondertekenaar signat "
    r"employee"
)
_ORGANISATION: Final = {
    "original_creditor": _any(
        r"opdrachtgever oorspronkelijk originalcreditor origineleschuldeiser auftraggeber onbehalfof namens "
        r"gla(e)?ubiger mandant principalcreditor cedent"
    ),
    "respondent": _any(
        r"bureau kantoor deurwaarder agency bailiff incasso inkasso collector gerichtsvollzieher office "
        r"respondent"
    ),
    "creditor": _any(
        r"schuldeiser creditor organisatie organisation organization afzender sender leverancier supplier "
        r"verhuurder landlord bank corporatie provider company bedrijf absender party"
    ),
}
_COUNTS: Final = r"aantal|count|anzahl|number(of|debts)|numdebts|nombre"


@cache
def bare(name: str) -> str:
    """The name without prefix, marks and accents, in small letters: "skp:Open_Saldo" becomes "opensaldo"."""
    local = name.removeprefix("@").rpartition(":")[2].removeprefix("@")
    folded = unicodedata.normalize("NFD", local.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", folded)


def _says(pattern: str, name: str) -> bool:
    return re.search(pattern, bare(name)) is not None


def component_kind(name: str) -> ComponentKind | None:
    """The kind of component that a name speaks of."""
    if _says(_RATE, name) or re.search(r"datum|date$|^date", bare(name)):
        return None
    return next((kind for kind, pattern in _KINDS if _says(pattern, name)), None)


def short_code_kind(code: str) -> ComponentKind | None:
    """The kind that a usual abbreviation stands for; a hint, for every creditor has its own."""
    return _SHORT_CODES.get(bare(code))


def speaks_of_costs(name: str) -> bool:
    """It says costs, but not which."""
    return _says(_COSTS, name)


def state(name: str) -> str | None:
    """ "paid", "outstanding" or "charged", when the name says so."""
    said = re.sub(r"(in)?(euro)?(cents?|centen)$|(in)?(euro|eur)$", "", bare(name))
    if _says(_NOT_PAID, said):
        return "outstanding"
    for word, pattern in (("paid", _PAID), ("outstanding", _OUTSTANDING), ("charged", _CHARGED)):
        if _says(pattern, said):
            return word
    return None


def totalness(name: str) -> int:
    """How much a name sounds like what a debt comes to: 0 to 3."""
    if not _says(_TOTAL, name) or (component_kind(name) is not None):
        return 0
    if _says(r"totaal|total|saldo|balance|gesamt|summe|solde|vorderingsbedrag", name):
        return 3
    return 2 if _says(r"openstaand|verschuldigd|outstanding|due|restschuld", name) else 1


def sounds_like_money(name: str) -> bool:
    """Whether a whole number under this name may be an amount."""
    if _says(_NOT_MONEY, name):
        return False
    return _says(_MONEY, name) or component_kind(name) is not None or state(name) is not None


def cannot_be_money(name: str) -> bool:
    """Whether a name says that this is a number, a day or a code."""
    return _says(_NOT_MONEY, name) and not _says(r"bedrag|amount|betrag", name)


def says_cents(name: str) -> bool:
    """Whether a name says that amounts are whole cents."""
    return _says(_CENTS, name) and bare(name) not in ("percent",) and not _says(r"percent", name)


def list_of(name: str) -> str | None:
    """ "payments", "seizures" or "waivers", when a list is named so."""
    return next((block for block, pattern in _LISTS.items() if _says(pattern, name)), None)


def names_debts(name: str) -> bool:
    """Whether a list of this name sounds like the debts."""
    return _says(_DEBT_LIST, name)


def names_parts(name: str) -> bool:
    """Whether a list of this name sounds like parts of a debt."""
    return _says(_PART_LIST, name)


def fits(role: str, name: str) -> bool:
    """Whether a name sounds like this role."""
    return _says(_ROLES[role], name)


def code_rank(name: str) -> int | None:
    """How much a field sounds like a code: 0 most, None not at all."""
    return next((rank for rank, pattern in enumerate(_CODE_FIELDS) if _says(pattern, name)), None)


def counts_things(name: str) -> bool:
    """Whether this only says how many there are."""
    return _says(_COUNTS, name)


def person(names: tuple[str, ...]) -> str | None:
    """Whose data stands here: "numbe_any(
        r" (never read it),"
    )other", "resident", "staff"; None: nobody's, by the names."""
    last, around = names[-1], names[:-1]
    if _says(_PERSON_ID, last):
        return "number"
    if any(_says(_OTHER_PERSON, name) for name in names):
        return "other"
    if not (_says(_PERSON, last) or _says(_NAME, last)):
        return "staff" if _says(_STAFF, last) else None
    if any(_says(_STAFF, name) for name in (*around, last)):
        return "staff"
    near = names if _says(_PERSON, last) else names[-2:]  # "name" alone says whose it is by what is right around it
    if any(_says(_RESIDENT, name) for name in near):
        return "resident"
    if _says(_PERSON, last):
        return "staff" if any(organisation(name) for name in around) else "resident"
    return None


def organisation(name: str) -> str | None:
    """Which organisation an object of this name describes."""
    return next((role for role, pattern in _ORGANISATION.items() if _says(pattern, name)), None)


def is_name(name: str) -> bool:
    """Whether this holds a name."""
    return _says(_NAME, name)


def number_kind(name: str) -> str | None:
    """ "kvk", "oin" or "rsin", when a name says that a number is one."""
    return next((kind for kind in ("kvk", "oin", "rsin") if kind in bare(name)), None)
