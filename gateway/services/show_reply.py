"""
Replies that wait for a person, with the reason in plain words, and one reply with everything that is known about it.

Every look is journalled first (ruling 15). Figures of a reply that is held are provisional; those of a statement that
waits for a second reader are not shown at all, or the second reading would not be blind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import Stage
from gateway.documents.words import PROBLEMS, say
from gateway.domain.integrity import Severity
from gateway.errors import NoPermission, NotFound
from gateway.services.gate import may_be_seen, sight_of
from gateway.services.ownership import held_reply
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, participants, proposals, statement_requests, terms
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

MOST_PLACES = 5
_RULE = re.compile(r"R[0-9]+")
# No mapping helps against these: the creditor must answer again, or may not be read by a machine at all.
_NOT_THE_MAPPING = frozenset({"too_large", "encoding", "not_whole_cents", "held_by_mapping", "too_many_debts"})


def show_held(runtime: Runtime, case_id: UUID, now: datetime, *, actor: str, organisation_id: UUID) -> dict[str, Any]:
    """
    What waits for a person in one case, oldest first.

    Returns:
        {"held_replies": [{"reply_id", "request_id", "creditor", "status", "since", "late", "clock", "provisional",
        "reasons": [{"code", "words": {"nl", "en"}, "times", "places"}], "not_shown", "can"}]}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        looked = Entry(
            kind="case.looked_at",
            actor=actor,
            case_id=case_id,
            resident_id=case["resident_id"],
            subject_id=case_id,
            facts={"part": "held_replies"},
        )
        journal.append(connection, now, looked)
        return {"held_replies": held_of_case(runtime, connection, case, now, actor=actor)}


def held_of_case(
    runtime: Runtime, connection: Connection, case: Row, now: datetime, *, actor: str
) -> list[dict[str, Any]]:
    """As `show_held`; the caller journals the look. What may not be seen is there, without its reasons."""
    replies = [
        row for row in statement_requests.replies_of_case(connection, case["id"])
        if row["status"] in statement_requests.WAITING
    ]  # fmt: skip
    requests = statement_requests.of_case(connection, case["id"])
    offers = proposals.offers_of_case(connection, case["id"])
    sight = sight_of(
        runtime, connection, case, requests, offers, now, stage=Stage.READ, actor=actor,
        answered={row["request_id"] for row in replies},
    )  # fmt: skip
    creditors = participants.many(connection, {row["respondent_id"] for row in replies})
    running = terms.of_subjects(connection, list({row["request_id"] for row in replies}))
    return [
        _waiting(
            row, creditors[row["respondent_id"]], running.get(row["request_id"], []), sight.hides(row["request_id"])
        )
        for row in replies
    ]


