"""The code lists of the canonical statement: every word that may stand where a choice is made."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a creditor answered; none of these is silence."""

    STATEMENT = "statement"
    NIL = "nil"  # known here, owes nothing
    CLIENT_UNKNOWN = "client_unknown"  # klant onbekend
    TRANSFERRED = "transferred"  # overgedragen: somebody else holds it now
    REFUSED = "refused"  # geen medewerking


class ComponentKind(StrEnum):
    """What a part of a debt is for; `unsplit` only stands alone."""

    PRINCIPAL = "principal"  # hoofdsom
    INTEREST = "interest"  # rente
    COLLECTION_COSTS = "collection_costs"  # incassokosten (art. 6:96 BW)
    COURT_COSTS = "court_costs"  # proceskosten, griffierecht
    ENFORCEMENT_COSTS = "enforcement_costs"  # executiekosten, betekening
    ADMIN_COSTS = "admin_costs"  # administratiekosten
    INCREASE = "increase"  # verhoging, boete
    OTHER = "other"
    UNSPLIT = "unsplit"  # one amount, not broken down


class Rank(StrEnum):
    """The place of a claim in the distribution; never guessed from the sector."""

    ORDINARY = "ordinary"  # concurrent
    PREFERENTIAL = "preferential"
    SECURED = "secured"
    UNKNOWN = "unknown"


class RefusalReason(StrEnum):
    """Why a creditor does not co-operate (Schuldenknooppunt, Geen medewerking)."""

    CLIENT_RECENT_DISCHARGE = "client_recent_discharge"
    RECENT_STABILISATION = "recent_stabilisation"
    NO_COOPERATION = "no_cooperation"
    OTHER = "other"


class PaymentSource(StrEnum):
    """Where a payment came from; a refund counts against the payments."""

    RESIDENT = "resident"
    SEIZURE = "seizure"
    OFFSET = "offset"
    REFUND = "refund"


class SecurityKind(StrEnum):
    """What secures a claim."""

    MORTGAGE = "mortgage"
    PLEDGE = "pledge"
    RETENTION_OF_TITLE = "retention_of_title"


class TitleKind(StrEnum):
    """What allows enforcement (executoriale titel)."""

    JUDGMENT = "judgment"  # vonnis
    WRIT = "writ"  # dwangbevel
    NOTARIAL_DEED = "notarial_deed"
    PENAL_ORDER = "penal_order"  # strafbeschikking


class SeizureKind(StrEnum):
    """On what a seizure (beslag) lies."""

    WAGE = "wage"
    BENEFIT = "benefit"
    BANK = "bank"
    GOODS = "goods"
    TAX_REFUND = "tax_refund"
    PRECAUTIONARY = "precautionary"  # conservatoir


class ArrangementPeriod(StrEnum):
    """How often an instalment of a running arrangement falls due."""

    WEEK = "week"
    MONTH = "month"


class TransferKind(StrEnum):
    """How a claim came into other hands."""

    ASSIGNMENT = "assignment"  # cessie
    COLLECTION_MANDATE = "collection_mandate"  # incassomandaat
    SALE = "sale"


class RespondentRole(StrEnum):
    """In what capacity the sender of the reply answered."""

    CREDITOR = "creditor"
    BAILIFF = "bailiff"
    COLLECTION_AGENCY = "collection_agency"
    BUYER = "buyer"


class InterestKind(StrEnum):
    """On what the interest rests."""

    STATUTORY_CONSUMER = "statutory_consumer"  # wettelijke rente (art. 6:119 BW)
    STATUTORY_COMMERCIAL = "statutory_commercial"  # wettelijke handelsrente (art. 6:119a BW)
    CONTRACTUAL = "contractual"  # bedongen rente
    NONE = "none"  # the creditor says that no interest runs


class JointKind(StrEnum):
    """Who else is bound to pay; never who that is by name."""

    NONE = "none"  # the resident alone
    JOINT_SEVERAL = "joint_several"  # hoofdelijk
    PARTNER = "partner"  # gemeenschap van goederen
    GUARANTOR = "guarantor"  # borg


class UrgencyKind(StrEnum):
    """What threatens the resident because of a debt (art. 287b Fw names the first three)."""

    EVICTION = "eviction"  # ontruiming
    DISCONNECTION = "disconnection"  # afsluiting van gas, water, stroom
    INSURANCE_END = "insurance_end"  # einde van de zorgverzekering
    IMPRISONMENT = "imprisonment"  # gijzeling


class DebtType(StrEnum):
    """
    What a debt is for; the sector of a creditor is another matter.

    Sources: the partner kinds of DDAS Vroegsignalering 0.9 (energy to allowances) and the debt kinds of DDAS 1.0,
    which these go back to (Zorg, Publiek, Nuts, Overig).
    """

    ENERGY = "energy"  # gas, stroom, warmte
    WATER = "water"
    RENT = "rent"  # huur
    MORTGAGE = "mortgage"  # hypotheek
    HEALTH_INSURANCE = "health_insurance"  # zorgpremie, eigen risico, bestuursrechtelijke premie
    HEALTH_CARE = "health_care"  # zorgrekening, eigen bijdrage
    INSURANCE = "insurance"  # andere verzekering
    TELECOM = "telecom"
    LOAN = "loan"  # krediet, rood staan, creditcard
    PURCHASE = "purchase"  # koop, webwinkel, achteraf betalen
    STUDENT_LOAN = "student_loan"  # studieschuld
    TAX = "tax"  # belasting van rijk, gemeente of waterschap
    ALLOWANCE_RECOVERY = "allowance_recovery"  # terugvordering toeslag
    BENEFIT_RECOVERY = "benefit_recovery"  # terugvordering uitkering
    FINE = "fine"  # boete
    DAMAGES = "damages"  # schadevergoeding
    MAINTENANCE = "maintenance"  # alimentatie
    OTHER = "other"


class ProvenanceMethod(StrEnum):
    """How what a creditor sent became a statement."""

    READ_BY_MAPPING = "read_by_mapping"  # by the engine, from bytes, with a mapping
    KEYED_BY_PERSON = "keyed_by_person"  # typed in from a paper letter (ingetoetst)


class IdKind(StrEnum):
    """By what number an organisation is known."""

    OIN = "oin"  # organisatie-identificatienummer of the government
    KVK = "kvk"  # trade register
    RSIN = "rsin"


class Currency(StrEnum):
    """The only one; nothing is converted."""

    EUR = "EUR"


class MatchStatus(StrEnum):
    """Whether we asked about a debt by its reference."""

    MATCHED = "matched"
    ADDED_BY_CREDITOR = "added_by_creditor"


class Weight(StrEnum):
    """How heavily a remark weighs: `hold` made a person look, `warn` is shown."""

    HOLD = "hold"
    WARN = "warn"
