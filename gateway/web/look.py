"""What every page looks like: one stylesheet, put together from unchanged parts of others, and a theme after it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, g, request, url_for

from gateway.errors import NotFound
from gateway.services.runtime import Runtime

blueprint = Blueprint("look", __name__)
STATIC = Path(__file__).parent / "static"
# In the order of the cascade. static/vendor/README.md says where each comes from and how it is renewed.
PARTS = (
    "document", "heading-1", "heading-2", "heading-3", "paragraph", "link", "skip-link", "button",
    "button-link", "alert", "form-field", "form-label", "form-field-description", "form-field-error-message",
    "form-fieldset", "radio-button", "textbox", "table", "status-badge",
)  # fmt: skip
NOTICE = (
    "/* Parts: Utrecht, Copyright (c) Frameless B.V., Gemeente Utrecht. Values: NL Design System Community. "
    "EUPL-1.2, see /static/vendor/LICENSE.md. Cut down to what these pages use. */\n"
)
_A_YEAR = 31_536_000
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VALUE = re.compile(r"^\s*(--[\w-]+):\s*([^;]+);", re.MULTILINE)
_USE = re.compile(r"var\(\s*(--[\w-]+)")

Values = Mapping[str, str]  # custom property -> what it is worth


@dataclass(frozen=True)
class Sheet:
    """A stylesheet as it is sent; the digest is part of its address, so that a browser may keep it for ever."""

    text: bytes
    packed: bytes
    digest: str


@blueprint.app_context_processor
def stylesheets() -> dict[str, list[str]]:
    """What a template links to in its head: `stylesheets`, addresses in the order of the cascade."""
    found = [url_for("look.look", v=_look().digest)]
    theme = _theme()
    return {"stylesheets": found if theme is None else [*found, url_for("look.theme", v=theme.digest)]}


@blueprint.get("/static/look.css")
def look() -> Response:
    """The stylesheet of every page."""
    return _sent(_look())


@blueprint.get("/static/theme.css")
def theme() -> Response:
    """The municipality's own stylesheet, as it was when the gateway started."""
    found = _theme()
    if found is None:
        raise NotFound
    return _sent(found)


def put_together(theme: str | None) -> str:
    """
    The stylesheet: the values that are used, the parts, and what is ours.

    Args:
        theme: The municipality's own stylesheet. With one there is no dark scheme: the theme's colours are chosen for
            a light ground, and half of each would be hard to read.
    """
    parts = "\n".join(_read(f"vendor/utrecht/{name}.css") for name in PARTS) + _read("pages.css")
    light, dark = values(_read("vendor/voorbeeld/variables.css")), values(_read("vendor/ma/color-scheme-dark.css"))
    used = reached(parts + (theme or ""), light, dark)
    dark_rule = (
        f"@media screen and (prefers-color-scheme: dark){{:root{{color-scheme:dark;{_written(dark, used)}}}}}"
        if theme is None
        else ""
    )
    return f"{NOTICE}:root{{{_written(light, used)}}}{dark_rule}{_closer(parts)}"


def values(css: str) -> Values:
    """The custom properties that *css* sets."""
    return {name: value.strip() for name, value in _VALUE.findall(_COMMENT.sub("", css))}


def reached(css: str, *sources: Values) -> frozenset[str]:
    """The custom properties that *css* uses, with those that these are worth in any of the sources."""
    found: set[str] = set()
    fresh = set(_USE.findall(css))
    while fresh:
        found |= fresh
        fresh = {name for source in sources for one in fresh for name in _USE.findall(source.get(one, ""))} - found
    return frozenset(found)


def _written(source: Values, used: Iterable[str]) -> str:
    names = set(used)
    return "".join(f"{name}:{value};" for name, value in source.items() if name in names)


def _closer(css: str) -> str:
    """Without comments and without space that only lays out."""
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", _COMMENT.sub("", css)))


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _look() -> Sheet:
    return _put_together(_theme_text())


def _theme() -> Sheet | None:
    text = _theme_text()
    return None if text is None else _sheet(text)


def _theme_text() -> str | None:
    runtime: Runtime = g.runtime
    return runtime.settings.theme


@cache
def _put_together(theme: str | None) -> Sheet:
    return _sheet(put_together(theme))


@cache
def _sheet(text: str) -> Sheet:
    content = text.encode()
    return Sheet(content, gzip.compress(content, mtime=0), sha256(content).hexdigest()[:16])


def _sent(sheet: Sheet) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    answer = Response(sheet.packed if packed else sheet.text, mimetype="text/css")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.set_etag(f"{sheet.digest}{'-gzip' if packed else ''}")
    if request.args.get("v") == sheet.digest:
        answer.cache_control.public, answer.cache_control.max_age, answer.cache_control.immutable = True, _A_YEAR, True
    else:
        answer.cache_control.no_cache = True
    conditional = answer.make_conditional(request)
    assert isinstance(conditional, Response)
    return conditional
