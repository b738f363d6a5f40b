"""`make faults`: tries to break promises on purpose; prints the seed and raw counts, and exits with 1 when one broke."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.faults import consent_race
from tests.faults.outcome import Outcome

SHOWN = 20  # broken promises that are printed; the file has all


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--pairs", type=int, default=20_000, help="how many times a stop meets a sending")
    asked.add_argument("--seed", type=int, default=None, help="the same plan again; the machine's own timing differs")
    asked.add_argument("--limit", type=float, default=1_800, help="seconds after which it is broken off")
    asked.add_argument("--json", type=Path, metavar="FILE", help="write the counts to FILE as well")
    options = asked.parse_args()
    if options.pairs < 1:
        asked.error("--pairs is 1 or more")
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**31)
    console = Console(highlight=False)
    console.print(f"seed {seed}")
    with _Shown(f"{options.pairs} pairs") as progress:
        found = consent_race.race(options.pairs, seed, options.limit, progress)
    _print(console, found)
    if options.json is not None:
        options.json.write_text(json.dumps(_as_json(found, seed), indent=2) + "\n")
    return 0 if found.held else 1


class _Shown:
    """A bar on a terminal, silence elsewhere; on the error stream, so that the counts can be piped."""

    def __init__(self, what: str) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task(what, total=1.0)

    def __enter__(self) -> Callable[[float], None]:
        self._bar.start()
        return lambda share: self._bar.update(self._task, completed=share)

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()


def _print(console: Console, found: Outcome) -> None:
    width = max(map(len, found.counts))
    for name, number in found.counts.items():
        console.print(f"  {name:<{width}}  {number:>9}")
    for line in found.broken[:SHOWN]:
        console.print(line, style="red", markup=False, soft_wrap=True)
    if len(found.broken) > SHOWN:
        console.print(f"... and {len(found.broken) - SHOWN} more")
    verdict = "every promise held" if found.held else f"{len(found.broken)} BROKEN"
    console.print(f"{found.name}: {verdict}; {found.seconds:.0f} s, {os.cpu_count()} processors, "
                  f"Python {platform.python_version()}")  # fmt: skip


def _as_json(found: Outcome, seed: int) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "seed": seed, "name": found.name, "held": found.held,
        "seconds": round(found.seconds, 1), "counts": found.counts, "broken": found.broken,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
