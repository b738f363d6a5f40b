"""The words of a copy of one's own data, and of the page for paper."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "copy_title": ("Een kopie van uw gegevens", "A copy of your data", "نسخة من بياناتك"),
    "copy_lead": (
        "U mag altijd weten wat wij over u hebben. Hier haalt u alles op, in één bestand.",
        "You may always know what we have about you. Here you fetch it all, in one file.",
        "يحق لك دائمًا معرفة ما لدينا عنك. هنا تحصل على كل شيء في ملف واحد.",
    ),
    "copy_inside": ("Wat zit erin?", "What is in it?", "ماذا يوجد فيها؟"),
    "copy_inside_you": (
        "Uw naam, adres, geboortedatum en burgerservicenummer",
        "Your name, address, date of birth and citizen service number",
        "اسمك وعنوانك وتاريخ ميلادك ورقم خدمة المواطن",
    ),
    "copy_inside_choices": ("Elk ja en elk nee van u", "Every yes and every no of yours", "كل موافقة وكل رفض منك"),
    "copy_inside_sent": (
        "Wat wij stuurden, en aan wie", "What we sent, and to whom", "ما أرسلناه، وإلى من",
    ),
    "copy_inside_answers": (
        "Wat schuldeisers antwoordden: hoeveel u daar nog moet betalen",
        "What creditors answered: how much you still have to pay there",
        "ما أجاب به الدائنون: كم بقي عليك أن تدفع لهم",
    ),
    "copy_inside_seen": ("Wie uw gegevens zag", "Who saw your data", "من اطّلع على بياناتك"),
    "copy_not_inside": (
        "Gegevens van andere mensen zitten er niet in.",
        "Data of other people is not in it.",
        "لا تتضمن بيانات أشخاص آخرين.",
    ),
    "copy_how": (
        "Het is een zip-bestand. Open het en kies export.html. Dan kunt u alles lezen en printen.",
        "It is a zip file. Open it and choose export.html. Then you can read and print everything.",
        "إنه ملف zip. افتحه واختر export.html لتقرأ كل شيء وتطبعه.",
    ),
    "copy_safe_title": ("Bewaar het goed", "Keep it safe", "احفظها جيدًا"),
    "copy_safe": (
        "Wie dit bestand heeft, weet alles over uw schulden. Stuur het niet zomaar door. Gebruikt u een computer van een "
        "ander? Wis het bestand daarna.",
        "Whoever has this file knows all about your debts. Do not just send it on. Do you use somebody else's computer? "
        "Delete the file afterwards.",
        "من يملك هذا الملف يعرف كل شيء عن ديونك. لا ترسله إلى أي أحد. هل تستخدم حاسوب شخص آخر؟ احذف الملف بعد ذلك.",
    ),
    "copy_button": ("Haal mijn kopie op", "Fetch my copy", "احصل على نسختي"),
    "copy_confirm": (
        "Alles staat erin. Daarom willen wij eerst zeker weten dat u het bent.",
        "Everything is in it. So first we want to be certain that it is you.",
        "كل شيء موجود فيها، لذلك نريد أولًا التأكد من أنك أنت.",
    ),
    "copy_confirm_link": ("Laat zien dat u het bent", "Show that it is you", "أثبت أنك أنت"),
    "copy_home": ("Naar mijn pagina", "To my page", "إلى صفحتي"),
    # on paper
    "copy_paper_title": ("Uw keuzes op papier", "Your choices on paper", "اختياراتك على الورق"),
    "copy_paper_lead": (
        "Zo stond het op {day}. U mag altijd anders kiezen of stoppen. U hoeft niet te zeggen waarom. Bel ons, of zeg het "
        "tegen uw hulpverlener.",
        "This is how it was on {day}. You may always choose otherwise, or stop. You need not say why. Call us, or tell "
        "your counsellor.",
        "هكذا كان الوضع في {day}. يمكنك دائمًا تغيير اختيارك أو التوقف، ولا يلزمك ذكر السبب. اتصل بنا أو أخبر مرشدك.",
    ),
    "copy_paper_how": (
        "Printen? Gebruik de knop van uw browser.", "To print? Use the button of your browser.", "للطباعة استخدم زر المتصفح.",
    ),
    "copy_paper_who": ("Aan wie", "To whom", "إلى من"),
    "copy_paper_what": ("Waarvoor", "What for", "الغرض"),
    "copy_paper_choice": ("Uw keuze", "Your choice", "اختيارك"),
    "copy_paper_day": ("Dag", "Day", "اليوم"),
    "copy_paper_until": ("Tot", "Until", "حتى"),
    "copy_paper_none": ("U heeft nog niets gekozen.", "You have not chosen anything yet.", "لم تختر شيئًا بعد."),
    "copy_paper_means": ("Wat betekent het?", "What does it mean?", "ماذا يعني ذلك؟"),
    "copy_means_active": (
        "Wij mogen dit vragen en sturen, tot de dag die erbij staat.",
        "We may ask and send this, until the day beside it.",
        "يجوز لنا السؤال والإرسال حتى اليوم المذكور.",
    ),
    "copy_means_used_up": (
        "Alles wat wij mochten sturen, is gestuurd.",
        "Everything that we may send has been sent.",
        "أُرسل كل ما كان يجوز لنا إرساله.",
    ),
    "copy_means_not_yet": ("Uw ja geldt later pas.", "Your yes counts from later on.", "تسري موافقتك لاحقًا."),
    "copy_means_refused": ("Wij vragen en sturen dit niet.", "We do not ask or send this.", "لا نسأل عن هذا ولا نرسله."),
    "copy_means_deferred": (
        "U wilt eerst hulp. Tot dan sturen wij niets.",
        "You want help first. Until then we send nothing.",
        "تريد المساعدة أولًا. حتى ذلك الحين لا نرسل شيئًا.",
    ),
    "copy_means_withdrawn": (
        "U stopte. Wij vragen en sturen dit niet meer.",
        "You stopped. We ask and send this no more.",
        "أوقفتَ ذلك. لم نعد نسأل أو نرسل.",
    ),
    "copy_means_paused": (
        "Het staat stil. Wij sturen niets tot u verder wilt.",
        "It is paused. We send nothing until you want to go on.",
        "متوقف مؤقتًا. لا نرسل شيئًا حتى تريد المتابعة.",
    ),
    "copy_means_revoked": (
        "Wij zijn hiermee gestopt. Wilt u weten waarom? Bel ons.",
        "We stopped this. Do you want to know why? Call us.",
        "أوقفنا هذا. هل تريد معرفة السبب؟ اتصل بنا.",
    ),
    "copy_means_expired": (
        "De tijd van uw ja is om. Wij sturen niets meer.",
        "The time of your yes is over. We send nothing more.",
        "انتهت مدة موافقتك. لم نعد نرسل شيئًا.",
    ),
    "copy_means_invalidated": (
        "Dit had nooit mogen gelden. Wij sturen niets.",
        "This should never have counted. We send nothing.",
        "لم يكن ينبغي أن يسري هذا. لا نرسل شيئًا.",
    ),
    "copy_means_unknown": (
        "Wij weten niet wat u zei. Daarom sturen wij niets.",
        "We do not know what you said. So we send nothing.",
        "لا نعرف ما قلتَه، لذلك لا نرسل شيئًا.",
    ),
    "copy_means_review": (
        "Wij kijken of uw ja nog geldt. Tot dan sturen wij niets.",
        "We check whether your yes still stands. Until then we send nothing.",
        "ننظر هل ما زالت موافقتك سارية. حتى ذلك الحين لا نرسل شيئًا.",
    ),
    "copy_means_authority": (
        "Wie voor u sprak, mag dat niet meer. Wij vragen het u opnieuw.",
        "Whoever spoke for you may not do so any more. We ask you again.",
        "من كان يتحدث باسمك لم يعد مخولًا. سنسألك من جديد.",
    ),
    "copy_means_superseded": (
        "Een nieuw ja kwam in de plaats.", "A new yes came in its place.", "حلّت محلها موافقة جديدة.",
    ),
    "copy_means_template_recalled": (
        "De tekst die u las, klopte niet. Wij vragen het u opnieuw.",
        "The text that you read was wrong. We ask you again.",
        "كان النص الذي قرأته غير صحيح. سنسألك من جديد.",
    ),
}  # fmt: skip
