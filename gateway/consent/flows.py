"""The register of data flows: what may go to whom, for which purpose, on which basis, within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
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
class Frequency:
    """At most so many messages in any so many days."""

    messages: int
    days: int


@dataclass(frozen=True, kw_only=True)
class Flow:
    """
    One purpose.

    Args:
        kinds: The messages that may be sent for it. A flow with nothing but a stop notice can be said yes to, and
            nothing leaves under it until this gateway can write its message.
        fields_out: The personal fields a message may carry; anything else is refused, not dropped.
        fields_in: What may come back, in words of the canonical statement and answer.
        recipients: The kinds of organisation it may go to; *sector* narrows that further.
        valid_days: The longest that one yes can last.
        max_messages: How many messages one yes covers, reminders included.
        max_reminders: How many of those may be reminders.
        frequency: How close together they may be; None = no bound beside the others.
        look_back_days: How far back may be asked; 0 = only what stands today.
        closed_to: The sectors for which another flow is made that says the same: what goes there, goes under that one.
        answer_days: How long a question to the resident stays on the table.
        retention_days: How long what comes back is kept after the case closes.
        proof_days: How long the proof of what was said is kept after the case closes.
        quarantine_days: How long an answer is kept that came after the yes had ended; unread, then destroyed.
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
    label_ar: str = ""
    fields_in: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset({"creditor", "collector"})
    sector: str | None = None
    max_reminders: int | None = None
    frequency: Frequency | None = None
    look_back_days: int = 0
    closed_to: frozenset[str] = frozenset()
    answer_days: int = 14
    proof_days: int | None = None
    quarantine_days: int = 14


def labels(flow: Flow | None, purpose: str) -> dict[str, str]:
    """What a flow is for in a few plain words, per language; its code where the register no longer holds it."""
    if flow is None:
        return dict.fromkeys(("nl", "en", "ar"), purpose)
    return {"nl": flow.label_nl, "en": flow.label_en, "ar": flow.label_ar or flow.label_nl}


@dataclass(frozen=True, kw_only=True)
class Flows:
    """All flows by purpose; a flow that is not in the file cannot run."""

    flows: Mapping[str, Flow]

    def of(self, purpose: str) -> Flow | None:
        return self.flows.get(purpose)

    def towards(self, purpose: str, sector: str) -> str:
        """The purpose under which *purpose* goes to a recipient of this sector: its own, or the one made for it."""
        flow = self.of(purpose)
        if flow is None or sector not in flow.closed_to:
            return purpose
        return next(one.purpose for one in self.flows.values() if one.sector == sector and _same_words(one, flow))


FILE = "config/data-flows.toml"
FIELDS = frozenset({f"resident.{field.name}" for field in fields(AboutResident)} | {"references", "offer"})
FIELDS_IN = frozenset(
    {
        "statement.outcome", "statement.amounts", "statement.components", "statement.origin", "statement.holder",
        "statement.collector", "statement.security", "statement.enforcement", "statement.arrangement",
        "statement.obstacle", "answer.verdict", "answer.reason", "confirmation",
    }
)  # fmt: skip
RECIPIENTS = frozenset({"creditor", "collector", "counsellor"})
BASES: Mapping[str, str] = {
    "consent": "art. 6(1)(a) AVG", "contract": "art. 6(1)(b) AVG", "legal_obligation": "art. 6(1)(c) AVG",
    "vital_interest": "art. 6(1)(d) AVG", "public_task": "art. 6(1)(e) AVG",
}  # fmt: skip
REMINDERS = frozenset({Kind.STATEMENT_REMINDER, Kind.PROPOSAL_REMINDER})

_KEYS: Mapping[str, type] = {
    "purpose": str, "legal_basis": str, "article": str, "mode": str, "kinds": list, "fields_out": list,
    "fields_in": list, "recipients": list, "valid_days": int, "max_messages": int, "max_reminders": int,
    "look_back_days": int, "answer_days": int, "retention_days": int, "proof_days": int, "quarantine_days": int,
    "notice": str, "label_nl": str, "label_en": str, "label_ar": str,
}  # fmt: skip
_OPTIONAL: Mapping[str, type] = {"sector": str, "frequency": dict}
_AT_LEAST: Mapping[str, int] = {
    "valid_days": 1, "max_messages": 1, "max_reminders": 0, "look_back_days": 0, "answer_days": 1,
    "retention_days": 1, "proof_days": 1, "quarantine_days": 1,
}  # fmt: skip


def last_instant(
    flow: Flow,
    given_at: datetime,
    *,
    asked_until: datetime | None = None,
    authority_until: datetime | None = None,
    case_ends_at: datetime | None = None,
) -> datetime:
    """
    The strictest end: of the flow, of what the resident said, of the representative's authority, of the case (I26).
    """
    ends = (given_at + timedelta(days=flow.valid_days), asked_until, authority_until, case_ends_at)
    return min(end for end in ends if end is not None)


