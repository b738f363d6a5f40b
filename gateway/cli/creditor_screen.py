"""What a mapping made of a reply, for a person: a table on a terminal, plain lines for a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.adapters import Answer
from gateway.adapters.mapping import Format
from gateway.adapters.samples import Difference, document_of
from gateway.domain.money import euros
from gateway.domain.statement import Statement, debt_total, statement_total, to_dict

_ADVICE: Final = {
    "unmapped_element": "map it, or put its path without [numbers] under ignore",
    "unlisted_value": "ask the creditor what this code means, and add it to the table",
    "ambiguous": "several values stand here: narrow the path, or use first, sum or where",
    "missing": "the path finds nothing: compare it with the reply, letter by letter; null for no debt asks for skip",
    "not_a_value": "there are elements inside: let the path go on to the one with the value",
    "not_an_amount": "look at [defaults] money, or give this field its own: cents, point or comma",
    "ambiguous_amount": "ask the creditor to write two decimals",
    "not_whole_cents": "this amount has more than two decimals: is it an amount?",
    "not_euro": "only euros are taken",
    "not_a_date": "look at [defaults] date, or give this field its own",
    "no_outcome": 'add the code under [outcome], or otherwise = "statement"',
    "unknown_root": "is this a reply of this creditor? Else change root",
    "counted_twice": "use where and same_as, so that each debt takes its own rows",
    "not_a_rate": "this is no percentage per year",
    "held_by_mapping": "a [[hold]] rule says so",
    "skipped_item": "a skip rule says so",
    "garbled_text": "look at charsets",
    "R1": "look at [outcome]: what it says does not fit the debts",
    "R5": "look at as_of and the other days",
    "R6": "two amounts of one kind: use sum or combine = true; what has a minus is a payment or a waiver",
    "R7": "is an amount charged or outstanding? Is a part missing, or a payment counted twice?",
    "R8": "is a debt missing, or is the grand total something else?",
}


@dataclass(frozen=True)
class Row:
    """One value of the statement: where it goes, what it is, and where each part of it came from."""

    pointer: str
    value: str
    sources: tuple[tuple[str, str], ...]
    steps: str


def statement_of(answer: Answer) -> Statement | None:
    """The statement that came out, also of a reply that is held."""
    found: Statement | None = getattr(answer, "statement", None) or getattr(answer, "provisional", None)
    return found


def rows_of(statement: Statement) -> Iterator[Row]:
    """Every value with its source; a value that identifies somebody is shown as a fingerprint."""
    document = to_dict(statement)
    origins = document.pop("provenance")["fields"]
    for pointer, value in _leaves(document, ""):
        origin: Mapping[str, Any] = origins.get(pointer) or {}
        sources = origin.get("sources", [])
        hashed = [source["raw_hash"] for source in sources if "raw_hash" in source]
        yield Row(
            pointer=pointer,
            value=f"#{hashed[0][:12]}" if hashed else str(value),
            sources=tuple((source["path"], source.get("raw", "hashed")) for source in sources),
            steps=", ".join(origin.get("transform", ())),
        )


def show(answer: Answer, format: Format, differing: Sequence[Difference] | None = None) -> None:
    """Print an answer: tables on a terminal, plain lines elsewhere. *differing* is None when nothing was compared."""
    console = Console(highlight=False, soft_wrap=True)
    if console.is_terminal:
        show_tables(Console(highlight=False), answer, format, differing)
    else:
        _show_lines(console, answer, format, differing)


def _problems(answer: Answer) -> list[tuple[str, list[dict[str, str]]]]:
    document = document_of(answer)
    every = document.get("problems", document.get("warnings", []))
    parts = (("Holds the reply", "hold"), ("Worth a look", "warn"))
    return [(heading, _folded([it for it in every if it["severity"] == severity])) for heading, severity in parts]


def _folded(problems: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The same problem at the same place of several rows once, with how often: what to do about it is one thing."""
    alike: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for problem in problems:
        place = re.sub(r"(?<![A-Za-z'])[0-9]+", "", problem["path"])
        alike.setdefault((problem["code"], place, problem["detail"]), []).append(problem)
    return [
        same[0] if len(same) == 1 else {**same[0], "path": f"{same[0]['path']}  (and {len(same) - 1} more like it)"}
        for same in alike.values()
    ]


