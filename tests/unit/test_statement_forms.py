"""The published statement: types, JSON Schema, XSD, the forms on the wire and the examples all say the same."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import jsonschema
import pytest
from hypothesis import given, settings
from lxml import etree

from gateway.adapters import ReadContext, Understood, load_format, read, vocabulary
from gateway.adapters.statement_xml import ENTRIES, NAMESPACE, read_statement, write_statement
from gateway.domain.statement import Debt, DebtStatement, as_document, from_document, published
from gateway.errors import Invalid
from tests.unit.statement_examples import FILED, FOLDER, examples, ordinary, written
from tests.unit.statements import statements

SCHEMAS = Path(__file__).parents[2] / "schemas"
SCHEMA = json.loads((SCHEMAS / "debt-statement.schema.json").read_text())
VALID = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
XSD_TREE = etree.parse(SCHEMAS / "debt-statement.xsd")
XSD = etree.XMLSchema(XSD_TREE)
XS = "{http://www.w3.org/2001/XMLSchema}"
S = f"{{{NAMESPACE}}}"
LEFT_OUT_WITHOUT_ORIGINS = ("provenance", "fields")


def named(kind: Any) -> str:
    """The name of a type in the schema and the XSD."""
    known = {"DebtStatement": "statement", "PublishedDebt": "debt"}
    return known.get(kind.__name__) or re.sub(r"(?<!^)([A-Z])", r"_\1", kind.__name__).lower()


def inner(hint: Any) -> tuple[Any, bool]:
    """A type without its None, and whether it had one."""
    if get_origin(hint) in (UnionType, Union):
        (one,) = (part for part in get_args(hint) if part is not NoneType)
        return one, True
    return hint, False


def held_in(hint: Any) -> Any:
    """What a list or a table of named entries holds; the type itself otherwise."""
    if get_origin(hint) is tuple:
        return str if get_args(hint)[0] == tuple[str, str] else get_args(hint)[0]
    return get_args(hint)[1] if get_origin(hint) is not None else hint


def all_types(kind: Any = DebtStatement, seen: set[Any] | None = None) -> set[Any]:
    """Every dataclass and code list that a published statement is made of."""
    seen = set() if seen is None else seen
    seen.add(kind)
    if is_dataclass(kind):
        for hint in get_type_hints(kind).values():
            part = held_in(inner(hint)[0])
            if part not in seen and (is_dataclass(part) or issubclass(part, Enum)):
                all_types(part, seen)
    return seen


PARTS = sorted((kind for kind in all_types() if is_dataclass(kind)), key=named)
CODES = sorted((kind for kind in all_types() if not is_dataclass(kind)), key=named)


def object_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA if name == "statement" else SCHEMA["$defs"][name]
    return found


def complex_type(name: str) -> dict[str, etree._Element]:
    """The elements of one complex type of the XSD, by name."""
    (found,) = XSD_TREE.findall(f"{XS}complexType[@name='{name}']")
    return {element.get("name"): element for element in found.find(f"{XS}all")}


def is_required(kind: Any, name: str) -> bool:
    return not inner(get_type_hints(kind)[name])[1] and (named(kind), name) != LEFT_OUT_WITHOUT_ORIGINS


@pytest.mark.parametrize("kind", PARTS, ids=named)
def test_every_part_has_the_same_fields_in_types_schema_and_xsd(kind):
    """Name by name, required or not, and nothing more; each field has its Dutch label."""
    names = [field.name for field in fields(kind)]
    required = {name for name in names if is_required(kind, name)}
    part = object_of(named(kind))
    assert part["additionalProperties"] is False
    assert list(part["properties"]) == names
    assert set(part.get("required", ())) == required
    assert all(field["title"] for field in part["properties"].values())
    elements = complex_type(named(kind))
    assert list(elements) == names
    assert {name for name, element in elements.items() if element.get("minOccurs") != "0"} == required


@pytest.mark.parametrize("kind", CODES, ids=named)
def test_every_code_list_has_the_same_words_in_types_schema_and_xsd(kind):
    """In the same order, too."""
    words = [word.value for word in kind]
    assert SCHEMA["$defs"][named(kind)] == {"enum": words}
    (found,) = XSD_TREE.findall(f"{XS}simpleType[@name='{named(kind)}']")
    assert [value.get("value") for value in found.iter(f"{XS}enumeration")] == words


@pytest.mark.parametrize("kind", PARTS, ids=named)
def test_every_field_has_the_type_that_the_code_has(kind):
    """A reference, a list of them, or entries by name; the same one in the schema and the XSD."""
    for name, hint in get_type_hints(kind).items():
        kept, _ = inner(hint)
        rule = object_of(named(kind))["properties"][name]
        element = complex_type(named(kind))[name]
        if (get_origin(kept) is tuple and held_in(kept) is not str) or kept == tuple[str, ...]:
            rule = rule["items"]
            element = only_entry(element, name)
        elif get_origin(kept) is not None:
            rule = rule["additionalProperties"]
            element = only_entry(element, name)
            (attribute,) = element.iter(f"{XS}attribute")
            assert (attribute.get("name"), attribute.get("use")) == ("name", "required")
            (element,) = element.iter(f"{XS}extension")
        target = rule["$ref"].removeprefix("#/$defs/")
        assert (element.get("type") or element.get("base")) == target
        part = held_in(kept)
        if is_dataclass(part) or issubclass(part, Enum):
            assert target == named(part), name
        else:
            assert plain_kind(target) == ({int: "integer", bool: "boolean"}.get(part) or "string"), name


def only_entry(element: etree._Element, name: str) -> etree._Element:
    (entry,) = element.find(f"{XS}complexType/{XS}sequence")
    assert entry.get("name") == ENTRIES[name]
    assert (entry.get("minOccurs"), entry.get("maxOccurs")) == ("0", "unbounded")
    return entry


def plain_kind(target: str) -> str:
    rule = SCHEMA["$defs"][target]
    return rule.get("type", "string")


def test_plain_values_have_the_same_limits_in_schema_and_xsd():
    """Patterns, lengths and bounds; for a number the XSD also says how it is written."""
    facets = {"minLength": "minLength", "maxLength": "maxLength", "minimum": "minInclusive", "maximum": "maxInclusive"}
    for name, rule in SCHEMA["$defs"].items():
        if rule.get("type") not in ("string", "integer", "boolean"):
            continue
        (found,) = XSD_TREE.findall(f"{XS}simpleType[@name='{name}']")
        (restriction,) = found
        said = {facet.tag.removeprefix(XS): facet.get("value") for facet in restriction}
        if rule["type"] == "string":
            assert f"^{said.pop('pattern')}$" == rule["pattern"] if "pattern" in said else "pattern" not in rule, name
        else:
            assert said.pop("pattern")
        assert said == {facet: str(rule[word]) for word, facet in facets.items() if word in rule}, name


def test_schema_and_xsd_define_nothing_that_is_not_used():
    """And the same names, so that a reader of the one finds the way in the other."""
    used = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA)))
    assert used == SCHEMA["$defs"].keys()
    types = {found.get("name") for found in XSD_TREE.getroot() if found.tag != f"{XS}element"}
    assert types == used | {"statement"}
    assert {named(kind) for kind in all_types()} <= types
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_what_a_mapping_can_read_fits_in_the_published_form():
    """No word of the mapping language goes where the statement has no field, or lets in a longer text."""
    parts = {
        "statement": vocabulary.STATEMENT,
        "debt": vocabulary.DEBT,
        "component": vocabulary.COMPONENT,
        **{ENTRIES[name]: part for name, part in vocabulary.LISTS.items()},
        **vocabulary.SINGLES,
        **vocabulary.HEADERS,
    }
    known = {"original_creditor": "organisation", "creditor": "party", "respondent": "party", "disputed": "dispute"}
    for name, part in parts.items():
        properties = object_of(known.get(name, name))["properties"]
        for word in part.words.values():
            if name == "debt" and word.target == "currency":  # checked, and the same for the whole statement
                continue
            rule = SCHEMA["$defs"][properties[word.target]["$ref"].removeprefix("#/$defs/")]
            if "maxLength" in rule:
                assert word.longest == rule["maxLength"], (name, word.target)


@settings(max_examples=60, deadline=None)
@given(statements())
def test_any_statement_keeps_to_schema_and_xsd_and_comes_back(statement):
    """Types to JSON and back, types to XML and back: nothing lost, nothing added."""
    made = published(statement, FILED)
    document = as_document(made)
    VALID.validate(document)
    assert from_document(json.loads(json.dumps(document))) == made
    body = write_statement(made)
    XSD.assertValid(etree.fromstring(body))
    assert read_statement(body) == made


def test_the_examples_are_what_the_code_writes():
    """Run `python -m tests.unit.statement_examples` after a change of the form."""
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == written()
    assert {"ordinary", "nil", "client-unknown", "transferred", "refused", "everything"} <= examples().keys()


def test_the_page_about_the_schemas_names_every_file():
    """A file that nobody is told of is not published."""
    page = (SCHEMAS / "README.md").read_text()
    names = {f"{path.name}/" if path.is_dir() else path.name for path in SCHEMAS.iterdir()} - {"README.md", "examples/"}
    names |= {f"examples/{path.name}/" for path in (SCHEMAS / "examples").iterdir()}
    assert {name for name in names if f"`{name}`" not in page} == set()
    assert all(f"`{name}`" in page for name in examples())


@pytest.mark.parametrize("name", examples())
def test_every_example_keeps_to_schema_and_xsd(name):
    """And both of its forms hold the same statement."""
    document = json.loads((FOLDER / f"{name}.json").read_text())
    VALID.validate(document)
    body = (FOLDER / f"{name}.xml").read_bytes()
    XSD.assertValid(etree.fromstring(body))
    assert read_statement(body) == from_document(document) == examples()[name]


def test_the_examples_show_every_field():
    """Whoever builds a reader has seen each field at least once."""
    shown: dict[str, set[str]] = {}

    def look(kind: Any, value: Any) -> None:
        for name, hint in get_type_hints(kind).items():
            if name not in value:
                continue
            shown.setdefault(named(kind), set()).add(name)
            part = held_in(inner(hint)[0])
            if is_dataclass(part):
                found = value[name]
                several = found if isinstance(found, list) else found.values() if part.__name__ == "Origin" else [found]
                for one in several:
                    look(part, one)

    for statement in examples().values():
        look(DebtStatement, as_document(statement))
    assert shown == {named(kind): {field.name for field in fields(kind)} for kind in PARTS}


# --- what is wrong is refused by both ----------------------------------------------------------------------------

Place = tuple[str | int, ...]
EVERYTHING = as_document(examples()["everything"])


def places(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place in a document with what stands there."""
    yield at, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if key != "facts" and key != "fields":
            yield from places(part, (*at, key))


