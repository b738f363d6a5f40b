"""What hangs on a debt beside its components: payments, seizures, and what comes once."""

from __future__ import annotations

import re
from typing import Final

from gateway.adapters.learning import names
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import Draft
from gateway.adapters.learning.items import code_fields, rows_of
from gateway.adapters.learning.ledger import Ledger
from gateway.adapters.learning.notation import YES, Sure, Verdict, truths
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.rows import is_table, open_fields, row_day, see, take_rows
from gateway.adapters.learning.wording import Section, inline, key, quoted
from gateway.adapters.vocabulary import LISTS, SINGLES

_TITLE: Final = r"^titel|^title|vonnis|judgment|dwangbevel|writ$|executorialetitel"
_ARRANGEMENT: Final = r"regeling|arrangement|paymentplan|instalmentplan|ratenzahlung"
_SECURITY: Final = r"zekerheid|^security|collateral|pledge|sicherheit"
LIMITATION: Final = {"expires_on": r"verjaring|limitation|verjahr", "interrupted_on": r"stuiting|interrupt"}
URGENCY: Final = {"eviction": r"ontruim|evict", "disconnection": r"afsluit|disconnect"}
_JOINT: Final = r"hoofdelijk|jointliab|jointandseveral|gesamtschuld"


def payments(draft: Draft, debts: Debts, ledger: Ledger) -> None:
    """Write lists of payments and waivers, or an amount that says what was paid."""
    lists = [it for it in ledger.amounts if it.rows is not None and it.code is None and it.place not in draft.used]
    for amount in lists:
        assert amount.rows is not None
        block = names.list_of(amount.rows.name)
        if is_table(amount.rows, ledger):
            continue
        if block not in ("payments", "waivers") and not (amount.sign < 0 and amount.kind is None):
            continue
        block = block if block in ("payments", "waivers") else "payments"
        told = "name"
        if amount.sign:
            told += "; arithmetic: taken off to get the total"
        section = draft.section(f"[[debts.{block}]]")
        take_rows(draft, debts, amount.rows, section, Verdict(None, Sure.CERTAIN if amount.sign else Sure.LIKELY, told))
        negated = amount.is_negative
        section.add("amount", draft.amount([amount.place], amount.rows, negated=negated), Verdict(None, Sure.CERTAIN,
                    "written with a minus" if negated else "the amount of a row"))  # fmt: skip
        rows = [row for item in debts.items for row in rows_of(item, amount.rows, debts.place)]
        row_day(draft, amount.rows, section, "paid_on" if block == "payments" else "waived_on", rows)
        if block == "payments":
            _row_reference(draft, amount.rows, section)
    if lists and any(it.place in draft.used and it.is_paid for it in lists):
        return
    for amount in ledger.amounts:
        is_taken_off = amount.is_paid or amount.sign < 0 or (amount.sign > 0 and amount.is_negative)
        if amount.rows is None and amount.kind is None and is_taken_off and amount.place not in draft.used:
            told = "arithmetic: taken off to get the total" if amount.sign else "name; not said when, or on what"
            verdict = Verdict(None, Sure.CERTAIN if amount.sign else Sure.GUESS, told)
            block = "waivers" if amount.is_waiver else "payments"
            if not amount.is_paid:
                asked = (
                    "let go, or paid?" if amount.is_waiver else "a payment? If it was let go, call this block waivers"
                )
                verdict = Verdict(None, Sure.GUESS, f"{told}; {asked}")
            section = draft.section(f"[[debts.{block}]]")
            section.add("amount", draft.amount([amount.place], debts.place, negated=amount.is_negative), verdict)


def _row_reference(draft: Draft, rows: Place, section: Section) -> None:
    for place in rows.walk():
        if place.values and place not in draft.used and place is not rows and names.fits("reference", place.name):
            section.add("reference", quoted(draft.path(place, rows)), Verdict(None, Sure.LIKELY, "name"))
            return


