"""The words of the resident's first page, and of what a yes or no is worth."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "home_title": ("Uw gegevens, uw keuze", "Your data, your choice", "بياناتك، اختيارك"),
    "home_lead": (
        "De gemeente helpt u met uw schulden. Hier ziet u aan wie wij iets vragen. U kiest zelf.",
        "The municipality helps you with your debts. Here you see whom we ask something. You choose.",
        "تساعدك البلدية في ديونك. هنا ترى من نسأله عنك، والاختيار لك.",
    ),
    "home_link_only": (
        "U kwam binnen met een link van uw hulpverlener. U kunt alles lezen. Wilt u ja zeggen? Dan moeten wij eerst "
        "zeker weten dat u het bent.",
        "You came in with a link from your counsellor. You can read everything. Do you want to say yes? Then we must "
        "first be sure that it is you.",
        "دخلتَ برابط من مرشدك. يمكنك قراءة كل شيء. إذا أردت الموافقة فعلينا أن نتأكد أولًا من أنك أنت.",
    ),
    "home_confirm": ("Laat zien dat u het bent", "Show that it is you", "أثبت أنك أنت"),
    "home_questions_title": ("Wij hebben een vraag aan u", "We have a question for you", "لدينا سؤال لك"),
    "home_questions_one": ("Er is 1 vraag.", "There is 1 question.", "هناك سؤال واحد."),
    "home_questions_many": (
        "Er zijn {number} vragen. U ziet er steeds één.",
        "There are {number} questions. You see one at a time.",
        "هناك {number} أسئلة. ترى سؤالًا واحدًا في كل مرة.",
    ),
    "home_questions_two": (
        "Er zijn 2 vragen. U ziet er steeds één.",
        "There are 2 questions. You see one at a time.",
        "هناك سؤالان. ترى سؤالًا واحدًا في كل مرة.",
    ),
    "home_begin": ("Lees de vraag", "Read the question", "اقرأ السؤال"),
    "home_ending_title": ("Dit is bijna voorbij", "This is almost over", "هذا على وشك الانتهاء"),
    "home_ending_lead": (
        "Daarna vragen wij hier niets meer. U hoeft niets te doen. Wilt u dat wij verdergaan? Kies dan opnieuw.",
        "After that we ask nothing more here. You need not do anything. Do you want us to go on? Then choose again.",
        "بعد ذلك لن نسأل شيئًا هنا. لا يلزمك فعل شيء. هل تريد أن نتابع؟ اختر من جديد.",
    ),
    "home_ending": (
        "{creditor}: uw ja geldt nog tot {day}.",
        "{creditor}: your yes still lasts until {day}.",
        "{creditor}: تسري موافقتك حتى {day}.",
    ),
    "home_who_title": ("Aan wie vragen wij iets?", "Whom do we ask something?", "مَن نسأل عنك؟"),
    "home_nobody": (
        "Wij hebben nog niemand iets gevraagd.", "We have not asked anybody anything yet.", "لم نسأل أحدًا بعد.",
    ),
    "home_until": ("tot {day}", "until {day}", "حتى {day}"),
    "home_said_on": ("gezegd op {day}", "said on {day}", "قيل في {day}"),
    "home_last_used": ("Laatste bericht: {day}", "Last message: {day}", "آخر رسالة: {day}"),
    "home_never_used": ("Nog niets gestuurd", "Nothing sent yet", "لم يُرسل شيء بعد"),
    "home_look": ("Bekijk", "Look", "اطّلع"),
    "home_stop": ("Stop hiermee", "Stop this", "أوقف هذا"),
    "home_object": ("Zeg dat u het niet wilt", "Say that you object", "اعترض على هذا"),
    "home_about": ("{what}: {creditor}", "{what}: {creditor}", "{what}: {creditor}"),
    "home_stop_all_title": ("Alles stoppen?", "Stop everything?", "هل تريد إيقاف كل شيء؟"),
    "home_stop_all": (
        "Dat mag altijd. U hoeft niet te zeggen waarom.",
        "You always may. You need not say why.",
        "يمكنك ذلك دائمًا، ولا يلزمك ذكر السبب.",
    ),
    "home_stop_all_link": ("Stop met alles", "Stop everything", "أوقف كل شيء"),
    "home_more_title": ("Meer", "More", "المزيد"),
    "home_seen": ("Wie zag uw gegevens?", "Who saw your data?", "من اطّلع على بياناتك؟"),
    "home_proofs": ("Uw bewijzen", "Your receipts", "إثباتاتك"),
    "home_copy": ("Een kopie van uw gegevens", "A copy of your data", "نسخة من بياناتك"),
    "home_print": ("Alles op papier", "Everything on paper", "كل شيء على الورق"),
    "home_owed": ("Wat moet u nog betalen?", "What do you still have to pay?", "ما الذي بقي عليك دفعه؟"),
    "home_next_time": ("Een code voor de volgende keer", "A code for the next time", "رمز للمرة القادمة"),
    "home_helps": ("Helpt iemand u?", "Does somebody help you?", "هل يساعدك أحد؟"),
    # what a word is worth now
    "worth_imposed": ("Zonder uw ja, volgens de wet", "Without your yes, by law", "دون أن تقول نعم، وفق القانون"),
    "worth_active": ("Ja", "Yes", "نعم"),
    "worth_refused": ("Nee", "No", "لا"),
    "worth_deferred": ("Eerst hulp", "Help first", "المساعدة أولًا"),
    "worth_withdrawn": ("Gestopt", "Stopped", "متوقف"),
    "worth_paused": ("Even gestopt", "Paused", "متوقف مؤقتًا"),
    "worth_revoked": ("Gestopt door de gemeente", "Stopped by the municipality", "أوقفته البلدية"),
    "worth_invalidated": ("Telt niet", "Does not count", "غير محتسب"),
    "worth_expired": ("Voorbij", "Over", "انتهى"),
    "worth_used_up": ("Ja, alles is gestuurd", "Yes, everything was sent", "نعم، أُرسل كل شيء"),
    "worth_not_yet": ("Ja, later pas", "Yes, from later on", "نعم، لاحقًا"),
    "worth_unknown": ("Niet bekend", "Not known", "غير معروف"),
    "worth_review": ("Wij vragen het u opnieuw", "We ask you again", "سنسألك مرة أخرى"),
    "worth_authority": ("Wij vragen het u opnieuw", "We ask you again", "سنسألك مرة أخرى"),
    "worth_superseded": ("Vervangen door een nieuw ja", "Replaced by a new yes", "حلّت محله موافقة جديدة"),
    "worth_template_recalled": (
        "Telt niet meer, wij vragen het opnieuw", "Does not count any more, we ask again", "لم يعد محتسبًا، سنسألك مجددًا",
    ),
}  # fmt: skip
