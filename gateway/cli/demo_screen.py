"""The story on the terminal: a table of creditors that fills up, a clock that moves, and what it means in one line."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table

from gateway.domain.deadlines import local_day
from gateway.domain.money import euros
from gateway.sandbox.story import Beat, Story

_REQUEST_WORDS = {
    "queued": "on its way",
    "waiting": "[yellow]waiting[/]",
    "overdue": "[yellow]final notice[/]",
    "noticed": "[yellow]last chance[/]",
    "silent": "[red]silent[/]",
    "answered": "[green]answered[/]",
    "stopped": "stopped",
    "undeliverable": "[red]not delivered[/]",
}
_OFFER_WORDS = {
    "queued": "on its way",
    "waiting": "[yellow]waiting[/]",
    "overdue": "[yellow]final notice[/]",
    "noticed": "[yellow]last chance[/]",
    "challenged": "[yellow]asked for facts[/]",
    "lapsed": "[magenta]may be confirmed[/]",
    "deemed": "[green]counts as agreed[/]",
    "accepted": "[green]agreed[/]",
    "accepted_in_advance": "[green]agreed in advance[/]",
    "refused": "[red]refused, argued[/]",
    "refused_unargued": "[red]refused[/]",
    "unanswered": "[red]no answer[/]",
    "routed": "not its claim",
}


class Screen:
    """Shows beats; on a terminal the table redraws in place, elsewhere only the sentences are printed."""

    def __init__(self, *, pause_seconds: float) -> None:
        self._console = Console()
        self._pause = pause_seconds if self._console.is_terminal else 0
        self._overview: dict[str, Any] | None = None
        self._live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None
        if self._live is not None:
            self._live.start()

    def show(self, beat: Beat) -> None:
        self._overview = beat.overview or self._overview
        day = local_day(beat.now)
        if self._live is None:
            self._console.print(f"{day:%a %Y-%m-%d}  {beat.text}", highlight=False)
            return
        parts: list[Any] = [Panel(beat.text, title=f"{day:%A %d %B %Y}", title_align="left")]
        if self._overview is not None:
            parts.insert(0, creditors_table(self._overview, width=self._console.width))
        self._live.update(Group(*parts), refresh=True)
        time.sleep(self._pause)

    def close(self, story: Story, files: dict[str, Path], summary: dict[str, Any]) -> None:
        """The end of the story: the whole table, the sums in words, the files, the checks."""
        if self._live is not None:
            self._live.stop()
        elif self._overview is not None:
            self._console.print(creditors_table(self._overview, width=self._console.width))
        totals, settlement = summary["totals"], summary["settlement"]
        say = self._console.print
        say(
            f"Owed in all {euros(totals['total_cents'])}, "
            f"stated by {totals['answered']} of {totals['creditors']} creditors."
        )
        say(
            f"Of what was split, the original debt is {euros(totals['original_cents'])}; "
            f"{euros(totals['lapses_cents'])} of costs and increases would lapse."
        )
        say(
            f"{settlement['agreed']} of {settlement['offers']} offers are agreed; "
            f"{len(story.confirmed)} of these count as agreed by agreement, confirmed by name, open to rebuttal."
        )
        for name, file in files.items():
            say(f"{name}: {file}", soft_wrap=True)
        failed = [check["what"] for check in summary["checks"] if not check["held"]]
        say(f"[green]All {len(summary['checks'])} checks held.[/]" if not failed else f"[red]Did not hold: {failed}[/]")

    def leave_open(self, story: Story) -> None:
        say = self._console.print
        say("\nThe gateway keeps running. Its first pages:")
        for role, address in story.pages.items():
            say(f"  {role:<11} {address}", soft_wrap=True, highlight=False)
        say("Stop with Ctrl-C.")


def creditors_table(overview: dict[str, Any], *, width: int) -> Table:
    """Creditors as rows: what they said, what they are owed, what they are offered, what they made of it."""
    wide = width >= 118
    look = box.ROUNDED if wide else box.SIMPLE_HEAD
    table = Table(title=f"Case {overview['case']['reference']}", title_justify="left", pad_edge=False, box=look)
    table.add_column("creditor", no_wrap=True, overflow="ellipsis", max_width=30 if wide else 20)
    table.add_column("request", no_wrap=True)
    for name in ("answer by", "owed", "original", "offer") if wide else ("owed", "offer"):
        table.add_column(name, no_wrap=True, justify="left" if name == "answer by" else "right")
    table.add_column("settlement", no_wrap=True)
    for line in overview["creditors"]:
        offer = line["offer"] or {}
        owed, offered = _amount(line["total_cents"]), _amount(offer.get("offer_cents"))
        dates = offer.get("due_on") or line["due_on"] or ""
        middle = [dates, owed, _amount(line["original_cents"]), offered] if wide else [owed, offered]
        table.add_row(line["creditor"]["name"], _outcome(line), *middle, _OFFER_WORDS.get(offer.get("state", ""), ""))
    return table


def _outcome(line: dict[str, Any]) -> str:
    late = ", late" if line["late"] else ""
    if line["held"] and line["state"] != "answered":
        return "[magenta]held for a person[/]"
    words = {"client_unknown": "client unknown", "transferred": "claim sold", "nil": "nothing owed"}
    if line["outcome"] in words and line["state"] == "answered":
        return f"[green]{words[line['outcome']]}{late}[/]"
    return _REQUEST_WORDS[line["state"]].replace("answered", f"answered{late}")


def _amount(cents: int | None) -> str:
    return euros(cents) if cents is not None else ""
