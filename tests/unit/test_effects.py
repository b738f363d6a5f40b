"""What stopping does, as a pure list: nothing that was chosen goes on, nothing that was not is touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.consent.effect_words import KEPT, WORDS, say
from gateway.consent.effects import Code, Scope, effects, in_scope
from gateway.consent.erasure import Basis, CaseStands, Duty, duties, judge
from gateway.consent.flows import Flow, Mode
from gateway.consent.grants import Act, EventKind, Grant, GrantEvent
from gateway.consent.standing import Answer, Conversation, Outgoing, Permission, RunningTerm, Standing
from gateway.domain import settlement, statement_request
from gateway.domain.correspondence import Kind

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CASE = UUID(int=1)
CREDITORS = [UUID(int=100 + number) for number in range(3)]
PURPOSES = ("inventory", "proposal", "aftercare")


def _flow(purpose: str, mode: Mode) -> Flow:
    return Flow(
        purpose=purpose, legal_basis="public_task", article="art. 8", mode=mode, kinds=frozenset(Kind),
        fields_out=frozenset(), valid_days=100, max_messages=9, retention_days=365, notice="n", label_nl="n",
        label_en="n",
    )  # fmt: skip


def _grant(number: int, creditor: UUID, purpose: str, act: Act = Act.GIVEN) -> Grant:
    return Grant(
        id=UUID(int=1_000 + number), resident_id=UUID(int=2), case_id=CASE, recipient_id=creditor, purpose=purpose,
        act=act, notice="n", notice_version=1, notice_language="nl", notice_sha256="0" * 64, method="desk",
        recorded_by="x", given_at=NOW - timedelta(days=9), valid_from=NOW - timedelta(days=9),
        valid_until=NOW + timedelta(days=90),
    )  # fmt: skip


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Any case: every combination of what was said, sent, running and answered."""
    permissions, conversations, messages, terms, answers = [], [], [], [], []
    number = 0
    for creditor in CREDITORS:
        for purpose in PURPOSES:
            if not draw(st.booleans()):
                continue
            number += 1
            events = draw(
                st.lists(st.sampled_from([EventKind.USED, EventKind.PAUSED, EventKind.RESUMED, EventKind.WITHDRAWN,
                                          EventKind.REVOKED, EventKind.INVALIDATED]), max_size=3)
            )  # fmt: skip
            grant = _grant(number, creditor, purpose, draw(st.sampled_from([Act.GIVEN] * 6 + list(Act))))
            flow = draw(st.none() | st.sampled_from(list(Mode)).map(lambda mode, purpose=purpose: _flow(purpose, mode)))
            happened = tuple(GrantEvent(kind=kind, at=NOW - timedelta(days=1)) for kind in events)
            permissions.append(Permission(grant=grant, events=happened, flow=flow, objected=draw(st.booleans())))
            for turn in range(draw(st.integers(0, 2))):
                is_request = purpose == "inventory"
                states = statement_request.State if is_request else settlement.State
                one = Conversation(
                    id=UUID(int=2_000 + 10 * number + turn), case_id=CASE, kind="request" if is_request else "offer",
                    grant_id=grant.id, creditor_id=creditor, state=draw(st.sampled_from(list(states))).value,
                    proposal_id=None if is_request else UUID(int=9_000),
                    rests_on=None if is_request else UUID(int=2_000 + 10 * draw(st.integers(1, 9))),
                )  # fmt: skip
                conversations.append(one)
                for index in range(draw(st.integers(0, 2))):
                    state = draw(st.sampled_from(["queued", "sending", "delivered", "failed", "cancelled"]))
                    messages.append(
                        Outgoing(
                            id=UUID(int=one.id.int * 10 + 100_000 + index), conversation_id=one.id, grant_id=grant.id,
                            recipient_id=creditor, state=state, attempts=draw(st.integers(0, 2)),
                            kind=draw(st.sampled_from([Kind.STATEMENT_REQUEST, Kind.STOP_NOTICE])),
                        )
                    )  # fmt: skip
                if draw(st.booleans()):
                    terms.append(RunningTerm(id=UUID(int=one.id.int + 500_000), conversation_id=one.id))
                if draw(st.booleans()):
                    kind = "reply" if is_request else "answer"
                    answers.append(Answer(id=UUID(int=one.id.int + 600_000), kind=kind, conversation_id=one.id))
    return Standing(
        case_ids=(CASE,), permissions=tuple(permissions), conversations=tuple(conversations), messages=tuple(messages),
        terms=tuple(terms), answers=tuple(answers),
    )  # fmt: skip


scopes = st.builds(
    Scope, creditor_id=st.none() | st.sampled_from(CREDITORS), purpose=st.none() | st.sampled_from(PURPOSES)
)


