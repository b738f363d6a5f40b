"""
What a resident finds on the own pages: open questions, every yes and no with what it is worth now, and one of them.

Nothing but what is owed is unsealed: the other pages work while the keys are away. Every look is journalled
(ruling 15).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.asks import Question, Stage, stage
from gateway.consent.decision import RESIDENT, worth
from gateway.consent.flows import Flow, Mode, labels
from gateway.consent.grants import Act, EventKind, Status
from gateway.consent.notices import words_of
from gateway.consent.reminders import ENDS_SOON, ends_at, is_effective
from gateway.errors import NotFound
from gateway.services.portal_session import SignedIn
from gateway.services.runtime import Runtime
from gateway.services.show_case import overview
from gateway.storage import asks, cases, grants, journal, participants
from gateway.storage.database import Connection, Row
from gateway.storage.grants import Standing
from gateway.storage.journal import Entry

# What the resident can do from each standing; nothing else is offered, and nothing else is taken.
_STOPPABLE = frozenset(
    {
        Status.ACTIVE, Status.NOT_YET, Status.PAUSED, Status.REVIEW, Status.AUTHORITY, Status.USED_UP,
    }
)  # fmt: skip
_PAUSABLE = frozenset({Status.ACTIVE, Status.NOT_YET, Status.USED_UP})
_OVER = frozenset({Status.REFUSED, Status.DEFERRED, Status.UNKNOWN, Status.WITHDRAWN, Status.EXPIRED, Status.REVOKED})


def show_home(runtime: Runtime, who: SignedIn, now: datetime) -> dict[str, Any]:
    """
    Everything that was asked and said, newest word per flow.

    Returns:
        {"questions": [as `asked`], "creditors": [{"id", "name", "choices": [as `_choice`]}], "ending": yeses that
        end within reminders.ENDS_SOON, the first to end first}.

    Raises:
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        mine = own_cases(connection, who)
        _look(connection, who, now)
        words = [word for case in mine for word in grants.of_case(connection, case["id"])]
        questions = open_questions(connection, mine, words, now)
        names = _names(connection, [word[0].recipient_id for word in words] + [one.recipient_id for one in questions])
    choices = [_choice(runtime, word, names, now) for word in newest(words)]
    return {
        "questions": [asked(runtime, one, names) for one in questions],
        "creditors": _per_creditor(choices),
        "ending": sorted((one for one in choices if one["ends_soon"]), key=lambda one: one["valid_until"]),
    }


def show_choice(runtime: Runtime, who: SignedIn, grant_id: UUID, language: str, now: datetime) -> dict[str, Any]:
    """
    One yes or no in full: what it covers, in words, and everything that happened to it, oldest first.

    Returns:
        As `_choice`, with "fields_out" and "fields_in" in words of *language*, "method", "assisted_by", "events":
        [{"kind", "at"}].

    Raises:
        NotFound: It is not there, or somebody else's.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        grant, events = own_grant(connection, who, grant_id)
        _look(connection, who, now, case_id=grant.case_id, about=grant_id)
        names = _names(connection, [grant.recipient_id])
        happened = journal.of_grant(connection, grant_id, kind_prefix="consent.")
    words = words_of(runtime.settings.notices, language)
    return {
        **_choice(runtime, (grant, events), names, now),
        "fields_out": _in_words(words, grant.fields_out),
        "fields_in": _in_words(words, grant.fields_in),
        "method": grant.method,
        "by_resident": grant.recorded_by == "resident",
        "events": [{"kind": row["kind"].removeprefix("consent."), "at": row["at"]} for row in happened],
    }


def show_owed(runtime: Runtime, who: SignedIn, now: datetime) -> list[dict[str, Any]]:
    """
    What came back from each creditor, in every open case of the resident, by name.

    Returns:
        Lines of the overview (`show_case.overview`).

    Raises:
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        mine = [case for case in own_cases(connection, who) if case["closed_at"] is None]
        _look(connection, who, now)
        seen = [overview(runtime, connection, case, now, actor=RESIDENT) for case in mine]
    lines = [line for one in seen for line in one["creditors"]]
    return sorted(lines, key=lambda line: str(line["creditor"]["name"]).casefold())


def own_cases(connection: Connection, who: SignedIn) -> list[Row]:
    """The resident's cases with the organisation whose pages these are; what was erased is gone."""
    mine = cases.of_resident(connection, who.resident_id)
    return [case for case in mine if case["organisation_id"] == who.organisation_id and case["erased_at"] is None]