def seizures(draft: Draft, debts: Debts) -> None:
    """Write the list of seizures."""
    for rows in debts.place.walk():
        if names.list_of(rows.name) != "seizures" or not (rows.items or rows.values) or rows in draft.used:
            continue
        if any(names.component_kind(it.name) for it in rows.between(debts.place)):
            continue
        fields = code_fields(rows)
        if not fields:
            continue
        section = draft.section("[[debts.seizures]]")
        section.add("each", quoted(draft.survey.path(rows, debts.place)), Verdict(None, Sure.LIKELY, "name"))
        codes = LISTS["seizures"].words["kind"].codes
        assert codes is not None
        choices = [code.value for code in codes]
        table = draft.codes("seizures", fields[0], sorted(set(fields[0].texts())), choices, choices[0])
        section.add("kind", inline({"path": quoted(draft.path(fields[0], rows)), "values": table}),
                    see(table))  # fmt: skip
        row_day(
            draft, rows, section, "seized_on", [row for it in debts.items for row in rows_of(it, rows, debts.place)]
        )
        holder = (
            rows
            if rows.values
            else next((it for it in rows.walk() if names.fits("holder", it.name) and it.values), None)
        )
        if holder is not None and holder not in draft.used:
            section.add("holder", quoted(draft.path(holder, rows)), Verdict(None, Sure.GUESS, "who was seized from"))
        return


def singles(draft: Draft, debts: Debts) -> None:
    """Write what comes once: title, security, arrangement, dispute, interest and the like."""
    base = debts.place
    for place in list(base.walk()):
        if place in draft.used or place is base or any(it.repeated for it in place.between(base)):
            continue
        name = names.bare(place.name)
        if names.organisation(place.name) == "original_creditor":
            _organisation(draft, debts, place)
        elif re.search(_TITLE, name) and place.children:
            _title(draft, debts, place)
        elif re.search(_SECURITY, name) and place.children:
            _security(draft, debts, place)
        elif re.search(_ARRANGEMENT, name) and place.children:
            _arrangement(draft, debts, place)
        elif names.fits("disputed", place.name) and truths(place):
            section = draft.section("[debts.disputed]")
            section.add(
                "by_resident",
                draft.truth(place, base),
                Verdict(None, Sure.GUESS, "name; by the resident, not the creditor?"),
            )
            for other in open_fields(draft, debts):
                if names.fits("disputed", other.name) and re.search(r"reden|reason|grund|why", names.bare(other.name)):
                    section.add("reason", quoted(draft.path(other, base)), Verdict(None, Sure.LIKELY, "name"))
                    break
        elif (
            place.values
            and names.fits("interest_rate", place.name)
            and not any(isinstance(v, bool) for _, v in place.values)
        ):
            section = draft.section("[debts.interest]")
            section.add(
                "rate", quoted(draft.path(place, base)), Verdict(None, Sure.LIKELY, "name: a percentage per year")
            )
        elif place.values and re.search(_JOINT, name):
            _joint(draft, debts, place)
        elif place in draft.dates:
            _telling_day(draft, debts, place, name)


def _organisation(draft: Draft, debts: Debts, place: Place) -> None:
    parts = {}
    if place.values:
        parts["name"] = quoted(draft.path(place, debts.place))
    for child in place.children.values():
        is_name = names.is_name(child.name) or names.bare(child.name) == "bezeichnung"
        if child.values and is_name and "name" not in parts:
            parts["name"] = quoted(draft.path(child, debts.place))
        kind = names.number_kind(child.name)
        if child.values and kind is not None and "id" not in parts:
            parts |= {"id_kind": inline({"const": quoted(kind)}), "id": quoted(draft.path(child, debts.place))}
    if "name" in parts:
        section = draft.section("[debts.original_creditor]")
        for word, value in parts.items():
            section.add(word, value, Verdict(None, Sure.LIKELY, "name: with whom the debt arose"))


def _title(draft: Draft, debts: Debts, place: Place) -> None:
    fields = code_fields(place)
    if not fields:
        return
    section = draft.section("[debts.title]")
    codes = SINGLES["title"].words["kind"].codes
    assert codes is not None
    choices = [code.value for code in codes]
    table = draft.codes("titles", fields[0], sorted(set(fields[0].texts())), choices, choices[0])
    section.add("kind", inline({"path": quoted(draft.path(fields[0], debts.place)), "values": table}),
                see(table))  # fmt: skip
    for child in place.walk():
        if not child.values or child in draft.used or child is place:
            continue
        written = {line.key for line in section.lines}
        bare = names.bare(child.name)
        if child in draft.dates and "issued_on" not in written:
            verdict = Verdict(None, Sure.LIKELY, "the day of the title")
            section.add("issued_on", draft.day(child, debts.place), draft.day_verdict(child, verdict))
        elif re.search(r"nummer|number|^nr$|zaak|rol", bare) and "number" not in written:
            section.add("number", quoted(draft.path(child, debts.place)), Verdict(None, Sure.LIKELY, "name"))
        elif re.search(r"recht|court|gericht", bare) and "court" not in written:
            section.add("court", quoted(draft.path(child, debts.place)), Verdict(None, Sure.LIKELY, "name"))


