"""The error tree: a stable code and a message that is safe to show to anybody. It knows no HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """
    One thing that is wrong with what somebody sent, and where.

    Args:
        pointer: RFC 6901 JSON Pointer, or an XPath or JSONPath for a reply in a creditor's own format; "" = the whole.
        code: A stable word, such as "required" or "unknown_code".
        detail: What to do about it, for a reader; never a name, a number or a submitted value.
    """

    pointer: str
    code: str
    detail: str


class GatewayError(Exception):
    """Something went wrong."""

    code = "error"

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or (self.__doc__ or "").strip().splitlines()[0]
        super().__init__(self.detail)


class Invalid(GatewayError):
    """The message has faults; each is listed with its place."""

    code = "invalid"

    def __init__(self, faults: Iterable[Fault], detail: str | None = None) -> None:
        self.faults = tuple(faults)
        super().__init__(detail)


class NotFound(GatewayError):
    """There is nothing here for you. An unknown id and somebody else's id look the same."""

    code = "not_found"


class NotAuthenticated(GatewayError):
    """Send a valid access token in the Authorization header."""

    code = "not_authenticated"


class Forbidden(GatewayError):
    """Your access token does not carry the role for this."""

    code = "forbidden"


class Conflict(GatewayError):
    """This does not fit the present state; nothing was changed."""

    code = "conflict"


class NoPermission(GatewayError):
    """The resident's permission for this flow is missing; nothing was sent."""

    code = "no_permission"


class Unavailable(GatewayError):
    """The record could not be written, so nothing was done. Try again in a moment."""

    code = "unavailable"


class ConfigurationError(GatewayError):
    """The configuration is not usable; the gateway does not start on doubt."""

    code = "configuration"


class CalendarExhausted(ConfigurationError):
    """The workday calendar does not reach this day; extend config/workdays.toml with the decrees for that year."""

    code = "calendar_exhausted"
