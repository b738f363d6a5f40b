"""What is particular to the two REST channels: JSON and XML over a plain POST."""

from __future__ import annotations

from gateway.courier.envelope import Envelope

REFUSED = "http_error"


def headers(envelope: Envelope) -> dict[str, str]:
    """Ask for an answer in the format of the question; problem details say what is wrong with it."""
    form = "json" if envelope.channel == "rest_json" else "xml"
    accepted = f"application/{form}, application/problem+{form};q=0.9"
    return {"Content-Type": envelope.media_type, "Accept": accepted}
