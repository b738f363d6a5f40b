"""Rules R1, R4, R14 and R15: whose answer it is, to which request, and to whom a claim was handed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.domain.integrity.rule import Finding, IntegrityContext, debts
from gateway.domain.statement import Outcome, Statement, TransferredTo

_LONGEST_CHAIN: Final = 3


def outcome_fits_debts(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R1: the outcome and the debts say the same. Source: Schuldenknooppunt, the kinds of answer."""
    if statement.outcome is Outcome.STATEMENT and not statement.debts:
        yield "/debts", "The outcome is a statement, but there is no debt in it."
    if statement.outcome in (Outcome.NIL, Outcome.CLIENT_UNKNOWN, Outcome.REFUSED) and statement.debts:
        yield "/debts", f"The outcome is {statement.outcome}, but there are debts as well."
    if statement.outcome is Outcome.REFUSED and statement.refusal is None:
        yield "/refusal", "A refusal must say why."
    if statement.outcome is Outcome.TRANSFERRED:
        if statement.transferred_to is None and not statement.debts:
            yield "/transferred_to", "It was transferred, but the reply does not say to whom."
        for place, debt in debts(statement):
            if debt.transferred_to is None and statement.transferred_to is None:
                yield (
                    f"{place}/transferred_to",
                    "The outcome is transferred, but this debt names no new holder.",
                )


def new_holder_is_named(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R1: who says that a claim was transferred says to whom."""
    for place, holder in _new_holders(statement):
        if holder is not None and not holder.name and not holder.id_value:
            yield place, "It was transferred, but the reply does not say to whom."


def meant_for_this_request(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    """R4: the reply belongs to this request and comes from who was asked. Source: SKP, ConversatieReferentienummer."""
    if context.request_id is not None and statement.request_id is not None:
        ours = {_bare(known) for known in (context.request_id, *context.accepted_ids)}
        if _bare(statement.request_id) not in ours:
            yield "/request_id", "The reply names another request than the one it was sent to."
    if context.creditor_ids:
        for name, party in (("creditor", statement.creditor), ("respondent", statement.respondent)):
            if party is None or party.id_kind is None or party.id_value is None:
                continue
            if f"{party.id_kind}:{party.id_value}" not in context.creditor_ids:
                yield f"/{name}/id_value", f"The {name} in the reply is not one that was asked."


def provenance_is_there(statement: Statement, _: IntegrityContext) -> Iterator[Finding]:
    """R14: every statement that was read names the digest of its bytes."""
    if statement.provenance is not None and len(statement.provenance.raw_sha256) != 64:
        yield "/provenance/raw_sha256", "The digest of the raw reply is missing."


def transfer_chain_ends(statement: Statement, context: IntegrityContext) -> Iterator[Finding]:
    """R15: a claim is handed on three times at most, and never in a circle."""
    for place, holder in _new_holders(statement):
        if holder is None:
            continue
        names = {holder.name, f"{holder.id_kind}:{holder.id_value}"}
        if names & set(context.transfer_chain):
            yield place, "The new holder was asked before: the claim goes round in a circle."
        elif len(context.transfer_chain) >= _LONGEST_CHAIN:
            yield place, "The claim was handed on more than three times."


def _new_holders(statement: Statement) -> Iterator[tuple[str, TransferredTo | None]]:
    """To whom the whole or a debt of it was transferred, with the JSON Pointer."""
    yield "/transferred_to", statement.transferred_to
    for place, debt in debts(statement):
        yield f"{place}/transferred_to", debt.transferred_to


def _bare(identifier: str) -> str:
    """An id as it is compared: braces, case and "urn:uuid:" do not count."""
    return identifier.strip().strip("{}").lower().removeprefix("urn:uuid:")
