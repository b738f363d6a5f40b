"""SOAP both ways over real HTTP, with zeep (which is not ours) on the other side, knowing only what we publish."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from sqlalchemy import select
from werkzeug.serving import make_server
from zeep.transports import Transport

from gateway.adapters.soap import INBOUND_NS
from gateway.adapters.writing import MESSAGES_NS, SOAP_NS
from gateway.storage.cases import wrapped_key
from gateway.storage.tables import message, offer_answer, reply
from tests.integration.support import ACCEPT, JSON, Peer, World, listening, statement, world

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "schemas"
STATEMENT_NS = "urn:creditor-gateway:statement:1"
INBOUND = etree.XMLSchema(etree.parse(str(SCHEMAS / "gateway-inbound.xsd")))
AN_ID = "00000000-0000-4000-8000-000000000000"


def xml_statement(request_id: str, *, cents: int = 100_000, prefix: str = "") -> str:
    """The reply of `support.statement` as the XML form of it, with or without a prefix."""
    p = f"{prefix}:" if prefix else ""
    declared = f'xmlns:{prefix}="{STATEMENT_NS}"' if prefix else f'xmlns="{STATEMENT_NS}"'
    inside = (
        f"<{p}request_id>{request_id}</{p}request_id><{p}outcome>statement</{p}outcome><{p}as_of>2026-04-24</{p}as_of>"
        f"<{p}total_stated_cents>{cents}</{p}total_stated_cents><{p}debts><{p}debt><{p}reference>R-1</{p}reference>"
        f"<{p}rank>ordinary</{p}rank><{p}total_stated_cents>{cents}</{p}total_stated_cents><{p}components><{p}component>"
        f"<{p}kind>principal</{p}kind><{p}outstanding_cents>{cents}</{p}outstanding_cents></{p}component></{p}components>"
        f"</{p}debt></{p}debts>"
    )
    return f"<{p}statement {declared}>{inside}</{p}statement>"


@dataclass
class Soap:
    """A running gateway, one case with open requests, and a zeep client that read our WSDL from it."""

    w: World
    url: str
    case: str = ""
    requests: dict[str, str] = field(default_factory=dict)
    clients: dict[str, zeep.Client] = field(default_factory=dict)

    def client(self, name: str) -> zeep.Client:
        if name not in self.clients:
            session = requests.Session()
            session.headers["Authorization"] = f"Bearer {self.w.tokens[name]}"
            self.clients[name] = zeep.Client(f"{self.url}/v1/soap?wsdl", transport=Transport(session=session))
        return self.clients[name]

    def call(self, name: str, operation: str, **said: Any) -> Any:
        return self.client(name).service[operation](**said)

    def refused(self, name: str, operation: str, **said: Any) -> tuple[str, dict[str, Any]]:
        """The fault code and, as zeep reads it by our schema, the problem in the detail."""
        with pytest.raises(zeep.exceptions.Fault) as caught:
            self.call(name, operation, **said)
        [problem] = caught.value.detail
        INBOUND.assertValid(problem)
        client = self.client(name)
        understood = client.get_element(f"{{{INBOUND_NS}}}problem").parse(problem, client.wsdl.types)
        return caught.value.code, zeep.helpers.serialize_object(understood, dict)

    def kept(self, table: Any, subject_id: str) -> list[bytes]:
        """The raw bytes of every reply to a request, or answer to an offer, unsealed."""
        runtime = self.w.gateway.runtime
        subject = table.c.request_id if table is reply else table.c.offer_id
        with runtime.database.begin() as connection:
            rows = connection.execute(select(table).where(subject == subject_id)).all()
            return [
                runtime.keys.open(
                    wrapped_key(connection, row.resident_id), bytes(row.raw), table=table.name, row=row.id, column="raw"
                )
                for row in rows
            ]


@contextmanager
def served(w: World, port: int) -> Iterator[str]:
    server = make_server("127.0.0.1", port, w.gateway.flask, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@pytest.fixture(scope="module")
def s() -> Iterator[Soap]:
    port = free_port()
    at_port = lambda settings: replace(settings, base_url=f"http://127.0.0.1:{port}")  # noqa: E731
    with listening(Peer()) as peer, world(settings_change=at_port) as w, served(w, port) as url:
        w.counsellor_organisation()
        made = Soap(w=w, url=url, case="")
        counsellor = w.counsellor()
        made.case = w.case()
        formats = {"json": "gateway-json", "xml": "gateway-xml", "bailiff": "bailiff-xml", "stranger": "gateway-json"}
        for name in (*formats, "unreadable", "offer", "offer-2"):
            creditor = w.creditor(name, peer, format=formats.get(name, "gateway-json"))
            w.grant(made.case, [creditor], counsellor)
            [made.requests[name]] = w.ask(made.case, [creditor])
        w.work()
        for name in ("offer", "offer-2"):
            path = f"/v1/statement-requests/{made.requests[name]}/reply"
            assert w.ok(name, "POST", path, statement(made.requests[name]), **JSON)["status"] == "accepted"
        yield made


def test_zeep_reads_the_wsdl_and_its_schemas_from_the_running_server(s: Soap) -> None:
    """Anybody may fetch the description; every import in it leads somewhere, and the address in it is ours."""
    client = zeep.Client(f"{s.url}/v1/soap?wsdl")
    [service] = client.wsdl.services.values()
    [port] = service.ports.values()
    assert sorted(port.binding._operations) == ["AnswerOffer", "ListOpenConversations", "SubmitReply"]
    assert port.binding_options["address"] == f"{s.url}/v1/soap"
    assert b"xs:schema" in requests.get(f"{s.url}/v1/soap?xsd=offer-answer.xsd", timeout=10).content
    for unknown in ("", "outgoing-message.schema.json", "../config/gateway.toml", "nothing.xsd", "/etc/passwd"):
        assert requests.get(f"{s.url}/v1/soap", params={"xsd": unknown}, timeout=10).status_code == 404, unknown


def test_a_reply_in_any_format_goes_through_byte_for_byte(s: Soap) -> None:
    """JSON in base64: understood, and what is sealed is exactly what the creditor encoded; twice is one reply."""
    raw = statement(s.requests["json"]) + b" \n"
    said = {"request_id": s.requests["json"], "media_type": "application/json", "content": raw}
    first = s.call("json", "SubmitReply", **said)
    assert (first.status, first.problems) == ("accepted", None)
    assert s.kept(reply, s.requests["json"]) == [raw]
    assert s.call("json", "SubmitReply", **said).reply_id == first.reply_id
    assert s.kept(reply, s.requests["json"]) == [raw]
    assert s.w.journal(s.case).count("reply.accepted") >= 1


def test_an_encoded_reply_keeps_its_own_encoding(s: Soap) -> None:
    """ISO-8859-1 inside a UTF-8 envelope is no contradiction: base64 says nothing about text."""
    sample = ROOT / "config" / "creditors" / "samples" / "bailiff-xml" / "ordinary.xml"
    raw = sample.read_bytes()
    said = {"request_id": s.requests["bailiff"], "media_type": "Application/XML", "content": raw}
    assert s.call("bailiff", "SubmitReply", **said).status in ("accepted", "held")  # it names another request
    assert s.kept(reply, s.requests["bailiff"]) == [raw]


def test_an_xml_reply_may_stand_in_the_envelope(s: Soap) -> None:
    """What is kept is its exclusive canonical form: the creditor can make the same bytes, so the digest proves something."""
    document = etree.fromstring(xml_statement(s.requests["xml"]))
    taken = s.call("xml", "SubmitReply", request_id=s.requests["xml"], document={"_value_1": document})
    assert taken.status == "accepted"
    assert s.kept(reply, s.requests["xml"]) == [etree.tostring(document, method="c14n", exclusive=True)]


def test_the_envelope_around_a_document_changes_nothing_in_it(s: Soap) -> None:
    """Another prefix for SOAP, other declarations, another order of them: the same bytes are kept, so one reply."""
    before = s.kept(reply, s.requests["xml"])
    document = xml_statement(s.requests["xml"])
    assert before
    for frame in ('xmlns:S="{0}" xmlns:z="urn:z"', 'xmlns:z="urn:other" xmlns:S="{0}" xmlns:xsi="urn:xsi"'):
        body = (
            f"<S:Envelope {frame.format(SOAP_NS)}><S:Body><q:submit_reply xmlns:q='{INBOUND_NS}'>"
            f"<q:request_id> {s.requests['xml'].upper()}\n</q:request_id><q:document>\n{document}\n</q:document>"
            "</q:submit_reply></S:Body></S:Envelope>"
        )
        answer = post(s, "xml", body.encode())
        assert answer.status_code == 200, answer.text
    assert s.kept(reply, s.requests["xml"]) == before


def test_a_reply_that_is_not_understood_is_held_and_says_why(s: Soap) -> None:
    """Held is received: no fault, and every problem is listed with its place."""
    raw = statement(s.requests["stranger"], total_stated_cents=1)
    said = {"request_id": s.requests["stranger"], "media_type": "application/json", "content": raw}
    taken = s.call("stranger", "SubmitReply", **said)
    assert taken.status == "held"
    assert {(problem.code, problem.severity) for problem in taken.problems.problem} == {("R8", "hold")}
    assert all(problem.detail for problem in taken.problems.problem)


def test_bytes_that_cannot_be_read_are_a_fault_with_the_places(s: Soap) -> None:
    """Ruling 16: refused, told at once, kept all the same."""
    said = {"request_id": s.requests["unreadable"], "media_type": "application/json", "content": b'{"a": 1, "a": 2}'}
    code, problem = s.refused("unreadable", "SubmitReply", **said)
    assert (code, problem["status"], problem["type"]) == ("soap:Client", 400, "urn:creditor-gateway:problem:unreadable")
    assert [error["code"] for error in problem["errors"]["error"]] == ["duplicate_name"]
    assert s.kept(reply, s.requests["unreadable"]) == [b'{"a": 1, "a": 2}']


def test_a_foreign_request_is_as_unknown_as_one_that_does_not_exist(s: Soap) -> None:
    """The same fault for both, and nothing is kept."""
    said = {"media_type": "application/json", "content": b"{}"}
    before = s.kept(reply, s.requests["json"])
    foreign = s.refused("stranger", "SubmitReply", request_id=s.requests["json"], **said)
    assert foreign == s.refused("stranger", "SubmitReply", request_id=AN_ID, **said)
    assert (foreign[0], foreign[1]["status"]) == ("soap:Client", 404)
    accept = {"answer": "accept"}
    assert s.refused("stranger", "AnswerOffer", offer_id=AN_ID, offer_answer=accept)[1]["status"] == 404
    assert s.kept(reply, s.requests["json"]) == before


def test_open_conversations_and_an_answer_to_an_offer(s: Soap) -> None:
    """A creditor that speaks only SOAP sees its offer, refuses it without facts, is told which, and then accepts."""
    body = {"made_by": s.w.counsellor(), "pool_cents": 50_000, "count_possible_duplicates": True}
    offers = s.w.ok("counsellor", "POST", f"/v1/cases/{s.case}/proposals", body)["offers"]
    assert offers
    s.w.work()
    listed = s.call("offer", "ListOpenConversations")
    assert [one.id for one in listed.statement_requests.conversation] == [s.requests["offer"]]
    [mine] = listed.offers.conversation
    assert (mine.state, mine.answer_by is not None) == ("waiting", True)
    plain = s.w.ok("offer", "GET", "/v1/open-conversations")["offers"][0]
    assert (mine.id, mine.case_reference) == (plain["id"], plain["case_reference"])
    assert mine.answer_by.isoformat() == plain["answer_by"]
    facts = {"fact": [{"_value_1": "120000", "name": "claimed_cents"}]}
    refusal = {"answer": "refuse", "ground": "amount_incorrect", "facts": facts, "reason": "Zie <bijlage> & €."}
    answered = s.call("offer", "AnswerOffer", offer_id=mine.id, offer_answer=refusal)
    assert (answered.verdict, answered.effect) == ("unsubstantiated", "recorded")
    assert answered.missing_facts.fact
    accepted = s.call("offer", "AnswerOffer", offer_id=mine.id, offer_answer={"answer": "accept"})
    assert (accepted.verdict, accepted.state, accepted.missing_facts) == ("accepted", "accepted", None)
    kept = [etree.fromstring(raw) for raw in s.kept(offer_answer, mine.id)]
    assert {one.tag for one in kept} == {f"{{{MESSAGES_NS}}}offer_answer"}
    assert sorted(str(one.findtext(f"{{{MESSAGES_NS}}}answer")) for one in kept) == ["accept", "refuse"]


def test_an_answer_that_cannot_be_read_is_a_fault_with_the_places(s: Soap) -> None:
    """As on the JSON interface, every fault at once."""
    [mine] = s.call("offer-2", "ListOpenConversations").offers.conversation
    body = f"""<e:Envelope xmlns:e="{SOAP_NS}"><e:Body><answer_offer xmlns="{INBOUND_NS}"><offer_id>{mine.id}</offer_id>
        <offer_answer xmlns="{MESSAGES_NS}"><answer>maybe</answer><colour>red</colour></offer_answer></answer_offer>
        </e:Body></e:Envelope>"""
    answer = post(s, "offer-2", body.encode())
    assert answer.status_code == 400
    pointers = [one.text for one in etree.fromstring(answer.content).iter(f"{{{INBOUND_NS}}}pointer")]
    assert sorted(str(one) for one in pointers) == ["/answer", "/colour"]


def test_every_answer_fits_the_published_schema(s: Soap) -> None:
    """Ours read strictly: the element in each body, and the detail of each fault."""
    said = [
        f"<list_open_conversations xmlns='{INBOUND_NS}'/>",
        f"<submit_reply xmlns='{INBOUND_NS}'><request_id>{s.requests['xml']}</request_id>"
        f"<document>{xml_statement(s.requests['xml'], cents=5)}</document></submit_reply>",
        f"<submit_reply xmlns='{INBOUND_NS}'><request_id>{s.requests['xml']}</request_id>"
        f"<document><other xmlns='urn:x'/></document></submit_reply>",
        f"<submit_reply xmlns='{INBOUND_NS}'><request_id>{AN_ID}</request_id><document/></submit_reply>",
    ]
    for inside in said:
        answer = post(s, "xml", f"<e:Envelope xmlns:e='{SOAP_NS}'><e:Body>{inside}</e:Body></e:Envelope>".encode())
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        [content] = etree.fromstring(answer.content).findall(f"{{{SOAP_NS}}}Body/*")
        INBOUND.assertValid(content if answer.status_code == 200 else content.find("detail")[0])


def test_without_a_token_there_is_a_fault_and_nothing_else(s: Soap) -> None:
    """The same token header as everywhere; the fault says so."""
    answer = requests.post(f"{s.url}/v1/soap", b"<a/>", headers={"Content-Type": "text/xml"}, timeout=10)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert etree.fromstring(answer.content).findtext(".//faultcode") == "soap:Client"
    anonymous = zeep.Client(f"{s.url}/v1/soap?wsdl")
    with pytest.raises(zeep.exceptions.Fault, match="access token"):
        anonymous.service.ListOpenConversations()


def post(s: Soap, name: str, body: bytes, **headers: str) -> requests.Response:
    sent = {"Authorization": f"Bearer {s.w.tokens[name]}", "Content-Type": "text/xml", "SOAPAction": '""', **headers}
    return requests.post(f"{s.url}/v1/soap", body, headers=sent, timeout=10)


# --- The other way: our courier calls a service that was made from our WSDL


class CreditorService:
    """A creditor's SOAP service as zeep makes it from schemas/creditor-gateway.wsdl: it understands, and acknowledges."""

    def __init__(self) -> None:
        self.client = zeep.Client(str(SCHEMAS / "creditor-gateway.wsdl"))
        [service] = self.client.wsdl.services.values()
        [port] = service.ports.values()
        self.operation = port.binding._operations["Deliver"]
        self.heard: list[Any] = []
        self.schema = etree.XMLSchema(etree.parse(str(SCHEMAS / "outgoing-message.xsd")))

    def answer(self, headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
        assert headers["Content-Type"] == "text/xml; charset=utf-8"
        assert headers["SOAPAction"] == '""'
        envelope = etree.fromstring(body)
        for block in envelope.xpath("*/*"):
            self.schema.assertValid(block)
        said = self.operation.input.deserialize(envelope)
        self.heard.append(said)
        message_id = said.body.message_id
        assert said.header.header.message_id == message_id == headers["Gateway-Message-Id"]
        made = self.operation.output.serialize(message_id=message_id)
        return 200, "text/xml; charset=utf-8", etree.tostring(made.content, xml_declaration=True, encoding="utf-8")


@pytest.fixture
def soap_config(tmp_path: Path) -> Path:
    """The shipped configuration with one format more: our own message over SOAP, our own statement back."""
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder)
    creditors = folder / "creditors"
    mapping = (creditors / "gateway-xml.toml").read_text()
    assert 'style = "rest_xml"' in mapping
    (creditors / "gateway-soap.toml").write_text(mapping.replace('style = "rest_xml"', 'style = "soap"'))
    shutil.copytree(creditors / "samples" / "gateway-xml", creditors / "samples" / "gateway-soap")
    return folder


