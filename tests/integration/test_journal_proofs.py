"""The journal proves itself: whatever is changed, left out, put in another's place or taken back is found and named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from gateway.app import assembled
from gateway.documents import checkpoint as checkpoint_form
from gateway.documents import checkpoint_copy
from gateway.documents.checkpoint_copy import Copy
from gateway.documents.proof import Kind
from gateway.domain import merkle
from gateway.domain.checkpoint import LONGEST_SILENCE, Checkpoint
from gateway.keys import SigningKey
from gateway.services import keep_checkpoints
from gateway.services.change_keys import revoke_key, rotate_key
from gateway.services.hold_to_copies import OlderOrOther, accept, hold_to_copies, newest_copy, standing_copies
from gateway.services.keep_checkpoints import copy_place, sequence_journal
from gateway.services.verify_journal import Outside, Report, verify_journal
from gateway.storage import checkpoints, journal, journal_reading, journal_tree
from gateway.storage.journal import Entry
from tests.integration.support import World, world

GUARDED = ("journal", "journal_facts", "journal_leaf", "journal_node", "journal_checkpoint")


@contextmanager
def unguarded(w: World) -> Iterator[Any]:
    """What the owner of the tables could do: switch the triggers off, change something, and switch them on again."""
    with w.gateway.runtime.database.begin() as connection:
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for table in ("journal_facts", "journal_leaf", "journal_pending"):
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_entry_id_fkey"))
        yield connection
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def add(w: World, number: int, *, sequenced: bool = True) -> list[int]:
    """*number* entries in one transaction, numbered and under a checkpoint of their own."""
    with w.gateway.runtime.database.begin() as connection:
        entries = [Entry(kind="test.happened", actor="gateway", facts={"n": one, "t": "é\n"}) for one in range(number)]
        ids = journal.append(connection, w.now(), *entries)
    if sequenced:
        sequence_journal(w.gateway.runtime, w.now())
    return ids


def verified(w: World, *outside: bytes) -> Report:
    named = [Outside(name=f"copy {number}", content=content) for number, content in enumerate(outside)]
    return verify_journal(w.gateway.runtime, outside=named)


@pytest.fixture
def w() -> Iterator[World]:
    """Forty entries in four batches, so that subtrees of 16 and 32 leaves are stored."""
    with world() as made:
        with made.gateway.runtime.database.begin() as connection:
            there = journal_reading.pending_count(connection)  # what making a world leaves in the journal
        for number in (5 - there, 14, 20, 1):
            add(made, number)
        yield made


def test_a_whole_journal_is_whole(w: World) -> None:
    """Every entry, every checkpoint, the copy outside; and one moment is seen, with what waits for its number."""
    add(w, 3, sequenced=False)
    report = verify_journal(w.gateway.runtime, outside=standing_copies(w.gateway.runtime))
    assert (report.kind, report.place) == (Kind.OK, None), report
    assert (report.entries, report.waiting, report.checkpoints, report.copies) == (40, 3, 4, 1)


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with world() as made:
        yield made


@given(
    batches=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    places=st.lists(st.integers(0, 10**6), min_size=2, max_size=7),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_batches_can_be_proven(shared: World, batches: list[int], places: list[int]) -> None:
    """The stored tree gives the very proofs of RFC 9162, for any leaf and between any two states it ever had."""
    for number in batches:
        add(shared, number)
    with shared.gateway.runtime.database.begin() as connection:
        query = text("SELECT leaf_hash FROM journal_leaf ORDER BY leaf_index")
        leaves = [bytes(leaf) for leaf in connection.scalars(query)]
        size = 1 + places[0] % len(leaves)
        old = 1 + places[1] % size
        indexes = sorted({place % size for place in places[2:]})
        assert journal_tree.frontier(connection).root() == merkle.root(leaves)
        assert journal_tree.root_at(connection, size) == merkle.root(leaves[:size])
        assert journal_tree.root_at(connection, len(leaves) + 1) is None
        assert journal_tree.consistency_path(connection, old, size) == merkle.consistency_path(leaves[:size], old)
        assert journal_tree.inclusion_paths(connection, indexes, size) == {
            index: merkle.inclusion_path(leaves[:size], index) for index in indexes
        }
    assert verified(shared).kind is Kind.OK


def test_a_proof_beyond_the_log_is_refused(w: World) -> None:
    """Whoever asks for what is not there gets no proof that happens to look like one."""
    with w.gateway.runtime.database.begin() as connection:
        for ask in (
            lambda: journal_tree.inclusion_paths(connection, [40], 40),
            lambda: journal_tree.inclusion_paths(connection, [3], 4_000),
            lambda: journal_tree.consistency_path(connection, 40, 41),
            lambda: journal_tree.consistency_path(connection, 0, 40),
        ):
            with pytest.raises(IndexError):
                ask()


SWAP = "UPDATE {table} AS one SET {column} = other.{column} FROM {table} AS other WHERE one.{key} <> other.{key} AND one.{key} IN (7, 8) AND other.{key} IN (7, 8)"
FLIP = "UPDATE {table} SET {column} = set_byte({column}, {byte}, get_byte({column}, {byte}) # 1) WHERE {where}"
# What is done -> how the check must end, and what it must name.
TAMPERED: list[tuple[str, list[str], Kind, str]] = [
    ("facts", ["UPDATE journal_facts SET facts = facts || '{\"n\": 99}' WHERE entry_id = 7"], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("salt", [FLIP.format(table="journal_facts", column="salt", byte=3, where="entry_id = 7")], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("kind", ["UPDATE journal SET kind = 'test.other' WHERE id = 7"], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("actor", ["UPDATE journal SET actor = 'resident' WHERE id = 7"], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("time", ["UPDATE journal SET at = at + interval '1 microsecond' WHERE id = 7"], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("subject", ["UPDATE journal SET resident_id = gen_random_uuid() WHERE id = 7"], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("commitment", [FLIP.format(table="journal", column="commitment", byte=31, where="id = 7")], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("leaf", [FLIP.format(table="journal_leaf", column="leaf_hash", byte=0, where="entry_id = 7")], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("facts gone", ["DELETE FROM journal_facts WHERE entry_id = 7"], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("entry gone", ["DELETE FROM journal_facts WHERE entry_id = 7", "DELETE FROM journal WHERE id = 7"], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    ("leaf gone", ["DELETE FROM journal_leaf WHERE entry_id = 7"], Kind.NOT_IN_LOG, "leaf 6"),
    ("facts swapped", [SWAP.format(table="journal_facts", column="facts", key="entry_id")], Kind.NOT_IN_LOG, "entry 7 (leaf 6)"),
    (
        "leaves in another order",
        [
            "UPDATE journal_leaf SET leaf_index = -leaf_index WHERE leaf_index IN (6, 7)",
            "UPDATE journal_leaf SET leaf_index = 13 + leaf_index WHERE leaf_index < 0",
        ],
        Kind.INCONSISTENT, "the tree over leaves 0 to 15",
    ),
    ("subtree", [FLIP.format(table="journal_node", column="hash", byte=5, where="level = 4 AND place = 1")], Kind.INCONSISTENT, "the tree over leaves 16 to 31"),
    ("subtree gone", ["DELETE FROM journal_node WHERE level = 5"], Kind.INCONSISTENT, "the tree over leaves 0 to 31"),
    ("subtree too many", ["INSERT INTO journal_node VALUES (4, 2, '\\x00')"], Kind.INCONSISTENT, "the stored tree"),
    ("edge", ["UPDATE journal_frontier SET size = 32, hashes = hashes[1:1]"], Kind.INCONSISTENT, "the right edge of the tree"),
    ("edge is no tree", ["UPDATE journal_frontier SET size = 41"], Kind.INCONSISTENT, "the right edge of the tree"),
    ("end cut off", ["DELETE FROM journal_leaf WHERE leaf_index = 39"], Kind.INCONSISTENT, "the right edge of the tree"),
    ("checkpoint: size", ["UPDATE journal_checkpoint SET size = 20 WHERE id = 2"], Kind.SIGNATURE, "checkpoint 2"),
    ("checkpoint: impossible", ["UPDATE journal_checkpoint SET size = -1 WHERE id = 2"], Kind.INCONSISTENT, "checkpoint 2"),
    ("checkpoint: too long", ["UPDATE journal_checkpoint SET size = 41 WHERE id = 4"], Kind.INCONSISTENT, "checkpoint 4"),
    ("checkpoint: root", [FLIP.format(table="journal_checkpoint", column="root", byte=0, where="id = 2")], Kind.SIGNATURE, "checkpoint 2"),
    ("checkpoint: time", ["UPDATE journal_checkpoint SET at = at + interval '1 s' WHERE id = 2"], Kind.SIGNATURE, "checkpoint 2"),
    ("checkpoint: kid", ["UPDATE journal_checkpoint SET kid = 'other' WHERE id = 2"], Kind.SIGNATURE, "checkpoint 2"),
    ("checkpoint: signed", ["UPDATE journal_checkpoint SET signed = overlay(signed placing 'AA' from 200) WHERE id = 2"], Kind.SIGNATURE, "checkpoint 2"),
    ("checkpoint of another size", ["UPDATE journal_checkpoint SET signed = (SELECT signed FROM journal_checkpoint WHERE id = 3) WHERE id = 2"], Kind.SIGNATURE, "checkpoint 2"),
    ("slipped past the log", ["DELETE FROM journal_pending"], Kind.NOT_IN_LOG, "entry 41"),
    ("waits twice", ["INSERT INTO journal_pending VALUES (7)"], Kind.NOT_IN_LOG, "entry 7"),
    ("waiting, and changed", ["UPDATE journal SET kind = 'test.other' WHERE id = 41"], Kind.NOT_IN_LOG, "entry 41 (waits for its leaf)"),
]  # fmt: skip


@pytest.mark.parametrize("changes, kind, place", [case[1:] for case in TAMPERED], ids=[case[0] for case in TAMPERED])
def test_what_the_owner_of_the_database_changes_is_found_and_named(
    w: World, changes: list[str], kind: Kind, place: str
) -> None:
    """Bar "Tamper": each table, each column, one byte; and entries that were dropped, swapped or slipped in."""
    add(w, 1, sequenced=False)
    assert verified(w).kind is Kind.OK
    with unguarded(w) as connection:
        for change in changes:
            assert connection.execute(text(change)).rowcount > 0, change
    report = verified(w)
    assert (report.kind, report.place) == (kind, place), report


def rebuild(w: World, connection: Any, size: int) -> None:
    """Make leaves, stored tree and edge fit what stands in `journal` now: what whoever owns the code could do."""
    query = "SELECT leaf_index, commitment FROM journal_leaf JOIN journal ON id = entry_id WHERE leaf_index < :size ORDER BY leaf_index"
    rows = connection.execute(text(query), {"size": size}).all()
    connection.execute(text("DELETE FROM journal_node"))
    connection.execute(text("DELETE FROM journal_leaf WHERE leaf_index >= :size"), {"size": size})
    frontier, completed = merkle.Frontier().extended(merkle.leaf_hash(bytes(row.commitment)) for row in rows)
    for (level, index), hashed in completed:
        if level == 0:
            update = text("UPDATE journal_leaf SET leaf_hash = :hash WHERE leaf_index = :index")
            connection.execute(update, {"hash": hashed, "index": index})
    journal_tree.store(connection, completed)
    update = text("UPDATE journal_frontier SET size = :size, hashes = :hashes")
    connection.execute(update, {"size": frontier.size, "hashes": list(frontier.hashes)})


REWRITE = "UPDATE journal SET commitment = (SELECT commitment FROM journal WHERE id = 2) WHERE id = 7"


def test_a_tree_that_was_made_to_fit_does_not_fit_its_checkpoints(w: World) -> None:
    """Fork: an entry rewritten with everything that is computed from it. What was signed before gives it away."""
    with unguarded(w) as connection:
        connection.execute(text("DELETE FROM journal_facts WHERE entry_id = 7"))
        connection.execute(
            text("INSERT INTO journal_facts SELECT 7, salt, facts FROM journal_facts WHERE entry_id = 2")
        )
        connection.execute(text(REWRITE))
        connection.execute(
            text("UPDATE journal AS one SET at = other.at FROM journal AS other WHERE one.id = 7 AND other.id = 2")
        )
        rebuild(w, connection, 40)
    report = verified(w)
    assert (report.kind, report.place) == (Kind.INCONSISTENT, "checkpoint 2"), report
    assert "one of leaves 5 to 18" in report.detail


def test_a_forked_log_with_checkpoints_made_anew_does_not_fit_a_witness(w: World) -> None:
    """Even who holds the key cannot take back what a witness has seen; a new log of the same length is another log."""
    seen = checkpoint_copy.to_bytes(newest_copy(w.gateway.runtime, since=None))
    keys = w.gateway.runtime.keys
    with unguarded(w) as connection:
        connection.execute(text("UPDATE journal_leaf SET leaf_index = -leaf_index WHERE leaf_index IN (6, 7)"))
        connection.execute(text("UPDATE journal_leaf SET leaf_index = 13 + leaf_index WHERE leaf_index < 0"))
        rebuild(w, connection, 40)
        connection.execute(text("DELETE FROM journal_checkpoint"))
        root = journal_tree.frontier(connection).root()
        forged = Checkpoint(size=40, root=root, at=w.now(), kid=keys.kid)
        signed = checkpoint_form.sign(forged, lambda payload, typ: keys.sign(payload, typ=typ))
        checkpoints.add(connection, forged, signed)
    assert verified(w).kind is Kind.OK, "by itself it holds"
    report = verified(w, seen)
    assert (report.kind, report.place) == (Kind.INCONSISTENT, "copy 0")
    with pytest.raises(OlderOrOther, match="are not those of"):
        hold_to_copies(w.gateway.runtime)


def test_a_replaced_key_is_found(w: World) -> None:
    """A checkpoint under a key of somebody else's making: unknown, whatever it says."""
    other = SigningKey.generate()
    with unguarded(w) as connection:
        newest = checkpoints.newest(connection)
        assert newest is not None
        signed = checkpoint_form.sign(newest.checkpoint, lambda payload, typ: other.sign(payload, typ=typ))
        connection.execute(text("UPDATE journal_checkpoint SET signed = :signed WHERE id = 4"), {"signed": signed})
    report = verified(w)
    assert (report.kind, report.place) == (Kind.KEY, "checkpoint 4")


