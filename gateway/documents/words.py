"""Plain words, in Dutch and English, for the codes that pages and files show; one place, so that they say the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

LANGUAGES = ("nl", "en")
Words = Mapping[str, tuple[str, str]]  # code -> Dutch, English

REQUEST_STATES: Words = {
    "queued": ("Wordt verstuurd", "Being sent"),
    "waiting": ("Gevraagd, termijn loopt", "Asked, term running"),
    "overdue": ("Te laat, laatste bericht gaat uit", "Overdue, final notice going out"),
    "noticed": ("Laatste bericht bezorgd", "Final notice delivered"),
    "silent": ("Geen antwoord", "No answer"),
    "answered": ("Beantwoord", "Answered"),
    "stopped": ("Gestopt", "Stopped"),
    "undeliverable": ("Niet bezorgd", "Not delivered"),
}

OFFER_STATES: Words = {
    "queued": ("Voorstel wordt verstuurd", "Offer being sent"),
    "waiting": ("Voorstel gedaan, termijn loopt", "Offered, term running"),
    "overdue": ("Te laat, laatste bericht gaat uit", "Overdue, final notice going out"),
    "noticed": ("Laatste bericht bezorgd", "Final notice delivered"),
    "challenged": ("Geweigerd zonder uitleg, om uitleg gevraagd", "Refused without grounds, asked to substantiate"),
    "lapsed": ("Termijnen voorbij, nog niet bevestigd", "Terms passed, not confirmed yet"),
    "deemed": ("Geldt volgens afspraak als akkoord", "Counts as agreed, by agreement"),
    "accepted": ("Akkoord", "Agreed"),
    "accepted_in_advance": ("Aanvaard volgens het convenant", "Accepted under the covenant"),
    "refused": ("Geweigerd, met onderbouwing", "Refused, substantiated"),
    "refused_unargued": ("Geweigerd, zonder onderbouwing", "Refused, not substantiated"),
    "unanswered": ("Geen antwoord, telt niet als akkoord", "No answer, does not count as agreed"),
    "routed": ("Doorverwezen", "Referred elsewhere"),
    "stopped": ("Gestopt", "Stopped"),
    "undeliverable": ("Niet bezorgd", "Not delivered"),
}

OUTCOMES: Words = {
    "statement": ("Saldo-opgave", "Statement"),
    "nil": ("Niets meer te betalen", "Nothing owed"),
    "client_unknown": ("Klant onbekend", "Not a customer there"),
    "transferred": ("Overgedragen aan een ander", "Transferred to another party"),
    "refused": ("Werkt niet mee", "Does not co-operate"),
}

RANKS: Words = {
    "ordinary": ("Gewoon (concurrent)", "Ordinary"),
    "preferential": ("Preferent", "Preferential"),
    "secured": ("Met zekerheid", "Secured"),
    "unknown": ("Onbekend, telt als gewoon", "Unknown, counts as ordinary"),
    "mixed": ("Gemengd", "Mixed"),
}

COMPONENTS: Words = {
    "principal": ("Hoofdsom", "Principal"),
    "interest": ("Rente", "Interest"),
    "collection_costs": ("Incassokosten", "Collection costs"),
    "court_costs": ("Proceskosten", "Court costs"),
    "enforcement_costs": ("Executiekosten", "Enforcement costs"),
    "admin_costs": ("Administratiekosten", "Administration costs"),
    "increase": ("Verhoging of boete", "Increase or fine"),
    "other": ("Overig", "Other"),
    "unsplit": ("Niet uitgesplitst", "Not broken down"),
}

BASES: Words = {
    "total": ("het hele bedrag", "the total"),
    "original_debt": ("de oorspronkelijke schuld", "the original debt"),
}

# Why a reply is held: the rules of gateway.domain.integrity and what a mapping could not place.
PROBLEMS: Words = {
    "R1": ("Het soort antwoord past niet bij de schulden.", "The kind of answer and the debts do not agree."),
    "R4": ("Het antwoord hoort niet bij deze vraag of deze schuldeiser.", "The reply belongs to another request."),
    "R5": ("Een datum kan niet kloppen.", "A date cannot be right."),
    "R6": ("Een bedrag, soort of kenmerk kan niet kloppen.", "An amount, kind or reference cannot be right."),
    "R7": ("De onderdelen tellen niet op tot het genoemde totaal.", "The parts do not add up to the stated total."),
    "R8": ("De schulden tellen niet op tot het eindtotaal.", "The debts do not add up to the grand total."),
    "R9": ("De incassokosten zijn hoger dan de wettelijke schaal.", "Collection costs are above the legal scale."),
    "R11": ("Er is iets bijgeteld terwijl de incasso stil ligt.", "Something was added while collection is paused."),
    "R12": ("Eerdere betalingen staan er niet meer in.", "Earlier payments have vanished."),
    "R14": ("Het is niet te herleiden waar dit vandaan komt.", "It cannot be traced where this came from."),
    "R15": ("De keten van overdrachten klopt niet.", "The chain of transfers is not right."),
    "ambiguous_amount": ("Een bedrag kan op twee manieren gelezen worden.", "An amount can be read in two ways."),
    "garbled_text": ("Er staan letters in die niet te lezen zijn.", "Some letters cannot be read."),
    "held_by_mapping": ("Dit antwoord mag niet zonder mens worden geopend.", "A person must look before this is read."),
    "media_type": ("Het antwoord is van een onbekende soort.", "The reply is of an unknown kind."),
    "missing": ("Er ontbreekt iets dat er moet staan.", "Something that must be there is missing."),
    "no_outcome": ("Er staat niet in wat het antwoord is.", "It does not say what the answer is."),
    "not_a_date": ("Er staat iets anders waar een datum hoort.", "Something else stands where a date belongs."),
    "not_an_amount": ("Er staat iets anders waar een bedrag hoort.", "Something else stands where an amount belongs."),
    "not_euro": ("Er staat een bedrag in een andere munt in.", "An amount is in another currency."),
    "not_whole_cents": ("Een bedrag komt niet uit op hele centen.", "An amount is not a whole number of cents."),
    "not_processed": ("Ons systeem kon het antwoord niet verwerken.", "Our system could not process the reply."),
    "permission_ended": ("De inwoner is gestopt; het antwoord bleef dicht.", "The resident stopped; it was not read."),
    "unknown_root": ("Het antwoord begint anders dan afgesproken.", "The reply does not begin as agreed."),
    "unlisted_value": ("Er staat een code in die wij niet kennen.", "It holds a code that we do not know."),
    "unmapped_element": ("Er staat een onderdeel in dat wij niet kennen.", "It holds an element that we do not know."),
}

_MONTHS = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def say(words: Words, code: str, language: str) -> str:
    """The words for *code*; a code without words shows itself, because hiding it would mislead."""
    return words[code][LANGUAGES.index(language)] if code in words else code


def day(moment: str, language: str) -> str:
    """'4 mei 2026' for a day or an instant in ISO 8601; an instant is shown as the day it was in the Netherlands."""
    if len(moment) == 10:
        on = date.fromisoformat(moment)
    else:
        on = datetime.fromisoformat(moment).astimezone(ZoneInfo("Europe/Amsterdam")).date()
    return f"{on.day} {_MONTHS[language][on.month - 1]} {on.year}"
