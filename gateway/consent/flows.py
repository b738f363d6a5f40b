"""The register of data flows: what may go to whom, for which purpose, on which basis, within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from gateway.domain.correspondence import AboutResident, Kind
from gateway.domain.workdays import entry_of
from gateway.errors import ConfigurationError


class Mode(StrEnum):
    """How the resident's say works for a flow."""

    CONSENT = "consent"  # art. 6(1)(a) GDPR; only here may a page say "toestemming"
    INSTRUCTION = "instruction"  # statutory basis, and still nothing is sent without the resident's yes
    NOTIFY = "notify"  # statutory, shown, objectable


@dataclass(frozen=True, kw_only=True)
class Flow:
    """
    One purpose.

    Args:
        fields_out: The personal fields a message may carry; anything else is refused, not dropped.
        valid_days: The longest that one yes can last.
        max_messages: How many messages one yes covers, reminders included.
        retention_days: How long what comes back is kept after the case closes.
    """

    purpose: str
    legal_basis: str
    article: str
    mode: Mode
    kinds: frozenset[Kind]
    fields_out: frozenset[str]
    valid_days: int
    max_messages: int
    retention_days: int
    notice: str
    label_nl: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class Flows:
    """All flows by purpose; a flow that is not in the file cannot run."""

    flows: Mapping[str, Flow]

    def of(self, purpose: str) -> Flow | None:
        return self.flows.get(purpose)


FILE = "config/data-flows.toml"
FIELDS = frozenset({f"resident.{field.name}" for field in fields(AboutResident)} | {"references", "offer"})

_KEYS: Mapping[str, type] = {
    "purpose": str, "legal_basis": str, "article": str, "mode": str, "kinds": list, "fields_out": list,
    "valid_days": int, "max_messages": int, "retention_days": int, "notice": str, "label_nl": str, "label_en": str,
}  # fmt: skip


def flows_from(table: Mapping[str, Any]) -> Flows:
    """
    Flows out of the parsed config/data-flows.toml.

    Raises:
        ConfigurationError: A missing or unknown key or value, or a purpose that is there twice.
    """
    flows: dict[str, Flow] = {}
    for number, entry in enumerate(entry_of(table, FILE, required={"flow": list})["flow"], start=1):
        flow = _flow(entry, number)
        if flow.purpose in flows:
            raise ConfigurationError(f"{FILE}, flow {flow.purpose!r}: this purpose is in the file twice.")
        flows[flow.purpose] = flow
    if not flows:
        raise ConfigurationError(f"{FILE} holds no [[flow]]; nothing could be asked.")
    return Flows(flows=flows)


def _flow(raw: object, number: int) -> Flow:
    name = repr(raw["purpose"]) if isinstance(raw, Mapping) and "purpose" in raw else f"number {number}"
    where = f"{FILE}, flow {name}"
    entry = entry_of(raw, where, required=_KEYS)
    if unknown := [str(field) for field in entry["fields_out"] if field not in FIELDS]:
        raise ConfigurationError(f"{where}: fields_out names {', '.join(unknown)}; no message has such a field.")
    for cap in ("valid_days", "max_messages", "retention_days"):
        if entry[cap] < 1:
            raise ConfigurationError(f"{where}: {cap} must be 1 or more.")
    try:
        kinds = frozenset(Kind(kind) for kind in entry["kinds"])
        mode = Mode(entry["mode"])
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}.") from error
    if not kinds:
        raise ConfigurationError(f"{where}: kinds is empty; name the messages that this flow is for.")
    return Flow(**{**entry, "mode": mode, "kinds": kinds, "fields_out": frozenset(entry["fields_out"])})
