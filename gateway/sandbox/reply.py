"""What one reply says, before it has a format; and how amounts and days are spelt in the formats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.sandbox.behaviours import Cents, Content, CreditorProfile, SandboxDebt


@dataclass(frozen=True, kw_only=True)
class Reply:
    """
    One answer of one creditor to one statement request.

    Args:
        as_of: The Dutch day on which the amounts hold; *now* is the same moment, aware.
        stated_too_much: Cents by which each stated total is wrong on purpose; zero in an honest reply.
    """

    profile: CreditorProfile
    request_id: str
    message_id: str
    content: Content
    as_of: date
    now: datetime
    debts: tuple[SandboxDebt, ...]
    stated_too_much: Cents = 0

    def stated(self, debt: SandboxDebt) -> Cents:
        """The total that the creditor states for this debt."""
        return debt.total_cents + self.stated_too_much

    @property
    def stated_total(self) -> Cents:
        return sum(self.stated(debt) for debt in self.debts)


def with_point(cents: Cents) -> str:
    """1234.56"""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def with_comma(cents: Cents) -> str:
    """1.234,56"""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}".replace(",", ".") + f",{abs(cents) % 100:02d}"


def dutch_date(day: date) -> str:
    """04-05-2026"""
    return day.strftime("%d-%m-%Y")
