"""From what stands in a reply to a canonical value: a closed set of steps, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.domain.money import MAX_CENTS, Notation, NotMoney, bare_form, reader

Scalar = str | int | Decimal | bool


@dataclass(frozen=True, kw_only=True)
class Unfit:
    """Why a value cannot be taken; *detail* is safe for anybody."""

    code: str
    detail: str
    raw: str | None = field(default=None, repr=False)


# Takes anything that can stand in a reply: what is no single value, or blank, gives an Unfit like any other misfit.
Convert = Callable[[Any], Any]
_NOT_A_VALUE: Final = Unfit(code="not_a_value", detail="A single value is expected here.")

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MONTHS: Final = {
    name: number
    for names in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    )
    for number, name in enumerate(names.split(), start=1)
}
_TOKENS: Final = {
    "yyyy": "(?P<y>[0-9]{4})",
    "jjjj": "(?P<y>[0-9]{4})",
    "mmmm": r"(?P<name>[^\W\d_]{3,9}\.?)",
    "mmm": r"(?P<name>[^\W\d_]{3,9}\.?)",
    "mm": "(?P<m>[0-9]{2})",
    "m": "(?P<m>[0-9]{1,2})",
    "dd": "(?P<d>[0-9]{2})",
    "d": "(?P<d>[0-9]{1,2})",
    "*": ".{0,40}",
}
_TOKEN = re.compile("|".join(re.escape(token) for token in _TOKENS) + "|.")
ODATA_DATE: Final = "/Date(ms)/"  # as OData 2 writes it: the milliseconds of unix-milliseconds, and perhaps an offset
DATE_WORDS: Final = ("rfc3339", "unix-seconds", "unix-milliseconds", ODATA_DATE)
_ODATA = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")


def money(notation: Notation) -> Convert:
    """Amounts in one notation, to euro cents."""
    cents_of, bare = reader(notation), bare_form(notation)

    def convert(value: Any) -> Any:
        kind = type(value)
        if kind is bool:
            return Unfit(code="not_an_amount", detail="A yes or no stands where an amount is expected.")
        if kind is not str and kind is not int and kind is not Decimal:
            return _NOT_A_VALUE
        cents = cents_of(value)
        if type(cents) is int:
            return cents
        assert isinstance(cents, NotMoney)
        return Unfit(code=cents.code, detail=cents.detail, raw=str(value))

    def written_out(value: Any) -> Any:
        if type(value) is str and is_bare(value):
            return int(value.replace(".", "").replace(",", ""))
        return convert(value)

    def in_cents(value: Any) -> Any:
        return value if type(value) is int and -MAX_CENTS <= value <= MAX_CENTS else convert(value)

    if bare is None:
        return in_cents
    is_bare = bare.fullmatch
    return written_out


def rate(notation: Notation) -> Convert:
    """
    Percent per year as the statement keeps it: "4", "6.5"; 0 to 100, at most four decimals.

    A text has the decimal mark of the mapping's amounts (`cents` has none of its own and takes a point) and may end
    in "%", "procent" or "per jaar". A fraction such as 0.04 is not guessed to be 4: it is 0.04 percent.
    """
    mark = "," if notation is Notation.COMMA else "."

    def convert(value: Any) -> Any:
        if isinstance(value, bool):
            return Unfit(code="not_a_rate", detail="A yes or no stands where a percentage is expected.")
        if not isinstance(value, Scalar):
            return _NOT_A_VALUE
        match = _RATE.fullmatch(value.strip() if isinstance(value, str) else _plain_number(value).replace(".", mark))
        if match is None or (match["mark"] or mark) != mark:
            return Unfit(code="not_a_rate", detail=_NOT_A_RATE.format(mark=mark), raw=str(value))
        decimals = (match["decimals"] or "").rstrip("0")
        whole = int(match["whole"])
        if len(decimals) > 4 or whole > 100 or (whole == 100 and decimals):
            return Unfit(code="not_a_rate", detail=_NOT_A_RATE.format(mark=mark), raw=str(value))
        return f"{whole}.{decimals}" if decimals else str(whole)

    return convert


def _plain_number(value: int | Decimal) -> str:
    """Without exponent; empty for one that would be written with a long row of zeros."""
    if isinstance(value, int):
        return str(value)
    exponent = value.as_tuple().exponent
    return f"{value:f}" if isinstance(exponent, int) and abs(exponent) <= 20 else ""


_RATE = re.compile(
    r"(?P<whole>[0-9]{1,3})(?:(?P<mark>[.,])(?P<decimals>[0-9]{1,20}))?\s?(?:%|procent)?(?:\s(?:per jaar|p\.j\.))?"
)
_NOT_A_RATE: Final = "This is no percentage from 0 to 100 with at most four decimals after a {mark!r}."


def day(patterns: tuple[str, ...]) -> Convert:
    """
    Days in the stated formats, tried in order; a moment with a zone becomes the day it was in Amsterdam.

    Raises:
        ValueError: a format that cannot be read; the message says which and why.
    """
    readers = tuple(_day_reader(pattern) for pattern in patterns)

    @lru_cache(maxsize=4096)
    def parsed(text: str) -> date | None:
        text = text.strip()
        for read in readers:
            try:
                found = read(text)
            except (ValueError, OverflowError, OSError):
                continue
            if found is not None:
                return found
        return None

    def convert(value: Any) -> Any:
        kind = type(value)
        if kind is not str and kind is not int and kind is not Decimal and kind is not bool:
            return _NOT_A_VALUE
        found = parsed(value if kind is str else str(value))
        if found is not None:
            return found
        return Unfit(
            code="not_a_date",
            detail=f"No day of the calendar written as {' or '.join(patterns)}.",
            raw=str(value),
        )

    return convert


def _day_reader(pattern: str) -> Callable[[str], date | None]:
    if pattern == "rfc3339":
        return _moment_day
    if pattern == ODATA_DATE:
        return _odata_day
    if pattern in ("unix-seconds", "unix-milliseconds"):
        scale = 1 if pattern == "unix-seconds" else 1000
        return lambda text: _unix_day(int(text) // scale)
    if pattern == "yyyy-mm-dd":
        return lambda text: date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    words = pattern.replace("%d", "dd").replace("%m", "mm").replace("%Y", "yyyy")
    tokens = _TOKEN.findall(words)
    kinds = "".join("y" if t in ("yyyy", "jjjj") else t[0] for t in tokens if t in _TOKENS and t != "*")
    if sorted(kinds) != ["d", "m", "y"]:
        raise ValueError(
            f'the date format "{pattern}" must name a day, a month and a year of four digits once each, such as '
            f'"dd-mm-yyyy", "yyyymmdd" or "d mmmm yyyy"; or be one of: {", ".join(DATE_WORDS)}'
        )
    shape = re.compile("".join(_TOKENS.get(token, re.escape(token)) for token in tokens))

    def read(text: str) -> date | None:
        match = shape.fullmatch(text)
        if match is None:
            return None
        parts = match.groupdict()
        month = _MONTHS[parts["name"].rstrip(".").lower()] if "name" in parts else int(parts["m"])
        return date(int(parts["y"]), month, int(parts["d"]))

    def forgiving(text: str) -> date | None:
        try:
            return read(text)
        except KeyError:  # a month that no known language has
            return None

    return forgiving


def _unix_day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).astimezone(_AMSTERDAM).date()


def _odata_day(text: str) -> date | None:
    match = _ODATA.fullmatch(text)
    return None if match is None else _unix_day(int(match[1]) // 1000)


def _moment_day(text: str) -> date | None:
    if not _MOMENT.fullmatch(text):
        return None
    moment = datetime.fromisoformat(text)
    return moment.date() if moment.tzinfo is None else moment.astimezone(_AMSTERDAM).date()


def text(longest: int) -> Convert:
    """Text as it stands, trimmed and in Unicode form NFC; a number keeps its digits."""

    def convert(value: Any) -> Any:
        if type(value) is str:
            found = value.strip()
            if found.isascii() and found.isprintable() and 0 < len(found) <= longest:
                return found
        elif isinstance(value, bool):
            return Unfit(code="not_text", detail="A yes or no stands where text is expected.")
        elif isinstance(value, Scalar):
            found = str(value)
        else:
            return _NOT_A_VALUE
        if not found:
            return _NOT_A_VALUE
        if not found.isascii():
            found = unicodedata.normalize("NFC", found)
        if len(found) > longest:
            return Unfit(code="too_long", detail=f"This text is longer than {longest} characters.")
        if not found.isprintable() and _CONTROL.search(found) is not None:
            return Unfit(code="control_character", detail="There is a control character in this text.")
        return found

    return convert


def listed(table: Mapping[str, Any]) -> Convert:
    """Codes by a table; a code that is not in it is never guessed."""
    known = ", ".join(sorted(table))

    def convert(value: Any) -> Any:
        if type(value) is str and value in table:
            return table[value]
        if not isinstance(value, Scalar):
            return _NOT_A_VALUE
        key = value.strip() if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
        try:
            return table[key]
        except KeyError:
            return Unfit(
                code="unlisted_value",
                detail=f"This code is not in the table of the mapping ({known}).",
                raw=key,
            )

    return convert


TRUTH: Final[Mapping[str, bool]] = {"true": True, "false": False}


def negated(inner: Convert) -> Convert:
    """The same amount with the other sign."""

    def convert(value: Any) -> Any:
        cents = inner(value)
        return -cents if type(cents) is int else cents

    return convert


_DIGITS_ALIKE: Final = bytes.maketrans(b"123456789", b"000000000")


def has_nine_digits(raw: bytes, known: Iterable[str]) -> bool:
    """
    Whether nine digits stand close together anywhere in a reply, so that a BSN could be among its texts.

    Far cheaper than looking at every text. Digits that are written as escapes or character references, that a comment
    or CDATA may part, or that are full-width, count as seen; ids of ours that the creditor echoes (*known*) do not.
    """
    for text in set(known):
        raw = raw.replace(text.encode(), b"")
    # Looking for one byte is many times quicker than looking for two, and most replies have none of these.
    if (b"&" in raw and b"&#" in raw) or (b"\\" in raw and b"\\u" in raw) or (b"\xef" in raw and b"\xef\xbc" in raw):
        return True
    if (b"!" in raw and b"<!" in raw) or (raw.count(b"?") > 2 and raw.count(b"<?") > 1):
        return True
    return b"000000000" in raw.translate(_DIGITS_ALIKE, b" .")


_DIGITS_TOGETHER = re.compile(r"[0-9](?:[ .]?[0-9]){8}")
_NINE_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ .]?[0-9]){8}(?![0-9])")


def may_hold_citizen_number(value: str) -> bool:
    """A quick look: most texts have no nine digits close together."""
    # The first pattern begins with a digit, and so is found or not at many times the speed of the second.
    value = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return len(value) >= 9 and _DIGITS_TOGETHER.search(value) is not None and _NINE_DIGITS.search(value) is not None


def citizen_numbers(value: str) -> list[str]:
    """The parts of a text that look like a BSN: nine digits that pass the 11-test; full-width digits are digits."""
    found = []
    if not value.isascii() and (plain := unicodedata.normalize("NFKC", value)) != value:
        return [value] if citizen_numbers(plain) else []
    for match in _NINE_DIGITS.finditer(value):
        digits = re.sub("[ .]", "", match[0])
        if len(digits) == 9 and digits != "000000000" and _passes_eleven_test(digits):
            found.append(match[0])
    return found


def _passes_eleven_test(digits: str) -> bool:
    from stdnum.nl import bsn  # imported here: few replies hold nine digits in a row

    return bool(bsn.is_valid(digits))
