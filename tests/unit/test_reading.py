"""Who may see what came back: one rule, the same judgement as for erasing, and it is kept so that it can be replayed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.consent.decision import Permit, Reason, Refusal, Stage, worth
from gateway.consent.effects import Code, Scope, effects
from gateway.consent.erasure import Basis
from gateway.consent.evaluation import agrees, facts_of_look
from gateway.consent.flows import Flow, Flows, Mode
from gateway.consent.grants import Act, EventKind, Grant, GrantEvent, Status
from gateway.consent.reading import Case, keeps, look
from gateway.consent.standing import Answer, Conversation, Permission, Standing
from gateway.domain.correspondence import Kind

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RESIDENT, CASE, CREDITOR = UUID(int=1), UUID(int=2), UUID(int=3)
SOMEBODY = "counsellor-organisation:4"
READS = st.sampled_from([Stage.READ, Stage.EXPORT])
HOLDS = {Status.ACTIVE, Status.USED_UP, Status.SUPERSEDED}
NEVER = {Status.INVALIDATED, Status.NOT_YET, Status.REFUSED, Status.DEFERRED, Status.UNKNOWN}


def a_flow(purpose: str, mode: Mode) -> Flow:
    return Flow(
        purpose=purpose, legal_basis="consent" if mode is Mode.CONSENT else "public_task", article=f"art. {purpose}",
        mode=mode, kinds=frozenset(Kind), fields_out=frozenset(), valid_days=100, max_messages=2, retention_days=30,
        notice="n", label_nl="n", label_en="n",
    )  # fmt: skip


def a_grant(number: int, purpose: str, act: Act = Act.GIVEN, first: int = -9, last: int = 9) -> Grant:
    return Grant(
        id=UUID(int=number), resident_id=RESIDENT, case_id=CASE, recipient_id=CREDITOR, purpose=purpose, act=act,
        notice="n", notice_version=1, notice_language="nl", notice_sha256="0", method="desk", recorded_by="x",
        given_at=NOW + first * DAY, valid_from=NOW + first * DAY, valid_until=NOW + last * DAY,
    )  # fmt: skip


def request(grant: Grant, state: str = "answered") -> Conversation:
    return Conversation(
        id=UUID(int=100), case_id=CASE, kind="request", grant_id=grant.id, creditor_id=CREDITOR, state=state
    )


def offer(grant: Grant, state: str) -> Conversation:
    return Conversation(
        id=UUID(int=200), case_id=CASE, kind="offer", grant_id=grant.id, creditor_id=CREDITOR, state=state,
        proposal_id=UUID(int=300), rests_on=UUID(int=100),
    )  # fmt: skip


def case_of(
    *conversations: Conversation,
    known: dict[UUID, tuple[Grant, tuple[GrantEvent, ...]]],
    modes: dict[str, Mode],
    closed_at: datetime | None = None,
) -> Case:
    flows = Flows(flows={purpose: a_flow(purpose, mode) for purpose, mode in modes.items()})
    return Case(resident_id=RESIDENT, conversations=conversations, known=known, flows=flows, closed_at=closed_at)


def happened(*kinds: EventKind) -> tuple[GrantEvent, ...]:
    return tuple(GrantEvent(kind=kind, at=NOW - DAY) for kind in kinds)


def reason(case: Case, *, stage: Stage = Stage.READ, actor: str = SOMEBODY, now: datetime = NOW) -> Reason | None:
    answer = look(case, UUID(int=100), stage, actor, now).answer
    return answer.reason if isinstance(answer, Refusal) else None


def simple(mode: Mode, *events: EventKind, **more: object) -> Case:
    grant = a_grant(10, "inventory")
    known = {grant.id: (grant, happened(*events))}
    return case_of(request(grant), known=known, modes={"inventory": mode}, **more)  # type: ignore[arg-type]


ENDED = [EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.PAUSED, EventKind.REVIEW_REQUIRED, EventKind.RECALLED]


@pytest.mark.parametrize("ended", ENDED)
@pytest.mark.parametrize("stage", [Stage.READ, Stage.EXPORT])
def test_on_consent_alone_the_view_is_restricted_when_the_yes_ends(ended: EventKind, stage: Stage) -> None:
    """Until it is judged or erased, nobody of staff sees what it says; on the law's basis they do."""
    code = {EventKind.REVIEW_REQUIRED: "review", EventKind.RECALLED: "template_recalled"}.get(ended, ended.value)
    assert reason(simple(Mode.CONSENT, ended), stage=stage) == Reason(code)
    assert reason(simple(Mode.INSTRUCTION, ended), stage=stage) is None
    assert reason(simple(Mode.CONSENT), stage=stage) is None


