"""The words of the mapping language: which blocks there are, and which fields each takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final

from gateway.domain.statement import (
    Arrangement,
    ArrangementPeriod,
    Component,
    ComponentKind,
    Currency,
    DebtType,
    Dispute,
    IdKind,
    Interest,
    InterestKind,
    JointKind,
    JointLiability,
    Limitation,
    Obstacle,
    Organisation,
    Outcome,
    Payment,
    PaymentSource,
    Rank,
    Refusal,
    RefusalReason,
    RespondentRole,
    Security,
    SecurityKind,
    Seizure,
    SeizureKind,
    Title,
    TitleKind,
    TransferKind,
    TransferredTo,
    Urgency,
    UrgencyKind,
    Waiver,
)


class Kind(Enum):
    """What a field holds."""

    MONEY = "an amount"
    DATE = "a date"
    TEXT = "text"
    IDENTIFIER = "an identifier"
    TRUTH = "yes or no"
    CODE = "a code"
    RATE = "a percentage per year"


@dataclass(frozen=True)
class Word:
    """One field: its name in the statement, what it holds, and for a code which words are allowed."""

    target: str
    kind: Kind
    codes: type[StrEnum] | None = None
    required: bool = False
    identifying: bool = False
    longest: int = 500


@dataclass(frozen=True)
class Part:
    """One block of fields and the type it becomes."""

    name: str
    makes: Callable[..., Any] | None
    words: dict[str, Word]


def _money(target: str, *, required: bool = False) -> Word:
    return Word(target, Kind.MONEY, required=required)


def _day(target: str) -> Word:
    return Word(target, Kind.DATE)


def _text(target: str, longest: int = 500) -> Word:
    return Word(target, Kind.TEXT, longest=longest)


def _id(target: str, *, required: bool = False) -> Word:
    return Word(target, Kind.IDENTIFIER, required=required, identifying=True, longest=100)


def _code(target: str, codes: type[StrEnum], *, required: bool = False) -> Word:
    return Word(target, Kind.CODE, codes=codes, required=required)


def _obstacle(code: str | None = None, **facts: str) -> Obstacle:
    """An obstacle; each fact came under the name "facts/<name>"."""
    named = tuple((name.removeprefix("facts/"), text) for name, text in facts.items())
    return Obstacle(code=code or "unspecified", facts=named)


OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)
COMPONENT_KINDS: Final = tuple(kind.value for kind in ComponentKind)

_ORGANISATION = {
    "name": _text("name", 200),
    "id_kind": _code("id_kind", IdKind),
    "id": Word("id_value", Kind.IDENTIFIER, longest=40),
    "role": _code("role", RespondentRole),
}
_TRANSFER = {
    "name": _text("name", 200),
    "id_kind": _code("id_kind", IdKind),
    "id": Word("id_value", Kind.IDENTIFIER, longest=40),
    "reference": _id("reference"),
    "transferred_on": _day("transferred_on"),
    "kind": _code("kind", TransferKind),
}

STATEMENT = Part(
    "statement",
    None,
    {
        "request_id": Word("request_id", Kind.IDENTIFIER, longest=200),
        "message_id": Word("creditor_message_id", Kind.IDENTIFIER, longest=100),
        "as_of": _day("as_of"),
        "total": _money("total_stated_cents"),
        "currency": _code("currency", Currency),
        "customer_number": _id("customer_number"),
        "paused_since": _day("paused_since"),
        "agreed_in_advance": Word("agreed_in_advance", Kind.TRUTH),
    },
)
DEBT = Part(
    "debts",
    None,
    {
        "reference": _id("reference", required=True),
        "requested_reference": _id("requested_reference"),
        "description": _text("description"),
        "debt_type": _code("debt_type", DebtType),
        "source_type": _text("source_type", 100),
        "business": Word("business", Kind.TRUTH),
        "arisen_on": _day("arisen_on"),
        "due_on": _day("due_on"),
        "total": _money("total_stated_cents"),
        "rank": _code("rank", Rank),
        "rank_basis": _text("rank_basis"),
        "currency": _code("currency", Currency),
    },
)
COMPONENT = Part(
    "components",
    Component,
    {
        "kind": _code("kind", ComponentKind, required=True),
        "charged": _money("charged_cents"),
        "paid": _money("paid_cents"),
        "outstanding": _money("outstanding_cents"),
        "legal_basis": _text("legal_basis", 200),
    },
)
# Blocks that may come several times inside a debt: [[debts.payments]] and so on.
LISTS: Final = {
    "payments": Part(
        "payments",
        Payment,
        {
            "amount": _money("cents", required=True),
            "paid_on": _day("paid_on"),
            "reference": _id("reference"),
            "source": _code("source", PaymentSource),
        },
    ),
    "waivers": Part(
        "waivers",
        Waiver,
        {
            "amount": _money("cents", required=True),
            "waived_on": _day("waived_on"),
            "component": _code("component", ComponentKind),
        },
    ),
    "seizures": Part(
        "seizures",
        Seizure,
        {
            "kind": _code("kind", SeizureKind, required=True),
            "seized_on": _day("seized_on"),
            "holder": _text("holder", 200),
        },
    ),
    "urgencies": Part(
        "urgencies",
        Urgency,
        {"kind": _code("kind", UrgencyKind, required=True), "planned_on": _day("planned_on")},
    ),
}
# Blocks that come at most once inside a debt: [debts.title] and so on.
SINGLES: Final = {
    "original_creditor": Part("original_creditor", Organisation, _ORGANISATION),
    "transferred_to": Part("transferred_to", TransferredTo, _TRANSFER),
    "security": Part(
        "security",
        Security,
        {
            "kind": _code("kind", SecurityKind, required=True),
            "description": _text("description"),
            "value": _money("value_cents"),
        },
    ),
    "title": Part(
        "title",
        Title,
        {
            "kind": _code("kind", TitleKind, required=True),
            "number": _id("number"),
            "issued_on": _day("issued_on"),
            "court": _text("court", 200),
        },
    ),
    "arrangement": Part(
        "arrangement",
        Arrangement,
        {
            "amount": _money("cents", required=True),
            "period": _code("period", ArrangementPeriod, required=True),
            "starts_on": _day("starts_on"),
            "ends_on": _day("ends_on"),
            "status": _text("status", 100),
        },
    ),
    "disputed": Part(
        "disputed",
        Dispute,
        {
            "by_resident": Word("by_resident", Kind.TRUTH),
            "by_creditor": Word("by_creditor", Kind.TRUTH),
            "reason": _text("reason"),
            "since": _day("since"),
        },
    ),
    "interest": Part(
        "interest",
        Interest,
        {
            "rate": Word("rate", Kind.RATE),
            "kind": _code("kind", InterestKind),
            "from_on": _day("from_on"),
            "to_on": _day("to_on"),
            "stopped_on": _day("stopped_on"),
        },
    ),
    # Who else is bound is another person's business: there is no word for a name here.
    "joint_liability": Part(
        "joint_liability",
        JointLiability,
        {"kind": _code("kind", JointKind, required=True)},
    ),
    "limitation": Part(
        "limitation",
        Limitation,
        {
            "expires_on": _day("expires_on"),
            "interrupted_on": _day("interrupted_on"),
            "stated_expired": Word("stated_expired", Kind.TRUTH),
        },
    ),
}
# Blocks that come at most once in the whole reply: [statement.refusal] and so on.
HEADERS: Final = {
    "refusal": Part(
        "refusal",
        Refusal,
        {"code": _code("code", RefusalReason, required=True), "text": _text("text", 2000)},
    ),
    "obstacle": Part(
        "obstacle",
        _obstacle,
        {"code": _text("code", 100)},
    ),
    "creditor": Part("creditor", Organisation, _ORGANISATION),
    "respondent": Part("respondent", Organisation, _ORGANISATION),
    "transferred_to": Part("transferred_to", TransferredTo, _TRANSFER),
}


def with_facts(part: Part, names: tuple[str, ...]) -> Part:
    """The block of an obstacle with the facts that a mapping names; which facts a ground asks for is kept elsewhere."""
    facts = {f"facts/{name}": _text(f"facts/{name}", 2000) for name in names}
    return Part(part.name, part.makes, {**part.words, **facts})
