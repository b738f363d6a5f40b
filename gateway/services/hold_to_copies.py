"""
Hold the database to what was seen of its journal before: an older or another one is noticed before it is worked with.

A backup that is older than a withdrawal would send what a resident stopped. So the newest checkpoint is also kept in
the data folder, and with witnesses; a database that does not continue each of them is not started (edge case 54).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway import keys
from gateway.documents import checkpoint as form
from gateway.documents import checkpoint_copy
from gateway.documents.checkpoint_copy import Copy
from gateway.documents.proof import Kind, Unproven
from gateway.errors import ConfigurationError
from gateway.services.keep_checkpoints import copy_place, sequence_journal
from gateway.services.runtime import Runtime
from gateway.services.verify_journal import Outside
from gateway.storage import checkpoints, journal, journal_tree
from gateway.storage.database import Connection
from gateway.storage.journal import Entry

ACCEPTED = "journal.copy_set_aside"
REASONS = ("backup_restored", "new_database", "copy_damaged")
_WHAT_TO_DO = (
    "Nothing is sent or answered meanwhile. If this database is the wrong one, put the right one back. If it is the "
    "best there is, run `gateway journal accept` with your name and the reason, and first apply by hand every "
    "withdrawal that was given since."
)


class OlderOrOther(ConfigurationError):
    """This database does not continue the journal that was seen before."""

    code = "journal_older_or_other"


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """
    A copy that the database does not agree with.

    Args:
        where: The file.
        what: What is wrong, in one sentence.
        digest: SHA-256 of the file: what is set aside is this very copy, and no other.
    """

    where: Path
    what: str
    digest: str
    size: int | None = None


def hold_to_copies(runtime: Runtime) -> None:
    """
    Compare the journal with the copy in the data folder and those that the settings name; a few reads each.

    Raises:
        OlderOrOther: One of them is not part of this journal, and nobody accepted that by name.
    """
    with runtime.database.begin() as connection:
        found = _misfits(runtime, connection)
    if found:
        first = found[0]
        raise OlderOrOther(f"{first.where}: {first.what} {_WHAT_TO_DO}")


def accept(runtime: Runtime, now: datetime, *, by: str, reason: str) -> list[Misfit]:
    """
    Go on with this database all the same, on somebody's word: each copy that does not fit is set aside, by name.

    That is journalled first; the copy in the data folder is kept under another name and made anew.

    Args:
        by: The staff number or login of the person who decides; stands in the journal as the actor.
        reason: One of `REASONS`.

    Returns:
        What was set aside; nothing when everything fitted.
    """
    with runtime.database.begin() as connection:
        found = _misfits(runtime, connection)
        size = journal_tree.frontier(connection).size
        entries = [
            Entry(
                kind=ACCEPTED,
                actor=f"administrator:{by}",
                facts={"copy_sha256": one.digest, "copy_size": one.size, "log_size": size, "reason": reason},
            )
            for one in found
        ]
        journal.append(connection, now, *entries)
    ours = copy_place(runtime)
    if any(one.where == ours for one in found):
        ours.rename(ours.with_name(f"{ours.stem}-set-aside-{now.strftime('%Y%m%dT%H%M%SZ')}{ours.suffix}"))
    sequence_journal(runtime, now)
    return found


def standing_copies(runtime: Runtime) -> list[Outside]:
    """The copies that the journal must continue, as they are on the disk, but for those that were set aside by name."""
    with runtime.database.begin() as connection:
        accepted = _set_aside(connection)
    found = []
    for where in (copy_place(runtime), *runtime.settings.witnesses):
        content = checkpoint_copy.read_file(where)
        if (content is not None or where != copy_place(runtime)) and keys.digest(content or b"") not in accepted:
            found.append(Outside(name=str(where), content=content or b""))
    return found


def newest_copy(runtime: Runtime, *, since: int | None) -> Copy:
    """
    The newest checkpoint, to hand to a witness, with the proof that it continues the log of *since* entries.

    Raises:
        Unproven: There is none yet, or the log never had so many entries.
    """
    with runtime.database.begin() as connection:
        kept = checkpoints.newest(connection)
        if kept is None:
            raise Unproven(Kind.UNREADABLE, "There is no checkpoint yet; nothing was numbered.")
        if since is None:
            return Copy(signed=kept.signed)
        if not 0 < since <= kept.checkpoint.size:
            detail = f"The log has {kept.checkpoint.size} entries, so it cannot continue one of {since}."
            raise Unproven(Kind.INCONSISTENT, detail)
        path = journal_tree.consistency_path(connection, since, kept.checkpoint.size)
    return Copy(signed=kept.signed, since=since, path=tuple(path))


def _misfits(runtime: Runtime, connection: Connection) -> list[Misfit]:
    """The copies that do not fit, but for those that somebody set aside by name."""
    jwks = runtime.keys.key_history()
    found = [
        misfit
        for where in (copy_place(runtime), *runtime.settings.witnesses)
        for misfit in _misfit(connection, jwks, where, is_ours=where == copy_place(runtime))
    ]
    if not found:
        return []
    accepted = _set_aside(connection)
    return [one for one in found if one.digest not in accepted]


def _set_aside(connection: Connection) -> set[str | None]:
    return {(row["facts"] or {}).get("copy_sha256") for row in journal.of_kind(connection, ACCEPTED)}


def _misfit(connection: Connection, jwks: dict[str, Any], where: Path, *, is_ours: bool) -> Iterator[Misfit]:
    """At most one. Our own copy may be missing, on a first start; one that the settings name may not."""
    content = b""
    try:
        content = checkpoint_copy.read_file(where) or b""
        if not content:
            if is_ours and not where.exists():
                return
            raise Unproven(Kind.UNREADABLE, "This copy of a checkpoint is missing or empty.")
        signed = checkpoint_copy.from_bytes(content).signed
        seen = form.read_unheld(signed, jwks).checkpoint
    except Unproven as unproven:
        yield Misfit(where=where, what=unproven.detail, digest=keys.digest(content))
        return
    root = journal_tree.root_at(connection, seen.size)
    if root is None:
        size = journal_tree.frontier(connection).size
        what = f"On {seen.at:%Y-%m-%d at %H:%M} UTC the journal had {seen.size} entries; this database has {size}."
    elif root != seen.root:
        what = f"The first {seen.size} entries of the journal are not those of {seen.at:%Y-%m-%d at %H:%M} UTC."
    else:
        return
    yield Misfit(where=where, what=what, digest=keys.digest(content), size=seen.size)
