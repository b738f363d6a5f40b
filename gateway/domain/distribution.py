"""Shares a pool of money over the claims of all creditors, to the cent, in the order of their ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Rank(StrEnum):
    """The rank of a claim (rangorde)."""

    ORDINARY = "ordinary"  # concurrent
    PREFERENTIAL = "preferential"  # preferent
    SECURED = "secured"  # pand, hypotheek
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """On what a claim is counted: chosen by the counsellor, per proposal."""

    TOTAL = "total"
    ORIGINAL_DEBT = "original_debt"  # fines and increases lapse


class Flag(StrEnum):
    """What a reader of a share must know."""

    NEGATIVE_COUNTS_AS_ZERO = "negative_counts_as_zero"
    RANK_UNKNOWN_COUNTS_AS_ORDINARY = "rank_unknown_counts_as_ordinary"
    NOT_SPLIT_COUNTS_TOTAL = "not_split_counts_total"
    ORIGINAL_CAPPED_AT_TOTAL = "original_capped_at_total"
    UNCOVERED_PART_COUNTS_AS_ORDINARY = "uncovered_part_counts_as_ordinary"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """
    What one creditor is owed (vordering), in cents.

    Args:
        reference: The creditor's own; breaks ties after *creditor_id*.
        original_cents: The original-debt view; None when the creditor did not split the claim.
        security_value_cents: What a pledge, mortgage or the goods under a privilege yield for this claim.
    """

    claim_id: str
    creditor_id: str
    reference: str
    total_cents: int
    original_cents: int | None
    rank: Rank
    security_value_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class Share:
    """
    What one claim gets.

    Args:
        counted_cents: The claim as counted, before security.
        counted_rank: How the part outside the security shares in the pool; "secured" when none is left.
        offer_cents: From the pool.
        from_security_cents: From the security, outside the pool.
        percentage: The rate of its rank over the part that shares in the pool, such as "16.36"; taken before
            the rounding to cents, so that it is the same for all of one rank.
    """

    claim_id: str
    counted_cents: int
    counted_rank: Rank
    offer_cents: int
    from_security_cents: int
    percentage: str
    flags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """The shares in the order of the claims; the offers and the resident's *surplus_cents* make the pool."""

    basis: Basis
    pool_cents: int
    surplus_cents: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """A claim as it takes part: *in_pool_cents* shares in the pool at *rank*."""

    claim: Claim
    cents: int
    from_security_cents: int
    in_pool_cents: int
    rank: Rank
    flags: tuple[str, ...]


def distribute(claims: Sequence[Claim], pool_cents: int, basis: Basis = Basis.TOTAL) -> Distribution:
    """
    The share of each claim in *pool_cents*; exact, and nobody gets more than the claim.

    Preferential claims get twice the percentage of ordinary ones until paid in full. Security goes to its
    holder outside the pool, what it does not cover is ordinary. Cents go by largest remainder over all
    claims, ties by creditor, then reference; so one cent more in the pool may move a cent between claims.

    Raises:
        ValueError: The pool or a security is negative, or a claim id stands there twice.

    Source: art. 349(2) and (3) Faillissementswet.
    """
    if pool_cents < 0:
        raise ValueError("a pool is not negative")
    if len({claim.claim_id for claim in claims}) != len(claims):
        raise ValueError("a claim is counted once; two have the same id")
    counted = [_count(claim, basis) for claim in claims]
    rates = _rates(
        pool_cents,
        preferential=sum(each.in_pool_cents for each in counted if each.rank is Rank.PREFERENTIAL),
        ordinary=sum(each.in_pool_cents for each in counted if each.rank is Rank.ORDINARY),
    )
    offers = _in_cents(counted, rates)
    return Distribution(
        basis=basis,
        pool_cents=pool_cents,
        surplus_cents=pool_cents - sum(offers),
        shares=tuple(
            Share(
                claim_id=each.claim.claim_id,
                counted_cents=each.cents,
                counted_rank=each.rank,
                offer_cents=offer,
                from_security_cents=each.from_security_cents,
                percentage=_percentage(rates[each.rank]),
                flags=each.flags,
            )
            for each, offer in zip(counted, offers, strict=True)
        ),
    )


def _count(claim: Claim, basis: Basis) -> _Counted:
    if claim.security_value_cents < 0:
        raise ValueError("the value of a security is not negative")
    flags: list[str] = []
    cents = claim.total_cents
    if basis is Basis.ORIGINAL_DEBT:
        if claim.original_cents is None:
            flags.append(Flag.NOT_SPLIT_COUNTS_TOTAL)
        elif claim.original_cents > cents:
            flags.append(Flag.ORIGINAL_CAPPED_AT_TOTAL)
        else:
            cents = claim.original_cents
    if cents < 0:
        flags.append(Flag.NEGATIVE_COUNTS_AS_ZERO)
        cents = 0
    from_security = min(claim.security_value_cents, cents)
    in_pool = cents - from_security
    rank = claim.rank
    if rank is Rank.UNKNOWN:
        flags.append(Flag.RANK_UNKNOWN_COUNTS_AS_ORDINARY)
        rank = Rank.ORDINARY
    if not in_pool and (from_security or rank is Rank.SECURED):
        rank = Rank.SECURED
    elif rank is Rank.SECURED or (rank is Rank.PREFERENTIAL and from_security):
        flags.append(Flag.UNCOVERED_PART_COUNTS_AS_ORDINARY)
        rank = Rank.ORDINARY
    return _Counted(
        claim=claim,
        cents=cents,
        from_security_cents=from_security,
        in_pool_cents=in_pool,
        rank=rank,
        flags=tuple(flags),
    )


def _rates(pool: int, *, preferential: int, ordinary: int) -> dict[Rank, Fraction]:
    """What each rank gets per cent of claim: p = pool / (2 x preferential + ordinary), and 2p up to 1."""
    if pool >= preferential + ordinary:
        first = second = Fraction(1)
    elif 2 * pool >= 2 * preferential + ordinary:
        first, second = Fraction(1), Fraction(pool - preferential, ordinary)
    else:
        second = Fraction(pool, 2 * preferential + ordinary)
        first = 2 * second
    return {Rank.PREFERENTIAL: first, Rank.ORDINARY: second, Rank.SECURED: Fraction(0)}


def _in_cents(counted: Sequence[_Counted], rates: dict[Rank, Fraction]) -> list[int]:
    """Whole cents by largest remainder: who has none gets none extra, so nobody passes the claim."""
    exact = [rates[each.rank] * each.in_pool_cents for each in counted]
    offers = [int(share) for share in exact]
    order = sorted(
        range(len(counted)),
        key=lambda place: (
            offers[place] - exact[place],
            counted[place].claim.creditor_id,
            counted[place].claim.reference,
            counted[place].claim.claim_id,
        ),
    )
    left = int(sum(exact, Fraction(0))) - sum(offers)
    for place in order[:left]:
        offers[place] += 1
    return offers


def _percentage(rate: Fraction) -> str:
    hundredths = int(rate * 10_000 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"
