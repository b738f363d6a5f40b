"""`gateway evidence verify`: is this evidence file whole, signed, and in the log? Offline: no settings, no database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gateway.documents.evidence import Verdict

_EXIT = {"ok": 0, "signature": 2, "altered": 3, "unreadable": 4}


class Unusable(click.ClickException):
    """A file that was named cannot be used: one line, exit code 4."""

    exit_code = 4


@click.group()
def evidence() -> None:
    """Evidence files (bewijsdossiers)."""


@evidence.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys", "keys_file", type=click.Path(path_type=Path), help="The sender's public keys (JWK Set).")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def verify(file: Path, keys_file: Path | None, as_json: bool) -> None:
    """
    Verify an evidence file. Without --keys only against the keys inside it, and it says so.

    Exit code 0: whole. 2: not signed by these keys. 3: something was altered, or an entry is not in the log.
    4: the file cannot be read.
    """
    from gateway.documents import evidence as evidence_files
    from gateway.documents.archive import MAX_ARCHIVE_BYTES

    jwks = _jwks(keys_file) if keys_file is not None else None
    verdict = evidence_files.verify(_read(file, MAX_ARCHIVE_BYTES + 1), jwks)
    if as_json:
        click.echo(json.dumps(asdict(verdict), ensure_ascii=False, indent=2))
    else:
        _say(verdict, keys_file)
    sys.exit(_EXIT[verdict.kind])


def _say(verdict: Verdict, keys_file: Path | None) -> None:
    if not verdict.ok:
        place = f"{verdict.place}: " if verdict.place is not None else ""
        click.echo(f"NOT VALID ({verdict.kind}). {place}{verdict.detail}")
        return
    click.echo(f"VALID. {verdict.detail}")
    click.echo(f"Case {verdict.case_id}, built at {verdict.built_at}: {verdict.files} files.")
    gone = f" ({verdict.erased} erased since: only their place is proven)" if verdict.erased else ""
    click.echo(f"{verdict.entries} journal entries{gone}, in a log of {verdict.log_size}.")
    if verdict.keys_inside:
        click.echo(
            "Note: checked against the keys inside the file. That shows that it holds together, not who made it; "
            "ask the sender for the keys and give them with --keys."
        )
    else:
        click.echo(f"Checked against the keys in {keys_file}.")


def _read(file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(most)
    except (OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read.") from error


def _jwks(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(_read(file, 1_000_000))
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{file} is not JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise Unusable(f'{file} is not a JWK Set: an object with a list of "keys".')
    return found
