"""What the pages for people show. Every look is journalled first: no record, no look (ruling 15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.domain.statement_request import State
from gateway.errors import NotFound
from gateway.services.ask_call import asked_lately
from gateway.services.runtime import Runtime
from gateway.services.show_case import overview
from gateway.services.show_open import show_open
from gateway.services.show_reply import held_of_case
from gateway.services.show_stops import stops_of_case
from gateway.storage import cases, journal, participants
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry


def counsellor_page(runtime: Runtime, case_id: UUID, now: datetime) -> dict[str, Any]:
    """
    The overview of a case, what waits for a person, and per regime the only words that may be used about silence.

    Raises:
        NotFound: The case is not there.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        case = _case(connection, case_id)
        actor = f"counsellor-organisation:{case['organisation_id']}"
        _look(connection, now, case, kind="case.looked_at", actor=actor)
        seen = overview(runtime, connection, case, now, actor=actor)
        waiting = held_of_case(runtime, connection, case, now, actor=actor)
        stops = stops_of_case(runtime, connection, case, now)
        asks_call = asked_lately(connection, case["resident_id"], now)
    used = {line["regime"] for line in seen["creditors"]}
    used |= {line["offer"]["regime"] for line in seen["creditors"] if line["offer"] is not None}
    words = {regime.id: dict(regime.words) for regime in runtime.settings.regimes.regimes if regime.id in used}
    return {**seen, "regimes": words, "waiting": waiting, "stops": stops, "asks_call": asks_call}


def creditor_page(runtime: Runtime, creditor_id: UUID, now: datetime) -> dict[str, Any]:
    """
    What is open between us and one creditor: case references and dates, no resident's name.

    Raises:
        NotFound: There is no such organisation.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        creditor = participants.get(connection, creditor_id)
        if creditor is None:
            raise NotFound
        looked = Entry(
            kind="creditor.looked_at_open",
            actor=f"creditor:{creditor_id}",
            participant_id=creditor_id,
            subject_id=creditor_id,
        )
        journal.append(connection, now, looked)
    shown = show_open(runtime, creditor_id)
    unanswered = [one for one in shown["statement_requests"] if one["state"] != State.ANSWERED]
    return {"name": creditor["name"], **shown, "statement_requests": unanswered}


def _case(connection: Connection, case_id: UUID) -> Row:
    case = cases.get(connection, case_id)
    if case is None:
        raise NotFound
    return case


def _look(connection: Connection, now: datetime, case: Row, *, kind: str, actor: str) -> None:
    looked = Entry(kind=kind, actor=actor, case_id=case["id"], resident_id=case["resident_id"], subject_id=case["id"])
    journal.append(connection, now, looked)
