"""Renew a yes, or change it: a new grant in the place of the old one, with a list of what is different."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import worth
from gateway.consent.grants import EventKind, Grant, Status, changes
from gateway.errors import Conflict, Invalid
from gateway.services.change_grant import event_entry, held_grant
from gateway.services.ownership import named_counsellor
from gateway.services.record_consent import Said, entry_of, faults_in, grant_of, known_about, shown
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import grants, journal
from gateway.storage.database import Connection

# A "no", a withdrawal or an end by somebody else is not renewed: that needs a word of its own.
_RENEWABLE = frozenset(
    {
        Status.NOT_YET, Status.ACTIVE, Status.PAUSED, Status.REVIEW, Status.AUTHORITY, Status.USED_UP, Status.EXPIRED,
        Status.TEMPLATE_RECALLED,
    }
)  # fmt: skip


def renew_consent(
    runtime: Runtime,
    organisation_id: UUID,
    grant_id: UUID,
    counsellor_id: UUID | None,
    said: Callable[[Grant], Said],
    now: datetime,
    *,
    call: Once | None,
) -> dict[str, Any]:
    """
    Record the resident's new yes to the same flow in the place of an older one.

    What was asked under the old one may still be answered; nothing more leaves under it.

    Args:
        counsellor_id: Who records it; None = the resident does, in the portal.
        said: Makes the new yes out of the old one, whose flow it is about.

    Returns:
        The new grant as `record_consent.shown`, with "supersedes" and "changes".

    Raises:
        NotFound: There is no such grant for this organisation.
        Conflict: It was refused, withdrawn, ended by somebody, or renewed already; or the case is closed.
        Invalid: As for `record_consent`.
    """

    def work(connection: Connection) -> dict[str, Any]:
        case, _ = held_grant(connection, organisation_id, grant_id)
        if counsellor_id is not None:
            named_counsellor(connection, organisation_id, counsellor_id, pointer="/recorded_by")
        recorder = str(counsellor_id) if counsellor_id is not None else "resident"
        old = grants.get(connection, grant_id)
        assert old is not None  # found before it was held
        moment = max([now, *(event.at for event in old[1])])
        if worth(*old, runtime.settings.flows.of(old[0].purpose), moment) not in _RENEWABLE:
            raise Conflict("This yes cannot be renewed. Record what the resident says now as a word of its own.")
        word = said(old[0])
        known = known_about(connection, case, [word])
        if faults := faults_in(runtime, known, word, now, ""):
            raise Invalid(faults)
        new = grant_of(runtime, known, word, recorder, now, supersedes=grant_id)
        grants.add(connection, [new])
        facts = {"by": str(new.id), "recorded_by": recorder}
        actor = "resident" if counsellor_id is None else f"counsellor:{counsellor_id}"
        replaced = event_entry(old[0], EventKind.SUPERSEDED, actor, facts)
        journal.append(connection, now, entry_of(new), replaced)
        return {**shown(new), "supersedes": str(grant_id), "changes": changes(old[0], new)}

    return once(runtime, call, now, work)
