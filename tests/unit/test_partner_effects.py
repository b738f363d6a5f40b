"""Partners with joint debts, as pure rules: what the one does never touches, names or betrays anything of the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.consent.effects import Code, Scope, effects, effects_on_partners, in_scope
from gateway.consent.grants import EventKind, GrantEvent
from gateway.consent.partners import (
    CONFIDENTIAL,
    Certainty,
    Link,
    LinkEvent,
    Partner,
    SharedCreditor,
    Step,
    certainty,
)
from gateway.consent.standing import Standing
from gateway.documents.seen_words import SHOWN
from gateway.domain.statement import Debt, Statement
from gateway.domain.statement.codes import JointKind, Outcome
from gateway.domain.statement.liability import others_are_bound
from gateway.domain.statement.parts import JointLiability
from gateway.services.withdrawal_book import partner_entries
from gateway.storage.grants import JOURNAL_KINDS
from tests.unit.test_effects import CREDITORS, NOW, scopes, standings

PARTNER = UUID(int=70_000)
PARTNERS_CASES = [UUID(int=80_000), UUID(int=80_001)]
PARTNERS_PROPOSALS = [UUID(int=90_000 + number) for number in range(4)]
SAID = st.sampled_from([True, False, None])
ABOUT_PARTNERS = (Code.PARTNER_TOLD, Code.PARTNER_NOT_TOLD)

shared_creditors = st.builds(
    SharedCreditor,
    creditor_id=st.sampled_from([*CREDITORS, UUID(int=199)]),
    case_id=st.sampled_from(PARTNERS_CASES),
    others_bound=SAID,
    pending=st.lists(st.sampled_from(PARTNERS_PROPOSALS), max_size=2, unique=True).map(tuple),
)
partners = st.builds(
    Partner,
    resident_id=st.just(PARTNER),
    unsafe=st.booleans(),
    spoken_of=st.booleans(),
    shared=st.lists(shared_creditors, max_size=4, unique_by=lambda one: (one.creditor_id, one.case_id)).map(tuple),
)


@st.composite
def linked(draw: st.DrawFn) -> Standing:
    """Any case of a resident who has a partner."""
    bound = draw(st.dictionaries(st.sampled_from(CREDITORS), SAID))
    return replace(draw(standings()), partners=(draw(partners),), others_bound=bound)


def _ids_of(standing: Standing) -> set[UUID]:
    """Every id that is the resident's own."""
    return {
        *standing.case_ids,
        *(known.grant.id for known in standing.permissions),
        *(known.grant.resident_id for known in standing.permissions),
        *(one.id for one in (*standing.messages, *standing.conversations, *standing.terms, *standing.answers)),
        *(one.proposal_id for one in standing.conversations if one.proposal_id is not None),
    }


@given(linked(), scopes)
def test_i13_a_partner_changes_nothing_of_what_stopping_does_to_oneself(standing: Standing, scope: Scope) -> None:
    """The list is that of somebody without a partner, with at most one line more: whether the partner hears of it."""
    found = effects(standing, scope, NOW)
    assert tuple(one for one in found if one.code not in ABOUT_PARTNERS) == effects(
        replace(standing, partners=()), scope, NOW
    )
    assert sum(one.code in ABOUT_PARTNERS for one in found) <= 1


@given(linked(), scopes)
def test_i13_nothing_that_follows_is_an_event_of_a_partners_grant(standing: Standing, scope: Scope) -> None:
    """Status and decision are functions of a grant's own events: those of the partner stay what they were."""
    for entry in partner_entries(effects_on_partners(standing, effects(standing, scope, NOW))):
        assert entry.grant_id is None
        assert entry.kind not in JOURNAL_KINDS


@given(linked(), scopes)
def test_i21_an_entry_about_a_partner_names_the_partner_and_nobody_else(standing: Standing, scope: Scope) -> None:
    """Neither who stopped, nor anything of theirs, nor that it was a person who did something."""
    mine = _ids_of(standing)
    theirs = {PARTNER, *PARTNERS_CASES, *PARTNERS_PROPOSALS}
    for entry in partner_entries(effects_on_partners(standing, effects(standing, scope, NOW))):
        assert entry.resident_id == PARTNER
        assert entry.actor == "gateway"
        assert {one for one in (entry.case_id, entry.subject_id) if one is not None} <= theirs
        assert not any(str(one) in str(entry) for one in mine)
        assert (entry.kind in SHOWN) is (entry.kind not in CONFIDENTIAL)


