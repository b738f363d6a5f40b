"""The search for residents after a test run finds what was planted, says where, and fails the run; a clean run passes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canaries import canaries_in

CHECKOUT = Path(__file__).parents[2]
SOUND = """
from tests.integration.support import world

def test_a_story():
    with world() as w:
        w.counsellor_organisation()
        w.case()
        assert w.call("counsellor", "GET", "/v1/cases/nothing").status_code == 404
        w.events()
"""
LEAKING = """
import logging
import flask
from sqlalchemy import text
from tests.integration.support import RESIDENT, world

def test_a_story(tmp_path):
    with world() as w:
        app = w.gateway.flask
        app.add_url_rule("/gone/<x>", view_func=lambda x: (f"no {RESIDENT['surname']}", 404), endpoint="gone")
        to = lambda x: flask.redirect(f"/at?born={RESIDENT['birth_date']}")
        app.add_url_rule("/to/<x>", view_func=to, endpoint="to")
        w.counsellor_organisation()
        w.case()
        print("looked up", RESIDENT["bsn"])
        logging.getLogger("gateway").warning("resident of the %s", RESIDENT["street"])
        (tmp_path / "serve.log").write_text("sent to 1234 AB")
        assert w.web.get("/gone/1").status_code == 404
        assert w.web.get("/to/999990019").status_code == 302
        with w.gateway.runtime.database.begin() as connection:
            connection.execute(text("UPDATE case_file SET reference = 'Kanariekwist'"))
            connection.execute(text("UPDATE resident SET sealed = 'Vogelzangpad'::bytea"))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below `tmp_path`: what is planted here is not for the run around this test to find."""
    with tempfile.TemporaryDirectory(prefix="gateway-canaries-") as made:
        yield Path(made)


def run(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_story.py").write_text(source)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.canaries",
        "-p",
        "no:cacheprovider",
        "-c",
        folder / "pytest.ini",
    ]
    return subprocess.run(
        [*command, "--basetemp", folder / "temp", folder / "test_story.py"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )


def test_a_run_without_leaks_passes(folder: Path):
    done = run(folder, SOUND)
    assert done.returncode == 0, done.stdout
    assert "in the clear" not in done.stdout


def test_every_planted_leak_fails_the_run_and_is_named(folder: Path):
    """The tests themselves pass: it is the search that fails, and it says in which table, file, answer and test."""
    done = run(folder, LEAKING)
    assert "1 passed" in done.stdout, done.stdout
    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if "(" in line]
    for place, what in (
        ("output: capstdout of", "999990019"),
        ("output: caplog of", "Dorpsstraat"),
        ("answer: GET in", "Voorbeeld"),
        ("address: GET in", "999990019"),
        ("header: GET in", "1985-02-03"),
        ("database: table case_file in", "Kanariekwist"),
        ("database: table resident in", b"Vogelzangpad".hex()),
        ("dump: in", "Vogelzangpad"),
        ("serve.log", "1234 AB"),
    ):
        assert [line for line in told if place in line and f": {what} (" in line], (place, what, done.stdout)


@pytest.mark.parametrize(
    "said, found",
    [
        ("the number 999990019 stands here", ["999990019"]),
        ("999990018 fails the 11-test", []),
        ("a digest ab999990019cd of something", []),
        ("0999990019", []),
        ("NL44RABO0123456789.", ["NL44RABO0123456789"]),
        ("Voorbeeldstad is a town", []),
        ("A.B. Voorbeeld", ["Voorbeeld"]),
        ("owes 76543.21 euros, or 7654321 cents", ["76543.21", "7654321"]),
    ],
)
def test_what_identifies_somebody(said: str, found: list[str]):
    assert canaries_in(said) == found
