"""What a resident reads when something did not work: what that means for what was just done, and whom to call."""

from __future__ import annotations

from flask import Response, request

from gateway.web.mijn.rendering import page


def error_page(status: int) -> Response:
    """A short page; it never says what was asked for. Where nothing could be recorded, it says so in those words."""
    if status == 503:
        return page("away.html", status, posted=request.method == "POST")
    reason = {404: "not_found", 405: "not_found", 403: "not_from_here"}.get(status, "failed")
    return page("failed.html", status, reason=reason)
