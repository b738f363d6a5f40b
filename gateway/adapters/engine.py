"""Applies a compiled format to one parsed reply: the statement it makes, with every doubt written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.adapters.blocks import Block
from gateway.adapters.coverage import Unmapped, unmapped
from gateway.adapters.emitting.oddities import Odd
from gateway.adapters.fields import gathered
from gateway.adapters.identities import mask_citizen_numbers
from gateway.adapters.making import maker
from gateway.adapters.mapping import Format, Program
from gateway.adapters.paths import ROOT, Hit, PathWriter, Rows, Tree
from gateway.adapters.rows import scalar
from gateway.adapters.run import Run
from gateway.domain.integrity import Problem, Severity
from gateway.domain.statement import Debt, Outcome, Statement

ENGINE_VERSION: Final = "1.0"
# Far above any person's debts and any creditor's extras: what they bound is the time that one reply can take.
MAX_DEBTS: Final = 20_000
MAX_UNMAPPED: Final = 1_000
_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the engine made of a reply; *statement* is None when it must stay unread or has no outcome."""

    statement: Statement | None
    problems: tuple[Problem, ...]
    unmapped: tuple[Unmapped, ...]
    run: Run


@dataclass(frozen=True, kw_only=True)
class NoAnswer:
    """The reply only acknowledges ("acknowledgement") or reports a failure ("not_an_answer")."""

    kind: str
    reference: str | None = None


def apply(
    format: Format,
    tree: Tree,
    *,
    render: PathWriter,
    received_at: datetime,
    request_id: str | None,
    references: frozenset[str],
    fingerprint: Callable[[str], str],
    watchful: bool = True,
) -> Reading | NoAnswer:
    """
    The reading of *tree* in this format.

    Args:
        watchful: False when it is known that no citizen service number can be in the reply.
    """
    program = format.program
    run = Run(tree=tree, render=render, known_references=references, fingerprint=fingerprint, watchful=watchful)
    top: Hit = (tree.top, ROOT)
    if type(tree.top) is list and len(tree.top) > MAX_DEBTS:  # before any path walks through it
        return _too_many(run)
    other = _no_answer(program, run, top)
    if other is not None:
        return other
    for name in program.root:
        if type(tree.top) is not dict or name not in tree.top:
            run.hold("unknown_root", ROOT, f'The reply does not begin with "{name}", as the mapping expects.')
    for condition, reason in program.holds:
        if condition(run, top, top):
            run.hold("held_by_mapping", ROOT, f"{reason}: the reply is held and left unread.")
    if run.problems:
        return Reading(statement=None, problems=tuple(run.problems), unmapped=(), run=run)
    try:
        statement = _statement(program, run, top, received_at, request_id)
    except _TooManyDebts:
        return _too_many(run)
    left = unmapped(tree.top, program.top, run.seen, program.any_depth, program.tested)
    if len(left) > MAX_UNMAPPED:
        run.hold("too_many_unmapped", ROOT, f"Nothing in the mapping speaks of {len(left)} elements.")
        left = left[:MAX_UNMAPPED]
    return Reading(statement=statement, problems=tuple(run.problems), unmapped=tuple(left), run=run)


class _TooManyDebts(Exception):
    """More than MAX_DEBTS."""


def _too_many(run: Run) -> Reading:
    run.problems.clear()
    run.hold("too_many_debts", ROOT, f"There are more than {MAX_DEBTS} debts; the reply is held and left unread.")
    return Reading(statement=None, problems=tuple(run.problems), unmapped=(), run=run)


def _no_answer(program: Program, run: Run, top: Hit) -> NoAnswer | None:
    if any(path.hits(run.tree, top) for path in program.not_an_answer):
        return NoAnswer(kind="not_an_answer")
    if any(path.hits(run.tree, top) for path in program.acknowledgement):
        selection = program.acknowledgement_reference
        found = gathered(selection, run, top) if selection is not None else []
        return NoAnswer(kind="acknowledgement", reference=str(found[0][0]).strip() if found else None)
    return None


