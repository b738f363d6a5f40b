"""What a name hints at where no amount stands: a list, a number, a day, a code, what only carries the reply."""

from __future__ import annotations

import re
from typing import Final

from gateway.adapters.learning.names.spelling import one_of, says

_LISTS: Final = {
    "payments": r"betaling|payment|zahlung|ontvangst|receipt|aflossing|paiement|storting|afdracht",
    "seizures": r"beslag|seizure|attachment|pfa(e)?ndung|garnish|saisie",
    "waivers": r"kwijtsch|waive|forgiv|erlass|afboeking|writeoff|creditnota",
}
_DEBT_LIST: Final = one_of(
    r"vordering schuld debt claim dossier factu invoice zaak zaken forderung charge account contract rekening "
    r"lening loan verplichting obligation liabilit dette aanslag overeenkomst polis matter case akte "
    r"statementline debiteur"
)
_PART_LIST: Final = one_of(
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
    "reference": one_of(
        r"^inv(nr|no|number)$ ^belnr$ ^xblnr$ ^vbeln$ ^instrid$ ^endtoendid$ "
        rf"({_THINGS})({_NUMBERS})$ ^(bill|num|file|lease|agreement)({_NUMBERS}|dossier) "
        r"^invoice$ ^factuur$ ^rekening$ ^contract$ ^vordering$ ^debt$ ^claim$ ^case$ ^reference$ ^referentie$ "
        r"^referenz$ ^ref$ ^kenmerk$ ^nummer$ ^number$ ^nr$ ^no$ ^id$ ^code$ "
        r"aktenzeichen kenmerk$ reference$ referentie$ factuurnummer ^dossier$ ^zaak$ "
        r"document(nummer|number|nr|no)$"
    ),
    "description": one_of(
        r"omschrijving description ^oms beschreibung toelichting betreft naamproduct product title libelle "
        r"bezeichnung onderwerp"
    ),
    "arisen_on": one_of(
        r"ontstaan factuurdatum datumfactuur datefacture invoicedate creation created arisen incurred opgelegd "
        r"entstand dagtekening ^issued(on|at)?$ ^opened(on|at)?$ bookgdt "
        r"rechnungsdatum issuedate startdatum ingangsdatum boekdatum originated datumvordering transactiondate "
        r"chargedate"
    ),
    "due_on": one_of(
        r"verval due(date|on|dt)?$ duedate fa(e)?llig maturity uiterste betaalvoor paybefore echeance expir"
    ),
    "as_of": one_of(
        r"peil stand(datum|per)?$ saldodatum saldo_?datum asof asat$ datedecompte statementdate stichtag perdatum "
        r"opgavedatum "
        r"berekend calculated valuta?datum referencedate balancedate saldo(op|per) datumopgave issuedate ^datum$ "
        r"^date$ documentdatum antwoorddatum replydate generated aangemaakt datumtijd timestamp erstellt dated$"
    ),
    "request_id": one_of(
        r"verzoek request correlat fremd conversat uwkenmerk uwreferentie yourref inreply anfrage aanvraag "
        r"ihrzeichen vraagid opvraging query inquiry enquiry (ref|reference)(de)?demande"
    ),
    "message_id": one_of(
        r"bericht eigene message ^msgid$ ^docnum$ mededeling documentid documentkenmerk nachricht antwoordid "
        r"responseid replyid "
        r"onskenmerk onzereferentie ourref ^id$ referentienummer documentnummer transactionid unserzeichen"
    ),
    "customer_number": one_of(
        r"klant customer debiteur(en)?(nr nummer no code id)?$ relatie client kundennummer kunden lidnummer "
        r"verzekerdennummer huurdernummer accountno accountnumber schuldnernummer patientnummer consumer"
    ),
    "currency": r"valuta|currency|wa(e)?hrung|munt(soort|eenheid)?$|devise|^ccy$|^curcy$|^waers$",
    "agreed_in_advance": r"standaardakkoord|vooraf|agreedinadvance|preapproved",
    "paused_since": one_of(r"pauze paused opgeschort suspended rustperiode breathingspace(start|from) moratoriumstart"),
    "rank": r"rang$|^rang|rank|preferent|preferential|concurrent|voorrang",
    "source_type": r"soort|type|categor|art$|productgroep",
    "business": r"zakelijk|business|gewerblich|bedrijfsmatig",
    "disputed": r"betwist|disput|bestritten|conteste",
    "outcome": one_of(
        r"^status ^sts$ resultaat result$ resultcode returncode retour(code)?$ outcome antwoordcode responsecode "
        r"uitkomst ergebnis bevinding gevonden replytype antwoordtype"
    ),
    "interest_rate": one_of(
        r"rente(percentage|voet|pct|tarief) interestrate ratepct zinssatz interest(percentage|pct)"
    ),
    "requested_reference": one_of(
        r"volgensshv uwfactuur yourinvoice requestedref gevraagd(e)?(kenmerk|referentie) "
        r"(factuur|vorderings)?nummer(se)?volgens"
    ),
    "paid_on": r"datum|date|betaald?op|^op$|paidon|dag$|valuta|tijd$|on$|booked",
    "holder": r"derde|holder|werkgever|employer|bank(naam)?$|beslagenen?",
}
_CODE_FIELDS: Final = (
    r"^(soort|type|kind|categorie|category|code|art|typ|purpose|reden|reason|poste|kschl|cd)$",
    r"(soort|type|categorie|category|code|kind|art|purpose\w*|schluessel|schlussel|grond)$",
    r"omschrijving|description|label|naam|name|bezeichnung|titel|title|^oms|^te(k|x)(s)?t$|libelle|^memo$",
)
_COUNTS: Final = r"aantal|(?<!ac)(?<!dis)count(?!r|er)|anzahl|number(of|debts)|numdebts|nombre"
_POSITION: Final = r"^pos(ex|nr|ition|itie)?$|volgn|^seq(nr|uence)?$|^line(nr|no|number)?$|regelnummer|zeilennummer"
_KEY_DAY: Final = r"peil|^stand|saldodat|saldoper|asof|asat$|stichtag|statementdate|keydate|balancedate"
_MORE: Final = r"^hasnext(page)?$|^hasmore$|^moreresults$|^truncated$|nextlink$|^next(page|cursor|href|url)?$"
_FURNITURE: Final = one_of(
    r"^__metadata$ ^__typename$ ^@odata\.(context|etag|id)$ ^self$ ^jsonapi$ ^relationships$ ^cursor$ ^encodingstyle$ "
    r"^@segment$"
)


