"""Number what waits in the journal, say signed what the journal is by then, and keep a copy outside the database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog

from gateway.documents import checkpoint as form
from gateway.documents import checkpoint_copy
from gateway.documents.checkpoint_copy import Copy
from gateway.documents.proof import Unproven
from gateway.domain.checkpoint import Checkpoint, is_due
from gateway.services.runtime import Runtime
from gateway.storage import checkpoints, journal, journal_tree
from gateway.storage.checkpoints import Kept
from gateway.storage.database import Connection

COPY_FILE = "journal-checkpoint.json"
_log = structlog.get_logger()


def sequence_journal(runtime: Runtime, now: datetime) -> int:
    """
    Give waiting entries their leaf numbers, and sign a checkpoint after each batch and at least every hour.

    One sequencer at a time: another one gives way. Called by the engine every few seconds, and by whoever needs a
    proof at once. The copy in the data folder is written when the checkpoint is in the database for good: cut off
    in between, the copy is behind, which it may be; it is never ahead.

    Returns:
        How many entries were given a number.
    """
    done = 0
    while True:
        with runtime.database.begin() as connection:
            if not journal.take_sequencer(connection):
                return done
            batch = journal.sequence(connection)
            kept = _sign_when_due(runtime, connection, now)
        if kept is not None:
            _keep_copy(runtime, kept)
        done += batch
        if not batch:
            return done


def checkpoint_over(runtime: Runtime, connection: Connection, index: int) -> Kept | None:
    """The first checkpoint that holds the leaf at *index* and is signed with a key that may still be trusted."""
    return checkpoints.first_over(connection, index, kids=_trusted(runtime))


def copy_place(runtime: Runtime) -> Path:
    """Where the newest checkpoint is kept outside the database."""
    return runtime.settings.data / COPY_FILE


def _sign_when_due(runtime: Runtime, connection: Connection, now: datetime) -> Kept | None:
    """Sign what the tree is, unless that was said just before; only ever called by the one sequencer."""
    newest = checkpoints.newest(connection)
    frontier = journal_tree.frontier(connection)
    last = newest.checkpoint if newest is not None else None
    if not is_due(last, frontier.size, now, trusted=_trusted(runtime)):
        return None
    at = max(now, last.at) if last is not None else now  # a clock that was set back does not make us contradict us
    checkpoint = Checkpoint(size=frontier.size, root=frontier.root(), at=at, kid=runtime.keys.kid)
    signed = form.sign(checkpoint, lambda payload, typ: runtime.keys.sign(payload, typ=typ))
    return checkpoints.add(connection, checkpoint, signed)


def _trusted(runtime: Runtime) -> frozenset[str]:
    return frozenset(jwk["kid"] for jwk in runtime.keys.public_jwks()["keys"])


def _keep_copy(runtime: Runtime, kept: Kept) -> None:
    """
    Write the copy in the data folder, unless a newer one stands there: that one says more.

    A disk that is full must not keep a resident's word from being numbered: the copy stays behind then, and the log
    says so.
    """
    place = copy_place(runtime)
    try:
        if not _is_newer(runtime, place, kept.checkpoint):
            checkpoint_copy.write_file(place, Copy(signed=kept.signed))
    except (OSError, Unproven):
        _log.error("checkpoint_copy_not_written", checkpoint=kept.number)


def _is_newer(runtime: Runtime, place: Path, checkpoint: Checkpoint) -> bool:
    content = checkpoint_copy.read_file(place)
    if content is None:
        return False
    there = form.read_unheld(checkpoint_copy.from_bytes(content).signed, runtime.keys.key_history()).checkpoint
    return (there.size, there.at) > (checkpoint.size, checkpoint.at)
