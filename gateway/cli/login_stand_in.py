"""Runs the stand-in for the login service, as a child of `gateway serve`: python -m gateway.cli.login_stand_in."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from gateway.settings import Login, Settings


def command(settings: Settings, login: Login, address: str) -> list[str]:
    """What starts it, listening at *address* for the gateway of these settings."""
    from gateway.services.sign_in_with_login import BACK

    given = {
        "--port": str(urlsplit(address).port),
        "--client-id": login.client_id,
        "--redirect-uri": f"{settings.base_url}{BACK}",
        "--gateway": f"http://{settings.listen}",
    }
    return [sys.executable, "-m", __name__, *(word for pair in given.items() for word in pair)]


def main(arguments: list[str] | None = None) -> int:
    """Listen until told to stop, or until the gateway ends."""
    from gateway.cli.processes import watch_parent
    from gateway.sandbox.login_service import Client, StandIn, keys_at

    parser = argparse.ArgumentParser(prog=f"python -m {__name__}", description=__doc__)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--client-id", required=True, help="of the gateway, here")
    parser.add_argument("--redirect-uri", required=True, metavar="URL", help="where the gateway takes people back")
    parser.add_argument("--gateway", required=True, metavar="URL", help="where the gateway publishes its keys")
    given = parser.parse_args(arguments)
    watch_parent()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    client = Client(id=given.client_id, redirect_uri=given.redirect_uri, keys=keys_at(given.gateway))
    service = StandIn(client, lambda: datetime.now(UTC))
    service.start(given.port)
    ended.wait()
    service.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
