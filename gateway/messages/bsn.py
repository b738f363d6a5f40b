"""Whether something is a burgerservicenummer (BSN)."""

from __future__ import annotations

import re

from stdnum.nl import bsn

_DIGITS = re.compile(r"[0-9]{9}")


def is_bsn(value: object) -> bool:
    """Nine digits, as text, that pass the 11-test."""
    return isinstance(value, str) and _DIGITS.fullmatch(value) is not None and bsn.is_valid(value)