def at_place(document: Any, place: Place) -> Any:
    for key in place:
        document = document[key]
    return document


def element_at(root: etree._Element, place: Place) -> etree._Element:
    for key in place:
        root = root[key] if isinstance(key, int) else root.find(f"{S}{key}")
    return root


def twin(place: Place, change: str, value: Any = None) -> tuple[Any, etree._Element]:
    """The example with one change at *place*, as JSON and as XML."""
    document = copy.deepcopy(EVERYTHING)
    root = etree.fromstring(write_statement(examples()["everything"]))
    element = element_at(root, place)
    if change == "extra":
        at_place(document, place)["extra"] = "x"
        etree.SubElement(element, f"{S}extra").text = "x"
    elif change == "drop":
        del at_place(document, place[:-1])[place[-1]]
        element.getparent().remove(element)
    else:
        at_place(document, place[:-1])[place[-1]] = value
        element[:] = []
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
    return document, root


def refused_by_both(place: Place, change: str, value: Any = None) -> None:
    document, root = twin(place, change, value)
    assert not VALID.is_valid(document), (place, change, value)
    assert not XSD.validate(root), (place, change, value)


def test_a_twin_without_a_change_is_taken_by_both():
    """So that what follows is refused for its change and for nothing else."""
    for place, value in places(EVERYTHING):
        if isinstance(value, (str, int)):
            document, root = twin(place, "set", value)
            assert VALID.is_valid(document)
            assert XSD.validate(root), place


