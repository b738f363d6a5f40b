"""What the record says about one case, as one overview: who was asked, what is owed, what silence may mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import Stage, worth
from gateway.consent.grants import Grant
from gateway.domain.case_overview import Asked, CaseOverview, CreditorFigures, case_overview
from gateway.domain.settlement import AGREED, State
from gateway.domain.statement.changes import Change, changes
from gateway.errors import NotFound
from gateway.services.case_files import CaseFile, Stated, case_files, stated_in
from gateway.services.gate import Sight
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, participants, proposals
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry


def show_case(
    runtime: Runtime, case_id: UUID, now: datetime, *, actor: str, organisation_id: UUID | None
) -> dict[str, Any]:
    """
    The overview of a case, JSON-ready; amounts in integer euro cents. The look itself is journalled (ruling 15).

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
        )
        journal.append(connection, now, looked)
        return overview(runtime, connection, case, now, actor=actor)


def overview(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    now: datetime,
    *,
    actor: str | None = None,
    stage: Stage = Stage.READ,
) -> dict[str, Any]:
    """
    The overview itself; the caller journals the look.

    Each creditor is one line and counts once, however often it was asked. Of an answer that *actor* may not see the
    line says that it is there and why it is not shown; it counts in no total.

    Args:
        actor: Who looks, as the journal writes it; None = the organisation whose case it is.
        stage: EXPORT when it is taken along.

    Shape: {"case", "creditors": [...], "totals", "possible_duplicates": [...], "missing", "statement_days",
    "transfer_problems": [...], "proposals": [...], "settlement"}.
    """
    return seen_in(runtime, connection, case, now, actor=actor, stage=stage)[0]


def seen_in(
    runtime: Runtime, connection: Connection, case: Row, now: datetime, *, actor: str | None, stage: Stage
) -> tuple[dict[str, Any], Sight]:
    """The overview with what the gate said of everything in it, for who shows more of the case beside it."""
    wrapped = cases.wrapped_key(connection, case["resident_id"])
    made = proposals.of_case(connection, case["id"])
    actor = actor or f"counsellor-organisation:{case['organisation_id']}"
    ids = [proposal["id"] for proposal in made]
    files = case_files(runtime, connection, case, ids, now, stage=stage, actor=actor)
    stated = {file.creditor["id"]: stated_in(runtime, file, wrapped) for file in files}
    found = case_overview([_asked(file, stated[file.creditor["id"]]) for file in files])
    lines = [_line(runtime, file, stated[file.creditor["id"]], found, wrapped) for file in files]
    lines.sort(key=lambda line: (line["creditor"]["name"], line["request_id"]))
    names = {line["creditor"]["id"]: line["creditor"]["name"] for line in lines}
    shown = {
        "case": {
            "id": str(case["id"]),
            "reference": case["reference"],
            "opened_at": _instant(case["opened_at"]),
        },
        "as_of": _instant(now),
        "creditors": lines,
        "totals": _totals(lines, found),
        **_loose_ends(found, names),
        "proposals": [_proposal(runtime, row, wrapped) for row in made],
        "settlement": _settlement(lines),
    }
    return shown, files[0].sight if files else Sight(hidden={})


def _asked(file: CaseFile, stated: Stated) -> Asked:
    creditor = file.creditor
    return Asked(
        creditor_id=str(creditor["id"]),
        name=creditor["name"],
        identity=f"{creditor['id_kind']}:{creditor['id_value']}",
        statement=stated.statement,
        provisional=stated.provisional,
        withheld=bool(file.withheld),
    )


def _line(runtime: Runtime, file: CaseFile, stated: Stated, found: CaseOverview, wrapped: bytes) -> dict[str, Any]:
    """One creditor: the state of the request, its newest understood statement, what changed, and what is held."""
    request, creditor, offer = file.request, file.creditor, file.offer
    running = file.running
    return {
        "request_id": str(request["id"]),
        "creditor": {"id": str(creditor["id"]), "name": creditor["name"], "sector": creditor["sector"]},
        "state": request["state"],
        "regime": request["regime_id"],
        "late": request["late"],
        "other_requests": [
            {"request_id": str(other["id"]), "state": other["state"], "asked_at": _instant(other["asked_at"])}
            | _dates(running.get(other["id"], []))
            for other in file.others
        ],
        "versions": file.versions,
        "held": [_held(reply, file.hides(reply)) for reply in file.waiting],
        "not_shown": [
            {"request_id": str(request_id), "reason": reason, "answers": answers}
            for request_id, reason, answers in file.withheld
        ],
        **_what_was_stated(stated, found.figures.get(str(creditor["id"]))),
        **_dates(running.get(request["id"], [])),
        "offer": _offer(runtime, offer, running.get(offer["id"], []), wrapped, file.sight.hides(offer["id"]))
        if offer is not None
        else None,
    }


