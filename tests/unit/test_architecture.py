"""The house keeps its shape: imports point down, each library has one door, and these checks really bite."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "gateway"
MODULES = sorted(PACKAGE.rglob("*.py"))

# What each wrong import is caught by: file, line added to it, name of the broken contract.
WRONG_IMPORTS = [
    ("domain/money.py", "from gateway.storage import cases", "Imports point down"),
    ("services/gate.py", "from gateway.api import access", "Imports point down"),
    ("storage/cases.py", "from gateway.services import gate", "Imports point down"),
    ("storage/grants.py", "from gateway.settings import Settings", "Imports point down"),
    ("adapters/amounts.py", "from gateway.consent import flows", "Imports point down"),
    ("api/system.py", "import gateway.web", "Imports point down"),
    ("app.py", "import gateway.cli", "Imports point down"),
    ("errors.py", "from gateway.domain import money", "Imports point down"),
    ("matters.py", '"""A name without a place in the house."""', "Imports point down"),
    ("domain/workdays.py", "import requests", "The rules are pure"),
    ("consent/flows.py", "import marshmallow", "The rules are pure"),
    ("services/withdraw_consent.py", "import gateway.courier", "Nothing leaves except through deliver"),
    ("sandbox/plans.py", "from gateway.services import gate", "The simulated creditors know our words"),
    ("app.py", "from gateway.sandbox import plans", "Only the command line may start simulated creditors"),
    ("services/gate.py", "from flask import g", "One door for Flask"),
    ("api/creditor.py", "import sqlalchemy", "One door for SQL"),
    ("services/outbox.py", "import procrastinate", "One door for the job engine"),
    ("services/deliver.py", "import requests", "One door for outbound HTTP"),
    ("messages/outgoing.py", "from lxml import etree", "One door for XML"),
    ("services/receive_reply.py", "import jsonpath", "One door for JSONPath"),
    ("api/counsellor.py", "import marshmallow", "One door for wire forms"),
    ("storage/journal.py", "import cryptography", "One door for cryptography"),
    ("api/access.py", "import jwt", "One door for cryptography"),
    ("sandbox/login_page.py", "import jwt", "One door for cryptography"),
    ("sandbox/login_service.py", "from gateway.keys import verify", "The simulated creditors know our words"),
    ("services/sign_in_with_login.py", "import gateway.courier", "Nothing leaves except through deliver"),
    ("services/open_case.py", "from stdnum.nl import bsn", "One door for BSN and IBAN checks"),
    ("services/show_case.py", "import xlsxwriter", "One door for workbooks"),
    ("services/issue_receipt.py", "import segno", "One door for QR codes"),
    ("services/tidy.py", "import click", "One door for the terminal"),
    ("app.py", "import gunicorn", "One door for the web server"),
]

# What time it is, is asked here and nowhere else. Everything that is judged by time is given `now`.
CALENDAR_READERS = {
    "app.py": "makes the gateway clock that all others are given",
    "cli/creditor.py": "tries a mapping on a sample: there is no gateway, so no gateway clock",
    "cli/creditor_learn.py": "the same, for a proposed mapping",
    "cli/login_stand_in.py": "other people's systems have clocks of their own",
    "cli/journal.py": "a witness signs when it saw a checkpoint, on another machine and by another clock",
    "sandbox/__main__.py": "other people's systems have clocks of their own",
}
CALENDARS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"),
}  # fmt: skip

# How long something takes, is asked here; it decides when to stop waiting, never what a rule says.
STOPWATCH_READERS = {
    "cli/demo.py": "waits until the gateway answers",
    "cli/processes.py": "keeps child processes: how long to wait before one is started again",
    "courier/http.py": "the wall-clock limit of one exchange, and how long it took",
    "sandbox/story.py": "waits until the gateway has come to rest",
    "services/build_evidence.py": "waits until another sequencer has numbered the entries of the case",
    "services/deliver.py": "does not begin a sending that its lease no longer covers",
    "services/withdraw_consent.py": "waits a few seconds for a sending that had begun",
    "storage/embedded/cluster.py": "waits for a database server to start",
    "storage/embedded/durable.py": "waits for another process to give up a lock",
    "storage/embedded/postmaster.py": "waits for a database server to be ready or gone",
}
STOPWATCHES = {("time", "monotonic"), ("time", "monotonic_ns"), ("time", "perf_counter"), ("time", "perf_counter_ns")}


def linted(folder: Path, cache: Path) -> str:
    """What import-linter says of the package in *folder*; the exit code comes first."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--cache-dir", cache],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with its contracts, to add wrong imports to."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(PACKAGE, folder / "gateway", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("import-cache")


