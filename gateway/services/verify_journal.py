"""Check the whole journal in the database: every entry, every leaf, the tree, and everything it ever said of itself."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway import keys
from gateway.documents import checkpoint as form
from gateway.documents import checkpoint_copy
from gateway.documents.proof import Kind, Unproven
from gateway.domain import merkle
from gateway.domain.checkpoint import Checkpoint
from gateway.domain.merkle import Frontier
from gateway.services.runtime import Runtime
from gateway.storage import checkpoints, journal, journal_reading, journal_tree
from gateway.storage.checkpoints import Kept
from gateway.storage.database import Connection, Row

Progress = Callable[[int, int], None]  # how many entries were checked, of how many


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A copy of a checkpoint from outside the database: *name* says which, *content* is its bytes."""

    name: str
    content: bytes


@dataclass(kw_only=True)
class Report:
    """
    What the check found.

    Args:
        place: The first thing with which something is wrong; None when all is well.
        entries: How many entries were proven, of which *erased* only as to their place.
        waiting: How many have no number yet.
        unvouched: How many checkpoints are of a key that was revoked by then; a later one stands for them.
        copies: How many checkpoints from outside the database agree.
    """

    kind: Kind = Kind.OK
    detail: str = "Every entry is what it committed to, and the log is what it ever said it was."
    place: str | None = None
    entries: int = 0
    erased: int = 0
    waiting: int = 0
    checkpoints: int = 0
    unvouched: int = 0
    copies: int = 0
    size: int = 0
    root: str = field(default=merkle.EMPTY_ROOT.hex())


class _Wrong(Exception):
    """Carries the first thing that is wrong out of the checks."""

    def __init__(self, kind: Kind, place: str, detail: str) -> None:
        self.kind, self.place, self.detail = kind, place, detail


def verify_journal(
    runtime: Runtime, *, outside: Sequence[Outside] = (), on_progress: Progress = lambda _done, _all: None
) -> Report:
    """
    Check everything, in the order of the log, and name the first thing that is wrong.

    One moment of the database is seen throughout, so it may be run beside a gateway that works. What is kept in
    memory does not grow with the log.

    Raises:
        Unavailable: The database is away.
    """
    report = Report()
    with runtime.database.begin() as connection:
        journal_reading.one_moment(connection)
        try:
            _check(connection, runtime.keys.key_history(), outside, report, on_progress)
        except _Wrong as wrong:
            report.kind, report.place, report.detail = wrong.kind, wrong.place, wrong.detail
    return report


def _check(
    connection: Connection,
    jwks: Mapping[str, Any],
    outside: Sequence[Outside],
    report: Report,
    on_progress: Progress,
) -> None:
    said = _Said(connection, jwks, outside, report)
    total = journal_reading.leaf_count(connection)
    frontier = Frontier()
    said.hold(frontier)
    for rows in journal_reading.leaves(connection):
        frontier = _check_page(connection, frontier, rows, said, report)
        on_progress(report.entries, total)
    _check_edge(connection, frontier, report)
    said.finish(frontier)
    _check_waiting(connection, report)


def _check_page(
    connection: Connection, frontier: Frontier, rows: Sequence[Row], said: _Said, report: Report
) -> Frontier:
    """A page of leaves: each entry with its leaf, the subtrees they complete, and the checkpoints on the way."""
    before = frontier.size
    completed: dict[merkle.Node, bytes] = {}
    wrong: _Wrong | None = None
    for row in rows:
        _check_leaf(row, frontier.size)
        leaf = bytes(row["leaf_hash"])
        completed |= {node: hashed for node, hashed in frontier.completed(leaf) if node[0] >= journal_tree.STORED_FROM}
        frontier = frontier.append(leaf)
        report.entries += 1
        report.erased += row["salt"] is None
        try:
            said.hold(frontier)
        except _Wrong as found:
            wrong = found
            break
    _check_stored(completed, journal_reading.subtrees(connection, before, frontier.size))
    if wrong is not None:  # the stored tree would have named a smaller place
        raise wrong
    return frontier


def _check_stored(completed: Mapping[merkle.Node, bytes], stored: Mapping[merkle.Node, bytes]) -> None:
    for node in sorted(completed.keys() | stored.keys(), key=lambda node: (node[1] << node[0], node[0])):
        if stored.get(node) != completed.get(node):
            first, last = node[1] << node[0], ((node[1] + 1) << node[0]) - 1
            detail = "What is stored of the tree over these entries is not what they give."
            raise _Wrong(Kind.INCONSISTENT, f"the tree over leaves {first} to {last}", detail)


def _check_leaf(row: Row, index: int) -> None:
    if row["leaf_index"] != index:
        detail = f"The leaf after it has number {row['leaf_index']}: entries were taken out of the log."
        raise _Wrong(Kind.NOT_IN_LOG, f"leaf {index}", detail)
    place = f"entry {row['entry_id']} (leaf {index})"
    _check_entry(row, place)
    if merkle.leaf_hash(bytes(row["commitment"])) != bytes(row["leaf_hash"]):
        raise _Wrong(Kind.NOT_IN_LOG, place, "Its leaf is not the leaf of its commitment.")


def _check_entry(row: Row, place: str) -> None:
    if not row["found"]:
        raise _Wrong(Kind.NOT_IN_LOG, place, "The entry itself is gone.")
    if not row["beside"]:
        raise _Wrong(Kind.NOT_IN_LOG, place, "Its facts are gone, and not by an erasure.")
    if row["salt"] is None:
        return  # erased: its place is proven, what it said is nobody's any more
    try:
        content = journal.canonical_row(row)
        holds = keys.same(keys.commit(bytes(row["salt"]), content), bytes(row["commitment"]))
    except (ValueError, TypeError):
        holds = False
    if not holds:
        raise _Wrong(Kind.NOT_IN_LOG, place, "Its content is not what it committed to.")


