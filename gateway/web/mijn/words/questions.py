"""The words around one question and its answer; the question itself is a published text."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "question_number": ("Vraag {number} van {of}", "Question {number} of {of}", "السؤال {number} من {of}"),
    "question_other_language": (
        "Deze vraag is er niet in uw taal. Bel ons. Dan leest iemand de vraag met u.",
        "This question does not exist in your language. Call us. Somebody then reads it with you.",
        "هذا السؤال غير متوفر بلغتك. اتصل بنا، وسيقرأه أحدنا معك.",
    ),
    "question_choose": ("Wat kiest u?", "What do you choose?", "ماذا تختار؟"),
    "question_yes": ("Ja, dat mag", "Yes, you may", "نعم، موافق"),
    "question_no": ("Nee, niet doen", "No, do not", "لا، لا تفعلوا"),
    "question_help": ("Ik wil eerst hulp", "I want help first", "أريد مساعدة أولًا"),
    "question_later": (
        "Weet u het nog niet? Ga dan terug. U kunt later kiezen.",
        "You do not know yet? Then go back. You can choose later.",
        "لم تقرر بعد؟ ارجع، ويمكنك الاختيار لاحقًا.",
    ),
    "question_back": ("Terug naar mijn pagina", "Back to my page", "العودة إلى صفحتي"),
    "answered_given_title": ("U zei ja", "You said yes", "قلتَ نعم"),
    "answered_given": (
        "Wij hebben het opgeschreven. U mag altijd stoppen.",
        "We have recorded it. You may stop at any time.",
        "سجّلنا ذلك. يمكنك التوقف في أي وقت.",
    ),
    "answered_refused_title": ("U zei nee", "You said no", "قلتَ لا"),
    "answered_refused": (
        "Wij hebben het opgeschreven. Wij vragen het niet. Wij vragen het u ook niet snel opnieuw.",
        "We have recorded it. We do not ask them. We will not soon ask you again either.",
        "سجّلنا ذلك. لن نسألهم، ولن نسألك مرة أخرى قريبًا.",
    ),
    "answered_deferred_title": ("U wilt eerst hulp", "You want help first", "تريد مساعدة أولًا"),
    "answered_deferred": (
        "Dat is goed. Wij doen nog niets. Uw hulpverlener ziet dat u hulp wilt. U mag ons ook bellen.",
        "That is fine. We do nothing yet. Your counsellor sees that you want help. You may also call us.",
        "لا بأس. لن نفعل شيئًا بعد. يرى مرشدك أنك تريد المساعدة، ويمكنك أيضًا الاتصال بنا.",
    ),
    "answered_receipt": ("Bekijk het bewijs", "See the receipt", "اطّلع على الإثبات"),
    "answered_next": ("Naar de volgende vraag", "To the next question", "إلى السؤال التالي"),
    "answered_none_left": ("Er zijn geen vragen meer.", "There are no more questions.", "لا توجد أسئلة أخرى."),
    "answered_left_one": ("Er is nog 1 vraag.", "There is 1 more question.", "بقي سؤال واحد."),
    "answered_left_two": ("Er zijn nog 2 vragen.", "There are 2 more questions.", "بقي سؤالان."),
    "answered_left": (
        "Er zijn nog {number} vragen.", "There are {number} more questions.", "بقي {number} أسئلة.",
    ),
    "question_off_title": ("Deze vraag is weg", "This question is gone", "لم يعد هذا السؤال قائمًا"),
    "question_off_answered": (
        "U heeft deze vraag al beantwoord. Kijk op uw pagina wat u zei.",
        "You have answered this question already. See on your page what you said.",
        "لقد أجبت عن هذا السؤال. انظر في صفحتك إلى ما قلته.",
    ),
    "question_off_lapsed": (
        "Deze vraag is te oud. Dat is niet erg. Er is niets gedeeld. Uw hulpverlener kan het opnieuw vragen.",
        "This question is too old. That is all right. Nothing was shared. Your counsellor can ask again.",
        "هذا السؤال قديم. لا بأس، لم يُشارَك شيء، ويمكن لمرشدك أن يسأل مرة أخرى.",
    ),
    "question_off_changed": (
        "De tekst van deze vraag is veranderd. Uw antwoord telt niet. Lees de nieuwe vraag op uw pagina.",
        "The text of this question has changed. Your answer does not count. Read the new question on your page.",
        "تغيّر نص هذا السؤال، فلا يُحتسب جوابك. اقرأ السؤال الجديد في صفحتك.",
    ),
    "question_off_too_soon": (
        "U zei kort geleden nee. Daarom vragen wij het nu niet.",
        "You said no a short time ago. That is why we do not ask now.",
        "قلتَ لا منذ وقت قصير، لذلك لا نسألك الآن.",
    ),
    "question_off_authority": (
        "Uw curator zegt hier ja of nee. U mag wel nee zeggen en stoppen. Bel ons als u vragen heeft.",
        "Your curator says yes or no here. You may say no and stop. Call us if you have questions.",
        "الوصيّ عليك هو من يوافق هنا. يمكنك أن ترفض وأن توقف. اتصل بنا إذا كانت لديك أسئلة.",
    ),
    "question_off_closed": (
        "Uw zaak is klaar. Wij vragen niets meer.",
        "Your case is finished. We ask nothing more.",
        "انتهى ملفك، ولن نسأل شيئًا بعد الآن.",
    ),
}  # fmt: skip
