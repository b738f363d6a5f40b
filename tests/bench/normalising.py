"""
Normalisation: from a creditor's bytes to a checked statement with provenance, beside the bare parse and two peers.

The peers do the same work (see agreeing.py, which stops the run when they do not): the same document, the same verdict,
a source for every value. In all of them, as in the engine, a reading keeps what is needed to name a source and the
path is written out when somebody asks: the lines "every origin written out" make all of them do so for every value.
Whoever takes a reply in asks for all of them, to keep them with the statement: those lines are what that costs.
What the peers do not do: limits on depth, digits and control characters, masking of citizen service numbers, legal
rates, the rules about earlier statements, other currencies, and being changed without a programmer.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from lxml import etree

from gateway.adapters import Format, Understood, load_format, read
from gateway.settings import config_folder
from tests.bench import agreeing, bailiff_form, peer_jsonpath, replies
from tests.bench.figures import Figure, cpu_us, in_turns, per_round
from tests.bench.peer_jsonpath import JSONPATH
from tests.bench.peer_pydantic_json import PYDANTIC_JSON
from tests.bench.peer_pydantic_xml import PYDANTIC_XML
from tests.bench.peer_xpath import XPATH
from tests.bench.peers import Peer

_SIZES = (1, 14, 200)
_USUAL = 14


def _careful_json(raw: bytes) -> Any:
    return json.loads(raw, object_pairs_hook=peer_jsonpath.members, parse_constant=peer_jsonpath.no_constant)


@dataclass(frozen=True, kw_only=True)
class _Course:
    """One format with what is run on it; *wanted* = how many times faster than *stack* we want to be."""

    slug: str
    make: Callable[[str, int], bytes]
    media: str = "application/json"
    bare: Callable[[bytes], Any] = json.loads
    careful: Callable[[bytes], Any] = _careful_json
    stack: Peer | None = None
    by_hand: Peer | None = None
    wanted: int = 0
    twists: tuple[agreeing.Twist, ...] = ()

    @property
    def peers(self) -> dict[str, Peer]:
        peers = {"stack": self.stack, "by_hand": self.by_hand}
        return {name: peer for name, peer in peers.items() if peer is not None}


_COURSES = (
    _Course(
        slug="fcid-like", make=replies.fcid_like, stack=JSONPATH, by_hand=PYDANTIC_JSON, wanted=8,
        twists=agreeing.JSON_TWISTS,
    ),
    _Course(
        slug="bailiff-xml", make=replies.bailiff_xml, media="application/xml", bare=etree.fromstring,
        careful=bailiff_form.parsed, stack=XPATH, by_hand=PYDANTIC_XML, wanted=3, twists=agreeing.XML_TWISTS,
    ),
    _Course(slug="gateway-json", make=replies.gateway_json),
)  # fmt: skip


def figures(*, quick: bool) -> Iterator[Figure]:
    rounds, seconds = (3, 0.03) if quick else (7, 0.1)
    for course in _COURSES:
        format = load_format(config_folder() / "creditors" / f"{course.slug}.toml")
        if course.peers:
            peers = list(course.peers.values())
            same = agreeing.assert_agreement(format, course.media, course.make, course.twists, peers)
            yield Figure(area="normalise", name=f"{course.slug}, replies on which ours and the peers agree",
                         value=same, unit="replies", against=f"of {same}; otherwise nothing is measured")  # fmt: skip
        for debts in _SIZES:
            ways = _ways(course, format, debts)
            found = in_turns(rounds, {name: partial(cpu_us, way, seconds=seconds) for name, way in ways.items()})
            yield from _told(course, debts, found)


def _ways(course: _Course, format: Format, debts: int) -> dict[str, Callable[[], object]]:
    raw = course.make(agreeing.REQUEST, debts)
    ours = partial(read, raw, course.media, format, agreeing.CONTEXT)
    answer = ours()
    assert isinstance(answer, Understood), (course.slug, answer)
    assert len(answer.statement.debts) == debts

    def ours_written_out() -> object:
        answer = ours()
        assert isinstance(answer, Understood)
        assert answer.statement.provenance is not None
        return list(answer.statement.provenance.fields.items())

    ways: dict[str, Callable[[], object]] = {
        "ours": ours, "bare": partial(course.bare, raw), "careful": partial(course.careful, raw)
    }  # fmt: skip
    for name, peer in course.peers.items():
        ways[name] = partial(peer.read, raw, agreeing.ASKED)
    if debts == _USUAL and course.peers:
        ways["ours, written out"] = ours_written_out
        for name, peer in course.peers.items():
            ways[f"{name}, written out"] = partial(_written_out, peer, raw)
    return ways


def _written_out(peer: Peer, raw: bytes) -> object:
    return peer.rendered(peer.read(raw, agreeing.ASKED))


def _told(course: _Course, debts: int, found: dict[str, list[float]]) -> Iterator[Figure]:
    cost = {name: statistics.median(values) for name, values in found.items()}

    def figure(name: str, floor: str, against: str, ours: str = "ours") -> Figure:
        if floor in ("bare", "careful"):
            ratio = f"{per_round(found[ours], found[floor]):.1f} x"
        else:
            times = per_round(found[floor], found[ours])
            ratio = f"{times:.2f} x faster" if times >= 1 else f"{1 / times:.2f} x slower"
        return Figure(area="normalise", name=name, value=cost[ours], unit="us CPU", floor=cost[floor], against=against,
                      ratio=ratio)  # fmt: skip

    size = f"{course.slug}, {debts} {'debt' if debts == 1 else 'debts'}"
    yield figure(size, "bare", "bare parse")
    yield figure(size, "careful", "parse that refuses what is unsafe")
    for name, peer in course.peers.items():
        line = figure(size, name, peer.name)
        if name == "stack" and debts == _USUAL:
            times = per_round(found[name], found["ours"])
            line = _with_bar(line, times, course.wanted)
        yield line
        if f"{name}, written out" in found:
            yield figure(f"{size}, every origin written out", f"{name}, written out", f"{peer.name}, the same",
                         "ours, written out")  # fmt: skip


def _with_bar(line: Figure, times: float, wanted: int) -> Figure:
    return replace(line, bar=f">= {wanted} x faster", met=times >= wanted)
