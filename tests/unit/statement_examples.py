"""
The statements in schemas/examples/debt-statement, one of each kind; all of them synthetic.

`python -m tests.unit.statement_examples` writes the files anew; test_statement_forms.py compares them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from gateway.adapters.statement_xml import write_statement
from gateway.domain.statement import (
    Arrangement,
    ArrangementPeriod,
    Component,
    ComponentKind,
    Debt,
    DebtStatement,
    DebtType,
    Dispute,
    Filed,
    IdKind,
    Interest,
    InterestKind,
    JointKind,
    JointLiability,
    Limitation,
    Obstacle,
    Organisation,
    Origin,
    Outcome,
    Party,
    Payment,
    PaymentSource,
    Provenance,
    ProvenanceMethod,
    Rank,
    Refusal,
    RefusalReason,
    Remark,
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
    Weight,
    as_document,
    published,
)

K = ComponentKind
FOLDER = Path(__file__).parents[2] / "schemas" / "examples" / "debt-statement"
ASKED_IN = "7f1c2a90-0000-4000-8000-000000000001"
RECEIVED = datetime(2026, 11, 3, 9, tzinfo=UTC)
PROVENANCE = Provenance(
    raw_sha256="0f" * 32,
    raw_bytes=812,
    media_type="application/json",
    used_charset="utf-8",
    mapping_id="gateway-json",
    mapping_version="1.1.0",
    mapping_sha256="a1" * 32,
    engine_version="1.0",
)
CREDITOR = Party(
    participant_id="b6a3c1de-0000-4000-8000-000000000010",
    name="Energiebedrijf Voorbeeld bv",
    id_kind=IdKind.KVK,
    id_value="90000011",
    sector="energy",
)
BAILIFF = Party(
    participant_id="b6a3c1de-0000-4000-8000-000000000011",
    name="Gerechtsdeurwaarder Voorbeeld",
    id_kind=IdKind.KVK,
    id_value="90000012",
    role=RespondentRole.BAILIFF,
    sector="bailiff",
)
FILED = Filed(
    statement_id="3d0e6c52-0000-4000-8000-000000000002",
    version=1,
    request_id=ASKED_IN,
    consent_id="c0ffee00-0000-4000-8000-000000000003",
    resident="5e51de47-0000-4000-8000-000000000004",
    creditor=CREDITOR,
    respondent=CREDITOR,
    asked=("F-2026-17",),
)
NEW_HOLDER = TransferredTo(
    name="Opkoper Voorbeeld bv",
    id_kind=IdKind.KVK,
    id_value="90000013",
    reference="OP-881",
    transferred_on=date(2026, 5, 1),
    kind=TransferKind.SALE,
)


def _answer(outcome: Outcome, **more: Any) -> Statement:
    stated = {"as_of": date(2026, 11, 1), "creditor_message_id": "M-1", "request_id": ASKED_IN, **more}
    return Statement(outcome=outcome, received_at=RECEIVED, provenance=PROVENANCE, **stated)


def ordinary() -> Statement:
    """A dentist's bill at a collection stage: two components, one payment, adding up."""
    debt = Debt(
        reference="F-2026-17",
        description="Jaarafrekening stroom en gas",
        debt_type=DebtType.ENERGY,
        arisen_on=date(2026, 2, 3),
        due_on=date(2026, 3, 5),
        components=(
            Component(kind=K.PRINCIPAL, charged_cents=55_000, paid_cents=0, outstanding_cents=55_000),
            Component(
                kind=K.COLLECTION_COSTS,
                charged_cents=8_250,
                paid_cents=1_750,
                outstanding_cents=6_500,
                legal_basis="art. 6:96 BW",
            ),
        ),
        payments=(Payment(cents=1_750, paid_on=date(2026, 8, 1)),),
        total_stated_cents=61_500,
        rank=Rank.ORDINARY,
    )
    return _answer(Outcome.STATEMENT, customer_number="C-42", total_stated_cents=61_500, debts=(debt,))


