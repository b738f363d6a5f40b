"""`gateway register`: the register of processing activities (art. 30 GDPR), and the processing log."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click

from gateway.cli.options import places, settings_of


@click.group()
def register() -> None:
    """For the data-protection officer."""


@register.command()
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@places
def export(form: str, out: Path | None, config: Path | None, data: Path | None) -> None:
    """Every flow with the fields of art. 30(1) GDPR, out of the files that the gateway runs on. No database needed."""
    from gateway.services.flow_register import register_csv, register_document

    settings = settings_of(config, data)
    if form == "csv":
        written = register_csv(settings)
    else:
        written = json.dumps(register_document(settings), ensure_ascii=False, indent=2) + "\n"
    _write(written, out)


@register.command()
@click.option("--since", required=True, help="A day, such as 2026-04-24.")
@click.option("--until", help="Up to this day, which is not included.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@places
def log(since: str, until: str | None, out: Path | None, config: Path | None, data: Path | None) -> None:
    """The processing log in the fields of Logboek Dataverwerkingen: one JSON line per processing and data subject."""
    from gateway.app import assembled
    from gateway.services.processing_log import processing_log

    first, last = _moment(since, "--since"), _moment(until, "--until") if until is not None else None
    with assembled(settings_of(config, data), install=False) as gateway:
        lines = (json.dumps(line) + "\n" for line in processing_log(gateway.runtime, first, until=last))
        if out is None:
            for line in lines:
                click.echo(line, nl=False)
            return
        try:
            with out.open("w", encoding="utf-8") as written:
                written.writelines(lines)
        except OSError as error:
            raise click.ClickException(f"{out} cannot be written.") from error


def _moment(text: str, option: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("give a day, such as 2026-04-24", param_hint=option) from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _write(content: str, out: Path | None) -> None:
    if out is None:
        click.echo(content, nl=False)
        return
    try:
        out.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written.") from error
