"""The journal's Merkle tree as it is stored: a proof takes a number of reads that grows with the log of its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, Connection, SmallInteger, bindparam, cast, func, insert, select

from gateway.domain import merkle
from gateway.domain.merkle import Frontier, Node
from gateway.storage.tables import journal_frontier, journal_leaf, journal_node

# Subtrees of 16 leaves and more are stored, one row for eight leaves; smaller ones are hashed again from their leaves,
# which stand side by side in the primary key.
STORED_FROM = 4
_PAGE = 5_000  # nodes or leaves asked for in one statement


def frontier(connection: Connection, *, for_update: bool = False) -> Frontier:
    """The right edge of the tree as the sequencer left it; *for_update* holds it until the end of the transaction."""
    query = select(journal_frontier)
    row = connection.execute(query.with_for_update() if for_update else query).one()
    return Frontier(row.size, tuple(bytes(hashed) for hashed in row.hashes))


def store(connection: Connection, completed: Iterable[tuple[Node, bytes]]) -> None:
    """Keep the subtrees that a batch of leaves completed; one statement, and none when there are none."""
    rows = [
        {"level": level, "place": place, "hash": hashed} for (level, place), hashed in completed if level >= STORED_FROM
    ]
    if rows:
        connection.execute(insert(journal_node), rows)


def root_at(connection: Connection, size: int) -> bytes | None:
    """The root over the first *size* leaves; None when the log was never that long."""
    return next(iter(_joined(connection, [merkle.root_nodes(size)])), None)


def inclusion_paths(connection: Connection, indexes: Sequence[int], size: int) -> dict[int, list[bytes]]:
    """
    For each of these leaves the proof that it is in the tree of *size* (RFC 9162 section 2.1.3.1), nearest hash first.

    Raises:
        IndexError: There is no such leaf in a tree of that size, or the log is not that long.
    """
    wanted = {index: merkle.inclusion_nodes(index, size) for index in indexes}
    groups = [nodes for path in wanted.values() for nodes in path]
    hashes = iter(_all_of(connection, groups))
    return {index: [next(hashes) for _ in path] for index, path in wanted.items()}


def consistency_path(connection: Connection, old_size: int, new_size: int) -> list[bytes]:
    """
    The proof that the tree of *new_size* begins with that of *old_size* (RFC 9162 section 2.1.4.1).

    Raises:
        IndexError: *old_size* is not between 1 and *new_size*, or the log is not that long.
    """
    return _all_of(connection, merkle.consistency_nodes(old_size, new_size))


def leaf_at(connection: Connection, index: int) -> bytes | None:
    """The hash of the leaf with this number; None when there is none."""
    found = connection.scalar(select(journal_leaf.c.leaf_hash).where(journal_leaf.c.leaf_index == index))
    return bytes(found) if found is not None else None


def _all_of(connection: Connection, groups: Sequence[Sequence[Node]]) -> list[bytes]:
    found = list(_joined(connection, groups))
    if len(found) != len(groups):
        raise IndexError("the log is not that long")
    return found


def _joined(connection: Connection, groups: Sequence[Sequence[Node]]) -> Iterator[bytes]:
    """The hash over each group of adjacent subtrees; stops at the first one that is not in the log."""
    known = _hashes(connection, {node for nodes in groups for node in nodes})
    for nodes in groups:
        if not all(node in known for node in nodes):
            return
        yield merkle.join([known[node] for node in nodes])


def _hashes(connection: Connection, nodes: Iterable[Node]) -> Mapping[Node, bytes]:
    """The hashes of these subtrees, as far as they are in the log."""
    wanted = set(nodes)
    stored = sorted(node for node in wanted if node[0] >= STORED_FROM)
    found = dict(_stored(connection, stored))
    small = [node for node in wanted if node[0] < STORED_FROM]
    leaves = dict(_leaves(connection, sorted({index for node in small for index in _span(node)})))
    for node in small:
        under = [leaves[index] for index in _span(node) if index in leaves]
        if len(under) == 1 << node[0]:
            found[node] = merkle.root(under)
    return found


def _span(node: Node) -> range:
    level, place = node
    return range(place << level, (place + 1) << level)


def _stored(connection: Connection, nodes: Sequence[Node]) -> Iterator[tuple[Node, bytes]]:
    for start in range(0, len(nodes), _PAGE):
        page = nodes[start : start + _PAGE]
        asked = (
            func.unnest(
                cast(bindparam("levels", [level for level, _ in page]), ARRAY(SmallInteger)),
                cast(bindparam("places", [place for _, place in page]), ARRAY(BigInteger)),
            )
            .table_valued("level", "place", name="asked")
            .render_derived()
        )
        query = select(journal_node).join(
            asked, (journal_node.c.level == asked.c.level) & (journal_node.c.place == asked.c.place)
        )
        yield from (((row.level, row.place), bytes(row.hash)) for row in connection.execute(query))


def _leaves(connection: Connection, indexes: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(indexes), _PAGE):
        page = indexes[start : start + _PAGE]
        query = select(journal_leaf.c.leaf_index, journal_leaf.c.leaf_hash).where(
            journal_leaf.c.leaf_index == func.any(cast(bindparam("indexes", list(page)), ARRAY(BigInteger)))
        )
        yield from ((row.leaf_index, bytes(row.leaf_hash)) for row in connection.execute(query))
