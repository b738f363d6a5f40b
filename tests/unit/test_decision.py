"""May this flow happen, now? Deny by default, a reason for every no, and nothing else that can say yes."""

from __future__ import annotations

import ast
import hashlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.consent.decision import RESIDENT as RESIDENT_LOOKS
from gateway.consent.decision import Ask, Permit, Reason, Refusal, Stage, bounded, decide, worth
from gateway.consent.erasure import Basis
from gateway.consent.flows import Flow, Frequency, Mode
from gateway.consent.grants import Act, EventKind, Grant, GrantEvent, Status, status
from gateway.courier import Courier, CourierPolicy, Envelope, PermitMismatch
from gateway.domain.correspondence import Kind

GATEWAY = Path(__file__).parents[2] / "gateway"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RESIDENT, CREDITOR, SOMEBODY_ELSE, MESSAGE = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
DIGEST = hashlib.sha256(b"the very bytes").hexdigest()

FLOW = Flow(
    purpose="inventory",
    legal_basis="public_task",
    article="art. 6(1)(e) AVG",
    mode=Mode.INSTRUCTION,
    kinds=frozenset({Kind.STATEMENT_REQUEST, Kind.STATEMENT_REMINDER, Kind.STOP_NOTICE}),
    fields_out=frozenset({"resident.surname", "resident.birth_date", "resident.bsn", "references"}),
    valid_days=120,
    max_messages=3,
    retention_days=365,
    notice="inventory",
    label_nl="Vragen hoeveel u nog moet betalen",
    label_en="Asking how much you still owe",
)
GRANT = Grant(
    id=UUID(int=9),
    resident_id=RESIDENT,
    case_id=UUID(int=8),
    recipient_id=CREDITOR,
    purpose="inventory",
    act=Act.GIVEN,
    notice="inventory",
    notice_version=1,
    notice_language="nl",
    notice_sha256="0" * 64,
    method="desk",
    recorded_by="counsellor",
    given_at=NOW - HOUR,
    valid_from=NOW - HOUR,
    valid_until=NOW + HOUR,
)
ASK = Ask(
    stage=Stage.SEND,
    message_id=MESSAGE,
    kind=Kind.STATEMENT_REQUEST,
    resident_id=RESIDENT,
    recipient_id=CREDITOR,
    fields=frozenset({"resident.surname", "resident.birth_date"}),
    digest=DIGEST,
)


def after(*kinds: EventKind, at: datetime = NOW) -> tuple[GrantEvent, ...]:
    return tuple(GrantEvent(kind=kind, at=at) for kind in kinds)


def reason_of(answer: Permit | Refusal) -> Reason | None:
    return answer.reason if isinstance(answer, Refusal) else None


def test_a_yes_is_a_permit_for_exactly_what_was_asked() -> None:
    """Stage, message, grant, instant and the digest of the very bytes are in it."""
    assert decide(ASK, FLOW, GRANT, (), NOW) == Permit(
        stage=Stage.SEND, message_id=MESSAGE, grant_id=GRANT.id, digest=DIGEST, decided_at=NOW
    )


