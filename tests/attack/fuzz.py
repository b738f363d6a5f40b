"""
Replies that went wrong by chance, for every format: `python -m tests.attack.fuzz --seconds 60 --seed 1`.

Takes the golden samples, changes their bytes and their structure, and asks three things of every answer: the reader
never raises and never hangs; what is understood keeps every rule and adds up; and every figure of it stands in the
bytes where its provenance says. An input that fails is written to a folder, to be found again.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway.adapters import Answer, Format, Held, ReadContext, Understood, load_formats, read
from gateway.adapters.mapping import expectation_of
from gateway.adapters.samples import context_of
from gateway.domain import integrity
from gateway.domain.integrity import IntegrityContext, Severity
from gateway.domain.statement import Debt, PaymentSource, Statement, from_dict, to_dict
from tests.attack import twins
from tests.attack.tracing import faults_in_tracing

CREDITORS = Path(__file__).parents[2] / "config" / "creditors"
HANGS_AFTER_SECONDS = 2.0
_TOKENS: Sequence[bytes] = (
    b"<", b">", b"</", b"/>", b"&", b"&amp;", b"&#48;", b"&#0;", b"&x;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>", b"<!DOCTYPE a>",
    b' xmlns="urn:x"', b' xsi:nil="true"', b'"', b"\\", b"\\u0030", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"-",
    b"+", b".", b"1.250", b"1,250", b"0,01", b"1e2", b"1E-2", b"-0", b"NaN", b"9" * 16, b"0" * 20, b"999999999999999", b"EUR", b"USD ",
    b"\xe2\x82\xac", b"\x00", b"\x07", b"\x85", b"\xff", b"\xef\xbb\xbf", b"\xc3\xa9", b"\xe9", b"\r\n", b"\t", b" ", b"31-02-2026", b"2026-11-02",
    b"999990019", b"Ja", b"Nee", b"nil",
)  # fmt: skip
_ODD_VALUES: Sequence[Any] = (
    None, "", " ", 0, -1, 1, 100, 1.5, 0.001, True, False, [], {}, [[]], [None], {"": None}, ["a", "b"], "1.250", "1,25", "12,50", "-5", "0",
    "x" * 600, 10**14, 10**12 + 1, -(10**13), "31-02-2026", "2099-01-01", "EUR 1,00", "\u202e", "J", "Ja", "ONBEKEND", {"bedrag": 1}, [1, 2],
)  # fmt: skip


class Hangs(Exception):
    """The reader took longer than it may."""


@dataclass(frozen=True, kw_only=True)
class Seed:
    """A sample that inputs are made of."""

    slug: str
    name: str
    raw: bytes
    context: ReadContext


@dataclass
class Report:
    """What a run found: how often each verdict fell, and what failed with its reason."""

    verdicts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        return sum(self.verdicts.values()) + len(self.failures)


def fingerprint(text: str) -> str:
    return sha256(b"fuzz" + text.encode()).hexdigest()


def seeds(formats: dict[str, Format]) -> list[Seed]:
    """Every golden sample, with the context that it is read in."""
    found = []
    for slug, format in formats.items():
        for reply in format.samples:
            said = json.loads(expectation_of(reply).read_text(encoding="utf-8")).get("context", {})
            known = context_of(said)
            context = ReadContext(
                received_at=known.received_at, request_id=known.request_id, creditor_ids=known.creditor_ids,
                references=known.references, fingerprint=fingerprint,
            )  # fmt: skip
            found.append(Seed(slug=slug, name=reply.name, raw=reply.read_bytes(), context=context))
    return found


def mutated(raw: bytes, syntax: str, others: Sequence[bytes], chance: random.Random) -> bytes:
    """*raw* after one to four changes, of its structure as long as it has one, and of its bytes."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        if syntax == "json" and chance.random() < 0.5:
            raw = _other_value(raw, chance)
        elif syntax in ("json", "xml") and chance.random() < 0.4:
            raw = _twin(raw, syntax, chance)
        else:
            raw = chance.choice(_BYTE_CHANGES)(raw, others, chance)
    return raw


def _twin(raw: bytes, syntax: str, chance: random.Random) -> bytes:
    """One of the twins by structure, when the bytes still have one."""
    try:
        every = [twin for _, twin in twins.parts(raw, syntax)]
    except Exception:  # noqa: BLE001 -- it is no longer well-formed: then its bytes are as they are
        return raw
    return chance.choice(every) if every else raw


def _other_value(raw: bytes, chance: random.Random) -> bytes:
    """Something else in place of one value."""
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return raw
    places = list(_places(document))
    if not places:
        return raw
    holder, key = chance.choice(places)
    holder[key] = chance.choice((chance.choice(_ODD_VALUES), chance.choice(places)[0]))
    try:
        return json.dumps(document, ensure_ascii=chance.random() < 0.5).encode()
    except (ValueError, UnicodeEncodeError):  # it now holds itself, or half a pair
        return raw


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in list(inside):
        yield value, key
        yield from _places(part)


