"""`gateway creditor`: try a mapping on a sample, and run every golden sample."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gateway.adapters import Answer
    from gateway.adapters.mapping import Format
    from gateway.domain.statement import Statement

UNDERSTOOD, HELD, UNREADABLE = 0, 1, 2
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def creditor() -> None:
    """Mappings of creditors' formats."""


@creditor.command(name="try")
@click.argument("mapping", type=_FILE)
@click.argument("sample", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
@click.option("--request-id", help="The request the reply must name; without it the reply may name any.")
def try_mapping(mapping: Path, sample: Path, as_json: bool, request_id: str | None) -> None:
    """
    Read SAMPLE with MAPPING and show what comes out, where each value came from, and what is unmapped.

    Exit code 0: understood. 1: held, a person must look. 2: the sample cannot be read, or the mapping is wrong.
    """
    from datetime import UTC, datetime

    from gateway.adapters import ReadContext, load_format, read
    from gateway.errors import ConfigurationError

    try:
        format = load_format(mapping, need_samples=False)
    except ConfigurationError as problem:
        _say_wrong_mapping(problem.detail, as_json)
        sys.exit(UNREADABLE)
    context = ReadContext(received_at=datetime.now(UTC), request_id=request_id)
    answer = read(sample.read_bytes(), format.media_types[0], format, context)
    if as_json:
        click.echo(json.dumps(_document(answer, format), indent=2, ensure_ascii=False))
    else:
        _show(answer, format)
    sys.exit(_exit_code(answer))


@creditor.command()
@click.option("--config", type=click.Path(path_type=Path, file_okay=False), help="Another config folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
def check(config: Path | None, as_json: bool) -> None:
    """Run the golden samples of every mapping. Exit code 0: all as expected. 1: some are not. 2: a mapping is wrong."""
    from gateway.adapters import load_formats
    from gateway.adapters.samples import check_samples
    from gateway.errors import ConfigurationError
    from gateway.settings import config_folder

    try:
        formats = load_formats(config_folder(config) / "creditors")
    except ConfigurationError as problem:
        _say_wrong_mapping(problem.detail, as_json)
        sys.exit(UNREADABLE)
    results = {slug: check_samples(known) for slug, known in formats.items()}
    failed = sum(not result.passed for known in results.values() for result in known)
    if as_json:
        listing = {
            slug: [{"sample": it.name, "passed": it.passed, "difference": it.difference} for it in known]
            for slug, known in results.items()
        }
        click.echo(json.dumps({"failed": failed, "formats": listing}, indent=2))
    else:
        for slug, known in results.items():
            for result in known:
                mark = "ok     " if result.passed else "DIFFERS"
                click.echo(f"{mark} {slug}: {result.name}{'  ' + result.difference if result.difference else ''}")
        click.echo(f"{sum(map(len, results.values()))} samples, {failed} not as expected.")
    sys.exit(1 if failed else 0)


def _say_wrong_mapping(detail: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"answer": "bad_mapping", "problems": detail.splitlines()}, indent=2))
        return
    click.echo("The mapping cannot be used:", err=True)
    for line in detail.splitlines():
        click.echo(f"  {line}", err=True)


def _exit_code(answer: Answer) -> int:
    from gateway.adapters import Held, Unreadable

    if isinstance(answer, Held):
        return HELD
    return UNREADABLE if isinstance(answer, Unreadable) else UNDERSTOOD


def _statement_of(answer: Answer) -> Statement | None:
    found: Statement | None = getattr(answer, "statement", None) or getattr(answer, "provisional", None)
    return found


def _document(answer: Answer, format: Format) -> dict[str, Any]:
    from gateway.adapters.samples import document_of

    document = {**document_of(answer, origins=True), "mapping": format.identity}
    problems = document.get("problems", document.get("warnings", []))
    document["unmapped"] = [problem["path"] for problem in problems if problem["code"] == "unmapped_element"]
    statement = _statement_of(answer)
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


def _show(answer: Answer, format: Format) -> None:
    from gateway.adapters.samples import document_of

    document = document_of(answer)
    click.echo(f"{document['answer'].replace('_', ' ').upper()}   {format.identity}")
    statement = _statement_of(answer)
    if statement is not None:
        _show_statement(statement)
    problems = document.get("problems", document.get("warnings", []))
    for heading, severity in (("Holds the reply", "hold"), ("Worth a look", "warn")):
        chosen = [problem for problem in problems if problem["severity"] == severity]
        if chosen:
            click.echo(f"\n{heading}:")
        for problem in chosen:
            click.echo(f"  {problem['code']}  {problem['path']}\n      {problem['detail']}")


def _show_statement(statement: Statement) -> None:
    from gateway.domain.money import euros
    from gateway.domain.statement import debt_total, statement_total, to_dict

    document = to_dict(statement)
    origins = document.pop("provenance")["fields"]
    click.echo(f"outcome {statement.outcome}, {len(statement.debts)} debts, {euros(statement_total(statement))} in all")
    for debt in statement.debts:
        click.echo(f"  {debt.reference}: {euros(debt_total(debt))}")
    click.echo("\nEvery value and its source:")
    for pointer, value in _leaves(document, ""):
        origin = origins.get(pointer)
        click.echo(f"  {pointer} = {value}")
        if origin is None:
            continue
        steps = ", ".join(origin["transform"])
        for source in origin["sources"]:
            click.echo(f'      {source["path"]}  "{source.get("raw", "hashed")}"  [{steps}]')
        if not origin["sources"]:
            click.echo(f"      the mapping itself  [{steps}]")


def _leaves(value: Any, at: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in _leaves(part, f"{at}/{name}")]
    if isinstance(value, list):
        return [leaf for index, part in enumerate(value) for leaf in _leaves(part, f"{at}/{index}")]
    return [(at, value)]
