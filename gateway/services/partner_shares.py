"""
What a partner shares with a resident, as far as the record says without opening anything.

A withdrawal has no keys in its hands, and what a partner's creditors wrote is the partner's. So nothing is unsealed:
when a statement was accepted, one word of it was put beside it (`domain.statement.liability`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from gateway.consent.grants import Act, Status, status
from gateway.consent.partners import Partner, SharedCreditor
from gateway.domain import settlement
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, partners, proposals, statement_requests
from gateway.storage.database import Connection, Row

# A yes that ended one way or another: nothing runs under it that a partner's stopping could touch.
_OVER = frozenset({
    Status.WITHDRAWN, Status.REVOKED, Status.TEMPLATE_RECALLED, Status.INVALIDATED, Status.SUPERSEDED, Status.EXPIRED,
})  # fmt: skip
_UNBOUNDED = 10**9
_ABOUT_DEBTS = frozenset({"creditor", "collector"})


class Shared(TypedDict):
    """As `consent.standing.Standing` takes it."""

    partners: tuple[Partner, ...]
    others_bound: Mapping[UUID, bool | None]


def shared_with_partner(runtime: Runtime, connection: Connection, case_ids: Sequence[UUID], now: datetime) -> Shared:
    """The partner of the resident whose cases these are, if there is one, and what both their creditors said."""
    case = cases.get(connection, case_ids[0]) if case_ids else None
    link = partners.in_force(connection, case["resident_id"]) if case is not None else None
    if case is None or link is None:
        return Shared(partners=(), others_bound={})
    partner_id = link.other(case["resident_id"])
    open_cases = [row["id"] for row in cases.of_resident(connection, partner_id) if _is_open(row)]
    partner = Partner(
        resident_id=partner_id,
        unsafe=link.unsafe,
        spoken_of=link.spoken_of,
        shared=tuple(_shared(runtime, connection, open_cases, now)),
    )
    said = statement_requests.others_bound(connection, case_ids)
    return Shared(partners=(partner,), others_bound=_by_creditor(said))


def _is_open(case: Row) -> bool:
    return case["closed_at"] is None and case["erased_at"] is None


def _by_creditor(said: Mapping[tuple[UUID, UUID], bool | None]) -> dict[UUID, bool | None]:
    """Of one creditor in two cases of one resident, the word that says most: bound together, then alone."""
    found: dict[UUID, bool | None] = {}
    for (_, creditor_id), others_bound in said.items():
        known = found.get(creditor_id)
        found[creditor_id] = others_bound if known is None else known or bool(others_bound)
    return found


def _shared(runtime: Runtime, connection: Connection, case_ids: Sequence[UUID], now: datetime) -> list[SharedCreditor]:
    said = statement_requests.others_bound(connection, case_ids)
    found = []
    for case_id in case_ids:
        pending = _pending(connection, case_id)
        for creditor_id in sorted(_with_a_yes(runtime, connection, case_id, now) | pending.keys(), key=str):
            found.append(
                SharedCreditor(
                    creditor_id=creditor_id,
                    case_id=case_id,
                    others_bound=said.get((case_id, creditor_id)),
                    pending=tuple(pending.get(creditor_id, ())),
                )
            )
    return found


def _with_a_yes(runtime: Runtime, connection: Connection, case_id: UUID, now: datetime) -> set[UUID]:
    """The creditors that the partner has a yes to, about a debt, which has not ended; a pause has not ended it."""
    found = set()
    for grant, events in grants.of_case(connection, case_id):
        flow = runtime.settings.flows.of(grant.purpose)
        moment = max([now, *(event.at for event in events)])
        standing = status(grant, events, moment, max_messages=_UNBOUNDED)
        if grant.act is Act.GIVEN and standing not in _OVER and (flow is None or flow.recipients & _ABOUT_DEBTS):
            found.add(grant.recipient_id)
    return found


def _pending(connection: Connection, case_id: UUID) -> dict[UUID, list[UUID]]:
    """Per creditor the proposals that count on it, while any creditor in them has still to answer."""
    offers = proposals.offers_of_case(connection, case_id)
    marked = partners.must_be_recut(connection, {row["proposal_id"] for row in offers})
    waits = {row["proposal_id"] for row in offers if _stops(row)} - marked
    found: dict[UUID, list[UUID]] = {}
    for row in offers:
        if row["proposal_id"] in waits and (_stops(row) or settlement.State(row["state"]) in settlement.AGREED):
            found.setdefault(row["creditor_id"], []).append(row["proposal_id"])
    return found


def _stops(offer: Row) -> bool:
    """Still open: the state table says so, nobody else."""
    return settlement.possible(settlement.State(offer["state"]), settlement.Event.PERMISSION_ENDED)
