"""What the pages for people show. Every look is journalled first: no record, no look (ruling 15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.domain.deadlines import local_day
from gateway.domain.statement_request import State
from gateway.errors import NotFound
from gateway.services.runtime import Runtime
from gateway.services.show_case import overview, show_grants
from gateway.services.show_open import show_open
from gateway.services.show_reply import held_of_case
from gateway.services.show_stops import stops_of_case
from gateway.storage import cases, journal, participants
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

# What counts as somebody looking at a resident's case, for "who looked at this".
_LOOKS = ("case.looked_at", "evidence.built")
_MOST_LOOKS = 200
_MOST_DAYS = 6


def resident_page(runtime: Runtime, case_id: UUID, now: datetime) -> dict[str, Any]:
    """
    Everything a resident is shown about one case: per creditor what they said, what was asked, what came back.

    Returns:
        {"case", "creditors": [{"name", "flows": [...], "line": a line of the overview or None}], "looks"}.

    Raises:
        NotFound: The case is not there.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        case = _case(connection, case_id)
        _look(connection, now, case, kind="resident.looked_at_flows", actor="resident")
        seen = overview(runtime, connection, case, now)
        looks = journal.of_resident(connection, case["resident_id"], kinds=_LOOKS, limit=_MOST_LOOKS)
    order = list(runtime.settings.flows.flows)
    said = show_grants(runtime, case_id, now, organisation_id=None)
    return {
        "case": seen["case"],
        "creditors": _per_creditor(
            seen["creditors"], sorted(said, key=lambda grant: (order.index(grant["purpose"]), grant["given_at"]))
        ),
        "looks": _days(looks),
    }


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
        seen = overview(runtime, connection, case, now)
        waiting = held_of_case(connection, case_id)
        stops = stops_of_case(runtime, connection, case, now)
    used = {line["regime"] for line in seen["creditors"]}
    used |= {line["offer"]["regime"] for line in seen["creditors"] if line["offer"] is not None}
    words = {regime.id: dict(regime.words) for regime in runtime.settings.regimes.regimes if regime.id in used}
    return {**seen, "regimes": words, "waiting": waiting, "stops": stops}


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


def _days(looks: Sequence[Row]) -> list[dict[str, str]]:
    """Each kind of look once a day, newest first; ten looks in an hour tell a resident no more than one."""
    seen = dict.fromkeys((local_day(row["at"]).isoformat(), row["kind"]) for row in looks)
    return [{"day": day, "kind": kind} for day, kind in list(seen)[:_MOST_DAYS]]


def _per_creditor(lines: Sequence[dict[str, Any]], said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every creditor that was asked or that the resident said something about; the newest word on a flow counts."""
    newest_line = {line["creditor"]["id"]: line for line in lines}
    names = {line["creditor"]["id"]: line["creditor"]["name"] for line in lines}
    flows: dict[str, dict[str, dict[str, Any]]] = {}
    for grant in said:
        names[grant["creditor"]["id"]] = grant["creditor"]["name"]
        flows.setdefault(grant["creditor"]["id"], {})[grant["purpose"]] = grant
    return [
        {"name": name, "flows": list(flows.get(creditor_id, {}).values()), "line": newest_line.get(creditor_id)}
        for creditor_id, name in sorted(names.items(), key=lambda one: one[1].casefold())
    ]
