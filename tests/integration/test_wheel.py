"""Installed from its wheel in an empty place, without the checkout, the gateway checks itself and tells its story."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.storage.embedded import EmbeddedServer

CHECKOUT = Path(__file__).resolve().parents[2]
TERM = ["deadline", "due", "--from", "2026-10-05", "--length", "1", "--unit", "working_days"]


@dataclass(frozen=True, kw_only=True)
class Installed:
    """The gateway as somebody has it who knows only the wheel."""

    command: Path
    package: Path
    place: Path

    def run(self, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the empty folder; COLUMNS is wide, so that no line of a table is broken."""
        return subprocess.run(
            [self.command, *words],
            cwd=self.place,
            env={**_bare_environment(), "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )


def _bare_environment() -> Mapping[str, str]:
    """Ours, without what would lead Python or the gateway back to the checkout."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GATEWAY_", "VIRTUAL_ENV"))
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the backend that the lock pins; nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """
    A virtual environment with the wheel in it. What the wheel depends on is lent by the environment of the tests.

    Lent through a .pth file: Python does not read the .pth files of a place that it was led to by one, so the
    checkout, which is installed that way, stays out of sight.
    """
    place = tmp_path_factory.mktemp("somewhere-else")
    environment = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(environment, with_pip=False, symlinks=os.name != "nt")
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    done = subprocess.run(install, cwd=place, env={**_bare_environment()}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [site_packages] = environment.glob("lib/python3*/site-packages")
    (site_packages / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return Installed(command=environment / "bin" / "gateway", package=site_packages / "gateway", place=place)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose database is gone afterwards, also what it keeps elsewhere when we are root."""
    folder = tmp_path / "data"
    yield folder
    EmbeddedServer(folder / "postgres").destroy()


@pytest.fixture
def changed(installed: Installed, tmp_path: Path) -> Path:
    """A copy of the shipped rules in which Tuesday 6 October 2026 was decreed a holiday."""
    folder = tmp_path / "our-rules"
    shutil.copytree(installed.package / "shipped" / "config", folder)
    path = folder / "workdays.toml"
    holiday = '[[fixed]]\nname = "Relief of our town"\nmonth = 10\nday = 6\nsource = "this test"\n'
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{holiday}", encoding="utf-8")
    return folder


def test_the_wheel_carries_rules_schemas_and_licence(wheel: Path) -> None:
    """Every file of config/ and schemas/ travels inside, byte for byte, and so do the licence and the pages' files."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for folder in ("config", "schemas"):
            for path in sorted((CHECKOUT / folder).rglob("*")):
                if path.is_file():
                    inside = f"gateway/shipped/{path.relative_to(CHECKOUT).as_posix()}"
                    assert archive.read(inside) == path.read_bytes(), inside
        [licence] = [name for name in names if name.endswith("licenses/LICENSE")]
        assert archive.read(licence) == (CHECKOUT / "LICENSE").read_bytes()
    for path in sorted((CHECKOUT / "gateway").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            assert path.relative_to(CHECKOUT).as_posix() in names
    assert not {name for name in names if not name.startswith(("gateway/", "creditor_gateway-"))}


def test_the_installed_gateway_is_not_the_checkout(installed: Installed) -> None:
    """The tests below say something: what they run is what came out of the wheel."""
    python = installed.command.with_name("python")
    code = "import gateway, gateway.settings as s; print(gateway.__file__); print(s.config_folder())"
    said = subprocess.run(
        [python, "-c", code],
        cwd=installed.place,
        env={**_bare_environment()},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert said == [
        str(installed.package / "__init__.py"),
        str(installed.package / "shipped" / "config"),
    ]
    assert installed.run("--version").stdout.strip().endswith("0.1.0")


def test_check_passes_in_an_empty_folder(installed: Installed, data: Path) -> None:
    """`gateway check` reads every shipped rule, tries the embedded database, and has nothing to say."""
    done = installed.run("check", "--data", data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(installed.package / "shipped" / "config") in done.stdout
    assert list(installed.place.iterdir()) == [], "nothing was written beside the caller"


def test_another_config_folder_is_believed(installed: Installed, data: Path, changed: Path) -> None:
    """One changed value in a copy of the rules is seen; the shipped rules stay what they were."""
    done = installed.run("check", "--config", changed, "--data", data, "--no-database")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"rules in {changed}" in done.stdout
    due = [*TERM, "--basis", "contract_roll", "--json"]
    assert json.loads(installed.run(*due).stdout)["due"] == "2026-10-06"
    assert json.loads(installed.run(*due, "--config", changed).stdout)["due"] == "2026-10-07"


def test_a_mistake_in_another_config_folder_is_named(installed: Installed, data: Path, changed: Path) -> None:
    """On doubt the gateway does not start: exit 2, and one sentence that names the file and what is wrong."""
    path = changed / "gateway.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"sandbox"', '"sandpit"', 1), encoding="utf-8")
    done = installed.run("check", "--config", changed, "--data", data)
    assert done.returncode == 2
    assert "gateway.toml: mode is 'sandpit'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_tells_its_story(installed: Installed, data: Path, tmp_path: Path) -> None:
    """`gateway demo --once` runs from the wheel alone and writes its summary for machines."""
    summary = tmp_path / "summary.json"
    done = installed.run("demo", "--once", "--json", summary, "--data", data, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert isinstance(json.loads(summary.read_text(encoding="utf-8")), dict)
