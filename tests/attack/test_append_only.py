"""What the database itself refuses: changing history, and opening what was moved."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from gateway.app import assembled
from gateway.documents import evidence_check
from gateway.errors import ConfigurationError
from gateway.keys import SealBroken
from gateway.services.deliver import deliver
from gateway.services.keep_checkpoints import sequence_journal
from gateway.storage import messages
from tests.attack.support import a_mandate, is_problem
from tests.integration.support import JSON, RESIDENT, Peer, World, listening, statement, world

TABLES = (
    "journal", "journal_facts", "journal_leaf", "journal_node", "journal_checkpoint", "consent_grant", "consent_ask",
    "mandate", "partner_link",
)  # fmt: skip
CHANGES = ("DELETE FROM {table}", "TRUNCATE {table} CASCADE")
UPDATES = {
    "journal": "UPDATE journal SET kind = 'nothing.happened'",
    "journal_facts": "UPDATE journal_facts SET facts = '{}'",
    "journal_leaf": "UPDATE journal_leaf SET leaf_index = leaf_index + 1000",
    "journal_node": "UPDATE journal_node SET hash = ''",
    "journal_checkpoint": "UPDATE journal_checkpoint SET size = size + 1",
    "consent_grant": "UPDATE consent_grant SET act = 'given'",
    "consent_ask": "UPDATE consent_ask SET lapses_at = lapses_at + interval '1 year'",
    "mandate": "UPDATE mandate SET valid_until = valid_until + interval '1 year'",
    "partner_link": "UPDATE partner_link SET recorded_at = recorded_at + interval '1 year'",
}


@pytest.fixture(scope="module")
def w():
    with world() as made:
        made.counsellor_organisation()
        creditor, case = made.creditor("a"), made.case()
        counsellor = made.counsellor()
        made.grant(case, [creditor], counsellor)
        question = {"creditor_id": creditor, "purpose": "aftercare"}
        page = {"recorded_by": counsellor, "asks": [question]}
        made.ok("counsellor", "POST", f"/v1/cases/{case}/consent-asks", page)
        made.ok("counsellor", "POST", f"/v1/cases/{case}/mandates", a_mandate(counsellor))
        partner = {"partner_case_id": made.case(bsn="999990020"), "recorded_by": counsellor}
        made.ok("counsellor", "POST", f"/v1/cases/{case}/partner", partner)
        while len(made.events()) < 16:  # gives the entries their leaves, enough for a stored subtree
            made.overview(case)
        sequence_journal(made.gateway.runtime, made.now())
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


@dataclass
class Two:
    """Two residents of one organisation, asked about at the same creditor, which answered for both."""

    w: World
    cases: tuple[str, str]
    amounts: tuple[int, int] = (7_654_321, 1_234_567)

    def change(self, statement: str, **values: object) -> None:
        with self.w.gateway.runtime.database.begin() as connection:
            assert connection.execute(text(statement), {"a": self.cases[0], "b": self.cases[1], **values}).rowcount

    def refuses_to_show(self, place: str) -> None:
        """A 500 that says what is wrong without showing anything of anybody; the log names the record."""
        for case in self.cases:
            with capture_logs() as logged:
                answer = self.w.call("counsellor", "GET", f"/v1/cases/{case}")
            assert answer.status_code == 500
            assert is_problem(answer)["type"].endswith(":sealed_record_broken")
            assert not any(str(amount) in answer.get_data(as_text=True) for amount in self.amounts)
            [line] = [line for line in logged if line["event"] == "sealed_record_broken"]
            assert any(note.startswith(place) for note in line["record"]), line


@pytest.fixture
def two():
    with world() as w, listening(Peer()) as peer:
        w.counsellor_organisation()
        creditor, counsellor = w.creditor("c", peer), w.counsellor()
        made = Two(w=w, cases=(w.case(), w.case(bsn="999990020")))
        for case, amount in zip(made.cases, made.amounts, strict=True):
            w.grant(case, [creditor], counsellor)
            [request] = w.ask(case, [creditor])
            w.work()
            body = statement(request, principal_cents=amount)
            w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", body, **JSON)
            assert w.line(case, creditor)["total_cents"] == amount
        yield made


OF_CASE = "(SELECT r.id FROM reply r JOIN statement_request s ON s.id = r.request_id WHERE s.case_id = :{})"


def test_statements_that_changed_places_are_shown_to_nobody(two: Two):
    """D-T1: each ciphertext is whole and was ours, and still does not open in another resident's row."""
    two.change(
        "UPDATE reply AS mine SET statement = theirs.statement FROM reply AS theirs WHERE mine.id <> theirs.id "
        f"AND mine.id IN ({OF_CASE.format('a')}, {OF_CASE.format('b')})"
        f"AND theirs.id IN ({OF_CASE.format('a')}, {OF_CASE.format('b')})"
    )
    two.refuses_to_show("reply.statement of ")


def test_ciphertext_that_changed_its_column_does_not_open(two: Two):
    """The same row and the same key, another column."""
    two.change("UPDATE reply SET statement = raw WHERE cast(:a AS text) <> cast(:b AS text)")
    two.refuses_to_show("reply.statement of ")


