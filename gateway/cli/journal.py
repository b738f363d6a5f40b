"""`gateway journal`: prove the whole journal, hand copies of its checkpoints to witnesses, go on with an older one."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.options import places, settings_of
from gateway.cli.proving import KEYS_HELP, CheckingCommand, answering, content_of, keys_in

if TYPE_CHECKING:
    from gateway.documents.checkpoint_copy import Copy
    from gateway.domain.checkpoint import Checkpoint
    from gateway.services.verify_journal import Report

_FILE = click.Path(path_type=Path)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,40}")


def login(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """A staff number or login: it stands in the journal for good, so it is no full name and no address."""
    if _LOGIN.fullmatch(value) is None:
        raise click.BadParameter(
            "give a staff number or login, such as j.devries: 2 to 41 small letters, digits, . _ -"
        )
    return value


@click.group()
def journal() -> None:
    """The one record of everything that happened, and its proofs."""


@journal.command(cls=CheckingCommand)
@click.option("--checkpoint", "copies", type=_FILE, multiple=True, help="A kept copy that it must continue, too.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@places
def verify(copies: Sequence[Path], as_json: bool, config: Path | None, data: Path | None) -> None:
    """
    Check every entry, every leaf, the tree and every checkpoint in the database; name the first thing that is wrong.

    Exit code 0: all is well. 2: a signature is wrong. 3: an entry is not what it committed to, or not in the log.
    4: a key is unknown, or was revoked by then. 5: two states of the log that cannot both be true. 1: nothing could be
    checked.
    """
    from gateway.app import assembled
    from gateway.documents.proof import EXIT_CODES
    from gateway.services.hold_to_copies import standing_copies
    from gateway.services.verify_journal import Outside, verify_journal

    with answering(), assembled(settings_of(config, data), install=False, hold=False) as gateway:
        outside = [
            *standing_copies(gateway.runtime),
            *(Outside(name=str(one), content=content_of(one)) for one in copies),
        ]
        with _progress() as on_progress:
            report = verify_journal(gateway.runtime, outside=outside, on_progress=on_progress)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _say(report)
    sys.exit(EXIT_CODES[report.kind])


@journal.command()
@click.option("--out", type=_FILE, required=True, help="Where the copy goes.")
@click.option("--since", type=click.IntRange(min=1), help="Prove that it continues the log of so many entries.")
@places
def checkpoint(out: Path, since: int | None, config: Path | None, data: Path | None) -> None:
    """Write a copy of the newest checkpoint, to hand to a witness; it holds nothing about anybody."""
    from gateway.app import assembled
    from gateway.documents.checkpoint_copy import write_file
    from gateway.services.hold_to_copies import newest_copy
    from gateway.services.keep_checkpoints import sequence_journal

    with answering(), assembled(settings_of(config, data), install=False) as gateway:
        sequence_journal(gateway.runtime, gateway.now())
        copy = newest_copy(gateway.runtime, since=since)
        seen = _seen(copy, gateway.runtime.keys.key_history())
        _written(lambda: write_file(out, copy), out)
    click.echo(f"{out}: {_described(seen)}")


@journal.command(cls=CheckingCommand)
@click.argument("file", type=_FILE)
@click.option("--keys", "keys_file", type=_FILE, required=True, help=f"The gateway's. {KEYS_HELP}")
@click.option("--kept", type=_FILE, required=True, help="The copy that you keep; made the first time.")
@click.option("--key", "key_file", type=_FILE, help="Your own private key (PEM, P-256), to sign that you saw it.")
@click.option("--public", type=_FILE, help="Write your public key there, to hand to who checks.")
def countersign(file: Path, keys_file: Path, kept: Path, key_file: Path | None, public: Path | None) -> None:
    """
    For a witness, on another machine: check that FILE continues the copy that you kept, keep it, and sign for it.

    Without --key it is only kept. Exit code 5: it does not continue what you kept; keep your copy, and raise the alarm.
    """
    from gateway.documents import checkpoint_copy
    from gateway.keys import register

    with answering():
        jwks = keys_in(keys_file)
        copy = checkpoint_copy.from_bytes(content_of(file))
        seen = _seen(copy, jwks)
        if kept.exists():
            before = _seen(checkpoint_copy.from_bytes(content_of(kept)), jwks)
            checkpoint_copy.continues(copy, seen, before)
        if key_file is not None:
            key = _witness_key(key_file)
            sign = lambda payload, typ: key.sign(payload, typ=typ)  # noqa: E731
            copy = checkpoint_copy.countersigned(copy, seen, datetime.now(UTC), sign)
            _written(lambda: checkpoint_copy.write_file(file, copy), file)
            if public is not None:
                _written(lambda: public.write_bytes(register.to_text({"keys": [key.public_jwk()]})), public)
        _written(lambda: checkpoint_copy.write_file(kept, copy), kept)
    signed = " and signed" if key_file is not None else ""
    click.echo(
        f"Kept{signed}: a log of {seen.size} entries at {seen.at:%Y-%m-%d %H:%M:%S} UTC, root {seen.root.hex()}."
    )


@journal.command(cls=CheckingCommand)
@click.argument("file", type=_FILE)
@click.option("--keys", "keys_file", type=_FILE, required=True, help="The witnesses' public keys (JWK Set).")
def witnesses(file: Path, keys_file: Path) -> None:
    """Say which of the witnesses in --keys signed that they saw the checkpoint in FILE; exit code 2 when none did."""
    from gateway.documents import checkpoint_copy
    from gateway.documents.proof import Kind, Unproven

    with answering():
        seen = checkpoint_copy.witnesses(checkpoint_copy.from_bytes(content_of(file)), keys_in(keys_file))
        if not seen:
            raise Unproven(Kind.SIGNATURE, "None of these witnesses signed this checkpoint.")
    for kid, at in seen:
        click.echo(f"{kid} saw it at {at:%Y-%m-%d %H:%M:%S} UTC.")


@journal.command()
@click.option("--by", required=True, callback=login, help="Who decides: a staff number or login; it is journalled.")
@click.option(
    "--reason", required=True, type=click.Choice(["backup_restored", "new_database", "copy_damaged"]), help="Why."
)
@places
def accept(by: str, reason: str, config: Path | None, data: Path | None) -> None:
    """
    Go on with a database that is older or another than what was seen before. It is recorded who decided that, and why.

    First apply by hand what was said since, withdrawals before all else.
    """
    from gateway.app import assembled
    from gateway.services.hold_to_copies import accept as accepted

    with assembled(settings_of(config, data), install=False, hold=False) as gateway:
        found = accepted(gateway.runtime, gateway.now(), by=by, reason=reason)
    for one in found:
        click.echo(f"Set aside: {one.where}. {one.what}")
    click.echo("Recorded in the journal; the gateway starts now." if found else "Nothing to accept: every copy fits.")


def _say(report: Report) -> None:
    if report.place is not None:
        click.echo(f"NOT WHOLE ({report.kind}). {report.place}: {report.detail}")
        click.echo(f"{report.entries} entries before that are whole.")
        return
    click.echo(f"WHOLE. {report.detail}")
    erased = f", {report.erased} of them erased (only their place is proven)" if report.erased else ""
    waiting = f"; {report.waiting} wait for their number" if report.waiting else ""
    click.echo(f"{report.entries} entries{erased}{waiting}. Root {report.root}.")
    unvouched = f", {report.unvouched} of them under a key that was revoked since" if report.unvouched else ""
    click.echo(f"{report.checkpoints} checkpoints agree{unvouched}, and {report.copies} copies from outside.")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, and nothing anywhere else."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _all: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("entries", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _seen(copy: Copy, jwks: dict[str, Any]) -> Checkpoint:
    from gateway.documents.checkpoint import read

    return read(copy.signed, jwks).checkpoint


def _described(seen: Checkpoint) -> str:
    return f"a log of {seen.size} entries at {seen.at:%Y-%m-%d %H:%M:%S} UTC, root {seen.root.hex()}."


def _witness_key(path: Path) -> Any:
    from gateway.keys import SigningKey

    try:
        return SigningKey.from_pem(content_of(path))
    except (ValueError, TypeError) as error:
        raise click.ClickException(f"{path} must hold an unencrypted private key on P-256, in PEM.") from error


def _written(write: Callable[[], object], path: Path) -> None:
    try:
        write()
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written.") from error
