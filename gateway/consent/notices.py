"""
The texts that residents are shown, as published: a published text never changes, a new text is a new version.

`published.toml` lists every text with its digest and what it speaks of. A language in which the newest text does not
exist yet is not offered: nobody answers a question of last year.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from string import Formatter
from typing import Any

from gateway.consent.flows import FIELDS, FIELDS_IN, Flow, Flows
from gateway.domain.deadlines import local_day
from gateway.domain.workdays import entry_of
from gateway.errors import ConfigurationError

LANGUAGES = ("nl", "en", "ar")
FIRST = "nl"  # the language in which a text is written first
WORDS = "words"  # the text that holds the words for the fields
PLACES = frozenset({"recipient", "fields_out", "fields_in", "until", "contact"})
FILE = "config/notices/published.toml"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """
    One version of the text that a resident is shown for a flow.

    Args:
        text: With its places still open: {recipient}, {fields_out}, {fields_in}, {until}, {contact}.
    """

    id: str
    version: int
    language: str
    text: str

    @property
    def sha256(self) -> str:
        return _digest(self.text)


@dataclass(frozen=True, kw_only=True)
class Published:
    """
    What `published.toml` says of one version of a text.

    Args:
        sha256: Per language.
        recalled: Since when it is not to be shown any more, because it was wrong.
    """

    id: str
    version: int
    published: date
    legal_basis: str
    fields_out: frozenset[str]
    fields_in: frozenset[str]
    sha256: Mapping[str, str]
    recalled: date | None = None


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A notice as it is really shown, with the digest that a grant keeps."""

    notice: Notice
    text: str
    fields_out: tuple[str, ...]
    fields_in: tuple[str, ...]
    until: datetime

    @property
    def sha256(self) -> str:
        return _digest(self.text)


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Every published text."""

    _texts: Mapping[tuple[str, int, str], Notice] = field(repr=False)
    _published: Mapping[tuple[str, int], Published] = field(repr=False)

    def get(self, notice_id: str, version: int, language: str) -> Notice | None:
        """A text of any version, also one that was recalled: what was shown can always be shown again."""
        return self._texts.get((notice_id, version, language))

    def published(self, notice_id: str, version: int) -> Published | None:
        return self._published.get((notice_id, version))

    def newest(self, notice_id: str) -> Published | None:
        """The version that is shown now: the highest that was not recalled."""
        versions = [one for one in self._published.values() if one.id == notice_id and one.recalled is None]
        return max(versions, key=lambda one: one.version, default=None)

    def languages(self, notice_id: str) -> tuple[str, ...]:
        """The languages in which the newest version exists; one that lags behind is not offered."""
        newest = self.newest(notice_id)
        return tuple(one for one in LANGUAGES if newest is not None and one in newest.sha256)

    def current(self, notice_id: str, language: str) -> Notice:
        """
        The text to show now.

        Raises:
            ConfigurationError: There is none in this language.
        """
        newest = self.newest(notice_id)
        if newest is None or language not in newest.sha256:
            version = newest.version if newest is not None else 1
            raise ConfigurationError(f"config/notices holds no {notice_id}.{language}.v{version}.txt.")
        return self._texts[notice_id, newest.version, language]

    def render(
        self, flow: Flow, language: str, *, recipient: str, contact: str, without: Collection[str], until: datetime
    ) -> Rendered:
        """
        What this resident is shown: everything that can differ is filled in.

        Args:
            without: Fields of the flow that this recipient does not get, such as the BSN.
            until: The end of the yes; the day of it is shown.

        Raises:
            ConfigurationError: The notice does not exist in this language.
        """
        notice = self.current(flow.notice, language)
        words = _words_in(self.current(WORDS, language))
        fields_out = tuple(sorted(flow.fields_out.difference(without)))
        fields_in = tuple(sorted(flow.fields_in))
        text = notice.text.format(
            recipient=recipient,
            fields_out=_listed(words, fields_out),
            fields_in=_listed(words, fields_in),
            until=day_in_words(local_day(until), language),
            contact=contact,
        )
        return Rendered(notice=notice, text=text, fields_out=fields_out, fields_in=fields_in, until=until)


def notices_from(files: Mapping[str, bytes], table: Mapping[str, Any], flows: Flows) -> Notices:
    """
    The texts out of the files of config/notices, held against the published list and the flows that need them.

    Args:
        files: Bytes by file name, "<id>.<language>.v<version>.txt".

    Raises:
        ConfigurationError: Everything that is wrong, one fault per line; above all a published text that was changed.
    """
    faults: list[str] = []
    published = _published_from(table, faults)
    texts = _texts_from(files, published, faults)
    notices = Notices(_texts=texts, _published=published)
    if not faults:
        faults += _flow_faults(notices, flows)
    if faults:
        raise ConfigurationError("\n".join(faults))
    return notices


def day_in_words(day: date, language: str) -> str:
    """A day as a reader of the language writes it, such as "4 mei 2026"."""
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def words_of(notices: Notices, language: str) -> Mapping[str, str]:
    """The word of every field in a language."""
    return {name: word for names, word in _words_in(notices.current(WORDS, language)) for name in names}


def places_in(text: str) -> frozenset[str]:
    """The names between braces."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_ENTRY: Mapping[str, type] = {
    "id": str, "version": int, "published": date, "legal_basis": str, "fields_out": list, "fields_in": list,
    "sha256": dict,
}  # fmt: skip


