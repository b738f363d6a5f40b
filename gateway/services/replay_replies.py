"""
Read past replies anew with a mended mapping: what is understood now counts, what changed becomes a new version.

Nothing is overwritten and nothing gets worse by itself: a statement that was accepted and would be held now is
reported and left as it is. A dry run does all of it in a transaction and takes it back, so it cannot differ from the
run that follows. Amounts are shown with their place in the statement; no name or reference is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from gateway.adapters import Answer, Format, Held, Understood
from gateway.domain import statement_request
from gateway.domain.statement import Statement, from_dict, to_dict
from gateway.keys import SealBroken
from gateway.services import ladder
from gateway.services.receive_reply import (
    may_be_read,
    previous_statement,
    read_context,
    read_reply,
    sealed_reply,
)
from gateway.services.runtime import Runtime
from gateway.services.settle_reply import accept, keep, note, shown_problems
from gateway.storage import cases, journal, participants, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

REQUESTS_AT_ONCE = 200
ACTOR = "administrator"
_CODES = ("outcome", "rank", "kind")  # they weigh as much as an amount: they decide whether and how it counts


class Verdict(StrEnum):
    """What reading a reply anew leads to."""

    UNCHANGED = "unchanged"
    ACCEPTED = "accepted"  # was held, is understood now
    STILL_HELD = "still_held"
    NO_ANSWER = "no_answer"  # was held, and is no statement at all now: a person dismisses it
    FIGURES = "figures_changed"  # accepted before and after, with other amounts: a new version
    FIELDS = "fields_changed"  # the same amounts, something else was read as well: a new version
    WOULD_BE_HELD = "would_be_held"  # accepted before, not understood now: left as it is
    UNREAD = "unread"  # the permission has ended: not opened
    BROKEN = "broken"  # what was sealed does not open
    OVERTAKEN = "overtaken"  # somebody was ahead of us: it is neither held nor accepted any more


WORSE = frozenset({Verdict.FIGURES, Verdict.WOULD_BE_HELD, Verdict.BROKEN})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure that is read otherwise now: whole euro cents, or a code such as a rank; None = not there."""

    pointer: str
    before: int | str | None
    after: int | str | None


@dataclass(frozen=True, kw_only=True)
class Reread:
    """
    One reply, read anew.

    Args:
        codes: The problems that hold it now.
        figures: What differs, by JSON Pointer into the statement.
        fields: How many other values differ; what they say is not for an administrator.
    """

    reply_id: UUID
    request_id: UUID
    received_at: datetime
    verdict: Verdict
    mapping_before: str | None
    codes: tuple[str, ...] = ()
    figures: tuple[Difference, ...] = ()
    fields: int = 0


def count_replies(runtime: Runtime, slug: str) -> int:
    """
    How many replies there are to read anew.

    Raises:
        ConfigurationError: There is no such mapping.
    """
    format = runtime.settings.format(slug)
    with runtime.database.begin() as connection:
        return statement_requests.count_readable_anew(connection, slug, format.id)


def replay_replies(runtime: Runtime, slug: str, now: Callable[[], datetime], *, dry_run: bool) -> Iterator[Reread]:
    """
    Every held or accepted reply in this format, read anew; one transaction per reply, in batches of requests.

    A second run finds nothing to change. It may be stopped at any reply and started again.

    Raises:
        ConfigurationError: There is no such mapping.
        Unavailable: The database is away; what was done until then stands.
    """
    format = runtime.settings.format(slug)
    with runtime.database.begin() as connection:
        facts = {"mapping": format.identity, "dry_run": dry_run}
        journal.append(connection, now(), Entry(kind="mapping.replayed", actor=ACTOR, facts=facts))
    after: UUID | None = None
    while True:
        with runtime.database.begin() as connection:
            requests = statement_requests.requests_to_read_anew(
                connection, slug, format.id, after=after, limit=REQUESTS_AT_ONCE
            )
        if not requests:
            return
        for request_id in requests:
            yield from (_tried if dry_run else _done)(runtime, format, slug, request_id, now)
        after = requests[-1]


