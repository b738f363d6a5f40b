"""The words for signing in with the government's login service, and for when that did not work."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "login_start": ("Inloggen met {label}", "Sign in with {label}", "تسجيل الدخول باستخدام {label}"),
    "login_cancelled_title": ("U bent niet ingelogd", "You are not signed in", "لم تسجّل الدخول"),
    "login_cancelled": (
        "U stopte met inloggen. Dat mag. Er is niets veranderd.",
        "You stopped signing in. That is fine. Nothing has changed.",
        "أوقفت تسجيل الدخول. لا بأس بذلك. لم يتغير شيء.",
    ),
    "login_too_low_title": (
        "U heeft een extra controle nodig",
        "You need an extra check",
        "تحتاج إلى تحقق إضافي",
    ),
    "login_too_low": (
        "U logde in met {label}, maar zonder extra controle. Het gaat hier om uw schulden. Daarom vragen wij meer "
        "zekerheid. Log in met de app en een eenmalige controle van uw identiteitsbewijs.",
        "You signed in with {label}, but without an extra check. This is about your debts. That is why we ask for more "
        "certainty. Sign in with the app and a one-time check of your identity document.",
        "سجّلت الدخول باستخدام {label} ولكن بدون تحقق إضافي. الأمر يتعلق بديونك، لذلك نطلب تأكيدًا أكبر. سجّل الدخول "
        "باستخدام التطبيق مع تحقق لمرة واحدة من وثيقة هويتك.",
    ),
    "login_for_somebody_else_title": (
        "U logde in voor iemand anders",
        "You signed in for somebody else",
        "سجّلت الدخول نيابة عن شخص آخر",
    ),
    "login_for_somebody_else": (
        "Deze pagina is van de inwoner zelf. Helpt u iemand? Bel ons. Dan kijken wij samen wat u voor die persoon mag "
        "doen. Er is niets veranderd.",
        "This page belongs to the resident. Do you help somebody? Call us. Then we see together what you may do for "
        "that person. Nothing has changed.",
        "هذه الصفحة تخص الشخص المعني نفسه. هل تساعد شخصًا ما؟ اتصل بنا وسننظر معًا فيما يمكنك فعله نيابة عنه. لم يتغير "
        "شيء.",
    ),
    "login_unknown_person_title": ("Wij kennen u hier nog niet", "We do not know you here yet", "لا نعرفك هنا بعد"),
    "login_unknown_person": (
        "Het inloggen lukte. Maar wij helpen u hier nog niet met schulden. Heeft u wel hulp gevraagd? Bel ons.",
        "Signing in worked. But we do not help you with debts here yet. Did you ask for help? Call us.",
        "نجح تسجيل الدخول، لكننا لا نساعدك هنا في الديون بعد. هل طلبت المساعدة؟ اتصل بنا.",
    ),
    "login_expired_title": ("Het duurde te lang", "It took too long", "استغرق الأمر وقتًا طويلًا"),
    "login_expired": (
        "U had tien minuten om in te loggen. Of u gebruikte een oude pagina. Er is niets veranderd. Probeer het nog een "
        "keer.",
        "You had ten minutes to sign in. Or you used an old page. Nothing has changed. Try again.",
        "كان لديك عشر دقائق لتسجيل الدخول، أو أنك استخدمت صفحة قديمة. لم يتغير شيء. حاول مرة أخرى.",
    ),
    "login_failed_title": ("Het inloggen lukte niet", "Signing in did not work", "لم ينجح تسجيل الدخول"),
    "login_failed": (
        "Dat ligt niet aan u. Er is niets veranderd. Probeer het nog een keer. Lukt het dan niet? Bel ons.",
        "It is not your fault. Nothing has changed. Try again. Does it still not work? Call us.",
        "الخطأ ليس منك. لم يتغير شيء. حاول مرة أخرى. إذا لم ينجح، اتصل بنا.",
    ),
    "login_other_person_title": (
        "U logde in als iemand anders",
        "You signed in as somebody else",
        "سجّلت الدخول كشخص آخر",
    ),
    "login_other_person": (
        "U was hier al ingelogd. Nu logde iemand anders in. Log uit, en log dan in als uzelf. Er is niets veranderd.",
        "You were signed in here already. Now somebody else signed in. Sign out, and then sign in as yourself. Nothing "
        "has changed.",
        "كنت مسجّل الدخول هنا، والآن سجّل شخص آخر الدخول. سجّل الخروج ثم سجّل الدخول باسمك. لم يتغير شيء.",
    ),
    "login_what_else": ("Wat u nu kunt doen", "What you can do now", "ما يمكنك فعله الآن"),
    "login_again": (
        "Probeer opnieuw in te loggen met {label}",
        "Try again to sign in with {label}",
        "حاول مرة أخرى تسجيل الدخول باستخدام {label}",
    ),
    "login_letter": (
        "Log in met een code uit een brief van ons",
        "Sign in with a code from a letter of ours",
        "سجّل الدخول برمز من رسالة أرسلناها",
    ),
    "login_call": ("Bel ons: {contact}", "Call us: {contact}", "اتصل بنا: {contact}"),
    "login_home": ("Naar mijn pagina", "To my page", "إلى صفحتي"),
    "login_choose_title": ("Wie helpt u?", "Who helps you?", "مَن يساعدك؟"),
    "login_choose": (
        "Meer dan één organisatie helpt u met schulden. Kies bij wie u nu wilt kijken. Later kunt u ook bij de andere "
        "kijken.",
        "More than one organisation helps you with debts. Choose where you want to look now. Later you can look at the "
        "other as well.",
        "تساعدك أكثر من جهة في ديونك. اختر الجهة التي تريد الاطلاع لديها الآن. يمكنك لاحقًا الاطلاع لدى الأخرى أيضًا.",
    ),
}
