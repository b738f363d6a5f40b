"""Which amount beside the debts is what all of them come to, and which figure only counts them."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import Draft
from gateway.adapters.learning.ledger import Ledger
from gateway.adapters.learning.notation import Sure, Verdict, cents
from gateway.adapters.learning.place import Place, spoken
from gateway.adapters.learning.wording import Section


def grand_total(draft: Draft, debts: Debts, ledger: Ledger, fields: list[Place], section: Section) -> None:
    """The amount outside the debts that all debts add up to, sample by sample."""
    samples = sorted({item.sample for item in debts.items})
    for place in sorted(fields, key=lambda it: -names.totalness(it.name)):
        if place not in draft.money:
            continue
        stated = {sample: cents(value, draft.money[place].value) for sample, value in place.values}
        shown = [sample for sample in samples if sample in stated]
        for what, per_debt in _owed(ledger):
            added = {
                n: sum(it or 0 for item, it in zip(debts.items, per_debt, strict=True) if item.sample == n)
                for n in shown
            }
            if shown and any(added.values()) and all(added[n] == stated[n] for n in shown):
                why = f"arithmetic: {what} of all debts add up to it" + (" in every sample" if len(shown) > 1 else "")
                if what == "the totals" and not any(line.key == "total" for line in section.lines):
                    tells = len(debts.items) > 1 or names.totalness(place.name) > 0
                    verdict = Verdict(None, Sure.CERTAIN if tells else Sure.LIKELY, why)
                    section.add("total", draft.amount([place], None), verdict)
                else:
                    draft.remarks[place] = f"it is what {what} add up to"
                break
    if any(line.key == "total" for line in section.lines):
        return
    for place in fields:
        if counts_debts(place, debts, samples):
            draft.remarks[place] = "it is how many debts there are"
            continue
        if (
            place in draft.money
            and place not in draft.used
            and names.totalness(place.name)
            and place not in draft.remarks
        ):
            why = "name; the debts were not found to add up to it, so check it"
            section.add("total", draft.amount([place], None), Verdict(None, Sure.GUESS, why))
            return


def counts_debts(place: Place, debts: Debts, samples: list[int]) -> bool:
    counted = {sample: str(sum(item.sample == sample for item in debts.items)) for sample in samples}
    return all(spoken(value) == counted.get(sample, "0") for sample, value in place.values)


def _owed(ledger: Ledger) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    if ledger.total is not None:
        yield "the totals", ledger.total.each
    elif ledger.amounts:
        named = [it for it in ledger.amounts if it.kind is not None or it.code is not None or it.is_paid]
        if len(named) > 1:
            columns = zip(
                *(tuple(-a if it.is_paid and not it.is_negative else a for a in it.amounts) for it in named),
                strict=True,
            )
            yield "the totals", tuple(sum(column) for column in columns)
        if len(ledger.amounts) == 1:
            yield "the totals", ledger.amounts[0].each
    for amount in ledger.amounts:
        if amount is not ledger.total and amount.counts:
            yield f"the amounts of {amount.place.name}", amount.each
