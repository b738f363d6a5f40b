"""
After the whole test run: what identifies a synthetic resident stands nowhere in the clear where it may not.

A plugin of pytest. While the tests run it notes what the gateway wrote to its output and logs, every answer that refused,
every address that worked and every event, and looks through each test's database before that is dropped; at the end it
reads the database server's own log, the log files of process tests, and a dump that PostgreSQL's own tool makes. One
find fails the run, whatever the tests said, and names where.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import sql

from gateway.sandbox.residents import passes_eleven_test
from gateway.storage.embedded import EmbeddedServer, binaries

BSN = "9999[0-9]{5}"  # the test numbers; what passes the 11-test is somebody
IBAN = "NL[0-9]{2}[A-Z]{4}[0-9]{10}"
WORDS = (  # of the residents in the builders of the tests, of the attack on leaks, and in the tests of mandates
    "Kanariekwist", "Vogelzangpad", "Kanariedorp", "9731 ?ZQ", "1931-07-29", "29-07-1931", "KL-88429917",
    "KANARIEREF-55127", "Kanariereden", "Kanarielevering", "Dorpsstraat", "1234 ?AB", "1985-02-03", "03-02-1985",
    "Voorbeeld(?![a-zA-Z])",
)  # fmt: skip
AMOUNTS = ("7654321", "76543.21", "76.543,21", "76543,21", "8765433", "87654.33", "1234567", "12345.67", "12.345,67")
# A module's tests tell much the same story: of its databases these are looked through, to keep the run short.
FIRST, EVERY = 2, 8
DUMPS, LARGE = 12, 24_000_000  # so many are dumped with pg_dump as well, one of a module, none above so many bytes
SHOWN = 20

# A figure inside a longer run of hexadecimal digits is no figure. The same spelling for Python and for PostgreSQL.
_PLAIN = rf"(?<![0-9a-zA-Z])(?:{BSN}|{IBAN}|{'|'.join(map(re.escape, AMOUNTS))})(?![0-9a-zA-Z])|{'|'.join(WORDS)}"
_FOUND = re.compile(_PLAIN)
# The database shows bytes as hexadecimal digits.
_LITERAL = ("Kanariekwist", "Vogelzangpad", "Dorpsstraat", "1985-02-03", "KANARIEREF-55127", *AMOUNTS)
_IN_HEX = "|".join(["39393939(?:3[0-9]){5}", *(one.encode().hex() for one in _LITERAL)])
_IN_ROWS = f"{_PLAIN}|{_IN_HEX}"


def canaries_in(said: str) -> list[str]:
    """What in *said* identifies somebody; a nine-digit number that fails the 11-test does not."""
    return sorted({hit for hit in _FOUND.findall(said) if _is_somebody(hit)})


def _is_somebody(hit: str) -> bool:
    return not re.fullmatch(BSN, hit) or passes_eleven_test(hit)


@dataclass
class Watch:
    """What was found during one run, and how much was looked at."""

    found: dict[tuple[str, str], int] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)  # seconds
    running: str = ""  # the test that runs
    urls: dict[str, str] = field(default_factory=dict)
    servers: dict[str, EmbeddedServer] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)  # databases, by module
    dumped: set[str] = field(default_factory=set)

    def look(self, where: str, said: str) -> None:
        begin = time.perf_counter()
        for one in canaries_in(said):
            self.found[where, one] = self.found.get((where, one), 0) + 1
        self._count(where.partition(":")[0], begin)

    def _count(self, kind: str, begin: float) -> None:
        self.looked[kind] = self.looked.get(kind, 0) + 1
        self.spent[kind] = self.spent.get(kind, 0.0) + time.perf_counter() - begin

    def at_answer(self, answer: Any) -> None:
        """Refusals and events whole, of everything else the address that worked and where it led to."""
        request = answer.request
        place = f"{request.method} in {self.running}"
        self.look(f"header: {place}", answer.headers.get("Location", ""))
        if answer.status_code < 400:
            self.look(f"address: {place}", f"{request.path}?{request.query_string.decode(errors='replace')}")
        if answer.status_code >= 400 or request.path == "/v1/events":
            self.look(f"answer: {place}", answer.get_data().decode(errors="replace"))

    def at_report(self, report: pytest.TestReport) -> None:
        if report.passed:
            for name in ("capstdout", "capstderr", "caplog"):
                if said := getattr(report, name):
                    self.look(f"output: {name} of {report.nodeid}", said)

    def at_drop(self, server: EmbeddedServer, name: str) -> None:
        url = self.urls.pop(name, None)
        if url is None:
            return
        module = self.running.partition("::")[0]
        self.dropped[module] += 1
        if self.dropped[module] > FIRST and self.dropped[module] % EVERY:
            return
        begin = time.perf_counter()
        with psycopg.connect(url) as connection:
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            for table, hit in _rows(connection):
                if _is_somebody(hit):
                    place = f"database: table {table} in {self.running}"
                    self.found[place, hit] = self.found.get((place, hit), 0) + 1
        self._count("database", begin)
        if module not in self.dumped and len(self.dumped) < DUMPS and size is not None and size[0] < LARGE:
            self.dumped.add(module)
            begin = time.perf_counter()
            self.look(f"dump: in {self.running}", dumped(url))
            self.spent["dump"] += time.perf_counter() - begin

    def at_end(self, folder: Path | None) -> None:
        """What is on disk: the servers' logs, and whatever tests left that is named as a log."""
        for place, server in self.servers.items():
            for log in sorted(server._folder.glob("postgres.log*")):
                self.look(f"log: {log.name} of {place}", log.read_text(errors="replace"))
        for log in sorted(folder.rglob("*.log")) if folder is not None else ():
            if log.is_file():
                self.look(f"log: {log.relative_to(folder) if folder else log}", log.read_text(errors="replace"))


