"""Files that survive a crash: locks that end with their process, and contents that are whole or absent."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.errors import ConfigurationError

if sys.platform != "win32":
    import fcntl

LOCK_SECONDS = 180.0  # whoever holds a lock may be starting a server (120) after stopping one (60)


def open_lock(path: Path) -> int:
    """The lock file, opened and made when absent; close it to give the lock up."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """
    Alone, with a lock that ends with the process.

    Raises:
        ConfigurationError: Another process keeps it for longer than any start or stop takes.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        file = open_lock(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(file), path.stat()):  # not one that destroy() removed
                break
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(file)
                raise ConfigurationError(
                    f"Another gateway process keeps {path} for minutes: look whether one hangs, and end it."
                ) from None
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        time.sleep(0.02)
    try:
        yield
    finally:
        os.close(file)


@contextlib.contextmanager
def created(path: Path) -> Iterator[int]:
    """A new file, readable by us alone, to write in; one that exists is an error, also a link."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def write_durably(path: Path, text: str) -> None:
    """The whole of it or nothing, readable by us alone, also after a power cut."""
    half = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with created(half) as file:
        os.write(file, text.encode())
        os.fsync(file)
    half.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """The names in the folder survive a power cut from here on."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
