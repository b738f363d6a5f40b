"""What the database itself refuses: changing history, and opening what was moved."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.integration.support import RESIDENT, World, world

TABLES = ("journal", "journal_facts", "journal_leaf", "consent_grant")
CHANGES = ("DELETE FROM {table}", "TRUNCATE {table} CASCADE")
UPDATES = {
    "journal": "UPDATE journal SET kind = 'nothing.happened'",
    "journal_facts": "UPDATE journal_facts SET facts = '{}'",
    "journal_leaf": "UPDATE journal_leaf SET leaf_index = leaf_index + 1000",
    "consent_grant": "UPDATE consent_grant SET act = 'given'",
}


@pytest.fixture(scope="module")
def w():
    with world() as made:
        made.counsellor_organisation()
        creditor, case = made.creditor("a"), made.case()
        made.grant(case, [creditor], made.counsellor())
        made.events()  # gives the entries their leaves
        yield made


def _execute(w: World, statement: str) -> int:
    with w.gateway.runtime.database.begin() as connection:
        return connection.execute(text(statement)).rowcount


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", [*CHANGES, "UPDATE"])
def test_history_refuses_every_change_whoever_asks(w: World, table: str, change: str):
    """Append-only by trigger: the gateway's own database role, the owner of the tables, is refused too."""
    statement = UPDATES[table] if change == "UPDATE" else change.format(table=table)
    before = w.events()
    with pytest.raises(DBAPIError, match="append-only"):
        _execute(w, statement)
    assert w.events() == before


def test_a_refused_change_takes_the_work_around_it_along(w: World):
    """Nobody can slip a change of history into a transaction with other work."""
    with pytest.raises(DBAPIError, match="append-only"), w.gateway.runtime.database.begin() as connection:
        connection.execute(text("UPDATE participant SET name = 'Iemand anders'"))
        connection.execute(text("DELETE FROM journal"))
    assert _execute(w, "SELECT 1 FROM participant WHERE name = 'Iemand anders'") == 0


def test_a_resident_moved_to_anothers_row_does_not_open(w: World):
    """Associated data binds ciphertext to its row: swapped columns give nobody else's data, and no 500 in the dark."""
    other = w.case(bsn="999990020")
    own = w.case()
    with w.gateway.runtime.database.begin() as connection:
        connection.execute(
            text(
                "UPDATE resident AS mine SET sealed = theirs.sealed FROM resident AS theirs "
                "WHERE mine.id <> theirs.id AND mine.id = (SELECT resident_id FROM case_file WHERE id = :own) "
                "AND theirs.id = (SELECT resident_id FROM case_file WHERE id = :other)"
            ),
            {"own": own, "other": other},
        )
    creditor = w.creditor("b")
    w.grant(own, [creditor], w.counsellor())
    w.ask(own, [creditor])
    with pytest.raises(Exception, match=r"(?i)open|seal|altered"):
        w.work()
    assert w.line(own, creditor)["state"] == "queued"
    assert RESIDENT["surname"] not in str(w.overview(own))
