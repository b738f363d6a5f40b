"""The configuration that ships is whole, true to its own examples, and checked by `gateway check`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.check import check
from gateway.consent.flows import Mode
from gateway.domain.policies import failed_examples
from gateway.errors import ConfigurationError
from gateway.settings import Settings, check_settings, load_settings, read_toml

SHIPPED = Path(__file__).parents[2] / "config"
LANGUAGES = ("nl", "en", "ar")


def settings_in(config: Path) -> Settings:
    return load_settings(config=config, data=config / "nowhere", environment={})


@pytest.fixture(scope="module")
def shipped() -> Settings:
    return settings_in(SHIPPED)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped folder, to be spoilt."""
    return shutil.copytree(SHIPPED, tmp_path / "config")


def mend(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def wrong_in(config: Path) -> dict[str, str]:
    return {finding.what: finding.wrong for finding in check_settings(settings_in(config)) if finding.wrong}


def test_every_shipped_file_loads(shipped: Settings) -> None:
    """Nothing is wrong with what we ship, and nothing of it was left unread."""
    findings = check_settings(shipped)
    assert [finding for finding in findings if finding.wrong is not None] == []
    looked_at = {finding.what for finding in findings}
    expected = {path.name for path in SHIPPED.glob("*.toml")} - {"gateway.toml"}  # read before any of the others
    assert looked_at >= expected | {"notices/", "creditors/", "schemas/"}
    assert settings_in(SHIPPED).mode == "sandbox"


def test_every_worked_example_comes_out(shipped: Settings) -> None:
    """The dates that a person checked are the dates that the rules give, and every policy has one."""
    assert failed_examples(shipped.policies, shipped.calendar) == ()
    assert all(policy.examples for policy in shipped.policies.entries)


def test_every_creditor_has_samples_and_they_were_run(shipped: Settings) -> None:
    """A format is trusted for what it makes of real bytes, not for how it looks."""
    told = [finding.what for finding in check_settings(shipped) if finding.what.startswith("creditors/")]
    expected = [f"creditors/{slug}, {len(style.samples)} samples" for slug, style in shipped.formats.items()]
    assert told == ["creditors/", *expected]
    assert set(shipped.formats) == {path.stem for path in (SHIPPED / "creditors").glob("*.toml")}
    assert all(style.samples for style in shipped.formats.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flow_has_its_notice_in_every_language(shipped: Settings, language: str) -> None:
    """Nobody is asked for a yes to a text that is not there; the recipient is named and a no is offered, or objecting."""
    for flow in shipped.flows.flows.values():
        notice = shipped.notice(flow.notice, language)
        assert (notice.id, notice.language) == (flow.notice, language)
        assert "{recipient}" in notice.text
        no = {"nl": "U mag nee zeggen", "en": "You may say no", "ar": "يمكنك أن تقول لا"}[language]
        objecting = {"nl": "Dat mag u altijd zeggen", "en": "You may always say so", "ar": "يمكنك دائمًا أن تقول ذلك"}
        assert (objecting[language] if flow.mode is Mode.NOTIFY else no) in notice.text


def test_a_notice_says_the_word_consent_only_where_it_is_consent(shipped: Settings) -> None:
    """On a statutory basis the pages never say "toestemming"."""
    for flow in shipped.flows.flows.values():
        if flow.mode.value != "consent":
            assert "toestemming" not in shipped.notice(flow.notice, "nl").text.lower()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_regime_has_its_words_in_dutch_and_english(shipped: Settings, language: str) -> None:
    """Letters and pages say what silence means in these words and no others."""
    assert all(regime.words[language].strip() for regime in shipped.regimes.regimes)


def test_only_a_regime_that_presumes_speaks_of_agreement_by_silence(shipped: Settings) -> None:
    """Never more than the regime supports."""
    for regime in shipped.regimes.regimes:
        assert ("geldt volgens afspraak als akkoord" in regime.words["nl"]) == regime.presumes


# What `gateway check` finds.

SAMPLE = Path("creditors") / "samples" / "agency-json" / "ordinary.expected.json"
OF_AGENCY = f"creditors/agency-json, {len(list((SHIPPED / SAMPLE).parent.glob('*.expected.json')))} samples"


def _false_example(config: Path) -> None:
    mend(config / "deadlines.toml", 'due_is = "Mon", due = 2026-03-23', 'due_is = "Tue", due = 2026-03-24')


def _example_beyond_the_calendar(config: Path) -> None:
    mend(
        config / "deadlines.toml",
        'start_is = "Mon", start = 2026-03-02, due_is = "Mon", due = 2026-03-23',
        'start_is = "Wed", start = 2028-12-20, due_is = "Wed", due = 2029-01-10',
    )


def _false_sample(config: Path) -> None:
    expected = json.loads((config / SAMPLE).read_text(encoding="utf-8"))
    expected["answer"] = "held"
    (config / SAMPLE).write_text(json.dumps(expected), encoding="utf-8")


def _no_sample(config: Path) -> None:
    shutil.rmtree((config / SAMPLE).parent)


FAULTS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a worked example that does not come out": (
        _false_example,
        "deadlines.toml, worked examples",
        "[[policy]] statement-default version 2026-01: from 2026-03-02 the example says 2026-03-24,"
        " the rule gives 2026-03-23",
    ),
    "a worked example beyond the calendar": (
        _example_beyond_the_calendar,
        "deadlines.toml, worked examples",
        "from 2028-12-20 the example says 2029-01-10, and nobody can tell.",
    ),
    "a golden sample that gives something else": (
        _false_sample,
        OF_AGENCY,
        "ordinary.json: /answer",
    ),
    "a format without a sample": (_no_sample, "creditors/", "agency-json.toml: has no golden sample"),
    "a notice that is gone": (
        lambda config: (config / "notices" / "proposal.nl.v1.txt").unlink(),
        "notices/",
        "holds no proposal.nl.v1.txt",
    ),
    "an unknown regime": (
        lambda config: mend(config / "regimes.toml", 'regime = "covenant"', 'regime = "habit"'),
        "regimes.toml",
        "no regime 'habit'",
    ),
    "an unknown field": (
        lambda config: mend(config / "data-flows.toml", '"resident.bsn"', '"resident.iban"'),
        "data-flows.toml",
        "fields_out names resident.iban",
    ),
    "no TOML at all": (
        lambda config: (config / "workdays.toml").write_text("= 1", encoding="utf-8"),
        "workdays.toml",
        "workdays.toml",
    ),
    "a file that is gone": (lambda config: (config / "grounds.toml").unlink(), "grounds.toml", "is missing"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_one_finding_that_names_it(copy: Path, fault: str) -> None:
    """The check finds it, says where it stands, and finds nothing else wrong."""
    spoil, what, message = FAULTS[fault]
    spoil(copy)
    wrong = wrong_in(copy)
    assert list(wrong) == [what]
    assert message in wrong[what]


def test_several_faults_are_all_told_at_once(copy: Path) -> None:
    """Nobody mends a file three times to hear the third fault."""
    _false_example(copy)
    _false_sample(copy)
    (copy / "grounds.toml").unlink()
    assert set(wrong_in(copy)) == {
        "grounds.toml",
        "deadlines.toml, worked examples",
        OF_AGENCY,
    }


def test_the_command_shows_the_fault_and_fails(copy: Path) -> None:
    """`gateway check` ends with 1 when something is wrong and with 0 when nothing is."""
    good = CliRunner().invoke(check, ["--no-database", "--config", str(copy)])
    assert (good.exit_code, "worked examples" in good.output) == (0, True)
    _false_example(copy)
    bad = CliRunner().invoke(check, ["--no-database", "--config", str(copy)], env={"COLUMNS": "400"})
    assert bad.exit_code == 1
    assert "[[policy]] statement-default version 2026-01: from 2026-03-02 the example says 2026-03-24" in bad.output


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('mode     = "sandbox"', 'mode     = "trial"', "must be 'sandbox' or 'live'"),
        ('mode     = "sandbox"', 'mode     = "live"', "a live gateway needs an https base_url"),
        ("sandbox_lease_seconds      = 12", "sandbox_lease_seconds      = 5", "must exceed delivery.deadline_seconds"),
        ('language = "nl"', "", "language is missing"),
        ("networks            = []", 'networks            = ["10.0.0.1/8"]', "has host bits set"),
    ],
)
def test_settings_that_leave_a_doubt_are_refused(copy: Path, old: str, new: str, message: str) -> None:
    """The gateway does not start on doubt."""
    mend(copy / "gateway.toml", old, new)
    with pytest.raises(ConfigurationError, match=message):
        settings_in(copy)


def test_a_live_gateway_never_carries_a_test_number(copy: Path) -> None:
    """What is for the sandbox does not leak into the world."""
    with pytest.raises(ConfigurationError, match="test OIN"):
        load_settings(config=copy, environment={"GATEWAY_MODE": "live", "GATEWAY_BASE_URL": "https://g.example"})


def test_a_folder_without_settings_is_refused(tmp_path: Path) -> None:
    """Pointing at the wrong folder is told at once."""
    with pytest.raises(ConfigurationError, match=r"holds no gateway\.toml"):
        settings_in(tmp_path)


def test_a_file_that_is_not_toml_is_named_with_its_line(tmp_path: Path) -> None:
    """A typing error is found where it stands."""
    (tmp_path / "broken.toml").write_text("fine = 1\nnot fine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"broken\.toml: .*line 2"):
        read_toml(tmp_path / "broken.toml")
