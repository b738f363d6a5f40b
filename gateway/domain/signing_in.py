"""What can come of signing in at somebody else's counter, when it is not that a resident was recognised."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why somebody is not signed in, as far as it makes a difference to what that person can do next."""

    CANCELLED = "cancelled"  # stopped it themselves
    TOO_LOW = "too_low"  # signed in there, but not surely enough
    FOR_SOMEBODY_ELSE = "for_somebody_else"  # may act for the resident there; here we speak with the resident
    UNKNOWN_PERSON = "unknown_person"  # is surely who they are, and nobody here helps them with debts
    EXPIRED = "expired"  # took too long, or was used before
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class NotSignedIn:
    """*code* says where it went wrong, for an operator; it is stable and holds nothing of what was sent."""

    reason: Reason
    code: str
