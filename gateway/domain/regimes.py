"""Regimes: what a creditor's silence and refusals mean, since when, on what basis, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from gateway.domain.workdays import entry_of
from gateway.errors import ConfigurationError

FILE = "config/regimes.toml"


class StatementSilence(StrEnum):
    """What silence on a statement request leads to (ruling 14)."""

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
    """From *since* on (and before *until*), creditors of *group* fall under this version of *regime*, on *basis*."""

    group: str
    regime: str
    version: str
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
        The regime under which a message was sent, whatever is in force now (ruling 9).

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
                if adoption.group == wanted and adoption.since <= on and (adoption.until is None or on < adoption.until)
            ]
            if found:
                latest = max(found, key=lambda adoption: adoption.since)
                return self.get(latest.regime, latest.version)
        raise ConfigurationError(
            f"config/regimes.toml: no [[adoption]] covers group {group!r} on {on}; add one for group 'default'."
        )


_REGIME_KEYS: Mapping[str, type] = {
    "id": str, "version": str, "source": str, "statement_silence": str, "proposal_silence": str, "weak_refusal": str,
    "advance_agreement": bool, "words": dict,
}  # fmt: skip
_ADOPTION_KEYS: Mapping[str, type] = {"group": str, "regime": str, "since": date, "basis": str}


def regimes_from(table: Mapping[str, Any]) -> Regimes:
    """
    Regimes out of the parsed config/regimes.toml.

    Raises:
        ConfigurationError: An unknown key or value, words missing in Dutch, a version that is there twice, an
            adoption of an unknown regime, or two adoptions of one group that start on the same day.
    """
    top = entry_of(table, FILE, required={"regime": list, "adoption": list})
    regimes = tuple(_regime(entry, number) for number, entry in enumerate(top["regime"], start=1))
    versions: dict[str, list[str]] = {}
    for regime in regimes:
        if regime.version in versions.setdefault(regime.id, []):
            raise ConfigurationError(f"{FILE}, regime {regime.id!r}: version {regime.version} is there twice.")
        versions[regime.id].append(regime.version)
    adoptions = tuple(_adoption(entry, number, versions) for number, entry in enumerate(top["adoption"], start=1))
    if not adoptions:
        raise ConfigurationError(f"{FILE} needs at least one [[adoption]].")
    starts: set[tuple[str, date]] = set()
    for adoption in adoptions:
        if (adoption.group, adoption.since) in starts:
            raise ConfigurationError(
                f"{FILE}: group {adoption.group!r} adopts two regimes from {adoption.since} on; drop one of them."
            )
        starts.add((adoption.group, adoption.since))
    return Regimes(regimes=regimes, adoptions=adoptions)


def _regime(raw: object, number: int) -> Regime:
    where = _where(raw, "id", "regime", number)
    entry = entry_of(raw, where, required=_REGIME_KEYS)
    words = entry_of(
        entry["words"], f"{where}, words", required={"nl": str}, optional=dict.fromkeys(entry["words"], str)
    )
    try:
        return Regime(
            id=entry["id"],
            version=entry["version"],
            source=entry["source"],
            statement_silence=StatementSilence(entry["statement_silence"]),
            proposal_silence=ProposalSilence(entry["proposal_silence"]),
            weak_refusal=WeakRefusal(entry["weak_refusal"]),
            advance_agreement=entry["advance_agreement"],
            words=words,
        )
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}.") from error


def _adoption(raw: object, number: int, versions: Mapping[str, Sequence[str]]) -> Adoption:
    where = _where(raw, "group", "adoption by", number)
    entry = entry_of(raw, where, required=_ADOPTION_KEYS, optional={"version": str, "until": date})
    known = versions.get(entry["regime"], ())
    version = entry.get("version", known[0] if len(known) == 1 else None)
    if not known:
        raise ConfigurationError(f"{where}: there is no regime {entry['regime']!r}.")
    if version not in known:
        raise ConfigurationError(f"{where}: name the version of {entry['regime']!r}: {', '.join(known)}.")
    if "until" in entry and entry["until"] <= entry["since"]:
        raise ConfigurationError(f"{where}: until must lie after since; on that day it holds no more.")
    return Adoption(**{"until": None, **entry, "version": version})


def _where(raw: object, key: str, what: str, number: int) -> str:
    name = repr(raw[key]) if isinstance(raw, Mapping) and key in raw else f"number {number}"
    return f"{FILE}, {what} {name}"
