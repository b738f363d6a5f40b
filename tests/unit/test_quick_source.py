"""The source that a mapping is written out to: no text of a mapping can become code, and plain debts are read by it."""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters import Format, ReadContext, Understood, engine, load_formats, read, source_of
from gateway.adapters.mapping import parse_mapping
from gateway.settings import config_folder

FORMATS = load_formats(config_folder() / "creditors")
CONTEXT = ReadContext(received_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
ORDINARY = ("fcid-like", "bailiff-xml", "agency-json", "gateway-json", "gateway-xml")

MAPPING = """
[mapping]
id = "named"
version = "1"
syntax = "json"
[defaults]
money = "cents"
[statement]
as_of = {{ const = "received" }}
[debts]
each = "$.d"
reference = {reference}
description = {inner}
[debts.components.principal]
charged = {{ each = {rows}, where = {{ {code} = {text} }}, sum = {amount} }}
[[debts.payments]]
each = {rows}
where = {{ {code} = [{text}, "x"] }}
amount = {amount}
source = {{ path = "s", default = "resident", values = {{ {code} = "seizure" }} }}
"""
# What a name would have to hold to break out of a literal or a comment.
HOSTILE = st.text(st.sampled_from("ab'\"\\\n\r#(){}:;=\u2028 é"), min_size=1, max_size=12)
NOT_IN_A_NAME = set(".[]*'\"?(),/")  # these mean something in a path


def _hostile_mapping(name: str, text: str) -> tuple[Format, str]:
    """A mapping with *name* for every name in a path and *text* for every code."""
    name = "".join(letter for letter in name if letter not in NOT_IN_A_NAME).strip() or "a"
    quoted, said = json.dumps(name), json.dumps(text.strip() or "a")
    filled = MAPPING.format(
        reference=quoted, inner=json.dumps(f"{name}x.{name}"), rows=json.dumps(f"{name}r"), code=quoted, text=said,
        amount=json.dumps(f"{name}m"),
    )  # fmt: skip
    return parse_mapping(filled.encode(), slug="named", file_name="named.toml"), name


@settings(max_examples=200, deadline=None)
@given(name=HOSTILE, text=HOSTILE)
def test_what_a_mapping_says_stays_text(name: str, text: str) -> None:
    """Whatever the names are, the source has the same lines as with plain ones; only literals differ."""
    plain, _ = _hostile_mapping("a", "a")
    hostile, _ = _hostile_mapping(name, text)
    assert _without_literals(source_of(hostile)) == _without_literals(source_of(plain))


@settings(max_examples=100, deadline=None)
@given(name=HOSTILE, text=HOSTILE)
def test_a_debt_under_strange_names_is_read(name: str, text: str) -> None:
    hostile, name = _hostile_mapping(name, text)
    row = {name: text.strip() or "a", f"{name}m": 500}
    document = {"d": [{name: "1", f"{name}r": [row]}]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_debt", _not_called)
        answer = read(json.dumps(document).encode(), "application/json", hostile, CONTEXT)
    assert isinstance(answer, Understood)
    debt = answer.statement.debts[0]
    assert [component.charged_cents for component in debt.components] == [500]
    assert [payment.cents for payment in debt.payments] == [500]


@pytest.mark.parametrize("slug", ORDINARY)
def test_an_ordinary_debt_is_read_by_the_source(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower readers are not called at all: no oddity was seen where there is none."""
    monkeypatch.setattr(engine, "_debt", _not_called)
    (ordinary,) = [sample for sample in FORMATS[slug].samples if sample.stem == "ordinary"]
    answer = read(ordinary.read_bytes(), FORMATS[slug].media_types[0], FORMATS[slug], CONTEXT)
    assert isinstance(answer, Understood)
    assert answer.statement.debts


@pytest.mark.parametrize("slug", FORMATS)
def test_the_source_can_be_read_by_a_person(slug: str) -> None:
    source = source_of(FORMATS[slug])
    if FORMATS[slug].program.read_debt is not None:
        assert source.startswith("def read_debt(run, item, top, prefix):\n")
        assert "# 'debts'" in source


def _not_called(*_: Any) -> Any:
    raise AssertionError("the ordinary readers were asked for a plain debt")


def _without_literals(source: str) -> str:
    """The tree of the source with every literal text replaced by one and the same."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)
