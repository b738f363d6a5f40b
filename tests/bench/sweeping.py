"""The sweep: what it costs when nothing is due, and per term that is due, with few and with many terms open."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

from sqlalchemy import text

from gateway.services.sweep_deadlines import sweep_deadlines
from tests.bench import stage
from tests.bench.counting import counted
from tests.bench.figures import Figure, in_turns, per_round, wall_ms
from tests.integration.support import World, world

_FEW, _MANY = 1_000, 100_000

# Terms of conversations that are not there: they are open, not due, and nobody looks at them.
_OPEN = """
    INSERT INTO term (id, subject_kind, subject_id, case_id, kind, policy_id, policy_version, calendar_version,
                      started_on, due_on, suspensions, reminders_delivered, next_at, state)
    SELECT gen_random_uuid(), 'request', gen_random_uuid(), (SELECT id FROM case_file LIMIT 1), 'answer',
           'statement-default', '2026-01', '', date '2026-04-24', date '2027-05-21', '[]', '[]',
           timestamptz '2027-01-01' + number * interval '1 minute', 'running'
    FROM generate_series(1, :number) AS number
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    rounds, due = (3, 20) if quick else (6, 60)
    with ExitStack() as held:
        few, many = (_stage(held.enter_context(world()), number, rounds * due) for number in (_FEW, _MANY))
        looks = in_turns(rounds * 5, {"few": partial(_look, few), "many": partial(_look, many)})
        for name, number in (("few", _FEW), ("many", _MANY)):
            cost = statistics.median(looks[name])
            yield Figure(
                area="sweep", name=f"nothing due, {number:,} open", value=cost, unit="ms", bar="<= 2 ms", met=cost <= 2
            )
        spent = in_turns(rounds, {"few": partial(_due, few, due), "many": partial(_due, many, due)})
        with counted() as count:
            _due(few, 0)
        del count
        ratio = per_round(spent["many"], spent["few"])
        cost = statistics.median(spent["many"])
        yield Figure(
            area="sweep", name=f"per due term, {_MANY:,} open", value=cost, unit="ms",
            floor=statistics.median(spent["few"]), against=f"with {_FEW:,} open", ratio=f"{ratio:.2f} x",
            bar="<= 2 x (10 million against 100,000)", met=ratio <= 2,
        )  # fmt: skip
        yield Figure(area="sweep", name="rulings with journal and job", value=1e3 / cost, unit="rulings/s",
                     bar=">= 2,000 rulings/s", met=1e3 / cost >= 2_000)  # fmt: skip


def _stage(made: World, number: int, due: int) -> World:
    """*number* terms open that are not due, and *due* real ones that will be."""
    made.counsellor_organisation()
    asked = stage.open_requests(made, stage.creditors(made, 50), made.counsellor(), due)
    assert len(asked) == due
    with made.gateway.runtime.database.begin() as connection:
        connection.execute(text("UPDATE term SET next_at = timestamptz '2027-01-01' WHERE state = 'running'"))
        connection.execute(text(_OPEN), {"number": number})
    with made.gateway.runtime.database.begin() as connection:
        connection.execute(text("ANALYZE term"))
    return made


def _look(made: World) -> float:
    swept: Callable[[], object] = partial(sweep_deadlines, made.gateway.runtime, made.now())
    return wall_ms(swept)


def _due(made: World, number: int) -> float:
    """Milliseconds per term for a sweep that finds *number* of them due: each sends a reminder."""
    later = made.now().replace(month=5, day=12)  # past the tenth working day, when the ladder reminds
    with made.gateway.runtime.database.begin() as connection:
        connection.execute(
            text(
                "UPDATE term SET next_at = :now WHERE id IN (SELECT id FROM term WHERE reminders_sent = 0"
                " AND due_on < date '2027-01-01' LIMIT :number)"
            ),
            {"now": later, "number": number},
        )
    begin = time.perf_counter()
    handled = sweep_deadlines(made.gateway.runtime, later)
    spent = time.perf_counter() - begin
    assert handled == number, (handled, number)
    return spent / max(1, number) * 1e3
