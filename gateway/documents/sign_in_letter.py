"""The letter with a code to sign in: one sheet, ready to print, with the code big and nowhere in an address."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gateway.consent.notices import day_in_words
from gateway.documents.receipt_page import qr
from gateway.domain.deadlines import local_day

LANGUAGES = ("nl", "en", "ar")
_RIGHT_TO_LEFT = frozenset({"ar"})
_STYLE = """
@page { size: A4; margin: 18mm 20mm; }
body { margin: 0; color: #1b1b1b; background: #fff; font: 1.05rem/1.5 system-ui, "Noto Sans", Arial, sans-serif; }
main { max-inline-size: 42rem; margin-inline: auto; padding: 1rem; overflow-wrap: anywhere; }
.from { margin: 0; font-weight: 700; }
address { margin-block: 1.5rem; font-style: normal; min-block-size: 5rem; }
h1 { margin: 1rem 0 0.5rem; font-size: 1.5rem; }
h2 { margin: 1rem 0 0.25rem; font-size: 1.1rem; }
p { margin: 0 0 0.6rem; }
ol { padding-inline-start: 1.5rem; margin: 0 0 0.6rem; }
li { margin-block-end: 0.6rem; }
.code { display: block; margin-block: 0.4rem; padding: 0.4rem 0.8rem; border: 2px solid #1b1b1b;
  font: 700 1.9rem/1.4 ui-monospace, "DejaVu Sans Mono", "Courier New", monospace; letter-spacing: 0.08em;
  inline-size: fit-content; white-space: nowrap; }
.where { font-weight: 700; }
figure { margin: 0.4rem 0; }
figure svg { display: block; }
figcaption { font-size: 0.9rem; }
@media (max-width: 30rem) { .code { font-size: 1.3rem; padding-inline: 0.4rem; letter-spacing: 0; } }
@media print { main { max-inline-size: none; padding: 0; } body { font-size: 11pt; } }
"""
TEXTS: Mapping[str, tuple[str, str, str]] = {
    "title": ("Uw code om in te loggen", "Your code to sign in", "رمزك لتسجيل الدخول"),
    "dear": ("Goedendag,", "Good day,", "تحية طيبة،"),
    "why": (
        "Wij helpen u met uw schulden. Op uw eigen pagina ziet u wie wij iets vragen. U zegt zelf ja of nee. "
        "Stoppen kan altijd.",
        "We help you with your debts. On your own page you see whom we ask. You say yes or no yourself. "
        "You can always stop.",
        "نساعدك في ديونك. في صفحتك الخاصة ترى من نسأله. أنت من يقول نعم أو لا، ويمكنك التوقف دائمًا.",
    ),
    "how": ("Zo logt u in", "This is how you sign in", "هكذا تسجّل الدخول"),
    "go": (
        "Ga op uw telefoon of computer naar:",
        "On your phone or computer, go to:",
        "انتقل على هاتفك أو حاسوبك إلى:",
    ),
    "scan": (
        "Of maak met uw telefoon een foto van dit vierkant. Uw code staat er niet in.",
        "Or take a picture of this square with your phone. Your code is not in it.",
        "أو صوّر هذا المربع بهاتفك. رمزك ليس فيه.",
    ),
    "fill_in": ("Vul deze code in:", "Fill in this code:", "أدخل هذا الرمز:"),
    "birth_date": ("Vul uw geboortedatum in.", "Fill in your date of birth.", "أدخل تاريخ ميلادك."),
    "once": (
        "De code werkt 1 keer. U kunt hem gebruiken tot {day}. Een code uit een oudere brief werkt niet meer.",
        "The code works once. You can use it until {day}. A code from an older letter no longer works.",
        "يعمل الرمز مرة واحدة، ويمكنك استخدامه حتى {day}. أي رمز من رسالة أقدم لم يعد يعمل.",
    ),
    "careful_title": ("Houd de code bij u", "Keep the code to yourself", "احتفظ بالرمز لنفسك"),
    "careful": (
        "Geef de code aan niemand. Wij vragen u nooit om de code, ook niet aan de telefoon.",
        "Give the code to nobody. We never ask you for the code, not on the phone either.",
        "لا تعطِ الرمز لأحد. نحن لا نطلب منك الرمز أبدًا، حتى عبر الهاتف.",
    ),
    "help_title": (
        "Lukt het niet, of doet u het liever anders?",
        "Does it not work, or would you rather do it otherwise?",
        "هل تواجه صعوبة أو تفضّل طريقة أخرى؟",
    ),
    "help": (
        "Er is geen haast. Iemand die u vertrouwt mag u helpen. U mag ons ook bellen: alles kan ook aan de telefoon. "
        "Wij sturen u graag een nieuwe brief.",
        "There is no hurry. Somebody you trust may help you. You may also call us: everything can be done on the "
        "phone. We are happy to send you a new letter.",
        "لا داعي للعجلة. يمكن لشخص تثق به أن يساعدك. يمكنك أيضًا الاتصال بنا: كل شيء ممكن عبر الهاتف. يسعدنا أن نرسل "
        "إليك رسالة جديدة.",
    ),
    "login": (
        "Logt u in met {label}? Dan heeft u deze code niet nodig.",
        "Do you sign in with {label}? Then you do not need this code.",
        "هل تسجّل الدخول باستخدام {label}؟ إذن لا تحتاج إلى هذا الرمز.",
    ),
    "regards": ("Met vriendelijke groet,", "Kind regards,", "مع أطيب التحيات،"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Letter:
    """
    Args:
        to: The lines of the address: name, street, town.
        code: As it is printed, in groups.
        address: Where to sign in; the code is not in it.
        login: What people call the login service, when there is one.
    """

    language: str
    sender: str
    contact: str
    to: tuple[str, ...]
    code: str
    address: str
    login: str | None
    made_at: datetime
    expires_at: datetime


def letter_page(letter: Letter) -> str:
    """The letter as an HTML page that needs nothing from elsewhere."""
    place = LANGUAGES.index(letter.language)

    def say(name: str, **places: str) -> str:
        text = TEXTS[name][place]
        return text.format(**places) if places else text

    return (
        _templates()
        .get_template("sign_in_letter.html")
        .render(
            letter=letter,
            direction="rtl" if letter.language in _RIGHT_TO_LEFT else "ltr",
            t=say,
            on=day_in_words(local_day(letter.made_at), letter.language),
            until=day_in_words(local_day(letter.expires_at), letter.language),
            shown_address=letter.address.partition("://")[2],
            qr=qr(letter.address),
            style=Markup(_STYLE),  # noqa: S704  our own text, above
        )
    )


def content_security_policy() -> str:
    """What a browser may load for the page: nothing but the style inside it."""
    fingerprint = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{fingerprint}'; base-uri 'none'; form-action 'none'; " + (
        "frame-ancestors 'none'"
    )


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
