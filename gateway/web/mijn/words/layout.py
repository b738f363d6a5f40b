"""The words around every page of a resident: the way about, the way out, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "layout_skip": ("Naar de inhoud", "Skip to content", "انتقل إلى المحتوى"),
    "layout_language": ("Taal", "Language", "اللغة"),
    "layout_home": ("Mijn pagina", "My page", "صفحتي"),
    "layout_sign_out": ("Uitloggen", "Sign out", "تسجيل الخروج"),
    # who sits beside the resident, as the resident said
    "layout_with": ("Wie er meekijkt", "Who looks with you", "من يطّلع معك"),
    "layout_with_counsellor": (
        "U kijkt samen met uw hulpverlener.",
        "You look together with your counsellor.",
        "أنت تطّلع مع مرشدك.",
    ),
    "layout_with_interpreter": (
        "U kijkt samen met een tolk.",
        "You look together with an interpreter.",
        "أنت تطّلع مع مترجم.",
    ),
    "layout_with_volunteer": (
        "U kijkt samen met een vrijwilliger.",
        "You look together with a volunteer.",
        "أنت تطّلع مع متطوع.",
    ),
    "layout_with_family": (
        "U kijkt samen met familie of een vriend.",
        "You look together with family or a friend.",
        "أنت تطّلع مع أحد الأقارب أو الأصدقاء.",
    ),
    "layout_with_change": ("Klopt dat niet?", "Is that not right?", "هل هذا غير صحيح؟"),
    # below every page
    "layout_no_hurry": ("Er is geen haast.", "There is no hurry.", "لا داعي للعجلة."),
    "layout_ask": (
        "Twijfelt u? Of begrijpt u iets niet? Bel ons gerust.",
        "Are you not sure? Or is something not clear? Feel free to call us.",
        "هل أنت متردد؟ أو هناك شيء غير واضح؟ اتصل بنا متى شئت.",
    ),
    "layout_call": ("Bel ons:", "Call us:", "اتصل بنا:"),
    "layout_call_back": ("Bel mij terug", "Call me back", "اتصلوا بي"),
    # parts of pages
    "layout_error_title": ("Er klopt iets nog niet", "Something is not right yet", "هناك شيء غير صحيح بعد"),
    "layout_error": ("Let op:", "Please note:", "انتبه:"),
    "layout_day": ("Dag", "Day", "اليوم"),
    "layout_month": ("Maand", "Month", "الشهر"),
    "layout_year": ("Jaar", "Year", "السنة"),
    "layout_pages": ("Meer pagina's", "More pages", "صفحات أخرى"),
    "layout_previous": ("Vorige", "Previous", "السابق"),
    "layout_next": ("Volgende", "Next", "التالي"),
}