def test_the_tree_keeps_every_contract(copied: Path, cache: Path) -> None:
    """The contracts of pyproject.toml hold."""
    said = linted(copied, cache)
    assert said.startswith("exit 0\n"), said
    assert " 0 broken" in said


@pytest.mark.parametrize(("file", "line", "contract"), WRONG_IMPORTS)
def test_each_contract_bites(copied: Path, cache: Path, file: str, line: str, contract: str) -> None:
    """One wrong import is enough, and the contract that it breaks is named."""
    path = copied / "gateway" / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        said = linted(copied, cache)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
    assert said.startswith("exit 1\n"), said
    named = "matters" if file == "matters.py" else contract
    assert contract in said
    assert named in said.partition("Contracts: ")[2], said


@pytest.mark.parametrize("part", ["domain", "consent", "errors.py"])
def test_the_rules_import_only_the_standard_library(part: str) -> None:
    """A lawyer can read them without knowing a library, and any new library is caught without being named."""
    place = PACKAGE / part
    for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
        foreign = {name for name in imported(path) if name.split(".")[0] not in sys.stdlib_module_names}
        assert {name for name in foreign if name.split(".")[0] != "gateway"} == set(), path


def test_every_library_that_is_imported_is_a_dependency() -> None:
    """Nothing is used because another library happens to bring it, save what Flask is made of."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {_normal(re.split(r"[\[<>=!~; ]", one)[0]) for one in project["dependencies"]}
    declared |= {"werkzeug", "jinja2", "markupsafe"}  # Flask's own parts, whose types its interface speaks in
    distributions = packages_distributions()
    for path in MODULES:
        for name in imported(path):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top == "gateway":
                continue
            owners = {_normal(one) for one in distributions.get(top, [])}
            assert owners & declared, f"{path.relative_to(CHECKOUT)} imports {top}"


def test_every_dependency_says_why_it_is_there() -> None:
    """One reason per line, for those who must keep it up to date."""
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for listed in lists for line in listed.splitlines() if line.strip()]
    assert len(lines) > 30, "both lists were found"
    assert [line for line in lines if not re.fullmatch(r' +"[^"]+", +# \S.{5,}', line)] == []


def test_no_file_is_a_bag_of_things() -> None:
    """Files are named after a promise, not after a kind."""
    bags = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "requests", "calendar"}
    everything = [*MODULES, *(CHECKOUT / "tests").rglob("*.py")]
    assert [path for path in everything if path.stem in bags] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_its_promise_first(path: Path) -> None:
    """The first statement of every module is a docstring that says what it is for."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("clocks", "readers"),
    [(CALENDARS, CALENDAR_READERS), (STOPWATCHES, STOPWATCH_READERS)],
    ids=["calendar", "stopwatch"],
)
def test_only_those_with_a_reason_read_a_clock(clocks: set[tuple[str, str]], readers: dict[str, str]) -> None:
    """`now` is an argument: a rule gives the same answer whenever it is asked."""
    found = {str(path.relative_to(PACKAGE)): lines for path in MODULES if (lines := list(clock_reads(path, clocks)))}
    assert {file: lines for file, lines in found.items() if file not in readers} == {}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import time\ntime.time()", True),
        ("from time import monotonic\nmonotonic()", True),
        ("from datetime import UTC, datetime\ndatetime.now(UTC)", True),
        ("import datetime\ndatetime.datetime.utcnow()", True),
        ("from datetime import date as day\nday.today()", True),
        ("from datetime import datetime\nread = datetime.now", True),
        ("import time\ntime.sleep(1)", False),
        ("def f(now):\n    return now.time()", False),
    ],
)
def test_the_search_for_clocks_finds_them(tmp_path: Path, code: str, found: bool) -> None:
    """The check above sees the usual ways of reading a clock."""
    path = tmp_path / "module.py"
    path.write_text(code, encoding="utf-8")
    assert bool(list(clock_reads(path, CALENDARS | STOPWATCHES))) is found


def test_only_the_decision_makes_a_permit() -> None:
    """Whoever holds a Permit was given it by consent.decide."""
    makers = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Permit"
    }
    assert makers == {"consent/decision.py"}


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it, with their full names."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def clock_reads(path: Path, clocks: set[tuple[str, str]]) -> Iterator[int]:
    """The lines on which a file reads one of *clocks*, or hands it on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known: dict[str, str] = {}  # local name -> what it stands for
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            known |= {alias.asname or alias.name: alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                yield from (node.lineno for alias in node.names if ("time", alias.name) in clocks)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).split(".")[-1]
            if (known.get(owner, owner if "." in ast.unparse(node.value) else ""), node.attr) in clocks:
                yield node.lineno


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
