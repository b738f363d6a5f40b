"""`gateway creditor`: from a sample reply to a format that is live, and back to old replies with a mended one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.creditor_add import add
from gateway.cli.creditor_learn import learn
from gateway.cli.creditor_replay import replay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.adapters import Answer
    from gateway.adapters.mapping import Format
    from gateway.adapters.samples import Difference, SampleResult
    from gateway.domain.statement import Statement

UNDERSTOOD, HELD, UNREADABLE = 0, 1, 2
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MANY = 20  # samples, from which on a terminal shows how far it is


@click.group()
def creditor() -> None:
    """Mappings of creditors' formats."""


creditor.add_command(learn)
creditor.add_command(add)
creditor.add_command(replay)


@creditor.command(name="try")
@click.argument("mapping", type=_FILE)
@click.argument("sample", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
@click.option("--request-id", help="The request the reply must name; without it the reply may name any.")
@click.option("--expect", type=_FILE, help="Compare with this expectation; exit code 1 where something differs.")
@click.option("--write-expected", is_flag=True, help="Keep what comes out as SAMPLE's expectation, beside it.")
def try_mapping(
    mapping: Path, sample: Path, as_json: bool, request_id: str | None, expect: Path | None, write_expected: bool
) -> None:
    """
    Read SAMPLE with MAPPING and show what comes out, where each value came from, and what is unmapped.

    Exit code 0: understood. 1: held, a person must look. 2: the sample cannot be read, or the mapping is wrong.
    """
    from datetime import UTC, datetime

    from gateway.adapters import load_format, read
    from gateway.adapters.samples import context_of, differences
    from gateway.errors import ConfigurationError

    try:
        format = load_format(mapping, need_samples=False)
    except ConfigurationError as problem:
        _say_wrong_mapping(problem.detail, as_json)
        sys.exit(UNREADABLE)
    expected = _read_expectation(expect) if expect is not None else None
    context: dict[str, Any] = {"received_at": datetime.now(UTC).isoformat(timespec="seconds")}
    if expected is not None:
        context = expected.get("context", {})
    if request_id is not None:
        context["request_id"] = request_id
    answer = read(sample.read_bytes(), format.media_types[0], format, context_of(context))
    differing = differences(expected, answer) if expected is not None else None
    if as_json:
        document = _document(answer, format)
        if differing is not None:
            document["differences"] = [{"pointer": it.pointer, "said": it.said} for it in differing]
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        from gateway.cli.creditor_screen import show

        show(answer, format, differing)
    if write_expected:
        _write_expectation(sample, answer, context, as_json)
    sys.exit(_exit_code(answer, differing))


def _read_expectation(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise click.ClickException(f"{path} is no expectation; make one with `gateway creditor try --write-expected`.")
    return found


def _write_expectation(sample: Path, answer: Answer, context: dict[str, Any], as_json: bool) -> None:
    from gateway.adapters.mapping import expectation_of
    from gateway.adapters.samples import expectation

    path = expectation_of(sample)
    written = json.dumps(expectation(answer, context), indent=2, ensure_ascii=False)
    path.write_text(f"{written}\n", encoding="utf-8")
    click.echo(f"\nWritten to {path}: read it once more, for from now on this is what must come out.", err=as_json)


@creditor.command()
@click.option("--config", type=click.Path(path_type=Path, file_okay=False), help="Another config folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
def check(config: Path | None, as_json: bool) -> None:
    """Run the golden samples of every mapping. Exit code 0: all as expected. 1: some are not. 2: a mapping is wrong."""
    from gateway.adapters import load_formats
    from gateway.errors import ConfigurationError
    from gateway.settings import config_folder

    try:
        formats = load_formats(config_folder(config) / "creditors")
    except ConfigurationError as problem:
        _say_wrong_mapping(problem.detail, as_json)
        sys.exit(UNREADABLE)
    results = _checked(formats)
    failed = sum(not result.passed for known in results.values() for result in known)
    if as_json:
        listing = {
            slug: [
                {"sample": it.name, "passed": it.passed, "difference": it.difference}
                | ({"differences": [str(found) for found in it.differences]} if it.differences else {})
                for it in known
            ]
            for slug, known in results.items()
        }
        click.echo(json.dumps({"failed": failed, "formats": listing}, indent=2))
    else:
        for slug, known in results.items():
            for result in known:
                _say_result(slug, result)
        click.echo(f"{sum(map(len, results.values()))} samples, {failed} not as expected.")
    sys.exit(1 if failed else 0)


def _checked(formats: Mapping[str, Format]) -> dict[str, list[SampleResult]]:
    """Every sample of every format; on a terminal with a bar when there are many."""
    from rich.console import Console
    from rich.progress import Progress

    from gateway.adapters.samples import check_sample

    every = [(slug, format, reply) for slug, format in formats.items() for reply in format.samples]
    results: dict[str, list[SampleResult]] = {slug: [] for slug in formats}
    console = Console(stderr=True)
    shown = console.is_terminal and len(every) >= _MANY
    with Progress(console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task("samples", total=len(every))
        for slug, format, reply in every:
            results[slug].append(check_sample(format, reply))
            progress.advance(task)
    return results


def _say_result(slug: str, result: SampleResult) -> None:
    mark = "ok     " if result.passed else "DIFFERS"
    found: tuple[Difference, ...] | list[str] = result.differences or ([result.difference] if result.difference else [])
    first = f"  {found[0]}" if found else ""
    click.echo(f"{mark} {slug}: {result.name}{first}")
    for difference in found[1:]:
        click.echo(f"{' ' * len(mark)}   {difference}")


@creditor.command()
def schema() -> None:
    """Print the JSON Schema of mapping files, for editors that complete and check as you type."""
    from gateway.adapters.mapping_schema import mapping_schema

    click.echo(json.dumps(mapping_schema(), indent=2, ensure_ascii=False))


def _say_wrong_mapping(detail: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"answer": "bad_mapping", "problems": detail.splitlines()}, indent=2))
        return
    click.echo("The mapping cannot be used:", err=True)
    for line in detail.splitlines():
        click.echo(f"  {line}", err=True)


def _exit_code(answer: Answer, differing: tuple[Difference, ...] | None) -> int:
    """What was compared decides by what differs; else what came out does."""
    from gateway.adapters import Held, Unreadable

    if differing is not None:
        return HELD if differing else UNDERSTOOD
    if isinstance(answer, Held):
        return HELD
    return UNREADABLE if isinstance(answer, Unreadable) else UNDERSTOOD


def _document(answer: Answer, format: Format) -> dict[str, Any]:
    from gateway.adapters.samples import document_of

    document = {**document_of(answer, origins=True), "mapping": format.identity}
    problems = document.get("problems", document.get("warnings", []))
    document["unmapped"] = [problem["path"] for problem in problems if problem["code"] == "unmapped_element"]
    statement: Statement | None = getattr(answer, "statement", None) or getattr(answer, "provisional", None)
    if statement is not None:
        document["original_debts"] = _original_debts(statement)
    return document


def _original_debts(statement: Statement) -> dict[str, Any]:
    from gateway.domain.statement import original_debt_view

    views = {}
    for debt in statement.debts:
        view = original_debt_view(debt)
        views[debt.reference] = view and {
            "booked_cents": view.booked_cents,
            "counted_cents": view.counted_cents,
            "lapses_cents": view.lapses_cents,
        }
    return views
