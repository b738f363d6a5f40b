"""`gateway retention`: what is kept, why and until when; erase what has served its time; hold what a case needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from gateway.cli.options import places, settings_of

if TYPE_CHECKING:
    from gateway.services.run_retention import Line


@click.group()
def retention() -> None:
    """How long data lives."""


@retention.command()
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
@places
def run(dry_run: bool, as_json: bool, config: Path | None, data: Path | None) -> None:
    """
    Erase everything that has served its time, in batches; safe to stop and to run again.

    The terms stand in config/data-flows.toml and config/retention.toml. Residents under a legal hold are left alone.
    A gateway that runs does this every night by itself.
    """
    from gateway.app import assembled
    from gateway.services.run_retention import plain, run_retention, survey

    with assembled(settings_of(config, data), install=False) as gateway:
        now = gateway.now()
        found = survey(gateway.runtime, now)
        erased = 0
        if not dry_run:
            erased = sum(
                _with_bar(run_retention(gateway.runtime, now), sum(line.due for line in found), hidden=as_json)
            )
    if as_json:
        click.echo(
            json.dumps({"dry_run": dry_run, "erased": erased, "items": plain(found)}, ensure_ascii=False, indent=2)
        )
        return
    _say(found, dry_run=dry_run)
    if not dry_run:
        click.echo(f"{erased} rows were erased.")


def _with_bar(steps: Any, total: int, *, hidden: bool) -> Any:
    """The size of each batch, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=hidden or not console.is_terminal, transient=True) as progress:
        task = progress.add_task("Erasing what has served its time", total=total)
        for step in steps:
            progress.advance(task, step.erased)
            yield step.erased


def _say(found: list[Line], *, dry_run: bool) -> None:
    """What, why, how many, until when; items of which there is nothing are left out."""
    from gateway.services.run_retention import purpose_of

    said = [line for line in found if line.due or line.on_hold or line.kept]
    if not said:
        click.echo("Nothing is kept that has a term.")
    for line in said:
        rule = line.rule
        purpose = f" ({purpose_of(rule)})" if rule.purpose is not None else ""
        click.echo(f"{rule.label[1]}{purpose}: {rule.days} days from {rule.counts_from.replace('_', ' ')}")
        click.echo(f"    why: {rule.why}")
        click.echo(f"    {'would be erased' if dry_run else 'erased'}: {line.due}")
        if line.on_hold:
            click.echo(f"    kept because of a legal hold: {line.on_hold}")
        if line.kept:
            until = f"; the first until {line.next_at:%Y-%m-%d}" if line.next_at is not None else "; no term runs yet"
            click.echo(f"    kept: {line.kept}{until}")


@retention.command()
@click.argument("resident", type=click.UUID)
@click.option("--by", "counsellor", type=click.UUID, required=True, help="The counsellor whose name stands under it.")
@click.option("--reason", type=click.Choice(["court_case", "complaint", "audit", "investigation"]), required=True)
@click.option("--lift", is_flag=True, help="Lift the hold: the procedure is over.")
@places
def hold(resident: UUID, counsellor: UUID, reason: str, lift: bool, config: Path | None, data: Path | None) -> None:
    """Set a legal hold on RESIDENT, or lift it. While it is set nothing of the resident is erased."""
    from gateway.app import assembled
    from gateway.services.erase_resident import organisation_of, set_hold

    with assembled(settings_of(config, data), install=False) as gateway:
        owner = organisation_of(gateway.runtime, resident)
        set_hold(gateway.runtime, owner, resident, counsellor, reason, gateway.now(), on=not lift)
    click.echo(
        "The hold is lifted; the ordinary terms count again." if lift else "Nothing of this resident is erased now."
    )
