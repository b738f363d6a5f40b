"""Who calls, and may they: deny by default; a route without a policy is not registered at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import BadRequest, LengthRequired, UnsupportedMediaType

from gateway.adapters import strict_json
from gateway.adapters.unreadable import UnreadableInput
from gateway.errors import Fault, Forbidden, Invalid, NotAuthenticated, NotFound
from gateway.messages import bodies
from gateway.services.identify import Caller, identify
from gateway.services.runtime import Once, Runtime

API_VERSION = "0.1.0"
_KEY = re.compile(r"[!-~]{8,128}")
# Python's UUID also takes braces, "urn:uuid:", no hyphens and foreign digits: one id would have many addresses.
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

View = Callable[..., Any]

POLICIES: dict[str, frozenset[str]] = {}  # endpoint -> roles; the test of the access rules walks it


@dataclass(frozen=True, kw_only=True)
class Route:
    """A way in, and the roles that may use it; "anyone" stands for callers without a token."""

    method: str
    path: str
    roles: frozenset[str]


def route(blueprint: Blueprint, method: str, path: str, *roles: str) -> Callable[[View], View]:
    """Register a view for callers with one of *roles*."""
    if not roles:
        raise AssertionError(f"{method} {path} has no access policy")

    def register(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            if "anyone" not in roles:
                g.caller = _authenticate()
                if g.caller.role not in roles:
                    raise Forbidden
            return view(**{name: _as_uuid(value) for name, value in arguments.items()})

        POLICIES[f"{blueprint.name}.{view.__name__}"] = frozenset(roles)
        blueprint.add_url_rule(path, view_func=guarded, methods=[method])
        return guarded

    return register


def refuse_odd_host() -> None:
    """
    A request without a valid Host is refused (RFC 9112 section 3.2).

    Which valid name it holds makes no difference: no address is ever made of it.
    """
    missing = "Host" not in request.headers and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
    if missing or not request.host:
        raise BadRequest


def _authenticate() -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 200 or not token.isascii():
        raise NotAuthenticated
    caller = identify(g.runtime, token, g.now)
    if caller is None:
        raise NotAuthenticated
    return caller


def _as_uuid(value: str) -> UUID:
    """An id in a path; one that is no id is as unknown as any other."""
    if _UUID.fullmatch(value) is None:
        raise NotFound
    return UUID(value)


def runtime() -> Runtime:
    found: Runtime = g.runtime
    return found


def own_id() -> UUID:
    """The organisation that calls."""
    caller: Caller = g.caller
    assert caller.participant_id is not None  # only administrators have none, and they have their own routes
    return caller.participant_id


def json_body(name: str, *, keyed: bool = False) -> dict[str, Any]:
    """
    The body of this call, strictly read and checked against the schema *name*.

    Args:
        keyed: The call needs an Idempotency-Key; a fault in that is listed with the others.

    Raises:
        Invalid: Every fault with its place.
    """
    faults = _key_faults() if keyed else []
    try:
        parsed = strict_json.parse(raw_body("application/json"))
    except UnreadableInput as error:
        fault = Fault(pointer="", code=error.problem.code, detail=error.problem.detail)
        raise Invalid([*faults, fault], "The body is not JSON that we can read.") from error
    try:
        loaded = bodies.load(name, parsed)
    except Invalid as error:
        raise Invalid([*faults, *error.faults], error.detail) from error
    if faults:
        raise Invalid(faults)
    return loaded


def raw_body(*media_types: str) -> bytes:
    """The bytes of the body, when they come as one of *media_types* and with a length under the limit."""
    if request.content_length is None:
        raise LengthRequired
    if media_types and request.mimetype not in media_types:
        raise UnsupportedMediaType
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType
    content = request.get_data(cache=True)
    if len(content) != request.content_length:  # the caller was cut off: half of a reply is no reply
        raise BadRequest
    return content


def idempotency() -> Once:
    """
    The Idempotency-Key of this call with the fingerprint of what was sent.

    Raises:
        Invalid: The key is missing or not 8 to 128 visible ASCII characters.
    """
    faults = _key_faults()
    if faults:
        raise Invalid(faults)
    content = b"\n".join([request.method.encode(), request.path.encode(), request.get_data(cache=True)])
    fingerprint = hashlib.sha256(content).hexdigest()
    return Once(participant_id=own_id(), key=request.headers["Idempotency-Key"], fingerprint=fingerprint)


def _key_faults() -> list[Fault]:
    if _KEY.fullmatch(request.headers.get("Idempotency-Key", "")) is not None:
        return []
    detail = "Send an Idempotency-Key header of 8 to 128 visible characters, such as a UUID."
    return [Fault(pointer="", code="idempotency_key", detail=detail)]


def page_address(code: str) -> str:
    """Where a page link leads: under our own address, whatever Host the call came in with."""
    return f"{runtime().settings.base_url}/page/{code}"


def answer(body: Any, status: int = 200) -> Response:
    response: Response = jsonify(body)
    response.status_code = status
    return response
