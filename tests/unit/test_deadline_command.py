"""`gateway deadline due` prints a date and the days that lead to it, or one line that says what to mend."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.deadline import deadline

SHIPPED = Path(__file__).parents[2] / "config" / "workdays.toml"
ASKED = {"--from": "2026-04-24", "--length": "15", "--unit": "working_days", "--basis": "contract_plain"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration folder with nothing in it but the calendar."""
    (tmp_path / "gateway.toml").write_text("", encoding="utf-8")
    (tmp_path / "workdays.toml").write_bytes(SHIPPED.read_bytes())
    return tmp_path


def run(config: Path, *extra: str, **changed: str | None) -> Result:
    options = ASKED | {f"--{name.rstrip('_')}": value for name, value in changed.items()}
    typed = [word for name, value in options.items() if value is not None for word in (name, value)]
    return CliRunner().invoke(deadline, ["due", *typed, "--config", str(config), *extra])


def test_it_prints_the_due_date_in_words_and_every_day(config: Path) -> None:
    """A counsellor reads the date in English and Dutch, and which days were skipped."""
    result = run(config)
    assert result.exit_code == 0, result.output
    assert "Thursday 21 May 2026 (donderdag 21 mei 2026)" in result.stdout
    assert "Fri 2026-04-24" in result.stdout
    assert "King's Day" in result.stdout
    assert len(re.findall(r"20\d\d-\d\d-\d\d .*│", result.stdout)) == 28  # day 0 and 27 days


def test_json_carries_the_verdict_and_its_reasons(config: Path) -> None:
    """A machine gets due, start, rule, calendar version and one step per day."""
    result = run(config, "--json")
    answer = json.loads(result.stdout)
    assert (answer["due"], answer["start"], answer["calendar_version"]) == (
        "2026-05-21",
        "2026-04-24",
        "2026-01",
    )
    assert answer["rule"].startswith("15 working days")
    assert [step["day"] for step in answer["steps"]][:4] == [
        "2026-04-25",
        "2026-04-26",
        "2026-04-27",
        "2026-04-28",
    ]
    assert answer["steps"][2] == {
        "day": "2026-04-27",
        "counts": False,
        "number": None,
        "reason": "King's Day (Koningsdag)",
    }
    assert answer["steps"][-1] == {
        "day": "2026-05-21",
        "counts": True,
        "number": 15,
        "reason": "working day 15",
    }
    assert sum(step["counts"] for step in answer["steps"]) == 15


@pytest.mark.parametrize(
    "changed, due",
    [
        ({"equated": "count"}, "2026-05-20"),
        ({"unit": "weeks", "length": "2", "basis": "statutory", "from": "2026-04-30"}, "2026-05-18"),
        ({"unit": "months", "length": "1", "basis": "statutory", "from": "2026-01-31"}, "2026-03-02"),
        ({"unit": "days", "length": "120", "basis": "statutory", "from": "2026-01-05"}, "2026-05-05"),
        ({"unit": "days", "length": "120", "basis": "contract_roll", "from": "2026-01-05"}, "2026-05-06"),
        ({"unit": "days", "length": "30", "from": "2031-01-01"}, "2031-01-31"),
    ],
)
def test_every_unit_and_basis_can_be_asked(config: Path, changed: dict[str, str], due: str) -> None:
    """The command reckons as the gateway does."""
    result = run(config, "--json", **changed)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["due"] == due


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"from": "2026-02-30"}, "'2026-02-30' is not a day; write it as YYYY-MM-DD"),
        ({"from": "24-04-2026"}, "not a day"),
        ({"from": "20260424"}, "not a day"),
        ({"from": None}, "Missing option '--from'"),
        ({"length": "0"}, "--length"),
        ({"length": "ten"}, "--length"),
        ({"length": "99999"}, "--length"),
        ({"unit": "hours"}, "--unit"),
        ({"basis": "habit"}, "--basis"),
        ({"equated": "maybe"}, "--equated"),
        ({"colour": "red"}, "--colour"),
        ({"from": "2028-12-20"}, "extend config/workdays.toml"),
        ({"length": "9999"}, "extend config/workdays.toml"),
        ({"from": "9999-12-31", "unit": "days"}, "after the year 9999"),
        ({"from": "9999-12-31", "unit": "months"}, "after the year 9999"),
        ({"from": "9999-12-31"}, "9999"),
        (
            {"unit": "weeks", "basis": "statutory", "equated": "count", "length": "2"},
            "equated days are holidays",
        ),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(config: Path, changed: dict[str, str | None], message: str) -> None:
    """What was typed wrong is said once, clearly, on the error stream."""
    assert_one_line(run(config, **changed), message)


@pytest.mark.parametrize("spoilt", [None, b"version = ", b"\xff", b"version = '1'"])
def test_a_folder_without_a_usable_calendar_is_one_line(config: Path, spoilt: bytes | None) -> None:
    """The line names the file."""
    (config / "workdays.toml").unlink()
    if spoilt is not None:
        (config / "workdays.toml").write_bytes(spoilt)
    assert_one_line(run(config), "workdays.toml")


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """The line names the folder."""
    assert_one_line(run(tmp_path / "nowhere"), "nowhere")


def assert_one_line(result: Result, message: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("heavy", ["rich", "flask", "sqlalchemy", "lxml", "cryptography", "requests"])
def test_the_command_starts_without_heavy_libraries(heavy: str, loaded: Sequence[str]) -> None:
    """`gateway --help` must not wait for what a deadline sum may need later."""
    assert heavy not in loaded


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    program = "import sys, gateway.cli.deadline; print(' '.join(sys.modules))"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return finished.stdout.split()
