"""The words of stopping: what will happen, and what was done."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    # what will happen
    "stopping_title_grant": ("Wilt u hiermee stoppen?", "Do you want to stop this?", "هل تريد إيقاف هذا؟"),
    "stopping_title_creditor": (
        "Wilt u stoppen met {about}?", "Do you want to stop with {about}?", "هل تريد التوقف مع {about}؟",
    ),
    "stopping_title_purpose": ("Wilt u hiermee stoppen?", "Do you want to stop this?", "هل تريد إيقاف هذا؟"),
    "stopping_title_all": ("Wilt u met alles stoppen?", "Do you want to stop everything?", "هل تريد إيقاف كل شيء؟"),
    "stopping_title_object": (
        "Bent u het hier niet mee eens?", "Do you object to this?", "هل تعترض على هذا؟",
    ),
    "stopping_no_reason": (
        "Dat mag altijd. U hoeft niet te zeggen waarom.",
        "You always may. You need not say why.",
        "يمكنك ذلك دائمًا، ولا يلزمك ذكر السبب.",
    ),
    "stopping_nothing_yet": (
        "Er is nog niets veranderd. Lees eerst wat er gebeurt.",
        "Nothing has changed yet. First read what will happen.",
        "لم يتغير شيء بعد. اقرأ أولًا ما سيحدث.",
    ),
    "stopping_what_happens": ("Dit gebeurt er als u stopt", "This happens if you stop", "هذا ما يحدث إذا توقفت"),
    "stopping_what_happens_object": (
        "Dit gebeurt er als u dat zegt", "This happens if you say so", "هذا ما يحدث إذا قلت ذلك",
    ),
    "stopping_several": (
        "Het gaat om {number} schuldeisers. Kies een naam om alles te lezen.",
        "It is about {number} creditors. Choose a name to read everything.",
        "الأمر يتعلق بـ {number} دائنين. اختر اسمًا لقراءة كل شيء.",
    ),
    "stopping_about": ("Het gaat om: {labels}", "It is about: {labels}", "الأمر يتعلق بـ: {labels}"),
    "stopping_also": ("Verder", "Besides", "أيضًا"),
    "stopping_earlier": (
        "Wat wij al stuurden, kunnen wij niet terughalen. Dat mocht toen.",
        "What we sent before, we cannot take back. It was allowed then.",
        "ما أرسلناه من قبل لا يمكننا استرجاعه، وكان مسموحًا به حينها.",
    ),
    "stopping_doubt_title": (
        "Wij weten niet zeker of u het bent", "We are not certain that it is you", "لسنا متأكدين من أنك أنت",
    ),
    "stopping_doubt": (
        "U kwam binnen met een link. Daarom zetten wij alles nu stil. Er gaat dan meteen niets meer weg. Laat daarna "
        "zien dat u het bent. Dan stoppen wij echt.",
        "You came in with a link. So we pause everything now. Nothing leaves any more from then on. After that, show "
        "that it is you. Then we really stop.",
        "دخلتَ برابط، لذلك نوقف كل شيء مؤقتًا الآن، ولن يُرسل أي شيء بعد ذلك. ثم أثبت أنك أنت، وعندها نتوقف نهائيًا.",
    ),
    "stopping_confirm_first": (
        "Laat eerst zien dat u het bent", "Show first that it is you", "أثبت أولًا أنك أنت",
    ),
    "stopping_choose": ("Wat kiest u?", "What do you choose?", "ماذا تختار؟"),
    "stopping_yes": ("Ja, stop", "Yes, stop", "نعم، توقف"),
    "stopping_yes_object": ("Ja, schrijf dat op", "Yes, record that", "نعم، سجّل ذلك"),
    "stopping_no": ("Nee, ga terug", "No, go back", "لا، ارجع"),
    # what was done
    "stopping_done": ("Het is gestopt", "It has stopped", "تم الإيقاف"),
    "stopping_done_all": ("Alles is gestopt", "Everything has stopped", "تم إيقاف كل شيء"),
    "stopping_done_paused": ("Het staat nu stil", "It is paused now", "تم الإيقاف مؤقتًا"),
    "stopping_done_object": ("Het staat opgeschreven", "It is on record", "تم تسجيل ذلك"),
    "stopping_done_on": (
        "Op {day} om {hour} uur.", "On {day} at {hour}.", "في {day} الساعة {hour}.",
    ),
    "stopping_done_no_reason": (
        "U hoeft niet te zeggen waarom. Niemand vraagt u dat.",
        "You need not say why. Nobody asks you.",
        "لا يلزمك ذكر السبب، ولن يسألك أحد عنه.",
    ),
    "stopping_what_was_done": ("Dit is er gebeurd", "This is what was done", "هذا ما حدث"),
    "stopping_make_final": (
        "Laat zien dat u het bent. Dan stoppen wij echt. Lukt dat niet? Bel ons.",
        "Show that it is you. Then we really stop. Does that not work? Call us.",
        "أثبت أنك أنت، وعندها نتوقف نهائيًا. لم ينجح ذلك؟ اتصل بنا.",
    ),
    "stopping_make_final_link": ("Laat zien dat u het bent", "Show that it is you", "أثبت أنك أنت"),
    "stopping_call": (
        "Wilt u erover praten, of was het een vergissing? Bel ons.",
        "Do you want to talk about it, or was it a mistake? Call us.",
        "هل تريد التحدث عن ذلك، أو كان خطأ؟ اتصل بنا.",
    ),
    "stopping_call_link": ("Laat ons u bellen", "Let us call you", "دعنا نتصل بك"),
    "stopping_receipt": ("Bekijk uw bewijs", "See your receipt", "اطّلع على إثباتك"),
    "stopping_home": ("Naar mijn pagina", "To my page", "إلى صفحتي"),
    # nothing left to stop
    "stopping_before": ("Dit was al zo", "This was so already", "كان هذا كذلك من قبل"),
    "stopping_before_withdrawn": (
        "{label}: gestopt op {day}.", "{label}: stopped on {day}.", "{label}: أُوقف في {day}.",
    ),
    "stopping_before_paused": (
        "{label}: staat stil sinds {day}.", "{label}: paused since {day}.", "{label}: متوقف مؤقتًا منذ {day}.",
    ),
    "stopping_before_objected": (
        "{label}: op {day} zei u dat u het er niet mee eens bent.",
        "{label}: on {day} you said that you object.",
        "{label}: في {day} قلت إنك تعترض.",
    ),
    "stopping_nothing": ("Hier is niets te stoppen", "There is nothing to stop here", "لا يوجد هنا ما يمكن إيقافه"),
    "stopping_nothing_text": (
        "Wij delen hiervoor nu geen gegevens van u.",
        "We share no data of yours for this now.",
        "نحن لا نشارك أي بيانات عنك لهذا الغرض الآن.",
    ),
}  # fmt: skip