def _apply(standing: Standing, found: tuple) -> Standing:
    """A model of what the service does with the list, written apart from it."""
    of = {code: {one.subject_id for one in found if one.code is code} for code in Code}

    def ended(one: Permission) -> Permission:
        if one.grant.id in of[Code.GRANT_ENDED]:
            return replace(one, events=(*one.events, GrantEvent(kind=EventKind.WITHDRAWN, at=NOW)))
        return replace(one, objected=one.objected or one.grant.id in of[Code.OBJECTION_RECORDED])

    return replace(
        standing,
        permissions=tuple(map(ended, standing.permissions)),
        messages=tuple(
            replace(one, state="cancelled") if one.id in of[Code.MESSAGE_CANCELLED] else one
            for one in standing.messages
        ),
        conversations=tuple(
            replace(one, state="stopped") if one.id in of[Code.CONVERSATION_STOPPED] else one
            for one in standing.conversations
        ),
        terms=tuple(one for one in standing.terms if one.id not in of[Code.TERM_ENDED]),
        answers=tuple(one for one in standing.answers if one.id not in of[Code.ANSWER_ERASED]),
    )


@given(standings(), scopes)
def test_after_stopping_nothing_of_what_was_chosen_goes_on(standing: Standing, scope: Scope) -> None:
    """I2, I14: no message waits, no conversation is open, no term runs under a permission that was ended."""
    found = effects(standing, scope, NOW)
    ended = {one.subject_id for one in found if one.code is Code.GRANT_ENDED}
    after = _apply(standing, found)
    waiting = [one for one in after.messages if one.grant_id in ended and one.state == "queued"]
    assert all(one.kind is Kind.STOP_NOTICE for one in waiting)
    mine = {one.id for one in after.conversations if one.grant_id in ended}
    assert not [one for one in after.conversations if one.id in mine and one.stops]
    stopped = {one.subject_id for one in found if one.code is Code.CONVERSATION_STOPPED}
    assert not [one for one in after.terms if one.conversation_id in stopped]


@given(standings(), scopes)
def test_what_was_not_chosen_is_not_touched(standing: Standing, scope: Scope) -> None:
    """I13: every effect is about a grant in scope (or about the plan and the case as a whole)."""
    chosen = {one.grant.id for one in in_scope(standing, scope, NOW)}
    for one in effects(standing, scope, NOW):
        assert one.grant_id in chosen or one.subject_kind in ("proposal", "case")


@given(standings(), scopes)
def test_twice_is_once(standing: Standing, scope: Scope) -> None:
    """I10: what has ended is not ended again, whatever came before."""
    assert effects(_apply(standing, effects(standing, scope, NOW)), scope, NOW) == ()


@given(standings(), scopes)
def test_whoever_may_have_received_something_is_told_to_stop(standing: Standing, scope: Scope) -> None:
    """I3: sent or unknown, and not answered for good: a stop notice, and one only."""
    found = effects(standing, scope, NOW)
    ended = {one.subject_id for one in found if one.code is Code.GRANT_ENDED}
    told = [one.subject_id for one in found if one.code is Code.STOP_NOTICE]
    assert len(told) == len(set(told))
    for one in standing.conversations:
        sent = [
            message for message in standing.messages
            if message.conversation_id == one.id and message.kind is not Kind.STOP_NOTICE
            and (message.attempts or message.state in ("sending", "delivered"))
        ]  # fmt: skip
        waits = one.stops or one.state == "undeliverable"
        assert (one.id in told) == bool(one.grant_id in ended and sent and waits)


@given(standings(), scopes)
def test_every_answer_is_judged_once_and_only_consent_alone_erases(standing: Standing, scope: Scope) -> None:
    """Art. 17: what rests on the law, on an agreement or on another flow stays, and says why."""
    found = effects(standing, scope, NOW)
    ended = {one.subject_id for one in found if one.code is Code.GRANT_ENDED}
    modes = {one.grant.id: one.flow.mode if one.flow else None for one in standing.permissions}
    judged = [one for one in found if one.code in (Code.ANSWER_ERASED, Code.ANSWER_KEPT)]
    expected = {
        answer.id for answer in standing.answers for one in standing.conversations
        if one.id == answer.conversation_id and one.grant_id in ended
    }  # fmt: skip
    assert sorted(one.subject_id for one in judged) == sorted(expected)
    for one in judged:
        if one.code is Code.ANSWER_ERASED:
            assert modes[one.grant_id] is Mode.CONSENT
        else:
            assert one.basis is not None


@given(standings(), scopes)
def test_a_statutory_flow_is_objected_to_and_goes_on(standing: Standing, scope: Scope) -> None:
    """Art. 21: no yes to take back, so nothing of it is cancelled."""
    found = effects(standing, scope, NOW)
    objected = {one.subject_id for one in found if one.code is Code.OBJECTION_RECORDED}
    assert not [one for one in found if one.grant_id in objected and one.code is not Code.OBJECTION_RECORDED]


@given(standings(), scopes)
def test_the_order_is_always_the_same(standing: Standing, scope: Scope) -> None:
    """The preview and the withdrawal are compared line by line: the order may not depend on that of the rows."""
    turned = replace(
        standing,
        permissions=standing.permissions[::-1],
        messages=standing.messages[::-1],
        conversations=standing.conversations[::-1],
        answers=standing.answers[::-1],
    )
    assert effects(turned, scope, NOW) == effects(standing, scope, NOW)


