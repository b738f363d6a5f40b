"""
Stopping against sending: pairs of one message and one ending, at random moments around each other.

Several processes on one PostgreSQL (fsync on): callers who withdraw, pause and revoke, workers that deliver to a
creditor over real HTTP. Afterwards a checker that knows nothing of the gateway reads what each saw, and the record.
"""

from __future__ import annotations

import multiprocessing
import pickle
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from gateway.services.deliver import deliver
from tests.faults.creditor import listen
from tests.faults.history import STOP_NOTICE, Arrival, Ending, History, Message, counts, violations
from tests.faults.lanes import Seen, Stage, call, gateway_at, work
from tests.faults.outcome import Outcome
from tests.faults.plan import CREDITORS, Case, cases
from tests.faults.recorded import record
from tests.integration.support import Peer, World, world

LANES, PROCESSES = 6, 2  # lanes in all, and processes on each side
TOLD = 200  # stop notices that are really delivered afterwards
_SPAWN = multiprocessing.get_context("spawn")


def race(pairs: int, seed: int, limit: float, progress: Callable[[float], None]) -> Outcome:
    """
    Hold *pairs* races.

    Args:
        limit: Seconds after which it is broken off, as a failure.
        progress: Is told the share that is done.
    """
    begin = time.perf_counter()
    planned = list(cases(pairs, seed))
    with tempfile.TemporaryDirectory(prefix="gateway-faults-") as folder, world() as w:
        parent, child = _SPAWN.Pipe()
        creditor = _SPAWN.Process(target=listen, args=(child, seed), daemon=True)
        creditor.start()
        peer = Peer(url=f"http://127.0.0.1:{parent.recv()}/messages")
        stage = _stage(w, peer, seed)
        seen, errors = _run(stage, planned, Path(folder), begin + limit, progress)
        if not errors:
            _put_right(stage)
        parent.send("enough")
        arrivals: list[Arrival] = parent.recv()
        creditor.join(10)
        entries, messages = record(stage.url)
    history = History(
        endings=[one for part in seen for one in part.endings],
        expiries=[one for part in seen for one in part.expiries],
        attempts=[one for part in seen for one in part.attempts],
        grants=[one for part in seen for one in part.grants],
        arrivals=arrivals, entries=entries, messages=messages,
    )  # fmt: skip
    broken = [f"{one.promise}: message or grant {one.about}: {one.what}" for one in violations(history)]
    return Outcome(
        name="consent race",
        counts={**_planned(planned, history.endings), **counts(history)},
        broken=[*errors, *broken],
        seconds=time.perf_counter() - begin,
    )


def _planned(planned: Sequence[Case], endings: Sequence[Ending]) -> dict[str, int]:
    ways = Counter({way: number * CREDITORS for way, number in Counter(case.way for case in planned).items()})
    waited = sorted(one.answered - one.asked for one in endings)
    found = {f"pairs by way: {way}": number for way, number in sorted(ways.items())}
    if waited:
        found["answer of a stop, median ms"] = waited[len(waited) // 2] // 1_000_000
        found["answer of a stop, p99 ms"] = waited[len(waited) * 99 // 100] // 1_000_000
        found["answers that said something was under way"] = sum(one.under_way > 0 for one in endings)
    return found


def _stage(w: World, peer: Peer, seed: int) -> Stage:
    organisation = w.counsellor_organisation()
    return Stage(
        data=w.gateway.settings.data,
        url=w.gateway.runtime.database.url,
        began=time.monotonic_ns(),
        organisation=UUID(organisation),
        counsellor=UUID(w.counsellor()),
        creditors=tuple(UUID(w.creditor(f"c{number}", peer)) for number in range(CREDITORS)),
        token=w.tokens["counsellor"],
        seed=seed,
    )


def _run(
    stage: Stage, planned: Sequence[Case], folder: Path, until: float, progress: Callable[[float], None]
) -> tuple[list[Seen], list[str]]:
    """Every lane to its end; what the processes saw, and what went wrong."""
    done: Any = _SPAWN.Value("i", 0)
    lanes = min(LANES, len(planned))
    pipes = [_SPAWN.Pipe() for _ in range(lanes)]
    started, places = [], []
    for number in range(min(PROCESSES, lanes)):
        mine = range(number, lanes, PROCESSES)
        for name, target, arguments in (
            ("call", call, ([(pipes[lane][0], planned[lane::lanes]) for lane in mine], done)),
            ("work", work, ([pipes[lane][1] for lane in mine],)),
        ):
            places.append(folder / f"{name}-{number}")
            started.append(_SPAWN.Process(target=target, args=(stage, *arguments, places[-1]), daemon=True))
            started[-1].start()
    for ours, theirs in pipes:  # so that a process that dies closes the pipe for its other side
        ours.close()
        theirs.close()
    errors = []
    while any(process.is_alive() for process in started):
        progress(done.value / len(planned))
        if time.perf_counter() > until:
            errors.append(f"broken off after {done.value} of {len(planned)} cases: out of time")
            break
        time.sleep(0.2)
    for process in started:
        process.kill() if errors else process.join(10)
    progress(done.value / len(planned))
    seen = [pickle.loads(place.read_bytes()) for place in places if place.exists()]
    if len(seen) < len(places):
        errors.append(f"{len(places) - len(seen)} processes ended without a word")
    return seen, [*errors, *(error for part in seen for error in part.errors)]


def _put_right(stage: Stage) -> None:
    """As the sweep would: what waits is tried once more, and some of the stop notices are delivered."""
    _, messages = record(stage.url)
    waiting = [one for one in messages if one.state in ("queued", "sending")]
    notices = [one for one in waiting if one.kind == STOP_NOTICE]
    others = [one for one in waiting if one.kind != STOP_NOTICE]
    with gateway_at(stage) as gateway:
        later = 100.0
        for one in _spread(notices, TOLD) + others:
            later += 0.01
            deliver(gateway.runtime, gateway.courier, [UUID(one.id)], _later(stage, later))


def _spread(some: list[Message], most: int) -> list[Message]:
    return some[:: max(1, len(some) // most)][:most]


def _later(stage: Stage, seconds: float) -> Callable[[], datetime]:
    return lambda: stage.now() + timedelta(seconds=seconds)
