"""The origins of a statement's values as compact text: written and read without ever holding them all."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from gateway.domain.statement.sources import Origin, Source

_TOGETHER: Final = 500
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack(origins: Iterable[tuple[str, Origin]]) -> bytes:
    """
    (JSON Pointer, origin) as compressed lines of JSON, some hundreds of [pointer, sources, steps] on each.

    A source is [path, raw text, hash of the raw text]. They say much the same for every debt: a reply of 10,000 debts
    has 25 MB of them, and keeps two.
    """
    left, squeeze = iter(origins), zlib.compressobj(level=1)
    packed = []
    while lot := list(islice(left, _TOGETHER)):
        line = [
            [pointer, [[source.path, source.raw, source.raw_hash] for source in origin.sources], origin.transform]
            for pointer, origin in lot
        ]
        packed.append(squeeze.compress(f"{_encode(line)}\n".encode()))
    return b"".join([*packed, squeeze.flush()])


def unpack(packed: bytes) -> Iterator[tuple[str, Origin]]:
    """
    What `pack` wrote.

    Raises:
        ValueError: these are not packed origins.
    """
    try:
        lines = zlib.decompress(packed).splitlines()
    except zlib.error:
        raise ValueError("these are not packed origins") from None
    for line in lines:
        for pointer, sources, steps in json.loads(line):
            known = tuple(Source(path=path, raw=raw, raw_hash=hashed) for path, raw, hashed in sources)
            yield pointer, Origin(sources=known, transform=tuple(steps))
