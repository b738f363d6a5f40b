"""What the gateway says: one message, one form per style, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
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
from marshmallow import validate

from gateway.adapters import writing
from gateway.adapters.writing import MESSAGES_NS, SOAP_NS, STYLES, read_back, write
from gateway.domain.correspondence import AboutResident, Kind, Message, OfferLine, Party
from gateway.errors import ConfigurationError, Invalid
from gateway.messages import outgoing, wire_fields
from gateway.messages.outgoing import from_wire, to_wire
from tests.unit import outgoing_examples

SCHEMAS = Path(__file__).parents[2] / "schemas"
JSON_SCHEMA = json.loads((SCHEMAS / "outgoing-message.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(JSON_SCHEMA, format_checker=jsonschema.FormatChecker())
CREDITORS_SERVICE = zeep.Client(str(SCHEMAS / "creditor-gateway.wsdl"))
XSD_TREE = etree.parse(str(SCHEMAS / "outgoing-message.xsd"))
XS = {"x": "http://www.w3.org/2001/XMLSchema"}


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
        period_from=date(2026, 4, 3),
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
    period_from=st.none() | days,
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


EVERY_FORM = [(kind, style) for kind in Kind for style in STYLES]


@pytest.mark.parametrize("kind, style", EVERY_FORM)
@settings(deadline=None, max_examples=25)
@given(message=messages)
def test_what_is_written_reads_back_equal(kind: Kind, style: str, message: Message) -> None:
    """Every kind in every style: text, cents, days and order survive JSON, XML and SOAP."""
    said = replace(message, kind=kind)
    written = write(said, style, {})
    assert read_back(written.body, written.media_type) == said


@pytest.mark.parametrize("kind, style", EVERY_FORM)
@settings(deadline=None, max_examples=25)
@given(message=messages)
def test_what_is_written_fits_the_published_schemas(kind: Kind, style: str, message: Message) -> None:
    """A creditor who builds on schemas/ can read everything we send."""
    fits(write(replace(message, kind=kind), style, {}).body, style)


def fits(body: bytes, style: str) -> None:
    """*body* is valid against what we publish for *style*."""
    if style == "rest_json":
        VALIDATOR.validate(json.loads(body))
    elif style == "rest_xml":
        XSD.assertValid(etree.fromstring(body))
    else:
        envelope = etree.fromstring(body)
        assert [etree.QName(part).localname for part in envelope] == ["Header", "Body"]
        for block in envelope.xpath("*/*"):
            XSD.assertValid(block)


def test_there_is_an_example_of_every_kind_in_every_style() -> None:
    """schemas/examples/outgoing holds what the code writes, and no other file."""
    kept = {path.name: path.read_bytes() for path in outgoing_examples.FOLDER.iterdir()}
    assert set(outgoing_examples.examples()) == set(Kind)
    assert kept == outgoing_examples.files()


@pytest.mark.parametrize("kind, style", EVERY_FORM)
def test_an_example_is_read_by_whoever_builds_on_what_we_publish(kind: Kind, style: str) -> None:
    """Valid, readable by us, and in SOAP by zeep, which knows the WSDL only."""
    name = kind.value.replace("_", "-") + outgoing_examples.ENDINGS[style]
    body = (outgoing_examples.FOLDER / name).read_bytes()
    fits(body, style)
    media_type = "application/json" if style == "rest_json" else "text/xml"
    assert read_back(body, media_type) == outgoing_examples.examples()[kind]
    if style == "soap":
        [service] = CREDITORS_SERVICE.wsdl.services.values()
        operation = service.ports["CreditorMessagesPort"].binding._operations["Deliver"]
        understood = operation.input.deserialize(etree.fromstring(body))
        assert understood.body.kind == kind
        assert understood.header.header.conversation_id == understood.body.conversation_id


# --- Schema, XSD and wire form say the same, field by field

FULL = to_wire(a_message())


def by_schema(node: dict[str, Any], place: str = "") -> dict[str, tuple[Any, ...]]:
    """Every field of the JSON Schema: its path, whether it must be there, and what it takes."""
    found = {}
    for name, field in node["properties"].items():
        resolved = {**_definition(field), **{key: value for key, value in field.items() if key != "$ref"}}
        path, needed = f"{place}/{name}", name in node["required"] if "required" in node else False
        if resolved.get("type") == "object":
            found |= {path: (needed, "object"), **by_schema(resolved, path)}
        elif resolved.get("type") == "array":
            entry = {**_definition(resolved["items"]), **resolved["items"]}
            assert resolved["minItems"] == 1
            found[path] = (needed, "list", resolved["maxItems"], _schema_kind(entry))
        else:
            found[path] = (needed, _schema_kind(resolved))
        assert node["additionalProperties"] is False
    return found


def _definition(field: dict[str, Any]) -> dict[str, Any]:
    reference = field.get("$ref")
    return {} if reference is None else JSON_SCHEMA["$defs"][reference.rpartition("/")[2]]


def _schema_kind(field: dict[str, Any]) -> tuple[Any, ...]:
    if "enum" in field:
        return ("codes", *field["enum"])
    if field["type"] == "integer":
        return ("whole", field["minimum"], field["maximum"])
    if field["type"] == "boolean":
        return ("truth",)
    if "format" in field:
        return (field["format"],)
    if "maxLength" in field:
        return ("text", field["maxLength"])
    return ("pattern", field["pattern"].removeprefix("^").removesuffix("$").replace("[.]", r"\."))


def by_xsd(type_name: str = "Message", place: str = "") -> dict[str, tuple[Any, ...]]:
    """The same of the XSD."""
    found = {}
    for element in XSD_TREE.xpath(f"//x:complexType[@name='{type_name}']/x:sequence/x:element", namespaces=XS):
        path, needed = f"{place}/{element.get('name')}", element.get("minOccurs") != "0"
        inner = XSD_TREE.xpath(f"//x:complexType[@name='{element.get('type')}']", namespaces=XS)
        if not inner:
            found[path] = (needed, _xsd_kind(_simple_type(element)))
        elif (entry := inner[0].find("x:sequence/x:element", XS)).get("maxOccurs") is not None:
            found[path] = (needed, "list", int(entry.get("maxOccurs")), _xsd_kind(_simple_type(entry)))
        else:
            found |= {path: (needed, "object"), **by_xsd(element.get("type"), path)}
    return found


def _simple_type(element: Any) -> Any:
    own = element.find("x:simpleType", XS)
    return (
        own if own is not None else XSD_TREE.xpath(f"//x:simpleType[@name='{element.get('type')}']", namespaces=XS)[0]
    )


def _xsd_kind(simple: Any) -> tuple[Any, ...]:
    restriction = simple.find("x:restriction", XS)
    facets = {etree.QName(facet).localname: facet.get("value") for facet in restriction}
    codes = [facet.get("value") for facet in restriction.findall("x:enumeration", XS)]
    base = restriction.get("base")
    if codes:
        return ("codes", *codes)
    if base in ("xs:long", "xs:int"):
        return ("whole", int(facets["minInclusive"]), int(facets["maxInclusive"]))
    if base in ("xs:boolean", "xs:date", "xs:dateTime"):
        return {"xs:boolean": ("truth",), "xs:date": ("date",), "xs:dateTime": ("date-time",)}[base]
    if "maxLength" in facets:
        return ("text", int(facets["maxLength"]))
    return ("pattern", facets["pattern"])


def by_wire(schema: Any = outgoing._SCHEMA, place: str = "") -> dict[str, tuple[Any, ...]]:
    """The same of what reads the wire."""
    found = {}
    for name, field in schema.fields.items():
        path = f"{place}/{name}"
        if isinstance(field, wire_fields.Part):
            found |= {path: (field.required, "object"), **by_wire(field.schema, path)}
        elif isinstance(field, wire_fields.Listing):
            [length] = [one for one in field.validators if isinstance(one, validate.Length)]
            found[path] = (field.required, "list", length.max, _wire_kind(field.inner))
        else:
            found[path] = (field.required, _wire_kind(field))
    return found


def _wire_kind(field: Any) -> tuple[Any, ...]:
    plain = {wire_fields.YesNo: ("truth",), wire_fields.Day: ("date",), wire_fields.Instant: ("date-time",)}
    if type(field) in plain:
        return plain[type(field)]
    limits = {type(one): one for one in field.validators}
    if validate.OneOf in limits:
        return ("codes", *limits[validate.OneOf].choices)
    if validate.Range in limits:
        return ("whole", limits[validate.Range].min, limits[validate.Range].max)
    if validate.Regexp in limits and field.name != "reply_url":
        return ("pattern", limits[validate.Regexp].regex.pattern.removeprefix("(?:").removesuffix(r")\Z"))
    return ("text", limits[validate.Length].max)


def test_schema_xsd_and_wire_form_name_the_same_fields_with_the_same_bounds() -> None:
    """A field, a bound, a code or a "required" that is in one and not in the others fails here, whichever one it is."""
    assert by_schema(JSON_SCHEMA) == by_xsd() == by_wire()
    assert list(by_schema(JSON_SCHEMA)) == list(by_xsd()) == list(by_wire()), "in the same order"
    assert set(by_wire()) == {*places(FULL)}, "and the full message has them all"


def places(wire: Mapping[str, Any], place: str = "") -> Iterator[str]:
    for name, value in wire.items():
        yield f"{place}/{name}"
        if isinstance(value, dict):
            yield from places(value, f"{place}/{name}")


def changed(path: str, change: Callable[[dict[str, Any], str], None]) -> dict[str, Any]:
    """The full message, changed at one place."""
    wire: dict[str, Any] = json.loads(json.dumps(FULL))
    *above, name = path.split("/")[1:]
    holder = wire
    for step in above:
        holder = holder[step]
    change(holder, name)
    return wire


def verdicts(wire: dict[str, Any]) -> set[bool]:
    """Whether *wire* is taken: by the JSON Schema, by our reader, and as XML by the XSD and by our reader."""
    element = writing._element("message", wire)
    found = {VALIDATOR.is_valid(wire), XSD.validate(element)}
    for read, body in ((from_wire, wire), (outgoing.from_element, element)):
        try:
            read(body)
            found.add(True)
        except Invalid:
            found.add(False)
    return found


@pytest.mark.parametrize("path", list(places(FULL)))
def test_what_one_of_them_refuses_the_others_refuse(path: str) -> None:
    """Left out, with something more in it, at the very limit, one over it, of another kind: the same verdict by all."""
    kinds = by_xsd()
    assert verdicts(changed(path, lambda holder, name: holder.pop(name))) == {not kinds[path][0]}
    _, *kind = kinds[path]
    if kind == ["object"]:
        assert verdicts(changed(path, lambda holder, name: holder[name].update(colour="red"))) == {False}
        return
    if kind[0] == "list":
        for length, taken in ((kind[1], True), (kind[1] + 1, False), (0, False)):
            assert verdicts(changed(path, lambda holder, name, n=length: holder.update({name: ["x"] * n}))) == {taken}
        return
    for value, taken in _probes(*kind[0]):
        assert verdicts(changed(path, lambda holder, name, v=value: holder.update({name: v}))) == {taken}, value


def _probes(kind: str, *bounds: Any) -> list[tuple[Any, bool]]:
    """Values at and just over the bounds of a kind of field, with the verdict that all must give."""
    match kind:
        case "text":
            text = "https://g.example/" if bounds[0] == 2000 else ""
            return [(text.ljust(bounds[0], "a"), True), (text.ljust(bounds[0] + 1, "a"), False), ("", False)]
        case "codes":
            return [*((code, True) for code in bounds), ("other", False), (bounds[0].upper(), False), ("", False)]
        case "whole":
            return [(bounds[0], True), (bounds[1], True), (bounds[1] + 1, False), (bounds[0] - 1, False), ("x", False)]
        case "date":
            return [("2024-02-29", True), ("2026-02-29", False), ("29-02-2024", False), ("", False)]
        case "date-time":
            return [("2024-02-29T08:00:00.5Z", True), ("2024-02-29T08:00:00", False), ("2024-02-29", False)]
        case "truth":
            return [(True, True), (False, True), ("yes", False)]
    return [("", False), ("!", False), ("é" * 9, False)]


def test_text_that_only_a_url_field_refuses_is_refused_by_all() -> None:
    """The address to answer to has a form besides a length."""
    for value in ("ftp://g.example/", "https://", "https://g.example/a b", "javascript:alert(1)"):
        assert verdicts(changed("/reply_url", lambda holder, name, v=value: holder.update({name: v}))) == {False}, value


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
    of_parts = {"": Message, "sender": Party, "recipient": Party, "resident": AboutResident, "offer": OfferLine}
    for name, part in of_parts.items():
        assert list(FULL[name] if name else FULL) == [field.name for field in fields(part)], name
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