NOES: dict[Reason, dict[str, Any]] = {
    Reason.NO_FLOW: {"flow": None},
    Reason.NO_GRANT: {"grant": None},
    Reason.REFUSED: {"grant": replace(GRANT, act=Act.REFUSED)},
    Reason.DEFERRED: {"grant": replace(GRANT, act=Act.DEFERRED)},
    Reason.NOT_YET: {"grant": replace(GRANT, valid_from=NOW + timedelta(microseconds=1))},
    Reason.EXPIRED: {"grant": replace(GRANT, valid_until=NOW)},
    Reason.WITHDRAWN: {"events": after(EventKind.WITHDRAWN)},
    Reason.REVOKED: {"events": after(EventKind.REVOKED)},
    Reason.INVALIDATED: {"events": after(EventKind.INVALIDATED)},
    Reason.PAUSED: {"events": after(EventKind.PAUSED)},
    Reason.USED_UP: {"events": after(*[EventKind.USED] * 3)},
    Reason.UNKNOWN: {"grant": replace(GRANT, act=Act.UNKNOWN)},
    Reason.SUPERSEDED: {"events": after(EventKind.SUPERSEDED)},
    Reason.TEMPLATE_RECALLED: {"events": after(EventKind.RECALLED)},
    Reason.REVIEW: {"events": after(EventKind.REVIEW_REQUIRED)},
    Reason.AUTHORITY: {"grant": replace(GRANT, mandate_id=UUID(int=7), authority_until=NOW)},
    Reason.TOO_OFTEN: {
        "flow": replace(FLOW, frequency=Frequency(messages=2, days=7)),
        "events": after(*[EventKind.USED] * 2),
    },
    Reason.BASIS_CHANGED: {"grant": replace(GRANT, legal_basis="consent")},
    Reason.WRONG_RECIPIENT: {"ask": replace(ASK, recipient_id=SOMEBODY_ELSE)},
    Reason.WRONG_RESIDENT: {"ask": replace(ASK, resident_id=SOMEBODY_ELSE)},
    Reason.KIND_NOT_IN_FLOW: {"ask": replace(ASK, kind=Kind.PROPOSAL)},
    Reason.FIELD_NOT_GRANTED: {"ask": replace(ASK, fields=ASK.fields | {"resident.town"})},
    Reason.BSN_NOT_ENTITLED: {"ask": replace(ASK, fields=ASK.fields | {"resident.bsn"})},
    Reason.TOO_FAR_BACK: {"ask": replace(ASK, since=NOW.date() - timedelta(days=1))},
    Reason.OTHER_FLOW: {
        "ask": replace(ASK, sector="municipality"),
        "flow": replace(FLOW, closed_to=frozenset({"municipality"})),
    },
    Reason.NOT_STATUTORY: {"grant": replace(GRANT, act=Act.IMPOSED)},
    Reason.RETENTION_OVER: {
        "ask": replace(ASK, stage=Stage.READ, kept=Basis.STATUTORY, kept_until=NOW),
        "events": after(EventKind.WITHDRAWN),
    },
}


def decided(
    *, ask: Ask = ASK, flow: Flow | None = FLOW, grant: Grant | None = GRANT, events: tuple[GrantEvent, ...] = ()
) -> Permit | Refusal:
    return decide(ask, flow, grant, events, NOW)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_for_a_no_can_be_reached(reason: Reason) -> None:
    """One thing is wrong with an otherwise good ask, and the refusal names that thing and the grant."""
    answer = decided(**NOES[reason])
    assert answer == Refusal(
        stage=NOES[reason].get("ask", ASK).stage,
        message_id=MESSAGE,
        reason=reason,
        grant_id=None if reason is Reason.NO_GRANT else GRANT.id,
    )


MILDER = {Reason.USED_UP, Reason.SUPERSEDED, Reason.TOO_OFTEN}  # these bound what leaves, not what comes back
OF_READING = {Reason.RETENTION_OVER}


@pytest.mark.parametrize("stage", [Stage.ASK, Stage.SEND, Stage.RECEIVE])
@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in MILDER | OF_READING])
def test_the_question_is_as_strict_at_all_three_instants(reason: Reason, stage: Stage) -> None:
    """Asked, sent, received: what is a no at one is a no at each (promise 1)."""
    change = NOES[reason]
    ask = replace(change.get("ask", ASK), stage=stage)
    assert reason_of(decided(**{**change, "ask": ask})) is reason


def test_a_grant_for_another_purpose_never_takes_over() -> None:
    """A yes to a proposal is no yes to an inventory, with the same creditor and the same resident."""
    assert reason_of(decided(grant=replace(GRANT, purpose="proposal"))) is Reason.KIND_NOT_IN_FLOW


