"""Rule R3: what came back is no answer at all, so nothing was said and the clock of silence runs on."""

from __future__ import annotations

import re
from typing import Final

_LOOKED_AT: Final = 2_048  # bytes; what comes before the first element is short in every page that servers send
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?[^>]*\?>|<!--.*?-->)*", re.DOTALL)
_WEB_PAGE = re.compile(rb"<!doctype\s+html\b|<(?:[\w.-]+:)?html[\s/>]", re.IGNORECASE)
_SOAP_FAULT = re.compile(
    rb"<(?:[\w.-]+:)?Envelope\s[^>]*(?:schemas\.xmlsoap\.org/soap/envelope|www\.w3\.org/2003/05/soap-envelope)[^>]*>"
    rb"\s*(?:<(?:[\w.-]+:)?Header\s*/>\s*)?<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?Fault[\s/>]"
)
_REPORTS_A_FAULT: Final = ("application/problem+json", "application/problem+xml")  # RFC 9457


def no_answer(media_type: str, body: bytes, status: int = 200) -> str | None:
    """
    Why these bytes are no answer, as a sentence for anybody; None when they may be one.

    Only what is certain counts: an error status, nothing at all, a web page (a sign-in or out-of-order page), a SOAP
    Fault, a problem report. Whatever else is not understood is an answer that a person looks at (promise 4).

    Args:
        status: The HTTP status it came with; 200 for what a creditor sends by itself.

    Source: schemas part 10, R3; SOAP 1.1 section 4.4; RFC 9457.
    """
    if status >= 300:
        return "The creditor's system answered with an error; that is no statement."
    if not body or body.isspace():
        return "The reply is empty; send the statement itself."
    if media_type.partition(";")[0].strip().lower() in _REPORTS_A_FAULT:
        return "The creditor's system reported a failure instead of an answer."
    if body[:1] not in b"{[":
        start = _BEFORE.match(body, 0, _LOOKED_AT)
        begins = start.end() if start is not None else 0
        if _WEB_PAGE.match(body, begins, begins + _LOOKED_AT):
            return "A web page came back instead of an answer."
        if _SOAP_FAULT.match(body, begins, begins + _LOOKED_AT):
            return "The creditor's system reported a failure instead of an answer."
    return None