def _published_from(table: Mapping[str, Any], faults: list[str]) -> dict[tuple[str, int], Published]:
    found: dict[tuple[str, int], Published] = {}
    for number, raw in enumerate(entry_of(table, FILE, required={"notice": list})["notice"], start=1):
        try:
            entry = entry_of(raw, f"{FILE}, notice {number}", required=_ENTRY, optional={"recalled": date})
        except ConfigurationError as error:
            faults.append(error.detail)
            continue
        one = Published(
            **{**entry, "fields_out": frozenset(entry["fields_out"]), "fields_in": frozenset(entry["fields_in"])}
        )
        if (one.id, one.version) in found:
            faults.append(f"{FILE}: {one.id} version {one.version} is in the file twice.")
        if strange := set(one.sha256) - set(LANGUAGES):
            faults.append(f"{FILE}: {one.id} version {one.version} has a text in {', '.join(sorted(strange))}.")
        found[one.id, one.version] = one
    return found


def _texts_from(
    files: Mapping[str, bytes], published: Mapping[tuple[str, int], Published], faults: list[str]
) -> dict[tuple[str, int, str], Notice]:
    found: dict[tuple[str, int, str], Notice] = {}
    listed = {
        f"{one.id}.{language}.v{one.version}.txt": (one, language, digest)
        for one in published.values()
        for language, digest in one.sha256.items()
    }
    for name, (one, language, digest) in listed.items():
        content = files.get(name)
        if content is None:
            faults.append(f"config/notices holds no {name}.")
        elif hashlib.sha256(content).hexdigest() != digest:
            faults.append(
                f"config/notices/{name} was changed after it was published. Put it back as it was; a new text is a "
                f"new version: v{one.version + 1}."
            )
        else:
            text = content.decode("utf-8")
            found[one.id, one.version, language] = Notice(id=one.id, version=one.version, language=language, text=text)
    faults += [f"config/notices/{name} is not in {FILE}; nobody is shown it." for name in sorted({*files} - {*listed})]
    return found


def _flow_faults(notices: Notices, flows: Flows) -> list[str]:
    """What a flow needs of its notice: that it is there, speaks of all its fields, and names its legal basis."""
    found = []
    known = set(words_of(notices, FIRST)) if notices.newest(WORDS) is not None else set()
    if missing := (FIELDS | FIELDS_IN) - known:
        found.append(f"config/notices: {WORDS}.{FIRST} has no words for {', '.join(sorted(missing))}.")
    for flow in flows.flows.values():
        newest = notices.newest(flow.notice)
        if newest is None or FIRST not in newest.sha256:
            found.append(f"config/notices holds no {flow.notice}.{FIRST}.v1.txt.")
            continue
        where = f"notice {newest.id} version {newest.version}"
        for name in ("fields_out", "fields_in"):
            if unsaid := getattr(flow, name) - getattr(newest, name):
                found.append(f"{where} does not speak of {', '.join(sorted(unsaid))}; flow {flow.purpose!r} has them.")
        if newest.legal_basis != flow.legal_basis:
            found.append(f"{where} names another legal basis than flow {flow.purpose!r}; that needs a new version.")
        for language in newest.sha256:
            places = places_in(notices.current(flow.notice, language).text)
            if places != PLACES:
                wrong = ", ".join(sorted(places ^ PLACES))
                found.append(f"{where} in {language}: exactly the places {', '.join(sorted(PLACES))}; see {wrong}.")
    return found


def _words_in(notice: Notice) -> list[tuple[tuple[str, ...], str]]:
    """Lines such as "resident.initials resident.surname = uw naam", in the order in which they are shown."""
    lines = [line.partition("=") for line in notice.text.splitlines() if line.strip()]
    return [(tuple(names.split()), word.strip()) for names, _, word in lines]


def _listed(words: Iterable[tuple[tuple[str, ...], str]], fields: Collection[str]) -> str:
    """The words of these fields, one per line; fields that share a word are named once."""
    return "\n".join(f"- {word}" for names, word in words if any(name in fields for name in names))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
