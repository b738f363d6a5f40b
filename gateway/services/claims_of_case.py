"""Who has a claim in a case: one line per creditor, every debt once, nothing counted that a person has doubts about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gateway.consent.decision import Stage
from gateway.domain import distribution
from gateway.domain.case_overview import Asked, PossibleDuplicate, possible_duplicates
from gateway.domain.distribution import Claim, Rank
from gateway.domain.statement import Outcome, Statement, debt_total, original_debt_view
from gateway.errors import Conflict, Fault, Invalid
from gateway.services.gate import Sight, sight_of
from gateway.services.receive_reply import previous_statement
from gateway.services.runtime import Runtime
from gateway.storage import participants, proposals, statement_requests
from gateway.storage.database import Connection, Row


@dataclass(frozen=True, kw_only=True)
class Party:
    """One creditor that takes part, with what it said."""

    request: Row
    creditor: Row
    statement: Statement | None
    claims: tuple[Claim, ...]


def claims_of_case(
    runtime: Runtime,
    connection: Connection,
    case: Row,
    wrapped: bytes,
    now: datetime,
    *,
    actor: str,
    unconfirmed: Mapping[UUID, int],
    leave_out: frozenset[tuple[UUID, str]],
) -> tuple[list[Party], list[dict[str, str]]]:
    """
    Who has a claim, and who is left out and why. What may not be looked at is not calculated with either: its creditor
    is left out with the reason of the gate, unless an amount is known from the resident's papers.

    Args:
        actor: Who makes the proposal, as the journal writes it.
        unconfirmed: Per creditor that stayed silent, the amount in cents from the resident's papers.
        leave_out: (creditor, reference) of debts that are in somebody else's statement too.

    Raises:
        Conflict: Nobody has a claim yet.
        Invalid: An unconfirmed amount is for a creditor that was not asked or has answered; a debt to be left out is
            not there.
    """
    parties: list[Party] = []
    left_out: list[dict[str, str]] = []
    requests = statement_requests.of_case(connection, case["id"])
    answers = [row for row in statement_requests.replies_of_case(connection, case["id"]) if row["status"] == "accepted"]
    offers = proposals.offers_of_case(connection, case["id"])
    sight = sight_of(
        runtime, connection, case, requests, offers, now, stage=Stage.READ, actor=actor,
        answered={row["request_id"] for row in answers},
    )  # fmt: skip
    creditors = participants.many(connection, {row["creditor_id"] for row in requests})
    faults = []
    if unconfirmed.keys() - creditors.keys():
        detail = "A creditor in this list was never asked in this case; ask first."
        faults.append(Fault(pointer="/unconfirmed", code="unknown", detail=detail))
    unknown = set(leave_out)
    for request, statement in _one_each(runtime, connection, requests, wrapped, sight):
        amount = unconfirmed.get(request["creditor_id"])
        if statement is not None and amount is not None:
            detail = "This creditor has answered; its own statement counts."
            faults.append(Fault(pointer="/unconfirmed", code="answered", detail=detail))
        if statement is not None:
            names = {(request["creditor_id"], debt.reference) for debt in statement.debts}
            unknown -= names
            statement = _without(statement, {reference for _, reference in names & leave_out})
        claims = _claims(request, statement, amount)
        if claims:
            creditor = creditors[request["creditor_id"]]
            parties.append(Party(request=request, creditor=creditor, statement=statement, claims=claims))
        else:
            is_left_out = request["creditor_id"] in {creditor for creditor, _ in leave_out}
            why = sight.hides(request["id"]) or _why_not(statement, is_left_out=is_left_out)
            left_out.append({"creditor_id": str(request["creditor_id"]), "reason": why})
    if unknown:
        detail = "A debt in this list is in no statement of this case; write the reference as the overview shows it."
        faults.append(Fault(pointer="/leave_out", code="unknown", detail=detail))
    if faults:
        raise Invalid(faults)
    if not parties:
        raise Conflict("No creditor of this case has a claim yet; wait for statements first.")
    return parties, left_out


def _one_each(
    runtime: Runtime, connection: Connection, requests: Sequence[Row], wrapped: bytes, sight: Sight
) -> list[tuple[Row, Statement | None]]:
    """One request per creditor, so that who was asked twice counts once: the newest answered one, or the newest."""
    found: dict[UUID, tuple[Row, Statement | None]] = {}
    for request in requests:
        hidden = sight.hides(request["id"]) is not None
        statement = previous_statement(runtime, connection, request, wrapped) if not hidden else None
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


def possibly_twice(parties: Sequence[Party]) -> list[Fault]:
    """
    The debts that two of *parties* may both claim (rule R13), each with what to do about it.

    A person decides: an original creditor and its bailiff may hold one debt, or two that look alike.
    """
    asked = [
        Asked(
            creditor_id=str(party.creditor["id"]),
            name=party.creditor["name"],
            identity=f"{party.creditor['id_kind']}:{party.creditor['id_value']}",
            statement=party.statement,
        )
        for party in parties
    ]
    return [_said(twice) for twice in possible_duplicates(asked)]


def _said(twice: PossibleDuplicate) -> Fault:
    creditors = " and ".join(dict.fromkeys(debt.creditor_id for debt in twice.debts))
    why = ", ".join(evidence.value.replace("_", " ") for evidence in twice.evidence)
    detail = (
        f"Creditors {creditors} may claim one and the same debt ({why}). Name the one that must not count in "
        "leave_out, or send count_possible_duplicates: true when you have seen that they are different debts."
    )
    return Fault(pointer="/leave_out", code="possible_duplicate", detail=detail)


def _without(statement: Statement, references: set[str]) -> Statement:
    if not references:
        return statement
    return replace(statement, debts=tuple(debt for debt in statement.debts if debt.reference not in references))


def _why_not(statement: Statement | None, *, is_left_out: bool) -> str:
    if statement is None:
        return "no_statement"
    return "left_out" if is_left_out and statement.outcome is Outcome.STATEMENT else statement.outcome.value