# --- Erasing ----------------------------------------------------------------------------------------


def test_an_erased_entry_leaves_every_proof_valid_and_nothing_to_read(w: World) -> None:
    """I20: facts and salt are gone, the journal is whole, and the check says how many were erased."""
    with w.gateway.runtime.database.begin() as connection:
        assert journal.erase_facts(connection, [7, 8, 41]) == 2
        assert journal.erase_facts(connection, [8, 9]) == 1
        assert journal.erase_facts(connection, []) == 0
    report = verified(w)
    assert (report.kind, report.entries, report.erased) == (Kind.OK, 40, 3)
    with w.gateway.runtime.database.begin() as connection:
        left = connection.execute(text("SELECT facts, salt FROM journal_facts WHERE entry_id = 7")).one()
    assert (left.facts, left.salt) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_facts SET facts = NULL, salt = NULL",
        "SET LOCAL gateway.erases = 'facts'; UPDATE journal_facts SET facts = '{}' WHERE entry_id = 7",
        "SET LOCAL gateway.erases = 'facts'; UPDATE journal_facts SET facts = 'null' WHERE entry_id = 7",
        "SET LOCAL gateway.erases = 'facts'; UPDATE journal_facts SET salt = NULL WHERE entry_id = 7",
        "SET LOCAL gateway.erases = 'facts'; UPDATE journal_facts SET entry_id = 99, facts = NULL, salt = NULL WHERE entry_id = 7",
        "SET LOCAL gateway.erases = 'facts'; DELETE FROM journal_facts WHERE entry_id = 7",
        "SET LOCAL gateway.erases = 'facts'; UPDATE journal SET kind = 'x' WHERE id = 7",
        "SET LOCAL gateway.erases = 'facts'; DELETE FROM journal_leaf",
    ],
)
def test_nothing_but_an_erasure_gets_through(w: World, change: str) -> None:
    """Both at once, for a row that stays, in a transaction that says so; everything else is refused as before."""
    with pytest.raises(DBAPIError, match="append-only"), w.gateway.runtime.database.begin() as connection:
        connection.exec_driver_sql(change)
    assert verified(w).kind is Kind.OK


