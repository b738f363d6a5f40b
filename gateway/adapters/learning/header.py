"""What a proposal says about the reply as a whole: its root, its outcome, and the fields beside the debts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from gateway.adapters.learning import names
from gateway.adapters.learning.amounts import Ledger
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import UNFILLED, Draft
from gateway.adapters.learning.notation import Sure, Verdict, cents, truths
from gateway.adapters.learning.survey import EACH, Place, spoken
from gateway.adapters.learning.wording import Line, Section, inline, key, quoted
from gateway.adapters.vocabulary import OUTCOMES
from gateway.domain.statement import Outcome, RefusalReason


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
        and not any(it.repeated or it.name == EACH for it in place.between(survey.top))
        and (debts is None or debts.place is not survey.top or len(place.names) >= 1)
    ]


def _is_shared(place: Place) -> bool:
    by_sample: dict[int, set[str]] = {}
    for sample, value in place.values:
        by_sample.setdefault(sample, set()).add(spoken(value))
    return all(len(texts) == 1 for texts in by_sample.values())


def statement_section(draft: Draft, debts: Debts | None, ledger: Ledger, section: Section) -> None:
    """Fill [statement]: day, numbers, totals, and who answered."""
    fields = plain_fields(draft, debts)
    _as_of(draft, fields, section)
    if debts is not None and debts.place is not draft.survey.top:
        _grand_total(draft, debts, ledger, fields, section)
    for role in ("request_id", "message_id", "customer_number"):
        _number(draft, role, fields, section)
    for place in fields:
        written = {line.key for line in section.lines}
        if place in draft.used:
            continue
        if names.fits("currency", place.name) and set(place.texts()) == {"EUR"} and "currency" not in written:
            section.add("currency", quoted(draft.path(place)), Verdict(None, Sure.CERTAIN, "EUR everywhere"))
        elif names.fits("agreed_in_advance", place.name) and truths(place):
            section.add(
                "agreed_in_advance", draft.truth(place, None), Verdict(None, Sure.LIKELY, "name, and yes or no")
            )
        elif names.fits("paused_since", place.name) and place in draft.dates:
            verdict = draft.day_verdict(place, Verdict(None, Sure.LIKELY, "name"))
            section.add("paused_since", draft.day(place, None), verdict)
    _organisations(draft, debts)
    _refusal(draft, fields)


def _as_of(draft: Draft, fields: list[Place], section: Section) -> None:
    scored = []
    for place in fields:
        if place in draft.dates:
            rank = next((n for n, pattern in enumerate(_AS_OF) if re.search(pattern, names.bare(place.name))), None)
            if rank is not None:
                scored.append((rank, len(place.names), place))
    everywhere = [it for it in scored if len(it[2].values) >= len(draft.survey.trees)] or scored
    if everywhere:
        rank, _, place = min(everywhere, key=lambda it: it[:2])
        verdict = Verdict(
            None, Sure.LIKELY if rank == 0 or len(scored) == 1 else Sure.GUESS, "name: the day of the figures"
        )
        section.add("as_of", draft.day(place, None), draft.day_verdict(place, verdict))
        return
    told = Verdict(None, Sure.GUESS, "no such day was found; received = the day on which the reply came in")
    section.add("as_of", inline({"const": quoted("received")}), told)


_AS_OF = (
    r"peil|^stand|saldodat|saldoper|asof|stichtag|perdatum|keydate|balancedate|datumopgave|opgavedatum|referencedate|berekend",
    r"statementdate|issuedate|^datum$|^date$|documentdat|antwoorddat|replydate|antwortdatum|dated$|datumtijd|createdon|^day$",
    r"generated|aangemaakt|timestamp|erstell|datum|date|sent|verzonden",
)


def _grand_total(draft: Draft, debts: Debts, ledger: Ledger, fields: list[Place], section: Section) -> None:
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
        if (
            place in draft.money
            and place not in draft.used
            and names.totalness(place.name)
            and place not in draft.remarks
        ):
            why = "name; the debts were not found to add up to it, so check it"
            section.add("total", draft.amount([place], None), Verdict(None, Sure.GUESS, why))
            return


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


def _number(draft: Draft, role: str, fields: list[Place], section: Section) -> None:
    scored = []
    for place in fields:
        if place in draft.used or place in draft.dates or place in draft.money:
            continue
        told = [it.name for it in place.between(draft.survey.top)]
        if (
            names.person(tuple(told)) in ("number", "other")
            or names.is_name(place.name)
            or names.number_kind(place.name)
        ):
            continue
        own = names.fits(role, place.name)
        around = any(names.fits(role, name) for name in told[-2:-1]) and re.search(
            r"id$|nummer|number|^nr$|kenmerk|ref|code", names.bare(place.name)
        )
        is_uuid = all(_is_uuid(text) for text in place.texts())
        if role == "request_id" and is_uuid and not re.search(r"message|bericht|antwoordid", names.bare(place.name)):
            scored.append((0 if own else 1, len(told), place, "name and value: a UUID" if own else "value: a UUID"))
        elif (
            own
            and not names.fits("outcome", place.name)
            and not truths(place)
            and any(c.isdigit() for t in place.texts() for c in t)
        ):
            scored.append((2, len(told), place, "name"))
        elif around:
            scored.append((3, len(told), place, "the name around it"))
    if scored:
        rank, _, place, why = min(scored, key=lambda it: it[:2])
        section.add(role, quoted(draft.path(place)), Verdict(None, Sure.LIKELY if rank in (0, 2) else Sure.GUESS, why))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return len(text) == 36


def _organisations(draft: Draft, debts: Debts | None) -> None:
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


def _refusal(draft: Draft, fields: list[Place]) -> None:
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


_REFUSAL = r"weiger|refus|ablehn|geenmedewerking|declin"


def _is_oin(place: Place) -> bool:
    return all(re.fullmatch(r"0{7}[1-9][0-9A-Z]{8,9}0{3,4}", text) and len(text) == 20 for text in place.texts())


def outcome_section(draft: Draft, debts: Debts | None) -> None:
    """[outcome]: the field that says it, and what else tells a reply without debts from one with them."""
    ordinary = {item.sample for item in debts.items} if debts is not None else set()
    others = [number for number in range(len(draft.survey.trees)) if number not in ordinary]
    section = draft.section("[outcome]")
    draft.sections.remove(section)
    draft.sections.insert(_place_of_outcome(draft), section)
    field = _outcome_field(draft, debts)
    if field is not None:
        texts = list(dict.fromkeys(field.texts()))
        with_debts = {spoken(value) for sample, value in field.values if sample in ordinary}
        words = ", ".join(OUTCOMES)
        section.note = f"What the reply as a whole says.\nWrite one of: {words}."
        section.add("path", quoted(draft.path(field)), Verdict(None, Sure.LIKELY, "name: it says how it went"))
        if set(texts) <= set(OUTCOMES):
            told = Verdict(None, Sure.CERTAIN, "our own words; add those that were not seen")
            section.add("values", inline({text: quoted(text) for text in texts}), told)
        else:
            stand_in = inline({text: quoted("statement" if text in with_debts else "nil") for text in texts})
            why = "the codes that were seen; add the others that the creditor knows"
            section.lines.append(Line("values", inline(dict.fromkeys(texts, UNFILLED)), Sure.OPEN, why, stand_in))
        said_in = {sample for sample, _ in field.values}
        if not ordinary <= said_in:
            told = Verdict(None, Sure.LIKELY, "replies with debts do not say it; what is not said is a statement")
            section.add("otherwise", quoted(Outcome.STATEMENT.value), told)
        others = [number for number in others if number not in said_in]
    else:
        why = "a reply with debts is a statement; nothing owed, client unknown and refused must each be told by a rule"
        section.add("otherwise", quoted(Outcome.STATEMENT.value), Verdict(None, Sure.LIKELY, why))
    _rules(draft, debts, ordinary, others, section, field)


def _place_of_outcome(draft: Draft) -> int:
    headers = [section.header for section in draft.sections]
    return headers.index("[statement]") if "[statement]" in headers else len(headers)


def _outcome_field(draft: Draft, debts: Debts | None) -> Place | None:
    for place in plain_fields(draft, debts):
        texts = place.texts()
        inside = debts is not None and place.is_within(debts.place) and draft.survey.syntax != "csv"
        if (
            place in draft.dates
            or place in draft.money
            or truths(place)
            or inside
            or any(len(text) > 40 for text in texts)
        ):
            continue
        if names.fits("outcome", place.name) and not any(re.search(r"\d{5,}", text) for text in texts):
            return place
    return None


def _rules(
    draft: Draft, debts: Debts | None, ordinary: set[int], others: list[int], section: Section, field: Place | None
) -> None:
    unsaid = "" if field is None else f", {quoted(draft.survey.path(field))} = {inline({'exists': 'false'})}"
    tests: dict[str, tuple[str, list[str]]] = {}
    for number in others:
        test = _what_tells(draft, debts, ordinary, number)
        if test is not None:
            tests.setdefault(test, (f"{test}{unsaid}", []))[1].append(draft.survey.samples[number].name)
    for test, samples in tests.values():
        why = f"so it is in {', '.join(samples)}: nil, client_unknown or refused?"
        rule = Section("[[outcome.rules]]")
        rule.add("is", UNFILLED, Verdict(None, Sure.OPEN, why), stand_in=quoted("nil"))
        rule.add("when", "{ " + test + " }", Verdict(None, Sure.LIKELY, "no sample with debts has this"))
        draft.sections.insert(draft.sections.index(section) + 1, rule)


def _what_tells(draft: Draft, debts: Debts | None, ordinary: set[int], number: int) -> str | None:
    """A condition that holds in this sample and in none with debts."""
    survey = draft.survey
    new = [
        it for it in survey.top.walk() if number in it.seen_in and not it.seen_in & ordinary and it.parent is not None
    ]
    outermost = [it for it in new if it.parent not in new]
    if outermost and survey.syntax != "csv":
        place = outermost[0]
        inner = [it for it in place.walk() if it.values]
        draft.used.update(inner)
        return f"{quoted(survey.path(place))} = {inline({'exists': 'true'})}"
    for place in survey.top.walk():
        texts = {spoken(value) for sample, value in place.values if sample == number}
        elsewhere = {spoken(value) for sample, value in place.values if sample in ordinary}
        if len(texts) == 1 and (truths(place) or names.code_rank(place.name) in (0, 1)) and not texts & elsewhere:
            return f"{quoted(draft.path(place))} = {quoted(texts.pop())}"
    if debts is not None and number in debts.place.empty_in:
        return f"{quoted(survey.path(debts.place))} = {inline({'empty': 'true'})}"
    around = debts.place.parent if debts is not None else None
    if debts is not None and survey.syntax == "csv" and around is not None:
        return f"{quoted(survey.path(debts.place))} = {inline({'empty': 'true'})}"
    return None


def mapping_section(draft: Draft, identity: str, identity_verdict: Verdict, debts: Debts | None) -> Section:
    """[mapping] without what is ignored, which is only known at the end."""
    survey = draft.survey
    section = Section("[mapping]")
    fact = Verdict(None, Sure.CERTAIN, "from the samples")
    section.add("id", quoted(identity), identity_verdict)
    section.add("version", quoted("1.0.0"), Verdict(None, Sure.CERTAIN, "raise it with every change"))
    section.add("syntax", quoted(survey.syntax), fact)
    if survey.charsets:
        told = "not UTF-8" if survey.syntax == "csv" else "declared in the document"
        section.add(
            "charsets", "[" + ", ".join(quoted(it) for it in survey.charsets) + "]", Verdict(None, Sure.LIKELY, told)
        )
    if survey.separator is not None and survey.separator != ";":
        section.add("separator", quoted(survey.separator), fact)
    roots = list(survey.top.children.values())
    is_root = len(roots) == 1 and len(roots[0].seen_in) == len(survey.trees) and roots[0].name != EACH
    if survey.syntax != "csv" and is_root and (debts is None or roots[0] is not debts.place):
        sure = Sure.CERTAIN if len(survey.trees) > 1 else Sure.LIKELY
        section.add("root", quoted(roots[0].name), Verdict(None, sure, "every sample begins with it"))
    soap = next((prefix for prefix, uri in survey.namespaces.items() if "/soap/envelope" in uri), None)
    if soap is not None:
        fault = f"/{soap}:Envelope/{soap}:Body/{soap}:Fault"
        section.add("not_an_answer", quoted(fault), Verdict(None, Sure.CERTAIN, "SOAP: a Fault is a failure"))
    return section


def head_sections(draft: Draft) -> list[Section]:
    """[namespaces] and [defaults]."""
    namespaces = Section("[namespaces]")
    for prefix, uri in draft.survey.namespaces.items():
        namespaces.add(key(prefix), quoted(uri), Verdict(None, Sure.CERTAIN, "from the samples; the prefix is ours"))
    return [namespaces]
