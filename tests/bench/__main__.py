"""`make bench`: measures the figures we hold ourselves to, prints figure, floor and bar. Fails on none of them."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tests.bench import asking, growing, ingesting, normalising, starting, sweeping
from tests.bench.figures import Figure, as_json, as_table

_PARTS: dict[str, Callable[..., Iterator[Figure]]] = {
    "normalise": normalising.figures,
    "ingest": ingesting.figures,
    "ask": asking.figures,
    "sweep": sweeping.figures,
    "memory": growing.figures,
    "start": starting.figures,
}


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    asked.add_argument("--quick", action="store_true", help="fewer rounds: about half a minute, rougher figures")
    asked.add_argument("--only", choices=_PARTS, action="append", help="measure this part alone; may be repeated")
    options = asked.parse_args()
    console, told = Console(), Console(stderr=True)
    begin, found = time.perf_counter(), list[Figure]()
    with told.status("Measuring ...") as status:
        for name in options.only or _PARTS:
            status.update(f"Measuring: {name} ...")
            found += _PARTS[name](quick=options.quick)
    spent = time.perf_counter() - begin
    width = console.width if console.is_terminal else 160
    Console(width=width).print(as_table(found))
    console.print(f"{spent:.0f} s, {os.cpu_count()} processors, Python {platform.python_version()}, PostgreSQL with fsync."
                  " Figures drift with the machine: compare ratios.", highlight=False)  # fmt: skip
    if options.json is not None:
        about = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": round(spent, 1), "quick": options.quick,
            "processors": os.cpu_count(), "python": platform.python_version(),
        }  # fmt: skip
        options.json.write_text(json.dumps(as_json(found, about), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
