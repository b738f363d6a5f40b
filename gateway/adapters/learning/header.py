"""What a proposal says about the reply as a whole: its root, its day, its numbers."""

from __future__ import annotations

import re
from uuid import UUID

from gateway.adapters.learning import names
from gateway.adapters.learning.beside import plain_fields
from gateway.adapters.learning.choosing import Debts
from gateway.adapters.learning.draft import Draft
from gateway.adapters.learning.grand_total import grand_total
from gateway.adapters.learning.ledger import Ledger
from gateway.adapters.learning.notation import Sure, Verdict, truths
from gateway.adapters.learning.parties import organisations, refusal
from gateway.adapters.learning.place import EACH, Place
from gateway.adapters.learning.wording import Section, inline, key, quoted


def statement_section(draft: Draft, debts: Debts | None, ledger: Ledger, section: Section) -> None:
    """Fill [statement]: day, numbers, totals, and who answered."""
    fields = plain_fields(draft, debts)
    _as_of(draft, fields, section)
    if debts is not None and debts.place is not draft.survey.top:
        grand_total(draft, debts, ledger, fields, section)
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
    organisations(draft, debts)
    refusal(draft, fields)


def _as_of(draft: Draft, fields: list[Place], section: Section) -> None:
    scored = []
    for place in fields:
        if place in draft.dates:
            rank = next((n for n, pattern in enumerate(_AS_OF) if re.search(pattern, names.bare(place.name))), None)
            if rank is not None:
                scored.append((rank, len(place.names), place))
    lonely = [place for place in fields if place in draft.dates]
    if not scored and len(lonely) == 1:
        why = Verdict(None, Sure.GUESS, "the only day outside the debts; is it the day of the figures?")
        section.add("as_of", draft.day(lonely[0], None), draft.day_verdict(lonely[0], why))
        return
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
    r"peil|^stand|saldodat|saldoper|asof|asat$|decompte|stichtag|perdatum|keydate|balancedate|datumopgave|opgavedatum|referencedate|berekend",
    r"statementdate|issuedate|^datum$|^date$|documentdat|antwoorddat|replydate|antwortdatum|dated$|datumtijd|createdon|^day$",
    r"generated|aangemaakt|timestamp|erstell|datum|date|sent|verzonden|^ts$|^credat$|^credt(tm)?$",
)


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
            or all(re.fullmatch(r"[a-z]+(\.\w+)+", text) for text in place.texts())  # names a field, and is none
        ):
            continue
        own = names.fits(role, place.name)
        around = any(names.fits(role, name) for name in told[-2:-1]) and re.search(
            r"id$|nummer|number|^nr$|kenmerk|ref|code", names.bare(place.name)
        )
        is_uuid = all(_is_uuid(text) for text in place.texts())
        if role == "request_id" and is_uuid and not re.search(r"message|bericht|antwoordid", names.bare(place.name)):
            scored.append((0 if own else 1, len(told), place, "name and value: a UUID" if own else "value: a UUID"))
        elif own and names.bare(place.name) == "id" and len(told) > 2:
            scored.append((4, len(told), place, "only called id; is it the number of the message?"))
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
