"""Who is owed, who answered, and why they refuse: where an object of the reply is named so."""

from __future__ import annotations

import re

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import Draft
from gateway.adapters.learning.notation import Sure, Verdict
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.wording import inline, quoted
from gateway.domain.statement import RefusalReason

_REFUSAL = r"weiger|refus|ablehn|geenmedewerking|declin"


def organisations(draft: Draft, debts: Debts | None) -> None:
    """Who is owed and who answered, where an object is named so and holds a number we know the kind of."""
    wrote: set[str] = set()
    for place in draft.survey.top.walk():
        role = names.organisation(place.name)
        if role not in ("creditor", "respondent") or role in wrote or not place.children:
            continue
        if debts is not None and place.is_within(debts.place) and debts.place is not draft.survey.top:
            continue
        inside = [it for it in place.walk() if it.values and it not in draft.used]
        name = next((it for it in inside if names.is_name(it.name)), None)
        if name is None or any(it.repeated for it in place.between(draft.survey.top)):
            continue
        if names.person((*name.names[:-1], name.name)) in ("resident", "other", "staff"):
            continue
        wrote.add(role)
        section = draft.section(f"[statement.{role}]")
        section.add("name", quoted(draft.path(name)), Verdict(None, Sure.LIKELY, f"name: the {role}"))
        number = next((it for it in inside if names.number_kind(it.name) or _is_oin(it)), None)
        if number is not None:
            kind = names.number_kind(number.name) or "oin"
            told = Verdict(None, Sure.LIKELY, "name" if names.number_kind(number.name) else "value: the form of an OIN")
            section.add("id_kind", inline({"const": quoted(kind)}), told)
            section.add("id", quoted(draft.path(number)), told)


def refusal(draft: Draft, fields: list[Place]) -> None:
    """Why the creditor does not co-operate, where an object is named so."""
    around = {it.parent for it in fields if it.parent is not None and re.search(_REFUSAL, names.bare(it.parent.name))}
    for place in sorted(around, key=lambda it: it.names):
        inside = [it for it in place.children.values() if it.values and it not in draft.used]
        code = next((it for it in inside if names.code_rank(it.name) in (0, 1)), None)
        if code is None:
            continue
        section = draft.section("[statement.refusal]")
        choices = [it.value for it in RefusalReason]
        table = draft.codes("refusals", code, sorted(set(code.texts())), choices, "other")
        told = Verdict(None, Sure.LIKELY, f"see [tables.{table[1:-1]}]")
        section.add("code", inline({"path": quoted(draft.path(code)), "values": table}), told)
        for text in inside:
            if text is not code and text not in draft.dates and text not in draft.money:
                section.add("text", quoted(draft.path(text)), Verdict(None, Sure.LIKELY, "what is said about it"))
                break
        return


def _is_oin(place: Place) -> bool:
    return all(re.fullmatch(r"0{7}[1-9][0-9A-Z]{8,9}0{3,4}", text) and len(text) == 20 for text in place.texts())
