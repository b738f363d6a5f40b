"""The only way out: `send` takes an envelope and the permit for those very bytes, and says how it went."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from gateway.courier import rest, soap
from gateway.courier.envelope import CourierPolicy, Delivered, Envelope, Failed, Unknown
from gateway.courier.guard import Forbidden, Resolver, Target, system_resolver, vet
from gateway.courier.http import Answer, Lost, NotSent, Stopwatch, post
from gateway.courier.trust import load_trust
from gateway.errors import GatewayError
from gateway.keys import digest, same

if TYPE_CHECKING:
    from gateway.consent.decision import Permit

__all__ = [
    "Courier",
    "CourierPolicy",
    "Delivered",
    "Envelope",
    "Failed",
    "PermitMismatch",
    "Resolver",
    "Unknown",
]

_LONGEST_WAIT = 86_400  # seconds: a creditor can ask us to wait a day, not to stay away
_TRANSIENT = {408, 425, 429}  # the only 4xx that mean "later": RFC 9110, 8470 and 6585
_MEDIA_TYPE = re.compile(
    r"\s*([a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*)\s*(?:;\s*charset=\"?([a-z0-9_-]{1,40})\"?\s*)?(?:;.*)?",
    re.I,
)


class PermitMismatch(GatewayError):
    """The permit is not for this message; nothing was sent."""

    code = "permit_mismatch"


class Courier:
    """Sends one message at a time; safe to share between threads. Logs nothing and keeps nothing."""

    def __init__(self, policy: CourierPolicy, *, resolver: Resolver = system_resolver) -> None:
        """Raises ConfigurationError when a file that *policy* names cannot be used."""
        load_trust(policy)
        self._policy = policy
        self._resolver = resolver

    def check(self, url: str) -> str | None:
        """Why this endpoint would be refused at this moment, as a stable code; None when it would not."""
        target = vet(url, self._policy, self._resolver, self._policy.connect_seconds)
        return target.value if isinstance(target, Forbidden) else None

    def send(self, envelope: Envelope, permit: Permit) -> Delivered | Failed | Unknown:
        """
        Send *envelope*, once, and say what became of it; nothing is tried again here.

        Raises:
            PermitMismatch: *permit* is not one for sending exactly these bytes under this message id. That is
                a mistake in this program, and no socket is opened.
        """
        _must_match(envelope, permit)
        watch = Stopwatch(self._policy.deadline_seconds)
        target = vet(envelope.url, self._policy, self._resolver, watch.left())
        if isinstance(target, Forbidden):
            return Failed(reason_code=target.value, retryable=target is Forbidden.UNKNOWN)
        return self._sent(envelope, target, watch)

    def _sent(self, envelope: Envelope, target: Target, watch: Stopwatch) -> Delivered | Failed | Unknown:
        channel = soap if envelope.channel == "soap" else rest
        ours = {"User-Agent": "creditor-gateway", "Accept-Encoding": "identity", "Connection": "close"}
        headers = {**ours, **channel.headers(envelope), **envelope.headers}
        match post(target, headers, envelope.body, self._policy, watch):
            case Answer() as answer if answer.status < 200:
                return Unknown(reason_code="interim")  # the library stops at 103; what came after it is not known
            case Answer() as answer if answer.status < 300:
                return _delivered(answer, watch)
            case Answer() as answer:
                return _refused(answer, channel.REFUSED)
            case NotSent(reason_code=reason):
                return Failed(reason_code=reason, retryable=True)
            case Lost(reason_code=reason):
                return Unknown(reason_code=reason)


def _must_match(envelope: Envelope, permit: Permit) -> None:
    if type(permit).__name__ != "Permit" or permit.stage != "send":
        raise PermitMismatch("Only a permit for sending lets a message out.")
    if permit.message_id != envelope.message_id:
        raise PermitMismatch("The permit is for another message.")
    if not same(permit.digest, envelope.digest) or not same(digest(envelope.body), envelope.digest):
        raise PermitMismatch("The permit is for other bytes.")


def _delivered(answer: Answer, watch: Stopwatch) -> Delivered:
    return Delivered(
        status=answer.status,
        media_type=_media_type(answer.headers.get("Content-Type", "")),
        body=answer.body,
        elapsed_ms=watch.elapsed_ms(),
        peer=answer.peer,
        peer_certificate=answer.peer_certificate,
        body_fault=answer.body_fault,
    )


def _refused(answer: Answer, server_error: str) -> Failed:
    """Not 2xx. Nothing of what the other side wrote is passed on, not even its reason phrase."""
    status = answer.status
    if status >= 500:
        reason = server_error if status == 500 else "http_error"
        return _later(reason, answer)
    if status in _TRANSIENT:
        return _later("http_later", answer)
    reason = "redirected" if 300 <= status < 400 else "http_refused"
    return Failed(reason_code=reason, retryable=False, status=status)


def _later(reason: str, answer: Answer) -> Failed:
    wait = _retry_after(answer.headers)
    return Failed(reason_code=reason, retryable=True, status=answer.status, retry_after_seconds=wait)


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """
    Seconds, at most a day. RFC 9110 section 10.2.3 allows a moment instead: that is counted from the moment
    the answer itself names, so that neither clock needs to be right.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return min(int(value[:12]), _LONGEST_WAIT)
    then, now = _moment(value), _moment(headers.get("Date", ""))
    if then is None or now is None:
        return None
    return max(0, min((then - now) // timedelta(seconds=1), _LONGEST_WAIT))


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


def _media_type(value: str) -> str:
    """Only the type and its character set, in one spelling: headers are upstream text too."""
    found = _MEDIA_TYPE.fullmatch(value) if len(value) <= 200 else None
    if found is None:
        return ""
    charset = f"; charset={found[2].lower()}" if found[2] else ""
    return found[1].lower() + charset
