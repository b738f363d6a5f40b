"""The words of the pages, in Dutch (B1) and English. About silence only what a regime says, and that comes with it."""

from __future__ import annotations

from gateway.documents.words import Words

TEXTS: Words = {
    # every page
    "skip": ("Naar de inhoud", "Skip to content"),
    "language": ("Taal", "Language"),
    "nl": ("Nederlands", "Nederlands"),
    "en": ("English", "English"),
    "questions": ("Vragen?", "Questions?"),
    "call": ("Bel ons:", "Call us:"),
    "call_back": ("Wij bellen u ook graag terug.", "We are happy to call you back."),
    "no_date": ("nog geen datum", "no date yet"),
    "no_term": ("termijn voorbij of stilgezet; antwoorden kan nog", "term over or suspended; you may still answer"),
    "unknown": ("niet bekend", "not known"),
    # resident
    "resident_title": ("Wie vragen wij iets over u?", "Whom do we ask about you?"),
    "resident_lead": (
        "De gemeente helpt u met uw schulden. Hier ziet u wie wij iets vragen, en wat er terugkomt.",
        "The municipality helps you with your debts. Here you see whom we ask, and what comes back.",
    ),
    "no_hurry": ("Er is geen haast.", "There is no hurry."),
    "nothing_to_do": ("U hoeft nu niets te doen.", "You do not have to do anything now."),
    "nobody_yet": ("Wij hebben nog niemand iets gevraagd.", "We have not asked anybody yet."),
    "what_you_said": ("Wat u heeft gezegd", "What you said"),
    "what_came_back": ("Wat er terugkwam", "What came back"),
    "not_asked": ("Wij hebben hier nog niets gevraagd.", "We have not asked anything here yet."),
    "until": ("tot", "until"),
    "said_on": ("gezegd op", "said on"),
    "stop_title": ("Wilt u stoppen?", "Do you want to stop?"),
    "stop_text": (
        "Dat mag altijd. U hoeft niet te zeggen waarom. Bel ons, of zeg het tegen uw hulpverlener. "
        "Wij stoppen dan meteen.",
        "You always may. You do not have to say why. Call us, or tell your counsellor. We then stop at once.",
    ),
    "looks_title": ("Wie keek er naar uw gegevens?", "Who looked at your records?"),
    "looks_none": ("Nog niemand anders dan u.", "Nobody but you, so far."),
    "look_case.looked_at": ("Uw hulpverlener keek.", "Your counsellor looked."),
    "look_evidence.built": ("Uw hulpverlener maakte een bewijsdossier.", "Your counsellor made an evidence file."),
    # counsellor
    "counsellor_title": ("Zaak", "Case"),
    "as_of": ("Stand van", "As of"),
    "creditors": ("Schuldeisers", "Creditors"),
    "creditor": ("Schuldeiser", "Creditor"),
    "stand": ("Stand", "Standing"),
    "came_back": ("Wat kwam terug", "What came back"),
    "total": ("Totaal", "Total"),
    "original": ("Oorspronkelijke schuld", "Original debt"),
    "lapses": ("Vervalt", "Lapses"),
    "due": ("Uiterste dag", "Last day"),
    "cure_due": ("Laatste kans tot", "Last chance until"),
    "suspended": ("De termijn staat stil.", "The term is suspended."),
    "offer": ("Voorstel", "Offer"),
    "of_claim": ("van", "of"),
    "rebut_until": ("Te weerleggen tot en met", "Open to rebuttal until"),
    "unconfirmed": ("bedrag niet bevestigd door de schuldeiser", "amount not confirmed by the creditor"),
    "late": ("Te laat geantwoord.", "Answered late."),
    "provisional": ("voorlopig, telt nog niet mee", "provisional, does not count yet"),
    "not_split": ("niet uitgesplitst", "not broken down"),
    "held_because": ("Vastgehouden omdat:", "Held because:"),
    "received": ("ontvangen", "received"),
    "loose_ends": ("Kijk hier nog naar", "Look at this"),
    "possibly_twice": ("Mogelijk dubbel geteld:", "Possibly counted twice:"),
    "named_not_asked": ("Wel genoemd, nog niet gevraagd:", "Named, not asked yet:"),
    "days_differ": ("De bedragen zijn niet van dezelfde dag: van", "The amounts are not of one day: from"),
    "until_and_with": ("tot en met", "to"),
    "waiting_title": ("Antwoorden die op u wachten", "Replies that wait for you"),
    "waiting_lead": (
        "Deze antwoorden zijn er wel. Ze tellen nog niet mee.",
        "These replies are here. They do not count yet.",
    ),
    "waits_since": ("Wacht sinds", "Waits since"),
    "clock_suspended": ("De termijn staat stil.", "The term is suspended."),
    "clock_running": ("De termijn loopt door.", "The term runs on."),
    "clock_none": ("Er loopt geen termijn.", "No term runs."),
    "why": ("Waarom", "Why"),
    "times": ("keer", "times"),
    "you_can": ("Wat u kunt doen", "What you can do"),
    "can_mend_and_replay": (
        "Vraag de beheerder om de vertaling van dit soort antwoord te verbeteren. Het antwoord wordt dan opnieuw "
        "gelezen.",
        "Ask the administrator to mend the mapping of this kind of reply. The reply is then read anew.",
    ),
    "can_ask_creditor": (
        "Vraag de schuldeiser om een nieuw antwoord. Die heeft al bericht gekregen van wat niet klopt.",
        "Ask the creditor for a new answer. It was already told what is wrong.",
    ),
    "can_key_in": (
        "Heeft u het antwoord op papier? Typ het over. Een collega leest het daarna ook.",
        "Do you have the answer on paper? Type it in. A colleague then reads it too.",
    ),
    "can_dismiss": (
        "Is het geen antwoord? Leg het weg en zeg waarom. De termijn loopt dan verder.",
        "Is it no answer? Put it aside and say why. The term then runs on.",
    ),
    "can_check": (
        "Vraag een collega om de brief ook te lezen, en door te geven wat er staat. Niet degene die typte.",
        "Ask a colleague to read the letter too and to send what it says. Not the one who typed.",
    ),
    "keyed_waits": (
        "Overgetypt van papier. Wacht op een tweede lezer.",
        "Typed in from paper. Waits for a second reader.",
    ),
    "obstacle": ("Er is een belemmering gemeld.", "An obstacle was flagged."),
    "debts": ("Schulden, een voor een", "Debts, one by one"),
    "debt": ("Schuld", "Debt"),
    "rank": ("Rang", "Rank"),
    "transferred": ("Overgedragen", "Transferred"),
    "booked": ("Volgens boeking schuldeiser", "As the creditor booked it"),
    "totals": ("Totalen", "Totals"),
    "answered": ("Beantwoord", "Answered"),
    "waits_for_you": ("Wacht op u", "Waits for you"),
    "not_split_total": ("Niet uitgesplitst, telt geheel mee", "Not broken down, counts in full"),
    "original_note": (
        "De oorspronkelijke schuld is het bedrag zonder verhogingen en boetes; wat vervalt, is het verschil. "
        "Alle betalingen zijn op de hoofdsom geteld.",
        "The original debt is the amount without increases and fines; what lapses is the difference. "
        "All payments were counted on the principal.",
    ),
    "settlement": ("Voorstel aan de schuldeisers", "Offer to the creditors"),
    "pool": ("Te verdelen", "To distribute"),
    "months": ("maanden", "months"),
    "basis": ("Verdeeld naar", "Distributed by"),
    "surplus": ("Over voor de inwoner", "Left to the resident"),
    "agreed": ("Akkoord", "Agreed"),
    "agreed_of": ("van de", "of"),
    "agreed_value": ("Deel van het bedrag", "Share of the amount"),
    "silence_means": (
        "Wat geen antwoord betekent, in de woorden aan de schuldeiser",
        "What no answer means, as the creditor reads it",
    ),
    "no_creditors": ("Er is nog niemand gevraagd.", "Nobody was asked yet."),
    "next_step": ("Nu te doen:", "To do now:"),
    "law_today": ("De wet van nu", "The law as it stands"),
    "covenant": ("Convenant", "Covenant"),
    "reversed_burden": ("Omgekeerde bewijslast, volgens afspraak", "Reversed burden of proof, by agreement"),
    # creditor
    "creditor_title": ("Open vragen en voorstellen", "Open requests and offers"),
    "creditor_lead": (
        "Dit staat open tussen u en ons. Antwoorden kan op de manier die u gewend bent.",
        "This is open between you and us. Answer in the way you are used to.",
    ),
    "requests": ("Vragen om een saldo-opgave", "Requests for a statement"),
    "offers": ("Voorstellen", "Offers"),
    "case_reference": ("Ons kenmerk", "Our reference"),
    "number": ("Nummer om op te antwoorden", "Number to answer to"),
    "state": ("Stand", "State"),
    "answer_by": ("Antwoord uiterlijk", "Answer by"),
    "nothing_open": ("Er staat niets open.", "Nothing is open."),
    # errors and the way in
    "not_found_title": ("Deze link werkt niet meer", "This link does not work any more"),
    "not_found_text": (
        "Een link werkt een dag. Bel ons, dan krijgt u een nieuwe. U heeft niets fout gedaan.",
        "A link works for one day. Call us and you get a new one. You did nothing wrong.",
    ),
    "away_title": ("Even niet bereikbaar", "Not available for a moment"),
    "away_text": (
        "Wij laten alleen iets zien als wij kunnen opschrijven dat er is gekeken. Probeer het over een paar minuten.",
        "We only show something when we can record that somebody looked. Try again in a few minutes.",
    ),
    "failed_title": ("Er ging iets mis bij ons", "Something went wrong here"),
    "failed_text": ("Probeer het later nog een keer, of bel ons.", "Try again later, or call us."),
    "again": ("Probeer het nog een keer", "Try again"),
    "onward_title": ("Nog één stap", "One more step"),
    "onward": ("Verder naar uw pagina", "Go on to your page"),
}

