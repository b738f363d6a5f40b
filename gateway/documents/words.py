"""Plain words, in Dutch and English, for the codes that pages and files show; one place, so that they say the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.domain.money import euros

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

# Why a reply is held, refused or doubted: the rules of gateway.domain.integrity, what a mapping could not place, and
# what made bytes unreadable. tests/unit/test_problem_words.py holds this table to the code.
PROBLEMS: Words = {
    "R1": ("Het soort antwoord past niet bij de schulden.", "The kind of answer and the debts do not agree."),
    "R2": ("Er staat niet uitdrukkelijk dat er niets te betalen is.", "It does not say outright that nothing is owed."),
    "R3": ("Dit is geen antwoord, maar een leeg of automatisch bericht.", "No answer: an empty or automatic message."),
    "R4": ("Het antwoord hoort niet bij deze vraag of deze schuldeiser.", "The reply belongs to another request."),
    "R5": ("Een datum kan niet kloppen.", "A date cannot be right."),
    "R6": ("Een bedrag, soort of kenmerk kan niet kloppen.", "An amount, kind or reference cannot be right."),
    "R7": ("De onderdelen tellen niet op tot het genoemde totaal.", "The parts do not add up to the stated total."),
    "R8": ("De schulden tellen niet op tot het eindtotaal.", "The debts do not add up to the grand total."),
    "R9": ("De incassokosten zijn hoger dan de wettelijke schaal.", "Collection costs are above the legal scale."),
    "R10": ("De rente is anders dan de wettelijke rente.", "The interest is not the legal rate."),
    "R11": ("Er is iets bijgeteld terwijl de incasso stil ligt.", "Something was added while collection is paused."),
    "R12": ("Eerdere betalingen staan er niet meer in.", "Earlier payments have vanished."),
    "R14": ("Het is niet te herleiden waar dit vandaan komt.", "It cannot be traced where this came from."),
    "R15": ("De keten van overdrachten klopt niet.", "The chain of transfers is not right."),
    "R16": ("Er stond een nummer in dat op een BSN lijkt.", "It held a number that looks like a BSN."),
    "ambiguous": ("Er staan meer waarden waar er één hoort.", "There are several values where one belongs."),
    "ambiguous_amount": ("Een bedrag kan op twee manieren gelezen worden.", "An amount can be read in two ways."),
    "amount_too_large": ("Een bedrag is te groot om te kunnen kloppen.", "An amount is too large to be right."),
    "control_character": (
        "Er staat een teken in dat er niet hoort.",
        "It holds a character that does not belong there.",
    ),
    "counted_twice": ("Hetzelfde bedrag zou twee keer meetellen.", "The same amount would be counted twice."),
    "doctype": ("Het bericht bevat een onderdeel dat niet veilig is.", "The message holds a part that is not safe."),
    "duplicate_name": ("Hetzelfde onderdeel staat er twee keer in.", "The same element stands there twice."),
    "empty": ("Het bericht is leeg.", "The message is empty."),
    "encoding": ("De tekens zijn niet geschreven zoals afgesproken.", "The characters are not written as agreed."),
    "fault": ("Het systeem van de schuldeiser meldde een storing.", "The creditor's system reported a failure."),
    "garbled_text": ("Er staan letters in die niet te lezen zijn.", "Some letters cannot be read."),
    "held_by_mapping": ("Dit antwoord mag niet zonder mens worden geopend.", "A person must look before this is read."),
    "media_type": ("Het antwoord is van een onbekende soort.", "The reply is of an unknown kind."),
    "missing": ("Er ontbreekt iets dat er moet staan.", "Something that must be there is missing."),
    "more_problems": ("Er zijn nog meer problemen; dit zijn de eerste.", "There are more problems; these come first."),
    "no_outcome": ("Er staat niet in wat het antwoord is.", "It does not say what the answer is."),
    "not_a_date": ("Er staat iets anders waar een datum hoort.", "Something else stands where a date belongs."),
    "not_a_number": ("Er staat iets dat geen getal is.", "It holds something that is not a number."),
    "not_a_rate": ("Er staat iets anders waar een percentage hoort.", "Something else stands where a rate belongs."),
    "not_a_value": ("Er staan onderdelen waar één waarde hoort.", "Elements stand where one value belongs."),
    "not_an_amount": ("Er staat iets anders waar een bedrag hoort.", "Something else stands where an amount belongs."),
    "not_csv": ("Het bestand is geen tabel die te lezen is.", "The file is not a table that can be read."),
    "not_euro": ("Er staat een bedrag in een andere munt in.", "An amount is in another currency."),
    "not_json": ("Het bericht is niet te lezen (geen geldige JSON).", "The message cannot be read (not valid JSON)."),
    "not_processed": ("Ons systeem kon het antwoord niet verwerken.", "Our system could not process the reply."),
    "not_text": ("Er staat iets anders waar tekst hoort.", "Something else stands where text belongs."),
    "not_utf8": ("De tekens zijn niet geschreven zoals afgesproken.", "The characters are not written as agreed."),
    "not_whole_cents": ("Een bedrag komt niet uit op hele centen.", "An amount is not a whole number of cents."),
    "not_xml": ("Het bericht is niet te lezen (geen geldige XML).", "The message cannot be read (not valid XML)."),
    "number_out_of_range": ("Een getal is te groot of te klein.", "A number is too large or too small."),
    "number_too_long": ("Een getal heeft te veel cijfers.", "A number has too many digits."),
    "permission_ended": ("De inwoner is gestopt; het antwoord bleef dicht.", "The resident stopped; it was not read."),
    "skipped_item": ("Een onderdeel is overgeslagen, zoals afgesproken.", "An item was passed over, as agreed."),
    "too_deep": ("Het bericht zit te ingewikkeld in elkaar.", "The message is nested too deeply."),
    "too_large": ("Het antwoord was te groot om te ontvangen.", "The answer was too large to take in."),
    "too_long": ("Een tekst is te lang.", "A text is too long."),
    "too_many": ("Er staat te veel in het bericht.", "There is too much in the message."),
    "too_many_debts": ("Er staan te veel schulden in.", "There are too many debts in it."),
    "too_many_unmapped": (
        "Er staan te veel onderdelen in die wij niet kennen.",
        "Too many elements are unknown to us.",
    ),
    "too_much": ("Een naam of tekst in het bericht is te lang.", "A name or text in the message is too long."),
    "uneven_row": ("Een rij van de tabel heeft te veel of te weinig vakken.", "A row has too many or too few cells."),
    "unknown_root": ("Het antwoord begint anders dan afgesproken.", "The reply does not begin as agreed."),
    "unlisted_value": ("Er staat een code in die wij niet kennen.", "It holds a code that we do not know."),
    "unmapped_element": ("Er staat een onderdeel in dat wij niet kennen.", "It holds an element that we do not know."),
    "wrong_encoding": (
        "De tekens zijn niet geschreven zoals afgesproken.",
        "The characters are not written as agreed.",
    ),
    "xml_version": ("Het bericht is in een versie die wij niet lezen.", "The message is in a version we do not read."),
}

# Why two debts may be one and the same (rule R13).
# Why an answer that is on record is not shown (the reasons of the gate of reading).
NOT_SHOWN: Words = {
    "paused": ("Het ja van de inwoner staat even stil.", "The resident's yes is paused."),
    "review": ("Iemand moet nog zeggen of het ja geldt.", "Somebody must still say whether the yes counts."),
    "authority": (
        "Wie namens de inwoner ja zei, mag dat niet meer.",
        "Whoever said yes for the resident no longer may.",
    ),
    "expired": ("Het ja van de inwoner is voorbij.", "The resident's yes has ended."),
    "withdrawn": ("De inwoner is gestopt.", "The resident stopped."),
    "revoked": ("Het ja is ingetrokken door een ander.", "The yes was ended by somebody else."),
    "template_recalled": ("De tekst die de inwoner las, klopte niet.", "The text that the resident read was wrong."),
    "invalidated": ("Dit ja heeft nooit gegolden.", "This yes never counted."),
    "not_yet": ("Het ja van de inwoner begint later.", "The resident's yes begins later."),
    "refused": ("De inwoner zei nee.", "The resident said no."),
    "deferred": ("De inwoner zei: later.", "The resident said: later."),
    "unknown": ("Niet bekend is of de inwoner ja zei.", "It is not known whether the resident said yes."),
    "no_grant": ("Er is geen ja van de inwoner.", "There is no yes of the resident."),
    "no_flow": ("Dit doel staat niet meer in het register.", "This purpose is no longer in the register."),
    "retention_over": ("De bewaartermijn is voorbij.", "The time to keep it is over."),
    "basis_changed": ("De wettelijke reden is veranderd.", "The legal reason has changed."),
    "kind_not_in_flow": ("Dit bericht hoort niet bij dit doel.", "This message does not belong to this purpose."),
    "wrong_resident": ("Dit gaat over iemand anders.", "This is about somebody else."),
    "wrong_recipient": ("Dit is van een andere schuldeiser.", "This is from another creditor."),
    "not_statutory": ("Hiervoor is een ja van de inwoner nodig.", "This needs a yes of the resident."),
}

EVIDENCE: Words = {
    "same_reference": ("hetzelfde kenmerk", "the same reference"),
    "same_amount_and_date": ("dezelfde hoofdsom en ontstaansdatum", "the same principal and day of origin"),
    "original_creditor": ("de een noemt de ander als oorspronkelijke schuldeiser", "one names the other as its origin"),
}

# In what role a statement names somebody who was not asked.
NAMED_AS: Words = {
    "new_holder": ("heeft de vordering nu", "holds the claim now"),
    "original_creditor": ("oorspronkelijke schuldeiser", "original creditor"),
    "creditor": ("aan wie het nu betaald moet worden", "to whom it is owed now"),
    "respondent": ("gaf het antwoord", "gave the answer"),
}

TRANSFER_PROBLEMS: Words = {
    "circle": ("De vordering gaat in een kring rond.", "The claim goes round in a circle."),
    "too_long": ("De vordering ging vaker dan drie keer over.", "The claim was handed on more than three times."),
}

# What changed since the previous statement; {debt} is its reference, {part} a component.
CHANGES: Words = {
    "outcome": ("Antwoord: was {before}, nu {after}", "Answer: was {before}, now {after}"),
    "as_of": ("Peildatum: was {before}, nu {after}", "Amounts as of: was {before}, now {after}"),
    "debt_added": ("{debt}: nieuw, {after}", "{debt}: new, {after}"),
    "debt_gone": ("{debt}: staat er niet meer in, was {before}", "{debt}: gone, was {before}"),
    "total": ("{debt}, totaal: was {before}, nu {after}", "{debt}, total: was {before}, now {after}"),
    "component": ("{debt}, {part}: was {before}, nu {after}", "{debt}, {part}: was {before}, now {after}"),
    "rank": ("{debt}, rang: was {before}, nu {after}", "{debt}, rank: was {before}, now {after}"),
    "transferred": ("{debt}: was {before}, nu {after}", "{debt}: was {before}, now {after}"),
}
_HOLDERS: Words = {
    "here": ("bij deze schuldeiser", "with this creditor"),
    "transferred": ("overgedragen", "transferred"),
}
_NOT_STATED = ("niet genoemd", "not stated")

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


def say_change(change: Mapping[str, Any], language: str) -> str:
    """One change of a statement as a sentence; *change* as the overview shows it."""
    which = LANGUAGES.index(language)
    shown = {name: _before_or_after(change, name, language) for name in ("before", "after")}
    part = say(COMPONENTS, change["component"], language) if "component" in change else ""
    return CHANGES[change["what"]][which].format(debt=change.get("reference", ""), part=part, **shown)


def _before_or_after(change: Mapping[str, Any], name: str, language: str) -> str:
    if f"{name}_cents" in change:
        return amount(change[f"{name}_cents"], language)
    if name not in change:
        return _NOT_STATED[LANGUAGES.index(language)]
    if change["what"] == "as_of":
        return day(change[name], language)
    words = {"outcome": OUTCOMES, "rank": RANKS, "transferred": _HOLDERS}
    return say(words[change["what"]], change[name], language)


def amount(cents: int, language: str) -> str:
    """'€ 1.234,56' in Dutch, '€ 1,234.56' in English."""
    written = euros(cents)
    return written if language == "nl" else written.translate(str.maketrans(".,", ",."))


def day(moment: str, language: str) -> str:
    """'4 mei 2026' for a day or an instant in ISO 8601; an instant is shown as the day it was in the Netherlands."""
    if len(moment) == 10:
        on = date.fromisoformat(moment)
    else:
        on = datetime.fromisoformat(moment).astimezone(ZoneInfo("Europe/Amsterdam")).date()
    return f"{on.day} {_MONTHS[language][on.month - 1]} {on.year}"
