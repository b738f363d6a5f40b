"""A creditor as a process of its own: notes the instant of each message's first byte, and is as unreliable as they are."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from multiprocessing.connection import Connection
from typing import Any

from tests.faults.history import Arrival

# How it behaves, and how often out of ten thousand times; the rest is taken in at once.
BUSY, HANGS_UP, SLOW, VERY_SLOW = 300, 200, 300, 3
SLOWEST = 5.5  # seconds: longer than a stop waits, shorter than an exchange may last


class _Call(asyncio.Protocol):
    def __init__(self, seen: list[Arrival], chance: random.Random) -> None:
        self._seen, self._chance = seen, chance
        self._came = bytearray()
        self._first = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if not self._came:
            self._first = time.monotonic_ns()
        self._came += data
        head, blank, body = self._came.partition(b"\r\n\r\n")
        if not blank:
            return
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        if len(body) == length:
            self._take_in(bytes(body))

    def _take_in(self, body: bytes) -> None:
        said = json.loads(body)
        digest = hashlib.sha256(body).hexdigest()
        self._seen.append(Arrival(message=said["message_id"], kind=said["kind"], digest=digest, at=self._first))
        drawn = self._chance.randrange(10_000)
        for share, act in ((BUSY, self._busy), (HANGS_UP, self._transport.abort), (SLOW, self._slow), (VERY_SLOW, self._very_slow)):  # fmt: skip
            if drawn < share:
                act()
                return
            drawn -= share
        self._answer(b"202 Accepted")

    def _busy(self) -> None:
        self._answer(b"503 Service Unavailable")

    def _slow(self) -> None:
        asyncio.get_running_loop().call_later(self._chance.uniform(0.01, 0.15), self._answer, b"202 Accepted")

    def _very_slow(self) -> None:
        asyncio.get_running_loop().call_later(SLOWEST, self._answer, b"202 Accepted")

    def _answer(self, status: bytes) -> None:
        self._transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self._transport.close()


def listen(parent: Connection, seed: int) -> None:
    """Listen until *parent* speaks; tells it the port first, and at the end everything that arrived."""

    async def serve() -> None:
        seen: list[Arrival] = []
        chance = random.Random(seed)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Call(seen, chance), "127.0.0.1", 0, backlog=512)
        parent.send(server.sockets[0].getsockname()[1])
        await loop.run_in_executor(None, parent.recv)
        server.close()
        parent.send(seen)

    asyncio.run(serve())