def _done(
    runtime: Runtime, format: Format, slug: str, request_id: UUID, now: Callable[[], datetime]
) -> Iterator[Reread]:
    with runtime.database.begin() as connection:
        replies = statement_requests.to_read_anew(connection, slug, format.id, request_id)
    for reply_id in replies:
        with runtime.database.begin() as connection:
            reread = _read_anew(runtime, connection, format, reply_id, now())
        yield reread


class _TakenBack(Exception):
    """Ends a dry run's transaction."""


def _tried(
    runtime: Runtime, format: Format, slug: str, request_id: UUID, now: Callable[[], datetime]
) -> Iterator[Reread]:
    """All replies to one request in one transaction, because each is judged beside the one before; then taken back."""
    found: list[Reread] = []
    try:
        with runtime.database.begin() as connection:
            for reply_id in statement_requests.to_read_anew(connection, slug, format.id, request_id):
                found.append(_read_anew(runtime, connection, format, reply_id, now()))
            raise _TakenBack
    except _TakenBack:
        yield from found


def _read_anew(runtime: Runtime, connection: Connection, format: Format, reply_id: UUID, now: datetime) -> Reread:
    row = statement_requests.get_reply(connection, reply_id)
    assert row is not None  # replies are never deleted
    cases.lock_resident(connection, row["resident_id"])
    request = ladder.conversation_row(connection, "request", row["request_id"])
    row = statement_requests.get_reply(connection, reply_id)  # again: now nobody else is at it
    assert row is not None
    if row["status"] not in ("held", "accepted"):
        return _reread(row, Verdict.OVERTAKEN)
    refusal, decision = may_be_read(runtime, connection, request, row["digest"], now)
    if refusal is not None or statement_request.State(request["state"]) is statement_request.State.STOPPED:
        return _reread(row, Verdict.UNREAD)
    try:
        raw, answer = _opened_and_read(runtime, connection, format, request, row)
        if row["status"] == "held":
            return _held(runtime, connection, format, request, row, answer, decision, now)
        return _accepted(runtime, connection, format, request, row, raw, answer, decision, now)
    except SealBroken:
        return _reread(row, Verdict.BROKEN)


def _opened_and_read(
    runtime: Runtime, connection: Connection, format: Format, request: Row, row: Row
) -> tuple[bytes, Answer]:
    """The sealed bytes, and what they say under *format*, judged beside what came in before them."""
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    creditor = participants.get(connection, request["creditor_id"])
    assert creditor is not None  # foreign key
    raw = runtime.keys.open(wrapped, bytes(row["raw"]), table="reply", row=row["id"], column="raw")
    previous = previous_statement(runtime, connection, request, wrapped, before=row)
    context = read_context(runtime, connection, request, creditor, wrapped, previous, received_at=row["received_at"])
    return raw, read_reply(raw, row["media_type"], format, context)


def _held(
    runtime: Runtime,
    connection: Connection,
    format: Format,
    request: Row,
    row: Row,
    answer: Answer,
    decision: Entry,
    now: datetime,
) -> Reread:
    """It was held: now it counts, or its reasons are those of the mapping as it is now."""
    anew = {**row, "mapping": format.identity}
    if isinstance(answer, Understood):
        journal.append(connection, now, decision)
        anew["origin"] = "replayed"
        _note(connection, request, now, anew, row["mapping"], was="held", became="accepted")
        accept(runtime, connection, request, anew, answer.statement, answer.warnings, now, actor=ACTOR, stored=True)
        return _reread(row, Verdict.ACCEPTED)
    if not isinstance(answer, Held):
        return _reread(row, Verdict.NO_ANSWER)
    if row["mapping"] != format.identity or row["problems"] != list(shown_problems(answer.problems)):
        journal.append(connection, now, decision)
        keep(runtime, connection, request, anew, "held", answer.problems, answer.provisional, stored=True)
        _note(connection, request, now, anew, row["mapping"], was="held", became="held")
    return _reread(row, Verdict.STILL_HELD, codes=_codes(answer))


