"""The quick ways through a reply and the reading in full, which notes every origin, say the same of any reply."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.adapters import Format, Held, ReadContext, Understood, engine, load_formats, read
from gateway.adapters.coverage import unmapped
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
    if sample.suffix in (".json", ".xml")
]
READABLE = [sample for sample in SAMPLES if "/unreadable" not in str(sample.id)]


def every_way(slug: str, raw: bytes) -> tuple[Any, Any, Any]:
    """What reading gives: by the written-out reader, by blocks and their quick readers, and in full."""
    known = FORMATS[slug]
    kind = known.media_types[0]
    written_out = read(raw, kind, known, CONTEXT)
    by_blocks = read(raw, kind, replace(known, program=replace(known.program, read_debt=None)), CONTEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "Run", partial(Run, quick=False))
        in_full = read(raw, kind, known, CONTEXT)
    return written_out, by_blocks, in_full


def same(slug: str, raw: bytes) -> None:
    written_out, by_blocks, in_full = every_way(slug, raw)
    assert written_out == by_blocks  # with every problem in the same order, and every origin
    assert type(by_blocks) is type(in_full)
    if isinstance(by_blocks, Understood):
        assert by_blocks == in_full
    if isinstance(by_blocks, Held):
        assert set(by_blocks.problems) == set(in_full.problems)
        assert by_blocks.provisional == in_full.provisional


@pytest.mark.parametrize("slug, sample", SAMPLES)
def test_every_way_reads_a_sample_alike(slug: str, sample: Path) -> None:
    same(slug, sample.read_bytes())


@pytest.mark.parametrize("slug, sample", READABLE)
@settings(max_examples=25, deadline=None)
@given(chooser=st.randoms(use_true_random=False), odd=ODD)
def test_every_way_reads_an_odd_reply_alike(slug: str, sample: Path, chooser: Any, odd: Any) -> None:
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


PLAIN = """
[mapping]
id = "plain"
version = "1"
syntax = "json"
ignore = ["$.d.left_out", "$..anywhere"]
[defaults]
money = "cents"
[statement]
as_of = { const = "received" }
[debts]
each = "$.d"
reference = "n"
requested_reference = { first = ["asked", "in.asked", "m"] }
description = { join = ["w1", "w2"] }
source_type = { each = "rows", where = { t = ["b", "c"] }, path = "w", default = "none" }
arisen_on = { each = "rows", where = { t = "a", main = true }, first = "day" }
due_on = "due"
business = { path = "in.business", default = false }
total = { path = "in.total", required = true }
rank = { path = "rank", values = { o = "ordinary", p = "preferential" } }
currency = "cur"
[debts.components]
principal = { charged = { each = "rows", where = { t = "a", k = { not = ["i", "x"] } }, sum = "c" }, paid = "in.paid" }
interest = { charged = { sum = ["i1", "in.i2"] } }
collection_costs = { outstanding = { sum = "costs" }, legal_basis = "basis" }
court_costs = { WHENcharged = "cc" }
[[debts.component_list]]
each = "more"
kind = { path = "kind", values = { e = "enforcement_costs", u = "increase" } }
charged = "c"
combine = COMBINE
[[debts.payments]]
each = "rows"
where = { t = "p", k = { not = "i" } }
amount = "c"
paid_on = "day"
reference = "w"
source = { path = "src", values = { r = "resident", s = "seizure" }, default = "seizure" }
[[debts.payments]]
amount = "once"
[[debts.waivers]]
each = "waived"
amount = "c"
component = { const = "principal" }
[[debts.seizures]]
each = "seized"
kind = { path = "kind", values = { w = "wage" } }
holder = { first = ["w", "in.w"] }
[[debts.seizures]]
each = "seized_too"
kind = { const = "bank" }
holder = { first = [".", "w"] }
[debts.interest]
rate = "in.rate"
kind = { const = "contractual" }
[debts.title]
kind = { path = "title.kind", values = { v = "judgment" } }
number = "title.n"
[debts.disputed]
by_resident = "title.no"
reason = "why"
[debts.security]
when = { sec = { exists = true } }
kind = { const = "pledge" }
value = "sec"
"""


CENTS = st.integers(1, 900)
DAY = st.sampled_from(["2026-02-03", "2027-01-01"])
WORD = st.sampled_from(["w", " w ", "BSN 999990019", "1234567890"])
LINE = st.fixed_dictionaries(
    {"t": st.sampled_from(["a", "p", " a ", "b"]), "c": CENTS},
    optional={
        "k": st.sampled_from(["y", "i", 1]), "main": st.booleans(), "day": DAY, "w": WORD,
        "src": st.sampled_from(["r", "s"]), "anywhere": ODD,
    },
)  # fmt: skip
FEW = st.fixed_dictionaries({"c": CENTS, "kind": st.sampled_from("eu")})
SEIZED = st.fixed_dictionaries({"kind": st.just("w")}, optional={"w": WORD, "in": st.fixed_dictionaries({"w": WORD})})
INNER = st.fixed_dictionaries(
    {"total": CENTS},
    optional={
        "asked": WORD, "business": st.booleans(), "paid": CENTS, "i2": CENTS, "rate": st.just("4.5"), "w": WORD,
    },
)  # fmt: skip
PLAIN_DEBT = st.fixed_dictionaries(
    {"n": st.sampled_from(["1", "2", "999990019"]), "in": INNER, "rows": st.lists(LINE, max_size=4)},
    optional={
        "asked": WORD, "m": WORD, "w1": WORD, "w2": WORD, "due": DAY, "rank": st.sampled_from("op"),
        "cur": st.just("EUR"), "i1": CENTS, "costs": st.one_of(CENTS, st.lists(CENTS, max_size=2)), "basis": WORD,
        "court": st.just("yes"), "cc": CENTS, "once": CENTS, "why": WORD, "sec": CENTS,
        "more": st.lists(FEW, max_size=2), "waived": st.lists(st.fixed_dictionaries({"c": CENTS}), max_size=2),
        "seized": st.one_of(SEIZED, st.lists(SEIZED, max_size=2)),
        "title": st.fixed_dictionaries({"kind": st.just("v")}, optional={"n": WORD, "no": st.booleans()}),
        "left_out": ODD, "anywhere": ODD,
    },
)  # fmt: skip


VARIANTS = st.sampled_from([("", "false"), ('when = { court = "yes" }, ', "false"), ("", "true")])


@settings(max_examples=600, deadline=None)
@given(
    variant=VARIANTS,
    debts=st.lists(PLAIN_DEBT, min_size=1, max_size=2),
    odd=st.lists(ODD, max_size=2),
    chooser=st.randoms(use_true_random=False),
)
def test_whatever_stands_in_a_debt_every_way_reads_it_alike(
    variant: tuple[str, str], debts: list[Any], odd: list[Any], chooser: Any
) -> None:
    """One mapping with every kind of plain block and field, and some that are not plain; up to two places are odd."""
    document = {"d": debts}
    for what in odd:
        document = _odd_json(document, chooser, what)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FORMATS, "plain", _plain(*variant))
        same("plain", json.dumps(document).encode())


FULL_DEBT = {
    "n": "1", "in": {"total": 1_500, "asked": "7", "business": True, "paid": 5, "i2": 3, "rate": "4.5"},
    "asked": "8", "m": "9", "w1": "x", "w2": "y", "due": "2026-02-03", "rank": "o", "cur": "EUR", "i1": 4, "costs": 5,
    "basis": "b", "cc": 7, "once": 8, "why": "c", "title": {"kind": "v", "n": "3", "no": True},
    "rows": [
        {"t": "a", "c": 9, "k": "y", "main": True, "day": "2026-01-02", "w": "z", "src": "r", "anywhere": 1},
        {"t": "p", "c": 9, "k": "y", "main": False, "day": "2026-01-02", "w": "z", "src": "r"},
        {"t": "b", "c": 9, "k": "y", "main": False, "day": "2026-01-02", "w": "z", "src": "r"},
    ],
    "more": [{"kind": "e", "c": 4}], "waived": [{"c": 2}], "seized": {"kind": "w", "w": "q"},
    "seized_too": [{"#text": "s"}], "left_out": 1,
}  # fmt: skip
# Without what is not plain the source itself sees that everything in the debt is known.
KNOWN_DEBT = {name: part for name, part in FULL_DEBT.items() if name not in ("w1", "w2", "seized_too")}
EACH_ODD = [None, "", " ", "999990019", 12, True, [], ["a", "b"], [12], [[12]], {}, {"a": 1}, {"#text": "a"}, [{}]]


def _places(inside: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, part in list(inside.items()) if isinstance(inside, dict) else list(enumerate(inside)):
        yield (*at, key)
        if isinstance(part, (dict, list)):
            yield from _places(part, (*at, key))
    if isinstance(inside, dict):
        yield (*at, "unknown")


@pytest.mark.parametrize("debt", [FULL_DEBT, KNOWN_DEBT], ids=["full", "known"])
@pytest.mark.parametrize("place", [*_places(FULL_DEBT)], ids=str)
def test_any_odd_value_at_any_place_every_way_reads_alike(
    place: tuple[Any, ...], debt: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, one by one: what chance passes over."""
    monkeypatch.setitem(FORMATS, "plain", _plain("", "false"))
    if place[0] not in debt and place[0] != "unknown":
        return
    for odd in EACH_ODD:
        same("plain", json.dumps({"d": [_with(debt, place, lambda _, odd=odd: odd)]}).encode())
    same("plain", json.dumps({"d": [_with(debt, place, lambda part: [part, part])]}).encode())
    same("plain", json.dumps({"d": [_with(debt, place, None)]}).encode())


