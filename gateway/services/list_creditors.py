"""The creditors and collectors that can be asked."""

from __future__ import annotations

from typing import Any

from gateway.services.runtime import Runtime
from gateway.storage import participants


def list_creditors(runtime: Runtime) -> list[dict[str, Any]]:
    """Every registered creditor and collector, by name."""
    with runtime.database.begin() as connection:
        rows = participants.all_of(connection, ("creditor", "collector"))
    return [
        {
            "id": str(row["id"]),
            "kind": row["kind"],
            "name": row["name"],
            row["id_kind"]: row["id_value"],
            "sector": row["sector"],
            "regime_group": row["regime_group"],
            "can_be_asked": row["endpoint"] is not None and row["format"] is not None,
        }
        for row in rows
    ]