@given(standings(), scopes)
def test_every_effect_is_said_in_three_languages(standing: Standing, scope: Scope) -> None:
    """Plain words, every place filled in."""
    for one in effects(standing, scope, NOW):
        for words in say(one, "Energie BV").values():
            assert words
            assert "{" not in words


@pytest.mark.parametrize(
    ("state", "attempts", "outbox", "told"),
    [
        ("undeliverable", 3, "failed", True),
        ("undeliverable", 0, "cancelled", False),
        ("waiting", 1, "delivered", True),
        ("queued", 1, "queued", True),
        ("queued", 0, "queued", False),
        ("answered", 1, "delivered", False),
    ],
)
def test_what_may_have_arrived_counts_as_sent(state: str, attempts: int, outbox: str, told: bool) -> None:
    """Every attempt may have arrived; a stop notice that waits already is neither a sending nor cancelled."""
    grant = _grant(1, CREDITORS[0], "inventory")
    one = Conversation(
        id=UUID(int=5), case_id=CASE, kind="request", grant_id=grant.id, creditor_id=CREDITORS[0], state=state
    )
    about = {"conversation_id": one.id, "grant_id": grant.id, "recipient_id": CREDITORS[0]}
    asked = Outgoing(id=UUID(int=6), kind=Kind.STATEMENT_REQUEST, state=outbox, attempts=attempts, **about)
    notice = Outgoing(id=UUID(int=7), kind=Kind.STOP_NOTICE, state="queued", attempts=1, **about)
    standing = Standing(
        case_ids=(CASE,),
        permissions=(Permission(grant=grant, events=(), flow=_flow("inventory", Mode.INSTRUCTION)),),
        conversations=(one,),
        messages=(asked, notice),
    )
    found = effects(standing, Scope(), NOW)
    assert (Code.STOP_NOTICE in {effect.code for effect in found}) is told
    assert notice.id not in {effect.subject_id for effect in found}


def test_every_code_has_words() -> None:
    assert set(WORDS) == set(Code)
    assert set(KEPT) == set(Basis) - {Basis.STATUTORY}


@pytest.mark.parametrize(
    ("mode", "agreements", "others", "basis"),
    [
        (Mode.CONSENT, 0, 0, None),
        (Mode.INSTRUCTION, 0, 0, Basis.STATUTORY),
        (Mode.NOTIFY, 1, 1, Basis.STATUTORY),
        (Mode.CONSENT, 1, 1, Basis.AGREEMENT),
        (Mode.CONSENT, 0, 1, Basis.OTHER_FLOW),
    ],
)
def test_the_judgement_per_item(mode: Mode, agreements: int, others: int, basis: Basis | None) -> None:
    other = _flow("proposal", Mode.INSTRUCTION)
    found = judge(_flow("inventory", mode), agreements=[other] * agreements, others=[other] * others)
    assert (found.basis if found is not None else None) is basis


def test_of_several_reasons_to_keep_it_the_longest_counts() -> None:
    """Whatever the order in which the conversations were read; a flow that the register lost lasts longest of all."""
    short, long = (replace(_flow("proposal", Mode.CONSENT), retention_days=days) for days in (30, 365))
    for agreements, days in (([short, long], 365), ([long, short], 365), ([long, None], None), ([None, short], None)):
        kept = judge(_flow("inventory", Mode.CONSENT), agreements=agreements)
        assert kept is not None
        assert (kept.basis, kept.days) == (Basis.AGREEMENT, days)


def test_an_unknown_flow_is_for_a_person_to_judge() -> None:
    """The register no longer holds it: nothing is erased by guess."""
    kept = judge(None)
    assert kept is not None
    assert (kept.basis, kept.days) == (Basis.UNKNOWN_FLOW, None)


def test_edge_51_an_erasure_during_a_retention_duty_names_the_duty_and_its_last_day() -> None:
    """Open case, running statutory term, legal hold: each is named; consent alone is no duty."""
    flows = {"inventory": _flow("inventory", Mode.INSTRUCTION), "aftercare": _flow("aftercare", Mode.CONSENT)}
    closed = CaseStands(
        case_id=CASE, closed_at=NOW - timedelta(days=364), erased=False, purposes=frozenset({"inventory", "aftercare"})
    )
    [term] = duties([closed], flows, on_hold=False, now=NOW)
    assert (term.duty, term.purpose, term.until) == (Duty.TERM_RUNS, "inventory", NOW + timedelta(days=1))
    assert duties([closed], flows, on_hold=False, now=NOW + timedelta(days=1)) == ()
    assert [one.duty for one in duties([closed], flows, on_hold=True, now=NOW + timedelta(days=1))] == [Duty.LEGAL_HOLD]
    opened = replace(closed, closed_at=None)
    assert [one.duty for one in duties([opened], flows, on_hold=False, now=NOW)] == [Duty.CASE_OPEN]
    alone = replace(closed, purposes=frozenset({"aftercare"}))
    assert duties([alone], flows, on_hold=False, now=NOW) == ()
