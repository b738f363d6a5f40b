"""Say on one screen what is wrong with the configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.options import places, settings_of

if TYPE_CHECKING:
    from gateway.settings import Finding, Settings


@click.command()
@places
@click.option("--database/--no-database", default=True, help="Also try the database and the keys.")
def check(config: Path | None, data: Path | None, database: bool) -> None:
    """Read every rule file, run every worked example and sample, try the database; exit 1 when something is wrong."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from gateway.settings import check_settings

    settings = settings_of(config, data)
    findings = check_settings(settings)
    if database:
        findings.append(_database(settings))
    table = Table("what", "verdict", box=None)
    for finding in findings:
        table.add_row(finding.what, "ok" if finding.wrong is None else Text(finding.wrong, "bold red"))
    console = Console()
    console.print(f"mode {settings.mode}, rules in {settings.config}, data in {settings.data}")
    console.print(table)
    sys.exit(any(finding.wrong is not None for finding in findings))


def _database(settings: Settings) -> Finding:
    from gateway.app import assembled
    from gateway.errors import GatewayError
    from gateway.settings import Finding

    try:
        with assembled(settings):
            return Finding(what="database and keys", wrong=None)
    except GatewayError as error:
        return Finding(what="database and keys", wrong=error.detail)