def test_a_field_too_many_is_refused_by_both():
    """In every part of the document."""
    for place, value in places(EVERYTHING):
        if isinstance(value, dict):
            refused_by_both(place, "extra")


def test_a_required_field_too_few_is_refused_by_both():
    """In every part of the document."""
    dropped = 0
    for kind, place in parts_of(EVERYTHING):
        for name in (field.name for field in fields(kind) if is_required(kind, field.name)):
            refused_by_both((*place, name), "drop")
            dropped += 1
    assert dropped > 60


def parts_of(document: Any, kind: Any = DebtStatement, at: Place = ()) -> Iterator[tuple[Any, Place]]:
    """Every part of a document with its type."""
    yield kind, at
    for name, hint in get_type_hints(kind).items():
        part = held_in(inner(hint)[0])
        found = document.get(name)
        if found is None or not is_dataclass(part) or name == "fields":
            continue
        for index, one in enumerate(found) if isinstance(found, list) else [(None, found)]:
            yield from parts_of(one, part, (*at, name) if index is None else (*at, name, index))


def test_a_wrong_value_is_refused_by_both():
    """Codes that are not listed, fractions of cents, days that do not exist, ids and digests that are none."""
    tried = set()
    for kind, place in parts_of(EVERYTHING):
        for name, rule in object_of(named(kind))["properties"].items():
            target = rule.get("$ref", "").removeprefix("#/$defs/")
            if name not in at_place(EVERYTHING, place) or target not in SCHEMA["$defs"]:
                continue
            for value in wrong_values(target):
                refused_by_both((*place, name), "set", value)
                tried.add(target)
    assert tried >= {"day", "moment", "uuid", "digest", "amount", "balance", "sum", "truth", "rate", "component_kind"}


