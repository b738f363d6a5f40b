"""What the gateway says: one message, one form per style, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
import zeep
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.adapters import writing
from gateway.adapters.writing import MESSAGES_NS, SOAP_NS, STYLES, read_back, write
from gateway.domain.correspondence import AboutResident, Kind, Message, OfferLine, Party
from gateway.errors import ConfigurationError, Invalid
from gateway.messages.outgoing import from_wire, to_wire

SCHEMAS = Path(__file__).parents[2] / "schemas"
JSON_SCHEMA = json.loads((SCHEMAS / "outgoing-message.schema.json").read_text())


def a_message(**changes: Any) -> Message:
    """A full proposal; every optional field is there."""
    message = Message(
        kind=Kind.PROPOSAL,
        message_id=UUID("6d0f7f64-11a0-4c8b-9d35-0c2f5d3c1a01"),
        conversation_id=UUID("0b6f2f3e-62a7-4f5c-8a5e-6f7f6a2f9c02"),
        sender=Party(name="Gemeente Voorbeeldstad", id_kind="oin", id_value="00000099000000001000"),
        contact="Team Schuldhulp, 014 099",
        recipient=Party(name="Café & Zn. <webshop>", id_kind="kvk", id_value="99000001"),
        sent_at=datetime(2026, 5, 4, 8, 0, tzinfo=UTC),
        resident=AboutResident(
            initials="A.B.",
            surname="Şahin-de Vries",
            birth_date=date(1985, 3, 1),
            street="Dorpsstraat",
            house_number="12 bis",
            postcode="1234 AB",
            town="Voorbeeldstad",
            bsn="999900006",
            customer_number="00042",
        ),
        references=("F-001", "0007"),
        respond_by=date(2026, 5, 27),
        term="15 working days after delivery",
        silence="Zonder antwoord geldt dit volgens afspraak als akkoord.\nTweede regel.",
        ask_components=True,
        offer=OfferLine(claim_cents=90_000, offer_cents=14_724, percentage="16.36", rank="ordinary", basis="total"),
        duration_months=18,
        missing_facts=("claimed_cents", "proof"),
        note="Bedrag in €; zie \"bijlage\" & 'kopie'.",
        reply_url="https://gateway.example/v1/offers/0b6f/answer?x=1&y=2",
    )
    return replace(message, **changes)


BARE = Message(
    kind=Kind.STOP_NOTICE,
    message_id=UUID(int=1),
    conversation_id=UUID(int=2),
    sender=Party(name="G", id_kind="oin", id_value="00000099000000001000"),
    contact="c",
    recipient=Party(name="K", id_kind="kvk", id_value="00000001"),
    sent_at=datetime(2026, 1, 1, tzinfo=UTC),
    resident=AboutResident(),
)

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n"), min_size=1, max_size=40
)
maybe_words = st.none() | words
days = st.dates()
parties = st.builds(
    Party,
    name=words,
    id_kind=st.sampled_from(["oin", "kvk"]),
    id_value=st.from_regex(r"[0-9]{8,20}", fullmatch=True),
)
cents = st.integers(0, 10**12)
messages = st.builds(
    Message,
    kind=st.sampled_from(Kind),
    message_id=st.uuids(),
    conversation_id=st.uuids(),
    sender=parties,
    contact=words,
    recipient=parties,
    sent_at=st.datetimes(timezones=st.just(UTC)),
    resident=st.builds(
        AboutResident,
        initials=maybe_words,
        surname=maybe_words,
        birth_date=st.none() | days,
        street=maybe_words,
        house_number=maybe_words,
        postcode=st.none() | st.from_regex(r"[1-9][0-9]{3} ?[A-Z]{2}", fullmatch=True),
        town=maybe_words,
        bsn=st.none() | st.from_regex(r"[0-9]{9}", fullmatch=True),
        customer_number=maybe_words,
    ),
    references=st.lists(words, max_size=3).map(tuple),
    respond_by=st.none() | days,
    term=maybe_words,
    silence=maybe_words,
    ask_components=st.booleans(),
    offer=st.none()
    | st.builds(
        OfferLine,
        claim_cents=cents,
        offer_cents=cents,
        percentage=st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,6})?", fullmatch=True).filter(str.isascii),
        rank=words,
        basis=st.sampled_from(["total", "original_debt"]),
    ),
    duration_months=st.none() | st.integers(0, 600),
    missing_facts=st.lists(words, max_size=3).map(tuple),
    note=maybe_words,
    reply_url=st.none() | st.just("https://gateway.example/a?b=1&c=2"),
)


def the_xsd() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "outgoing-message.xsd")))


XSD = the_xsd()


@contextmanager
def faults_at(*pointers: str) -> Iterator[None]:
    with pytest.raises(Invalid) as refused:
        yield
    assert {fault.pointer for fault in refused.value.faults} == set(pointers)
    assert all(fault.code and fault.detail for fault in refused.value.faults)


@settings(deadline=None)
@given(messages)
def test_what_is_written_in_any_style_reads_back_equal(message: Message) -> None:
    """No style loses or changes anything: text, cents, days and order survive JSON, XML and SOAP."""
    for style in STYLES:
        written = write(message, style, {})
        assert read_back(written.body, written.media_type) == message


@settings(deadline=None)
@given(messages)
def test_what_is_written_fits_the_published_schemas(message: Message) -> None:
    """A creditor who builds on schemas/ can read everything we send."""
    jsonschema.validate(json.loads(write(message, "rest_json", {}).body), JSON_SCHEMA)
    XSD.assertValid(etree.fromstring(write(message, "rest_xml", {}).body))
    envelope = etree.fromstring(write(message, "soap", {}).body)
    for block in [*envelope.findall(f"{{{SOAP_NS}}}Header/*"), *envelope.findall(f"{{{SOAP_NS}}}Body/*")]:
        XSD.assertValid(block)


@pytest.mark.parametrize("style", STYLES)
def test_equal_messages_are_equal_bytes(style: str) -> None:
    """The digest in the journal means something: also when the same moment was given in another zone."""
    in_amsterdam = a_message(sent_at=datetime(2026, 5, 4, 10, 0, tzinfo=timezone(timedelta(hours=2))))
    assert in_amsterdam == a_message()
    assert write(in_amsterdam, style, {}).body == write(a_message(), style, {}).body
    assert write(a_message(note="other"), style, {}).body != write(a_message(), style, {}).body


def test_nothing_is_said_about_what_is_not_there() -> None:
    """No null, no empty list, no empty element: a stop notice has no trace of what it may not say."""
    assert set(to_wire(BARE)) == {
        "kind", "message_id", "conversation_id", "sender", "contact", "recipient", "sent_at", "resident",
        "ask_components",
    }  # fmt: skip
    assert to_wire(BARE)["resident"] == {}
    assert b"null" not in write(BARE, "rest_json", {}).body
    assert b"note" not in write(BARE, "soap", {}).body


def test_every_field_of_a_message_has_a_place_on_the_wire() -> None:
    """A field added to the domain cannot be forgotten here."""
    wire = to_wire(a_message())
    assert set(wire) == {field.name for field in fields(Message)} == set(JSON_SCHEMA["properties"])
    assert set(wire["resident"]) == {field.name for field in fields(AboutResident)}
    assert JSON_SCHEMA["properties"]["kind"]["enum"] == list(Kind)


def test_the_forms_have_the_media_type_and_headers_of_their_style() -> None:
    """Content-Type and SOAPAction are what SOAP 1.1 and the two plain styles ask for."""
    assert write(BARE, "rest_json", {}).media_type == "application/json"
    assert write(BARE, "rest_xml", {}).media_type == "application/xml"
    soap = write(BARE, "soap", {})
    assert (soap.media_type, soap.headers) == ("text/xml; charset=utf-8", {"SOAPAction": '""'})
    header = etree.fromstring(soap.body).find(f"{{{SOAP_NS}}}Header/{{{MESSAGES_NS}}}message_header")
    assert header is not None
    assert [child.text for child in header] == [str(BARE.message_id), str(BARE.conversation_id)]


def test_a_creditor_may_ask_for_another_encoding_or_action() -> None:
    """An old system gets ISO-8859-1; what that cannot hold becomes a character reference."""
    written = write(a_message(), "soap", {"encoding": "iso-8859-1", "soap_action": "urn:ontvang"})
    assert written.media_type == "text/xml; charset=iso-8859-1"
    assert written.headers == {"SOAPAction": '"urn:ontvang"'}
    assert b"Caf\xe9" in written.body
    assert b"&#350;ahin" in written.body
    assert read_back(written.body, written.media_type) == a_message()


@pytest.mark.parametrize(
    "style, options",
    [
        ("pigeon", {}),
        ("rest_json", {"encoding": "utf-8"}),
        ("rest_xml", {"encoding": "utf-16"}),
        ("rest_xml", {"soap_action": "x"}),
        ("soap", {"soap_action": 'a"\r\nX: y'}),
    ],
)
def test_an_option_that_means_nothing_is_refused(style: str, options: dict[str, Any]) -> None:
    """A typing error in a creditor's file is found at the first message, never ignored."""
    with pytest.raises(ConfigurationError):
        write(BARE, style, options)


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"sent_at": datetime(2026, 5, 4, 8, 0)}, "/sent_at"),  # noqa: DTZ001 (naive on purpose)
        ({"note": "bell \x07"}, "/note"),
        ({"note": "carriage\rreturn"}, "/note"),  # XML would turn it into a newline
        ({"references": ("ok", "\ud800")}, "/references/1"),
        ({"contact": ""}, "/contact"),
        ({"duration_months": -1}, "/duration_months"),
        ({"reply_url": "javascript:alert(1)"}, "/reply_url"),
    ],
)
def test_what_cannot_be_said_is_not_written(change: dict[str, Any], pointer: str) -> None:
    """A message that a receiver could not read back unchanged never becomes bytes."""
    for style in STYLES:
        with faults_at(pointer):
            write(a_message(**change), style, {})


