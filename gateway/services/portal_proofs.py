"""The resident's proof: everything that was said, with a signed receipt for each of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.flows import labels
from gateway.consent.grants import EventKind
from gateway.documents import receipt as form
from gateway.errors import NotFound
from gateway.services.issue_receipt import Issued, issue_receipts
from gateway.services.portal import own_cases, own_grant
from gateway.services.portal_session import SignedIn
from gateway.services.runtime import Runtime
from gateway.storage import grants, journal, participants
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry


def list_proofs(runtime: Runtime, who: SignedIn, now: datetime) -> list[dict[str, Any]]:
    """
    Every yes and no of the resident, the newest first, with what happened to it; nothing is signed for it yet.

    Returns:
        [{"grant_id", "creditor", "labels", "events": [{"said", "at"}], "uses": how many messages were sent}].

    Raises:
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        looked = Entry(
            kind="resident.looked_at_flows",
            actor="resident",
            resident_id=who.resident_id,
            subject_id=who.resident_id,
        )
        journal.append(connection, now, looked)
        words = [word for case in own_cases(connection, who) for word in grants.of_case(connection, case["id"])]
        names = participants.many(connection, {grant.recipient_id for grant, _ in words})
    newest_first = sorted(words, key=lambda word: word[0].given_at, reverse=True)
    return [
        {
            "grant_id": str(word[0].id),
            "creditor": names[word[0].recipient_id]["name"],
            "labels": labels(runtime.settings.flows.of(word[0].purpose), word[0].purpose),
            "events": list(_events(word)),
            "uses": sum(event.kind is EventKind.USED for event in word[1]),
        }
        for word in newest_first
    ]


def own_receipts(runtime: Runtime, who: SignedIn, grant_id: UUID, now: datetime) -> list[Issued]:
    """
    The receipts of one of the resident's own words, oldest first.

    Raises:
        NotFound: It is not there, or somebody else's.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        grant, _ = own_grant(connection, who, grant_id)
        if grant.case_id not in {case["id"] for case in own_cases(connection, who)}:
            raise NotFound
    return issue_receipts(runtime, grant_id, now, actor="resident", organisation_id=who.organisation_id)


def _events(word: Standing) -> Iterator[dict[str, Any]]:
    grant, events = word
    yield {"said": form.said(f"{form.EVENT_PREFIX}{grant.act.value}", grant), "at": grant.given_at}
    for event in events:
        if event.kind is not EventKind.USED:
            yield {"said": event.kind.value, "at": event.at}