def _what_was_stated(stated: Stated, figures: CreditorFigures | None) -> dict[str, Any]:
    """The statement and its figures; None where the creditor said nothing yet."""
    said, reply = stated.statement, stated.reply
    earlier = stated.previous_reply
    return {
        "outcome": said.outcome.value if said is not None else None,
        "as_of": said.as_of.isoformat() if said is not None and said.as_of is not None else None,
        "obstacle": said.obstacle.code if said is not None and said.obstacle is not None else None,
        "provisional": stated.provisional,
        "mapping": reply["mapping"] if reply is not None else None,
        "origin": reply["origin"] if reply is not None else None,
        "warnings": reply["problems"] if reply is not None and not stated.provisional else [],
        "debts": [asdict(debt) for debt in figures.debts] if figures is not None else [],
        **{name: getattr(figures, name, None) for name in _SUMS},
        "previous_received_at": _instant(earlier["received_at"]) if earlier is not None else None,
        "changes": [_change(one) for one in changes(stated.previous, said)] if stated.previous and said else [],
    }


_SUMS = (
    *("total_cents", "original_cents", "lapses_cents", "original_booked_cents", "lapses_booked_cents"),
    "split",
)


def _change(change: Change) -> dict[str, Any]:
    """A change without what it does not say."""
    return {name: value for name, value in asdict(change).items() if value is not None}


def _held(reply: Row, hidden: str | None) -> dict[str, Any]:
    return {
        "reply_id": str(reply["id"]),
        "request_id": str(reply["request_id"]),
        "received_at": _instant(reply["received_at"]),
        "origin": reply["origin"],
        "late": reply["late"],
        "problems": reply["problems"] if hidden is None else [],
    }


def _dates(rows: Sequence[Row]) -> dict[str, Any]:
    """The last day to answer and of the cure term, as they were counted."""
    due = {row["kind"]: row["due_on"].isoformat() if row["due_on"] is not None else None for row in rows}
    return {
        "due_on": due.get("answer"),
        "cure_due_on": due.get("cure"),
        "suspended": any(row["state"] == "suspended" for row in rows),
    }


def _offer(runtime: Runtime, offer: Row, rows: Sequence[Row], wrapped: bytes, hidden: str | None) -> dict[str, Any]:
    """An offer; without its figures where they may not be seen."""
    known: dict[str, Any] = {}
    if hidden is None:
        known = runtime.unseal(wrapped, offer["sealed"], table="offer", row=offer["id"], column="sealed")
    return {
        "id": str(offer["id"]),
        "state": offer["state"],
        "regime": offer["regime_id"],
        **{name: known.get(name) for name in _OFFERED},
        "not_shown": hidden,
        "disputed": offer["open_question"],
        "confirmed_by": str(offer["confirmed_by"]) if offer["confirmed_by"] is not None else None,
        "review_until": offer["review_until"].isoformat() if offer["review_until"] is not None else None,
        **_dates(rows),
    }


_OFFERED = ("claim_cents", "offer_cents", "percentage", "rank", "confirmed_by_creditor")


def _proposal(runtime: Runtime, row: Row, wrapped: bytes) -> dict[str, Any]:
    sums = runtime.unseal(wrapped, row["sealed"], table="proposal", row=row["id"], column="sealed")
    return {
        "id": str(row["id"]),
        "basis": row["basis"],
        "duration_months": row["duration_months"],
        "made_at": _instant(row["made_at"]),
        "made_by": str(row["made_by"]),
        "pool_cents": sums["pool_cents"],
        "surplus_cents": sums["surplus_cents"],
    }


def _totals(lines: Sequence[dict[str, Any]], found: CaseOverview) -> dict[str, Any]:
    """Sums over the statements that were understood and may be seen; provisional figures do not count."""
    return {
        "creditors": len(lines),
        "not_shown": sum(bool(line["not_shown"]) for line in lines),
        "answered": sum(line["state"] == "answered" for line in lines),
        "held": sum(bool(line["held"]) for line in lines),
        **asdict(found.totals),
    }


