"""The components of a proposal: by name, and by what adds up."""

from __future__ import annotations

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import UNFILLED, Draft
from gateway.adapters.learning.ledger import Amount, Ledger
from gateway.adapters.learning.notation import Sure, Verdict
from gateway.adapters.learning.rows import coded_components, is_table, table_of_components
from gateway.adapters.learning.wording import Section, inline, key, quoted
from gateway.adapters.vocabulary import COMPONENT_KINDS
from gateway.domain.statement import ComponentKind


def components(draft: Draft, debts: Debts, ledger: Ledger) -> bool:
    """Write every component that has a name or that arithmetic proves; whether there was any."""
    single = [it for it in ledger.amounts if it.code is None and it is not ledger.total]
    fixed = [it for it in single if _is_component(it, ledger, debts)]
    coded = [rows for rows in ledger.codes if any(it.code is not None for it in ledger.in_list(rows))]
    rest = _state_of_the_rest(ledger)
    kinds = {it.kind for it in fixed if it.kind is not None}
    unnamed = [it for it in fixed if it.kind is None]
    tables = list(dict.fromkeys(it.rows for it in ledger.amounts if it.rows is not None and is_table(it.rows, ledger)))
    if not kinds and not coded and not tables:
        return bool(unnamed) and _unsplit_from(draft, debts, unnamed, ledger, rest)
    wrote = False
    for kind in ComponentKind:
        mine = [it for it in fixed if it.kind is kind]
        if mine:
            wrote |= _component(draft, debts, kind, mine, ledger, rest)
    _unnamed_components(draft, debts, unnamed, rest)
    for rows in coded:
        wrote |= coded_components(draft, debts, rows, ledger, rest)
    for rows in tables:
        table_of_components(draft, debts, rows, ledger, rest)
        wrote = True
    return wrote or bool(unnamed)


def _is_component(amount: Amount, ledger: Ledger, debts: Debts) -> bool:
    if amount.rows is not None and amount.rows in debts.links:
        return False  # beside the debts only payments and rows with codes are looked for
    if amount.rows is not None and amount.kind is None:
        if names.list_of(amount.rows.name) is not None or is_table(amount.rows, ledger):
            return False
        return amount.sign != 0 or amount.state is not None
    if amount.kind is not None:
        if ledger.proven and amount.sign == 0 and amount.counts:
            return _has_company(amount, ledger)
        return True
    return amount.sign > 0 and not amount.is_negative


def _has_company(amount: Amount, ledger: Ledger) -> bool:
    """An amount outside the sum is kept when another of its kind is in it and it says something else than that one."""
    others = [it for it in ledger.amounts if it is not amount and it.kind is amount.kind and it.sign]
    return any(it.state != amount.state for it in others) and amount.state is not None


def _state_of_the_rest(ledger: Ledger) -> Verdict:
    """What an amount is whose name does not say whether it was charged or is still open."""
    counted = [it for it in ledger.amounts if it.sign]
    if any((it.sign < 0) != it.is_negative for it in counted if it.sign < 0 or it.is_negative):
        return Verdict("charged", Sure.CERTAIN, "arithmetic: the payments are taken off to get the total")
    if any(it.state == "outstanding" and it.kind is not None for it in counted):
        return Verdict("outstanding", Sure.LIKELY, "others beside it say what is open")
    if ledger.proven and any(it.is_paid and it.counts for it in ledger.amounts):
        return Verdict("outstanding", Sure.CERTAIN, "arithmetic: payments are not taken off any more to get the total")
    if any(it.is_paid for it in ledger.amounts):
        return Verdict("charged", Sure.LIKELY, "what was paid is listed apart")
    return Verdict("charged", Sure.LIKELY, "nothing was paid in the samples; if it is what is left, write outstanding")


def _component(
    draft: Draft, debts: Debts, kind: ComponentKind, mine: list[Amount], ledger: Ledger, rest: Verdict
) -> bool:
    states: dict[str, list[Amount]] = {}
    reasons = [rest] if any(it.state is None for it in mine) else []
    for amount in mine:
        state = amount.state or (rest.value or "charged")
        if ledger.proven and amount.sign > 0 and state == "paid":
            state = rest.value or "charged"
        if not (amount.is_paid and state != "paid"):
            states.setdefault(state, []).append(amount)
    if not states.keys() & {"charged", "outstanding"}:
        return False
    fields = {}
    for state in ("charged", "paid", "outstanding"):
        if state in states:
            in_list = any(it.rows is not None for it in states[state])
            fields[state] = draft.amount([it.place for it in states[state]], debts.place, added=in_list)
    _component_section(draft).add(key(kind.value), inline(fields), _component_verdict(kind, states, ledger, reasons))
    return True


def _component_section(draft: Draft) -> Section:
    header = "[debts.components]"
    return next((it for it in draft.sections if it.header == header), None) or draft.section(header)


