"""Lists inside a debt whose rows say what they are, and which rows a block takes."""

from __future__ import annotations

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import UNFILLED, Draft
from gateway.adapters.learning.items import code_fields, is_sign, rows_of, said_in
from gateway.adapters.learning.ledger import Amount, Ledger
from gateway.adapters.learning.notation import Sure, Verdict, truths
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.wording import Section, inline, listed, quoted
from gateway.adapters.vocabulary import COMPONENT_KINDS


def is_table(rows: Place, ledger: Ledger) -> bool:
    """A list whose rows say what they are and carry several amounts: charged, paid, open."""
    own = [it for it in ledger.in_list(rows) if it.kind is None and it.code is None]
    return bool(own) and names.list_of(rows.name) is None and bool(kind_fields(rows))


def kind_fields(rows: Place) -> list[Place]:
    """The code fields of a list whose names say kind, type or code."""
    return [it for it in code_fields(rows) if names.code_rank(it.name) in (0, 1)]


def see(table: str) -> Verdict:
    """The remark at a field whose codes stand in a table of their own."""
    return Verdict(None, Sure.LIKELY, f"see [tables.{table[1:-1]}]")


def open_fields(draft: Draft, debts: Debts) -> list[Place]:
    """The plain values of a debt that stand there once and that nothing speaks of yet."""
    return [
        place
        for place in debts.place.walk()
        if place.values
        and place is not debts.place
        and place not in draft.used
        and not any(it.repeated for it in place.between(debts.place))
        and names.person(place.names_from(debts.place)) is None
        and not (debts.grouped and _varies(debts, place))
    ]


def _varies(debts: Debts, place: Place) -> bool:
    """Whether the rows of one debt say different things here: then it belongs to a row, not to the debt."""
    return any(len({said_in(row, place, debts.place) for row in item.rows} - {None}) > 1 for item in debts.items)


def coded_components(draft: Draft, debts: Debts, rows: Place, ledger: Ledger, rest: Verdict) -> bool:
    """Write the rows of one list: parts of the debt, payments, and what is neither; whether there were parts."""
    own = [it for it in ledger.in_list(rows) if it.code is not None]
    code = ledger.codes[rows]
    paid = [it for it in own if _takes_off(it, ledger)]
    idle = [it for it in own if it not in paid and ledger.proven and it.sign == 0 and it.counts]
    parts = [it for it in own if it not in paid and it not in idle]
    for amount in paid:
        _coded_payments(draft, debts, rows, code, amount, ledger)
    if idle:
        told = ", ".join(sorted({it.code[1] for it in idle if it.code is not None}))
        draft.remarks[code] = f"rows with {told} do not count in the total; say what they are"
    if not parts:
        return False
    for place in dict.fromkeys(it.place for it in parts):
        _component_rows(draft, debts, rows, code, [it for it in parts if it.place is place], [*paid, *idle], rest)
    return True


def _takes_off(amount: Amount, ledger: Ledger) -> bool:
    if amount.is_negative:
        return True  # what was charged has no minus
    if ledger.proven and amount.counts:
        return amount.sign < 0
    return amount.is_paid


