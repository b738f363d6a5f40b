"""What the record says about one case, as one overview: who was asked, what is owed, what silence may mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.grants import status
from gateway.domain.settlement import AGREED, State
from gateway.domain.statement import Debt, Outcome, Statement, debt_total, from_dict, original_debt_view
from gateway.errors import NotFound
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, participants, proposals, statement_requests, terms
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
        return overview(runtime, connection, case, now)


def overview(runtime: Runtime, connection: Connection, case: Row, now: datetime) -> dict[str, Any]:
    """
    The overview itself; the caller journals the look.

    Shape: {"case", "creditors": [...], "totals", "proposals": [...], "settlement"}.
    """
    wrapped = cases.wrapped_key(connection, case["resident_id"])
    requests = statement_requests.of_case(connection, case["id"])
    replies: dict[UUID, list[Row]] = {}
    for reply in statement_requests.replies_of_case(connection, case["id"]):
        replies.setdefault(reply["request_id"], []).append(reply)
    offers = proposals.offers_of_case(connection, case["id"])
    offer_of = {offer["request_id"]: offer for offer in offers}
    running = terms.of_subjects(connection, [row["id"] for row in (*requests, *offers)])
    creditors = participants.many(connection, {row["creditor_id"] for row in requests})
    lines = []
    for request in requests:
        line = _line(runtime, request, creditors[request["creditor_id"]], replies.get(request["id"], []), wrapped)
        line |= _dates(running.get(request["id"], []))
        offer = offer_of.get(request["id"])
        line["offer"] = _offer(runtime, offer, running.get(offer["id"], []), wrapped) if offer is not None else None
        lines.append(line)
    lines.sort(key=lambda line: (line["creditor"]["name"], line["request_id"]))
    return {
        "case": {
            "id": str(case["id"]),
            "reference": case["reference"],
            "opened_at": _instant(case["opened_at"]),
        },
        "as_of": _instant(now),
        "creditors": lines,
        "totals": _totals(lines),
        "proposals": [_proposal(runtime, row, wrapped) for row in proposals.of_case(connection, case["id"])],
        "settlement": _settlement(lines),
    }


def _line(runtime: Runtime, request: Row, creditor: Row, replies: Sequence[Row], wrapped: bytes) -> dict[str, Any]:
    """One creditor: the state of the request, its newest understood statement, and what is held."""
    accepted = [reply for reply in replies if reply["status"] == "accepted"]
    held = [reply for reply in replies if reply["status"] == "held"]
    line: dict[str, Any] = {
        "request_id": str(request["id"]),
        "creditor": {"id": str(creditor["id"]), "name": creditor["name"], "sector": creditor["sector"]},
        "state": request["state"],
        "regime": request["regime_id"],
        "late": request["late"],
        "outcome": None,
        "as_of": None,
        "versions": len(accepted),
        "debts": [],
        "held": [_held(reply) for reply in held],
        "warnings": [],
        **_NOTHING_STATED,
    }
    shown = accepted[-1] if accepted else next((reply for reply in reversed(held) if reply["statement"]), None)
    if shown is not None:
        statement = from_dict(
            runtime.unseal(wrapped, shown["statement"], table="reply", row=shown["id"], column="statement")
        )
        line |= _stated(statement)
        line["provisional"] = not accepted
        line["warnings"] = shown["problems"] if accepted else []
        line["mapping"] = shown["mapping"]
    return line


_NOTHING_STATED: Mapping[str, Any] = {
    "total_cents": None,
    "original_cents": None,
    "lapses_cents": None,
    "split": None,
    "provisional": False,
    "mapping": None,
}


def _stated(statement: Statement) -> dict[str, Any]:
    debts = [_debt(debt) for debt in statement.debts]
    counted = [debt for debt in debts if not debt["transferred"]]
    split = all(debt["original_cents"] is not None for debt in counted)
    nothing_owed = statement.outcome in (Outcome.NIL, Outcome.CLIENT_UNKNOWN, Outcome.TRANSFERRED)
    return {
        "outcome": statement.outcome.value,
        "as_of": statement.as_of.isoformat() if statement.as_of is not None else None,
        "debts": debts,
        "total_cents": sum(debt["total_cents"] for debt in counted) if counted or nothing_owed else None,
        "original_cents": sum(debt["original_cents"] for debt in counted) if counted and split else None,
        "lapses_cents": sum(debt["lapses_cents"] for debt in counted) if counted and split else None,
        "split": split if counted else None,
        "obstacle": statement.obstacle.code if statement.obstacle is not None else None,
    }


def _debt(debt: Debt) -> dict[str, Any]:
    view = original_debt_view(debt)
    return {
        "reference": debt.reference,
        "description": debt.description,
        "rank": debt.rank.value,
        "transferred": debt.transferred_to is not None,
        "total_cents": debt_total(debt) if debt.transferred_to is None else 0,
        "components": _components(debt),
        "original_cents": view.counted_cents if view is not None else None,
        "original_booked_cents": view.booked_cents if view is not None else None,
        "lapses_cents": view.lapses_cents if view is not None else None,
    }


def _components(debt: Debt) -> dict[str, int]:
    """Per kind what is outstanding, or what was charged where the creditor stated no more than that."""
    found: Counter[str] = Counter()
    for component in debt.components:
        if component.outstanding_cents is not None:
            found[component.kind.value] += component.outstanding_cents
        elif component.charged_cents is not None:
            found[component.kind.value] += component.charged_cents - (component.paid_cents or 0)
    return dict(found)


def _held(reply: Row) -> dict[str, Any]:
    return {
        "reply_id": str(reply["id"]),
        "received_at": _instant(reply["received_at"]),
        "late": reply["late"],
        "problems": reply["problems"],
    }


def _dates(rows: Sequence[Row]) -> dict[str, Any]:
    """The last day to answer and of the cure term, as they were counted."""
    due = {row["kind"]: row["due_on"].isoformat() if row["due_on"] is not None else None for row in rows}
    return {
        "due_on": due.get("answer"),
        "cure_due_on": due.get("cure"),
        "suspended": any(row["state"] == "suspended" for row in rows),
    }


def _offer(runtime: Runtime, offer: Row, rows: Sequence[Row], wrapped: bytes) -> dict[str, Any]:
    known = runtime.unseal(wrapped, offer["sealed"], table="offer", row=offer["id"], column="sealed")
    return {
        "id": str(offer["id"]),
        "state": offer["state"],
        "regime": offer["regime_id"],
        "claim_cents": known["claim_cents"],
        "offer_cents": known["offer_cents"],
        "percentage": known["percentage"],
        "rank": known["rank"],
        "confirmed_by_creditor": known["confirmed_by_creditor"],
        "disputed": offer["open_question"],
        "confirmed_by": str(offer["confirmed_by"]) if offer["confirmed_by"] is not None else None,
        "review_until": offer["review_until"].isoformat() if offer["review_until"] is not None else None,
        **_dates(rows),
    }


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


def _totals(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sums over the statements that were understood; provisional figures do not count."""
    sure = [line for line in lines if not line["provisional"]]
    by_component: Counter[str] = Counter()
    by_rank: Counter[str] = Counter()
    for line in sure:
        for debt in line["debts"]:
            if not debt["transferred"]:
                by_component.update(debt["components"])
                by_rank[debt["rank"]] += debt["total_cents"]
    return {
        "creditors": len(lines),
        "answered": sum(line["state"] == "answered" for line in lines),
        "held": sum(bool(line["held"]) for line in lines),
        "total_cents": sum(line["total_cents"] or 0 for line in sure),
        "original_cents": sum(line["original_cents"] or 0 for line in sure if line["original_cents"] is not None),
        "lapses_cents": sum(line["lapses_cents"] or 0 for line in sure if line["lapses_cents"] is not None),
        "not_split_cents": sum(line["total_cents"] or 0 for line in sure if line["original_cents"] is None),
        "by_component": dict(by_component),
        "by_rank": dict(by_rank),
    }


def _settlement(lines: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Share of creditors and of value per outcome of the offers."""
    offers = [line["offer"] for line in lines if line["offer"] is not None]
    if not offers:
        return None
    agreed = [offer for offer in offers if State(offer["state"]) in AGREED]
    value = sum(offer["claim_cents"] for offer in offers)
    return {
        "offers": len(offers),
        "agreed": len(agreed),
        "claim_cents": value,
        "agreed_claim_cents": sum(offer["claim_cents"] for offer in agreed),
        "offer_cents": sum(offer["offer_cents"] for offer in offers),
        "by_state": dict(Counter(offer["state"] for offer in offers)),
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
        standing = status(grant, events, now, max_messages=flow.max_messages if flow is not None else 0)
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
            }
        )
    return shown


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
