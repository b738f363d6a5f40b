"""
Record that two residents may owe debts together, that this is unsafe, that it ended, and that an address is protected.

Each of the two has an entry of their own, which names nobody else. What was recorded as unsafe, and everything that
happens to such a link, is shown to neither of them (`consent.partners.CONFIDENTIAL`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.partners import Link, LinkEvent
from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services.ownership import named_counsellor
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, partners
from gateway.storage.database import Connection
from gateway.storage.journal import Entry


def record_partner(
    runtime: Runtime,
    organisation_id: UUID,
    case_id: UUID,
    partner_case_id: UUID,
    counsellor_id: UUID,
    now: datetime,
    *,
    unsafe: bool,
) -> dict[str, Any]:
    """
    Link the residents of two cases of this organisation; doing it twice changes nothing.

    Args:
        unsafe: Violence or secrecy. A link that is there already becomes unsafe by this; it never becomes safe.

    Returns:
        As `show_partner` gives it: {"link_id", "partner_case_ids", "since", "unsafe"}.

    Raises:
        NotFound: One of the two cases is not there, or another organisation's.
        Conflict: One of the two residents is linked to somebody else; end that link first.
        Invalid: The counsellor is unknown, or both cases are of one resident.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        other = cases.get(connection, partner_case_id, organisation_id=organisation_id)
        if case is None or other is None:
            raise NotFound
        pair = (case["resident_id"], other["resident_id"])
        if pair[0] == pair[1]:
            detail = "Both cases are of the same resident. Send the case of the partner."
            raise Invalid([Fault(pointer="/partner_case_id", code="same_resident", detail=detail)])
        partners.hold_together(connection, *pair)
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/recorded_by")
        link = _present(connection, pair)
        link_id = link.id if link is not None else uuid4()
        kinds = []
        if link is None:
            row = {"id": link_id, "first_id": min(pair), "second_id": max(pair)}
            partners.add(connection, {**row, "recorded_by": counsellor_id, "recorded_at": now})
            kinds.append(LinkEvent.RECORDED_IN_CONFIDENCE if unsafe else LinkEvent.RECORDED)
        if unsafe and (link is None or not link.unsafe):
            kinds.append(LinkEvent.MARKED_UNSAFE)
        for kind in kinds:
            journal.append(connection, now, *_entries(link_id, pair, kind, f"counsellor:{counsellor_id}"))
        recorded = partners.get(connection, link_id)
        assert recorded is not None  # just recorded, or before
        return _shown(connection, recorded, case["resident_id"])


def end_partner(
    runtime: Runtime, organisation_id: UUID, link_id: UUID, counsellor_id: UUID, now: datetime
) -> dict[str, Any]:
    """
    The two have nothing to do with each other any more, as far as debts go. Twice changes nothing.

    Returns:
        {"link_id", "ended": True}.

    Raises:
        NotFound: There is no such link between residents of this organisation.
        Invalid: The counsellor is unknown.
    """
    with runtime.database.begin() as connection:
        link = _held(connection, organisation_id, link_id, counsellor_id)
        if link.in_force:
            kind = LinkEvent.ENDED_IN_CONFIDENCE if link.unsafe else LinkEvent.ENDED
            entries = _entries(link.id, (link.first_id, link.second_id), kind, f"counsellor:{counsellor_id}")
            journal.append(connection, now, *entries)
    return {"link_id": str(link_id), "ended": True}


def mark_safety(
    runtime: Runtime, organisation_id: UUID, link_id: UUID, counsellor_id: UUID, now: datetime, *, unsafe: bool
) -> dict[str, Any]:
    """
    Nothing of the one may be noticed by the other any more, or it may again. Twice changes nothing.

    Returns:
        {"link_id", "unsafe"}.

    Raises:
        NotFound: There is no such link between residents of this organisation.
        Conflict: The link has ended; nothing passes along it.
        Invalid: The counsellor is unknown.
    """
    with runtime.database.begin() as connection:
        link = _held(connection, organisation_id, link_id, counsellor_id)
        if not link.in_force:
            raise Conflict("This link has ended; neither of the two is told anything about the other.")
        if link.unsafe is not unsafe:
            kind = LinkEvent.MARKED_UNSAFE if unsafe else LinkEvent.MARKED_SAFE
            entries = _entries(link.id, (link.first_id, link.second_id), kind, f"counsellor:{counsellor_id}")
            journal.append(connection, now, *entries)
    return {"link_id": str(link_id), "unsafe": unsafe}


