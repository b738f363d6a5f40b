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

from gateway.adapters import strict_json
from gateway.adapters.unreadable import UnreadableInput
from gateway.errors import Fault, Forbidden, Invalid, NotAuthenticated, NotFound
from gateway.messages import bodies
from gateway.services.identify import Caller, identify
from gateway.services.runtime import Once, Runtime

API_VERSION = "0.1.0"
_KEY = re.compile(r"[!-~]{8,128}")

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
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None


def runtime() -> Runtime:
    found: Runtime = g.runtime
    return found


def own_id() -> UUID:
    """The organisation that calls."""
    caller: Caller = g.caller
    assert caller.participant_id is not None  # only administrators have none, and they have their own routes
    return caller.participant_id


def json_body(name: str) -> dict[str, Any]:
    """
    The body of this call, strictly read and checked against the schema *name*.

    Raises:
        Invalid: Every fault with its place.
    """
    try:
        parsed = strict_json.parse(raw_body("application/json"))
    except UnreadableInput as error:
        fault = Fault(pointer="", code=error.problem.code, detail=error.problem.detail)
        raise Invalid([fault], "The body is not JSON that we can read.") from error
    return bodies.load(name, parsed)


def raw_body(*media_types: str) -> bytes:
    """The bytes of the body, when they come as one of *media_types* and with a length under the limit."""
    from werkzeug.exceptions import LengthRequired, UnsupportedMediaType

    if request.content_length is None:
        raise LengthRequired
    if media_types and request.mimetype not in media_types:
        raise UnsupportedMediaType
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType
    return request.get_data(cache=True)


def idempotency(*, required: bool = True) -> Once | None:
    """
    The Idempotency-Key of this call with the fingerprint of what was sent.

    Raises:
        Invalid: The key is missing or not 8 to 128 visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None and not required:
        return None
    if key is None or _KEY.fullmatch(key) is None:
        detail = "Send an Idempotency-Key header of 8 to 128 visible characters, such as a UUID."
        raise Invalid([Fault(pointer="", code="idempotency_key", detail=detail)])
    content = b"\n".join([request.method.encode(), request.path.encode(), request.get_data(cache=True)])
    return Once(participant_id=own_id(), key=key, fingerprint=hashlib.sha256(content).hexdigest())


def answer(body: Any, status: int = 200) -> Response:
    response: Response = jsonify(body)
    response.status_code = status
    return response