@pytest.mark.parametrize(
    "state, kept", [("accepted", True), ("deemed", True), ("refused", False), ("stopped", False), ("waiting", True)]
)
def test_an_agreement_or_a_flow_that_goes_on_keeps_what_it_was_made_from(state: str, kept: bool) -> None:
    """Consent taken back: what the agreement rests on stays to be seen, and what nothing needs does not."""
    asked, offered = a_grant(10, "inventory"), a_grant(11, "proposal")
    known = {asked.id: (asked, happened(EventKind.WITHDRAWN)), offered.id: (offered, ())}
    modes = {"inventory": Mode.CONSENT, "proposal": Mode.INSTRUCTION}
    case = case_of(request(asked), offer(offered, state), known=known, modes=modes)
    assert (reason(case) is None) is kept
    found = keeps(case, case.conversations[0], NOW)
    wanted = Basis.AGREEMENT if state in ("accepted", "deemed") else Basis.OTHER_FLOW
    assert (found.basis if found is not None else None) == (wanted if kept else None)


def test_the_term_of_the_law_ends() -> None:
    """Half-open, counted from the closing of the case; while the case is open it has not begun."""
    closed = simple(Mode.INSTRUCTION, EventKind.REVOKED, closed_at=NOW)
    assert reason(closed, now=NOW + 30 * DAY - timedelta(microseconds=1)) is None
    assert reason(closed, now=NOW + 30 * DAY) is Reason.RETENTION_OVER
    assert reason(simple(Mode.INSTRUCTION, EventKind.REVOKED), now=NOW + 5 * DAY) is None


def test_a_flow_that_the_register_lost_waits_for_a_person() -> None:
    """Kept for judging, and shown to nobody meanwhile."""
    grant = a_grant(10, "gone")
    case = case_of(request(grant), known={grant.id: (grant, ())}, modes={"inventory": Mode.INSTRUCTION})
    assert reason(case) is Reason.NO_FLOW
    found = keeps(case, case.conversations[0], NOW)
    assert found is not None
    assert found.basis is Basis.UNKNOWN_FLOW


