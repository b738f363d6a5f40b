"""`gateway export`: a resident's own copy of their data: make it, verify it offline, read it back into a sandbox."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from gateway.cli.options import places, settings_of

_EXIT = {"ok": 0, "signature": 2, "altered": 3, "unreadable": 4}


@click.group()
def export() -> None:
    """A resident's own copy (art. 15 and 20 GDPR)."""


@export.command()
@click.argument("resident", type=click.UUID)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@places
def make(resident: UUID, out: Path, config: Path | None, data: Path | None) -> None:
    """Make the copy of RESIDENT: data for machines, a page to print, and a signature. That it was made is recorded."""
    from gateway.app import assembled
    from gateway.services.erase_resident import organisation_of
    from gateway.services.export_resident import export_resident

    with assembled(settings_of(config, data), install=False) as gateway:
        owner = organisation_of(gateway.runtime, resident)
        archive = export_resident(gateway.runtime, owner, resident, gateway.now(), actor="administrator")
    try:
        out.write_bytes(archive)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written.") from error
    click.echo(f"Written to {out}. It holds personal data: hand it to the resident and delete your own.")


@export.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys", "keys_file", type=click.Path(path_type=Path), help="The sender's public keys (JWK Set).")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def verify(file: Path, keys_file: Path | None, as_json: bool) -> None:
    """
    Verify a copy, offline. Without --keys only against the keys inside it, and it says so.

    Exit code 0: whole. 2: not signed by these keys. 3: something was altered. 4: the file cannot be read.
    """
    from gateway.documents import personal_export

    verdict = personal_export.verify(_read(file), _jwks(keys_file))
    if as_json:
        click.echo(json.dumps({**asdict(verdict), "ok": verdict.ok}, ensure_ascii=False, indent=2))
    elif verdict.ok:
        click.echo(f"VALID, made at {verdict.made_at}. {verdict.detail}")
        if verdict.keys_inside:
            click.echo("Note: checked against the keys inside the file; ask the sender for the keys and give --keys.")
    else:
        place = f"{verdict.place}: " if verdict.place is not None else ""
        click.echo(f"NOT VALID ({verdict.kind}). {place}{verdict.detail}")
    sys.exit(_EXIT[verdict.kind])


@export.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys", "keys_file", type=click.Path(path_type=Path), help="The sender's public keys (JWK Set).")
@places
def import_(file: Path, keys_file: Path | None, config: Path | None, data: Path | None) -> None:
    """Read a copy back into an empty sandbox, where every grant and event is what it was."""
    from gateway.app import assembled
    from gateway.services.export_resident import import_export

    content, jwks = _read(file), _jwks(keys_file)
    with assembled(settings_of(config, data)) as gateway:
        done = import_export(gateway.runtime, content, gateway.now(), jwks=jwks)
    click.echo(f"Put back: {done['cases']} cases, {done['grants']} grants, {done['entries']} journal entries.")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _Unusable(f"{file} cannot be read.") from error


def _jwks(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        found = json.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise _Unusable(f"{file} is not JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise _Unusable(f'{file} is not a JWK Set: an object with a list of "keys".')
    return found


class _Unusable(click.ClickException):
    """A file that was named cannot be used: one line, exit code 4."""

    exit_code = 4
