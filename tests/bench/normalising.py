"""Normalisation: from a creditor's bytes to a checked statement with provenance, against the bare parse and a peer."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial

from lxml import etree

from gateway.adapters import ReadContext, Understood, load_formats, read
from gateway.settings import config_folder
from tests.bench import peers, replies
from tests.bench.figures import Figure, cpu_us, in_turns, per_round

_REQUEST = "7f1c2a90-0000-4000-8000-000000000001"


def figures(*, quick: bool) -> Iterator[Figure]:
    formats = load_formats(config_folder() / "creditors")
    rounds, seconds = (3, 0.03) if quick else (7, 0.1)
    for slug, make, bare, peer in (
        ("fcid-like", replies.fcid_like, json.loads, peers.generic_fcid),
        ("gateway-json", replies.gateway_json, json.loads, None),
        ("bailiff-xml", replies.bailiff_xml, etree.fromstring, peers.generic_bailiff),
    ):
        for debts in (1, 14, 200):
            raw = make(_REQUEST, debts)
            media = "application/xml" if slug.endswith("xml") else "application/json"
            ours = partial(read, raw, media, formats[slug], _context())
            assert isinstance(ours(), Understood), (slug, ours())
            ways = {"ours": ours, "bare": partial(bare, raw)}
            if peer is not None:
                assert peer(raw) == debts
                ways["peer"] = partial(peer, raw)
            found = in_turns(rounds, {name: partial(cpu_us, way, seconds=seconds) for name, way in ways.items()})
            cost = {name: statistics.median(values) for name, values in found.items()}
            yield Figure(
                area="normalise", name=f"{slug}, {debts} debts", value=cost["ours"], unit="us CPU", floor=cost["bare"],
                against="bare parse", ratio=f"{per_round(found['ours'], found['bare']):.1f} x",
            )  # fmt: skip
            if "peer" in found and debts == 14:
                times, (name, wanted) = per_round(found["peer"], found["ours"]), _BARS[slug]
                yield Figure(
                    area="normalise", name=f"{slug}, {debts} debts, against a generic stack", value=cost["ours"],
                    unit="us CPU", floor=cost["peer"], against=name, ratio=f"{times:.1f} x faster",
                    bar=f">= {wanted} x faster", met=times >= wanted,
                )  # fmt: skip


_BARS = {
    "fcid-like": ("json + JSONPath per field + jsonschema", 8),
    "bailiff-xml": ("XPath per field + marshmallow", 3),
}


def _context() -> ReadContext:
    return ReadContext(
        received_at=datetime(2026, 4, 24, 8, tzinfo=UTC),
        request_id=_REQUEST,
        accepted_ids=(_REQUEST,),
        requested_on=date(2026, 4, 20),
    )
