"""Show what the journal says of itself to anybody who asks: checkpoints, and proofs that hold them together."""

from __future__ import annotations

from typing import Any

from gateway.documents.checkpoint import instant
from gateway.errors import NotFound
from gateway.services.runtime import Runtime
from gateway.storage import checkpoints, journal_tree
from gateway.storage.checkpoints import Kept


def newest_checkpoint(runtime: Runtime) -> dict[str, Any]:
    """
    The last checkpoint.

    Returns:
        {"number", "size", "root" (hexadecimal), "time", "kid", "checkpoint" (a compact JWS)}.

    Raises:
        NotFound: There is none yet: nothing was numbered.
    """
    with runtime.database.begin() as connection:
        kept = checkpoints.newest(connection)
    if kept is None:
        raise NotFound
    return _shown(kept)


def list_checkpoints(runtime: Runtime, *, after: int, limit: int) -> dict[str, Any]:
    """
    The checkpoints with a number above *after*, oldest first.

    Returns:
        {"checkpoints": each as `newest_checkpoint`, "next_after"}.
    """
    with runtime.database.begin() as connection:
        found = checkpoints.page(connection, after=after, limit=limit)
    return {"checkpoints": [_shown(kept) for kept in found], "next_after": found[-1].number if found else after}


def prove_consistency(runtime: Runtime, *, old_size: int, new_size: int | None) -> dict[str, Any]:
    """
    The proof that the log of *new_size* entries (the newest checkpoint's when None) begins with that of *old_size*.

    Returns:
        {"from", "to", "path": hashes in hexadecimal (RFC 9162 section 2.1.4.1); none is needed for an empty log}.

    Raises:
        NotFound: No checkpoint ever spoke of so many entries, or *old_size* is the larger one.
    """
    with runtime.database.begin() as connection:
        kept = checkpoints.newest(connection)
        longest = kept.checkpoint.size if kept is not None else 0
        size = longest if new_size is None else new_size
        if not old_size <= size <= longest:
            raise NotFound
        path = journal_tree.consistency_path(connection, old_size, size) if old_size else []
    return {"from": old_size, "to": size, "path": [hashed.hex() for hashed in path]}


def prove_inclusion(runtime: Runtime, *, index: int, leaf: bytes) -> dict[str, Any]:
    """
    The proof that *leaf* stands at *index* of the log of the newest checkpoint.

    The leaf must be known to ask for it, so nothing is learned from the answer but that it is there.

    Returns:
        {"leaf_index", "leaf_hash", "path", "checkpoint" (a compact JWS)}.

    Raises:
        NotFound: It does not stand there, or no checkpoint speaks of it yet.
    """
    with runtime.database.begin() as connection:
        kept = checkpoints.newest(connection)
        if kept is None or index >= kept.checkpoint.size or journal_tree.leaf_at(connection, index) != leaf:
            raise NotFound
        path = journal_tree.inclusion_paths(connection, [index], kept.checkpoint.size)[index]
    return {
        "leaf_index": index,
        "leaf_hash": leaf.hex(),
        "path": [hashed.hex() for hashed in path],
        "checkpoint": kept.signed,
    }


def _shown(kept: Kept) -> dict[str, Any]:
    return {
        "number": kept.number,
        "size": kept.checkpoint.size,
        "root": kept.checkpoint.root.hex(),
        "time": instant(kept.checkpoint.at),
        "kid": kept.checkpoint.kid,
        "checkpoint": kept.signed,
    }
