"""The words around a resident's receipts; what stands on them is in gateway.documents.receipt_words."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "proofs_title": ("Uw bewijzen", "Your receipts", "إثباتاتك"),
    "proofs_lead": (
        "Van alles wat u zei, heeft u een bewijs. Wij kunnen dat niet meer veranderen.",
        "Of everything that you said you have proof. We cannot change it any more.",
        "لديك إثبات على كل ما قلتَه، ولا يمكننا تغييره بعد ذلك.",
    ),
    "proofs_none": ("U heeft nog niets gezegd.", "You have not said anything yet.", "لم تقل شيئًا بعد."),
    "proofs_uses": (
        "Wij stuurden hierna {number} keer een bericht.",
        "After that we sent {number} messages.",
        "بعد ذلك أرسلنا {number} من الرسائل.",
    ),
    "proofs_see": ("Bekijk het bewijs", "See the receipt", "اطّلع على الإثبات"),
    "proofs_one": ("{what}: {creditor}", "{what}: {creditor}", "{what}: {creditor}"),
    "proofs_check": (
        "Iedereen met zo'n bewijs kan nakijken of het klopt.",
        "Anybody with such a receipt can check whether it is right.",
        "يمكن لأي شخص لديه هذا الإثبات التحقق من صحته.",
    ),
    "proofs_check_link": ("Een bewijs nakijken", "Check a receipt", "التحقق من إثبات"),
    "proofs_detail_title": ("Uw bewijs", "Your receipt", "إثباتك"),
    "proofs_paper": ("Op papier: één bewijs per blad", "On paper: one receipt a sheet", "على الورق: إثبات في كل ورقة"),
    "proofs_file": ("Bewaar dit bewijs als bestand", "Keep this receipt as a file", "احفظ هذا الإثبات كملف"),
    "proofs_file_text": (
        "Bewaar het bestand goed. Het is ondertekend. Uw naam en uw nummer staan er niet in.",
        "Keep the file safe. It is signed. Your name and your number are not in it.",
        "احفظ الملف جيدًا. إنه موقَّع، ولا يحتوي على اسمك أو رقمك.",
    ),
    "proofs_qr": (
        "Vierkante code: leidt naar een pagina over dit nummer in ons logboek",
        "Square code: leads to a page about this number in our log",
        "رمز مربع: يؤدي إلى صفحة عن هذا الرقم في سجلنا",
    ),
    "proofs_back": ("Naar al uw bewijzen", "To all your receipts", "إلى جميع إثباتاتك"),
    "proofs_home": ("Naar mijn pagina", "To my page", "إلى صفحتي"),
}  # fmt: skip
