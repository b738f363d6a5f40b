"""
The processing log, in the fields of the standard Logboek Dataverwerkingen 1.0, out of the one journal.

The journal is the confirmed write that the standard asks for: it is written in the transaction of what it records.
One line per data subject; the subject is a pseudonym that only this installation's index key can make, and no person
who did something is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from gateway.services.flow_register import activity_id
from gateway.services.runtime import Runtime
from gateway.storage import about_resident
from gateway.storage.database import Row

SUBJECT_TYPE = "pseudonym"
_FAILED = frozenset({"message.failed", "message.given_up", "message.unknown"})
# What is no flow of its own: the activity that an entry without a grant belongs to.
_OWN = {"case": "case-file", "resident": "case-file", "evidence": "evidence", "export": "data-subject-rights"}


def processing_log(runtime: Runtime, since: datetime, *, until: datetime | None = None) -> Iterator[dict[str, Any]]:
    """
    Every recorded processing of a resident's data from *since* on, oldest first, one line each.

    A decision against a flow is a completed operation, so its status is Ok; only what failed technically is Error.

    Args:
        until: Half-open; None = up to now.
    """
    flows = {flow.purpose: activity_id(runtime.settings, flow) for flow in runtime.settings.flows.flows.values()}
    with runtime.database.begin() as connection:
        for rows in about_resident.since(connection, since, until=until):
            for row in rows:
                yield _line(runtime, row, flows)


def subject_pseudonym(runtime: Runtime, row: Row) -> str:
    """The same resident always has the same pseudonym; nobody without our index key can tell whose it is."""
    return runtime.keys.index(str(row["resident_id"]), purpose="processing-log").hex()


def _line(runtime: Runtime, row: Row, flows: dict[str, str]) -> dict[str, Any]:
    at = row["at"].astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "trace_id": _hex(f"trace:{row['subject_id'] or row['case_id'] or row['id']}", 32),
        "span_id": _hex(f"span:{row['id']}", 16),
        "parent_span_id": None,
        "name": row["kind"],
        "start_time": at,
        "end_time": at,
        "status": "Error" if row["kind"] in _FAILED else "Ok",
        "resource": {"service.name": "creditor-gateway", "service.namespace": runtime.settings.sender.id_value},
        "attributes": {
            "dpl.core.processing_activity_id": _activity(runtime, row, flows),
            "dpl.core.data_subject_id": subject_pseudonym(runtime, row),
            "dpl.core.data_subject_id_type": SUBJECT_TYPE,
        },
    }


def _activity(runtime: Runtime, row: Row, flows: dict[str, str]) -> str:
    if row["purpose"] in flows:
        return flows[row["purpose"]]
    own = _OWN.get(row["kind"].partition(".")[0], "case-file")
    return f"{runtime.settings.base_url}/register/{own}@{runtime.settings.retention.version}"


def _hex(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
