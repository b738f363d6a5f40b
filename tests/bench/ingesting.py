"""Taking a reply in, through the whole WSGI application, against a bare WSGI function that does the least it must."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from tests.bench import replies, stage
from tests.bench.counting import counted
from tests.bench.figures import Figure, in_turns, p99, per_round
from tests.integration.support import world

_FORMATS: dict[str, tuple[Callable[[str, int], bytes], str, Callable[[bytes], Any]]] = {
    "gateway-json": (replies.gateway_json, "application/json", json.loads),
    "fcid-like": (replies.fcid_like, "application/json", json.loads),
    "bailiff-xml": (replies.bailiff_xml, "application/xml", etree.fromstring),
}


def figures(*, quick: bool) -> Iterator[Figure]:
    rounds, batch = (2, 25) if quick else (6, 80)
    with world() as made:
        stage.durable(made)
        made.counsellor_organisation()
        counsellor = made.counsellor()
        for slug, (make, media_type, bare) in _FORMATS.items():
            creditor_ids = stage.creditors(made, 40, format=slug)
            asked = stage.open_requests(made, creditor_ids, counsellor, rounds * batch + 12)
            environs = [_request(made.tokens[one], request, make(request, 14), media_type) for one, request in asked]
            flask = made.gateway.flask.wsgi_app
            for environ in environs[:10]:
                stage.called(flask, environ)  # warm: statements compiled and prepared, keys parsed
            with counted() as first:
                stage.called(flask, environs[10])
            with counted() as count:
                stage.called(flask, environs[11])
            taken, latencies = iter(environs[12:]), list[float]()
            with psycopg.connect(made.gateway.runtime.database.url) as connection:
                floor = _floor(connection, bare)
                raw = make("7f1c2a90-0000-4000-8000-000000000001", 14)
                ways = {
                    "ours": partial(_batch, flask, lambda taken=taken: next(taken), batch, latencies),
                    "floor": partial(_batch, floor, lambda raw=raw, media=media_type: _request("x", "x", raw, media),
                                     batch, []),
                }  # fmt: skip
                found = in_turns(rounds, {name: _once(way) for name, way in ways.items()})
            ours, below = ([one[0] for one in found[name]] for name in ("ours", "floor"))
            share = per_round(ours, below)
            yield Figure(
                area="ingest", name=f"{slug}, 14 debts, in process", value=statistics.median(ours), unit="replies/s",
                floor=statistics.median(below), against="bare WSGI: ECDSA verify + parse + one durable insert",
                ratio=f"{share:.0%} of", bar=">= 40 % of (over HTTP)", met=share >= 0.40,
            )  # fmt: skip
            cpu = {name: statistics.median(one[1] for one in values) for name, values in found.items()}
            yield Figure(
                area="ingest", name=f"{slug}, processor time in this process", value=cpu["ours"], unit="us CPU",
                floor=cpu["floor"], against="the same floor", ratio=f"{cpu['ours'] / cpu['floor']:.1f} x",
            )  # fmt: skip
            yield Figure(area="ingest", name=f"{slug}, p99", value=p99(latencies) * 1e3, unit="ms")
            same = len(count.statements) == len(first.statements)
            yield Figure(
                area="ingest", name=f"{slug}, SQL statements per reply", value=len(count.statements), unit="statements",
                against="every reply costs the same" if same else f"another reply: {len(first.statements)}",
            )  # fmt: skip
            yield Figure(
                area="ingest", name=f"{slug}, commits per reply", value=count.commits, unit="commits",
                against=f"and {count.looks} transactions that only read", bar="1", met=count.commits == 1,
            )  # fmt: skip


def _request(token: str, request_id: str, raw: bytes, media_type: str) -> dict[str, Any]:
    return stage.prepared(f"/v1/statement-requests/{request_id}/reply", raw, media_type, token)


def _once(way: Callable[[], Any]) -> Callable[[], Any]:
    return way


def _batch(
    app: stage.Wsgi, following: Callable[[], dict[str, Any]], number: int, latencies: list[float]
) -> tuple[float, float]:
    """Requests per second and CPU microseconds per request over *number* requests, one after another."""
    environs = [following() for _ in range(number)]
    begin, cpu = time.perf_counter(), time.process_time()
    for environ in environs:
        start = time.perf_counter()
        stage.called(app, environ)
        latencies.append(time.perf_counter() - start)
    wall, spent = time.perf_counter() - begin, time.process_time() - cpu
    return number / wall, spent / number * 1e6


def _floor(connection: psycopg.Connection[Any], parse: Callable[[bytes], Any]) -> stage.Wsgi:
    """Bare WSGI: verify a signature with a key parsed once, parse, insert one row, commit, answer."""
    private = ec.generate_private_key(ec.SECP256R1())
    public, signed = private.public_key(), b"a token of two hundred bytes" * 7
    signature = private.sign(signed, ec.ECDSA(hashes.SHA256()))
    connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, raw bytea NOT NULL)")
    connection.commit()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        public.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        parse(raw)
        connection.execute("INSERT INTO bench_floor (raw) VALUES (%s)", (raw,))
        connection.commit()
        start_response("202 ACCEPTED", [("Content-Type", "application/json")])
        return [b'{"status": "accepted"}']

    return app
