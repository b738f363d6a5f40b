"""
Can a reader who finds reading hard follow our notices, and is everything in them that must be?

A guard, not a proof: short sentences and plain words can be counted, being understood cannot. What it says is for the
writer of the text: which sentence, which word, and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.consent.flows import Flow, Flows, Mode
from gateway.consent.notices import WORDS, Notice, Notices

FLESCH_DOUMA_AT_LEAST = 70.0  # Douma 1960; B1 texts score well above it, letters of officials far below


@dataclass(frozen=True, kw_only=True)
class _Measure:
    """
    What a language is held to.

    Args:
        longest: Words in a sentence.
        facts: What must be in the text, as (what it is, one of these phrases).
        without: The same for a text about what the law prescribes: there is no yes, and no time to choose.
        consent: The word that only a text that asks for consent may use, and must.
        plain: Hard words with the plain ones.
    """

    longest: int
    facts: Mapping[str, tuple[str, ...]]
    without: Mapping[str, tuple[str, ...]]
    consent: str
    plain: Mapping[str, str]


_MEASURES: Mapping[str, _Measure] = {
    "nl": _Measure(
        longest=14,
        facts={
            "who asks": ("Wij zijn de gemeente",),
            "what goes out": ("Wij sturen",),
            "what comes back": ("Wij krijgen terug", "Zij sturen ons"),
            "why": ("Waarom?",),
            "that no is allowed, and what then": ("U mag nee zeggen",),
            "how to stop": ("U mag altijd eerder stoppen",),
            "that no reason is needed": ("U hoeft niet te zeggen waarom",),
            "until when": ("geldt tot",),
            "where to complain": ("klagen",),
            "that there is time": ("Er is geen haast",),
        },
        without={
            "that it is done without a yes": ("zonder uw ja",),
            "that one may object, and what then": ("Dat mag u altijd zeggen. Dan kijken wij opnieuw",),
            "until when": ("duurt tot",),
        },
        consent="toestemming",
        plain={
            "crediteur": "schuldeiser, of de naam van het bedrijf", "debiteur": "u", "vordering": "schuld",
            "vorderingen": "schulden", "dossier": "wat wij van u weten", "derden": "anderen", "betrokkene": "u",
            "verwerken": "gebruiken", "verwerking": "gebruik", "verstrekken": "geven of sturen",
            "verstrekking": "sturen", "persoonsgegevens": "gegevens over u", "grondslag": "reden", "minnelijk": "samen",
            "conform": "volgens", "teneinde": "om", "ingevolge": "door", "middels": "met", "inzake": "over",
            "omtrent": "over", "tevens": "ook", "echter": "maar", "indien": "als", "derhalve": "dus",
            "desgewenst": "als u dat wilt", "dient": "moet", "alsmede": "en", "gaarne": "graag", "hierbij": "(weg)",
            "intrekken": "stoppen", "verlenen": "geven", "saldo": "bedrag", "schuldregeling": "regeling",
            "aflossen": "betalen", "financieel": "met geld", "inventarisatie": "vragen wat u moet betalen",
        },
    ),
    "en": _Measure(
        longest=18,
        facts={
            "who asks": ("We are the municipality",),
            "what goes out": ("We send",),
            "what comes back": ("We get back", "They send us"),
            "why": ("Why?",),
            "that no is allowed, and what then": ("You may say no",),
            "how to stop": ("You may always stop earlier",),
            "that no reason is needed": ("You do not have to say why",),
            "until when": ("lasts until",),
            "where to complain": ("complain",),
            "that there is time": ("There is no hurry",),
        },
        without={
            "that it is done without a yes": ("without your yes",),
            "that one may object, and what then": ("You may always say so. Then we look again",),
            "until when": ("goes on until",),
        },
        consent="consent",
        plain={
            "creditor": "the name of the company", "debtor": "you", "pursuant": "by", "processing": "use",
            "third parties": "others", "withdraw": "stop", "revoke": "stop", "hereby": "(leave it out)",
            "in accordance with": "by", "utilise": "use", "commence": "begin", "prior to": "before",
        },
    ),
    "ar": _Measure(
        longest=18,
        facts={
            "who asks": ("نحن البلدية",),
            "what goes out": ("نرسل إلى",),
            "what comes back": ("يرسلون إلينا",),
            "why": ("لماذا؟",),
            "that no is allowed, and what then": ("يمكنك أن تقول لا",),
            "how to stop": ("يمكنك دائمًا أن تتوقف قبل ذلك",),
            "that no reason is needed": ("لا يلزمك أن تقول لماذا",),
            "until when": ("صالح حتى",),
            "where to complain": ("تشتكي",),
            "that there is time": ("لا داعي للعجلة",),
        },
        without={
            "that it is done without a yes": ("دون أن تقول نعم",),
            "that one may object, and what then": ("يمكنك دائمًا أن تقول ذلك. عندها ننظر من جديد",),
            "until when": ("يستمر هذا حتى",),
        },
        consent="بموافقتك",
        plain={"الدائن": "اسم الشركة", "المدين": "أنت", "معالجة": "استخدام"},
    ),
}  # fmt: skip
_SENTENCE = re.compile(r"[^.?!؟\n]+[.?!؟]?")
_WORD = re.compile(r"\{\w+\}|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SYLLABLE = re.compile(r"[aeiouyàáäèéëêïíóöúü]+")
_SHOUTING = re.compile(r"\b(?!BSN\b|AVG\b)[A-Z]{3,}\b")
_OF_A_CHOICE = frozenset({"that no is allowed, and what then", "how to stop", "until when", "that there is time"})
_PLACES = {"who gets it": "{recipient}", "what goes out, by name": "{fields_out}", "what comes back, by name":
           "{fields_in}", "until which day": "{until}", "whom to call": "{contact}"}  # fmt: skip


def hard_to_read(notices: Notices, flows: Flows) -> list[str]:
    """Everything that is wrong with any text that is shown now, each with its file and what to do about it."""
    found = []
    for flow in flows.flows.values():
        for language in notices.languages(flow.notice):
            found += faults_in(notices.current(flow.notice, language), flow)
    for language in notices.languages(WORDS):
        found += _hard_words(notices.current(WORDS, language), _MEASURES[language])
    return found


def faults_in(notice: Notice, flow: Flow) -> list[str]:
    """What is wrong with one text for one flow."""
    measure = _MEASURES[notice.language]
    return [
        *_missing_facts(notice, flow, measure),
        *_consent_word(notice, flow, measure),
        *_long_sentences(notice, measure),
        *_hard_words(notice, measure),
        *_shouting(notice),
        *_score(notice),
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a text; a heading or a line of a list is one too."""
    return [one.strip() for one in _SENTENCE.findall(text) if _WORD.search(one)]


