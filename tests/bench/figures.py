"""A measured figure beside its floor, and how two or more things are measured fairly: in turns, in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Figure:
    """
    One line of the result.

    Args:
        floor: The same unit: what the unavoidable part of the work costs, measured in the same rounds.
        against: What the floor or peer is, in words.
        ratio: The figure against the floor, in words ("54 % of", "3.1 x").
        bar: What we ask of it; "" where we ask nothing.
        met: None where there is no bar.
    """

    area: str
    name: str
    value: float
    unit: str
    floor: float | None = None
    against: str = ""
    ratio: str = ""
    bar: str = ""
    met: bool | None = None


def in_turns(rounds: int, ways: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measure each of *ways* once per round, so that what disturbs the machine disturbs all of them."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, measure in ways.items():
            found[name].append(measure())
    return found


def cpu_us(work: Callable[[], object], *, seconds: float = 0.15) -> float:
    """The processor time of one call of *work* in this process, in microseconds."""
    work()
    times, spent = 0, 0.0
    begin = time.process_time()
    while spent < seconds:
        work()
        times += 1
        spent = time.process_time() - begin
    return spent / times * 1e6


def wall_ms(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


def per_round(above: list[float], below: list[float]) -> float:
    """The middle one of the ratios of each round: a slow round is slow for both."""
    return statistics.median(one / other for one, other in zip(above, below, strict=True))


def p99(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def as_table(figures: list[Figure]) -> Table:
    table = Table(title="Measured in one run; floors in the same rounds", show_lines=False, pad_edge=False)
    for name in ("", "Figure", "Floor or peer", "Ratio", "Bar", ""):
        table.add_column(name, overflow="fold", justify="left")
    area = None
    for one in figures:
        if area is not None and one.area != area:
            table.add_section()
        floor = f"{_number(one.floor)} {one.unit}, {one.against}" if one.floor is not None else one.against
        met = {True: "[green]met[/]", False: "[yellow]below[/]", None: ""}[one.met]
        table.add_row(f"{one.area}: {one.name}", f"{_number(one.value)} {one.unit}", floor, one.ratio, one.bar, met)
        area = one.area
    return table


def as_json(figures: list[Figure], about: Mapping[str, Any]) -> dict[str, Any]:
    return {"about": dict(about), "figures": [asdict(one) for one in figures]}


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