# What a word of the resident is worth now, as the resident sees it.
GRANTS: Words = {
    "active": ("Ja", "Yes"),
    "refused": ("Nee", "No"),
    "deferred": ("Later", "Later"),
    "withdrawn": ("Gestopt", "Stopped"),
    "paused": ("Even gestopt", "Paused"),
    "revoked": ("Gestopt door de gemeente", "Stopped by the municipality"),
    "invalidated": ("Telt niet", "Does not count"),
    "expired": ("Voorbij", "Over"),
    "used_up": ("Ja, alles is gestuurd", "Yes, everything was sent"),
    "not_yet": ("Ja, later pas", "Yes, from later on"),
}

# What the counsellor can do now.
STEPS: Words = {
    "held": ("Antwoord wacht op u", "A reply waits for you"),
    "held_step": ("Kijk naar het antwoord. De termijn kan stilstaan.", "Look at the reply. The term may be suspended."),
    "silent": ("Bel de schuldeiser, of ga verder met bekende bedragen.", "Call them, or go on with known amounts."),
    "no_help": ("Werkt niet mee", "Does not co-operate"),
    "undeliverable": ("Zoek een ander adres of een andere weg.", "Find another address or another way."),
    "lapsed": ("Bekijk het bewijs, en bevestig met uw naam of niet.", "Look at the evidence; confirm by name, or not."),
    "refused": ("Bekijk de grond. Een dwangakkoord kan een weg zijn.", "Look at the ground. A court may be a way."),
    "unanswered": ("Bel, of bereid een dwangakkoord voor.", "Call, or prepare a request to the court."),
    "routed": ("Zoek wie de vordering nu heeft.", "Find out who holds the claim now."),
}

