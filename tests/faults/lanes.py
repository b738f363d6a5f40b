"""
The parties of the race, as processes: callers who open cases and stop, and workers that deliver.

A lane is a thread of a caller and a thread of a worker with a pipe between them; the caller tells the worker what it
will find in the outbox and when both begin. Both go through the gateway's own services, on their own connections.
"""

from __future__ import annotations

import json
import pickle
import random
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

from gateway.app import Gateway, assembled
from gateway.consent.decision import Permit
from gateway.consent.grants import Act, EventKind
from gateway.courier import Courier, Envelope
from gateway.domain.correspondence import Kind
from gateway.services.ask_statement import Asked, ask_statements
from gateway.services.change_grant import Change, change_grant
from gateway.services.deliver import deliver
from gateway.services.open_case import Person, open_case
from gateway.services.outbox import queue
from gateway.services.record_consent import Said, record_consent
from gateway.services.withdraw_consent import How, Scope, withdraw_consent
from gateway.settings import load_settings
from gateway.storage import cases, messages, statement_requests
from tests.faults.history import Attempt, Ending, Expiry, Grant
from tests.faults.plan import Case, Race
from tests.integration.support import START

LONGEST = 5.4  # seconds between the permission and the first byte: longer than a stop waits, within the lease
MOST = 1  # messages that one yes covers, in every case: what is tried twice is counted once


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the race is held; *began* is the instant (monotonic, ns) at which the gateway's clock stood at START."""

    data: Path
    url: str
    began: int
    organisation: UUID
    counsellor: UUID
    creditors: tuple[UUID, ...]
    token: str
    seed: int

    def now(self) -> datetime:
        return START + timedelta(microseconds=(time.monotonic_ns() - self.began) // 1000)


@dataclass
class Seen:
    """What one process saw."""

    endings: list[Ending] = field(default_factory=list)
    expiries: list[Expiry] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a worker is told: deliver these, at this instant; *until* = with a clock that reaches it at *runs_out*."""

    messages: tuple[UUID, ...]
    at: int
    race: Race
    until: datetime | None = None
    runs_out: int = 0


@contextmanager
def gateway_at(stage: Stage) -> Iterator[Gateway]:
    """A gateway as another process of the same installation, on the race's clock and with its cap."""
    environment = {"GATEWAY_DATABASE_URL": stage.url, "GATEWAY_MODE": "sandbox"}
    settings = load_settings(data=stage.data, environment=environment)
    flow = settings.flows.flows["inventory"]
    flows = {**settings.flows.flows, "inventory": replace(flow, max_messages=MOST)}
    settings.__dict__["flows"] = replace(settings.flows, flows=flows)
    with assembled(settings, install=False, hold=False) as gateway:
        object.__setattr__(gateway, "now", stage.now)
        yield gateway


@dataclass
class Dawdling:
    """
    A courier on a machine that is sometimes busy with something else between the permission and the first byte.

    Without that the window is a millisecond, and a stop takes ten: no race would ever be won in it.
    """

    courier: Courier
    chance: random.Random

    def send(self, envelope: Envelope, permit: Permit) -> Any:
        drawn = self.chance.random()
        if drawn < 1 / 4_000:
            time.sleep(LONGEST)
        elif drawn < 0.15:
            time.sleep(self.chance.uniform(0, 0.08))
        return self.courier.send(envelope, permit)


def call(stage: Stage, lanes: Sequence[tuple[Connection, Sequence[Case]]], done: Any, seen_in: Path) -> None:
    """One process of callers: a thread for each lane."""

    def lane(gateway: Gateway, seen: Seen, worker: Connection, planned: Sequence[Case]) -> None:
        caller = _Caller(stage, gateway, seen, worker)
        try:
            for case in planned:
                caller.live_through(case)
                with done.get_lock():
                    done.value += 1
        finally:
            worker.send(None)

    _process(stage, [(lane, (worker, planned)) for worker, planned in lanes], seen_in)


def work(stage: Stage, lanes: Sequence[Connection], seen_in: Path) -> None:
    """One process of workers: a thread for each lane."""

    def lane(gateway: Gateway, seen: Seen, caller: Connection) -> None:
        while (job := caller.recv()) is not None:
            _deliver(stage, gateway, seen, job)
            caller.send("done")

    _process(stage, [(lane, (caller,)) for caller in lanes], seen_in)


def _process(stage: Stage, lanes: Sequence[tuple[Callable[..., None], tuple[Any, ...]]], seen_in: Path) -> None:
    seen = Seen()

    def guarded(gateway: Gateway, run: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        try:
            run(gateway, seen, *arguments)
        except Exception:  # noqa: BLE001  whatever it was, it is told at the end and fails the race
            seen.errors.append(traceback.format_exc())
            arguments[0].close()  # the other side must not wait for ever

    with gateway_at(stage) as gateway:
        threads = [threading.Thread(target=guarded, args=(gateway, run, arguments)) for run, arguments in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    seen_in.write_bytes(pickle.dumps(seen))


def _deliver(stage: Stage, gateway: Gateway, seen: Seen, job: Job) -> None:
    def clock() -> datetime:
        if job.until is None:
            return stage.now()
        return job.until + timedelta(microseconds=(time.monotonic_ns() - job.runs_out) // 1000)

    courier: Any = Dawdling(gateway.courier, random.Random(f"{stage.seed} {job.messages[0]}"))

    def once(clock: Callable[[], datetime] = clock) -> None:
        began = time.monotonic_ns()
        deliver(gateway.runtime, courier, job.messages, clock)
        ended = time.monotonic_ns()
        seen.attempts.extend(Attempt(message=str(one), began=began, ended=ended) for one in job.messages)

    _sleep_until(job.at + _ns(job.race.send_after))
    twin = threading.Thread(target=once) if job.race.twins else None
    if twin is not None:
        twin.start()
    once()
    if twin is not None:
        twin.join()
    if job.race.again is not None:
        time.sleep(job.race.again)
        once(lambda: clock() + timedelta(seconds=1))  # by then a failed message may be tried again


class _Caller:
    """One lane's caller: opens a case, and ends what was permitted in it while a worker sends."""

    def __init__(self, stage: Stage, gateway: Gateway, seen: Seen, worker: Connection) -> None:
        self._stage, self._gateway, self._seen, self._worker = stage, gateway, seen, worker
        self._runtime = gateway.runtime
        self._web = gateway.flask.test_client()

    def live_through(self, case: Case) -> None:
        self._open(case)
        if case.way == "everything":
            [race] = case.races
            self._meet(case, race, list(range(len(self._grants))))
            return
        for index, race in enumerate(case.races):
            self._meet(case, race, [index])

    def _open(self, case: Case) -> None:
        """A resident with a yes for each creditor, and a question to each in the outbox."""
        stage, now = self._stage, self._stage.now()
        opened = open_case(
            self._runtime, stage.organisation, f"Z-{case.number}", _person(case.number), now, call=None
        )  # fmt: skip
        self._case = UUID(opened["id"])
        said = [
            Said(creditor_id=one, purpose="inventory", act=Act.GIVEN, method="desk", language="nl")
            for one in stage.creditors
        ]
        given = record_consent(
            self._runtime, stage.organisation, self._case, stage.counsellor, said, now, call=None
        )["grants"]  # fmt: skip
        self._grants = [UUID(one["id"]) for one in given]
        self._until = [datetime.fromisoformat(one["valid_until"]) for one in given]
        asks = [Asked(creditor_id=one, references=("R-1",)) for one in stage.creditors]
        ask_statements(self._runtime, stage.organisation, self._case, asks, now, call=None)
        with self._runtime.database.begin() as connection:
            self._requests = {row["grant_id"]: row for row in statement_requests.of_case(connection, self._case)}
            rows = messages.of_subjects(connection, [row["id"] for row in self._requests.values()])
            if case.way == "cap":
                some = next(iter(self._requests.values()))
                queue(
                    self._runtime, connection, Kind.STATEMENT_REMINDER, list(self._requests.values()), now,
                    subject_kind="request", wrapped=cases.wrapped_key(connection, some["resident_id"]),
                )  # fmt: skip
                rows = messages.of_subjects(connection, [row["id"] for row in self._requests.values()])
        self._waiting = {
            grant: [row["id"] for row in rows if row["grant_id"] == grant] for grant in self._grants
        }  # fmt: skip
        self._seen.grants += [
            Grant(id=str(grant), most=MOST, until=until) for grant, until in zip(self._grants, self._until, strict=True)
        ]

    def _meet(self, case: Case, race: Race, indexes: Sequence[int]) -> None:
        """Tell the worker, wait for the moment, stop; then wait for the worker to come back."""
        at = time.monotonic_ns() + 1_500_000
        grants = [self._grants[index] for index in indexes]
        mine, *rest = [one for grant in grants for one in self._waiting[grant]]
        if case.way == "cap":
            self._worker.send(Job(messages=(mine,), at=at, race=race))
            _deliver(
                self._stage, self._gateway, self._seen,
                Job(messages=tuple(rest), at=at, race=replace(race, send_after=race.stop_after)),
            )  # fmt: skip
        elif case.way == "expiry":
            runs_out = at + _ns(race.stop_after)
            self._seen.expiries.append(Expiry(grant=str(grants[0]), at=runs_out))
            until = self._until[indexes[0]]
            self._worker.send(Job(messages=(mine,), at=at, race=race, until=until, runs_out=runs_out))
        else:
            self._worker.send(Job(messages=(mine, *rest), at=at, race=race))
            _sleep_until(at + _ns(race.stop_after))
            asked = time.monotonic_ns()
            entry, under_way = self._stop(case.way, grants, indexes)
            self._seen.endings.append(
                Ending(
                    grants=tuple(map(str, grants)), entry=entry, asked=asked, answered=time.monotonic_ns(),
                    under_way=under_way,
                )
            )  # fmt: skip
        self._worker.recv()

    def _stop(self, way: str, grants: Sequence[UUID], indexes: Sequence[int]) -> tuple[str, int]:
        """End these; the kind of entry that each is to get, and how many sendings the answer says are under way."""
        stage, now = self._stage, self._stage.now()
        match way:
            case "withdraw" | "doubt":
                how = How(method="phone", identity_doubted=way == "doubt")
                done = withdraw_consent(
                    self._runtime, self._case, Scope(grant_id=grants[0]), now, actor="resident",
                    organisation_id=stage.organisation, how=how,
                )  # fmt: skip
                return ("consent.paused" if way == "doubt" else "consent.withdrawn"), done.under_way
            case "http":
                return "consent.withdrawn", self._post({"creditor_id": str(stage.creditors[indexes[0]])})
            case "everything":
                return "consent.withdrawn", self._post({"everything": True})
        kind = EventKind.PAUSED if way == "pause" else EventKind.REVOKED
        reason = "resident_asked" if way == "pause" else "municipality"
        change = Change(kind=kind, reason=reason, recorded_by=stage.counsellor)
        told = change_grant(self._runtime, stage.organisation, grants[0], change, now)
        return f"consent.{kind.value}", told["under_way"]

    def _post(self, scope: dict[str, Any]) -> int:
        headers = {"Authorization": f"Bearer {self._stage.token}", "Idempotency-Key": str(uuid.uuid4())}
        answer = self._web.post(f"/v1/cases/{self._case}/withdrawals", json=scope, headers=headers)
        if answer.status_code != 200:
            raise AssertionError((answer.status_code, answer.get_data(as_text=True)))
        return int(json.loads(answer.get_data())["under_way"])


def _person(number: int) -> Person:
    return Person(
        bsn=_bsn(number), initials="A.B.", surname="Voorbeeld", birth_date=date(1985, 2, 3), street="Dorpsstraat",
        house_number=str(number), postcode="1234 AB", town="Voorbeeldstad",
    )  # fmt: skip


def _bsn(number: int) -> str:
    """The test numbers from 999900000 on that pass the 11-test, in order; from the first again after the last."""
    return _BSNS[number % len(_BSNS)]


def _passes(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


_BSNS = [str(number) for number in range(999_900_000, 1_000_000_000) if _passes(str(number))]


def _ns(seconds: float) -> int:
    return int(seconds * 1e9)


def _sleep_until(instant: int) -> None:
    left = instant - time.monotonic_ns()
    if left > 0:
        time.sleep(left / 1e9)
