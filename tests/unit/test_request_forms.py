"""A request in the creditor's own words: what the mapping file says, and nothing that it does not."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.adapters.faults import Faults
from gateway.adapters.mapping import load_format, parse_mapping
from gateway.adapters.request_forms import FIELDS, request_options
from gateway.adapters.writing import SOAP_NS, write
from gateway.domain.correspondence import AboutResident, Kind, Message
from gateway.errors import ConfigurationError
from gateway.sandbox import incoming
from tests.unit.test_outgoing_messages import BARE, a_message, messages

CREDITORS = Path(__file__).parents[2] / "config" / "creditors"
SKP_LIKE = load_format(CREDITORS / "skp-like.toml")
SKP = "{urn:example:skp-like:schuldregeling:2}"
REQUEST = replace(a_message(), kind=Kind.STATEMENT_REQUEST, offer=None, silence=None, missing_facts=())
ABC = {"a": "urn:a", "b": "urn:b", "odd": "not a uri"}


def options_of(style: str, *forms: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Compiled as a mapping file would be; every fault at once."""
    faults = Faults("mine.toml")
    options = request_options(faults, {"style": style, "form": list(forms), **more}, style, ABC)
    faults.stop()
    return options


def a_form(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kinds": ["stop_notice"], "body": body, **more}


def as_json(body: dict[str, Any], message: Message) -> Any:
    form = a_form({"id": "message_id", **body}, kinds=["stop_notice"])
    return json.loads(write(replace(message, kind=Kind.STOP_NOTICE), "rest_json", options_of("rest_json", form)).body)


def faults_of(style: str, *forms: dict[str, Any], **more: Any) -> str:
    with pytest.raises(ConfigurationError) as wrong:
        options_of(style, *forms, **more)
    return wrong.value.detail


# --- The hub's form, as it ships


def hub(message: Message) -> tuple[Any, Any, dict[str, str]]:
    written = write(message, SKP_LIKE.request_style, SKP_LIKE.request_options)
    envelope = etree.fromstring(written.body)
    assert [etree.QName(part).localname for part in envelope] == ["Header", "Body"]
    [block], [content] = envelope[0], envelope[1]
    return block, content, written.headers


def test_the_hub_gets_a_request_in_its_own_elements_and_order() -> None:
    """Element by element as its public description has them; consent and correlation stand in the header."""
    block, content, headers = hub(REQUEST)
    assert headers == {"SOAPAction": '"urn:example:skp-like:schuldregeling:2:Saldoverzoek"'}
    assert (block.tag, content.tag) == (f"{SKP}Bericht", f"{SKP}Saldoverzoek")
    assert [etree.QName(child).localname for child in content] == [
        "KlantnummerSHV", "KlantnummerSEVolgensSHV", "TypeSchuldregeling", "Klant", "Adres", "Contactpersoon",
        "Vorderingen", "UiterlijkAntwoordOp", "Antwoordtermijn", "Antwoordadres",
    ]  # fmt: skip
    assert content.findtext(f"{SKP}Klant/{SKP}Geboortedatum") == "01-03-1985"
    assert content.findtext(f"{SKP}TypeSchuldregeling") == "SB"
    numbers = content.findall(f"{SKP}Vorderingen/{SKP}Vordering/{SKP}FactuurnummerSEVolgensSHV")
    assert [number.text for number in numbers] == ["F-001", "0007"]
    assert block.findtext(f"{SKP}ConversatieReferentienummer") == str(REQUEST.conversation_id)
    assert "ingestemd" in block.findtext(f"{SKP}Verklaring")


def test_the_hubs_request_holds_no_citizen_number() -> None:
    """Its public description has no place for one in this message, whoever may be entitled to it."""
    assert REQUEST.resident.bsn is not None
    body = write(REQUEST, SKP_LIKE.request_style, SKP_LIKE.request_options).body
    assert REQUEST.resident.bsn.encode() not in body


def test_what_is_not_said_leaves_no_place() -> None:
    """No empty Adres, no empty Vorderingen."""
    bare = replace(REQUEST, resident=AboutResident(surname="X"), references=(), respond_by=None, reply_url=None)
    _, content, _ = hub(bare)
    assert [etree.QName(child).localname for child in content] == [
        "KlantnummerSHV", "TypeSchuldregeling", "Klant", "Contactpersoon", "Antwoordtermijn",
    ]  # fmt: skip


@settings(deadline=None)
@given(messages)
def test_whatever_the_message_the_hub_can_read_its_request(message: Message) -> None:
    """Equal messages are equal bytes, and the simulated creditors, who know only the hub's words, find theirs again."""
    for kind in (Kind.STATEMENT_REQUEST, Kind.STATEMENT_REMINDER, Kind.STATEMENT_FINAL_NOTICE):
        asked = replace(message, kind=kind, term=message.term or "x")
        written = write(asked, SKP_LIKE.request_style, SKP_LIKE.request_options)
        assert written.body == write(asked, SKP_LIKE.request_style, SKP_LIKE.request_options).body
        read = incoming.read(written.body, "soap")
        assert read is not None
        for name in ("kind", "message_id", "conversation_id", "sender", "recipient", "sent_at", "contact", "references",
                     "respond_by", "term", "reply_url"):  # fmt: skip
            assert getattr(read, name) == getattr(asked, name), name


def test_a_kind_without_a_form_goes_out_in_our_own() -> None:
    """The hub's form says nothing of a proposal."""
    assert write(a_message(), "soap", SKP_LIKE.request_options).body == write(a_message(), "soap", {}).body


# --- Any other creditor's


def test_every_field_of_ours_can_be_written() -> None:
    """The names in a form are those of the message; a field added to it cannot be forgotten here."""
    wire = json.loads(write(a_message(), "rest_json", {}).body)
    flat = {
        f"{name}.{inner}" if isinstance(part, dict) else name
        for name, part in wire.items()
        for inner in (part if isinstance(part, dict) else [""])
    }
    assert set(FIELDS) == flat
    body = {f"veld{number}{'[]' if kind == 'list' else ''}": name for number, (name, kind) in enumerate(FIELDS.items())}
    said = as_json(body, a_message())
    for number, name in enumerate(FIELDS):
        outer, _, inner = name.partition(".")
        expected = wire[outer][inner] if inner else wire[outer]
        assert said[f"veld{number}"] == ("stop_notice" if name == "kind" else expected), name


def test_amounts_days_codes_and_constants_in_their_notation() -> None:
    """What reading understands, writing can say."""
    body = {
        "voorstel.bedrag": {"from": "offer.offer_cents", "money": "comma"},
        "voorstel.punt": {"from": "offer.offer_cents", "money": "point"},
        "voorstel.centen": "offer.offer_cents",
        "voorstel.rang": {"from": "offer.rank", "values": {
            "ordinary": "C", "preferential": "P", "secured": "Z", "unknown": "?"}},
        "splitsen": {"from": "ask_components", "values": {"true": "J", "false": "N"}},
        "op": {"from": "respond_by", "date": "d.m.jjjj"},
        "verzonden": {"from": "sent_at", "date": "yyyymmdd"},
        "soort": {"const": "X"}, "versie": {"const": 2}, "waar": {"const": True},
        "nummers[]": "references",
        "stukken[].naam": "missing_facts",
    }  # fmt: skip
    assert as_json(body, a_message(sent_at=a_message().sent_at.replace(hour=23))) == {
        "id": str(a_message().message_id),
        "voorstel": {"bedrag": "147,24", "punt": "147.24", "centen": 14_724, "rang": "C"},
        "splitsen": "J",
        "op": "27.5.2026",
        "verzonden": "20260505",  # 01:00 in Amsterdam
        "soort": "X", "versie": 2, "waar": True,
        "nummers": ["F-001", "0007"],
        "stukken": [{"naam": "claimed_cents"}, {"naam": "proof"}],
    }  # fmt: skip


def test_xml_with_attributes_two_namespaces_and_none() -> None:
    """A place can be an attribute; a name without a prefix is in no namespace."""
    body = {"Vraag/@nr": "message_id", "Vraag/a:Naam": "sender.name", "Vraag/b:Nr/@soort": "sender.id_kind", "Vraag/b:Nr": "sender.id_value",
            "Vraag/Regel[]/@ref": "references"}  # fmt: skip
    written = write(replace(BARE, references=("1", "2")), "rest_xml", options_of("rest_xml", a_form(body)))
    assert written.media_type == "application/xml"
    root = etree.fromstring(written.body)
    assert (root.tag, root.get("nr")) == ("Vraag", str(BARE.message_id))
    assert root.findtext("{urn:a}Naam") == "G"
    assert (root.find("{urn:b}Nr").get("soort"), root.findtext("{urn:b}Nr")) == ("oin", BARE.sender.id_value)
    assert [line.get("ref") for line in root.findall("Regel")] == ["1", "2"]


def test_a_soap_form_without_header_blocks_has_no_header() -> None:
    """And the general action holds when the form names none; text is escaped, never pasted."""
    options = options_of("soap", a_form({"a:V/a:Id": "message_id", "a:V/a:N": "contact"}), soap_action="urn:x")
    written = write(replace(BARE, contact="</a:N><x/>&"), "soap", options)
    envelope = etree.fromstring(written.body)
    assert written.headers == {"SOAPAction": '"urn:x"'}
    assert [child.tag for child in envelope] == [f"{{{SOAP_NS}}}Body"]
    assert envelope.findtext(f"{{{SOAP_NS}}}Body/{{urn:a}}V/{{urn:a}}N") == "</a:N><x/>&"


ID = {"V/Id": "message_id"}
IN_JSON = {"id": "message_id"}


@pytest.mark.parametrize(
    "style, form, said",
    [
        ("rest_xml", {"kinds": ["stop_notice"]}, "say what is written"),
        ("rest_xml", {"body": ID}, "say which messages"),
        ("rest_xml", a_form(ID, kinds=["stop_notices"]), "is no kind of message"),
        ("rest_xml", a_form({"V/Naam": "sender.name"}), "write conversation_id or message_id"),
        ("rest_xml", a_form(ID, kinds=["statement_request"]), "write respond_by or term"),
        ("rest_xml", a_form(ID | {"V/T": "term"}, kinds=["proposal"]), "write silence somewhere"),
        ("rest_xml", a_form(ID | {"V/T": "term", "V/S": "silence"}, kinds=["proposal"]), "write offer.offer_cents"),
        ("rest_xml", a_form(ID | {"W/X": "note"}), "one root"),
        ("soap", a_form({"V/X": "note"}, header={"H": "message_id"}), "always there"),
        ("rest_xml", a_form(ID | {"c:X": "note"}), 'name the prefix "c"'),
        ("rest_xml", a_form(ID | {"V/X": "surname"}), "is no field of a message"),
        ("rest_xml", a_form(ID | {"V/X": "references"}), "mark what repeats with []"),
        ("rest_xml", a_form(ID | {"V/X[]": "note"}), "only a list repeats"),
        ("rest_xml", a_form(ID | {"V/X[]/Y[]": "references"}), "at most once"),
        ("rest_xml", a_form(ID | {"V/X[]/Y": "references", "V/X[]/Z": "missing_facts"}), "one list only"),
        ("rest_xml", a_form(ID | {"V/X[]": "references", "V/X/Y": "note"}), "one list only"),
        ("rest_xml", a_form(ID | {"V/Id/Nr": "note"}), "holds text"),
        ("rest_xml", a_form(ID | {"V/a b": "note"}), "write a place as names"),
        ("rest_xml", a_form(ID | {"/V/X": "note"}), "write a place as names"),
        ("rest_xml", a_form(ID | {"V/@x/Y": "note"}), "write a place as names"),
        ("rest_xml", a_form(ID | {"V/a²": "note"}), "write a place as names"),
        ("rest_xml", a_form(ID | {"V/@xmlns": "note"}), "write a place as names"),
        ("rest_xml", a_form(ID | {"V/odd:X": "note"}), "write a place as names"),
        ("rest_xml", a_form(ID | {"V/X": 5}), "write a field of ours"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "note", "const": "x"}}), "write a field of ours"),
        ("rest_xml", a_form(ID | {"V/X": {"const": ""}}), "a constant is one text"),
        ("rest_xml", a_form(ID | {"V/X": {"const": "a\x00"}}), "a constant is one text"),
        ("rest_xml", a_form(ID | {"V/X": {"const": "x", "date": "yyyy"}}), "a constant is one text"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "note", "date": "dd-mm-yyyy"}}), "does not fit note"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "respond_by", "date": "dd-mm"}}), "write a day of"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "respond_by", "date": "dd-mm-mm-yyyy"}}), "write a day of"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "respond_by", "date": "dd-mm-yyyy hh"}}), "write a day of"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "offer.claim_cents", "money": "euro"}}), "must be one of cents"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "note", "values": {"a": "b"}}}), "only fits"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "kind", "values": {"proposal": "b"}}}), "exactly these codes: stop_notice"),
        ("rest_xml", a_form(ID | {"V/X": {"from": "note", "expression": "1+1"}}), "is not a word"),
        ("rest_xml", a_form(ID, soap_action="x"), "is not a word"),
        ("rest_xml", a_form(ID, header={"H": "note"}), "is not a word"),
        ("soap", a_form(ID, soap_action='x"y'), "plain ASCII"),
        ("rest_json", a_form(IN_JSON | {"a/b": "note"}), "write a place as names"),
        ("rest_json", a_form(IN_JSON | {"id.x": "note"}), "holds text"),
    ],
)  # fmt: skip
def test_what_a_form_cannot_mean_is_found_before_anything_is_sent(style: str, form: dict[str, Any], said: str) -> None:
    """Every mistake is named with its place when the file loads, with what to do."""
    assert said in faults_of(style, form)


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from([*FIELDS, *Kind]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["from", "const", "date", "money", "values", "V/X", "V/a:X[]", "@x", ""]), inner
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(["kinds", "header", "body", "soap_action", "x"]), odd),
    st.sampled_from(["soap", "rest_xml", "rest_json"]),
)
def test_whatever_stands_in_a_form_it_loads_or_says_why(form: dict[str, Any], style: str) -> None:
    """A typing error is an error with advice, never a crash; and a form that loads can write any message."""
    for one in (form, {"kinds": ["stop_notice"], "body": {"V/Id": "message_id", **_places(form.get("body"))}}):
        try:
            options = options_of(style, one)
        except ConfigurationError:
            continue
        for message in (a_message(), BARE):
            write(replace(message, kind=Kind.STOP_NOTICE), style, options)