def list_of(name: str) -> str | None:
    """ "payments", "seizures" or "waivers", when a list is named so."""
    return next((block for block, pattern in _LISTS.items() if says(pattern, name)), None)


def names_debts(name: str) -> bool:
    """Whether a list of this name sounds like the debts."""
    return says(_DEBT_LIST, name)


def names_parts(name: str) -> bool:
    """Whether a list of this name sounds like parts of a debt."""
    return says(_PART_LIST, name)


def fits(role: str, name: str) -> bool:
    """Whether a name sounds like this role."""
    return says(_ROLES[role], name)


def code_rank(name: str) -> int | None:
    """How much a field sounds like a code: 0 most, None not at all."""
    return next((rank for rank, pattern in enumerate(_CODE_FIELDS) if says(pattern, name)), None)


def counts_positions(name: str) -> bool:
    """Whether this only says which row it is: the first, the second."""
    return says(_POSITION, name)


def is_key_day(name: str) -> bool:
    """Whether this is the day that the figures of the whole reply are of."""
    return says(_KEY_DAY, name)


def says_there_is_more(name: str) -> bool:
    """Whether it tells that the reply is one page of several."""
    return says(_MORE, name)


def is_furniture(name: str) -> bool:
    """Whether it belongs to the protocol that carries the reply, and says nothing about a debt."""
    return re.search(_FURNITURE, name.rpartition(":")[2].lower()) is not None


def counts_things(name: str) -> bool:
    """Whether this only says how many there are."""
    return says(_COUNTS, name)
