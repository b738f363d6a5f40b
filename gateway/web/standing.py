"""Where a creditor stands, for the counsellor: a light with words and a next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.documents.words import OFFER_STATES, REQUEST_STATES, Words, say
from gateway.domain.money import euros
from gateway.web.wording import STEPS

Line = Mapping[str, Any]


class Light(StrEnum):
    """Never without words: the colour only repeats what they say."""

    GO = "go"
    WAIT = "wait"
    ACT = "act"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """
    Args:
        step: What the counsellor can do now; None = nothing but wait.
    """

    light: Light
    words: str
    step: str | None


_REQUESTS: Mapping[str, tuple[Light, str | None]] = {
    "queued": (Light.WAIT, None),
    "waiting": (Light.WAIT, None),
    "overdue": (Light.WAIT, None),
    "noticed": (Light.WAIT, None),
    "silent": (Light.ACT, "silent"),
    "answered": (Light.GO, None),
    "stopped": (Light.OFF, None),
    "undeliverable": (Light.ACT, "undeliverable"),
}

_OFFERS: Mapping[str, tuple[Light, str | None]] = {
    "queued": (Light.WAIT, None),
    "waiting": (Light.WAIT, None),
    "overdue": (Light.WAIT, None),
    "noticed": (Light.WAIT, None),
    "challenged": (Light.WAIT, None),
    "lapsed": (Light.ACT, "lapsed"),
    "deemed": (Light.GO, None),
    "accepted": (Light.GO, None),
    "accepted_in_advance": (Light.GO, None),
    "refused": (Light.ACT, "refused"),
    "refused_unargued": (Light.ACT, "refused"),
    "unanswered": (Light.ACT, "unanswered"),
    "routed": (Light.ACT, "routed"),
    "stopped": (Light.OFF, None),
    "undeliverable": (Light.ACT, "undeliverable"),
}


def amount(cents: int, language: str) -> str:
    """An amount as its readers write it: "€ 1.234,56" in Dutch, "€ 1,234.56" in English; it stays on one line."""
    written = euros(cents)
    return together(written if language == "nl" else written.translate(str.maketrans(".,", ",.")))


def together(text: str) -> str:
    """An amount or a day on one line: its blanks do not break."""
    return text.replace(" ", "\u00a0")


def standing(line: Line, language: str) -> Standing:
    """One line of the overview as a light, words and a next step; a reply that waits for a person comes first."""
    if line["held"]:
        return Standing(light=Light.ACT, words=say(STEPS, "held", language), step=say(STEPS, "held_step", language))
    offer = line["offer"]
    if offer is not None:
        return _of(_OFFERS, OFFER_STATES, offer["state"], language)
    if line["outcome"] == "refused" and line["state"] == "answered":
        return Standing(light=Light.ACT, words=say(STEPS, "no_help", language), step=say(STEPS, "silent", language))
    return _of(_REQUESTS, REQUEST_STATES, line["state"], language)


def _of(table: Mapping[str, tuple[Light, str | None]], states: Words, state: str, language: str) -> Standing:
    light, step = table[state]
    shown = say(STEPS, step, language) if step is not None else None
    return Standing(light=light, words=say(states, state, language), step=shown)