def test_what_was_erased_cannot_be_filled_in_again(w: World) -> None:
    """For good: neither the old facts nor others come back."""
    with w.gateway.runtime.database.begin() as connection:
        journal.erase_facts(connection, [7])
    change = (
        "SET LOCAL gateway.erases = 'facts'; UPDATE journal_facts SET facts = '{}', salt = 'abc' WHERE entry_id = 7"
    )
    with pytest.raises(DBAPIError, match="append-only"), w.gateway.runtime.database.begin() as connection:
        connection.exec_driver_sql(change)


# --- Checkpoints ------------------------------------------------------------------------------------


def signed_sizes(w: World) -> list[int]:
    with w.gateway.runtime.database.begin() as connection:
        return [kept.checkpoint.size for kept in checkpoints.page(connection, after=0, limit=1_000)]


def test_a_checkpoint_after_every_batch_and_every_hour(w: World) -> None:
    """Nothing new within the hour is not said twice; after an hour it is said again, for whoever watches."""
    assert signed_sizes(w) == [5, 19, 39, 40]
    sequence_journal(w.gateway.runtime, w.now())
    w.later(seconds=LONGEST_SILENCE.total_seconds() - 1)
    sequence_journal(w.gateway.runtime, w.now())
    assert signed_sizes(w) == [5, 19, 39, 40]
    w.later(seconds=1)
    sequence_journal(w.gateway.runtime, w.now())
    assert signed_sizes(w) == [5, 19, 39, 40, 40]
    assert verified(w).kind is Kind.OK


