"""The only place that picks an error status: RFC 9457 problem documents for systems, a short page for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from gateway import errors
from gateway.adapters import soap
from gateway.errors import Fault, GatewayError, Invalid
from gateway.keys import SealBroken
from gateway.services.runtime import KeyReused

_log = structlog.get_logger()

# Most specific first; the first class that fits decides.
_STATUS: Sequence[tuple[type[GatewayError], HTTPStatus]] = (
    (errors.NoPermission, HTTPStatus.CONFLICT),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (KeyReused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.Invalid, HTTPStatus.BAD_REQUEST),
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.NotAuthenticated, HTTPStatus.UNAUTHORIZED),
    (errors.Forbidden, HTTPStatus.FORBIDDEN),
    (errors.Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)

_TITLES = {
    HTTPStatus.BAD_REQUEST: "The request has faults",
    HTTPStatus.UNAUTHORIZED: "Not authenticated",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "Method not allowed",
    HTTPStatus.CONFLICT: "Does not fit the present state",
    HTTPStatus.LENGTH_REQUIRED: "Content-Length is missing",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "This media type is not understood",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Idempotency-Key reused",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not available now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here",
}


def problem(status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> Response:
    """
    One problem: a document under /v1 (at the SOAP door in a soap:Fault), elsewhere the page of gateway.web.

    Never a submitted value, a name or a stack trace.
    """
    show = current_app.extensions.get("gateway.error_page")
    if show is not None and not f"{request.path}/".startswith("/v1/"):
        response: Response = show(int(status))
    else:
        response = _document(status, code, detail, faults)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _document(status: int, code: str, detail: str, faults: Sequence[Fault]) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:creditor-gateway:problem:{code}",
        "title": _TITLES.get(HTTPStatus(status), HTTPStatus(status).phrase),
        "status": int(status),
        "detail": detail,
    }
    if faults:
        body["errors"] = [{"pointer": fault.pointer, "code": fault.code, "detail": fault.detail} for fault in faults]
    if request.method == "POST" and request.path == _SOAP_DOOR:
        # Not always 500, as SOAP 1.1 section 6.2 has it: see decision 9.
        whose = _SOAP_CODES.get(code, "Client" if status < 500 else "Server")
        return Response(soap.fault(whose, body), status=int(status), content_type=soap.MEDIA_TYPE)
    return Response(json.dumps(body), status=int(status), mimetype="application/problem+json")


_SOAP_DOOR = "/v1/soap"  # who calls this address reads no problem documents
_SOAP_CODES = {"must_understand": "MustUnderstand", "version_mismatch": "VersionMismatch"}


def register_problems(app: Flask) -> None:
    """Make every error of *app* a problem document, or a page."""
    app.register_error_handler(GatewayError, _from_gateway)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _from_surprise)


def _from_gateway(error: GatewayError) -> Response:
    for kind, status in _STATUS:
        if isinstance(error, kind):
            faults = error.faults if isinstance(error, Invalid) else ()
            return problem(status, error.code, error.detail, faults)
    match error:
        case SealBroken():
            # Which record it is stands in the notes: table, column and id, never what is in it.
            _log.error("sealed_record_broken", record=getattr(error, "__notes__", []), route=str(request.url_rule))
            return problem(500, "sealed_record_broken", _BROKEN)
        case errors.ConfigurationError():
            _log.error("configuration", detail=error.detail, route=str(request.url_rule))
            return problem(500, error.code, _NOT_CONFIGURED)
    return _from_surprise(error)


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    code = HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    response = problem(status, code, _ADVICE.get(status, "See the documentation of this address."))
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers["Allow"] = value
    return response


def _from_surprise(error: Exception) -> Response:
    """Nothing of it reaches the caller; the log names the kind and the place, not the values."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame is not None else ""
    _log.error("surprise", kind=type(error).__name__, place=place, route=str(request.url_rule))
    return problem(500, "internal", "The gateway failed; nothing was recorded. Try again, or call us.")


_BROKEN = "A sealed record does not open: it was changed, moved, or its key is gone. Nothing of it was shown; call us."
_NOT_CONFIGURED = "The gateway's configuration does not cover this; nothing was recorded. Call us."
_ADVICE = {
    400: "The request cannot be read; check its form.",
    404: "There is nothing here for you.",
    405: "Use one of the methods in the Allow header.",
    411: "Send a Content-Length header.",
    413: "The body is over the limit; it was not read.",
    415: "Send one of the documented media types.",
}
