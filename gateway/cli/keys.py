"""Access tokens for systems, and the keys that the gateway signs with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from gateway.cli.journal import login
from gateway.cli.options import places, settings_of


@click.group()
def keys() -> None:
    """Who may call the interface, and what the gateway signs with."""


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


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="The public keys as a JWK Set, to hand to who checks.")
@places
def list_(as_json: bool, config: Path | None, data: Path | None) -> None:
    """List every key that ever signed here, the one in use first."""
    from gateway.keys import Keys

    history = Keys.load(settings_of(config, data).data / "keys").key_history()
    if as_json:
        click.echo(json.dumps(history, indent=2))
        return
    for place, jwk in enumerate(history["keys"]):
        click.echo(f"{jwk['kid']}  {_state(jwk, is_first=place == 0)}")


@keys.command()
@click.option("--by", required=True, callback=login, help="Who decides: a staff number or login; it is journalled.")
@click.option("--announce", is_flag=True, help="Only make and publish the next key.")
@places
def rotate(by: str, announce: bool, config: Path | None, data: Path | None) -> None:
    """Sign with a new key from now on. What the old one signed keeps verifying; its private half is destroyed."""
    from gateway.app import assembled
    from gateway.services.change_keys import announce_key, rotate_key

    with assembled(settings_of(config, data), install=False) as gateway:
        if announce:
            click.echo(f"Will sign after the next rotation: {announce_key(gateway.runtime)}")
            click.echo("Start the gateway again, so that it publishes this key.")
            return
        old, new = rotate_key(gateway.runtime, gateway.now(), by=by)
    click.echo(f"Signs now: {new}\nStill verifies: {old}")
    click.echo("Start the gateway again: what runs goes on with the old key until then. Renew your backup of the keys.")


# A kid may begin with a dash; it is not taken for an option.
@keys.command(context_settings={"ignore_unknown_options": True})
@click.argument("kid")
@click.option(
    "--from", "since", required=True, type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="From then on (UTC)."
)
@click.option("--reason", required=True, type=click.Choice(["compromised", "superseded", "unspecified"]), help="Why.")
@click.option("--by", required=True, callback=login, help="Who decides: a staff number or login; it is journalled.")
@places
def revoke(kid: str, since: datetime, reason: str, by: str, config: Path | None, data: Path | None) -> None:
    """Say that what KID signed from a day on proves nothing; what it signed before is flagged, and still verifies."""
    from gateway.app import assembled
    from gateway.services.change_keys import revoke_key

    with assembled(settings_of(config, data), install=False) as gateway:
        revoke_key(gateway.runtime, kid, since.replace(tzinfo=UTC), reason, gateway.now(), by=by)
    click.echo(f"Revoked from {since:%Y-%m-%d %H:%M} UTC: {kid}")
    click.echo("Start the gateway again, and hand the new list out: gateway keys list --json")


def _state(jwk: dict[str, object], *, is_first: bool) -> str:
    if isinstance(mark := jwk.get("revoked"), dict):
        return f"revoked from {datetime.fromtimestamp(mark['revoked_at'], UTC):%Y-%m-%d %H:%M} UTC ({mark['reason']})"
    if isinstance(until := jwk.get("exp"), int):
        return f"replaced at {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC, still verifies"
    return "signs" if is_first else "published: announced, or replaced by hand"
