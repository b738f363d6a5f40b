"""Amounts as creditors write them become whole euro cents, exactly, or are refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final

MAX_CENTS: Final = 10**12


class Notation(StrEnum):
    """How one creditor writes amounts; a mapping names it, nothing guesses it."""

    CENTS = "cents"  # 125000
    POINT = "point"  # 1250.00 or 1,250.00
    COMMA = "comma"  # 1250,00 or 1.250,00 or 1.250,-


@dataclass(frozen=True, kw_only=True)
class NotMoney:
    """Why a text is no amount; *detail* never repeats the text."""

    code: str
    detail: str


_CURRENCY = r"(?:EUR|eur|Euro|euro|€)"
_WRAPPED = re.compile(rf"({_CURRENCY})?\s*([-−+])?\s*({_CURRENCY})?\s*([0-9].*?)\s*({_CURRENCY})?")
_OTHER_CURRENCY = re.compile(r"[A-Z]{3}\b|[$£¥]")
_USUAL = {
    Notation.POINT: re.compile(r"(-?)(?:EUR |€ )?([0-9]{1,10}|[0-9]{1,3}(?:,[0-9]{3}){1,3})\.([0-9]{2})"),
    Notation.COMMA: re.compile(r"(-?)(?:EUR |€ )?([0-9]{1,10}|[0-9]{1,3}(?:\.[0-9]{3}){1,3}),([0-9]{2})"),
}
_BARE = {
    Notation.POINT: re.compile(r"-?(?:[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})\.[0-9]{2}"),
    Notation.COMMA: re.compile(r"-?(?:[0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2}),[0-9]{2}"),
}
_PLAIN = re.compile(r"[0-9]{1,13}")
_GROUP_SPACE = re.compile(r"(?<=[0-9])[ \u00a0\u202f\u2009](?=[0-9]{3}(?![0-9]))")

_AMBIGUOUS = NotMoney(
    code="ambiguous_amount",
    detail="The mark before the last three digits can be a group mark or a decimal mark; write two decimals.",
)
_NOT_AN_AMOUNT = NotMoney(code="not_an_amount", detail="This is not an amount in the notation that the mapping names.")
_NOT_WHOLE_CENTS = NotMoney(code="not_whole_cents", detail="This amount is not a whole number of cents.")
_TOO_LARGE = NotMoney(code="amount_too_large", detail="No amount above ten thousand million euros is taken.")
_NOT_EURO = NotMoney(code="not_euro", detail="Only euro amounts are taken; nothing is converted.")


def to_cents(value: str | int | Decimal, notation: Notation) -> int | NotMoney:
    """
    The amount in euro cents, exactly as written; nothing is rounded.

    A JSON number has no notation of its own: under `point` and `comma` it counts euros, under `cents` it must be
    written without decimals ("52.00" in a field of cents says that the creditor changed its mind about the unit).
    A text such as "1.250" under `comma`, or "1,250" and "1.250" under `point`, could mean two amounts a factor of
    thousand apart and is refused. A currency mark for euros and a minus before or after are understood.
    """
    return reader(notation)(value)


@cache
def reader(notation: Notation) -> Callable[[str | int | Decimal], int | NotMoney]:
    """`to_cents` for one notation: a reply has hundreds of amounts in the same one."""
    pattern = _USUAL.get(notation)
    unit = 1 if notation is Notation.CENTS else 100

    def cents_of(value: str | int | Decimal) -> int | NotMoney:
        if not isinstance(value, str):
            return _bounded(value * unit) if isinstance(value, int) else _from_number(value, notation)
        if pattern is not None:
            usual = pattern.fullmatch(value)
            if usual is not None:
                minus, whole, fraction = usual.groups()
                cents = int(whole.replace(",", "").replace(".", "") + fraction)
                return _bounded(-cents if minus else cents)
        return _from_text(value.strip(), notation)

    return cents_of


def bare_form(notation: Notation) -> re.Pattern[str] | None:
    """
    The form in which most amounts are written, such as "-1.250,00" or "1250,00": its digits alone are the cents.

    For who reads hundreds of them while somebody waits; None where the notation has no such form (`cents`).
    """
    return _BARE.get(notation)


def euros(cents: int) -> str:
    """For display in Dutch: 123456 becomes "€ 1.234,56", and a negative amount "€ -1.234,56"."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", ".")
    return f"€ {'-' if cents < 0 else ''}{grouped},{rest:02d}"


def _from_number(number: Decimal, notation: Notation) -> int | NotMoney:
    if not number.is_finite():
        return _NOT_AN_AMOUNT
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if notation is Notation.CENTS and exponent < 0:
        return _NOT_WHOLE_CENTS
    shift = exponent if notation is Notation.CENTS else exponent + 2
    unscaled = int("".join(map(str, digits)))
    if shift >= 0:
        if unscaled and shift > 15:
            return _TOO_LARGE
        cents = unscaled * 10**shift if unscaled else 0
    else:
        cents, remainder = divmod(unscaled, 10**-shift) if -shift <= len(digits) + 2 else (0, unscaled)
        if remainder:
            return _NOT_WHOLE_CENTS
    return _bounded(-cents if sign else cents)


def _from_text(text: str, notation: Notation) -> int | NotMoney:
    if len(text) > 60:
        return _NOT_AN_AMOUNT
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped is None:
        return _NOT_EURO if _OTHER_CURRENCY.match(text) else _NOT_AN_AMOUNT
    before, sign, between, body, after = wrapped.groups()
    if sum(mark is not None for mark in (before, between, after)) > 1:
        return _NOT_AN_AMOUNT
    if _OTHER_CURRENCY.search(body):
        return _NOT_EURO
    negative = sign in ("-", "−")
    if body.endswith(("-", "−")) and not body.endswith((",-", ",--", ".-", ".--")):
        if sign is not None:
            return _NOT_AN_AMOUNT
        negative, body = True, body[:-1].rstrip()
    cents = _unsigned(body, notation)
    if isinstance(cents, NotMoney):
        return cents
    return _bounded(-cents if negative else cents)


def _unsigned(body: str, notation: Notation) -> int | NotMoney:
    if notation is Notation.CENTS:
        return int(body) if _PLAIN.fullmatch(body) else _NOT_AN_AMOUNT
    decimal_mark, group_mark = (".", ",") if notation is Notation.POINT else (",", ".")
    body = _GROUP_SPACE.sub(group_mark, body)
    whole, mark, fraction = body.partition(decimal_mark)
    if fraction in ("-", "--"):  # "1.250,-": the Dutch way to write no cents
        fraction = "00"
    groups = whole.split(group_mark)
    if not all(part.isascii() and part.isdigit() for part in groups):
        return _NOT_AN_AMOUNT
    if mark and not (fraction.isascii() and fraction.isdigit()):
        return _NOT_AN_AMOUNT
    if len(groups) > 1:
        if not (1 <= len(groups[0]) <= 3 and all(len(part) == 3 for part in groups[1:])):
            return _NOT_AN_AMOUNT
        if not mark:
            return _AMBIGUOUS
    elif len(fraction) == 3 and len(whole) <= 3 and whole != "0":
        return _AMBIGUOUS
    if fraction[2:].strip("0"):
        return _NOT_WHOLE_CENTS
    return int("".join(groups)) * 100 + int((fraction + "00")[:2])


def _bounded(cents: int) -> int | NotMoney:
    return cents if -MAX_CENTS <= cents <= MAX_CENTS else _TOO_LARGE