def flows_from(table: Mapping[str, Any]) -> Flows:
    """
    Flows out of the parsed config/data-flows.toml.

    Raises:
        ConfigurationError: Whatever is wrong with any of them, all of it at once, one fault per line.
    """
    flows: dict[str, Flow] = {}
    faults: list[str] = []
    for number, entry in enumerate(entry_of(table, FILE, required={"flow": list})["flow"], start=1):
        flow = _flow(entry, number, faults)
        if flow is not None and flow.purpose in flows:
            faults.append(f"{FILE}, flow {flow.purpose!r}: this purpose is in the file twice.")
        elif flow is not None:
            flows[flow.purpose] = flow
    if faults:
        raise ConfigurationError("\n".join(faults))
    if not flows:
        raise ConfigurationError(f"{FILE} holds no [[flow]]; nothing could be asked.")
    return Flows(flows={purpose: replace(flow, closed_to=_closed_to(flow, flows)) for purpose, flow in flows.items()})


def _closed_to(flow: Flow, flows: Mapping[str, Flow]) -> frozenset[str]:
    """
    Where a flow for one sector says what this one says to everybody, that sector is not spoken to by this one.

    So a resident who said yes to asking creditors has not said yes to asking the municipality's own tax desk. What a
    law prescribes without a yes reaches everybody it must.
    """
    if flow.sector is not None or flow.mode is Mode.NOTIFY:
        return frozenset()
    return frozenset(one.sector for one in flows.values() if one.sector is not None and _same_words(one, flow))


def _same_words(one: Flow, other: Flow) -> bool:
    return bool(one.recipients & other.recipients and (one.kinds & other.kinds) - {Kind.STOP_NOTICE})


def _flow(raw: object, number: int, faults: list[str]) -> Flow | None:
    """One flow, or None after adding what is wrong with it to *faults*."""
    name = repr(raw["purpose"]) if isinstance(raw, Mapping) and "purpose" in raw else f"number {number}"
    where = f"{FILE}, flow {name}"
    if not isinstance(raw, Mapping):
        faults.append(f"{where}: must be a table")
        return None
    found = [*_key_faults(raw, where)]
    found += _value_faults(raw, where) if not found else []
    if found:
        faults += found
        return None
    entry = dict(raw)
    listed = {key: frozenset(entry[key]) for key in ("fields_out", "fields_in", "recipients")}
    kinds = frozenset(Kind(kind) for kind in entry["kinds"])
    frequency = Frequency(**entry["frequency"]) if "frequency" in entry else None
    return Flow(**{**entry, **listed, "mode": Mode(entry["mode"]), "kinds": kinds, "frequency": frequency})


def _key_faults(raw: Mapping[str, Any], where: str) -> list[str]:
    """Every key that is missing, unknown, blank or of another type."""
    known = {**_KEYS, **_OPTIONAL}
    found = []
    for key in [*_KEYS, *(key for key in raw if key not in _KEYS)]:
        part = {key: raw[key]} if key in raw else {}
        try:
            entry_of(part, where, required={key: known[key]} if key in known else {})
        except ConfigurationError as error:
            found.append(error.detail)
    return found


def _value_faults(entry: Mapping[str, Any], where: str) -> list[str]:
    found = []
    for key, least in _AT_LEAST.items():
        if entry[key] < least:
            found.append(f"{where}: {key} must be {least} or more.")
    for key, known, nothing in (
        ("fields_out", FIELDS, "no message has such a field"),
        ("fields_in", FIELDS_IN, "nothing of that name comes back"),
        ("recipients", RECIPIENTS, "there is no such kind of organisation"),
    ):
        if unknown := [str(one) for one in entry[key] if one not in known]:
            found.append(f"{where}: {key} names {', '.join(unknown)}; {nothing}.")
    for key in ("kinds", "recipients"):
        if not entry[key]:
            found.append(f"{where}: {key} is empty; name the {_MEANT[key]} that this flow is for.")
    for enum, values in ((Kind, entry["kinds"]), (Mode, [entry["mode"]])):
        found += [f"{where}: {one!r} is not a valid {enum.__name__}." for one in values if one not in set(enum)]
    return found + _law_faults(entry, where) + _frequency_faults(entry, where)


_MEANT = {"kinds": "messages", "recipients": "organisations"}


def _law_faults(entry: Mapping[str, Any], where: str) -> list[str]:
    """Basis, article and mode say the same thing: what is called consent is consent, and nothing else is."""
    basis, found = entry["legal_basis"], []
    if basis not in BASES:
        found.append(f"{where}: legal_basis is {basis!r}; it must be one of: {', '.join(BASES)}.")
    elif BASES[basis] not in entry["article"]:
        found.append(f"{where}: article must name {BASES[basis]}, which is what {basis} means.")
    if (entry["mode"] == Mode.CONSENT) != (basis == "consent"):
        found.append(f"{where}: mode 'consent' goes with legal_basis 'consent', and neither without the other.")
    return found


def _frequency_faults(entry: Mapping[str, Any], where: str) -> list[str]:
    if "frequency" not in entry:
        return []
    try:
        bound = entry_of(entry["frequency"], f"{where}, frequency", required={"messages": int, "days": int})
    except ConfigurationError as error:
        return [error.detail]
    return [f"{where}: frequency.{key} must be 1 or more." for key, value in bound.items() if value < 1]
