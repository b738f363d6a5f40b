"""`gateway deadline due`: when a term ends, and the sum of days that leads there."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from gateway.domain.deadlines import Basis, Deadline, Term, Unit, compute
from gateway.errors import ConfigurationError

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DUTCH_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_DUTCH_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli"),
    *("augustus", "september", "oktober", "november", "december"),
)


class WrongInput(click.ClickException):
    """What was typed cannot be used: one line, exit code 2."""

    exit_code = 2


class OneLineCommand(click.Command):
    """A command that says what is wrong with its options in one line, without the usage text."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise WrongInput(" ".join(error.format_message().split())) from error


def _day(ctx: click.Context, param: click.Parameter, typed: str) -> date:
    """The day that was *typed*; only YYYY-MM-DD, for other ways of writing can be misread."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or day.isoformat() != typed:
        raise click.BadParameter(f"{typed!r} is not a day; write it as YYYY-MM-DD, like 2026-04-24.", ctx, param)
    return day


@click.group()
def deadline() -> None:
    """Count terms on the calendar of the Algemene termijnenwet."""


@deadline.command(cls=OneLineCommand)
@click.option(
    "--from",
    "start",
    metavar="YYYY-MM-DD",
    callback=_day,
    required=True,
    help="The day of the event; it does not count.",
)
@click.option("--length", type=click.IntRange(1, 9999), required=True, help="How many units.")
@click.option(
    "--unit",
    type=click.Choice([unit.value for unit in Unit]),
    required=True,
    help="In what the term is counted.",
)
@click.option(
    "--basis",
    type=click.Choice([basis.value for basis in Basis]),
    required=True,
    help="What moves the end: the act, an agreed roll-over, or nothing.",
)
@click.option(
    "--equated",
    type=click.Choice(["skip", "count"]),
    default="skip",
    show_default=True,
    help="Whether days that a decree equates with a holiday count as working days.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--config", type=click.Path(path_type=Path), help="The folder that holds workdays.toml.")
def due(start: date, length: int, unit: str, basis: str, equated: str, as_json: bool, config: Path | None) -> None:
    """Say when a term is due and show every day that was counted or skipped."""
    from gateway.settings import load_calendar

    try:
        term = Term(length, Unit(unit), Basis(basis), equated == "count")
        outcome = compute(term, start, load_calendar(config))
    except ConfigurationError as error:
        raise WrongInput(" ".join(error.detail.split())) from error
    except OverflowError as error:
        raise WrongInput("the term ends after the year 9999") from error
    except ValueError as error:
        raise WrongInput(str(error)) from error
    if as_json:
        click.echo(json.dumps(_for_machines(outcome), ensure_ascii=False, indent=2))
    else:
        _show(outcome)


def _for_machines(outcome: Deadline) -> dict[str, Any]:
    assert outcome.due is not None, "without suspensions a term always ends"
    return {
        "due": outcome.due.isoformat(),
        "start": outcome.start.isoformat(),
        "rule": outcome.term.rule,
        "term": {
            "length": outcome.term.length,
            "unit": outcome.term.unit,
            "basis": outcome.term.basis,
            "equated_days": "count" if outcome.term.count_equated else "skip",
        },
        "calendar_version": outcome.calendar_version,
        "steps": [
            {"day": step.day.isoformat(), "counts": step.counts, "number": step.number, "reason": step.reason}
            for step in outcome.steps
        ],
    }


def _show(outcome: Deadline) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    assert outcome.due is not None, "without suspensions a term always ends"
    table = Table()
    table.add_column("Day", no_wrap=True)
    table.add_column("Count", justify="right")
    table.add_column("Why")
    table.add_row(_short(outcome.start), "0", "the day of the event does not count")
    for step in outcome.steps:
        count = str(step.number) if step.counts else "-"
        style = "bold" if step.day == outcome.due else "" if step.counts else "dim"
        table.add_row(_short(step.day), count, Text(step.reason), style=style)
    console = Console(highlight=False)
    console.print(f"Due [bold]{_long(outcome.due)}[/bold] ({_dutch(outcome.due)}), until 24:00 in Amsterdam")
    console.print(Text(outcome.term.rule))
    console.print(table)
    console.print(Text(f"Calendar {outcome.calendar_version}"))


def _short(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()][:3]} {day.isoformat()}"


def _long(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _dutch(day: date) -> str:
    return f"{_DUTCH_WEEKDAYS[day.weekday()]} {day.day} {_DUTCH_MONTHS[day.month - 1]} {day.year}"
