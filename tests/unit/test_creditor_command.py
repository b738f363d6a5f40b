"""`gateway creditor`: what an administrator sees in the terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.creditor import creditor

CONFIG = Path(__file__).parents[2] / "config"
CREDITORS = CONFIG / "creditors"
SAMPLES = CREDITORS / "samples"


def run(*arguments: object):
    return CliRunner().invoke(creditor, [str(argument) for argument in arguments], catch_exceptions=False)


def test_trying_a_mapping_shows_every_value_with_its_source():
    """The amount, where it stood, what stood there, and the steps between."""
    result = run("try", CREDITORS / "bailiff-xml.toml", SAMPLES / "bailiff-xml" / "ordinary.xml")
    assert result.exit_code == 0
    assert "UNDERSTOOD" in result.output
    assert "0012345: € 1.894,55" in result.output
    assert '/Saldoopgave/Dossier[1]/Hoofdsom  "1.250,00"  [money:comma]' in result.output


def test_machines_get_one_json_document():
    """With the origin of every value and the original debt."""
    result = run("try", CREDITORS / "fcid-like.toml", SAMPLES / "fcid-like" / "ordinary.json", "--json")
    document = json.loads(result.output)
    assert document["answer"] == "understood"
    assert document["unmapped"] == []
    assert document["original_debts"]["0042-7788-9911"] == {
        "booked_cents": 10400,
        "counted_cents": 7400,
        "lapses_cents": 6100,
    }
    assert document["statement"]["provenance"]["fields"]["/total_stated_cents"]["sources"][0]["raw"] == "13500"


@pytest.mark.parametrize(
    "mapping, sample, code, said",
    [
        ("fcid-like.toml", "fcid-like/held-new-event-type.json", 1, "unmapped_element"),
        ("bailiff-xml.toml", "bailiff-xml/held-group-mark-without-decimals.xml", 1, "ambiguous_amount"),
        ("fcid-like.toml", "bailiff-xml/ordinary.xml", 2, "UNREADABLE"),
        ("skp-like.toml", "skp-like/not-an-answer-fault.xml", 0, "NOT AN ANSWER"),
    ],
)
def test_the_exit_code_says_how_it_went(mapping, sample, code, said):
    """0 understood, 1 held, 2 unreadable."""
    result = run("try", CREDITORS / mapping, SAMPLES / sample)
    assert result.exit_code == code
    assert said in result.output


def test_a_wrong_mapping_is_a_list_of_faults(tmp_path):
    """Exit code 2, no traceback."""
    mapping = tmp_path / "x.toml"
    mapping.write_text('[mapping]\nid = "x"\nversion = "1"\nsyntax = "yaml"\n')
    result = run("try", mapping, SAMPLES / "bare-list" / "ordinary.json")
    assert result.exit_code == 2
    assert "x.toml: mapping.syntax: must be one of json, xml" in result.output


def test_check_runs_every_golden_sample(tmp_path):
    """And says which one differs, and where."""
    assert run("check", "--config", CONFIG).exit_code == 0
    copied = tmp_path / "config"
    shutil.copytree(CONFIG, copied)
    expected = copied / "creditors" / "samples" / "bare-list" / "ordinary.expected.json"
    expected.write_text(expected.read_text().replace("72850", "72851"))
    result = run("check", "--config", copied)
    assert result.exit_code == 1
    assert "DIFFERS bare-list: ordinary.json" in result.output
    (copied / "creditors" / "bare-list.toml").write_text("[mapping]\n")
    assert run("check", "--config", copied).exit_code == 2
