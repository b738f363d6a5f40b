"""Golden samples: a reply beside what must come out of it, run whenever a mapping is trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path as File
from typing import Any

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


@dataclass(frozen=True, kw_only=True)
class SampleResult:
    """Whether one sample gave what it must; *difference* says where it first did not."""

    name: str
    passed: bool
    difference: str = ""


def check_samples(format: Format) -> list[SampleResult]:
    """Every golden sample of a format, read and compared."""
    return [_checked(format, reply) for reply in format.samples]


def _checked(format: Format, reply: File) -> SampleResult:
    try:
        expected = json.loads(expectation_of(reply).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return SampleResult(name=reply.name, passed=False, difference="the expectation cannot be read")
    answer = read(reply.read_bytes(), format.media_types[0], format, context_of(expected.get("context", {})))
    found = document_of(answer)
    wanted = {name: value for name, value in expected.items() if name != "context"}
    difference = _difference(wanted, found, "")
    return SampleResult(name=reply.name, passed=difference is None, difference=difference or "")


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


def _difference(wanted: Any, found: Any, at: str) -> str | None:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in [*wanted, *(name for name in found if name not in wanted)]:
            if name not in found:
                return f"{at}/{name}: is missing"
            if name not in wanted:
                return f"{at}/{name}: was not expected"
            difference = _difference(wanted[name], found[name], f"{at}/{name}")
            if difference is not None:
                return difference
        return None
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return f"{at}: {len(wanted)} expected, {len(found)} found"
        for index, (left, right) in enumerate(zip(wanted, found, strict=True)):
            difference = _difference(left, right, f"{at}/{index}")
            if difference is not None:
                return difference
        return None
    return None if wanted == found and type(wanted) is type(found) else f"{at}: another value was expected"
