"""A receipt on paper: what was said, in the language in which it was asked, and a code to look it up in the log."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gateway import keys
from gateway.consent.grants import Act
from gateway.documents import receipt_words as words
from gateway.domain import merkle

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_STYLE = """
body { margin: 0; color: #1b1b1b; background: #fff; font: 1.05rem/1.5 system-ui, "Noto Sans", Arial, sans-serif; }
main { max-inline-size: 42rem; margin-inline: auto; padding: 1rem; overflow-wrap: anywhere; }
article { padding-block: 1rem; border-block-end: 2px solid #1b1b1b; }
h1 { margin: 0 0 0.25rem; font-size: 1.3rem; }
.said { margin: 0 0 1rem; font-size: 2rem; font-weight: 700; }
dl { margin: 0; }
dl > div { padding-block: 0.35rem; border-block-start: 1px solid #b8c0c6; }
dt { font-size: 0.9rem; color: #505a5f; }
dd { margin: 0; }
.limits { padding: 0.6rem 0.8rem; border-inline-start: 6px solid #1b1b1b; font-weight: 700; }
figure { margin: 1rem 0; }
figure svg { display: block; max-inline-size: 100%; block-size: auto; }
figcaption { font-size: 0.9rem; }
@media print {
  main { max-inline-size: none; padding: 0; }
  article { break-inside: avoid; break-after: page; border: 0; }
  article:last-child { break-after: auto; }
}
"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """
    One receipt to print.

    Args:
        state: "signed", "coming" or "erased"; only a signed one has *content* (gateway.documents.receipt) and *signed*.
    """

    said: str
    language: str
    state: str
    content: Mapping[str, Any] | None = None
    signed: str | None = None


def receipts_page(shown: Sequence[Shown], *, look_up: Callable[[int, str], str]) -> str:
    """
    The page, ready to print, each receipt on a sheet of its own and in its own language.

    Args:
        look_up: The address at which anybody can see that a leaf, by number and hexadecimal hash, is in the log.
    """
    language = shown[0].language if shown else words.LANGUAGES[0]
    template = _templates().get_template("receipts.html")
    return template.render(
        language=language,
        direction=_direction(language),
        t=lambda name: words.text(name, language),
        style=Markup(_STYLE),  # noqa: S704  our own text, above
        receipts=[printed(one, look_up) for one in shown],
    )


def content_security_policy() -> str:
    """What a browser may load for the page: nothing but the style inside it."""
    fingerprint = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{fingerprint}'; frame-ancestors 'none'"


def qr(text: str) -> Markup:
    """A QR code as an SVG that stands in the page itself; medium error correction, for paper that gets folded."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, border=4, omitsize=False))  # noqa: S704  the code writes no text into it


def printed(one: Shown, look_up: Callable[[int, str], str]) -> dict[str, Any]:
    """
    What stands on one sheet, in the language of the receipt, for a template.

    Returns:
        {"language", "direction", "title", "said", "state", "t": the words by name}, and of a signed one {"lines":
        [(name, value)], "qr"}.
    """
    language = one.language
    found: dict[str, Any] = {
        "language": language if language in words.LANGUAGES else words.LANGUAGES[0],
        "direction": _direction(language),
        "title": words.text("title" if one.said in words.OWN else "title_happened", language),
        "said": words.said(one.said, language),
        "state": one.state,
        "t": partial(words.text, language=language),
    }
    if one.content is not None and one.signed is not None:
        found["lines"] = lines(one.content, language)
        found["qr"] = qr(look_up(one.content["journal"]["leaf_index"], leaf_of(one.content).hex()))
    return found


def lines(content: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """What a receipt says, as pairs of a name in `receipt_words` and a value in words of *language*."""
    index, leaf = content["journal"]["leaf_index"], leaf_of(content).hex()
    grant, flow, notice = content["grant"], content["flow"], content["notice"]
    labels = flow.get("labels", {})
    is_the_word = content["said"] in (grant["act"], "renewed")  # and not something that happened to it later
    given = [("said_at", _moment(grant["given_at"]))] if is_the_word else []
    until = [("valid_until", _moment(grant["valid_until"]))] if grant["act"] == Act.GIVEN else []
    return [
        ("flow", labels.get(language) or labels.get("nl") or flow["purpose"]),
        ("recipient", content["recipient"]["name"]),
        *given,
        ("recorded_at", _moment(content["recorded"]["at"])),
        ("recorded_by", _actor(content["recorded"]["by"], language)),
        *until,
        ("notice", f"{notice['id']}, {words.text('version', language)} {notice['version']} ({notice['language']})"),
        ("place", f"{words.text('number', language)} {index}, {leaf}"),
    ]


def _actor(actor: str, language: str) -> str:
    kind = actor.partition(":")[0]
    return words.text(f"by_{kind}" if f"by_{kind}" in words.TEXTS else "by_other", language)


def leaf_of(content: Mapping[str, Any]) -> bytes:
    """The hash under which the entry of a receipt stands in the log."""
    journal = content["journal"]
    return merkle.leaf_hash(keys.commit(bytes.fromhex(journal["salt"]), journal["entry"].encode()))


def _moment(text: str) -> str:
    """Day, month, year and time as it was in the Netherlands: the same figures in every language."""
    return datetime.fromisoformat(text).astimezone(_AMSTERDAM).strftime("%d-%m-%Y, %H:%M")


def _direction(language: str) -> str:
    return "rtl" if language in words.RIGHT_TO_LEFT else "ltr"


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
