"""`gateway creditor add`: take a creditor live, when its samples prove that its replies are understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.options import places, settings_of

if TYPE_CHECKING:
    from gateway.services.take_format_live import Ready

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("mapping", type=_FILE)
@click.option("--samples", type=_FOLDER, help="Folder of samples; otherwise samples/SLUG beside MAPPING.")
@click.option("--kind", type=click.Choice(["creditor", "collector"]), default="creditor", show_default=True)
@click.option("--name", help="Register the organisation too: its name,")
@click.option("--id-kind", type=click.Choice(["oin", "kvk"]), help="by which number it is known,")
@click.option("--id", "id_value", help="the number,")
@click.option("--sector", help="its sector, such as energy or rent,")
@click.option("--regime-group", default="default", show_default=True, help="the group whose regime applies,")
@click.option("--endpoint", help="and the https address to send to.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
@places
def add(
    mapping: Path,
    samples: Path | None,
    kind: str,
    name: str | None,
    id_kind: str | None,
    id_value: str | None,
    sector: str | None,
    regime_group: str,
    endpoint: str | None,
    as_json: bool,
    config: Path | None,
    data: Path | None,
) -> None:
    """
    Take the format of MAPPING live: its file name, without .toml, becomes its name.

    All samples must come out as expected, and there must be one of a statement and one of another answer. The files
    are copied last: when anything is wrong, nothing has changed. With --id-kind and --id the organisation with that
    number gets this format, and is registered when it is new.
    """
    from gateway.services.take_format_live import make_ready
    from gateway.settings import config_folder

    participant = _participant(name=name, id_kind=id_kind, id_value=id_value, sector=sector)
    folder = config_folder(config) / "creditors"
    ready = make_ready(mapping, samples or mapping.parent / "samples" / mapping.stem, folder)
    connected: dict[str, Any] | None = None
    if participant is None:
        ready.install()
    else:
        organisation = {**participant, "kind": kind, "regime_group": regime_group, "endpoint": endpoint}
        connected = _connected(ready, organisation, config, data)
    if as_json:
        click.echo(json.dumps(_document(ready, connected), indent=2))
        return
    for line in _said(ready, connected):
        click.echo(line)


def _participant(**given: str | None) -> dict[str, str] | None:
    """What was said about the organisation; None when nothing was."""
    said = {option: value for option, value in given.items() if value is not None}
    if not said:
        return None
    if "id_kind" not in said or "id_value" not in said:
        needed = "give at least --id-kind and --id; when it is new also --name and --sector"
        raise click.UsageError(f"To register an organisation {needed}.")
    return said


def _connected(ready: Ready, organisation: dict[str, Any], config: Path | None, data: Path | None) -> dict[str, Any]:
    from gateway.app import assembled
    from gateway.services.connect_format import connect_format

    with assembled(settings_of(config, data)) as gateway:
        return connect_format(
            gateway.runtime,
            organisation,
            ready.slug,
            gateway.now(),
            address_fault=gateway.courier.check,
            install=ready.install,
        )


def _document(ready: Ready, connected: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "format": ready.slug,
        "identity": ready.format.identity,
        "samples": len(ready.results),
        "answers": sorted({it.answer for it in ready.results}),
        "participant": connected,
    }


def _said(ready: Ready, connected: dict[str, Any] | None) -> list[str]:
    answers = ", ".join(sorted({it.answer.replace("_", " ") for it in ready.results}))
    lines = [
        f"{ready.slug} is live: {ready.format.identity}, {len(ready.results)} samples as expected ({answers}).",
        f"The files are in {ready.folder}.",
    ]
    if connected is not None:
        what = {"registered": "is registered with", "changed": "now has", "same": "already had"}[connected["what"]]
        lines.append(f"{connected['name']} {what} this format (id {connected['id']}).")
    else:
        lines.append("No organisation has it yet: add --name, --id-kind, --id and --sector, or POST /v1/participants.")
    again = "Restart `gateway serve` and every `gateway work`: what runs keeps the mappings it began with."
    return [*lines, again]
