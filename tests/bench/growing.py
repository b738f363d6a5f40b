"""How much a worker grows by one reply of 5 MB with 10,000 debts. Runs itself as a fresh process and prints figures."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure

DEBTS = 10_000


def figures(*, quick: bool) -> Iterator[Figure]:
    del quick
    told = subprocess.run([sys.executable, "-m", "tests.bench.growing"], check=True, capture_output=True, text=True)
    grown = json.loads(told.stdout.splitlines()[-1])
    for name, key in (("reading it (adapters alone)", "read"), ("taking it in (whole application)", "take_in")):
        figure = grown[key]
        yield Figure(
            area="memory", name=f"5 MB, 10,000 debts: growth by {name}", value=figure["peak_mb"], unit="MB",
            floor=figure["parse_mb"], against="json.loads alone", ratio=f"{figure['peak_mb'] / figure['parse_mb']:.1f} x",
            bar="<= 200 MB", met=figure["peak_mb"] <= 200,
        )  # fmt: skip
        yield Figure(area="memory", name=f"5 MB, 10,000 debts: seconds for {name}", value=figure["seconds"], unit="s",
                     against=f"ended as {figure['status']}")  # fmt: skip


def _main() -> None:
    from gateway.adapters import ReadContext, read
    from tests.bench import replies, stage
    from tests.integration.support import world

    with world() as made:
        made.counsellor_organisation()
        counsellor = made.counsellor()
        asked = stage.open_requests(made, stage.creditors(made, 2), counsellor, 2)
        flask = made.gateway.flask.wsgi_app
        creditor, request = asked[0]
        small = replies.gateway_json(request, 1)
        stage.called(flask, _environ(made.tokens[creditor], request, small))  # imports and caches are there already
        creditor, request = asked[1]
        raw = _large(request)
        parsed, _, _ = _growth(lambda: json.loads(raw))
        format = made.gateway.settings.format("gateway-json")
        context = ReadContext(received_at=made.now(), request_id=request, accepted_ids=(request,))
        grown, spent, answer = _growth(lambda: read(raw, "application/json", format, context))
        found = {"read": _told(grown, parsed, spent, type(answer).__name__)}
        del answer
        environ = _environ(made.tokens[creditor], request, raw)
        grown, spent, said = _growth(lambda: stage.called(flask, environ))
        found["take_in"] = _told(grown, parsed, spent, json.loads(said)["status"])
    print(json.dumps(found))


def _told(grown: float, parsed: float, spent: float, status: str) -> dict[str, float | str]:
    return {"peak_mb": grown, "parse_mb": parsed, "seconds": spent, "status": status}


def _large(request: str) -> bytes:
    from tests.bench import replies

    reply = json.loads(replies.gateway_json(request, DEBTS))
    for debt in reply["debts"]:
        debt["description"] = (
            "Tandartsrekening over de eerste helft van het jaar; de nota is op 3 februari 2026 verzonden naar u"
        )
    raw = json.dumps(reply, separators=(",", ":")).encode()
    assert 4_700_000 < len(raw) <= 5_000_000, len(raw)
    return raw


def _environ(token: str, request: str, raw: bytes) -> dict[str, object]:
    from tests.bench import stage

    return stage.prepared(f"/v1/statement-requests/{request}/reply", raw, "application/json", token)


def _growth(work):  # type: ignore[no-untyped-def]
    """How far the process's peak rose above where it stood, in MB; the seconds; what *work* gave."""
    import gc

    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (Linux)
    before, begin = _status("VmRSS"), time.perf_counter()
    given = work()
    spent = time.perf_counter() - begin
    return (_status("VmHWM") - before) / 1024, spent, given


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise AssertionError(name)


if __name__ == "__main__":
    _main()