def own_grant(connection: Connection, who: SignedIn, grant_id: UUID) -> Standing:
    """
    Raises:
        NotFound: It is not there, or somebody else's.
    """
    known = grants.get(connection, grant_id)
    if known is None or known[0].resident_id != who.resident_id:
        raise NotFound
    return known


def open_questions(
    connection: Connection, mine: Sequence[Row], words: Sequence[Standing], now: datetime
) -> list[Question]:
    """Questions on the table, oldest first; the newest about a flow counts, and one answered since is off."""
    open_cases = [case["id"] for case in mine if case["closed_at"] is None]
    found = [one for case_id in open_cases for one in asks.of_case(connection, case_id)]
    standing = {(one.case_id, one.recipient_id, one.purpose): one for one in found}
    said = {(word.case_id, word.recipient_id, word.purpose): word.recorded_at or word.given_at for word, _ in words}
    return [
        one
        for key, one in standing.items()
        if stage(one, now) in (Stage.REQUESTED, Stage.SERVED) and (key not in said or said[key] < one.requested_at)
    ]


def newest(words: Iterable[Standing]) -> list[Standing]:
    """The last word about each flow."""
    return list({(word[0].case_id, word[0].recipient_id, word[0].purpose): word for word in words}.values())


def asked(runtime: Runtime, one: Question, names: Mapping[UUID, str]) -> dict[str, Any]:
    """A question as its page and the list show it."""
    return {
        "id": str(one.id),
        "creditor": {"id": str(one.recipient_id), "name": names[one.recipient_id]},
        "purpose": one.purpose,
        "labels": labels(runtime.settings.flows.of(one.purpose), one.purpose),
        "lapses_at": one.lapses_at,
    }


def _choice(runtime: Runtime, word: Standing, names: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    grant, events = word
    flow = runtime.settings.flows.of(grant.purpose)
    moment = max([now, *(event.at for event in events)])
    standing = worth(grant, events, flow, moment)
    used = [event.at for event in events if event.kind is EventKind.USED]
    ends = grant.act is Act.GIVEN and standing in _STOPPABLE
    until = ends_at(grant, flow, moment)
    soon = ends and until - moment <= ENDS_SOON
    return {
        "id": str(grant.id),
        "creditor": {"id": str(grant.recipient_id), "name": names[grant.recipient_id]},
        "purpose": grant.purpose,
        "labels": labels(flow, grant.purpose),
        "mode": flow.mode.value if flow is not None else None,
        "act": grant.act.value,
        "status": "imposed" if grant.act is Act.IMPOSED and standing in _STOPPABLE else standing.value,
        "given_at": grant.given_at,
        "valid_until": until,
        "last_used": max(used, default=None),
        "uses": len(used),
        "days_left": (until - moment).days if ends else None,
        "ends_soon": soon and is_effective(grant, events, flow, moment),
        "may": _may(flow, standing, soon=soon),
    }


def _may(flow: Flow | None, standing: Status, *, soon: bool) -> frozenset[str]:
    """What the resident can do with it: "stop", "object", "pause", "resume", "ask_again"."""
    found = set()
    if standing in _STOPPABLE:
        found.add("object" if flow is not None and flow.mode is Mode.NOTIFY else "stop")
    if standing in _PAUSABLE and (flow is None or flow.mode is not Mode.NOTIFY):
        found.add("pause")
    if standing is Status.PAUSED:
        found.add("resume")
    if flow is not None and flow.mode is not Mode.NOTIFY and (standing in _OVER or soon):
        found.add("ask_again")
    return frozenset(found)


def _per_creditor(choices: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in choices:
        found.setdefault(one["creditor"]["id"], {**one["creditor"], "choices": []})["choices"].append(one)
    return sorted(found.values(), key=lambda creditor: creditor["name"].casefold())


def _in_words(words: Mapping[str, str], fields: Iterable[str] | None) -> list[str]:
    """Each word once: several fields share one."""
    return list(dict.fromkeys(word for name, word in words.items() if name in set(fields or ())))


def _names(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str]:
    return {one: row["name"] for one, row in participants.many(connection, set(ids)).items()}


def _look(
    connection: Connection, who: SignedIn, now: datetime, *, case_id: UUID | None = None, about: UUID | None = None
) -> None:
    looked = Entry(
        kind="resident.looked_at_flows",
        actor="resident",
        case_id=case_id,
        resident_id=who.resident_id,
        subject_id=about or who.resident_id,
    )
    journal.append(connection, now, looked)
