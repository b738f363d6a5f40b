"""The register of processing activities (art. 30 GDPR), made of the very files that the gateway runs on."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

from gateway.consent.flows import Flow, Mode
from gateway.services.run_retention import purpose_of, rules
from gateway.settings import Settings

_COLUMNS = (
    "activity_id", "purpose", "name_nl", "name_en", "controller", "controller_contact", "dpo_contact", "legal_basis",
    "article", "permission", "data_subjects", "data_out", "data_in", "recipients", "transfers", "valid_days",
    "most_messages", "kept_days_after_case", "proof_days_after_case", "unread_days", "security", "register_version",
)  # fmt: skip
_MODES = {
    Mode.CONSENT: "consent of the resident, taken back at any time",
    Mode.INSTRUCTION: "statutory basis, and nothing is sent without the resident's yes",
    Mode.NOTIFY: "statutory basis, shown to the resident, who may object",
}


def activity_id(settings: Settings, flow: Flow) -> str:
    """
    Names one processing activity in one version: another text of the flow is another id, so an old log line still
    points at what held then.
    """
    plain = {
        name: sorted(map(str, value)) if isinstance(value, frozenset) else str(value)
        for name, value in vars(flow).items()
    }
    version = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
    return f"{settings.base_url}/register/{flow.purpose}@{version}"


def register_entries(settings: Settings) -> list[dict[str, Any]]:
    """One entry per flow, with the fields of art. 30(1) GDPR and what the resident's say is worth."""
    return [_entry(settings, flow) for flow in settings.flows.flows.values()]


def _entry(settings: Settings, flow: Flow) -> dict[str, Any]:
    common = settings.register
    return {
        "activity_id": activity_id(settings, flow),
        "purpose": flow.purpose,
        "name_nl": flow.label_nl,
        "name_en": flow.label_en,
        "controller": settings.sender.name,
        "controller_contact": common.contact,
        "dpo_contact": common.dpo_contact,
        "legal_basis": flow.legal_basis,
        "article": flow.article,
        "permission": _MODES[flow.mode],
        "data_subjects": common.subjects,
        "data_out": sorted(flow.fields_out),
        "data_in": sorted(flow.fields_in),
        "recipients": sorted(flow.recipients),
        "transfers": common.transfers,
        "valid_days": flow.valid_days,
        "most_messages": flow.max_messages,
        "kept_days_after_case": flow.retention_days,
        "proof_days_after_case": flow.proof_days or settings.retention.days("journal_facts"),
        "unread_days": min(flow.quarantine_days, settings.retention.days("quarantined_reply")),
        "security": list(common.security),
        "register_version": common.version,
    }


def register_document(settings: Settings) -> dict[str, Any]:
    """
    The whole register, JSON-ready.

    Returns:
        {"controller", "activities": [...], "overrides": [{"statute", "purpose", "article", "since", "max_days"}],
        "retention": [{"item", "rows", "purpose", "days", "counts_from", "why"}]}.
    """
    return {
        "controller": settings.sender.name,
        "activities": register_entries(settings),
        "overrides": [
            {
                "statute": statute.id,
                "purpose": statute.purpose,
                "article": statute.article,
                "since": statute.since.isoformat(),
                "max_days": statute.max_days,
            }
            for statute in settings.overrides.statutes.values()
        ],
        "retention": [
            {
                "item": rule.item,
                "rows": rule.source,
                "purpose": purpose_of(rule),
                "days": rule.days,
                "counts_from": rule.counts_from,
                "why": rule.why,
            }
            for rule in rules(settings)
        ],
    }


def register_csv(settings: Settings) -> str:
    """The activities as a table; several values in one cell are parted by semicolons."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for entry in register_entries(settings):
        table.writerow([_cell(entry[name]) for name in _COLUMNS])
    return written.getvalue()


def _cell(value: Any) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text  # a spreadsheet would take it for a formula
