"""The only way in for JSON: well-formed, UTF-8, within documented limits, and every number exact."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn

from gateway.adapters.unreadable import UnreadableInput

MAX_DEPTH: Final = 32
MAX_VALUES: Final = 500_000
MAX_INTEGER_DIGITS: Final = 15
MAX_NUMBER_LENGTH: Final = 1_000
MAX_EXPONENT: Final = 308  # where the numbers of most other systems end too

_BOM: Final = b"\xef\xbb\xbf"
_LONG_NUMBER: Final = b"0" * (MAX_INTEGER_DIGITS + 1)
_ALL_DIGITS_ALIKE: Final = bytes.maketrans(b"123456789", b"000000000")
_ESCAPED_CONTROL = re.compile(r"\\u(?:00[01]|[dD][89a-fA-F]|007[fF]|00[89])|\\[bf]")
# Tab, newline and carriage return are fine; DEL and the C1 controls are not text either.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_STRUCTURE: Final = bytes(byte for byte in range(256) if byte not in b'{}[]":')
_NOT_COMMAS: Final = bytes(byte for byte in range(256) if byte not in b'",')


def parse(raw: bytes) -> Any:
    """
    The parsed value: dict, list, str, int, Decimal, bool or None.

    Raises:
        UnreadableInput: not UTF-8, not JSON, or over a limit: nesting deeper than 32, more than about 500,000
            values, an integer of more than 15 digits, a number of more than 1,000 characters or with an exponent
            beyond 308, a name twice in one object, NaN or Infinity, a control character other than tab and newline,
            half a surrogate pair.
    """
    text = _decoded(raw)
    names = _names_within_depth(raw)
    found = 0

    def counted(members: dict[str, Any]) -> dict[str, Any]:
        nonlocal found
        found += len(members)
        return members

    try:
        value = _decoder(raw, object_hook=counted).decode(text)
        if found != names:  # a name went missing, so one came twice: read again to say which
            _decoder(raw, object_pairs_hook=_without_twins).decode(text)
    except UnreadableInput:
        raise
    except json.JSONDecodeError as problem:
        raise _not_json(text, problem) from None
    except (RecursionError, ValueError):  # the scanner's own guards, should a limit above ever move
        raise UnreadableInput("not_json", "", "This is not JSON that can be read safely.") from None
    if "\\" in text and _ESCAPED_CONTROL.search(text) is not None:
        _refuse_escaped_controls(value)
    return value


def _decoded(raw: bytes) -> str:
    """The text, free of the control characters that the grammar of JSON lets pass."""
    try:
        text = raw.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as problem:
        place = f"byte {problem.start}"
        raise UnreadableInput("not_utf8", place, f"JSON must be UTF-8; it is not at {place}.") from None
    if b"\x7f" in raw or b"\xc2" in raw:  # the only bytes that DEL and the C1 controls begin with
        _refuse_controls(text)
    return text


def _refuse_controls(text: str) -> None:
    found = _CONTROL.search(text)
    if found is not None:
        place = f"character {found.start()}"
        raise UnreadableInput("control_character", place, f"There is a control character at {place}.")


def _not_json(text: str, problem: json.JSONDecodeError) -> UnreadableInput:
    if not text.strip(" \t\r\n"):
        return UnreadableInput("empty", "", "The body is empty.")
    _refuse_controls(text)  # where one stands, it is the better reason
    place = f"line {problem.lineno}, column {problem.colno}"
    return UnreadableInput("not_json", place, f"This is not well-formed JSON: see {place}.")


def _names_within_depth(raw: bytes) -> int:
    """
    How many names of members there are, after refusing more than 32 levels: nothing recursive has looked yet.

    What stands between quotes is left out, so that a bracket or colon in a string neither counts nor hides another.
    Taking away innermost pairs, pass after pass, runs at the speed of `bytes.replace`; only where something is left
    after that are the brackets counted one by one.
    """
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = _outside_strings(raw.translate(None, _NOT_STRUCTURE))
    if len(raw) > 2 * MAX_VALUES and raw.count(b",") > MAX_VALUES:  # there are no more values than commas and brackets
        commas = _outside_strings(raw.translate(None, _NOT_COMMAS))
        if len(commas) > MAX_VALUES:
            raise UnreadableInput("too_many", "", f"There are more than {MAX_VALUES} values.")
    brackets = marks.translate(None, b":")
    names = len(marks) - len(brackets)
    if len(brackets) > MAX_DEPTH:
        _refuse_deep_nesting(brackets)
    return names


def _outside_strings(marks: bytes) -> bytes:
    """What is left of *marks* when quotes, and all that stands between two of them, are taken away."""
    marks = marks.replace(b'""', b"")
    return b"".join(marks.split(b'"')[::2]) if b'"' in marks else marks


def _refuse_deep_nesting(brackets: bytes) -> None:
    left = brackets
    for _ in range(MAX_DEPTH // 2):  # one pass takes away at most two levels
        left = left.replace(b"{}", b"").replace(b"[]", b"")
        if not left:
            return
    depth = 0
    for mark in brackets:
        depth += 1 if mark in b"{[" else -1
        if depth > MAX_DEPTH:
            raise UnreadableInput("too_deep", "", f"This is nested more than {MAX_DEPTH} levels deep.")


def _decoder(raw: bytes, **hook: Any) -> json.JSONDecoder:
    # Looking once for a long run of digits is cheaper than asking at every whole number.
    parse_int = _integer if _may_hold_long_number(raw) else None
    return json.JSONDecoder(parse_constant=_no_constant, parse_float=_decimal, parse_int=parse_int, **hook)


def _may_hold_long_number(raw: bytes) -> bool:
    """Whether a run of 16 digits stands anywhere but at the beginning of a string, as identifiers do."""
    alike = raw.translate(_ALL_DIGITS_ALIKE)
    at = alike.find(_LONG_NUMBER)
    while at >= 0:
        if alike[at - 1 : at] != b'"':
            return True
        at = alike.find(_LONG_NUMBER, alike.find(b'"', at))
    return False


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableInput("duplicate_name", "", "A name occurs twice in one object.", raw=twice)
    return members


def _no_constant(_: str) -> NoReturn:
    raise UnreadableInput("not_a_number", "", "NaN and Infinity are not JSON.")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise UnreadableInput("number_too_long", "", f"A whole number has more than {MAX_INTEGER_DIGITS} digits.")
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) <= MAX_INTEGER_DIGITS and "e" not in text and "E" not in text:
        return Decimal(text)
    if len(text) > MAX_NUMBER_LENGTH:
        raise UnreadableInput("number_too_long", "", f"A number is longer than {MAX_NUMBER_LENGTH} characters.")
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa.lstrip("-").partition(".")[0]) > MAX_INTEGER_DIGITS:
        raise UnreadableInput("number_too_long", "", f"A number has more than {MAX_INTEGER_DIGITS} whole digits.")
    if exponent and abs(int(exponent)) > MAX_EXPONENT:
        raise UnreadableInput("number_out_of_range", "", f"An exponent lies beyond {MAX_EXPONENT}.")
    return Decimal(text)


def _refuse_escaped_controls(value: Any) -> None:
    level = [value]
    while level:  # the depth is bounded by now
        following: list[Any] = []
        for part in level:
            if isinstance(part, str):
                if _CONTROL.search(part) is not None:
                    raise UnreadableInput("control_character", "", "A text holds an escaped control character.")
            elif isinstance(part, dict):
                following += part.keys()
                following += part.values()
            elif isinstance(part, list):
                following += part
        level = following
