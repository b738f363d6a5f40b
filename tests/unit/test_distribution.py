"""The pool is shared exactly, in the order of the law, and nobody gets more than the claim."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.distribution import Basis, Claim, Distribution, Flag, Rank, distribute


def claim(claim_id: str, euros: int | str, rank: Rank = Rank.ORDINARY, **more: int | str | None) -> Claim:
    fields: dict[str, object] = {"creditor_id": claim_id, "reference": "r", "original_cents": None, **more}
    cents = int(Decimal(euros) * 100)
    return Claim(claim_id=claim_id, total_cents=cents, rank=rank, **fields)  # type: ignore[arg-type]


def offers(outcome: Distribution) -> dict[str, int]:
    return {share.claim_id: share.offer_cents for share in outcome.shares}


def percentages(outcome: Distribution) -> dict[str, str]:
    return {share.claim_id: share.percentage for share in outcome.shares}


# Worked figures.


@pytest.mark.parametrize(
    "pool, preferential, ordinary, first, second",
    [(3_000, 4_000, 12_000, "30.00", "15.00"), (900, 1_000, 9_000, "16.36", "8.18")],
)
def test_the_worked_figures_come_out(pool: int, preferential: int, ordinary: int, first: str, second: str) -> None:
    """Twice the percentage for the preferential claim: p = R / (2P + C)."""
    outcome = distribute([claim("p", preferential, Rank.PREFERENTIAL), claim("c", ordinary)], pool * 100, Basis.TOTAL)
    assert percentages(outcome) == {"p": first, "c": second}
    assert sum(offers(outcome).values()) == pool * 100
    assert outcome.surplus_cents == 0


def test_the_cents_of_a_worked_figure() -> None:
    """900 euro over 1,000 preferential and 9,000 ordinary: 163.636.. and 736.363.. to the cent."""
    outcome = distribute([claim("p", 1_000, Rank.PREFERENTIAL), claim("c", 9_000)], 90_000)
    assert offers(outcome) == {"p": 16_364, "c": 73_636}


def test_a_preferential_claim_paid_in_full_leaves_the_rest_to_the_others() -> None:
    """Twice p passes 100 percent: preferential 1,000 in full, 2,000 over 4,000 ordinary."""
    outcome = distribute([claim("p", 1_000, Rank.PREFERENTIAL), claim("c", 4_000)], 300_000)
    assert offers(outcome) == {"p": 100_000, "c": 200_000}
    assert percentages(outcome) == {"p": "100.00", "c": "50.00"}


def test_a_surplus_stays_with_the_resident() -> None:
    """Nobody above the claim; what is left is not handed out."""
    outcome = distribute([claim("p", 100, Rank.PREFERENTIAL), claim("c", 200)], 50_000)
    assert offers(outcome) == {"p": 10_000, "c": 20_000}
    assert outcome.surplus_cents == 20_000
    assert distribute([], 700).surplus_cents == 700


def test_an_empty_pool_is_a_zero_offer() -> None:
    """No capacity to pay: every claim gets nothing, and is told so."""
    outcome = distribute([claim("p", 100, Rank.PREFERENTIAL), claim("c", 200)], 0)
    assert set(offers(outcome).values()) == {0}
    assert set(percentages(outcome).values()) == {"0.00"}


# Security.


def test_security_is_paid_outside_the_pool_and_the_rest_is_ordinary() -> None:
    """A car worth 4,000 under a claim of 10,000: 6,000 shares in the pool like everybody."""
    secured = claim("s", 10_000, Rank.SECURED, security_value_cents=400_000)
    outcome = distribute([secured, claim("c", 4_000)], 100_000)
    share = outcome.shares[0]
    assert (share.from_security_cents, share.offer_cents, share.percentage) == (400_000, 60_000, "10.00")
    assert (share.counted_cents, share.counted_rank) == (1_000_000, Rank.ORDINARY)
    assert share.flags == (Flag.UNCOVERED_PART_COUNTS_AS_ORDINARY,)
    assert offers(outcome)["c"] == 40_000


def test_a_claim_covered_in_full_takes_nothing_from_the_pool() -> None:
    """Security never pays more than the claim."""
    secured = claim("s", 3_000, Rank.SECURED, security_value_cents=500_000)
    outcome = distribute([secured, claim("c", 4_000)], 100_000)
    share = outcome.shares[0]
    assert (share.from_security_cents, share.offer_cents, share.percentage) == (300_000, 0, "0.00")
    assert (share.counted_rank, share.flags) == (Rank.SECURED, ())
    assert offers(outcome)["c"] == 100_000


def test_a_privilege_on_certain_goods_is_treated_as_security() -> None:
    """Art. 349(3) Fw: what the goods do not cover counts as ordinary; without goods it stays preferential."""
    on_goods = claim("g", 2_000, Rank.PREFERENTIAL, security_value_cents=50_000)
    general = claim("p", 1_000, Rank.PREFERENTIAL)
    outcome = distribute([on_goods, general], 70_000)
    assert [share.counted_rank for share in outcome.shares] == [Rank.ORDINARY, Rank.PREFERENTIAL]
    assert percentages(outcome) == {"g": "20.00", "p": "40.00"}


# Claims that are not what they should be.


def test_a_negative_claim_counts_as_zero() -> None:
    """An overpaid debt takes nothing and gives nothing; it is flagged."""
    outcome = distribute([claim("n", -50), claim("c", 100)], 5_000)
    assert outcome.shares[0].flags == (Flag.NEGATIVE_COUNTS_AS_ZERO,)
    assert (outcome.shares[0].counted_cents, offers(outcome)) == (0, {"n": 0, "c": 5_000})


def test_an_unknown_rank_counts_as_ordinary() -> None:
    """It is flagged, so that the rank is asked for."""
    outcome = distribute([claim("u", 100, Rank.UNKNOWN), claim("c", 100)], 5_000)
    assert outcome.shares[0].flags == (Flag.RANK_UNKNOWN_COUNTS_AS_ORDINARY,)
    assert offers(outcome) == {"u": 2_500, "c": 2_500}


def test_the_original_debt_is_counted_where_it_is_known() -> None:
    """A claim that was not split counts with its total, flagged; no original exceeds what is owed."""
    claims = [
        claim("split", 300, original_cents=10_000),
        claim("whole", 100),
        claim("odd", 100, original_cents=99_999),
    ]
    outcome = distribute(claims, 15_000, Basis.ORIGINAL_DEBT)
    assert offers(outcome) == {"split": 5_000, "whole": 5_000, "odd": 5_000}
    assert [share.flags for share in outcome.shares] == [
        (),
        (Flag.NOT_SPLIT_COUNTS_TOTAL,),
        (Flag.ORIGINAL_CAPPED_AT_TOTAL,),
    ]
    assert [share.counted_cents for share in distribute(claims, 1, Basis.TOTAL).shares] == [
        30_000,
        10_000,
        10_000,
    ]


def test_equal_remainders_go_by_creditor_then_reference() -> None:
    """Two cents over three equal claims: the same two whoever asks, in whatever order."""
    claims = [
        claim("1", 1, creditor_id="b", reference="1"),
        claim("2", 1, creditor_id="a", reference="2"),
        claim("3", 1, creditor_id="a", reference="1"),
    ]
    for order in (claims, claims[::-1]):
        assert offers(distribute(order, 2)) == {"1": 0, "2": 1, "3": 1}
    assert offers(distribute(claims, 1)) == {"1": 0, "2": 0, "3": 1}


def test_what_cannot_be_shared_is_refused() -> None:
    """A negative pool, a negative security, one claim twice."""
    with pytest.raises(ValueError, match="pool"):
        distribute([], -1)
    with pytest.raises(ValueError, match="security"):
        distribute([claim("s", 1, security_value_cents=-1)], 1)
    with pytest.raises(ValueError, match="same id"):
        distribute([claim("s", 1), claim("s", 2)], 1)


# Properties.

amounts = st.one_of(st.integers(0, 30), st.integers(-100, 5_000_000))
some_claims = st.lists(
    st.tuples(amounts, st.none() | amounts, st.sampled_from(Rank), st.just(0) | st.integers(0, 3_000_000)),
    max_size=15,
).map(
    lambda rows: [
        Claim(
            claim_id=str(place),
            creditor_id=f"creditor {place % 3}",
            reference=str(place % 5),
            total_cents=total,
            original_cents=original,
            rank=rank,
            security_value_cents=security,
        )
        for place, (total, original, rank, security) in enumerate(rows)
    ]
)
pools = st.one_of(st.integers(0, 60), st.integers(0, 20_000_000))
bases = st.sampled_from(Basis)


def poured(claims: list[Claim], pool: int, basis: Basis) -> dict[str, Fraction]:
    """A second reckoning: pour at weight 2 and 1 until preferential claims are full, then over the rest."""
    room: dict[str, tuple[int, int]] = {}
    for each in claims:
        owed = each.total_cents
        if basis is Basis.ORIGINAL_DEBT and each.original_cents is not None:
            owed = min(owed, each.original_cents)
        owed = max(owed, 0)
        uncovered = owed - min(owed, each.security_value_cents)
        first = each.rank is Rank.PREFERENTIAL and uncovered == owed
        room[each.claim_id] = (uncovered, 2 if first else 1)
    given_out = {name: Fraction(0) for name in room}
    left = Fraction(pool)
    for _ in range(2):
        open_to = {name: (size, weight) for name, (size, weight) in room.items() if given_out[name] < size}
        total = sum(size * weight for size, weight in open_to.values())
        if not total:
            break
        # Every claim of one weight fills at the same moment: heavier ones at 1/2 of what is still missing.
        missing = {w: 1 - max(given_out[n] / s for n, (s, v) in open_to.items() if v == w) for _, w in open_to.values()}
        level = min(left / total, *(missing[w] / w for w in missing))
        for name, (size, weight) in open_to.items():
            given_out[name] += level * size * weight
        left -= level * total
    return given_out


@given(some_claims, pools, bases)
def test_every_offer_is_within_a_cent_of_the_poured_share(claims: list[Claim], pool: int, basis: Basis) -> None:
    """Two ways of reckoning agree, rounding apart: 2 to 1 holds within a cent on each side."""
    exact = poured(claims, pool, basis)
    for name, offer in offers(distribute(claims, pool, basis)).items():
        assert abs(offer - exact[name]) < 1


@given(some_claims, pools, bases)
def test_no_cent_is_lost_and_nobody_passes_the_claim(claims: list[Claim], pool: int, basis: Basis) -> None:
    """Offers and surplus are the pool; offer and security never exceed what is counted, nor what is owed."""
    outcome = distribute(claims, pool, basis)
    assert sum(offers(outcome).values()) + outcome.surplus_cents == pool
    for each, share in zip(claims, outcome.shares, strict=True):
        assert share.claim_id == each.claim_id
        assert share.offer_cents >= 0
        assert share.offer_cents + share.from_security_cents <= share.counted_cents <= max(each.total_cents, 0)
        assert share.from_security_cents <= each.security_value_cents
    wanting = any(s.offer_cents + s.from_security_cents < s.counted_cents for s in outcome.shares)
    assert not (wanting and outcome.surplus_cents)


@given(some_claims, pools, bases)
def test_the_percentages_are_of_one_rank_and_two_to_one(claims: list[Claim], pool: int, basis: Basis) -> None:
    """Creditors of one rank are told the same figure; preferential ones twice it, until paid in full."""
    told: dict[Rank, set[Decimal]] = {}
    for share in distribute(claims, pool, basis).shares:
        told.setdefault(share.counted_rank, set()).add(Decimal(share.percentage))
    assert all(len(figures) == 1 for figures in told.values())
    if Rank.PREFERENTIAL in told and Rank.ORDINARY in told:
        (first,), (second,) = told[Rank.PREFERENTIAL], told[Rank.ORDINARY]
        assert first == 100 or abs(first - 2 * second) <= Decimal("0.02")
        assert second <= first


@given(some_claims, pools, st.integers(1, 1_000_000), bases)
def test_a_larger_pool_never_takes_more_than_a_rounding_cent(
    claims: list[Claim], pool: int, more: int, basis: Basis
) -> None:
    """Shares rise with the pool; largest remainder may move a single cent between claims."""
    before, after = offers(distribute(claims, pool, basis)), offers(distribute(claims, pool + more, basis))
    assert all(after[name] >= before[name] - 1 for name in before)
    assert sum(after.values()) >= sum(before.values())


@given(some_claims, pools, st.randoms())
def test_the_order_of_the_claims_changes_nothing(claims: list[Claim], pool: int, random: object) -> None:
    """The same claims and pool always give the same offers."""
    shuffled = claims[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert offers(distribute(shuffled, pool)) == offers(distribute(claims, pool))


def test_small_cases_agree_with_trying_every_way_to_round() -> None:
    """Of all ways to round up or down to the right sum, ours is closest to the exact shares."""
    from itertools import product

    for sizes in product(range(1, 6), repeat=3):
        claims = [claim(str(place), 1, Rank.ORDINARY) for place in range(3)]
        claims = [replace(each, total_cents=size) for each, size in zip(claims, sizes, strict=True)]
        claims[0] = replace(claims[0], rank=Rank.PREFERENTIAL)
        for pool in range(sum(sizes) + 1):
            exact = poured(claims, pool, Basis.TOTAL)
            outcome = offers(distribute(claims, pool))
            ways = product(*({int(share), -int(-share // 1)} for share in exact.values()))
            distances = [
                sum((Fraction(c) - e) ** 2 for c, e in zip(way, exact.values(), strict=True))
                for way in ways
                if sum(way) == pool
            ]
            assert sum((outcome[name] - exact[name]) ** 2 for name in exact) == min(distances)
