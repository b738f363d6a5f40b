"""From sample replies to a proposed mapping file: what they prove is said, what they do not is left to a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from gateway.adapters.learning import names
from gateway.adapters.learning.amounts import ledger
from gateway.adapters.learning.choosing import Debts, choose_debts
from gateway.adapters.learning.draft import UNFILLED, Draft
from gateway.adapters.learning.header import head_sections, mapping_section, statement_section
from gateway.adapters.learning.ledger import Ledger
from gateway.adapters.learning.leftovers import Leftover, leftovers, written
from gateway.adapters.learning.notation import Sure, Verdict, dates, is_amount, money
from gateway.adapters.learning.outcomes import more_pages, outcome_section
from gateway.adapters.learning.parts import debts_sections
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.survey import Sample, Survey, survey
from gateway.adapters.learning.wording import Line, Section, file_text, key, quoted, trial_text

__all__ = ["Proposal", "ProposedLine", "Sample", "learn"]


@dataclass(frozen=True)
class ProposedLine:
    """One line of the proposal: table and key, value as TOML, how sure it is ("decide" = a person must), and why."""

    table: str
    key: str
    value: str
    sure: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """
    A proposed mapping.

    Args:
        text: The file. It does not load while a "?" is in it.
        trial: The same with a stand-in for every "?", to see whether the rest reads the samples; None where a "?" has
            no sensible stand-in (a notation, a date format, a place).
        left: Paths that no line speaks of, and that a person must decide on.
        removed: Paths proposed to be left out, with why.
    """

    text: str
    trial: str | None
    lines: tuple[ProposedLine, ...]
    left: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]

    @property
    def undecided(self) -> tuple[ProposedLine, ...]:
        """The lines with a "?"."""
        return tuple(line for line in self.lines if UNFILLED in line.value)


def learn(samples: Sequence[Sample], *, identity: str | None = None) -> Proposal:
    """
    A proposed mapping for the format that *samples*, replies of one creditor, are written in.

    Nothing is decided that the samples do not show: codes are listed and left open, an amount or a day that can be
    read in two ways is left open, and every line says how sure it is.

    Args:
        identity: The id of the mapping; without it the name of the first sample.

    Raises:
        UnreadableInput: a sample is ill-formed, or they are not of one syntax.
    """
    found = survey(samples)
    amounts = [place for place in found.top.walk() if is_amount(place)]
    default_money, notation = money(amounts)
    default_date, formats = dates([place for place in found.top.walk() if place not in notation])
    draft = Draft(
        survey=found,
        money=notation,
        dates=formats,
        default_money=default_money.value,
        default_date=default_date.value if default_date is not None else None,
    )
    _currency_beside_amounts(draft, amounts)
    debts, owed = _debts(found, amounts, formats, notation)
    statement = draft.section("[statement]")
    if debts is not None:
        debts_sections(draft, debts, owed)
    statement_section(draft, debts, owed, statement)
    outcome_section(draft, debts)
    more_pages(draft)
    if debts is None:
        _no_debts(draft)
    left = leftovers(draft, debts)
    named = Verdict(None, Sure.CERTAIN, "as you called it")
    if identity is None:
        identity, named = _identity(samples[0].name), Verdict(None, Sure.GUESS, "the sample's name; choose your own")
    head = mapping_section(draft, identity, named, debts)
    sections = _ordered(draft, head, _defaults(draft, default_money, default_date))
    return Proposal(
        text=_with_leftovers(file_text(sections, _counted(found)), left),
        trial=_with_leftovers(trial, left) if (trial := trial_text(sections)) is not None else None,
        lines=tuple(_proposed(section, line) for section in sections for line in section.lines),
        left=tuple((it.path, it.why) for it in left if it.block is None),
        removed=tuple((it.path, it.why) for it in left if it.block is not None),
    )


def _debts(
    found: Survey, amounts: list[Place], formats: dict[Place, Verdict], notation: dict[Place, Verdict]
) -> tuple[Debts | None, Ledger]:
    """The likeliest debts; another list when only there the amounts add up, for no name can lie about that."""
    choices = [(it, ledger(found, it.place, it.items, notation)) for it in choose_debts(found, amounts, formats)]
    if not choices:
        return None, Ledger(amounts=[])
    proven = next((it for it in choices if it[1].proven and it[0].reference is not None), None)
    return proven or choices[0]


_ORDER = (
    "hold", "outcome", "statement", "[debts]", "components", "component_list", "payments", "waivers", "seizures",
    "debts",
)  # fmt: skip


def _no_debts(draft: Draft) -> None:
    section = draft.section("[debts]", "No amounts were seen. Learn from a reply with debts as well.")
    for word in ("each", "reference"):
        section.add(word, UNFILLED, Verdict(None, Sure.OPEN, "no sample has a debt"))


def _currency_beside_amounts(draft: Draft, amounts: Sequence[Place]) -> None:
    """XML such as <Amount currencyID="EUR">: said once, under [defaults]."""
    beside = [it for place in amounts for it in place.children.values() if it.name.startswith("@")]
    marks = [it for it in beside if names.fits("currency", it.name) and set(it.texts()) == {"EUR"}]
    if marks and len({it.name for it in marks}) == 1:
        draft.currency_attribute = marks[0].name
        draft.used.update(marks)


def _identity(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", PurePath(name).stem.lower()).strip("-")
    return words or "mine"


def _counted(found: Survey) -> str:
    many = len(found.samples)
    return f"{many} sample replies" if many > 1 else "1 sample reply"


def _defaults(draft: Draft, default_money: Verdict, default_date: Verdict | None) -> Section:
    section = Section("[defaults]")
    if draft.money:
        value = quoted(default_money.value) if default_money.value else UNFILLED
        section.add("money", value, default_money, stand_in=quoted("cents"))
    if default_date is not None:
        value = quoted(default_date.value) if default_date.value else UNFILLED
        section.add("date", value, default_date, stand_in='["dd-mm-yyyy", "dd/mm/yyyy", "d-m-yyyy", "d/m/yyyy"]')
    if draft.currency_attribute is not None:
        told = Verdict(None, Sure.CERTAIN, "beside every amount, and EUR everywhere")
        section.add("currency_attribute", quoted(draft.currency_attribute), told)
    if draft.booleans:
        written_out = ", ".join(f"{key(text)} = {str(said).lower()}" for text, said in sorted(draft.booleans.items()))
        section.add("booleans", "{ " + written_out + " }", Verdict(None, Sure.LIKELY, "words for yes and no"))
    return section


def _ordered(draft: Draft, head: Section, defaults: Section) -> list[Section]:
    """First what the file is, then the whole reply, then the debts; the tables of codes last, where the work is."""
    sections = sorted(
        draft.sections, key=lambda section: next(n for n, it in enumerate(_ORDER) if it in section.header)
    )
    return [head, *head_sections(draft), defaults, *sections, *draft.tables]


def _with_leftovers(text: str, left: list[Leftover]) -> str:
    """The lists of what is left out belong at the end of [mapping]."""
    lines = written(left)
    if not lines:
        return text
    before, mark, after = text.partition("[mapping]\n")
    first, gap, rest = after.partition("\n\n")
    return before + mark + first + "\n" + "\n".join(lines) + gap + rest


def _proposed(section: Section, line: Line) -> ProposedLine:
    return ProposedLine(section.header.strip("[]"), line.key, line.value, line.sure.value, line.why)