def test_an_empty_journal_says_nothing() -> None:
    """There is nothing to be consistent with, and nobody is told so every hour."""
    with world() as w:
        with unguarded(w) as connection:
            for table in ("journal_pending", "journal_facts", "journal"):
                connection.execute(text(f"DELETE FROM {table}"))
        assert sequence_journal(w.gateway.runtime, w.now()) == 0
        assert signed_sizes(w) == []
        assert not copy_place(w.gateway.runtime).exists()
        assert verified(w).kind is Kind.OK


def test_a_clock_that_was_set_back_contradicts_nothing(w: World) -> None:
    """The times of checkpoints never go down, whatever the machine thinks (edge case 19)."""
    add(w, 1, sequenced=False)
    sequence_journal(w.gateway.runtime, w.now() - timedelta(days=1))
    with w.gateway.runtime.database.begin() as connection:
        times = [kept.checkpoint.at for kept in checkpoints.page(connection, after=0, limit=10)]
    assert times == sorted(times)


def test_a_second_sequencer_gives_way(w: World) -> None:
    """While one is at work the other does nothing, also not what the hour asks for, and waits for nothing."""
    add(w, 3, sequenced=False)
    w.later(hours=2)
    done: list[int] = []
    with w.gateway.runtime.database.begin() as connection:
        assert journal.take_sequencer(connection)
        other = Thread(target=lambda: done.append(sequence_journal(w.gateway.runtime, w.now())))
        other.start()
        other.join(timeout=20)
        assert done == [0]
    assert signed_sizes(w) == [5, 19, 39, 40]
    assert sequence_journal(w.gateway.runtime, w.now()) == 3


