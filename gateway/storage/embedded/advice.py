"""What went wrong with the embedded server, as something that whoever runs the gateway can do."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from gateway.errors import ConfigurationError

OR_A_URL = "or set GATEWAY_DATABASE_URL to a PostgreSQL of your own"


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """What the operating system refused, as something to do."""
    try:
        yield
    except OSError as error:
        what = f"The embedded PostgreSQL cannot use {error.filename or folder}: {error.strerror or error}."
        raise ConfigurationError(f"{what} {_advice(error.errno)}") from error


def not_started(what: str, log: str) -> ConfigurationError:
    """The error to raise when a program of PostgreSQL failed; it quotes the end of what that program wrote."""
    number = errno.ENOSPC if os.strerror(errno.ENOSPC) in log else None
    tail = "\n".join(log.strip().splitlines()[-12:])
    return ConfigurationError(f"{what} {_advice(number)}" + (f" Its last words:\n{tail}" if tail else ""))


def _advice(number: int | None) -> str:
    if number in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: free some space and start again; nothing that was committed is lost."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Give this account write access to it, choose another data folder, {OR_A_URL}."
    return f"Put right what it says and start again, {OR_A_URL}."