@given(linked(), scopes)
def test_the_sentence_to_a_partner_says_not_who_with_whom_or_why(standing: Standing, scope: Scope) -> None:
    """It is the only entry that a partner can see, it comes once, and every one of them is alike."""
    entries = partner_entries(effects_on_partners(standing, effects(standing, scope, NOW)))
    shown = [entry for entry in entries if entry.kind in SHOWN]
    assert len(shown) <= 1
    for entry in shown:
        assert (entry.case_id, entry.participant_id, entry.grant_id, dict(entry.facts)) == (None, None, None, {})
        assert not any("{" in words for words in SHOWN[entry.kind])


@given(linked(), scopes)
def test_edge_40_along_an_unsafe_link_a_partner_sees_nothing(standing: Standing, scope: Scope) -> None:
    """The counsellor hears, and hears to keep silent; the resident who stops is told that the partner is not told."""
    unsafe = replace(standing, partners=tuple(replace(one, unsafe=True) for one in standing.partners))
    found = effects(unsafe, scope, NOW)
    following = effects_on_partners(unsafe, found)
    assert {entry.kind for entry in partner_entries(following)} <= CONFIDENTIAL
    assert all(one.silent for one in following if one.step is Step.COUNSELLOR_TOLD)
    assert Code.PARTNER_TOLD not in {one.code for one in found}


@given(linked(), scopes)
def test_i12_what_a_resident_hears_about_the_partner_is_what_happens(standing: Standing, scope: Scope) -> None:
    """ "Gets a neutral message" and "gets none" are both true, whatever else is on record."""
    found = effects(standing, scope, NOW)
    told = Step.NOTICE in {one.step for one in effects_on_partners(standing, found)}
    said = {one.code for one in found}
    assert (Code.PARTNER_TOLD in said) is told
    assert not (Code.PARTNER_NOT_TOLD in said and told)


@given(linked(), scopes)
def test_what_a_resident_hears_gives_nothing_of_the_partner_away(standing: Standing, scope: Scope) -> None:
    """Unless a message goes, the line is the same whatever the partner has or said; a secret link makes none."""
    silent = [replace(one, shared=()) for one in standing.partners]
    found = [one.code for one in effects(standing, scope, NOW) if one.code in ABOUT_PARTNERS]
    bare = [
        one.code for one in effects(replace(standing, partners=tuple(silent)), scope, NOW) if one.code in ABOUT_PARTNERS
    ]
    assert found == bare or found == [Code.PARTNER_TOLD]
    secret = replace(standing, partners=tuple(replace(one, unsafe=True, spoken_of=False) for one in standing.partners))
    assert not [one for one in effects(secret, scope, NOW) if one.code in ABOUT_PARTNERS]


@given(linked(), scopes)
def test_what_follows_for_a_partner_read_aloud(standing: Standing, scope: Scope) -> None:
    """A second reading: told for every creditor that may share the debt; recut and a sentence where it surely does."""
    found = effects(standing, scope, NOW)
    ended = {one.creditor_id for one in found if one.code is Code.GRANT_ENDED}
    counsellor, recut, sentence = set(), set(), False
    for partner in standing.partners:
        for one in partner.shared:
            words = (standing.others_bound.get(one.creditor_id), one.others_bound)
            if one.creditor_id not in ended or (False in words and True not in words):
                continue
            counsellor.add((one.case_id, one.creditor_id))
            if True in words and False not in words:
                recut |= set(one.pending)
                sentence = sentence or not partner.unsafe
    following = effects_on_partners(standing, found)
    assert len(following) == len(set(following))
    told = [one for one in following if one.step is Step.COUNSELLOR_TOLD]
    assert {(one.case_id, one.creditor_id) for one in told} == counsellor
    assert {one.subject_id for one in following if one.step is Step.MUST_BE_RECUT} == recut
    assert any(one.step is Step.NOTICE for one in following) is sentence


@given(linked(), scopes)
def test_while_it_may_be_put_right_only_the_counsellor_hears(standing: Standing, scope: Scope) -> None:
    """A pause, for instance because nobody is certain who was speaking."""
    following = effects_on_partners(standing, effects(standing, scope, NOW), final=False)
    assert {one.step for one in following} <= {Step.COUNSELLOR_TOLD}


