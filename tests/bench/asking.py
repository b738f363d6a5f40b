"""Asking creditors: statement requests per second through the interface, and what a batch costs in SQL."""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg

from tests.bench import stage
from tests.bench.counting import Count, counted
from tests.bench.figures import Figure, in_turns, p99, per_round
from tests.integration.support import World, world

CREDITORS = 14


def figures(*, quick: bool) -> Iterator[Figure]:
    rounds, batch = (2, 6) if quick else (6, 14)
    with world() as made:
        stage.durable(made)
        made.counsellor_organisation()
        counsellor = made.counsellor()
        everybody = stage.creditors(made, 100)
        yield from _statements(made, everybody, counsellor)
        creditor_ids = everybody[:CREDITORS]
        cases = iter([stage.permitted_case(made, creditor_ids, counsellor) for _ in range(rounds * batch)])
        latencies: list[float] = []
        with psycopg.connect(made.gateway.runtime.database.url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, raw bytea NOT NULL)")
            connection.commit()
            found = in_turns(
                rounds,
                {
                    "ours": lambda: _batch(made, [next(cases) for _ in range(batch)], creditor_ids, latencies),
                    "floor": lambda: _floor(connection, batch),
                },
            )
        yield from _rates(made, found["ours"], found["floor"], latencies, rounds * batch)


def _rates(made: World, ours: list[float], floor: list[float], latencies: list[float], calls: int) -> Iterator[Figure]:
    rate = statistics.median(ours)
    yield Figure(
        area="ask", name=f"calls for {CREDITORS} creditors each", value=rate, unit="requests/s",
        floor=statistics.median(floor), against="parse + one durable insert of as many rows",
        ratio=f"{per_round(ours, floor):.0%} of", bar=">= 200 requests/s", met=rate >= 200,
    )  # fmt: skip
    slowest = p99(latencies) * 1e3
    yield Figure(area="ask", name="p99 of a call", value=slowest, unit="ms", bar="<= 150 ms", met=slowest <= 150)
    with made.gateway.runtime.database.begin() as connection:
        queued = connection.exec_driver_sql("SELECT count(*) FROM message").scalar() or 0
        jobs = connection.exec_driver_sql(
            "SELECT sum(jsonb_array_length(args->'message_ids')) FROM procrastinate_jobs WHERE task_name = 'deliver'"
        ).scalar()
    expected = calls * CREDITORS + sum(_SIZES)
    lost = expected - min(int(queued), int(jobs or 0))
    yield Figure(area="ask", name="lost", value=lost, unit="requests", against="rows and jobs counted",
                 bar="nothing", met=lost == 0)  # fmt: skip


_SIZES = (14, 1, 14, 40, 100)  # the first warms up and is not shown


def _statements(made: World, everybody: list[str], counsellor: str) -> Iterator[Figure]:
    counts: dict[int, Count] = {}
    for size in _SIZES:
        case = stage.permitted_case(made, everybody[:size], counsellor)
        with counted() as count:
            _ask(made, case, everybody[:size])
        counts[size] = count
    numbers = {size: len(count.statements) for size, count in counts.items()}
    commits = {size: count.commits for size, count in counts.items()}
    consent = len(counts[100].of("consent_grant.id"))
    yield Figure(
        area="ask", name="SQL statements for 100 creditors", value=numbers[100], unit="statements", floor=numbers[1],
        against=f"for 1; {numbers[14]} for 14, {numbers[40]} for 40", ratio=f"{numbers[100] / numbers[1]:.2f} x",
        bar="the same for 1, 14 and 200", met=len(set(numbers.values())) == 1,
    )  # fmt: skip
    yield Figure(
        area="ask", name="commits for 100 creditors", value=commits[100], unit="commits",
        against=f"and {counts[100].looks} transactions that only read", bar="1", met=set(commits.values()) == {1},
    )  # fmt: skip
    yield Figure(area="ask", name="consent check of 100 creditors", value=consent, unit="statements",
                 bar="1", met=consent == 1)  # fmt: skip


def _ask(made: World, case: str, creditor_ids: list[str]) -> None:
    environ = _request(made, case, creditor_ids)
    stage.called(made.gateway.flask.wsgi_app, environ)


def _request(made: World, case: str, creditor_ids: list[str]) -> dict[str, Any]:
    body = {"requests": [{"creditor_id": one, "references": ["R-1"]} for one in creditor_ids]}
    return stage.prepared(
        f"/v1/cases/{case}/statement-requests", json.dumps(body).encode(), "application/json",
        made.tokens["counsellor"], HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()),
    )  # fmt: skip


def _batch(made: World, cases: list[str], creditor_ids: list[str], latencies: list[float]) -> float:
    environs = [_request(made, case, creditor_ids) for case in cases]
    begin = time.perf_counter()
    for environ in environs:
        start = time.perf_counter()
        stage.called(made.gateway.flask.wsgi_app, environ)
        latencies.append(time.perf_counter() - start)
    return len(cases) * len(creditor_ids) / (time.perf_counter() - begin)


def _floor(connection: psycopg.Connection[Any], calls: int) -> float:
    body = json.dumps({"requests": [{"creditor_id": str(uuid.uuid4())} for _ in range(CREDITORS)]}).encode()
    begin = time.perf_counter()
    for _ in range(calls):
        rows = [json.dumps(one).encode() for one in json.loads(body)["requests"]]
        connection.execute("INSERT INTO bench_floor (raw) SELECT unnest(%s::bytea[])", (rows,))
        connection.commit()
    return calls * CREDITORS / (time.perf_counter() - begin)
