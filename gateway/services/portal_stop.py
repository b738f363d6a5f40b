"""
The resident stops on the own pages: shown first, done next, both from the list that gateway.consent.effects makes.

It needs the database and nothing else (invariant I27). Whoever came in by a link may be somebody else: then what was
asked becomes a pause, at once, and a withdrawal as soon as it is certain who is speaking. Nothing is ever refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import worth
from gateway.consent.effects import Scope
from gateway.consent.flows import labels
from gateway.consent.grants import EventKind, Status
from gateway.errors import NotFound
from gateway.services.portal import newest, own_cases, own_grant
from gateway.services.portal_session import Assurance, SignedIn
from gateway.services.runtime import Runtime
from gateway.services.withdraw_consent import How, preview_withdrawal, withdraw_consent
from gateway.storage import about_resident, grants, journal, participants
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing as Word


@dataclass(frozen=True, kw_only=True)
class Stop:
    """
    What stopping does, or did.

    Args:
        told: The effects in plain words, as `withdraw_consent.shown`; empty when there is nothing (left) to stop.
        doubted: It is not certain who is speaking: this is a pause.
        names: The names of the creditors by id.
        labels: Per grant, by id, what it is for in each language.
        before: What stopped earlier: [{"grant_id", "creditor", "labels", "how": "withdrawn", "paused" or
            "objected", "at"}].
        done_at: When it was done; None while it is only shown.
        under_way: Messages whose sending had begun and had not ended when it was done.
    """

    told: Sequence[Mapping[str, Any]]
    doubted: bool
    names: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    before: Sequence[Mapping[str, Any]]
    done_at: datetime | None = None
    under_way: int = 0


def scope_of_creditor(creditor_id: UUID) -> Scope:
    return Scope(creditor_id=creditor_id, all_cases=True)


def scope_of_purpose(purpose: str) -> Scope:
    return Scope(purpose=purpose, all_cases=True)


EVERYTHING = Scope(all_cases=True)


def preview_stop(runtime: Runtime, who: SignedIn, scope: Scope, now: datetime) -> Stop:
    """
    What would happen; nothing changes. The look is journalled (ruling 15).

    Raises:
        NotFound: There is no such thing among this resident's own words.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        case, words = _own(connection, who, scope)
    told = preview_withdrawal(
        runtime, case["id"], scope, now,
        actor="resident", organisation_id=who.organisation_id, identity_doubted=_doubted(who),
    )  # fmt: skip
    return _stop(runtime, who, words, told, now)


def stop(runtime: Runtime, who: SignedIn, scope: Scope, now: datetime) -> Stop:
    """
    Stop; doing it twice changes nothing and is no error.

    Raises:
        NotFound: There is no such thing among this resident's own words.
        Unavailable: The database is away: nothing was recorded, and sending is impossible too.
    """
    with runtime.database.begin() as connection:
        case, words = _own(connection, who, scope)
    how = How(
        method="portal",
        identity_doubted=_doubted(who),
        identified_by=who.identified_by,
        assisted_by=who.assisted_by,
    )
    done = withdraw_consent(
        runtime, case["id"], scope, now, actor="resident", organisation_id=who.organisation_id, how=how
    )
    shown_now = _stop(runtime, who, words, done.told, now)
    return replace(shown_now, done_at=done.effective_at, under_way=done.under_way)


def _doubted(who: SignedIn) -> bool:
    """A link may have been passed on; whoever showed who it is, however long ago, may simply stop."""
    return who.assurance is Assurance.LINK


def _own(connection: Connection, who: SignedIn, scope: Scope) -> tuple[Row, list[Word]]:
    """
    The case to begin from, and the resident's newest words that *scope* speaks of.

    Raises:
        NotFound: It speaks of nothing that is this resident's.
    """
    mine = {case["id"]: case for case in own_cases(connection, who)}
    if scope.grant_id is not None:
        word = own_grant(connection, who, scope.grant_id)
        if word[0].case_id not in mine:
            raise NotFound
        return mine[word[0].case_id], [word]
    said = newest(word for case_id in mine for word in grants.of_case(connection, case_id))
    words = [word for word in said if scope.holds(word[0])]
    if not mine or not (words or scope == EVERYTHING):
        raise NotFound
    return list(mine.values())[-1], words


def _stop(
    runtime: Runtime, who: SignedIn, words: Sequence[Word], told: Sequence[Mapping[str, Any]], now: datetime
) -> Stop:
    ids = {UUID(one["creditor_id"]) for one in told if one["creditor_id"] is not None}
    ids |= {grant.recipient_id for grant, _ in words}
    granted = {UUID(one["grant_id"]) for one in told if one["grant_id"] is not None}
    with runtime.database.begin() as connection:
        names = {str(one): row["name"] for one, row in participants.many(connection, ids).items()}
        known = {grant.id: grant for grant, _ in [*words, *grants.many(connection, granted).values()]}
        objected = {
            one: journal.of_subject(connection, one, kind="objection.recorded")[-1]["at"]
            for one in about_resident.objected(connection, [grant.id for grant, _ in words])
        }
    said = {str(one): labels(runtime.settings.flows.of(grant.purpose), grant.purpose) for one, grant in known.items()}
    before = [
        {
            "grant_id": str(grant.id),
            "creditor": names[str(grant.recipient_id)],
            "labels": said[str(grant.id)],
            "how": how,
            "at": at,
        }
        for grant, events in words
        if grant.id not in granted
        for how, at in _ended(runtime, (grant, events), objected, now)
    ]
    return Stop(told=told, doubted=_doubted(who), names=names, labels=said, before=before)


def _ended(
    runtime: Runtime, word: Word, objected: Mapping[UUID, datetime], now: datetime
) -> Iterator[tuple[str, datetime]]:
    """How and when the resident stopped this before, where it still stands so."""
    grant, events = word
    standing = worth(grant, events, runtime.settings.flows.of(grant.purpose), max([now, *(one.at for one in events)]))
    for status, kind in ((Status.WITHDRAWN, EventKind.WITHDRAWN), (Status.PAUSED, EventKind.PAUSED)):
        if standing is status:
            yield status.value, max(event.at for event in events if event.kind is kind)
    if grant.id in objected:
        yield "objected", objected[grant.id]
