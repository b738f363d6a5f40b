"""The words of "who saw my data"."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "seen_title": ("Wie zag mijn gegevens?", "Who saw my data?", "من اطّلع على بياناتي؟"),
    "seen_lead": (
        "Hier staat wat wij met uw gegevens deden, en wie ernaar keek. Wat er in een bericht stond, staat hier niet.",
        "This is what we did with your data, and who looked. What stood in a message is not shown here.",
        "هنا ما فعلناه ببياناتك ومن اطّلع عليها. لا يظهر هنا مضمون الرسائل.",
    ),
    "seen_filter": ("Wat wilt u zien?", "What do you want to see?", "ماذا تريد أن ترى؟"),
    "seen_filter_all": ("Alles", "Everything", "كل شيء"),
    "seen_filter_looks": ("Wie er keek", "Who looked", "من اطّلع"),
    "seen_filter_sent": ("Wat wij stuurden", "What we sent", "ما أرسلناه"),
    "seen_filter_received": ("Wat wij terugkregen", "What came back", "ما تلقيناه"),
    "seen_filter_choices": ("Wat u koos", "What you chose", "ما اخترته"),
    "seen_times": ("({number} keer)", "({number} times)", "({number} مرات)"),
    "seen_what_for": ("Waarvoor: {why}", "What for: {why}", "الغرض: {why}"),
    "seen_proof": ("Bekijk het bewijs", "See the receipt", "اطّلع على الإثبات"),
    "seen_none": ("Er is niets te zien.", "There is nothing to see.", "لا يوجد ما يُعرض."),
    "seen_older": ("Wat er daarvoor gebeurde", "What happened before that", "ما حدث قبل ذلك"),
    "seen_newest": ("Terug naar het nieuwste", "Back to the newest", "العودة إلى الأحدث"),
    "seen_technical": (
        "Er zijn in totaal {total} stappen opgeschreven. Daarvan zijn er {number} technisch, zoals het lopen van een "
        "termijn. Die staan hier niet.",
        "In all, {total} steps were recorded. Of these, {number} are technical, such as the running of a term. They "
        "are not shown here.",
        "سُجّلت {total} خطوة إجمالًا، منها {number} تقنية مثل سريان مهلة، وهي غير معروضة هنا.",
    ),
    "seen_self": (
        "Ook dat u nu kijkt, staat erbij.",
        "That you look now is recorded, too.",
        "يُسجَّل أيضًا أنك تطّلع الآن.",
    ),
    "seen_help": (
        "Klopt er iets niet? Of wilt u weten wie het was? Bel ons.",
        "Is something wrong? Or do you want to know who it was? Call us.",
        "هل هناك خطأ؟ أو تريد أن تعرف من كان؟ اتصل بنا.",
    ),
    "seen_home": ("Naar mijn pagina", "To my page", "إلى صفحتي"),
}  # fmt: skip
