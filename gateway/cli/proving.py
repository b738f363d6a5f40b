"""What the commands that check proofs share: exit codes that speak, files that are read, a list of places."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

_MOST_BYTES = 1_000_000
KEYS_HELP = "The public keys (JWK Set), as `GET /v1/keys/history` gives them."


class Misused(click.UsageError):
    """Called in a way that it cannot be called in."""

    exit_code = 1


class CheckingCommand(click.Command):
    """A command whose exit codes say what was found; a wrong way of calling it is 1, because 2 means something else."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(*args, **more)
        except click.UsageError as error:
            raise Misused(error.message, error.ctx) from error


@contextmanager
def answering() -> Iterator[None]:
    """Leave with the code of what was found, or with 1 when there was nothing to check."""
    from gateway.documents.proof import EXIT_CODES, Unproven
    from gateway.errors import GatewayError

    try:
        yield
    except Unproven as unproven:
        click.echo(f"gateway: {unproven.detail}", err=True)
        sys.exit(EXIT_CODES[unproven.kind])
    except GatewayError as error:
        click.echo(f"gateway: {error.detail}", err=True)
        sys.exit(1)


def content_of(path: Path) -> bytes:
    """The bytes of a file that was named; at most what any file of ours may hold."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path} cannot be read.") from error


def keys_in(path: Path) -> dict[str, Any]:
    """The JWK Set in a file."""
    from gateway.documents.proof import Kind, Unproven
    from gateway.keys import SignatureInvalid, register

    try:
        return register.from_text(content_of(path))
    except SignatureInvalid as error:
        raise Unproven(Kind.UNREADABLE, f"{path}: {error.detail}") from error
