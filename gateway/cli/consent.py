"""`gateway consent verify`: does this receipt prove what it says? Offline: no database, no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.options import places, settings_of
from gateway.cli.proving import KEYS_HELP, CheckingCommand, answering, content_of, keys_in

if TYPE_CHECKING:
    from gateway.documents.receipt_check import Verdict

_FILE = click.Path(path_type=Path)


@click.group()
def consent() -> None:
    """Receipts of what a resident said."""


@consent.command(cls=CheckingCommand)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@click.option("--keys", "keys_file", type=_FILE, help=f"{KEYS_HELP} Without it: those of the data folder.")
@click.option("--checkpoint", "copies", type=_FILE, multiple=True, help="Hold it to a kept copy of a checkpoint, too.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@places
def verify(
    files: Sequence[Path],
    keys_file: Path | None,
    copies: Sequence[Path],
    as_json: bool,
    config: Path | None,
    data: Path | None,
) -> None:
    """
    Verify receipts. Of several, also whether a later one ends what an earlier one says.

    Exit code 0: signed, and in the log. 2: altered, or not signed by this key. 3: not in the log. 4: the key is unknown
    or was revoked by then. 5: of another log than a kept checkpoint, or than another receipt. 6: a later receipt here
    says otherwise. 1: nothing could be checked.
    """
    from gateway.documents.receipt_check import verify as verified

    with answering():
        jwks = keys_in(keys_file) if keys_file is not None else _own_keys(config, data)
        verdicts = verified([content_of(file) for file in files], jwks, [content_of(copy) for copy in copies])
    if as_json:
        found = [{"file": str(file), **asdict(verdict)} for file, verdict in zip(files, verdicts, strict=True)]
        click.echo(json.dumps({"receipts": found}, ensure_ascii=False, indent=2))
    else:
        for file, verdict in zip(files, verdicts, strict=True):
            _say(file, verdict)
    sys.exit(_exit_code(verdicts))


def _own_keys(config: Path | None, data: Path | None) -> dict[str, Any]:
    from gateway.keys import Keys

    return Keys.load(settings_of(config, data).data / "keys").key_history()


def _say(file: Path, verdict: Verdict) -> None:
    from gateway.documents.proof import Kind

    if verdict.kind not in (Kind.OK, Kind.SUPERSEDED):
        place = f"{verdict.place}: " if verdict.place is not None else ""
        click.echo(f"{file}: NOT VALID ({verdict.kind}). {place}{verdict.detail}")
        return
    word = "VALID" if verdict.kind is Kind.OK else "VALID, AND SUPERSEDED"
    click.echo(f"{file}: {word}. {verdict.detail}")
    click.echo(f"  Said: {verdict.said}, recorded at {verdict.at}, about {verdict.purpose}, for {verdict.recipient}.")
    click.echo(f"  Issued by {verdict.issuer}; entry {verdict.leaf_index} of a log of {verdict.log_size}.")
    for note in verdict.notes:
        click.echo(f"  Note: {note}")


def _exit_code(verdicts: Sequence[Verdict]) -> int:
    """What is wrong comes before what is merely overtaken."""
    from gateway.documents.proof import EXIT_CODES, Kind

    wrong = [verdict.kind for verdict in verdicts if verdict.kind not in (Kind.OK, Kind.SUPERSEDED)]
    overtaken = [verdict.kind for verdict in verdicts if verdict.kind is Kind.SUPERSEDED]
    return EXIT_CODES[next(iter([*wrong, *overtaken]), Kind.OK)]
