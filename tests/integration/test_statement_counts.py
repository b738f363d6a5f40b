"""What a call costs the database: the same number of statements for one creditor and for forty, and one commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.integration.support import JSON, World, statement, world


@pytest.fixture(scope="module")
def w():
    with world() as made:
        made.counsellor_organisation()
        yield made


@contextmanager
def counted(w: World) -> Iterator[dict[str, list[str]]]:
    """The statements and commits of what happens inside."""
    seen: dict[str, list[str]] = {"statements": [], "commits": []}
    engine = w.gateway.runtime.database._engine

    def statement_sent(_connection, _cursor, sql, parameters, _context, executemany):
        times = len(parameters) if executemany and isinstance(parameters, list) else 1  # a list is sent row by row
        seen["statements"] += [sql] * times

    def wrote(_connection):
        seen["commits"].append("commit")

    event.listen(engine, "before_cursor_execute", statement_sent)
    event.listen(engine, "commit", wrote)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement_sent)
        event.remove(engine, "commit", wrote)


def _ask(w: World, number: int) -> dict[str, list[str]]:
    creditors = [w.creditor(f"n{number}-{index}") for index in range(number)]
    case = w.case()
    w.grant(case, creditors, w.counsellor())
    with counted(w) as seen:
        w.ask(case, creditors)
    return seen


def test_asking_forty_creditors_costs_no_more_statements_than_asking_one(w: World):
    """the same number of statements for a batch of 1, 14 or 40, and the same commits."""
    one, fourteen, forty = (_ask(w, number) for number in (1, 14, 40))
    assert len(one["statements"]) == len(fourteen["statements"]) == len(forty["statements"])
    assert len(one["commits"]) == len(fourteen["commits"]) == len(forty["commits"])


def test_the_consent_check_of_a_whole_case_is_one_statement(w: World):
    """However many flows are asked about."""
    seen = _ask(w, 14)
    assert len([sql for sql in seen["statements"] if "FROM consent_grant" in sql]) == 1


def test_a_reply_costs_a_fixed_number_of_statements_whatever_it_holds(w: World):
    """One debt or fifty: one sealed document, not a row per debt."""
    costs = []
    for number in (1, 50):
        creditor, case = w.creditor(f"r{number}"), w.case()
        w.grant(case, [creditor], w.counsellor())
        [request] = w.ask(case, [creditor])
        debt = {"components": [{"kind": "principal", "outstanding_cents": 100}], "total_stated_cents": 100}
        debts = [{**debt, "reference": f"R-{index}", "rank": "ordinary"} for index in range(number)]
        body = statement(request, debts=debts, total_stated_cents=100 * number)
        with counted(w) as seen:
            taken = w.ok(f"r{number}", "POST", f"/v1/statement-requests/{request}/reply", body, **JSON)
        assert taken["status"] == "accepted", taken
        costs.append(len(seen["statements"]))
    assert costs[0] == costs[1]
