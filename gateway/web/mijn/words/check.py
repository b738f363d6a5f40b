"""The words of the public page that checks a receipt."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "check_title": ("Klopt dit bewijs?", "Is this receipt right?", "هل هذا الإثبات صحيح؟"),
    "check_lead": (
        "Heeft u een bewijs van ons? Hier kijkt u na of het echt is. Wij bewaren niet wat u stuurt.",
        "Do you have a receipt of ours? Here you check whether it is real. We do not keep what you send.",
        "هل لديك إثبات منا؟ تحقق هنا من صحته. لا نحتفظ بما ترسله.",
    ),
    "check_file": ("Kies het bestand", "Choose the file", "اختر الملف"),
    "check_file_hint": (
        "De naam eindigt op .jws.", "Its name ends in .jws.", "ينتهي اسمه بـ ‎.jws.",
    ),
    "check_paste": ("Of plak het bewijs hier", "Or paste the receipt here", "أو الصق الإثبات هنا"),
    "check_button": ("Kijk het na", "Check it", "تحقق"),
    "check_fault_empty": (
        "Kies een bestand, of plak een bewijs.", "Choose a file, or paste a receipt.", "اختر ملفًا أو الصق إثباتًا.",
    ),
    "check_fault_too_large": (
        "Dit is te groot voor een bewijs van ons.",
        "This is too large for a receipt of ours.",
        "هذا أكبر من أن يكون إثباتًا منا.",
    ),
    "check_paper": (
        "Heeft u een bewijs op papier? Richt uw telefoon op de vierkante code.",
        "Do you have a receipt on paper? Point your phone at the square code.",
        "هل لديك إثبات ورقي؟ وجّه هاتفك نحو الرمز المربع.",
    ),
    # the answer
    "check_ok_title": ("Dit bewijs is echt", "This receipt is real", "هذا الإثبات حقيقي"),
    "check_ok": (
        "Het is door ons ondertekend. Er is niets aan veranderd. En het staat in ons logboek.",
        "We signed it. Nothing in it was changed. And it is in our log.",
        "لقد وقّعناه، ولم يتغير فيه شيء، وهو في سجلنا.",
    ),
    "check_limits": (
        "Ondertekend, niet zeker nog geldig. Dit laat zien wat er toen is gezegd. Het laat niet zien of dat nu nog geldt.",
        "Signed, not necessarily still in force. This shows what was said then, not whether it still holds.",
        "موقَّع، وليس بالضرورة ساريًا الآن. يُظهر هذا ما قيل حينها، لا ما إذا كان ساريًا الآن.",
    ),
    "check_flagged": (
        "De sleutel van deze handtekening is later ingetrokken. Vraag ons om een nieuw bewijs.",
        "The key of this signature was revoked later. Ask us for a new receipt.",
        "أُلغي مفتاح هذا التوقيع لاحقًا. اطلب منا إثباتًا جديدًا.",
    ),
    "check_says": ("Dit staat in het bewijs", "This is what the receipt says", "هذا ما ورد في الإثبات"),
    "check_issuer": ("Van wie is het bewijs?", "Whose receipt is it?", "ممن هذا الإثبات؟"),
    "check_not_in_our_log_title": (
        "Ondertekend, maar niet in ons logboek", "Signed, but not in our log", "موقَّع، لكنه ليس في سجلنا",
    ),
    "check_not_in_our_log": (
        "Dit bewijs is door ons ondertekend. Toch staat het niet in ons logboek. Dat mag niet gebeuren. Bel ons en bewaar "
        "het bewijs goed.",
        "We signed this receipt. Yet it is not in our log. That must not happen. Call us, and keep the receipt safe.",
        "وقّعنا هذا الإثبات، ومع ذلك فهو ليس في سجلنا. هذا لا يجوز أن يحدث. اتصل بنا واحفظ الإثبات جيدًا.",
    ),
    "check_bad_title": ("Dit bewijs klopt niet", "This receipt is not right", "هذا الإثبات غير صحيح"),
    "check_unreadable_title": ("Dit is geen bewijs van ons", "This is no receipt of ours", "هذا ليس إثباتًا منا"),
    "check_unreadable": (
        "Er staat niets in dat wij kunnen nakijken.",
        "There is nothing in it that we can check.",
        "لا يوجد فيه ما يمكننا التحقق منه.",
    ),
    "check_signature": (
        "Het is zo niet door ons ondertekend. Er is iets veranderd, er mist iets, of het is niet van ons.",
        "As it stands, we did not sign it. Something was changed, something is missing, or it is not ours.",
        "بهذا الشكل لم نوقّعه. تغيّر فيه شيء، أو ينقصه شيء، أو أنه ليس منا.",
    ),
    "check_not_in_log": (
        "Wat erin staat, staat zo niet in het logboek.",
        "What it says does not stand in the log like that.",
        "ما ورد فيه ليس في السجل بهذا الشكل.",
    ),
    "check_key": (
        "Het is ondertekend met een sleutel die niet van ons is, of die toen al was ingetrokken.",
        "It is signed with a key that is not ours, or that had been revoked by then.",
        "وُقّع بمفتاح ليس لنا، أو كان قد أُلغي حينها.",
    ),
    "check_inconsistent": (
        "Het hoort bij een ander logboek dan dat van ons.",
        "It belongs to another log than ours.",
        "إنه يعود إلى سجل غير سجلنا.",
    ),
    "check_where": ("Wat er niet klopt: {place}.", "What is not right: {place}.", "ما هو غير صحيح: {place}."),
    "check_place_receipt": ("het bewijs als geheel", "the receipt as a whole", "الإثبات ككل"),
    "check_place_entry": ("de regel uit het logboek", "the entry of the log", "المدخل في السجل"),
    "check_place_checkpoint": (
        "de handtekening onder het logboek", "the signature under the log", "التوقيع على السجل",
    ),
    "check_place_proof": ("de plaats in het logboek", "the place in the log", "الموضع في السجل"),
    "check_place_said": ("wat er is gezegd", "what was said", "ما قيل"),
    "check_place_recipient": ("naar wie de gegevens gaan", "who gets the information", "من يحصل على المعلومات"),
    "check_place_recorded_by": ("wie het opschreef", "who wrote it down", "من سجّله"),
    "check_place_recorded_at": ("wanneer het is opgeschreven", "when it was written down", "متى سُجِّل"),
    "check_place_flow": ("waar het over gaat", "what it is about", "ما موضوعه"),
    "check_place_notice": ("welke tekst is getoond", "which text was shown", "النص المعروض"),
    "check_what_now": (
        "Vertrouw er niet op. Vraag om het bewijs zelf, of bel ons.",
        "Do not rely on it. Ask for the receipt itself, or call us.",
        "لا تعتمد عليه. اطلب الإثبات نفسه، أو اتصل بنا.",
    ),
    "check_again": ("Nog een bewijs nakijken", "Check another receipt", "تحقق من إثبات آخر"),
    # where the code on paper leads
    "check_in_log_title": ("Dit staat in ons logboek", "This is in our log", "هذا موجود في سجلنا"),
    "check_in_log": (
        "Nummer {index} staat in ons logboek, precies zoals op uw papier.",
        "Number {index} is in our log, exactly as on your paper.",
        "الرقم {index} موجود في سجلنا تمامًا كما في ورقتك.",
    ),
    "check_in_log_signed": (
        "Wij ondertekenden het logboek op {day}. Het had toen {size} regels. Dit was handtekening {number}.",
        "We signed the log on {day}. It had {size} entries then. This was signature {number}.",
        "وقّعنا السجل في {day}، وكان فيه حينها {size} من المدخلات. كان هذا التوقيع رقم {number}.",
    ),
    "check_in_log_limits": (
        "Wat er op het papier staat, laten wij hier niet zien. Dit laat ook niet zien of het nu nog geldt.",
        "What stands on the paper we do not show here. Nor does this show whether it still holds.",
        "لا نعرض هنا ما كُتب على الورقة، ولا يُظهر هذا ما إذا كان ساريًا الآن.",
    ),
    "check_not_here_title": ("Dit staat niet in ons logboek", "This is not in our log", "هذا ليس في سجلنا"),
    "check_not_here": (
        "Er staat iets anders op die plaats, of nog niets. Is het papier heel nieuw? Probeer het over een uur nog eens. "
        "Anders: bel ons.",
        "Something else stands in that place, or nothing yet. Is the paper very new? Try again in an hour. Otherwise: "
        "call us.",
        "هناك شيء آخر في ذلك الموضع، أو لا شيء بعد. هل الورقة جديدة جدًا؟ حاول مجددًا بعد ساعة، وإلا فاتصل بنا.",
    ),
}  # fmt: skip
