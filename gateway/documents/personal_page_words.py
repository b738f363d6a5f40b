"""The words of the page in a resident's own copy: Dutch (B1), English and Arabic."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("nl", "en", "ar")
RIGHT_TO_LEFT = frozenset(("ar",))
Words = Mapping[str, tuple[str, str, str]]

TEXTS: Words = {
    "title": ("Uw gegevens", "Your data", "بياناتك"),
    "lead": (
        "Dit is een afschrift van wat wij over u hebben, gemaakt op {day}. U mag het bewaren en aan anderen laten "
        "zien.",
        "This is a copy of what we have about you, made on {day}. You may keep it and show it to others.",
        "هذه نسخة مما لدينا عنك، أُعدّت في {day}. يمكنك الاحتفاظ بها وعرضها على الآخرين.",
    ),
    "left_out": (
        "Gegevens over andere mensen staan er niet in. De brieven van schuldeisers zelf ook niet: daar kan iets over "
        "een ander in staan. Wilt u een brief inzien? Vraag het ons.",
        "Data about other people is not in it. Nor are the letters of creditors themselves: they may speak of somebody "
        "else. Do you want to see a letter? Ask us.",
        "لا تتضمن بيانات عن أشخاص آخرين، ولا رسائل الدائنين نفسها لأنها قد تتحدث عن شخص آخر. "
        "هل تريد الاطلاع على رسالة؟ اسألنا.",
    ),
    "correct": (
        "Klopt er iets niet? U mag ons vragen om het te verbeteren of te wissen.",
        "Is something wrong? You may ask us to correct or erase it.",
        "هل هناك خطأ؟ يمكنك أن تطلب منا التصحيح أو المحو.",
    ),
    "nothing": ("Niets.", "Nothing.", "لا شيء."),
    "about_you": ("Over u", "About you", "عنك"),
    "said": ("Wat u zei", "What you said", "ما قلتَه"),
    "sent": ("Wat wij stuurden", "What we sent", "ما أرسلناه"),
    "answered": ("Wat schuldeisers antwoordden", "What creditors answered", "ما أجاب به الدائنون"),
    "proposed": ("Voorstellen", "Offers", "العروض"),
    "seen": ("Wie zag uw gegevens", "Who saw your data", "من اطّلع على بياناتك"),
    "day": ("Dag", "Day", "اليوم"),
    "to_whom": ("Aan wie", "To whom", "إلى من"),
    "what_for": ("Waarvoor", "What for", "الغرض"),
    "choice": ("Uw keuze", "Your choice", "اختيارك"),
    "until": ("Tot en met", "Until", "حتى"),
    "what": ("Wat", "What", "ماذا"),
    "who": ("Wie", "Who", "من"),
    "reference": ("Kenmerk", "Reference", "المرجع"),
    "amount": ("Bedrag", "Amount", "المبلغ"),
    "debt": ("Schuld", "Debt", "الدين"),
    "offer": ("Voorstel", "Offer", "العرض"),
    "standing": ("Stand", "Standing", "الحالة"),
    "happened": ("Wat er gebeurde", "What happened", "ما الذي حدث"),
}

ABOUT: Words = {
    "bsn": ("Burgerservicenummer", "Citizen service number", "رقم خدمة المواطن"),
    "initials": ("Voorletters", "Initials", "الأحرف الأولى"),
    "surname": ("Achternaam", "Surname", "اسم العائلة"),
    "birth_date": ("Geboortedatum", "Date of birth", "تاريخ الميلاد"),
    "street": ("Straat", "Street", "الشارع"),
    "house_number": ("Huisnummer", "House number", "رقم المنزل"),
    "postcode": ("Postcode", "Postcode", "الرمز البريدي"),
    "town": ("Plaats", "Town", "المدينة"),
}

ACTS: Words = {
    "given": ("ja", "yes", "نعم"),
    "refused": ("nee", "no", "لا"),
    "deferred": ("later, of eerst hulp", "later, or help first", "لاحقًا، أو المساعدة أولًا"),
    "unknown": ("niet bekend", "not known", "غير معروف"),
}

MESSAGE_STATES: Words = {
    "queued": ("wacht", "waits", "في الانتظار"),
    "sending": ("onderweg", "on its way", "في الطريق"),
    "delivered": ("bezorgd", "delivered", "وصلت"),
    "failed": ("kwam niet aan", "did not arrive", "لم تصل"),
    "cancelled": ("niet verstuurd", "not sent", "لم تُرسل"),
}

MESSAGES: Words = {
    "statement_request": (
        "Vraag hoeveel u nog moet betalen",
        "Question how much you still owe",
        "سؤال عن المبلغ الذي بقي عليك",
    ),
    "statement_reminder": ("Herinnering aan die vraag", "Reminder of that question", "تذكير بذلك السؤال"),
    "statement_final_notice": (
        "Laatste bericht over die vraag",
        "Last message about that question",
        "آخر رسالة عن ذلك السؤال",
    ),
    "proposal": ("Voorstel", "Offer", "عرض"),
    "proposal_reminder": ("Herinnering aan het voorstel", "Reminder of the offer", "تذكير بالعرض"),
    "proposal_final_notice": (
        "Laatste bericht over het voorstel",
        "Last message about the offer",
        "آخر رسالة عن العرض",
    ),
    "substantiation_request": ("Vraag om uitleg", "Request for reasons", "طلب توضيح"),
    "reconsideration": ("Vraag om nog eens te kijken", "Request to look once more", "طلب النظر مرة أخرى"),
    "stop_notice": ("Bericht om te stoppen", "Message to stop", "رسالة للتوقف"),
    "outcome_notice": ("Bericht over de uitkomst", "Message about the outcome", "رسالة عن النتيجة"),
}

OUTCOMES: Words = {
    "nil": ("u hoeft niets meer te betalen", "you owe nothing any more", "لم يبق عليك شيء"),
    "client_unknown": ("kent u niet", "does not know you", "لا يعرفك"),
    "transferred": ("ligt bij een ander", "is with somebody else", "انتقل إلى جهة أخرى"),
    "refused": ("werkt niet mee", "does not co-operate", "لا يتعاون"),
    "not_shown": (
        "er is een antwoord; vraag ons ernaar, of log zelf in",
        "there is an answer; ask us about it, or sign in yourself",
        "هناك رد؛ اسألنا عنه أو سجّل الدخول بنفسك",
    ),
}

OFFERS: Words = {
    "queued": ("wordt verstuurd", "is being sent", "قيد الإرسال"),
    "waiting": ("wij wachten op antwoord", "we wait for an answer", "ننتظر الرد"),
    "overdue": ("het antwoord is te laat", "the answer is late", "تأخر الرد"),
    "noticed": ("wij vroegen het nog een keer", "we asked once more", "سألنا مرة أخرى"),
    "challenged": (
        "nee zonder uitleg; wij vroegen waarom", "no without reasons; we asked why", "رفض دون تعليل؛ سألنا عن السبب",
    ),
    "lapsed": ("de tijd voor een antwoord is voorbij", "the time to answer is over", "انتهى وقت الرد"),
    "deemed": ("geldt volgens afspraak als akkoord", "counts as agreed, by agreement", "يُعد موافقة بحسب الاتفاق"),
    "accepted": ("akkoord", "agreed", "موافقة"),
    "accepted_in_advance": ("akkoord", "agreed", "موافقة"),
    "refused": ("nee", "no", "رفض"),
    "refused_unargued": ("nee, zonder uitleg", "no, without reasons", "رفض دون تعليل"),
    "unanswered": (
        "geen antwoord; dat telt niet als ja", "no answer; that does not count as yes", "لا رد؛ ولا يُعد ذلك موافقة",
    ),
    "routed": ("verwees naar een ander", "referred to somebody else", "أحال إلى جهة أخرى"),
    "stopped": ("gestopt", "stopped", "متوقف"),
    "undeliverable": ("kwam niet aan", "did not arrive", "لم يصل"),
}  # fmt: skip


def say(words: Words, code: str, language: str) -> str:
    """The words for *code*; a code without words shows itself, because hiding it would mislead."""
    return words[code][LANGUAGES.index(language)] if code in words else code
