"""Which list in the replies is the debts, and which of its fields tells one debt from another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.adapters.learning import names
from gateway.adapters.learning.items import DebtItem, code_fields, said_in
from gateway.adapters.learning.notation import Sure, Verdict
from gateway.adapters.learning.place import EACH, Place, plain, spoken, values_at
from gateway.adapters.learning.survey import Survey

MOST_CHOICES: Final = 6


@dataclass(frozen=True, kw_only=True)
class Debts:
    """
    The place of the debts.

    Args:
        reference: The field that names a debt; None when there is none, or when *by_key* its key in the reply does.
        grouped: Several rows carry one reference, and are one debt.
        nameless: Some rows have no reference: rows of another kind.
        links: Lists beside the debts, with the field of their rows that says to which debt a row belongs.
    """

    place: Place
    items: tuple[DebtItem, ...]
    verdict: Verdict
    reference: Place | None
    reference_verdict: Verdict
    by_key: bool = False
    grouped: bool = False
    nameless: bool = False
    links: Mapping[Place, Place] = field(default_factory=dict)


def choose_debts(survey: Survey, amounts: Collection[Place], dates: Collection[Place]) -> list[Debts]:
    """
    What the debts may be, the likeliest first; empty when no object in the replies holds an amount. The others stand
    wholly beside the first, and not in it or around it.
    """
    candidates = [
        place
        for place in survey.top.walk()
        if place.items and any(amount.is_within(place) and amount is not place for amount in amounts)
    ]
    if not candidates:
        return []
    scored = {place: _score(place, survey, amounts, dates, candidates) for place in candidates}
    best = max(candidates, key=lambda place: (scored[place], -len(place.names)))
    others = sorted((scored[place] for place in candidates if place is not best), reverse=True)
    lead = scored[best] - (others[0] if others else 0)
    sure = Sure.LIKELY if best.repeated and lead >= 2 else Sure.GUESS
    what = "a list of objects with amounts" if best.repeated else "the object with the amounts; no list was seen"
    found = [_with_reference(best, survey, amounts, dates, Verdict(None, sure, what))]
    for place in sorted(candidates, key=lambda place: -scored[place])[:MOST_CHOICES]:
        if place.repeated and not place.is_within(best) and not best.is_within(place):
            why = Verdict(None, Sure.LIKELY, "a list of objects whose amounts add up")
            found.append(_with_reference(place, survey, amounts, dates, why))
    return found


def _score(
    place: Place, survey: Survey, amounts: Collection[Place], dates: Collection[Place], candidates: list[Place]
) -> float:
    score = (4.0 if survey.has_several(place) else 1.0) if place.repeated else 0.0
    around = place.parent.name if place.parent is not None else ""
    is_part = names.names_parts(place.name) and not names.names_debts(place.name)
    score += 3 if names.names_debts(place.name) else -3 if is_part else 0
    score += 1 if names.names_debts(around) else 0
    score -= 6 if names.list_of(place.name) is not None else 0
    reference = _reference(place, survey, amounts, dates)
    if reference is not None:
        score += 2 + (1 if _is_unique(reference, survey) else 0)
    near = [it for it in amounts if it.is_within(place) and len(it.names) - len(place.names) <= 2]
    direct = [it for it in near if not any(step.repeated for step in it.between(place))]
    score += min(len(direct), 4)
    score += 2 if any(names.totalness(it.name) >= 2 for it in direct) else 0
    for other in candidates:
        if other is not place and place.is_within(other) and other.repeated:
            score -= 3
        is_wrapper = not place.repeated or not survey.has_several(place)
        if other is not place and other.is_within(place) and names.names_debts(other.name) and is_wrapper:
            score -= 2
    return score - 0.3 * len(place.names) - (2 if place is survey.top else 0)


def _with_reference(
    place: Place, survey: Survey, amounts: Collection[Place], dates: Collection[Place], verdict: Verdict
) -> Debts:
    items = [
        DebtItem(number, (item,)) for number in range(len(survey.trees)) for item in _objects(survey, place, number)
    ]
    reference = _reference(place, survey, amounts, dates)
    if place.name == EACH and (reference is None or not names.fits("reference", reference.name)):
        why = Verdict(None, Sure.LIKELY, "the debts stand under their own numbers")
        return Debts(
            place=place, items=tuple(items), verdict=verdict, reference=None, reference_verdict=why, by_key=True
        )
    if reference is None:
        why = Verdict(None, Sure.OPEN, "no column tells the debts apart; name the one that does")
        return Debts(place=place, items=tuple(items), verdict=verdict, reference=None, reference_verdict=why)
    group = _grouping(place, survey)
    if group is not None and not _is_unique(group, survey) and not _is_of_the_whole(group, reference, survey):
        reference = group
        items = _grouped(items, group.names_from(place))
        why = Verdict(None, Sure.LIKELY, "the same number stands on several rows: together they are one debt")
        return Debts(
            place=place,
            items=tuple(items),
            verdict=verdict,
            reference=group,
            reference_verdict=why,
            grouped=True,
            nameless=len(group.values) < place.items,
        )
    named = names.fits("reference", reference.name)
    unique = _is_unique(reference, survey)
    sure = Sure.LIKELY if named and unique else Sure.GUESS
    parts = ["name"] * named + ["another value in every debt"] * unique or ["the only text in every debt"]
    kept = [item for item in items if _said(item, reference, place)]
    links = dict(_links(survey, place, reference, amounts))
    return Debts(
        place=place,
        items=tuple(_with_linked(survey, item, links, reference, place) for item in kept),
        verdict=verdict,
        reference=reference,
        reference_verdict=Verdict(None, sure, " and ".join(parts)),
        nameless=len(kept) < len(items) or _is_nothing_somewhere(survey, place),
        links=links,
    )


def _is_nothing_somewhere(survey: Survey, place: Place) -> bool:
    """Whether a reply writes null, or an empty element, where others have a debt."""
    return any(not isinstance(it, dict) for number in range(len(survey.trees)) for it in survey.items(place, number))


def _links(survey: Survey, place: Place, reference: Place, amounts: Collection[Place]) -> Iterator[tuple[Place, Place]]:
    """Lists of amounts beside the debts whose rows all carry the reference of a debt."""
    known = set(reference.texts())
    for rows in survey.top.walk():
        is_list = rows.repeated and rows.items and rows is not place and rows is not survey.top
        if not is_list or rows.is_within(place) or place.is_within(rows):
            continue
        if not any(it.is_within(rows) for it in amounts):
            continue
        for column in _texts(rows):
            if column not in amounts and len(column.values) == rows.items and set(column.texts()) <= known:
                yield rows, column
                break


def _with_linked(
    survey: Survey, item: DebtItem, links: Mapping[Place, Place], reference: Place, place: Place
) -> DebtItem:
    mine = _said(item, reference, place)
    linked = {
        rows: tuple(row for row in survey.items(rows, item.sample) if said_in(row, column, rows) == mine)
        for rows, column in links.items()
    }
    return replace(item, linked=linked)


def _objects(survey: Survey, place: Place, sample: int) -> list[dict[str, object]]:
    return [item for item in survey.items(place, sample) if isinstance(item, dict)]


def _said(item: DebtItem, column: Place, debts: Place) -> str | None:
    found = [plain(value) for row in item.rows for value in values_at(row, column.names_from(debts))]
    return spoken(found[0]) if found and found[0] is not None else None


def _grouped(items: list[DebtItem], path: tuple[str, ...]) -> list[DebtItem]:
    groups: dict[tuple[int, str], list[object]] = {}
    for item in items:
        found = [plain(value) for value in values_at(item.rows[0], path)]
        if found and found[0] is not None:
            groups.setdefault((item.sample, spoken(found[0])), []).append(item.rows[0])
    return [DebtItem(sample, tuple(rows)) for (sample, _), rows in groups.items()]


def _grouping(place: Place, survey: Survey) -> Place | None:
    """A number of an invoice or file that stands on several rows, when the rows also say what each of them is."""
    if not any(len(set(it.texts())) > 1 for it in code_fields(place)):
        return None
    for column in _texts(place):
        told = [it.name for it in column.between(place)]
        specific = any(names.names_debts(name) for name in told) and names.fits("reference", column.name)
        texts = column.texts()
        rows = sum(len(survey.items(place, number)) for number in {number for number, _ in column.values})
        repeats = len(set(texts)) < len(texts) == rows
        if specific and repeats and any(any(mark.isdigit() for mark in text) for text in texts):
            return column
    return None


def _is_of_the_whole(group: Place, reference: Place, survey: Survey) -> bool:
    """A number that all rows of a reply share is the customer's, when each row has a number of a debt of its own."""
    alike = all(
        len({spoken(value) for number, value in group.values if number == sample}) <= 1
        for sample in range(len(survey.trees))
    )
    is_own = _is_unique(reference, survey) and names.names_debts(reference.name)
    return alike and is_own and names.fits("reference", reference.name)


