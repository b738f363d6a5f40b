"""
"Who saw my data" in plain words (B1): one sentence for each kind of journal entry that a resident is shown.

Every kind of entry about a resident is either in SHOWN or counted in the tally of technical steps, so that the two
together are always everything. No sentence holds a value, and none names a person other than the resident.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("nl", "en", "ar")
Sentences = tuple[str, str, str]  # Dutch, English, Arabic

# Kind -> what happened. {who} is an organisation, {why} the name of the flow.
SHOWN: Mapping[str, Sentences] = {
    # what went out
    "message.delivered": (
        "{who} kreeg een bericht van ons.",
        "{who} received a message from us.",
        "تلقّى {who} رسالة منا.",
    ),
    "message.unknown": (
        "Wij stuurden {who} een bericht. Wij weten niet of het aankwam.",
        "We sent {who} a message. We do not know whether it arrived.",
        "أرسلنا رسالة إلى {who}، ولا نعلم إن كانت قد وصلت.",
    ),
    "message.given_up": (
        "Een bericht aan {who} kwam niet aan.",
        "A message to {who} did not arrive.",
        "لم تصل رسالة إلى {who}.",
    ),
    "message.cancelled": (
        "Een bericht aan {who} is niet verstuurd.",
        "A message to {who} was not sent.",
        "لم تُرسل رسالة إلى {who}.",
    ),
    # what came in
    "reply.received": ("{who} stuurde ons een antwoord.", "{who} sent us an answer.", "أرسل {who} إلينا ردًّا."),
    "reply.quarantined": (
        "{who} antwoordde nadat het moest stoppen. Wij lezen dat niet.",
        "{who} answered after it had to stop. We do not read that.",
        "ردّ {who} بعد أن وجب عليه التوقف. لن نقرأ الرد.",
    ),
    "answer.quarantined": (
        "{who} antwoordde nadat het moest stoppen. Wij lezen dat niet.",
        "{who} answered after it had to stop. We do not read that.",
        "ردّ {who} بعد أن وجب عليه التوقف. لن نقرأ الرد.",
    ),
    "answer.refused": (
        "{who} stuurde een antwoord dat wij niet konden lezen.",
        "{who} sent an answer that we could not read.",
        "أرسل {who} ردًّا لم نتمكن من قراءته.",
    ),
    "answer.no_effect": (
        "{who} antwoordde nog een keer. Dat veranderde niets.",
        "{who} answered once more. That changed nothing.",
        "ردّ {who} مرة أخرى، ولم يغيّر ذلك شيئًا.",
    ),
    "offer.accepted": ("{who} zei ja tegen ons voorstel.", "{who} said yes to our offer.", "وافق {who} على عرضنا."),
    "offer.refused": ("{who} zei nee tegen ons voorstel.", "{who} said no to our offer.", "رفض {who} عرضنا."),
    "offer.refused_unargued": (
        "{who} zei nee tegen ons voorstel.",
        "{who} said no to our offer.",
        "رفض {who} عرضنا.",
    ),
    "offer.challenged": (
        "{who} zei nee zonder uitleg. Wij vragen om uitleg.",
        "{who} said no without reasons. We ask for them.",
        "رفض {who} دون تعليل، ونطلب منه التعليل.",
    ),
    "offer.routed": (
        "{who} verwees ons naar een ander.",
        "{who} referred us to somebody else.",
        "أحالنا {who} إلى جهة أخرى.",
    ),
    # who looked
    "case.looked_at": ("{who} keek in uw zaak.", "{who} looked into your case.", "اطّلع {who} على ملفك."),
    "resident.looked_at_flows": ("U keek zelf.", "You looked yourself.", "اطّلعت أنت بنفسك."),
    "resident.looked_at_log": (
        "{who} keek in deze lijst.",
        "{who} looked at this list.",
        "اطّلع {who} على هذه القائمة.",
    ),
    "withdrawal.previewed": (
        "{who} keek wat er gebeurt als u stopt.",
        "{who} looked what happens if you stop.",
        "اطّلع {who} على ما يحدث إذا توقفت.",
    ),
    "stops.looked_at": (
        "{who} keek hoe het staat met wat u stopte.",
        "{who} looked how it is with what you stopped.",
        "اطّلع {who} على وضع ما أوقفته.",
    ),
    "reply.replayed": (
        "Een antwoord van {who} is opnieuw gelezen.",
        "An answer from {who} was read anew.",
        "أُعيدت قراءة رد من {who}.",
    ),
    "statement.keyed": (
        "Een medewerker typte een brief van {who} over.",
        "A member of staff typed in a letter from {who}.",
        "نسخ موظف رسالة من {who}.",
    ),
    "statement.checked": (
        "Een tweede medewerker las een brief van {who}.",
        "A second member of staff read a letter from {who}.",
        "قرأ موظف ثانٍ رسالة من {who}.",
    ),
    "statement.check_differed": (
        "Een tweede medewerker las een brief van {who}.",
        "A second member of staff read a letter from {who}.",
        "قرأ موظف ثانٍ رسالة من {who}.",
    ),
    "statement.check_refused": (
        "Een tweede medewerker las een brief van {who}.",
        "A second member of staff read a letter from {who}.",
        "قرأ موظف ثانٍ رسالة من {who}.",
    ),
    # what was handed over
    "evidence.built": (
        "{who} maakte een bewijsdossier van uw zaak.",
        "{who} made an evidence file of your case.",
        "أعدّ {who} ملف إثبات لقضيتك.",
    ),
    "export.made": (
        "{who} maakte een afschrift van uw gegevens.",
        "{who} made a copy of your data.",
        "أعدّ {who} نسخة من بياناتك.",
    ),
    # what was kept back
    "decision.refused": (
        "Wij hielden iets tegen: {who} kreeg niets, of werd niet gelezen.",
        "We kept something back: {who} got nothing, or was not read.",
        "منعنا شيئًا: لم يحصل {who} على شيء أو لم نقرأ رده.",
    ),
    # what you said
    "consent.given": ("U zei ja.", "You said yes.", "قلت نعم."),
    "consent.refused": ("U zei nee.", "You said no.", "قلت لا."),
    "consent.deferred": (
        "U zei: later, of eerst hulp.",
        "You said: later, or help first.",
        "قلت: لاحقًا، أو المساعدة أولًا.",
    ),
    "consent.withdrawn": ("U stopte.", "You stopped.", "توقفت."),
    "consent.paused": ("Het staat even stil.", "It is paused.", "توقّف مؤقتًا."),
    "consent.resumed": ("Het gaat weer verder.", "It goes on again.", "استُؤنف الأمر."),
    "consent.revoked": ("De gemeente stopte.", "The municipality stopped it.", "أوقفته البلدية."),
    "consent.recalled": (
        "De tekst die u las, klopte niet. Daarom is dit gestopt.",
        "The text that you read was wrong. So this was stopped.",
        "كان النص الذي قرأته غير صحيح، لذلك أُوقف هذا.",
    ),
    "consent.invalidated": (
        "Dit had nooit mogen gelden. Daarom is het gestopt.",
        "This should never have counted. So it was stopped.",
        "لم يكن ينبغي أن يسري هذا، لذلك أُوقف.",
    ),
    "consent.superseded": (
        "Een nieuwe keuze kwam in de plaats.",
        "A new choice came in its place.",
        "حلّ خيار جديد محلّه.",
    ),
    "consent.review_required": (
        "Iemand moet opnieuw kijken of uw ja nog geldt.",
        "Somebody must look again whether your yes still counts.",
        "يجب أن ينظر أحد مجددًا فيما إذا كانت موافقتك سارية.",
    ),
    "consent.imposed": (
        "Wij vroegen {who} iets over u, zonder uw ja. U mag zeggen dat u het er niet mee eens bent.",
        "We asked {who} something about you, without your yes. You may say that you disagree.",
        "سألنا {who} عنك دون أن تقول نعم. يمكنك أن تقول إنك لا توافق.",
    ),
    "consent.expiring": (
        "Uw ja over {who} is bijna voorbij. U hoeft niets te doen. Wilt u langer? Bel ons.",
        "Your yes about {who} ends soon. You do not have to do anything. Do you want more time? Call us.",
        "موافقتك بشأن {who} ستنتهي قريبًا. لا يلزمك فعل شيء. هل تريد تمديدها؟ اتصل بنا.",
    ),
    "consent.reminded": (
        "Uw ja over {who} geldt nog. U mag altijd stoppen.",
        "Your yes about {who} still counts. You may always stop.",
        "موافقتك بشأن {who} ما زالت سارية. يمكنك التوقف في أي وقت.",
    ),
    "consent.reaffirmed": ("Uw ja is bevestigd.", "Your yes was confirmed.", "تأكدت موافقتك."),
    "objection.recorded": (
        "U was het er niet mee eens. Dat staat nu opgeschreven.",
        "You objected. That is on record now.",
        "اعترضت، وسُجّل اعتراضك.",
    ),
    "withdrawal.identity_doubted": (
        "Iemand wilde voor u stoppen. Wij zetten alles stil tot wij zeker weten wie het was.",
        "Somebody wanted to stop for you. We paused everything until we are certain who it was.",
        "أراد شخص التوقف نيابة عنك. أوقفنا كل شيء مؤقتًا حتى نتأكد من هويته.",
    ),
    # what is shared, and what stays secret; what a partner did is in none of these
    "partner.recorded": (
        "Uw hulpverlener schreef op dat u schulden samen met iemand anders kunt hebben.",
        "Your counsellor recorded that you may have debts together with somebody else.",
        "سجّل مرشدك أنه قد تكون عليك ديون مشتركة مع شخص آخر.",
    ),
    "partner.ended": (
        "Uw hulpverlener schreef op dat u geen schulden meer samen met iemand anders regelt.",
        "Your counsellor recorded that you no longer settle debts together with somebody else.",
        "سجّل مرشدك أنك لم تعد تسوّي ديونًا مشتركة مع شخص آخر.",
    ),
    "joint_debt.changed": (
        "Er is iets veranderd in een gezamenlijke schuld. Uw hulpverlener bespreekt het met u.",
        "Something changed in a joint debt. Your counsellor will discuss it with you.",
        "تغيّر شيء في دين مشترك. سيناقشه مرشدك معك.",
    ),
    "address.protected": (
        "Wij houden uw adres geheim. Wij sturen het aan niemand.",
        "We keep your address secret. We send it to nobody.",
        "نُبقي عنوانك سريًّا ولا نرسله إلى أحد.",
    ),
    "address.unprotected": (
        "Uw adres is niet meer geheim.",
        "Your address is no longer secret.",
        "لم يعد عنوانك سريًّا.",
    ),
    # your own way in
    "resident.signed_in": ("U logde in.", "You signed in.", "سجّلت الدخول."),
    "resident.code_made": (
        "{who} maakte een code waarmee u kunt inloggen.",
        "{who} made a code with which you can sign in.",
        "أنشأ {who} رمزًا يمكنك به تسجيل الدخول.",
    ),
    "resident.code_ended": (
        "Iemand vulde uw code in met vijf keer een verkeerde geboortedatum. De code werkt niet meer.",
        "Somebody filled in your code with a wrong date of birth five times. The code no longer works.",
        "أدخل شخص رمزك مع تاريخ ميلاد خاطئ خمس مرات. لم يعد الرمز يعمل.",
    ),
    # what is gone
    "answer.erased": (
        "Wij wisten wat {who} ons stuurde.",
        "We erased what {who} sent us.",
        "محونا ما أرسله {who} إلينا.",
    ),
    "retention.erased": (
        "Wij wisten gegevens waarvan de bewaartermijn voorbij was.",
        "We erased data that had been kept long enough.",
        "محونا بيانات انتهت مدة حفظها.",
    ),
    "resident.erased": ("Wij wisten al uw gegevens.", "We erased all your data.", "محونا جميع بياناتك."),
    "erasure.refused": (
        "U vroeg ons om te wissen. Dat mag nog niet van de wet.",
        "You asked us to erase. The law does not allow that yet.",
        "طلبت منا المحو، ولا يسمح القانون بذلك بعد.",
    ),
    "hold.set": (
        "Uw gegevens worden nu niet gewist, vanwege een procedure.",
        "Your data is not erased now, because of a procedure.",
        "لا تُمحى بياناتك الآن بسبب إجراء قانوني.",
    ),
    "hold.lifted": (
        "De procedure is voorbij. De gewone bewaartermijn geldt weer.",
        "The procedure is over. The ordinary term counts again.",
        "انتهى الإجراء، وتسري مدة الحفظ المعتادة من جديد.",
    ),
    "resident.asks_call": ("U vroeg ons om te bellen.", "You asked us to call.", "طلبتَ منا الاتصال بك."),
    "case.opened": ("Uw zaak is geopend.", "Your case was opened.", "فُتح ملفك."),
    "case.closed": ("Uw zaak is gesloten.", "Your case was closed.", "أُغلق ملفك."),
}

# In these it is whoever did it that counts, whatever organisation it was about.
BY_ACTOR = frozenset(
    {
        "case.looked_at", "resident.looked_at_flows", "resident.looked_at_log", "withdrawal.previewed",
        "stops.looked_at", "evidence.built", "export.made",
    }
)  # fmt: skip

# The same, when it was the resident.
BY_YOU: Mapping[str, Sentences] = {
    "resident.looked_at_log": ("U keek in deze lijst.", "You looked at this list.", "اطّلعت أنت على هذه القائمة."),
    "withdrawal.previewed": (
        "U keek wat er gebeurt als u stopt.",
        "You looked what happens if you stop.",
        "اطّلعت أنت على ما يحدث إذا توقفت.",
    ),
    "stops.looked_at": (
        "U keek hoe het staat met wat u stopte.",
        "You looked how it is with what you stopped.",
        "اطّلعت أنت على وضع ما أوقفته.",
    ),
    "resident.code_made": (
        "U maakte een code voor de volgende keer.",
        "You made a code for the next time.",
        "أنشأت رمزًا للمرة القادمة.",
    ),
    "export.made": (
        "U haalde een afschrift van uw gegevens op.",
        "You fetched a copy of your data.",
        "حصلت أنت على نسخة من بياناتك.",
    ),
}

# The class of each line, for an icon or a filter.
CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("message.delivered", "message.unknown", "message.given_up"), "send"),
    **{
        kind: "reply"
        for kind in SHOWN
        if kind.partition(".")[0] in ("reply", "answer", "offer") and kind not in ("reply.replayed", "answer.erased")
    },
    **dict.fromkeys(
        ("case.looked_at", "resident.looked_at_flows", "resident.looked_at_log", "withdrawal.previewed",
         "stops.looked_at", "reply.replayed", "statement.keyed", "statement.checked", "statement.check_differed",
         "statement.check_refused"), "look",
    ),
    **dict.fromkeys(("evidence.built", "export.made"), "export"),
    **dict.fromkeys(("decision.refused", "message.cancelled", "erasure.refused"), "refusal"),
    **dict.fromkeys(("answer.erased", "retention.erased", "resident.erased"), "erasure"),
}  # fmt: skip

# On which law something was done without a yes; {words} is of config/overrides.toml.
BECAUSE: Sentences = (
    "Zonder uw ja, omdat {words} ({article}).",
    "Without your yes, because {words} ({article}).",
    "دون أن تقول نعم، لأن {words} ({article}).",
)

YOU: Sentences = ("u", "you", "أنت")
US: Sentences = ("wij", "we", "نحن")
A_CREDITOR: Sentences = ("een schuldeiser", "a creditor", "دائن")

# What is around the lines on a page.
LABELS: Mapping[str, Sentences] = {
    "title": ("Wie zag mijn gegevens?", "Who saw my data?", "من اطّلع على بياناتي؟"),
    "lead": (
        "Hier staat wat wij met uw gegevens deden, en wie ernaar keek. Wat er in een bericht stond, staat hier niet.",
        "This is what we did with your data, and who looked. What stood in a message is not shown here.",
        "هنا ما فعلناه ببياناتك ومن اطّلع عليها. لا يظهر هنا مضمون الرسائل.",
    ),
    "none": ("Er is nog niets gebeurd.", "Nothing has happened yet.", "لم يحدث شيء بعد."),
    "day": ("Dag", "Day", "اليوم"),
    "what": ("Wat er gebeurde", "What happened", "ما الذي حدث"),
    "why": ("Waarvoor", "What for", "الغرض"),
    "technical": (
        "Daarnaast zijn er {number} technische stappen opgeschreven, zoals het lopen van een termijn.",
        "Besides, {number} technical steps were recorded, such as the running of a term.",
        "بالإضافة إلى ذلك سُجّلت {number} خطوة تقنية، مثل سريان مهلة.",
    ),
    "more": ("Er is meer, van eerder.", "There is more, from before.", "هناك المزيد مما سبق."),
    "help": (
        "Klopt er iets niet, of wilt u weten wie het was? Bel ons.",
        "Is something wrong, or do you want to know who it was? Call us.",
        "هل هناك خطأ، أو تريد أن تعرف من كان؟ اتصل بنا.",
    ),
}


def label(name: str, language: str) -> str:
    """A word around the lines; Dutch where the language is not among ours."""
    return LABELS[name][LANGUAGES.index(language) if language in LANGUAGES else 0]
