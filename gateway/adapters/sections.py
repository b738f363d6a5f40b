"""The sections of a mapping that say what a statement and its debts are made of, as compiled blocks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from gateway.adapters.blocks import Block
from gateway.adapters.compiling import Compiler
from gateway.adapters.faults import Faults
from gateway.adapters.vocabulary import COMPONENT, COMPONENT_KINDS, DEBT, HEADERS, LISTS, SINGLES, with_facts
from gateway.domain.statement import ComponentKind


def header_section(compiler: Compiler, faults: Faults, statement: Mapping[str, Any], name: str) -> Block:
    """A block inside [statement], such as [statement.refusal]."""
    at = f"statement.{name}"
    table = dict(faults.table(statement, name, at="statement"))
    part = HEADERS[name]
    if name == "obstacle":
        facts = table.pop("facts", {})
        if not isinstance(facts, Mapping):
            faults.add(f"{at}.facts", 'name each fact, such as facts = { legal_basis = "$.article" }')
            facts = {}
        part = with_facts(part, tuple(facts))
        table.update({f"facts/{fact}": spec for fact, spec in facts.items()})
    return compiler.block(part, table, at, compiler.top)


def without(table: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """The table without what *names* names."""
    return {name: value for name, value in table.items() if name not in names}


Blocks = tuple[tuple[str, Block], ...]


def debts_section(
    compiler: Compiler, faults: Faults, table: Mapping[str, Any]
) -> tuple[Block | None, tuple[Block, ...], Blocks, Blocks]:
    """[debts] and what stands in it: the debt itself, its components, what it has several of, what it has once."""
    if "debts" not in table:
        faults.add("debts", "say where the debts stand: [debts] with each = ... and reference = ...")
        return None, (), (), ()
    section = faults.table(table, "debts")
    inner = {**LISTS, **SINGLES, "components": COMPONENT, "component_list": COMPONENT}
    debts = compiler.block(DEBT, without(section, inner), "debts", compiler.top, is_debt=True)
    if debts.each is None:
        faults.add("debts.each", 'say where the debts stand, such as each = "$.debts" or each = "/Reply/Debt"')
    shape = debts.shape or compiler.top
    components = []
    for kind, fields in faults.table(section, "components", at="debts").items():
        at = f"debts.components.{kind}"
        if kind not in COMPONENT_KINDS:
            faults.add(at, f"is no kind of component; choose from {', '.join(COMPONENT_KINDS)}{_near(kind)}")
        elif not isinstance(fields, Mapping):
            faults.add(at, "write a table, such as [debts.components.principal] with charged = ...")
        else:
            components.append(compiler.block(COMPONENT, fields, at, shape, fixed={"kind": ComponentKind(kind)}))
    for index, fields in enumerate(faults.tables(section, "component_list", "debts")):
        components.append(compiler.block(COMPONENT, fields, f"debts.component_list[{index}]", shape))
    lists = [
        (name, compiler.block(part, fields, f"debts.{name}[{index}]", shape))
        for name, part in LISTS.items()
        for index, fields in enumerate(faults.tables(section, name, "debts"))
    ]
    singles = [
        (name, compiler.block(part, faults.table(section, name, at="debts"), f"debts.{name}", shape))
        for name, part in SINGLES.items()
        if name in section
    ]
    return debts, tuple(components), tuple(lists), tuple(singles)


def _near(word: str) -> str:
    close = difflib.get_close_matches(word, COMPONENT_KINDS, n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""