def test_reading_is_strict_and_lists_every_fault_at_once() -> None:
    """One round trip is enough to mend a message."""
    wire = to_wire(a_message())
    wire["extra/field"] = 1
    wire["sender"]["id_kind"] = "vat"
    wire["offer"]["claim_cents"] = 900.0
    wire["offer"]["offer_cents"] = True
    wire["respond_by"] = "2026-02-30"
    wire["sent_at"] = "2026-05-04T08:00:00"
    wire["message_id"] = wire["message_id"].upper()
    wire["references"] = []
    wire["note"] = None
    del wire["kind"]
    with faults_at(
        "/extra~1field", "/sender/id_kind", "/offer/claim_cents", "/offer/offer_cents", "/respond_by",
        "/sent_at", "/message_id", "/references", "/note", "/kind",
    ):  # fmt: skip
        from_wire(wire)


@pytest.mark.parametrize("loose", ["20260504", "2026-W19-1", "2026-5-4", "2026-05-04 ", 20260504])
def test_a_day_has_one_spelling(loose: object) -> None:
    """Python itself would take the first two."""
    with faults_at("/respond_by"):
        from_wire(to_wire(a_message()) | {"respond_by": loose})


def xml(inside: str) -> bytes:
    return f'<message xmlns="{MESSAGES_NS}">{inside}</message>'.encode()