def _with(debt: Any, place: tuple[Any, ...], change: Callable[[Any], Any] | None) -> Any:
    """The debt with something else at that place, or nothing (None)."""
    changed = holder = copy.deepcopy(debt)
    for key in place[:-1]:
        holder = holder[key]
    old = None if place[-1] == "unknown" else holder[place[-1]]
    if change is not None:
        holder[place[-1]] = change(old)
    elif place[-1] != "unknown":
        del holder[place[-1]]
    return changed


@pytest.mark.parametrize("debt", [FULL_DEBT, KNOWN_DEBT], ids=["full", "known"])
def test_those_debts_are_read_by_the_written_out_source(debt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above would compare the ordinary readers with themselves."""
    covered = []

    def ordinary(*_: Any) -> Any:
        raise AssertionError("a plain debt was taken for an odd one")

    def watched(top: Any, shape: Any, seen: Any, *rest: Any) -> Any:
        covered.append(len(seen.covered))
        return unmapped(top, shape, seen, *rest)

    monkeypatch.setattr(engine, "_debt", ordinary)
    monkeypatch.setattr(engine, "unmapped", watched)
    read(json.dumps({"d": [debt]}).encode(), "application/json", _plain("", "false"), CONTEXT)
    assert covered == [1 if debt is KNOWN_DEBT else 0]


def _plain(when: str, combine: str) -> Format:
    return _mapping("plain", PLAIN.replace("WHEN", when).replace("COMBINE", combine))


@cache
def _mapping(slug: str, text: str) -> Format:
    return parse_mapping(text.encode(), slug=slug, file_name=f"{slug}.toml")


def _odd_json(document: Any, chooser: Any, odd: Any) -> Any:
    places: list[tuple[Any, Any]] = []
    level = [document]
    while level:
        inside = level.pop()
        parts = list(inside.items()) if isinstance(inside, dict) else list(enumerate(inside))
        places += [(inside, key) for key, _ in parts]
        level += [part for _, part in parts if isinstance(part, (dict, list))]
    holder, key = chooser.choice(places) if places else ([document], 0)
    change = chooser.choice(["odd", "gone", "listed", "twice", "beside"])
    if change == "beside" and isinstance(holder, dict):
        holder["unknown"] = copy.deepcopy(odd)
    elif change in ("odd", "beside"):
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
