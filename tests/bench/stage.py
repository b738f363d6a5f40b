"""Sets the stage: worlds with many creditors and open requests, made through the gateway's own doors."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from gateway.consent.decision import Permit
from gateway.courier import Delivered, Envelope
from gateway.services.deliver import deliver
from gateway.storage import messages
from tests.integration.support import World

MOST_IN_ONE_CALL = 100


class Postman:
    """Stands in for the courier: every message arrives at once, so that what is measured is ours."""

    def send(self, envelope: Envelope, permit: Permit) -> Delivered:
        del envelope, permit
        return Delivered(status=202, media_type="", body=b"", elapsed_ms=1, peer="127.0.0.1")


def creditors(world: World, number: int, *, format: str = "gateway-json") -> list[str]:
    """*number* creditors that answer in *format*; each has a token under its own id."""
    made = []
    for index in range(number):
        name = f"{format}-{index}"
        made.append(world.creditor(name, format=format))
        world.tokens[made[-1]] = world.tokens.pop(name)
    return made


def permitted_case(world: World, creditor_ids: Sequence[str], counsellor: str) -> str:
    case = world.case()
    for first in range(0, len(creditor_ids), MOST_IN_ONE_CALL // 2):  # a grant for each of two flows
        world.grant(case, creditor_ids[first : first + MOST_IN_ONE_CALL // 2], counsellor)
    return case


def open_requests(world: World, creditor_ids: Sequence[str], counsellor: str, number: int) -> list[tuple[str, str]]:
    """At least *number* delivered requests, as (creditor, request), over as many cases as that takes."""
    found: list[tuple[str, str]] = []
    while len(found) < number:
        case = permitted_case(world, creditor_ids, counsellor)
        found += zip(creditor_ids, world.ask(case, creditor_ids), strict=True)
        deliver_all(world)
    return found[:number]


def deliver_all(world: World) -> int:
    """Let every queued message arrive."""
    runtime, sent = world.gateway.runtime, 0
    while True:
        with runtime.database.begin() as connection:
            waiting = messages.lost(connection, world.now(), limit=500)
        if not waiting:
            return sent
        deliver(runtime, Postman(), waiting, world.now)  # type: ignore[arg-type]
        sent += len(waiting)


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def prepared(path: str, body: bytes, media_type: str, token: str, **headers: str) -> dict[str, Any]:
    """A WSGI environment as a server would make it."""
    return {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8080", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1:8080",
        "CONTENT_TYPE": media_type, "CONTENT_LENGTH": str(len(body)), "HTTP_AUTHORIZATION": f"Bearer {token}",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, **headers,
    }  # fmt: skip


def called(app: Wsgi, environ: dict[str, Any]) -> bytes:
    """
    One request through *app*, in process.

    Raises:
        AssertionError: The answer is not a 2xx; a fast refusal must not pass for a fast answer.
    """
    status: list[str] = []
    answer = app(environ, lambda line, _headers, _error=None: status.append(line))
    content = b"".join(answer)
    close = getattr(answer, "close", None)
    if close is not None:
        close()
    assert status[0].startswith("2"), (status, content)
    return content


def durable(world: World) -> None:
    """What is compared commits to disk: asserted, not assumed."""
    with world.gateway.runtime.database.begin() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == "on", setting


def as_uuid(text: str) -> UUID:
    return UUID(text)
