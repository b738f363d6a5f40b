"""Simulated creditors over real HTTP: they receive, answer in their own way, and act on the gateway clock."""

from __future__ import annotations

import http.client
import json
import threading
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from gateway.adapters import (
    Acknowledgement,
    Held,
    ReadContext,
    Understood,
    Unreadable,
    load_formats,
    read,
)
from gateway.adapters.answers import read_answer
from gateway.adapters.writing import write
from gateway.domain.correspondence import Kind, Message, OfferLine, Party
from gateway.domain.grounds import Answer, OfferAnswer, Unsubstantiated, grounds_from
from gateway.domain.statement import statement_total
from gateway.sandbox import replies
from gateway.sandbox.__main__ import TokenFile
from gateway.sandbox.behaviours import Content, CreditorProfile, ProposalBehaviour, StatementBehaviour, When
from gateway.sandbox.creditors import SimulatedCreditors
from gateway.sandbox.profiles import DEMO, profile
from gateway.sandbox.residents import RESIDENTS, passes_eleven_test, synthetic_bsn

ROOT = Path(__file__).parents[2]
GROUNDS = grounds_from(tomllib.loads((ROOT / "config" / "grounds.toml").read_text()))
FORMATS = load_formats(ROOT / "config" / "creditors")
MONDAY = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)  # Mon 10:00 in Amsterdam
LAST_DAY = date(2026, 5, 27)  # Wed
GEMEENTE = Party(name="Gemeente Noordstad", id_kind="oin", id_value="00000099000000001000")


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PlayedGateway:
    """Plays the gateway: keeps what it is sent and answers from a list; 202 accepted when that is empty."""

    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    url: str = ""
    after_call: Callable[[], None] = lambda: None

    def take(self, call: Call) -> tuple[int, bytes]:
        self.calls.append(call)
        self.after_call()
        return self.answers.pop(0) if self.answers else (202, b'{"status": "accepted", "problems": []}')


