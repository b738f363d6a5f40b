"""`gateway creditor`: what an administrator sees in the terminal."""

from __future__ import annotations

import io
import json
import re
import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from gateway.adapters import ReadContext, load_format, read
from gateway.adapters.samples import Difference
from gateway.cli.creditor import creditor
from gateway.cli.creditor_screen import show_tables
from tests.unit.learned_formats import HOUSING

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
    assert "x.toml:4: mapping.syntax: must be one of json, xml, csv" in result.output


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


def test_check_says_all_that_differs_but_no_name_or_number(tmp_path):
    """Wanted and found for amounts, days and codes; of what identifies somebody only where it stands."""
    copied = tmp_path / "config"
    shutil.copytree(CONFIG, copied)
    expected = copied / "creditors" / "samples" / "bare-list" / "ordinary.expected.json"
    changed = expected.read_text().replace("72850", "72851").replace("R-1002", "R-9999")
    expected.write_text(changed)
    output = run("check", "--config", copied).output
    assert "/statement/debts/0/components/0/outstanding_cents: 72851 expected, 72850 found" in output
    assert "/statement/debts/1/reference: another value was expected" in output
    assert "R-9999" not in output
    assert "R-1002" not in output
    document = json.loads(run("check", "--config", copied, "--json").output)
    (failed,) = [it for it in document["formats"]["bare-list"] if not it["passed"]]
    assert len(failed["differences"]) >= 2
    assert failed["difference"] == failed["differences"][0]


def test_an_expectation_is_written_and_compared(tmp_path):
    """Nobody assembles JSON by hand; the moment of reading is kept, so that days stay in the past."""
    mapping, sample = CREDITORS / "bare-list.toml", tmp_path / "mine.json"
    shutil.copy(SAMPLES / "bare-list" / "ordinary.json", sample)
    written = run("try", mapping, sample, "--write-expected", "--request-id", "7f1c2a90-0000-4000-8000-000000000001")
    expected = tmp_path / "mine.expected.json"
    assert written.exit_code == 0
    assert str(expected) in written.output
    document = json.loads(expected.read_text())
    assert document["answer"] == "understood"
    assert "provenance" not in document["statement"]
    assert datetime.fromisoformat(document["context"]["received_at"]).tzinfo is not None
    same = run("try", mapping, sample, "--expect", expected)
    assert same.exit_code == 0
    assert "As expected." in same.output
    sample.write_text(sample.read_text().replace("728.5", "729.5"))
    other = run("try", mapping, sample, "--expect", expected)
    assert other.exit_code == 1
    assert "Not as expected, in 3 places" in other.output
    assert "/statement/debts/0/components/0/outstanding_cents: 72850 expected, 72950 found" in other.output
    machine = json.loads(run("try", mapping, sample, "--expect", expected, "--json").output)
    assert len(machine["differences"]) == 3


def test_a_held_reply_can_be_what_is_expected():
    """A golden sample may be of a reply that must be held: then holding it is right, and the exit code says so."""
    sample = SAMPLES / "bailiff-xml" / "held-group-mark-without-decimals.xml"
    expected = sample.with_name("held-group-mark-without-decimals.expected.json")
    assert run("try", CREDITORS / "bailiff-xml.toml", sample, "--expect", expected).exit_code == 0


def test_values_that_identify_somebody_are_hashed():
    """In the list of values; the summary names the debts, for the samples are of invented people."""
    result = run("try", CREDITORS / "agency-json.toml", SAMPLES / "agency-json" / "ordinary.json")
    values = result.output.partition("Every value")[2]
    assert "DB-7001" not in values
    assert "88-000123" not in values
    assert re.search(r"/customer_number = #[0-9a-f]{12}", values)


def test_every_problem_says_what_to_do():
    """Where there is something to do."""
    result = run("try", CREDITORS / "agency-json.toml", SAMPLES / "agency-json" / "held-code-not-in-table.json")
    assert "unlisted_value" in result.output
    assert "-> ask the creditor what this code means, and add it to the table" in result.output


def test_on_a_terminal_there_are_tables():
    """The statement, every value with its source, the problems with what to do, the comparison."""
    format = load_format(CREDITORS / "bailiff-xml.toml")
    sample = SAMPLES / "bailiff-xml" / "held-group-mark-without-decimals.xml"
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=220, color_system=None)
    answer = read(
        sample.read_bytes(), "application/xml", format, ReadContext(received_at=datetime(2026, 11, 3, tzinfo=UTC))
    )
    show_tables(console, answer, format, [Difference(pointer="/answer", said="is [red]other[/]")])
    shown = out.getvalue()
    assert "The statement" in shown
    assert re.search(r"/as_of +2026-\d\d-\d\d +/Saldoopgave/Peildatum +\d\d-\d\d-2026 +date:dd-mm-yyyy", shown)
    assert re.search(r"ambiguous_amount .*ask the creditor to write two decimals", shown)
    assert "/answer: is [red]other[/]" in shown, "what a reply says is never taken for colours"


def test_learning_writes_a_file_and_says_what_is_left(tmp_path):
    """Each "?" with its line; the trial shows that the rest reads the sample."""
    sample, out = tmp_path / HOUSING.name, tmp_path / "housing.toml"
    sample.write_bytes(HOUSING.reply)
    result = run("learn", sample, "--out", out)
    assert result.exit_code == 0
    text = out.read_text()
    number = next(line for line, said in enumerate(text.splitlines(), 1) if said.startswith("HUUR ="))
    assert f'{out}:{number}  tables.kinds: HUUR = "?"' in result.output
    assert "housing.json: understood, 1 debt, € 1.433,27" in result.output
    assert "999990019" not in result.output
    held = run("try", out, sample)
    assert held.exit_code == 2
    assert f'housing.toml:{number}: tables.kinds.HUUR: still says "?"' in held.output
    out.write_text(text.replace('HUUR = "?"', 'HUUR = "principal"').replace('INC = "?"', 'INC = "collection_costs"'))
    assert run("try", out, sample).exit_code == 0
    again = run("learn", sample, "--out", out)
    assert again.exit_code == 1
    assert "may hold your work" in again.output


def test_learning_prints_the_file_when_it_is_not_told_where(tmp_path):
    """So that it can be piped; what is for people goes beside it."""
    sample = tmp_path / HOUSING.name
    sample.write_bytes(HOUSING.reply)
    result = run("learn", sample)
    assert tomllib.loads(result.stdout)["mapping"]["id"] == "housing"
    assert 'fill in each "?"' in result.stderr
    document = json.loads(run("learn", sample, "--json").output)
    assert set(document) == {"mapping", "lines", "undecided", "left", "removed", "tried"}
    assert document["undecided"] == ["tables.kinds.HUUR", "tables.kinds.INC"]
    assert document["tried"][0]["total_cents"] == 143327


def test_learning_from_what_is_no_reply_is_refused(tmp_path):
    """Exit code 2, with where it goes wrong."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"a": 1,}')
    result = run("learn", broken)
    assert result.exit_code == 2
    assert "broken.json: This is not well-formed JSON: see line 1" in result.output


def test_many_samples_show_how_far_it_is(monkeypatch, capsys):
    """On a terminal only, and not when there are few."""
    import rich.console

    seen = []
    real = rich.console.Console

    def terminal(**more):
        made = real(**more, force_terminal=True, file=io.StringIO())
        seen.append(made)
        return made

    monkeypatch.setattr(rich.console, "Console", terminal)
    assert run("check", "--config", CONFIG).exit_code == 0
    assert "samples" in seen[0].file.getvalue()
    assert "\x1b[" in seen[0].file.getvalue()
