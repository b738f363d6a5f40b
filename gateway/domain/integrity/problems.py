"""One thing that is wrong or doubtful about a reply, and how heavily it weighs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """`hold`: a person must look before it counts. `warn`: usable, shown."""

    HOLD = "hold"
    WARN = "warn"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """
    One thing that is wrong or doubtful about a reply.

    Args:
        code: "R7" for a rule, or a word such as "unlisted_value" for what the mapping could not place.
        path: Where in the reply (JSONPath or XPath) or, for a rule, where in the statement (JSON Pointer).
        detail: What is wrong and what to do, safe for anybody: no name, number or amount of the resident.
        raw: The value itself, for who may see it; the caller seals it.
    """

    code: str
    severity: Severity
    path: str
    detail: str
    raw: str | None = field(default=None, repr=False)