@dataclass
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def gateway() -> Iterator[PlayedGateway]:
    played = PlayedGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = played.take(Call(self.path, headers, body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    played.url = f"http://127.0.0.1:{server.server_port}"
    yield played
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def creditors(gateway: PlayedGateway, clock: Clock) -> Iterator[SimulatedCreditors]:
    yield from running(DEMO, gateway, clock)


def running(
    profiles: tuple[CreditorProfile, ...], gateway: PlayedGateway, clock: Clock
) -> Iterator[SimulatedCreditors]:
    tokens = {creditor.slug: f"token-of-{creditor.slug}" for creditor in profiles}
    simulated = SimulatedCreditors(profiles, gateway_url=gateway.url, tokens=tokens, clock=clock)
    simulated.start()
    yield simulated
    simulated.stop()


def a_message(to: CreditorProfile, kind: Kind = Kind.STATEMENT_REQUEST, **changes: Any) -> Message:
    about = RESIDENTS[0].about(with_bsn=to.regime_group == "government")
    message = Message(
        kind=kind,
        message_id=uuid4(),
        conversation_id=uuid4(),
        sender=GEMEENTE,
        contact="Team Schuldhulp",
        recipient=to.party,
        sent_at=MONDAY,
        resident=about,
        references=tuple(debt.reference for debt in to.debts),
        respond_by=LAST_DAY,
        term="15 working days after delivery",
        ask_components=True,
    )
    if kind is Kind.PROPOSAL:
        offer = OfferLine(claim_cents=100, offer_cents=10, percentage="10", rank="ordinary", basis="total")
        message = replace(message, offer=offer, duration_months=18)
    return replace(message, **changes)


@dataclass
class Delivered:
    status: int
    media_type: str
    body: bytes
    headers: dict[str, str]


def deliver(creditors: SimulatedCreditors, to: CreditorProfile, message: Message, **more: str) -> Delivered:
    written = write(message, to.style, FORMATS[to.format].request_options)
    headers = {
        "Content-Type": written.media_type,
        "Gateway-Message-Id": str(message.message_id),
        "Gateway-Signature": "header..signature",
        **written.headers,
        **more,
    }
    return post(creditors.url(to.slug), written.body, headers)


def post(url: str, body: bytes, headers: dict[str, str]) -> Delivered:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.request("POST", parts.path, body, headers)
    response = connection.getresponse()
    found = Delivered(
        response.status, response.headers.get("Content-Type", ""), response.read(), dict(response.headers)
    )
    connection.close()
    return found


def behaving(
    statement: StatementBehaviour | None = None,
    proposal: ProposalBehaviour | None = None,
    slug: str = "de-linde",
    **changes: Any,
) -> CreditorProfile:
    like = profile(slug)
    return replace(like, statement=statement or like.statement, proposal=proposal or like.proposal, **changes)


def test_the_demo_has_fourteen_coherent_creditors() -> None:
    """Distinct and synthetic; every group has a regime; two are silent where silence may speak."""
    assert len({creditor.slug for creditor in DEMO}) == len({creditor.id_value for creditor in DEMO}) == 14
    regimes = tomllib.loads((ROOT / "config" / "regimes.toml").read_text())
    adopted = {adoption["group"]: adoption["regime"] for adoption in regimes["adoption"]}
    assert {creditor.regime_group for creditor in DEMO} <= set(adopted)
    for creditor in DEMO:
        length = 20 if creditor.id_kind == "oin" else 8
        assert creditor.id_value.startswith("00000099" if creditor.id_kind == "oin" else "99")
        assert len(creditor.id_value) == length
        assert len({kind for debt in creditor.debts for kind, _ in debt.components}) >= (1 if creditor.debts else 0)
    silent = [
        creditor.slug
        for creditor in DEMO
        if creditor.proposal.when is When.NEVER
        and adopted[creditor.regime_group] == "reversed_burden"
        and Content.TRANSFERRED not in creditor.statement.contents
    ]
    assert silent == ["belgoed", "kampeerhal"]
    assert {when for creditor in DEMO for when in (creditor.statement.when,)} == set(When)
    assert {content for creditor in DEMO for content in creditor.statement.contents} == set(Content)


def test_the_fine_of_the_demo_is_the_worked_example() -> None:
    """104.00 fine + 9.00 administration + 52.00 increase = 165.00, of which 104.00 is the original debt."""
    [fine] = profile("boetekantoor").debts
    assert (fine.charged("principal"), fine.total_cents) == (10_400, 16_500)


def test_demo_refusals_are_worth_what_the_story_says() -> None:
    """One refusal stands, one is a blanket refusal, one has no ground until it is asked."""
    on = date(2026, 6, 1)
    verdicts = {
        slug: GROUNDS.judge(answer, on=on)
        for slug in ("ijsselbank", "van-dalen", "maasdam")
        if (answer := profile(slug).proposal.answer) is not None
    }
    assert isinstance(verdicts["van-dalen"], Unsubstantiated)
    assert isinstance(verdicts["maasdam"], Unsubstantiated)
    assert not isinstance(verdicts["ijsselbank"], Unsubstantiated)
    asked = profile("maasdam").proposal.when_asked
    assert asked is not None
    assert not isinstance(GROUNDS.judge(asked, on=on), Unsubstantiated)


def test_residents_are_synthetic() -> None:
    """BSNs from a range that was never issued, all different, all passing the 11-test."""
    assert len({resident.bsn for resident in RESIDENTS}) == len(RESIDENTS)
    assert [synthetic_bsn(0), synthetic_bsn(9090)] == ["999900006", "999999990"]
    assert not passes_eleven_test("999900007")
    with pytest.raises(ValueError, match="no more"):
        synthetic_bsn(9091)
    with pytest.raises(ValueError, match="9999"):
        replace(RESIDENTS[0], bsn="123456782")


@pytest.mark.parametrize("slug", [creditor.slug for creditor in DEMO if creditor.busy_first == 0])
def test_every_creditor_understands_a_request_in_its_own_style(creditors: SimulatedCreditors, slug: str) -> None:
    """JSON, XML and SOAP, as our own writer writes them."""
    to = profile(slug)
    message = a_message(to)
    delivered = deliver(creditors, to, message)
    assert delivered.status in (200, 202)
    [entry] = creditors.log(slug)
    assert (entry.verdict, entry.kind, entry.message_id) == (
        "understood",
        Kind.STATEMENT_REQUEST,
        message.message_id,
    )
    assert entry.signed
    assert entry.at == MONDAY


def test_a_creditor_may_answer_in_the_response_itself(creditors: SimulatedCreditors, gateway: PlayedGateway) -> None:
    """At once: the reply in its own format, and nothing planned."""
    delivered = deliver(creditors, profile("boetekantoor"), a_message(profile("boetekantoor")))
    assert (delivered.status, delivered.media_type) == (200, "application/json")
    assert b"7012345600000012" in delivered.body
    assert creditors.agenda() is None
    assert creditors.tick(MONDAY + timedelta(days=400)) == []
    assert gateway.calls == []


def test_a_later_answer_is_posted_with_token_and_idempotency_key(
    creditors: SimulatedCreditors, gateway: PlayedGateway
) -> None:
    """An acknowledgement now; the reply when its moment on the gateway clock has come, not before."""
    to = profile("zonnewind")
    message = a_message(to)
    assert deliver(creditors, to, message).status == 202
    due = MONDAY + timedelta(days=2)
    assert creditors.agenda() == due
    assert creditors.tick(due - timedelta(seconds=1)) == []
    assert creditors.tick(due) == ["zonnewind sends statement: accepted (202)"]
    [call] = gateway.calls
    assert call.path == f"/v1/statement-requests/{message.conversation_id}/reply"
    assert call.headers["authorization"] == "Bearer token-of-zonnewind"
    assert UUID(call.headers["idempotency-key"])
    assert call.headers["content-type"].startswith("application/xml")
    assert creditors.agenda() is None


def test_a_soap_creditor_acknowledges_in_soap(creditors: SimulatedCreditors) -> None:
    """202 means nothing in SOAP: the acknowledgement is an envelope."""
    to = profile("ijsselbank")
    delivered = deliver(creditors, to, a_message(to))
    assert (delivered.status, delivered.media_type) == (200, "text/xml; charset=utf-8")
    assert b"Envelope" in delivered.body


def test_a_duplicate_gets_the_same_answer_and_has_no_second_effect(creditors: SimulatedCreditors) -> None:
    """A retry after a lost response is not a second request."""
    for slug in ("boetekantoor", "zonnewind"):
        to = profile(slug)
        message = a_message(to)
        first, second = deliver(creditors, to, message), deliver(creditors, to, message)
        assert (first.status, first.body) == (second.status, second.body)
        assert [entry.verdict for entry in creditors.log(slug)] == ["understood", "duplicate"]
    assert len(creditors.tick(MONDAY + timedelta(days=30))) == 1


def test_a_busy_creditor_is_well_the_third_time(creditors: SimulatedCreditors) -> None:
    """503 with Retry-After, twice, and then an answer."""
    to = profile("belgoed")
    message = a_message(to)
    found = [deliver(creditors, to, message) for _ in range(3)]
    assert [delivered.status for delivered in found] == [503, 503, 200]
    assert found[0].headers["Retry-After"] == "60"
    assert b"0031-778120" in found[2].body


@pytest.mark.parametrize("slug, status", [("de-linde", 400), ("gemeente-noordstad", 400), ("zorgvast", 500)])
def test_what_a_creditor_does_not_understand_it_says_so(creditors: SimulatedCreditors, slug: str, status: int) -> None:
    """Broken bytes, another creditor's style, or a header that names another message."""
    to = profile(slug)
    good = write(a_message(to), to.style, {}).body
    other = write(a_message(to), "soap" if to.style != "soap" else "rest_xml", {}).body
    assert post(creditors.url(slug), good[:-9], {}).status == status
    assert post(creditors.url(slug), other, {}).status == status
    assert deliver(creditors, to, a_message(to), **{"Gateway-Message-Id": str(uuid4())}).status == status
    assert {entry.verdict for entry in creditors.log(slug)} == {"not_understood"}
    assert creditors.agenda() is None


def test_an_unknown_creditor_is_not_found(creditors: SimulatedCreditors) -> None:
    """Only the creditors that were given exist."""
    address = creditors.url("de-linde").replace("de-linde", "nobody")
    assert post(address, b"{}", {}).status == 404
    assert post(creditors.url("de-linde") + "/x", b"{}", {}).status == 404


@pytest.mark.parametrize(
    "when, due",
    [
        (When.LAST_MINUTE, datetime(2026, 5, 27, 21, 59, tzinfo=UTC)),  # Wed 23:59 in Amsterdam (summer)
        (When.ONE_MINUTE_LATE, datetime(2026, 5, 27, 22, 1, tzinfo=UTC)),  # Thu 00:01
    ],
)
def test_the_last_minute_is_that_of_the_dutch_day(
    gateway: PlayedGateway, clock: Clock, when: When, due: datetime
) -> None:
    """The term ends at midnight in Amsterdam, whatever UTC says."""
    to = behaving(StatementBehaviour(when=when))
    for creditors in running((to,), gateway, clock):
        deliver(creditors, to, a_message(to))
        assert creditors.agenda() == due


def test_a_later_message_tells_the_real_last_day(creditors: SimulatedCreditors) -> None:
    """The request could not name the day yet, so it was guessed from its words; the reminder names it."""
    to = profile("rijksheffing")
    request = a_message(to, respond_by=None)
    deliver(creditors, to, request)
    assert creditors.agenda() == datetime(2026, 5, 25, 21, 59, tzinfo=UTC)  # Mon, holidays not counted
    reminder = a_message(to, Kind.STATEMENT_REMINDER, conversation_id=request.conversation_id)
    deliver(creditors, to, reminder)
    assert creditors.agenda() == datetime(2026, 5, 27, 21, 59, tzinfo=UTC)


def test_a_creditor_that_waits_for_a_reminder_answers_once(
    creditors: SimulatedCreditors, gateway: PlayedGateway, clock: Clock
) -> None:
    """Silent at first; the second reminder wakes nobody twice."""
    to = profile("de-linde")
    request = a_message(to)
    deliver(creditors, to, request)
    assert creditors.agenda() is None
    clock.now = MONDAY + timedelta(days=14)
    for kind in (Kind.STATEMENT_REMINDER, Kind.STATEMENT_FINAL_NOTICE):
        deliver(creditors, to, a_message(to, kind, conversation_id=request.conversation_id))
    assert creditors.tick(clock.now + timedelta(days=9)) == ["de-linde sends statement: accepted (202)"]


def test_a_broken_reply_is_mended_later(creditors: SimulatedCreditors, gateway: PlayedGateway) -> None:
    """Garbage is refused at once; the whole reply follows, as a new message."""
    to = profile("maasdam")
    deliver(creditors, to, a_message(to))
    gateway.answers = [(400, b"{}")]
    assert creditors.tick(MONDAY + timedelta(days=3)) == [
        "maasdam sends garbage: refused (400)",
        "maasdam sends statement: accepted (202)",
    ]
    broken, whole = gateway.calls
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken.body)
    assert json.loads(whole.body)
    assert broken.headers["idempotency-key"] != whole.headers["idempotency-key"]


def test_two_answers_differ_in_total(creditors: SimulatedCreditors, gateway: PlayedGateway) -> None:
    """Both are whole; the second is another message with another amount."""
    to = profile("ijsselbank")
    deliver(creditors, to, a_message(to))
    assert len(creditors.tick(MONDAY + timedelta(days=10))) == 2
    first, second = gateway.calls
    assert b"7450.00" in first.body
    assert b"7475.00" in second.body


def test_a_call_that_failed_is_made_again_with_the_same_key(
    creditors: SimulatedCreditors, gateway: PlayedGateway
) -> None:
    """503 or a token that ran out is no refusal: ten minutes later all is well."""
    to = profile("zonnewind")
    deliver(creditors, to, a_message(to))
    gateway.answers = [(503, b""), (401, b"")]
    due = MONDAY + timedelta(days=2)
    assert creditors.tick(due) == ["zonnewind sends statement: refused (503)"]
    assert creditors.agenda() == due + timedelta(minutes=5)
    assert creditors.tick(due + timedelta(minutes=5)) == ["zonnewind sends statement: refused (401)"]
    assert creditors.tick(due + timedelta(minutes=10)) == ["zonnewind sends statement: accepted (202)"]
    assert len({call.headers["idempotency-key"] for call in gateway.calls}) == 1
    assert len({call.body for call in gateway.calls}) == 1


def test_nobody_to_post_to_is_an_outcome(clock: Clock) -> None:
    """A gateway that is down is tried again; no exception stops the other creditors."""
    to = profile("zonnewind")
    nowhere = PlayedGateway(url="http://127.0.0.1:9")
    for creditors in running((to,), nowhere, clock):
        deliver(creditors, to, a_message(to))
        assert creditors.tick(MONDAY + timedelta(days=2)) == ["zonnewind sends statement: found nobody"]
        assert creditors.agenda() is not None


def test_it_can_act_by_itself(creditors: SimulatedCreditors, gateway: PlayedGateway, clock: Clock) -> None:
    """As a process of its own it follows the clock it was given, until it is told to end."""
    deliver(creditors, profile("zonnewind"), a_message(profile("zonnewind")))
    clock.now = MONDAY + timedelta(days=2)
    gateway.after_call = creditors.end
    creditors.run_forever(0.01)
    assert len(gateway.calls) == 1


def test_a_token_that_comes_later_is_used(gateway: PlayedGateway, clock: Clock, tmp_path: Path) -> None:
    """The token file is read at every use: absent, half written, then there."""
    to, path = profile("zonnewind"), tmp_path / "tokens.json"
    creditors = SimulatedCreditors((to,), gateway_url=gateway.url, tokens=TokenFile(path), clock=clock)
    creditors.start()
    deliver(creditors, to, a_message(to))
    due = MONDAY + timedelta(days=2)
    assert creditors.tick(due) == ["zonnewind sends statement: has no token"]
    path.write_text('{"zonne')
    assert creditors.tick(due + timedelta(minutes=5)) == ["zonnewind sends statement: has no token"]
    path.write_text('{"zonnewind": "fresh"}')
    assert creditors.tick(due + timedelta(minutes=10)) == ["zonnewind sends statement: accepted (202)"]
    assert gateway.calls[0].headers["authorization"] == "Bearer fresh"
    creditors.stop()


@pytest.mark.parametrize("slug", ["zonnewind", "de-linde"])
def test_a_stop_notice_ends_all_that_was_planned(creditors: SimulatedCreditors, slug: str) -> None:
    """After a withdrawal the creditor stops: no answer, also not on a reminder that crosses."""
    to = profile(slug)
    request = a_message(to)
    deliver(creditors, to, request)
    for kind in (Kind.STOP_NOTICE, Kind.STATEMENT_REMINDER):
        assert deliver(creditors, to, a_message(to, kind, conversation_id=request.conversation_id)).status == 202
    assert creditors.agenda() is None
    assert creditors.tick(MONDAY + timedelta(days=99)) == []


@pytest.mark.parametrize("slug", ["boetekantoor", "gemeente-noordstad", "zorgvast"])
def test_a_proposal_may_be_accepted_at_once_in_each_style(gateway: PlayedGateway, clock: Clock, slug: str) -> None:
    """The answer in the response reads as an acceptance, in JSON, XML and SOAP."""
    to = behaving(proposal=ProposalBehaviour(when=When.AT_ONCE, answer=OfferAnswer(answer=Answer.ACCEPT)), slug=slug)
    for creditors in running((to,), gateway, clock):
        delivered = deliver(creditors, to, a_message(to, Kind.PROPOSAL))
        found = read_answer(delivered.body, delivered.media_type, GROUNDS)
        assert isinstance(found, OfferAnswer)
        assert found.answer is Answer.ACCEPT
        assert creditors.agenda() is None


@pytest.mark.parametrize("slug", ["ijsselbank", "van-dalen", "maasdam", "zonnewind"])
def test_a_later_answer_to_a_proposal_is_read_as_it_was_meant(
    creditors: SimulatedCreditors, gateway: PlayedGateway, slug: str
) -> None:
    """Posted to the offer, in JSON or XML, with the ground and the facts of the story."""
    to = profile(slug)
    proposal = a_message(to, Kind.PROPOSAL)
    deliver(creditors, to, proposal)
    assert creditors.tick(MONDAY + timedelta(days=20)) == [f"{slug} answers the offer: accepted (202)"]
    [call] = gateway.calls
    assert call.path == f"/v1/offers/{proposal.conversation_id}/answer"
    found = read_answer(call.body, call.headers["content-type"], GROUNDS)
    assert isinstance(found, OfferAnswer)
    assert replace(found, creditor_message_id=None) == to.proposal.answer


@pytest.mark.parametrize("slug", ["belgoed", "kampeerhal"])
def test_a_silent_creditor_stays_silent_whatever_it_is_sent(
    creditors: SimulatedCreditors, gateway: PlayedGateway, slug: str
) -> None:
    """Delivered and acknowledged, so the silence is its own."""
    to = profile(slug)
    proposal = a_message(to, Kind.PROPOSAL)
    for _ in range(to.busy_first + 1):
        delivered = deliver(creditors, to, proposal)
    assert delivered.status in (200, 202)
    for kind in (Kind.PROPOSAL_REMINDER, Kind.PROPOSAL_FINAL_NOTICE, Kind.OUTCOME_NOTICE):
        deliver(creditors, to, a_message(to, kind, conversation_id=proposal.conversation_id))
    assert creditors.tick(MONDAY + timedelta(days=400)) == []
    assert gateway.calls == []


def test_a_refusal_without_a_ground_is_substantiated_when_asked(
    creditors: SimulatedCreditors, gateway: PlayedGateway, clock: Clock
) -> None:
    """Asked for its facts, one creditor gives them; the one with a blanket refusal has nothing to add."""
    for slug, more in (("maasdam", 1), ("van-dalen", 0)):
        to = profile(slug)
        proposal = a_message(to, Kind.PROPOSAL)
        deliver(creditors, to, proposal)
        creditors.tick(MONDAY + timedelta(days=10))
        gateway.calls.clear()
        asks = a_message(
            to,
            Kind.SUBSTANTIATION_REQUEST,
            conversation_id=proposal.conversation_id,
            missing_facts=("ground",),
        )
        deliver(creditors, to, asks)
        assert len(creditors.tick(MONDAY + timedelta(days=30))) == more
    assert gateway.calls == []


def test_what_is_told_and_logged_holds_no_personal_data(creditors: SimulatedCreditors, gateway: PlayedGateway) -> None:
    """Words for a terminal: slugs and outcomes, never a name, a BSN or an amount."""
    told = []
    for to in DEMO:
        for _ in range(to.busy_first + 1):
            deliver(creditors, to, a_message(to))
            deliver(creditors, to, a_message(to, Kind.PROPOSAL))
    told += creditors.tick(MONDAY + timedelta(days=60))
    logged = " ".join(repr(entry) for to in DEMO for entry in creditors.log(to.slug))
    assert told
    for word in (RESIDENTS[0].surname, RESIDENTS[0].bsn, RESIDENTS[0].street, "7012345600000012", "16500"):
        assert word not in " ".join(told) + logged


def as_read(to: CreditorProfile, content: Content) -> tuple[Understood | Held | Unreadable, Message]:
    """What the gateway's own reader makes of one reply of this creditor."""
    message = a_message(to, conversation_id=UUID("7f1c2a90-0000-4000-8000-000000000001"))
    sent = replies.statement(to, message, content, number=1, as_of=date(2026, 5, 4), now=MONDAY)
    context = ReadContext(
        received_at=MONDAY,
        request_id=str(message.conversation_id),
        requested_on=date(2026, 5, 4),
        creditor_ids=frozenset(
            f"{party.id_kind}:{party.id_value}" for party in (to.party, to.acts_for) if party is not None
        ),
        references=message.references,
    )
    found = read(sent.body, sent.media_type or "", FORMATS[to.format], context)
    assert isinstance(found, Understood | Held | Unreadable)
    return found, message


def test_every_format_has_a_creditor_that_is_written_to_in_its_style() -> None:
    """The demo shows all nine formats, and each creditor is addressed as its mapping file says."""
    assert {creditor.format for creditor in DEMO} == set(FORMATS)
    for creditor in DEMO:
        assert creditor.style == FORMATS[creditor.format].request_style


@pytest.mark.parametrize("to", DEMO, ids=lambda to: to.slug)
def test_an_honest_reply_is_understood_to_the_cent(to: CreditorProfile) -> None:
    """Components, payments, references and totals come out of the reader as they went into the simulator."""
    found, message = as_read(to, Content.STATEMENT if to.debts else Content.CLIENT_UNKNOWN)
    assert isinstance(found, Understood), found
    statement = found.statement
    assert statement.outcome.value == ("statement" if to.debts else "client_unknown")
    assert statement.request_id == str(message.conversation_id)
    assert statement.as_of == date(2026, 5, 4)
    assert statement_total(statement) == to.total_cents
    for debt, own in zip(statement.debts, to.debts, strict=True):
        assert debt.reference == own.reference
        assert debt.arisen_on == own.arisen_on
        assert sum(payment.cents for payment in debt.payments) in (own.paid_cents, 0)
        stated = {
            component.kind.value: component.charged_cents
            if component.charged_cents is not None
            else component.outstanding_cents
            for component in debt.components
        }
        assert {kind: cents for kind, cents in stated.items() if cents} == dict(own.components)
        assert debt.rank.value in (to.rank, "unknown")


def test_the_preference_of_the_tax_office_is_stated_and_not_guessed() -> None:
    """The two preferential creditors of the demo say so in a format that can."""
    preferential = [to for to in DEMO if to.rank == "preferential"]
    assert [to.slug for to in preferential] == ["rijksheffing", "gemeente-noordstad"]
    for to in preferential:
        found, _ = as_read(to, Content.STATEMENT)
        assert isinstance(found, Understood)
        assert {debt.rank.value for debt in found.statement.debts} == {"preferential"}


def test_the_bailiff_names_title_and_seizure() -> None:
    """Judgment, wage seizure and the creditor it acts for survive a Latin-1 document."""
    found, _ = as_read(profile("van-dalen"), Content.STATEMENT)
    assert isinstance(found, Understood)
    [debt] = found.statement.debts
    assert debt.title is not None
    assert (debt.title.number, debt.title.issued_on) == ("9871234 CV 25-118", date(2025, 6, 17))
    assert [seizure.kind.value for seizure in debt.seizures] == ["wage"]
    assert debt.original_creditor is not None
    assert debt.original_creditor.name == "Polderhof Autoverzekeringen N.V."


@pytest.mark.parametrize("to", [to for to in DEMO if to.format != "bare-list" and to.debts], ids=lambda to: to.slug)
def test_totals_that_do_not_add_up_are_held(to: CreditorProfile) -> None:
    """A bare list states no total, so there is nothing in it that could fail to add up."""
    found, _ = as_read(to, Content.WRONG_TOTALS)
    assert isinstance(found, Held)


@pytest.mark.parametrize("to", DEMO, ids=lambda to: to.slug)
def test_a_reply_broken_off_halfway_is_unreadable(to: CreditorProfile) -> None:
    """Garbage is refused at the door, in every format; half a table is still a table, and is held."""
    found, _ = as_read(to, Content.GARBAGE)
    assert isinstance(found, Held if to.format == "skp-csv" else Unreadable)


@pytest.mark.parametrize("to", [to for to in DEMO if to.debts], ids=lambda to: to.slug)
def test_another_total_is_another_honest_statement(to: CreditorProfile) -> None:
    """The second of two answers is as good as the first, only dearer."""
    found, _ = as_read(to, Content.OTHER_TOTALS)
    assert isinstance(found, Understood)
    assert statement_total(found.statement) == to.total_cents + 2_500


@pytest.mark.parametrize(
    "to", [to for to in DEMO if to.format != "ubl-statement"], ids=lambda to: f"{to.slug}-{to.format}"
)
def test_a_resident_who_is_not_known_is_an_answer(to: CreditorProfile) -> None:
    """In every format that can say so; a UBL statement of account cannot."""
    found, _ = as_read(to, Content.CLIENT_UNKNOWN)
    assert isinstance(found, Understood)
    assert found.statement.outcome.value == "client_unknown"


def test_a_sold_claim_names_its_new_holder() -> None:
    """Who sold it tells whom to ask."""
    found, _ = as_read(profile("krediet-direct"), Content.TRANSFERRED)
    assert isinstance(found, Understood)
    holder = found.statement.debts[0].transferred_to
    assert holder is not None
    assert (holder.name, holder.id_value) == ("Invorderhuis Oost B.V.", "99000113")


def test_a_soap_acknowledgement_is_no_answer(creditors: SimulatedCreditors) -> None:
    """The reader of the hub's format knows it, so the clock runs on."""
    to = profile("ijsselbank")
    message = a_message(to, message_id=UUID("7f1c2a90-0000-4000-8000-000000000002"))
    delivered = deliver(creditors, to, message)
    found = read(delivered.body, delivered.media_type, FORMATS[to.format], ReadContext(received_at=MONDAY))
    assert found == Acknowledgement(reference=str(message.message_id))
