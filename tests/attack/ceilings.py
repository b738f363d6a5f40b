"""
What each hostile input costs: `python -m tests.attack.ceilings` prints bytes, seconds and memory per input.

Every input is read in a child process of its own, by the same door that a reply goes through, so that the peak of
one is not hidden by the peak of another. Nothing here fails on a slow machine: the tests check verdicts, this shows cost.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from gateway.adapters import Format, ReadContext, load_formats, read
from tests.attack.hostile import Canary, collection

CREDITORS = Path(__file__).parents[2] / "config" / "creditors"
FORMAT_OF = {"json": "gateway-json", "xml": "bailiff-xml"}
PATIENCE_SECONDS = 60
LIMIT_BYTES = 5_000_000  # config/gateway.toml [limits]: above this a body is refused unread


def largest() -> Iterator[tuple[str, str, bytes]]:
    """(name, syntax, bytes): one input per class, as large as a body may be."""

    def filled(start: bytes, unit: bytes, end: bytes) -> bytes:
        return start + unit * ((LIMIT_BYTES - len(start) - len(end)) // len(unit)) + end

    def numbered(start: bytes, unit: bytes, end: bytes) -> bytes:
        amount = (LIMIT_BYTES - len(start) - len(end)) // (len(unit) + 5)
        return start + b"".join(unit % number for number in range(amount)) + end

    yield "one text", "json", filled(b'["', b"x", b'"]')
    yield "one text of escapes", "json", filled(b'["', b"\\u00e9", b'"]')
    yield "one text of backslashes", "json", filled(b'["', b"\\\\", b'"]')
    yield "brackets that open", "json", filled(b"", b"[", b"")
    yield "brackets in texts", "json", filled(b"[", b'"[",', b"1]")
    yield "empty lists", "json", filled(b"[", b"[],", b"[]]")
    yield "empty objects", "json", filled(b"[", b"{},", b"{}]")
    yield "names", "json", numbered(b"{", b'"n%d":1,', b'"z":1}')
    yield "names, the first again at the end", "json", numbered(b"{", b'"n%d":1,', b'"n0":1}')
    yield "names full of colons", "json", numbered(b"{", b'"a:%d":":",', b'"z":1}')
    yield "numbers", "json", filled(b"[", b"123456789012345,", b"1]")
    yield "digits in texts", "json", filled(b"[", b'"1234567890123456",', b"1]")
    yield "one number", "json", filled(b"", b"1", b"")
    yield "decimals", "json", filled(b"[", b"1.25,", b"1]")
    yield "empty debts", "json", filled(b'{"debts":[', b"{},", b"{}]}")
    yield "as many objects as are read", "json", b"[" + b"{}, " * 499_998 + b"{}]"
    yield "as many numbers as are read", "json", b"[" + b"1.25," * 499_998 + b"1]"
    yield "a party that comes as a list", "json", b'{"creditor":[' + b'{"name":1},' * 400_000 + b"{}]}"
    yield "payments of one debt", "json", b'{"debts":[{"payments":[' + b'{"cents":1},' * 400_000 + b"{}]}]}"
    yield "bytes that are no UTF-8", "json", filled(b'["', b"x", b'\xff"]')
    yield "one text", "xml", filled(b"<a>", b"x", b"</a>")
    yield "one attribute", "xml", filled(b'<a b="', b"x", b'"/>')
    yield "one name", "xml", filled(b"<", b"x", b"/>")
    yield "levels", "xml", filled(b"", b"<a>", b"")
    yield "siblings", "xml", filled(b"<a>", b"<b/>", b"</a>")
    yield "siblings with text", "xml", filled(b"<a>", b"<b>1</b>", b"</a>")
    yield "names", "xml", numbered(b"<a>", b"<b%d/>", b"</a>")
    yield "attributes on one element", "xml", numbered(b"<a ", b'b%d="" ', b"/>")
    yield "attributes on many", "xml", filled(b"<a>", b'<b c=""/>', b"</a>")
    yield "namespaces on one element", "xml", numbered(b"<a ", b'xmlns:n%d="u" ', b"/>")
    yield "namespaces on many", "xml", numbered(b"<a>", b'<b xmlns="%d"/>', b"</a>")
    yield "references", "xml", filled(b"<a>", b"&#120;", b"</a>")
    yield "entities", "xml", filled(b"<a>", b"&amp;", b"</a>")
    yield "CDATA sections", "xml", filled(b"<a>", b"<![CDATA[x]]>", b"</a>")
    yield "comments", "xml", filled(b"<a>", b"<!---->", b"</a>")
    yield "comments before the root", "xml", filled(b"", b"<!---->", b"<a/>")
    yield "comments between letters", "xml", filled(b"<a>", b"x<!---->", b"</a>")
    yield "instructions", "xml", filled(b"<a>", b"<?b?>", b"</a>")
    yield "empty debts", "xml", filled(b"<Saldoopgave>", b"<Dossier/>", b"</Saldoopgave>")
    yield "an office many times", "xml", filled(b"<Saldoopgave>", b"<Kantoor kvk='1'/>", b"</Saldoopgave>")
    yield (
        "payments of one debt",
        "xml",
        filled(b"<Saldoopgave><Dossier nr='1'>", b"<Betaling>1,00</Betaling>", b"</Dossier></Saldoopgave>"),
    )
    yield (
        "an internal entity, many times",
        "xml",
        filled(b"<!DOCTYPE a [<!ENTITY b '" + b"x" * 50_000 + b"'>]><a>", b"&b;", b"</a>"),
    )


def measured(format: Format, raw: bytes) -> dict[str, float | str]:
    """The verdict on *raw* with its seconds and the megabytes by which it raised the peak, in a process of its own."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    # Forked, so that the compiled mapping need not travel.
    child = multiprocessing.get_context("fork").Process(target=_measure, args=(format, raw, sender))
    child.start()
    sender.close()
    found: dict[str, float | str] = (
        json.loads(receiver.recv()) if receiver.poll(PATIENCE_SECONDS) else {"verdict": "no answer"}
    )
    child.kill()  # it has answered, or it never will
    child.join()
    return found