def test_receiving_an_answer_uses_up_nothing() -> None:
    """The last message that a yes covers may still be answered; another one may not leave."""
    used = after(*[EventKind.USED] * 3)
    assert isinstance(decided(ask=replace(ASK, stage=Stage.RECEIVE, fields=frozenset()), events=used), Permit)
    assert reason_of(decided(ask=replace(ASK, stage=Stage.ASK), events=used)) is Reason.USED_UP


def test_what_is_on_record_has_happened_even_when_this_clock_runs_behind() -> None:
    """A withdrawal recorded by a machine whose clock is ahead stops the sending all the same (promise 1)."""
    ahead = NOW + timedelta(seconds=3)
    assert reason_of(decided(events=after(EventKind.WITHDRAWN, at=ahead))) is Reason.WITHDRAWN
    assert reason_of(decided(events=after(EventKind.PAUSED, at=ahead))) is Reason.PAUSED


# Fields and the BSN.

fields = st.frozensets(st.sampled_from([*sorted(FLOW.fields_out), "resident.town", "offer", "resident.iban"]))


@given(fields, st.booleans())
@settings(max_examples=300, deadline=None)
def test_only_a_subset_of_the_fields_in_the_register_leaves(asked: frozenset[str], entitled: bool) -> None:
    """Sent is within granted, and one field too many stops the whole message."""
    answer = decided(ask=replace(ASK, fields=asked, bsn_entitled=entitled))
    if isinstance(answer, Permit):
        assert asked <= FLOW.fields_out
        assert entitled or "resident.bsn" not in asked
    else:
        assert asked - FLOW.fields_out or "resident.bsn" in asked


def test_the_bsn_goes_to_whom_a_law_entitles_and_to_nobody_else() -> None:
    """Consent cannot entitle anybody to it, whatever the grant and the register say (art. 46 UAVG)."""
    ask = replace(ASK, fields=frozenset({"resident.bsn"}))
    assert reason_of(decided(ask=ask)) is Reason.BSN_NOT_ENTITLED
    assert isinstance(decided(ask=replace(ask, bsn_entitled=True)), Permit)
    without = replace(FLOW, fields_out=FLOW.fields_out - {"resident.bsn"})
    assert reason_of(decided(ask=replace(ask, bsn_entitled=True), flow=without)) is Reason.FIELD_NOT_GRANTED


# The stop notice.

STOP = replace(ASK, kind=Kind.STOP_NOTICE, fields=frozenset({"references"}))
ENDINGS = [Reason.EXPIRED, Reason.WITHDRAWN, Reason.REVOKED, Reason.INVALIDATED, Reason.PAUSED, Reason.USED_UP]


@pytest.mark.parametrize("reason", ENDINGS)
def test_a_stop_notice_still_goes_out_when_the_permission_ended(reason: Reason) -> None:
    """It exists because of the ending (art. 19 GDPR), with a reference or with nothing at all."""
    assert isinstance(decided(**NOES[reason], ask=STOP), Permit)
    assert isinstance(decided(**NOES[reason], ask=replace(STOP, fields=frozenset())), Permit)


@pytest.mark.parametrize("reason", ENDINGS)
def test_a_stop_notice_carries_references_only(reason: Reason) -> None:
    """A name on it would be a message that the resident just forbade."""
    named = replace(STOP, fields=frozenset({"references", "resident.surname"}))
    assert reason_of(decided(**NOES[reason], ask=named)) is reason


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.DEFERRED, Reason.NOT_YET, Reason.NO_GRANT, Reason.NO_FLOW])
def test_where_nothing_ever_went_out_there_is_nothing_to_stop(reason: Reason) -> None:
    """A no means silence towards this creditor, also about the no."""
    assert reason_of(decided(**NOES[reason], ask=STOP)) is reason


