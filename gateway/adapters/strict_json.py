"""The only way in for JSON: well-formed, UTF-8, within documented limits, and every number exact."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn

from gateway.adapters.unreadable import UnreadableInput

MAX_DEPTH: Final = 32
MAX_INTEGER_DIGITS: Final = 15
MAX_NUMBER_LENGTH: Final = 64
MAX_EXPONENT: Final = 30

_BOM: Final = b"\xef\xbb\xbf"
_LONG_NUMBER: Final = b"0" * (MAX_INTEGER_DIGITS + 1)
_ALL_DIGITS_ALIKE: Final = bytes.maketrans(b"123456789", b"000000000")
_ESCAPED_CONTROL = re.compile(r"\\u(?:00[01]|[dD][89a-fA-F]|007[fF]|00[89])|\\[bf]")
# Tab, newline and carriage return are fine; DEL and the C1 controls are not text either.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_BRACKETS_OR_QUOTES: Final = bytes(byte for byte in range(256) if byte not in b'{}[]"')


def parse(raw: bytes) -> Any:
    """
    The parsed value: dict, list, str, int, Decimal, bool or None.

    Raises:
        UnreadableInput: not UTF-8, not JSON, or over a limit: nesting deeper than 32, an integer of more than
            15 digits, an exponent beyond 30, a name twice in one object, NaN or Infinity, a control character
            other than tab and newline, half a surrogate pair.
    """
    text = _decoded(raw)
    _refuse_deep_nesting(raw)
    try:
        value = (_CAREFUL if _LONG_NUMBER in raw.translate(_ALL_DIGITS_ALIKE) else _QUICK).decode(text)
    except UnreadableInput:
        raise
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise UnreadableInput("not_json", place, f"This is not well-formed JSON: see {place}.") from None
    except (RecursionError, ValueError):  # the scanner's own guards, should a limit above ever move
        raise UnreadableInput("not_json", "", "This is not JSON that can be read safely.") from None
    if "\\" in text and _ESCAPED_CONTROL.search(text) is not None:
        _refuse_escaped_controls(value)
    return value


def _decoded(raw: bytes) -> str:
    if raw.startswith(_BOM):
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        place = f"byte {problem.start}"
        raise UnreadableInput("not_utf8", place, f"JSON must be UTF-8; it is not at {place}.") from None
    if not text.strip(" \t\r\n"):
        raise UnreadableInput("empty", "", "The body is empty.")
    found = None if text.isprintable() else _CONTROL.search(text)
    if found is not None:
        place = f"character {found.start()}"
        raise UnreadableInput("control_character", place, f"There is a control character at {place}.")
    return text


def _refuse_deep_nesting(raw: bytes) -> None:
    """
    Refuse more than 32 levels before anything recursive looks at the text.

    What stands between quotes is left out, so a bracket inside a string neither counts nor hides another. Taking
    away innermost pairs, pass after pass, runs at the speed of `bytes.replace`; only where something is left after
    that are they counted one by one.
    """
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = b"".join(raw.translate(None, _NOT_BRACKETS_OR_QUOTES).split(b'"')[::2])
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableInput("duplicate_name", "", "A name occurs twice in one object.", raw=twice)
    return value


def _no_constant(_: str) -> NoReturn:
    raise UnreadableInput("not_a_number", "", "NaN and Infinity are not JSON.")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise UnreadableInput("number_too_long", "", f"A whole number has more than {MAX_INTEGER_DIGITS} digits.")
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_NUMBER_LENGTH:
        raise UnreadableInput("number_too_long", "", f"A number is longer than {MAX_NUMBER_LENGTH} characters.")
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa.lstrip("-").partition(".")[0]) > MAX_INTEGER_DIGITS:
        raise UnreadableInput("number_too_long", "", f"A number has more than {MAX_INTEGER_DIGITS} whole digits.")
    if exponent and (len(exponent.lstrip("+-0")) > 2 or abs(int(exponent)) > MAX_EXPONENT):
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


# Looking once for a long run of digits is cheaper than asking at every whole number.
_QUICK = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_decimal)
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_decimal, parse_int=_integer
)
