"""As whom the server runs and where that account may keep things; PostgreSQL never runs as root."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

from gateway.errors import ConfigurationError
from gateway.storage.embedded.advice import OR_A_URL

if sys.platform != "win32":
    import pwd

ROOT_PLACES = (Path("/var/lib"), Path("/opt"), Path("/srv"), Path("/var/tmp"))  # noqa: S108  (refused unless ours)
ROOT_FOLDER = "creditor-gateway"
ACCOUNT = "nobody"


def root_place() -> Path:
    """
    A folder of root's own making that everybody can pass through, for the binaries and the clusters.

    Raises:
        ConfigurationError: There is none that the unprivileged account can reach.
    """
    for parent in ROOT_PLACES:
        place = parent / ROOT_FOLDER
        try:
            if not parent.is_dir() or os.statvfs(parent).f_flag & getattr(os, "ST_NOEXEC", 0):
                continue
            if not all(step.stat().st_mode & 0o001 for step in (parent, *parent.parents)):
                continue
            own_folder(place, 0o755, 0)
            own_folder(place / "clusters", 0o755, 0)
        except (OSError, ConfigurationError):
            continue
        if place.stat().st_mode & 0o001:
            return place
    tried = ", ".join(str(parent) for parent in ROOT_PLACES)
    raise ConfigurationError(
        f"As root the embedded PostgreSQL needs a folder that the account {ACCOUNT} can reach, and none of "
        f"{tried} can be used: make one of them writable, run the gateway as an ordinary account, {OR_A_URL}."
    )


def own_folder(path: Path, mode: int, uid: int) -> None:
    """
    Make the folder; one that exists must be a real folder of account *uid*, no more open than *mode*.

    Raises:
        ConfigurationError: It exists and is another's, or open to others.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o777 & ~mode:
            raise ConfigurationError(f"{path} exists and is not the gateway's own: remove it.") from None
        return
    if os.geteuid() == 0 and uid != 0:
        os.chown(path, uid, _account().pw_gid)
    path.chmod(mode)


def as_account(home: Path) -> dict[str, Any]:
    """How a program of PostgreSQL runs, for subprocess: never as root, in its own session, without our environment."""
    how: dict[str, Any] = {
        "cwd": home,
        "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        "start_new_session": True,
    }
    if os.geteuid() == 0:
        account = _account()
        how |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return how


def server_uid() -> int:
    """The account that the server runs as: ours, or the unprivileged one when we are root."""
    return _account().pw_uid if os.geteuid() == 0 else os.geteuid()


def account_name(uid: int) -> str:
    """For people; the number when it has no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise ConfigurationError(
            f"PostgreSQL does not run as root and there is no account {ACCOUNT}: run the gateway as an "
            f"ordinary account, {OR_A_URL}."
        ) from None