def wrong_values(target: str) -> tuple[Any, ...]:
    rule = SCHEMA["$defs"][target]
    wrong = {
        "day": ("2026-02-31", "31-12-2026", "2026-12-31Z", "20261231", ""),
        "moment": ("2026-11-03", "2026-11-03T09:00:00", "2026-11-03T09:00:00+01:00", "2026-13-03T09:00:00+00:00"),
        "uuid": ("x", "", "7F1C2A90-0000-4000-8000-000000000001", "{7f1c2a90-0000-4000-8000-000000000001}"),
        "digest": ("0f", "G" * 64),
        "amount": (10.5, -1, 10**12 + 1, "veel"),
        "balance": (10.5, 10**12 + 1, -(10**12) - 1, ""),
        "sum": (10.5, "veel"),
        "count": (-1, 0.5),
        "truth": ("ja", 2),
        "rate": ("4,5", "101", "04", "4.50", "-1", "4%"),
    }
    if target in wrong:
        return wrong[target]
    if "enum" in rule or "const" in rule:
        return ("nonsense", "", "Principal")
    return ("", "x" * (rule["maxLength"] + 1)) if "maxLength" in rule else ()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<rank>secured</rank>", "<rank>secured</rank><rank>secured</rank>", 1),
        lambda text: text.replace("<rank>", '<rank code="1">', 1),
        lambda text: text.replace("<debts>", "<debts>see below", 1),
        lambda text: text.replace("<debts>", '<debts count="3">', 1),
        lambda text: text.replace('<fact name="claimed_cents">', '<fact name="proof">', 1),
        lambda text: text.replace('<fact name="claimed_cents">', "<fact>", 1),
        lambda text: text.replace("<debt>", "<component>", 1).replace("</debt>", "</component>", 1),
        lambda text: text.replace("statement:1", "statement:2", 1),
    ],
)
def test_what_only_xml_can_get_wrong_is_refused_by_the_xsd_and_by_the_reader(change):
    """Twice the same element, attributes, text between elements, another namespace."""
    text = write_statement(examples()["everything"]).decode()
    assert change(text) != text
    assert not XSD.validate(etree.fromstring(change(text).encode()))
    with pytest.raises(Invalid):
        read_statement(change(text).encode())


@pytest.mark.parametrize("body", [b"", b"<statement/>", b"{}", b"<!DOCTYPE x><statement/>", b"\xff\xfe"])
def test_bytes_that_are_no_statement_are_refused_with_a_reason(body):
    """Through the one strict front door for XML."""
    with pytest.raises(Invalid) as refused:
        read_statement(body)
    assert refused.value.faults[0].detail


def test_the_reader_names_every_fault_with_its_place():
    """Not just the first one."""
    text = write_statement(examples()["ordinary"]).decode()
    text = text.replace("<charged_cents>55000<", "<charged_cents>550,00<").replace("<rank>", "<rang/><rank>")
    with pytest.raises(Invalid) as refused:
        read_statement(text.encode())
    assert [fault.pointer for fault in refused.value.faults] == [
        "/debts/0/components/0/charged_cents",
        "/debts/0/rang",
    ]


def test_a_character_that_xml_cannot_hold_becomes_a_mark_and_never_an_error():
    """JSON may say U+FFFE; XML 1.0 may not (section 2.2)."""
    odd = Debt(reference="F\ufffe1\x85", total_stated_cents=1)
    body = write_statement(published(replace(ordinary(), debts=(odd,)), FILED))
    assert read_statement(body).debts[0].reference == "F\ufffd1\ufffd"


@pytest.mark.parametrize("name", examples())
@pytest.mark.parametrize("slug", ["gateway-json", "gateway-xml"])
def test_a_published_statement_is_itself_a_reply_that_can_be_read(slug, name):
    """The creditor's side may answer in this very form; what the gateway had added is not believed but derived anew."""
    known = load_format(SCHEMAS.parent / "config" / "creditors" / f"{slug}.toml")
    statement = examples()[name]
    body = (FOLDER / f"{name}.{known.syntax}").read_bytes()
    answer = read(body, known.media_types[0], known, ReadContext(received_at=statement.received_at))
    assert isinstance(answer, Understood)
    filed = replace(
        FILED,
        version=statement.version,
        creditor=statement.creditor,
        respondent=statement.respondent,
        asked=("F-2026-17", *statement.not_found) if statement.debts and statement.debts[0].match_status else (),
        quality=statement.quality,
    )
    again = published(replace(answer.statement, provenance=statement.provenance), filed)
    assert replace(again, not_found=()) == replace(statement, not_found=())