def test_many_sequencers_at_once_number_everything_once(w: World) -> None:
    """Eight at the same time, with entries coming in: one leaf each, no gap, and every checkpoint holds."""
    failed: list[BaseException] = []

    def busy() -> None:
        try:
            for _ in range(5):
                add(w, 3)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [Thread(target=busy) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    sequence_journal(w.gateway.runtime, w.now())
    report = verified(w)
    assert (report.kind, report.entries, report.waiting) == (Kind.OK, 160, 0), report


@pytest.mark.parametrize("table", ["journal_leaf", "journal_node", "journal_frontier", "journal_checkpoint"])
def test_a_crash_between_two_steps_leaves_nothing_half_done(w: World, table: str) -> None:
    """The numbering, the tree and the checkpoint are one commit: cut off at any statement, nothing of it is there."""
    add(w, 30, sequenced=False)
    engine = w.gateway.runtime.database._engine

    def cut(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith((f"INSERT INTO {table}", f"UPDATE {table}")):
            raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(KeyboardInterrupt):
            sequence_journal(w.gateway.runtime, w.now())
    finally:
        event.remove(engine, "before_cursor_execute", cut)
    report = verified(w)
    assert (report.kind, report.entries, report.waiting, report.checkpoints) == (Kind.OK, 40, 30, 4)
    assert sequence_journal(w.gateway.runtime, w.now()) == 30
    assert verified(w).entries == 70


def test_a_crash_before_the_copy_is_written_leaves_a_copy_that_fits(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is behind then, which it may be; it is never ahead of the database."""
    before = copy_place(w.gateway.runtime).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(keep_checkpoints, "_keep_copy", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            add(w, 2)
    assert copy_place(w.gateway.runtime).read_bytes() == before
    hold_to_copies(w.gateway.runtime)
    add(w, 1)
    assert copy_place(w.gateway.runtime).read_bytes() != before
    assert verify_journal(w.gateway.runtime, outside=standing_copies(w.gateway.runtime)).copies == 1


def test_a_disk_that_is_full_keeps_nobody_from_being_numbered(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard is one checkpoint behind; the resident's word is numbered and can be proven."""
    before = copy_place(w.gateway.runtime).read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint_copy, "write_file", full)
    add(w, 2)
    assert signed_sizes(w)[-1] == 42
    assert copy_place(w.gateway.runtime).read_bytes() == before


def test_appending_costs_what_it_did(w: World) -> None:
    """Three statements, however many entries; the proofs are made afterwards, by somebody else."""
    sent: list[str] = []
    engine = w.gateway.runtime.database._engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]), named=False)
    for number in (1, 50):
        sent.clear()
        add(w, number, sequenced=False)
        assert len(sent) == 3, sent