def _statement(program: Program, run: Run, top: Hit, received_at: datetime, request_id: str | None) -> Statement | None:
    values = program.statement.values(run, top, top, ())
    run.parts.append((program.statement, top, top, (), False))
    if values.pop("currency", "EUR") != "EUR":
        run.hold("not_euro", ROOT, "Only statements in euros are taken; nothing is converted.")
    if values.get("as_of") == "received":
        values["as_of"] = received_at.astimezone(_AMSTERDAM).date()
    for name, block in program.headers.items():
        part = block.one(run, top, (name,))
        if part is not None:
            values[name] = part
    debts = tuple(_debts(program, run, top))
    outcome = _outcome(program, run, top, debts)
    if outcome is None:
        return None
    values.setdefault("request_id", request_id)
    if run.suspects:
        values = mask_citizen_numbers(run, values, ())
    return Statement(outcome=outcome, received_at=received_at, debts=debts, **values)


def _outcome(program: Program, run: Run, top: Hit, debts: tuple[Debt, ...]) -> Outcome | None:
    fitting = list(dict.fromkeys(outcome for outcome, fits in program.outcome_rules if fits(run, top, top)))
    if len(fitting) > 1:
        run.hold("ambiguous", ROOT, f"The outcome: the reply says both {' and '.join(fitting)}.")
        return None
    if fitting:
        return fitting[0]
    if program.outcome_codes is not None:
        selection, table = program.outcome_codes
        found = gathered(selection, run, top)
        codes = {str(scalar(value)).strip() for value, _ in found}
        if len(codes) == 1:
            (code,) = codes
            if code in table:
                return Outcome(table[code])
            run.hold("unlisted_value", found[0][1], "The outcome: this code is not in the table.", code)
            return None
        if codes:
            run.hold("ambiguous", found[1][1], "The outcome: one code is expected, but there are several.")
            return None
    if program.otherwise is None:
        run.hold("no_outcome", ROOT, "The reply does not say what its outcome is in a way the mapping knows.")
        return None
    if debts and all(debt.transferred_to is not None for debt in debts):
        return Outcome.TRANSFERRED
    return program.otherwise


def _debts(program: Program, run: Run, top: Hit) -> list[Debt]:
    made: list[Debt] = []
    if program.debts is None:
        return made
    read, numbers = program.read_debt if run.quick else None, run.seen.debts
    items = program.debts.items(run, top)
    if len(items) > MAX_DEBTS:
        raise _TooManyDebts
    for item in items:
        prefix, row = ("debts", len(made)), item[0]
        if read is None or type(row) is not dict:
            debt = _debt(program, program.debts, run, top, item, prefix)
        else:
            try:
                debt = read(run, item, top, prefix)
            except Odd:
                debt = _debt(program, program.debts, run, top, item, prefix)
        number = -1 if debt is None else len(made)
        if type(row) is Rows:
            numbers.update({id(part): number for part, _ in row})
        else:
            numbers[id(row)] = number
        if debt is not None:
            made.append(debt)
    return made


def _debt(program: Program, block: Block, run: Run, top: Hit, item: Hit, prefix: tuple[Any, ...]) -> Debt | None:
    before = len(run.parts)
    values = block.values(run, item, top, prefix)
    run.parts.append((block, item, top, prefix, False))
    if values.pop("currency", "EUR") != "EUR":
        run.hold("not_euro", item[1], "Only debts in euros are taken; nothing is converted.")
    row = item[0] if type(item[0]) is dict else None
    components: list[Any] = []
    for part in program.components:
        if row is None or part.doors is None or not part.doors.isdisjoint(row):
            part.many(run, item, (*prefix, "components"), components)
    values["components"] = tuple(components)
    for name, part in program.lists:
        if row is None or part.doors is None or not part.doors.isdisjoint(row):
            several = list(values.get(name, ()))
            part.many(run, item, (*prefix, name), several)
            if several:
                values[name] = tuple(several)
    for name, part in program.singles:
        if row is None or part.doors is None or not part.doors.isdisjoint(row):
            single = part.one(run, item, (*prefix, name))
            if single is not None:
                values[name] = single
    if "reference" not in values:
        del run.parts[before:]
        return None  # the reader of the reference has said so
    debt: Debt = _make_debt(mask_citizen_numbers(run, values, prefix) if run.suspects else values)
    return debt


_make_debt = maker(Debt)


def severity_of(left: Unmapped, adds_up: Callable[[int], bool]) -> Severity:
    """
    How heavily an unmapped element weighs (ruling 19).

    Inside a debt it holds the reply, unless that debt's components still add up to the total the creditor stated;
    a whole debt that no block took always holds it; anywhere else it is only reported.
    """
    if left.is_whole_debt:
        return Severity.HOLD
    if left.in_debt and not adds_up(left.debt):
        return Severity.HOLD
    return Severity.WARN
