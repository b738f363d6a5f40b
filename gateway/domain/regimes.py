"""Regimes: what a creditor's silence and refusals mean, since when, on what basis, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from gateway.errors import ConfigurationError


class StatementSilence(StrEnum):
    """What silence on a statement request leads to (DESIGN ruling 14)."""

    ESCALATE = "escalate"
    KNOWN_AMOUNT = "known_amount"  # go on with the amount from the resident's papers, marked unconfirmed


class ProposalSilence(StrEnum):
    """What silence on a proposal leads to, once the term has passed."""

    REFUSAL = "refusal"  # the law today: only a court can impose agreement (art. 287a Fw)
    NOTHING = "nothing"  # it presumes nothing either way
    PRESUMPTION = "presumption"  # presumed agreement after final notice, cure term and a counsellor's name


class WeakRefusal(StrEnum):
    """What a refusal without the facts that its ground asks for leads to."""

    REFUSAL = "refusal"
    ASK_ONCE = "ask_once"


@dataclass(frozen=True, kw_only=True)
class Regime:
    """
    One regime, as published in config/regimes.toml.

    Args:
        advance_agreement: An offer is accepted on delivery unless an obstacle was flagged with the statement.
        words: Per language, the only words that letters and pages may use about silence under this regime.
        source: Where the regime comes from (law, covenant, written agreement).
    """

    id: str
    version: str
    source: str
    statement_silence: StatementSilence
    proposal_silence: ProposalSilence
    weak_refusal: WeakRefusal
    advance_agreement: bool
    words: Mapping[str, str]

    @property
    def presumes(self) -> bool:
        return self.proposal_silence is ProposalSilence.PRESUMPTION


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """From *since* on (and before *until*), creditors of *group* fall under *regime*, on *basis*."""

    group: str
    regime: str
    since: date
    until: date | None
    basis: str


@dataclass(frozen=True, kw_only=True)
class Regimes:
    """All regimes and who adopted them."""

    regimes: tuple[Regime, ...]
    adoptions: tuple[Adoption, ...]

    def get(self, regime_id: str, version: str) -> Regime:
        """
        The regime under which a message was sent, whatever is in force now (DESIGN ruling 9).

        Raises:
            ConfigurationError: The version was removed from config/regimes.toml; old versions must stay.
        """
        for regime in self.regimes:
            if (regime.id, regime.version) == (regime_id, version):
                return regime
        raise ConfigurationError(
            f"config/regimes.toml no longer holds regime {regime_id} version {version}, which open cases still use."
        )

    def in_force(self, group: str, on: date) -> Regime:
        """
        The regime for creditors of *group* on the Dutch day *on*; the latest adoption wins, then group "default".

        Raises:
            ConfigurationError: No adoption covers the group and the day: doubt closes the door.
        """
        for wanted in (group, "default"):
            found = [
                adoption
                for adoption in self.adoptions
                if adoption.group == wanted
                and adoption.since <= on
                and (adoption.until is None or on < adoption.until)
            ]
            if found:
                latest = max(found, key=lambda adoption: adoption.since)
                return max(
                    (regime for regime in self.regimes if regime.id == latest.regime), key=lambda r: r.version
                )
        raise ConfigurationError(
            f"config/regimes.toml: no [[adoption]] covers group {group!r} on {on}; add one for group 'default'."
        )


_REGIME_KEYS = {
    "id", "version", "source", "statement_silence", "proposal_silence", "weak_refusal", "advance_agreement", "words",
}  # fmt: skip
_ADOPTION_KEYS = {"group", "regime", "since", "until", "basis"}


def regimes_from(table: Mapping[str, Any]) -> Regimes:
    """
    Regimes out of the parsed config/regimes.toml.

    Raises:
        ConfigurationError: An unknown key or value, words missing in Dutch, an adoption of an unknown regime.
    """
    regimes = tuple(_regime(entry) for entry in _entries(table, "regime"))
    known = {regime.id for regime in regimes}
    adoptions = tuple(_adoption(entry, known) for entry in _entries(table, "adoption"))
    return Regimes(regimes=regimes, adoptions=adoptions)


def _entries(table: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    entries = table.get(key)
    if not isinstance(entries, list) or not entries:
        raise ConfigurationError(f"config/regimes.toml needs at least one [[{key}]].")
    return entries


def _regime(entry: Mapping[str, Any]) -> Regime:
    where = f"config/regimes.toml, regime {entry.get('id', '?')!r}"
    _only(entry, _REGIME_KEYS, _REGIME_KEYS, where)
    if "nl" not in entry["words"]:
        raise ConfigurationError(f"{where}: words.nl is missing; letters and pages need them.")
    try:
        return Regime(
            id=entry["id"],
            version=entry["version"],
            source=entry["source"],
            statement_silence=StatementSilence(entry["statement_silence"]),
            proposal_silence=ProposalSilence(entry["proposal_silence"]),
            weak_refusal=WeakRefusal(entry["weak_refusal"]),
            advance_agreement=bool(entry["advance_agreement"]),
            words=dict(entry["words"]),
        )
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}.") from error


def _adoption(entry: Mapping[str, Any], known: set[str]) -> Adoption:
    where = f"config/regimes.toml, adoption of {entry.get('regime', '?')!r}"
    _only(entry, _ADOPTION_KEYS, _ADOPTION_KEYS - {"until"}, where)
    if entry["regime"] not in known:
        raise ConfigurationError(f"{where}: there is no such regime.")
    return Adoption(
        group=entry["group"],
        regime=entry["regime"],
        since=entry["since"],
        until=entry.get("until"),
        basis=entry["basis"],
    )


def _only(entry: Mapping[str, Any], allowed: set[str], needed: set[str], where: str) -> None:
    if unknown := sorted(set(entry) - allowed):
        raise ConfigurationError(f"{where}: unknown key {', '.join(unknown)}.")
    if missing := sorted(needed - set(entry)):
        raise ConfigurationError(f"{where}: missing key {', '.join(missing)}.")