def test_a_service_made_from_our_wsdl_understands_what_the_courier_delivers(soap_config: Path) -> None:
    """Request and offer reach a SOAP service that is not ours; its acknowledgement is a delivery and no answer."""
    service = CreditorService()
    with (
        listening(Peer(answer=service.answer)) as peer,
        world(settings_change=lambda settings: replace(settings, config=soap_config)) as w,
    ):
        w.counsellor_organisation()
        counsellor, case = w.counsellor(), w.case()
        creditor = w.creditor("bank", peer, format="gateway-soap")
        w.grant(case, [creditor], counsellor)
        [request_id] = w.ask(case, [creditor])
        w.work()
        [asked] = service.heard
        assert (asked.body.kind, asked.body.conversation_id) == ("statement_request", request_id)
        assert asked.body.resident.surname == "Voorbeeld"
        assert asked.body.references.reference == ["R-1"]
        assert w.line(case, creditor)["state"] == "waiting"
        assert "message.delivered" in w.journal(case)
        assert not [kind for kind in w.journal(case) if kind.startswith("reply.")]
        w.ok("bank", "POST", f"/v1/statement-requests/{request_id}/reply", xml_statement(request_id).encode())
        body = {"made_by": counsellor, "pool_cents": 50_000}
        [offer] = w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", body)["offers"]
        w.work()
        proposal = service.heard[-1].body
        assert (proposal.kind, proposal.offer.claim_cents, proposal.offer.offer_cents) == ("proposal", 100_000, 50_000)
        assert not [kind for kind in w.journal(case) if kind.startswith("answer.")]
        w.ok("bank", "POST", f"/v1/offers/{offer['id']}/answer", ACCEPT, **JSON)
        with w.gateway.runtime.database.begin() as connection:
            rows = connection.execute(select(message.c.kind, message.c.state)).all()
        assert {row.kind: row.state for row in rows} == {"statement_request": "delivered", "proposal": "delivered"}


