"""Which plain values stand beside the debts, and so speak of the whole reply."""

from __future__ import annotations

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import Draft
from gateway.adapters.learning.place import EACH, Place, spoken


def plain_fields(draft: Draft, debts: Debts | None) -> list[Place]:
    """The plain values outside the debts; in a CSV file the columns that say the same on every row."""
    survey = draft.survey
    if survey.syntax == "csv":
        rows = survey.top.child("rows")
        columns = [it for it in rows.children.values() if it.values and it not in draft.used and _is_shared(it)]
        return [it for it in columns if names.person(it.names) not in ("number", "other")]
    return [
        place
        for place in survey.top.walk()
        if place.values
        and place not in draft.used
        and names.person(place.names or ("",)) not in ("number", "other")
        and (debts is None or not debts.place.repeated or not place.is_within(debts.place))
        and not any(it.name == EACH or survey.has_several(it) for it in place.between(survey.top))
        and (debts is None or debts.place is not survey.top or len(place.names) >= 1)
    ]


def _is_shared(place: Place) -> bool:
    by_sample: dict[int, set[str]] = {}
    for sample, value in place.values:
        by_sample.setdefault(sample, set()).add(spoken(value))
    return all(len(texts) == 1 for texts in by_sample.values())
