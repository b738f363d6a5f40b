"""What is open between the gateway and one creditor: its own requests and offers, nobody else's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gateway.domain import settlement, statement_request
from gateway.services.runtime import Runtime
from gateway.storage import proposals, statement_requests, terms
from gateway.storage.database import Row

_REQUESTS = [state.value for state in statement_request.State if state not in statement_request.FINAL]
_OFFERS = [state.value for state in settlement.State if state not in settlement.FINAL]
_MOST = 500


def show_open(runtime: Runtime, creditor_id: UUID) -> dict[str, Any]:
    """The creditor's open statement requests and offers; references and dates, no resident's name."""
    with runtime.database.begin() as connection:
        requests = statement_requests.of_creditor(connection, creditor_id, _REQUESTS, limit=_MOST)
        offers = proposals.offers_of_creditor(connection, creditor_id, _OFFERS, limit=_MOST)
        running = terms.of_subjects(connection, [row["id"] for row in (*requests, *offers)])
    return {
        "statement_requests": [_shown(row, running.get(row["id"], [])) for row in requests],
        "offers": [_shown(row, running.get(row["id"], [])) for row in offers],
    }


def _shown(row: Row, rows: list[Row]) -> dict[str, Any]:
    open_terms = [one for one in rows if one["state"] in ("running", "suspended")]
    due = open_terms[-1]["due_on"] if open_terms else None
    return {
        "id": str(row["id"]),
        "case_reference": row["case_reference"],
        "state": row["state"],
        "answer_by": due.isoformat() if due is not None else None,
    }
