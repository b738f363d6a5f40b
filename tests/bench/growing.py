"""
How much a worker grows by one reply of 5 MB with 10,000 debts: at its highest, above where it stood before.

Each figure has a process of its own, which runs this module, is handed the bytes, and has first done the same with a
reply of one debt, as a worker has. Memory that went back to the allocator but not to the system, after an earlier
measurement or after making the bytes, would hide what the next one needs.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure

DEBTS = 10_000
BAR_MB = 200
REQUEST = "7f1c2a90-0000-4000-8000-000000000001"  # stands in the bytes until the real one is known
_LINE = (
    "Voorschot over de eerste helft van het jaar; de nota is op 3 februari 2026 verzonden aan het adres dat toen bekend "
    "was, en de aanmaning een maand later"
)


@dataclass(frozen=True, kw_only=True)
class _Form:
    """One format that a large reply comes in; *described* = characters of a description that make it 5 MB."""

    slug: str
    media: str
    parser: str
    described: int


_FORMS = {
    "json": _Form(slug="gateway-json", media="application/json", parser="json.loads alone", described=105),
    "xml": _Form(slug="bailiff-xml", media="application/xml", parser="lxml.etree.fromstring alone", described=145),
}
_WAYS = {"read": "read() alone", "take_in": "the whole reception"}


def figures(*, quick: bool) -> Iterator[Figure]:
    del quick
    for syntax, form in _FORMS.items():
        parsed = _measured(syntax, "parse")
        for way, name in _WAYS.items():
            found = _measured(syntax, way)
            size = f"5 MB of {syntax.upper()}, 10,000 debts"
            yield Figure(
                area="memory", name=f"{size}: growth by {name}", value=found["peak_mb"], unit="MB",
                floor=parsed["peak_mb"], against=form.parser, ratio=f"{found['peak_mb'] / parsed['peak_mb']:.1f} x",
                bar=f"<= {BAR_MB} MB", met=found["peak_mb"] <= BAR_MB,
            )  # fmt: skip
            yield Figure(area="memory", name=f"{size}: seconds for {name}", value=found["seconds"], unit="s",
                         against=f"ended as {found['ended']}; {found['kept_mb']:.0f} MB kept afterwards")  # fmt: skip


def _measured(syntax: str, way: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.growing", syntax, way]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, input=_large(_FORMS[syntax]))
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def _main(syntax: str, way: str) -> None:
    form, raw = _FORMS[syntax], sys.stdin.buffer.read()
    print(json.dumps(_taken_in(form, raw) if way == "take_in" else _alone(form, way, raw)))


def _alone(form: _Form, way: str, raw: bytes) -> dict[str, Any]:
    """Parsing it, or reading it with the adapters: no server, no database."""
    from lxml import etree

    from gateway.adapters import load_format, read
    from gateway.settings import config_folder
    from tests.bench.agreeing import CONTEXT

    format = load_format(config_folder() / "creditors" / f"{form.slug}.toml")
    bare: Callable[[bytes], Any] = json.loads if form.slug.endswith("json") else etree.fromstring

    def work(raw: bytes) -> Any:
        return bare(raw) if way == "parse" else read(raw, form.media, format, CONTEXT)

    work(_reply(form, REQUEST, 1))  # imports and caches are there already
    return _growth(lambda: work(raw), lambda answer: type(answer).__name__)


def _taken_in(form: _Form, raw: bytes) -> dict[str, Any]:
    """The whole application, from the request's bytes to its answer, with what it stores."""
    from tests.bench import stage
    from tests.integration.support import world

    with world() as made:
        made.counsellor_organisation()
        counsellor = made.counsellor()
        asked = stage.open_requests(made, stage.creditors(made, 2, format=form.slug), counsellor, 2)
        flask = made.gateway.flask.wsgi_app

        def posted(creditor: str, request: str, raw: bytes) -> dict[str, object]:
            path = f"/v1/statement-requests/{request}/reply"
            return stage.prepared(path, raw, form.media, made.tokens[creditor])

        (creditor, request), large = asked
        stage.called(flask, posted(creditor, request, _reply(form, request, 1)))
        environ = posted(*large, raw.replace(REQUEST.encode(), large[1].encode()))
        return _growth(lambda: stage.called(flask, environ), lambda said: str(json.loads(said)["status"]))


def _reply(form: _Form, request: str, debts: int) -> bytes:
    from tests.bench import replies

    if form.slug == "gateway-json":
        reply = json.loads(replies.gateway_json(request, debts))
        for debt in reply["debts"]:
            debt["description"] = _LINE[: form.described]
        return json.dumps(reply, separators=(",", ":")).encode()
    raw = replies.bailiff_xml(request, debts).replace(b' kvk="90000011"', b"")  # nobody else than who was asked
    return raw.replace(b">Voorschot<", f">{_LINE[: form.described]}<".encode())


def _large(form: _Form) -> bytes:
    raw = _reply(form, REQUEST, DEBTS)
    assert 4_700_000 < len(raw) <= 5_000_000, len(raw)
    return raw


def _growth(work: Callable[[], Any], ending: Callable[[Any], str]) -> dict[str, Any]:
    """How far the process's peak rose above where it stood, what it kept, in MB; the seconds; how it ended."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (Linux)
    before, begin = _status("VmRSS"), time.perf_counter()
    given = work()
    spent, peak = time.perf_counter() - begin, _status("VmHWM")
    ended = ending(given)
    del given
    gc.collect()
    return {
        "peak_mb": (peak - before) / 1024, "kept_mb": (_status("VmRSS") - before) / 1024,
        "seconds": spent, "ended": ended,
    }  # fmt: skip


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise AssertionError(name)


if __name__ == "__main__":
    _main(*sys.argv[1:])
