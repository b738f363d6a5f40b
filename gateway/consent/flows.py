"""The register of data flows: what may go to whom, for which purpose, on which basis, within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.domain.correspondence import Kind
from gateway.errors import ConfigurationError


class Mode(StrEnum):
    """How the resident's say works for a flow (DESIGN section 7)."""

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


_KEYS = {
    "purpose", "legal_basis", "article", "mode", "kinds", "fields_out", "valid_days", "max_messages",
    "retention_days", "notice", "label_nl", "label_en",
}  # fmt: skip


def flows_from(table: Mapping[str, Any]) -> Flows:
    """
    Flows out of the parsed config/data-flows.toml.

    Raises:
        ConfigurationError: A missing or unknown key or value, or a purpose that is there twice.
    """
    flows: dict[str, Flow] = {}
    for entry in table.get("flow", []):
        where = f"config/data-flows.toml, flow {entry.get('purpose', '?')!r}"
        if set(entry) != _KEYS:
            odd = ", ".join(sorted(set(entry) ^ _KEYS))
            raise ConfigurationError(f"{where}: missing or unknown key {odd}.")
        if entry["purpose"] in flows:
            raise ConfigurationError(f"{where}: this purpose is in the file twice.")
        try:
            flows[entry["purpose"]] = Flow(
                **{
                    **entry,
                    "mode": Mode(entry["mode"]),
                    "kinds": frozenset(Kind(kind) for kind in entry["kinds"]),
                    "fields_out": frozenset(entry["fields_out"]),
                }
            )
        except ValueError as error:
            raise ConfigurationError(f"{where}: {error}.") from error
    if not flows:
        raise ConfigurationError("config/data-flows.toml holds no [[flow]]; nothing could be asked.")
    return Flows(flows=flows)
