"""The published statement: what a creditor answered, with what the gateway knows beside it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import UTC
from typing import Any
from uuid import UUID, uuid5

from gateway.domain.statement.codes import IdKind, MatchStatus, Outcome, Weight
from gateway.domain.statement.parts import SCHEMA_VERSION, Debt, Organisation, Statement
from gateway.domain.statement.totals import OriginalDebt, debt_total, original_debt_view, statement_total

# Answers that say which of the debts we asked about are there; the others leave that open.
_SPEAKS_OF_DEBTS = frozenset({Outcome.STATEMENT, Outcome.NIL, Outcome.CLIENT_UNKNOWN})


@dataclass(frozen=True, kw_only=True)
class Party(Organisation):
    """A participant: named as in its reply, or else as it is registered here."""

    participant_id: str
    name: str = field()
    id_kind: IdKind = field()
    id_value: str = field()
    sector: str | None = None  # as registered; never taken from a reply


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something doubtful about the statement (kwaliteit); *path* is a place in the reply or in this document."""

    code: str
    severity: Weight
    path: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Filed:
    """
    What the gateway knows beside the reply.

    Args:
        statement_id: The id of the reply; *version* 1 is the first reply to this request, also one that was held.
        consent_id: The grant under which was asked.
        resident: The gateway's own id of the resident, never a citizen service number.
        creditor: Who was asked, as registered; *respondent* who answered.
        asked: The references that were asked about.
    """

    statement_id: str
    version: int
    request_id: str
    consent_id: str
    resident: str
    creditor: Party
    respondent: Party
    asked: tuple[str, ...] = ()
    quality: tuple[Remark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Header:
    """The ids a reader needs to file the statement."""

    schema_version: str = SCHEMA_VERSION
    statement_id: str
    version: int
    request_id: str
    consent_id: str
    resident: str


@dataclass(frozen=True, kw_only=True)
class DebtHeader:
    """*debt_id* stays the same from one statement of a creditor to the next."""

    debt_id: str
    match_status: MatchStatus | None = None  # None = nothing was asked by reference


@dataclass(frozen=True, kw_only=True)
class PublishedDebt(Debt, DebtHeader):
    """
    A debt with what follows from it.

    *original_debt* is None, and *original_debt_known* false, when the creditor did not split the debt: then a
    breakdown is asked for.
    """

    total_computed_cents: int
    original_debt_known: bool
    original_debt: OriginalDebt | None = None


@dataclass(frozen=True, kw_only=True)
class DebtStatement(Statement, Header):
    """
    The canonical statement 1.0 as it is published: schemas/debt-statement.schema.json and .xsd.

    *not_found* are the references that were asked about and that the creditor does not have.
    """

    request_id: str = field()
    creditor: Party = field()
    respondent: Party = field()
    debts: tuple[PublishedDebt, ...] = ()
    total_computed_cents: int
    not_found: tuple[str, ...] = ()
    quality: tuple[Remark, ...] = ()


def published(statement: Statement, filed: Filed) -> DebtStatement:
    """The statement with its header, its stable debt ids, and what is derived from it; amounts in euro cents."""
    stated = _fields(statement)
    stated |= {
        "statement_id": filed.statement_id,
        "version": filed.version,
        "request_id": filed.request_id,
        "consent_id": filed.consent_id,
        "resident": filed.resident,
        "received_at": statement.received_at.astimezone(UTC),
        "creditor": _named(filed.creditor, statement.creditor),
        "respondent": _named(filed.respondent, statement.respondent),
        "debts": tuple(_debt(debt, filed) for debt in statement.debts),
    }
    return DebtStatement(
        **stated,
        total_computed_cents=statement_total(statement),
        not_found=_not_found(statement, filed.asked),
        quality=filed.quality,
    )


def debt_id(participant_id: str, reference: str) -> str:
    """The same for every statement of one creditor about one reference (UUID version 5, RFC 9562 section 5.5)."""
    return str(uuid5(UUID(participant_id), reference))


def _debt(debt: Debt, filed: Filed) -> PublishedDebt:
    view = original_debt_view(debt)
    return PublishedDebt(
        **_fields(debt),
        debt_id=debt_id(filed.creditor.participant_id, debt.reference),
        match_status=_match(debt, filed.asked),
        total_computed_cents=debt_total(debt),
        original_debt_known=view is not None,
        original_debt=view,
    )


def _match(debt: Debt, asked: Collection[str]) -> MatchStatus | None:
    if not asked:
        return None
    return MatchStatus.MATCHED if _names_of(debt) & set(asked) else MatchStatus.ADDED_BY_CREDITOR


def _not_found(statement: Statement, asked: tuple[str, ...]) -> tuple[str, ...]:
    """A creditor that hands on or refuses does not say what it has, so nothing is known to be missing then."""
    if statement.outcome not in _SPEAKS_OF_DEBTS:
        return ()
    found = {name for debt in statement.debts for name in _names_of(debt)}
    return tuple(dict.fromkeys(reference for reference in asked if reference not in found))


def _names_of(debt: Debt) -> set[str]:
    return {name for name in (debt.reference, debt.requested_reference) if name is not None}


def _named(registered: Party, stated: Organisation | None) -> Party:
    """The reply's own words where it has them; an id goes with its kind."""
    if stated is None:
        return registered
    has_id = stated.id_kind is not None and stated.id_value is not None
    return Party(
        participant_id=registered.participant_id,
        name=stated.name or registered.name,
        id_kind=stated.id_kind if has_id and stated.id_kind is not None else registered.id_kind,
        id_value=stated.id_value if has_id and stated.id_value is not None else registered.id_value,
        role=stated.role or registered.role,
        sector=registered.sector,
    )


def _fields(value: Statement | Debt) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}