def _headline(answer: Answer, format: Format) -> str:
    return f"{document_of(answer)['answer'].replace('_', ' ').upper()}   {format.identity}"


def _summary(statement: Statement) -> str:
    debts = "1 debt" if len(statement.debts) == 1 else f"{len(statement.debts)} debts"
    return f"outcome {statement.outcome}, {debts}, {euros(statement_total(statement))} in all"


def _show_lines(console: Console, answer: Answer, format: Format, differing: Sequence[Difference] | None) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False)

    say(_headline(answer, format))
    statement = statement_of(answer)
    if statement is not None:
        say(_summary(statement))
        for debt in statement.debts:
            say(f"  {debt.reference}: {euros(debt_total(debt))}")
        say("\nEvery value and its source:")
        for row in rows_of(statement):
            say(f"  {row.pointer} = {row.value}")
            for path, raw in row.sources:
                say(f'      {path}  "{raw}"  [{row.steps}]')
            if row.steps and not row.sources:
                say(f"      the mapping itself  [{row.steps}]")
    for heading, chosen in _problems(answer):
        if chosen:
            say(f"\n{heading}:")
        for problem in chosen:
            say(f"  {problem['code']}  {problem['path']}\n      {problem['detail']}")
            if problem["code"] in _ADVICE:
                say(f"      -> {_ADVICE[problem['code']]}")
    for line in _compared(differing):
        say(line)


def _compared(differing: Sequence[Difference] | None) -> list[str]:
    if differing is None:
        return []
    if not differing:
        return ["\nAs expected."]
    return [f"\nNot as expected, in {len(differing)} places:", *(f"  {difference}" for difference in differing)]


def show_tables(console: Console, answer: Answer, format: Format, differing: Sequence[Difference] | None) -> None:
    """The same as tables."""
    colour = {"understood": "green", "held": "yellow", "unreadable": "red"}.get(document_of(answer)["answer"], "cyan")
    console.print(Text(_headline(answer, format), f"bold {colour}"))
    statement = statement_of(answer)
    if statement is not None:
        console.print(Text(_summary(statement)))
        console.print(_debts(statement))
        console.print(_values(statement))
    for heading, chosen in _problems(answer):
        if chosen:
            console.print(_problem_table(heading, chosen))
    for line in _compared(differing):
        console.print(Text(line))


def _debts(statement: Statement) -> Table:
    table = Table("debt", "component", box=box.SIMPLE, title="The statement", title_justify="left")
    for heading in ("charged", "paid", "outstanding", "in all"):
        table.add_column(heading, justify="right")
    for debt in statement.debts:
        table.add_row(Text(debt.reference), "", "", "", "", Text(euros(debt_total(debt)), "bold"))
        for part in debt.components:
            amounts = (part.charged_cents, part.paid_cents, part.outstanding_cents)
            table.add_row("", part.kind.value, *("" if it is None else euros(it) for it in amounts), "")
        for payment in debt.payments:
            table.add_row("", f"payment {payment.paid_on or ''}", "", euros(payment.cents), "", "")
    return table


def _values(statement: Statement) -> Table:
    table = Table("value", "is", "stands at", "as", "steps", box=box.SIMPLE, title="Every value", title_justify="left")
    for row in rows_of(statement):
        places = "\n".join(path for path, _ in row.sources) or ("the mapping itself" if row.steps else "")
        raws = "\n".join(raw for _, raw in row.sources)
        table.add_row(*(Text(cell) for cell in (row.pointer, row.value, places, raws, row.steps)))
    return table


def _problem_table(heading: str, problems: Sequence[Mapping[str, str]]) -> Table:
    table = Table("what", "where", "why", "what to do", box=box.SIMPLE, title=heading, title_justify="left")
    for problem in problems:
        cells = (problem["code"], problem["path"], problem["detail"], _ADVICE.get(problem["code"], ""))
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _leaves(value: Any, at: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in _leaves(part, f"{at}/{name}")]
    if isinstance(value, list):
        return [leaf for index, part in enumerate(value) for leaf in _leaves(part, f"{at}/{index}")]
    return [(at, value)]