def _secured_debt() -> Debt:
    """One debt with every field, adding up to 1.485,00."""
    return Debt(
        reference="0012345",
        requested_reference="F-2026-17",
        description="Lening voor een keuken",
        debt_type=DebtType.LOAN,
        source_type="krediet/03",
        business=False,
        original_creditor=Organisation(
            name="Keukens Voorbeeld bv",
            id_kind=IdKind.OIN,
            id_value="00000003900000150000",
            role=RespondentRole.CREDITOR,
        ),
        transferred_to=None,
        arisen_on=date(2024, 2, 1),
        due_on=date(2024, 3, 1),
        components=(
            Component(kind=K.PRINCIPAL, charged_cents=120_000, paid_cents=10_000, outstanding_cents=110_000),
            Component(kind=K.INTEREST, charged_cents=7_500, outstanding_cents=7_500, legal_basis="contract, art. 4"),
            Component(kind=K.COLLECTION_COSTS, charged_cents=12_000, outstanding_cents=12_000),
            Component(kind=K.COURT_COSTS, charged_cents=9_000, outstanding_cents=9_000),
            Component(kind=K.ENFORCEMENT_COSTS, charged_cents=6_000, outstanding_cents=6_000),
            Component(kind=K.ADMIN_COSTS, charged_cents=1_000, outstanding_cents=1_000),
            Component(kind=K.INCREASE, charged_cents=3_000, outstanding_cents=2_000),
            Component(kind=K.OTHER, charged_cents=1_000, outstanding_cents=1_000),
        ),
        payments=(
            Payment(cents=9_000, paid_on=date(2025, 3, 1), reference="BET-1", source=PaymentSource.SEIZURE),
            Payment(cents=2_000, paid_on=date(2025, 4, 1), source=PaymentSource.RESIDENT),
            Payment(cents=1_000, paid_on=date(2025, 5, 1), source=PaymentSource.REFUND),
        ),
        waivers=(Waiver(cents=1_000, waived_on=date(2026, 4, 1), component=K.INCREASE),),
        interest=Interest(
            rate="6.5",
            kind=InterestKind.CONTRACTUAL,
            from_on=date(2024, 3, 2),
            to_on=date(2026, 10, 1),
            stopped_on=date(2026, 10, 1),
        ),
        total_stated_cents=148_500,
        rank=Rank.SECURED,
        rank_basis="pandrecht, art. 3:227 BW",
        security=Security(kind=SecurityKind.PLEDGE, description="keuken", value_cents=40_000),
        title=Title(
            kind=TitleKind.JUDGMENT, number="C/09/26-1", issued_on=date(2025, 9, 1), court="Rechtbank Voorbeeldstad"
        ),
        seizures=(Seizure(kind=SeizureKind.WAGE, seized_on=date(2025, 10, 1), holder="Werkgever Voorbeeld bv"),),
        arrangement=Arrangement(
            cents=2_500,
            period=ArrangementPeriod.MONTH,
            starts_on=date(2025, 1, 1),
            ends_on=date(2026, 12, 1),
            status="loopt",
        ),
        disputed=Dispute(by_resident=True, by_creditor=False, reason="geleverd was een ander", since=date(2024, 4, 1)),
        joint_liability=JointLiability(kind=JointKind.JOINT_SEVERAL),
        limitation=Limitation(expires_on=date(2031, 1, 15), interrupted_on=date(2026, 1, 15), stated_expired=False),
        urgencies=(
            Urgency(kind=UrgencyKind.EVICTION, planned_on=date(2026, 12, 1)),
            Urgency(kind=UrgencyKind.DISCONNECTION),
        ),
    )


def everything() -> Statement:
    """A bailiff's answer in which every field stands that can stand in a statement with debts."""
    unsplit = Debt(
        reference="0012346",
        components=(Component(kind=K.UNSPLIT, outstanding_cents=4_321),),
        total_stated_cents=4_321,
        rank=Rank.PREFERENTIAL,
        rank_basis="art. 3:288 BW",
    )
    handed_on = Debt(reference="0012347", transferred_to=NEW_HOLDER)
    return _answer(
        Outcome.STATEMENT,
        obstacle=Obstacle(
            code="amount_incorrect", facts=(("proof", "Vonnis van 1 september 2025"), ("claimed_cents", "148500"))
        ),
        agreed_in_advance=False,
        total_stated_cents=152_821,
        customer_number="K-7",
        paused_since=date(2026, 10, 1),
        creditor=Organisation(name="Kredietbank Voorbeeld nv", id_kind=IdKind.KVK, id_value="90000011"),
        respondent=Organisation(
            name="Gerechtsdeurwaarder Voorbeeld", id_kind=IdKind.KVK, id_value="90000012", role=RespondentRole.BAILIFF
        ),
        debts=(_secured_debt(), unsplit, handed_on),
    )


def examples() -> dict[str, DebtStatement]:
    """What lies in schemas/examples/debt-statement, by file name without ending."""
    traced = replace(
        PROVENANCE,
        declared_charset="utf-8",
        fields={
            "/debts/0/reference": Origin(sources=(Source(path="$['debts'][0]['reference']", raw_hash="5d" * 32),)),
            "/debts/0/interest/rate": Origin(
                sources=(Source(path="$['debts'][0]['interest']['rate']", raw="6.5"),), transform=("rate:cents",)
            ),
        },
    )
    typed_in = Provenance(
        raw_sha256="3c" * 32,
        raw_bytes=640,
        media_type="application/json",
        method=ProvenanceMethod.KEYED_BY_PERSON,
        keyed_by="c0de0000-0000-4000-8000-000000000005",
        checked_by="c0de0000-0000-4000-8000-000000000006",
        page_reference="brief van 1 november 2026, bladzijde 2",
    )
    doubt = Remark(
        code="R5",
        severity=Weight.WARN,
        path="/as_of",
        detail="The amounts are more than 31 days older than the request.",
    )
    answers = {
        "ordinary": (ordinary(), FILED),
        "nil": (_answer(Outcome.NIL), FILED),
        "client-unknown": (_answer(Outcome.CLIENT_UNKNOWN), FILED),
        "transferred": (_answer(Outcome.TRANSFERRED, transferred_to=NEW_HOLDER), FILED),
        "refused": (
            _answer(Outcome.REFUSED, refusal=Refusal(code=RefusalReason.OTHER, text="Wij werken hier niet aan mee.")),
            FILED,
        ),
        "everything": (
            replace(everything(), provenance=traced),
            replace(FILED, version=2, respondent=BAILIFF, asked=("F-2026-17", "F-2026-99"), quality=(doubt,)),
        ),
        "keyed-from-paper": (replace(ordinary(), provenance=typed_in), replace(FILED, asked=())),
    }
    return {name: published(statement, filed) for name, (statement, filed) in answers.items()}


def written() -> dict[str, bytes]:
    """The content of every file in schemas/examples/debt-statement, by its name."""
    files = {}
    for name, statement in examples().items():
        files[f"{name}.json"] = (json.dumps(as_document(statement), indent=2, ensure_ascii=False) + "\n").encode()
        files[f"{name}.xml"] = write_statement(statement, indent=True)
    return files


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file_name, content in written().items():
        (FOLDER / file_name).write_bytes(content)