def _component_rows(
    draft: Draft, debts: Debts, rows: Place, code: Place, parts: list[Amount], others: list[Amount], rest: Verdict
) -> None:
    place = parts[0].place
    section = draft.section("[[debts.component_list]]", "One row is one part of the debt; its code says which.")
    seen = Verdict(None, Sure.CERTAIN, f"{len(place.values)} rows seen")
    other_codes = sorted({it.code[1] for it in others if it.code is not None})
    same_place = [it for it in others if it.place is place]
    if same_place:
        own = sorted({it.code[1] for it in parts if it.code is not None})
        wanted = listed(own) if is_sign(code) else inline({"not": listed(other_codes)})
        test = {draft.path(code, rows): wanted}
        take_rows(draft, debts, rows, section, seen, test, Verdict(None, Sure.LIKELY, "the others are no parts of it"))
    elif others or _has_other_amount(rows, place, draft):
        test = {draft.survey.path(place, rows): inline({"exists": "true"})}
        take_rows(
            draft, debts, rows, section, seen, test, Verdict(None, Sure.LIKELY, "only these rows carry this amount")
        )
    else:
        take_rows(draft, debts, rows, section, seen)
    items = [row for item in debts.items for row in rows_of(item, rows, debts.place)]
    own_codes = {it.code[1] for it in parts if it.code is not None}
    mine = [row for row in items if said_in(row, code, rows) in own_codes and said_in(row, place, rows) is not None]
    kind = _finest(rows, code, mine)
    if kind is None:
        told_open = Verdict(None, Sure.OPEN, f"what are these rows? One of {', '.join(COMPONENT_KINDS)}")
        section.add("kind", inline({"const": UNFILLED}), told_open, stand_in=inline({"const": quoted("other")}))
    else:
        _kinds_of_rows(draft, rows, kind, mine, section)
    told = _sum_verdict(parts)
    state = next((it.state for it in parts if it.state in ("charged", "outstanding")), None) or rest.value or "charged"
    section.add(state, draft.amount([place], rows), told if state == rest.value else Verdict(None, Sure.LIKELY, "name"))
    section.add("combine", "true", Verdict(None, Sure.CERTAIN, "rows of one kind are added up"))


def _kinds_of_rows(draft: Draft, rows: Place, kind: Place, mine: list[object], section: Section) -> None:
    texts = sorted({said for row in mine if (said := said_in(row, kind, rows)) is not None})
    if set(texts) <= set(COMPONENT_KINDS):
        section.add("kind", quoted(draft.path(kind, rows)), Verdict(None, Sure.CERTAIN, "our own words"))
    else:
        hints = {text: _hint(text, [row for row in mine if said_in(row, kind, rows) == text], rows) for text in texts}
        table = draft.codes("kinds", kind, texts, COMPONENT_KINDS, "other", hints)
        told_where = see(table)
        section.add("kind", inline({"path": quoted(draft.path(kind, rows)), "values": table}), told_where)


def _has_other_amount(rows: Place, place: Place, draft: Draft) -> bool:
    return any(it in draft.money and it is not place for it in rows.walk())


def take_rows(
    draft: Draft,
    debts: Debts,
    rows: Place,
    section: Section,
    verdict: Verdict,
    tests: dict[str, str] | None = None,
    why: Verdict | None = None,
) -> None:
    """Write which rows a block takes: where they stand, and what must hold for them."""
    tests = dict(tests or {})
    if rows in debts.links:
        assert debts.reference is not None
        section.add("each", quoted(draft.survey.path(rows)), verdict)
        same = draft.survey.path(debts.reference, debts.place)
        tests = {draft.path(debts.links[rows], rows): inline({"same_as": quoted(same)})} | tests
        why = why or Verdict(None, Sure.LIKELY, "each row carries the reference of its debt")
    else:
        section.add("each", quoted("." if rows is debts.place else draft.survey.path(rows, debts.place)), verdict)
    draft.used.add(rows)
    if tests and why is not None:
        section.add("where", inline(tests), why)


def _finest(rows: Place, code: Place, mine: list[object]) -> Place | None:
    """Of the code fields that all these rows have, the one that tells most of them apart; debit or credit is none."""
    best = None if is_sign(code) else code
    for place in code_fields(rows):
        texts = [said_in(row, place, rows) for row in mine]
        if None in texts or truths(place) or is_sign(place) or (names.code_rank(place.name) or 0) >= 2:
            continue
        if best is None or len(set(texts)) > len({said_in(row, best, rows) for row in mine}):
            best = place
    return best


def _sum_verdict(parts: list[Amount]) -> Verdict:
    if all(it.sign for it in parts if it.counts) and any(it.sign for it in parts):
        return Verdict(None, Sure.CERTAIN, "arithmetic: with these rows the total adds up")
    return Verdict(None, Sure.LIKELY, "the amount of a row")


