"""Propose one settlement to every creditor of a case: one distribution, one offer each, recorded before any leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.decision import Ask, Permit, Stage
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.domain.distribution import Basis, Distribution, Share, distribute
from gateway.domain.grounds import Answer, OfferAnswer, Substantiated, fact_from_text
from gateway.domain.settlement import State
from gateway.domain.statement import Statement
from gateway.errors import Fault, Invalid, NotFound
from gateway.services.ask_statement import NotPermitted
from gateway.services.claims_of_case import Party, claims_of_case, possibly_twice
from gateway.services.gate import gate
from gateway.services.outbox import queue
from gateway.services.ownership import named_counsellor
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import cases, grants, journal, partners, proposals
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

PURPOSE = "proposal"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    What the counsellor proposes.

    Args:
        pool_cents: What the resident can pay in all, over the whole duration.
        unconfirmed: Per creditor, the amount from the resident's papers, for creditors that stayed silent (ruling 14).
        leave_out: Debts, as (creditor, its reference), that somebody else's statement has too.
        count_possible_duplicates: The counsellor has looked: what may be one debt twice are two debts.
    """

    made_by: UUID
    pool_cents: int
    duration_months: int
    basis: Basis
    unconfirmed: Mapping[UUID, int]
    leave_out: frozenset[tuple[UUID, str]] = frozenset()
    count_possible_duplicates: bool = False


def propose_settlement(
    runtime: Runtime,
    organisation_id: UUID,
    case_id: UUID,
    proposed: Terms,
    now: datetime,
    *,
    call: Once | None,
) -> dict[str, Any]:
    """
    Distribute the pool and put an offer to each creditor with a claim.

    Returns:
        {"id", "pool_cents", "surplus_cents", "basis", "offers": [...], "left_out": [...]}.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Conflict: Nobody has a claim yet.
        Invalid: The counsellor is unknown, an unconfirmed amount is for a creditor that was not silent, a debt that is
            left out is not there, or two creditors may claim one debt and nobody said what to do about it (rule R13).
        NotPermitted: The resident has not said yes to proposing to one of them; all are listed.
    """
    refusals: list[Fault] = []

    def work(connection: Connection) -> dict[str, Any] | None:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        named_counsellor(connection, organisation_id, proposed.made_by, pointer="/made_by")
        cases.lock_resident(connection, case["resident_id"])
        wrapped = cases.wrapped_key(connection, case["resident_id"])
        parties, left_out = claims_of_case(
            runtime, connection, case, wrapped, now, actor=f"counsellor:{proposed.made_by}",
            unconfirmed=proposed.unconfirmed, leave_out=proposed.leave_out,
        )  # fmt: skip
        twice = possibly_twice(parties)
        if twice and not proposed.count_possible_duplicates:
            raise Invalid(twice, "Some debts may be counted twice; say of each what to do.")
        decided = _decide(runtime, connection, case, parties, refusals, now)
        if refusals:
            journal.append(connection, now, *(entry for _, entry in decided.values()))
            return None
        claims = [claim for party in parties for claim in party.claims]
        shared = distribute(claims, proposed.pool_cents, proposed.basis)
        doubts = {"debts_left_out": len(proposed.leave_out), "possible_duplicates": len(twice)}
        return _record(runtime, connection, case, proposed, parties, left_out, shared, decided, wrapped, doubts, now)

    answer = once(runtime, call, now, work)
    if refusals:
        raise NotPermitted(refusals)
    return answer


def _decide(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    parties: Sequence[Party],
    refusals: list[Fault],
    now: datetime,
) -> dict[UUID, tuple[UUID, Entry]]:
    """The gate's answer per creditor: offer id under its grant, or a refusal that stays in the journal."""
    standings = grants.latest(connection, case["id"], PURPOSE, [one.creditor["id"] for one in parties])
    decided = {}
    for party in parties:
        ask = Ask(
            stage=Stage.ASK,
            message_id=uuid4(),
            kind=Kind.PROPOSAL,
            resident_id=case["resident_id"],
            recipient_id=party.creditor["id"],
            sector=party.creditor["sector"],
        )
        answer, entry = gate(runtime, ask, PURPOSE, standings.get(party.creditor["id"]), now, case_id=case["id"])
        decided[party.creditor["id"]] = (ask.message_id, entry)
        if not isinstance(answer, Permit):
            refusals.append(
                Fault(
                    pointer="",
                    code=answer.reason.value,
                    detail=f"The resident has not said yes to a proposal to creditor {party.creditor['id']}.",
                )
            )
    return decided