def _measure(format: Format, raw: bytes, sender: multiprocessing.connection.Connection) -> None:
    gc.collect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    answer = read(raw, format.media_types[0], format, ReadContext(received_at=datetime(2026, 11, 3, 9, tzinfo=UTC)))
    seconds = time.process_time() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    problems = [problem.code for problem in getattr(answer, "problems", ())]
    verdict = f"{type(answer).__name__.lower()}{': ' + problems[0] if problems else ''}"
    sender.send(json.dumps({"verdict": verdict, "seconds": seconds, "megabytes": grown / 1024}))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--all", action="store_true", help="the whole collection too, not only the largest")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    asked = parser.parse_args()
    formats = load_formats(CREDITORS)
    rows = [(f"{syntax}, largest: {name}", syntax, raw) for name, syntax, raw in largest()]
    if asked.all:
        rows += [(str(one), one.syntax, one.make(Canary())) for one in collection()]
    console = Console(stderr=True)
    table = Table("input", "bytes", "seconds", "MB more", "verdict", title="What hostile input costs")
    for name, syntax, raw in track(rows, "Reading", console=console, disable=not console.is_terminal):
        found = measured(formats[FORMAT_OF[syntax]], raw)
        if asked.json:
            print(json.dumps({"input": name, "bytes": len(raw), **found}))
        else:
            cost = (
                f"{found.get(key, 0):.3f}" if key == "seconds" else f"{found.get(key, 0):.0f}"
                for key in ("seconds", "megabytes")
            )
            table.add_row(name, f"{len(raw):,}", *cost, str(found["verdict"]))
    if not asked.json:
        Console().print(table)


if __name__ == "__main__":
    main()