def show_reply(runtime: Runtime, reply_id: UUID, now: datetime, *, actor: str, organisation_id: UUID) -> dict[str, Any]:
    """
    One reply: its problems with the values they speak of, what was read of it, and every version beside it.

    Returns:
        {"reply", "problems": [{"code", "severity", "path", "detail", "words", "value"?}], "provisional", "statement",
        "versions": [{"reply_id", "version", "received_at", "status", "origin", "mapping", "late", "replaces"}]}.

    Raises:
        NotFound: There is no such reply in a case of this organisation.
        NoPermission: The resident's permission has ended; what came in stays closed.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        shown = _shown(runtime, connection, reply_id, now, actor=actor, organisation_id=organisation_id)
    if shown is None:
        raise NoPermission("The permission that this rested on has ended; it may not be looked at any more.")
    return shown


def _shown(
    runtime: Runtime, connection: Connection, reply_id: UUID, now: datetime, *, actor: str, organisation_id: UUID
) -> dict[str, Any] | None:
    """The reply, or None where the gate says no: that is journalled, like the look itself."""
    row, request = held_reply(connection, organisation_id, reply_id)
    refusal, decision = may_be_seen(runtime, connection, request, now, stage=Stage.READ, actor=actor)
    journal.append(connection, now, decision)
    if refusal is not None:
        return None
    looked = Entry(
        kind="case.looked_at",
        actor=actor,
        case_id=request["case_id"],
        resident_id=request["resident_id"],
        participant_id=request["creditor_id"],
        subject_id=request["id"],
        facts={"part": "reply", "reply_id": str(reply_id)},
    )
    journal.append(connection, now, looked)
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    creditor = participants.many(connection, {request["creditor_id"]})[request["creditor_id"]]
    return {
        "reply": _version(row)
        | {
            "request_id": str(row["request_id"]),
            "creditor": {"id": str(creditor["id"]), "name": creditor["name"]},
            "media_type": row["media_type"],
            "sha256": row["digest"],
            "keyed_by": _text(row["keyed_by"]),
            "checked_by": _text(row["checked_by"]),
            "dismissed_at": _instant(row["dismissed_at"]) if row["dismissed_at"] is not None else None,
        },
        "problems": _problems(runtime, row, wrapped),
        "provisional": row["statement"] is not None and row["status"] in ("held", "dismissed"),
        "statement": _statement(runtime, row, wrapped),
        "versions": [_version(one) for one in statement_requests.replies_of_request(connection, request["id"])],
    }


def _can(row: Row) -> list[str]:
    """What helps: mending and replaying is the administrator's to do, the rest is the counsellor's."""
    if row["status"] == "keyed":
        return ["check", "dismiss"]
    holding = {problem["code"] for problem in row["problems"] if problem["severity"] == Severity.HOLD}
    theirs = {code for code in holding if _RULE.fullmatch(code) or code in _NOT_THE_MAPPING}
    steps = ["mend_and_replay"] if holding - theirs else []
    return [*steps, *(["ask_creditor"] if theirs - {"held_by_mapping"} else []), "key_in", "dismiss"]


def _waiting(row: Row, creditor: Row, running: Sequence[Row], hidden: str | None) -> dict[str, Any]:
    states = {term["state"] for term in running}
    return {
        "reply_id": str(row["id"]),
        "request_id": str(row["request_id"]),
        "creditor": {"id": str(creditor["id"]), "name": creditor["name"]},
        "status": row["status"],
        "since": _instant(row["received_at"]),
        "late": row["late"],
        "clock": next((word for word in ("suspended", "running") if word in states), "none"),
        "provisional": row["status"] == "held" and row["statement"] is not None,
        "reasons": _reasons(row["problems"]) if row["status"] == "held" and hidden is None else [],
        "not_shown": hidden,
        "can": _can(row) if hidden is None else ["dismiss"],
    }


def _reasons(problems: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Each kind of problem that holds the reply, once, with the first places where it was found."""
    found: dict[str, dict[str, Any]] = {}
    for problem in problems:
        if problem["severity"] != Severity.HOLD:
            continue
        code = problem["code"]
        reason = found.setdefault(code, {"code": code, "words": _words(code), "times": 0, "places": []})
        reason["times"] += 1
        if problem["path"] and len(reason["places"]) < MOST_PLACES:
            reason["places"].append(problem["path"])
    return list(found.values())


def _problems(runtime: Runtime, row: Row, wrapped: bytes) -> list[dict[str, Any]]:
    values: dict[tuple[str, str], list[str]] = {}
    if row["offending"] is not None:
        opened = runtime.unseal(wrapped, row["offending"], table="reply", row=row["id"], column="offending")
        for one in opened:
            values.setdefault((one["code"], one["path"]), []).append(one["value"])
    shown = []
    for problem in row["problems"]:
        words = {**problem, "words": _words(problem["code"])}
        stood_there = values.get((problem["code"], problem["path"]))
        shown.append({**words, "value": stood_there.pop(0)} if stood_there else words)
    return shown


def _statement(runtime: Runtime, row: Row, wrapped: bytes) -> dict[str, Any] | None:
    """What was read, without where each value came from; nothing of what waits for a second reader."""
    if row["statement"] is None or row["status"] == "keyed":
        return None
    document: dict[str, Any] = runtime.unseal(
        wrapped, row["statement"], table="reply", row=row["id"], column="statement"
    )
    document.get("provenance", {}).pop("fields", None)
    return document


def _version(row: Row) -> dict[str, Any]:
    return {
        "reply_id": str(row["id"]),
        "version": row["version"],
        "received_at": _instant(row["received_at"]),
        "status": row["status"],
        "origin": row["origin"],
        "mapping": row["mapping"],
        "late": row["late"],
        "replaces": _text(row["replaces"]),
    }


def _words(code: str) -> dict[str, str]:
    return {language: say(PROBLEMS, code, language) for language in ("nl", "en")}


def _text(value: UUID | None) -> str | None:
    return str(value) if value is not None else None


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