def _hint(code: str, coded: list[object], rows: Place) -> str:
    """What helps a person to decide: what the code sounds like, or what such rows say of themselves."""
    kind = names.component_kind(code) or names.short_code_kind(code)
    labels = [it for it in rows.walk() if it.values and it is not rows and names.code_rank(it.name) == 2]
    told = sorted({said for row in coded for label in labels if (said := said_in(row, label, rows)) is not None})
    if not told:
        return f"it sounds like {kind.value}; check it" if kind is not None else "a part of the debt; which?"
    kind = kind or names.component_kind(told[0])
    return f"such a row says: {told[0]}" + (f"; it sounds like {kind.value}" if kind is not None else "")


def _coded_payments(draft: Draft, debts: Debts, rows: Place, code: Place, amount: Amount, ledger: Ledger) -> None:
    assert amount.code is not None
    block, day = ("waivers", "waived_on") if amount.is_waiver else ("payments", "paid_on")
    section = draft.section(f"[[debts.{block}]]")
    told = "arithmetic: these rows are taken off to get the total" if amount.sign else "by its name"
    is_proven = amount.sign != 0 and ledger.proven and (amount.is_paid or not amount.is_negative)
    verdict = Verdict(None, Sure.CERTAIN if is_proven else Sure.GUESS, told)
    if amount.is_negative and not amount.is_paid:
        asked = "the minus takes it off: a payment? If it was let go, make this [[debts.waivers]] with waived_on"
        verdict = Verdict(None, Sure.GUESS, asked)
    take_rows(draft, debts, rows, section, verdict, {draft.path(code, rows): quoted(amount.code[1])}, verdict)
    negated = amount.is_negative
    why = "written with a minus" if negated else "the amount of a row"
    section.add("amount", draft.amount([amount.place], rows, negated=negated), Verdict(None, Sure.CERTAIN, why))
    row_day(draft, rows, section, day, [r for item in debts.items for r in rows_of(item, rows, debts.place)
                                         if said_in(r, code, rows) == amount.code[1]])  # fmt: skip


def row_day(draft: Draft, rows: Place, section: Section, word: str, items: list[object]) -> None:
    """Write the first day that stands in these rows."""
    taken = {it for it in draft.used if it in draft.dates and it.parent is not rows}
    for place in rows.walk():
        if place not in draft.dates or place in taken or names.is_key_day(place.name):
            continue
        if any(said_in(row, place, rows) is not None for row in items):
            verdict = Verdict(None, Sure.LIKELY, "a day in such a row")
            section.add(word, draft.day(place, rows), draft.day_verdict(place, verdict))
            return


def table_of_components(draft: Draft, debts: Debts, rows: Place, ledger: Ledger, rest: Verdict) -> None:
    """Rows with a code and several amounts each: charged, paid, open."""
    own = [it for it in ledger.in_list(rows) if it.kind is None]
    kind = kind_fields(rows)[0]
    section = draft.section("[[debts.component_list]]", "One row is one part of the debt; its code says which.")
    take_rows(draft, debts, rows, section, Verdict(None, Sure.LIKELY, "a list of amounts with a code"))
    texts = sorted(set(kind.texts()))
    if set(texts) <= set(COMPONENT_KINDS):
        section.add("kind", quoted(draft.path(kind, rows)), Verdict(None, Sure.CERTAIN, "our own words"))
    else:
        hints = {text: _hint(text, [], rows) for text in texts}
        table = draft.codes("kinds", kind, texts, COMPONENT_KINDS, "other", hints)
        section.add("kind", inline({"path": quoted(draft.path(kind, rows)), "values": table}),
                    see(table))  # fmt: skip
    for amount in own:
        state = amount.state or rest.value or "charged"
        if state in {line.key for line in section.lines}:
            continue
        proven = ledger.proven and amount.sign != 0
        section.add(state, draft.amount([amount.place], rows), Verdict(None, Sure.CERTAIN if proven else Sure.LIKELY,
                    "arithmetic: it adds up to the total" if proven else "name"))  # fmt: skip
    section.add("combine", "true", Verdict(None, Sure.CERTAIN, "rows of one kind are added up"))
