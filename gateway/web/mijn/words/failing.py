"""The words of the pages that say that something did not work."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "failing_not_found_title": ("Deze pagina is er niet", "This page is not here", "هذه الصفحة غير موجودة"),
    "failing_not_found": (
        "Misschien is de pagina verhuisd. Of hij is niet van u.",
        "Perhaps the page has moved. Or it is not yours.",
        "ربما نُقلت الصفحة، أو أنها ليست لك.",
    ),
    "failing_not_from_here_title": ("Dat lukte niet", "That did not work", "لم ينجح ذلك"),
    "failing_not_from_here": (
        "Wij konden niet zien dat dit van uw eigen pagina kwam. Er is niets veranderd. Open uw pagina en probeer het "
        "nog een keer.",
        "We could not see that this came from your own page. Nothing has changed. Open your page and try again.",
        "لم نتمكن من التأكد من أن هذا جاء من صفحتك. لم يتغير شيء. افتح صفحتك وحاول مرة أخرى.",
    ),
    "failing_failed_title": ("Er ging iets mis", "Something went wrong", "حدث خطأ ما"),
    "failing_failed": (
        "Dat ligt aan ons, niet aan u. Er is niets veranderd. Probeer het later nog een keer, of bel ons.",
        "It is our fault, not yours. Nothing has changed. Try again later, or call us.",
        "الخطأ منا وليس منك. لم يتغير شيء. حاول لاحقًا أو اتصل بنا.",
    ),
    "failing_away_title": (
        "Wij kunnen nu niets opschrijven",
        "We cannot record anything now",
        "لا يمكننا تسجيل أي شيء الآن",
    ),
    "failing_away_posted": (
        "Wat u net deed, is NIET opgeschreven. Het geldt nog niet. Wij kunnen nu ook niets versturen.",
        "What you just did was NOT recorded. It does not count yet. We cannot send anything now either.",
        "ما فعلته للتو لم يُسجَّل، ولا يسري بعد. ولا يمكننا الآن إرسال أي شيء أيضًا.",
    ),
    "failing_away": (
        "Onze pagina werkt even niet. Er gebeurt nu niets met uw gegevens.",
        "Our page does not work for a moment. Nothing happens with your data now.",
        "صفحتنا لا تعمل مؤقتًا. لا يحدث الآن أي شيء لبياناتك.",
    ),
    "failing_call": (
        "Wilt u stoppen of iets veranderen? Bel ons. Dan schrijven wij het op.",
        "Do you want to stop or change something? Call us. Then we write it down.",
        "هل تريد التوقف أو تغيير شيء؟ اتصل بنا وسنسجّل ذلك.",
    ),
    "failing_again": ("Probeer het opnieuw", "Try again", "حاول مرة أخرى"),
    "failing_home": ("Naar mijn pagina", "To my page", "إلى صفحتي"),
}
