"""The gateway clock: show it, and move it in a sandbox."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import click

from gateway.cli.options import places, settings_of

_LENGTH = re.compile(r"(?:(?P<days>\d{1,4})d)?(?:(?P<hours>\d{1,4})h)?(?:(?P<minutes>\d{1,5})m)?")


@click.group()
def clock() -> None:
    """The one clock that every deadline is judged by."""


@clock.command()
@places
def show(config: Path | None, data: Path | None) -> None:
    """Print the gateway time (UTC)."""
    from gateway.app import assembled

    with assembled(settings_of(config, data)) as gateway:
        click.echo(gateway.now().isoformat(timespec="seconds"))


@clock.command()
@click.argument("length")
@places
def advance(length: str, config: Path | None, data: Path | None) -> None:
    """Move the clock forward by LENGTH, such as 15d, 6h or 2d12h; only in a sandbox."""
    from gateway.app import assembled
    from gateway.services.move_clock import move_clock

    found = _LENGTH.fullmatch(length)
    if not length or found is None:
        raise click.BadParameter("write a length such as 15d, 6h, 30m or 2d12h", param_hint="LENGTH")
    by = timedelta(**{unit: int(amount) for unit, amount in found.groupdict().items() if amount})
    with assembled(settings_of(config, data)) as gateway:
        moved = move_clock(gateway.runtime, by, gateway.now())
        gateway.sweep()
        click.echo(f"The gateway clock now says {moved.isoformat(timespec='seconds')}.")
