"""A creditor's answer to an offer: the same answer in JSON, XML and SOAP, and every fault at once."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from marshmallow import validate

from gateway.adapters.answers import Unreadable, read_answer
from gateway.adapters.writing import MESSAGES_NS, SOAP_NS
from gateway.domain.grounds import Answer, FactType, OfferAnswer, grounds_from
from gateway.messages import offer_answer
from gateway.messages.offer_answer import to_wire

ROOT = Path(__file__).parents[2]
GROUNDS = grounds_from(tomllib.loads((ROOT / "config" / "grounds.toml").read_text()))
JSON_SCHEMA = json.loads((ROOT / "schemas" / "offer-answer.schema.json").read_text())
XSD = etree.XMLSchema(etree.parse(str(ROOT / "schemas" / "offer-answer.xsd")))

A_REFUSAL = OfferAnswer(
    answer=Answer.REFUSE,
    ground="amount_incorrect",
    facts={"claimed_cents": 125_000, "proof": "Factuur <1> & €", "happened_on": date(2025, 11, 3)},
    reason="Het bedrag is hoger.\nZie bijlage.",
    creditor_message_id="K-77",
)


def as_json(answer: OfferAnswer) -> bytes:
    return json.dumps(to_wire(answer)).encode()


def as_xml(answer: OfferAnswer) -> bytes:
    wire = to_wire(answer)
    facts = wire.pop("facts", {})
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in wire.items())
    if facts:
        stated = (f"<fact name={quoteattr(name)}>{escape(str(value))}</fact>" for name, value in facts.items())
        inside += f"<facts>{''.join(stated)}</facts>"
    return f'<offer_answer xmlns="{MESSAGES_NS}">{inside}</offer_answer>'.encode()


def as_soap(answer: OfferAnswer) -> bytes:
    body = f"<e:Body>{as_xml(answer).decode()}</e:Body>"
    return f'<e:Envelope xmlns:e="{SOAP_NS}"><e:Header/>{body}</e:Envelope>'.encode()


def pointers(found: OfferAnswer | Unreadable) -> list[str]:
    assert isinstance(found, Unreadable)
    assert all(fault.code and fault.detail for fault in found.faults)
    return sorted(fault.pointer for fault in found.faults)


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n"), min_size=1, max_size=30
)
values = {FactType.CENTS: st.integers(0, 10**12), FactType.TEXT: words, FactType.DATE: st.dates()}
facts = st.fixed_dictionaries({}, optional={name: values[rule.type] for name, rule in GROUNDS.facts.items()})
answers = st.builds(
    OfferAnswer,
    answer=st.just(Answer.ACCEPT),
    reason=st.none() | words,
    creditor_message_id=st.none() | words,
) | st.builds(
    OfferAnswer,
    answer=st.just(Answer.REFUSE),
    ground=st.none() | st.sampled_from([ground.code for ground in GROUNDS.grounds]),
    facts=facts,
    reason=st.none() | words,
    creditor_message_id=st.none() | words,
)


@settings(deadline=None)
@given(answers)
def test_the_same_answer_is_read_from_json_xml_and_soap(answer: OfferAnswer) -> None:
    """A creditor loses nothing by its choice of format, and all three fit the published schemas."""
    assert read_answer(as_json(answer), "application/json", GROUNDS) == answer
    assert read_answer(as_xml(answer), "application/xml", GROUNDS) == answer
    assert read_answer(as_soap(answer), "text/xml; charset=utf-8", GROUNDS) == answer
    jsonschema.validate(to_wire(answer), JSON_SCHEMA)
    XSD.assertValid(etree.fromstring(as_xml(answer)))


def test_the_published_schema_names_the_grounds_and_facts_of_the_table() -> None:
    """A ground added to config/grounds.toml cannot be forgotten in schemas/."""
    published = JSON_SCHEMA["properties"]
    kinds = {FactType.CENTS: "cents", FactType.TEXT: "text", FactType.DATE: "day"}
    assert published["ground"]["enum"] == [ground.code for ground in GROUNDS.grounds]
    assert published["facts"]["properties"] == {
        name: {"$ref": f"#/$defs/{kinds[rule.type]}"} for name, rule in GROUNDS.facts.items()
    }


X = {"x": "http://www.w3.org/2001/XMLSchema"}


def test_schema_xsd_and_wire_form_name_the_same_fields_with_the_same_bounds() -> None:
    """A field or a bound that is in one of the three and not in the others fails here."""
    tree = etree.parse(str(ROOT / "schemas" / "offer-answer.xsd"))
    elements = {one.get("name"): one for one in tree.findall("x:element/x:complexType/x:all/x:element", X)}
    wire, published = offer_answer._SCHEMA.fields, JSON_SCHEMA["properties"]
    assert list(elements) == list(published) == list(wire)
    assert {name for name, one in elements.items() if one.get("minOccurs") != "0"} == set(JSON_SCHEMA["required"])
    assert {name for name, field in wire.items() if field.required} == set(JSON_SCHEMA["required"])
    for name in ("reason", "creditor_message_id"):
        [length] = [one for one in wire[name].validators if isinstance(one, validate.Length)]
        longest = elements[name].find(".//x:maxLength", X).get("value")
        assert length.max == int(longest) == published[name]["maxLength"], name
    codes = [one.get("value") for one in elements["answer"].iterfind(".//x:enumeration", X)]
    [choice] = [one for one in wire["answer"].validators if isinstance(one, validate.OneOf)]
    assert codes == list(choice.choices) == published["answer"]["enum"]


@pytest.mark.parametrize(
    "inside, taken",
    [
        ("<answer>accept</answer>", True),
        ("<reason>x</reason><answer>refuse</answer>", True),
        (f"<answer>refuse</answer><reason>{'x' * 4000}</reason>", True),
        (f"<answer>refuse</answer><reason>{'x' * 4001}</reason>", False),
        (f"<answer>refuse</answer><creditor_message_id>{'x' * 101}</creditor_message_id>", False),
        ("<answer>perhaps</answer>", False),
        ("<answer>refuse</answer><reason/>", False),
        ("<reason>x</reason>", False),
        ("<answer>refuse</answer><colour>red</colour>", False),
        ("<answer>refuse</answer><facts><fact name='proof'>x</fact></facts>", True),
        (f"<answer>refuse</answer><facts><fact name='proof'>{'x' * 2001}</fact></facts>", False),
    ],
)
def test_reader_and_schema_agree_on_xml(inside: str, taken: bool) -> None:
    """At each bound and one over it, the same verdict."""
    body = f'<offer_answer xmlns="{MESSAGES_NS}">{inside}</offer_answer>'.encode()
    assert XSD.validate(etree.fromstring(body)) is taken
    assert isinstance(read_answer(body, "application/xml", GROUNDS), OfferAnswer) is taken


def test_a_refusal_without_its_facts_is_read_all_the_same() -> None:
    """It is judged later, and the creditor is asked for them; unreadable is something else."""
    found = read_answer(b'{"answer": "refuse"}', "application/json", GROUNDS)
    assert found == OfferAnswer(answer=Answer.REFUSE)


def test_json_faults_are_listed_all_at_once_with_their_place() -> None:
    """One round trip is enough to mend an answer."""
    wire: dict[str, Any] = {
        "answer": "maybe",
        "ground": "because",
        "facts": {"claimed_cents": 12.5, "proof": "", "happened_on": "2026-02-30", "shoe/size": 44},
        "reason": 7,
        "colour": "red",
    }
    assert pointers(read_answer(json.dumps(wire).encode(), "application/json", GROUNDS)) == [
        "/answer", "/colour", "/facts/claimed_cents", "/facts/happened_on", "/facts/proof",
        "/facts/shoe~1size", "/ground", "/reason",
    ]  # fmt: skip


def test_xml_faults_are_listed_with_the_same_places() -> None:
    """The XML twin has the same pointers, so one manual serves both."""
    body = f"""<offer_answer xmlns="{MESSAGES_NS}"><answer>maybe</answer><ground>because</ground>
        <facts><fact name="claimed_cents">1.250,00</fact><fact name="shoe">44</fact></facts></offer_answer>"""
    assert pointers(read_answer(body.encode(), "text/xml", GROUNDS)) == [
        "/answer", "/facts/claimed_cents", "/facts/shoe", "/ground",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "inside, expected",
    [
        ("<answer>accept</answer><answer>refuse</answer>", ["/answer"]),
        ("<answer sure='no'>accept</answer>", ["/answer"]),
        ("<answer>accept<b/></answer>", ["/answer"]),
        ("accept", [""]),
        ("<answer>refuse</answer><facts><fact>x</fact></facts>", ["/facts"]),
        ("<answer>refuse</answer><facts><proof>x</proof></facts>", ["/facts"]),
        (
            "<answer>refuse</answer><facts><fact name='proof'>a</fact><fact name='proof'>b</fact></facts>",
            ["/facts"],
        ),
        ("<answer xmlns='urn:x'>accept</answer>", ["/answer", "/{urn:x}answer"]),
    ],
)
def test_xml_with_two_readings_has_none(inside: str, expected: list[str]) -> None:
    """Repeated, decorated, mixed or foreign elements are refused, never chosen between."""
    body = f'<offer_answer xmlns="{MESSAGES_NS}">{inside}</offer_answer>'.encode()
    assert pointers(read_answer(body, "application/xml", GROUNDS)) == expected


def test_an_acceptance_with_a_ground_contradicts_itself() -> None:
    """Yes-but is not yes: the creditor is told at once instead of being taken at half its word."""
    body = b'{"answer": "accept", "ground": "policy_never"}'
    assert pointers(read_answer(body, "application/json", GROUNDS)) == ["/answer"]


@pytest.mark.parametrize(
    "body, media_type",
    [
        (b'{"answer": "accept", "answer": "refuse"}', "application/json"),
        (b'{"answer": NaN}', "application/json"),
        (b'["accept"]', "application/json"),
        (b"accept", "application/json"),
        (b"", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"", "text/xml"),
        (b"<offer_answer>", "text/xml"),
        (b"<offer_answer/>", "text/xml"),
        (f'<!DOCTYPE a><offer_answer xmlns="{MESSAGES_NS}"/>'.encode(), "text/xml"),
        (f'<e:Envelope xmlns:e="{SOAP_NS}"><e:Body><e:Fault/></e:Body></e:Envelope>'.encode(), "text/xml"),
        (as_json(A_REFUSAL), "text/plain"),
        (as_json(A_REFUSAL), ""),
    ],
)
def test_what_cannot_be_read_is_a_value_with_a_reason(body: bytes, media_type: str) -> None:
    """Whatever the bytes, nothing is raised: a doubled key, NaN, a DOCTYPE, a SOAP fault."""
    assert pointers(read_answer(body, media_type, GROUNDS)) == [""]


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["application/json", "application/xml"]))
def test_any_bytes_at_all_have_an_outcome(body: bytes, media_type: str) -> None:
    """No crash from the outside world."""
    assert isinstance(read_answer(body, media_type, GROUNDS), OfferAnswer | Unreadable)