def test_residents_see_what_is_theirs_and_nobody_elses() -> None:
    """Art. 15: whatever became of the yes; but a name that only looks like it opens nothing, and nothing is sent."""
    gone = simple(Mode.CONSENT, EventKind.WITHDRAWN)
    assert reason(gone, actor="resident") is None
    assert reason(gone, actor="resident", stage=Stage.EXPORT) is None
    assert reason(gone, actor="resident:5") is Reason.WITHDRAWN
    other = replace(gone, resident_id=UUID(int=99))
    assert reason(other, actor="resident") is Reason.WRONG_RESIDENT


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any case of one creditor: what was said, what happened, what was made of it."""
    modes = {purpose: draw(st.sampled_from(list(Mode))) for purpose in ("inventory", "proposal")}
    if draw(st.booleans()) and draw(st.booleans()):
        modes.pop("inventory")
    kinds = st.lists(st.sampled_from(list(EventKind)), max_size=3)
    acts = st.sampled_from([Act.GIVEN] * 5 + list(Act))
    spans = st.sampled_from([(-9, 9), (-9, -1), (1, 9)])
    known = {}
    for number, purpose in ((10, "inventory"), (11, "proposal")):
        first, last = draw(spans)
        grant = a_grant(number, purpose, draw(acts), first, last)
        known[grant.id] = (grant, happened(*draw(kinds)))
    conversations = [request(known[UUID(int=10)][0])]
    if draw(st.booleans()):
        state = draw(st.sampled_from(["waiting", "accepted", "refused", "stopped", "deemed", "undeliverable"]))
        conversations.append(offer(known[UUID(int=11)][0], state))
    closed_at = draw(st.sampled_from([None, NOW - 40 * DAY, NOW - 10 * DAY]))
    return case_of(*conversations, known=known, modes=modes, closed_at=closed_at)


@given(cases(), READS)
@settings(max_examples=600, deadline=None)
def test_what_is_seen_can_be_accounted_for(case: Case, stage: Stage) -> None:
    """A yes that holds, or a declared basis within its term; and never what had no ground at all."""
    found = look(case, UUID(int=100), stage, SOMEBODY, NOW)
    grant, events = case.known[UUID(int=10)]
    flow = case.flows.of("inventory")
    standing = worth(grant, events, flow, NOW)
    kept = keeps(case, case.conversations[0], NOW)
    over = (
        kept is not None
        and kept.days is not None
        and case.closed_at is not None
        and case.closed_at + kept.days * DAY <= NOW
    )
    if isinstance(found.answer, Permit):
        assert flow is not None
        assert standing not in NEVER
        declared = kept is not None and kept.basis is not Basis.UNKNOWN_FLOW and not over
        assert standing in HOLDS or declared
    elif flow is not None and not (grant.act is Act.IMPOSED and flow.mode is not Mode.NOTIFY):
        assert standing not in HOLDS
        assert standing in NEVER or kept is None or over


@given(cases(), READS, st.sampled_from([SOMEBODY, "resident"]))
@settings(max_examples=400, deadline=None)
def test_one_entry_keeps_every_decision_of_a_look_so_that_each_can_be_replayed(
    case: Case, stage: Stage, actor: str
) -> None:
    """AuthZEN evaluations: one subject, one action, one moment; a changed fact is found."""
    looked = [look(case, one.id, stage, actor, NOW) for one in case.conversations]
    facts = json.loads(json.dumps(facts_of_look(looked, NOW)))
    assert agrees(facts)
    assert facts["decision"] == all(isinstance(one.answer, Permit) for one in looked)
    assert len(facts["evaluations"]) == len(looked)
    facts["evaluations"][0]["decision"] = not facts["evaluations"][0]["decision"]
    assert not agrees(facts)


@given(cases())
@settings(max_examples=400, deadline=None)
def test_what_a_withdrawal_keeps_may_be_seen_and_what_it_erases_may_not(case: Case) -> None:
    """The preview of stopping and the gate of reading never disagree about one answer."""
    grant, events = case.known[UUID(int=10)]
    permissions = tuple(
        Permission(grant=one, events=told, flow=case.flows.of(one.purpose)) for one, told in case.known.values()
    )
    answer = Answer(id=UUID(int=900), kind="reply", conversation_id=UUID(int=100))
    standing = Standing(
        case_ids=(CASE,), permissions=permissions, conversations=tuple(case.conversations), answers=(answer,)
    )
    judged = {one.code for one in effects(standing, Scope(grant_id=grant.id), NOW)} & {
        Code.ANSWER_KEPT,
        Code.ANSWER_ERASED,
    }
    if not judged:
        return
    after = {**case.known, grant.id: (grant, (*events, GrantEvent(kind=EventKind.WITHDRAWN, at=NOW)))}
    then = replace(case, known=after, closed_at=None)
    kept = keeps(then, then.conversations[0], NOW)
    proposal, told = case.known[UUID(int=11)]
    if worth(proposal, told, case.flows.of("proposal"), NOW) in HOLDS:
        assert (kept is not None) is (judged == {Code.ANSWER_KEPT})
    if judged == {Code.ANSWER_ERASED}:
        assert reason(then) is not None