def _accepted(
    runtime: Runtime,
    connection: Connection,
    format: Format,
    request: Row,
    row: Row,
    raw: bytes,
    answer: Answer,
    decision: Entry,
    now: datetime,
) -> Reread:
    """It counted: what differs stands beside it as a new version, and nothing that counted is held by itself."""
    if not isinstance(answer, Understood):
        codes = _codes(answer) if isinstance(answer, Held) else ("no_answer",)
        return _reread(row, Verdict.WOULD_BE_HELD, codes=codes)
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    kept = from_dict(runtime.unseal(wrapped, row["statement"], table="reply", row=row["id"], column="statement"))
    figures, fields = differences(kept, answer.statement)
    if not figures and not fields:
        return _reread(row, Verdict.UNCHANGED)
    journal.append(connection, now, decision)
    anew = sealed_reply(runtime, connection, request, raw, row["media_type"], row["digest"], row["received_at"])
    anew |= {"origin": "replayed", "replaces": row["id"], "mapping": format.identity, "late": row["late"]}
    _note(
        connection, request, now, anew, row["mapping"], was="accepted", became="accepted",
        replaces=str(row["id"]), figures=len(figures), fields=fields,
    )  # fmt: skip
    statement_requests.change_reply(connection, row["id"], status="superseded")
    accept(runtime, connection, request, anew, answer.statement, answer.warnings, now, actor=ACTOR)
    return _reread(row, Verdict.FIGURES if figures else Verdict.FIELDS, figures=figures, fields=fields)


def differences(before: Statement, after: Statement) -> tuple[tuple[Difference, ...], int]:
    """What two readings of the same bytes do not say alike: every figure with its place, and the number of the rest."""
    old, new = _leaves(before), _leaves(after)
    pointers = [pointer for pointer in {**old, **new} if old.get(pointer) != new.get(pointer)]
    figures = tuple(
        Difference(pointer=pointer, before=old.get(pointer), after=new.get(pointer))
        for pointer in pointers
        if _is_figure(pointer)
    )
    return figures, len(pointers) - len(figures)


def _is_figure(pointer: str) -> bool:
    name = pointer.rpartition("/")[2]
    if pointer.startswith("/obstacle/"):
        return False  # facts are the creditor's own words, whatever they are called
    return name == "cents" or name.endswith("_cents") or name in _CODES


def _leaves(statement: Statement) -> dict[str, Any]:
    """Every single value by its JSON Pointer, without where it came from and what is ours."""
    document = to_dict(statement, origins=False)
    for ours in ("schema_version", "provenance", "received_at"):
        document.pop(ours, None)
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(f"{pointer}/{name}", part) for name, part in reversed(list(value.items()))]
        elif isinstance(value, list):
            waiting += [(f"{pointer}/{index}", part) for index, part in reversed(list(enumerate(value)))]
        else:
            found[pointer] = value
    return found


def _codes(answer: Held) -> tuple[str, ...]:
    return tuple(sorted({problem.code for problem in answer.problems}))


def _reread(
    row: Row,
    verdict: Verdict,
    *,
    codes: tuple[str, ...] = (),
    figures: tuple[Difference, ...] = (),
    fields: int = 0,
) -> Reread:
    return Reread(
        reply_id=row["id"],
        request_id=row["request_id"],
        received_at=row["received_at"],
        verdict=verdict,
        mapping_before=row["mapping"],
        codes=codes,
        figures=figures,
        fields=fields,
    )


def _note(connection: Connection, request: Row, now: datetime, row: Row, before: str | None, **facts: object) -> None:
    note(
        connection, request, now, "reply.replayed", row, actor=ACTOR,
        mapping_before=before, mapping_after=row["mapping"], version=row["version"], late=row["late"], **facts,
    )  # fmt: skip
