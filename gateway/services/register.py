"""Register organisations, counsellors, and the tokens and page links that let them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, participants
from gateway.storage.database import Connection
from gateway.storage.journal import Entry

TOKEN_LIFE = timedelta(days=90)
PAGE_LIFE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """A counsellor organisation, creditor or collector, by OIN or KvK number."""

    kind: str
    name: str
    id_kind: str
    id_value: str
    sector: str
    regime_group: str
    bsn_basis: str | None = None
    endpoint: str | None = None
    format: str | None = None


def register_organisation(
    runtime: Runtime,
    organisation: Organisation,
    now: datetime,
    *,
    address_fault: Callable[[str], str | None],
) -> dict[str, Any]:
    """
    Register an organisation.

    Args:
        address_fault: Says why an endpoint's address would be refused, or None.

    Raises:
        Invalid: Its format is unknown or its endpoint is not a safe address.
        Conflict: The number is registered already.
    """
    faults = []
    if organisation.format is not None and organisation.format not in runtime.settings.formats:
        detail = "There is no mapping with this name; see the creditors folder of the configuration."
        faults.append(Fault(pointer="/format", code="unknown", detail=detail))
    if organisation.endpoint is not None and address_fault(organisation.endpoint) is not None:
        faults.append(unsafe_address())
    if faults:
        raise Invalid(faults)
    participant_id = uuid4()
    with runtime.database.begin() as connection:
        if participants.by_number(connection, organisation.id_kind, organisation.id_value) is not None:
            raise Conflict("An organisation with this number is registered already.")
        row = {"id": participant_id, "registered_at": now, **vars(organisation)}
        participants.add(connection, row)
        _journal(connection, "participant.registered", participant_id, now, organisation=organisation.kind)
    return {"id": str(participant_id), "kind": organisation.kind, "name": organisation.name}


def change_endpoint(
    runtime: Runtime,
    participant_id: UUID,
    endpoint: str,
    now: datetime,
    *,
    address_fault: Callable[[str], str | None],
) -> dict[str, Any]:
    """
    Send to another address from now on. (Second-person approval and a cool-down come with onboarding.)

    Raises:
        NotFound: There is no such organisation.
        Invalid: It is not an address that the gateway may send to.
    """
    if address_fault(endpoint) is not None:
        raise Invalid([unsafe_address()])
    with runtime.database.begin() as connection:
        if participants.get(connection, participant_id) is None:
            raise NotFound
        participants.change_endpoint(connection, participant_id, endpoint=endpoint)
        _journal(connection, "participant.endpoint_changed", participant_id, now)
    return {"id": str(participant_id), "endpoint": endpoint}


def unsafe_address() -> Fault:
    """What is said of an endpoint that the gateway may not send to."""
    detail = "This address is not one that the gateway may send to: https, a public address, no redirects."
    return Fault(pointer="/endpoint", code="address_refused", detail=detail)


def register_counsellor(runtime: Runtime, organisation_id: UUID, name: str, now: datetime) -> dict[str, Any]:
    """Register a person who may record consent and confirm presumptions by name."""
    counsellor_id = uuid4()
    with runtime.database.begin() as connection:
        participants.add_counsellor(
            connection,
            {"id": counsellor_id, "organisation_id": organisation_id, "name": name, "registered_at": now},
        )
        _journal(connection, "counsellor.registered", organisation_id, now, counsellor_id=str(counsellor_id))
    return {"id": str(counsellor_id), "name": name}


def issue_token(runtime: Runtime, role: str, label: str, now: datetime, *, participant_id: UUID | None = None) -> str:
    """
    A new access token; only its hash is kept, so it is shown once.

    Raises:
        Invalid: The participant is unknown, or does not go with the role.
    """
    prefix = "test" if runtime.settings.sandbox else "live"
    token = runtime.keys.new_token(prefix)
    with runtime.database.begin() as connection:
        _check_role(connection, role, participant_id)
        participants.add_token(
            connection,
            {
                "token_hash": runtime.keys.token_hash(token),
                "participant_id": participant_id,
                "role": role,
                "label": label,
                "issued_at": now,
                "expires_at": now + TOKEN_LIFE,
            },
        )
        _journal(connection, "token.issued", participant_id, now, role=role)
    return token


def issue_case_link(runtime: Runtime, role: str, case_id: UUID, now: datetime, *, organisation_id: UUID) -> str:
    """
    A secret code that opens the resident's or the counsellor's page about a case of *organisation_id* for a day.

    Raises:
        Invalid: There is no such case for this organisation.
    """
    with runtime.database.begin() as connection:
        if cases.get(connection, case_id, organisation_id=organisation_id) is None:
            raise Invalid([Fault(pointer="/case_id", code="unknown", detail="There is no such case for you.")])
        return _page_link(runtime, connection, role, case_id, now)


def issue_creditor_link(runtime: Runtime, creditor_id: UUID, now: datetime) -> str:
    """
    A secret code that opens a creditor's page with its own open conversations for a day.

    Raises:
        Invalid: There is no such creditor.
    """
    with runtime.database.begin() as connection:
        found = participants.get(connection, creditor_id)
        if found is None or found["kind"] == "counsellor":
            raise Invalid([Fault(pointer="/creditor_id", code="unknown", detail="There is no such creditor.")])
        return _page_link(runtime, connection, "creditor", creditor_id, now)


def _page_link(runtime: Runtime, connection: Connection, role: str, subject_id: UUID, now: datetime) -> str:
    code = runtime.keys.new_token("page")
    participants.add_page_link(
        connection,
        {
            "token_hash": runtime.keys.token_hash(code),
            "role": role,
            "subject_id": subject_id,
            "issued_at": now,
            "expires_at": now + PAGE_LIFE,
        },
    )
    _journal(connection, "page_link.issued", None, now, role=role, page_subject_id=str(subject_id))
    return code


def _check_role(connection: Connection, role: str, participant_id: UUID | None) -> None:
    if role == "administrator":
        return
    found = participants.get(connection, participant_id) if participant_id is not None else None
    fits = {"counsellor": ("counsellor",), "creditor": ("creditor", "collector")}[role]
    if found is None or found["kind"] not in fits:
        detail = f"A {role} token needs a registered organisation of that kind."
        raise Invalid([Fault(pointer="/participant_id", code="unknown", detail=detail)])


def _journal(connection: Connection, kind: str, participant_id: UUID | None, now: datetime, **facts: object) -> None:
    journal.append(connection, now, Entry(kind=kind, actor="administrator", participant_id=participant_id, facts=facts))
