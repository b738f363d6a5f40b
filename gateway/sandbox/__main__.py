"""Runs the simulated creditors of the demo as a process of their own: python -m gateway.sandbox."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from gateway.sandbox.creditors import SimulatedCreditors
from gateway.sandbox.profiles import DEMO


class TokenFile(Mapping[str, str]):
    """Access token per slug, from a JSON file read again at every use: a renewed token counts at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getitem__(self, slug: str) -> str:
        return self._read()[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):  # being replaced, or not there yet
            return {}
        return found if isinstance(found, dict) else {}


def main(arguments: list[str] | None = None) -> int:
    """Listen and act until interrupted; prints one line of JSON with every creditor's address when ready."""
    parser = argparse.ArgumentParser(prog="python -m gateway.sandbox", description=__doc__)
    parser.add_argument("--gateway", required=True, metavar="URL", help="where the gateway listens")
    parser.add_argument("--tokens", required=True, metavar="FILE", type=Path, help="JSON: access token per slug")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--poll", type=float, default=1.0, metavar="SECONDS", help="default: 1")
    given = parser.parse_args(arguments)
    creditors = SimulatedCreditors(
        DEMO,
        gateway_url=given.gateway,
        tokens=TokenFile(given.tokens),
        clock=lambda: datetime.now(UTC),
    )
    creditors.start(given.port)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: creditors.end())
    addresses = {profile.slug: creditors.url(profile.slug) for profile in DEMO}
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    creditors.run_forever(given.poll)
    creditors.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
