"""Who may speak for a resident, on what evidence, for what and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

ADULT = 18  # art. 1:233 BW


class MandateKind(StrEnum):
    """The four ways in which Dutch law lets one person speak for another here; the words of the law are kept."""

    GEMACHTIGDE = "gemachtigde"  # by power of attorney (volmacht, art. 3:60 BW)
    BEWINDVOERDER = "bewindvoerder"  # under an administration order (art. 1:431 BW)
    CURATOR = "curator"  # under a guardianship order (art. 1:378 BW)
    PARENT = "parent"  # with parental authority over a minor (art. 1:245 BW)


# What proves each. The register of guardianship and administration (CCBR) is left out on purpose: an administration
# order is not always published in it, and it says nothing of what the order covers.
EVIDENCE: Mapping[MandateKind, frozenset[str]] = {
    MandateKind.GEMACHTIGDE: frozenset({"signed_letter", "digid_machtigen", "notarial_deed"}),
    MandateKind.BEWINDVOERDER: frozenset({"court_order"}),
    MandateKind.CURATOR: frozenset({"court_order"}),
    MandateKind.PARENT: frozenset({"parental_register", "court_order"}),
}
EVIDENCE_KINDS = tuple(sorted(frozenset().union(*EVIDENCE.values()) | {"ccbr"}))

BY_COURT = frozenset({MandateKind.BEWINDVOERDER, MandateKind.CURATOR})


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """
    The authority of one representative, as it was checked.

    Args:
        purposes: The flows it covers; there is no "everything".
        participant_id: The organisation it is exercised by, where that is one that we know.
        conflict: The representative is itself a creditor, or is paid by one: a second person agreed.
        valid_until: Half-open.
        ended_at: When it was ended before that, as the journal holds it.
    """

    id: UUID
    resident_id: UUID
    kind: MandateKind
    purposes: frozenset[str]
    evidence_kind: str
    evidence_reference: str
    checked_by: UUID
    checked_at: datetime
    valid_from: datetime
    valid_until: datetime
    participant_id: UUID | None = None
    conflict: bool = False
    seconded_by: UUID | None = None
    ended_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """When it ends, or ended."""
        return min(self.valid_until, self.ended_at) if self.ended_at is not None else self.valid_until

    def in_force(self, at: datetime) -> bool:
        return self.valid_from <= at < self.until


def why_not(mandate: Mandate, purpose: str, at: datetime) -> str | None:
    """Why this representative may not speak about *purpose* at *at*: a code, or None when they may (I17)."""
    if at < mandate.valid_from:
        return "authority_not_yet"
    if at >= mandate.until:
        return "authority_ended"
    if purpose not in mandate.purposes:
        return "outside_scope"
    return None


def under_guardianship(mandates: Iterable[Mandate], at: datetime) -> bool:
    """Whether a curator speaks for the resident at *at*: the resident may look and may stop, but not give."""
    return any(mandate.kind is MandateKind.CURATOR and mandate.in_force(at) for mandate in mandates)


def faults(
    kind: MandateKind,
    *,
    evidence_kind: str,
    valid_from: datetime,
    valid_until: datetime,
    birth_date: date,
    conflict: bool,
    seconded: bool,
) -> list[tuple[str, str, str]]:
    """
    What is wrong with a mandate before it is recorded.

    Returns:
        (field, code, what to do about it) for each fault.
    """
    found = []
    if evidence_kind == "ccbr":
        detail = "The public register is not enough: not every order is in it. Ask for the court's order."
        found.append(("evidence_kind", "not_sufficient", detail))
    elif evidence_kind not in EVIDENCE[kind]:
        detail = f"This does not prove it. Send one of: {', '.join(sorted(EVIDENCE[kind]))}."
        found.append(("evidence_kind", "not_sufficient", detail))
    if valid_until <= valid_from:
        found.append(("valid_until", "order", "A mandate ends after it begins."))
    if kind is MandateKind.PARENT and valid_until.date() > coming_of_age(birth_date):
        detail = "A parent speaks for a child until the child's eighteenth birthday. Send that day at the latest."
        found.append(("valid_until", "comes_of_age", detail))
    if conflict and not seconded:
        detail = "The representative is a creditor or is paid by one. Let a second person agree, and name that person."
        found.append(("seconded_by", "second_person", detail))
    return found


def coming_of_age(birth_date: date) -> date:
    """The eighteenth birthday; of somebody born on 29 February, 1 March (art. 1:233 BW with the common reading)."""
    try:
        return birth_date.replace(year=birth_date.year + ADULT)
    except ValueError:
        return birth_date.replace(year=birth_date.year + ADULT, day=28) + timedelta(days=1)