# --- An older or another database (edge case 54) ------------------------------------------------------


def restored(w: World, size: int) -> None:
    """The database as it was when the log had *size* entries, beside a data folder of now."""
    with unguarded(w) as connection:
        rebuild(w, connection, size)
        connection.execute(text("DELETE FROM journal_checkpoint WHERE size > :size"), {"size": size})
        connection.execute(text("DELETE FROM journal_facts WHERE entry_id > :size"), {"size": size})
        connection.execute(text("DELETE FROM journal WHERE id > :size"), {"size": size})


def test_an_older_backup_is_noticed_at_the_start(w: World) -> None:
    """By itself it is whole; the copy in the data folder knows better, and says what to do."""
    restored(w, 19)
    assert verified(w).kind is Kind.OK
    with pytest.raises(OlderOrOther, match=r"40 entries; this database has 19.*gateway journal accept") as refused:
        hold_to_copies(w.gateway.runtime)
    assert str(copy_place(w.gateway.runtime)) in refused.value.detail
    with pytest.raises(OlderOrOther), assembled(w.gateway.settings, install=False):
        pass
    report = verify_journal(w.gateway.runtime, outside=standing_copies(w.gateway.runtime))
    assert report.kind is Kind.INCONSISTENT
    assert report.place == str(copy_place(w.gateway.runtime))


