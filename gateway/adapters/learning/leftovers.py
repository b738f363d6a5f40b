"""What no line of a proposal speaks of: other people's data to leave out, and the rest for a person to decide on."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import Draft
from gateway.adapters.learning.labelled import Labelled
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.wording import quoted
from gateway.adapters.transforms import citizen_numbers

_WHOSE = {
    "number": ("cut", "looks like a personal number or a day of birth: it is not read"),
    "other": ("cut", "looks like data of somebody else: it is not read"),
    "resident": ("cut", "looks like data of the resident, who is known already: it is not read"),
    "staff": ("ignore", "looks like who handles it at the creditor"),
}


@dataclass(frozen=True)
class Leftover:
    """A place that nothing speaks of; *block* is "cut" or "ignore" when it is proposed to leave it out, else None."""

    place: Place
    path: str
    block: str | None
    why: str
    in_debt: bool


def leftovers(draft: Draft, debts: Debts | None) -> list[Leftover]:
    """Every place with a value that no line speaks of; a whole object at once where all of it is left over."""
    left = [it for it in draft.survey.top.walk() if (it.values or _is_empty(it)) and it not in draft.used]
    found: list[Leftover] = []
    for place, whose in _taken_together(draft, left):
        in_debt = debts is not None and place.is_within(debts.place) and place is not debts.place
        path = draft.survey.path(place)
        if whose is not None:
            block, why = _WHOSE[whose]
            found.append(Leftover(place, path, block, why, in_debt))
        elif (piece := next((it for it in place.names if names.is_furniture(it)), None)) is not None:
            told = "belongs to how the reply is sent (OData, HAL, JSON:API, GraphQL, SOAP, IDoc)"
            found.append(Leftover(place, _anywhere(draft, piece), "ignore", told, in_debt))
        elif any(isinstance(name, Labelled) for name in place.names):
            found.append(_labelled(draft, place, in_debt))
        elif names.counts_things(place.name) and all(text.isdigit() and len(text) < 7 for text in place.texts()):
            found.append(Leftover(place, path, "ignore", "counts the items", in_debt))
        else:
            if not place.values and not place.children:
                draft.remarks[place] = "it was empty in every sample"
            where = (
                "inside a debt, so it holds a reply that does not add up"
                if in_debt
                else "outside the debts it is only reported"
            )
            found.append(Leftover(place, path, None, draft.remarks.get(place, where), in_debt))
    return list({(it.path, it.block): it for it in found[::-1]}.values())[::-1]


def _anywhere(draft: Draft, name: str) -> str:
    """A path that leaves this name out wherever it stands."""
    return f"//{name}" if draft.survey.syntax == "xml" else f"$..['{name}']" if "@" in name else f"$..{name}"


def _labelled(draft: Draft, place: Place, in_debt: bool) -> Leftover:
    """What stands in a row that says what it is: such a row cannot be left out without the rows beside it."""
    if place.name.startswith("@"):
        why = "stands in rows that say what they are; this leaves it out wherever it stands"
        return Leftover(place, _anywhere(draft, place.name), None, why, in_debt)
    row = place
    while not isinstance(row.name, Labelled):
        assert row.parent is not None
        row = row.parent
    path = draft.survey.path(Place(name=row.name.base, parent=row.parent))
    why = f'rows with "{row.name.code}": map them; this leaves out all that no line reads in such rows, also new ones'
    return Leftover(place, path, None, why, in_debt)


def _is_empty(place: Place) -> bool:
    """An element that was there, and said nothing in any sample."""
    return not place.children and not place.values and not place.repeated and place.parent is not None


def _taken_together(draft: Draft, left: list[Place]) -> list[tuple[Place, str | None]]:
    done: set[Place] = set()
    chosen: list[tuple[Place, str | None]] = []
    for place in left:
        if place in done:
            continue
        whose = _whose(place)
        top = place
        while (around := top.parent) is not None and around.parent is not None and not top.repeated:
            inside = [it for it in around.walk() if it.values]
            alike = all(
                it in left and (_whose(it) in (whose, "number") or whose in ("resident", "other")) for it in inside
            )
            named_so = whose is not None and names.person((*around.names[:-1], around.name, "naam")) == whose
            alone = len(inside) == 1 and whose not in ("resident", "other")
            if not alone and alike and (named_so or whose is None) and not around.repeated:
                top = around
            else:
                break
        done.update(it for it in top.walk())
        chosen.append((top, whose))
    return chosen


def _whose(place: Place) -> str | None:
    if any(citizen_numbers(text) and text.isdigit() for text in place.texts()):
        return "number"
    return names.person(place.names)


def written(found: list[Leftover]) -> list[str]:
    """The lines of `ignore` and `cut`, as TOML arrays; what is to be decided on stands in them behind a #."""
    lines = []
    for block in ("cut", "ignore"):
        mine = [it for it in found if it.block == block]
        undecided = [it for it in found if it.block is None] if block == "ignore" else []
        if not mine and not undecided:
            continue
        lines.append(f"{block} = [")
        lines += [f"  {quoted(it.path)},".ljust(52) + f"  # {it.why}" for it in mine]
        if undecided:
            lines.append(
                "  # Decide: nothing speaks of these. Take the first # away to leave one out, or map it below."
            )
        lines += [f"  # {quoted(it.path)},".ljust(52) + f"  # {it.why}" for it in undecided]
        lines.append("]")
    return lines
