"""Every shipped mapping reads its golden samples, and what it says about its sources can be redone."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.adapters import (
    Acknowledgement,
    Held,
    NotAnAnswer,
    Understood,
    Unreadable,
    load_format,
    load_formats,
    read,
)
from gateway.adapters.mapping import expectation_of
from gateway.adapters.replay import NOT_REPLAYABLE, replayed
from gateway.adapters.samples import check_samples, context_of
from gateway.domain.statement import as_document, from_dict, published, to_dict
from gateway.errors import ConfigurationError
from tests.unit.statement_examples import FILED

ROOT = Path(__file__).parents[2]
CREDITORS = ROOT / "config" / "creditors"
FORMATS = load_formats(CREDITORS)
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "schemas" / "debt-statement.schema.json").read_text()),
    format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
)
SAMPLES = [(slug, reply) for slug, known in FORMATS.items() for reply in known.samples]
WELL_FORMED = [(slug, reply) for slug, reply in SAMPLES if not reply.name.startswith("unreadable")]
AGREED = "ordinary-agreed-in-advance.xml"
SHIPPED = {
    "fcid-like",
    "skp-like",
    "bailiff-xml",
    "agency-json",
    "ubl-statement",
    "bare-list",
    "gateway-json",
    "gateway-xml",
}


def _leaves(value, at):
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in _leaves(part, f"{at}/{name}")]
    if isinstance(value, list):
        return [leaf for index, part in enumerate(value) for leaf in _leaves(part, f"{at}/{index}")]
    return [(at, value)]


def an_answer(slug: str, reply: Path):
    expected = json.loads(expectation_of(reply).read_text(encoding="utf-8"))
    known = FORMATS[slug]
    return read(reply.read_bytes(), known.media_types[0], known, context_of(expected["context"]))


def test_the_shapes_that_are_promised_are_there():
    """Six shapes, and our own form in both syntaxes."""
    assert FORMATS.keys() >= SHIPPED
    assert all(len(FORMATS[slug].samples) >= 2 for slug in SHIPPED)


@pytest.mark.parametrize("slug", sorted(FORMATS))
def test_every_sample_gives_exactly_what_is_expected(slug):
    """The expectation beside the sample is the whole answer, warnings and problems included."""
    assert [result for result in check_samples(FORMATS[slug]) if not result.passed] == []


@pytest.mark.parametrize("slug, reply", SAMPLES, ids=[f"{slug}/{reply.name}" for slug, reply in SAMPLES])
def test_every_statement_keeps_to_the_published_schema(slug, reply):
    """Understood or provisional: the form is the same; a charge below zero is held because it has none."""
    answer = an_answer(slug, reply)
    statement = getattr(answer, "statement", None) or getattr(answer, "provisional", None)
    if statement is not None and reply.stem != "held-minus-charge":
        SCHEMA.validate(as_document(published(statement, FILED)))
        assert from_dict(json.loads(json.dumps(to_dict(statement)))) == statement


@pytest.mark.parametrize("slug, reply", SAMPLES, ids=[f"{slug}/{reply.name}" for slug, reply in SAMPLES])
def test_redoing_the_steps_on_the_raw_text_gives_the_stored_value(slug, reply):
    """Source: rule R14. Every value has an origin, and the origin gives the value."""
    answer = an_answer(slug, reply)
    if not isinstance(answer, Understood):
        return
    document = to_dict(answer.statement)
    provenance = document.pop("provenance")
    leaves = dict(_leaves(document, ""))
    own = {"/schema_version", "/received_at", "/outcome", "/currency", "/request_id"}
    for pointer, value in leaves.items():
        if pointer in own or pointer.endswith("total_computed_cents") or value == "unknown" or value is False:
            continue
        if pointer.endswith("/source") and value == "resident":  # what a payment is unless the reply says otherwise
            continue
        assert pointer in provenance["fields"], pointer
    for pointer, origin in answer.statement.provenance.fields.items():
        redone = replayed(origin, FORMATS[slug])
        if redone is not NOT_REPLAYABLE:
            assert redone == leaves[pointer], pointer
        for source in origin.sources:
            assert source.path
            assert (source.raw is None) != (source.raw_hash is None)


def test_what_identifies_somebody_is_kept_once():
    """Provenance holds a fingerprint of a reference, not a second copy. Source: schemas 9.3."""
    answer = an_answer("bailiff-xml", CREDITORS / "samples" / "bailiff-xml" / "ordinary.xml")
    assert isinstance(answer, Understood)
    (source,) = answer.statement.provenance.fields["/debts/0/reference"].sources
    assert source.raw is None
    assert source.raw_hash


def test_the_first_figure_of_the_product_is_right():
    """104.00 + 9.00 + 52.00 - 30.00 = 135.00, found at its place in the events."""
    answer = an_answer("fcid-like", CREDITORS / "samples" / "fcid-like" / "ordinary.json")
    assert isinstance(answer, Understood)
    origin = answer.statement.provenance.fields["/debts/0/components/2/charged_cents"]
    assert origin.sources[0].path == "$['financiele_zaken'][0]['gebeurtenissen'][2]['bedrag']"
    assert origin.sources[0].raw == "5200"
    assert origin.transform == ("number", "money:cents", "sum")


def _twin(slug: str, name: str, before: str, after: str, charset: str = "utf-8"):
    raw = (CREDITORS / "samples" / slug / name).read_bytes().decode(charset)
    assert before in raw
    twin = raw.replace(before, after, 1).encode(charset)
    expected = json.loads(expectation_of(CREDITORS / "samples" / slug / name).read_text())
    return read(twin, FORMATS[slug].media_types[0], FORMATS[slug], context_of(expected["context"]))


@pytest.mark.parametrize(
    "slug, name, before, after, code",
    [
        ("bailiff-xml", "ordinary.xml", "1.250,00", "1.350,00", "R7"),
        ("bailiff-xml", "ordinary.xml", "48,12", "48.12", "not_an_amount"),
        ("bailiff-xml", "ordinary.xml", "<Rente>48,12</", "<Rente>48,12</Rente><Rente>1,00</", "ambiguous"),
        ("bailiff-xml", "ordinary.xml", "<Hoofdsom>218,-", "<Hoofdsom>1,-</Hoofdsom><Hoofdsom>217,-", "ambiguous"),
        ("bailiff-xml", "ordinary.xml", 'soort="loon"', 'soort="auto"', "unlisted_value"),
        ("bailiff-xml", "ordinary.xml", "02-11-2026", "31-02-2026", "not_a_date"),
        ("bailiff-xml", "ordinary.xml", "02-11-2026", "04-11-2026", "R5"),
        ("bailiff-xml", "ordinary.xml", 'nr="0012399"', "", "missing"),
        ("bailiff-xml", "ordinary.xml", 'nr="0012399"', 'nr="0012345"', "R6"),
        ("bailiff-xml", "ordinary.xml", "2.152,55", "2.152,56", "R8"),
        ("bailiff-xml", "ordinary.xml", "verzoek=\"7f", "verzoek=\"8f", "R4"),
        ("bailiff-xml", "client-unknown.xml", "<Saldoopgave ", '<Saldoopgave xmlns="urn:x" ', "unknown_root"),
        ("skp-like", AGREED, "skp-like:schuldregeling:2", "skp-like:schuldregeling:3", "R1"),
        ("skp-like", AGREED, "Zekerheid</VorderingsType>", "Anders</VorderingsType>", "unlisted_value"),
        ("skp-like", "transferred.xml", "Naam>Opkoper Voorbeeld bv</", "Plaats>A</Plaats><Naam></", "unmapped_element"),
        ("fcid-like", "ordinary.json", '"categorie": "VERHOGING"', '"categorie": "DWANGSOM"', "unmapped_element"),
        ("fcid-like", "ordinary.json", '"bedrag": 10400', '"bedrag": 104.00', "not_whole_cents"),
        ("agency-json", "ordinary.json", '"betwist": "N"', '"betwist": "?"', "unlisted_value"),
        ("agency-json", "ordinary.json", "EUR 389,90", "USD 389,90", "not_euro"),
        ("agency-json", "ordinary.json", "EUR 1.020,00", "EUR 1.020", "ambiguous_amount"),
        ("ubl-statement", "ordinary.xml", "HOOFDSOM", "BOETE", "unlisted_value"),
        ("gateway-json", "ordinary.json", '"kind": "collection_costs"', '"kind": "principal"', "R6"),
        ("gateway-json", "ordinary.json", '"cents": 1750', '"cents": 1751', "R7"),
        ("gateway-json", "nil.json", '"debts": []', '"debts": [{"reference": "x"}]', "R1"),
        ("bare-list", "ordinary.json", "728.5", "728.505", "not_whole_cents"),
    ],
)  # fmt: skip
def test_a_twin_with_one_change_is_held_with_its_place(slug, name, before, after, code):
    """One digit, one code, one name, one comma: never understood, never defaulted. Source: promise 4, ruling 17."""
    answer = _twin(slug, name, before, after, "iso-8859-1" if slug == "bailiff-xml" else "utf-8")
    assert isinstance(answer, Held)
    holds = {problem.code for problem in answer.problems if problem.severity == "hold"}
    assert code in holds, holds


def test_an_extra_fee_inside_a_debt_holds_it_unless_the_debt_still_adds_up():
    """Source: ruling 19."""
    fee = "<Dagvaarding>100,00</Dagvaarding><Saldo>258,00"
    adds_up = _twin("bailiff-xml", "ordinary.xml", "<Saldo>258,00", fee, "iso-8859-1")
    assert isinstance(adds_up, Understood)
    assert [problem.path for problem in adds_up.warnings] == ["/Saldoopgave/Dossier[2]/Dagvaarding"]
    raised = fee.replace("258,00", "358,00")
    held = _twin("bailiff-xml", "ordinary.xml", "<Saldo>258,00", raised, "iso-8859-1")
    assert isinstance(held, Held)
    assert {problem.code for problem in held.problems} >= {"unmapped_element", "R7"}
    unsaid = _twin("bare-list", "ordinary.json", '"chargeAmount": 100', '"chargeAmount": 100, "lateFee": 25')
    assert isinstance(unsaid, Held)
    assert unsaid.problems[0].path == "$['debts'][1]['lateFee']"


def test_a_new_element_outside_a_debt_is_only_reported():
    """Source: ruling 19."""
    answer = _twin("bare-list", "ordinary.json", '"date"', '"newsletter": "hello", "date"')
    assert isinstance(answer, Understood)
    assert [problem.path for problem in answer.warnings] == ["$['newsletter']"]


def test_a_citizen_number_in_a_text_is_masked_and_a_reference_stays_usable():
    """Source: rule R16. The BSN is a synthetic one from the 9999xxxxx range."""
    number = "999990019"
    text = _twin("gateway-json", "ordinary.json", "Tandartsrekening", f"Rekening van BSN {number}")
    assert isinstance(text, Understood)
    assert text.statement.debts[0].description == "Rekening van BSN *********"
    reference = _twin("gateway-json", "ordinary.json", "F-2026-17", number)
    assert isinstance(reference, Understood)
    assert reference.statement.debts[0].reference.startswith("masked-")
    for answer in (text, reference):
        assert [problem.code for problem in answer.warnings] == ["R16"]
        assert number not in json.dumps(to_dict(answer.statement))
        assert number not in repr(answer.warnings)


_ODD = [
    None,
    "",
    " ",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [[]],
    [None],
    {"": None},
    "x" * 5000,
    "1.250",
    10**14,
    [1, "a"],
    "\u202e",
    "31-02-2026",
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_put_in_place_of_a_value_the_answer_is_a_value(data):
    """No reply makes the reader raise: the answer is always one of the five. Source: goal "Bad input"."""
    slug, reply = data.draw(st.sampled_from([(slug, reply) for slug, reply in WELL_FORMED if reply.suffix == ".json"]))
    document = json.loads(reply.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(list(_places(document)) or [({}, "x")]))
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(_ODD)))
    known = FORMATS[slug]
    answer = read(json.dumps(document).encode(), "application/json", known, context_of({}))
    assert isinstance(answer, Understood | Held | Unreadable)
    statement = getattr(answer, "statement", None) or getattr(answer, "provisional", None)
    if statement is not None:
        assert from_dict(json.loads(json.dumps(to_dict(statement)))) == statement


def _places(value):
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in list(parts):
        yield value, key
        yield from _places(part)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_cut_out_of_a_document_the_answer_is_a_value(data):
    """The same for XML, where whole elements go, come twice, or lose their text."""
    slug, reply = data.draw(st.sampled_from([(slug, reply) for slug, reply in WELL_FORMED if reply.suffix == ".xml"]))
    root = etree.fromstring(reply.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        element = data.draw(st.sampled_from(list(root.iter())))
        change = data.draw(st.sampled_from(["drop", "twice", "empty", "text", "attribute", "child"]))
        parent = element.getparent()
        if change == "drop" and parent is not None:
            parent.remove(element)
        elif change == "twice" and parent is not None:
            parent.append(copy.deepcopy(element))
        elif change == "empty":
            element.text = None
        elif change == "text":
            element.text = data.draw(st.sampled_from(["x", " ", "1.250", "-1", "31-02-2026"]))
        elif change == "attribute":
            element.set(data.draw(st.sampled_from(["soort", "nr", "currencyID", "new"])), "USD")
        elif change == "child":
            etree.SubElement(element, "Extra").text = "1"
    known = FORMATS[slug]
    answer = read(etree.tostring(root), known.media_types[0], known, context_of({}))
    assert isinstance(answer, Understood | Held | NotAnAnswer | Acknowledgement)


def test_a_mapping_without_a_golden_sample_does_not_load(tmp_path):
    """Data without a worked example is not trusted: a sample must lie beside the mapping."""
    mapping = tmp_path / "bare-list.toml"
    mapping.write_bytes((CREDITORS / "bare-list.toml").read_bytes())
    with pytest.raises(ConfigurationError, match=r"golden sample"):
        load_formats(tmp_path)
    assert load_format(mapping, need_samples=False).slug == "bare-list"


def test_a_sample_that_comes_out_otherwise_is_named(tmp_path):
    """What `gateway creditor check` shows."""
    for name in ("bare-list.toml", "samples/bare-list/ordinary.json", "samples/bare-list/ordinary.expected.json"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((CREDITORS / name).read_bytes())
    reply = tmp_path / "samples/bare-list/ordinary.json"
    reply.write_text(reply.read_text().replace("728.5", "729.5"))
    (result,) = check_samples(load_formats(tmp_path)["bare-list"])
    assert not result.passed
    assert "/debts/0" in result.difference
