"""May it be erased? Judged per item: consent taken back leaves nothing to keep it for; a legal duty does (art. 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from gateway.consent.flows import Flow, Mode


class Basis(StrEnum):
    """Why something may be kept although the resident stopped."""

    STATUTORY = "statutory"  # art. 17(3)(b) GDPR: the flow never rested on consent
    AGREEMENT = "agreement"  # an agreement that stands was made from it; an agreement is no data flow (decision 8)
    OTHER_FLOW = "other_flow"  # another permission that holds needs it
    UNKNOWN_FLOW = "unknown_flow"  # the register no longer says; a person decides, and nothing is lost meanwhile


@dataclass(frozen=True, kw_only=True)
class Keep:
    """It stays: on which basis, under which article, and how many days after the case is closed; None = unknown."""

    basis: Basis
    article: str | None
    days: int | None


def judge(
    flow: Flow | None, *, agreements: Sequence[Flow | None] = (), others: Sequence[Flow | None] = ()
) -> Keep | None:
    """
    Whether an answer that came in under *flow* is kept once its permission has ended; None = erase it.

    Args:
        agreements: Flows under which an agreement that stands was made from this answer.
        others: Flows of conversations that go on and were made from this answer.
    """
    if flow is None:
        return Keep(basis=Basis.UNKNOWN_FLOW, article=None, days=None)
    if flow.mode is not Mode.CONSENT:
        return Keep(basis=Basis.STATUTORY, article=flow.article, days=flow.retention_days)
    for basis, flows in ((Basis.AGREEMENT, agreements), (Basis.OTHER_FLOW, others)):
        if flows:
            longest = max(flows, key=_how_long)
            return Keep(
                basis=basis,
                article=longest.article if longest is not None else None,
                days=longest.retention_days if longest is not None else None,
            )
    return None


def _how_long(flow: Flow | None) -> tuple[bool, int, str]:
    """Of several reasons to keep it the one that lasts longest counts, and above all one of which nobody can say."""
    return (True, 0, "") if flow is None else (False, flow.retention_days, flow.article)


class Duty(StrEnum):
    """Why a resident cannot be erased yet."""

    LEGAL_HOLD = "legal_hold"
    CASE_OPEN = "case_open"
    TERM_RUNS = "term_runs"


@dataclass(frozen=True, kw_only=True)
class LegalDuty:
    """
    One duty that stands in the way of erasing a resident.

    Args:
        until: The moment from which this duty no longer runs; None while nobody can say.
    """

    duty: Duty
    case_id: UUID | None = None
    purpose: str | None = None
    article: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseStands:
    """
    A case as far as erasing goes.

    Args:
        purposes: The purposes under which something was ever sent or received in it.
    """

    case_id: UUID
    closed_at: datetime | None
    erased: bool
    purposes: frozenset[str]


def duties(
    cases: Sequence[CaseStands], flows: dict[str, Flow | None], *, on_hold: bool, now: datetime
) -> tuple[LegalDuty, ...]:
    """
    Every duty that runs at *now*: a legal hold, a case that is open, a statutory term that has not passed.

    A case in which only flows on consent were used has no term: with the consent gone nothing keeps it (art. 17(1)(b)).
    """
    found = [LegalDuty(duty=Duty.LEGAL_HOLD)] if on_hold else []
    for case in cases:
        if case.erased:
            continue
        if case.closed_at is None:
            found.append(LegalDuty(duty=Duty.CASE_OPEN, case_id=case.case_id))
            continue
        for purpose in sorted(case.purposes):
            flow = flows.get(purpose)
            if flow is None or flow.mode is Mode.CONSENT:
                continue
            until = case.closed_at + timedelta(days=flow.retention_days)
            if now < until:
                duty = LegalDuty(
                    duty=Duty.TERM_RUNS, case_id=case.case_id, purpose=purpose, article=flow.article, until=until
                )
                found.append(duty)
    return tuple(found)
