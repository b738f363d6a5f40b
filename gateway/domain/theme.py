"""What a municipality's own stylesheet may hold: colours, letters and sizes, and nothing from elsewhere."""

from __future__ import annotations

import re

# The example of NL Design System is 208 kB, and those of municipalities have the same shape.
MOST_BYTES = 250_000
_QUOTED = r'"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'"
_PIECE = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<comment>/\*.*?\*/)|(?P<open>/\*|[\"'])", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_INSIDE = re.compile(r"""url\(\s*(?:"data:image/[^"]*"|'data:image/[^']*'|data:image/[^"'()\s]*)\s*\)""", re.IGNORECASE)
_ELSEWHERE = {
    "@import": r"@import\b",
    "@font-face": r"@font-face\b",  # a letter from a file; the pages use what a device has
    "an address outside itself": r"\b(?:url|src|image|image-set|cross-fade)\s*\(|https?:|//",
}


def faults(content: bytes) -> tuple[str, ...]:
    """
    What is wrong with a stylesheet that a municipality wants to load after ours; empty when nothing is.

    A browser would refuse most of it as well, because of the page's content security policy. Here it is found before
    anybody looks at a page.

    Args:
        content: The file as it is on disk.
    """
    if len(content) > MOST_BYTES:
        return (f"it has {len(content):,} bytes; at most {MOST_BYTES:,} are sent to everybody's phone",)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return ("it is not UTF-8 text",)
    if re.search(r"<\s*(?:script|!doctype|html)", text, re.IGNORECASE) or "\0" in text:
        return ("it is not a stylesheet",)
    if any(piece["open"] for piece in _PIECE.finditer(text)):
        return ("a comment or a piece of text between quotes in it does not end",)
    plain = _ESCAPE.sub(_unescaped, _PIECE.sub(lambda piece: piece["quoted"] or " ", text))
    if "{" not in plain or plain.count("{") != plain.count("}"):
        return ("it is not a stylesheet: it has no rules, or braces that do not match",)
    rest = _INSIDE.sub("", plain)
    return tuple(f"it holds {what}" for what, form in _ELSEWHERE.items() if re.search(form, rest, re.IGNORECASE))


def _unescaped(found: re.Match[str]) -> str:
    """A character as a browser reads it: `\\75rl(` is `url(` too."""
    number = int(found[1], 16) if found[1] else None
    if number is None:
        return found[2]
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number <= 0xDFFF else "\ufffd"
