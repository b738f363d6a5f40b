"""The debts of a proposal: which blocks there are, and the plain fields of a debt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.components import components, unsplit
from gateway.adapters.learning.draft import UNFILLED, Draft
from gateway.adapters.learning.extras import LIMITATION, URGENCY, payments, seizures, singles
from gateway.adapters.learning.ledger import Ledger
from gateway.adapters.learning.notation import Sure, Verdict, truths
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.rows import open_fields
from gateway.adapters.learning.wording import Section, inline, quoted
from gateway.adapters.vocabulary import DEBT

_DEBT_TYPE: Final = r"schuldsoort|soortschuld|debttype|soortvordering|vorderingsoort|debtkind"


def debts_sections(draft: Draft, debts: Debts, ledger: Ledger) -> None:
    """Write [debts] and every block in it."""
    section = draft.section("[debts]")
    section.add("each", quoted(draft.path(debts.place)), debts.verdict)
    _reference(draft, debts, section)
    draft.used.discard(debts.place)
    _plain_fields(draft, debts, section)
    has_components = components(draft, debts, ledger)
    if has_components and ledger.total is not None and ledger.total.place not in draft.used:
        section.add("total", draft.amount([ledger.total.place], debts.place), _total_verdict(ledger))
    if not has_components:
        unsplit(draft, debts, ledger)
    payments(draft, debts, ledger)
    seizures(draft, debts)
    singles(draft, debts)


def _reference(draft: Draft, debts: Debts, section: Section) -> None:
    if debts.by_key:
        section.add("reference", inline({"name_of": quoted(".")}), debts.reference_verdict)
        return
    if debts.reference is None:
        section.add("reference", UNFILLED, debts.reference_verdict)
        return
    path = quoted(draft.path(debts.reference, debts.place))
    if debts.nameless:
        why = "rows without it are no debts of their own; each is shown as passed over"
        section.add(
            "skip",
            inline({"PATH": inline({"exists": "false"})}).replace("PATH", path, 1),
            Verdict(None, Sure.LIKELY, why),
        )
    if debts.grouped:
        section.add("group_by", path, debts.reference_verdict)
    section.add("reference", path, debts.reference_verdict)


def _plain_fields(draft: Draft, debts: Debts, section: Section) -> None:
    base = debts.place
    for role in ("requested_reference", "description"):
        for place in _named(draft, debts, role):
            if place in draft.dates or place in draft.money or names.code_rank(place.name) == 0:
                continue
            section.add(role, quoted(draft.path(place, base)), Verdict(None, Sure.LIKELY, "name"))
            break
    for role, told in (("arisen_on", "the day it arose"), ("due_on", "the day it fell due")):
        chosen = [place for place in _named(draft, debts, role) if place in draft.dates]
        if not chosen and role == "arisen_on":
            days = [it for it in open_fields(draft, debts) if it in draft.dates and len(it.between(base)) == 1]
            own = [place for place in days if not _says_otherwise(place)]
            chosen = own if len(own) == 1 else []
            told = "no other day in a debt can be it, so perhaps the day it arose"
        if chosen:
            verdict = Verdict(None, Sure.LIKELY if told.startswith("the day") else Sure.GUESS, f"name: {told}")
            section.add(role, draft.day(chosen[0], base), draft.day_verdict(chosen[0], verdict))
    for place in _named(draft, debts, "business"):
        if truths(place):
            section.add("business", draft.truth(place, base), Verdict(None, Sure.LIKELY, "name, and yes or no"))
            break
    _coded(draft, debts, section, "rank", _speaks_of_rank)
    _coded(draft, debts, section, "debt_type", lambda place: re.search(_DEBT_TYPE, names.bare(place.name)) is not None)
    for place in _named(draft, debts, "source_type"):
        if names.code_rank(place.name) is not None and len(place.between(base)) == 1 and place not in draft.money:
            why = "the creditor's own word for it, kept as it is"
            section.add("source_type", quoted(draft.path(place, base)), Verdict(None, Sure.LIKELY, why))
            break
    for place in _named(draft, debts, "currency"):
        if set(place.texts()) == {"EUR"} and "currency" not in {line.key for line in section.lines}:
            section.add("currency", quoted(draft.path(place, base)), Verdict(None, Sure.CERTAIN, "EUR everywhere"))


def _says_otherwise(place: Place) -> bool:
    """Whether the name of a day says that it is not the day on which a debt arose."""
    patterns = (
        *LIMITATION.values(),
        *URGENCY.values(),
        r"titel|title|vonnis|judg(e)?ment|dwangbevel|beslag|seiz",
        r"eind|^end|tot$|until|bis$|laatst|last|betaal|paid|bezahl",
    )
    if names.fits("due_on", place.name) or names.is_key_day(place.name):
        return True
    return any(re.search(it, names.bare(place.name)) for it in patterns)


def _named(draft: Draft, debts: Debts, role: str) -> list[Place]:
    """Fields whose name fits a role, those of the debt itself before those deeper down."""
    found = [place for place in open_fields(draft, debts) if names.fits(role, _telling_name(place, debts.place))]
    found = [it for it in found if not any(names.organisation(around.name) for around in it.between(debts.place)[:-1])]
    return sorted(found, key=lambda place: len(place.between(debts.place)))


def _telling_name(place: Place, base: Place) -> str:
    """The name of a field, or of what is around it where its own says nothing: <DueDt><Dt>."""
    around = place.parent
    says_nothing = names.bare(place.name) in ("dt", "date", "datum", "value", "waarde", "text")
    return around.name if says_nothing and around is not None and around is not base else place.name


def _speaks_of_rank(place: Place) -> bool:
    return names.fits("rank", place.name) or any(names.fits("rank", text) for text in place.texts() if len(text) < 20)


def _coded(draft: Draft, debts: Debts, section: Section, word: str, fits: Callable[[Place], bool]) -> None:
    codes = DEBT.words[word].codes
    assert codes is not None
    choices = [code.value for code in codes]
    for place in open_fields(draft, debts):
        texts = place.texts()
        if not fits(place) or truths(place) or any(len(text) > 40 for text in texts):
            continue
        path = quoted(draft.path(place, debts.place))
        if set(texts) <= set(choices):
            section.add(word, path, Verdict(None, Sure.LIKELY, "name, and our own words"))
        else:
            table = draft.codes(word, place, texts, choices, choices[0] if word != "rank" else "unknown")
            section.add(
                word,
                inline({"path": path, "values": table}),
                Verdict(None, Sure.LIKELY, f"name; see [tables.{table[1:-1]}]"),
            )
        return


def _total_verdict(ledger: Ledger) -> Verdict:
    if ledger.proven and ledger.sum is not None:
        debts = "the debt" if ledger.sum.debts == 1 else f"each of {ledger.sum.debts} debts"
        return Verdict(None, Sure.CERTAIN, f"arithmetic: {ledger.sum.terms} amounts add up to it in {debts}")
    return Verdict(None, Sure.GUESS, "name; nothing was found that adds up to it, so check it")
