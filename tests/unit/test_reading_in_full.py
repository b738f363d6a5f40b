"""The quick way through a reply and the reading in full, which notes every origin, say the same of any reply."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.adapters import Held, ReadContext, Understood, engine, load_formats, read
from gateway.adapters.mapping import parse_mapping
from gateway.adapters.run import Run
from gateway.settings import config_folder

CREDITORS = config_folder() / "creditors"
FORMATS = load_formats(CREDITORS)
CONTEXT = ReadContext(received_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
ODD = st.sampled_from(
    [None, "", "  ", "1.250", "999990019", "ordinary", 12, 0, True, [], ["a", "b"], {}, {"a": 1}, [{}]]
)
SAMPLES = [
    pytest.param(slug, sample, id=f"{slug}/{sample.name}")
    for slug, known in FORMATS.items()
    for sample in known.samples
    if sample.suffix in (".json", ".xml") and not sample.name.startswith("unreadable")
]


def both_ways(slug: str, raw: bytes) -> tuple[Any, Any]:
    """What reading gives, quick and in full: statement and problems."""
    kind = FORMATS[slug].media_types[0]
    quick = read(raw, kind, FORMATS[slug], CONTEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "Run", partial(Run, quick=False))
        in_full = read(raw, kind, FORMATS[slug], CONTEXT)
    return quick, in_full


def same(slug: str, raw: bytes) -> None:
    quick, in_full = both_ways(slug, raw)
    assert type(quick) is type(in_full)
    if isinstance(quick, Understood):
        assert quick == in_full
    if isinstance(quick, Held):
        assert set(quick.problems) == set(in_full.problems)
        assert quick.provisional == in_full.provisional


@pytest.mark.parametrize("slug, sample", SAMPLES)
def test_both_ways_read_a_sample_alike(slug: str, sample: Path) -> None:
    same(slug, sample.read_bytes())


@pytest.mark.parametrize("slug, sample", SAMPLES)
@settings(max_examples=25, deadline=None)
@given(chooser=st.randoms(use_true_random=False), odd=ODD)
def test_both_ways_read_an_odd_reply_alike(slug: str, sample: Path, chooser: Any, odd: Any) -> None:
    """One place of the sample holds something that nobody expects there, is gone, or is there twice."""
    if sample.suffix == ".json":
        same(slug, json.dumps(_odd_json(json.loads(sample.read_bytes().decode("utf-8-sig")), chooser, odd)).encode())
    else:
        same(slug, _odd_xml(etree.fromstring(sample.read_bytes()), chooser, odd))


ROWS = """
[mapping]
id = "rows"
version = "1"
syntax = "json"
[defaults]
money = "cents"
[statement]
as_of = { const = "received" }
[debts]
each = "$.d"
reference = "n"
[debts.components]
principal = { charged = { each = "rows", where = { t = WANTED }, sum = "c" } }
interest = { charged = { each = "rows", where = { t = { not = WANTED } , u = "x" }, sum = "c" } }
[[debts.payments]]
each = "rows"
where = { u = WANTED, t = "a" }
amount = "c"
"""
CODE = st.sampled_from(["a", " a ", "1", 1, " 1", "true", True, None, "", "x"])
ROW = st.fixed_dictionaries({"t": CODE, "u": CODE, "c": st.integers(1, 9)})
ODD_ROW = st.sampled_from(["no row", None, {"t": {"x": 1}, "c": 1}])


@settings(max_examples=300)
@given(
    wanted=st.sampled_from(['"a"', '"1"', "1", "true", '"true"', '["a"]', '["a", 1]']),
    rows=st.lists(ROW, max_size=3),
    odd=st.lists(ODD_ROW, max_size=1),
)
def test_rows_are_chosen_alike(wanted: str, rows: list[Any], odd: list[Any]) -> None:
    """Rows sorted once by a code, and rows tested one by one, are the same rows."""
    mapping = parse_mapping(ROWS.replace("WANTED", wanted).encode(), slug="rows", file_name="rows.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FORMATS, "rows", mapping)
        same("rows", json.dumps({"d": [{"n": "1", "rows": [*odd, *rows]}]}).encode())


def _odd_json(document: Any, chooser: Any, odd: Any) -> Any:
    places: list[tuple[Any, Any]] = []
    level = [document]
    while level:
        inside = level.pop()
        parts = list(inside.items()) if isinstance(inside, dict) else list(enumerate(inside))
        places += [(inside, key) for key, _ in parts]
        level += [part for _, part in parts if isinstance(part, (dict, list))]
    holder, key = chooser.choice(places) if places else ([document], 0)
    change = chooser.choice(["odd", "gone", "listed", "twice"])
    if change == "odd":
        holder[key] = copy.deepcopy(odd)
    elif change == "gone":
        del holder[key]
    elif change == "listed":
        holder[key] = [holder[key]]
    else:
        holder[key] = [holder[key], copy.deepcopy(holder[key])]
    return document


def _odd_xml(root: Any, chooser: Any, odd: Any) -> bytes:
    element = chooser.choice(list(root.iter("*")))
    change = chooser.choice(["text", "gone", "twice", "attribute", "inner"])
    text = "" if odd is None else str(odd)
    if change == "text":
        element.text = text
    elif change == "gone" and element.getparent() is not None:
        element.getparent().remove(element)
    elif change == "twice" and element.getparent() is not None:
        element.addnext(copy.deepcopy(element))
    elif change == "attribute":
        name = chooser.choice([*element.attrib, "extra"])
        element.set(name, text)
    else:
        etree.SubElement(element, "Extra").text = text
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