def _rows(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    """Table and hit, for some hits in every table: one statement, and nothing of a row that holds none."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    one = sql.SQL("(SELECT {name}, substring(t::text FROM {pattern}) FROM {table} t WHERE t::text ~ {pattern} LIMIT 5)")
    looks = [
        one.format(name=sql.Literal(name), table=sql.Identifier(name), pattern=sql.Literal(_IN_ROWS))
        for (name,) in tables
    ]
    if looks:
        yield from connection.execute(sql.SQL(" UNION ALL ").join(looks))


def dumped(url: str) -> str:
    """The database as pg_dump writes it, bytes shown as the characters they would be."""
    done = subprocess.run(
        [binaries.folder() / "pg_dump", "--data-only", "--inserts", url], capture_output=True, check=True
    )
    return re.sub(
        r"\\+x([0-9a-f]+)", lambda hexed: bytes.fromhex(hexed[1]).decode("latin-1"), done.stdout.decode(errors="replace")
    )  # fmt: skip


class Canaries:
    """The hooks: watch from the first test to the last, then judge."""

    def __init__(self) -> None:
        self.watch = Watch()
        self._before = (EmbeddedServer.create_database, EmbeddedServer.drop_database, FlaskClient.open)

    def pytest_sessionstart(self) -> None:
        watch, (create, drop, opened) = self.watch, self._before

        def create_database(self: EmbeddedServer, name: str, *, template: str | None = None) -> str:
            url = create(self, name, template=template)
            watch.servers[self._folder.parent.name] = self
            if template is not None:
                watch.urls[name] = url
            return url

        def drop_database(self: EmbeddedServer, name: str) -> None:
            watch.at_drop(self, name)
            drop(self, name)

        def open_(self: FlaskClient, *args: Any, **kwargs: Any) -> Any:
            answer = opened(self, *args, **kwargs)
            watch.at_answer(answer)
            return answer

        self._put(create_database, drop_database, open_)

    def _put(self, create: Any, drop: Any, opened: Any) -> None:
        for owner, name, what in (
            (EmbeddedServer, "create_database", create),
            (EmbeddedServer, "drop_database", drop),
            (FlaskClient, "open", opened),
        ):
            setattr(owner, name, what)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.watch.running = nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.watch.at_report(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._put(*self._before)
        factory = getattr(session.config, "_tmp_path_factory", None)
        self.watch.at_end(factory.getbasetemp() if factory is not None else None)
        if self.watch.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        watch, tell = self.watch, terminalreporter
        looked = ", ".join(
            f"{number} {kind} ({watch.spent[kind]:.1f} s)" for kind, number in sorted(watch.looked.items())
        )
        if not watch.found:
            if terminalreporter.verbosity > 0:
                tell.write_line(f"canaries: nothing in the clear in {looked}")
            return
        tell.section("what identifies a resident stands in the clear", sep="=", red=True, bold=True)
        for (place, hit), times in sorted(watch.found.items())[:SHOWN]:
            tell.write_line(f"{place}: {hit} ({times} x)")
        if len(watch.found) > SHOWN:
            tell.write_line(f"... and {len(watch.found) - SHOWN} more")
        tell.write_line(f"looked at {looked}; the run fails")


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.collectonly:
        config.pluginmanager.register(Canaries(), "canaries-of-residents")
