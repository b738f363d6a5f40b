"""What the strict front doors raise when bytes cannot be read at all."""

from __future__ import annotations

from gateway.domain.integrity import Problem, Severity
from gateway.errors import GatewayError


class UnreadableInput(GatewayError):
    """
    The bytes are ill-formed or over a documented limit.

    Args:
        code: A stable word, such as "too_deep".
        place: "line 3, column 7", "byte 12", or "" for the whole.
        detail: What is wrong, safe for anybody.
        raw: The offending text itself, where there is one; the caller seals it.
    """

    code = "unreadable"

    def __init__(self, code: str, place: str, detail: str, *, raw: str | None = None) -> None:
        super().__init__(detail)
        self.problem = Problem(code=code, severity=Severity.HOLD, path=place, detail=detail, raw=raw)
