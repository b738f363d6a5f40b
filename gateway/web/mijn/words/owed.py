"""The words about what came back from each creditor, without a term of the trade."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "owed_title": (
        "Wat moet u nog betalen?",
        "What do you still have to pay?",
        "ما الذي بقي عليك دفعه؟",
    ),
    "owed_lead": (
        "Dit zeggen de bedrijven. Uw hulpverlener kijkt of het klopt.",
        "This is what the companies say. Your counsellor checks it.",
        "هذا ما تقوله الشركات، ويتحقق مرشدك من صحته.",
    ),
    "owed_nothing_yet": (
        "Er is nog niets teruggekomen.",
        "Nothing has come back yet.",
        "لم يصل شيء بعد.",
    ),
    "owed_hurry": (
        "U hoeft nu niets te betalen. Overleg met uw hulpverlener.",
        "You need not pay anything now. Talk to your counsellor first.",
        "لا يلزمك دفع شيء الآن. تحدث مع مرشدك أولًا.",
    ),
    "news_held": (
        "Er kwam een antwoord. Wij kijken of het klopt.",
        "There was an answer. We are checking it.",
        "وصل رد، ونتحقق من صحته.",
    ),
    "news_owed": (
        "U moet daar nog {amount} betalen.",
        "You still have to pay {amount} there.",
        "بقي عليك أن تدفع هناك {amount}.",
    ),
    "news_request_queued": (
        "Wij sturen onze vraag.",
        "We are sending our question.",
        "نرسل سؤالنا الآن.",
    ),
    "news_request_waiting": (
        "Wij hebben het gevraagd. Wij wachten op antwoord.",
        "We asked. We are waiting for an answer.",
        "سألنا وننتظر الرد.",
    ),
    "news_request_overdue": (
        "Het antwoord is te laat. Wij vragen het nog een keer.",
        "The answer is late. We ask again.",
        "تأخر الرد، وسنسأل مرة أخرى.",
    ),
    "news_request_noticed": (
        "Het antwoord is te laat. Wij vroegen het nog een keer.",
        "The answer is late. We asked again.",
        "تأخر الرد، وقد سألنا مرة أخرى.",
    ),
    "news_request_silent": (
        "Er kwam geen antwoord. Uw hulpverlener zoekt een oplossing.",
        "There was no answer. Your counsellor looks for a way.",
        "لم يصل رد. يبحث مرشدك عن حل.",
    ),
    "news_request_stopped": (
        "Wij zijn hier gestopt.",
        "We stopped here.",
        "توقفنا هنا.",
    ),
    "news_request_undeliverable": (
        "Onze vraag kwam niet aan. Uw hulpverlener zoekt een oplossing.",
        "Our question did not arrive. Your counsellor looks for a way.",
        "لم يصل سؤالنا. يبحث مرشدك عن حل.",
    ),
    "news_outcome_statement": (
        "Zij hebben geantwoord.",
        "They answered.",
        "لقد أجابوا.",
    ),
    "news_outcome_nil": (
        "U hoeft daar niets meer te betalen.",
        "You owe nothing there any more.",
        "لم يعد عليك أن تدفع لهم شيئًا.",
    ),
    "news_outcome_client_unknown": (
        "Zij kennen u niet.",
        "They do not know you.",
        "إنهم لا يعرفونك.",
    ),
    "news_outcome_transferred": (
        "Uw schuld ligt nu bij een ander bedrijf.",
        "Another company now holds your debt.",
        "دينك الآن لدى شركة أخرى.",
    ),
    "news_outcome_refused": (
        "Zij willen niet meewerken. Uw hulpverlener zoekt een oplossing.",
        "They do not want to help. Your counsellor looks for a way.",
        "لا يريدون التعاون. يبحث مرشدك عن حل.",
    ),
    "news_offer_queued": (
        "Wij sturen een voorstel.",
        "We are sending an offer.",
        "نرسل اقتراحًا.",
    ),
    "news_offer_waiting": (
        "Wij deden een voorstel. Wij wachten op antwoord.",
        "We made an offer. We are waiting.",
        "قدمنا اقتراحًا وننتظر الرد.",
    ),
    "news_offer_overdue": (
        "Hun antwoord op ons voorstel is te laat.",
        "Their answer to our offer is late.",
        "تأخر ردهم على اقتراحنا.",
    ),
    "news_offer_noticed": (
        "Wij vroegen nog een keer om een antwoord.",
        "We asked for an answer once more.",
        "طلبنا الرد مرة أخرى.",
    ),
    "news_offer_challenged": (
        "Zij zeiden nee, zonder uitleg. Wij vragen om uitleg.",
        "They said no. We ask them why.",
        "رفضوا دون تعليل، ونسألهم عن السبب.",
    ),
    "news_offer_lapsed": (
        "De tijd voor een antwoord is voorbij. Uw hulpverlener kijkt ernaar.",
        "The time to answer is over. Your counsellor looks at it.",
        "انتهى وقت الرد، وينظر مرشدك في الأمر.",
    ),
    "news_offer_deemed": (
        "Ons voorstel geldt volgens afspraak als akkoord.",
        "By agreement, our offer counts as agreed.",
        "يُعتبر اقتراحنا مقبولًا بحسب الاتفاق.",
    ),
    "news_rebut": (
        "Zij kunnen nog uitleg geven tot en met {day}.",
        "They may still explain until {day}.",
        "يمكنهم التوضيح حتى {day}.",
    ),
    "news_offer_accepted": (
        "Zij zijn het eens met ons voorstel.",
        "They agree with our offer.",
        "وافقوا على اقتراحنا.",
    ),
    "news_offer_accepted_in_advance": (
        "Zij zijn het eens met ons voorstel.",
        "They agree with our offer.",
        "وافقوا على اقتراحنا.",
    ),
    "news_offer_refused": (
        "Zij zeiden nee tegen ons voorstel.",
        "They said no to our offer.",
        "رفضوا اقتراحنا.",
    ),
    "news_offer_refused_unargued": (
        "Zij zeiden nee tegen ons voorstel.",
        "They said no to our offer.",
        "رفضوا اقتراحنا.",
    ),
    "news_offer_unanswered": (
        "Zij gaven geen antwoord op ons voorstel. Dat telt niet als ja.",
        "They did not answer our offer. That does not count as yes.",
        "لم يردوا على اقتراحنا، ولا يُعد ذلك موافقة.",
    ),
    "news_offer_routed": (
        "Zij wijzen naar een ander bedrijf.",
        "They point to another company.",
        "أحالونا إلى شركة أخرى.",
    ),
    "news_offer_stopped": (
        "Wij zijn gestopt met het voorstel.",
        "We stopped the offer.",
        "أوقفنا الاقتراح.",
    ),
    "news_offer_undeliverable": (
        "Ons voorstel kwam niet aan.",
        "Our offer did not arrive.",
        "لم يصل اقتراحنا.",
    ),
}