def _check_edge(connection: Connection, frontier: Frontier, report: Report) -> None:
    """The tree ends where the sequencer left it, and no more of it is stored than there is."""
    report.size, report.root = frontier.size, frontier.root().hex()
    try:
        edge = journal_tree.frontier(connection)
    except ValueError:
        edge = None
    if edge != frontier:
        said = f"{edge.size} leaves" if edge is not None else "something that is no tree"
        detail = f"The right edge that the sequencer works with says {said}; the log has {frontier.size}, or others."
        raise _Wrong(Kind.INCONSISTENT, "the right edge of the tree", detail)
    if journal_reading.node_count(connection) != journal_reading.stored_by(frontier.size):
        detail = "More of the tree is stored than the log has leaves for."
        raise _Wrong(Kind.INCONSISTENT, "the stored tree", detail)


def _check_waiting(connection: Connection, report: Report) -> None:
    """Whatever has no leaf waits for one, and is whole."""
    if (lost := journal_reading.first_without_place(connection)) is not None:
        raise _Wrong(Kind.NOT_IN_LOG, f"entry {lost}", "It has no leaf and does not wait for one.")
    if (twice := journal_reading.first_with_two_places(connection)) is not None:
        raise _Wrong(Kind.NOT_IN_LOG, f"entry {twice}", "It has a leaf and waits for another one.")
    for rows in journal_reading.waiting(connection):
        for row in rows:
            _check_entry(row, f"entry {row['entry_id']} (waits for its leaf)")
            report.waiting += 1


class _Said:
    """What the journal said of itself, held to the tree as it grows: its own checkpoints and those from outside."""

    def __init__(
        self, connection: Connection, jwks: Mapping[str, Any], outside: Sequence[Outside], report: Report
    ) -> None:
        self._jwks, self._report = jwks, report
        self._unvouched: tuple[str, str] | None = None
        ours = ((kept.checkpoint.size, 0, kept.number, kept) for kept in checkpoints.by_size(connection))
        theirs = sorted(self._read_outside(outside), key=lambda one: one[:3])
        self._ahead: Iterator[tuple[int, int, int, Any]] = heapq.merge(ours, theirs, key=lambda one: one[:3])
        self._next = next(self._ahead, None)
        self._newest_number = 0
        self._agreed = 0  # up to here something signed says the same

    def hold(self, frontier: Frontier) -> None:
        """Whatever was said of a log of this size must be said of this one."""
        while self._next is not None and self._next[0] <= frontier.size:
            size, _, _, said = self._next
            if size == frontier.size:
                self._hold_one(said, frontier.root())
            else:  # only a size below nought is behind us
                raise _Wrong(Kind.INCONSISTENT, self._named(said), "It speaks of a log that cannot be.")
            self._next = next(self._ahead, None)

    def finish(self, frontier: Frontier) -> None:
        """Nothing was said of a longer log, and what a revoked key said was said again by another."""
        if self._next is not None:
            size, _, _, said = self._next
            detail = (
                f"It speaks of {size} entries, and the log has {frontier.size}: entries were taken from its end, or "
                "this is an older copy of the database."
            )
            raise _Wrong(Kind.INCONSISTENT, self._named(said), detail)
        if self._unvouched is not None:
            raise _Wrong(Kind.KEY, *self._unvouched)

    def _hold_one(self, said: Any, root: bytes) -> None:
        if isinstance(said, Kept):
            self._hold_own(said, root)
        else:
            name, checkpoint = said
            if checkpoint.root != root:
                raise self._other_log(name, checkpoint.size)
            self._report.copies += 1
            self._agreed = checkpoint.size

    def _hold_own(self, kept: Kept, root: bytes) -> None:
        place = self._named(kept)
        try:
            proven = form.read_unheld(kept.signed, self._jwks)
        except Unproven as unproven:
            raise _Wrong(unproven.kind, place, unproven.detail) from unproven
        if proven.checkpoint != kept.checkpoint:
            raise _Wrong(Kind.SIGNATURE, place, "What is signed is not what stands beside the signature.")
        if kept.number < self._newest_number:
            raise _Wrong(Kind.INCONSISTENT, place, "It speaks of a longer log than one that was signed after it.")
        self._newest_number = kept.number
        if kept.checkpoint.root != root:
            raise self._other_log(place, kept.checkpoint.size)
        self._report.checkpoints += 1
        self._agreed = kept.checkpoint.size
        if proven.key.standing is keys.Standing.REVOKED:
            self._report.unvouched += 1
            self._unvouched = (place, "It is signed with a revoked key, and no later one stands for it.")
        else:
            self._unvouched = None

    def _read_outside(self, outside: Sequence[Outside]) -> Iterator[tuple[int, int, int, tuple[str, Checkpoint]]]:
        for number, one in enumerate(outside):
            try:
                signed = checkpoint_copy.from_bytes(one.content).signed
                checkpoint = form.read_unheld(signed, self._jwks).checkpoint
            except Unproven as unproven:
                raise _Wrong(unproven.kind, one.name, unproven.detail) from unproven
            yield checkpoint.size, 1, number, (one.name, checkpoint)

    def _named(self, said: Any) -> str:
        return f"checkpoint {said.number}" if isinstance(said, Kept) else str(said[0])

    def _other_log(self, place: str, size: int) -> _Wrong:
        detail = (
            f"It says another root over the first {size} entries: one of leaves {self._agreed} to {size - 1} was "
            "changed, moved or put in another's place since, or it is of another log."
        )
        return _Wrong(Kind.INCONSISTENT, place, detail)
