"""The canonical statement: totals, the original debt, and its plain form."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from gateway.domain.statement import (
    Arrangement,
    ArrangementPeriod,
    Component,
    ComponentKind,
    Debt,
    DebtType,
    Dispute,
    Interest,
    InterestKind,
    JointKind,
    JointLiability,
    Limitation,
    Obstacle,
    Organisation,
    Origin,
    OriginalDebt,
    Outcome,
    Payment,
    PaymentSource,
    Provenance,
    Rank,
    Refusal,
    RefusalReason,
    RespondentRole,
    Security,
    SecurityKind,
    Seizure,
    SeizureKind,
    Source,
    Statement,
    Title,
    TitleKind,
    TransferKind,
    TransferredTo,
    Urgency,
    UrgencyKind,
    Waiver,
    debt_total,
    from_dict,
    original_debt_view,
    statement_total,
    to_dict,
)

K = ComponentKind


def charged(kind: ComponentKind, cents: int, paid: int | None = None) -> Component:
    return Component(kind=kind, charged_cents=cents, paid_cents=paid)


def a_debt(*components: Component, **more: object) -> Debt:
    return Debt(reference="F-1", components=components, **more)  # type: ignore[arg-type]


def a_full_statement() -> Statement:
    """Every part of the statement filled in once."""
    party = Organisation(name="Voorbeeld bv", id_kind="kvk", id_value="90000011", role=RespondentRole.BAILIFF)
    holder = TransferredTo(
        name="Opkoper",
        id_kind="kvk",
        id_value="90000013",
        reference="O-1",
        transferred_on=date(2026, 5, 1),
        kind=TransferKind.SALE,
    )
    debt = Debt(
        reference="0012",
        requested_reference="12",
        description="Zorgpremie",
        debt_type=DebtType.HEALTH_INSURANCE,
        source_type="zorg",
        business=False,
        original_creditor=party,
        transferred_to=holder,
        arisen_on=date(2025, 1, 1),
        due_on=date(2025, 2, 1),
        components=(
            Component(kind=K.PRINCIPAL, charged_cents=100, paid_cents=10, outstanding_cents=90, legal_basis="contract"),
        ),
        payments=(Payment(cents=10, paid_on=date(2025, 3, 1), reference="P", source=PaymentSource.SEIZURE),),
        waivers=(Waiver(cents=1, waived_on=date(2025, 4, 1), component=K.INCREASE),),
        interest=Interest(
            rate="6.5",
            kind=InterestKind.CONTRACTUAL,
            from_on=date(2025, 2, 1),
            to_on=date(2026, 1, 1),
            stopped_on=date(2026, 1, 1),
        ),
        total_stated_cents=90,
        rank=Rank.SECURED,
        rank_basis="pand",
        security=Security(kind=SecurityKind.PLEDGE, description="auto", value_cents=50),
        title=Title(kind=TitleKind.WRIT, number="1", issued_on=date(2025, 5, 1), court="rb"),
        seizures=(Seizure(kind=SeizureKind.WAGE, seized_on=date(2025, 6, 1), holder="werkgever"),),
        arrangement=Arrangement(
            cents=5,
            period=ArrangementPeriod.MONTH,
            starts_on=date(2025, 7, 1),
            ends_on=date(2025, 8, 1),
            status="loopt",
        ),
        disputed=Dispute(by_resident=True, reason="opgezegd", since=date(2025, 9, 1)),
        joint_liability=JointLiability(kind=JointKind.PARTNER),
        limitation=Limitation(expires_on=date(2030, 1, 1), interrupted_on=date(2025, 1, 2), stated_expired=False),
        urgencies=(Urgency(kind=UrgencyKind.DISCONNECTION, planned_on=date(2026, 12, 1)),),
    )
    return Statement(
        request_id="r",
        creditor_message_id="m",
        outcome=Outcome.STATEMENT,
        refusal=Refusal(code=RefusalReason.OTHER, text="t"),
        obstacle=Obstacle(code="legal_bar", facts=(("legal_basis", "art. 1"),)),
        agreed_in_advance=True,
        as_of=date(2026, 11, 1),
        received_at=datetime(2026, 11, 3, 9, tzinfo=UTC),
        total_stated_cents=90,
        customer_number="K",
        paused_since=date(2026, 10, 1),
        creditor=party,
        respondent=party,
        transferred_to=holder,
        debts=(debt,),
        provenance=Provenance(
            raw_sha256="0" * 64,
            raw_bytes=1,
            media_type="application/json",
            used_charset="utf-8",
            declared_charset="utf-8",
            mapping_id="m",
            mapping_version="1",
            mapping_sha256="1" * 64,
            engine_version="1.0",
            fields={"/as_of": Origin(sources=(Source(path="$['d']", raw="x"),), transform=("text",))},
        ),
    )


def test_the_plain_form_goes_there_and_back():
    """Nothing is lost through JSON text."""
    statement = a_full_statement()
    assert from_dict(json.loads(json.dumps(to_dict(statement)))) == statement


@pytest.mark.parametrize("change", [{"extra": 1}, {"outcome": "maybe"}, {"received_at": 5}, {"schema_version": "2.0"}])
def test_a_document_that_is_no_statement_is_refused(change):
    """A stored document is believed only in its own form."""
    with pytest.raises((ValueError, KeyError)):
        from_dict({**to_dict(a_full_statement()), **change})


def test_the_traffic_fine_of_the_covenant_shows_what_lapses():
    """104.00 fine + 9.00 costs + 52.00 increase, 30.00 paid: booked 104.00, counted 74.00. Source: schemas 9.2."""
    fine = a_debt(
        charged(K.PRINCIPAL, 10400),
        charged(K.ADMIN_COSTS, 900),
        charged(K.INCREASE, 5200),
        payments=(Payment(cents=3000),),
    )
    assert debt_total(fine) == 13500
    assert original_debt_view(fine) == OriginalDebt(booked_cents=10400, counted_cents=7400, lapses_cents=6100)


@pytest.mark.parametrize(
    "debt, total",
    [
        (a_debt(charged(K.PRINCIPAL, 100), payments=(Payment(cents=30),)), 70),
        (a_debt(charged(K.PRINCIPAL, 100, 30), payments=(Payment(cents=30),)), 70),
        (a_debt(Component(kind=K.PRINCIPAL, outstanding_cents=70), payments=(Payment(cents=30),)), 70),
        (
            a_debt(
                charged(K.PRINCIPAL, 100),
                payments=(Payment(cents=30), Payment(cents=10, source=PaymentSource.REFUND)),
            ),
            80,
        ),
        (a_debt(charged(K.PRINCIPAL, 100), waivers=(Waiver(cents=25),)), 75),
        (a_debt(charged(K.PRINCIPAL, 100), waivers=(Waiver(cents=25, component=K.PRINCIPAL),)), 75),
        (a_debt(charged(K.PRINCIPAL, 100), payments=(Payment(cents=130),)), -30),
        (a_debt(), 0),
        (
            a_debt(
                Component(kind=K.PRINCIPAL, charged_cents=100, outstanding_cents=80),
                charged(K.INTEREST, 10),
                payments=(Payment(cents=25),),
            ),
            85,
        ),
    ],
)
def test_payments_lower_a_debt_exactly_once(debt, total):
    """Not allocated: from the total only (ruling 27); already in what is open: not again."""
    assert debt_total(debt) == total


def test_a_debt_that_was_not_split_has_no_original_debt():
    """Then a breakdown is asked for."""
    assert original_debt_view(a_debt(Component(kind=K.UNSPLIT, outstanding_cents=100))) is None
    assert original_debt_view(a_debt()) is None


def test_a_waived_increase_does_not_lower_the_original_debt():
    """Otherwise the same waiver would count twice."""
    debt = a_debt(charged(K.PRINCIPAL, 100), charged(K.INCREASE, 50), waivers=(Waiver(cents=50, component=K.INCREASE),))
    assert original_debt_view(debt) == OriginalDebt(booked_cents=100, counted_cents=100, lapses_cents=0)


def test_a_transferred_debt_counts_for_nothing_until_its_holder_answers():
    """Source: ruling 25."""
    debts = (
        a_debt(charged(K.PRINCIPAL, 100)),
        Debt(reference="F-2", transferred_to=TransferredTo(name="Opkoper"), total_stated_cents=500),
    )
    statement = Statement(outcome=Outcome.STATEMENT, received_at=datetime(2026, 1, 1, tzinfo=UTC), debts=debts)
    assert statement_total(statement) == 100


def test_a_moment_without_a_zone_is_refused():
    """The clock of the gateway is aware."""
    with pytest.raises(ValueError, match="aware"):
        Statement(outcome=Outcome.NIL, received_at=datetime(2026, 1, 1))  # noqa: DTZ001
