"""What an overview still lacks: who was named but not asked, who did not answer, and transfers that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.domain.case_overview.parties import Asked, Named, Register, key_of
from gateway.domain.statement import Statement

_MOST_HOPS: Final = 3


class NamedAs(StrEnum):
    """In what role a statement names an organisation."""

    NEW_HOLDER = "new_holder"  # the claim was handed over to it
    ORIGINAL_CREDITOR = "original_creditor"
    CREDITOR = "creditor"  # to whom it is owed, says who answered
    RESPONDENT = "respondent"  # who answered


@dataclass(frozen=True, kw_only=True)
class NamedNotAsked:
    """
    An organisation that statements of this case name and that nobody asked.

    Args:
        identity: "kvk:12345678" when a number was given.
        named_by: The ids of the creditors whose statements name it.
        references: What its new claim is called there, where that was said.
    """

    name: str | None
    identity: str | None
    named_as: tuple[NamedAs, ...]
    named_by: tuple[str, ...]
    references: tuple[str, ...]


class ChainProblem(StrEnum):
    """What is wrong with a chain of transfers."""

    CIRCLE = "circle"
    TOO_LONG = "too_long"


@dataclass(frozen=True, kw_only=True)
class TransferProblem:
    """A claim that went from hand to hand and came back, or went further than three hops; creditors by id."""

    creditors: tuple[str, ...]
    problem: ChainProblem


def named_not_asked(counted: Sequence[Asked], asked: Sequence[Asked]) -> tuple[NamedNotAsked, ...]:
    """Every organisation that a statement names and that is none of *asked*."""
    register = Register(asked)
    found: dict[str, list[tuple[str, NamedAs, Named, str | None]]] = {}
    for one in counted:
        if one.statement is None:
            continue
        for role, named, reference in _named(one.statement):
            key = key_of(named)
            if key is not None and register.find(named) is None:
                found.setdefault(key, []).append((one.creditor_id, role, named, reference))
    return tuple(_one_named(found[key]) for key in sorted(found))


def no_answer_yet(asked: Sequence[Asked]) -> tuple[str, ...]:
    """The ids of the creditors whose answer does not count, because there is none or it is held."""
    return tuple(one.creditor_id for one in asked if not one.counts and not one.withheld)


def transfer_problems(counted: Sequence[Asked]) -> tuple[TransferProblem, ...]:
    """Rule R15 over a whole case: a claim is handed on three times at most, and never in a circle."""
    register = Register(counted)
    onward = {one.creditor_id: _holders(one, register) for one in counted}
    found = {problem for one in counted for problem in _chain(one.creditor_id, onward)}
    return tuple(sorted(found, key=lambda problem: problem.creditors))


def _named(statement: Statement) -> Iterator[tuple[NamedAs, Named, str | None]]:
    if statement.transferred_to is not None:
        yield NamedAs.NEW_HOLDER, statement.transferred_to, statement.transferred_to.reference
    for role, party in ((NamedAs.CREDITOR, statement.creditor), (NamedAs.RESPONDENT, statement.respondent)):
        if party is not None:
            yield role, party, None
    for debt in statement.debts:
        if debt.transferred_to is not None:
            yield NamedAs.NEW_HOLDER, debt.transferred_to, debt.transferred_to.reference
        if debt.original_creditor is not None:
            yield NamedAs.ORIGINAL_CREDITOR, debt.original_creditor, None


def _one_named(mentions: Sequence[tuple[str, NamedAs, Named, str | None]]) -> NamedNotAsked:
    roles = {role for _, role, _, _ in mentions}
    named = next((named for _, _, named, _ in mentions if named.name), mentions[0][2])
    return NamedNotAsked(
        name=named.name,
        identity=f"{named.id_kind}:{named.id_value}" if named.id_kind and named.id_value else None,
        named_as=tuple(role for role in NamedAs if role in roles),
        named_by=tuple(dict.fromkeys(creditor for creditor, _, _, _ in mentions)),
        references=tuple(dict.fromkeys(reference for _, _, _, reference in mentions if reference)),
    )


def _holders(one: Asked, register: Register) -> tuple[str, ...]:
    """To which creditors of this case this one handed claims over."""
    assert one.statement is not None  # only statements that count come here
    new = [one.statement.transferred_to, *(debt.transferred_to for debt in one.statement.debts)]
    found = [register.find(holder) for holder in new if holder is not None]
    return tuple(dict.fromkeys(holder for holder in found if holder is not None and holder != one.creditor_id))


def _chain(start: str, onward: dict[str, tuple[str, ...]]) -> Iterator[TransferProblem]:
    """Every way on from *start*, until it ends, comes back to *start*, or has gone further than three hops."""
    ways: list[tuple[str, ...]] = [(start,)]
    while ways:
        way = ways.pop()
        for holder in onward.get(way[-1], ()):
            if holder == start:
                if start == min(way):  # one circle is told once, beginning with its lowest id
                    yield TransferProblem(creditors=way, problem=ChainProblem.CIRCLE)
            elif holder in way:
                continue  # a circle further on; told from there
            elif len(way) > _MOST_HOPS:
                yield TransferProblem(creditors=(*way, holder), problem=ChainProblem.TOO_LONG)
            else:
                ways.append((*way, holder))
