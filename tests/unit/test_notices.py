"""What residents are shown: published texts never change, everything is filled in, and they can be read."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.app import assembled
from gateway.consent.notices import LANGUAGES, Notice, Notices, day_in_words, words_of
from gateway.consent.readability import faults_in, flesch_douma, hard_to_read, sentences
from gateway.errors import ConfigurationError
from gateway.settings import Settings, check_settings, load_settings

SHIPPED = Path(__file__).parents[2] / "config"
UNTIL = datetime(2026, 8, 22, 8, tzinfo=UTC)


def settings_in(config: Path) -> Settings:
    return load_settings(config=config, data=config / "nowhere", environment={})


HERE = settings_in(SHIPPED)
FLOWS, NOTICES = HERE.flows, HERE.notices


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED, tmp_path / "config")


def rendered(notices: Notices, purpose: str = "inventory", language: str = "nl", without: tuple[str, ...] = ()) -> str:
    flow = FLOWS.of(purpose)
    assert flow is not None
    return notices.render(
        flow, language, recipient="Energie {recipient} %s", contact="14 000", without=without, until=UNTIL
    ).text


# Published is published.


@pytest.mark.parametrize("name", sorted(path.name for path in (SHIPPED / "notices").glob("*.txt")))
def test_a_published_text_that_was_changed_stops_the_start(copy: Path, name: str) -> None:
    """One letter, in any version and language: no gateway starts, and the sentence says what to do."""
    path = copy / "notices" / name
    path.write_bytes(path.read_bytes().replace(b" ", b"  ", 1))
    with pytest.raises(ConfigurationError, match=f"{name} was changed after it was published"):
        settings_in(copy).refuse_changed_texts()
    with pytest.raises(ConfigurationError, match="a new text is a new version"), assembled(settings_in(copy)):
        pass


def test_what_was_published_once_can_always_be_shown_again() -> None:
    """A grant on an old version points to a text that is still there."""
    old, new = NOTICES.get("inventory", 1, "nl"), NOTICES.current("inventory", "nl")
    assert old is not None
    assert (old.version, new.version) == (1, 2)
    assert old.text != new.text


def test_a_text_that_nobody_published_is_told(copy: Path) -> None:
    """A file beside the list is a mistake, not a notice."""
    (copy / "notices" / "inventory.nl.v10.txt").write_text("Versie 10", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"inventory\.nl\.v10\.txt is not in"):
        settings_in(copy).refuse_changed_texts()


def with_version(notices: Notices, version: int, texts: dict[str, str], notice_id: str = "inventory") -> Notices:
    """The register with one more version of a text."""
    published = notices.published(notice_id, 2)
    assert published is not None
    made = {
        (notice_id, version, language): Notice(id=notice_id, version=version, language=language, text=text)
        for language, text in texts.items()
    }
    one = replace(published, version=version, sha256={language: text.sha256 for (_, _, language), text in made.items()})
    return Notices(_texts={**notices._texts, **made}, _published={**notices._published, (notice_id, version): one})


def test_edge_26_a_translation_that_lags_behind_is_not_offered() -> None:
    """The Dutch text is newer: nobody answers the English question of last year."""
    newer = with_version(NOTICES, 3, {"nl": NOTICES.current("inventory", "nl").text + "Nieuw."})
    assert newer.languages("inventory") == ("nl",)
    with pytest.raises(ConfigurationError, match=r"holds no inventory\.en\.v3\.txt"):
        newer.current("inventory", "en")
    assert newer.languages("proposal") == LANGUAGES


def test_version_ten_comes_after_version_nine() -> None:
    """By number, not by letter."""
    both = with_version(with_version(NOTICES, 10, {"nl": "tien"}), 9, {"nl": "negen"})
    assert both.current("inventory", "nl").text == "tien"


def test_a_recalled_version_is_shown_to_nobody() -> None:
    """The version before it is, or none."""
    published = NOTICES.published("inventory", 2)
    assert published is not None
    recalled = Notices(
        _texts=NOTICES._texts,
        _published={**NOTICES._published, ("inventory", 2): replace(published, recalled=UNTIL.date())},
    )
    assert recalled.current("inventory", "nl").version == 1
    assert recalled.get("inventory", 2, "nl") is not None


SPOILT = {
    "a field that the notice does not speak of": (
        "data-flows.toml",
        '"resident.initials", "resident.surname", "resident.birth_date", "resident.customer_number", "references",\n]',
        '"resident.initials", "resident.surname", "resident.birth_date", "resident.bsn", "references",\n]',
        "notice stabilisation version 1 does not speak of resident.bsn",
    ),
    "another legal basis": (
        "notices/published.toml",
        'id          = "aftercare"\nversion     = 1\npublished   = 2026-04-01\nlegal_basis = "consent"',
        'id          = "aftercare"\nversion     = 1\npublished   = 2026-04-01\nlegal_basis = "public_task"',
        "names another legal basis than flow 'aftercare'",
    ),
    "twice": (
        "notices/published.toml",
        "version     = 2",
        "version     = 1",
        "inventory version 1 is in the file twice",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_flow_and_notice_say_the_same_or_nothing_starts(copy: Path, name: str) -> None:
    """I6, I24: what may be sent was shown, and the basis is the one that was named."""
    file, old, new, message = SPOILT[name]
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        settings_in(copy).refuse_changed_texts()


# What is really shown.


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", FLOWS.flows)
def test_everything_is_filled_in(purpose: str, language: str) -> None:
    """Recipient, every field by name, the last day and the telephone; no place is left open."""
    text = rendered(NOTICES, purpose, language)
    words, flow = words_of(NOTICES, language), FLOWS.of(purpose)
    assert flow is not None
    for name in flow.fields_out | flow.fields_in:
        assert f"- {words[name]}\n" in text, name
    assert "Energie {recipient} %s" in text, "a name is never read as a place"
    assert day_in_words(UNTIL.date(), language) in text
    assert "14 000" in text


@given(st.sets(st.sampled_from(sorted(FLOWS.flows["inventory"].fields_out))), st.sampled_from(LANGUAGES))
@settings(max_examples=60, deadline=None)
def test_i6_what_is_not_shown_is_not_granted(without: set[str], language: str) -> None:
    """The list of fields in the text and the list that the grant keeps are one list."""
    flow = FLOWS.flows["inventory"]
    made = NOTICES.render(flow, language, recipient="X", contact="Y", without=without, until=UNTIL)
    shown = {name for name, word in words_of(NOTICES, language).items() if f"- {word}\n" in made.text}
    assert set(made.fields_out) == flow.fields_out - without
    assert set(made.fields_out) <= shown


def test_the_digest_is_of_what_was_shown() -> None:
    """Another creditor, another day or another list of fields is another text."""
    texts = [rendered(NOTICES), rendered(NOTICES, without=("resident.bsn",)), rendered(NOTICES, language="en")]
    assert len(set(texts)) == 3
    assert "burgerservicenummer" in texts[0]
    assert "burgerservicenummer" not in texts[1]


# Can it be read?


def test_the_texts_that_ship_can_be_read() -> None:
    """Short sentences, plain words, every fact, in each language; what is wrong is told with its file."""
    assert hard_to_read(NOTICES, FLOWS) == []


@pytest.mark.parametrize("purpose", FLOWS.flows)
def test_dutch_texts_score_as_easy(purpose: str) -> None:
    """Flesch-Douma 70 or more, against under 30 for a letter as officials write it."""
    assert flesch_douma(NOTICES.current(FLOWS.flows[purpose].notice, "nl").text) >= 70
    official = (
        "Ingevolge bovengenoemde verordening verstrekt betrokkene middels ondertekening onherroepelijk toestemming tot "
        "gegevensverwerking door vorderingsgerechtigden."
    )
    assert flesch_douma(official) < 30


BAD = {
    "no way to say no": (("U mag nee zeggen. ", ""), "does not say that no is allowed"),
    "no end": (("geldt tot {until}", "geldt"), "put {until} where it belongs"),
    "no way to stop": (("U mag altijd eerder stoppen. ", ""), "does not say how to stop"),
    "no reason": (("Waarom?", ""), "does not say why"),
    "nobody asks": (("Wij zijn de gemeente. ", ""), "does not say who asks"),
    "hard word": (("uw schuld is", "uw vordering is"), "uses 'vordering'; write 'schuld'"),
    "called consent": (("Toch vragen wij het", "Toch vragen wij toestemming"), "must not say 'toestemming'"),
    "shouting": (("Er is geen haast", "Er is geen haast. LET OP"), "shouts 'LET'"),
    "a sentence without end": (("Waarom?\n", "Waarom? Wij willen graag en heel snel van alle bedrijven die u kent weten wat u daar nog moet.\n"),
                               "words; make it 14 at most"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_the_check_says_what_to_mend(name: str) -> None:
    """A guard that sees nothing guards nothing; each message names the file and the way out."""
    (old, new), message = BAD[name]
    notice = NOTICES.current("inventory", "nl")
    assert old in notice.text
    found = faults_in(replace(notice, text=notice.text.replace(old, new)), FLOWS.flows["inventory"])
    assert any(message in fault and fault.startswith("inventory.nl.v2.txt") for fault in found), found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_facts_are_looked_for_in_every_language(language: str) -> None:
    """A translation that leaves a fact out is no translation."""
    notice = NOTICES.current("aftercare", language)
    assert faults_in(notice, FLOWS.flows["aftercare"]) == []
    for number, sentence in enumerate(sentences(notice.text)):
        found = faults_in(replace(notice, text=notice.text.replace(sentence, "")), FLOWS.flows["aftercare"])
        left = len(sentences(notice.text.replace(sentence, "")))
        assert left < len(sentences(notice.text)), number
        if found:
            return
    raise AssertionError("nothing that is left out is missed")


def test_the_command_that_checks_the_configuration_reads_them_too(copy: Path) -> None:
    """`gateway check` tells a changed text."""
    path = copy / "notices" / "proposal.nl.v2.txt"
    path.write_text("Ja?", encoding="utf-8")
    wrong = {one.what: one.wrong for one in check_settings(settings_in(copy)) if one.wrong}
    assert "proposal.nl.v2.txt was changed" in (wrong["notices/"] or "")