def test_a_stop_notice_goes_to_no_one_else() -> None:
    """It is the exception to the status of a grant and to nothing besides."""
    gone = after(EventKind.WITHDRAWN)
    assert reason_of(decided(ask=replace(STOP, recipient_id=SOMEBODY_ELSE), events=gone)) is Reason.WRONG_RECIPIENT
    assert reason_of(decided(ask=replace(STOP, resident_id=SOMEBODY_ELSE), events=gone)) is Reason.WRONG_RESIDENT


# Over everything that can be asked at once.

asks = st.builds(
    Ask,
    stage=st.sampled_from(list(Stage)),
    message_id=st.just(MESSAGE),
    kind=st.sampled_from(list(Kind)),
    resident_id=st.sampled_from([RESIDENT, RESIDENT, SOMEBODY_ELSE]),
    recipient_id=st.sampled_from([CREDITOR, CREDITOR, SOMEBODY_ELSE]),
    fields=fields,
    digest=st.sampled_from(["", DIGEST]),
    bsn_entitled=st.booleans(),
    sector=st.sampled_from([None, "energy", "municipality"]),
    since=st.none() | st.dates(NOW.date() - timedelta(days=3), NOW.date()),
    asked_on=st.none() | st.dates(NOW.date() - timedelta(days=3), NOW.date()),
    kept=st.none() | st.sampled_from(list(Basis)),
    kept_until=st.sampled_from([None, NOW, NOW + HOUR]),
    actor=st.sampled_from(["gateway", "counsellor-organisation:1", RESIDENT_LOOKS]),
)
grants = st.builds(
    lambda act, purpose, first, last: replace(
        GRANT, act=act, purpose=purpose, valid_from=NOW + first * HOUR, valid_until=NOW + last * HOUR
    ),
    st.sampled_from([Act.GIVEN, *Act]),
    st.sampled_from(["inventory", "inventory", "proposal"]),
    st.integers(-3, 1),
    st.integers(-1, 3),
)
histories = st.lists(st.builds(GrantEvent, kind=st.sampled_from(list(EventKind)), at=st.just(NOW - HOUR)), max_size=4)


@given(asks, st.one_of(st.none(), grants), st.sampled_from([None, FLOW, FLOW]), histories)
@settings(max_examples=1500, deadline=None)
def test_a_permit_means_that_every_condition_held(
    ask: Ask, grant: Grant | None, flow: Flow | None, events: list[GrantEvent]
) -> None:
    """Deny by default: whatever is asked, a yes can be accounted for line by line."""
    answer = decide(ask, flow, grant, events, NOW)
    assert (answer.stage, answer.message_id) == (ask.stage, ask.message_id)
    if isinstance(answer, Refusal):
        assert answer.grant_id == (grant.id if grant else None)
        return
    assert grant is not None
    assert grant.resident_id == ask.resident_id
    if ask.stage in (Stage.READ, Stage.EXPORT) and ask.actor == RESIDENT_LOOKS:
        return  # what is about somebody, they may see (art. 15)
    assert flow is not None
    assert grant.recipient_id == ask.recipient_id
    assert grant.purpose == flow.purpose
    assert ask.kind in flow.kinds
    assert ask.fields <= flow.fields_out
    assert (answer.grant_id, answer.digest, answer.decided_at) == (grant.id, ask.digest, NOW)
    standing = status(grant, events, NOW, max_messages=flow.max_messages)
    if standing is not Status.ACTIVE:
        assert (
            (standing in (Status.USED_UP, Status.SUPERSEDED) and ask.stage is Stage.RECEIVE)
            or (ask.kind is Kind.STOP_NOTICE and ask.fields <= {"references"})
            or (ask.stage in (Stage.READ, Stage.EXPORT) and standing in SEEN_ON_STATUTE)
        )
    if ask.stage not in (Stage.READ, Stage.EXPORT) and ask.kind is not Kind.STOP_NOTICE:
        assert ask.since is None or ask.since >= (ask.asked_on or NOW.date())
    if grant.act is Act.IMPOSED:
        assert flow.mode is Mode.NOTIFY


# Reading and taking along.

