"""The strict front door for XML."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters import strict_xml
from gateway.adapters.unreadable import UnreadableInput

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]><lolz>&lol3;</lolz>"""


def refused(raw: bytes, charsets: tuple[str, ...] = ("utf-8",)) -> str:
    with pytest.raises(UnreadableInput) as caught:
        strict_xml.parse(raw, charsets)
    return caught.value.problem.code


@pytest.mark.parametrize(
    "raw, code",
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf ", "empty"),
        (b"<a><b></a>", "not_xml"),
        (b"<a>&nbsp;</a>", "not_xml"),
        (b"<a x='1' x='2'/>", "not_xml"),
        (b"<a/><b/>", "not_xml"),
        (b"{}", "not_xml"),
        (b"<a>&#1;</a>", "not_xml"),
        (b"<a>\x01</a>", "control_character"),
        (b"<a>\x00</a>", "control_character"),
        (b"<a>\xff</a>", "wrong_encoding"),
        (LAUGHS, "doctype"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "doctype"),
        (b"<!-- <a> --><?p <a>?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "doctype"),
        (b"<!DOCTYPE a><a/>", "doctype"),
        ('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"), "wrong_encoding"),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>', "encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><a>+ADw-</a>', "encoding"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', "encoding"),
        (b'<?xml version="1.0" encoding="no-such-thing"?><a/>', "encoding"),
        (b"<a>" * 33 + b"</a>" * 33, "too_deep"),
        (b"<a>" * 100_000, "too_much"),
        (b"<a " + b" ".join(b"a%d='1'" % n for n in range(100_001)) + b"/>", "too_many"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_safely_is_refused_with_its_reason(raw, code):
    """Source: ruling 21 and security part 3, rows 1 to 9."""
    assert refused(raw) == code


def test_an_encoding_must_be_named_by_the_mapping_and_declared_by_the_document():
    """Source: ruling 21."""
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><a>café</a>'.encode("iso-8859-1")
    document = strict_xml.parse(latin, ("iso-8859-1",))
    assert document.root.text == "café"
    assert (document.declared_charset, document.used_charset) == ("iso-8859-1", "iso-8859-1")
    assert refused("<a>café</a>".encode("iso-8859-1"), ("iso-8859-1",)) == "wrong_encoding"
    assert refused(b"\xef\xbb\xbf" + latin, ("iso-8859-1",)) == "encoding"


def test_utf8_that_says_it_is_latin_is_noticed():
    """It parses without error into mojibake; measured."""
    raw = '<?xml version="1.0" encoding="ISO-8859-1"?><a>café</a>'.encode()
    assert strict_xml.parse(raw, ("iso-8859-1",)).looks_garbled


def test_comments_and_instructions_are_not_there():
    """A comment inside a number must not split it. Source: security part 3, row 9."""
    document = strict_xml.parse(b"<a>1<!-- -->00<?x y?></a>")
    assert document.root.text == "100"
    assert len(document.root) == 0


def test_a_doctype_in_a_text_is_only_text():
    """What stands in a CDATA section declares nothing."""
    assert strict_xml.parse(b"<a><![CDATA[<!DOCTYPE b>]]></a>").root.text == "<!DOCTYPE b>"


@pytest.mark.parametrize("raw", [b"<a>" * 32 + b"</a>" * 32, b"\xef\xbb\xbf<a/>", b"<a>x\ty\nz</a>"])
def test_what_is_within_the_limits_is_read(raw):
    """Both sides of each limit."""
    assert strict_xml.parse(raw).root.tag == "a"


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"<a>{text}</a>".encode("utf-8", "replace")))
def test_any_bytes_are_a_document_or_a_refusal(raw):
    """Nothing else is ever raised."""
    with contextlib.suppress(UnreadableInput):
        strict_xml.parse(raw, ("iso-8859-1", "utf-8"))