def _places(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {"V/X": body}


def test_two_forms_for_one_kind_are_a_mistake() -> None:
    """Nothing is chosen between."""
    assert "has two forms" in faults_of("rest_xml", a_form(ID), a_form(ID))


def test_a_wrong_option_stops_the_mapping_from_loading() -> None:
    """An encoding or an action that cannot be used is found at the start, not at the first message."""
    text = (CREDITORS / "gateway-json.toml").read_text()
    assert "[request]" in text
    for line, said in (
        ('encoding = "utf-16"', "one of"),
        ('soap_action = "x"', "no such option"),
        ("form = 5", "[[request.form]]"),
    ):
        changed = text.replace("[request]", f"[request]\n{line}")
        with pytest.raises(ConfigurationError) as wrong:
            parse_mapping(changed.encode(), slug="mine", file_name="mine.toml")
        assert said in wrong.value.detail


def test_the_example_in_the_documentation_loads() -> None:
    """Whoever starts from docs/mapping.md starts from something that works."""
    text = (CREDITORS.parents[1] / "docs" / "mapping.md").read_text()
    [block] = [block for block in re.findall(r"^```toml\n(.*?)^```", text, re.M | re.S) if "[[request.form]]" in block]
    [form] = tomllib.loads(block)["request"]["form"]
    faults = Faults("mapping.md")
    [made] = request_options(faults, {"form": [form]}, "soap", {"h": "urn:h"})["form"]
    faults.stop()
    written = write(REQUEST, "soap", {"form": (made,)})
    asked = etree.fromstring(written.body).find(f"{{{SOAP_NS}}}Body/{{urn:h}}Vraag")
    assert (asked.get("soort"), asked.findtext("{urn:h}Regeling")) == ("SALDO", "SB")
