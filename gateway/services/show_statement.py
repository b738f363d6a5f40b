"""One statement of a creditor in the published form, for the organisation whose case it is; the look is journalled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import Stage
from gateway.domain.statement import DebtStatement, Filed, IdKind, Party, Remark, Weight, from_dict, published
from gateway.domain.statement.origins import unpack
from gateway.errors import NoPermission, NotFound
from gateway.services.gate import may_be_seen
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, participants, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry


def show_statement(
    runtime: Runtime, statement_id: UUID, now: datetime, *, actor: str, organisation_id: UUID, origins: bool = False
) -> DebtStatement:
    """
    The statement that was read from one reply. The look itself is journalled (ruling 15).

    Args:
        origins: With the place in the creditor's bytes from which each value came.

    Raises:
        NoPermission: It may not be looked at any more: it rested on consent that ended, or on a yes that never was one.
        NotFound: There is no such statement, it is in another organisation's case, or the reply is not a statement
            that counts: held, put aside, or read anew since.
        Unavailable: The look could not be recorded, so there is none.
    """
    shown = _looked_at(runtime, statement_id, now, actor=actor, organisation_id=organisation_id, origins=origins)
    if shown is None:
        raise NoPermission("The permission that this rested on has ended; it may not be looked at any more.")
    return shown


def _looked_at(
    runtime: Runtime, statement_id: UUID, now: datetime, *, actor: str, organisation_id: UUID, origins: bool
) -> DebtStatement | None:
    """The statement, or None when the gate refuses the look; either way the decision is in the journal."""
    with runtime.database.begin() as connection:
        reply = statement_requests.get_reply(connection, statement_id)
        if reply is None or reply["status"] != "accepted" or reply["statement"] is None:
            raise NotFound
        request = statement_requests.get(connection, reply["request_id"])
        assert request is not None  # a reply belongs to a request
        case = cases.get(connection, request["case_id"], organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        refusal, decision = may_be_seen(runtime, connection, request, now, stage=Stage.READ, actor=actor)
        if refusal is not None:
            journal.append(connection, now, decision)
            return None
        looked = Entry(
            kind="case.looked_at",
            actor=actor,
            case_id=case["id"],
            resident_id=case["resident_id"],
            subject_id=statement_id,
        )
        journal.append(connection, now, decision, looked)
        return _published(runtime, connection, request, reply, origins=origins)


def _published(runtime: Runtime, connection: Connection, request: Row, reply: Row, *, origins: bool) -> DebtStatement:
    wrapped = cases.wrapped_key(connection, request["resident_id"])
    stored = runtime.unseal(wrapped, reply["statement"], table="reply", row=reply["id"], column="statement")
    asked = runtime.unseal(wrapped, request["sealed"], table="statement_request", row=request["id"], column="sealed")
    known = participants.many(connection, {request["creditor_id"], reply["respondent_id"]})
    filed = Filed(
        statement_id=str(reply["id"]),
        version=reply["version"],
        request_id=str(request["id"]),
        consent_id=str(request["grant_id"]),
        resident=str(request["resident_id"]),
        creditor=_party(known[request["creditor_id"]]),
        respondent=_party(known[reply["respondent_id"]]),
        asked=tuple(asked.get("references", ())),
        quality=tuple(_remark(problem) for problem in reply["problems"]),
    )
    statement = from_dict(stored)
    if origins and reply["origins"] is not None and statement.provenance is not None:
        packed = runtime.keys.open(wrapped, bytes(reply["origins"]), table="reply", row=reply["id"], column="origins")
        statement = replace(statement, provenance=replace(statement.provenance, fields=dict(unpack(packed))))
    return published(statement, filed)


def _party(row: Row) -> Party:
    return Party(
        participant_id=str(row["id"]),
        name=row["name"],
        id_kind=IdKind(row["id_kind"]),
        id_value=row["id_value"],
        sector=row["sector"],
    )


def _remark(problem: dict[str, Any]) -> Remark:
    return Remark(
        code=problem["code"],
        severity=Weight(problem["severity"]),
        path=problem["path"],
        detail=problem["detail"],
    )
