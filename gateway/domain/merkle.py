"""The Merkle tree of RFC 9162 section 2.1: one hash for a whole log, short proofs that nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Below, a leaf is always the hash of an entry (`leaf_hash`), 32 bytes; an entry itself never enters the tree.

Node = tuple[int, int]
"""
A perfect subtree, as (level, index): over the leaves from index * 2**level up to (index + 1) * 2**level.

Once its leaves are there its hash never changes, so a log that stores these can prove anything in O(log n).
"""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """
    The leaf of one log entry.

    Leaves and nodes start with another byte, so that no inner node can be passed off as an entry
    ("domain separation is required to give second preimage resistance", section 2.1.1).
    """
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """
    The right edge of a growing tree: all that is needed to append, and to know the root.

    Args:
        size: The number of leaves so far.
        hashes: The roots of the perfect subtrees that make up the tree, biggest and leftmost first:
            one for every 1 in the binary form of *size*, so at most 64 for any log there will ever be.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or self.size.bit_count() != len(self.hashes):
            raise ValueError("the hashes do not belong to a tree of this size")

    def append(self, leaf: bytes) -> Frontier:
        """The frontier with one leaf more; O(log n), and O(1) on average."""
        completed = self.completed(leaf)
        return Frontier(self.size + 1, (*self.hashes[: len(self.hashes) - len(completed) + 1], completed[-1][1]))

    def completed(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """The perfect subtrees that this leaf completes, with their hashes; itself first, biggest last."""
        found = [((0, self.size), leaf)]
        for left in reversed(self.hashes):
            (level, index), hashed = found[-1]
            if not index & 1:  # as in counting: only a carry joins two subtrees of the same size
                break
            found.append(((level + 1, index >> 1), node_hash(left, hashed)))
        return found

    def extended(self, leaves: Iterable[bytes]) -> tuple[Frontier, list[tuple[Node, bytes]]]:
        """The frontier after all of *leaves*, and every perfect subtree that they complete, themselves included."""
        size, hashes = self.size, list(self.hashes)
        completed: list[tuple[Node, bytes]] = []
        for leaf in leaves:
            found = Frontier(size, tuple(hashes)).completed(leaf)
            hashes[len(hashes) - len(found) + 1 :] = [found[-1][1]]
            size += 1
            completed += found
        return Frontier(size, tuple(hashes)), completed

    def root(self) -> bytes:
        """The root of the tree so far."""
        return join(self.hashes)


def join(hashes: Sequence[bytes]) -> bytes:
    """The hash over adjacent perfect subtrees, biggest and leftmost first."""
    if not hashes:
        return EMPTY_ROOT
    *rest, found = hashes
    for left in reversed(rest):
        found = node_hash(left, found)
    return found


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over *leaves* (section 2.1.1)."""
    return _root(leaves, 0, len(leaves))


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """
    The hashes that lead from the leaf at *index* to the root, nearest first (section 2.1.3.1).

    Raises:
        IndexError: There is no such leaf.
    """
    return [_root(leaves, *between) for between in _inclusion(index, len(leaves))]


def inclusion_nodes(index: int, size: int) -> list[list[Node]]:
    """Where `inclusion_path` comes from in a stored log: each hash is the `join` of these subtrees."""
    return [_nodes(*between) for between in _inclusion(index, size)]


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether *path* proves that *leaf* stands at *index* of the tree of *size* leaves (section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *path):
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False  # the path is longer than the tree is high
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:  # at the right edge whole levels have no sibling
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_path(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """
    The hashes that prove the first *old_size* leaves to be what they were (section 2.1.4.1).

    Raises:
        IndexError: *old_size* is not between 1 and the number of leaves.
    """
    return [_root(leaves, *between) for between in _consistency(old_size, len(leaves))]


def consistency_nodes(old_size: int, new_size: int) -> list[list[Node]]:
    """Where `consistency_path` comes from in a stored log: each hash is the `join` of these subtrees."""
    return [_nodes(*between) for between in _consistency(old_size, new_size)]


def root_nodes(size: int) -> list[Node]:
    """The perfect subtrees whose `join` is the root over the first *size* leaves of a stored log."""
    return _nodes(0, size)


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """
    Whether *path* proves that the tree of *new_size* leaves begins with that of *old_size* (section 2.1.4.2).

    An empty log is the beginning of every log, and needs no path.
    """
    if not _are_hashes(old_root, new_root, *path):
        return False
    if old_size == 0:
        is_possible = new_size > 0 or (new_size == 0 and new_root == EMPTY_ROOT)
        return is_possible and not path and old_root == EMPTY_ROOT
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)  # a perfect tree is a node of the new one, and is left out of the path
    if not hashes:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and (found_old, found_new) == (old_root, new_root)


def _are_hashes(*values: bytes) -> bool:
    """Other lengths would let the boundary between two hashes under a node be moved."""
    return all(len(value) == 32 for value in values)


def _split(size: int) -> int:
    """The largest power of two smaller than *size*: where the RFC divides a tree of more than one leaf."""
    return 1 << ((size - 1).bit_length() - 1)


def _inclusion(index: int, size: int) -> list[tuple[int, int]]:
    """The ranges of leaves, start and end, whose hashes make up an inclusion path."""
    if not 0 <= index < size:
        raise IndexError("there is no such leaf")
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def _consistency(old_size: int, new_size: int) -> list[tuple[int, int]]:
    """The ranges of leaves, start and end, whose hashes make up a consistency path."""
    if not 0 < old_size <= new_size:
        raise IndexError("there was no tree of this size")
    ranges, start, end = [], 0, new_size
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start > 0:  # otherwise the rest is the old tree itself, and its root is known
        ranges.append((start, end))
    return ranges[::-1]


def _nodes(start: int, end: int) -> list[Node]:
    """The perfect subtrees that make up one range of a proof, biggest first."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _root(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    frontier = Frontier()
    for place in range(start, end):
        frontier = frontier.append(leaves[place])
    return frontier.root()