@pytest.mark.parametrize(
    "body, pointers",
    [
        (xml("<kind>stop_notice</kind><kind>proposal</kind>"), ["/kind"]),
        (xml("stray text"), [""]),
        (xml("<note lang='nl'>x</note>"), ["/note"]),
        (xml("<references><reference>1</reference><other>2</other></references>"), ["/references/1"]),
        (b"<message/>", [""]),
        (b"<message", [""]),
        (b"\xff\xfe\x00", [""]),
        (b'<!DOCTYPE message [<!ENTITY a "b">]>' + xml("<note>&a;</note>"), [""]),
        (f'<e:Envelope xmlns:e="{SOAP_NS}"><e:Body/></e:Envelope>'.encode(), [""]),
    ],
)
def test_xml_that_is_not_our_message_is_refused(body: bytes, pointers: list[str]) -> None:
    """Repeated, decorated, mixed, foreign, broken and entity-bearing XML have no second reading."""
    with faults_at(*pointers):
        read_back(body, "application/xml")


def test_an_element_from_elsewhere_is_not_part_of_the_message() -> None:
    """A look-alike in another namespace is an unknown field, not the field."""
    body = write(BARE, "rest_xml", {}).body.replace(b"<contact>c</contact>", b'<contact xmlns="urn:x">c</contact>')
    with faults_at("/contact", "/{urn:x}contact"):
        read_back(body, "application/xml")


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"[" * 100_000, b"null"])
def test_json_that_is_not_our_message_is_refused(body: bytes) -> None:
    """Whatever the bytes, the outcome is a fault and not a crash."""
    with faults_at(""):
        read_back(body, "application/json")


def test_an_unknown_media_type_is_refused() -> None:
    """Nothing is guessed from the bytes."""
    with faults_at(""):
        read_back(b"{}", "text/plain")


def test_an_independent_soap_toolkit_understands_the_wsdl() -> None:
    """zeep, which is not ours, loads the WSDL and builds from it the very message that we write."""
    client = zeep.Client(str(SCHEMAS / "creditor-gateway.wsdl"))
    wire = to_wire(a_message())
    wire["references"] = {"reference": wire["references"]}
    wire["missing_facts"] = {"fact": wire["missing_facts"]}
    header = client.get_element(f"{{{MESSAGES_NS}}}message_header")
    ids = header(message_id=wire["message_id"], conversation_id=wire["conversation_id"])
    theirs = client.create_message(
        client.service, "Deliver", _soapheaders={"header": ids}, **wire | {"sent_at": a_message().sent_at}
    )
    assert read_back(etree.tostring(theirs), "text/xml; charset=utf-8") == a_message()
    assert len(theirs.findall(f"{{{SOAP_NS}}}Header/{{{MESSAGES_NS}}}message_header")) == 1
    assert writing.MESSAGES_NS in client.namespaces.values()
