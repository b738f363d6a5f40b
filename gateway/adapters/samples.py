"""Golden samples: a reply beside what must come out of it, run whenever a mapping is trusted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path as File
from typing import Any, Final

from gateway.adapters import (
    Acknowledgement,
    Answer,
    Held,
    NotAnAnswer,
    ReadContext,
    Understood,
    Unreadable,
    read,
)
from gateway.adapters.mapping import Format, expectation_of
from gateway.domain.integrity import Problem
from gateway.domain.statement import Statement, to_dict

# Samples are read at a fixed moment, so that their days stay in the past for ever.
READ_AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
# Fields that say nothing about who somebody is: amounts, days, codes. Of any other field a report says only where.
_PLAIN: Final = re.compile(
    r"_cents$|_on$|^as_of$|_at$|^since$|^outcome$|^kind$|^code$|^severity$|^rank$|^answer$|^source$|^component$|^period$"
    r"|^id_kind$|^role$|^business$|^by_|^currency$|^rate|^debt_type$|^stated_|^agreed_|^schema_version$|^path$"
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place where something else came out; the values themselves only where they identify nobody."""

    pointer: str
    said: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.said}"


@dataclass(frozen=True, kw_only=True)
class SampleResult:
    """Whether one sample gave what it must; *difference* is the first place where it did not, *differences* all."""

    name: str
    passed: bool
    difference: str = ""
    differences: tuple[Difference, ...] = ()
    answer: str = ""  # what came out: "statement", "nil", ... for what was understood, else "held" and the like


def check_samples(format: Format) -> list[SampleResult]:
    """Every golden sample of a format, read and compared."""
    return [check_sample(format, reply) for reply in format.samples]


def check_sample(format: Format, reply: File) -> SampleResult:
    """One golden sample, read and compared."""
    try:
        expected = json.loads(expectation_of(reply).read_text(encoding="utf-8"))
        context = context_of(expected.get("context", {}))
    except (OSError, ValueError, AttributeError, TypeError):
        return SampleResult(name=reply.name, passed=False, difference="the expectation cannot be read")
    answer = read(reply.read_bytes(), format.media_types[0], format, context)
    found = differences(expected, answer)
    return SampleResult(
        name=reply.name,
        passed=not found,
        difference=str(found[0]) if found else "",
        differences=found,
        answer=_kind_of(answer),
    )


def differences(expected: dict[str, Any], answer: Answer) -> tuple[Difference, ...]:
    """Where an answer is another than an expectation says; the context is no part of it."""
    wanted = {name: value for name, value in expected.items() if name != "context"}
    return tuple(_differences(wanted, document_of(answer), ""))


def expectation(answer: Answer, context: dict[str, Any]) -> dict[str, Any]:
    """What `<name>.expected.json` holds for an answer that is right; *context* is as context_of() takes it."""
    return {"context": context, **document_of(answer)}


def context_of(table: dict[str, Any]) -> ReadContext:
    """The context of a sample: what was asked, where that matters for the answer."""
    requested_on = table.get("requested_on")
    return ReadContext(
        received_at=datetime.fromisoformat(table["received_at"]) if "received_at" in table else READ_AT,
        request_id=table.get("request_id"),
        requested_on=date.fromisoformat(requested_on) if requested_on else None,
        creditor_ids=frozenset(table.get("creditor_ids", ())),
        references=tuple(table.get("references", ())),
    )


def document_of(answer: Answer, *, origins: bool = False) -> dict[str, Any]:
    """An answer as plain data; without origins it says nothing that depends on the mapping's version."""
    match answer:
        case Understood():
            return {
                "answer": "understood",
                "statement": _statement(answer.statement, origins),
                "warnings": [_problem(problem) for problem in answer.warnings],
            }
        case Held():
            held: dict[str, Any] = {"answer": "held", "problems": [_problem(problem) for problem in answer.problems]}
            if answer.provisional is not None:
                held["provisional"] = _statement(answer.provisional, origins)
            return held
        case Unreadable():
            return {"answer": "unreadable", "problems": [_problem(problem) for problem in answer.problems]}
        case Acknowledgement():
            return {"answer": "acknowledgement", "reference": answer.reference}
        case NotAnAnswer():
            return {"answer": "not_an_answer", "code": answer.code}


def _kind_of(answer: Answer) -> str:
    if isinstance(answer, Understood):
        return answer.statement.outcome.value
    return str(document_of(answer)["answer"])


def _statement(statement: Statement, origins: bool) -> dict[str, Any]:
    document = to_dict(statement, origins=origins)
    if not origins:
        del document["provenance"]
    return document


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.path,
        "detail": problem.detail,
    }


def _differences(wanted: Any, found: Any, at: str) -> list[Difference]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        gathered = []
        for name in [*wanted, *(name for name in found if name not in wanted)]:
            if name not in found:
                gathered.append(Difference(pointer=f"{at}/{name}", said="is missing"))
            elif name not in wanted:
                gathered.append(Difference(pointer=f"{at}/{name}", said="was not expected"))
            else:
                gathered += _differences(wanted[name], found[name], f"{at}/{name}")
        return gathered
    if isinstance(wanted, list) and isinstance(found, list):
        gathered = []
        if len(wanted) != len(found):
            gathered.append(Difference(pointer=at, said=f"{len(wanted)} expected, {len(found)} found"))
        for index, (left, right) in enumerate(zip(wanted, found, strict=False)):
            gathered += _differences(left, right, f"{at}/{index}")
        return gathered
    if wanted == found and type(wanted) is type(found):
        return []
    return [Difference(pointer=at, said=_said(at, wanted, found))]


def _said(at: str, wanted: Any, found: Any) -> str:
    plain = not isinstance(wanted, dict | list) and not isinstance(found, dict | list)
    if plain and _PLAIN.search(at.rpartition("/")[2]):
        return f"{wanted} expected, {found} found"
    return "another value was expected"