def protect_address(
    runtime: Runtime, organisation_id: UUID, resident_id: UUID, counsellor_id: UUID, now: datetime, *, on: bool
) -> dict[str, Any]:
    """
    Keep the address of a resident from everybody (geheim adres), or do so no longer. Twice changes nothing.

    From this moment no message carries it, those that wait included, and no text speaks of it. A yes that was said
    while it was protected covers no address later either.

    Returns:
        {"resident_id", "address_protected"}.

    Raises:
        NotFound: There is no such resident for this organisation.
        Conflict: The resident was erased.
        Invalid: The counsellor is unknown.
    """
    with runtime.database.begin() as connection:
        resident = cases.resident_of(connection, organisation_id, resident_id)
        if resident is None:
            raise NotFound
        named_counsellor(connection, organisation_id, counsellor_id, pointer="/recorded_by")
        if resident["erased_at"] is not None:
            raise Conflict("This resident was erased; there is no address left to protect.")
        if partners.address_protected(connection, resident_id) is not on:
            changed = Entry(
                kind=partners.PROTECTED if on else partners.UNPROTECTED,
                actor=f"counsellor:{counsellor_id}",
                resident_id=resident_id,
                subject_id=resident_id,
            )
            journal.append(connection, now, changed)
    return {"resident_id": str(resident_id), "address_protected": on}


def show_partner(
    runtime: Runtime, case_id: UUID, now: datetime, *, actor: str, organisation_id: UUID
) -> dict[str, Any]:
    """
    With whom the resident of a case is linked, and which of the case's proposals must be made anew. The look is
    journalled (ruling 15), with the resident of the case only.

    Returns:
        {"partner": {"link_id", "partner_case_ids", "since", "unsafe"} or None, "address_protected",
        "to_recut": [{"proposal_id", "since"}]}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Unavailable: The look could not be recorded, so there is none.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        resident_id = case["resident_id"]
        looked = Entry(kind="case.looked_at", actor=actor, case_id=case_id, resident_id=resident_id, subject_id=case_id)
        journal.append(connection, now, looked)
        link = partners.in_force(connection, resident_id)
        return {
            "partner": _shown(connection, link, resident_id) if link is not None else None,
            "address_protected": partners.address_protected(connection, resident_id),
            "to_recut": [
                {"proposal_id": str(proposal_id), "since": _instant(since)}
                for proposal_id, since in partners.to_recut(connection, case_id)
            ],
        }


def _present(connection: Connection, pair: tuple[UUID, UUID]) -> Link | None:
    """The link between these two; the caller holds both."""
    found = [link for link in (partners.in_force(connection, one) for one in pair) if link is not None]
    if any({link.first_id, link.second_id} != set(pair) for link in found):
        raise Conflict("One of these residents is linked to somebody else. End that link first.")
    return found[0] if found else None


def _held(connection: Connection, organisation_id: UUID, link_id: UUID, counsellor_id: UUID) -> Link:
    link = partners.get(connection, link_id)
    if link is None or cases.organisation_of(connection, link.first_id) != organisation_id:
        raise NotFound
    partners.hold_together(connection, link.first_id, link.second_id)
    named_counsellor(connection, organisation_id, counsellor_id, pointer="/recorded_by")
    link = partners.get(connection, link_id)  # again: now nobody else is at it
    assert link is not None  # links are never deleted
    return link


def _entries(link_id: UUID, pair: tuple[UUID, UUID], kind: LinkEvent, actor: str) -> list[Entry]:
    """About each of the two, apart; of no case, so that neither an evidence file nor a creditor has it."""
    return [Entry(kind=kind.value, actor=actor, resident_id=one, subject_id=link_id) for one in sorted(pair)]


def _shown(connection: Connection, link: Link, resident_id: UUID) -> dict[str, Any]:
    of_partner = cases.of_resident(connection, link.other(resident_id))
    return {
        "link_id": str(link.id),
        "partner_case_ids": [str(row["id"]) for row in of_partner if row["erased_at"] is None],
        "since": _instant(link.recorded_at),
        "unsafe": link.unsafe,
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