_Change = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def _flip(raw: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    if not raw:
        return raw
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def _insert(raw: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + chance.choice(_TOKENS) + raw[at:]


def _overwrite(raw: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at, token = chance.randint(0, len(raw)), chance.choice(_TOKENS)
    return raw[:at] + token + raw[at + len(token) :]


def _drop(raw: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + raw[at + chance.choice((1, 2, 8, 40, 400)) :]


def _repeat(raw: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(raw))
    part = raw[at : at + chance.choice((1, 8, 40, 200))]
    return raw[:at] + part * chance.choice((1, 2, 50)) + raw[at:]


def _splice(raw: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    return raw[: chance.randint(0, len(raw))] + other[chance.randint(0, len(other)) :]


def _digit(raw: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    places = [found.start() for found in re.finditer(rb"[0-9]", raw)]
    if not places:
        return raw
    at = chance.choice(places)
    return raw[:at] + b"%d" % chance.randrange(10) + raw[at + 1 :]


def _swap(raw: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    first, last = sorted(chance.randint(0, len(raw)) for _ in range(2))
    middle = chance.randint(first, last)
    return raw[:first] + raw[middle:last] + raw[first:middle] + raw[last:]


_BYTE_CHANGES: Sequence[_Change] = (_flip, _insert, _insert, _overwrite, _drop, _repeat, _splice, _digit, _digit, _swap)


def faults_of(answer: Answer, format: Format, raw: bytes, context: ReadContext) -> list[str]:
    """What is wrong with an answer, whatever the bytes were; nothing when all is well."""
    statement = getattr(answer, "statement", None) or getattr(answer, "provisional", None)
    found = []
    if statement is not None and from_dict(json.loads(json.dumps(to_dict(statement)))) != statement:
        found.append("the statement does not survive being written down")
    if isinstance(answer, Held) and not any(one.severity is Severity.HOLD for one in answer.problems):
        found.append("held without a reason")
    if isinstance(answer, Understood):
        rules = IntegrityContext(request_id=context.request_id, creditor_ids=context.creditor_ids)
        broken = [one for one in integrity.check(answer.statement, rules) if one.severity is Severity.HOLD]
        found += [f"understood, and yet rule {one.code} does not hold at {one.path}" for one in broken]
        found += _faults_in_sums(answer.statement)
        found += faults_in_tracing(answer.statement, format, raw, context.fingerprint)
    return found


def _faults_in_sums(statement: Statement) -> list[str]:
    """The sums once more, in other words than the rules have them."""
    found = []
    for number, debt in enumerate(statement.debts):
        stated = debt.total_stated_cents
        if stated is not None and debt.components and stated not in _possible_totals(debt):
            found.append(f"debt {number} does not add up")
    stated = [debt.total_stated_cents for debt in statement.debts]
    if statement.total_stated_cents is not None and stated and None not in stated:
        counted = sum(cents for cents in stated if cents is not None)
        if counted != statement.total_stated_cents:
            found.append("the debts do not add up to the grand total")
    return found


def _possible_totals(debt: Debt) -> set[int]:
    """What is left by each way of telling it: by what is outstanding, or by what was charged, paid and let go."""
    paid = sum(-one.cents if one.source is PaymentSource.REFUND else one.cents for one in debt.payments)
    waived = sum(one.cents for one in debt.waivers)
    booked = sum(part.paid_cents or 0 for part in debt.components)
    left = 0
    for part in debt.components:
        own = part.outstanding_cents
        left += own if own is not None else (part.charged_cents or 0) - (part.paid_cents or 0)
    return {left, left - paid - waived, left - paid - waived + booked, left - waived, left - paid}


def fuzz(*, seed: int, inputs: int | None = None, seconds: float | None = None, slugs: Sequence[str] = ()) -> Report:
    """
    Run for so many inputs, or so many seconds.

    Args:
        seconds: With a limit in time a hang is a failure too; a run by number is the same on every machine.
        slugs: Only these formats; none = all.
    """
    chance, report = random.Random(seed), Report()
    formats = load_formats(CREDITORS)
    known = [one for one in seeds(formats) if not slugs or one.slug in slugs]
    until = None if seconds is None else time.monotonic() + seconds
    while (inputs is None or report.inputs < inputs) and (until is None or time.monotonic() < until):
        start = chance.choice(known)
        reader = formats[start.slug if chance.random() < 0.97 else chance.choice(known).slug]
        others = [one.raw for one in known if one.slug == start.slug]
        raw = mutated(start.raw, formats[start.slug].syntax, others, chance)
        try:
            with _alarm(HANGS_AFTER_SECONDS if until is not None else None):
                answer = read(raw, reader.media_types[0], reader, start.context)
            faults = faults_of(answer, reader, raw, start.context)
        except Exception:  # noqa: BLE001 -- any exception at all is what this looks for
            faults = [traceback.format_exc(limit=-4)]
        if faults:
            report.failures.append((f"{reader.slug}, from {start.slug}/{start.name}", "; ".join(faults), raw))
        else:
            report.verdicts[f"{reader.slug}: {type(answer).__name__.lower()}"] += 1
    return report


@contextmanager
def _alarm(seconds: float | None) -> Iterator[None]:
    """Interrupt what takes longer; only in the main thread, as the signal goes there."""
    if seconds is None:
        yield
        return

    def ring(*_: Any) -> None:
        raise Hangs(f"longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--format", action="append", default=[], help="only this format; may be said more than once")
    parser.add_argument("--folder", type=Path, help="where failing inputs are written; a new folder when not said")
    asked = parser.parse_args()
    report = fuzz(seed=asked.seed, seconds=asked.seconds, slugs=asked.format)
    print(f"seed {asked.seed}: {report.inputs} inputs in {asked.seconds:.0f} s, {len(report.failures)} failed")
    for verdict, count in sorted(report.verdicts.items()):
        print(f"  {verdict:<40} {count:>8}")
    if report.failures:
        folder = asked.folder or Path(tempfile.mkdtemp(prefix="gateway-fuzz-"))
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, why, raw) in enumerate(report.failures):
            (folder / f"{asked.seed}-{number}.bin").write_bytes(raw)
            (folder / f"{asked.seed}-{number}.txt").write_text(f"{name}\n{why}\n", encoding="utf-8")
        print(f"written to {folder}", file=sys.stderr)
    return 1 if report.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