SEEN_ON_STATUTE = {
    Status.USED_UP, Status.SUPERSEDED, Status.EXPIRED, Status.WITHDRAWN, Status.REVOKED, Status.PAUSED, Status.REVIEW,
    Status.AUTHORITY, Status.TEMPLATE_RECALLED,
}  # fmt: skip
ON_CONSENT = replace(FLOW, mode=Mode.CONSENT, legal_basis="consent", article="art. 6(1)(a) AVG")


@pytest.mark.parametrize("stage", [Stage.READ, Stage.EXPORT])
@pytest.mark.parametrize("reason", [Reason(one.value) for one in SEEN_ON_STATUTE - {Status.USED_UP, Status.SUPERSEDED}])
def test_what_came_in_on_a_statutory_basis_may_still_be_seen_and_on_consent_not(reason: Reason, stage: Stage) -> None:
    """What was lawful stays lawful; but where consent was the only ground, the ground is gone."""
    change = {"ask": replace(ASK, stage=stage, fields=frozenset()), **NOES[reason]}
    assert isinstance(decided(**change), Permit)
    assert reason_of(decided(**{**change, "flow": ON_CONSENT})) is reason


@pytest.mark.parametrize("stage", [Stage.READ, Stage.EXPORT])
@pytest.mark.parametrize(
    "reason", [Reason.INVALIDATED, Reason.REFUSED, Reason.UNKNOWN, Reason.NOT_YET, Reason.NO_GRANT]
)
def test_what_never_had_a_ground_is_seen_by_nobody(reason: Reason, stage: Stage) -> None:
    """Neither on consent nor on a statute."""
    change = {"ask": replace(ASK, stage=stage, fields=frozenset()), **NOES[reason]}
    assert reason_of(decided(**change)) is reason
    assert reason_of(decided(**{**change, "flow": ON_CONSENT})) is reason


# The strictest bound wins.


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 9), st.one_of(st.none(), st.integers(1, 9)))
@settings(max_examples=200, deadline=None)
def test_the_strictest_cap_wins(flow_days: int, granted_days: int, flow_cap: int, granted_cap: int | None) -> None:
    """I26: lowered in the register it holds at once, raised it gives nobody more."""
    day = timedelta(days=1)
    grant = replace(GRANT, valid_until=GRANT.given_at + granted_days * day, max_messages=granted_cap)
    flow = replace(FLOW, valid_days=flow_days, max_messages=flow_cap)
    strict = bounded(grant, flow)
    assert strict.valid_until == GRANT.given_at + min(flow_days, granted_days) * day
    assert strict.max_messages == min(flow_cap, granted_cap or flow_cap)
    last = strict.valid_until - timedelta(microseconds=1)
    assert worth(grant, (), flow, last) is Status.ACTIVE
    assert worth(grant, (), flow, strict.valid_until) is Status.EXPIRED
    assert worth(grant, (), None, NOW) is not Status.ACTIVE, "without its flow nothing runs"


def test_a_second_attempt_is_not_a_second_use() -> None:
    """The last message that a yes covers may be tried again; the next one may not leave."""
    used = after(*[EventKind.USED] * 3)
    assert isinstance(decided(ask=replace(ASK, counted=True), events=used), Permit)
    assert reason_of(decided(events=used)) is Reason.USED_UP
    pace = replace(FLOW, frequency=Frequency(messages=1, days=7))
    once = after(EventKind.USED)
    assert isinstance(decided(ask=replace(ASK, counted=True), flow=pace, events=once), Permit)
    assert reason_of(decided(flow=pace, events=once)) is Reason.TOO_OFTEN
    long_ago = after(EventKind.USED, at=NOW - timedelta(days=7))
    assert isinstance(decided(flow=pace, events=long_ago), Permit)


def test_a_register_that_widens_widens_nothing_for_who_said_yes_before() -> None:
    """I6: what was not shown then is not sent now."""
    narrow = replace(GRANT, fields_out=("resident.surname",))
    assert reason_of(decided(grant=narrow)) is Reason.FIELD_NOT_GRANTED
    assert isinstance(decided(grant=narrow, ask=replace(ASK, fields=frozenset({"resident.surname"}))), Permit)