def test_residents_keys_that_changed_places_open_nothing(two: Two):
    """Who swaps the wrapped keys swaps nobody's data: what was sealed under the one does not open with the other."""
    two.change(
        "UPDATE resident_key AS mine SET wrapped = theirs.wrapped FROM resident_key AS theirs "
        "WHERE mine.resident_id <> theirs.resident_id AND cast(:a AS text) <> cast(:b AS text)"
    )
    two.refuses_to_show("reply.statement of ")


def test_one_changed_byte_is_found(two: Two):
    """Bar "Tamper", in each of the places where it could be: the first byte, the middle, the last."""
    for at in (0, 15, "octet_length(statement) - 1"):
        two.change(
            f"UPDATE reply SET statement = set_byte(statement, {at}, (get_byte(statement, {at}) + 1) % 256) "
            "WHERE cast(:a AS text) <> cast(:b AS text)"
        )
        two.refuses_to_show("reply.statement of ")
        two.change(
            f"UPDATE reply SET statement = set_byte(statement, {at}, (get_byte(statement, {at}) + 255) % 256) "
            "WHERE cast(:a AS text) <> cast(:b AS text)"
        )
    assert two.w.overview(two.cases[0])["totals"]["total_cents"] == two.amounts[0]


def test_a_kept_answer_moved_to_another_organisation_does_not_open(two: Two):
    """Two organisations may use one idempotency key; the answer kept for the one is not the other's."""
    w = two.w
    w.counsellor_organisation("other")
    body = {"reference": "Z-1", "resident": {**RESIDENT, "bsn": "999990032"}}
    for name in ("counsellor", "other"):
        assert w.call(name, "POST", "/v1/cases", body, key="the-same-key").status_code == 201
    two.change(
        "UPDATE idempotency AS mine SET sealed = theirs.sealed FROM idempotency AS theirs "
        "WHERE mine.key = 'the-same-key' AND theirs.key = mine.key AND mine.participant_id <> theirs.participant_id "
        "AND cast(:a AS text) <> cast(:b AS text)"
    )
    answer = w.call("other", "POST", "/v1/cases", body, key="the-same-key")
    assert (answer.status_code, is_problem(answer)["type"]) == (
        500,
        "urn:creditor-gateway:problem:sealed_record_broken",
    )


def test_a_broken_record_does_not_hold_up_the_messages_beside_it(w: World):
    """A job carries a batch: what opens is sent, and the one that does not is never silent."""
    with listening(Peer()) as peer:
        creditors = [w.creditor(name, peer) for name in ("first", "second")]
        case = w.case(bsn="999990044")
        w.grant(case, creditors, w.counsellor())
        broken, whole = w.ask(case, creditors)
        with w.gateway.runtime.database.begin() as connection:
            spoil = text(
                "UPDATE statement_request SET sealed = set_byte(sealed, 20, 1 # get_byte(sealed, 20)) WHERE id = :id"
            )
            connection.execute(spoil, {"id": broken})
            batch = [messages.of_subject(connection, UUID(one))[0]["id"] for one in (broken, whole)]
        with pytest.raises(SealBroken):
            deliver(w.gateway.runtime, w.gateway.courier, batch, w.now)
    assert len(peer.received) == 1
    assert whole.encode() in peer.received[0][2]


def test_the_owner_of_the_tables_cannot_change_history_in_silence(two: Two):
    """
    Our own role owns the tables, so it may switch the triggers off. While they are off no gateway starts; and what was
    changed meanwhile is found by anybody who checks an evidence file, also when they are on again.
    """
    w, settings = two.w, two.w.gateway.settings
    evidence = w.call("counsellor", "GET", f"/v1/cases/{two.cases[0]}/evidence").get_data()
    assert evidence_check.verify(evidence).ok
    with w.gateway.runtime.database.begin() as connection:
        connection.execute(text("ALTER TABLE journal_facts DISABLE TRIGGER journal_facts_append_only"))
        changed = text(
            "UPDATE journal_facts SET facts = facts || '{\"total\": 1}' WHERE entry_id = "
            "(SELECT min(id) FROM journal WHERE case_id = :case AND kind = 'reply.accepted')"
        )
        assert connection.execute(changed, {"case": two.cases[0]}).rowcount == 1
    with pytest.raises(ConfigurationError, match="journal_facts"), assembled(settings, install=False):
        pass
    with w.gateway.runtime.database.begin() as connection:
        connection.execute(text("ALTER TABLE journal_facts ENABLE TRIGGER journal_facts_append_only"))
    with assembled(settings, install=False):
        pass
    evidence = w.call("counsellor", "GET", f"/v1/cases/{two.cases[0]}/evidence").get_data()
    verdict = evidence_check.verify(evidence)
    assert verdict.kind is evidence_check.Kind.ALTERED
    assert "its content is not what it committed to" in verdict.detail


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE journal DISABLE TRIGGER USER",
        "DROP TRIGGER consent_grant_never_emptied ON consent_grant",
        "ALTER TABLE journal_leaf ENABLE REPLICA TRIGGER journal_leaf_append_only",
    ],
)
def test_without_its_triggers_no_gateway_starts(change: str):
    """A sentence that names the table, not a start on doubt."""
    with world() as w:
        with w.gateway.runtime.database.begin() as connection:
            connection.execute(text(change))
        table = change.split(" TABLE ")[1].split()[0] if "TABLE" in change else "consent_grant"
        with pytest.raises(ConfigurationError, match=table), assembled(w.gateway.settings, install=False):
            pass