def _texts(place: Place) -> list[Place]:
    """The plain values of an object that stand there once."""
    return [
        it for it in place.walk() if it.values and it is not place and not any(p.repeated for p in it.between(place))
    ]


def _reference(place: Place, survey: Survey, amounts: Collection[Place], dates: Collection[Place]) -> Place | None:
    best: tuple[float, Place] | None = None
    for column in _texts(place):
        texts = column.texts()
        if column in amounts or column in dates or any(len(text) > 64 for text in texts):
            continue
        if (
            names.number_kind(column.name)
            or names.person(column.names_from(place))
            or names.fits("requested_reference", column.name)
            or names.fits("request_id", column.name)
            or names.counts_positions(column.name)
        ):
            continue
        told = [it.name for it in column.between(place)]
        if any(names.organisation(name) for name in told[:-1]) or names.fits("currency", column.name):
            continue
        score = 4.0 if names.fits("reference", column.name) else 0.0
        score += 2 if any(names.names_debts(name) for name in told) and score else 0
        score += 2 if len(told) == 1 else 0
        score += 3 if _is_unique(column, survey) else 0
        score += 1 if all(any(mark.isdigit() for mark in text) for text in texts) else -2
        score -= 3 if len(texts) < 0.6 * place.items else 0
        score -= 4 if names.fits("customer_number", column.name) and not names.names_debts(column.name) else 0
        score -= 2 if names.fits("description", column.name) else 0
        score -= 4 if len(set(texts)) == 1 < len(texts) and not names.fits("reference", column.name) else 0
        if score >= 3 and (best is None or score > best[0]):
            best = (score, column)
    return best[1] if best is not None else None


def _is_unique(column: Place, survey: Survey) -> bool:
    """Whether it says something else each time, in every sample."""
    for sample in range(len(survey.trees)):
        texts = [spoken(value) for number, value in column.values if number == sample]
        if len(set(texts)) != len(texts):
            return False
    return True
