"""The words of a printed receipt, in every language in which somebody can be asked: Dutch (B1), English and Arabic."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("nl", "en", "ar")
RIGHT_TO_LEFT = frozenset(("ar",))

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "title": ("Bewijs van wat u heeft gezegd", "Proof of what you said", "إثبات لما قلتَه"),
    "title_happened": ("Bewijs van wat er is gebeurd", "Proof of what happened", "إثبات لما حدث"),
    "what": ("Wat is er gezegd?", "What was said?", "ماذا قيل؟"),
    "flow": ("Waarover?", "About what?", "حول ماذا؟"),
    "recipient": ("Naar wie gaan de gegevens?", "Who gets the information?", "من يحصل على المعلومات؟"),
    "said_at": ("Wanneer is het gezegd?", "When was it said?", "متى قيل ذلك؟"),
    "recorded_at": ("Wanneer is het opgeschreven?", "When was it written down?", "متى سُجِّل؟"),
    "recorded_by": ("Wie schreef het op?", "Who wrote it down?", "من سجّله؟"),
    "valid_until": (
        "Tot wanneer geldt een ja hooguit?", "Until when does a yes hold at most?", "إلى متى تسري الموافقة كحد أقصى؟",
    ),
    "notice": ("Welke tekst is getoond?", "Which text was shown?", "أي نص عُرض؟"),
    "place": ("Plaats in het logboek", "Place in the log", "الموضع في السجل"),
    "limits": (
        "Dit papier laat zien wat er toen is gezegd. Het laat niet zien of dat nu nog geldt.",
        "This paper shows what was said then. It does not show whether that still holds.",
        "تُظهر هذه الورقة ما قيل حينها. ولا تُظهر ما إذا كان ذلك ساريًا الآن.",
    ),
    "scan": (
        "Met deze code kunt u nakijken of dit in het logboek staat. Er staan geen gegevens van u in de code.",
        "With this code you can check that this is in the log. The code holds nothing about you.",
        "بهذا الرمز يمكنك التحقق من أن هذا مسجّل. لا يحتوي الرمز على أي معلومات عنك.",
    ),
    "coming": (
        "Het is opgeschreven. Het bewijs komt zo. Kijk over een paar minuten nog eens.",
        "It is written down. The proof comes in a moment. Look again in a few minutes.",
        "لقد سُجِّل ذلك. سيأتي الإثبات بعد قليل. انظر مجددًا بعد بضع دقائق.",
    ),
    "erased": (
        "Wat er is gezegd, is gewist. Heeft u het bewijs zelf bewaard? Dan klopt dat nog.",
        "What was said has been erased. Did you keep the proof yourself? It still holds.",
        "ما قيل تم محوه. هل احتفظت بالإثبات بنفسك؟ إنه ما زال صحيحًا.",
    ),
    "by_resident": ("de inwoner zelf", "the resident", "الساكن نفسه"),
    "by_counsellor": ("een hulpverlener", "a counsellor", "مستشار المساعدة"),
    "by_gateway": ("de gemeente, automatisch", "the municipality, automatically", "البلدية، تلقائيًا"),
    "by_other": ("de gemeente", "the municipality", "البلدية"),
    "version": ("versie", "version", "الإصدار"),
    "number": ("nummer", "number", "رقم"),
    "of": ("van", "of", "من"),
}  # fmt: skip

SAID: Mapping[str, tuple[str, str, str]] = {
    "given": ("Ja", "Yes", "نعم"),
    "renewed": ("Ja, opnieuw", "Yes, once more", "نعم، مجددًا"),
    "refused": ("Nee", "No", "لا"),
    "deferred": ("Later, ik wil eerst hulp", "Later, I want help first", "لاحقًا، أريد المساعدة أولًا"),
    "unknown": ("Niet bekend", "Not known", "غير معروف"),
    "withdrawn": ("Stop", "Stop", "توقف"),
    "paused": ("Even niet", "Not for now", "ليس الآن"),
    "resumed": ("Weer wel", "Go on again", "المتابعة من جديد"),
    "imposed": (
        "Zonder een ja, omdat de wet dat zegt",
        "Without a yes, because the law says so",
        "دون موافقة، لأن القانون ينص على ذلك",
    ),
    "expiring": ("Dit ja is bijna voorbij", "This yes ends soon", "تنتهي هذه الموافقة قريبًا"),
    "reminded": ("Dit ja geldt nog", "This yes still counts", "ما زالت هذه الموافقة سارية"),
    "used": ("Er is een bericht gestuurd", "A message was sent", "أُرسلت رسالة"),
    "review_required": ("Dit moet opnieuw worden bekeken", "This must be looked at again", "يجب النظر في هذا من جديد"),
    "reaffirmed": ("Ja, dat blijft zo", "Yes, that stays so", "نعم، يبقى ذلك كما هو"),
    "superseded": ("Er is een nieuw antwoord in de plaats", "A new answer took its place", "حلّ محله جواب جديد"),
    "revoked": ("Gestopt door een ander dan de inwoner", "Stopped by somebody else", "أوقفه شخص آخر"),
    "recalled": ("De getoonde tekst klopte niet", "The text that was shown was wrong", "النص المعروض كان خاطئًا"),
    "invalidated": ("Dit heeft nooit gegolden", "This never held", "هذا لم يكن ساريًا قط"),
}


# These are the resident's own words; whatever else happens to a grant was done by somebody else.
OWN = frozenset(("given", "renewed", "refused", "deferred", "withdrawn", "paused", "resumed", "reaffirmed"))


def text(name: str, language: str) -> str:
    """The words called *name*; in Dutch when the language has none."""
    return TEXTS[name][_place(language)]


def said(word: str, language: str) -> str:
    """What was said, for a reader; the code itself when it has no words."""
    return SAID[word][_place(language)] if word in SAID else word


def _place(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else 0