def _record(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    proposed: Terms,
    parties: Sequence[Party],
    left_out: list[dict[str, str]],
    shared: Distribution,
    decided: Mapping[UUID, tuple[UUID, Entry]],
    wrapped: bytes,
    doubts: Mapping[str, int],
    now: datetime,
) -> dict[str, Any]:
    """Proposal, offers, journal and jobs in one commit."""
    proposal_id = uuid4()
    shares = {share.claim_id: share for share in shared.shares}
    offers = [
        _offer(runtime, case, party, proposal_id, decided[party.creditor["id"]], shares, wrapped, now)
        for party in parties
    ]
    sums = {
        "pool_cents": shared.pool_cents,
        "surplus_cents": shared.surplus_cents,
        "flags": {share.claim_id: list(share.flags) for share in shared.shares if share.flags},
    }
    row = {
        "id": proposal_id,
        "case_id": case["id"],
        "resident_id": case["resident_id"],
        "basis": proposed.basis.value,
        "duration_months": proposed.duration_months,
        "made_by": proposed.made_by,
        "made_at": now,
        "sealed": runtime.seal(wrapped, sums, table="proposal", row=proposal_id, column="sealed"),
    }
    proposals.add(connection, row, [offer for offer, _ in offers])
    made = Entry(
        kind="proposal.made", actor=f"counsellor:{proposed.made_by}", case_id=case["id"],
        resident_id=case["resident_id"], subject_id=proposal_id,
        facts={
            "basis": proposed.basis.value, "duration_months": proposed.duration_months, "offers": len(offers), **doubts,
        },
    )  # fmt: skip
    anew = [_made_anew(made, before) for before, _ in partners.to_recut(connection, case["id"])]
    journal.append(connection, now, *(entry for _, entry in decided.values()), made, *anew)
    queue(
        runtime,
        connection,
        Kind.PROPOSAL,
        [offer for offer, _ in offers],
        now,
        subject_kind="offer",
        wrapped=wrapped,
    )
    return {
        "id": str(proposal_id),
        "basis": proposed.basis.value,
        "duration_months": proposed.duration_months,
        "pool_cents": shared.pool_cents,
        "surplus_cents": shared.surplus_cents,
        "offers": [shown for _, shown in offers],
        "left_out": left_out,
    }


def _made_anew(made: Entry, before: UUID) -> Entry:
    """A proposal that had to be made anew was: this one counts, and from that one nothing is ever presumed."""
    return Entry(
        kind=partners.RECUT,
        actor=made.actor,
        case_id=made.case_id,
        resident_id=made.resident_id,
        subject_id=before,
        facts={"by": str(made.subject_id)},
    )


def _offer(
    runtime: Runtime,
    case: Row,
    party: Party,
    proposal_id: UUID,
    decided: tuple[UUID, Entry],
    shares: Mapping[str, Share],
    wrapped: bytes,
    now: datetime,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """One creditor's offer: its row, and what the counsellor's system is shown of it."""
    offer_id, decision = decided
    own = [shares[claim.claim_id] for claim in party.claims]
    claim_cents = sum(share.counted_cents for share in own)
    offer_cents = sum(share.offer_cents + share.from_security_cents for share in own)
    ranks = {share.counted_rank.value for share in own}
    line = {
        "claim_cents": claim_cents,
        "offer_cents": offer_cents,
        "percentage": _percentage(offer_cents, claim_cents),
        "rank": ranks.pop() if len(ranks) == 1 else "mixed",
        "confirmed_by_creditor": party.statement is not None,
    }
    known = {
        **line,
        "references": sorted({claim.reference for claim in party.claims if party.statement is not None}),
        "customer_number": party.statement.customer_number if party.statement is not None else None,
    }
    flagged, proven = _obstacle(runtime, party.statement, now)
    group, today = party.creditor["regime_group"], local_day(now)
    policy = runtime.settings.policies.select("proposal", group, today)
    regime = runtime.settings.regimes.in_force(group, today)
    row = {
        "id": offer_id,
        "proposal_id": proposal_id,
        "case_id": case["id"],
        "resident_id": case["resident_id"],
        "creditor_id": party.creditor["id"],
        "grant_id": decision.grant_id,
        "request_id": party.request["id"],
        "state": State.QUEUED.value,
        "regime_id": regime.id,
        "regime_version": regime.version,
        "policy_id": policy.id,
        "policy_version": policy.version,
        "sealed": runtime.seal(wrapped, known, table="offer", row=offer_id, column="sealed"),
        "proven_obstacle": proven,
        "flagged_obstacle": flagged,
    }
    return row, {"id": str(offer_id), "creditor_id": str(party.creditor["id"]), **line}


def _obstacle(runtime: Runtime, statement: Statement | None, now: datetime) -> tuple[bool, bool]:
    """Whether an obstacle was flagged with the statement, and whether its facts came with it (ruling 13)."""
    if statement is None or statement.obstacle is None:
        return False, False
    grounds = runtime.settings.grounds
    if grounds.find(statement.obstacle.code) is None:
        return True, False
    facts = {}
    for name, text in statement.obstacle.facts:
        rule = grounds.facts.get(name)
        value = fact_from_text(rule.type, text) if rule is not None else None
        if value is not None:
            facts[name] = value
    answer = OfferAnswer(answer=Answer.REFUSE, ground=statement.obstacle.code, facts=facts)
    return True, isinstance(grounds.judge(answer, on=local_day(now)), Substantiated)


def _percentage(part: int, whole: int) -> str:
    if whole <= 0:
        return "0.00"
    return str((Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))
