"""What tells one kind of answer from another: a code, an empty list, a message; never what it means."""

from __future__ import annotations

import re

from gateway.adapters.learning import names
from gateway.adapters.learning.beside import plain_fields
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import UNFILLED, Draft
from gateway.adapters.learning.grand_total import counts_debts
from gateway.adapters.learning.notation import Sure, Verdict, truths
from gateway.adapters.learning.place import Place, spoken
from gateway.adapters.learning.wording import Line, Section, inline, quoted
from gateway.adapters.vocabulary import OUTCOMES
from gateway.domain.statement import Outcome


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
        is_code = names.fits("outcome", place.name) and not any(re.search(r"\d{5,}", text) for text in texts)
        if is_code and not _says_the_same_of_all(place, debts, len(draft.survey.trees)):
            return place
    return None


def _says_the_same_of_all(place: Place, debts: Debts | None, samples: int) -> bool:
    """Whether replies with and without debts say one and the same here: then it tells no outcome."""
    ordinary = {item.sample for item in debts.items} if debts is not None else set()
    said_in = {sample for sample, _ in place.values}
    return 0 < len(ordinary) < samples == len(said_in) and len(set(place.texts())) == 1


def _rules(
    draft: Draft, debts: Debts | None, ordinary: set[int], others: list[int], section: Section, field: Place | None
) -> None:
    unsaid = "" if field is None else f", {quoted(draft.survey.path(field))} = {inline({'exists': 'false'})}"
    tests: dict[str, tuple[str, Verdict, list[str]]] = {}
    for number in others:
        told = _what_tells(draft, debts, ordinary, number)
        if told is not None:
            test, verdict = told
            tests.setdefault(test, (f"{test}{unsaid}", verdict, []))[2].append(draft.survey.samples[number].name)
    for test, verdict, samples in tests.values():
        why = f"so it is in {', '.join(samples)}: nil, client_unknown or refused?"
        rule = Section("[[outcome.rules]]")
        rule.add("is", UNFILLED, Verdict(None, Sure.OPEN, why), stand_in=quoted("nil"))
        rule.add("when", "{ " + test + " }", verdict)
        draft.sections.insert(draft.sections.index(section) + 1, rule)


def _what_tells(draft: Draft, debts: Debts | None, ordinary: set[int], number: int) -> tuple[str, Verdict] | None:
    """
    A condition that holds in this sample and in none with debts: rather what a code says than that something is there,
    for another message in the same place may mean another thing.
    """
    survey = draft.survey
    told = Verdict(None, Sure.LIKELY, "no sample with debts has this")
    for place in survey.top.walk():
        says_how = truths(place) or names.code_rank(place.name) in (0, 1) or names.fits("outcome", place.name)
        if says_how and (text := _own_text(place, ordinary, number)) is not None:
            return f"{quoted(draft.path(place))} = {quoted(text)}", told
    samples = sorted(ordinary)
    for place in survey.top.walk() if debts is not None and number not in debts.place.empty_in else ():
        if len(place.values) == len(survey.trees) and debts is not None and counts_debts(place, debts, samples):
            counts = Verdict(None, Sure.LIKELY, "it is how many debts there are")
            return f"{quoted(draft.path(place))} = {quoted('0')}", counts
    new = [
        it for it in survey.top.walk() if number in it.seen_in and not it.seen_in & ordinary and it.parent is not None
    ]
    outermost = [it for it in new if it.parent not in new]
    if outermost and survey.syntax != "csv":
        return _what_is_new(draft, outermost[0], ordinary, number)
    if debts is not None and (number in debts.place.seen_in or survey.syntax == "csv"):
        return f"{quoted(survey.path(debts.place))} = {inline({'empty': 'true'})}", told
    return None


def _what_is_new(draft: Draft, place: Place, ordinary: set[int], number: int) -> tuple[str, Verdict]:
    inner = [it for it in place.walk() if it.values]
    draft.used.update(inner)
    for field in inner:
        text = _own_text(field, ordinary, number)
        if text is not None:
            return f"{quoted(draft.survey.path(field))} = {quoted(text)}", Verdict(
                None, Sure.LIKELY, "no sample with debts has this; another text here is another message"
            )
    why = "no sample with debts has this; but does it always mean the same? Whatever stands here would be read so"
    return f"{quoted(draft.survey.path(place))} = {inline({'exists': 'true'})}", Verdict(None, Sure.GUESS, why)


def _own_text(place: Place, ordinary: set[int], number: int) -> str | None:
    """What a place says in one sample and in none with debts, when it could be a code or a fixed message."""
    texts = {spoken(value) for sample, value in place.values if sample == number}
    elsewhere = {spoken(value) for sample, value in place.values if sample in ordinary}
    if len(texts) != 1 or texts & elsewhere:
        return None
    (text,) = texts
    return text if len(text) <= 60 and not re.search(r"\d{5,}", text) else None


def more_pages(draft: Draft) -> None:
    """A reply that is one page of several is held: nobody may take a part of the debts for all of them."""
    for place in list(draft.survey.top.walk()):
        if not names.says_there_is_more(place.name) or place.children or place in draft.used:
            continue
        test = "true" if truths(place) else inline({"exists": "true"})
        section = draft.section("[[hold]]")
        why = Verdict(None, Sure.LIKELY, "name: this reply is then one page of several")
        section.add("when", "{ " + f"{quoted(draft.path(place))} = {test}" + " }", why)
        section.add("reason", quoted("There is a next page: these are not all debts."), why)
