"""Open a case for a resident: the person sealed under a key of their own, found again only by a keyed index."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.services.runtime import Once, Runtime, once
from gateway.storage import cases, journal
from gateway.storage.database import Connection
from gateway.storage.journal import Entry


@dataclass(frozen=True, kw_only=True)
class Person:
    """The resident (inwoner) as the counsellor knows them; the BSN has passed the 11-test."""

    bsn: str
    initials: str
    surname: str
    birth_date: date
    street: str
    house_number: str
    postcode: str
    town: str


def open_case(
    runtime: Runtime,
    organisation_id: UUID,
    reference: str,
    person: Person,
    now: datetime,
    *,
    call: Once | None,
) -> dict[str, Any]:
    """
    Open a case. The same resident in a second case of the same organisation is one person under one key.

    Returns:
        {"id", "resident_id", "reference"}.
    """

    def work(connection: Connection) -> dict[str, Any]:
        bsn_index = runtime.keys.index(person.bsn, purpose=f"bsn:{organisation_id}")
        resident_id = cases.resident_by_bsn(connection, organisation_id, bsn_index)
        entries = []
        if resident_id is None:
            resident_id = _register(runtime, connection, organisation_id, person, bsn_index, now)
            entries.append(
                Entry(
                    kind="resident.registered",
                    actor=f"counsellor-organisation:{organisation_id}",
                    resident_id=resident_id,
                )
            )
        case_id = uuid4()
        cases.add(
            connection,
            {
                "id": case_id,
                "resident_id": resident_id,
                "organisation_id": organisation_id,
                "reference": reference,
                "opened_at": now,
            },
        )
        opened = Entry(
            kind="case.opened",
            actor=f"counsellor-organisation:{organisation_id}",
            case_id=case_id,
            resident_id=resident_id,
            subject_id=case_id,
        )
        journal.append(connection, now, *entries, opened)
        return {"id": str(case_id), "resident_id": str(resident_id), "reference": reference}

    return once(runtime, call, now, work)


def _register(
    runtime: Runtime,
    connection: Connection,
    organisation_id: UUID,
    person: Person,
    bsn_index: bytes,
    now: datetime,
) -> UUID:
    resident_id = uuid4()
    wrapped = runtime.keys.new_resident_key()
    about = {**asdict(person), "birth_date": person.birth_date.isoformat()}
    cases.add_resident(
        connection,
        {
            "id": resident_id,
            "organisation_id": organisation_id,
            "bsn_index": bsn_index,
            "sealed": runtime.seal(wrapped, about, table="resident", row=resident_id, column="sealed"),
            "registered_at": now,
        },
        wrapped,
    )
    return resident_id