def flesch_douma(text: str) -> float:
    """
    How easy Dutch text reads: above 80 easy, below 50 hard.

    Source: W. H. Douma, De leesbaarheid van landbouwbladen (1960); syllables are counted as groups of vowels.
    """
    words = [word for word in _WORD.findall(text) if not word.startswith("{")]
    syllables = sum(max(1, len(_SYLLABLE.findall(word.lower()))) for word in words)
    return 206.84 - 0.93 * len(words) / len(sentences(text)) - 77.0 * syllables / len(words)


def _name(notice: Notice) -> str:
    return f"{notice.id}.{notice.language}.v{notice.version}.txt"


def _missing_facts(notice: Notice, flow: Flow, measure: _Measure) -> Iterator[str]:
    facts = measure.facts
    if flow.mode is Mode.NOTIFY:
        facts = {fact: phrases for fact, phrases in facts.items() if fact not in _OF_A_CHOICE} | dict(measure.without)
    for fact, phrases in facts.items():
        if not any(phrase in notice.text for phrase in phrases):
            yield f"{_name(notice)} does not say {fact}; write for instance: {phrases[0]}"
    for fact, place in _PLACES.items():
        if place not in notice.text:
            yield f"{_name(notice)} does not say {fact}; put {place} where it belongs"


def _consent_word(notice: Notice, flow: Flow, measure: _Measure) -> Iterator[str]:
    """What rests on the law is not called consent, and what is consent is called that."""
    said = measure.consent in notice.text.lower()
    if said != (flow.mode is Mode.CONSENT):
        wanted = "must say" if not said else "must not say"
        yield f"{_name(notice)} {wanted} {measure.consent!r}: flow {flow.purpose!r} has mode {flow.mode.value}"


def _long_sentences(notice: Notice, measure: _Measure) -> Iterator[str]:
    for number, sentence in enumerate(sentences(notice.text), start=1):
        length = len(_WORD.findall(sentence))
        if length > measure.longest:
            advice = f"make it {measure.longest} at most"
            yield f"{_name(notice)}, sentence {number} has {length} words; {advice}: {sentence}"


def _hard_words(notice: Notice, measure: _Measure) -> Iterator[str]:
    # The name of the supervisor is what it is.
    text = notice.text.lower().replace("autoriteit persoonsgegevens", "").replace("data protection authority", "")
    for hard, plain in measure.plain.items():
        if re.search(rf"(?<!\w){re.escape(hard)}(?!\w)", text):
            yield f"{_name(notice)} uses {hard!r}; write {plain!r}"


def _shouting(notice: Notice) -> Iterator[str]:
    for word in _SHOUTING.findall(notice.text):
        yield f"{_name(notice)} shouts {word!r}; write it in small letters"


def _score(notice: Notice) -> Iterator[str]:
    if notice.language == "nl" and (score := flesch_douma(notice.text)) < FLESCH_DOUMA_AT_LEAST:
        advice = f"make it {FLESCH_DOUMA_AT_LEAST:.0f} or more, with shorter words and sentences"
        yield f"{_name(notice)} scores {score:.0f}; {advice}"