# Nothing else says yes.


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(GATEWAY.rglob("*.py")):
        yield path.relative_to(GATEWAY.parent), ast.parse(path.read_text(encoding="utf-8"))


def makes_a_permit(node: ast.AST) -> bool:
    """A call of Permit, by name, through a module, or past the constructor; or a class that looks like one."""
    if isinstance(node, ast.ClassDef):
        return node.name == "Permit"
    if isinstance(node, ast.ImportFrom | ast.Import):
        return any(name.name == "Permit" and name.asname not in (None, "Permit") for name in node.names)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Permit":
        return True  # Permit.__new__ and the like
    if not isinstance(node, ast.Call):
        return False
    words = {getattr(node.func, "id", None), getattr(node.func, "attr", None)}
    about_permits = {getattr(part, "id", getattr(part, "attr", "")) for part in node.args}
    makers = {"replace", "__new__", "construct", "partial"}
    return "Permit" in words or bool(words & makers and about_permits & {"Permit", "permit"})


def test_nothing_but_the_decision_makes_a_permit() -> None:
    """A permit is proof that the question was asked; whoever could make one could skip the question."""
    makers = {str(path) for path, tree in modules() if any(makes_a_permit(node) for node in ast.walk(tree))}
    assert makers == {"gateway/consent/decision.py"}


@pytest.mark.parametrize(
    "forged",
    [
        "Permit(stage=1)",
        "decision.Permit(stage=1)",
        "from gateway.consent.decision import Permit as Yes",
        "class Permit: pass",
        "replace(permit, digest='')",
        "object.__new__(Permit)",
        "Permit.__new__(Permit)",
    ],
)
def test_the_search_for_forgeries_finds_them(forged: str) -> None:
    """A guard that sees nothing guards nothing."""
    assert any(makes_a_permit(node) for node in ast.walk(ast.parse(forged)))


def test_only_the_delivery_lets_the_courier_send() -> None:
    """One place in the whole house calls `courier.send`, and it holds the answer of the gate."""
    senders = {
        str(path)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "send"
        and ast.unparse(node.func.value).rpartition(".")[2] == "courier"
    }
    assert senders == {"gateway/services/deliver.py"}


BODY = b"the very bytes"
PERMIT = Permit(stage=Stage.SEND, message_id=MESSAGE, grant_id=GRANT.id, digest=DIGEST, decided_at=NOW)


@pytest.mark.parametrize(
    "instead",
    [
        None,
        True,
        Refusal(stage=Stage.SEND, message_id=MESSAGE, reason=Reason.WITHDRAWN, grant_id=GRANT.id),
        replace(PERMIT, stage=Stage.ASK),
        replace(PERMIT, stage=Stage.RECEIVE),
        replace(PERMIT, message_id=UUID(int=5)),
        replace(PERMIT, digest=""),
        replace(PERMIT, digest="0" * 64),
    ],
    ids=["nothing", "true", "refusal", "to ask", "to receive", "another message", "no digest", "other bytes"],
)
def test_without_its_permit_the_courier_opens_no_socket(monkeypatch: pytest.MonkeyPatch, instead: Any) -> None:
    """A permit for sending exactly these bytes under this id, or nothing leaves (promise 1)."""

    def unreachable(*_: Any, **__: Any) -> Any:
        raise AssertionError("nothing may be looked up or connected to")

    monkeypatch.setattr(socket, "socket", unreachable)
    envelope = Envelope(
        message_id=MESSAGE,
        channel="rest_json",
        url="https://creditor.example/in",
        body=BODY,
        media_type="application/json",
        headers={},
        digest=DIGEST,
    )
    with pytest.raises(PermitMismatch):
        Courier(CourierPolicy(), resolver=unreachable).send(envelope, instead)