def test_the_hubs_creditor_is_asked_in_its_words_and_its_receipt_is_no_answer() -> None:
    """A Saldoverzoek leaves, and the envelope that says "received" is neither a statement nor an answer to an offer."""
    skp = "urn:example:skp-like:schuldregeling:2"

    def received(headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
        inside = f'<r:Ontvangstbevestiging xmlns:r="{skp}"><r:Referentienummer>1</r:Referentienummer></r:Ontvangstbevestiging>'
        said = f'<e:Envelope xmlns:e="{SOAP_NS}"><e:Body>{inside}</e:Body></e:Envelope>'
        return 200, "text/xml; charset=utf-8", said.encode()

    with listening(Peer(answer=received)) as peer, world() as w:
        w.counsellor_organisation()
        counsellor, case = w.counsellor(), w.case()
        creditor = w.creditor("bank", peer, format="skp-like", kvk="90000012")
        w.grant(case, [creditor], counsellor)
        [request_id] = w.ask(case, [creditor])
        w.work()
        [(_, headers, body)] = peer.received
        assert headers["SOAPAction"] == f'"{skp}:Saldoverzoek"'
        envelope = etree.fromstring(body)
        assert envelope.findtext(f".//{{{skp}}}ConversatieReferentienummer") == request_id
        assert envelope.findtext(f".//{{{skp}}}Klant/{{{skp}}}Achternaam") == "Voorbeeld"
        assert w.line(case, creditor)["state"] == "waiting"
        assert "reply.acknowledgement" in w.journal(case)
        said = (ROOT / "config/creditors/samples/skp-like/ordinary-agreed-in-advance.xml").read_text()
        for old, new in (("7f1c2a90-0000-4000-8000-000000000001", request_id), ("2026-10-30", "2026-04-24")):
            assert old in said
            said = said.replace(old, new)
        path = f"/v1/statement-requests/{request_id}/reply"
        taken = w.ok("bank", "POST", path, said.encode(), **{"Content-Type": "text/xml"})
        assert taken["status"] == "accepted", taken
        body = {"made_by": counsellor, "pool_cents": 50_000}
        w.ok("counsellor", "POST", f"/v1/cases/{case}/proposals", body)
        w.work()
        proposal = etree.fromstring(peer.received[-1][2]).find(f"{{{SOAP_NS}}}Body/{{{MESSAGES_NS}}}message")
        assert proposal.findtext(f"{{{MESSAGES_NS}}}kind") == "proposal"
        assert w.line(case, creditor)["offer"]["state"] == "waiting"
        assert not [kind for kind in w.journal(case) if kind.startswith("answer.")]
