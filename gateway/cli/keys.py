"""Access tokens for systems."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from gateway.cli.options import places, settings_of


@click.group()
def keys() -> None:
    """Who may call the interface."""


@keys.command()
@places
def create(config: Path | None, data: Path | None) -> None:
    """Make the key folder of a new live gateway. Keys that are there already stay as they are."""
    from gateway.keys import Keys

    folder = settings_of(config, data).data / "keys"
    made = Keys.load(folder, create=True)
    click.echo(f"Keys are in {folder} (master key {made.fingerprint[:16]}).")
    click.echo("Keep a copy in a safe place: without the master key nothing opens.")


@keys.command()
@click.option("--role", type=click.Choice(["administrator", "counsellor", "creditor"]), required=True)
@click.option("--participant", type=click.UUID, help="The organisation's id; not for an administrator.")
@click.option("--label", default="command line", show_default=True, help="What the token is for.")
@places
def issue(role: str, participant: UUID | None, label: str, config: Path | None, data: Path | None) -> None:
    """Print a new access token. It is shown once; only its hash is kept."""
    from gateway.app import assembled
    from gateway.services.register import issue_token

    with assembled(settings_of(config, data)) as gateway:
        click.echo(issue_token(gateway.runtime, role, label, gateway.now(), participant_id=participant))
