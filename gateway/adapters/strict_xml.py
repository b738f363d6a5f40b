"""The only way in for XML: well-formed, no DOCTYPE, a named encoding, within documented limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from gateway.adapters.unreadable import UnreadableInput

MAX_DEPTH: Final = 32
MAX_ELEMENTS: Final = 500_000
MAX_ATTRIBUTES: Final = 100_000

_BOM: Final = b"\xef\xbb\xbf"
_VERSION = re.compile(rb"""[ \t\r\n]version[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']""")
_ENCODING = re.compile(rb"""[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']""")
# Other names of the charsets that are met; any other charset must be declared by the very name that a mapping gives it.
_OTHER_NAMES: Final = {
    "utf8": "utf-8", "us-ascii": "ascii", "iso8859-1": "iso-8859-1", "iso_8859-1": "iso-8859-1", "latin1": "iso-8859-1",
    "iso8859-15": "iso-8859-15", "iso_8859-15": "iso-8859-15", "cp1252": "windows-1252",
}  # fmt: skip
# UTF-8 written into a document that says ISO-8859-1 shows up as these pairs ("Ã©" for "é").
_MOJIBAKE = re.compile("[\u00c2-\u00c3][\u0080-\u00bf]|\u00e2\u0082\u00ac|\u00e2\u20ac")
_BEGINS_MOJIBAKE: Final = "\u00c2\u00c3\u00e2"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ASCII_TEXT: Final = bytes({*b"\t\n\r", *range(0x20, 0x7F)})
# DEL and the C1 controls as numbers; the parser knows the others. In a comment or a CDATA section it is only text.
_REFERENCE = re.compile(r"&#(?:x0*(?:7[fF]|[89][0-9a-fA-F])|0*(?:12[7-9]|1[345][0-9]));")
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_ELEMENTS: Any = etree.XPath("count(//*)")
_VALUES: Any = etree.XPath("//text()|//@*", smart_strings=False)
_ATTRIBUTES: Any = etree.XPath("count(//@*)")
# What the parser calls its own limits: depth 256, a name of 50,000 characters, a text of 10 million.
_PARSER_LIMITS: Final = frozenset({etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG})


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
        UnreadableInput: not well-formed XML 1.0, a DOCTYPE, an encoding that is not allowed or does not fit the
            bytes, control characters, or a limit: depth 32, 500,000 elements, 100,000 attributes.
    """
    bare = raw.removeprefix(_BOM)
    if bare.startswith(_BOM):  # the parser would take a second one for a mark too
        raise UnreadableInput("not_xml", "byte 3", "There is text before the root element.")
    declared, used = _charsets(_declaration(bare), charsets, has_bom=len(bare) != len(raw))
    text = _decoded(bare, used)
    _refuse_doctype(text)
    try:
        # A parser is made per document: it is cheap, and none is shared between threads.
        root = etree.fromstring(bare, _parser(used))
    except etree.XMLSyntaxError as problem:
        raise _not_xml(text, problem) from None
    if "&" in text and _REFERENCE.search(text) is not None:
        _refuse_referenced_controls(root)
    _refuse_excess(raw, root)
    return XmlDocument(
        root=root, declared_charset=declared, used_charset=used, looks_garbled=used != "utf-8" and _is_garbled(text)
    )


def _parser(charset: str) -> etree.XMLParser:
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
        remove_blank_text=True,  # what only indents; a text keeps its own white space
        collect_ids=False,
    )


def _declaration(raw: bytes) -> bytes:
    """The XML declaration, or nothing when there is none; `<?xml-stylesheet` is none."""
    if not raw.startswith((b"<?xml ", b"<?xml\t", b"<?xml\r", b"<?xml\n")):
        return b""
    end = raw.find(b"?>", 0, 1_000)
    if end < 0:
        raise UnreadableInput("not_xml", "byte 0", "The XML declaration is not well-formed.")
    return raw[:end]


@lru_cache(maxsize=256)  # a creditor's replies all begin alike
def _charsets(declaration: bytes, allowed: tuple[str, ...], *, has_bom: bool) -> tuple[str | None, str]:
    """The charset that is declared, if any, and the one to read with."""
    version = _VERSION.search(declaration)
    if version is not None and version[1] != b"1.0":  # version 1.1 lets control characters pass
        raise UnreadableInput("xml_version", "byte 0", "Only XML 1.0 is taken.")
    encoding = _ENCODING.search(declaration)
    declared = None if encoding is None else encoding[1].decode("ascii", "replace").lower()
    return declared, _used_charset(declared, allowed, has_bom=has_bom)


def _canonical(charset: str) -> str:
    # By a table of ours: Python would look up, and load code for, any name that a document cares to declare.
    return _OTHER_NAMES.get(charset.lower(), charset.lower())


def _used_charset(declared: str | None, charsets: tuple[str, ...], *, has_bom: bool) -> str:
    name = "utf-8" if declared is None else _canonical(declared)
    if name == "utf-8" or (name == "ascii" and not has_bom):  # ASCII is UTF-8 too, and must then be no more than that
        return name
    if not has_bom and name in {_canonical(allowed) for allowed in charsets}:
        return name
    raise UnreadableInput("encoding", "", "The document declares an encoding that is not agreed; send UTF-8.")


def _decoded(raw: bytes, charset: str) -> str:
    """The text, free of the control characters that the grammar of XML lets pass."""
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError as problem:
        place = f"byte {problem.start}"
        raise UnreadableInput("wrong_encoding", place, f"The bytes are not {charset} at {place}.") from None
    if not raw.isascii() or b"\x7f" in raw:
        # Only what is no plain ASCII text can hold one; looking through that alone is much quicker.
        rest = raw.translate(None, _ASCII_TEXT).decode(charset, "replace")
        if _CONTROL.search(rest) is not None:
            _refuse_controls(text)
    return text


def _refuse_controls(text: str) -> None:
    found = _CONTROL.search(text)
    if found is not None:
        place = f"character {found.start()}"
        raise UnreadableInput("control_character", place, f"There is a control character at {place}.")


def _refuse_referenced_controls(root: Any) -> None:
    """Refuse `&#x85;` and its like: what may not stand there raw may not be written as a number either."""
    if any(_CONTROL.search(value) is not None for value in _VALUES(root)):
        raise UnreadableInput("control_character", "", "A number stands for a control character.")


def _not_xml(text: str, problem: etree.XMLSyntaxError) -> UnreadableInput:
    if not text.strip():
        return UnreadableInput("empty", "", "The body is empty.")
    _refuse_controls(text)  # where one stands, it is the better reason
    line, column = problem.position or (0, 0)
    place = f"line {line}, column {column}"
    if getattr(problem, "code", None) in _PARSER_LIMITS:
        return UnreadableInput("too_much", place, f"A name or text is too long, or this is too deep: see {place}.")
    return UnreadableInput("not_xml", place, f"This is not well-formed XML: see {place}.")


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
    # Counting marks in the bytes costs little and never counts too few; only a suspicion is counted exactly.
    if len(raw) > MAX_ELEMENTS and raw.count(b"<") > MAX_ELEMENTS and _ELEMENTS(root) > MAX_ELEMENTS:
        raise UnreadableInput("too_many", "", f"There are more than {MAX_ELEMENTS} elements.")
    if len(raw) > MAX_ATTRIBUTES and raw.count(b"=") > MAX_ATTRIBUTES and _ATTRIBUTES(root) > MAX_ATTRIBUTES:
        raise UnreadableInput("too_many", "", f"There are more than {MAX_ATTRIBUTES} attributes.")


def _is_garbled(text: str) -> bool:
    return any(mark in text for mark in _BEGINS_MOJIBAKE) and _MOJIBAKE.search(text) is not None