# What came back, for the resident.
NEWS: Words = {
    "held": ("Er kwam een antwoord. Wij kijken of het klopt.", "There was an answer. We are checking it."),
    "owed": ("U moet daar nog {amount} betalen.", "You still have to pay {amount} there."),
    "request_queued": ("Wij sturen onze vraag.", "We are sending our question."),
    "request_waiting": ("Wij hebben het gevraagd. Wij wachten op antwoord.", "We asked. We are waiting for an answer."),
    "request_overdue": ("Het antwoord is te laat. Wij vragen het nog een keer.", "The answer is late. We ask again."),
    "request_noticed": (
        "Het antwoord is te laat. Wij vroegen het nog een keer.",
        "The answer is late. We asked again.",
    ),
    "request_silent": (
        "Er kwam geen antwoord. Uw hulpverlener zoekt een oplossing.",
        "There was no answer. Your counsellor looks for a way.",
    ),
    "request_stopped": ("Wij zijn hier gestopt.", "We stopped here."),
    "request_undeliverable": (
        "Onze vraag kwam niet aan. Uw hulpverlener zoekt een oplossing.",
        "Our question did not arrive. Your counsellor looks for a way.",
    ),
    "outcome_statement": ("Zij hebben geantwoord.", "They answered."),
    "outcome_nil": ("U hoeft daar niets meer te betalen.", "You owe nothing there any more."),
    "outcome_client_unknown": ("Zij kennen u niet.", "They do not know you."),
    "outcome_transferred": ("Uw schuld ligt nu bij een ander bedrijf.", "Another company now holds your debt."),
    "outcome_refused": (
        "Zij willen niet meewerken. Uw hulpverlener zoekt een oplossing.",
        "They do not want to help. Your counsellor looks for a way.",
    ),
    "offer_queued": ("Wij sturen een voorstel.", "We are sending an offer."),
    "offer_waiting": ("Wij deden een voorstel. Wij wachten op antwoord.", "We made an offer. We are waiting."),
    "offer_overdue": ("Hun antwoord op ons voorstel is te laat.", "Their answer to our offer is late."),
    "offer_noticed": ("Wij vroegen nog een keer om een antwoord.", "We asked for an answer once more."),
    "offer_challenged": ("Zij zeiden nee, zonder uitleg. Wij vragen om uitleg.", "They said no. We ask them why."),
    "offer_lapsed": (
        "De tijd voor een antwoord is voorbij. Uw hulpverlener kijkt ernaar.",
        "The time to answer is over. Your counsellor looks at it.",
    ),
    "offer_deemed": ("Ons voorstel geldt volgens afspraak als akkoord.", "By agreement, our offer counts as agreed."),
    "rebut": ("Zij kunnen nog uitleg geven tot en met {day}.", "They may still explain until {day}."),
    "offer_accepted": ("Zij zijn het eens met ons voorstel.", "They agree with our offer."),
    "offer_accepted_in_advance": ("Zij zijn het eens met ons voorstel.", "They agree with our offer."),
    "offer_refused": ("Zij zeiden nee tegen ons voorstel.", "They said no to our offer."),
    "offer_refused_unargued": ("Zij zeiden nee tegen ons voorstel.", "They said no to our offer."),
    "offer_unanswered": (
        "Zij gaven geen antwoord op ons voorstel. Dat telt niet als ja.",
        "They did not answer our offer. That does not count as yes.",
    ),
    "offer_routed": ("Zij wijzen naar een ander bedrijf.", "They point to another company."),
    "offer_stopped": ("Wij zijn gestopt met het voorstel.", "We stopped the offer."),
    "offer_undeliverable": ("Ons voorstel kwam niet aan.", "Our offer did not arrive."),
}
