"""A name as it is looked at: without prefix, marks and accents."""

from __future__ import annotations

import re
import unicodedata
from functools import cache


def one_of(patterns: str) -> str:
    """One pattern of several, written one after the other."""
    return "|".join(patterns.split())


# Looked at in this order: "griffiekosten" must be court costs before the plain word "kosten" is looked at.


@cache
def bare(name: str) -> str:
    """The name without prefix, marks and accents, in small letters: "skp:Open_Saldo" becomes "opensaldo"."""
    labelled = re.search(r"='(?:.*\.)?([^'.]*[a-zA-Z][^'.]*)'\]$", name)
    local = labelled[1] if labelled is not None else name.removeprefix("@").rpartition(":")[2].removeprefix("@")
    folded = unicodedata.normalize("NFD", local.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", folded)


def says(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern."""
    return re.search(pattern, bare(name)) is not None
