"""All statements of a case together, as one overview: a pure function from what was answered to what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.case_overview.duplicates import PossibleDuplicate, possible_duplicates
from gateway.domain.case_overview.figures import (
    AsOf,
    CreditorFigures,
    DebtFigures,
    Totals,
    as_of_days,
    figures_of,
    totals_of,
)
from gateway.domain.case_overview.loose_ends import (
    NamedNotAsked,
    TransferProblem,
    named_not_asked,
    no_answer_yet,
    transfer_problems,
)
from gateway.domain.case_overview.parties import Asked

__all__ = [
    "AsOf",
    "Asked",
    "CaseOverview",
    "CreditorFigures",
    "DebtFigures",
    "NamedNotAsked",
    "PossibleDuplicate",
    "Totals",
    "TransferProblem",
    "case_overview",
    "figures_of",
    "possible_duplicates",
]


@dataclass(frozen=True, kw_only=True)
class CaseOverview:
    """
    What a case comes to. Figures of a provisional statement are shown but count in nothing.

    Args:
        figures: Per creditor, by its id; only of who has a statement, provisional or not.
        possible_duplicates: Rule R13; never taken off by themselves.
        named_not_asked: Organisations that a statement names and nobody asked.
        no_answer_yet: The ids of creditors without an answer that counts.
        transfer_problems: Rule R15 over the whole case.
    """

    figures: dict[str, CreditorFigures]
    totals: Totals
    possible_duplicates: tuple[PossibleDuplicate, ...]
    named_not_asked: tuple[NamedNotAsked, ...]
    no_answer_yet: tuple[str, ...]
    transfer_problems: tuple[TransferProblem, ...]
    as_of: AsOf | None


def case_overview(asked: Sequence[Asked]) -> CaseOverview:
    """
    The overview of a case; the order of *asked* makes no difference to any figure.

    Raises:
        ValueError: A creditor occurs twice; its statements would be counted twice.
    """
    asked = sorted(asked, key=lambda one: (one.name, one.creditor_id))
    if len({one.creditor_id for one in asked}) < len(asked):
        raise ValueError("each creditor is in the overview once")
    figures = {one.creditor_id: figures_of(one.statement) for one in asked if one.statement is not None}
    counted = [one for one in asked if one.counts]
    twice = possible_duplicates(counted)
    return CaseOverview(
        figures=figures,
        totals=totals_of([figures[one.creditor_id] for one in counted], twice),
        possible_duplicates=twice,
        named_not_asked=named_not_asked(counted, asked),
        no_answer_yet=no_answer_yet(asked),
        transfer_problems=transfer_problems(counted),
        as_of=as_of_days(counted),
    )
