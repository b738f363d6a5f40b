"""What changed between two statements of one creditor: everything that did, nothing that did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.statement import (
    Component,
    ComponentKind,
    Debt,
    Outcome,
    Rank,
    Statement,
    TransferredTo,
    debt_total,
)
from gateway.domain.statement.changes import Change, What, changes

K = ComponentKind
FINE = Debt(
    reference="F-1",
    components=(Component(kind=K.PRINCIPAL, outstanding_cents=10_000), Component(kind=K.INCREASE, charged_cents=500)),
)
BILL = Debt(reference="F-2", components=(Component(kind=K.UNSPLIT, outstanding_cents=700),), rank=Rank.ORDINARY)
FIRST = Statement(
    outcome=Outcome.STATEMENT,
    as_of=date(2026, 10, 1),
    received_at=datetime(2026, 10, 2, tzinfo=UTC),
    debts=(FINE, BILL),
)


def test_the_same_statement_again_changes_nothing():
    """When it came, and in which order it lists the debts, is no change."""
    again = replace(FIRST, received_at=datetime(2026, 11, 2, tzinfo=UTC), debts=(BILL, FINE), customer_number="K-1")
    assert changes(FIRST, again) == ()


def test_what_changed_about_the_whole():
    """The kind of answer and the day of the amounts; a day that is not stated any more is None."""
    nil = replace(FIRST, outcome=Outcome.NIL, as_of=None, debts=())
    assert changes(FIRST, nil) == (
        Change(what=What.OUTCOME, before="statement", after="nil"),
        Change(what=What.AS_OF, before="2026-10-01"),
        Change(what=What.DEBT_GONE, reference="F-1", before_cents=10_500),
        Change(what=What.DEBT_GONE, reference="F-2", before_cents=700),
    )


def test_what_changed_in_a_debt():
    """Each amount before and after, in cents; a component that was not there is None, not 0."""
    grown = replace(
        FINE,
        components=(
            Component(kind=K.PRINCIPAL, outstanding_cents=9_000),
            Component(kind=K.INCREASE, charged_cents=500),
            Component(kind=K.COLLECTION_COSTS, outstanding_cents=4_000),
        ),
        rank=Rank.PREFERENTIAL,
        transferred_to=TransferredTo(name="Opkoper"),
    )
    added = replace(BILL, reference="F-3")
    assert changes(FIRST, replace(FIRST, debts=(added, grown, BILL))) == (
        Change(what=What.DEBT_ADDED, reference="F-3", after_cents=700),
        Change(what=What.TOTAL, reference="F-1", before_cents=10_500, after_cents=13_500),
        Change(
            what=What.COMPONENT, reference="F-1", component=K.PRINCIPAL, before_cents=10_000, after_cents=9_000
        ),
        Change(what=What.COMPONENT, reference="F-1", component=K.COLLECTION_COSTS, after_cents=4_000),
        Change(what=What.RANK, reference="F-1", before="unknown", after="preferential"),
        Change(what=What.TRANSFERRED, reference="F-1", before="here", after="transferred"),
    )  # fmt: skip


def test_components_of_one_kind_are_taken_together():
    """A first and a second reminder are one increase of the sum."""
    two = replace(
        FINE,
        components=(FINE.components[0], Component(kind=K.INCREASE, charged_cents=300), FINE.components[1]),
    )
    (total, part) = changes(FIRST, replace(FIRST, debts=(two, BILL)))
    assert total.what is What.TOTAL
    assert (part.component, part.before_cents, part.after_cents) == (K.INCREASE, 500, 800)


cents = st.integers(0, 10**6)
debts = st.lists(
    st.builds(
        Debt,
        reference=st.sampled_from(["A", "B", "C", "D"]),
        components=st.lists(
            st.builds(Component, kind=st.sampled_from(K), outstanding_cents=cents), min_size=1, max_size=3
        ).map(tuple),
        rank=st.sampled_from(Rank),
    ),
    max_size=4,
    unique_by=lambda debt: debt.reference,
).map(tuple)


@given(debts, debts)
def test_the_changes_lead_from_the_one_to_the_other(older, newer):
    """Take the totals before, apply what is said to have changed, and the totals after come out."""
    before, after = replace(FIRST, debts=older), replace(FIRST, debts=newer)
    totals = {debt.reference: debt_total(debt) for debt in older}
    for change in changes(before, after):
        if change.what is What.DEBT_GONE:
            assert totals.pop(change.reference) == change.before_cents
        elif change.what in (What.DEBT_ADDED, What.TOTAL):
            assert totals.get(change.reference) == change.before_cents
            totals[change.reference] = change.after_cents
    assert totals == {debt.reference: debt_total(debt) for debt in newer}
    assert (changes(before, after) == ()) == (changes(after, before) == ())


@given(debts, debts)
def test_backwards_it_is_the_same_story_told_backwards(older, newer):
    """Every before is an after."""
    before, after = replace(FIRST, debts=older), replace(FIRST, debts=newer)
    forth = {(one.reference, one.component, one.before_cents, one.after_cents) for one in changes(before, after)}
    back = {(one.reference, one.component, one.after_cents, one.before_cents) for one in changes(after, before)}
    assert forth == back
