"""The fourteen creditors of the demo: one resident's debts, and every way to answer, or not to."""

from __future__ import annotations

from datetime import date, timedelta

from gateway.domain.correspondence import Party
from gateway.domain.grounds import Answer, OfferAnswer
from gateway.sandbox.behaviours import (
    Content,
    CreditorProfile,
    Payment,
    ProposalBehaviour,
    SandboxDebt,
    StatementBehaviour,
    When,
)

ACCEPT = OfferAnswer(answer=Answer.ACCEPT)
SILENT = ProposalBehaviour(when=When.NEVER)
NOTHING_TO_OFFER = SILENT  # it holds no claim, so no proposal comes


def _accepts(when: When, days: int = 2) -> ProposalBehaviour:
    return ProposalBehaviour(when=when, answer=ACCEPT, delay=timedelta(days=days))


DEMO: tuple[CreditorProfile, ...] = (
    CreditorProfile(
        slug="boetekantoor",
        name="Centraal Boetekantoor (voorbeeld)",
        id_kind="oin",
        id_value="00000099100000001000",
        sector="fines",
        kind="creditor",
        format="fcid-like",
        style="rest_json",
        regime_group="government",
        rank="ordinary",
        # 104.00 + 9.00 + 52.00: of the 165.00 that is asked, 104.00 is the original debt.
        debts=(
            SandboxDebt(
                reference="7012345600000012",
                description="Verkeersboete",
                arisen_on=date(2025, 9, 18),
                components=(("principal", 10_400), ("admin_costs", 900), ("increase", 5_200)),
            ),
        ),
        statement=StatementBehaviour(when=When.AT_ONCE),
        proposal=_accepts(When.AT_ONCE),
    ),
    CreditorProfile(
        slug="rijksheffing",
        name="Rijksdienst voor Heffingen (voorbeeld)",
        id_kind="oin",
        id_value="00000099100000002000",
        sector="tax",
        kind="creditor",
        format="gateway-json",
        style="rest_json",
        regime_group="government",
        rank="preferential",
        debts=(
            SandboxDebt(
                reference="IB2024-0417",
                description="Inkomstenbelasting 2024",
                arisen_on=date(2025, 6, 20),
                components=(("principal", 231_800), ("interest", 6_140), ("admin_costs", 5_600)),
                payments=(Payment(on=date(2025, 10, 1), cents=15_000),),
            ),
        ),
        statement=StatementBehaviour(when=When.LAST_MINUTE),
        proposal=_accepts(When.LATER, 4),
    ),
    CreditorProfile(
        slug="studiefonds",
        name="Studiefonds (voorbeeld)",
        id_kind="oin",
        id_value="00000099100000003000",
        sector="student_loan",
        kind="creditor",
        format="fcid-like",
        style="rest_json",
        regime_group="government",
        rank="ordinary",
        debts=(),
        statement=StatementBehaviour(when=When.AT_ONCE, contents=(Content.CLIENT_UNKNOWN,)),
        proposal=NOTHING_TO_OFFER,
    ),
    CreditorProfile(
        slug="gemeente-noordstad",
        name="Gemeente Noordstad, Belastingen",
        id_kind="oin",
        id_value="00000099100000004000",
        sector="municipality",
        kind="creditor",
        format="gateway-xml",
        style="rest_xml",
        regime_group="government",
        rank="preferential",
        debts=(
            SandboxDebt(
                reference="AH-2025-88310",
                description="Afvalstoffenheffing 2025",
                arisen_on=date(2025, 2, 28),
                components=(("principal", 41_250), ("admin_costs", 900)),
            ),
        ),
        statement=StatementBehaviour(when=When.LATER, delay=timedelta(days=3)),
        proposal=_accepts(When.LATER, 1),
    ),
    CreditorProfile(
        slug="zonnewind",
        name="Zonnewind Energie B.V.",
        id_kind="kvk",
        id_value="99000005",
        sector="energy",
        kind="creditor",
        format="ubl-statement",
        style="rest_xml",
        regime_group="agreement",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="ZW-20251101-417",
                description="Eindafrekening stroom en gas",
                arisen_on=date(2025, 11, 1),
                components=(("principal", 128_435), ("collection_costs", 19_265)),
                payments=(Payment(on=date(2025, 12, 15), cents=15_000),),
            ),
        ),
        statement=StatementBehaviour(when=When.LATER, delay=timedelta(days=2)),
        proposal=_accepts(When.LATER, 5),
    ),
    CreditorProfile(
        slug="de-linde",
        name="Woonstichting De Linde",
        id_kind="kvk",
        id_value="99000006",
        sector="rent",
        kind="creditor",
        format="gateway-json",
        style="rest_json",
        regime_group="agreement",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="H-30412/2026",
                description="Huurachterstand januari tot en met maart",
                arisen_on=date(2026, 1, 1),
                components=(("principal", 214_080),),
                payments=(Payment(on=date(2026, 2, 27), cents=10_000),),
            ),
        ),
        statement=StatementBehaviour(when=When.AFTER_REMINDER),
        proposal=_accepts(When.LATER, 3),
    ),
    CreditorProfile(
        slug="zorgvast",
        name="Zorgvast Verzekeringen N.V.",
        id_kind="kvk",
        id_value="99000007",
        sector="health_insurance",
        kind="creditor",
        format="skp-like",
        style="soap",
        regime_group="agreement",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="ZV-5520-11",
                description="Premie en eigen risico 2025",
                arisen_on=date(2025, 5, 1),
                components=(("principal", 84_630), ("interest", 1_218), ("collection_costs", 12_690)),
            ),
        ),
        statement=StatementBehaviour(when=When.AT_ONCE),
        proposal=_accepts(When.LAST_MINUTE),
    ),
    CreditorProfile(
        slug="belgoed",
        name="Belgoed Telecom B.V.",
        id_kind="kvk",
        id_value="99000008",
        sector="telecom",
        kind="creditor",
        format="skp-like",
        style="soap",
        regime_group="agreement",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="0031-778120",
                description="Mobiel abonnement en toestel",
                arisen_on=date(2025, 8, 14),
                components=(("principal", 38_990), ("interest", 402), ("collection_costs", 5_848)),
            ),
        ),
        busy_first=2,
        statement=StatementBehaviour(when=When.AT_ONCE),
        proposal=SILENT,
    ),
    CreditorProfile(
        slug="ijsselbank",
        name="IJsselbank Consumptief Krediet N.V.",
        id_kind="kvk",
        id_value="99000009",
        sector="bank",
        kind="creditor",
        format="skp-like",
        style="soap",
        regime_group="agreement",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="PL-00918273",
                description="Persoonlijke lening",
                arisen_on=date(2023, 3, 1),
                components=(("principal", 745_000), ("interest", 31_825)),
            ),
        ),
        statement=StatementBehaviour(
            when=When.LATER,
            contents=(Content.STATEMENT, Content.OTHER_TOTALS),
            delay=timedelta(days=1),
            interval=timedelta(days=2),
        ),
        proposal=ProposalBehaviour(
            when=When.LATER,
            answer=OfferAnswer(
                answer=Answer.REFUSE,
                ground="not_maximal",
                facts={
                    "counter_offer_cents": 210_000,
                    "calculation": "De vakantietoeslag over 18 maanden ontbreekt in de berekening.",
                },
                reason="Met de vakantietoeslag erbij kan er meer worden betaald.",
            ),
        ),
    ),
    CreditorProfile(
        slug="van-dalen",
        name="Gerechtsdeurwaarders Van Dalen & Zn.",
        id_kind="kvk",
        id_value="99000010",
        sector="other",
        kind="collector",
        format="bailiff-xml",
        style="rest_xml",
        regime_group="agreement",
        rank="ordinary",
        acts_for=Party(name="Polderhof Autoverzekeringen N.V.", id_kind="kvk", id_value="99000110"),
        debts=(
            SandboxDebt(
                reference="2025-04417",
                description="Schadeverzekering auto",
                arisen_on=date(2024, 7, 9),
                components=(
                    ("principal", 125_000),
                    ("interest", 8_745),
                    ("collection_costs", 18_750),
                    ("court_costs", 32_200),
                    ("enforcement_costs", 9_852),
                ),
                payments=(
                    Payment(on=date(2025, 11, 3), cents=5_000),
                    Payment(on=date(2025, 12, 1), cents=5_000),
                ),
                title=("9871234 CV 25-118", "Rechtbank Noordstad", date(2025, 6, 17)),
                seizure=("wage", date(2025, 9, 22)),
            ),
        ),
        statement=StatementBehaviour(
            when=When.LATER,
            contents=(Content.WRONG_TOTALS, Content.STATEMENT),
            delay=timedelta(days=4),
        ),
        proposal=ProposalBehaviour(
            when=When.LATER,
            delay=timedelta(days=6),
            answer=OfferAnswer(
                answer=Answer.REFUSE,
                ground="seizure_yields_more",
                reason="Het loonbeslag levert onze opdrachtgever meer op.",
            ),
        ),
    ),
    CreditorProfile(
        slug="maasdam",
        name="Incassobureau Maasdam B.V.",
        id_kind="kvk",
        id_value="99000011",
        sector="webshop",
        kind="collector",
        format="agency-json",
        style="rest_json",
        regime_group="agreement",
        rank="ordinary",
        acts_for=Party(name="Kledingpaleis Online B.V.", id_kind="kvk", id_value="99000111"),
        debts=(
            SandboxDebt(
                reference="MD-771204",
                description="Bestelling 4481",
                arisen_on=date(2025, 10, 6),
                components=(("principal", 38_990), ("interest", 611), ("collection_costs", 5_848)),
                original_creditor=Party(name="Kledingpaleis Online B.V.", id_kind="kvk", id_value="99000111"),
            ),
            SandboxDebt(
                reference="MD-771205",
                description="Bestelling 4502",
                arisen_on=date(2025, 11, 20),
                components=(("principal", 11_895), ("collection_costs", 4_000)),
                original_creditor=Party(name="Kledingpaleis Online B.V.", id_kind="kvk", id_value="99000111"),
            ),
        ),
        statement=StatementBehaviour(
            when=When.LATER,
            contents=(Content.GARBAGE, Content.STATEMENT),
            delay=timedelta(hours=20),
            interval=timedelta(hours=6),
        ),
        proposal=ProposalBehaviour(
            when=When.LATER,
            delay=timedelta(days=3),
            answer=OfferAnswer(answer=Answer.REFUSE, reason="Wij gaan niet akkoord."),
            when_asked=OfferAnswer(
                answer=Answer.REFUSE,
                ground="claim_missing",
                facts={
                    "claim_reference": "MD-771399",
                    "claimed_cents": 6_495,
                    "proof": "Factuur 4610 van 4 december 2025, bij deze zaak gevoegd",
                },
            ),
        ),
    ),
    CreditorProfile(
        slug="tandarts-smit",
        name="Tandartspraktijk Smit",
        id_kind="kvk",
        id_value="99000012",
        sector="other",
        kind="creditor",
        format="bare-list",
        style="rest_json",
        regime_group="default",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="N-2025-0931",
                description="Behandeling oktober",
                arisen_on=date(2025, 10, 22),
                components=(("unsplit", 34_260),),
            ),
        ),
        statement=StatementBehaviour(when=When.NEVER),
        proposal=_accepts(When.AFTER_REMINDER, 1),
    ),
    CreditorProfile(
        slug="krediet-direct",
        name="Krediet Direct Nederland B.V.",
        id_kind="kvk",
        id_value="99000013",
        sector="bank",
        kind="creditor",
        format="skp-csv",
        style="rest_json",
        regime_group="agreement",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="KD-445-901",
                description="Doorlopend krediet",
                arisen_on=date(2022, 6, 30),
                components=(("principal", 182_000), ("interest", 21_930)),
            ),
        ),
        sold_to=Party(name="Invorderhuis Oost B.V.", id_kind="kvk", id_value="99000113"),
        statement=StatementBehaviour(when=When.AT_ONCE, contents=(Content.TRANSFERRED,)),
        proposal=NOTHING_TO_OFFER,
    ),
    CreditorProfile(
        slug="kampeerhal",
        name="Kampeerhal Noord",
        id_kind="kvk",
        id_value="99000014",
        sector="webshop",
        kind="creditor",
        format="bare-list",
        style="rest_json",
        regime_group="agreement",
        rank="ordinary",
        debts=(
            SandboxDebt(
                reference="KN-18833",
                description="Vouwwagen, restbedrag",
                arisen_on=date(2025, 7, 2),
                components=(("unsplit", 64_900),),
            ),
        ),
        statement=StatementBehaviour(when=When.ONE_MINUTE_LATE),
        proposal=SILENT,
    ),
)


def profile(slug: str) -> CreditorProfile:
    """
    The creditor of the demo with this slug.

    Raises:
        KeyError: there is none.
    """
    return {creditor.slug: creditor for creditor in DEMO}[slug]