def test_a_backup_that_grew_on_is_noticed_too(w: World) -> None:
    """It was started somewhere without the copy and has as many entries by now: another log, of the same length."""
    restored(w, 19)
    copy = copy_place(w.gateway.runtime).read_bytes()
    with w.gateway.runtime.database.begin() as connection:
        journal.append(connection, w.now(), *(Entry(kind="test.other", actor="gateway") for _ in range(30)))
    sequence_journal(w.gateway.runtime, w.now())
    copy_place(w.gateway.runtime).write_bytes(copy)
    with pytest.raises(OlderOrOther, match="are not those of"):
        hold_to_copies(w.gateway.runtime)


def test_the_copy_that_knows_more_is_never_overwritten(w: World) -> None:
    """A gateway that runs on while its database is put back under it does not wipe out the trace of that."""
    before = copy_place(w.gateway.runtime).read_bytes()
    restored(w, 19)
    add(w, 2)
    assert copy_place(w.gateway.runtime).read_bytes() == before


def test_somebody_may_accept_it_by_name(w: World) -> None:
    """Journalled with who and why; the copy is kept under another name, and from then on the gateway starts."""
    restored(w, 19)
    [found] = accept(w.gateway.runtime, w.now(), by="j.devries", reason="backup_restored")
    assert found.size == 40
    hold_to_copies(w.gateway.runtime)
    with w.gateway.runtime.database.begin() as connection:
        [row] = journal.of_kind(connection, "journal.copy_set_aside")
    assert row["actor"] == "administrator:j.devries"
    assert row["facts"] | {"copy_sha256": ""} == {
        "copy_sha256": "", "copy_size": 40, "log_size": 19, "reason": "backup_restored",
    }  # fmt: skip
    names = {path.name for path in w.gateway.settings.data.glob("journal-checkpoint*")}
    assert names == {"journal-checkpoint.json", "journal-checkpoint-set-aside-20260424T080000Z.json"}
    assert verify_journal(w.gateway.runtime, outside=standing_copies(w.gateway.runtime)).kind is Kind.OK
    assert accept(w.gateway.runtime, w.now(), by="j.devries", reason="backup_restored") == []


def test_a_witness_named_in_the_settings_is_held_to(w: World) -> None:
    """Also where the data folder was put back together with the database: the witness is elsewhere."""
    kept = w.gateway.settings.data / "witness.json"
    checkpoint_copy.write_file(kept, newest_copy(w.gateway.runtime, since=None))
    runtime = replace(w.gateway.runtime, settings=replace(w.gateway.settings, witnesses=(kept,)))
    hold_to_copies(runtime)
    restored(w, 19)
    copy_place(runtime).unlink()
    with pytest.raises(OlderOrOther, match=r"witness\.json"):
        hold_to_copies(runtime)
    assert len(accept(runtime, w.now(), by="j.devries", reason="backup_restored")) == 1
    hold_to_copies(runtime)
    kept.unlink()
    with pytest.raises(OlderOrOther, match="missing"):
        hold_to_copies(runtime)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 10_000, b"\xff", None], ids=["empty", "other", "deep", "binary", "flipped"]
)
def test_a_copy_that_is_damaged_is_no_copy(w: World, content: bytes | None) -> None:
    """On doubt the gateway does not start; a person may say that it was the disk."""
    place = copy_place(w.gateway.runtime)
    place.write_bytes(place.read_bytes().replace(b"ey", b"eZ") if content is None else content)
    with pytest.raises(OlderOrOther):
        hold_to_copies(w.gateway.runtime)
    assert len(accept(w.gateway.runtime, w.now(), by="j.devries", reason="copy_damaged")) == 1
    hold_to_copies(w.gateway.runtime)


