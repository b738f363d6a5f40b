"""
Partners with joint debts: who is one, and what it does to a partner's plan when a resident stops.

Pure. Each partner has grants, messages and a journal of their own, and nothing here touches those: what follows for a
partner is that a plan must be made anew, that the counsellor hears of it, and at most one sentence that names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

ADDRESS = frozenset({"resident.street", "resident.house_number", "resident.postcode", "resident.town"})

# What the journal holds about a resident and neither shows them nor puts in their copy or in an evidence file: each of
# these could tell one partner what the other did, or that the other asked for secrecy. They are counted, so that lines
# and count are still every entry there is.
CONFIDENTIAL = frozenset(
    {
        "partner.recorded_in_confidence", "partner.ended_in_confidence", "partner.marked_unsafe",
        "partner.marked_safe", "joint_debt.counsellor_told", "joint_debt.must_be_recut", "joint_debt.recut",
    }
)  # fmt: skip


class LinkEvent(StrEnum):
    """What happened to a link between two residents, by its kind in the journal."""

    RECORDED = "partner.recorded"
    RECORDED_IN_CONFIDENCE = "partner.recorded_in_confidence"
    MARKED_UNSAFE = "partner.marked_unsafe"
    MARKED_SAFE = "partner.marked_safe"
    ENDED = "partner.ended"
    ENDED_IN_CONFIDENCE = "partner.ended_in_confidence"


@dataclass(frozen=True, kw_only=True)
class Link:
    """
    Two residents of one organisation who may owe debts together.

    Args:
        first_id: The lower of the two ids; nobody is first in any other sense.
        events: What happened to it, in the order of the record.
        closed: One of the two was erased: there is nothing left to be linked.
    """

    id: UUID
    first_id: UUID
    second_id: UUID
    recorded_by: UUID
    recorded_at: datetime
    events: tuple[LinkEvent, ...] = ()
    closed: bool = False

    def other(self, resident_id: UUID) -> UUID:
        return self.second_id if resident_id == self.first_id else self.first_id

    @property
    def in_force(self) -> bool:
        return not self.closed and not {LinkEvent.ENDED, LinkEvent.ENDED_IN_CONFIDENCE} & set(self.events)

    @property
    def unsafe(self) -> bool:
        """Violence or secrecy: nothing that the one does may be noticed by the other. The last word counts."""
        words = [one for one in self.events if one in (LinkEvent.MARKED_UNSAFE, LinkEvent.MARKED_SAFE)]
        return words[-1:] == [LinkEvent.MARKED_UNSAFE]

    @property
    def spoken_of(self) -> bool:
        """Whether a page may show to either of the two that there is a link: not when it was secret all along."""
        return LinkEvent.RECORDED in self.events or not self.unsafe


class Certainty(StrEnum):
    """How sure it is that two partners owe one creditor the same debt."""

    JOINT = "joint"  # the creditor said so to at least one of them, and nothing else to the other
    POSSIBLY = "possibly"  # both deal with this creditor, and nobody said


def certainty(mine: bool | None, theirs: bool | None) -> Certainty | None:
    """
    Whether a creditor's claims on two partners are one debt.

    Args:
        mine: What its newest statement says about the one: others are bound too, nobody else is, or nothing (None).
        theirs: The same about the other.

    Returns:
        None when the creditor says that it is not.
    """
    said = {mine, theirs}
    if True not in said:
        return None if False in said else Certainty.POSSIBLY
    return Certainty.POSSIBLY if False in said else Certainty.JOINT


@dataclass(frozen=True, kw_only=True)
class SharedCreditor:
    """
    What a partner has to do with one creditor, in one case of the partner's.

    Args:
        others_bound: What the newest statement on record says, as `domain.statement.liability` reads it.
        pending: Proposals that are not settled, count on this creditor, and were not marked before.
    """

    creditor_id: UUID
    case_id: UUID
    others_bound: bool | None = None
    pending: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Partner:
    """
    The partner of a resident, as far as stopping goes.

    Args:
        shared: The creditors with which the partner has a yes that runs or a proposal that waits.
    """

    resident_id: UUID
    unsafe: bool = False
    spoken_of: bool = True
    shared: tuple[SharedCreditor, ...] = ()


class Step(StrEnum):
    """What may follow for a partner; the value is the kind of its journal entry."""

    MUST_BE_RECUT = "joint_debt.must_be_recut"  # the plan counts on a debt that is not dealt with together any more
    COUNSELLOR_TOLD = "joint_debt.counsellor_told"
    NOTICE = "joint_debt.changed"  # the one sentence that the partner may read


@dataclass(frozen=True, kw_only=True)
class PartnerEffect:
    """
    One thing that a resident's stopping does to a partner. It names the partner and what is the partner's, and nobody
    else.

    Args:
        case_id: The partner's; None for the sentence to the partner, which is about no case in particular.
        creditor_id: For COUNSELLOR_TOLD: with whom the debt is. Nothing else says so.
        silent: For COUNSELLOR_TOLD: the partner must not hear of it.
    """

    step: Step
    resident_id: UUID
    subject_id: UUID
    case_id: UUID | None = None
    creditor_id: UUID | None = None
    certainty: Certainty | None = None
    silent: bool = False


def partner_effects(
    partners: Iterable[Partner], others_bound: Mapping[UUID, bool | None], stopped: Set[UUID], *, final: bool = True
) -> tuple[PartnerEffect, ...]:
    """
    What it does to the partners of a resident when the resident's flows with the creditors in *stopped* end.

    A debt that is only possibly joint is for the counsellor to look at; a link that is unsafe keeps every word from
    the partner. Messages, grants, terms and answers of the partner are in none of the effects (invariant I13).

    Args:
        others_bound: What the newest statement of each creditor says about the resident's own debts.
        final: False while it may still be put right, as with a pause: then only the counsellor hears.
    """
    found: list[PartnerEffect] = []
    for partner in partners:
        surely = False
        for one in partner.shared:
            sure = certainty(others_bound.get(one.creditor_id), one.others_bound)
            if one.creditor_id not in stopped or sure is None:
                continue
            found.append(_told(partner, one, sure))
            if sure is Certainty.JOINT and final:
                surely = True
                found += [_recut(partner, one.case_id, proposal) for proposal in one.pending]
        if surely and not partner.unsafe:
            found.append(
                PartnerEffect(step=Step.NOTICE, resident_id=partner.resident_id, subject_id=partner.resident_id)
            )
    order = list(Step)
    return tuple(sorted(set(found), key=lambda one: (order.index(one.step), str(one.subject_id), str(one.creditor_id))))


def _told(partner: Partner, one: SharedCreditor, sure: Certainty) -> PartnerEffect:
    return PartnerEffect(
        step=Step.COUNSELLOR_TOLD,
        resident_id=partner.resident_id,
        subject_id=one.case_id,
        case_id=one.case_id,
        creditor_id=one.creditor_id,
        certainty=sure,
        silent=partner.unsafe,
    )


def _recut(partner: Partner, case_id: UUID, proposal_id: UUID) -> PartnerEffect:
    return PartnerEffect(
        step=Step.MUST_BE_RECUT, resident_id=partner.resident_id, subject_id=proposal_id, case_id=case_id
    )


def what_to_say(partners: Sequence[Partner], found: Iterable[PartnerEffect]) -> bool | None:
    """
    What the resident who stops is told: True = the partner gets a neutral message, False = the partner gets none.

    None = nothing is said, because no link is on record, or one that was secret from the start: whoever looks over a
    shoulder does not learn that there is a partner here.
    """
    if any(one.step is Step.NOTICE for one in found):
        return True
    return False if any(partner.spoken_of for partner in partners) else None
