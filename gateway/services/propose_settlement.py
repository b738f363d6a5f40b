"""Propose one settlement to every creditor of a case: one distribution, one offer each, recorded before any leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID, uuid4

from gateway.consent.decision import Ask, Permit, Stage
from gateway.domain import distribution
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.domain.distribution import Basis, Claim, Distribution, Rank, Share, distribute
from gateway.domain.grounds import Answer, OfferAnswer, Substantiated, fact_from_text
from gateway.domain.settlement import State
from gateway.domain.statement import Outcome, Statement, debt_total, original_debt_view
from gateway.errors import Conflict, Fault, Invalid, NotFound
from gateway.services.ask_statement import NotPermitted
from gateway.services.gate import gate
from gateway.services.outbox import queue
from gateway.services.ownership import named_counsellor
from gateway.services.receive_reply import previous_statement
from gateway.services.runtime import Once, Runtime, once
from gateway.storage import cases, grants, journal, participants, proposals, statement_requests
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
    """

    made_by: UUID
    pool_cents: int
    duration_months: int
    basis: Basis
    unconfirmed: Mapping[UUID, int]


@dataclass(frozen=True, kw_only=True)
class _Party:
    """One creditor that takes part, with what it said."""

    request: Row
    creditor: Row
    statement: Statement | None
    claims: tuple[Claim, ...]


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
        Invalid: The counsellor is unknown, or an unconfirmed amount is for a creditor that was not silent.
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
        parties, left_out = _parties(runtime, connection, case_id, proposed, wrapped)
        decided = _decide(runtime, connection, case, parties, refusals, now)
        if refusals:
            journal.append(connection, now, *(entry for _, entry in decided.values()))
            return None
        claims = [claim for party in parties for claim in party.claims]
        shared = distribute(claims, proposed.pool_cents, proposed.basis)
        return _record(runtime, connection, case, proposed, parties, left_out, shared, decided, wrapped, now)

    answer = once(runtime, call, now, work)
    if refusals:
        raise NotPermitted(refusals)
    return answer


def _parties(
    runtime: Runtime, connection: Connection, case_id: UUID, proposed: Terms, wrapped: bytes
) -> tuple[list[_Party], list[dict[str, str]]]:
    """Who has a claim, and who is left out and why."""
    parties: list[_Party] = []
    left_out: list[dict[str, str]] = []
    requests = statement_requests.of_case(connection, case_id)
    creditors = participants.many(connection, {row["creditor_id"] for row in requests})
    faults = []
    if proposed.unconfirmed.keys() - creditors.keys():
        detail = "A creditor in this list was never asked in this case; ask first."
        faults.append(Fault(pointer="/unconfirmed", code="unknown", detail=detail))
    for request, statement in _one_each(runtime, connection, requests, wrapped):
        amount = proposed.unconfirmed.get(request["creditor_id"])
        if statement is not None and amount is not None:
            detail = "This creditor has answered; its own statement counts."
            faults.append(Fault(pointer="/unconfirmed", code="answered", detail=detail))
        claims = _claims(request, statement, amount)
        if claims:
            creditor = creditors[request["creditor_id"]]
            parties.append(_Party(request=request, creditor=creditor, statement=statement, claims=claims))
        else:
            why = statement.outcome.value if statement is not None else "no_statement"
            left_out.append({"creditor_id": str(request["creditor_id"]), "reason": why})
    if faults:
        raise Invalid(faults)
    if not parties:
        raise Conflict("No creditor of this case has a claim yet; wait for statements first.")
    return parties, left_out


def _one_each(
    runtime: Runtime, connection: Connection, requests: Sequence[Row], wrapped: bytes
) -> list[tuple[Row, Statement | None]]:
    """One request per creditor, so that who was asked twice counts once: the newest answered one, or the newest."""
    found: dict[UUID, tuple[Row, Statement | None]] = {}
    for request in requests:
        statement = previous_statement(runtime, connection, request, wrapped)
        earlier = found.get(request["creditor_id"])
        if earlier is None or statement is not None or earlier[1] is None:
            found[request["creditor_id"]] = (request, statement)
    return list(found.values())


def _claims(request: Row, statement: Statement | None, amount: int | None) -> tuple[Claim, ...]:
    creditor = str(request["creditor_id"])
    if statement is None:
        if amount is None:
            return ()
        unconfirmed = Claim(
            claim_id=f"{request['id']}/unconfirmed", creditor_id=creditor, reference="unconfirmed",
            total_cents=amount, original_cents=None, rank=Rank.UNKNOWN,
        )  # fmt: skip
        return (unconfirmed,)
    if statement.outcome is not Outcome.STATEMENT:
        return ()
    claims = []
    for index, debt in enumerate(statement.debts):
        if debt.transferred_to is not None:
            continue  # it counts for nothing until its new holder answers (ruling 25)
        view = original_debt_view(debt)
        claims.append(
            Claim(
                claim_id=f"{request['id']}/{index}",
                creditor_id=creditor,
                reference=debt.reference or str(index),
                total_cents=debt_total(debt),
                original_cents=view.counted_cents if view is not None else None,
                rank=distribution.Rank(debt.rank.value),
                security_value_cents=debt.security.value_cents or 0 if debt.security is not None else 0,
            )
        )
    return tuple(claims)


def _decide(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    parties: Sequence[_Party],
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
    parties: Sequence[_Party],
    left_out: list[dict[str, str]],
    shared: Distribution,
    decided: Mapping[UUID, tuple[UUID, Entry]],
    wrapped: bytes,
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
        facts={"basis": proposed.basis.value, "duration_months": proposed.duration_months, "offers": len(offers)},
    )  # fmt: skip
    journal.append(connection, now, *(entry for _, entry in decided.values()), made)
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


def _offer(
    runtime: Runtime,
    case: Row,
    party: _Party,
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