@given(linked(), scopes)
def test_i10_stopping_twice_tells_a_partner_once(standing: Standing, scope: Scope) -> None:
    """What was ended is not ended again, so nothing follows from it again."""
    ended = {one.subject_id for one in effects(standing, scope, NOW) if one.code is Code.GRANT_ENDED}
    objected = {known.grant.id for known in in_scope(standing, scope, NOW)} - ended
    after = replace(
        standing,
        permissions=tuple(
            replace(
                known,
                events=(*known.events, *[GrantEvent(kind=EventKind.WITHDRAWN, at=NOW)] * (known.grant.id in ended)),
                objected=known.objected or known.grant.id in objected,
            )
            for known in standing.permissions
        ),
    )
    assert effects_on_partners(after, effects(after, scope, NOW)) == ()


@given(linked(), scopes)
def test_the_order_is_always_the_same(standing: Standing, scope: Scope) -> None:
    """What follows does not depend on the order in which rows were read."""
    turned = replace(standing, partners=tuple(replace(one, shared=one.shared[::-1]) for one in standing.partners))
    found = effects(standing, scope, NOW)
    assert effects_on_partners(turned, found) == effects_on_partners(standing, found)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (True, True, Certainty.JOINT),
        (True, None, Certainty.JOINT),
        (None, True, Certainty.JOINT),
        (True, False, Certainty.POSSIBLY),
        (False, True, Certainty.POSSIBLY),
        (None, None, Certainty.POSSIBLY),
        (False, None, None),
        (None, False, None),
        (False, False, None),
    ],
)
def test_how_sure_it_is_that_two_claims_are_one_debt(
    mine: bool | None, theirs: bool | None, expected: Certainty | None
) -> None:
    assert certainty(mine, theirs) is expected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([JointKind.JOINT_SEVERAL], True),
        ([JointKind.PARTNER], True),
        ([None, JointKind.GUARANTOR], True),
        ([JointKind.NONE, JointKind.JOINT_SEVERAL], True),
        ([JointKind.NONE], False),
        ([JointKind.NONE, None], None),
        ([None], None),
        ([], None),
    ],
)
def test_whether_a_creditor_says_that_others_are_bound(kinds: list[JointKind | None], expected: bool | None) -> None:
    """Not said is not no; one joint debt among several is enough."""
    debts = tuple(
        Debt(reference=str(number), joint_liability=JointLiability(kind=kind) if kind is not None else None)
        for number, kind in enumerate(kinds)
    )
    found = Statement(outcome=Outcome.STATEMENT, received_at=datetime(2026, 5, 1, tzinfo=UTC), debts=debts)
    assert others_are_bound(found) is expected
    assert others_are_bound(replace(found, outcome=Outcome.NIL, debts=())) is False


_EVENTS = st.lists(
    st.sampled_from([LinkEvent.MARKED_UNSAFE, LinkEvent.MARKED_SAFE, LinkEvent.ENDED, LinkEvent.ENDED_IN_CONFIDENCE]),
    max_size=6,
)


@given(st.sampled_from([LinkEvent.RECORDED, LinkEvent.RECORDED_IN_CONFIDENCE]), _EVENTS, st.booleans())
def test_a_link_is_what_its_events_say(first: LinkEvent, later: list[LinkEvent], closed: bool) -> None:
    """Ended is ended; of "unsafe" the last word counts; what was secret from the start stays unspoken while it is."""
    link = Link(
        id=UUID(int=1), first_id=UUID(int=2), second_id=UUID(int=3), recorded_by=UUID(int=4), recorded_at=NOW,
        events=(first, *later), closed=closed,
    )  # fmt: skip
    ended = any("ended" in one.value for one in later)
    assert link.in_force is not (ended or closed)
    words = [one for one in later if "marked" in one.value]
    assert link.unsafe is bool(words and words[-1] is LinkEvent.MARKED_UNSAFE)
    assert link.spoken_of is (first is LinkEvent.RECORDED or not link.unsafe)
    assert {link.other(link.first_id), link.other(link.second_id)} == {link.first_id, link.second_id}


def test_every_kind_of_entry_is_either_said_in_plain_words_or_kept_back() -> None:
    """Shown or confidential, never both and never neither; nothing that tells of the other's safety is shown."""
    kinds = {*(one.value for one in LinkEvent), *(one.value for one in Step), "joint_debt.recut"}
    assert kinds & CONFIDENTIAL == kinds - set(SHOWN)
    assert not CONFIDENTIAL & set(SHOWN)
    assert {one for one in kinds if "safe" in one or "confidence" in one} <= CONFIDENTIAL
