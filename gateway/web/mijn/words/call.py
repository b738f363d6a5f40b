"""The words of "call me back"."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "call_title": ("Zullen wij u bellen?", "Shall we call you?", "هل تريد أن نتصل بك؟"),
    "call_lead": (
        "Een hulpverlener belt u dan op het nummer dat wij van u hebben.",
        "A counsellor then calls you on the number that we have of you.",
        "سيتصل بك مرشد على الرقم المسجّل لدينا.",
    ),
    "call_when": (
        "Wij bellen zo snel als wij kunnen, op een werkdag.",
        "We call as soon as we can, on a working day.",
        "نتصل في أقرب وقت ممكن، في يوم عمل.",
    ),
    "call_number": (
        "Heeft u een nieuw nummer? Of kunt u niet wachten? Bel ons dan zelf.",
        "Do you have a new number? Or can it not wait? Then call us yourself.",
        "هل لديك رقم جديد؟ أو لا يمكنك الانتظار؟ اتصل بنا أنت.",
    ),
    "call_button": ("Ja, bel mij terug", "Yes, call me back", "نعم، اتصلوا بي"),
    "call_asked_title": ("Wij bellen u", "We will call you", "سنتصل بك"),
    "call_asked": (
        "Op {day} vroeg u ons om te bellen. Dat staat opgeschreven. Uw hulpverlener ziet het.",
        "On {day} you asked us to call. That is on record. Your counsellor sees it.",
        "في {day} طلبت منا الاتصال. سُجّل ذلك، ويراه مرشدك.",
    ),
    "call_nothing_to_do": ("U hoeft niets te doen.", "You need not do anything.", "لا يلزمك فعل شيء."),
    "call_home": ("Naar mijn pagina", "To my page", "إلى صفحتي"),
}  # fmt: skip
