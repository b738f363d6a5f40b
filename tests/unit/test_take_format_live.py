"""A creditor goes live when its samples prove it, all at once or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.adapters import load_formats
from gateway.cli.creditor import creditor
from gateway.errors import ConfigurationError
from gateway.services.take_format_live import make_ready

CONFIG = Path(__file__).parents[2] / "config"
SHIPPED = CONFIG / "creditors"


MAPPING = """\
[mapping]
id = "my-bank"
version = "1.0.0"
title = "My bank"
syntax = "json"

[defaults]
money = "point"

[outcome]
otherwise = "statement"
rules = [{ is = "client_unknown", when = { "$.error" = "not_found" } }]

[statement]
as_of = "$.date"

[debts]
each = "$.debts"
reference = "number"
components.unsplit.outstanding = "amount"
"""
REPLIES = {
    "ordinary": {"date": "2026-11-01", "debts": [{"number": "R-1", "amount": 728.5}]},
    "client-unknown": {"date": "2026-11-01", "error": "not_found"},
}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A mapping with two samples and what must come out of them, as an administrator has them on a desk."""
    mapping = tmp_path / "my-bank.toml"
    mapping.write_text(MAPPING, "utf-8")
    samples = tmp_path / "samples" / "my-bank"
    samples.mkdir(parents=True)
    for name, reply in REPLIES.items():
        (samples / f"{name}.json").write_text(json.dumps(reply), "utf-8")
        tried = ["try", str(mapping), str(samples / f"{name}.json"), "--write-expected"]
        assert CliRunner().invoke(creditor, tried, catch_exceptions=False).exit_code == 0
    return mapping


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with one creditor in it."""
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder, ignore=shutil.ignore_patterns("creditors"))
    (folder / "creditors" / "samples").mkdir(parents=True)
    shutil.copy(SHIPPED / "agency-json.toml", folder / "creditors")
    shutil.copytree(SHIPPED / "samples" / "agency-json", folder / "creditors" / "samples" / "agency-json")
    return folder


def add(mapping: Path, config: Path, *more: str) -> Result:
    arguments = ["add", str(mapping), "--config", str(config), *more]
    return CliRunner().invoke(creditor, arguments, catch_exceptions=True)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_proven_mapping_is_put_in_place_with_its_samples(mine: Path, config: Path) -> None:
    """And loads there at once; the command says what to do next."""
    result = add(mine, config)
    assert result.exit_code == 0, result.output
    assert "my-bank is live: my-bank@1.0.0#" in result.output
    assert "2 samples as expected (client unknown, statement)" in result.output
    assert "Restart `gateway serve`" in result.output
    formats = load_formats(config / "creditors")
    assert set(formats) == {"agency-json", "my-bank"}
    assert len(formats["my-bank"].samples) == 2


def test_machines_get_one_document(mine: Path, config: Path) -> None:
    """With what was proven."""
    document = json.loads(add(mine, config, "--json").output)
    assert document["format"] == "my-bank"
    assert document["answers"] == ["client_unknown", "statement"]
    assert document["participant"] is None


def spoil(mine: Path, what: str) -> None:
    samples = mine.parent / "samples" / "my-bank"
    if what == "a sample that differs":
        wanted = samples / "ordinary.expected.json"
        wanted.write_text(wanted.read_text("utf-8").replace("72850", "72851"), "utf-8")
    elif what == "no expectation":
        (samples / "ordinary.expected.json").unlink()
    elif what == "one kind of answer":
        (samples / "client-unknown.json").unlink()
    elif what == "no statement":
        (samples / "ordinary.json").unlink()
    elif what == "no samples":
        shutil.rmtree(samples)
        samples.mkdir()
    elif what == "a fault":
        mine.write_text(mine.read_text("utf-8").replace("reference =", "refrence ="), "utf-8")
    elif what == "still to decide":
        mine.write_text(mine.read_text("utf-8").replace('"number"', '"?"'), "utf-8")


@pytest.mark.parametrize(
    "what, said",
    [
        (
            "a sample that differs",
            "ordinary.json: /statement/debts/0/components/0/outstanding_cents: 72851 expected, 72850 found",
        ),
        ("no expectation", "--write-expected"),
        ("one kind of answer", "Add one of another answer"),
        ("no statement", "no sample of an ordinary statement"),
        ("no samples", "holds no sample replies"),
        (
            "a fault",
            'my-bank.toml:19: debts.refrence: is not a word of the mapping language; did you mean "reference"?',
        ),
        ("still to decide", 'my-bank.toml:19: debts.reference: still says "?"'),
    ],
)
def test_what_is_not_proven_changes_nothing(mine: Path, config: Path, what: str, said: str) -> None:
    """The message says what to do; not one byte of the configuration is another."""
    before = files(config)
    spoil(mine, what)
    result = add(mine, config)
    assert result.exit_code != 0
    assert said in str(getattr(result.exception, "detail", result.exception))
    assert files(config) == before


def test_another_mapping_needs_another_version(mine: Path, config: Path) -> None:
    """Id and version are what a statement names: two mappings under one would hide which one read it."""
    assert add(mine, config).exit_code == 0
    before = files(config)
    mine.write_text(mine.read_text("utf-8").replace("My bank", "Our bank"), "utf-8")
    result = add(mine, config)
    assert "raise the version" in str(getattr(result.exception, "detail", ""))
    assert files(config) == before
    mine.write_text(mine.read_text("utf-8").replace('"1.0.0"', '"1.1.0"'), "utf-8")
    (mine.parent / "samples" / "my-bank" / "client-unknown.json").rename(
        mine.parent / "samples" / "my-bank" / "unknown.json"
    )
    (mine.parent / "samples" / "my-bank" / "client-unknown.expected.json").rename(
        mine.parent / "samples" / "my-bank" / "unknown.expected.json"
    )
    assert add(mine, config).exit_code == 0
    format = load_formats(config / "creditors")["my-bank"]
    assert format.version == "1.1.0"
    assert [it.name for it in format.samples] == ["ordinary.json", "unknown.json"], "old samples do not stay behind"
    assert not list((config / "creditors").rglob(".*")), "nothing half done is left"


@pytest.mark.parametrize("at", ["rename", "replace", "copy"])
def test_a_disk_that_gives_up_leaves_everything_as_it_was(
    mine: Path, config: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is while copying, while the samples are put in place, or at the mapping itself."""
    assert add(mine, config).exit_code == 0
    before = files(config)
    mine.write_text(mine.read_text("utf-8").replace('"1.0.0"', '"1.1.0"'), "utf-8")
    ready = make_ready(mine, mine.parent / "samples" / "my-bank", config / "creditors")

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if at == "copy":
        monkeypatch.setattr("gateway.services.take_format_live.shutil.copy", fails)
    elif at == "replace":
        monkeypatch.setattr(Path, "replace", fails)
    else:
        calls = iter([False, True])
        real = Path.rename
        monkeypatch.setattr(Path, "rename", lambda path, to: fails() if next(calls, False) else real(path, to))
    with pytest.raises(ConfigurationError, match="No space left on device"):
        ready.install()
    monkeypatch.undo()
    assert files(config) == before


def test_a_mapping_that_lies_in_place_is_only_proven(config: Path) -> None:
    """`add` on a file in the creditors folder copies nothing onto itself."""
    before = files(config)
    result = add(config / "creditors" / "agency-json.toml", config)
    assert result.exit_code == 0, result.output
    assert files(config) == before


def test_a_name_that_cannot_be_one_is_refused(mine: Path, config: Path) -> None:
    """It becomes part of addresses and of the journal."""
    odd = mine.rename(mine.with_name("My Bank.toml"))
    assert "small letters" in str(getattr(add(odd, config).exception, "detail", ""))


def test_an_organisation_needs_its_number(mine: Path, config: Path) -> None:
    """Half of it is refused before anything happens."""
    before = files(config)
    result = add(mine, config, "--name", "Bank Voorbeeld")
    assert result.exit_code == 2
    assert "--id-kind and --id" in result.output
    assert files(config) == before
