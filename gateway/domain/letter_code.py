"""
The code in a letter to a resident: short enough to type over, long enough not to be guessed.

Twelve characters of Crockford's base 32 (60 random bits): no two of them look alike, and whoever reads an O, an I, an L
or a U where none can be is understood.
"""

from __future__ import annotations

import unicodedata
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_GROUP = 4
_MEANT = str.maketrans("OILU", "011V")
_BETWEEN = frozenset(" -_.–—‐‑\t\u00a0\u202f\u200e\u200f")  # how people, keyboards and paste part the groups
_LONGEST = 60
_OLDEST = 130  # years


def grouped(code: str) -> str:
    """The code as it is printed: 4-4-4."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, however they grouped it and in whatever digits; None when it cannot be one."""
    if len(typed) > _LONGEST:
        return None
    kept = [_plain(one) for one in typed if one not in _BETWEEN]
    code = "".join(kept).upper().translate(_MEANT)
    return code if len(code) == LENGTH and all(one in ALPHABET for one in code) else None


def read_birth_date(day: str, month: str, year: str, today: date) -> date | None:
    """A birth date out of three typed numbers; None when there is no such day, or nobody alive was born on it."""
    parts = ["".join(_plain(one) for one in part.strip()) for part in (year, month, day)]
    if not all(0 < len(part) <= 4 and part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        found = date(*(int(part) for part in parts))
    except ValueError:
        return None
    return found if today.year - _OLDEST <= found.year and found <= today else None


def _plain(character: str) -> str:
    """A digit of any script as one of 0-9: an Arabic keyboard types other ones."""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
