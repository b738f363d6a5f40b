"""The organisations that take part, and the creditors among them that can be asked."""

from __future__ import annotations

from typing import Any

from gateway.services.runtime import Runtime
from gateway.storage import participants
from gateway.storage.database import Row


def list_creditors(runtime: Runtime) -> list[dict[str, Any]]:
    """Every registered creditor and collector, by name."""
    with runtime.database.begin() as connection:
        rows = participants.all_of(connection, ("creditor", "collector"))
    return [_shown(row) for row in rows]


def list_participants(runtime: Runtime, *, number: str | None) -> list[dict[str, Any]]:
    """Every organisation, by name; only the one with this OIN or KvK number when one is asked for."""
    with runtime.database.begin() as connection:
        rows = participants.all_of(connection, ("counsellor", "creditor", "collector"))
    return [_shown(row) for row in rows if number in (None, row["id_value"])]


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "name": row["name"],
        row["id_kind"]: row["id_value"],
        "sector": row["sector"],
        "regime_group": row["regime_group"],
        "can_be_asked": row["endpoint"] is not None and row["format"] is not None,
    }
