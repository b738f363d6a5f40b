"""Whom a BSN finds, and which sign-ins were used: one lets in once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from gateway.storage import idempotency
from gateway.storage.tables import resident


def residents_by_bsn(connection: Connection, indexes: Mapping[UUID, bytes]) -> list[tuple[UUID, UUID]]:
    """
    The residents whom these organisations know by one BSN: (resident, organisation), in a fixed order.

    Args:
        indexes: The index of that BSN for each organisation; no two are alike.
    """
    query = (
        select(resident.c.id, resident.c.organisation_id)
        .where(
            tuple_(resident.c.organisation_id, resident.c.bsn_index).in_(list(indexes.items())),
            resident.c.erased_at.is_(None),
        )
        .order_by(resident.c.organisation_id)
    )
    return [(row.id, row.organisation_id) for row in connection.execute(query)]


def use(connection: Connection, organisations: Iterable[UUID], key: str, now: datetime) -> bool:
    """
    Note that the sign-in *key* was used; False when it was used before, and then nothing is noted.

    It is a call that works once, so it stands among the others that do (ruling 32) and is forgotten with them.
    """
    wanted = sorted(set(organisations))
    for one in wanted:
        if not idempotency.hold(connection, one, key) or idempotency.find(connection, one, key) is not None:
            return False
    for one in wanted:
        row = {"participant_id": one, "key": key, "fingerprint": "", "sealed": b"", "at": now}
        idempotency.add(connection, row)
    return True
