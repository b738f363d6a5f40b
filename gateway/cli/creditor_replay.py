"""`gateway creditor replay`: read past replies anew with a mended mapping, first without changing anything."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.options import places, settings_of

if TYPE_CHECKING:
    from gateway.services.replay_replies import Reread

# Verdict -> what a dry run says of it, and what a real run says.
_SAID = {
    "accepted": ("would be accepted", "accepted"),
    "figures_changed": ("would get other figures", "has a new version with other figures"),
    "fields_changed": ("would say more or other things, same figures", "has a new version, same figures"),
    "would_be_held": ("would be held now, and is left as it is", "would be held now, and was left as it is"),
    "still_held": ("would still be held", "is still held"),
    "no_answer": ("is held, and would be no answer now: dismiss it", "is held, and is no answer now: dismiss it"),
    "unread": ("stays unopened: the permission has ended", "stays unopened: the permission has ended"),
    "broken": ("does not open: it was changed or moved", "does not open: it was changed or moved"),
    "overtaken": ("was dealt with meanwhile", "was dealt with meanwhile"),
    "unchanged": ("says the same", "says the same"),
}
_NOT_WORTH_A_LINE = ("unchanged",)


@click.command()
@click.argument("slug")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
@places
def replay(slug: str, dry_run: bool, as_json: bool, config: Path | None, data: Path | None) -> None:
    """
    Read every held and accepted reply in the format SLUG anew with the mapping as it is now.

    Held replies that are understood now are accepted; accepted ones that read differently get a new version beside the
    old. What was accepted and would be held now is reported and left alone. Exit code 0: nothing gets worse. 1:
    something that was accepted would be held, or its figures would change (--dry-run), or it does not open. 2: there
    is no such mapping, or the gateway cannot be reached.
    """
    from gateway.app import assembled
    from gateway.services.replay_replies import count_replies, replay_replies

    counts: Counter[str] = Counter()
    with assembled(settings_of(config, data)) as gateway:
        total = count_replies(gateway.runtime, slug)
        mapping = gateway.settings.format(slug).identity
        found = replay_replies(gateway.runtime, slug, gateway.now, dry_run=dry_run)
        with _bar(total, hidden=as_json and sys.stdout.isatty()) as (say, advance):
            seen = _counted(found, counts, advance)
            if as_json:
                _print_document(seen, counts, mapping=mapping, dry_run=dry_run)
            else:
                _print_lines(seen, say, mapping=mapping, dry_run=dry_run)
    if not as_json:
        _print_counts(counts, dry_run=dry_run)
    sys.exit(1 if _worse(counts, dry_run) else 0)


def _worse(counts: Counter[str], dry_run: bool) -> bool:
    alarming = ("would_be_held", "broken", "figures_changed") if dry_run else ("would_be_held", "broken")
    return any(counts[verdict] for verdict in alarming)


def _counted(found: Iterator[Reread], counts: Counter[str], advance: Callable[[], None]) -> Iterator[Reread]:
    for reread in found:
        counts[reread.verdict.value] += 1
        yield reread
        advance()


@contextmanager
def _bar(total: int, *, hidden: bool) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
    """
    A bar on the terminal, with how to say a line and how to move on; no bar when errors go to a file or a program.

    A line on the same terminal goes above the bar; one to a file or a program goes where output goes.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    shown = console.is_terminal and not hidden
    with Progress(
        console=console, disable=not shown, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        task = progress.add_task("Reading replies anew", total=total)

        def say(line: str) -> None:
            if shown and sys.stdout.isatty():
                console.print(line, markup=False, highlight=False, soft_wrap=True)
            else:
                click.echo(line)

        yield say, lambda: progress.advance(task)


def _print_lines(seen: Iterator[Reread], say: Callable[[str], None], *, mapping: str, dry_run: bool) -> None:
    say(f"{mapping}{'  (dry run: nothing is changed)' if dry_run else ''}")
    for reread in seen:
        if reread.verdict.value in _NOT_WORTH_A_LINE:
            continue
        because = f": {', '.join(reread.codes)}" if reread.codes else ""
        say(f"reply {reread.reply_id} {_said(reread.verdict.value, dry_run)}{because}")
        for figure in reread.figures:
            say(f"    {figure.pointer}  {_shown(figure.before)} -> {_shown(figure.after)}")
        if reread.fields:
            say(f"    and {reread.fields} values that are no figures")


def _print_counts(counts: Counter[str], *, dry_run: bool) -> None:
    for verdict in _SAID:
        if counts[verdict]:
            click.echo(f"{counts[verdict]:>8}  {_said(verdict, dry_run)}")
    click.echo(f"{sum(counts.values()):>8}  replies in all")


def _said(verdict: str, dry_run: bool) -> str:
    return _SAID[verdict][0 if dry_run else 1]


def _shown(value: int | str | None) -> str:
    from gateway.domain.money import euros

    if value is None:
        return "not there"
    return euros(value) if isinstance(value, int) else value


def _print_document(seen: Iterator[Reread], counts: Counter[str], *, mapping: str, dry_run: bool) -> None:
    """One JSON document, written while the replies are read: what changes need not fit in memory."""
    click.echo(f'{{"mapping": {json.dumps(mapping)}, "dry_run": {json.dumps(dry_run)}, "replies": [', nl=False)
    separator = "\n"
    for reread in seen:
        if reread.verdict.value not in _NOT_WORTH_A_LINE:
            click.echo(separator + json.dumps(_plain(reread)), nl=False)
            separator = ",\n"
    click.echo(f'\n], "counts": {json.dumps(dict(counts), sort_keys=True)}}}')


def _plain(reread: Reread) -> dict[str, Any]:
    return {
        "reply_id": str(reread.reply_id),
        "request_id": str(reread.request_id),
        "received_at": reread.received_at.isoformat(),
        "verdict": reread.verdict.value,
        "mapping_before": reread.mapping_before,
        "codes": list(reread.codes),
        "figures": [asdict(figure) for figure in reread.figures],
        "other_values": reread.fields,
    }
