"""Rules R1, R2, R4, R14 and R15: what was answered, by whom, to which request, and to whom a claim was handed on."""

from __future__ import annotations

from dataclasses import replace
from string import hexdigits
from typing import Final

from gateway.domain.integrity.rule import Finding, IntegrityContext
from gateway.domain.statement import Outcome, Provenance, ProvenanceMethod, Statement, TransferredTo

_LONGEST_CHAIN: Final = 3
_KEYED: Final = ProvenanceMethod.KEYED_BY_PERSON
_STATEMENT: Final = Outcome.STATEMENT
_NIL: Final = Outcome.NIL
_REFUSED: Final = Outcome.REFUSED
_TRANSFERRED: Final = Outcome.TRANSFERRED
_WITHOUT_DEBTS: Final = (Outcome.NIL, Outcome.CLIENT_UNKNOWN, Outcome.REFUSED)


def outcome_fits_debts(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R1: the outcome and the debts say the same. Source: Schuldenknooppunt, the kinds of answer."""
    outcome, found = statement.outcome, list[Finding]()
    if outcome is _STATEMENT and not statement.debts:
        found.append(("/debts", "The outcome is a statement, but there is no debt in it."))
    if outcome in _WITHOUT_DEBTS and statement.debts:
        found.append(("/debts", f"The outcome is {outcome}, but there are debts as well."))
    if outcome is _REFUSED and statement.refusal is None:
        found.append(("/refusal", "A refusal must say why."))
    if outcome is _TRANSFERRED and statement.transferred_to is None:
        if not statement.debts:
            found.append(("/transferred_to", "It was transferred, but the reply does not say to whom."))
        for at, debt in enumerate(statement.debts):
            if debt.transferred_to is None:
                where = f"/debts/{at}/transferred_to"
                found.append((where, "The outcome is transferred, but this debt names no new holder."))
    return found


def new_holder_is_named(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """R1: who says that a claim was transferred says to whom."""
    found: list[Finding] = []
    for place, holder in _new_holders(statement):
        if not holder.name and not holder.id_value:
            found.append((place, "It was transferred, but the reply does not say to whom."))
    return found


def nil_is_said(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """
    R2: that nothing is owed is said, and nothing else in the reply says otherwise.

    That it is said at all is seen to where a mapping is loaded: only a statement can be what remains when no rule
    and no code of the mapping fits, so nil always rests on a place in the reply. Source: schemas part 10.
    """
    if statement.outcome is not _NIL or not statement.total_stated_cents:
        return []
    return [("/total_stated_cents", "The reply says that nothing is owed, and also states a total.")]


def meant_for_this_request(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """R4: the reply belongs to this request and comes from who was asked. Source: SKP, ConversatieReferentienummer."""
    found: list[Finding] = []
    if context.request_id is not None and statement.request_id is not None and _other_request(statement, context):
        found.append(("/request_id", "The reply names another request than the one it was sent to."))
    if context.creditor_ids:
        for name, party in (("creditor", statement.creditor), ("respondent", statement.respondent)):
            if party is None or party.id_kind is None or party.id_value is None:
                continue
            if f"{party.id_kind}:{party.id_value}" not in context.creditor_ids:
                found.append((f"/{name}/id_value", f"The {name} in the reply is not one that was asked."))
    return found


def message_number_is_not_reused(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """R4: a creditor's number for a message stands for one content. Source: SKP, Referentienummer."""
    before, number = context.previous, statement.creditor_message_id
    if before is None or number is None or number != before.creditor_message_id:
        return []
    bytes_now, bytes_before = statement.provenance, before.provenance
    if bytes_now is not None and bytes_before is not None and bytes_now.raw_sha256 == bytes_before.raw_sha256:
        return []  # the very same reply, read once more
    same = replace(statement, received_at=before.received_at, provenance=bytes_before)
    if same == before:
        return []
    detail = "An earlier reply with other content has the same message number; send a correction under a new number."
    return [("/creditor_message_id", detail)]


def provenance_is_there(statement: Statement, _: IntegrityContext) -> list[Finding]:
    """
    R14: a statement names its bytes, and the mapping that read them or the person who typed them in.

    This is the part that can be seen in passing. That every value comes out again when its steps are redone on the
    raw text is replayed over the golden samples, see gateway.adapters.replay.untraceable.
    """
    provenance, found = statement.provenance, list[Finding]()
    if provenance is None:
        return found
    if not _is_digest(provenance.raw_sha256) or provenance.raw_bytes <= 0:
        found.append(("/provenance/raw_sha256", "The digest of the raw reply is missing."))
    if not _names_its_reader(provenance):
        found.append(("/provenance/mapping_id", "It is not said which version of which mapping read this reply."))
    return found


def transfer_chain_ends(statement: Statement, context: IntegrityContext) -> list[Finding]:
    """R15: a claim is handed on three times at most, and never in a circle."""
    found: list[Finding] = []
    chain = context.transfer_chain
    if not chain:
        return found
    for place, holder in _new_holders(statement):
        if holder.name in chain or f"{holder.id_kind}:{holder.id_value}" in chain:
            found.append((place, "The new holder was asked before: the claim goes round in a circle."))
        elif len(chain) >= _LONGEST_CHAIN:
            found.append((place, "The claim was handed on more than three times."))
    return found


def _new_holders(statement: Statement) -> list[tuple[str, TransferredTo]]:
    """To whom the whole or a debt of it was transferred, with the JSON Pointer."""
    found: list[tuple[str, TransferredTo]] = []
    if statement.transferred_to is not None:
        found.append(("/transferred_to", statement.transferred_to))
    for at, debt in enumerate(statement.debts):
        if debt.transferred_to is not None:
            found.append((f"/debts/{at}/transferred_to", debt.transferred_to))
    return found


def _other_request(statement: Statement, context: IntegrityContext) -> bool:
    named = statement.request_id
    if named == context.request_id or named in context.accepted_ids:
        return False
    return _bare(named or "") not in {_bare(known) for known in (context.request_id or "", *context.accepted_ids)}


def _bare(identifier: str) -> str:
    """An id as it is compared: braces, case and "urn:uuid:" do not count."""
    return identifier.strip().strip("{}").lower().removeprefix("urn:uuid:")


def _is_digest(text: str) -> bool:
    return len(text) == 64 and not text.strip(hexdigits)


def _names_its_reader(provenance: Provenance) -> bool:
    if provenance.method is _KEYED:
        return bool(provenance.keyed_by)
    known = provenance.mapping_id and provenance.mapping_version and provenance.engine_version
    return bool(known) and _is_digest(provenance.mapping_sha256 or "")
