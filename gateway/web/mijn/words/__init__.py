"""What the resident's pages say, in Dutch (B1), English and Arabic: one table, put together from one file per page."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

LANGUAGES = {"nl": "Nederlands", "en": "English", "ar": "العربية"}
RIGHT_TO_LEFT = frozenset({"ar"})


def _all() -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for part in pkgutil.iter_modules(__path__):
        texts: Mapping[str, tuple[str, str, str]] = importlib.import_module(f"{__name__}.{part.name}").TEXTS
        if twice := found.keys() & texts.keys():
            raise AssertionError(f"said in two files: {', '.join(sorted(twice))}")
        found |= texts
    return found


TEXTS = _all()


def say(name: str, language: str, **places: object) -> str:
    """
    One text with its places filled in; a name in other letters keeps its own direction (Unicode isolates).

    Raises:
        KeyError: There is no such text.
    """
    text = TEXTS[name][list(LANGUAGES).index(language)]
    if language in RIGHT_TO_LEFT:
        places = {key: f"\u2068{value}\u2069" if isinstance(value, str) else value for key, value in places.items()}
    return text.format(**places) if places else text
