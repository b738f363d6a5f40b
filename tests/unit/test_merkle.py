"""The journal's tree: the proofs of RFC 9162, and that nothing false can be proved with them."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import merkle
from gateway.domain.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash

# The test entries and roots of Certificate Transparency (the same tree in RFC 6962; its merkle_tree_test.cc):
# the root over the first one, two, ... eight entries.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
MANY = [leaf_hash(str(number).encode()) for number in range(70)]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH, word for word as section 2.1.1 defines it, over entries that are already hashed."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = largest_power_below(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_inclusion(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*naive_inclusion(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_inclusion(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_consistency(m: int, leaves: list[bytes], known: bool = True) -> list[bytes]:
    """SUBPROOF of section 2.1.4.1."""
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*naive_consistency(m, leaves[:k], known), naive_root(leaves[k:])]
    return [*naive_consistency(m - k, leaves[k:], False), naive_root(leaves[:k])]


def largest_power_below(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size):
    """Source: the eight entries every implementation of this tree is tested with."""
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_an_empty_log_is_the_hash_of_nothing():
    """Source: RFC 9162 section 2.1.1."""
    assert merkle.root([]) == Frontier().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    "index, size, path",
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)
def test_the_inclusion_paths_are_those_of_certificate_transparency(index, size, path):
    """Source: the test vectors that come with the eight entries."""
    assert [step.hex() for step in merkle.inclusion_path(LEAVES[:size], index)] == path


@pytest.mark.parametrize(
    "old, new, path",
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_consistency_paths_are_those_of_certificate_transparency(old, new, path):
    """Source: the test vectors that come with the eight entries."""
    assert [step.hex() for step in merkle.consistency_path(LEAVES[:new], old)] == path


def test_every_tree_is_the_one_the_definition_gives():
    """Promise: roots and paths equal the recursive definition, for every size up to 70 and every place."""
    frontier = Frontier()
    for size in range(1, len(MANY) + 1):
        leaves = MANY[:size]
        frontier = frontier.append(leaves[-1])
        assert merkle.root(leaves) == frontier.root() == naive_root(leaves)
        for index in range(size):
            assert merkle.inclusion_path(leaves, index) == naive_inclusion(index, leaves)
        for old in range(1, size + 1):
            assert merkle.consistency_path(leaves, old) == naive_consistency(old, leaves)


def test_every_true_proof_is_accepted():
    """Promise: any receipt checks against any later checkpoint."""
    for size in range(1, len(MANY) + 1):
        leaves, top = MANY[:size], naive_root(MANY[:size])
        for index in range(size):
            path = merkle.inclusion_path(leaves, index)
            assert merkle.verify_inclusion(leaf=leaves[index], index=index, size=size, path=path, root=top)
        for old in range(1, size + 1):
            path, before = merkle.consistency_path(leaves, old), naive_root(leaves[:old])
            assert consistent(old, size, before, top, path)


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    return merkle.verify_consistency(old_size=old, new_size=new, old_root=old_root, new_root=new_root, path=path)


def spoiled(path: list[bytes], how: str, at: int) -> list[bytes]:
    at = at % len(path) if path else 0
    match how:
        case "changed" if path:
            return [*path[:at], leaf_hash(path[at]), *path[at + 1 :]]
        case "dropped" if path:
            return path[:at] + path[at + 1 :]
        case "swapped" if len(path) > 1:
            return [*path[1:], path[0]]
        case "cleared" if path:
            return []
        case _:
            return [*path[:at], leaf_hash(b"more"), *path[at:]]


HOW = st.sampled_from(["changed", "dropped", "swapped", "cleared", "inserted"])


@given(st.data(), st.integers(1, 70), HOW, st.integers(0, 8))
def test_a_false_inclusion_is_never_accepted(data, size, how, at):
    """Promise: another leaf, place, size, root or path proves nothing (threat D-T1)."""
    leaves, index = MANY[:size], data.draw(st.integers(0, size - 1))
    path, top = merkle.inclusion_path(leaves, index), merkle.root(leaves)
    true = {"leaf": leaves[index], "index": index, "size": size, "path": path, "root": top}
    assert not merkle.verify_inclusion(**(true | {"path": spoiled(path, how, at)}))
    assert not merkle.verify_inclusion(**(true | {"leaf": leaf_hash(b"other")}))
    assert not merkle.verify_inclusion(**(true | {"root": leaf_hash(b"other")}))
    assert not merkle.verify_inclusion(**(true | {"index": -1}))
    assert not merkle.verify_inclusion(**(true | {"index": size}))
    for other in set(range(size)) - {index}:
        assert not merkle.verify_inclusion(**(true | {"index": other}))


@given(st.data(), st.integers(2, 70), HOW, st.integers(0, 8), st.integers(0, 69))
def test_a_false_consistency_is_never_accepted(data, size, how, at, changed):
    """Promise: a log that changed one old entry cannot show a path from its old root to its new one."""
    old = data.draw(st.integers(1, size - 1))
    leaves, before = MANY[:size], merkle.root(MANY[:old])
    path, after = merkle.consistency_path(leaves, old), merkle.root(leaves)
    assert not consistent(old, size, before, after, spoiled(path, how, at))
    assert not consistent(old, size, leaf_hash(b"other"), after, path)
    assert not consistent(old, size, before, leaf_hash(b"other"), path)
    assert not consistent(size, old, before, after, path)
    assert not consistent(old, old, before, after, path)
    forged = list(leaves)
    forged[changed % old] = leaf_hash(b"rewritten")
    assert not consistent(old, size, before, merkle.root(forged), merkle.consistency_path(forged, old))


def test_the_same_tree_is_consistent_with_itself_and_needs_no_path():
    """Promise: nothing added, nothing to prove; an empty log is the beginning of every log."""
    top = merkle.root(MANY)
    assert consistent(70, 70, top, top, [])
    assert not consistent(70, 70, top, top, [top])
    assert not consistent(70, 70, top, EMPTY_ROOT, [])
    assert consistent(0, 70, EMPTY_ROOT, top, [])
    assert consistent(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not consistent(0, 0, EMPTY_ROOT, top, [])
    assert not consistent(0, 70, top, top, [])
    assert not consistent(-1, 70, top, top, [])


def test_a_node_never_passes_for_an_entry():
    """Promise: an entry that spells two hashes does not have the hash of the node above them."""
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert merkle.root([left, right]) == node_hash(left, right)


def test_the_boundary_between_two_hashes_cannot_be_moved():
    """Promise: the same 64 bytes under a node, cut in another place, are no proof of another leaf."""
    left, right = LEAVES[:2]
    both, top = left + right, merkle.root(LEAVES[:2])
    assert merkle.verify_inclusion(leaf=both[:32], index=0, size=2, path=[both[32:]], root=top)
    assert not merkle.verify_inclusion(leaf=both[:31], index=0, size=2, path=[both[31:]], root=top)


@pytest.mark.parametrize("size, hashes", [(0, (EMPTY_ROOT,)), (3, (EMPTY_ROOT,)), (-1, ()), (4, ())])
def test_a_frontier_that_cannot_be_is_refused(size, hashes):
    """Promise: a stored frontier that lost a hash stops the sequencer instead of signing a wrong root."""
    with pytest.raises(ValueError, match="size"):
        Frontier(size, hashes)


def test_a_frontier_goes_on_from_where_it_was_stored():
    """Promise: a sequencer that restarts at any size ends at the same root, and holds log n hashes."""
    for cut in range(len(MANY)):
        frontier = Frontier()
        for leaf in MANY[:cut]:
            frontier = frontier.append(leaf)
        frontier = Frontier(frontier.size, tuple(bytes(step) for step in frontier.hashes))
        for leaf in MANY[cut:]:
            frontier = frontier.append(leaf)
            assert len(frontier.hashes) <= frontier.size.bit_length()
        assert frontier.root() == naive_root(MANY)


def test_a_log_that_stores_its_subtrees_proves_the_same():
    """Promise: a proof out of ten million leaves reads a few dozen stored hashes, and equals the slow one."""
    stored, frontier = {}, Frontier()
    for size, leaf in enumerate(MANY, start=1):
        stored.update(frontier.completed(leaf))
        frontier = frontier.append(leaf)
        leaves = MANY[:size]
        for place in range(size):
            path = [merkle.join([stored[node] for node in nodes]) for nodes in merkle.inclusion_nodes(place, size)]
            assert path == naive_inclusion(place, leaves)
            old = place + 1
            path = [merkle.join([stored[node] for node in nodes]) for nodes in merkle.consistency_nodes(old, size)]
            assert path == naive_consistency(old, leaves)
    assert len(stored) < 2 * len(MANY)
    assert sum(len(nodes) for nodes in merkle.inclusion_nodes(1_234_567, 10_000_000)) < 50


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_path_for_what_is_not_there(index):
    """Promise: asking for the proof of a leaf beyond the tree is an error, not an empty proof."""
    with pytest.raises(IndexError):
        merkle.inclusion_path(LEAVES, index)
    with pytest.raises(IndexError):
        merkle.consistency_path(LEAVES, index + 1 if index > 0 else 0)