def _loose_ends(found: CaseOverview, names: Mapping[str, str]) -> dict[str, Any]:
    """What a person must look at before relying on the totals."""
    return {
        "possible_duplicates": [
            {
                "evidence": [reason.value for reason in twice.evidence],
                "at_stake_cents": twice.at_stake_cents,
                "debts": [
                    {
                        "creditor": {"id": debt.creditor_id, "name": names[debt.creditor_id]},
                        "reference": debt.reference,
                        "total_cents": debt.total_cents,
                    }
                    for debt in twice.debts
                ],
            }
            for twice in found.possible_duplicates
        ],
        "missing": {
            "named_not_asked": [
                {
                    "name": one.name,
                    "identity": one.identity,
                    "named_as": [role.value for role in one.named_as],
                    "named_by": [{"id": creditor, "name": names[creditor]} for creditor in one.named_by],
                    "references": list(one.references),
                }
                for one in found.named_not_asked
            ],
            "no_answer_yet": [{"id": creditor, "name": names[creditor]} for creditor in found.no_answer_yet],
        },
        "statement_days": {
            "earliest": found.as_of.earliest.isoformat(),
            "latest": found.as_of.latest.isoformat(),
            "days_apart": found.as_of.days_apart,
        }
        if found.as_of is not None
        else None,
        "transfer_problems": [
            {
                "problem": chain.problem.value,
                "creditors": [{"id": creditor, "name": names[creditor]} for creditor in chain.creditors],
            }
            for chain in found.transfer_problems
        ],
    }


def _settlement(lines: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Share of creditors and of value per outcome of the offers."""
    made = [line["offer"] for line in lines if line["offer"] is not None]
    if not made:
        return None
    offers = [offer for offer in made if offer["not_shown"] is None]
    agreed = [offer for offer in offers if State(offer["state"]) in AGREED]
    value = sum(offer["claim_cents"] for offer in offers)
    return {
        "offers": len(offers),
        "agreed": len(agreed),
        "claim_cents": value,
        "agreed_claim_cents": sum(offer["claim_cents"] for offer in agreed),
        "offer_cents": sum(offer["offer_cents"] for offer in offers),
        "by_state": dict(Counter(offer["state"] for offer in offers)),
        "not_shown": len(made) - len(offers),
    }


def show_grants(
    runtime: Runtime, case_id: UUID, now: datetime, *, organisation_id: UUID | None
) -> list[dict[str, Any]]:
    """
    Every word of the resident in this case, with what it is worth now.

    Raises:
        NotFound: The case is not there, or another organisation's.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        standings = grants.of_case(connection, case_id)
        names = participants.many(connection, {grant.recipient_id for grant, _ in standings})
    shown = []
    for grant, events in standings:
        flow = runtime.settings.flows.of(grant.purpose)
        standing = worth(grant, events, flow, now)
        shown.append(
            {
                "id": str(grant.id),
                "creditor": {"id": str(grant.recipient_id), "name": names[grant.recipient_id]["name"]},
                "purpose": grant.purpose,
                "label": (flow.label_nl, flow.label_en) if flow is not None else (grant.purpose, grant.purpose),
                "mode": flow.mode.value if flow is not None else None,
                "act": grant.act.value,
                "status": standing.value,
                "given_at": _instant(grant.given_at),
                "valid_until": _instant(grant.valid_until),
                **_how_it_was_said(grant),
            }
        )
    return shown


def _how_it_was_said(grant: Grant) -> dict[str, Any]:
    """By whom, in which way and on which text."""
    return {
        "valid_from": _instant(grant.valid_from),
        "received_at": _instant(grant.received_at) if grant.received_at is not None else None,
        "recorded_at": _instant(grant.recorded_at) if grant.recorded_at is not None else None,
        "method": grant.method,
        "recorded_by": grant.recorded_by,
        "notice": f"{grant.notice}.{grant.notice_language}.v{grant.notice_version}",
        "notice_sha256": grant.notice_sha256,
        "evidence_kind": grant.evidence_kind,
        "evidence_reference": grant.evidence_reference,
        "identified_by": grant.identified_by,
        "assisted_by": grant.assisted_by,
        "understood": grant.understood,
        "mandate_id": str(grant.mandate_id) if grant.mandate_id is not None else None,
        "fields_out": list(grant.fields_out) if grant.fields_out is not None else None,
        "fields_in": list(grant.fields_in) if grant.fields_in is not None else None,
        "article": grant.article,
        "supersedes": str(grant.supersedes) if grant.supersedes is not None else None,
        "ask_id": str(grant.ask_id) if grant.ask_id is not None else None,
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
