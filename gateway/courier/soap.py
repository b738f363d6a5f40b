"""What is particular to SOAP 1.1 over HTTP: an empty SOAPAction, text/xml, and a Fault that comes as 500."""

from __future__ import annotations

from gateway.courier.envelope import Envelope

# SOAP 1.1 section 6.2: "the SOAP HTTP server MUST issue an HTTP 500". Whose fault it is stands in the XML,
# which is not read here: it stays retryable, and the attempts are counted elsewhere.
REFUSED = "soap_fault"


def headers(envelope: Envelope) -> dict[str, str]:
    """Digikoppeling WUS 3.8: SOAPAction empty unless the message names one; SOAP 1.1 section 6.1 requires the field."""
    action = {"SOAPAction": '""'} if "SOAPAction" not in envelope.headers else {}
    return {"Content-Type": envelope.media_type, "Accept": "text/xml", **action}
