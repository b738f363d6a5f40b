"""All statements of a case together: sums that are sums, duplicates that are found, and nobody who is forgotten."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.case_overview import Asked, CaseOverview, case_overview
from gateway.domain.case_overview.duplicates import Evidence
from gateway.domain.case_overview.loose_ends import ChainProblem, NamedAs
from gateway.domain.case_overview.parties import plain_name
from gateway.domain.statement import (
    Component,
    ComponentKind,
    Debt,
    Organisation,
    Outcome,
    Payment,
    PaymentSource,
    Rank,
    Statement,
    TransferredTo,
    Waiver,
    debt_total,
)

K = ComponentKind
RECEIVED = datetime(2026, 11, 3, 9, tzinfo=UTC)


def statement(*debts: Debt, **more) -> Statement:
    return Statement(
        outcome=more.pop("outcome", Outcome.STATEMENT if debts else Outcome.NIL),
        as_of=more.pop("as_of", date(2026, 11, 2)),
        received_at=RECEIVED,
        debts=debts,
        **more,
    )


def asked(number: int, *debts: Debt, said: Statement | None = None, **more) -> Asked:
    return Asked(
        creditor_id=f"id-{number}",
        name=more.pop("name", f"Schuldeiser {number}"),
        identity=f"kvk:9000{number:04d}",
        statement=said if said is not None else statement(*debts),
        **more,
    )


def debt(reference: str, principal: int, *, arisen: date | None = None, **more) -> Debt:
    return Debt(
        reference=reference,
        components=(Component(kind=K.PRINCIPAL, charged_cents=principal), *more.pop("more", ())),
        arisen_on=arisen,
        **more,
    )


# Totals.

amounts = st.none() | st.integers(-1_000, 10**7)
parts = st.builds(
    Component, kind=st.sampled_from(ComponentKind), charged_cents=amounts, paid_cents=amounts, outstanding_cents=amounts
)
organisations = st.none() | st.builds(
    Organisation,
    name=st.sampled_from(["Schuldeiser 0", "schuldeiser 1 b.v.", "Iemand anders", None]),
    id_kind=st.just("kvk"),
    id_value=st.sampled_from(["90000000", "90000001", "99999999", None]),
)
holders = st.none() | st.builds(TransferredTo, name=st.sampled_from(["Schuldeiser 0", "Schuldeiser 2", "Opkoper"]))
any_debt = st.builds(
    Debt,
    reference=st.sampled_from(["INV-2024-001", "inv2024001", "F-1", "F-2", "12345", ""]),
    components=st.lists(parts, max_size=4).map(tuple),
    payments=st.lists(
        st.builds(Payment, cents=st.integers(0, 10**6), source=st.sampled_from(PaymentSource)), max_size=2
    ).map(tuple),
    waivers=st.lists(
        st.builds(Waiver, cents=st.integers(0, 10**5), component=st.none() | st.sampled_from(ComponentKind)), max_size=2
    ).map(tuple),
    arisen_on=st.none() | st.sampled_from([date(2024, 1, 1), date(2024, 2, 1)]),
    rank=st.sampled_from(Rank),
    total_stated_cents=amounts,
    original_creditor=organisations,
    transferred_to=holders,
)
any_statement = st.builds(
    Statement,
    outcome=st.sampled_from(Outcome),
    as_of=st.none() | st.dates(date(2026, 1, 1), date(2026, 11, 1)),
    received_at=st.just(RECEIVED),
    debts=st.lists(any_debt, max_size=4).map(tuple),
    creditor=organisations,
    respondent=organisations,
    transferred_to=holders,
)


@st.composite
def any_case(draw) -> list[Asked]:
    said = draw(st.lists(st.tuples(st.none() | any_statement, st.booleans()), max_size=5))
    return [
        Asked(
            creditor_id=f"id-{number}",
            name=f"Schuldeiser {number}",
            identity=f"kvk:9000{number:04d}",
            statement=one,
            provisional=provisional,
        )
        for number, (one, provisional) in enumerate(said)
    ]


@given(any_case())
def test_every_total_is_the_sum_of_its_parts(case):
    """By rank, by component, by split, by variant A and by variant B: it is always the same money."""
    found = case_overview(case)
    totals = found.totals
    counting = [one for one in case if one.counts and one.statement.outcome is not Outcome.TRANSFERRED]
    own = [max(0, debt_total(it)) for one in counting for it in one.statement.debts if it.transferred_to is None]
    assert totals.total_cents == sum(own)
    assert totals.total_cents == sum(totals.by_rank.values())
    assert totals.total_cents == sum(totals.by_component.values()) + totals.not_allocated_cents
    assert totals.total_cents == totals.original_cents + totals.lapses_cents + totals.not_split_cents
    assert totals.total_cents == totals.original_booked_cents + totals.lapses_booked_cents + totals.not_split_cents
    assert totals.total_cents == sum(found.figures[one.creditor_id].total_cents or 0 for one in case if one.counts)
    assert 0 <= totals.possibly_twice_cents <= totals.total_cents
    assert min(totals.original_cents, totals.lapses_cents, totals.credit_cents, totals.not_split_cents) >= 0


@given(any_case(), st.randoms(use_true_random=False))
def test_the_order_in_which_creditors_were_asked_changes_nothing(case, order: random.Random):
    """The overview is a function of who said what."""
    shuffled = list(case)
    order.shuffle(shuffled)
    assert case_overview(shuffled) == case_overview(case)


@given(any_case())
def test_nobody_is_forgotten(case):
    """Each creditor asked has figures that count, or is told to be missing."""
    found = case_overview(case)
    counting = {one.creditor_id for one in case if one.counts}
    assert counting | set(found.no_answer_yet) == {one.creditor_id for one in case}
    assert not counting & set(found.no_answer_yet)
    assert {one.identity for one in found.named_not_asked}.isdisjoint(one.identity for one in case)


def test_a_creditor_counts_once():
    """Asked twice, for instance because the first request did not arrive, is one creditor."""
    one = asked(1, debt("F-1", 100))
    with pytest.raises(ValueError, match="once"):
        case_overview([one, one])


def test_what_is_provisional_counts_in_nothing():
    """A held reply is shown beside the totals, not in them."""
    found = case_overview([asked(1, debt("F-1", 100), provisional=True)])
    assert found.figures["id-1"].total_cents == 100
    assert found.totals.total_cents == 0
    assert found.no_answer_yet == ("id-1",)


def test_both_variants_of_the_original_debt():
    """The first figures of the product: 104.00 + 9.00 + 52.00 - 30.00. Source: schemas part 9.2, ruling 29."""
    fine = debt(
        "zaak-1",
        10_400,
        more=(
            Component(kind=K.ADMIN_COSTS, charged_cents=900, outstanding_cents=0),
            Component(kind=K.INCREASE, charged_cents=5_200, outstanding_cents=3_100),
        ),
    )
    fine = replace(fine, components=(replace(fine.components[0], outstanding_cents=10_400), *fine.components[1:]))
    totals = case_overview([asked(1, fine)]).totals
    assert (totals.total_cents, totals.original_cents, totals.lapses_cents) == (13_500, 7_400, 6_100)
    assert (totals.original_booked_cents, totals.lapses_booked_cents) == (10_400, 3_100)


def test_a_credit_counts_as_nothing_and_is_shown():
    """Source: ruling 24."""
    credit = Debt(reference="F-1", components=(Component(kind=K.PRINCIPAL, outstanding_cents=-500),))
    totals = case_overview([asked(1, credit, debt("F-2", 700))]).totals
    assert (totals.total_cents, totals.credit_cents) == (700, 500)


def test_what_was_transferred_counts_for_nothing():
    """Until its new holder answers. Source: ruling 25."""
    gone = replace(debt("F-1", 900), transferred_to=TransferredTo(name="Opkoper"))
    found = case_overview([asked(1, gone)])
    assert found.figures["id-1"].total_cents is None
    whole = statement(debt("F-1", 900), outcome=Outcome.TRANSFERRED, transferred_to=TransferredTo(name="Opkoper"))
    assert case_overview([asked(1, said=whole)]).figures["id-1"].total_cents == 0


def test_the_days_of_the_amounts_are_compared():
    """Only of statements with amounts in them; the spread says how far they can be added up."""
    case = [
        asked(1, said=statement(debt("F-1", 1), as_of=date(2026, 10, 1))),
        asked(2, said=statement(debt("F-2", 1), as_of=date(2026, 11, 1))),
        asked(3, said=statement(as_of=date(2020, 1, 1))),
        asked(4, said=statement(debt("F-4", 1), as_of=date(2020, 1, 1)), provisional=True),
    ]
    found = case_overview(case).as_of
    assert found is not None
    assert (found.earliest, found.latest, found.days_apart) == (date(2026, 10, 1), date(2026, 11, 1), 31)
    assert case_overview([]).as_of is None


# Rule R13.


def twice(overview: CaseOverview) -> list[tuple[set[str], set[Evidence], int]]:
    return [
        ({it.creditor_id for it in one.debts}, set(one.evidence), one.at_stake_cents)
        for one in overview.possible_duplicates
    ]


WAYS = st.sampled_from(
    ["reference", "asked_reference", "short_reference", "amount_and_date", "name", "number", "owner"]
)


@given(
    WAYS,
    st.integers(1, 10**7),
    st.integers(0, 10**5),
    st.booleans(),
    st.integers(0, 4),
    st.randoms(use_true_random=False),
)
def test_a_duplicate_made_on_purpose_is_always_found(way, principal, costs, bailiff_first, others, order):
    """Whatever the bailiff added, in whatever order they were asked, and whoever else is in the case. Rule R13."""
    arisen = date(2024, 3, 1)
    mine = debt("INV-2024/001", principal, arisen=arisen)
    theirs = debt("DOS-77", principal, more=(Component(kind=K.COLLECTION_COSTS, charged_cents=costs),))
    owner = None
    original = Organisation(name="ENERGIE Voorbeeld, B.V.")
    if way == "reference":
        theirs = replace(theirs, reference="inv 2024-001")
    elif way == "asked_reference":
        theirs = replace(theirs, requested_reference="INV2024001")
    elif way == "short_reference":
        mine, theirs = replace(mine, reference="7-A"), replace(theirs, reference="7a")
    elif way == "amount_and_date":
        theirs = replace(theirs, arisen_on=arisen)
    elif way == "name":
        theirs = replace(theirs, original_creditor=original)
    elif way == "number":
        theirs = replace(theirs, original_creditor=Organisation(name="Anders", id_kind="kvk", id_value="90000001"))
    else:
        owner = original
    case = [
        asked(1, mine, name="Energie Voorbeeld"),
        asked(2, said=statement(theirs, creditor=owner), name="Aa" if bailiff_first else "Zz"),
        *(asked(10 + number, debt(f"ANDERS-{number}", 10**8 + number)) for number in range(others)),
    ]
    order.shuffle(case)
    found = twice(case_overview(case))
    assert [(who, stake) for who, _, stake in found] == [({"id-1", "id-2"}, principal)]
    assert case_overview(case).totals.possibly_twice_cents == principal


@given(st.lists(st.lists(st.integers(1, 10**6), min_size=1, max_size=3), min_size=2, max_size=6), st.booleans())
def test_unrelated_debts_are_never_called_one(amounts_per_creditor, days):
    """Other references, other amounts and days, other parties: nothing is said."""
    number, case = 0, []
    for creditor, amounts_ in enumerate(amounts_per_creditor):
        own = []
        for amount in amounts_:
            number += 1
            arisen = date(2020, 1, 1) + timedelta(days=number) if days else None
            own.append(debt(f"KENMERK-{number}", amount, arisen=arisen))
        case.append(asked(creditor, *own))
    assert case_overview(case).possible_duplicates == ()


@pytest.mark.parametrize(
    "mine, theirs",
    [
        (debt("R-1", 100), debt("R-1", 200)),  # anybody's first reference
        (debt("---", 100), debt("///", 200)),
        (debt("A-100001", 0, arisen=date(2024, 1, 1)), debt("B-100001", 0, arisen=date(2024, 1, 1))),
        (debt("A-100001", 500), debt("B-100001", 500)),
        (debt("A-100001", 500, arisen=date(2024, 1, 1)), debt("B-100001", 500, arisen=date(2024, 1, 2))),
        (debt("A-100001", 500), replace(debt("A-100001", 500), transferred_to=TransferredTo(name="X"))),
        (debt("A-100001", 500), replace(debt("B-1", 9), original_creditor=Organisation(name="B.V."))),
        (
            debt("A-100001", 500),
            replace(
                debt("B-1", 9),
                original_creditor=Organisation(name="Schuldeiser 1", id_kind="kvk", id_value="99999999"),
            ),
        ),
    ],
)
def test_what_looks_alike_but_says_nothing_is_left_alone(mine, theirs):
    """A short reference, a zero, another number under the same name, a debt that no longer counts here."""
    assert case_overview([asked(1, mine), asked(2, theirs)]).possible_duplicates == ()


def test_one_creditor_is_not_its_own_duplicate():
    """Two monthly bills of the same amount are two debts."""
    day = date(2024, 1, 1)
    own = [debt("M-000001", 500, arisen=day), debt("M-000002", 500, arisen=day)]
    assert case_overview([asked(1, *own)]).possible_duplicates == ()
    found = twice(case_overview([asked(1, *own), asked(2, debt("Z-1", 500, arisen=day))]))
    assert found == [({"id-1", "id-2"}, {Evidence.SAME_AMOUNT_AND_DATE}, 500)]


def test_three_that_claim_one_debt_are_one_finding():
    """All but the largest is at stake, once."""
    case = [
        asked(1, debt("INV-000001", 500)),
        asked(2, debt("inv000001", 600)),
        asked(3, replace(debt("ZZZ-9", 900), requested_reference="INV 000001")),
    ]
    assert twice(case_overview(case)) == [({"id-1", "id-2", "id-3"}, {Evidence.SAME_REFERENCE}, 1_100)]


def test_two_pairs_that_hang_together_are_one_finding_with_the_evidence_of_both():
    """The same reference here, the same amount and day there, and a name that ties them."""
    day = date(2024, 1, 1)
    case = [
        asked(1, debt("INV-000001", 500)),
        asked(2, debt("inv000001", 500)),
        asked(3, debt("X-1", 800, arisen=day)),
        asked(4, replace(debt("Y-1", 800, arisen=day), original_creditor=Organisation(name="Schuldeiser 1"))),
    ]
    (found,) = case_overview(case).possible_duplicates
    assert found.evidence == tuple(Evidence)
    assert found.at_stake_cents == 1_800


def test_a_named_original_creditor_is_matched_with_the_debt_that_is_already_alike():
    """The evidence adds up on one pair; the other debt of that creditor stays out of it."""
    mine = [debt("OLD-00001", 500, arisen=date(2020, 1, 1)), debt("NEW-00002", 505)]
    theirs = replace(debt("old 00001", 504), original_creditor=Organisation(name="Energie Voorbeeld"))
    (found,) = case_overview([asked(1, *mine, name="Energie Voorbeeld N.V."), asked(2, theirs)]).possible_duplicates
    assert found.evidence == (Evidence.SAME_REFERENCE, Evidence.ORIGINAL_CREDITOR)
    assert {it.reference for it in found.debts} == {"OLD-00001", "old 00001"}
    alone = replace(theirs, reference="D-1")
    (found,) = case_overview([asked(1, *mine, name="Energie Voorbeeld N.V."), asked(2, alone)]).possible_duplicates
    assert {it.reference for it in found.debts} == {"NEW-00002", "D-1"}  # nearest in amount


def test_a_case_of_many_debts_is_compared_in_one_go():
    """Twenty thousand debts that all name one creditor as their origin: the work grows with their number only."""
    many = [
        replace(debt(f"DOS-{number:06d}", number + 1), original_creditor=Organisation(name="Groot"))
        for number in range(10_000)
    ]
    mine = [debt(f"EIGEN-{number:06d}", 20_000 + number) for number in range(10_000)]
    found = case_overview([asked(1, *mine, name="Groot"), asked(2, *many)])
    assert len(found.possible_duplicates) == 1


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("Energie Voorbeeld B.V.", "energie voorbeeld bv", True),
        ("Café Crème N.V.", "CAFE CREME", True),
        ("V.O.F. Jansen & Zn.", "vof jansen en zn", False),
        ("Jansen vof", "Jansen", True),
        ("Bva Incasso", "A Incasso", False),
        ("شركة", "شركة", True),
    ],
)
def test_names_are_compared_as_people_read_them(one, other, same):
    """Capitals, accents, signs and the legal form make no difference; a word does."""
    assert (plain_name(one) == plain_name(other)) is same


# Who is missing.


def test_who_was_named_and_not_asked_is_listed_once():
    """By number or else by name; with by whom, as what, and under which reference."""
    buyer = TransferredTo(name="Opkoper B.V.", id_kind="kvk", id_value="95000001", reference="O-7")
    case = [
        asked(1, replace(debt("F-1", 1), transferred_to=buyer)),
        asked(
            2,
            replace(debt("F-2", 1), original_creditor=Organisation(id_kind="kvk", id_value="95000001")),
            said=None,
        ),
        asked(3, said=statement(respondent=Organisation(name="Incasso Drie"))),
        asked(4, said=statement(respondent=Organisation(name="schuldeiser 1"))),
    ]
    found = case_overview(case).named_not_asked
    assert [(one.name, one.identity, one.named_by) for one in found] == [
        ("Incasso Drie", None, ("id-3",)),
        ("Opkoper B.V.", "kvk:95000001", ("id-1", "id-2")),
    ]
    assert found[1].named_as == (NamedAs.NEW_HOLDER, NamedAs.ORIGINAL_CREDITOR)
    assert found[1].references == ("O-7",)
    assert found[0].named_as == (NamedAs.RESPONDENT,)


def test_who_was_asked_is_not_missing():
    """Also when the statement names it in another way."""
    buyer = replace(debt("F-1", 1), transferred_to=TransferredTo(name="SCHULDEISER 2 BV"))
    case = [asked(1, buyer), Asked(creditor_id="id-2", name="Schuldeiser 2", identity="kvk:90000002")]
    found = case_overview(case)
    assert found.named_not_asked == ()
    assert found.no_answer_yet == ("id-2",)


def handed_on(number: int, to: int) -> Asked:
    return asked(
        number,
        said=statement(outcome=Outcome.TRANSFERRED, transferred_to=TransferredTo(name=f"Schuldeiser {to}")),
    )


@pytest.mark.parametrize(
    "hops, expected",
    [
        ([(1, 2), (2, 1)], [(ChainProblem.CIRCLE, ("id-1", "id-2"))]),
        ([(1, 2), (2, 3), (3, 1)], [(ChainProblem.CIRCLE, ("id-1", "id-2", "id-3"))]),
        ([(1, 2), (2, 3), (3, 4)], []),
        ([(1, 2), (2, 3), (3, 4), (4, 5)], [(ChainProblem.TOO_LONG, ("id-1", "id-2", "id-3", "id-4", "id-5"))]),
        ([(1, 1)], []),
        ([(1, 2), (2, 3), (3, 2)], [(ChainProblem.CIRCLE, ("id-2", "id-3"))]),
    ],
)
def test_r15_over_the_whole_case_a_chain_of_transfers_ends(hops, expected):
    """Three hops at most, and no circle; each is told once."""
    case = [handed_on(one, to) for one, to in hops]
    known = {one.creditor_id for one in case}
    case += [asked(to, debt(f"LAST-{to}", 1)) for _, to in hops if f"id-{to}" not in known]
    found = case_overview(case).transfer_problems
    assert [(one.problem, one.creditors) for one in found] == expected