def test_one_changed_byte_anywhere_in_a_copy_is_found(w: World) -> None:
    """Every byte of the signed checkpoint, a bit of it turned."""
    copy = newest_copy(w.gateway.runtime, since=None)
    chosen = random.Random(5)
    for place in range(len(copy.signed)):
        bent = (
            copy.signed[:place] + chr(ord(copy.signed[place]) ^ (1 << chosen.randrange(7))) + copy.signed[place + 1 :]
        )
        content = json.dumps({"format": "creditor-gateway-checkpoint", "version": 1, "checkpoint": bent}).encode()
        assert verified(w, content).kind in (Kind.SIGNATURE, Kind.KEY, Kind.UNREADABLE), (place, bent)


# --- Keys -------------------------------------------------------------------------------------------


def reloaded(w: World) -> World:
    """The gateway, started again."""
    from gateway.keys import Keys

    keys = Keys.load(w.gateway.settings.data / "keys")
    gateway = replace(w.gateway, runtime=replace(w.gateway.runtime, keys=keys))
    return replace(w, gateway=gateway)


def test_what_an_older_key_signed_still_verifies(w: World) -> None:
    """G33: rotation is a matter of seconds, and the journal is whole before and after it."""
    old, new = rotate_key(w.gateway.runtime, w.now(), by="j.devries")
    again = reloaded(w)
    assert again.gateway.runtime.keys.kid == new != old
    add(again, 2)
    assert verified(again).kind is Kind.OK
    assert [jwk["kid"] for jwk in again.gateway.runtime.keys.public_jwks()["keys"]] == [new, old]
    assert [jwk.get("exp") is not None for jwk in again.gateway.runtime.keys.key_history()["keys"]] == [False, True]


def test_a_revoked_key_is_vouched_for_by_the_present_one(w: World) -> None:
    """Edge case 55: leaked last week, noticed today. What it signed since proves nothing; a new checkpoint covers it."""
    old, _ = rotate_key(w.gateway.runtime, w.now(), by="j.devries")
    again = reloaded(w)
    since = w.now() - timedelta(days=7)
    revoke_key(again.gateway.runtime, old, since, "compromised", w.now(), by="j.devries")
    again = reloaded(again)
    assert [jwk["kid"] for jwk in again.gateway.runtime.keys.public_jwks()["keys"]] == [again.gateway.runtime.keys.kid]
    report = verified(again)
    assert (report.kind, report.unvouched) == (Kind.OK, 4), report
    hold_to_copies(again.gateway.runtime)
    with unguarded(again) as connection:
        connection.execute(text("DELETE FROM journal_checkpoint WHERE kid <> :old"), {"old": old})
    report = verified(again)
    assert (report.kind, report.place) == (Kind.KEY, "checkpoint 4"), "nobody stands for it any more"


def test_a_copy_of_another_log_under_our_own_key_is_refused(w: World) -> None:
    """Two databases, one key folder: each is whole, and together they are a fork."""
    keys = w.gateway.runtime.keys
    other = Checkpoint(size=12, root=bytes(32), at=w.now(), kid=keys.kid)
    signed = checkpoint_form.sign(other, lambda payload, typ: keys.sign(payload, typ=typ))
    report = verified(w, checkpoint_copy.to_bytes(Copy(signed=signed)))
    assert (report.kind, report.place, report.entries) == (Kind.INCONSISTENT, "copy 0", 12)


def test_progress_is_told_and_memory_does_not_grow(w: World) -> None:
    """Told after every page, up to all."""
    told: list[tuple[int, int]] = []
    progress: Callable[[int, int], None] = lambda done, whole: told.append((done, whole))  # noqa: E731
    verify_journal(w.gateway.runtime, on_progress=progress)
    assert told[-1] == (40, 40)
