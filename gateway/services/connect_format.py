"""Give an organisation the format that it answers in; one that is new is registered with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.errors import Fault, Invalid
from gateway.messages import bodies
from gateway.services.register import unsafe_address
from gateway.services.runtime import Runtime
from gateway.storage import journal, participants
from gateway.storage.database import Connection
from gateway.storage.journal import Entry


def connect_format(
    runtime: Runtime,
    organisation: Mapping[str, Any],
    format: str,
    now: datetime,
    *,
    address_fault: Callable[[str], str | None],
    install: Callable[[], None],
) -> dict[str, Any]:
    """
    Record the format of an organisation, and put the format in place in the same step.

    Args:
        organisation: id_kind and id_value; a new one also kind, name, sector and regime_group; endpoint where given.
        install: Puts the mapping in place. It runs before the transaction commits: when it fails nothing was recorded.

    Returns:
        id, name, and what: "registered", "changed" or "same".

    Raises:
        Invalid: Something is missing or wrong for a new organisation, or the endpoint is not a safe address.
    """
    endpoint = organisation.get("endpoint")
    if endpoint is not None and address_fault(endpoint) is not None:
        raise Invalid([unsafe_address()])
    with runtime.database.begin() as connection:
        found = participants.by_number(connection, organisation["id_kind"], organisation["id_value"])
        if found is None:
            made = _registered(connection, organisation, format, now)
        else:
            made = _changed(connection, found, organisation, format, now)
        install()
    return made


def _registered(connection: Connection, organisation: Mapping[str, Any], format: str, now: datetime) -> dict[str, Any]:
    said = {name: value for name, value in organisation.items() if value is not None}
    number = {said.pop("id_kind"): said.pop("id_value")}
    bodies.load("organisation", {**said, **number})  # the same checks as POST /v1/participants
    participant_id = uuid4()
    fields = ("kind", "name", "id_kind", "id_value", "sector", "regime_group", "endpoint")
    row = {"id": participant_id, "registered_at": now, "format": format} | {it: organisation.get(it) for it in fields}
    participants.add(connection, row)
    _journal(connection, "participant.registered", participant_id, now, organisation=organisation["kind"])
    return {"id": str(participant_id), "name": organisation["name"], "what": "registered"}


def _changed(
    connection: Connection, found: Mapping[str, Any], organisation: Mapping[str, Any], format: str, now: datetime
) -> dict[str, Any]:
    if found["kind"] == "counsellor":
        detail = "This number belongs to a counsellor organisation, which does not answer requests."
        raise Invalid([Fault(pointer="/id_value", code="wrong_kind", detail=detail)])
    endpoint = organisation.get("endpoint") or found["endpoint"]
    moved = endpoint != found["endpoint"]
    if found["format"] != format:
        participants.change_format(connection, found["id"], format=format)
        _journal(connection, "participant.format_changed", found["id"], now, format=format)
    if moved and endpoint is not None:
        participants.change_endpoint(connection, found["id"], endpoint=endpoint)
        _journal(connection, "participant.endpoint_changed", found["id"], now)
    same = found["format"] == format and not moved
    return {"id": str(found["id"]), "name": found["name"], "what": "same" if same else "changed"}


def _journal(connection: Connection, kind: str, participant_id: UUID, now: datetime, **facts: object) -> None:
    journal.append(connection, now, Entry(kind=kind, actor="administrator", participant_id=participant_id, facts=facts))
