"""The strict front door for JSON."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters import strict_json
from gateway.adapters.unreadable import UnreadableInput


def refused(raw: bytes) -> str:
    with pytest.raises(UnreadableInput) as caught:
        strict_json.parse(raw)
    return caught.value.problem.code


@pytest.mark.parametrize(
    "raw, code",
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "not_json"),
        (b"[1,]", "not_json"),
        (b"{'a': 1}", "not_json"),
        (b"[01]", "not_json"),
        (b"[1] x", "not_json"),
        (b"[NaN]", "not_a_number"),
        (b"[-Infinity]", "not_a_number"),
        (b'{"a": 1, "a": 2}', "duplicate_name"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate_name"),
        (b'{"a": 1, "\\u0061": 2}', "duplicate_name"),
        (b"[1234567890123456]", "number_too_long"),
        (b"[-1234567890123456]", "number_too_long"),
        (b"[1234567890123456.5]", "number_too_long"),
        (b"[0." + b"1" * 999 + b"]", "number_too_long"),
        (b"[1e999999999]", "number_out_of_range"),
        (b"[1e-999999999]", "number_out_of_range"),
        (b"[1e309]", "number_out_of_range"),
        (b"[1e-309]", "number_out_of_range"),
        (b'["\\u0000"]', "control_character"),
        (b'["\\u001b[31m"]', "control_character"),
        (b'["\\ud800"]', "control_character"),
        (b'["\\udc00\\ud800"]', "control_character"),
        (b'{"\\u0007": 1}', "control_character"),
        (b'["\x00"]', "control_character"),
        (b'["a\x1fb"]', "control_character"),
        ('["\x85"]'.encode(), "control_character"),
        (b'["\xff"]', "not_utf8"),
        (b'["\xed\xa0\x80"]', "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "not_utf8"),
        ('{"a": 1}'.encode("utf-16-be"), "control_character"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b"[" * 33 + b"]" * 33, "too_deep"),
        (b'["]",' * 40 + b"1" + b"]" * 40, "too_deep"),
    ],
)
def test_what_cannot_be_read_safely_is_refused_with_its_reason(raw, code):
    """Source: ruling 21 and security part 3, rows 10 to 14."""
    assert refused(raw) == code


@pytest.mark.parametrize(
    "raw, value",
    [
        (b"[" * 32 + b"]" * 32, None),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[123456789012345]", [123456789012345]),
        (b"[1e308, 1E-308]", [Decimal("1E+308"), Decimal("1E-308")]),
        (b"[1e5, 1.10, -0.0]", [Decimal("1E+5"), Decimal("1.10"), Decimal("-0.0")]),
        (b'["\\ud83d\\ude00"]', ["\U0001f600"]),
        (b'["a\\tb\\nc"]', ["a\tb\nc"]),
        (b'["' + b"[" * 50 + b'"]', ["[" * 50]),
        (b'["a\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]', ['a"' + "[" * 39]),
        (b'["\\\\", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]', ["\\", "[" * 38]),
        (b'["12345678901234567890"]', ["12345678901234567890"]),
        (b"[0.1000000000000000000000000000000000001]", [Decimal("0.1000000000000000000000000000000000001")]),
    ],
)
def test_what_is_within_the_limits_is_read_exactly(raw, value):
    """Both sides of each limit; numbers keep every digit."""
    parsed = strict_json.parse(raw)
    if value is not None:
        assert parsed == value
        assert repr(parsed) == repr(value)


_TEXTS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]))
_NAMES = st.text(st.characters(categories=["L", "P"]), max_size=5)
_NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.booleans())
def test_every_ordinary_value_is_read_as_the_standard_library_reads_it(value, ascii_only):
    """The strict door refuses more, and changes nothing."""
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert strict_json.parse(raw) == value


# Names that look like structure, so that what is counted outside quotes is put to the test.
_TRICKY = st.sampled_from(["a", "b", ":", '"', "\\", '":', "{", "]", '\\"', 'a":{', "1" * 16, ""])
_PAIRS = st.lists(st.tuples(_TRICKY, _TRICKY | st.just(1)), max_size=6)


@given(_PAIRS, st.integers(0, 3))
def test_a_name_that_comes_twice_is_seen_whatever_stands_around_it(pairs, depth):
    """Cheap counting finds what reading pair by pair finds, and nothing else. Source: security part 3, row 10."""
    members = ", ".join(f"{json.dumps(name)} : {json.dumps(value)}" for name, value in pairs)
    raw = ("[" * depth + "{" + members + "}" + "]" * depth).encode()
    if len(dict(pairs)) == len(pairs):
        assert strict_json.parse(raw) == json.loads(raw)
    else:
        assert refused(raw) == "duplicate_name"


@given(
    st.lists(
        st.tuples(st.sampled_from(["[", '{"a":', '["]",', '{"}":"{","a":', '["\\"[",']), st.booleans()), max_size=40
    )
)
def test_a_level_too_deep_is_seen_whatever_stands_around_it(levels):
    """32 is the last level that is read; brackets in texts count for nothing."""
    opened = "".join(("[[], " if aside and part[0] == "[" else "") + part for part, aside in levels)
    extra = sum(1 for part, aside in levels if aside and part[0] == "[")
    closing = "".join(
        ("]" if part[0] == "[" else "}") + ("]" if aside and part[0] == "[" else "") for part, aside in reversed(levels)
    )
    raw = (opened + "1" + closing).encode()
    if len(levels) + extra <= 32:
        assert strict_json.parse(raw) == json.loads(raw)
    else:
        assert refused(raw) == "too_deep"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_refusal(raw):
    """Nothing else is ever raised."""
    with contextlib.suppress(UnreadableInput):
        strict_json.parse(raw)
