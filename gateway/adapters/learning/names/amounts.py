"""What a name hints at where an amount stands: the kind of component, paid or open, a total, no amount at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gateway.adapters.learning.names.spelling import bare, one_of, says
from gateway.domain.statement import ComponentKind

_KINDS: Final = (
    (ComponentKind.INTEREST, r"(rente|zins(en)?|interests?|interets?)$"),  # "invorderingsrente" is no cost of recovery
    (
        ComponentKind.COURT_COSTS,
        one_of(
            r"griffie proces(sie)?kosten gerechtskosten dagvaard court gerichtskosten prozesskosten salarisgemacht "
            r"tribunal frais(de)?justice summons liabilityorder"
        ),
    ),
    (
        ComponentKind.ENFORCEMENT_COSTS,
        one_of(
            r"execut ontruiming betekening explo(o|i)t enforce bailifff?ee vollstreck vollzieher ambtshandeling "
            r"huissier beslagkosten deurwaarderskosten vervolging dwangbevel"
        ),
    ),
    (
        ComponentKind.COLLECTION_COSTS,
        one_of(
            r"incasso bik$ ^bik buitengerecht inning(s)?kosten invordering collectioncost collectionfee "
            r"collectioncharge collection recovery(cost|fee) inkasso mahn(kosten|gebu(e)?hr) wikkosten recouvrement "
            r"(aanmaning|herinnering)s?kosten reminder(fee|cost|charge) frais(de)?(rappel|relance)"
        ),
    ),
    (
        ComponentKind.ADMIN_COSTS,
        one_of(
            r"administrati adminfee admincost admincharge administrationfee dossierkosten behandelingskosten "
            r"bearbeitung verwaltung servicefee handlingfee fraisdedossier"
        ),
    ),
    (ComponentKind.INTEREST, r"rente|interest|zins|interet|intrest"),
    (
        ComponentKind.INCREASE,
        one_of(
            r"verhoging boete aanman penalt surcharge late(payment)?(fee|charge) latefee sa(e)?umnis schadebeding "
            r"clausepenale toeslagboete ^fine"
        ),
    ),
    (
        ComponentKind.PRINCIPAL,
        one_of(
            r"hoofdsom hoofdvordering hoofdschuld principal hauptforderung capita kapita "
            r"ori?gin(al|ele|eel)?(vordering|amount|debt|bedrag|schuld) factuurbedrag invoiceamount "
            r"rechnungsbetrag nettobedrag huurbedrag premiebedrag ^premie$ ^huur$ ^rent$ termijnbedrag "
            r"opgelegdbedrag"
        ),
    ),
)
_SHORT_CODES: Final = {
    "hs": ComponentKind.PRINCIPAL,
    "hfd": ComponentKind.PRINCIPAL,
    "re": ComponentKind.INTEREST,
    "rnt": ComponentKind.INTEREST,
    "int": ComponentKind.INTEREST,
    "inc": ComponentKind.COLLECTION_COSTS,
    "coll": ComponentKind.COLLECTION_COSTS,
    "adm": ComponentKind.ADMIN_COSTS,
    "prin": ComponentKind.PRINCIPAL,
    "intr": ComponentKind.INTEREST,
    "hf": ComponentKind.PRINCIPAL,
    "zi": ComponentKind.INTEREST,
    "ik": ComponentKind.COLLECTION_COSTS,
    "gk": ComponentKind.COURT_COSTS,
}
_PAID: Final = one_of(
    r"betaald voldaan \bpaid paid$ ^paid settled bezahlt gezahlt afgelost ontvangen received vereffend payer?$ "
    r"paye$ aflossing geincasseerd credited creditline credit(bedrag|amount) (bedrag|amount)credit"
)
_NOT_PAID: Final = r"onbetaald|nietvoldaan|unpaid|unbezahlt|tebetalen|nogtevoldoen|topay|impaye"
_OUTSTANDING: Final = one_of(
    r"openstaand ^open open$ restant resterend ^rest$ ^rest(bedrag|schuld) saldo outstanding balance "
    r"verschuldigd remaining offen owed owing solde amountdue totaldue restschuld nochoffen teinnen"
)
_CHARGED: Final = one_of(
    r"orig gross bruto brutto charged opgelegd gefactureerd invoiced initial initieel debitline "
    r"debit(bedrag|amount) (bedrag|amount)debit"
)
_TOTAL: Final = one_of(
    r"tebetalen nogtevoldoen topay apayer totaal total saldo balance gesamt summe solde openstaand "
    r"verschuldigd outstanding amountdue restschuld "
    r"vorderingsbedrag ^bedrag$ ^amount$ ^betrag$ ^waarde$ ^sum$ restant forderungsbetrag chargeamount "
    r"debtamount amount$ bedrag$"
)
_MONEY: Final = one_of(
    r"bedrag amount betrag saldo totaal total cents?$ centen eurocent pence sum summe waarde value gebu(e)?hr "
    r"kosten costs?$ fees?$ balance euro$ eur$ charge$ openstaand outstanding betaald ^paid ^open$ payment$ "
    r"montant solde restant frais prijs price schuld$ debt$ forderung$ termijn$ instal"
)
_COSTS: Final = r"kosten|^fees?|^costs?|costs?$|fees?$|^charges?$|gebu(e)?hr|frais|nebenforderung"
_ANY_COSTS: Final = (
    r"(overige|other|sonstige|bijkomende|extra)?(kosten|costs?|fees?|frais|nebenforderung(en)?|gebu(e)?hr(en)?)"
    r"(bedrag|amount)?(since)?(in)?(cents?|centen|euro?s?)?"
)
_CENTS: Final = r"cents?$|centen|eurocent|incent|minorunit|pence"
_NOT_MONEY: Final = one_of(
    r"nummer number datum date ^dat percent pct procent tarief rate$ satz$ prozent factor aantal (?<!dis)count$ anzahl "
    r"versie version kvk oin iban bsn postcode telefo phone jaar year code$ index volgnr ^id$ kenmerk reference "
    r"referentie periode soort type$ status meterstand termijnen$ dagen$ days$ duration looptijd"
)
_RATE: Final = r"percent|pct|procent|rate$|satz$|prozent|rentevoet|ratepct"
_PART_OF: Final = r"ofwhich|waarvan|davon|dontle|thereof|inbegrepen|includedin"
_LESS: Final = r"korting|discount|rabatt?|remise|reduction|nachlass|gutschrift|creditnot"
_DEBIT_AND_CREDIT: Final = (
    ("d", "c"), ("dr", "cr"), ("debet", "credit"), ("debit", "credit"), ("dbit", "crdt"), ("deb", "cre"), ("s", "h"),
    ("soll", "haben"), ("+", "-"), ("plus", "minus"), ("bij", "af"),
)  # fmt: skip


def component_kind(name: str) -> ComponentKind | None:
    """The kind of component that a name speaks of."""
    if says(_RATE, name) or re.search(r"datum|date$|^date", bare(name)):
        return None
    return next((kind for kind, pattern in _KINDS if says(pattern, name)), None)


def short_code_kind(code: str) -> ComponentKind | None:
    """The kind that a usual abbreviation stands for; a hint, for every creditor has its own."""
    return _SHORT_CODES.get(bare(code))


def speaks_of_costs(name: str) -> bool:
    """It says costs, but not which."""
    return says(_COSTS, name)


def speaks_of_any_costs(name: str) -> bool:
    """It says no more than that these are costs."""
    return re.fullmatch(_ANY_COSTS, bare(name)) is not None


def is_part_of_another(name: str) -> bool:
    """Whether it only says how much of the amount beside it is something, such as "of which overdue"."""
    return says(_PART_OF, name)


def lessens(name: str) -> bool:
    """Whether it speaks of an amount that was let go: a discount, a credit note."""
    return says(_LESS, name)


def state(name: str) -> str | None:
    """ "paid", "outstanding" or "charged", when the name says so."""
    said = re.sub(r"(in)?(euro)?(cents?|centen)$|(in)?(euro|eur)$", "", bare(name))
    if says(_NOT_PAID, said):
        return "outstanding"
    for word, pattern in (("paid", _PAID), ("outstanding", _OUTSTANDING), ("charged", _CHARGED)):
        if says(pattern, said):
            return word
    return None


def totalness(name: str) -> int:
    """How much a name sounds like what a debt comes to: 0 to 3."""
    if not says(_TOTAL, name) or (component_kind(name) is not None):
        return 0
    if says(r"totaal|total|saldo|balance|gesamt|summe|solde|vorderingsbedrag", name):
        return 3
    return 2 if says(r"openstaand|verschuldigd|outstanding|due|restschuld", name) else 1


def sounds_like_money(name: str) -> bool:
    """Whether a whole number under this name may be an amount."""
    if says(_NOT_MONEY, name):
        return False
    return says(_MONEY, name) or component_kind(name) is not None or state(name) is not None


def cannot_be_money(name: str) -> bool:
    """Whether a name says that this is a number, a day or a code."""
    return says(_NOT_MONEY, name) and not says(r"bedrag|amount|betrag", name)


def says_cents(name: str) -> bool:
    """Whether a name says that amounts are whole cents."""
    return says(_CENTS, name) and bare(name) not in ("percent",) and not says(r"percent", name)


def credit_of(marks: Iterable[str]) -> str | None:
    """Which of these marks means credit, when they are marks for debit and credit and nothing else."""
    said = {mark.strip().lower(): mark for mark in marks}
    return next(
        (said[credit] for debit, credit in _DEBIT_AND_CREDIT if credit in said and set(said) <= {debit, credit}), None
    )
