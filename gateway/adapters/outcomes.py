"""The sections of a mapping that say what a reply as a whole means, and when it is held unread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.adapters.compiling import Compiler
from gateway.adapters.faults import Faults
from gateway.adapters.fields import Selection
from gateway.adapters.rows import Condition
from gateway.adapters.vocabulary import OUTCOMES
from gateway.domain.statement import Outcome

Outcomes = tuple[tuple[tuple[Outcome, Condition], ...], tuple[Selection, Mapping[str, str]] | None, Outcome | None]


def outcome_section(compiler: Compiler, faults: Faults, table: Mapping[str, Any]) -> Outcomes:
    """[outcome]: the rules in their order, the place of the code with its table, and what is meant without words."""
    section = faults.table(table, "outcome")
    faults.only(section, frozenset({"otherwise", "path", "values", "rules"}), "outcome")
    otherwise = faults.one_of(section, "otherwise", ("statement",), "outcome")
    if not section:
        otherwise = "statement"
    rules = []
    for index, rule in enumerate(faults.tables(section, "rules", "outcome")):
        at = f"outcome.rules[{index}]"
        faults.only(rule, frozenset({"is", "when"}), at)
        outcome = faults.one_of(rule, "is", OUTCOMES, at, required=True)
        when = compiler.condition(rule.get("when"), compiler.top, f"{at}.when")
        if outcome is not None and when is not None:
            rules.append((Outcome(outcome), when))
    codes = None
    if "path" in section:
        selection = compiler.selection(section["path"], compiler.top, "outcome.path")
        values = compiler.values.table_of(section.get("values"), "outcome.values")
        for code, word in (values or {}).items():
            if word not in OUTCOMES:
                faults.add(f"outcome.values.{code}", f"is no outcome; choose from {', '.join(OUTCOMES)}")
        if selection is not None and values is not None:
            codes = (selection, values)
    elif "values" in section:
        faults.add("outcome.values", "also needs path = ..., where the code stands")
    return tuple(rules), codes, None if otherwise is None else Outcome(otherwise)


def hold_sections(compiler: Compiler, faults: Faults, table: Mapping[str, Any]) -> tuple[tuple[Condition, str], ...]:
    """[[hold]]: each condition, with the reason that a person will read."""
    found = []
    for index, rule in enumerate(faults.tables(table, "hold", "")):
        at = f"hold[{index}]"
        faults.only(rule, frozenset({"when", "reason"}), at)
        reason = faults.text(rule, "reason", at, required=True)
        when = compiler.condition(rule.get("when"), compiler.top, f"{at}.when")
        if reason is not None and when is not None:
            found.append((when, reason))
    return tuple(found)
