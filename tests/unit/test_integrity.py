"""Each rule of integrity, on both sides of its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gateway.domain.integrity import CollectionScale, IntegrityContext, check
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
)

K = ComponentKind
NOTHING_KNOWN = IntegrityContext()
PRINCIPAL = Component(kind=K.PRINCIPAL, charged_cents=10000)
DEBT = Debt(reference="F-1", components=(PRINCIPAL,), total_stated_cents=10000)
STATEMENT = Statement(
    request_id="7f1c2a90-0000-4000-8000-000000000001",
    outcome=Outcome.STATEMENT,
    as_of=date(2026, 11, 2),
    received_at=datetime(2026, 11, 3, 9, tzinfo=UTC),
    debts=(DEBT,),
)


def found(statement: Statement, context: IntegrityContext = NOTHING_KNOWN) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity.value) for problem in check(statement, context)]


def with_debt(**changes: object) -> Statement:
    return replace(STATEMENT, debts=(replace(DEBT, **changes),))  # type: ignore[arg-type]


def part(kind: ComponentKind, charged=None, paid=None, still_open=None) -> Component:
    return Component(kind=kind, charged_cents=charged, paid_cents=paid, outstanding_cents=still_open)


def test_an_ordinary_statement_has_no_problems():
    """The line all others are measured against."""
    assert found(STATEMENT) == []


@pytest.mark.parametrize(
    "statement",
    [
        replace(STATEMENT, debts=()),
        replace(STATEMENT, outcome=Outcome.NIL),
        replace(STATEMENT, outcome=Outcome.CLIENT_UNKNOWN),
        replace(STATEMENT, outcome=Outcome.REFUSED, debts=()),
        replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=()),
        replace(STATEMENT, outcome=Outcome.TRANSFERRED),
        replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(), transferred_to=TransferredTo()),
    ],
)
def test_r1_outcome_and_debts_agree(statement):
    """Nil, unknown and refused have no debts; a statement has; a transfer names the holder."""
    assert ("R1", "hold") in found(statement)


def test_r1_a_transferred_debt_needs_no_amount():
    """Source: ruling 25."""
    debt = Debt(reference="F-1", transferred_to=TransferredTo(name="Opkoper"))
    assert found(replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(debt,))) == []


def test_r4_a_reply_belongs_to_its_request():
    """Braces, capitals and urn:uuid: are the same id; another id is not."""
    ours = IntegrityContext(request_id="7F1C2A90-0000-4000-8000-000000000001")
    assert found(STATEMENT, ours) == []
    assert found(replace(STATEMENT, request_id="{urn:uuid:x}"), ours) == [("R4", "hold")]
    assert found(replace(STATEMENT, request_id="other"), replace(ours, accepted_ids=("OTHER",))) == []


def test_r4_who_answers_was_asked():
    """An id that is stated must be one of the creditor's or its collectors'."""
    ours = IntegrityContext(creditor_ids=frozenset({"kvk:90000011"}))
    right = Organisation(name="a", id_kind="kvk", id_value="90000011")
    assert found(replace(STATEMENT, respondent=right), ours) == []
    assert found(replace(STATEMENT, respondent=replace(right, id_value="90000012")), ours) == [("R4", "hold")]


@pytest.mark.parametrize(
    "as_of, expected",
    [
        (date(2026, 11, 3), []),
        (date(2026, 11, 4), [("R5", "hold")]),
        (date(2026, 9, 21), []),
        (date(2026, 9, 20), [("R5", "warn")]),
        (None, [("R5", "hold")]),
    ],
)
def test_r5_amounts_are_not_of_tomorrow_nor_stale(as_of, expected):
    """At most 31 days before the request of 22 October; a day after receipt is impossible."""
    asked = IntegrityContext(requested_on=date(2026, 10, 22))
    assert found(replace(STATEMENT, as_of=as_of), asked) == expected


def test_r5_the_day_of_receipt_is_the_day_in_amsterdam():
    """At 23:30 UTC it is already tomorrow there."""
    late = replace(STATEMENT, received_at=datetime(2026, 11, 3, 23, 30, tzinfo=UTC), as_of=date(2026, 11, 4))
    assert found(late) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"components": (part(K.PRINCIPAL, -1),), "total_stated_cents": None},
        {"components": (PRINCIPAL, PRINCIPAL), "total_stated_cents": 20000},
        {"components": (PRINCIPAL, part(K.UNSPLIT, still_open=1)), "total_stated_cents": 10001},
        {"components": (part(K.PRINCIPAL, paid=5),), "total_stated_cents": None},
        {"components": (), "total_stated_cents": None},
        {"payments": (Payment(cents=-5),), "total_stated_cents": None},
        {"rank": Rank.SECURED},
    ],
)
def test_r6_amounts_and_kinds_make_sense(changes):
    """Two principals, a negative charge, an amount out of nowhere."""
    assert ("R6", "hold") in found(with_debt(**changes))


def test_r6_two_increases_are_ordinary():
    """A first and a second reminder."""
    changes = {"components": (PRINCIPAL, part(K.INCREASE, 1), part(K.INCREASE, 2)), "total_stated_cents": 10003}
    assert found(with_debt(**changes)) == []


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"total_stated_cents": 10001}, [("R7", "hold")]),
        ({"total_stated_cents": None}, []),
        ({"components": (part(K.PRINCIPAL, 10000, 1000, 9001),), "total_stated_cents": 9001}, [("R7", "hold")]),
        ({"payments": (Payment(cents=1000),), "total_stated_cents": 9000}, []),
        (
            {
                "components": (part(K.PRINCIPAL, 10000, 1000),),
                "payments": (Payment(cents=900),),
                "total_stated_cents": 9000,
            },
            [("R7", "hold")],
        ),
        (
            {
                "components": (part(K.PRINCIPAL, still_open=9000), part(K.INTEREST, 100)),
                "payments": (Payment(cents=1000),),
                "total_stated_cents": None,
            },
            [("R7", "hold")],
        ),
        ({"waivers": (Waiver(cents=100, component=K.PRINCIPAL),), "total_stated_cents": 9900}, []),
        ({"payments": (Payment(cents=10100),), "total_stated_cents": -100}, [("R7", "warn")]),
        (
            {"payments": (Payment(cents=50, source=PaymentSource.REFUND),), "total_stated_cents": 10050},
            [],
        ),
    ],
)
def test_r7_a_debt_adds_up_to_what_was_stated(changes, expected):
    """Tolerance 0. Source: rulings 23, 24 and 27."""
    assert found(with_debt(**changes)) == expected


def test_r8_the_debts_add_up_to_the_grand_total():
    """Source: ruling 17, R8 holds as well."""
    assert found(replace(STATEMENT, total_stated_cents=10000)) == []
    assert found(replace(STATEMENT, total_stated_cents=9999)) == [("R8", "hold")]


SCALE = CollectionScale.from_table({"steps": [[250000, 1500]], "minimum_cents": 4000})


@pytest.mark.parametrize(
    "principal, costs, expected",
    [
        (10000, 4000, []),
        (10000, 4001, [("R9", "warn")]),
        (100000, 15000, []),
        (100000, 15001, [("R9", "warn")]),
    ],
)
def test_r9_collection_costs_stay_within_the_scale(principal, costs, expected):
    """15% of the first 2,500 euros, at least 40. The scale is data with its own source."""
    parts = (part(K.PRINCIPAL, principal), part(K.COLLECTION_COSTS, costs))
    context = IntegrityContext(collection_scale=SCALE)
    assert found(with_debt(components=parts, total_stated_cents=None), context) == expected
    assert found(with_debt(components=parts, total_stated_cents=None, business=True), context) == []


def test_r11_nothing_is_added_while_collection_is_paused():
    """Costs may stay as they were; growth is shown."""
    paused = IntegrityContext(previous=STATEMENT, paused_since=date(2026, 10, 1))
    grown = with_debt(components=(PRINCIPAL, part(K.INCREASE, 500)), total_stated_cents=10500)
    assert found(grown, paused) == [("R11", "warn")]
    assert found(STATEMENT, paused) == []


def test_r12_payments_do_not_vanish():
    """Unless a refund is listed."""
    before = with_debt(payments=(Payment(cents=100),), total_stated_cents=9900)
    assert found(STATEMENT, IntegrityContext(previous=before)) == [("R12", "warn")]
    refund = with_debt(
        payments=(Payment(cents=100), Payment(cents=100, source=PaymentSource.REFUND)), total_stated_cents=10000
    )
    assert found(refund, IntegrityContext(previous=before)) == []


@pytest.mark.parametrize(
    "chain, held", [((), False), (("A", "B"), False), (("A", "B", "C"), True), (("Opkoper",), True)]
)
def test_r15_a_chain_of_transfers_ends(chain, held):
    """Three hops at most, and never in a circle."""
    debt = Debt(reference="F-1", transferred_to=TransferredTo(name="Opkoper"))
    statement = replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(debt,))
    assert (("R15", "hold") in found(statement, IntegrityContext(transfer_chain=chain))) is held


def test_two_debts_with_one_reference_are_not_counted_twice():
    """One of them is a copy, and nobody can tell which."""
    assert found(replace(STATEMENT, debts=(DEBT, DEBT))) == [("R6", "hold")]