def _component_verdict(
    kind: ComponentKind, states: dict[str, list[Amount]], ledger: Ledger, reasons: list[Verdict]
) -> Verdict:
    every = [it for part in states.values() for it in part]
    named = f"name says {kind.value}"
    if kind is ComponentKind.UNSPLIT:
        named = "not broken down"
    if ledger.proven and all(it.sign for it in every):
        proven = "arithmetic: it counts in the total"
        if reasons and reasons[0].sure is not Sure.CERTAIN:
            return Verdict(None, Sure.LIKELY, f"{named}; {proven}; {reasons[0].why}")
        return Verdict(None, Sure.CERTAIN if kind is not ComponentKind.UNSPLIT else Sure.LIKELY, f"{named}; {proven}")
    if ledger.proven and not any(it.counts for it in every):
        return Verdict(None, Sure.LIKELY, f"{named}; it was 0 in every sample")
    if len(states) == 3 and _balances(states):
        return Verdict(None, Sure.CERTAIN, f"{named}; arithmetic: charged minus paid is outstanding")
    return Verdict(None, Sure.LIKELY if ledger.proven else Sure.GUESS, "; ".join([named, *(it.why for it in reasons)]))


def _balances(states: dict[str, list[Amount]]) -> bool:
    added = {
        state: [sum(it.amounts[at] for it in part) for at in range(len(part[0].each))] for state, part in states.items()
    }
    whole = zip(added["charged"], added["paid"], added["outstanding"], strict=True)
    return any(added["charged"]) and all(charged - paid == left for charged, paid, left in whole)


def _unnamed_components(draft: Draft, debts: Debts, unnamed: list[Amount], rest: Verdict) -> None:
    """They count in the total, but no name says what they are: a person must."""
    state = rest.value or "charged"
    costs = [it for it in unnamed if names.speaks_of_any_costs(it.place.name)]
    if costs:
        in_list = any(it.rows is not None for it in costs)
        fields = inline({state: draft.amount([it.place for it in costs], debts.place, added=in_list)})
        why = (
            "arithmetic: it counts in the total; the name says costs, not which: is it collection_costs or court_costs?"
        )
        _component_section(draft).add("other", fields, Verdict(None, Sure.GUESS, why))
    for amount in unnamed:
        if amount in costs:
            continue
        section = draft.section("[[debts.component_list]]")
        told = Verdict(None, Sure.OPEN, f"what is this? One of {', '.join(COMPONENT_KINDS)}")
        section.add("kind", inline({"const": UNFILLED}), told, stand_in=inline({"const": quoted("other")}))
        if amount.beside is not None:
            for word, other in zip(("charged", "paid"), amount.beside, strict=True):
                told = Verdict(None, Sure.CERTAIN, "arithmetic: charged minus paid is outstanding")
                section.add(word, draft.amount([other.place], debts.place), told)
        value = draft.amount([amount.place], debts.place, added=amount.rows is not None)
        counts = Verdict(None, Sure.CERTAIN, "arithmetic: it counts in the total")
        section.add("outstanding" if amount.beside is not None else state, value, counts)
        section.add("combine", "true", Verdict(None, Sure.CERTAIN, "amounts of one kind are added up"))


def unsplit(draft: Draft, debts: Debts, ledger: Ledger) -> bool:
    """One amount per debt, not broken down."""
    total = ledger.total
    if total is None:
        plain = [it for it in ledger.amounts if it.rows is None and it.code is None and not it.is_paid]
        open_still = [it for it in plain if it.state == "outstanding"]
        choices = plain if len(plain) == 1 else open_still
        total = choices[0] if len(choices) == 1 else None
    if total is None:
        told = Verdict(None, Sure.OPEN, "no amount was found that is clearly what is owed")
        _component_section(draft).add("unsplit", inline({"outstanding": UNFILLED}), told)
        return True
    fields = {}
    before = [
        it for it in ledger.amounts if it is not total and it.rows is None and not it.sign and _was_more(it, total)
    ]
    if len(before) == 1:
        fields["charged"] = draft.amount([before[0].place], debts.place)
    fields["outstanding"] = draft.amount([total.place], debts.place)
    told = Verdict(
        None, Sure.LIKELY, "one amount per debt and nothing that breaks it down; a breakdown will be asked for"
    )
    _component_section(draft).add("unsplit", inline(fields), told)
    return True


def _was_more(amount: Amount, total: Amount) -> bool:
    """Whether an amount may be what was charged before payments: it says so, or it is never less than what is open."""
    if amount.state == "charged":
        return True
    pairs = zip(amount.each, total.each, strict=True)
    is_never_less = all(one is not None and other is not None and one >= other for one, other in pairs)
    return amount.state is None and amount.kind is None and total.state == "outstanding" and is_never_less


def _unsplit_from(draft: Draft, debts: Debts, unnamed: list[Amount], ledger: Ledger, rest: Verdict) -> bool:
    """Amounts without a kind, such as those of each term, that together are the debt."""
    scalar = [it for it in unnamed if it.rows is None]
    if any(it.sign for it in scalar):
        _unnamed_components(draft, debts, unnamed, rest)
        return True
    return _component(draft, debts, ComponentKind.UNSPLIT, unnamed, ledger, rest)
