"""The only way in for XML: well-formed, no DOCTYPE, a named encoding, within documented limits."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from gateway.adapters.unreadable import UnreadableInput

MAX_DEPTH: Final = 32
MAX_ELEMENTS: Final = 500_000
MAX_ATTRIBUTES: Final = 100_000
MAX_ATTRIBUTES_EACH: Final = 64

_BOM: Final = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n][^>]{0,200}?\?>")
_ENCODING = re.compile(rb"""[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
# UTF-8 written into a document that says ISO-8859-1 shows up as these pairs ("Ã©" for "é").
_MOJIBAKE = re.compile("[\u00c2-\u00c3][\u0080-\u00bf]|\u00e2\u0082\u00ac|\u00e2\u20ac")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_ELEMENTS: Any = etree.XPath("count(//*)")
_ATTRIBUTES: Any = etree.XPath("count(//@*)")
_CROWDED = etree.XPath(f"boolean(//*[count(@*) > {MAX_ATTRIBUTES_EACH}])")


@dataclass(frozen=True, kw_only=True)
class XmlDocument:
    """A parsed document: its root element, the charset it declared (None = none) and the one it was read with."""

    root: Any
    declared_charset: str | None
    used_charset: str
    looks_garbled: bool


def parse(raw: bytes, charsets: tuple[str, ...] = ("utf-8",)) -> XmlDocument:
    """
    The parsed document, comments and processing instructions left out.

    Args:
        charsets: What the creditor's mapping allows beside UTF-8; a document must declare such a charset itself.

    Raises:
        UnreadableInput: not well-formed, a DOCTYPE, an encoding that is not allowed or does not fit the bytes,
            control characters, or a limit: depth 32, 500,000 elements, 100,000 attributes (64 on one element).
    """
    bare = raw.removeprefix(_BOM)
    if not bare.strip():
        raise UnreadableInput("empty", "", "The body is empty.")
    declared = _declared_charset(bare)
    used = _used_charset(declared, charsets, has_bom=len(bare) != len(raw))
    text = _decoded(bare, used)
    _refuse_doctype(text)
    try:
        root = etree.fromstring(bare, _parser(used))
    except etree.XMLSyntaxError as problem:
        line, column = problem.position or (0, 0)
        place = f"line {line}, column {column}"
        raise UnreadableInput("not_xml", place, f"This is not well-formed XML: see {place}.") from None
    if root is None:
        raise UnreadableInput("not_xml", "", "This is not XML.")
    _refuse_excess(raw, root)
    garbled = used != "utf-8" and _MOJIBAKE.search(text) is not None
    return XmlDocument(root=root, declared_charset=declared, used_charset=used, looks_garbled=garbled)


def _parser(charset: str) -> etree.XMLParser:
    # A parser is made per document: it is cheap, and none is shared between threads.
    return etree.XMLParser(
        encoding=charset,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _declared_charset(raw: bytes) -> str | None:
    if not raw.startswith(b"<?xml"):
        return None
    declaration = _DECLARATION.match(raw)
    if declaration is None:
        raise UnreadableInput("not_xml", "byte 0", "The XML declaration is not well-formed.")
    encoding = _ENCODING.search(declaration[0])
    return None if encoding is None else encoding[1].decode("ascii").lower()


def _canonical(charset: str) -> str | None:
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return None
    return {"iso8859-1": "iso-8859-1", "cp1252": "windows-1252", "iso8859-15": "iso-8859-15"}.get(name, name)


def _used_charset(declared: str | None, charsets: tuple[str, ...], *, has_bom: bool) -> str:
    if declared is None:
        return "utf-8"
    name = _canonical(declared)
    if name == "utf-8":
        return "utf-8"
    if name == "ascii":
        return "utf-8"
    if name is not None and not has_bom and name in {_canonical(allowed) for allowed in charsets}:
        return name
    raise UnreadableInput("encoding", "", "The document declares an encoding that is not agreed; send UTF-8.")


def _decoded(raw: bytes, charset: str) -> str:
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError as problem:
        place = f"byte {problem.start}"
        raise UnreadableInput("wrong_encoding", place, f"The bytes are not {charset} at {place}.") from None
    found = None if text.isprintable() else _CONTROL.search(text)
    if found is not None:
        place = f"character {found.start()}"
        raise UnreadableInput("control_character", place, f"There is a control character at {place}.")
    return text


def _refuse_doctype(text: str) -> None:
    """Walk over what may stand before the root element, so that nothing of a DOCTYPE is ever parsed."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            at = text.find("-->", at + 4)
        elif text.startswith("<?", at):
            at = text.find("?>", at + 2)
        elif text.startswith("<!", at):
            raise UnreadableInput("doctype", f"character {at}", "A DOCTYPE is not taken, whatever it says.")
        else:
            return
        if at < 0:
            return  # not closed: the parser says where


def _refuse_excess(raw: bytes, root: Any) -> None:
    if _TOO_DEEP(root):
        raise UnreadableInput("too_deep", "", f"This is nested more than {MAX_DEPTH} levels deep.")
    # Counting marks in the bytes costs nothing and never counts too few; only a suspicion is counted exactly.
    if raw.count(b"<") > MAX_ELEMENTS and _ELEMENTS(root) > MAX_ELEMENTS:
        raise UnreadableInput("too_many", "", f"There are more than {MAX_ELEMENTS} elements.")
    equals = raw.count(b"=")
    if equals > MAX_ATTRIBUTES and _ATTRIBUTES(root) > MAX_ATTRIBUTES:
        raise UnreadableInput("too_many", "", f"There are more than {MAX_ATTRIBUTES} attributes.")
    if equals > MAX_ATTRIBUTES_EACH and _CROWDED(root):
        raise UnreadableInput("too_many", "", f"An element has more than {MAX_ATTRIBUTES_EACH} attributes.")
