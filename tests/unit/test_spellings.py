"""The same reply spelt in another well-formed way is the same statement: what XML and JSON leave free changes nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters import Format, Understood, load_formats, read
from gateway.adapters.mapping import expectation_of
from gateway.adapters.samples import context_of
from gateway.domain.statement import Statement
from tests.attack.twins import undeclared

FORMATS = load_formats(Path(__file__).parents[2] / "config" / "creditors")
ORDINARY = {
    slug: next(reply for reply in format.samples if reply.stem in ("ordinary", "ordinary-agreed-in-advance"))
    for slug, format in FORMATS.items()
    if format.syntax in ("json", "xml")
}
OF_JSON = [slug for slug in ORDINARY if FORMATS[slug].syntax == "json"]
OF_XML = [slug for slug in ORDINARY if FORMATS[slug].syntax == "xml"]


def understood(slug: str, raw: bytes) -> Statement:
    format, reply = FORMATS[slug], ORDINARY[slug]
    context = json.loads(expectation_of(reply).read_text(encoding="utf-8"))["context"]
    answer = read(raw, format.media_types[0], format, context_of(context))
    assert isinstance(answer, Understood), answer
    assert answer.warnings == understood_as_it_stands(format, reply).warnings
    return replace(answer.statement, provenance=None)


def understood_as_it_stands(format: Format, reply: Path) -> Understood:
    context = json.loads(expectation_of(reply).read_text(encoding="utf-8"))["context"]
    answer = read(reply.read_bytes(), format.media_types[0], format, context_of(context))
    assert isinstance(answer, Understood)
    return answer


def original(slug: str) -> Statement:
    return replace(understood_as_it_stands(FORMATS[slug], ORDINARY[slug]).statement, provenance=None)


class _Kept(float):
    """A number that is written as it stood."""

    def __new__(cls, text: str) -> _Kept:
        made = super().__new__(cls, text)
        made.text = text  # type: ignore[attr-defined]
        return made

    def __repr__(self) -> str:
        return str(self.text)  # type: ignore[attr-defined]


def _turned(value: object) -> object:
    """Every object with its names in the other order."""
    if isinstance(value, dict):
        return {name: _turned(part) for name, part in reversed(value.items())}
    return [_turned(part) for part in value] if isinstance(value, list) else value


def _escaped(text: str) -> str:
    """Every letter in every string, as a number."""
    return re.sub(r'"[^"\\]*"', lambda found: '"' + "".join(f"\\u{ord(c):04x}" for c in found[0][1:-1]) + '"', text)


JSON_SPELLINGS = {
    "narrow": lambda document: json.dumps(document, separators=(",", ":"), ensure_ascii=False),
    "wide": lambda document: json.dumps(document, indent=8, separators=(" ,\r\n\t", " : "), ensure_ascii=False),
    "a mark before, blanks behind": lambda document: "\ufeff" + json.dumps(document, ensure_ascii=False) + "\r\n\t ",
    "ASCII": lambda document: json.dumps(document),
    "every letter a number": lambda document: _escaped(json.dumps(document, ensure_ascii=False)),
    "names in another order": lambda document: json.dumps(_turned(document), ensure_ascii=False),
}


@pytest.mark.parametrize("slug", OF_JSON)
@pytest.mark.parametrize("spelling", JSON_SPELLINGS)
def test_json_spelt_otherwise_is_the_same_reply(slug: str, spelling: str) -> None:
    """RFC 8259: blanks, escapes and the order of names carry no meaning."""
    document = json.loads(ORDINARY[slug].read_text(encoding="utf-8"), parse_float=_Kept)
    assert understood(slug, JSON_SPELLINGS[spelling](document).encode()) == original(slug)


def _each_text(markup: str, change: object) -> str:
    """The document with every text between tags changed."""
    assert callable(change)
    return re.sub(r"(?<=>)([^<>]*[^<>\s][^<>]*)(?=</)", lambda found: change(found[1]), markup)


def _other_prefixes(markup: str) -> str:
    """Every namespace declared where it is used, under names of its own."""
    root = etree.fromstring(markup)

    def written(element: etree._Element) -> str:
        name = etree.QName(element)
        prefix = "q:" if name.namespace else ""
        declared = f' xmlns:q="{name.namespace}"' if name.namespace else ""
        attributes = "".join(f' {key}="{value}"' for key, value in element.items())
        inside = _as_text(element.text) + "".join(written(child) + _as_text(child.tail) for child in element)
        return f"<{prefix}{name.localname}{declared}{attributes}>{inside}</{prefix}{name.localname}>"

    return written(root)


def _as_text(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;")


XML_SPELLINGS = {
    "no blanks between": lambda markup: re.sub(r">\s+<", "><", markup),
    "blanks everywhere": lambda markup: re.sub(r"(?<!/)>\s*<", ">\r\n\t <", markup),
    "blanks in tags": lambda markup: re.sub(r"(?<=[\w\"'])(/?)>", r" \n\1>", markup),
    "single quotes": lambda markup: re.sub(r'="([^"]*)"', r"='\1'", markup),
    "CDATA": lambda markup: _each_text(markup, lambda text: f"<![CDATA[{text}]]>" if "&" not in text else text),
    "half CDATA": lambda markup: _each_text(
        markup, lambda text: f"{text[:1]}<![CDATA[{text[1:]}]]>" if "&" not in text else text
    ),
    "a comment inside": lambda markup: _each_text(
        markup, lambda text: f"{text[:1]}<!-- 00 -->{text[1:]}" if "&" not in text else text
    ),
    "an instruction inside": lambda markup: _each_text(
        markup, lambda text: f"{text[:1]}<?x 00?>{text[1:]}" if "&" not in text else text
    ),
    "every letter a number": lambda markup: _each_text(
        markup, lambda text: "".join(f"&#x{ord(c):x};" for c in text) if "&" not in text else text
    ),
    "remarks around": lambda markup: f"<!-- a --><?b c?>{markup}<!-- d -->\n",
    "other prefixes": _other_prefixes,
    "empty elements in full": lambda markup: re.sub(r"<([\w:]+)([^<>]*)/>", r"<\1\2></\1>", markup),
    "a schema beside": lambda markup: re.sub(
        r"^(\s*<[\w:]+)",
        r'\1 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"',
        markup,
    ),
}


@pytest.mark.parametrize("slug", OF_XML)
@pytest.mark.parametrize("spelling", XML_SPELLINGS)
def test_xml_spelt_otherwise_is_the_same_reply(slug: str, spelling: str) -> None:
    """XML 1.0, Namespaces in XML: comments, sections, references, prefixes and blanks carry no meaning."""
    charset, bare = undeclared(ORDINARY[slug].read_bytes())
    markup = XML_SPELLINGS[spelling](bare.decode(charset.decode()))
    assert understood(slug, markup.encode()) == original(slug)
    assert understood(slug, b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8' standalone='yes'?>" + markup.encode())