def _security(draft: Draft, debts: Debts, place: Place) -> None:
    fields = code_fields(place)
    if not fields:
        return
    section = draft.section("[debts.security]")
    codes = SINGLES["security"].words["kind"].codes
    assert codes is not None
    choices = [code.value for code in codes]
    table = draft.codes("securities", fields[0], sorted(set(fields[0].texts())), choices, choices[0])
    path = quoted(draft.path(fields[0], debts.place))
    section.add("kind", inline({"path": path, "values": table}), see(table))
    texts = [it for it in place.walk() if it.values and it not in draft.used and it not in draft.dates]
    for child in texts:
        if child in draft.money:
            section.add("value", draft.amount([child], debts.place), Verdict(None, Sure.LIKELY, "name"))
        elif "description" not in {line.key for line in section.lines}:
            section.add("description", quoted(draft.path(child, debts.place)), Verdict(None, Sure.LIKELY, "what it is"))


def _arrangement(draft: Draft, debts: Debts, place: Place) -> None:
    amounts = [it for it in place.walk() if it in draft.money]
    periods = [it for it in code_fields(place) if not truths(it)] or [
        it for it in place.walk() if it.values and re.search(r"^per$|period|freq|interval", names.bare(it.name))
    ]
    if not amounts or not periods:
        return
    section = draft.section("[debts.arrangement]")
    flag = next((it for it in place.walk() if it.values and truths(it)), None)
    yes = [text for text in (truths(flag) or {}) if text.lower() in YES] if flag is not None else []
    if flag is not None and yes:
        where = "{ " + f"{key(draft.path(flag, debts.place))} = {quoted(yes[0])}" + " }"
        section.add("when", where, Verdict(None, Sure.LIKELY, "yes or no: only then there is one"))
    section.add("amount", draft.amount([amounts[0]], debts.place), Verdict(None, Sure.LIKELY, "name"))
    texts = sorted(set(periods[0].texts()))
    table = draft.codes("periods", periods[0], texts, ["week", "month"], "month")
    section.add("period", inline({"path": quoted(draft.path(periods[0], debts.place)), "values": table}),
                see(table))  # fmt: skip
    for child in place.walk():
        if child in draft.dates:
            word = "ends_on" if re.search(r"tot|eind|end|until|bis", names.bare(child.name)) else "starts_on"
            if word not in {line.key for line in section.lines}:
                verdict = Verdict(None, Sure.LIKELY, "name")
                section.add(word, draft.day(child, debts.place), draft.day_verdict(child, verdict))


def _joint(draft: Draft, debts: Debts, place: Place) -> None:
    codes = SINGLES["joint_liability"].words["kind"].codes
    assert codes is not None
    choices = [code.value for code in codes]
    table = draft.codes("joint", place, sorted(set(place.texts())), choices, choices[0])
    draft.section("[debts.joint_liability]").add(
        "kind", inline({"path": quoted(draft.path(place, debts.place)), "values": table}),
        Verdict(None, Sure.LIKELY, "name: who else is bound"))  # fmt: skip


def _telling_day(draft: Draft, debts: Debts, place: Place, name: str) -> None:
    for word, pattern in LIMITATION.items():
        if re.search(pattern, name):
            header = "[debts.limitation]"
            section = next((it for it in draft.sections if it.header == header), None) or draft.section(header)
            verdict = Verdict(None, Sure.LIKELY, "name")
            section.add(word, draft.day(place, debts.place), draft.day_verdict(place, verdict))
            return
    for kind, pattern in URGENCY.items():
        if re.search(pattern, name):
            section = draft.section("[[debts.urgencies]]")
            section.add("kind", inline({"const": quoted(kind)}), Verdict(None, Sure.LIKELY, "name"))
            verdict = Verdict(None, Sure.LIKELY, "the day it is planned")
            section.add("planned_on", draft.day(place, debts.place), draft.day_verdict(place, verdict))
            return
